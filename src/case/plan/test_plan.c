/* The plan through real requests. */
#include "base/id.h"
#include "base/text.h"
#include "case/assess/assess.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define PATH(...) arena_format(trial_arena(trial), __VA_ARGS__)

static struct answer post(struct trial *trial, const char *path, const char *fields)
{
    return trial_post(trial, "case_manager", path, fields);
}

/* A case with a draft; gives the plan's address. */
static const char *with_draft(struct trial *trial, const char *pseudonym)
{
    const char *plan = PATH("/cases/%s/plan", trial_case(trial, pseudonym));
    assert_int_equal(post(trial, plan, "").status, 303);
    return plan;
}

/* The fields of an agreement to what the form shows now. */
static const char *agreeing(struct trial *trial, const char *plan, const char *fields)
{
    struct answer page = trial_get(trial, "case_manager", PATH("%s/agree", plan));
    assert_int_equal(page.status, 200);
    return PATH("%s&version=%s", fields, trial_between(trial, page, "name=\"version\" value=\"", "\""));
}

/* Adds a goal and gives its id, taken from where the answer leads. */
static const char *with_goal(struct trial *trial, const char *plan, const char *title)
{
    struct answer added = post(trial, PATH("%s/goals", plan),
                               PATH("title=%s&area=safety&strand=legal&words=Gribu+mieru&due=2030-01-31", title));
    assert_int_equal(added.status, 303);
    const char *anchor = strstr(added.location, "#goal-");
    assert_non_null(anchor);
    return anchor + strlen("#goal-");
}

/* Adds a step of the child and gives its id. */
static const char *with_action(struct trial *trial, const char *plan, const char *goal, const char *what)
{
    assert_int_equal(
        post(trial, PATH("%s/goals/%s/actions", plan, goal), PATH("what=%s&who=child&due=2030-01-05", what)).status,
        303);
    struct answer page = trial_get(trial, "case_manager", plan);
    assert_int_equal(page.status, 200);
    const char *id = trial_between(trial, page, "/plan/actions/", "\"");
    assert_non_null(id);
    return arena_text_n(trial_arena(trial), id, strcspn(id, "/"));
}

static void m3_1_goals_steps_and_ticks(void **state)
{
    struct trial *trial = *state;
    const char *plan = PATH("/cases/%s/plan", trial_case(trial, "Ozols"));
    assert_true(trial_shows(trial_get(trial, "case_manager", plan), "Begin the plan"));
    assert_int_equal(post(trial, plan, "").status, 303);
    const char *goal = with_goal(trial, plan, "Droša+vieta");
    const char *action = with_action(trial, plan, goal, "Izvēlēties+istabu");
    struct answer page = trial_get(trial, "team_member", plan);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Droša vieta"));
    assert_true(trial_shows(page, "Gribu mieru"));
    assert_true(trial_shows(page, "0 of 1 step"));
    assert_true(trial_shows(page, "In progress"));
    const char *mark = PATH("%s/actions/%s/status", plan, action);
    assert_int_equal(post(trial, mark, "status=done").status, 303);
    assert_int_equal(post(trial, mark, "status=done").status, 303);
    page = trial_get(trial, "case_manager", plan);
    assert_true(trial_shows(page, "1 of 1 step"));
    assert_true(trial_shows(page, "All done"));
    struct answer marked = post(trial, PATH("%s/goals/%s/status", plan, goal), "status=reached");
    assert_int_equal(marked.status, 303);
    assert_non_null(strstr(marked.location, "#goal-"));
    assert_true(trial_shows(trial_get(trial, "case_manager", plan), "Reached"));
    assert_true(trial_shows(trial_get(trial, "case_manager", PATH("%.*s/timeline", (int)(strlen(plan) - 5), plan)),
                            "goal reached"));
}

static void m3_1_wrong_input_is_told_and_nothing_is_lost(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Liepa");
    const char *goals = PATH("%s/goals", plan);
    struct answer answer = post(trial, goals, "title=&area=&words=Paliek+te");
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "id=\"title-error\""));
    assert_true(trial_shows(answer, "id=\"area-error\""));
    assert_true(trial_shows(answer, "Paliek te"));
    assert_int_equal(post(trial, goals, "title=A&area=nowhere").status, 422);
    assert_int_equal(post(trial, goals, "title=A&area=safety&due=2026-02-31").status, 422);
    assert_int_equal(post(trial, goals, "title=A&area=safety&status=reached").status, 400);
    char huge[5001];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_int_equal(post(trial, goals, PATH("title=A&area=safety&words=%s", huge)).status, 422);
    assert_int_equal(post(trial, goals, PATH("title=%s&area=safety", huge)).status, 422);
    const char *actions = PATH("%s/goals/%s/actions", plan, with_goal(trial, plan, "A"));
    assert_int_equal(post(trial, actions, "what=&who=").status, 422);
    assert_int_equal(post(trial, actions, "what=B&who=other").status, 422);
    assert_int_equal(post(trial, actions, "what=B&who=0000000000abc").status, 422);
    assert_int_equal(post(trial, actions, "what=B&who=child&service=nothing").status, 422);
    assert_int_equal(post(trial, actions, "what=B&who=other&other_name=Skola").status, 303);
    assert_int_equal(post(trial, PATH("%s/goals/%s/actions", plan, "0000000000abc"), "what=B&who=child").status, 404);
    assert_int_equal(post(trial, PATH("%s/goals/zzz/status", plan), "status=reached").status, 404);
    answer = post(trial, goals, "title=%3Cscript%3Ealert(1)%3C/script%3E&area=family");
    assert_int_equal(answer.status, 303);
    assert_false(trial_shows(trial_get(trial, "case_manager", plan), "<script>alert"));
}

/* Whoever cannot read the plan is neither offered nor taken, from a list that was made by hand either. */
static void m3_1_m7_1_only_who_sees_the_plan_is_named_in_it(void **state)
{
    static const char *const others[] = {"stranger", "helper", "lawyer", "former", "administrator"};
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Apse");
    const char *lawyer = PATH("account=%s&role=lawyer&ground=own_work&ground_words=x",
                              id_text(trial_arena(trial), trial_account(trial, "lawyer")));
    assert_int_equal(post(trial, PATH("%.*s/team/add", (int)(strlen(plan) - strlen("/plan")), plan), lawyer).status,
                     303);
    const char *actions = PATH("%s/goals/%s/actions", plan, with_goal(trial, plan, "A"));
    struct answer form = trial_get(trial, "case_manager", actions);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *id = id_text(trial_arena(trial), trial_account(trial, others[i]));
        assert_false(trial_shows(form, PATH("value=\"%s\"", id)));
        assert_int_equal(post(trial, actions, PATH("what=B&who=%s", id)).status, 422);
    }
    const char *member = id_text(trial_arena(trial), trial_account(trial, "team_member"));
    assert_true(trial_shows(form, PATH("value=\"%s\"", member)));
    assert_int_equal(post(trial, actions, PATH("what=B&who=%s", member)).status, 303);
}

static void m3_1_plan_keeps_versions(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Kļava");
    const char *agree = PATH("%s/agree", plan);
    assert_int_equal(post(trial, agree, agreeing(trial, plan, "agreement=agrees&agreed_by=Visi&on=2026-01-01")).status,
                     422);
    const char *goal = with_goal(trial, plan, "Iet+skolā");
    const char *reached = with_goal(trial, plan, "Dokumenti");
    (void)with_action(trial, plan, goal, "Zvanīt");
    assert_int_equal(post(trial, PATH("%s/goals/%s/status", plan, reached), "status=reached").status, 303);
    assert_int_equal(post(trial, agree, agreeing(trial, plan, "agreement=partly&agreed_by=Visi&on=2026-01-01")).status,
                     422);
    assert_int_equal(post(trial, agree, agreeing(trial, plan, "agreement=agrees&agreed_by=Visi&on=2099-01-01")).status,
                     422);
    assert_int_equal(
        post(trial, agree, agreeing(trial, plan, "agreement=agrees&words=Labi&agreed_by=Visi&on=2026-01-01")).status,
        303);
    struct answer frozen = post(trial, PATH("%s/goals/%s", plan, goal), "title=Cits&area=safety&version=1");
    assert_int_equal(frozen.status, 422);
    assert_true(trial_shows(frozen, "value=\"Cits\""));
    assert_int_equal(trial_get(trial, "case_manager", PATH("%s/goals/%s", plan, goal)).status, 303);
    assert_int_equal(post(trial, plan, "").status, 303);
    assert_int_equal(post(trial, plan, "").status, 303);
    struct answer page = trial_get(trial, "case_manager", plan);
    assert_true(trial_shows(page, "Version 2"));
    assert_false(trial_shows(page, "Version 3"));
    assert_true(trial_shows(page, "Iet skolā"));
    assert_true(trial_shows(page, "Zvanīt"));
    assert_false(trial_shows(page, "Dokumenti"));
    struct answer old = trial_get(trial, "case_manager", PATH("%s/versions/1", plan));
    assert_int_equal(old.status, 200);
    assert_true(trial_shows(old, "Dokumenti"));
    assert_true(trial_shows(old, "Labi"));
    assert_false(trial_shows(old, "Add an action"));
    assert_int_equal(post(trial, agree, agreeing(trial, plan, "agreement=agrees&agreed_by=Visi&on=2026-02-01")).status,
                     303);
    assert_true(trial_shows(trial_get(trial, "case_manager", PATH("%s/versions/1", plan)), "Replaced"));
    assert_int_equal(trial_get(trial, "case_manager", PATH("%s/versions/3", plan)).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", PATH("%s/versions/x", plan)).status, 404);
}

static void m3_1_two_people_edit_and_the_second_sees_both(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Osis");
    const char *goal = PATH("%s/goals/%s", plan, with_goal(trial, plan, "Sākums"));
    assert_int_equal(post(trial, goal, "title=Pirmais&area=safety&version=1").status, 303);
    struct answer stale = trial_post(trial, "second_manager", goal, "title=Otrais&area=legal&version=1");
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "<dd>Pirmais</dd>"));
    assert_true(trial_shows(stale, "value=\"Otrais\""));
    assert_string_equal(trial_between(trial, stale, "name=\"version\" value=\"", "\""), "2");
    assert_int_equal(trial_post(trial, "second_manager", goal, "title=Otrais&area=legal&version=2").status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", plan), "Otrais"));
    const char *words = PATH("%s/words", plan);
    assert_int_equal(post(trial, words, "words=Viens&language=ru&version=1").status, 303);
    stale = trial_post(trial, "second_manager", words, "words=Divi&language=lv&version=1");
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "Viens"));
    assert_true(trial_shows(stale, "Divi"));
}

static void m3_1_nobody_agrees_to_what_they_have_not_seen(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Salna");
    const char *agree = PATH("%s/agree", plan);
    (void)with_goal(trial, plan, "Redzēts");
    const char *fields = agreeing(trial, plan, "agreement=agrees&words=Jā&agreed_by=Visi&on=2026-01-01");
    const char *goal = with_goal(trial, plan, "Vēlāk");
    struct answer stale = post(trial, agree, fields);
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "Vēlāk"));
    assert_true(trial_shows(stale, "Visi"));
    assert_int_equal(post(trial, PATH("%s/goals/%s/status", plan, goal), "status=dropped").status, 303);
    assert_int_equal(post(trial, agree, agreeing(trial, plan, "agreement=agrees&agreed_by=Visi&on=2026-01-01")).status,
                     303);
}

static void m3_1_a_plan_has_limits(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Priede");
    for (int i = 0; i < 30; i++)
        (void)with_goal(trial, plan, "Viens+no+daudziem");
    struct answer answer = post(trial, PATH("%s/goals", plan), "title=Par+daudz&area=safety");
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "value=\"Par daudz\""));
}

static enum err instruments_load(struct db *db, void *data)
{
    struct trial *trial = data;
    const char *root = getenv("AUSMA_ROOT");
    return assess_instruments_load(db, trial_arena(trial), trial_app(trial)->org,
                                   PATH("%s/programmes/base/instruments", root == NULL ? "." : root), 1);
}

static void m3_1_goals_begin_from_needs(void **state)
{
    struct trial *trial = *state;
    trial_change(trial, instruments_load, trial);
    const char *plan = with_draft(trial, "Ieva");
    const char *list = PATH("%.*s/assessments", (int)(strlen(plan) - 5), plan);
    struct answer page = trial_get(trial, "case_manager", list);
    const char *button = strstr(page.body, "Vajadzību izvērtējums");
    const char *instrument = NULL;
    static const char input[] = "name=\"instrument\" value=\"";
    assert_non_null(button);
    for (const char *at = page.body; (at = strstr(at, input)) != NULL && at < button; at += sizeof input - 1)
        instrument = arena_text_n(trial_arena(trial), at + sizeof input - 1, strcspn(at + sizeof input - 1, "\""));
    assert_non_null(instrument);
    struct answer begun = post(trial, list, PATH("instrument=%s", instrument));
    assert_int_equal(begun.status, 303);
    page = trial_get(trial, "case_manager", begun.location);
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    const char *sent = PATH("act=finish&version=%s&page=%s&q./data/setting/language=lv&q./data/safety/safety_score=2",
                            version, trial_between(trial, page, "name=\"page\" value=\"", "\""));
    assert_int_equal(post(trial, begun.location, sent).status, 303);
    page = trial_get(trial, "case_manager", plan);
    assert_true(trial_shows(page, "/plan/goals?area=safety\""));
    assert_false(trial_shows(page, "/plan/goals?area=legal\""));
    page = trial_get(trial, "case_manager", PATH("%s/goals?area=safety", plan));
    assert_true(trial_shows(page, "value=\"safety\" selected"));
    (void)with_goal(trial, plan, "Drošs+ceļš");
    assert_false(trial_shows(trial_get(trial, "case_manager", plan), "/plan/goals?area=safety\""));
}

static void m3_1_a_second_click_adds_nothing(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Goba");
    const char *fields = "title=Vienreiz&area=safety&once=0000000000abd";
    struct answer first = post(trial, PATH("%s/goals", plan), fields);
    struct answer second = post(trial, PATH("%s/goals", plan), fields);
    assert_int_equal(first.status, 303);
    assert_string_equal(first.location, second.location);
}

static void m7_1_the_plan_is_for_the_team(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Egle");
    const char *goal = with_goal(trial, plan, "Mērķis");
    static const char *const paths[] = {"", "/goals", "/words", "/agree", "/print", "/versions/1"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *path = PATH("%s%s", plan, paths[i]);
        assert_int_equal(trial_get(trial, "second_manager", path).status, 200);
        assert_int_equal(trial_get(trial, "stranger", path).status, 404);
        assert_int_equal(trial_get(trial, "administrator", path).status, 403);
        assert_int_equal(trial_get(trial, NULL, path).status, 401);
    }
    assert_int_equal(trial_post(trial, "stranger", PATH("%s/goals/%s/status", plan, goal), "status=reached").status,
                     404);
    assert_int_equal(trial_post(trial, "auditor", PATH("%s/goals/%s/status", plan, goal), "status=reached").status,
                     403);
    const char *other = with_draft(trial, "Vītols");
    assert_int_equal(post(trial, PATH("%s/goals/%s", other, goal), "title=A&area=safety&version=1").status, 404);
}

static void a_closed_case_takes_no_plan(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Apse");
    const char *goal = with_goal(trial, plan, "Mērķis");
    const char *close = PATH("%.*s/close", (int)(strlen(plan) - 5), plan);
    const char *version = trial_between(trial, trial_get(trial, "case_manager", close), "name=\"version\" value=\"",
                                        "\"");
    assert_int_equal(post(trial, close, PATH("reason=needs_met&on=%s&version=%s", trial_today(trial), version)).status,
                     303);
    assert_int_equal(post(trial, PATH("%s/goals", plan), "title=A&area=safety").status, 403);
    assert_int_equal(post(trial, PATH("%s/goals/%s/status", plan, goal), "status=reached").status, 403);
    struct answer page = trial_get(trial, "case_manager", plan);
    assert_int_equal(page.status, 200);
    assert_false(trial_shows(page, "Add a goal"));
}

static void m3_1_the_child_gets_a_page_in_its_language(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Pīlādzis");
    (void)with_goal(trial, plan, "Mācīties+peldēt");
    struct answer page = trial_get(trial, "case_manager", PATH("%s/print?lang=ru", plan));
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "lang=\"ru\""));
    assert_true(trial_shows(page, "Мой план"));
    assert_true(trial_shows(page, "Mācīties peldēt"));
    assert_false(trial_shows(page, "Pīlādzis"));
    page = trial_get(trial, "case_manager", PATH("%s/print?lang=lv&name=yes", plan));
    assert_true(trial_shows(page, "Mans plāns"));
    assert_true(trial_shows(page, "Pīlādzis"));
    assert_int_equal(trial_get(trial, "case_manager", PATH("%s/print?lang=xx", plan)).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", PATH("%s/print?number=9", plan)).status, 404);
}

/* Does a file of the trial's folder hold these bytes? */
static void m7_2_words_of_people_are_sealed_on_disk(void **state)
{
    struct trial *trial = *state;
    const char *plan = with_draft(trial, "Lazda");
    const char *goal = with_goal(trial, plan, "ZilonisMerkis");
    assert_int_equal(
        post(trial, PATH("%s/goals/%s/actions", plan, goal), "what=ZilonisSolis&who=other&other_name=ZilonisTante")
            .status,
        303);
    assert_int_equal(post(trial, PATH("%s/words", plan), "words=ZilonisVardi&language=lv&version=1").status, 303);
    assert_int_equal(
        post(trial, PATH("%s/agree", plan),
             agreeing(trial, plan, "agreement=agrees&words=ZilonisVardi&agreed_by=ZilonisMate&on=2026-01-01"))
            .status,
        303);
    assert_true(trial_shows(trial_get(trial, "case_manager", plan), "ZilonisTante"));
    assert_true(trial_holds(trial, "plan_goal"));
    assert_false(trial_holds(trial, "Zilonis"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_1_goals_steps_and_ticks),
        cmocka_unit_test(m3_1_wrong_input_is_told_and_nothing_is_lost),
        cmocka_unit_test(m3_1_m7_1_only_who_sees_the_plan_is_named_in_it),
        cmocka_unit_test(m3_1_plan_keeps_versions),
        cmocka_unit_test(m3_1_two_people_edit_and_the_second_sees_both),
        cmocka_unit_test(m3_1_nobody_agrees_to_what_they_have_not_seen),
        cmocka_unit_test(m3_1_a_plan_has_limits),
        cmocka_unit_test(m3_1_goals_begin_from_needs),
        cmocka_unit_test(m3_1_a_second_click_adds_nothing),
        cmocka_unit_test(m7_1_the_plan_is_for_the_team),
        cmocka_unit_test(a_closed_case_takes_no_plan),
        cmocka_unit_test(m3_1_the_child_gets_a_page_in_its_language),
        cmocka_unit_test(m7_2_words_of_people_are_sealed_on_disk),
    };
    return cmocka_run_group_tests_name("plan", tests, trial_begin, trial_end);
}
