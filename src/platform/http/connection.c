/* Deadlines of connections. The library closes only those that are silent; here those that drip are cut off too. */
#include "platform/http/internal.h"

#include "base/time.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int64_t grace_ms(const struct connection *connection)
{
    return (int64_t)connection->thread->server->config.limits.header_seconds * 1000;
}

/* A steady stream at the least rate stays just ahead of this moment. */
static int64_t rate_deadline(const struct connection *connection, int64_t since, size_t size)
{
    return since + grace_ms(connection) + (int64_t)(size * 1000 / connection->thread->server->config.limits.body_rate);
}

static void begin_headers(struct connection *connection, int64_t now)
{
    connection->phase = CONNECTION_HEADERS;
    connection->deadline = now + grace_ms(connection);
}

static void connection_open(struct server_thread *thread, struct MHD_Connection *library, void **socket_context)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        BUG("out of memory for a connection");
    connection->thread = thread;
    connection->fd = MHD_get_connection_info(library, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    connection->next = thread->connections;
    if (connection->next != NULL)
        connection->next->previous = connection;
    thread->connections = connection;
    begin_headers(connection, time_monotonic());
    *socket_context = connection;
}

static void connection_close(struct connection *connection)
{
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        connection->thread->connections = connection->next;
    free(connection);
}

void connection_notify(void *cls, struct MHD_Connection *library, void **socket_context,
                       enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        connection_open(cls, library, socket_context);
    else
        connection_close(*socket_context);
}

struct connection *connection_of(struct MHD_Connection *library)
{
    return MHD_get_connection_info(library, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The library decodes the path into C text, where a NUL would cut it short unseen; here it is still encoded. (An
 * unencoded NUL ends the address already where it stands: the request is for what is before it.) */
void *connection_request_line(void *cls, const char *address, struct MHD_Connection *library)
{
    (void)cls;
    struct connection *connection = connection_of(library);
    connection->bad_address = strstr(address, "%00") != NULL;
    if (connection->phase != CONNECTION_HEADERS)
        begin_headers(connection, time_monotonic());
    return NULL;
}

void connection_reading(struct connection *connection)
{
    connection->phase = CONNECTION_BODY;
    connection->deadline = rate_deadline(connection, time_monotonic(), 0);
}

/* Each piece buys time at the least rate; but who sends much at once cannot then hold it here for hours. */
void connection_received(struct connection *connection, size_t size)
{
    const struct http_limits *limits = &connection->thread->server->config.limits;
    int64_t most = rate_deadline(connection, time_monotonic(), 0) + (int64_t)limits->body_ahead * 1000;
    int64_t bought = connection->deadline + (int64_t)(size * 1000 / limits->body_rate);
    connection->deadline = bought < most ? bought : most;
}

void connection_working(struct connection *connection)
{
    connection->phase = CONNECTION_WORK;
}

void connection_answering(struct connection *connection, size_t size)
{
    enum { FASTER = 16 }; /* the memory of a large answer is not held for hours */
    size_t large = size > HTTP_BODY_LARGE ? size - HTTP_BODY_LARGE : 0;
    connection->phase = CONNECTION_ANSWER;
    connection->deadline = rate_deadline(connection, time_monotonic(), size - large + large / FASTER);
}

void connection_idle(struct connection *connection)
{
    connection->phase = CONNECTION_IDLE;
    connection->idle_seen = false;
}

static unsigned connections_of(const struct server_thread *thread, int64_t owner, bool working)
{
    unsigned count = 0;
    for (const struct connection *one = thread->connections; one != NULL; one = one->next)
        count += one->owner == owner && (!working || one->phase != CONNECTION_IDLE);
    return count;
}

bool connection_belongs_to(struct connection *connection, int64_t owner)
{
    const struct http_config *config = &connection->thread->server->config;
    if (connection->owner == owner && !config->trust_proxy)
        return true;
    connection->owner = owner;
    if (connections_of(connection->thread, owner, config->trust_proxy) <=
        server_share(config->limits.connections_per_owner, config->threads))
        return true;
    connection->owner = 0;
    connection->last = true;
    return false;
}

static uint64_t bytes_received(const struct connection *connection)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    return getsockopt(connection->fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

/* The library does not tell of the first byte of a next request, but the kernel counts what came in. */
static void look_for_next_request(struct connection *connection, int64_t now)
{
    uint64_t bytes = bytes_received(connection);
    if (!connection->idle_seen)
        connection->idle_bytes = bytes;
    else if (bytes != connection->idle_bytes)
        begin_headers(connection, now);
    connection->idle_seen = true;
}

/* Shutting down makes the library see the end of the stream and close by its own way. */
static void cut_off(const struct connection *connection)
{
    static const char late[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    if (connection->phase != CONNECTION_ANSWER)
        (void)send(connection->fd, late, sizeof late - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(connection->fd, SHUT_RDWR);
}

void connection_tick(struct server_thread *thread, int64_t now)
{
    for (struct connection *connection = thread->connections; connection != NULL; connection = connection->next) {
        if (connection->phase == CONNECTION_IDLE)
            look_for_next_request(connection, now);
        else if (connection->phase != CONNECTION_WORK && now > connection->deadline)
            cut_off(connection);
    }
}
