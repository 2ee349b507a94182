#include "base/text.h"
#include "base/time.h"
#include "platform/account/factor.h"
#include "platform/account/queries.h"
#include "platform/entrance/entrance.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

/* Second factors through real requests. liboath is the phone. */

/* A clock for the server, so that codes of other moments can be tried. */
static int64_t clock_now;
static int64_t test_clock(void)
{
    return clock_now;
}

static const char *phone_code(struct trial *trial, const char *letters, int64_t at)
{
    char *secret = NULL;
    size_t len = 0;
    char code[7];
    assert_int_equal(oath_base32_decode(letters, strlen(letters), &secret, &len), OATH_OK);
    assert_int_equal(len, FACTOR_SECRET_SIZE);
    assert_int_equal(oath_totp_generate(secret, len, (time_t)(at / 1000), 30, 0, 6, code), OATH_OK);
    free(secret);
    return arena_text(trial_arena(trial), code);
}

/* The letters of a secret as they stand on the page, without blanks. */
static const char *letters_of(struct trial *trial, struct answer page)
{
    const char *shown = trial_between(trial, page, "<strong class=\"app-code\">", "</strong>");
    assert_non_null(shown);
    char *out = arena_text(trial_arena(trial), shown);
    size_t len = 0;
    for (; *shown != '\0'; shown++) {
        if (*shown != ' ')
            out[len++] = *shown;
    }
    out[len] = '\0';
    return out;
}

/* Sets up an app with codes for somebody; gives the secret's letters. */
static const char *enrol_totp(struct trial *trial, const char *who)
{
    struct answer page = trial_get(trial, who, "/account/second/totp");
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "<svg class=\"app-qr\" role=\"img\""));
    const char *seed = trial_between(trial, page, "name=\"seed\" value=\"", "\"");
    const char *letters = letters_of(trial, page);
    struct arena *arena = trial_arena(trial);
    struct answer wrong = trial_post(trial, who, "/account/second/totp",
                                     arena_format(arena, "seed=%s&code=000000", seed));
    assert_int_equal(wrong.status, 422);
    assert_string_equal(letters_of(trial, wrong), letters); /* the picture in the phone stays right */
    struct answer set = trial_post(
        trial, who, "/account/second/totp",
        arena_format(arena, "seed=%s&name=phone&code=%s", seed, phone_code(trial, letters, clock_now)));
    assert_int_equal(set.status, 303);
    assert_true(text_starts(set.location, "/account/second/codes"));
    return letters;
}

static const char *cookie_of(struct trial *trial, struct answer answer)
{
    const char *begin = strchr(answer.cookie, '=');
    assert_non_null(begin);
    return arena_text_n(trial_arena(trial), begin + 1, strcspn(begin + 1, ";"));
}

/* The password alone: the page for the second factor and the cookie of the half session, which `as` then sends. */
static struct answer first_step(struct trial *trial, const char *login, const char *as)
{
    struct answer half = trial_post(trial, NULL, "/sign-in",
                                    arena_format(trial_arena(trial), "login=%s&password=correct+horse+battery", login));
    assert_int_equal(half.status, 200);
    assert_true(trial_shows(half, "action=\"/sign-in/second\""));
    trial_use(trial, as, cookie_of(trial, half));
    return half;
}

static struct answer second_step(struct trial *trial, const char *as, const char *code)
{
    return trial_post(trial, as, "/sign-in/second", arena_format(trial_arena(trial), "code=%s", code));
}

static void m7_1_the_password_alone_opens_nothing_any_more(void **state)
{
    struct trial *trial = *state;
    /* Nor what it opened before: somebody who knew it may be signed in elsewhere. */
    struct answer before = trial_post(trial, NULL, "/sign-in", "login=case_manager&password=correct+horse+battery");
    trial_use(trial, "elsewhere", cookie_of(trial, before));
    assert_int_equal(trial_get(trial, "elsewhere", "/cases").status, 200);
    const char *letters = enrol_totp(trial, "case_manager");
    assert_int_equal(trial_get(trial, "elsewhere", "/cases").status, 401);
    assert_int_equal(trial_get(trial, "case_manager", "/cases").status, 200);
    clock_now += 60000;
    (void)first_step(trial, "case_manager", "half");
    static const char *const closed[] = {"/",     "/cases", "/account", "/account/second", "/account/second/totp",
                                         "/prove"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_int_equal(trial_get(trial, "half", closed[i]).status, 401);
    assert_int_equal(trial_post(trial, "half", "/account/second/codes", "").status, 401);
    assert_int_equal(trial_post(trial, "half", "/unlock", "password=correct+horse+battery").status, 401);

    assert_int_equal(second_step(trial, "half", "000000").status, 422);
    const char *code = phone_code(trial, letters, clock_now);
    struct answer in = second_step(trial, "half", code);
    assert_int_equal(in.status, 303);
    trial_use(trial, "whole", cookie_of(trial, in));
    assert_int_equal(trial_get(trial, "whole", "/cases").status, 200);
    /* The half session is gone with it. */
    assert_int_equal(second_step(trial, "half", phone_code(trial, letters, clock_now + 30000)).status, 401);
}

static void m7_1_a_code_serves_once_and_clocks_may_differ_by_one_step(void **state)
{
    struct trial *trial = *state;
    const char *letters = enrol_totp(trial, "team_member");
    static const struct {
        int after_ms; /* the phone's clock against the server's */
        int status;
    } rows[] = {{-60000, 422}, {60000, 422}, {90000, 422}, {-30000, 303}, {0, 303}, {30000, 303}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        clock_now += 5 * 60000;
        (void)first_step(trial, "team_member", "half");
        const char *code = phone_code(trial, letters, clock_now + rows[i].after_ms);
        assert_int_equal(second_step(trial, "half", code).status, rows[i].status);
        if (rows[i].status == 303) {
            (void)first_step(trial, "team_member", "half");
            assert_int_equal(second_step(trial, "half", code).status, 422); /* the same again */
            clock_now += 5 * 60000;
            (void)first_step(trial, "team_member", "half");
            assert_int_equal(second_step(trial, "half", phone_code(trial, letters, clock_now)).status, 303);
        }
    }
}

static void m7_1_guessing_codes_is_slowed_down(void **state)
{
    struct trial *trial = *state;
    const char *letters = enrol_totp(trial, "intake");
    clock_now += 5 * 60000;
    (void)first_step(trial, "intake", "half");
    for (int i = 0; i < 5; i++)
        assert_int_equal(second_step(trial, "half", "123123").status, 422);
    assert_int_equal(second_step(trial, "half", phone_code(trial, letters, clock_now)).status, 422);
    clock_now += 31000;
    assert_int_equal(second_step(trial, "half", phone_code(trial, letters, clock_now)).status, 303);
}

static void half_a_session_lasts_ten_minutes(void **state)
{
    struct trial *trial = *state;
    const char *letters = enrol_totp(trial, "programme_manager");
    clock_now += 5 * 60000;
    (void)first_step(trial, "programme_manager", "half");
    clock_now += 10 * 60000 + 1000;
    assert_int_equal(second_step(trial, "half", phone_code(trial, letters, clock_now)).status, 401);
}

static void m7_1_printed_codes_work_once_each(void **state)
{
    struct trial *trial = *state;
    struct answer made = trial_post(trial, "auditor", "/account/second/codes", "");
    assert_int_equal(made.status, 303);
    struct answer page = trial_get(trial, "auditor", made.location);
    const char *codes[FACTOR_CODES];
    const char *at = page.body;
    for (int i = 0; i < FACTOR_CODES; i++) {
        at = strstr(at, "<strong class=\"app-code\">");
        assert_non_null(at);
        at += strlen("<strong class=\"app-code\">");
        codes[i] = arena_text_n(trial_arena(trial), at, 19);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(codes[i], codes[j]);
        assert_false(trial_holds(trial, codes[i]));
    }
    for (int i = 0; i < FACTOR_CODES; i++) {
        (void)first_step(trial, "auditor", "half");
        struct answer in = second_step(trial, "half", codes[i]);
        assert_int_equal(in.status, 303);
        (void)first_step(trial, "auditor", "half");
        assert_int_equal(second_step(trial, "half", codes[i]).status, 422);
        trial_use(trial, "auditor", cookie_of(trial, in));
    }
    /* None is left: the account does not fall back to the password alone. */
    (void)first_step(trial, "auditor", "half");
    /* They are nobody else's to see. */
    assert_int_equal(trial_get(trial, "administrator", made.location).status, 404);
}

static void codes_are_read_as_people_write_them(void **state)
{
    struct trial *trial = *state;
    struct answer made = trial_post(trial, "administrator", "/account/second/codes", "");
    struct answer page = trial_get(trial, "administrator", made.location);
    const char *code = trial_between(trial, page, "<strong class=\"app-code\">", "</strong>");
    char *typed = arena_text(trial_arena(trial), code);
    for (char *c = typed; *c != '\0'; c++) {
        if (*c == '-')
            *c = '+'; /* a blank in a form */
        else if (*c == '0')
            *c = 'o';
        else if (*c == '1')
            *c = 'l';
        else if (*c >= 'A')
            *c = (char)(*c - 'A' + 'a');
    }
    (void)first_step(trial, "administrator", "half");
    assert_int_equal(second_step(trial, "half", typed).status, 303);
    /* Shown for ten minutes, and only as long as they are the newest ones. */
    (void)trial_post(trial, "administrator", "/account/second/codes", "");
    assert_int_equal(trial_get(trial, "administrator", made.location).status, 404);
    static const char *const wrong[] = {
        "", "+", "12345", "1234567", "ABCD-EFGH-JKMN", "%F0%9F%98%80", "UUUU-UUUU-UUUU-UUUU"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        clock_now += 20 * 60000;
        (void)first_step(trial, "administrator", "half");
        assert_int_equal(second_step(trial, "half", wrong[i]).status, 422);
    }
}

static enum err require(struct db *db, void *data)
{
    size_t changed = 0;
    TRY(account_org_require(db, &(struct account_org_require_in){.org = trial_app(data)->org, .required = true},
                            &changed));
    return changed == 1 ? OK : ERR_NOT_FOUND;
}

static void m7_1_an_organisation_can_require_a_second_factor(void **state)
{
    struct trial *trial = *state;
    trial_change(trial, require, trial);
    struct answer in = trial_post(trial, NULL, "/sign-in", "login=stranger&password=correct+horse+battery");
    assert_int_equal(in.status, 303);
    trial_use(trial, "stranger", cookie_of(trial, in));
    /* Every page leads to the one that helps, changes do nothing. */
    struct answer first = trial_get(trial, "stranger", "/");
    assert_int_equal(first.status, 303);
    assert_string_equal(first.location, "/account/second");
    assert_int_equal(trial_post(trial, "stranger", "/account/password", "old=1&new=2&again=3").status, 303);
    assert_int_equal(trial_get(trial, "stranger", "/account/second").status, 200);
    (void)enrol_totp(trial, "stranger");
    assert_int_equal(trial_get(trial, "stranger", "/").status, 200);

    /* The last one cannot be taken away, one of two can. */
    struct answer page = trial_get(trial, "stranger", "/account/second");
    const char *remove = trial_between(trial, page, "href=\"/account/second/", "/remove\"");
    assert_non_null(remove);
    const char *path = arena_format(trial_arena(trial), "/account/second/%s/remove", remove);
    assert_int_equal(trial_post(trial, "stranger", path, "sure=yes").status, 422);
    assert_int_equal(trial_post(trial, "stranger", "/account/second/codes", "").status, 303);
    assert_int_equal(trial_post(trial, "stranger", path, "").status, 422);
    assert_int_equal(trial_post(trial, "stranger", path, "sure=yes").status, 303);
    assert_int_equal(trial_post(trial, "stranger", path, "sure=yes").status, 404);
}

static void what_was_typed_goes_through_both_steps(void **state)
{
    struct trial *trial = *state;
    const char *letters = enrol_totp(trial, "second_manager");
    const char *id = trial_case(trial, "Osis");
    clock_now += 5 * 60000;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/hand-over", id);
    struct answer half = trial_post(
        trial, NULL, "/sign-in",
        arena_format(trial_arena(trial),
                     "login=second_manager&password=correct+horse+battery&to=%s&kept.why=Long+words", path));
    assert_int_equal(half.status, 200);
    assert_true(trial_shows(half, "name=\"kept.why\" value=\"Long words\""));
    trial_use(trial, "half", cookie_of(trial, half));
    const char *fields = arena_format(trial_arena(trial), "code=%s&to=%s&kept.why=Long+words",
                                      phone_code(trial, letters, clock_now), path);
    struct answer wrong = trial_post(trial, "half", "/sign-in/second",
                                     arena_format(trial_arena(trial), "code=1&to=%s&kept.why=Long+words", path));
    assert_true(trial_shows(wrong, "name=\"kept.why\" value=\"Long words\""));
    struct answer back = trial_post(trial, "half", "/sign-in/second", fields);
    assert_int_equal(back.status, 200);
    assert_true(trial_shows(back, ">Long words</textarea>"));
}

static void m7_1_a_sensitive_act_asks_for_the_second_factor(void **state)
{
    struct trial *trial = *state;
    const char *letters = enrol_totp(trial, "outside_specialist");
    clock_now += 11 * 60000;
    struct answer asked = trial_get(trial, "outside_specialist", "/account/second/totp");
    assert_int_equal(asked.status, 401);
    assert_true(trial_shows(asked, "action=\"/prove/second\""));
    /* The password is not enough now. */
    assert_int_equal(
        trial_post(trial, "outside_specialist", "/prove", "password=correct+horse+battery&to=/account/second/totp")
            .status,
        403);
    struct answer proved = trial_post(
        trial, "outside_specialist", "/prove/second",
        arena_format(trial_arena(trial), "code=%s&to=/account/second/totp", phone_code(trial, letters, clock_now)));
    assert_int_equal(proved.status, 303);
    assert_string_equal(proved.location, "/account/second/totp");
    assert_int_equal(trial_get(trial, "outside_specialist", "/account/second/totp").status, 200);
}

static void m7_1_neither_disk_nor_administrator_has_the_secret(void **state)
{
    struct trial *trial = *state;
    const struct session *who = trial_session(trial, "outside_specialist");
    struct account_factor_list_row *rows;
    size_t count = 0;
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(account_factor_list(db, trial_arena(trial),
                                         &(struct account_factor_list_in){.org = who->org, .account = who->account},
                                         &rows, &count),
                     OK);
    assert_int_equal(count, 1);
    struct seal_key key;
    struct bytes secret;
    struct seal_place place = {.table = "account_factor", .column = "secret", .row = rows[0].id};
    seal_derive(&trial_session(trial, "administrator")->own.secret_half, "second factors", &key);
    assert_int_equal(seal_open_bytes(trial_arena(trial), &key, place, rows[0].secret, &secret), ERR_BROKEN);
    seal_derive(&who->own.secret_half, "second factors", &key);
    assert_int_equal(seal_open_bytes(trial_arena(trial), &key, place, rows[0].secret, &secret), OK);
    assert_int_equal(secret.len, FACTOR_SECRET_SIZE);
    assert_false(trial_holds(trial, account_totp_text(trial_arena(trial), secret.ptr)));
    store_reader_close(db);
}

/* The same password, as if somebody else had given it. */
static enum err give_password(struct db *db, void *data)
{
    struct trial *trial = data;
    struct account_user_by_login_row user;
    size_t changed = 0;
    int64_t org = trial_app(trial)->org;
    TRY(account_user_by_login(db, trial_arena(trial),
                              &(struct account_user_by_login_in){.org = org, .login = "case_manager", .now = clock_now},
                              &user));
    return account_user_reset(db,
                              &(struct account_user_reset_in){.org = org,
                                                              .id = user.id,
                                                              .password = user.password,
                                                              .secret = user.secret,
                                                              .password_until = clock_now + 24 * HOUR_MS},
                              &changed);
}

/* Whoever has a given password and a second factor, and thinks about the new one for ten minutes, was led round in a circle. */
static void m7_1_a_given_password_is_changed_after_proving_again(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    struct answer codes = trial_post(trial, "case_manager", "/account/second/codes", "");
    struct answer page = trial_get(trial, "case_manager", codes.location);
    const char *first = trial_between(trial, page, "<strong class=\"app-code\">", "</strong>");
    struct answer behind = page;
    behind.body = strstr(page.body, first) + strlen(first);
    const char *second = trial_between(trial, behind, "<strong class=\"app-code\">", "</strong>");
    trial_change(trial, give_password, trial);
    (void)first_step(trial, "case_manager", "half");
    struct answer in = second_step(trial, "half", first);
    trial_use(trial, "given", cookie_of(trial, in));
    /* Whoever gave it knows it until then, and cannot make themselves a way in beside it. */
    static const char *const closed[] = {"/account/second", "/account/second/totp", "/account/second/passkey",
                                         "/account/second/codes"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_string_equal(trial_get(trial, "given", closed[i]).location, "/account");
    assert_string_equal(trial_post(trial, "given", "/account/second/codes", "").location, "/account");
    clock_now += 11 * 60000;
    static const char *const typed = "old=correct+horse+battery&new=a+longer+new+password&again=a+longer+new+password";
    assert_int_equal(trial_post(trial, "given", "/account/password", typed).status, 401);
    struct answer proved = trial_post(trial, "given", "/prove/second",
                                      arena_format(arena, "code=%s&to=/account/password", second));
    assert_int_equal(proved.status, 200);
    assert_true(trial_shows(proved, "action=\"/account/password\""));
    assert_int_equal(trial_get(trial, "given", "/cases").status, 303); /* opens nothing else, as before */
    assert_int_equal(trial_post(trial, "given", "/account/password", typed).status, 303);
    assert_int_equal(trial_get(trial, "given", "/cases").status, 200);
}

static void devices_are_told_apart_in_coarse_words(void **state)
{
    (void)state;
    static const struct {
        const char *agent, *words;
    } rows[] = {
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
         "Safari/537.36",
         "Chrome, Windows"},
        {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox, Linux"},
        {"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
         "Chrome, Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Version/17.1 Mobile Safari/604.1",
         "Safari, iPhone"},
        {"curl/8", ""},
        {"", ""},
        {NULL, ""},
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(device_words(arena, rows[i].agent), rows[i].words);
    arena_free(arena);
}

/* Each test begins now, whatever the last one did to the clock. */
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
        cmocka_unit_test_setup(m7_1_the_password_alone_opens_nothing_any_more, reset_clock),
        cmocka_unit_test_setup(m7_1_a_code_serves_once_and_clocks_may_differ_by_one_step, reset_clock),
        cmocka_unit_test_setup(m7_1_guessing_codes_is_slowed_down, reset_clock),
        cmocka_unit_test_setup(half_a_session_lasts_ten_minutes, reset_clock),
        cmocka_unit_test_setup(m7_1_printed_codes_work_once_each, reset_clock),
        cmocka_unit_test_setup(codes_are_read_as_people_write_them, reset_clock),
        cmocka_unit_test_setup(what_was_typed_goes_through_both_steps, reset_clock),
        cmocka_unit_test_setup(m7_1_a_sensitive_act_asks_for_the_second_factor, reset_clock),
        cmocka_unit_test_setup(m7_1_neither_disk_nor_administrator_has_the_secret, reset_clock),
        cmocka_unit_test_setup(m7_1_an_organisation_can_require_a_second_factor, reset_clock),
        cmocka_unit_test_setup(m7_1_a_given_password_is_changed_after_proving_again, reset_clock),
        cmocka_unit_test_setup(devices_are_told_apart_in_coarse_words, reset_clock),
    };
    return cmocka_run_group_tests_name("second", tests, begin, trial_end);
}
