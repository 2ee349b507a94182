#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/notice/notice.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

/* ---- proving again before a sensitive act ---- */

#define NEW_PASSWORD "old=correct+horse+battery&new=a+longer+new+password&again=a+longer+new+password"

static void m7_1_a_sensitive_act_asks_again_and_keeps_what_was_typed(void **state)
{
    struct trial *trial = *state;
    trial_age(trial, "auditor", 11);
    struct answer asked = trial_post(trial, "auditor", "/account/password", "old=one&new=two&again=three");
    assert_int_equal(asked.status, 401);
    assert_true(trial_shows(asked, "action=\"/prove\""));
    assert_true(trial_shows(asked, "value=\"/account/password\""));
    /* Passwords that were typed are not written into a page. */
    assert_null(strstr(asked.body, "kept."));
    assert_true(trial_shows(trial_get(trial, "auditor", "/"), "app-header"));

    struct answer wrong = trial_post(trial, "auditor", "/prove", "password=not+the+one&to=/account/password");
    assert_int_equal(wrong.status, 422);
    assert_true(trial_shows(wrong, "value=\"/account/password\""));
    assert_int_equal(trial_post(trial, "auditor", "/account/password", NEW_PASSWORD).status, 401);

    struct answer right = trial_post(trial, "auditor", "/prove", "password=correct+horse+battery&to=/account/password");
    assert_int_equal(right.status, 200);
    assert_true(trial_shows(right, "action=\"/account/password\""));
    assert_int_equal(trial_post(trial, "auditor", "/account/password", NEW_PASSWORD).status, 303);
}

static void a_proof_is_asked_of_whoever_is_signed_in_only(void **state)
{
    struct trial *trial = *state;
    assert_int_equal(trial_get(trial, NULL, "/prove").status, 401);
    assert_int_equal(trial_get(trial, "intake", "/prove").status, 200);
    assert_int_equal(trial_post(trial, "intake", "/prove", "").status, 422);
    /* It leads nowhere but to our own pages. */
    struct answer away = trial_post(trial, "intake", "/prove", "password=correct+horse+battery&to=//example.org");
    assert_string_equal(away.location, "/");
    struct answer nowhere = trial_post(trial, "intake", "/prove", "password=correct+horse+battery&to=/no/such");
    assert_int_equal(nowhere.status, 303);
    assert_string_equal(nowhere.location, "/no/such");
}

struct limiting {
    struct trial *trial;
    int64_t until;
};

static void m7_1_outside_specialists_see_no_case_and_no_list(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Liepa");
    assert_int_equal(trial_get(trial, "outside_specialist", "/").status, 200);
    static const char *const closed[] = {"/find", "/referrals", "/day", "/figures", "/facts", "/instruments"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_int_equal(trial_get(trial, "outside_specialist", closed[i]).status, 403);
    /* Without a part of a case the list is empty and no case is there. */
    assert_false(trial_shows(trial_get(trial, "outside_specialist", "/cases"), "Liepa"));
    assert_int_equal(trial_get(trial, "outside_specialist", arena_format(trial_arena(trial), "/cases/%s", id)).status,
                     404);
}

static enum err limit(struct db *db, void *data)
{
    const struct limiting *limiting = data;
    size_t changed = 0;
    TRY(account_user_limit(db,
                           &(struct account_user_limit_in){.org = trial_app(limiting->trial)->org,
                                                           .id = trial_account(limiting->trial, "second_manager"),
                                                           .valid_until = {.has = true, .value = limiting->until}},
                           &changed));
    return changed == 1 ? OK : ERR_NOT_FOUND;
}

static void m7_1_an_account_opens_nothing_after_its_last_day(void **state)
{
    struct trial *trial = *state;
    struct limiting limiting = {trial, time_now() + HOUR_MS};
    trial_change(trial, limit, &limiting);
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 200);
    limiting.until = time_now() - 1;
    trial_change(trial, limit, &limiting);
    assert_int_equal(trial_get(trial, "second_manager", "/").status, 401);
    struct answer in = trial_post(trial, NULL, "/sign-in", "login=second_manager&password=correct+horse+battery");
    assert_int_equal(in.status, 422);
}

/* ---- notices (sent to a real server in tests/server/test_notice.py) ---- */

static void m7_1_the_address_for_notices_is_sealed(void **state)
{
    struct trial *trial = *state;
    static const char *const page = "/account/notices";
    const struct notice_server server = {.url = "smtp://127.0.0.1:1", .from = "notices@example.net"};
    /* Where no mail server is set there is nothing to choose. */
    assert_int_equal(trial_get(trial, "intake", page).status, 404);
    assert_int_equal(trial_post(trial, "intake", page, "mail=a%40b.example").status, 404);
    assert_false(trial_shows(trial_get(trial, "intake", "/account"), page));
    assert_int_equal(notice_open(&server, &trial_app(trial)->notices), OK);
    assert_true(trial_shows(trial_get(trial, "intake", "/account"), page));
    struct answer wrong = trial_post(trial, "intake", page, "mail=not+an+address");
    assert_int_equal(wrong.status, 422);
    assert_true(trial_shows(wrong, "value=\"not an address\""));
    assert_int_equal(trial_post(trial, "intake", page, "mail=a%40b.example%0d%0aBcc%3a+c%40d.example").status, 422);
    assert_int_equal(trial_post(trial, "intake", page, "mail=private%40mailbox.example").status, 303);
    assert_true(trial_shows(trial_get(trial, "intake", page), "value=\"private@mailbox.example\""));
    assert_false(trial_shows(trial_get(trial, "auditor", page), "private@mailbox.example"));
    assert_false(trial_holds(trial, "private@mailbox.example"));
    assert_true(trial_holds(trial, "account.mail"));
    trial_age(trial, "intake", 11);
    assert_int_equal(trial_post(trial, "intake", page, "mail=").status, 401);
    trial_age(trial, "intake", 0);
    assert_int_equal(trial_post(trial, "intake", page, "mail=").status, 303);
    assert_false(trial_shows(trial_get(trial, "intake", page), "private@mailbox.example"));
    notice_close(trial_app(trial)->notices);
    trial_app(trial)->notices = NULL;
}

/* ---- many tries ---- */

static struct answer sign_in_as(struct trial *trial, const char *as, const char *login, const char *password)
{
    return trial_post(trial, as, "/sign-in", arena_format(trial_arena(trial), "login=%s&password=%s", login, password));
}

/* Sends the half of the cookie by which the browser is known, and no session. */
static void use_device(struct trial *trial, const char *as, struct answer signed_in)
{
    const char *known = strchr(signed_in.cookie, '.');
    assert_non_null(known);
    assert_non_null(strstr(known, "HttpOnly; SameSite=Strict; Max-Age=7776000"));
    trial_use(trial, as, arena_text_n(trial_arena(trial), known, strcspn(known, ";")));
}

static void m7_1_who_tries_passwords_elsewhere_does_not_lock_the_owner_out(void **state)
{
    struct trial *trial = *state;
    use_device(trial, "own browser", sign_in_as(trial, NULL, "programme_manager", "correct+horse+battery"));
    for (int i = 0; i < 6; i++)
        assert_int_equal(sign_in_as(trial, NULL, "programme_manager", "something+wrong").status, 422);
    assert_int_equal(sign_in_as(trial, NULL, "programme_manager", "correct+horse+battery").status, 422);
    assert_int_equal(sign_in_as(trial, "own browser", "programme_manager", "correct+horse+battery").status, 303);
    /* What is known of one account helps with no other one. */
    for (int i = 0; i < 6; i++)
        assert_int_equal(sign_in_as(trial, "own browser", "intake", "something+wrong").status, 422);
    assert_int_equal(sign_in_as(trial, "own browser", "intake", "correct+horse+battery").status, 422);
    /* Whoever stole the browser's cookie has few tries too. */
    for (int i = 0; i < 6; i++)
        assert_int_equal(sign_in_as(trial, "own browser", "programme_manager", "something+wrong").status, 422);
    assert_int_equal(sign_in_as(trial, "own browser", "programme_manager", "correct+horse+battery").status, 422);
}

/* As if the wait were over. */
static enum err free_again(struct db *db, void *data)
{
    struct trial *trial = data;
    return account_user_tried(
        db, &(struct account_user_tried_in){.org = trial_app(trial)->org, .id = trial_account(trial, "stranger")});
}

static void use_whole(struct trial *trial, const char *as, struct answer signed_in)
{
    assert_int_equal(signed_in.status, 303);
    const char *value = strchr(signed_in.cookie, '=') + 1;
    trial_use(trial, as, arena_text_n(trial_arena(trial), value, strcspn(value, ";")));
}

/* A lost telephone, or the browser of somebody who knew the password, was known for another 90 days: it had its own line and count of wrong
 * passwords, and signing in there caused no mail. */
static void m7_1_signing_out_elsewhere_and_a_new_password_forget_other_browsers(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *path, *fields, *password;
    } acts[] = {{"/account/sessions/end-others", "", "correct+horse+battery"},
                {"/sign-out-everywhere", "", "correct+horse+battery"},
                {"/account/password", NEW_PASSWORD, "a+longer+new+password"}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct answer lost = sign_in_as(trial, NULL, "stranger", "correct+horse+battery");
        use_device(trial, "lost browser", lost);
        struct answer own = sign_in_as(trial, NULL, "stranger", "correct+horse+battery");
        use_whole(trial, "own whole", own);
        assert_int_equal(trial_post(trial, "own whole", acts[i].path, acts[i].fields).status, 303);
        for (int j = 0; j < 6; j++)
            assert_int_equal(sign_in_as(trial, NULL, "stranger", "something+wrong").status, 422);
        assert_int_equal(sign_in_as(trial, "lost browser", "stranger", acts[i].password).status, 422);
        use_device(trial, "own browser", own);
        assert_int_equal(sign_in_as(trial, "own browser", "stranger", acts[i].password).status, 303);
        trial_change(trial, free_again, trial);
    }
}

/* Of this process, which is the server too: what else the machine does is not counted. */
static int64_t processor_ms(void)
{
    struct timespec used;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), 0);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static int64_t fastest(struct trial *trial, const char *login, struct answer *last)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 4; i++) {
        int64_t begin = processor_ms();
        *last = sign_in_as(trial, NULL, login, "certainly+not+it");
        int64_t took = processor_ms() - begin;
        best = took < best ? took : best;
    }
    return best;
}

/* The page without what differs in each: the numbers of its form. */
static const char *page_of(struct trial *trial, struct answer answer, const char *login)
{
    const char *begin = strstr(answer.body, "name=\"once\" value=\"");
    assert_non_null(begin);
    const char *rest = begin + strlen("name=\"once\" value=\"") + 13;
    const char *value = strstr(rest, arena_format(trial_arena(trial), "value=\"%s\"", login));
    assert_non_null(value);
    return arena_format(trial_arena(trial), "%.*s%.*s%s", (int)(begin - answer.body), answer.body, (int)(value - rest),
                        rest, value + strlen("value=\"\"") + strlen(login));
}

/* The auditor's password was set like anybody's, at the full cost of Argon2. */
static void m7_1_unknown_account_and_wrong_password_are_alike_in_answer_and_time(void **state)
{
    struct trial *trial = *state;
    struct answer unknown;
    struct answer wrong;
    int64_t of_unknown = fastest(trial, "nobody.at.all", &unknown);
    int64_t of_wrong = fastest(trial, "auditor", &wrong);
    assert_int_equal(unknown.status, wrong.status);
    assert_string_equal(page_of(trial, unknown, "nobody.at.all"), page_of(trial, wrong, "auditor"));
    int64_t apart = of_unknown > of_wrong ? of_unknown - of_wrong : of_wrong - of_unknown;
    if (apart * 4 > of_wrong)
        fail_msg("unknown %lld ms, wrong %lld ms", (long long)of_unknown, (long long)of_wrong);
    /* A locked account answers like that too. */
    for (int i = 0; i < 4; i++)
        (void)sign_in_as(trial, NULL, "auditor", "certainly+not+it");
    struct answer locked;
    int64_t of_locked = fastest(trial, "auditor", &locked);
    assert_string_equal(page_of(trial, locked, "auditor"), page_of(trial, wrong, "auditor"));
    assert_true(of_locked * 4 > of_wrong * 3);
}

/* ---- where somebody is signed in ---- */

static const char *session_cookie(struct trial *trial, struct answer answer)
{
    const char *begin = strchr(answer.cookie, '=');
    assert_non_null(begin);
    return arena_text_n(trial_arena(trial), begin + 1, strcspn(begin + 1, ";"));
}

/* Signing in with a browser that says what it is. */
static struct answer sign_in_with(struct trial *trial, const char *login, const char *agent)
{
    const char *body = arena_format(trial_arena(trial), "login=%s&password=correct+horse+battery", login);
    const char *request = arena_format(
        trial_arena(trial),
        "POST /sign-in HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nAccept-Language: en\r\nUser-Agent: %s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
        agent, strlen(body), body);
    struct answer in = trial_raw(trial, (struct bytes){(const uint8_t *)request, strlen(request)});
    assert_int_equal(in.status, 303);
    return in;
}

static void m7_1_sessions_are_seen_and_ended(void **state)
{
    struct trial *trial = *state;
    static const char phone[] = "Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0";
    trial_use(trial, "phone", session_cookie(trial, sign_in_with(trial, "team_member", phone)));
    struct answer again = sign_in_with(trial, "team_member", "x");
    trial_use(trial, "third", session_cookie(trial, again));
    /* The time of the sign-in before this one stands on the next page. */
    assert_non_null(strstr(again.location, "done=gate.last_sign_in"));
    assert_true(trial_shows(trial_get(trial, "third", again.location), "Your last sign-in before this one"));

    struct answer page = trial_get(trial, "team_member", "/account/sessions");
    assert_true(trial_shows(page, "Firefox, Android"));
    assert_true(trial_shows(page, "This one"));
    assert_false(trial_holds(trial, "Firefox, Android"));
    const char *phone_row = strstr(page.body, "Firefox, Android");
    const char *end = strstr(phone_row, "/account/sessions/0");
    assert_non_null(end);
    const char *path = arena_text_n(trial_arena(trial), end, strcspn(end, "\""));
    /* Nobody else can end it, and it cannot end itself this way. */
    assert_int_equal(trial_post(trial, "intake", path, "").status, 303);
    assert_int_equal(trial_post(trial, "phone", path, "").status, 303);
    assert_int_equal(trial_get(trial, "phone", "/").status, 200);
    assert_int_equal(trial_post(trial, "team_member", path, "").status, 303);
    assert_int_equal(trial_get(trial, "phone", "/").status, 401);
    assert_int_equal(trial_get(trial, "third", "/").status, 200);
    assert_int_equal(trial_post(trial, "team_member", "/account/sessions/end-others", "").status, 303);
    assert_int_equal(trial_get(trial, "third", "/").status, 401);
    assert_int_equal(trial_get(trial, "team_member", "/").status, 200);
    assert_int_equal(trial_post(trial, "team_member", "/account/sessions/nonsense/end", "").status, 404);
}

/* The colleague who fears that somebody has the telephone: one button, and nothing is open any more but by the password. */
static void m7_1_signing_out_everywhere_ends_all_sessions(void **state)
{
    struct trial *trial = *state;
    static const char *const own[] = {"first", "second", "third of theirs"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        trial_use(trial, own[i], session_cookie(trial, sign_in_with(trial, "untrained", "x")));
        assert_int_equal(trial_get(trial, own[i], "/").status, 200);
    }
    struct answer out = trial_post(trial, "second", "/sign-out-everywhere", "");
    assert_int_equal(out.status, 303);
    assert_true(text_starts(out.location, "/sign-in"));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_int_equal(trial_get(trial, own[i], "/").status, 401);
    assert_int_equal(trial_get(trial, "case_manager", "/").status, 200); /* a colleague stays */
    trial_use(trial, "first", session_cookie(trial, sign_in_with(trial, "untrained", "x")));
    assert_int_equal(trial_get(trial, "first", "/").status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_the_address_for_notices_is_sealed),
        cmocka_unit_test(m7_1_a_sensitive_act_asks_again_and_keeps_what_was_typed),
        cmocka_unit_test(a_proof_is_asked_of_whoever_is_signed_in_only),
        cmocka_unit_test(m7_1_outside_specialists_see_no_case_and_no_list),
        cmocka_unit_test(m7_1_sessions_are_seen_and_ended),
        cmocka_unit_test(m7_1_signing_out_everywhere_ends_all_sessions),
        cmocka_unit_test(m7_1_an_account_opens_nothing_after_its_last_day),
        cmocka_unit_test(m7_1_who_tries_passwords_elsewhere_does_not_lock_the_owner_out),
        cmocka_unit_test(m7_1_signing_out_elsewhere_and_a_new_password_forget_other_browsers),
        cmocka_unit_test(m7_1_unknown_account_and_wrong_password_are_alike_in_answer_and_time),
    };
    return cmocka_run_group_tests_name("entrance", tests, trial_begin, trial_end);
}
