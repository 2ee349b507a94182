#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

/* Every role, on every account, with every act that reaches another account: nobody comes by an account that may do what their own may not,
 * gives a role that is not theirs to give, or helps themselves. */

static const char *const ACTORS[] = {"case_manager",  "team_member",        "intake", "programme_manager",
                                     "administrator", "outside_specialist", "auditor"};
static const char *const TARGETS[] = {"case_manager",
                                      "team_member",
                                      "intake",
                                      "programme_manager",
                                      "administrator",
                                      "outside_specialist",
                                      "auditor",
                                      "second_manager",
                                      "stranger",
                                      "helper",
                                      "lawyer",
                                      "untrained",
                                      "former",
                                      "second_specialist",
                                      "second_programme_manager",
                                      "second_administrator"};

#define EACH(name, list) for (size_t name = 0; name < sizeof(list) / sizeof *(list); name++)

static const char *account_of(struct trial *trial, const char *who)
{
    return id_text(trial_arena(trial), trial_session(trial, who)->account);
}

/* Is the word one of those in the list, which are parted by blanks? */
static bool among(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static const char *row_of(const char *const (*rows)[2], const char *actor)
{
    for (; (*rows)[0] != NULL; rows++) {
        if (text_same((*rows)[0], actor))
            return (*rows)[1];
    }
    return "";
}

/* A new account of somebody whom the administrator invited. */
static void come_in(struct trial *trial, const char *login, const char *role)
{
    struct arena *arena = trial_arena(trial);
    struct answer made = trial_post(
        trial, "administrator", "/people/invite",
        arena_format(arena, "name=%s&login=%s&role=%s&language=en&days=7", login, login, role));
    assert_int_equal(made.status, 303);
    const char *code = trial_between(trial, trial_get(trial, "administrator", made.location), "/join#", "<");
    assert_non_null(code);
    struct answer in = trial_post(
        trial, NULL, "/join",
        arena_format(arena, "code=%s&step=password&new=a+very+long+password&again=a+very+long+password", code));
    assert_int_equal(in.status, 303);
    const char *value = strchr(in.cookie, '=') + 1;
    trial_use(trial, login, arena_text_n(arena, value, strcspn(value, ";")));
}

static struct answer help(struct trial *trial, const char *actor, const char *target)
{
    return trial_post(trial, actor, "/colleagues/help",
                      arena_format(trial_arena(trial), "person=%s&sure=yes", account_of(trial, target)));
}

static void m7_1_nobody_gives_a_password_to_who_may_more(void **state)
{
    static const char *const REACHED[][2] = {
        /* those of their team, and an administrator or programme manager never */
        {"case_manager", "second_manager team_member intake untrained"},
        /* those in no team, whose keys are lost by it */
        {"administrator",
         "programme_manager second_programme_manager auditor outside_specialist second_specialist lawyer "
         "former second_administrator"},
        {"programme_manager", "second_programme_manager"},
        {NULL, NULL},
    };
    struct trial *trial = *state;
    EACH(a, ACTORS)
    {
        struct answer page = trial_get(trial, ACTORS[a], "/colleagues/help");
        assert_int_equal(page.status, 200);
        EACH(t, TARGETS)
        {
            bool may = among(row_of(REACHED, ACTORS[a]), TARGETS[t]);
            const char *option = arena_format(trial_arena(trial), "<option value=\"%s\"",
                                              account_of(trial, TARGETS[t]));
            if (trial_shows(page, option) != may)
                fail_msg("%s %s offered %s", ACTORS[a], may ? "is not" : "is", TARGETS[t]);
            if (may)
                continue;
            struct answer answer = help(trial, ACTORS[a], TARGETS[t]);
            if (answer.status != 422 || trial_get(trial, TARGETS[t], "/").status != 200)
                fail_msg("%s gave %s a password: %d", ACTORS[a], TARGETS[t], answer.status);
        }
    }
}

static void m7_1_nobody_takes_a_second_step_away_but_administrators_and_never_their_own(void **state)
{
    struct trial *trial = *state;
    EACH(a, ACTORS)
    EACH(t, TARGETS)
    {
        const char *path = arena_format(trial_arena(trial), "/people/%s/second-step", account_of(trial, TARGETS[t]));
        bool administrator = text_same(ACTORS[a], "administrator");
        bool self = text_same(ACTORS[a], TARGETS[t]);
        int shown = trial_get(trial, ACTORS[a], path).status;
        if (shown != (!administrator ? 403 : self ? 404 : 200))
            fail_msg("%s on %s: %d", ACTORS[a], TARGETS[t], shown);
        if ((!administrator || self) && trial_post(trial, ACTORS[a], path, "sure=yes").status == 303)
            fail_msg("%s took the second step of %s away", ACTORS[a], TARGETS[t]);
    }
    assert_int_equal(trial_get(trial, "administrator", "/").status, 200);
}

static void m7_1_nobody_gives_a_role_that_is_not_theirs_to_give(void **state)
{
    static const char *const GIVEN[][2] = {
        {"case_manager", "case_manager team_member intake outside_specialist"},
        {"administrator", "case_manager team_member intake programme_manager administrator outside_specialist auditor"},
        {NULL, NULL},
    };
    struct trial *trial = *state;
    EACH(a, ACTORS)
    EACH(t, ACTORS)
    {
        bool may = among(row_of(GIVEN, ACTORS[a]), ACTORS[t]);
        struct answer answer = trial_post(
            trial, ACTORS[a], "/people/invite",
            arena_format(trial_arena(trial), "name=New&login=new-%zu-%zu&role=%s&until=2999-12-31&language=en&days=7",
                         a, t, ACTORS[t]));
        if ((answer.status == 303) != may)
            fail_msg("%s invites %s: %d", ACTORS[a], ACTORS[t], answer.status);
    }
}

static void m7_1_nobody_sets_their_own_last_day_and_administrators_alone_that_of_others(void **state)
{
    struct trial *trial = *state;
    EACH(a, ACTORS)
    EACH(t, TARGETS)
    {
        const char *path = arena_format(trial_arena(trial), "/people/%s", account_of(trial, TARGETS[t]));
        bool may = text_same(ACTORS[a], "administrator") && !text_same(ACTORS[a], TARGETS[t]);
        struct answer answer = trial_post(trial, ACTORS[a], path, "until=2999-12-31");
        if ((answer.status == 303) != may)
            fail_msg("%s on %s: %d", ACTORS[a], TARGETS[t], answer.status);
        if (!text_same(ACTORS[a], "administrator") &&
            trial_post(trial, ACTORS[a], arena_format(trial_arena(trial), "%s/leave", path), "sure=yes").status != 403)
            fail_msg("%s ended the account of %s", ACTORS[a], TARGETS[t]);
    }
    /* Whoever is from outside always has one. */
    const char *outside = arena_format(trial_arena(trial), "/people/%s", account_of(trial, "outside_specialist"));
    assert_int_equal(trial_post(trial, "administrator", outside, "until=").status, 422);
}

static void m7_1_nobody_begins_a_recovery_for_themselves(void **state)
{
    struct trial *trial = *state;
    EACH(a, ACTORS)
    {
        bool keeps = text_same(ACTORS[a], "administrator") || text_same(ACTORS[a], "programme_manager");
        struct answer answer = trial_post(trial, ACTORS[a], "/recovery/access",
                                          arena_format(trial_arena(trial), "person=%s", account_of(trial, ACTORS[a])));
        if (answer.status != (keeps ? 422 : 403))
            fail_msg("%s: %d", ACTORS[a], answer.status);
    }
}

/* The acts that are allowed, done: the holder and those who look after the installation are told, however much happened since. */
static void m7_1_whoever_is_reached_is_told(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *lawyer = account_of(trial, "lawyer");
    const char *path = arena_format(arena, "/people/%s/second-step", account_of(trial, "intake"));
    assert_int_equal(trial_post(trial, "administrator", path, "sure=yes").status, 303);
    const char *let_in = arena_format(arena, "/people/%s/let-in", lawyer);
    const char *team = id_text(arena, trial_session(trial, "case_manager")->teams[0].team);
    assert_int_equal(trial_post(trial, "case_manager", let_in, arena_format(arena, "team=%s&known=yes", team)).status,
                     303);
    static const char *const HELPED[] = {"former", "auditor", "second_specialist", "outside_specialist",
                                         "second_administrator"};
    EACH(i, HELPED)
    assert_int_equal(help(trial, "administrator", HELPED[i]).status, 303);
    assert_int_equal(help(trial, "programme_manager", "second_programme_manager").status, 303);

    struct answer in = trial_post(trial, NULL, "/sign-in", "login=intake&password=correct+horse+battery");
    const char *value = strchr(in.cookie, '=') + 1;
    trial_use(trial, "intake", arena_text_n(arena, value, strcspn(value, ";")));
    static const char taken[] = "Second step taken away: intake. Begun by: administrator.";
    static const char joined[] = "Keys of the team Komanda: lawyer. Begun by: case_manager.";
    assert_true(trial_shows(trial_get(trial, "intake", "/"), taken));
    assert_true(trial_shows(trial_get(trial, "team_member", "/"), joined));
    assert_true(trial_shows(trial_get(trial, "lawyer", "/"), joined));
    assert_false(trial_shows(trial_get(trial, "team_member", "/"), taken));
    assert_false(trial_shows(trial_get(trial, "stranger", "/"), joined));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/"), joined));
}

static int begin(void **state)
{
    int result = trial_begin(state);
    if (result == 0) {
        come_in(*state, "second_programme_manager", "programme_manager");
        come_in(*state, "second_administrator", "administrator");
    }
    return result;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_nobody_gives_a_password_to_who_may_more),
        cmocka_unit_test(m7_1_nobody_takes_a_second_step_away_but_administrators_and_never_their_own),
        cmocka_unit_test(m7_1_nobody_gives_a_role_that_is_not_theirs_to_give),
        cmocka_unit_test(m7_1_nobody_sets_their_own_last_day_and_administrators_alone_that_of_others),
        cmocka_unit_test(m7_1_nobody_begins_a_recovery_for_themselves),
        cmocka_unit_test(m7_1_whoever_is_reached_is_told),
    };
    return cmocka_run_group_tests_name("rights over accounts", tests, begin, trial_end);
}
