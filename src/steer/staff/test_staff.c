#include "base/text.h"
#include "base/time.h"
#include "platform/account/invite.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

/* Invitations and letting in, through real requests. */

static int64_t clock_now;
static int64_t test_clock(void)
{
    return clock_now;
}

static const char *cookie_of(struct trial *trial, struct answer answer)
{
    const char *begin = strchr(answer.cookie, '=');
    assert_non_null(begin);
    return arena_text_n(trial_arena(trial), begin + 1, strcspn(begin + 1, ";"));
}

static const char *team_of(struct trial *trial, const char *who)
{
    struct answer page = trial_get(trial, who, "/people/invite");
    const char *select = strstr(page.body, "id=\"team\"");
    assert_non_null(select);
    const char *at = strstr(select, "<option value=\"0");
    assert_non_null(at);
    return arena_text_n(trial_arena(trial), at + strlen("<option value=\""), 13);
}

static struct answer invite(struct trial *trial, const char *who, const char *login, const char *role, const char *more)
{
    return trial_post(trial, who, "/people/invite",
                      arena_format(trial_arena(trial), "name=Anna+%s&login=%s&role=%s&language=en&days=7%s", login,
                                   login, role, more));
}

/* The code of the link on an invitation's page. */
static const char *code_on(struct trial *trial, const char *who, const char *path)
{
    struct answer page = trial_get(trial, who, path);
    assert_int_equal(page.status, 200);
    const char *code = trial_between(trial, page, "/join#", "<");
    assert_non_null(code);
    return code;
}

static struct answer accept(struct trial *trial, const char *code)
{
    return trial_post(trial, NULL, "/join",
                      arena_format(trial_arena(trial),
                                   "code=%s&step=password&new=a+very+long+password&again=a+very+long+password", code));
}

static void m7_1_who_holds_keys_invites_and_cases_open_at_once(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Kalme");
    const char *team = team_of(trial, "case_manager");
    struct answer made = invite(trial, "case_manager", "anna", "team_member",
                                arena_format(trial_arena(trial), "&team=%s", team));
    assert_int_equal(made.status, 303);
    const char *code = code_on(trial, "case_manager", made.location);
    assert_int_equal(strlen(code), INVITE_CODE_LETTERS + 7);
    /* Nobody else sees the link, and neither code nor name stands on the disk. */
    assert_null(strstr(trial_get(trial, "administrator", made.location).body, "/join#"));
    assert_false(trial_holds(trial, code));
    assert_false(trial_holds(trial, "Anna anna"));
    assert_true(trial_holds(trial, "team_member"));

    struct answer first = trial_post(trial, NULL, "/join", arena_format(trial_arena(trial), "code=%s", code));
    assert_int_equal(first.status, 200);
    assert_true(trial_shows(first, "Anna anna"));
    assert_true(trial_shows(first, "<strong>anna</strong>"));
    assert_false(trial_shows(first, "(optional)")); /* a password is not */
    assert_int_equal(trial_post(trial, NULL, "/join",
                                arena_format(trial_arena(trial), "code=%s&step=password&new=short&again=other", code))
                         .status,
                     422);
    struct answer in = accept(trial, code);
    assert_int_equal(in.status, 303);
    trial_use(trial, "anna", cookie_of(trial, in));
    assert_int_equal(trial_get(trial, "anna", arena_format(trial_arena(trial), "/cases/%s", id)).status, 200);
    /* The link serves once, and the password is theirs. */
    assert_int_equal(accept(trial, code).status, 422);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", "login=anna&password=a+very+long+password").status, 303);
}

static void m7_1_an_administrator_invites_and_a_colleague_lets_in(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Sala");
    struct answer made = invite(trial, "administrator", "berta", "case_manager", "");
    assert_int_equal(made.status, 303);
    struct answer in = accept(trial, code_on(trial, "administrator", made.location));
    assert_int_equal(in.status, 303);
    trial_use(trial, "berta", cookie_of(trial, in));
    const char *path = arena_format(trial_arena(trial), "/cases/%s", id);
    assert_int_equal(trial_get(trial, "berta", path).status, 404);

    struct answer people = trial_get(trial, "case_manager", "/people");
    const char *who = NULL;
    for (const char *at = people.body; (at = strstr(at, "/let-in\">")) != NULL; at++) {
        if (strncmp(at + strlen("/let-in\">"), "Anna berta", 10) == 0)
            who = arena_text_n(trial_arena(trial), at - 13, 13);
    }
    assert_non_null(who);
    const char *let_in = arena_format(trial_arena(trial), "/people/%s/let-in", who);
    assert_int_equal(trial_get(trial, "administrator", let_in).status, 403);
    const char *team = team_of(trial, "case_manager");
    assert_int_equal(
        trial_post(trial, "case_manager", let_in, arena_format(trial_arena(trial), "team=%s", team)).status, 422);
    /* Only keys that one holds oneself. */
    assert_int_equal(
        trial_post(trial, "stranger", let_in, arena_format(trial_arena(trial), "team=%s&known=yes", team)).status, 422);
    assert_int_equal(
        trial_post(trial, "case_manager", let_in, arena_format(trial_arena(trial), "team=%s&known=yes", team)).status,
        303);
    assert_int_equal(trial_get(trial, "berta", path).status, 200);
    /* Nobody waits any more. */
    assert_int_equal(trial_get(trial, "case_manager", let_in).status, 404);
}

/* An inviter opens the link for the newcomer on their own computer: their session is over as when somebody signs in there. */
static void m7_1_coming_in_ends_the_session_that_the_browser_had(void **state)
{
    struct trial *trial = *state;
    struct answer made = invite(trial, "administrator", "dzidra", "team_member", "");
    const char *code = code_on(trial, "administrator", made.location);
    struct answer own = trial_post(trial, NULL, "/sign-in", "login=administrator&password=correct+horse+battery");
    trial_use(trial, "inviter", cookie_of(trial, own));
    assert_int_equal(trial_get(trial, "inviter", "/people").status, 200);
    struct answer in = trial_post(
        trial, "inviter", "/join",
        arena_format(trial_arena(trial), "code=%s&step=password&new=a+very+long+password&again=a+very+long+password",
                     code));
    assert_int_equal(in.status, 303);
    assert_int_equal(trial_get(trial, "inviter", "/people").status, 401);
}

static void m7_1_invitations_end(void **state)
{
    struct trial *trial = *state;
    struct answer made = invite(trial, "administrator", "cilda", "auditor", "");
    const char *code = code_on(trial, "administrator", made.location);
    assert_int_equal(
        trial_post(trial, "administrator",
                   arena_format(trial_arena(trial), "%s/withdraw",
                                arena_text_n(trial_arena(trial), made.location, strcspn(made.location, "?"))),
                   "")
            .status,
        303);
    struct answer over = accept(trial, code);
    assert_int_equal(over.status, 422);
    assert_true(trial_shows(over, "has ended"));

    made = invite(trial, "administrator", "cilda", "auditor", "");
    code = code_on(trial, "administrator", made.location);
    clock_now += 7 * DAY_MS + 1;
    over = accept(trial, code);
    assert_int_equal(over.status, 422);
    assert_true(trial_shows(over, "has ended"));
    clock_now -= 7 * DAY_MS + 1;
    assert_int_equal(accept(trial, code).status, 303);

    static const char *const wrong[] = {"", "x", "0000-0000-0000-0000-0000-0000-0000-0000", "%F0%9F%98%80", "%C4%81"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(accept(trial, wrong[i]).status, 422);
}

static void invitations_are_checked(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *login, *role, *more;
        int status;
    } rows[] = {
        {"intake", "auditor", "", 422},                           /* taken */
        {"UPPER", "auditor", "", 422},                            /* no login */
        {"dace", "nothing", "", 422},                             /* no role */
        {"dace", "outside_specialist", "", 422},                  /* without a last day */
        {"dace", "outside_specialist", "&until=2020-01-01", 422}, /* past */
        {"dace", "outside_specialist", "&until=2999-12-31", 303}, /* fine */
        {"dace", "auditor", "", 422},                             /* an invitation has it */
        {"elza", "auditor", "&team=0000000000zzz", 422},          /* not one's own team */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer answer = invite(trial, "administrator", rows[i].login, rows[i].role, rows[i].more);
        if (answer.status != rows[i].status)
            fail_msg("row %zu: %d", i, answer.status);
    }
    assert_int_equal(invite(trial, "case_manager", "fanija", "administrator", "").status, 422);
    assert_int_equal(invite(trial, "team_member", "fanija", "team_member", "").status, 403);
    /* What was typed goes through the question who it is. */
    clock_now += 11 * MINUTE_MS;
    struct answer asked = invite(trial, "administrator", "guna", "auditor", "");
    assert_int_equal(asked.status, 401);
    assert_true(trial_shows(asked, "name=\"kept.login\" value=\"guna\""));
    struct answer back = trial_post(
        trial, "administrator", "/prove",
        "password=correct+horse+battery&to=/people/invite&kept.name=Guna&kept.login=guna&kept.role=auditor");
    assert_int_equal(back.status, 200);
    assert_true(trial_shows(back, "value=\"guna\""));
}

static int reset_clock(void **state)
{
    (void)state;
    clock_now = time_now();
    return 0;
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
        cmocka_unit_test_setup(m7_1_who_holds_keys_invites_and_cases_open_at_once, reset_clock),
        cmocka_unit_test_setup(m7_1_an_administrator_invites_and_a_colleague_lets_in, reset_clock),
        cmocka_unit_test_setup(m7_1_coming_in_ends_the_session_that_the_browser_had, reset_clock),
        cmocka_unit_test_setup(m7_1_invitations_end, reset_clock),
        cmocka_unit_test_setup(invitations_are_checked, reset_clock),
    };
    return cmocka_run_group_tests_name("staff", tests, begin, trial_end);
}
