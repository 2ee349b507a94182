/* The recovery ceremony through real requests: enough shares give access, wrong ones are named, everybody concerned is told. */
#include "steer/trial/trial.h"

#include "base/id.h"
#include "base/time.h"
#include "steer/ceremony/ceremony.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Also of somebody whose sessions have been ended since. */
static const char *id_of(struct trial *trial, const char *who)
{
    static const char *second_manager;
    if (strcmp(who, "second_manager") != 0)
        return id_text(trial_arena(trial), trial_session(trial, who)->account);
    if (second_manager == NULL)
        second_manager = id_text(trial_arena(trial), trial_session(trial, who)->account);
    return second_manager;
}

/* Begins one and gives the path of its page. */
static const char *begin(struct trial *trial, const char *path, const char *fields)
{
    struct answer answer = trial_post(trial, "administrator", path, fields);
    assert_int_equal(answer.status, 303);
    return arena_text_n(trial_arena(trial), answer.location, strcspn(answer.location, "?"));
}

static const char *code_on(struct trial *trial, const char *page)
{
    const char *code = trial_between(trial, trial_get(trial, "administrator", page), "<code>", "</code>");
    assert_non_null(code);
    return code;
}

static struct answer enter_text(struct trial *trial, const char *code, const char *share)
{
    return trial_post(
        trial, NULL, "/recovery/enter",
        arena_format(trial_arena(trial), "code=%s&share=%s", trial_encode(trial, code), trial_encode(trial, share)));
}

static struct answer enter(struct trial *trial, const char *code, unsigned number)
{
    return enter_text(trial, code, recovery_line(trial_arena(trial), &trial_recovery(trial)->shares[number - 1]));
}

static struct answer sign_in(struct trial *trial, const char *login, const char *password)
{
    return trial_post(trial, NULL, "/sign-in",
                      arena_format(trial_arena(trial), "login=%s&password=%s", login, trial_encode(trial, password)));
}

static void three_shares_give_access(void **state)
{
    struct trial *trial = *state;
    const char *page = begin(trial, "/recovery/access",
                             arena_format(trial_arena(trial), "person=%s", id_of(trial, "second_manager")));
    const char *code = code_on(trial, page);
    assert_string_equal(enter(trial, code, 2).location, "/recovery/entered/2/1/3");
    assert_string_equal(enter(trial, code, 2).location, "/recovery/entered/2/1/3"); /* the same again counts once */
    assert_string_equal(enter(trial, code, 5).location, "/recovery/entered/5/2/3");
    struct answer half = trial_get(trial, "administrator", page);
    assert_true(trial_shows(half, "2 of 3 shares needed"));
    assert_true(trial_shows(half, "2, 5"));
    assert_false(trial_shows(trial_get(trial, "programme_manager", page), code)); /* the code is for whoever began it */
    assert_int_equal(trial_get(trial, "case_manager", page).status, 404);
    assert_string_equal(enter(trial, code, 1).location, "/recovery/entered/1/3/3");
    assert_true(trial_shows(trial_get(trial, NULL, "/recovery/entered/1/3/3"), "enough shares"));

    struct answer done = trial_get(trial, "administrator", page);
    const char *password = trial_between(trial, done, "<code>", "</code>");
    assert_non_null(password);
    assert_int_equal(strlen(password), 4 * 6 - 1);
    assert_false(trial_shows(trial_get(trial, "programme_manager", page), password));
    assert_false(trial_holds(trial, password));
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 401); /* their session is over */
    struct answer in = sign_in(trial, "second_manager", password);
    assert_int_equal(in.status, 303);
    assert_true(strlen(in.cookie) > 0);
    /* it opened the keys, so the code is used up */
    assert_true(trial_shows(enter(trial, code, 3), "This code is not good"));
    assert_int_equal(trial_post(trial, "administrator", arena_format(trial_arena(trial), "%s/handed", page), "").status,
                     303);
    assert_false(trial_shows(trial_get(trial, "administrator", page), password));
}

/* A keeper sees for whom, and who asks, before the share is typed: names are sealed, so by login and role. */
static void m7_1_a_keeper_sees_what_the_share_is_for(void **state)
{
    struct trial *trial = *state;
    struct answer made = trial_post(trial, "programme_manager", "/recovery/access",
                                    arena_format(trial_arena(trial), "person=%s",
                                                 id_text(trial_arena(trial), trial_account(trial, "administrator"))));
    assert_int_equal(made.status, 303);
    const char *page = arena_text_n(trial_arena(trial), made.location, strcspn(made.location, "?"));
    const char *code = trial_between(trial, trial_get(trial, "programme_manager", page), "<code>", "</code>");
    assert_non_null(code);
    assert_false(trial_shows(trial_get(trial, NULL, "/recovery/enter"), "name=\"share\""));
    assert_false(trial_shows(enter_text(trial, "bahaf-basup-godis-sibid-sadoz-bufit", ""), "name=\"share\""));
    struct answer asked = enter_text(trial, code, "");
    assert_int_equal(asked.status, 200);
    assert_true(trial_shows(asked, "Access with shares: administrator</strong> (Administrator)"));
    assert_true(trial_shows(asked, "Begun by programme_manager"));
    assert_true(trial_shows(asked, "name=\"share\""));
    assert_false(trial_shows(asked, "optional"));
    struct answer empty = trial_post(trial, NULL, "/recovery/enter",
                                     arena_format(trial_arena(trial), "code=%s&step=share&share=", code));
    assert_int_equal(empty.status, 422);
    assert_true(trial_shows(empty, "Enter the share"));
    assert_true(trial_shows(empty, "Access with shares: administrator"));
    assert_int_equal(
        trial_post(trial, "programme_manager", arena_format(trial_arena(trial), "%s/stop", page), "").status, 303);
}

static void everybody_concerned_is_told(void **state)
{
    struct trial *trial = *state;
    struct answer home = trial_get(trial, "programme_manager", "/");
    assert_true(trial_shows(home, "Access with shares: second_manager. Begun by: administrator."));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/"), "Access with shares"));
    assert_false(trial_shows(trial_get(trial, "administrator", "/"), "Access with shares")); /* began it */
    const char *path = trial_between(trial, home, "action=\"/recovery/", "\"");
    assert_int_equal(
        trial_post(trial, "programme_manager", arena_format(trial_arena(trial), "/recovery/%s", path), "").status, 303);
    assert_false(trial_shows(trial_get(trial, "programme_manager", "/"), "Access with shares"));
}

static void wrong_shares_are_named_by_number(void **state)
{
    struct trial *trial = *state;
    struct recovery_share share = trial_recovery(trial)->shares[3];
    struct recovery_share foreign[RECOVERY_SHARES_MAX];
    struct seal_pair other;
    const char *page = begin(trial, "/recovery/access",
                             arena_format(trial_arena(trial), "person=%s&factors=yes", id_of(trial, "second_manager")));
    const char *code = code_on(trial, page);
    share.part[9] ^= 4;
    struct answer answer = enter_text(trial, code, recovery_line(trial_arena(trial), &share));
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "Share 4 is not as it was printed"));
    seal_pair_new(&other);
    assert_int_equal(recovery_split(&other, RECOVERY_PLAN_USUAL, foreign), OK);
    assert_true(trial_shows(enter_text(trial, code, recovery_line(trial_arena(trial), &foreign[1])),
                            "Share 2 belongs to another key"));
    assert_true(trial_shows(enter_text(trial, code, "one two three"), "these are 3"));
    char *slip = arena_text(trial_arena(trial), recovery_line(trial_arena(trial), &trial_recovery(trial)->shares[0]));
    slip[6 * 11] = slip[6 * 11] == 'B' ? 'D' : 'B';
    assert_true(trial_shows(enter_text(trial, code, slip), "slip in row 3"));
    assert_true(trial_shows(enter(trial, "bahaf-basup-godis-sibid-sadoz-bufit", 1), "This code is not good"));
    assert_true(trial_shows(enter(trial, "<script>", 1), "This code is not good"));
    /* after ten wrong ones it is over */
    for (int i = 0; i < 8; i++)
        (void)enter_text(trial, code, recovery_line(trial_arena(trial), &share));
    assert_true(trial_shows(enter(trial, code, 1), "This code is not good"));
    assert_true(trial_shows(trial_get(trial, "administrator", page), "ended because of wrong shares"));
}

static void a_lost_team_is_given_on(void **state)
{
    struct trial *trial = *state;
    const struct session *lost = trial_session(trial, "stranger");
    const char *offered = trial_between(trial, trial_get(trial, "administrator", "/recovery"), "id=\"receiver\"",
                                        "</select>");
    assert_non_null(strstr(offered, id_of(trial, "case_manager")));
    assert_null(strstr(offered, id_of(trial, "administrator"))); /* M7.1: never reads a case */
    const char *page = begin(trial, "/recovery/team",
                             arena_format(trial_arena(trial), "team=%s&receiver=%s",
                                          id_text(trial_arena(trial), lost->teams[0].team),
                                          id_of(trial, "case_manager")));
    const char *code = code_on(trial, page);
    size_t before = trial_session(trial, "case_manager")->team_count;
    (void)enter(trial, code, 1);
    (void)enter(trial, code, 4);
    assert_string_equal(enter(trial, code, 3).location, "/recovery/entered/3/3/3");
    const struct session *now = trial_session(trial, "case_manager");
    assert_int_equal(now->team_count, before + 1);
    const struct team_keys *keys = session_team(now, lost->teams[0].team);
    assert_non_null(keys);
    assert_memory_equal(keys->key.b, lost->teams[0].key.b, SEAL_KEY_SIZE);
    assert_true(trial_shows(trial_get(trial, "case_manager", "/"), "Keys of the team"));
}

static void beginning_is_guarded(void **state)
{
    struct trial *trial = *state;
    const char *person = arena_format(trial_arena(trial), "person=%s", id_of(trial, "second_manager"));
    assert_int_equal(trial_post(trial, "case_manager", "/recovery/access", person).status, 403);
    assert_int_equal(trial_get(trial, "intake", "/recovery").status, 403);
    assert_int_equal(trial_post(trial, "administrator", "/recovery/access", "person=").status, 422);
    assert_int_equal(trial_post(trial, "administrator", "/recovery/access", "person=0000000000000").status, 422);
    assert_int_equal(trial_post(trial, "administrator", "/recovery/renew", "shares=3&needed=4").status, 422);
    assert_int_equal(trial_post(trial, "administrator", "/recovery/team", "").status, 422);
    const char *page = begin(trial, "/recovery/access", person);
    assert_int_equal(trial_post(trial, "programme_manager", "/recovery/access", person).status, 409);
    const char *code = code_on(trial, page);
    (void)enter(trial, code, 1);
    assert_int_equal(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/stop", page), "").status,
                     404);
    assert_int_equal(
        trial_post(trial, "programme_manager", arena_format(trial_arena(trial), "%s/stop", page), "").status, 303);
    assert_true(trial_shows(enter(trial, code, 2), "This code is not good"));
}

static void new_shares_are_handed_out(void **state)
{
    struct trial *trial = *state;
    const char *page = begin(trial, "/recovery/renew", "shares=2&needed=2");
    const char *code = code_on(trial, page);
    (void)enter(trial, code, 1);
    (void)enter(trial, code, 2);
    (void)enter(trial, code, 3);
    assert_true(trial_shows(trial_get(trial, "administrator", page), "0 of 2 new shares"));
    for (int number = 1; number <= 2; number++) {
        const char *fields = arena_format(trial_arena(trial), "code=%s&number=%d", code, number);
        struct answer paper = trial_post(trial, NULL, "/recovery/collect", fields);
        assert_int_equal(paper.status, 200);
        assert_true(strncmp(paper.body, "%PDF-", 5) == 0);
        assert_int_equal(
            trial_post(trial, NULL, "/recovery/collect", arena_format(trial_arena(trial), "%s&kept=yes", fields))
                .status,
            303);
        assert_int_equal(trial_post(trial, NULL, "/recovery/collect", fields).status, 422);
    }
    assert_true(trial_shows(trial_get(trial, "administrator", page), "The old ones are void"));
    assert_true(trial_shows(trial_get(trial, "administrator", "/recovery"), "Any 2 of the 2 shares"));
}

/* After the renewal, so that nothing here needs shares. */
/* With a password that somebody else knows nothing opens but the page where another is chosen. */
static void a_given_password_is_changed_first(struct trial *trial, const char *login, struct answer in,
                                              const char *given, const char *path)
{
    const char *value = strchr(in.cookie, '=') + 1;
    trial_use(trial, login, arena_text_n(trial_arena(trial), value, strcspn(value, ";")));
    static const char *const closed[] = {"/", "/cases", "/account/sessions", "/colleagues/help"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_string_equal(trial_get(trial, login, closed[i]).location, "/account");
    assert_string_equal(trial_get(trial, login, path).location, "/account");
    assert_string_equal(trial_post(trial, login, "/account/sessions/end-others", "").location, "/account");
    struct answer account = trial_get(trial, login, "/account");
    assert_true(trial_shows(account, "Somebody else gave you this password"));
    assert_false(trial_shows(account, "/account/sessions"));
    assert_int_equal(trial_post(trial, login, "/account/password", "old=x&new=y&again=z").status, 422);
    const char *change = arena_format(trial_arena(trial), "old=%s&new=a+password+of+my+own&again=a+password+of+my+own",
                                      trial_encode(trial, given));
    assert_int_equal(trial_post(trial, login, "/account/password", change).status, 303);
    assert_true(trial_shows(trial_get(trial, login, "/account"), "/account/sessions"));
}

static void a_colleague_helps(void **state)
{
    struct trial *trial = *state;
    const char *case_id = trial_case(trial, "Abava");
    const char *path = arena_format(trial_arena(trial), "/cases/%s", case_id);
    const char *fields = arena_format(trial_arena(trial), "person=%s&sure=yes", id_of(trial, "team_member"));
    assert_int_equal(trial_post(trial, "stranger", "/colleagues/help", fields).status, 422);
    assert_int_equal(trial_post(trial, "administrator", "/colleagues/help", fields).status, 422);
    assert_int_equal(trial_post(trial, "intake", "/colleagues/help", fields).status, 422);
    assert_int_equal(trial_get(trial, "team_member", path).status, 200);
    struct answer answer = trial_post(trial, "case_manager", "/colleagues/help", fields);
    assert_int_equal(answer.status, 303);
    const char *password = trial_between(trial, trial_get(trial, "case_manager", answer.location), "<code>", "</code>");
    assert_non_null(password);
    assert_int_equal(trial_get(trial, "team_member", "/").status, 401);
    assert_int_equal(sign_in(trial, "team_member", "correct horse battery").status, 422);
    struct answer in = sign_in(trial, "team_member", password);
    assert_int_equal(in.status, 303);
    a_given_password_is_changed_first(trial, "team_member", in, password, path);
    /* the cookie opens the case with the new keys */
    struct answer seen = trial_get(trial, "team_member", path);
    assert_int_equal(seen.status, 200);
    assert_true(trial_shows(seen, "Abava"));
    assert_true(trial_shows(trial_get(trial, "administrator", "/"), "A colleague gave a new password: team_member"));
}

/* A part that was given to one person alone is closed by new keys; the person sees of which cases, and it opens when it was given again. */
static void m7_1_what_has_to_be_given_again_is_named(void **state)
{
    struct trial *trial = *state;
    const char *home = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Rauna"));
    const char *give = arena_format(trial_arena(trial), "account=%s&role=lawyer&until=&ground=own_work&ground_words=x",
                                    id_of(trial, "stranger"));
    const char *team = arena_format(trial_arena(trial), "%s/team", home);
    assert_int_equal(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/add", team), give).status,
                     303);
    assert_int_equal(trial_get(trial, "stranger", home).status, 200);
    assert_false(trial_shows(trial_get(trial, "stranger", "/cases?which=shared"), "Since you got a new password"));
    const char *fields = arena_format(trial_arena(trial), "person=%s&sure=yes", id_of(trial, "stranger"));
    struct answer helped = trial_post(trial, "helper", "/colleagues/help", fields);
    assert_int_equal(helped.status, 303);
    const char *password = trial_between(trial, trial_get(trial, "helper", helped.location), "<code>", "</code>");
    a_given_password_is_changed_first(trial, "stranger", sign_in(trial, "stranger", password), password, home);
    assert_int_equal(trial_get(trial, "stranger", home).status, 404);
    assert_true(trial_shows(trial_get(trial, "stranger", "/cases?which=shared"), "Since you got a new password"));
    const char *end = arena_format(trial_arena(trial), "%s/%s/remove", team, id_of(trial, "stranger"));
    assert_int_equal(trial_post(trial, "case_manager", end, "").status, 303);
    assert_int_equal(trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/add", team), give).status,
                     303);
    assert_int_equal(trial_get(trial, "stranger", home).status, 200);
    assert_false(trial_shows(trial_get(trial, "stranger", "/cases?which=shared"), "Since you got a new password"));
}

/* Helps somebody, who then signs in and chooses a password of their own: `who` goes on with these keys. */
static const char *helped(struct trial *trial, const char *helper, const char *who, const char *own)
{
    struct answer answer = trial_post(trial, helper, "/colleagues/help",
                                      arena_format(trial_arena(trial), "person=%s&sure=yes", id_of(trial, who)));
    assert_int_equal(answer.status, 303);
    const char *page = arena_text_n(trial_arena(trial), answer.location, strcspn(answer.location, "?"));
    const char *given = trial_between(trial, trial_get(trial, helper, page), "<code>", "</code>");
    assert_non_null(given);
    struct answer in = sign_in(trial, who, given);
    assert_int_equal(in.status, 303);
    const char *value = strchr(in.cookie, '=') + 1;
    trial_use(trial, who, arena_text_n(trial_arena(trial), value, strcspn(value, ";")));
    const char *change = arena_format(trial_arena(trial), "old=%s&new=%s&again=%s", trial_encode(trial, given), own,
                                      own);
    assert_int_equal(trial_post(trial, who, "/account/password", change).status, 303);
    return page;
}

static void put_on(struct trial *trial, const char *path, const char *who, const char *role)
{
    const char *fields = arena_format(trial_arena(trial), "account=%s&role=%s&until=%s&ground=own_work&ground_words=x",
                                      id_of(trial, who), role,
                                      date_add(trial_arena(trial), time_date(trial_arena(trial), time_now()), 5));
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/team/add", path), fields).status, 303);
}

/* An administrator gives a specialist other keys, and knows the password: a case must not come to them by itself when it gets new keys. */
static void a_part_of_a_case_is_given_again_by_a_colleague_alone(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *path = arena_format(arena, "/cases/%s", trial_case(trial, "Zemgale"));
    const char *person = id_of(trial, "outside_specialist");
    const char *member = arena_format(arena, "%s/team/%s", path, person);
    const char *again = arena_format(arena, "/people/%s/again", person);
    put_on(trial, path, "outside_specialist", "lawyer");
    put_on(trial, path, "second_specialist", "lawyer");
    assert_int_equal(trial_get(trial, "outside_specialist", path).status, 200);
    assert_true(trial_shows(trial_get(trial, "case_manager", again), "Nothing must be given again"));

    (void)helped(trial, "administrator", "outside_specialist", "a+password+of+my+own");
    assert_int_equal(trial_get(trial, "outside_specialist", path).status, 404);
    assert_int_equal(trial_get(trial, "outside_specialist", "/").status, 200);
    assert_int_equal(trial_get(trial, "outside_specialist", "/cases").status, 200);
    const char *other = arena_format(arena, "%s/team/%s/remove", path, id_of(trial, "second_specialist"));
    assert_int_equal(trial_post(trial, "case_manager", other, "").status, 303); /* the case gets new keys */
    assert_int_equal(trial_get(trial, "outside_specialist", path).status, 404);

    assert_true(trial_shows(trial_get(trial, "case_manager", "/people"), again));
    assert_true(
        trial_shows(trial_get(trial, "case_manager", arena_format(arena, "%s/team", path)), "To be given again"));
    struct answer list = trial_get(trial, "case_manager", again);
    assert_true(trial_shows(list, "Zemgale"));
    assert_true(trial_shows(list, member));
    struct answer elsewhere = trial_get(trial, "stranger", again); /* of another team: how many, and no name */
    assert_false(trial_shows(elsewhere, "Zemgale"));
    assert_true(trial_shows(elsewhere, "1 more case or place"));
    assert_int_equal(trial_get(trial, "administrator", again).status, 403);
    assert_int_equal(trial_get(trial, "outside_specialist", again).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", "/people/0000000000000/again").status, 404);

    const char *until = date_add(arena, time_date(arena, time_now()), 5);
    assert_int_equal(
        trial_post(trial, "case_manager", member, arena_format(arena, "role=lawyer&until=%s", until)).status, 303);
    assert_int_equal(trial_get(trial, "outside_specialist", path).status, 200);
    assert_true(trial_shows(trial_get(trial, "case_manager", again), "Nothing must be given again"));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/people"), again));
}

/* Where the child stays: neither by itself, nor closed for good when nobody in charge has a key that opens. */
static void a_place_is_given_again_by_who_is_in_charge(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *path = arena_format(arena, "/cases/%s", trial_case(trial, "Latgale"));
    const char *charge = arena_format(arena, "%s/address/charge", path);
    const char *address = arena_format(arena, "%s/address", path);
    const char *person = arena_format(arena, "account=%s", id_of(trial, "team_member"));
    const char *today = time_date(arena, time_now());
    assert_int_equal(trial_post(trial, "case_manager", charge, "").status, 303);
    assert_int_equal(trial_post(trial, "case_manager", charge, person).status, 303);
    assert_int_equal(
        trial_post(trial, "case_manager", address, arena_format(arena, "address=Kurmenes+1&since=%s", today)).status,
        303);
    assert_true(trial_shows(trial_get(trial, "team_member", address), "Kurmenes 1"));
    const char *page = helped(trial, "case_manager", "team_member", "another+password+of+mine");
    assert_int_equal(trial_get(trial, "team_member", path).status, 200); /* by the team that both are in */
    assert_int_equal(trial_get(trial, "team_member", address).status, 403);
    const char *again = arena_format(arena, "/people/%s/again", id_of(trial, "team_member"));
    assert_true(trial_shows(trial_get(trial, "case_manager", page), again));
    assert_true(trial_shows(trial_get(trial, "case_manager", again), charge));
    assert_false(trial_shows(trial_get(trial, "second_manager", again), charge));
    assert_int_equal(trial_post(trial, "case_manager", charge, person).status, 303);
    assert_true(trial_shows(trial_get(trial, "team_member", address), "Kurmenes 1"));

    (void)helped(trial, "case_manager", "team_member", "yet+another+password+of+mine");
    (void)helped(trial, "second_manager", "case_manager", "my+very+own+password");
    assert_int_equal(trial_get(trial, "case_manager", address).status, 403);
    assert_int_equal(trial_post(trial, "case_manager", charge, "").status, 303); /* nobody can, so anybody begins */
    struct answer closed = trial_get(trial, "case_manager", address);
    assert_int_equal(closed.status, 200);
    assert_true(trial_shows(closed, "Nobody can open this address any more"));
    assert_int_equal(trial_post(trial, "case_manager", charge, person).status, 303);
    assert_int_equal(
        trial_post(trial, "team_member", address, arena_format(arena, "address=Cita+2&since=%s", today)).status, 303);
    assert_true(trial_shows(trial_get(trial, "case_manager", address), "Cita 2"));
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(arena, "%s/%s/leave", charge, id_of(trial, "team_member")), "")
            .status,
        303);
    assert_true(trial_shows(trial_get(trial, "case_manager", address), "Cita 2"));
}

/* The case manager got the stranger's team in a_lost_team_is_given_on, and was helped by somebody who is not in it. */
static void a_team_is_given_again_by_its_members(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    int64_t team = trial_session(trial, "stranger")->teams[0].team;
    const char *again = arena_format(arena, "/people/%s/again", id_of(trial, "case_manager"));
    const char *let_in = arena_format(arena, "/people/%s/let-in", id_of(trial, "case_manager"));
    const char *fields = arena_format(arena, "team=%s&known=yes", id_text(arena, team));
    assert_null(session_team(trial_session(trial, "case_manager"), team));
    assert_false(trial_shows(trial_get(trial, "second_manager", again), let_in));
    assert_true(trial_shows(trial_get(trial, "second_manager", again), "Somebody of that team gives it"));
    assert_true(trial_shows(trial_get(trial, "stranger", again), let_in));
    assert_int_equal(trial_post(trial, "second_manager", let_in, fields).status, 422);
    assert_int_equal(trial_post(trial, "stranger", let_in, fields).status, 303);
    assert_non_null(session_team(trial_session(trial, "case_manager"), team));
    assert_int_equal(trial_post(trial, "stranger", let_in, fields).status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_team_is_given_on),
        cmocka_unit_test(a_part_of_a_case_is_given_again_by_a_colleague_alone),
        cmocka_unit_test(a_place_is_given_again_by_who_is_in_charge),
        cmocka_unit_test(a_team_is_given_again_by_its_members),
        cmocka_unit_test(three_shares_give_access),
        cmocka_unit_test(everybody_concerned_is_told),
        cmocka_unit_test(m7_1_a_keeper_sees_what_the_share_is_for),
        cmocka_unit_test(wrong_shares_are_named_by_number),
        cmocka_unit_test(beginning_is_guarded),
        cmocka_unit_test(new_shares_are_handed_out),
        cmocka_unit_test(a_colleague_helps),
        cmocka_unit_test(m7_1_what_has_to_be_given_again_is_named),
    };
    return cmocka_run_group_tests_name("ceremony", tests, trial_begin, trial_end);
}
