/* The list of cases and the page of a case through real requests. */
#include "base/buf.h"
#include "base/time.h"
#include "platform/i18n/i18n.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void an_empty_list_says_what_to_do(void **state)
{
    struct answer page = trial_get(*state, "stranger", "/cases");
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "accepted referral"));
}

static void m7_1_lists_hold_only_cases_of_ones_teams(void **state)
{
    struct trial *trial = *state;
    (void)trial_case(trial, "Ozols");
    assert_true(trial_shows(trial_get(trial, "case_manager", "/cases"), "Ozols"));
    assert_true(trial_shows(trial_get(trial, "second_manager", "/cases?which=team"), "Ozols"));
    assert_false(trial_shows(trial_get(trial, "second_manager", "/cases?which=mine"), "Ozols"));
    assert_false(trial_shows(trial_get(trial, "stranger", "/cases?which=team"), "Ozols"));
    assert_int_equal(trial_get(trial, "stranger", "/cases?which=team&team=0000000000zzz").status, 400);
    assert_true(trial_shows(trial_get(trial, "team_member", "/cases"), "Ozols"));
    assert_int_equal(trial_get(trial, "case_manager", "/cases?which=all").status, 400);
}

/* A new case says what comes next, safety before needs, to those who can do it (M2.1, M2.2, M2.3, M3.1). */
static void m2_2_a_new_case_says_what_comes_next(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Jauna");
    const char *at = arena_format(trial_arena(trial), "/cases/%s", id);
    static const char *const steps[] = {"The first meeting", "Safety assessment", "Needs assessment",
                                        "A plan, together"};
    struct answer page = trial_get(trial, "case_manager", at);
    const char *behind = page.body;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        behind = strstr(behind, steps[i]);
        assert_non_null(behind);
    }
    assert_true(trial_shows(page, "Write down a service"));
    const char *meeting = arena_format(trial_arena(trial), "%s/meeting", at);
    assert_int_equal(
        trial_post(trial, "case_manager", meeting,
                   arena_format(trial_arena(trial), "on=%s&language=latvian&interpreter=none&understood=yes",
                                time_date(trial_arena(trial), time_now())))
            .status,
        303);
    struct answer met = trial_get(trial, "case_manager", at);
    assert_false(trial_shows(met, "Explain how this place works"));
    assert_true(trial_shows(met, "Before everything else: is the child safe today?"));
}

static void lists_go_on_where_the_last_page_ended(void **state)
{
    struct trial *trial = *state;
    for (int i = 0; i < 60; i++)
        (void)trial_case(trial, arena_format(trial_arena(trial), "Lapa%02d", i));
    struct answer first = trial_get(trial, "case_manager", "/cases");
    const char *next = trial_between(trial, first, "govuk-pagination__link\" href=\"", "\"");
    assert_non_null(next);
    struct buf path;
    buf_init(&path, trial_arena(trial), 128);
    for (const char *at = next; *at != '\0'; at += strncmp(at, "&amp;", 5) == 0 ? 5 : 1)
        buf_char(&path, *at);
    struct answer second = trial_get(trial, "case_manager", path.ptr);
    assert_int_equal(second.status, 200);
    assert_true(trial_shows(first, "Lapa00"));
    assert_false(trial_shows(second, "Lapa00"));
    assert_true(trial_shows(second, "Lapa59"));
}

static void lists_of_a_team_go_on_too(void **state)
{
    struct trial *trial = *state;
    struct answer first = trial_get(trial, "team_member", "/cases?which=team");
    const char *next = trial_between(trial, first,
                                     "govuk-pagination__link\" href=\"/cases?which=team&amp;day=", "&amp;");
    assert_non_null(next);
    assert_int_equal(strlen(next), 10);
}

static void m3_5_the_page_of_a_case_shows_its_course(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Irbe"));
    struct answer page = trial_get(trial, "case_manager", path);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Irbe"));
    assert_true(trial_shows(page, "<svg"));
    assert_true(trial_shows(page, "Rescue"));
    assert_null(strstr(trial_between(trial, page, "<title>", "</title>"), "Irbe"));
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
}

/* A row of the course, by what stands in its first cell. */
static const char *row_of(struct trial *trial, struct answer page, const char *name)
{
    const char *row = trial_between(trial, page, arena_format(trial_arena(trial), "%s</th>", name), "</tr>");
    assert_non_null(row);
    return row;
}

/* The psychosocial support is over, the court is not: the one ends with its day, the other and the case go on. */
static void m3_4_strands_start_together_and_end_separately(void **state)
{
    struct trial *trial = *state;
    const char *home = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Ieva"));
    const char *path = arena_format(trial_arena(trial), "%s/course", home);
    const char *today = trial_today(trial);
    const char *last = date_in_words(trial_arena(trial), LANGUAGE_en, today);
    const char *strands[] = {"psychosocial", "legal"};
    for (size_t i = 0; i < 2; i++) {
        const char *begin = arena_format(trial_arena(trial), "what=strand:%s&on=%s", strands[i], today);
        assert_int_equal(trial_post(trial, "case_manager", path, begin).status, 303);
    }
    const char *begun = row_of(trial, trial_get(trial, "case_manager", path), "Psychosocial support");
    const char *action = strstr(begun, home);
    assert_non_null(action);
    const char *end = arena_text_n(trial_arena(trial), action, strcspn(action, "\""));
    assert_int_equal(trial_post(trial, "case_manager", end, "on=2931-11-01&version=1").status, 422); /* not come yet */
    assert_int_equal(
        trial_post(trial, "case_manager", end, arena_format(trial_arena(trial), "on=%s&version=1", today)).status, 303);
    struct answer page = trial_get(trial, "case_manager", path);
    assert_non_null(strstr(strstr(row_of(trial, page, "Psychosocial support"), last) + 1, last)); /* begun and ended */
    assert_non_null(strstr(row_of(trial, page, "Legal support"), "goes on"));
    assert_true(trial_shows(page, arena_format(trial_arena(trial), "%s/close\"", home))); /* open still */
}

/* A wrong year is easily typed; until that day the case would be closed and not closed. */
static void m3_7_a_case_is_not_closed_from_a_day_to_come(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/close", trial_case(trial, "Vītols"));
    struct answer page = trial_get(trial, "case_manager", path);
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    const char *fields = arena_format(trial_arena(trial), "reason=moved&words=Pie+tantes&on=2062-01-01&version=%s",
                                      version);
    struct answer refused = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "This day has not come yet"));
    assert_true(trial_shows(refused, "Pie tantes"));
    fields = arena_format(trial_arena(trial), "reason=moved&words=Pie+tantes&on=%s&version=%s", trial_today(trial),
                          version);
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_says_what_to_do),
        cmocka_unit_test(m7_1_lists_hold_only_cases_of_ones_teams),
        cmocka_unit_test(m2_2_a_new_case_says_what_comes_next),
        cmocka_unit_test(lists_go_on_where_the_last_page_ended),
        cmocka_unit_test(lists_of_a_team_go_on_too),
        cmocka_unit_test(m3_5_the_page_of_a_case_shows_its_course),
        cmocka_unit_test(m3_4_strands_start_together_and_end_separately),
        cmocka_unit_test(m3_7_a_case_is_not_closed_from_a_day_to_come),
    };
    return cmocka_run_group_tests_name("overview", tests, trial_begin, trial_end);
}
