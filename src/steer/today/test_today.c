/* The worker's day through real requests. */
#include "base/id.h"
#include "case/record/record.h"
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

struct late {
    struct trial *trial;
    int64_t case_id;
};

static enum err review_was_due(struct db *db, void *data)
{
    const struct late *late = data;
    return record_review(db, trial_app(late->trial)->org, late->case_id, "2020-01-01");
}

static void m3_3_a_late_review_is_seen_by_all_who_can_act(void **state)
{
    struct trial *trial = *state;
    struct late late = {.trial = trial};
    assert_true(id_parse(trial_case(trial, "Salaca"), &late.case_id));
    assert_false(trial_shows(trial_get(trial, "second_manager", "/"), "Salaca"));
    trial_change(trial, review_was_due, &late);
    struct answer member = trial_get(trial, "team_member", "/");
    assert_true(trial_shows(member, "Salaca"));
    assert_true(trial_shows(member, "class=\"app-stats__late\"><b>1</b>"));
    struct answer colleague = trial_get(trial, "second_manager", "/");
    assert_true(trial_shows(colleague, "id=\"late\""));
    assert_true(trial_shows(colleague, "Salaca"));
    struct answer own = trial_get(trial, "case_manager", "/");
    assert_true(trial_shows(own, "Salaca"));
    assert_false(trial_shows(own, "id=\"late\""));
    assert_false(trial_shows(trial_get(trial, "stranger", "/"), "Salaca"));
}

static void a_role_without_cases_is_told_where_to_go_on(void **state)
{
    struct trial *trial = *state;
    assert_true(
        trial_shows(trial_get(trial, "programme_manager", "/"), "<li><a class=\"govuk-link\" href=\"/figures\">"));
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/"), "govuk-task-list__link\" href=\"/backups\">"));
    assert_true(trial_shows(trial_get(trial, "auditor", "/"), "<li><a class=\"govuk-link\" href=\"/facts\">"));
    assert_false(trial_shows(trial_get(trial, "auditor", "/"), "href=\"/cases"));
}

/* The menu stays short: what is not everyday work is gathered on one page, with only what this person may use. */
static void the_menu_gathers_what_is_not_everyday_work(void **state)
{
    static const struct {
        const char *role, *path, *has, *has_not;
    } cases[] = {
        {"programme_manager", "/instruments", "href=\"/instruments\"", "href=\"/people\""},
        {"administrator", "/people", "href=\"/people\"", "href=\"/instruments\""},
        {"case_manager", "/retention", "href=\"/retention\"", "href=\"/backups\""},
    };
    struct trial *trial = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer page = trial_get(trial, cases[i].role, "/management");
        assert_int_equal(page.status, 200);
        assert_true(trial_shows(page, cases[i].has));
        assert_false(trial_shows(page, cases[i].has_not));
        page = trial_get(trial, cases[i].role, cases[i].path);
        assert_true(trial_shows(page, "href=\"/management\" aria-current=\"true\""));
    }
    assert_false(trial_shows(trial_get(trial, "case_manager", "/"), "href=\"/retention\""));
    assert_false(trial_shows(trial_get(trial, "auditor", "/"), "/management"));
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
        cmocka_unit_test(m3_3_a_late_review_is_seen_by_all_who_can_act),
        cmocka_unit_test(a_role_without_cases_is_told_where_to_go_on),
        cmocka_unit_test(the_menu_gathers_what_is_not_everyday_work),
        cmocka_unit_test(m7_1_the_administrator_sees_no_case),
    };
    return cmocka_run_group_tests_name("today", tests, trial_begin, trial_end);
}
