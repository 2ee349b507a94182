/* Names of backups and which are kept; heads and links that are not ours. */
#include "base/time.h"
#include "steer/backup/format.h"
#include "steer/backup/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static struct arena *arena;

static void names_come_back(void **state)
{
    static const char *const wrong[] = {
        "",
        "ausma.db",
        "ausma-2026-11-25T01-15-00Z.backup.part",
        "ausma-2026-13-25T01-15-00Z.backup",
        "ausma-2026-11-25T24-15-00Z.backup",
        "ausma-2026-11-2xT01-15-00Z.backup",
        "ausma-2026-11-25 01-15-00Z.backup",
        "dusma-2026-11-25T01-15-00Z.backup",
        "ausma-dddd-dd-ddTdd-dd-ddZ.backup",
    };
    int64_t moment = 0;
    (void)state;
    for (int64_t at = 0; at < 4000000000000; at += 98765432000) {
        assert_true(backup_name_read(backup_name(arena, at), &moment));
        assert_int_equal(moment, at / 1000 * 1000);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(backup_name_read(wrong[i], &moment));
}

/* One a day over 400 days, kept day by day as the program does it. */
static void days_weeks_and_months_are_kept(void **state)
{
    const struct backup_settings settings = {.daily = 7, .weekly = 5, .monthly = 12};
    int64_t moments[500];
    bool keep[500];
    size_t count = 0;
    int64_t day = time_days(2025, 1, 1);
    (void)state;
    for (int i = 0; i < 400; i++, day++) {
        memmove(moments + 1, moments, count * sizeof *moments);
        moments[0] = day * DAY_MS + 3 * HOUR_MS;
        count++;
        backup_keep(moments, count, &settings, keep);
        size_t left = 0;
        for (size_t k = 0; k < count; k++) {
            if (keep[k])
                moments[left++] = moments[k];
        }
        count = left;
    }
    assert_true(count >= 18 && count <= 24);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(moments[i], (day - 1 - (int64_t)i) * DAY_MS + 3 * HOUR_MS);
    assert_true(moments[count - 1] < (day - 300) * DAY_MS);
    /* 11 months back and more, a month apart at most */
    for (size_t i = 1; i < count; i++)
        assert_true(moments[i - 1] - moments[i] <= 32 * DAY_MS);
}

static void the_newest_is_always_kept(void **state)
{
    const struct backup_settings none = {0};
    const int64_t moments[] = {5 * DAY_MS, 4 * DAY_MS};
    bool keep[2];
    (void)state;
    backup_keep(moments, 2, &none, keep);
    assert_true(keep[0]);
    assert_false(keep[1]);
    backup_keep(moments, 0, &none, keep);
}

static void foreign_heads_are_refused(void **state)
{
    struct backup_head head = {.needed = 3, .shares = 5, .made_at = 1764032400000};
    struct backup_head read;
    (void)state;
    backup_head_write(&head);
    assert_int_equal(backup_head_read((struct bytes){head.raw, sizeof head.raw}, &read), OK);
    assert_int_equal(read.made_at, head.made_at);
    assert_int_equal(read.needed, 3);
    for (size_t len = 0; len < sizeof head.raw; len++)
        assert_int_equal(backup_head_read((struct bytes){head.raw, len}, &read), ERR_BROKEN);
    for (size_t at = 0; at < 8; at++) {
        head.raw[at] ^= 1;
        assert_int_equal(backup_head_read((struct bytes){head.raw, sizeof head.raw}, &read), ERR_BROKEN);
        head.raw[at] ^= 1;
    }
    head.raw[13] = 9; /* more needed than there are */
    assert_int_equal(backup_head_read((struct bytes){head.raw, sizeof head.raw}, &read), ERR_BROKEN);
}

static void foreign_links_are_refused(void **state)
{
    struct recovery_link link;
    char line[400] = "key ";
    (void)state;
    assert_int_equal(link_read(arena, "", &link), ERR_BROKEN);
    assert_int_equal(link_read(arena, "# heading", &link), ERR_BROKEN);
    memset(line + 4, 'a', 64 + 1 + 64 + 1 + 160);
    line[4 + 64] = ' ';
    line[4 + 64 + 1 + 64] = ' ';
    assert_int_equal(link_read(arena, line, &link), OK);
    line[20] = 'x';
    assert_int_equal(link_read(arena, line, &link), ERR_BROKEN);
    line[20] = '\0';
    assert_int_equal(link_read(arena, line, &link), ERR_BROKEN);
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1 << 24);
    return seal_init() == OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_back),           cmocka_unit_test(days_weeks_and_months_are_kept),
        cmocka_unit_test(the_newest_is_always_kept), cmocka_unit_test(foreign_heads_are_refused),
        cmocka_unit_test(foreign_links_are_refused),
    };
    return cmocka_run_group_tests_name("backup rules", tests, begin, end);
}
