/* Case conferences through real requests (M3.3). */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "steer/trial/of_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *usual(const char *more)
{
    return arena_format(trial_arena(trial),
                        "on=%s&next=%s&present=%s&present=%s&decisions=Turpina+skolu&reviewed=yes%s", day(0), day(60),
                        account_of("case_manager"), account_of("second_manager"), more);
}

static void m3_3_a_conference_gives_tasks_and_the_next_review(void **state)
{
    (void)state;
    struct answer form = trial_get(trial, "case_manager", at("/conference"));
    assert_int_equal(form.status, 200);
    const char *expected = arena_format(
        trial_arena(trial), "name=\"next-year\" type=\"text\" inputmode=\"numeric\" value=\"%.4s\"", day(90));
    assert_true(trial_shows(form, expected));
    const char *actions = arena_format(trial_arena(trial),
                                       "&what1=Zvans+skolai&who1=%s&by1=%s&what6=Mekl%%C4%%93t+mentoru&who6=%s"
                                       "&others=B%%C4%%93rns+pats&agenda=Pl%%C4%%81ns",
                                       account_of("second_manager"), day(7), account_of("team_member"));
    struct answer saved = trial_post(trial, "case_manager", at("/conference"), usual(actions));
    assert_int_equal(saved.status, 303);
    const char *path = arena_text_n(trial_arena(trial), saved.location, strcspn(saved.location, "?"));
    static const char *const shown[] = {"Turpina skolu", "Zvans skolai", "Meklēt mentoru", "Bērns pats", "Plāns"};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        assert_true(trial_shows(trial_get(trial, "second_manager", path), shown[i]));
        assert_true(
            trial_shows(trial_get(trial, "team_member", arena_format(trial_arena(trial), "%s/print", path)), shown[i]));
    }
    /* what has no day of its own is due by the next review */
    assert_true(
        trial_shows(trial_get(trial, "second_manager", path), date_in_words(trial_arena(trial), LANGUAGE_en, day(7))));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/tasks")),
                            date_in_words(trial_arena(trial), LANGUAGE_en, day(60))));
    struct answer list = trial_get(trial, "case_manager", at("/conferences"));
    assert_true(trial_shows(list, "Zvans skolai"));
    assert_true(trial_shows(list, date_in_words(trial_arena(trial), LANGUAGE_en, day(60))));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/tasks")), "Meklēt mentoru"));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "Turpina skolu"));
}

/* Whoever sees a part of the case can have been there; a task gets only who sees the plan; nobody else is offered. */
static void m7_1_only_who_is_on_the_case_was_there(void **state)
{
    (void)state;
    const char *lawyer = arena_format(trial_arena(trial), "account=%s&role=lawyer&ground=own_work&ground_words=x",
                                      account_of("lawyer"));
    const char *present = arena_format(trial_arena(trial), "&present=%s", account_of("lawyer"));
    const char *task = arena_format(trial_arena(trial), "&what1=Zvans&by1=%s&who1=%s", day(7), account_of("lawyer"));
    const char *stranger = arena_format(trial_arena(trial), "&present=%s", account_of("stranger"));
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual(present)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", at("/team/add"), lawyer).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual(stranger)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual(task)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual(present)).status, 303);
    const char *option = arena_format(trial_arena(trial), "value=\"%s\"", account_of("stranger"));
    assert_false(trial_shows(trial_get(trial, "case_manager", at("/conference")), option));
}

static enum err make_late(struct db *db, void *data)
{
    return record_review(db, trial_app(trial)->org, *(int64_t *)data, "2020-01-01");
}

static void m3_3_an_overdue_review_is_told(void **state)
{
    (void)state;
    int64_t id;
    assert_true(id_parse(case_text, &id));
    assert_false(trial_shows(trial_get(trial, "case_manager", at("/conferences")), "The review is overdue"));
    trial_change(trial, make_late, &id);
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/conferences")), "The review is overdue"));
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual("")).status, 303);
    assert_false(trial_shows(trial_get(trial, "case_manager", at("/conferences")), "The review is overdue"));
}

static void m3_3_wrong_input_is_told_and_kept(void **state)
{
    static const struct {
        const char *fields, *said;
    } cases[] = {
        {"", "Write what was decided"},
        {"on=2999-01-01&next=2999-02-01&decisions=x", "This day has not come yet"},
        {"on=2001-01-01&next=2999-02-01&decisions=x", "before the case was opened"},
        {"what3=Darbs", "who3-error"},
        {"what3=Darbs&by3-day=31&by3-month=2&by3-year=2030", "by3-error"},
        {"by6=2030-01-01", "what6-error"},
        {"what1=x&who1=0000000000zzz&by1=2030-01-01", "Choose a colleague from the list"},
        {"present=0000000000zzz", "Choose a colleague from the list"},
        {"present=%27", "Choose a colleague from the list"},
        {"next-day=31&next-month=2&next-year=2030", "next-error"},
        {"decisions=%FF", "There are characters here that cannot be saved"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = trial_post(trial, "case_manager", at("/conference"), cases[i].fields);
        if (answer.status != 422 || !trial_shows(answer, cases[i].said))
            fail_msg("%s answers %d without: %s", cases[i].fields, answer.status, cases[i].said);
    }
    struct answer late = trial_post(trial, "case_manager", at("/conference"), usual("&what5=%3Cb%3EDarbs&others=Cits"));
    assert_int_equal(late.status, 422);
    assert_true(trial_shows(late, "&lt;b&gt;Darbs"));
    assert_true(trial_shows(late, "Cits"));
    assert_true(trial_shows(late, "Turpina skolu"));
    assert_true(
        trial_shows(trial_get(trial, "case_manager", at("/conferences")), "There have been no conferences yet"));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/tasks")), "There are no open tasks."));
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual("&surprise=1")).status, 400);
}

static void m3_3_huge_input_is_refused(void **state)
{
    struct buf text;
    (void)state;
    buf_init(&text, trial_arena(trial), 32768);
    for (int i = 0; i < 21000; i++)
        buf_char(&text, 'a');
    const char *more = arena_format(trial_arena(trial), "&agenda=%s", text.ptr);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual(more)).status, 422);
}

static void m7_1_other_teams_and_other_roles_do_not_get_in(void **state)
{
    (void)state;
    struct answer saved = trial_post(trial, "case_manager", at("/conference"), usual(""));
    assert_int_equal(saved.status, 303);
    const char *path = arena_text_n(trial_arena(trial), saved.location, strcspn(saved.location, "?"));
    assert_int_equal(trial_get(trial, "stranger", at("/conferences")).status, 404);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_post(trial, "stranger", at("/conference"), usual("")).status, 404);
    assert_int_equal(trial_get(trial, "administrator", path).status, 403);
    assert_int_equal(trial_post(trial, "auditor", at("/conference"), usual("")).status, 403);
    const char *moved = arena_format(trial_arena(trial), "/cases/%s/conferences/%s", trial_case(trial, "Apse"),
                                     strrchr(path, '/') + 1);
    assert_int_equal(trial_get(trial, "case_manager", moved).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", at("/conferences?day=x&id=%25")).status, 200);
}

static void m3_3_a_second_click_adds_nothing(void **state)
{
    (void)state;
    const char *fields = usual("&once=00000000c0nf1");
    struct answer first = trial_post(trial, "case_manager", at("/conference"), fields);
    struct answer second = trial_post(trial, "case_manager", at("/conference"), fields);
    assert_int_equal(first.status, 303);
    assert_string_equal(first.location, second.location);
}

static void m3_3_a_closed_case_takes_no_conference(void **state)
{
    (void)state;
    const char *version = trial_between(trial, trial_get(trial, "case_manager", at("/close")),
                                        "name=\"version\" value=\"", "\"");
    const char *fields = arena_format(trial_arena(trial), "reason=needs_met&on=%s&version=%s", day(0), version);
    assert_int_equal(trial_post(trial, "case_manager", at("/close"), fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), usual("")).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", at("/conferences")).status, 200);
}

static void m7_2_words_are_nowhere_in_the_clear(void **state)
{
    static const char *const words[] = {"Ametistkrase", "Topazkrase", "Rubinkrase", "Opalkrase"};
    (void)state;
    const char *more = arena_format(trial_arena(trial),
                                    "&others=Topazkrase&agenda=Rubinkrase&what1=Opalkrase&who1=%s&by1=%s",
                                    account_of("case_manager"), day(3));
    const char *fields = arena_format(trial_arena(trial), "on=%s&next=%s&decisions=Ametistkrase%s", day(0), day(60),
                                      more);
    assert_int_equal(trial_post(trial, "case_manager", at("/conference"), fields).status, 303);
    assert_true(trial_holds(trial, "conference_present"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_false(trial_holds(trial, words[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(m3_3_a_conference_gives_tasks_and_the_next_review, of_case_new),
        cmocka_unit_test_setup(m7_1_only_who_is_on_the_case_was_there, of_case_new),
        cmocka_unit_test_setup(m3_3_an_overdue_review_is_told, of_case_new),
        cmocka_unit_test_setup(m3_3_wrong_input_is_told_and_kept, of_case_new),
        cmocka_unit_test_setup(m3_3_huge_input_is_refused, of_case_new),
        cmocka_unit_test_setup(m7_1_other_teams_and_other_roles_do_not_get_in, of_case_new),
        cmocka_unit_test_setup(m3_3_a_second_click_adds_nothing, of_case_new),
        cmocka_unit_test_setup(m3_3_a_closed_case_takes_no_conference, of_case_new),
        cmocka_unit_test_setup(m7_2_words_are_nowhere_in_the_clear, of_case_new),
    };
    return cmocka_run_group_tests_name("conference", tests, of_case_begin, of_case_end);
}
