/* Phases, strands and funding as they begin and end (M3.4, M3.5). */
#include "base/time.h"
#include "platform/i18n/i18n.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static struct trial *trial;
static const char *course;

static const char *day(int from_now)
{
    return date_add(trial_arena(trial), trial_today(trial), from_now);
}

static struct answer send(const char *who, const char *path, const char *fields)
{
    return trial_post(trial, who, path, fields);
}

#define TEXT(...) arena_format(trial_arena(trial), __VA_ARGS__)

static int new_case(void **state)
{
    (void)state;
    course = TEXT("/cases/%s/course", trial_case(trial, "Irbe"));
    return 0;
}

/* The page of the last span on the page of the course, and what its form says besides the day. */
static const char *end_page(void)
{
    const char *id = trial_between(trial, trial_get(trial, "case_manager", course), TEXT("href=\"%s/", course), "/end");
    assert_non_null(id);
    return TEXT("%s/%s/end", course, id);
}

static const char *ending(const char *page, const char *on)
{
    return TEXT("on=%s&version=%s", on,
                trial_between(trial, trial_get(trial, "case_manager", page), "name=\"version\" value=\"", "\""));
}

static void m3_4_a_day_that_cannot_be_is_told_beside_the_field(void **state)
{
    (void)state;
    const char *page = end_page(); /* rescue, which began with the case today */
    const struct {
        const char *path, *fields, *said;
    } cases[] = {
        {page, ending(page, day(1)), "This day has not come yet"},
        {page, ending(page, day(-1)), "cannot end before it began"},
        {page, ending(page, ""), "Write the last day"},
        {page, "on-day=31&on-month=2&on-year=2026&version=1", "Enter day, month and year"},
        {course, TEXT("what=phase:recovery&on=%s", day(3)), "This day has not come yet"},
        {course, "what=phase:recovery&on=1926-11-25", "Check the year"},
        {course, TEXT("what=phase:rescue&on=%s", day(0)), "begun already"},
        {course, TEXT("what=phase:else&on=%s", day(0)), "Choose from the list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = send("case_manager", cases[i].path, cases[i].fields);
        if (answer.status != 422 || !trial_shows(answer, cases[i].said))
            fail_msg("%s answers %d without: %s", cases[i].fields, answer.status, cases[i].said);
    }
    assert_true(trial_shows(trial_get(trial, "case_manager", course), "goes on"));
}

static void m3_4_an_end_is_written_corrected_and_taken_back(void **state)
{
    (void)state;
    const char *page = end_page();
    const char *stale = ending(page, day(0));
    assert_int_equal(send("case_manager", page, stale).status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", course), "Correct the end"));
    struct answer late = send("second_manager", page, stale); /* they saw it going on */
    assert_int_equal(late.status, 409);
    assert_true(trial_shows(late, TEXT("Until %s", date_in_words(trial_arena(trial), LANGUAGE_en, day(0)))));
    assert_int_equal(send("case_manager", page, ending(page, "")).status, 303);
    assert_false(trial_shows(trial_get(trial, "case_manager", course), "Correct the end"));
    struct answer timeline = trial_get(trial, "case_manager",
                                       TEXT("%.*s/timeline", (int)(strlen(course) - strlen("/course")), course));
    assert_true(trial_shows(timeline, "ended"));
}

static void m3_7_money_may_be_agreed_on_for_days_to_come(void **state)
{
    (void)state;
    assert_int_equal(send("case_manager", course, TEXT("what=funding:state_6_months&on=%s", day(10))).status, 303);
    const char *page = end_page(); /* funding stands first */
    assert_true(trial_shows(trial_get(trial, "case_manager", page), "not the end of support"));
    assert_int_equal(send("case_manager", page, ending(page, day(190))).status, 303);
}

static void m7_1_others_do_not_end_what_is_not_theirs(void **state)
{
    (void)state;
    const char *page = end_page();
    const char *fields = ending(page, day(0));
    const char *other = TEXT("/cases/%s/course", trial_case(trial, "Gulbis"));
    assert_int_equal(send("stranger", page, fields).status, 404);
    assert_int_equal(trial_get(trial, "stranger", page).status, 404);
    assert_int_equal(send("administrator", page, fields).status, 403);
    assert_int_equal(send("case_manager", TEXT("%s%s", other, page + strlen(course)), fields).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", TEXT("%s/zzz/end", course)).status, 404);
}

static int set_up(void **state)
{
    (void)state;
    trial = trial_open();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(trial);
    return 0;
}

#define ON_A_CASE(test) cmocka_unit_test_setup(test, new_case)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_CASE(m3_4_a_day_that_cannot_be_is_told_beside_the_field),
        ON_A_CASE(m3_4_an_end_is_written_corrected_and_taken_back),
        ON_A_CASE(m3_7_money_may_be_agreed_on_for_days_to_come),
        ON_A_CASE(m7_1_others_do_not_end_what_is_not_theirs),
    };
    return cmocka_run_group_tests_name("course", tests, set_up, tear_down);
}
