#include "platform/notice/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void m7_1_only_plain_addresses_go_into_an_envelope(void **state)
{
    (void)state;
    static const char *const good[] = {"a@example.org", "a.b+c@mail.example.org", "o'neil@ex-ample.lv", "a@b"};
    static const char *const bad[] = {"",
                                      "a",
                                      "@b",
                                      "a@",
                                      "a@b@c",
                                      "a b@c.org",
                                      "a@b c",
                                      "a@b\r\nRCPT TO:<c@d>",
                                      "a\n@b",
                                      "<a@b>",
                                      "a@b>",
                                      "\"a\"@b",
                                      "a,b@c",
                                      "a@-b",
                                      "a@b-",
                                      "a@b..c",
                                      "a@.b",
                                      "a@b.",
                                      "a@[127.0.0.1]",
                                      "ā@example.org",
                                      "a@piemērs.lv"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(notice_address_check(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (notice_address_check(bad[i]))
            fail_msg("taken: %s", bad[i]);
    }
    char lengthy[400] = "a@";
    memset(lengthy + 2, 'b', NOTICE_ADDRESS_MAX - 2);
    assert_true(notice_address_check(lengthy));
    lengthy[NOTICE_ADDRESS_MAX] = 'b';
    assert_false(notice_address_check(lengthy));
    memset(lengthy, 'a', 65);
    memcpy(lengthy + 65, "@b", 3);
    assert_false(notice_address_check(lengthy));
}

static void settings_that_cannot_be_right_are_refused(void **state)
{
    (void)state;
    static const struct notice_server wrong[] = {
        {.url = "https://mail.example.org", .from = "a@example.org"},
        {.url = "file:///etc/passwd", .from = "a@example.org"},
        {.url = "mail.example.org:99999", .from = "a@example.org"},
        {.url = "", .from = "a@example.org"},
        {.url = "smtps://mail.example.org", .from = "nobody"},
        {.url = "smtps://mail.example.org"},
    };
    struct notice_queue *queue;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(notice_open(&wrong[i], &queue), ERR_INPUT);
}

/* Nobody listens: it neither waits for that when asked, nor when it closes, however many there are. */
static void a_server_that_is_away_keeps_nobody_waiting(void **state)
{
    (void)state;
    const struct notice_server server = {.url = "smtp://127.0.0.1:1", .from = "a@example.org"};
    struct notice_queue *queue;
    assert_int_equal(notice_open(&server, &queue), OK);
    for (int64_t account = 1; account <= 2 * NOTICE_WAITING_MAX; account++)
        notice_tell(queue, NOTICE_SIGNED_IN, account, "b@example.org", LANGUAGE_lv, 1);
    notice_close(queue);
    notice_close(NULL);
    notice_tell(NULL, NOTICE_GOES_AWAY, 1, "b@example.org", LANGUAGE_lv, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_only_plain_addresses_go_into_an_envelope),
        cmocka_unit_test(settings_that_cannot_be_right_are_refused),
        cmocka_unit_test(a_server_that_is_away_keeps_nobody_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
