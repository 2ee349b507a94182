/* What a conference must hold, by table (M3.3). */
#include "case/conference/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m3_3_days_of_a_conference(void **state)
{
    static const struct {
        const char *on, *next;
        enum conference_fault fault;
    } cases[] = {
        {"2026-05-10", "2026-08-10", CONFERENCE_FINE},       {"2026-05-01", "2026-05-10", CONFERENCE_FINE},
        {"2025-12-31", "2026-08-10", CONFERENCE_EARLY},      {"2026-05-11", "2026-08-10", CONFERENCE_FUTURE},
        {"2026-05-10", "2026-05-10", CONFERENCE_NEXT_EARLY}, {"2026-05-01", "2026-05-09", CONFERENCE_NEXT_EARLY},
        {"2026-05-10", "2027-05-11", CONFERENCE_FINE},       {"2026-05-10", "2027-05-12", CONFERENCE_NEXT_LATE},
        {"2026-05-10", "9999-12-31", CONFERENCE_NEXT_LATE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(conference_fault_of(cases[i].on, cases[i].next, "2026-01-01", "2026-05-10", "2027-05-11"),
                         cases[i].fault);
}

static void m3_3_rows_of_actions(void **state)
{
    (void)state;
    assert_int_equal(conference_row_of("", "", ""), CONFERENCE_ROW_EMPTY);
    assert_int_equal(conference_row_of("a", "b", "2026-01-01"), CONFERENCE_ROW_WHOLE);
    assert_int_equal(conference_row_of("a", "b", ""), CONFERENCE_ROW_WHOLE);
    assert_int_equal(conference_row_of("a", "", "2026-01-01"), CONFERENCE_ROW_PART);
    assert_int_equal(conference_row_of("", "b", ""), CONFERENCE_ROW_PART);
}

static void m3_3_an_overdue_review(void **state)
{
    (void)state;
    assert_true(conference_overdue("2026-05-09", "2026-05-10"));
    assert_false(conference_overdue("2026-05-10", "2026-05-10"));
    assert_false(conference_overdue("9999-12-31", "2026-05-10"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_3_days_of_a_conference),
        cmocka_unit_test(m3_3_rows_of_actions),
        cmocka_unit_test(m3_3_an_overdue_review),
    };
    return cmocka_run_group_tests_name("conference rules", tests, NULL, NULL);
}
