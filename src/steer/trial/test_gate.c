/* The gate through real requests: sessions, forgery, fields, double submits, and what was typed when a session had ended. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "platform/account/queries.h"
#include "platform/audit/queries.h"
#include "platform/store/scratch.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void nobody_is_asked_to_sign_in(void **state)
{
    struct answer answer = trial_get(*state, NULL, "/account");
    assert_int_equal(answer.status, 401);
    assert_true(trial_shows(answer, "name=\"password\""));
}

static void unknown_paths_are_not_found(void **state)
{
    assert_int_equal(trial_get(*state, NULL, "/nowhere").status, 404);
    assert_int_equal(trial_get(*state, "case_manager", "/cases/zzzzzzzzzzzzz/timeline").status, 404);
}

static void a_change_without_the_token_is_refused(void **state)
{
    struct trial *trial = *state;
    const char *text = arena_format(
        trial_arena(trial),
        "POST /language HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nCookie: ausma=%s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\n"
        "language=lv",
        trial_cookie(trial, "case_manager"));
    assert_int_equal(trial_raw(trial, (struct bytes){(const uint8_t *)text, strlen(text)}).status, 403);
    assert_int_equal(trial_post(trial, NULL, "/language", "language=lv").status, 401);
}

static void a_change_from_another_site_is_refused(void **state)
{
    struct trial *trial = *state;
    const char *text = "POST /sign-in HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nSec-Fetch-Site: cross-site\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nlogin=x";
    assert_int_equal(trial_raw(trial, (struct bytes){(const uint8_t *)text, strlen(text)}).status, 403);
}

/* Above a form, far from its fields, "Fill this in" says nothing: a message that fits any field comes with the field's name. */
static void what_is_wrong_is_told_by_name_in_the_order_of_the_page(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/meeting", trial_case(trial, "Palma"));
    const char *day = "#on\">When: enter day, month and year<";
    const char *own = "#language\">Write which language was spoken<"; /* the form's own words need no name */
    const char *choice = "#understood\">Did the child understand: choose one<";
    struct answer answer = trial_post(trial, "case_manager", path, "language=&on-day=&on-month=&on-year=");
    const char *page = answer.body;
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, day) && trial_shows(answer, own) && trial_shows(answer, choice));
    assert_true(strstr(page, day) < strstr(page, own) && strstr(page, own) < strstr(page, choice));
    assert_true(strstr(page, choice) < strstr(page, "<form method=\"post\" action=\"/cases/"));
}

static void an_undeclared_field_is_refused(void **state)
{
    assert_int_equal(trial_post(*state, "case_manager", "/language", "language=lv&role=administrator").status, 400);
}

static void a_wrong_code_is_shown_beside_its_field(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Ozols");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/course", id);
    struct answer answer = trial_post(trial, "case_manager", path, "what=nothing&on=2026-13-45");
    assert_int_equal(answer.status, 422);
    assert_true(trial_shows(answer, "id=\"what-error\""));
    assert_true(trial_shows(answer, "id=\"on-error\""));
}

static void m3_5_phases_overlap_and_a_second_click_does_nothing(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Liepa");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/course", id);
    const char *fields = "what=phase:recovery&on=2026-11-01&once=0000000000abc";
    struct answer first = trial_post(trial, "case_manager", path, fields);
    struct answer second = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(first.status, 303);
    assert_int_equal(second.status, 303);
    assert_string_equal(first.location, second.location);
    struct answer page = trial_get(trial, "case_manager", path);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "Rescue"));
    assert_true(trial_shows(page, "Recovery"));
}

static void m7_1_another_teams_case_is_not_there(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/timeline", trial_case(trial, "Egle"));
    assert_int_equal(trial_get(trial, "case_manager", path).status, 200);
    assert_int_equal(trial_get(trial, "second_manager", path).status, 200);
    assert_int_equal(trial_get(trial, "stranger", path).status, 404);
    assert_int_equal(trial_get(trial, "administrator", path).status, 403);
    assert_int_equal(trial_get(trial, "auditor", path).status, 403);
}

static void m3_7_the_end_of_a_funding_closes_nothing(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/close", trial_case(trial, "Osis"));
    struct answer page = trial_get(trial, "case_manager", path);
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    assert_non_null(version);
    const char *fields = arena_format(trial_arena(trial), "reason=funding_ended&on=%s&version=%s", trial_today(trial),
                                      version);
    struct answer refused = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(refused.status, 422);
    assert_true(trial_shows(refused, "Change the funding source"));
    fields = arena_format(trial_arena(trial), "reason=needs_met&words=Man+labi&on=%s&version=%s", trial_today(trial),
                          version);
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
}

static void what_was_typed_survives_the_end_of_a_session(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/close", trial_case(trial, "Zīle"));
    trial_expire(trial, "second_manager");
    struct answer asked = trial_post(trial, "case_manager", path, "reason=moved");
    assert_int_equal(asked.status, 422);
    const char *request = "reason=moved&words=Garš+stāsts";
    struct answer out = trial_post(trial, NULL, path, request);
    assert_int_equal(out.status, 401);
    assert_true(trial_shows(out, "name=\"kept.words\" value=\"Garš stāsts\""));
    const char *again = arena_format(trial_arena(trial),
                                     "login=second_manager&password=correct+horse+battery&to=%s&kept.reason=moved"
                                     "&kept.words=Gar%%C5%%A1+st%%C4%%81sts",
                                     path);
    struct answer back = trial_post(trial, NULL, "/sign-in", again);
    assert_true(strlen(back.cookie) > 40);
    assert_true(trial_shows(back, "Garš stāsts"));
}

static void wrong_passwords_look_alike_and_lock(void **state)
{
    struct trial *trial = *state;
    struct answer unknown = trial_post(trial, NULL, "/sign-in", "login=nobody&password=something+long");
    struct answer wrong = trial_post(trial, NULL, "/sign-in", "login=auditor&password=something+long");
    assert_int_equal(unknown.status, 422);
    assert_int_equal(wrong.status, 422);
    for (int i = 0; i < 5; i++)
        (void)trial_post(trial, NULL, "/sign-in", "login=auditor&password=something+long");
    struct answer locked = trial_post(trial, NULL, "/sign-in", "login=auditor&password=correct+horse+battery");
    assert_int_equal(locked.status, 422);
    assert_string_equal(locked.cookie, "");
}

static void a_full_disk_saves_nothing_and_loses_nothing(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/close", trial_case(trial, "Amata"));
    const char *version = trial_between(trial, trial_get(trial, "case_manager", path), "name=\"version\" value=\"",
                                        "\"");
    const char *fields = arena_format(trial_arena(trial), "reason=moved&words=Gari+v%%C4%%81rdi&on=%s&version=%s",
                                      trial_today(trial), version);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit tiny = {4096, before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    struct answer full = trial_post(trial, "case_manager", path, fields);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(full.status, 507);
    assert_true(trial_shows(full, "Gari vārdi"));
    assert_int_equal(trial_post(trial, "case_manager", path, fields).status, 303);
}

static void only_own_paths_are_gone_to(void **state)
{
    struct trial *trial = *state;
    struct answer answer = trial_post(trial, "team_member", "/language", "language=lv&to=%2F%2Fevil.example%2F");
    assert_int_equal(answer.status, 303);
    assert_string_equal(answer.location, "/");
    static const char *const others[] = {"https://evil.example",
                                         "//evil.example",
                                         "/\\evil.example",
                                         "/.//evil.example",
                                         "/..//evil.example",
                                         "/x//evil.example",
                                         "/\xe2\x80\xa8/x",
                                         "/a b",
                                         "/%0d%0aSet-Cookie: a=b",
                                         "javascript:x",
                                         ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        answer = trial_post(trial, "team_member", "/language",
                            arena_format(trial_arena(trial), "language=lv&to=%s", trial_encode(trial, others[i])));
        assert_int_equal(answer.status, 303);
        assert_string_equal(answer.location, "/");
    }
    answer = trial_post(trial, "team_member", "/language",
                        "language=en&to=%2Fcases%3Fwhich%3Dmine%26after%3D2026-01-01%23x");
    assert_string_equal(answer.location, "/cases?which=mine&after=2026-01-01#x");
}

static bool says_signed_out(struct trial *trial, const char *site)
{
    const char *request = arena_format(trial_arena(trial),
                                       "GET /sign-in?done=entrance.signed_out&l=en HTTP/1.1\r\nHost: trial\r\n"
                                       "Connection: close\r\n%s\r\n",
                                       site);
    struct answer answer = trial_raw(trial, (struct bytes){(const uint8_t *)request, strlen(request)});
    assert_int_equal(answer.status, 200);
    return trial_shows(answer, "app-notice");
}

static void no_other_site_makes_us_say_that_something_was_done(void **state)
{
    assert_true(says_signed_out(*state, "Sec-Fetch-Site: same-origin\r\n"));
    assert_true(says_signed_out(*state, ""));
    assert_false(says_signed_out(*state, "Sec-Fetch-Site: cross-site\r\n"));
    assert_false(says_signed_out(*state, "Sec-Fetch-Site: none\r\n"));
}

/* A text as long as its field allows is taken, in letters that take most room on the way; a longer one is told about beside the field. */
static void the_longest_text_is_taken(void **state)
{
    struct trial *trial = *state;
    struct buf body;
    buf_init(&body, trial_arena(trial), 200000);
    buf_text(&body, "source=anonymous&way=none&urgency=week&story=");
    for (int i = 0; i < 20000; i++)
        buf_text(&body, "%D0%96");
    assert_int_equal(trial_post(trial, NULL, "/refer", body.ptr).status, 303);
    buf_text(&body, "%D0%96");
    assert_int_equal(trial_post(trial, NULL, "/refer", body.ptr).status, 422);
}

/* Whoever can write to the data could put a public half of their own there, and read what is sealed to it from then on. */
struct exchange {
    const char *read, *write;
    uint8_t half[SEAL_KEY_SIZE]; /* what is to be put there; then what stood there */
};

static enum err take_half(void *data, const struct value *columns)
{
    assert_int_equal(columns->bytes.len, SEAL_KEY_SIZE);
    memcpy(data, columns->bytes.ptr, SEAL_KEY_SIZE);
    return OK;
}

static enum err exchange_half(struct db *db, void *data)
{
    struct exchange *exchange = data;
    uint8_t before[SEAL_KEY_SIZE];
    const struct sql read = {.name = "read", .text = exchange->read, .slot = SLOT_NONE, .outputs = 1};
    const struct sql write = {.name = "write", .text = exchange->write, .slot = SLOT_NONE, .inputs = 1, .kinds = "b"};
    const struct value half = {.kind = VALUE_BYTES, .bytes = {exchange->half, sizeof exchange->half}};
    TRY(db_run(db, &read, NULL, take_half, before, NULL));
    TRY(db_run(db, &write, &half, NULL, NULL, NULL));
    memcpy(exchange->half, before, sizeof before);
    return OK;
}

static void m7_1_an_exchanged_public_half_is_noticed_at_sign_in(void **state)
{
    struct trial *trial = *state;
    struct exchange of_team = {.read = "SELECT public FROM account_team WHERE intake = 1",
                               .write = "UPDATE account_team SET public = ?1 WHERE intake = 1",
                               .half = {9}};
    struct exchange of_account = {.read = "SELECT public FROM account_user WHERE login = 'administrator'",
                                  .write = "UPDATE account_user SET public = ?1 WHERE login = 'administrator'",
                                  .half = {9}};
    const char *member = "login=team_member&password=correct+horse+battery";
    const char *administrator = "login=administrator&password=correct+horse+battery";
    assert_int_equal(trial_post(trial, NULL, "/sign-in", member).status, 303);
    trial_change(trial, exchange_half, &of_team);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", member).status, 500);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", administrator).status, 303);
    trial_change(trial, exchange_half, &of_account);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", administrator).status, 500);
    trial_change(trial, exchange_half, &of_team);
    trial_change(trial, exchange_half, &of_account);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", member).status, 303);
}

/* Signing in on a browser where somebody is signed in ends what was there. */
static void another_sign_in_ends_the_session_before(void **state)
{
    struct trial *trial = *state;
    struct answer first = trial_post(trial, NULL, "/sign-in", "login=programme_manager&password=correct+horse+battery");
    assert_int_equal(first.status, 303);
    const char *token = arena_text_n(trial_arena(trial), first.cookie + strlen("ausma="),
                                     strcspn(first.cookie, ".;") - strlen("ausma="));
    struct gate_csrf csrf;
    gate_csrf(token, &csrf);
    const char *body = arena_format(trial_arena(trial),
                                    "login=programme_manager&password=correct+horse+battery&csrf=%s", csrf.text);
    const char *again = arena_format(
        trial_arena(trial),
        "POST /sign-in HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nCookie: ausma=%s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
        token, strlen(body), body);
    const char *look = arena_format(
        trial_arena(trial), "GET /account HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nCookie: ausma=%s\r\n\r\n",
        token);
    assert_int_equal(trial_raw(trial, (struct bytes){(const uint8_t *)look, strlen(look)}).status, 200);
    assert_int_equal(trial_raw(trial, (struct bytes){(const uint8_t *)again, strlen(again)}).status, 303);
    assert_int_equal(trial_raw(trial, (struct bytes){(const uint8_t *)look, strlen(look)}).status, 401);
}

static const char *kept_sign_in(struct trial *trial, const char *password, const char *rest)
{
    return arena_format(trial_arena(trial), "login=case_manager&password=%s&%s", password, rest);
}

static void what_was_kept_can_be_saved(void **state)
{
    struct trial *trial = *state;
    const char *path = arena_format(trial_arena(trial), "/cases/%s/course", trial_case(trial, "Ogre"));
    const char *kept = arena_format(trial_arena(trial), "to=%s&kept.what=funding:own&kept.on=2026-11-01&once=%s", path,
                                    "0000000000abd");
    struct answer wrong = trial_post(trial, NULL, "/sign-in", kept_sign_in(trial, "something+wrong", kept));
    assert_int_equal(wrong.status, 422);
    assert_true(trial_shows(wrong, "name=\"kept.what\" value=\"funding:own\""));
    struct answer back = trial_post(trial, NULL, "/sign-in", kept_sign_in(trial, "correct+horse+battery", kept));
    assert_int_equal(back.status, 200);
    const char *once = trial_between(trial, back, "name=\"once\" value=\"", "\"");
    assert_non_null(once);
    struct answer saved = trial_post(trial, "case_manager", path,
                                     arena_format(trial_arena(trial), "what=funding:own&on=2026-11-01&once=%s", once));
    assert_int_equal(saved.status, 303);
}

static void kept_fields_of_no_page_do_no_harm(void **state)
{
    struct trial *trial = *state;
    struct answer answer = trial_post(trial, NULL, "/sign-in",
                                      kept_sign_in(trial, "correct+horse+battery", "kept.x=y"));
    assert_int_equal(answer.status, 303);
    assert_int_equal(trial_get(trial, NULL, "/sign-in").status, 200);
}

static void a_password_is_never_kept(void **state)
{
    struct answer answer = trial_post(*state, NULL, "/account/password", "old=first+secret&new=other+secret&again=x");
    assert_int_equal(answer.status, 401);
    assert_false(trial_shows(answer, "first secret"));
    assert_false(trial_shows(answer, "other secret"));
}

static void one_number_serves_all_forms_of_a_page(void **state)
{
    struct trial *trial = *state;
    struct answer language = trial_post(trial, "intake", "/language", "language=lv&to=/account&once=0000000000abe");
    assert_int_equal(language.status, 303);
    struct answer out = trial_post(trial, "intake", "/sign-out", "once=0000000000abe");
    assert_true(text_starts(out.location, "/sign-in"));
    assert_int_equal(trial_get(trial, "intake", "/account").status, 401);
}

static enum err nothing(struct db *db, void *data)
{
    (void)db;
    (void)data;
    return OK;
}

/* How often the newest rows of a case's trail say this. */
static size_t audited(struct trial *trial, const char *id, const char *act)
{
    struct db *db;
    struct audit_entry_of_case_row *rows;
    size_t count;
    size_t found = 0;
    int64_t case_id = 0;
    trial_change(trial, nothing, NULL);
    assert_true(id_parse(id, &case_id));
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(
        audit_entry_of_case(db, trial_arena(trial),
                            &(struct audit_entry_of_case_in){
                                .org = trial_app(trial)->org, .case_id = case_id, .before = INT64_MAX, .limit = 50},
                            &rows, &count),
        OK);
    for (size_t i = 0; i < count; i++)
        found += text_same(rows[i].act, act);
    store_reader_close(db);
    return found;
}

static void m7_2_a_page_with_errors_is_looked_at_too(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Salna");
    const char *path = arena_format(trial_arena(trial), "/cases/%s/close", id);
    size_t before = audited(trial, id, "case.read");
    assert_int_equal(trial_get(trial, "case_manager", arena_format(trial_arena(trial), "%s?version=x", path)).status,
                     422);
    assert_int_equal(audited(trial, id, "case.read"), before + 1);
    assert_int_equal(trial_post(trial, "case_manager", path, "reason=moved").status, 422);
    assert_int_equal(audited(trial, id, "case.read"), before + 2);
    const char *kept = arena_format(trial_arena(trial), "to=%s&kept.reason=moved", path);
    struct answer back = trial_post(trial, NULL, "/sign-in", kept_sign_in(trial, "correct+horse+battery", kept));
    assert_true(trial_shows(back, "name=\"words\""));
    assert_int_equal(audited(trial, id, "case.read"), before + 3);
}

/* A writer that stands still, and jobs behind it, as many as half of its queue has room for. */
struct crowd {
    struct store_job first;
    struct store_job rest[512];
    sem_t standing, go, over;
};

static enum err wait_to_go(struct db *db, void *data)
{
    struct crowd *crowd = data;
    (void)db;
    (void)sem_post(&crowd->standing);
    (void)sem_wait(&crowd->go);
    return OK;
}

static void is_over(void *data, enum err result)
{
    (void)result;
    (void)sem_post(&((struct crowd *)data)->over);
}

static void m7_2_what_cannot_be_written_down_is_not_shown(void **state)
{
    struct trial *trial = *state;
    struct crowd *crowd = calloc(1, sizeof *crowd);
    const char *home = arena_format(trial_arena(trial), "/cases/%s", trial_case(trial, "Salna"));
    assert_int_equal(trial_get(trial, "case_manager", home).status, 200);
    assert_non_null(crowd);
    assert_int_equal(sem_init(&crowd->standing, 0, 0), 0);
    assert_int_equal(sem_init(&crowd->go, 0, 0), 0);
    assert_int_equal(sem_init(&crowd->over, 0, 0), 0);
    crowd->first = (struct store_job){.run = wait_to_go, .done = is_over, .data = crowd};
    assert_int_equal(store_submit(trial_app(trial)->store, &crowd->first), OK);
    (void)sem_wait(&crowd->standing);
    for (size_t i = 0; i < 512; i++) {
        crowd->rest[i] = (struct store_job){.run = nothing, .done = is_over, .data = crowd};
        assert_int_equal(store_submit(trial_app(trial)->store, &crowd->rest[i]), OK);
    }
    struct answer refused = trial_get(trial, "case_manager", home);
    assert_int_equal(refused.status, 503);
    assert_false(trial_shows(refused, "Salna"));
    assert_int_equal(trial_get(trial, "case_manager", "/account").status, 200);
    /* A thread that waited in vain does not wait again: others' pages wait behind it. Each half a second would be twenty. */
    int64_t began = time_now();
    for (int i = 0; i < 40; i++)
        (void)trial_get(trial, "case_manager", home);
    int64_t took = time_now() - began;
    /* What was typed stays with who typed it; changes have room. */
    struct answer again = trial_post(trial, "case_manager", arena_format(trial_arena(trial), "%s/close", home),
                                     "reason=moved");
    assert_int_equal(again.status, 422);
    assert_true(trial_shows(again, "value=\"moved\""));
    (void)sem_post(&crowd->go);
    for (size_t i = 0; i < 513; i++)
        (void)sem_wait(&crowd->over);
    assert_true(took < 10 * 1000);
    assert_int_equal(trial_get(trial, "case_manager", home).status, 200);
    free(crowd);
}

static void guessing_the_old_password_locks(void **state)
{
    struct trial *trial = *state;
    const char *wrong = "old=something+long&new=another+long+one&again=another+long+one";
    const char *right = "old=correct+horse+battery&new=another+long+one&again=another+long+one";
    for (int i = 0; i < 5; i++)
        assert_int_equal(trial_post(trial, "auditor", "/account/password", wrong).status, 422);
    assert_int_equal(trial_post(trial, "auditor", "/account/password", right).status, 422);
    assert_int_equal(trial_post(trial, "auditor", "/unlock", "password=correct+horse+battery").status, 422);
}

static void another_password_ends_other_sessions(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    struct answer other = trial_post(trial, NULL, "/sign-in", "login=stranger&password=correct+horse+battery");
    const char *text = arena_format(arena,
                                    "GET /account HTTP/1.1\r\nHost: trial\r\nConnection: close\r\nCookie: %.*s\r\n\r\n",
                                    (int)strcspn(other.cookie, ";"), other.cookie);
    const struct bytes request = {(const uint8_t *)text, strlen(text)};
    assert_int_equal(trial_raw(trial, request).status, 200);
    struct answer changed = trial_post(trial, "stranger", "/account/password",
                                       "old=correct+horse+battery&new=another+long+one&again=another+long+one");
    assert_int_equal(changed.status, 303);
    assert_int_equal(trial_raw(trial, request).status, 401);
    assert_int_equal(trial_get(trial, "stranger", "/account").status, 200);
}

struct many {
    struct arena *arena;
    struct sign_in attempts[6];
};

static enum err finish_all(struct db *db, void *data)
{
    struct many *many = data;
    for (size_t i = 0; i < 6; i++)
        TRY(account_sign_in_finish(db, many->arena, &many->attempts[i]));
    return OK;
}

/* All of them looked the account up before the first one was counted. */
static void guesses_at_the_same_time_all_count(void **state)
{
    struct trial *trial = *state;
    struct many many = {.arena = trial_arena(trial)};
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    for (size_t i = 0; i < 6; i++) {
        many.attempts[i] = (struct sign_in){.org = trial_app(trial)->org,
                                            .login = "programme_manager",
                                            .password = i < 5 ? "something long" : "correct horse battery",
                                            .now = 1};
        assert_int_equal(account_sign_in_look(db, many.arena, &many.attempts[i]), OK);
        assert_int_equal(account_sign_in_open(&many.attempts[i]), OK);
    }
    store_reader_close(db);
    assert_true(many.attempts[5].opened);
    trial_change(trial, finish_all, &many);
    assert_false(many.attempts[5].opened);
    assert_string_equal(many.attempts[5].token, "");
}

struct race {
    struct trial *trial;
    const char *path;
    int64_t case_id;
    struct answer answer;
    pthread_t thread;
};

static void *begin_strand(void *data)
{
    struct race *race = data;
    race->answer = trial_post(race->trial, "case_manager", race->path, "what=strand:legal&on=2026-11-01");
    return NULL;
}

/* Closes the case while somebody's change of it already waits behind this one. */
static enum err close_meanwhile(struct db *db, void *data)
{
    struct race *race = data;
    size_t closed = 0;
    assert_int_equal(pthread_create(&race->thread, NULL, begin_strand, race), 0);
    (void)usleep(300 * 1000);
    TRY(record_case_close(db,
                          &(struct record_case_close_in){.org = trial_app(race->trial)->org,
                                                         .id = race->case_id,
                                                         .closed_on = "2026-11-02",
                                                         .reason = "moved",
                                                         .version = 1},
                          &closed));
    return closed == 1 ? OK : ERR_CONFLICT;
}

static void a_case_closed_meanwhile_takes_no_change(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Brasla");
    struct race race = {.trial = trial, .path = arena_format(trial_arena(trial), "/cases/%s/course", id)};
    assert_true(id_parse(id, &race.case_id));
    trial_change(trial, close_meanwhile, &race);
    assert_int_equal(pthread_join(race.thread, NULL), 0);
    assert_int_equal(race.answer.status, 409);
}

struct takeover {
    struct trial *trial;
    const char *path;
    const char *fields;
    struct answer answer;
    pthread_t thread;
};

static void *change_as_thief(void *data)
{
    struct takeover *takeover = data;
    takeover->answer = trial_post(takeover->trial, "thief", takeover->path, takeover->fields);
    return NULL;
}

/* The owner ends the other sessions while one of them waits behind this with a change. */
static enum err end_meanwhile(struct db *db, void *data)
{
    struct takeover *takeover = data;
    size_t ended = 0;
    int64_t account = trial_account(takeover->trial, "administrator");
    assert_int_equal(pthread_create(&takeover->thread, NULL, change_as_thief, takeover), 0);
    (void)usleep(1500 * 1000);
    TRY(account_session_end_others(
        db,
        &(struct account_session_end_others_in){.org = trial_app(takeover->trial)->org,
                                                .account = account,
                                                .id = trial_session(takeover->trial, "administrator")->id},
        &ended));
    return ended >= 1 ? OK : ERR_CONFLICT;
}

static void m7_1_a_session_that_was_ended_meanwhile_changes_nothing(void **state)
{
    struct trial *trial = *state;
    static const char own[] = "login=administrator&password=correct+horse+battery";
    static const struct {
        const char *path, *fields;
    } changes[] = {
        {"/account/password", "old=correct+horse+battery&new=a+longer+new+password&again=a+longer+new+password"},
        {"/account/second/codes", ""},
        {"/sign-out", ""},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct takeover takeover = {.trial = trial, .path = changes[i].path, .fields = changes[i].fields};
        struct answer in = trial_post(trial, NULL, "/sign-in", own);
        assert_int_equal(in.status, 303);
        const char *value = strchr(in.cookie, '=') + 1;
        trial_use(trial, "thief", arena_text_n(trial_arena(trial), value, strcspn(value, ".;")));
        trial_change(trial, end_meanwhile, &takeover);
        assert_int_equal(pthread_join(takeover.thread, NULL), 0);
        assert_int_equal(takeover.answer.status, 401);
    }
    assert_int_equal(trial_get(trial, "administrator", "/").status, 200);
    assert_int_equal(trial_post(trial, NULL, "/sign-in", own).status, 303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_asked_to_sign_in),
        cmocka_unit_test(unknown_paths_are_not_found),
        cmocka_unit_test(a_change_without_the_token_is_refused),
        cmocka_unit_test(a_change_from_another_site_is_refused),
        cmocka_unit_test(what_is_wrong_is_told_by_name_in_the_order_of_the_page),
        cmocka_unit_test(an_undeclared_field_is_refused),
        cmocka_unit_test(a_wrong_code_is_shown_beside_its_field),
        cmocka_unit_test(m3_5_phases_overlap_and_a_second_click_does_nothing),
        cmocka_unit_test(m7_1_another_teams_case_is_not_there),
        cmocka_unit_test(m3_7_the_end_of_a_funding_closes_nothing),
        cmocka_unit_test(what_was_typed_survives_the_end_of_a_session),
        cmocka_unit_test(wrong_passwords_look_alike_and_lock),
        cmocka_unit_test(only_own_paths_are_gone_to),
        cmocka_unit_test(no_other_site_makes_us_say_that_something_was_done),
        cmocka_unit_test(the_longest_text_is_taken),
        cmocka_unit_test(another_sign_in_ends_the_session_before),
        cmocka_unit_test(m7_1_an_exchanged_public_half_is_noticed_at_sign_in),
        cmocka_unit_test(what_was_kept_can_be_saved),
        cmocka_unit_test(a_case_closed_meanwhile_takes_no_change),
        cmocka_unit_test(kept_fields_of_no_page_do_no_harm),
        cmocka_unit_test(a_password_is_never_kept),
        cmocka_unit_test(m7_2_a_page_with_errors_is_looked_at_too),
        cmocka_unit_test(m7_2_what_cannot_be_written_down_is_not_shown),
        cmocka_unit_test(guesses_at_the_same_time_all_count),
        cmocka_unit_test(guessing_the_old_password_locks),
        cmocka_unit_test(another_password_ends_other_sessions),
        cmocka_unit_test(one_number_serves_all_forms_of_a_page),
        cmocka_unit_test(m7_1_a_session_that_was_ended_meanwhile_changes_nothing),
        cmocka_unit_test(a_full_disk_saves_nothing_and_loses_nothing),
    };
    /* The disk of a server is not ours to fill: there the last one is left out. */
    size_t count = sizeof tests / sizeof *tests - (scratch_on_server() ? 1 : 0);
    return _cmocka_run_group_tests("gate", tests, count, trial_begin, trial_end);
}
