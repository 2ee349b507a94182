#include "steer/retention/retention.h"
#include "steer/retention/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void who_may_ask_and_confirm(void **state)
{
    static const struct {
        struct retention_state is;
        int64_t by;
        enum retention_answer ask, confirm;
    } rows[] = {
        {{.closed = true}, 1, RETENTION_MAY, RETENTION_NOTHING},
        {{.closed = false}, 1, RETENTION_OPEN, RETENTION_NOTHING},
        {{.closed = true, .held = true}, 1, RETENTION_HELD, RETENTION_NOTHING},
        {{.closed = true, .asked_by = 1}, 1, RETENTION_ASKED, RETENTION_SAME},
        {{.closed = true, .asked_by = 1}, 2, RETENTION_ASKED, RETENTION_MAY},
        {{.closed = true, .asked_by = 1, .stand_in = true}, 2, RETENTION_ASKED, RETENTION_SAME},
        {{.closed = true, .asked_by = 1, .held = true}, 2, RETENTION_ASKED, RETENTION_HELD},
        {{.closed = false, .asked_by = 1}, 2, RETENTION_ASKED, RETENTION_OPEN},
        {{.closed = true, .erased = true}, 2, RETENTION_ERASED, RETENTION_ERASED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(retention_may_ask(&rows[i].is), rows[i].ask);
        assert_int_equal(retention_may_confirm(&rows[i].is, rows[i].by), rows[i].confirm);
    }
}

static void the_day_is_years_ago(void **state)
{
    struct arena *arena = arena_new(10000);
    (void)state;
    assert_string_equal(retention_before(arena, "2026-11-25", 10), "2016-11-25");
    assert_string_equal(retention_before(arena, "2024-02-29", 1), "2023-02-29");
    arena_free(arena);
}

static void lines_of_the_list(void **state)
{
    static const struct {
        const char *line;
        bool fine;
    } rows[] = {
        {"erased 12 345 1764032400000", true},
        {"erased 12 345", false},
        {"erased 12 x 1", false},
        {"", false},
        {"# Cases of Ausma", false},
        {"erased -1 5 1", false},
        {"erased 12 345 1 more", false},
        {"erased  12 345 1", false},
        {"erased 99999999999999999999 1 1", false},
    };
    struct erased erased;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(retention_line_read(rows[i].line, &erased), rows[i].fine);
    assert_true(retention_line_read(rows[0].line, &erased));
    assert_int_equal(erased.org, 12);
    assert_int_equal(erased.case_id, 345);
    assert_int_equal(erased.at, 1764032400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_ask_and_confirm),
        cmocka_unit_test(the_day_is_years_ago),
        cmocka_unit_test(lines_of_the_list),
    };
    return cmocka_run_group_tests_name("retention rules", tests, NULL, NULL);
}
