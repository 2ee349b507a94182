#include "platform/http/test_client.h"

#include "base/buf.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdatomic.h>

/* The handler tells what it was given, so that the tests can compare. */
static void tell_fields(struct buf *out, const char *kind, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "%s %s=[", kind, fields[i].name);
        buf_add(out, fields[i].value.ptr, fields[i].value.len);
        buf_text(out, "]");
        if (fields[i].file_name != NULL)
            buf_format(out, " file=%s type=%s", fields[i].file_name, fields[i].type);
        buf_text(out, "\n");
    }
}

static enum err tell(void *data)
{
    struct http_request *request = data;
    struct buf out;
    buf_init(&out, request->arena, 256);
    const char *cookie = http_cookie(request, "ausma");
    buf_format(&out, "%d %s from %s cookie %s\n", (int)request->method, request->path, request->peer,
               cookie == NULL ? "-" : cookie);
    tell_fields(&out, "query", request->query, request->query_count);
    tell_fields(&out, "body", request->body, request->body_count);
    if (request->raw_body.len > 0)
        buf_format(&out, "raw %zu %s %s\n", request->raw_body.len, (const char *)request->raw_body.ptr,
                   request->content_type == NULL ? "-" : request->content_type);
    request->user = arena_text_n(request->arena, out.ptr, out.len);
    return OK;
}

static void answer_text(struct http_request *request, const char *text)
{
    static const struct http_header_line headers[] = {{"Content-Type", "text/plain"}, {"X-One", "1"}, {"X-One", "2"}};
    struct http_reply reply = {
        .status = 200, .body = {(const uint8_t *)text, strlen(text)}, .headers = headers, .header_count = 3};
    http_answer(request, &reply);
}

/* FNV-1a, to compare what is too large to send back. */
static uint64_t sum_of(const void *ptr, size_t len)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ ((const uint8_t *)ptr)[i]) * UINT64_C(1099511628211);
    return sum;
}

static enum err tell_sum(void *data)
{
    struct http_request *request = data;
    const struct bytes *value = &request->body[0].value;
    request->user = arena_format(request->arena, "%zu %" PRIx64 " %d", value->len, sum_of(value->ptr, value->len),
                                 value->ptr[value->len]);
    return OK;
}

struct bench {
    struct http_server *server;
    atomic_uint handled;
};

static void handle(struct http_request *request, void *data)
{
    struct bench *bench = data;
    atomic_fetch_add(&bench->handled, 1);
    if (text_same(request->path, "/split")) {
        static const struct http_header_line split = {"Location", "/a\r\nX-Evil: 1"};
        http_answer(request, &(struct http_reply){.status = 303, .headers = &split, .header_count = 1});
        return;
    }
    if (text_same(request->path, "/mute"))
        return;
    enum err (*step)(void *) = text_same(request->path, "/sum") ? tell_sum : tell;
    assert_int_equal(arena_try(request->arena, step, request), OK);
    answer_text(request, request->user);
}

static size_t body_max(enum http_method method, const char *path, void *data)
{
    (void)method;
    (void)data;
    return text_same(path, "/small") ? 100 : 300 * 1024;
}

static struct http_config config_for(struct bench *bench)
{
    return (struct http_config){
        .address = "127.0.0.1",
        .threads = 2,
        .handle = handle,
        .body_max = body_max,
        .data = bench,
    };
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct http_config config = config_for(bench);
    assert_int_equal(http_start(&config, &bench->server), OK);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    http_stop(bench->server, 2);
    free(bench);
    return 0;
}

static void assert_body(const struct client_answer *answer, const char *expected)
{
    assert_int_equal(answer->status, 200);
    assert_string_equal(answer->body, expected);
}

static void get_with_query_and_cookie(void **state)
{
    struct bench *bench = *state;
    struct client_answer answer = client_ask(
        bench->server, "GET /l%C4%93ta/x?a=1+2&b=%26&a=&flag HTTP/1.1\r\nHost: x\r\nCookie: q=1; ausma=abc\r\n\r\n");
    assert_body(&answer,
                "0 /lēta/x from 127.0.0.1 cookie abc\nquery a=[1 2]\nquery b=[&]\nquery a=[]\nquery flag=[]\n");
    assert_non_null(strstr(answer.head, "X-One: 1\r\n"));
    assert_non_null(strstr(answer.head, "X-One: 2\r\n"));
    assert_null(strstr(answer.head, "Server:"));
}

/* A browser of yesterday guards the name "__Host-..." in this spelling alone, so a neighbouring host may set another. */
static void a_cookie_is_known_by_its_exact_name(void **state)
{
    struct bench *bench = *state;
    struct client_answer answer = client_ask(bench->server,
                                             "GET /l HTTP/1.1\r\nHost: x\r\nCookie: AUSMA=bad; Ausma=bad\r\n\r\n");
    assert_body(&answer, "0 /l from 127.0.0.1 cookie -\n");
    answer = client_ask(bench->server, "GET /l HTTP/1.1\r\nHost: x\r\nCookie: AUSMA=bad; ausma=abc; ausma=d\r\n\r\n");
    assert_body(&answer, "0 /l from 127.0.0.1 cookie abc\n");
}

static void head_has_the_length_and_no_body(void **state)
{
    struct bench *bench = *state;
    int fd = client_connect(bench->server);
    assert_true(client_send(fd, "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    struct client_answer answer = client_read(fd, true);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.head, "Content-Length: 29\r\n"));
    assert_true(client_closed(fd));
    (void)close(fd);
}

static struct client_answer post(struct bench *bench, const char *path, const char *type, const char *body, size_t len)
{
    static char request[512 * 1024];
    int head = snprintf(request, sizeof request,
                        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", path, type,
                        len);
    memcpy(request + head, body, len);
    return client_ask_n(bench->server, request, (size_t)head + len);
}

static struct client_answer post_form(struct bench *bench, const char *body)
{
    return post(bench, "/f", "application/x-www-form-urlencoded", body, strlen(body));
}

static void urlencoded_fields_keep_their_order(void **state)
{
    struct bench *bench = *state;
    static const char *const cases[][2] = {
        {"a=1&b=2", "body a=[1]\nbody b=[2]\n"},
        {"a=1%00b&c=", "body a=[1\x01"
                       "b]\nbody c=[]\n"}, /* a character that no text may hold */
        {"a=1&a=&a=3", "body a=[1]\nbody a=[]\nbody a=[3]\n"},
        {"a=%C4%81+%2B%26%3D&last", "body a=[ā +&=]\nbody last=[]\n"},
        {"a&b=", "body a=[]\nbody b=[]\n"},
        {"a=1%0D%0A2", "body a=[1\r\n2]\n"},
        {"n%5B0%5D=x", "body n[0]=[x]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client_answer answer = post_form(bench, cases[i][0]);
        assert_int_equal(answer.status, 200);
        assert_string_equal(strchr(answer.body, '\n') + 1, cases[i][1]);
    }
}

/* The processor decodes in pieces of some hundred bytes: an escape may lie across the seam. */
static void long_urlencoded_values_stay_whole(void **state)
{
    struct bench *bench = *state;
    for (size_t lead = 480; lead < 520; lead++) {
        char body[4096];
        char expected[4096];
        memset(body, 'x', lead);
        memcpy(body, "a=", 2);
        (void)snprintf(body + lead, sizeof body - lead, "%%C4%%81%%25%%C4%%93&b=%%C5%%A1");
        (void)snprintf(expected, sizeof expected, "body a=[%.*sā%%ē]\nbody b=[š]\n", (int)lead - 2, body + 2);
        struct client_answer answer = post_form(bench, body);
        assert_string_equal(strchr(answer.body, '\n') + 1, expected);
    }
}

static const char MULTIPART[] = "multipart/form-data; boundary=----line";
#define PART "------line\r\nContent-Disposition: form-data; "
#define PARTS_END "------line--\r\n"

static void multipart_with_a_file(void **state)
{
    struct bench *bench = *state;
    static const char body[] = PART
        "name=\"title\"\r\n\r\nhello\r\n" PART "name=\"same\"\r\n\r\n\r\n" PART "name=\"same\"\r\n\r\n\r\n" PART
        "name=\"same\"\r\n\r\n2\r\n" PART
        "name=\"doc\"; filename=\"zīme.txt\"\r\nContent-Type: text/plain\r\n\r\nline\r\n--no\r\n\r\n" PART
        "name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n" PARTS_END;
    static const char expected[] =
        "body title=[hello]\nbody same=[]\nbody same=[]\nbody same=[2]\n"
        "body doc=[line\r\n--no\r\n] file=zīme.txt type=text/plain\nbody none=[] file= type=application/octet-stream\n";
    struct client_answer answer = post(bench, "/f", MULTIPART, body, sizeof body - 1);
    assert_int_equal(answer.status, 200);
    assert_string_equal(strchr(answer.body, '\n') + 1, expected);
}

/* However the network cuts the body, the fields are the same. */
static void multipart_in_pieces(void **state)
{
    struct bench *bench = *state;
    static const char body[] = PART "name=\"a\"\r\n\r\n\r\n" PART "name=\"a\"\r\n\r\n\r\n-x\r\n" PARTS_END;
    for (size_t cut = 1; cut < sizeof body - 1; cut++) {
        int fd = client_connect(bench->server);
        char head[256];
        (void)snprintf(head, sizeof head,
                       "POST /f HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", MULTIPART,
                       sizeof body - 1);
        assert_true(client_send(fd, head) && client_send_n(fd, body, cut));
        (void)usleep(1000);
        assert_true(client_send(fd, body + cut));
        struct client_answer answer = client_read(fd, false);
        assert_string_equal(strchr(answer.body, '\n') + 1, "body a=[]\nbody a=[\r\n-x]\n");
        (void)close(fd);
    }
}

static void large_file_is_whole(void **state)
{
    struct bench *bench = *state;
    static char body[260 * 1024];
    int head = snprintf(body, sizeof body, PART "name=\"f\"; filename=\"f\"\r\nContent-Type: x/y\r\n\r\n");
    size_t size = 250 * 1024;
    for (size_t i = 0; i < size; i++)
        body[(size_t)head + i] = (char)(i % 13 == 0 ? '\r' : i % 7 == 0 ? '\n' : i % 5 == 0 ? '-' : (int)(i & 127));
    memcpy(body + head + size, "\r\n" PARTS_END, strlen("\r\n" PARTS_END));
    struct client_answer answer = post(bench, "/sum", MULTIPART, body, (size_t)head + size + strlen("\r\n" PARTS_END));
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%zu %" PRIx64 " 0", size, sum_of(body + head, size));
    assert_body(&answer, expected);
}

static void too_large_bodies_are_refused_unread(void **state)
{
    struct bench *bench = *state;
    struct client_answer answer = client_ask(
        bench->server, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(answer.status, 413);
    assert_non_null(strstr(answer.head, "Connection: close\r\n"));
    assert_non_null(strstr(answer.body, "Nosūtīts par daudz."));
    char body[256];
    memset(body, 'x', sizeof body);
    assert_int_equal(post(bench, "/small", "text/plain", body, 100).status, 200);
    char request[512];
    (void)snprintf(request, sizeof request,
                   "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n%.101s\r\n0\r\n\r\n",
                   body);
    assert_int_equal(client_ask(bench->server, request).status, 413);
    assert_int_equal(atomic_load(&bench->handled), 1);
}

/* A chunked body tells no length: it is cut when it goes on and on. */
static void endless_body_is_cut(void **state)
{
    struct bench *bench = *state;
    int fd = client_connect(bench->server);
    static char chunk[4096 + 8];
    memset(chunk, 'x', sizeof chunk);
    memcpy(chunk, "1000\r\n", 6);
    memcpy(chunk + 6 + 4096, "\r\n", 2);
    assert_true(client_send(fd, "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    int sent = 0;
    while (sent < 100000 && client_send_n(fd, chunk, sizeof chunk))
        sent++;
    assert_true(sent < 100000);
    (void)close(fd);
}

static void other_bodies_stay_raw(void **state)
{
    struct bench *bench = *state;
    struct client_answer answer = post(bench, "/f", "application/json", "{\"a\":1}", 7);
    assert_body(&answer, "2 /f from 127.0.0.1 cookie -\nraw 7 {\"a\":1} application/json\n");
    answer = client_ask(bench->server, "POST /f HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    assert_body(&answer, "2 /f from 127.0.0.1 cookie -\nraw 5 abcde -\n");
}

static void malformed_requests_get_400(void **state)
{
    struct bench *bench = *state;
    static const char *const requests[] = {
        "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?b%00=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?b=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Type: multipart/form-data\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 3\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct client_answer answer = client_ask(bench->server, requests[i]);
        if (answer.status != 400)
            fail_msg("%s gave %d", requests[i], answer.status);
    }
    assert_int_equal(post_form(bench, "a%00b=1").status, 400);
    assert_int_equal(post_form(bench, "=1").status, 400);
    static const char cut_off[] = PART "name=\"a\"\r\n\r\n1\r\n";
    assert_int_equal(post(bench, "/f", MULTIPART, cut_off, sizeof cut_off - 1).status, 400);
    static const char nameless[] = PART "nome=\"a\"\r\n\r\n1\r\n" PARTS_END;
    assert_int_equal(post(bench, "/f", MULTIPART, nameless, sizeof nameless - 1).status, 400);
    static const char nul[] = PART "name=\"a\0b\"\r\n\r\n1\r\n" PARTS_END;
    assert_int_equal(post(bench, "/f", MULTIPART, nul, sizeof nul - 1).status, 400);
    assert_int_equal(atomic_load(&bench->handled), 0);
}

static void names_and_numbers_of_fields_are_limited(void **state)
{
    struct bench *bench = *state;
    char body[20 * 1024] = "";
    memset(body, 'n', 201);
    assert_int_equal(post_form(bench, body).status, 400);
    body[200] = '\0';
    assert_int_equal(post_form(bench, body).status, 200);
    for (size_t i = 0; i < 5001; i++)
        memcpy(body + 2 * i, "a&", 2);
    body[5001 * 2] = '\0';
    assert_int_equal(post_form(bench, body).status, 413);
    assert_int_equal(atomic_load(&bench->handled), 1);
}

static void only_get_head_and_post(void **state)
{
    struct bench *bench = *state;
    static const char *const methods[] = {"PUT", "DELETE", "OPTIONS", "TRACE", "get", "POSTS"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        char request[128];
        (void)snprintf(request, sizeof request, "%s /a HTTP/1.1\r\nHost: x\r\n\r\n", methods[i]);
        struct client_answer answer = client_ask(bench->server, request);
        assert_int_equal(answer.status, 405);
        assert_non_null(strstr(answer.head, "Allow: GET, HEAD, POST\r\n"));
        assert_non_null(strstr(answer.body, "nepieņem"));
    }
}

static void keep_alive_and_pipelining(void **state)
{
    struct bench *bench = *state;
    int fd = client_connect(bench->server);
    for (int i = 0; i < 3; i++) {
        assert_true(client_send(fd, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n"));
        struct client_answer answer = client_read(fd, false);
        assert_body(&answer, "0 /one from 127.0.0.1 cookie -\n");
    }
    assert_true(client_send(fd, "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                                "GET /q HTTP/1.1\r\nHost: x\r\n\r\nGET /r HTTP/1.1\r\nHost: x\r\n\r\n"));
    struct client_answer answer = client_read(fd, false);
    assert_body(&answer, "2 /p from 127.0.0.1 cookie -\nraw 2 ab -\n");
    answer = client_read(fd, false);
    assert_body(&answer, "0 /q from 127.0.0.1 cookie -\n");
    answer = client_read(fd, false);
    assert_body(&answer, "0 /r from 127.0.0.1 cookie -\n");
    (void)close(fd);
}

static void cut_off_upload_is_never_handled(void **state)
{
    struct bench *bench = *state;
    int fd = client_connect(bench->server);
    assert_true(client_send(fd, "POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this"));
    (void)usleep(50 * 1000);
    (void)shutdown(fd, SHUT_WR);
    assert_true(client_closed(fd));
    (void)close(fd);
    assert_int_equal(client_ask(bench->server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    assert_int_equal(atomic_load(&bench->handled), 1);
}

static void a_header_with_a_line_end_is_not_sent(void **state)
{
    struct bench *bench = *state;
    struct client_answer answer = client_ask(bench->server, "GET /split HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(answer.status, 500);
    assert_null(strstr(answer.head, "X-Evil"));
    assert_int_equal(client_ask(bench->server, "GET /mute HTTP/1.1\r\nHost: x\r\n\r\n").status, 0);
}

static void listens_on_ipv6(void **state)
{
    struct bench *bench = *state;
    struct http_config config = config_for(bench);
    config.address = "::1";
    struct http_server *second = NULL;
    if (http_start(&config, &second) != OK)
        skip(); /* a machine without IPv6 */
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)http_port(second))};
    address.sin6_addr = in6addr_loopback;
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_true(client_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    struct client_answer answer = client_read(fd, false);
    assert_body(&answer, "0 / from ::1 cookie -\n");
    (void)close(fd);
    http_stop(second, 1);
}

static void the_proxy_tells_the_peer(void **state)
{
    struct bench *bench = *state;
    struct http_config config = config_for(bench);
    config.trust_proxy = true;
    struct http_server *second = NULL;
    assert_int_equal(http_start(&config, &second), OK);
    static const char *const cases[][2] = {
        {"1.1.1.1, 2001:DB8::7", "2001:db8::7"}, {"9.9.9.9\r\nX-Forwarded-For: 10.0.0.7", "10.0.0.7"},
        {"::ffff:10.0.0.7", "10.0.0.7"}, /* one address, however a proxy writes it */
        {"1.1.1.1, evil", "127.0.0.1"},          {"", "127.0.0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[256];
        char expected[128];
        (void)snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n\r\n",
                       cases[i][0]);
        (void)snprintf(expected, sizeof expected, "0 / from %s cookie -\n", cases[i][1]);
        struct client_answer answer = client_ask(second, request);
        assert_body(&answer, expected);
    }
    http_stop(second, 1);
    struct client_answer untrusted = client_ask(bench->server,
                                                "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n");
    assert_body(&untrusted, "0 / from 127.0.0.1 cookie -\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(get_with_query_and_cookie),
        CASE(a_cookie_is_known_by_its_exact_name),
        CASE(head_has_the_length_and_no_body),
        CASE(urlencoded_fields_keep_their_order),
        CASE(long_urlencoded_values_stay_whole),
        CASE(multipart_with_a_file),
        CASE(multipart_in_pieces),
        CASE(large_file_is_whole),
        CASE(too_large_bodies_are_refused_unread),
        CASE(endless_body_is_cut),
        CASE(other_bodies_stay_raw),
        CASE(malformed_requests_get_400),
        CASE(names_and_numbers_of_fields_are_limited),
        CASE(only_get_head_and_post),
        CASE(keep_alive_and_pipelining),
        CASE(cut_off_upload_is_never_handled),
        CASE(a_header_with_a_line_end_is_not_sent),
        CASE(listens_on_ipv6),
        CASE(the_proxy_tells_the_peer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
