/* Who sees what of a case, through real requests (issue 3, Access): parts, members until a date, shut cases, broken glasses. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/team/team.h"
#include "platform/i18n/i18n.h"
#include "steer/trial/of_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char *reference;

static int new_case(void **state)
{
    (void)of_case_new(state);
    reference = trial_between(trial, trial_get(trial, "case_manager", at("")), "app-pseudonym\">Lazda</span> ", " ");
    assert_non_null(reference);
    return 0;
}

static struct answer add(const char *login, const char *role, const char *until)
{
    return trial_post(trial, "case_manager", at("/team/add"),
                      arena_format(trial_arena(trial), "account=%s&role=%s&until=%s&ground=own_work&ground_words=x",
                                   account_of(login), role, until));
}

static void give_service(const char *service, const char *strand, const char *note)
{
    const char *fields = arena_format(trial_arena(trial),
                                      "service=%s&minutes=30&on=%s&mode=in_person&phase=rescue&strand=%s&note=%s",
                                      service, day(0), strand, note);
    assert_int_equal(trial_post(trial, "case_manager", at("/services"), fields).status, 303);
}

static bool sees(const char *who, const char *path, const char *text)
{
    return trial_shows(trial_get(trial, who, path), text);
}

/* ---- parts ---- */

static void access_a_lawyer_sees_the_legal_part_and_no_other(void **state)
{
    (void)state;
    static const char *const closed[] = {"/person",     "/meetings",    "/assessments", "/plan",
                                         "/plan/print", "/conferences", "/tasks"};
    give_service("legal_aid", "legal", "Piezimejuristam");
    give_service("crisis_support", "psychosocial", "Piezimepsihologam");
    assert_int_equal(trial_get(trial, "lawyer", at("")).status, 404);
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    struct answer page = trial_get(trial, "lawyer", at(""));
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Psychosocial support with its notes"));
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        struct answer answer = trial_get(trial, "lawyer", at(closed[i]));
        assert_int_equal(answer.status, 403);
        assert_true(trial_shows(answer, "This part of the case is not open to you"));
    }
    assert_true(sees("lawyer", at("/services"), "Piezimejuristam"));
    assert_false(sees("lawyer", at("/services"), "Piezimepsihologam"));
    assert_false(sees("lawyer", at("/timeline"), "Crisis"));
    assert_true(sees("case_manager", at("/services"), "Piezimepsihologam"));
    assert_true(sees("lawyer", "/cases", reference));
    assert_true(sees("lawyer", "/", reference));
}

static void access_what_is_written_in_another_part_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    const char *fields = arena_format(
        trial_arena(trial), "service=crisis_support&minutes=30&on=%s&mode=in_person&phase=rescue&note=Mana", day(0));
    struct answer refused = trial_post(trial, "lawyer", at("/services"),
                                       arena_format(trial_arena(trial), "%s&strand=psychosocial", fields));
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "id=\"strand-error\""));
    assert_int_equal(
        trial_post(trial, "lawyer", at("/services"), arena_format(trial_arena(trial), "%s&strand=legal", fields))
            .status,
        303);
    assert_true(sees("case_manager", at("/services"), "Mana"));
}

/* With the whole database and the lawyer's keys in hand, the other parts stay closed: the lawyer's row holds two part keys, and
 * neither they nor anything derived from them open a value of another part. */
static void access_parts_are_closed_by_cryptography(void **state)
{
    (void)state;
    struct case_keys lawyer = {0};
    struct case_keys manager = {0};
    give_service("crisis_support", "psychosocial", "Noslepums");
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    int64_t case_id = 0;
    struct record_case_held_row *rows;
    size_t count;
    struct req r = {
        .arena = trial_arena(trial), .app = trial_app(trial), .now = time_now(), .org = trial_app(trial)->org};
    assert_true(id_parse(case_text, &case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &r.db), OK);
    assert_int_equal(
        record_case_held(r.db, r.arena, &(struct record_case_held_in){.org = r.org, .id = case_id}, &rows, &count), OK);
    size_t opened = 0;
    size_t opened_whole = 0;
    for (size_t i = 0; i < count; i++) {
        r.shut = NULL;
        r.who = trial_session(trial, "lawyer");
        opened += record_open_keys(&r, rows[i].holder, case_id, rows[i].wrapped, &lawyer) == OK;
        r.shut = NULL;
        r.who = trial_session(trial, "case_manager");
        opened_whole += record_open_keys(&r, rows[i].holder, case_id, rows[i].wrapped, &manager) == OK;
    }
    assert_int_equal(opened, 1);
    assert_true(opened_whole >= 1);
    assert_int_equal(lawyer.parts, PART_BIT(PART_BASICS) | PART_BIT(PART_LEGAL));
    assert_true(case_keys_whole(&manager));
    assert_memory_equal(lawyer.part[PART_LEGAL].b, manager.part[PART_LEGAL].b, SEAL_KEY_SIZE);
    assert_memory_not_equal(lawyer.part[PART_LEGAL].b, manager.part[PART_PSYCHOSOCIAL].b, SEAL_KEY_SIZE);
    assert_memory_not_equal(lawyer.part[PART_PSYCHOSOCIAL].b, manager.part[PART_PSYCHOSOCIAL].b, SEAL_KEY_SIZE);
    static const struct seal_key none;
    assert_memory_equal(lawyer.root.b, none.b, SEAL_KEY_SIZE);
    /* What the derivation of another part would give from a part's key is not that part's key either. */
    struct case_keys guessed;
    case_keys_of_root(&lawyer.part[PART_LEGAL], &guessed);
    assert_memory_not_equal(guessed.part[PART_PSYCHOSOCIAL].b, manager.part[PART_PSYCHOSOCIAL].b, SEAL_KEY_SIZE);
    store_reader_close(r.db);
}

/* ---- members ---- */

static void access_a_role_fits_an_account(void **state)
{
    (void)state;
    static const struct {
        enum role colleague;
        const char *account;
        unsigned parts;
        enum team_fit fit;
    } cases[] = {
        {ROLE_CASE_MANAGER, "case_manager", PARTS_WHOLE, TEAM_FITS},
        {ROLE_TEAM_MEMBER, "case_manager", PARTS_WHOLE, TEAM_ONLY_MANAGERS},
        {ROLE_OUTSIDE_SPECIALIST, "case_manager", PARTS_WHOLE, TEAM_ONLY_MANAGERS},
        {ROLE_TEAM_MEMBER, "team_member", PARTS_WHOLE, TEAM_FITS},
        {ROLE_CASE_MANAGER, "team_member", PARTS_WHOLE, TEAM_FITS},
        {ROLE_OUTSIDE_SPECIALIST, "team_member", PARTS_WHOLE, TEAM_OUTSIDE_PART},
        {ROLE_OUTSIDE_SPECIALIST, "team_member", PART_BIT(PART_BASICS), TEAM_FITS},
        {ROLE_ADMINISTRATOR, "team_member", PART_BIT(PART_BASICS), TEAM_NO_ACCOUNT},
        {ROLE_AUDITOR, "team_member", PART_BIT(PART_BASICS), TEAM_NO_ACCOUNT},
        {ROLE_PROGRAMME_MANAGER, "team_member", PART_BIT(PART_BASICS), TEAM_NO_ACCOUNT},
        {ROLE_TEAM_MEMBER, "none", PART_BIT(PART_BASICS), TEAM_NO_ACCOUNT},
        {ROLE_INTAKE, "intake", PART_BIT(PART_BASICS), TEAM_NO_ACCOUNT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(team_fits(cases[i].colleague, cases[i].account, cases[i].parts), cases[i].fit);
}

/* The rows of teams that hold the test's case, and how many of them say that they hold the whole of it. */
struct team_rows {
    int64_t case_id;
    size_t teams, whole;
};

static enum err team_rows(struct db *db, void *data)
{
    struct team_rows *found = data;
    struct record_key_list_row *rows;
    size_t count;
    TRY(record_key_list(
        db, trial_arena(trial),
        &(struct record_key_list_in){.org = trial_session(trial, "case_manager")->org, .case_id = found->case_id},
        &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool team = !text_same(rows[i].via, "member");
        found->teams += team;
        found->whole += team && rows[i].parts == PARTS_WHOLE;
    }
    return OK;
}

/* The case's own team and the one for emergencies. */
static void insist_on_whole_teams(void)
{
    struct team_rows found = {0};
    assert_true(id_parse(case_text, &found.case_id));
    trial_change(trial, team_rows, &found);
    assert_int_equal(found.teams, 2);
    assert_int_equal(found.whole, 2);
}

/* Lists and counts go by `parts`, while a team's key opens the whole case whatever stands there. */
static void access_a_teams_row_says_that_it_holds_the_whole_case(void **state)
{
    (void)state;
    insist_on_whole_teams();
    /* New keys, after somebody was taken out, are given as the first were. */
    const char *away = arena_format(trial_arena(trial), "/team/%s/remove", account_of("lawyer"));
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at(away), "").status, 303);
    insist_on_whole_teams();
}

static void access_wrong_input_is_answered_beside_the_field(void **state)
{
    (void)state;
    assert_true(trial_shows(add("administrator", "lawyer", ""), "id=\"account-error\""));
    assert_true(
        trial_shows(add("second_manager", "lawyer", ""), "id=\"account-error\"")); /* sees the whole case already */
    assert_true(trial_shows(add("lawyer", "case_manager", ""), "id=\"role-error\""));
    assert_true(trial_shows(add("lawyer", "emperor", ""), "id=\"role-error\""));
    assert_true(trial_shows(add("lawyer", "", ""), "id=\"role-error\""));
    assert_true(trial_shows(add("lawyer", "lawyer", day(-1)), "id=\"until-error\""));
    assert_true(trial_shows(add("outside_specialist", "lawyer", ""), "id=\"until-error\""));
    assert_true(trial_shows(add("outside_specialist", "social_worker", day(3)), "id=\"role-error\""));
    assert_int_equal(trial_get(trial, "lawyer", at("/team")).status, 404);
    assert_int_equal(trial_post(trial, "team_member", at("/team/add"), "account=1&role=lawyer").status, 403);
    assert_int_equal(trial_post(trial, "stranger", at("/team/add"), "account=1&role=lawyer").status, 404);
}

static void access_an_outside_specialist_sees_a_part_until_a_day(void **state)
{
    (void)state;
    assert_int_equal(add("outside_specialist", "lawyer", day(5)).status, 303);
    assert_int_equal(trial_get(trial, "outside_specialist", at("")).status, 200);
    /* the last day itself is said, and stands in the field when it is changed */
    assert_true(
        sees("case_manager", at("/team"),
             arena_format(trial_arena(trial), "– %s<", date_in_words(trial_arena(trial), LANGUAGE_en, day(5)))));
    struct answer form = trial_get(trial, "case_manager",
                                   at(arena_format(trial_arena(trial), "/team/%s", account_of("outside_specialist"))));
    const char *last = arena_format(
        trial_arena(trial), "name=\"until-day\" type=\"text\" inputmode=\"numeric\" value=\"%d\"", atoi(day(5) + 8));
    assert_true(trial_shows(form, last));
    assert_true(sees("outside_specialist", "/cases", reference));
    assert_int_equal(trial_get(trial, "outside_specialist", at("/services")).status, 200);
    assert_int_equal(trial_get(trial, "outside_specialist", at("/plan")).status, 403);
    assert_int_equal(trial_post(trial, "outside_specialist", at("/services"), "service=legal_aid").status, 403);
}

static void move_clock(int64_t (*clock)(void))
{
    trial_app(trial)->clock = clock;
}

static int64_t in_three_hours(void)
{
    return time_now() + 3 * HOUR_MS;
}

static void access_removed_is_gone_and_the_case_has_new_keys(void **state)
{
    (void)state;
    give_service("legal_aid", "legal", "Agrakais");
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    assert_int_equal(add("outside_specialist", "lawyer", day(5)).status, 303);
    const char *member = arena_format(trial_arena(trial), "/team/%s", account_of("lawyer"));
    const char *away = arena_format(trial_arena(trial), "%s/remove", member);
    assert_true(sees("case_manager", at(away), "The case gets new keys"));
    assert_int_equal(trial_post(trial, "case_manager", at(away), "").status, 303);
    assert_int_equal(trial_get(trial, "lawyer", at("")).status, 404);
    assert_false(sees("lawyer", "/cases", reference));
    assert_int_equal(trial_post(trial, "case_manager", at(away), "").status, 404);
    /* What was written before and what is written now opens for those who stayed, limited or not. */
    give_service("legal_aid", "legal", "Jaunakais");
    static const char *const staying[] = {"case_manager", "second_manager", "team_member", "outside_specialist"};
    for (size_t i = 0; i < sizeof staying / sizeof *staying; i++) {
        assert_true(sees(staying[i], at("/services"), "Agrakais"));
        assert_true(sees(staying[i], at("/services"), "Jaunakais"));
    }
    assert_true(sees("team_member", "/cases?which=team", reference));
    assert_true(sees("case_manager", at("/team"), "removed"));
}

static void access_a_changed_role_shows_other_parts(void **state)
{
    (void)state;
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    const char *member = arena_format(trial_arena(trial), "/team/%s", account_of("lawyer"));
    assert_int_equal(trial_get(trial, "case_manager", at(member)).status, 200);
    assert_int_equal(trial_post(trial, "case_manager", at(member), "role=doctor&until=").status, 422);
    assert_int_equal(
        trial_post(trial, "case_manager", at(member), "role=doctor&until=&ground=law&ground_words=x").status, 303);
    assert_int_equal(trial_get(trial, "lawyer", at("/assessments")).status, 200);
    assert_int_equal(trial_get(trial, "lawyer", at("/plan")).status, 403);
}

/* ---- trainings (M5.3) ---- */

static void m5_3_a_guardian_needs_the_training(void **state)
{
    (void)state;
    struct answer refused = trial_post(
        trial, "case_manager", at("/team/add"),
        arena_format(trial_arena(trial), "account=%s&role=guardian&until=", account_of("outside_specialist")));
    assert_int_equal(refused.status, 422); /* a day is missing */
    assert_false(trial_shows(refused, "Training of guardians"));
    /* The untrained one is of the team already; as a guardian of another team's case they are refused. */
    case_text = trial_case(trial, "Guntis");
    assert_int_equal(add("lawyer", "guardian", "").status, 303);
    assert_int_equal(trial_get(trial, "lawyer", at("/plan")).status, 200);
    assert_int_equal(trial_get(trial, "lawyer", at("/person")).status, 403);
    assert_int_equal(trial_get(trial, "lawyer", at("/conferences")).status, 403);
}

/* ---- shut ---- */

static struct answer shut(const char *login, const char *reason)
{
    return trial_post(trial, "case_manager", at("/team/shut"),
                      arena_format(trial_arena(trial), "account=%s&reason=%s", account_of(login), reason));
}

static void access_a_shut_case_is_nowhere(void **state)
{
    (void)state;
    const char *before = trial_between(trial, trial_get(trial, "second_manager", at("")), "Lazda</span> ", " ");
    assert_string_equal(before, reference);
    assert_int_equal(shut("second_manager", "Radiniece").status, 303);
    static const char *const pages[] = {"/", "/cases?which=team", "/cases?which=shared", "/day", "/tasks"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_false(sees("second_manager", pages[i], reference));
    assert_int_equal(trial_get(trial, "second_manager", at("")).status, 404);
    struct answer found = trial_post(trial, "second_manager", "/find",
                                     arena_format(trial_arena(trial), "q=%s", reference));
    assert_int_equal(found.status, 200);
    assert_false(trial_shows(found, case_text));
    assert_true(sees("team_member", "/cases?which=team", reference));
    /* Neither a membership nor an emergency opens it. */
    struct answer glass = trial_post(trial, "second_manager", "/emergency",
                                     arena_format(trial_arena(trial), "reference=%s&reason=x", reference));
    assert_int_equal(glass.status, 422);
    assert_true(trial_shows(glass, "No case of this number can be opened"));
    assert_true(sees("case_manager", at("/team"), "Radiniece"));
    const char *id = trial_between(trial, trial_get(trial, "case_manager", at("/team")), "/team/shut/", "\"");
    assert_non_null(id);
    const char *lift = arena_format(trial_arena(trial), "/team/shut/%s", id);
    assert_int_equal(trial_post(trial, "case_manager", at(lift), "reason=").status, 422);
    assert_int_equal(trial_post(trial, "case_manager", at(lift), "reason=Kluda").status, 303);
    assert_int_equal(trial_get(trial, "second_manager", at("")).status, 200);
}

static void access_a_shut_case_takes_a_member_out(void **state)
{
    (void)state;
    assert_int_equal(add("lawyer", "lawyer", "").status, 303);
    assert_int_equal(shut("lawyer", "Kaimins").status, 303);
    assert_int_equal(trial_get(trial, "lawyer", at("")).status, 404);
    assert_true(trial_shows(add("lawyer", "lawyer", ""), "conflict of interest"));
    assert_true(trial_shows(shut("lawyer", "Kaimins"), "id=\"account-error\""));
    assert_true(
        trial_shows(shut("case_manager", "x"), "id=\"account-error\"")); /* not oneself, not the case's manager */
    assert_false(trial_holds(trial, "Kaimins"));
}

/* ---- a broken glass ---- */

static struct answer smash(const char *who, const char *fields)
{
    return trial_post(trial, who, "/emergency", fields);
}

static const char *emergency(const char *reason)
{
    return arena_format(trial_arena(trial), "reference=%s&reason=%s", reference, reason);
}

static void access_a_glass_opens_for_two_hours_and_tells_the_team(void **state)
{
    (void)state;
    give_service("crisis_support", "psychosocial", "Saruna");
    assert_int_equal(trial_get(trial, "stranger", at("")).status, 404);
    struct answer opened = smash("stranger", emergency("Berns+zvana"));
    assert_int_equal(opened.status, 303);
    assert_true(sees("stranger", at(""), "open to you in an emergency"));
    assert_true(sees("stranger", at("/services"), "Saruna"));
    assert_true(sees("stranger", "/cases?which=shared", reference));
    /* It is for help, not for decisions: nobody stays on the case by it. */
    assert_int_equal(trial_get(trial, "stranger", at("/team/add")).status, 403);
    assert_int_equal(trial_get(trial, "stranger", at("/close")).status, 403);
    assert_int_equal(trial_get(trial, "stranger", at("/team/shut")).status, 403);
    /* The team. */
    struct answer first_page = trial_get(trial, "team_member", "/");
    assert_true(trial_shows(first_page, "Opened by stranger"));
    const char *path = trial_between(trial, first_page, arena_format(trial_arena(trial), "/cases/%s/glass/", case_text),
                                     "\"");
    assert_non_null(path);
    path = arena_format(trial_arena(trial), "/glass/%s", path);
    assert_true(sees("team_member", at(path), "Berns zvana"));
    assert_int_equal(trial_post(trial, "stranger", at(path), "verdict=needed&answer=Labi").status, 403);
    assert_int_equal(trial_post(trial, "team_member", at(path), "verdict=needed&answer=").status, 422);
    assert_int_equal(trial_post(trial, "team_member", at(path), "verdict=needed&answer=Pamatoti").status, 303);
    assert_int_equal(trial_post(trial, "case_manager", at(path), "verdict=unclear&answer=x").status, 409);
    assert_false(sees("team_member", "/", "Opened by stranger"));
    assert_false(trial_holds(trial, "Berns zvana"));
    /* It ends by itself, everywhere. */
    move_clock(in_three_hours);
    assert_int_equal(trial_get(trial, "stranger", at("")).status, 401); /* the session is over by then too */
    move_clock(NULL);
}

static void access_a_glass_ends_at_once_when_the_team_says_so(void **state)
{
    (void)state;
    assert_int_equal(smash("stranger", emergency("x")).status, 303);
    struct answer first_page = trial_get(trial, "team_member", "/");
    const char *path = trial_between(trial, first_page, arena_format(trial_arena(trial), "/cases/%s/glass/", case_text),
                                     "\"");
    path = arena_format(trial_arena(trial), "/glass/%s/end", path);
    assert_int_equal(trial_post(trial, "team_member", at(path), "").status, 303);
    assert_int_equal(trial_get(trial, "stranger", at("")).status, 404);
}

struct shortening {
    int64_t case_id;
    int64_t holder;
};

/* A glass whose two hours were over a moment ago. */
static enum err grow_old(struct db *db, void *data)
{
    const struct shortening *shorter = data;
    struct req r = {.arena = trial_arena(trial),
                    .app = trial_app(trial),
                    .db = db,
                    .now = time_now(),
                    .org = trial_app(trial)->org,
                    .who = trial_session(trial, "stranger")};
    struct record_case_held_row *rows;
    struct case_keys keys = {0};
    struct seal_key own;
    size_t count;
    size_t changed = 0;
    TRY(record_case_held(db, r.arena, &(struct record_case_held_in){.org = r.org, .id = shorter->case_id}, &rows,
                         &count));
    for (size_t i = 0; i < count; i++) {
        if (text_same(rows[i].via, "glass"))
            TRY(record_open_keys(&r, rows[i].holder, shorter->case_id, rows[i].wrapped, &keys));
    }
    TRY(record_key_remove(db,
                          &(struct record_key_remove_in){
                              .org = r.org, .case_id = shorter->case_id, .holder = shorter->holder, .via = "glass"},
                          &changed));
    record_own_key(r.who, &own);
    /* The row says "for ever", as a tampered database would: the sealed moment counts. */
    struct record_grant grant = {.org = r.org,
                                 .case_id = shorter->case_id,
                                 .holder = shorter->holder,
                                 .via = "glass",
                                 .parts = PARTS_WHOLE,
                                 .since = r.now,
                                 .until = {.has = true, .value = r.now - 1},
                                 .given_by = shorter->holder};
    return record_give_own(db, r.arena, &grant, &keys, &own);
}

static void access_a_glass_that_is_over_opens_nothing(void **state)
{
    (void)state;
    assert_int_equal(smash("stranger", emergency("x")).status, 303);
    assert_int_equal(trial_get(trial, "stranger", at("")).status, 200);
    struct shortening shorter = {.holder = trial_session(trial, "stranger")->account};
    assert_true(id_parse(case_text, &shorter.case_id));
    trial_change(trial, grow_old, &shorter);
    assert_int_equal(trial_get(trial, "stranger", at("")).status, 404);
    assert_false(sees("stranger", "/cases?which=shared", reference));
    assert_false(sees("stranger", "/day", reference));
    assert_int_equal(smash("stranger", emergency("atkal")).status, 303);
}

static void access_only_case_managers_without_the_case_break_a_glass(void **state)
{
    (void)state;
    static const char *const others[] = {
        "team_member", "lawyer", "intake", "programme_manager", "administrator", "auditor", "outside_specialist"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(smash(others[i], emergency("x")).status, 403);
    assert_true(trial_shows(smash("second_manager", emergency("x")), "open to you already"));
    assert_true(
        trial_shows(smash("stranger", "reference=A-2026-9999-X&reason=x"), "No case of this number can be opened"));
    assert_true(trial_shows(smash("stranger", "reference=&reason="), "id=\"reference-error\""));
    assert_int_equal(trial_session(trial, "administrator")->emergency.team, 0);
    assert_int_equal(trial_session(trial, "auditor")->emergency.team, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_a_role_fits_an_account),
        cmocka_unit_test_setup(access_a_lawyer_sees_the_legal_part_and_no_other, new_case),
        cmocka_unit_test_setup(access_what_is_written_in_another_part_is_refused, new_case),
        cmocka_unit_test_setup(access_parts_are_closed_by_cryptography, new_case),
        cmocka_unit_test_setup(access_a_teams_row_says_that_it_holds_the_whole_case, new_case),
        cmocka_unit_test_setup(access_wrong_input_is_answered_beside_the_field, new_case),
        cmocka_unit_test_setup(access_an_outside_specialist_sees_a_part_until_a_day, new_case),
        cmocka_unit_test_setup(access_removed_is_gone_and_the_case_has_new_keys, new_case),
        cmocka_unit_test_setup(access_a_changed_role_shows_other_parts, new_case),
        cmocka_unit_test_setup(m5_3_a_guardian_needs_the_training, new_case),
        cmocka_unit_test_setup(access_a_shut_case_is_nowhere, new_case),
        cmocka_unit_test_setup(access_a_shut_case_takes_a_member_out, new_case),
        cmocka_unit_test_setup(access_a_glass_opens_for_two_hours_and_tells_the_team, new_case),
        cmocka_unit_test_setup(access_a_glass_ends_at_once_when_the_team_says_so, new_case),
        cmocka_unit_test_setup(access_a_glass_that_is_over_opens_nothing, new_case),
        cmocka_unit_test_setup(access_only_case_managers_without_the_case_break_a_glass, new_case),
    };
    return cmocka_run_group_tests_name("team", tests, of_case_begin, of_case_end);
}
