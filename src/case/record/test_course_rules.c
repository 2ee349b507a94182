/* M3.4, M3.5: on which days phases, strands and funding may begin and end. */
#include "case/record/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TODAY "2026-11-25"

static void m3_5_what_is_told_has_happened(void **state)
{
    static const struct {
        const char *kind, *on;
        enum course_day day;
    } cases[] = {
        {"phase", TODAY, COURSE_DAY_FINE},           {"phase", "2026-11-26", COURSE_DAY_FUTURE},
        {"strand", "2026-11-26", COURSE_DAY_FUTURE}, {"strand", "2019-01-01", COURSE_DAY_FINE},
        {"phase", "1926-11-25", COURSE_DAY_FAR},     {"funding", "2027-01-01", COURSE_DAY_FINE},
        {"funding", "2126-01-01", COURSE_DAY_FAR},   {"phase", "2126-01-01", COURSE_DAY_FUTURE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(course_begin_judge(cases[i].kind, cases[i].on, TODAY), cases[i].day);
}

static void m3_4_an_end_stands_behind_its_begin(void **state)
{
    static const struct {
        const char *kind, *on;
        enum course_day day;
    } cases[] = {
        {"phase", "2026-05-01", COURSE_DAY_FINE},
        {"phase", "2026-04-30", COURSE_DAY_BEFORE_BEGIN},
        {"phase", TODAY, COURSE_DAY_FINE},
        {"strand", "2026-11-26", COURSE_DAY_FUTURE},
        {"funding", "2027-05-01", COURSE_DAY_FINE},
        {"funding", "2046-05-01", COURSE_DAY_FAR},
        {"funding", "2026-04-30", COURSE_DAY_BEFORE_BEGIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(course_end_judge(cases[i].kind, "2026-05-01", cases[i].on, TODAY), cases[i].day);
}

static void m3_5_the_same_runs_once(void **state)
{
    static const struct span spans[] = {
        {.kind = "phase", .code = "rescue", .ended_on = "2026-05-01"},
        {.kind = "strand", .code = "legal"},
    };
    (void)state;
    assert_false(course_runs(spans, 2, "phase", "rescue"));
    assert_true(course_runs(spans, 2, "strand", "legal"));
    assert_false(course_runs(spans, 2, "phase", "legal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_5_what_is_told_has_happened),
        cmocka_unit_test(m3_4_an_end_stands_behind_its_begin),
        cmocka_unit_test(m3_5_the_same_runs_once),
    };
    return cmocka_run_group_tests_name("course rules", tests, NULL, NULL);
}
