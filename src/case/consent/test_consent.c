/* Meetings and consents through real requests (M2.1). */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "case/consent/consent.h"
#include "case/consent/queries.h"
#include "steer/trial/of_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *meeting(const char *more)
{
    return arena_format(trial_arena(trial), "on=%s&language=ukrai%%C5%%86u&interpreter=phone&understood=partly%s",
                        day(0), more);
}

static const char *consent(const char *kind, const char *more)
{
    return arena_format(trial_arena(trial), "purpose=housing&recipient=shelter&kind=%s&given_by=Aizbildne&on=%s%s",
                        kind, day(0), more);
}

/* Does what was said about housing and the shelter allow it on that day? */
static bool stands(const char *on)
{
    struct consent_by_recipient_in in = {.org = trial_app(trial)->org, .recipient = "shelter"};
    struct consent_by_recipient_row *rows;
    struct consent_facts facts[16];
    size_t count;
    struct db *db;
    assert_true(id_parse(case_text, &in.case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(consent_by_recipient(db, trial_arena(trial), &in, &rows, &count), OK);
    store_reader_close(db);
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(rows[i].purpose, "housing");
        facts[i] = (struct consent_facts){rows[i].kind, rows[i].given_on, rows[i].expires_on, rows[i].withdrawn_on};
    }
    return consent_stands(facts, count, on);
}

static const char *consent_path(void)
{
    const char *before = arena_format(trial_arena(trial), "href=\"%s/consents/", home);
    const char *id = trial_between(trial, trial_get(trial, "case_manager", at("/meetings")), before, "\"");
    assert_non_null(id);
    return arena_format(trial_arena(trial), "%s/consents/%s", home, id);
}

static const char *withdrawal(const char *path, const char *words)
{
    const char *version = trial_between(trial, trial_get(trial, "case_manager", path), "name=\"version\" value=\"",
                                        "\"");
    assert_non_null(version);
    return arena_format(trial_arena(trial), "on=%s&words=%s&version=%s", day(0), words, version);
}

static void m2_1_the_first_meeting_is_written_and_read(void **state)
{
    (void)state;
    assert_int_equal(trial_get(trial, "case_manager", at("/meeting")).status, 200);
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/meetings")), "Begin with the first meeting"));
    const char *fields = meeting("&interpreter_name=Oksana&present=Aizbildne&explained=rights&explained=danger"
                                 "&understood_words=J%C4%81atk%C4%81rto&child_words=Gribu+skolu");
    assert_int_equal(trial_post(trial, "case_manager", at("/meeting"), fields).status, 303);
    struct answer list = trial_get(trial, "team_member", at("/meetings"));
    const char *before = arena_format(trial_arena(trial), "href=\"%s/meetings/", home);
    const char *path = arena_format(trial_arena(trial), "%s/meetings/%s", home,
                                    trial_between(trial, list, before, "\""));
    struct answer page = trial_get(trial, "second_manager", path);
    static const char *const shown[] = {"ukraiņu", "Oksana", "Aizbildne", "Jāatkārto", "Gribu skolu", "Partly"};
    assert_int_equal(page.status, 200);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_true(trial_shows(page, shown[i]));
    assert_true(trial_shows(page, word_code(LANGUAGE_en, "explained", "danger")));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "Gribu skolu"));
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
}

static void m2_1_a_consent_expires_and_is_withdrawn(void **state)
{
    (void)state;
    assert_int_equal(trial_get(trial, "case_manager", at("/consent")).status, 200);
    assert_false(stands(day(0)));
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("consent", "")).status, 303);
    assert_true(stands(day(0)));
    assert_true(stands(day(180)));
    assert_false(stands(day(181)));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/meetings")), "Valid"));
    const char *path = consent_path();
    assert_int_equal(trial_post(trial, "case_manager", path, withdrawal(path, "Vairs+negrib")).status, 303);
    assert_false(stands(day(0)));
    struct answer list = trial_get(trial, "case_manager", at("/meetings"));
    assert_true(trial_shows(list, "Withdrawn"));
    assert_true(trial_shows(list, "Vairs negrib"));
    assert_int_equal(trial_get(trial, "case_manager", path).status, 200);
}

static void m2_1_a_refusal_allows_nothing(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("refused", "")).status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "— refused<"));
    assert_false(stands(day(0)));
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/meetings")), "Refused"));
}

static void m2_1_two_people_withdraw(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("assent", "")).status, 303);
    const char *path = consent_path();
    const char *first = withdrawal(path, "Pirmais"), *second = withdrawal(path, "Otrais");
    assert_int_equal(trial_post(trial, "second_manager", path, first).status, 303);
    struct answer stale = trial_post(trial, "case_manager", path, second);
    assert_int_equal(stale.status, 409);
    assert_true(trial_shows(stale, "Pirmais"));
    assert_true(trial_shows(stale, "Otrais"));
}

static void m2_1_wrong_input_is_told_and_kept(void **state)
{
    static const struct {
        const char *path, *fields, *said;
    } cases[] = {
        {"/meeting", "", "Write which language was spoken"},
        {"/meeting", "interpreter=pigeon", "interpreter-error"},
        {"/meeting", "understood=never", "understood-error"},
        {"/meeting", "explained=nonsense", "explained-error"},
        {"/meeting", "on=2999-01-01", "This day has not come yet"},
        {"/meeting", "language=%FF", "There are characters here that cannot be saved"},
        {"/consent", "", "Choose the purpose"},
        {"/consent", "purpose=nonsense", "purpose-error"},
        {"/consent", "recipient=nonsense", "recipient-error"},
        {"/consent", "kind=exploitation", "kind-error"},
        {"/consent", "on=2026-01-02&expires=2026-01-02", "The day must be after"},
        {"/consent", "on=2999-01-01", "This day has not come yet"},
        {"/consent", "given_by=%3Cb%3EAnna", "&lt;b&gt;Anna"},
        {"/meeting", "child_words=%3Cb%3EVardi", "&lt;b&gt;Vardi"},
    };
    struct buf text;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer = trial_post(trial, "case_manager", at(cases[i].path), cases[i].fields);
        if (answer.status != 422 || !trial_shows(answer, cases[i].said))
            fail_msg("%s answers %d without: %s", cases[i].fields, answer.status, cases[i].said);
    }
    buf_init(&text, trial_arena(trial), 32768);
    buf_text(&text, "&child_words=");
    for (int i = 0; i < 21000; i++)
        buf_char(&text, 'a');
    assert_int_equal(trial_post(trial, "case_manager", at("/meeting"), meeting(text.ptr)).status, 422);
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("assent", "&surprise=1")).status, 400);
    assert_int_equal(trial_get(trial, "case_manager", at("/meetings?day=x&id=%25")).status, 200);
}

static void m7_1_other_teams_and_other_roles_do_not_get_in(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("assent", "")).status, 303);
    const char *path = consent_path();
    assert_int_equal(trial_get(trial, "stranger", at("/meetings")).status, 404);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_post(trial, "stranger", at("/consent"), consent("assent", "")).status, 404);
    assert_int_equal(trial_get(trial, "administrator", at("/meetings")).status, 403);
    assert_int_equal(trial_post(trial, "auditor", at("/meeting"), meeting("")).status, 403);
    const char *moved = arena_format(trial_arena(trial), "/cases/%s/consents/%s", trial_case(trial, "Apse"),
                                     strrchr(path, '/') + 1);
    assert_int_equal(trial_get(trial, "case_manager", moved).status, 404);
}

static void m2_1_a_second_click_adds_nothing(void **state)
{
    (void)state;
    const char *fields = consent("assent", "&once=0000000c0nse1");
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), fields).status, 303);
    struct answer list = trial_get(trial, "case_manager", at("/meetings"));
    const char *first = strstr(list.body, "/consents/");
    assert_non_null(first);
    assert_null(strstr(first + 1, "/consents/"));
}

static void m2_1_a_closed_case_takes_nothing(void **state)
{
    (void)state;
    const char *version = trial_between(trial, trial_get(trial, "case_manager", at("/close")),
                                        "name=\"version\" value=\"", "\"");
    const char *fields = arena_format(trial_arena(trial), "reason=needs_met&on=%s&version=%s", day(0), version);
    assert_int_equal(trial_post(trial, "case_manager", at("/close"), fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at("/meeting"), meeting("")).status, 403);
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("assent", "")).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", at("/meetings")).status, 200);
}

static void m7_2_words_are_nowhere_in_the_clear(void **state)
{
    static const char *const words[] = {"Ametistkrase", "Topazkrase", "Rubinkrase", "Opalkrase", "Jaspiskrase"};
    (void)state;
    const char *fields = meeting(
        "&interpreter_name=Ametistkrase&present=Topazkrase&understood_words=Rubinkrase&child_words=Opalkrase");
    assert_int_equal(trial_post(trial, "case_manager", at("/meeting"), fields).status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), consent("assent", "")).status, 303);
    const char *path = consent_path();
    assert_int_equal(trial_post(trial, "case_manager", path, withdrawal(path, "Jaspiskrase")).status, 303);
    assert_true(trial_holds(trial, "consent_meeting"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_false(trial_holds(trial, words[i]));
}

static struct answer give_lawyer(const char *more)
{
    const char *lawyer = id_text(trial_arena(trial), trial_session(trial, "lawyer")->account);
    return trial_post(trial, "case_manager", at("/team/add"),
                      arena_format(trial_arena(trial), "account=%s&role=lawyer%s", lawyer, more));
}

static const char *agrees(const char *recipient, const char *kind)
{
    return arena_format(trial_arena(trial), "purpose=legal_help&recipient=%s&kind=%s&given_by=Aizbildne&on=%s",
                        recipient, kind, day(0));
}

static void take_back_lawyer(void)
{
    const char *lawyer = id_text(trial_arena(trial), trial_session(trial, "lawyer")->account);
    const char *path = arena_format(trial_arena(trial), "/team/%s/remove", lawyer);
    assert_int_equal(trial_post(trial, "case_manager", at(path), "").status, 303);
}

/* Without a consent that stands a part goes to nobody but on a ground, which is kept in words (M2.1, M3.6). */
static void m3_6_sharing_asks_for_consent_or_a_ground(void **state)
{
    static const char *const refused[] = {"", "&ground=nonsense&ground_words=x", "&ground=danger", "&ground_words=x"};
    (void)state;
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/team/add")), "Has the child agreed to this?"));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(give_lawyer(refused[i]).status, 422);
    assert_true(trial_shows(give_lawyer("&ground_words=Kept+words"), "There is no consent for this recipient"));
    assert_true(trial_shows(give_lawyer("&ground_words=Kept+words"), "Kept words"));
    assert_int_equal(give_lawyer("&ground=danger&ground_words=Decided+by+two").status, 303);
    struct answer timeline = trial_get(trial, "case_manager", at("/timeline"));
    assert_true(trial_shows(timeline, "Shared without consent: Life or health is in danger"));
    assert_true(trial_shows(timeline, "Decided by two"));
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/figures"), "Life or health is in danger"));
}

/* Asking the child is the shortest way: the answer becomes an assent, which ends and can be withdrawn, and no ground (M2.1, M3.6). */
static void m3_6_the_child_can_be_asked_at_once(void **state)
{
    (void)state;
    assert_true(trial_shows(give_lawyer("&child_agrees=yes"), "id=\"child_purpose-error\""));
    assert_true(trial_shows(give_lawyer("&child_agrees=yes&child_purpose=nonsense"), "id=\"child_purpose-error\""));
    assert_int_equal(give_lawyer("&child_agrees=yes&child_purpose=legal_help").status, 303);
    struct answer list = trial_get(trial, "case_manager", at("/meetings"));
    assert_true(trial_shows(list, "The child agrees"));
    assert_true(trial_shows(list, "Receive legal help"));
    assert_false(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "Shared without consent"));
    take_back_lawyer();
    assert_int_equal(give_lawyer("").status, 303);
}

static void m3_6_a_refusal_of_today_is_not_talked_over(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), agrees("lawyer", "refused")).status, 303);
    assert_true(trial_shows(give_lawyer("&child_agrees=yes&child_purpose=support"), "id=\"child_agrees-error\""));
}

/* What was said about the recipient decides; when nothing was, what was said about the case team. */
static void m3_6_the_last_word_about_the_recipient_counts(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), agrees("case_team", "assent")).status, 303);
    assert_int_equal(give_lawyer("").status, 303);
    take_back_lawyer();
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), agrees("lawyer", "refused")).status, 303);
    assert_int_equal(give_lawyer("").status, 422);
    assert_false(trial_shows(trial_get(trial, "case_manager", at("/timeline")), "Shared without consent"));
}

/* A consent that is withdrawn while somebody sees the case because of it becomes a task of today. */
static void m3_6_a_withdrawn_consent_is_looked_at_again(void **state)
{
    (void)state;
    assert_int_equal(trial_post(trial, "case_manager", at("/consent"), agrees("lawyer", "consent")).status, 303);
    assert_int_equal(give_lawyer("").status, 303);
    struct answer list = trial_get(trial, "case_manager", at("/meetings"));
    const char *id = trial_between(trial, list, arena_format(trial_arena(trial), "href=\"%s/consents/", home), "\"");
    assert_non_null(id);
    const char *path = arena_format(trial_arena(trial), "/consents/%s", id);
    const char *fields = arena_format(trial_arena(trial), "on=%s&version=1", day(0));
    assert_int_equal(trial_post(trial, "case_manager", at(path), fields).status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", at("/tasks")), "decide who still sees the case: Lawyer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(m3_6_sharing_asks_for_consent_or_a_ground, of_case_new),
        cmocka_unit_test_setup(m3_6_the_child_can_be_asked_at_once, of_case_new),
        cmocka_unit_test_setup(m3_6_a_refusal_of_today_is_not_talked_over, of_case_new),
        cmocka_unit_test_setup(m3_6_the_last_word_about_the_recipient_counts, of_case_new),
        cmocka_unit_test_setup(m3_6_a_withdrawn_consent_is_looked_at_again, of_case_new),
        cmocka_unit_test_setup(m2_1_the_first_meeting_is_written_and_read, of_case_new),
        cmocka_unit_test_setup(m2_1_a_consent_expires_and_is_withdrawn, of_case_new),
        cmocka_unit_test_setup(m2_1_a_refusal_allows_nothing, of_case_new),
        cmocka_unit_test_setup(m2_1_two_people_withdraw, of_case_new),
        cmocka_unit_test_setup(m2_1_wrong_input_is_told_and_kept, of_case_new),
        cmocka_unit_test_setup(m7_1_other_teams_and_other_roles_do_not_get_in, of_case_new),
        cmocka_unit_test_setup(m2_1_a_second_click_adds_nothing, of_case_new),
        cmocka_unit_test_setup(m2_1_a_closed_case_takes_nothing, of_case_new),
        cmocka_unit_test_setup(m7_2_words_are_nowhere_in_the_clear, of_case_new),
    };
    return cmocka_run_group_tests_name("consent", tests, of_case_begin, of_case_end);
}
