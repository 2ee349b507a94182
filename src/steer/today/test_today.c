/* The worker's day through real requests. */
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m3_3_the_day_shows_cases_and_reviews(void **state)
{
    struct trial *trial = *state;
    (void)trial_case(trial, "Gauja");
    struct answer page = trial_get(trial, "case_manager", "/");
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Gauja"));
    assert_true(trial_shows(page, "<b>1</b>open case"));
}

static void m7_1_the_administrator_sees_no_case(void **state)
{
    struct trial *trial = *state;
    (void)trial_case(trial, "Venta");
    struct answer page = trial_get(trial, "administrator", "/");
    assert_int_equal(page.status, 200);
    assert_false(trial_shows(page, "Venta"));
    assert_false(trial_shows(page, "/cases"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_3_the_day_shows_cases_and_reviews),
        cmocka_unit_test(m7_1_the_administrator_sees_no_case),
    };
    return cmocka_run_group_tests_name("today", tests, trial_begin, trial_end);
}
