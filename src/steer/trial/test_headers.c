/* What goes along with every answer of every route, for browsers to hold to: no other site, no copy kept, no cookie but the session's. */
#include "base/buf.h"
#include "base/text.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* Every answer of the gate has these, once, and so. A value that ends in '*' goes on. */
static const char *const ALWAYS[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Permissions-Policy", "accelerometer=()*"},
    {"X-Robots-Tag", "noindex, nofollow"},
};

static size_t lines_of(const char *head, const char *name, const char **value)
{
    size_t count = 0;
    size_t len = strlen(name);
    for (const char *line = head; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            *value = line + len + 2;
            count++;
        }
    }
    return count;
}

static bool value_is(const char *value, const char *expected)
{
    size_t len = strlen(expected);
    if (expected[len - 1] == '*')
        return strncmp(value, expected, len - 1) == 0;
    return strncmp(value, expected, len) == 0 && (value[len] == '\r' || value[len] == '\0');
}

static void expect(struct answer answer, const char *what, const char *name, const char *expected)
{
    const char *value = "";
    size_t count = lines_of(answer.head, name, &value);
    if (count != 1 || !value_is(value, expected))
        fail_msg("%s answers %s %zu times:\n%s", what, name, count, answer.head);
}

static void expect_none(struct answer answer, const char *what, const char *name)
{
    const char *value = "";
    if (lines_of(answer.head, name, &value) != 0)
        fail_msg("%s answers with %s:\n%s", what, name, answer.head);
}

static void look(struct answer answer, const char *what, bool asset)
{
    const char *value = "";
    for (size_t i = 0; i < sizeof ALWAYS / sizeof *ALWAYS; i++)
        expect(answer, what, ALWAYS[i][0], ALWAYS[i][1]);
    if (asset && answer.status == 200)
        expect(answer, what, "Cache-Control", "public, max-age=31536000, immutable");
    else
        expect(answer, what, "Cache-Control", "no-store");
    if (lines_of(answer.head, "Location", &value) == 1 && (value[0] != '/' || value[1] == '/'))
        fail_msg("%s leads to %s", what, value);
    expect_none(answer, what, "Access-Control-Allow-Origin");
    expect_none(answer, what, "Server");
    expect_none(answer, what, "X-Powered-By");
    expect_none(answer, what, "ETag");
    expect_none(answer, what, "Last-Modified");
}

/* The first part in braces is a case, the others are nothing. */
static const char *filled(struct trial *trial, const char *pattern, const char *case_id)
{
    struct buf out;
    buf_init(&out, trial_arena(trial), 128);
    const char *next = text_starts(pattern, "/cases/{") ? case_id : "0000000000zzz";
    while (*pattern != '\0') {
        if (*pattern != '{') {
            buf_char(&out, *pattern++);
            continue;
        }
        buf_text(&out, next);
        next = "0000000000zzz";
        pattern = strchr(pattern, '}') + 1;
    }
    return out.ptr;
}

static void walk(struct trial *trial, const char *who, const char *case_id)
{
    const struct app *app = trial_app(trial);
    for (size_t i = 0; i < app->route_count; i++) {
        const struct route *route = app->routes[i];
        const char *path = filled(trial, route->path, case_id);
        bool asset = text_starts(path, "/assets/");
        /* The POST of a field that no route has stops before anything changes; a plain one meets what the form checks. */
        struct answer answer = route->method == HTTP_POST ? trial_post(trial, who, path, "zzz=1")
                                                          : trial_get(trial, who, path);
        look(answer, path, asset);
        expect_none(answer, path, "Set-Cookie");
        expect_none(answer, path, "Clear-Site-Data");
    }
}

static void m7_1_every_answer_of_every_route_has_the_headers(void **state)
{
    struct trial *trial = *state;
    const char *case_id = trial_case(trial, "Bērziņš");
    static const char *const people[] = {NULL,      "case_manager",     "stranger", "administrator",
                                         "auditor", "programme_manager"};
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        walk(trial, people[i], case_id);
    look(trial_get(trial, NULL, "/no/such/page"), "a page that is not", false);
    look(trial_post(trial, "case_manager", "/cases", "x=1"), "a method that is not", false);
    look(trial_get(trial, NULL, "/?l=lv&l=en&x=%ff%0d%0aSet-Cookie:%20a=b"), "an odd query", false);
    expect_none(trial_get(trial, NULL, "/sign-in?to=%0d%0aSet-Cookie:%20a=b"), "a line in a field", "Set-Cookie");
}

static struct answer raw(struct trial *trial, const char *text)
{
    return trial_raw(trial, (struct bytes){(const uint8_t *)text, strlen(text)});
}

/* What the server itself refuses, before there is a page, is not to be kept or framed either. */
static void m7_1_refusals_of_the_server_are_not_kept(void **state)
{
    static const char *const requests[] = {
        "PUT / HTTP/1.1\r\nHost: trial\r\nConnection: close\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: trial\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: trial\r\nHost: other\r\nConnection: close\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: trial\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct answer answer = raw(*state, requests[i]);
        assert_in_range(answer.status, 400, 499);
        expect(answer, requests[i], "Cache-Control", "no-store");
        expect(answer, requests[i], "X-Content-Type-Options", "nosniff");
        expect(answer, requests[i], "Referrer-Policy", "no-referrer");
        expect(answer, requests[i], "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        expect_none(answer, requests[i], "Set-Cookie");
    }
}

static const char SIGN_IN[] = "login=case_manager&password=correct%20horse%20battery";

/* One, which holds the session's token and the one by which the browser is known again when it signs in. */
static void only_own_cookie(struct answer answer)
{
    size_t count = 0;
    for (const char *line = strcasestr(answer.head, "\nSet-Cookie: "); line != NULL;
         line = strcasestr(line + 1, "\nSet-Cookie: ")) {
        const char *cookie = line + strlen("\nSet-Cookie: ");
        const char *rest = cookie + strcspn(cookie, ";");
        assert_true(text_starts(cookie, "__Host-ausma="));
        assert_true(text_starts(rest, "; Path=/; HttpOnly; SameSite=Strict; Secure"));
        assert_true(rest - cookie <= 100);
        count++;
    }
    assert_int_equal(count, 1);
    assert_null(strcasestr(answer.head, "Domain="));
}

static void m7_1_the_only_cookie_is_the_sessions_and_bound_to_the_host(void **state)
{
    struct trial *trial = *state;
    expect_none(trial_post(trial, NULL, "/sign-in", SIGN_IN), "sign-in without TLS", "Strict-Transport-Security");
    trial_app(trial)->config.plain_cookie = false;
    struct answer answer = trial_post(trial, NULL, "/sign-in", SIGN_IN);
    trial_app(trial)->config.plain_cookie = true;
    assert_int_equal(answer.status, 303);
    look(answer, "/sign-in", false);
    only_own_cookie(answer);
    expect(answer, "/sign-in", "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
}

static void m7_1_signing_out_clears_the_browser(void **state)
{
    struct trial *trial = *state;
    struct answer answer = trial_post(trial, "second_manager", "/sign-out", "");
    assert_int_equal(answer.status, 303);
    look(answer, "/sign-out", false);
    expect(answer, "/sign-out", "Clear-Site-Data", "\"cache\", \"storage\"");
    expect(answer, "/sign-out", "Set-Cookie", "ausma=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    assert_int_equal(trial_get(trial, "second_manager", "/account").status, 401);
}

static void only_cookie_is_fresh(struct answer answer, const char *sent)
{
    size_t value = strcspn(answer.cookie + strlen("ausma="), ";");
    assert_int_equal(value, 2 * 43 + 1);
    assert_true(strlen(sent) < 3 || strstr(answer.cookie, sent) == NULL);
    assert_null(strcasestr(answer.cookie, "x=y"));
}

/* The browser stays known, in the same cookie; the session does not. */
static void m7_1_signing_out_leaves_the_browser_known(void **state)
{
    struct trial *trial = *state;
    struct answer in = trial_post(trial, NULL, "/sign-in", SIGN_IN);
    const char *value = in.cookie + strlen("ausma=");
    const char *known = strchr(in.cookie, '.');
    assert_non_null(known);
    known = arena_text_n(trial_arena(trial), known, strcspn(known, ";"));
    trial_use(trial, "whole", arena_text_n(trial_arena(trial), value, strcspn(value, ";")));
    assert_int_equal(trial_get(trial, "whole", "/account").status, 200);
    struct answer out = trial_post(trial, "whole", "/sign-out", "");
    expect(out, "/sign-out", "Set-Cookie",
           arena_format(trial_arena(trial), "ausma=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=7776000", known));
    assert_int_equal(trial_get(trial, "whole", "/account").status, 401);
    trial_use(trial, "browser", known);
    assert_int_equal(trial_get(trial, "browser", "/account").status, 401);
    /* Signing in again keeps the half that was there. */
    struct answer again = trial_post(trial, "browser", "/sign-in", SIGN_IN);
    assert_int_equal(again.status, 303);
    assert_non_null(strstr(again.cookie, known));
}

/* Whatever stands in the cookie: nobody is signed in, and nothing of it comes back. */
static void m7_1_odd_cookies_are_nobody(void **state)
{
    static const char *const odd[] = {
        "",
        ".",
        "..",
        "...",
        "a.b",
        ".a.b.c",
        "=",
        "null",
        "%2e",
        ".%0d%0aSet-Cookie:x=y",
        "\"quoted\"",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x",
        ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!",
        "../../etc/passwd",
    };
    struct trial *trial = *state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        trial_use(trial, "odd", odd[i]);
        assert_int_equal(trial_get(trial, "odd", "/account").status, 401);
        struct answer in = trial_post(trial, "odd", "/sign-in", SIGN_IN);
        assert_int_equal(in.status, 303);
        only_cookie_is_fresh(in, odd[i]);
    }
    /* The half by which a browser is known is no session, and a session's token in its place neither. */
    trial_use(trial, "odd", arena_format(trial_arena(trial), ".%s", trial_cookie(trial, "case_manager")));
    assert_int_equal(trial_get(trial, "odd", "/account").status, 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_every_answer_of_every_route_has_the_headers),
        cmocka_unit_test(m7_1_refusals_of_the_server_are_not_kept),
        cmocka_unit_test(m7_1_the_only_cookie_is_the_sessions_and_bound_to_the_host),
        cmocka_unit_test(m7_1_signing_out_clears_the_browser),
        cmocka_unit_test(m7_1_signing_out_leaves_the_browser_known),
        cmocka_unit_test(m7_1_odd_cookies_are_nobody),
    };
    return cmocka_run_group_tests_name("headers", tests, trial_begin, trial_end);
}
