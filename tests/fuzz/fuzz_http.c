/* Any bytes over a real connection to a real server. The first byte says as what: 'm' the parts of a multipart form, 'u' a form in the
 * address's own coding, anything else a whole request, its head too. The handler reads everything it is given; the answer must be one. */
#include "base/time.h"
#include "platform/http/http.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct http_server *server;

static size_t text_read(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

static size_t fields_read(const struct http_field *fields, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].value.ptr[fields[i].value.len] != '\0')
            BUG("a value without its end");
        sum += text_read(fields[i].name) + text_read(fields[i].file_name) + text_read(fields[i].type);
        for (size_t k = 0; k < fields[i].value.len; k++)
            sum += fields[i].value.ptr[k];
    }
    return sum;
}

static void handle(struct http_request *request, void *data)
{
    (void)data;
    size_t sum = fields_read(request->query, request->query_count) + fields_read(request->body, request->body_count) +
                 text_read(http_header(request, "Referer")) + text_read(http_cookie(request, "session"));
    for (size_t i = 0; i < request->raw_body.len; i++)
        sum += request->raw_body.ptr[i];
    const char *text = arena_format(request->arena, "%zu", sum);
    http_answer(request, &(struct http_reply){.status = 200, .body = {(const uint8_t *)text, strlen(text)}});
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (http_start(&(struct http_config){.address = "127.0.0.1", .threads = 1, .handle = handle}, &server) != OK)
        BUG("no server");
    return 0;
}

static int connection(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Ends with a reset, or the ports of this machine would be used up within a minute. */
    (void)setsockopt(made, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (made < 0 || connect(made, (struct sockaddr *)&to, sizeof to) != 0)
        BUG("no connection");
    return made;
}

static bool put(int to, const void *data, size_t size)
{
    return send(to, data, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool head_put(int to, const char *type, size_t size)
{
    char head[256];
    int len = snprintf(
        head, sizeof head,
        "POST /f?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type,
        size);
    return put(to, head, (size_t)len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 60 * 1024, DEADLINE_MS = 5000 };
    char said[4096];
    if (size == 0 || size > MOST)
        return 0;
    const char *type = data[0] == 'm'   ? "multipart/form-data; boundary=line"
                       : data[0] == 'u' ? "application/x-www-form-urlencoded"
                                        : NULL;
    /* The fuzzer's own alarm would end a call in the middle. */
    sigset_t alarm_only, usual;
    (void)sigemptyset(&alarm_only);
    (void)sigaddset(&alarm_only, SIGALRM);
    (void)pthread_sigmask(SIG_BLOCK, &alarm_only, &usual);
    int64_t before = time_monotonic();
    int to = connection();
    bool sent = (type == NULL || head_put(to, type, size - 1)) && put(to, data + 1, size - 1);
    /* Half a request is waited for until its deadline; not here. */
    struct timeval patience = {.tv_sec = type == NULL ? 0 : 20, .tv_usec = 10000};
    (void)setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (sent) {
        ssize_t got = recv(to, said, sizeof said, 0);
        if (got > 0 && (got < 12 || memcmp(said, "HTTP/1.", 7) != 0))
            BUG("something else than an answer");
        /* On a machine that is busy with other things the deadlines may have come first. */
        if (got <= 0 && type != NULL && time_monotonic() - before < DEADLINE_MS)
            BUG("a whole request without an answer");
    }
    (void)close(to);
    (void)pthread_sigmask(SIG_SETMASK, &usual, NULL);
    return 0;
}
