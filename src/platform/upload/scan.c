/* clamd's INSTREAM (clamd(8)): the file goes over in pieces, each behind its length; an empty one ends it; the answer is one line. */
#include "base/text.h"
#include "base/time.h"
#include "platform/upload/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_MS = 60000, CONNECT_MS = 5000, PIECE = 128 * 1024, ANSWER_MAX = 1024 };

/* ---- the address ---- */

struct target {
    char host[256], port[6];
    const char *path; /* of a socket in the file system; NULL: host and port */
};

static bool port_fits(const char *port)
{
    int64_t number = 0;
    return strlen(port) < sizeof((struct target *)0)->port && text_to_int(port, &number) && number > 0 &&
           number <= 65535;
}

/* "host:port", "[2001:db8::1]:port". */
static bool target_read(const char *address, struct target *out)
{
    struct sockaddr_un local;
    *out = (struct target){.path = address[0] == '/' ? address : NULL};
    if (out->path != NULL)
        return strlen(address) < sizeof local.sun_path;
    const char *colon = strrchr(address, ':');
    if (colon == NULL || !port_fits(colon + 1))
        return false;
    bool brackets = address[0] == '[' && colon > address && colon[-1] == ']';
    const char *from = brackets ? address + 1 : address;
    size_t len = (size_t)(colon - from) - brackets;
    if (len == 0 || len >= sizeof out->host)
        return false;
    memcpy(out->host, from, len);
    memcpy(out->port, colon + 1, strlen(colon + 1));
    return true;
}

bool upload_scan_address(const char *address, bool *local)
{
    struct target target;
    if (!target_read(address, &target))
        return false;
    *local = target.path != NULL;
    return true;
}

/* ---- the line to it ---- */

struct line {
    int fd;
    int64_t until; /* of the monotonic clock */
};

static bool ready(const struct line *line, short events, int64_t most)
{
    struct pollfd poll_for = {.fd = line->fd, .events = events};
    int64_t left = line->until - time_monotonic();
    left = left > most ? most : left;
    return left > 0 && poll(&poll_for, 1, (int)left) == 1 && (poll_for.revents & (POLLERR | POLLNVAL)) == 0;
}

static bool reach(struct line *line, const struct sockaddr *address, socklen_t size)
{
    int fault = 0;
    socklen_t fault_size = sizeof fault;
    line->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (line->fd < 0)
        return false;
    bool fine = connect(line->fd, address, size) == 0 ||
                ((errno == EINPROGRESS || errno == EAGAIN) && ready(line, POLLOUT, CONNECT_MS) &&
                 getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &fault, &fault_size) == 0 && fault == 0);
    if (!fine) {
        (void)close(line->fd);
        line->fd = -1;
    }
    return fine;
}

static bool line_open(const struct target *target, struct line *line)
{
    if (target->path != NULL) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        memcpy(address.sun_path, target->path, strlen(target->path));
        return reach(line, (const struct sockaddr *)&address, sizeof address);
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    bool open = false;
    if (getaddrinfo(target->host, target->port, &hints, &found) != 0)
        return false;
    for (const struct addrinfo *at = found; at != NULL && !open; at = at->ai_next)
        open = reach(line, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return open;
}

static bool say(const struct line *line, const void *ptr, size_t len)
{
    const uint8_t *at = ptr;
    while (len > 0) {
        if (!ready(line, POLLOUT, WAIT_MS))
            return false;
        ssize_t sent = send(line->fd, at, len, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Until a NUL, or the end. */
static bool hear(const struct line *line, char answer[ANSWER_MAX])
{
    size_t len = 0;
    while (len < ANSWER_MAX - 1) {
        if (!ready(line, POLLIN, WAIT_MS))
            return false;
        ssize_t got = recv(line->fd, answer + len, ANSWER_MAX - 1 - len, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got < 0)
            return false;
        bool ended = got == 0 || memchr(answer + len, '\0', (size_t)got) != NULL;
        len += (size_t)got;
        if (ended)
            break;
    }
    answer[len] = '\0';
    return len > 0;
}

static bool piece(const struct line *line, const uint8_t *ptr, size_t len)
{
    const uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};
    return say(line, head, sizeof head) && (len == 0 || say(line, ptr, len));
}

static bool ask(const struct line *line, struct bytes file, char answer[ANSWER_MAX])
{
    static const char command[] = "zINSTREAM";
    bool fine = say(line, command, sizeof command);
    for (size_t at = 0; fine && at < file.len; at += PIECE)
        fine = piece(line, file.ptr + at, file.len - at < PIECE ? file.len - at : PIECE);
    if (fine)
        fine = piece(line, NULL, 0);
    /* A scanner that has had enough closes while it is told; what it said then still counts. */
    return hear(line, answer) && fine;
}

static bool ends(const char *answer, const char *end)
{
    size_t len = strcspn(answer, "\r\n");
    size_t size = strlen(end);
    return len >= size && memcmp(answer + len - size, end, size) == 0;
}

enum err upload_scan(const char *address, struct bytes file)
{
    struct target target;
    struct line line = {.fd = -1, .until = time_monotonic() + WAIT_MS};
    char answer[ANSWER_MAX] = "";
    if (!target_read(address, &target))
        return err_note(ERR_IO, "scan: scan_address is no address");
    if (!line_open(&target, &line))
        return err_note(ERR_IO, "scan: the scanner does not answer");
    bool fine = ask(&line, file, answer);
    (void)close(line.fd);
    /* The name of what was found is not noted: it comes from the file. */
    if (fine && ends(answer, " FOUND"))
        return ERR_CONFLICT;
    if (fine && text_same(answer, "stream: OK"))
        return OK;
    return err_note(ERR_IO, fine || ends(answer, " ERROR") ? "scan: the scanner could not check a file"
                                                           : "scan: the scanner broke off");
}
