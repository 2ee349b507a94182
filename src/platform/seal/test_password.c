#include "platform/seal/seal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sodium.h>

static int set_up(void **state)
{
    (void)state;
    return seal_init() == OK ? 0 : -1;
}

static void the_same_password_makes_the_same_key(void **state)
{
    (void)state;
    struct seal_password how;
    struct seal_password other;
    struct seal_key a;
    struct seal_key b;
    seal_password_new(&how, true);
    seal_password_new(&other, true);
    assert_int_equal(seal_password_key(&how, "zaļā pļava 7", &a), OK);
    assert_int_equal(seal_password_key(&how, "zaļā pļava 7", &b), OK);
    assert_true(seal_same(&a, &b, sizeof a));
    assert_int_equal(seal_password_key(&how, "zaļā pļava 8", &b), OK);
    assert_false(seal_same(&a, &b, sizeof a));
    assert_int_equal(seal_password_key(&other, "zaļā pļava 7", &b), OK);
    assert_false(seal_same(&a, &b, sizeof a));
}

/* Accounts made by earlier versions of the program must open. */
static void a_record_opens_for_ever(void **state)
{
    (void)state;
    const struct seal_password how = {.salt = "0123456789abcde", .passes = 1, .mebibytes = 8};
    struct seal_key key;
    char hex[2 * SEAL_KEY_SIZE + 1];
    assert_int_equal(seal_password_key(&how, "zaļā pļava 7", &key), OK);
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, key.b, sizeof key.b),
                        "1a19ffdf3924106f048a3dedd2392297535babf1996acad489a0e76a2cbba217");
}

static void m7_1_the_usual_cost_is_high(void **state)
{
    (void)state;
    struct seal_password how;
    struct seal_key key;
    seal_password_new(&how, false);
    assert_int_equal(how.passes, 2);
    assert_int_equal(how.mebibytes, 64);
    assert_int_equal(seal_password_key(&how, "zaļā pļava 7", &key), OK);
}

static void a_record_cannot_ask_for_too_much(void **state)
{
    (void)state;
    static const struct {
        uint32_t passes, mebibytes;
    } bad[] = {{0, 8}, {17, 8}, {1, 0}, {1, 1025}, {1, UINT32_MAX}};
    struct seal_key key = {{1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct seal_password how = {.passes = bad[i].passes, .mebibytes = bad[i].mebibytes};
        assert_int_equal(seal_password_key(&how, "zaļā pļava 7", &key), ERR_BROKEN);
    }
    assert_int_equal(key.b[0], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_password_makes_the_same_key),
        cmocka_unit_test(a_record_opens_for_ever),
        cmocka_unit_test(m7_1_the_usual_cost_is_high),
        cmocka_unit_test(a_record_cannot_ask_for_too_much),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
