#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/queries.h"
#include "case/record/keys.h"
#include "case/record/queries.h"
#include "platform/account/queries.h"
#include "platform/account/rotation.h"
#include "platform/audit/audit.h"
#include "steer/staff/staff.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

/* Somebody leaves: access ends at once, work is handed over, keys are changed and nothing becomes unreadable on the way. */

static int64_t clock_now;
static int64_t test_clock(void)
{
    return clock_now;
}

static const char *path_of(struct trial *trial, const char *who, const char *more)
{
    return arena_format(trial_arena(trial), "/people/%s%s", id_text(trial_arena(trial), trial_account(trial, who)),
                        more);
}

static struct answer leave(struct trial *trial, const char *who, const char *fields)
{
    return trial_post(trial, "administrator", path_of(trial, who, "/leave"), fields);
}

static struct account_team_rotation_row team_row(struct trial *trial, int64_t team)
{
    struct account_team_rotation_row row;
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(account_team_rotation(db, trial_arena(trial),
                                           &(struct account_team_rotation_in){.org = trial_app(trial)->org, .id = team},
                                           &row),
                     OK);
    store_reader_close(db);
    return row;
}

/* Waits until the writer has done what a request has set going. */
static bool until_rotation(struct trial *trial, int64_t team, bool under_way)
{
    for (int i = 0; i < 500; i++) {
        struct account_team_rotation_row row = team_row(trial, team);
        if (!row.rotate && (row.old.ptr != NULL) == under_way)
            return true;
        (void)usleep(10000);
    }
    return false;
}

static struct record_key_of_holder_row *keys_of(struct trial *trial, int64_t team, size_t *count)
{
    struct record_key_of_holder_row *rows;
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(record_key_of_holder(
                         db, trial_arena(trial),
                         &(struct record_key_of_holder_in){.org = trial_app(trial)->org, .holder = team, .limit = 1000},
                         &rows, count),
                     OK);
    store_reader_close(db);
    return rows;
}

/* How many of a team's cases these keys open. */
static size_t opened_by(struct trial *trial, int64_t team, const struct seal_key *key)
{
    size_t count;
    size_t opened = 0;
    struct record_key_of_holder_row *rows = keys_of(trial, team, &count);
    for (size_t i = 0; i < count; i++) {
        struct seal_key root;
        struct seal_place place = {.table = "record_key", .column = "wrapped", .row = rows[i].case_id};
        opened += seal_unwrap(key, place, rows[i].wrapped, &root) == OK;
    }
    return opened;
}

static void m7_1_who_leaves_sees_nothing_from_that_moment_and_keys_change(void **state)
{
    struct trial *trial = *state;
    enum { CASES = 5 };
    const char *cases[CASES];
    for (int i = 0; i < CASES; i++)
        cases[i] = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Venta"));
    struct team_keys before = trial_session(trial, "case_manager")->teams[0];
    assert_int_equal(opened_by(trial, before.team, &before.key), CASES);

    struct answer page = trial_get(trial, "administrator", path_of(trial, "case_manager", "/leave"));
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "5 cases (5 open)"));
    struct answer nobody = leave(trial, "case_manager", "sure=yes");
    const char *team = id_text(trial_arena(trial), before.team);
    assert_int_equal(nobody.status, 422);
    assert_true(
        trial_shows(nobody, arena_format(trial_arena(trial), "id=\"to.%s-error\"", team))); /* beside the team */
    const char *to = arena_format(trial_arena(trial), "to.%s=%s", team,
                                  id_text(trial_arena(trial), trial_account(trial, "second_manager")));
    assert_int_equal(leave(trial, "case_manager", to).status, 422);
    /* Nobody of another team, and not themselves. */
    assert_int_equal(leave(trial, "case_manager",
                           arena_format(trial_arena(trial), "sure=yes&to.%s=%s", team,
                                        id_text(trial_arena(trial), trial_account(trial, "stranger"))))
                         .status,
                     422);
    assert_int_equal(trial_post(trial, "second_manager", path_of(trial, "case_manager", "/leave"), to).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", cases[0]).status, 200);
    assert_int_equal(leave(trial, "case_manager", arena_format(trial_arena(trial), "sure=yes&%s", to)).status, 303);

    assert_int_equal(trial_get(trial, "case_manager", cases[0]).status, 401);
    assert_int_equal(trial_get(trial, "case_manager", "/").status, 401);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", "login=case_manager&password=correct+horse+battery").status,
                     422);
    assert_int_equal(leave(trial, "case_manager", "sure=yes").status, 404);

    /* The next member who does anything sets the change of keys going; everything stays readable for those who remain. */
    static const char *const progress = "/people/keys";
    assert_true(team_row(trial, before.team).rotate);
    assert_int_equal(trial_get(trial, "auditor", progress).status, 403);
    assert_true(trial_shows(trial_get(trial, "administrator", progress), "5 keys to go"));
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 200);
    assert_true(until_rotation(trial, before.team, true));
    for (int i = 0; i < CASES; i++) {
        assert_int_equal(trial_get(trial, "second_manager", cases[i]).status, 200);
        assert_int_equal(trial_get(trial, "team_member", cases[i]).status, 200);
    }
    assert_true(trial_shows(trial_get(trial, "second_manager", "/cases?which=mine"), "Venta"));
    for (int i = 0; i < 500 && opened_by(trial, before.team, &before.key) > 0; i++)
        (void)usleep(10000);
    assert_int_equal(opened_by(trial, before.team, &before.key), 0);
    struct answer half = trial_get(trial, "second_manager", progress);
    assert_true(trial_shows(half, "5 keys wrapped anew, 0 keys to go"));
    assert_true(trial_shows(half, "Under way"));

    /* Later the earlier keys are forgotten, and the cases still open. */
    clock_now += ROTATION_LEAST_MS + 1000;
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 200);
    assert_true(until_rotation(trial, before.team, false));
    const struct team_keys *after = &trial_session(trial, "second_manager")->teams[0];
    assert_false(after->has_old);
    assert_true(trial_shows(trial_get(trial, "administrator", progress), "The earlier keys open nothing any more"));
    assert_int_equal(opened_by(trial, before.team, &after->key), CASES);
    for (int i = 0; i < CASES; i++)
        assert_int_equal(trial_get(trial, "team_member", cases[i]).status, 200);
    /* The leaver's copy of the keys opens nothing that lies there now; a new case is beyond them from the start. */
    (void)trial_get(trial, "administrator", "/people");
    assert_true(trial_shows(trial_get(trial, "administrator", "/people"), "Has left"));
}

struct half_way {
    struct trial *trial;
    struct team_keys keys;
};

static enum err mark(struct db *db, void *data)
{
    struct half_way *half = data;
    int64_t org = trial_app(half->trial)->org;
    size_t changed;
    TRY(account_team_must_rotate(
        db, &(struct account_team_must_rotate_in){.org = org, .account = trial_account(half->trial, "team_member")},
        &changed));
    TRY(account_rotation_begin(db, trial_arena(half->trial), org, &half->keys, clock_now));
    return audit_add(db, &(struct audit){.org = org, .at = clock_now, .act = "team.keys_change"});
}

static enum err some_rows(struct db *db, void *data)
{
    struct half_way *half = data;
    struct rewrap step = {.limit = 2};
    TRY(record_rewrap(db, trial_arena(half->trial), trial_app(half->trial)->org, &half->keys, &step));
    return audit_add(db, &(struct audit){.org = trial_app(half->trial)->org, .at = clock_now, .act = "team.keys_step"});
}

/* As if the program had stopped in the middle: some under the new keys, some under the earlier ones. */
static void m7_1_a_change_of_keys_that_was_cut_off_goes_on(void **state)
{
    struct trial *trial = *state;
    const char *one = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Abava"));
    for (int i = 0; i < 4; i++)
        (void)trial_case(trial, "Rauna");
    assert_int_equal(trial_post(trial, NULL, "/refer?l=lv", "l=lv&source=anonymous&story=Meitene+viena").status, 303);
    size_t count = 0;
    struct half_way half = {.trial = trial, .keys = trial_session(trial, "team_member")->teams[0]};
    struct team_keys before = half.keys;
    trial_app(trial)->keys_due = NULL;
    trial_change(trial, mark, &half);
    assert_true(half.keys.has_old);
    trial_change(trial, some_rows, &half);
    (void)keys_of(trial, before.team, &count);
    assert_true(opened_by(trial, before.team, &half.keys.key) == 2);
    assert_true(opened_by(trial, before.team, &before.key) == count - 2);
    assert_int_equal(trial_get(trial, "team_member", one).status, 200);
    assert_int_equal(trial_get(trial, "second_manager", one).status, 200);
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Meitene viena"));
    /* A case that begins meanwhile is under the new keys. */
    struct session *who = (struct session *)(uintptr_t)trial_session(trial, "second_manager");
    assert_true(who->teams[0].has_old);
    assert_true(seal_same(&who->teams[0].key, &half.keys.key, sizeof half.keys.key));

    trial_app(trial)->keys_due = staff_keys_due;
    clock_now += ROTATION_LEAST_MS + 1000;
    assert_int_equal(trial_get(trial, "team_member", "/").status, 200);
    assert_true(until_rotation(trial, before.team, false));
    assert_int_equal(opened_by(trial, before.team, &half.keys.key), count);
    assert_true(trial_shows(trial_get(trial, "intake", "/referrals"), "Meitene viena"));
    assert_int_equal(trial_get(trial, "second_manager", one).status, 200);
}

/* How many cases of a team still have keys that the leaver could have kept. */
static int64_t cases_due(struct trial *trial, int64_t team)
{
    struct record_due_count_row *rows;
    struct db *db;
    size_t count;
    int64_t cases = 0;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(record_due_count(db, trial_arena(trial),
                                      &(struct record_due_count_in){.org = trial_app(trial)->org}, &rows, &count),
                     OK);
    store_reader_close(db);
    for (size_t i = 0; i < count; i++)
        cases = rows[i].team == team ? rows[i].cases : cases;
    return cases;
}

static bool until_rekeyed(struct trial *trial, const char *who, int64_t team)
{
    for (int i = 0; i < 300; i++) {
        if (cases_due(trial, team) == 0)
            return true;
        (void)trial_get(trial, who, "/"); /* a step may have to wait until the emergency team has new keys */
        (void)usleep(20000);
    }
    return false;
}

/* The pseudonym as it lies there; what the leaver kept must not open it. */
static bool root_opens(struct trial *trial, const char *case_text, const struct seal_key *root)
{
    struct record_case_held_row *rows;
    struct case_keys keys;
    struct db *db;
    const char *name;
    size_t count;
    int64_t id = 0;
    assert_true(id_parse(case_text, &id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(record_case_held(db, trial_arena(trial),
                                      &(struct record_case_held_in){.org = trial_app(trial)->org, .id = id}, &rows,
                                      &count),
                     OK);
    store_reader_close(db);
    assert_true(count > 0);
    case_keys_of_root(root, &keys);
    return seal_open_text(trial_arena(trial), &keys.part[PART_BASICS],
                          (struct seal_place){"record_case", "pseudonym", id}, rows[0].pseudonym, &name) == OK;
}

static struct seal_key root_kept(struct trial *trial, const struct team_keys *team, const char *case_text)
{
    size_t count;
    int64_t id = 0;
    struct seal_key root = {0};
    assert_true(id_parse(case_text, &id));
    const struct record_key_of_holder_row *rows = keys_of(trial, team->team, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].case_id == id)
            assert_int_equal(
                team_unwrap(team, (struct seal_place){"record_key", "wrapped", id}, rows[i].wrapped, &root), OK);
    }
    return root;
}

/* Lists over many cases open keys into memory of their own; nothing that lay there may be taken for earlier keys. */
static void keys_out_of_a_root_have_no_past(void **state)
{
    struct seal_key root;
    struct case_keys keys;
    (void)state;
    memset(&keys, 0xaa, sizeof keys);
    seal_key_new(&root);
    case_keys_of_root(&root, &keys);
    assert_null(keys.past);
}

static void m7_1_cases_get_new_keys_when_somebody_leaves(void **state)
{
    enum { CASES = 45 };
    struct trial *trial = *state;
    const char *cases[CASES];
    for (int i = 0; i < CASES; i++)
        cases[i] = trial_case(trial, "Venta");
    const char *home = arena_format(trial_arena(trial), "/cases/%s", cases[0]);
    struct team_keys team = trial_session(trial, "case_manager")->teams[0];
    struct seal_key kept = root_kept(trial, &team, cases[0]);
    assert_true(root_opens(trial, cases[0], &kept));
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/team/add", home),
                   arena_format(trial_arena(trial), "account=%s&role=lawyer&until=&ground=own_work&ground_words=x",
                                id_text(trial_arena(trial), trial_account(trial, "lawyer"))))
            .status,
        303);
    clock_now += 1000;
    const char *to = arena_format(trial_arena(trial), "sure=yes&to.%s=%s", id_text(trial_arena(trial), team.team),
                                  id_text(trial_arena(trial), trial_account(trial, "second_manager")));
    assert_int_equal(leave(trial, "case_manager", to).status, 303);
    /* Who had the emergency keys could open every case: all are due until a member works. */
    assert_int_equal(cases_due(trial, team.team), CASES);
    assert_true(trial_shows(trial_get(trial, "administrator", "/people/keys"), "45 cases are still to get new keys"));
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/figures"), "45 cases are still to get new keys"));
    assert_true(until_rekeyed(trial, "second_manager", team.team));
    assert_false(root_opens(trial, cases[0], &kept));
    for (int i = 0; i < CASES; i += 11)
        assert_int_equal(
            trial_get(trial, "second_manager", arena_format(trial_arena(trial), "/cases/%s", cases[i])).status, 200);
    /* A member of the case team has the new keys of their parts, and all reads on: what was written before, too. */
    assert_int_equal(trial_get(trial, "lawyer", home).status, 200);
    assert_int_equal(trial_get(trial, "team_member", arena_format(trial_arena(trial), "%s/course", home)).status, 200);
    assert_int_equal(trial_get(trial, "team_member", arena_format(trial_arena(trial), "%s/person", home)).status, 200);
    assert_false(trial_shows(trial_get(trial, "programme_manager", "/figures"), "still to get new keys"));
}

/* Who had a part of one case alone takes no team's keys along: that case is due, and no other. */
static void m7_1_a_case_that_was_shared_gets_new_keys(void **state)
{
    struct trial *trial = *state;
    const char *shared = trial_case(trial, "Abava");
    const char *other = trial_case(trial, "Rauna");
    struct team_keys team = trial_session(trial, "case_manager")->teams[0];
    struct seal_key kept = root_kept(trial, &team, shared);
    struct seal_key not_theirs = root_kept(trial, &team, other);
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "/cases/%s/team/add", shared),
                   arena_format(trial_arena(trial), "account=%s&role=lawyer&until=&ground=own_work&ground_words=x",
                                id_text(trial_arena(trial), trial_account(trial, "lawyer"))))
            .status,
        303);
    assert_int_equal(leave(trial, "lawyer", "sure=yes").status, 303);
    assert_int_equal(cases_due(trial, team.team), 1);
    assert_true(until_rekeyed(trial, "team_member", team.team));
    assert_false(root_opens(trial, shared, &kept));
    assert_true(root_opens(trial, other, &not_theirs));
    assert_int_equal(trial_get(trial, "case_manager", arena_format(trial_arena(trial), "/cases/%s", shared)).status,
                     200);
}

static void the_last_administrator_stays(void **state)
{
    struct trial *trial = *state;
    struct answer answer = leave(trial, "administrator", "sure=yes");
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "last administrator"));
    assert_int_equal(trial_get(trial, "administrator", "/people").status, 200);
}

static void m7_1_an_administrator_helps_who_lost_the_second_factor(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(trial_post(trial, "auditor", "/account/second/codes", "").status, 303);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", "login=auditor&password=correct+horse+battery").status, 200);
    const char *path = path_of(trial, "auditor", "/second-step");
    assert_int_equal(trial_post(trial, "second_manager", path, "sure=yes").status, 403);
    assert_int_equal(trial_post(trial, "administrator", path, "").status, 422);
    assert_int_equal(trial_post(trial, "administrator", path, "sure=yes").status, 303);
    assert_int_equal(trial_get(trial, "auditor", "/").status, 401);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", "login=auditor&password=correct+horse+battery").status, 303);
}

static void m7_1_a_last_day_is_set_and_taken_back(void **state)
{
    struct trial *trial = *state;
    const char *path = path_of(trial, "intake", "");
    assert_int_equal(trial_get(trial, "administrator", path).status, 200);
    assert_int_equal(trial_post(trial, "administrator", path, "until=2020-01-31").status, 303);
    assert_int_equal(trial_get(trial, "intake", "/").status, 401);
    assert_int_equal(trial_post(trial, "administrator", path, "until=").status, 303);
    assert_int_equal(trial_get(trial, "intake", "/").status, 200);
    assert_int_equal(trial_post(trial, "administrator", path, "until=someday").status, 422);
    assert_int_equal(trial_post(trial, "administrator", path_of(trial, "administrator", ""), "until=2020-01-31").status,
                     422);
}

static const char *account_of(struct trial *trial, const char *who)
{
    return id_text(trial_arena(trial), trial_account(trial, who));
}

static size_t in_charge(struct trial *trial, const char *case_text)
{
    struct place_key_list_row *rows;
    struct db *db;
    int64_t id = 0;
    size_t count;
    assert_true(id_parse(case_text, &id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(place_key_list(db, trial_arena(trial),
                                    &(struct place_key_list_in){.org = trial_app(trial)->org, .case_id = id}, &rows,
                                    &count),
                     OK);
    store_reader_close(db);
    return count;
}

static void access_who_leaves_keeps_no_key_of_a_single_case_or_place(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Dzilna");
    const char *home = arena_format(trial_arena(trial), "/cases/%s", id);
    const char *charge = arena_format(trial_arena(trial), "%s/address/charge", home);
    size_t keys;
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/team/add", home),
                   arena_format(trial_arena(trial), "account=%s&role=lawyer&until=&ground=own_work&ground_words=x",
                                account_of(trial, "lawyer")))
            .status,
        303);
    assert_int_equal(trial_post(trial, "case_manager", charge, "").status, 303);
    static const char *const leavers[] = {"team_member", "lawyer"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(trial_post(trial, "case_manager", charge,
                                    arena_format(trial_arena(trial), "account=%s", account_of(trial, leavers[i])))
                             .status,
                         303);
    /* Who has a part of a case waits for no team; who has neither does. */
    struct answer people = trial_get(trial, "administrator", "/people");
    assert_true(trial_shows(people, "1 newcomer waits for keys"));
    assert_int_equal(in_charge(trial, id), 3);
    (void)keys_of(trial, trial_account(trial, "lawyer"), &keys);
    assert_int_equal(keys, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(leave(trial, leavers[i], "sure=yes").status, 303);
        assert_int_equal(in_charge(trial, id), 2 - i);
        (void)keys_of(trial, trial_account(trial, leavers[i]), &keys);
        assert_int_equal(keys, 0);
    }
    /* Those who stay go on with the place: a key of somebody who is gone would be in their way. */
    assert_int_equal(trial_get(trial, "case_manager", arena_format(trial_arena(trial), "%s/address", home)).status,
                     200);
}

static void access_nobody_takes_over_a_case_that_is_shut_for_them(void **state)
{
    struct trial *trial = *state;
    const char *home = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Dzilna"));
    const char *follower = account_of(trial, "second_manager");
    const char *to = arena_format(trial_arena(trial), "sure=yes&to.%s=%s",
                                  id_text(trial_arena(trial), trial_session(trial, "case_manager")->teams[0].team),
                                  follower);
    const char *choice = arena_format(trial_arena(trial), "<option value=\"%s\"", follower);
    const char *page = path_of(trial, "case_manager", "/leave");
    assert_true(trial_shows(trial_get(trial, "administrator", page), choice));
    assert_int_equal(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/team/shut", home),
                                arena_format(trial_arena(trial), "account=%s&reason=Radiniece", follower))
                         .status,
                     303);
    assert_false(trial_shows(trial_get(trial, "administrator", page), choice));
    /* Chosen all the same: the case stays with the team rather than going to them. */
    assert_int_not_equal(leave(trial, "case_manager", to).status, 200);
    assert_int_equal(trial_get(trial, "second_manager", home).status, 404);
    assert_int_equal(trial_get(trial, "team_member", home).status, 200);
    assert_false(trial_shows(trial_get(trial, "team_member", home), "second_manager"));
}

static int begin(void **state)
{
    clock_now = time_now();
    int result = trial_begin(state);
    trial_app(*state)->clock = test_clock;
    return result;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_administrator_stays, begin, trial_end),
        cmocka_unit_test_setup_teardown(m7_1_who_leaves_sees_nothing_from_that_moment_and_keys_change, begin,
                                        trial_end),
        cmocka_unit_test_setup_teardown(m7_1_a_change_of_keys_that_was_cut_off_goes_on, begin, trial_end),
        cmocka_unit_test(keys_out_of_a_root_have_no_past),
        cmocka_unit_test_setup_teardown(m7_1_cases_get_new_keys_when_somebody_leaves, begin, trial_end),
        cmocka_unit_test_setup_teardown(m7_1_a_case_that_was_shared_gets_new_keys, begin, trial_end),
        cmocka_unit_test_setup_teardown(m7_1_an_administrator_helps_who_lost_the_second_factor, begin, trial_end),
        cmocka_unit_test_setup_teardown(access_who_leaves_keeps_no_key_of_a_single_case_or_place, begin, trial_end),
        cmocka_unit_test_setup_teardown(access_nobody_takes_over_a_case_that_is_shut_for_them, begin, trial_end),
        cmocka_unit_test_setup_teardown(m7_1_a_last_day_is_set_and_taken_back, begin, trial_end),
    };
    return cmocka_run_group_tests_name("leave", tests, NULL, NULL);
}
