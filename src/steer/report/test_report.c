/* Figures and facts: what is protected, and that no person is in them. */
#include "steer/report/report.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m5_6_small_numbers_are_protected(void **state)
{
    static const struct {
        int64_t count;
        const char *shown;
    } cases[] = {{0, "0"}, {1, "<5"}, {4, "<5"}, {5, "5"}, {1234, "1234"}};
    struct arena *arena = arena_new(4096);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(report_protected(arena, cases[i].count), cases[i].shown);
    arena_free(arena);
}

static void m5_6_a_small_number_cannot_be_worked_out_from_the_sum(void **state)
{
    static const struct {
        int64_t counts[4];
        int second; /* which is hidden too; -1: none need be */
    } cases[] = {{{1, 7, 9, 0}, 1},   {{1, 9, 7, 0}, 2},  {{3, 0, 0, 0}, -1}, {{3, 4, 9, 9}, -1},
                 {{9, 7, 50, 5}, -1}, {{0, 5, 4, 80}, 1}, {{0, 0, 0, 0}, -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *shown[4] = {"", "", "", ""};
        report_hide_second(cases[i].counts, 4, shown);
        for (int cell = 0; cell < 4; cell++)
            assert_string_equal(shown[cell], cell == cases[i].second ? "*" : "");
    }
}

static void m7_1_figures_and_facts_name_nobody(void **state)
{
    (void)state;
    struct trial *trial = trial_open();
    (void)trial_case(trial, "Bezdelīga");
    struct answer figures = trial_get(trial, "programme_manager", "/figures");
    struct answer facts = trial_get(trial, "auditor", "/facts");
    assert_int_equal(figures.status, 200);
    assert_int_equal(facts.status, 200);
    assert_true(trial_shows(figures, "&lt;5"));
    assert_true(trial_shows(facts, "A-20"));
    assert_false(trial_shows(facts, "Bezdelīga"));
    assert_int_equal(trial_get(trial, "programme_manager", "/facts").status, 403);
    assert_int_equal(trial_get(trial, "case_manager", "/figures").status, 403);
    trial_close(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m5_6_small_numbers_are_protected),
        cmocka_unit_test(m5_6_a_small_number_cannot_be_worked_out_from_the_sum),
        cmocka_unit_test(m7_1_figures_and_facts_name_nobody),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
