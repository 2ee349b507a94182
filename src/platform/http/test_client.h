/* A small HTTP client for the tests of this folder, and a server to point it at. */
#ifndef AUSMA_PLATFORM_HTTP_TEST_CLIENT_H
#define AUSMA_PLATFORM_HTTP_TEST_CLIENT_H

#include "platform/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENT_PATIENCE = 20 };

struct client_answer {
    int status; /* 0: the connection ended without one */
    char head[4096];
    char body[16 * 1024];
    size_t body_len;
};

static inline int client_connect(const struct http_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(server))};
    (void)inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct timeval patience = {.tv_sec = CLIENT_PATIENCE};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static inline bool client_send_n(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        text += sent;
        len -= (size_t)sent;
    }
    return true;
}

static inline bool client_send(int fd, const char *text)
{
    return client_send_n(fd, text, strlen(text));
}

static inline bool client_read_head(int fd, struct client_answer *answer)
{
    size_t len = 0;
    while (len < sizeof answer->head - 1 && recv(fd, answer->head + len, 1, 0) == 1) {
        answer->head[++len] = '\0';
        if (len >= 4 && memcmp(answer->head + len - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

/* Reads one answer; the body by its Content-Length, none for HEAD. */
static inline struct client_answer client_read(int fd, bool head_only)
{
    struct client_answer answer = {0};
    if (!client_read_head(fd, &answer))
        return answer;
    answer.status = atoi(answer.head + strlen("HTTP/1.1 "));
    const char *length = strcasestr(answer.head, "\r\nContent-Length: ");
    size_t expected = length == NULL || head_only ? 0 : strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
    assert_true(expected < sizeof answer.body);
    while (answer.body_len < expected) {
        ssize_t got = recv(fd, answer.body + answer.body_len, expected - answer.body_len, 0);
        if (got <= 0)
            break;
        answer.body_len += (size_t)got;
    }
    return answer;
}

/* Has the other side closed? Waits for it. */
static inline bool client_closed(int fd)
{
    char byte = 0;
    ssize_t got = recv(fd, &byte, 1, 0);
    return got == 0 || (got < 0 && errno != EAGAIN);
}

static inline struct client_answer client_ask_n(const struct http_server *server, const char *request, size_t len)
{
    int fd = client_connect(server);
    assert_true(fd >= 0);
    (void)client_send_n(fd, request, len);
    struct client_answer answer = client_read(fd, strncmp(request, "HEAD", 4) == 0);
    (void)close(fd);
    return answer;
}

static inline struct client_answer client_ask(const struct http_server *server, const char *request)
{
    return client_ask_n(server, request, strlen(request));
}

#endif
