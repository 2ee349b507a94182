#include "platform/http/internal.h"

#include "base/time.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS_MAX = 256,
    BACKLOG = 1024,
    ANSWER_ROOM = 8 * 1024 /* of a connection's memory, for the headers of the answer and the library's own needs */
};

static void set_default(unsigned *value, unsigned usual)
{
    if (*value == 0)
        *value = usual;
}

static void fill_defaults(struct http_config *config)
{
    struct http_limits *limits = &config->limits;
    set_default(&limits->connections, 4096);
    set_default(&limits->connections_per_address, 512);
    set_default(&limits->connections_per_owner, 64);
    set_default(&limits->idle_seconds, 30);
    set_default(&limits->header_seconds, 10);
    set_default(&limits->body_rate, 500);
    set_default(&limits->body_ahead, 60);
    if (limits->header_max == 0)
        limits->header_max = 16 * 1024;
    if (limits->bodies_max == 0)
        limits->bodies_max = (size_t)128 * 1024 * 1024;
    if (limits->arena_max == 0)
        limits->arena_max = 24 * 1024 * 1024;
    if (config->threads == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        config->threads = cores > 0 ? (unsigned)cores : 1;
    }
    if (config->threads > THREADS_MAX)
        config->threads = THREADS_MAX;
}

static enum err bind_error(int cause)
{
    return err_note(cause == EADDRINUSE ? ERR_CONFLICT : ERR_IO, "cannot listen: %s", strerrordesc_np(cause));
}

/* The first socket is bound without sharing, so that a port another program shares counts as taken; it shares from
 * then on. */
static enum err bind_socket(int fd, const struct addrinfo *address, bool first)
{
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (!first && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0))
        return bind_error(errno);
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0)
        return bind_error(errno);
    if (first && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return bind_error(errno);
    return listen(fd, BACKLOG) == 0 ? OK : bind_error(errno);
}

static enum err read_port(int fd, unsigned *out)
{
    struct sockaddr_storage name = {0};
    socklen_t size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return bind_error(errno);
    *out = name.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)(void *)&name)->sin6_port)
                                      : ntohs(((struct sockaddr_in *)(void *)&name)->sin_port);
    return OK;
}

static enum err listen_once(struct server_thread *thread)
{
    struct http_server *server = thread->server;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    char port[16];
    (void)snprintf(port, sizeof port, "%u", server->port);
    if (getaddrinfo(server->config.address, port, &hints, &address) != 0)
        return err_note(ERR_INPUT, "the address to listen on is not one");
    enum err result = OK;
    thread->listening = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (thread->listening < 0)
        result = bind_error(errno);
    else
        result = bind_socket(thread->listening, address, thread->number == 0);
    freeaddrinfo(address);
    return result == OK ? read_port(thread->listening, &server->port) : result;
}

unsigned server_share(unsigned total, unsigned threads)
{
    return (total + threads - 1) / threads;
}

static enum err daemon_start(struct server_thread *thread)
{
    const struct http_config *config = &thread->server->config;
    const struct http_limits *limits = &config->limits;
    /* Behind a proxy all connections come from one address. */
    unsigned per_address = config->trust_proxy ? limits->connections : limits->connections_per_address;
    /* An option and its value a line. */
    /* clang-format off */
    thread->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_handle, thread,
        MHD_OPTION_LISTEN_SOCKET, thread->listening,
        MHD_OPTION_CONNECTION_LIMIT, server_share(limits->connections, config->threads),
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, server_share(per_address, config->threads),
        MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->header_max + ANSWER_ROOM,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_notify, thread,
        MHD_OPTION_URI_LOG_CALLBACK, connection_request_line, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    /* clang-format on */
    return thread->daemon != NULL ? OK : err_note(ERR_IO, "the web server does not start");
}

static void close_listening(struct server_thread *thread)
{
    if (thread->listening >= 0)
        (void)close(thread->listening);
    thread->listening = -1;
}

/* From here on the library takes no new connections; those that wait in the socket's queue are lost with it. */
static void begin_stop(struct server_thread *thread, int64_t now)
{
    thread->stopping = true;
    thread->stop_at = now + (int64_t)atomic_load(&thread->server->stop_seconds) * 1000;
    (void)MHD_quiesce_daemon(thread->daemon);
    close_listening(thread);
}

static bool may_end(const struct server_thread *thread, int64_t now)
{
    return thread->stopping && (thread->running == 0 || (now >= thread->stop_at && thread->waiting == 0));
}

static int poll_timeout(struct server_thread *thread)
{
    MHD_UNSIGNED_LONG_LONG wait = 0;
    if (MHD_get_timeout(thread->daemon, &wait) == MHD_YES && wait < TICK_MS)
        return (int)wait;
    return TICK_MS;
}

/* The library resumes at the end of one run and serves in the next, and counts neither as something to hurry for. */
static void run_resumed(struct server_thread *thread)
{
    eventfd_t count = 0;
    (void)eventfd_read(thread->wake_event, &count);
    exchange_resume_all(thread);
    (void)MHD_run(thread->daemon);
}

static void tick(struct server_thread *thread, int64_t now)
{
    if (now < thread->tick_at)
        return;
    connection_tick(thread, now);
    thread->tick_at = now + TICK_MS;
}

/* The library's own loop waits again after a full batch of 128 events; this one never waits while something is ready. */
static void serve(struct server_thread *thread)
{
    struct pollfd fds[] = {
        {.fd = MHD_get_daemon_info(thread->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN},
        {.fd = thread->wake_event, .events = POLLIN},
        {.fd = thread->server->stop_event, .events = POLLIN},
    };
    int64_t now = time_monotonic();
    while (!may_end(thread, now)) {
        (void)poll(fds, thread->stopping ? 2 : 3, poll_timeout(thread));
        if ((fds[1].revents & POLLIN) != 0)
            run_resumed(thread);
        (void)MHD_run(thread->daemon);
        now = time_monotonic();
        if (!thread->stopping && (fds[2].revents & POLLIN) != 0)
            begin_stop(thread, now);
        tick(thread, now);
    }
}

static enum err thread_begin(struct server_thread *thread)
{
    const struct http_config *config = &thread->server->config;
    if (config->thread_start != NULL)
        TRY(config->thread_start(thread->number, config->data));
    enum err result = daemon_start(thread);
    if (result != OK && config->thread_stop != NULL)
        config->thread_stop(thread->number, config->data);
    return result;
}

static void *thread_main(void *data)
{
    struct server_thread *thread = data;
    const struct http_config *config = &thread->server->config;
    thread->result = thread_begin(thread);
    bool good = thread->result == OK;
    (void)sem_post(&thread->started);
    if (!good)
        return NULL;
    serve(thread);
    MHD_stop_daemon(thread->daemon);
    arena_free(thread->spare);
    if (config->thread_stop != NULL)
        config->thread_stop(thread->number, config->data);
    return NULL;
}

static void thread_release(struct server_thread *thread)
{
    close_listening(thread);
    if (thread->wake_event >= 0)
        (void)close(thread->wake_event);
    (void)pthread_mutex_destroy(&thread->lock);
    (void)sem_destroy(&thread->started);
}

static enum err thread_launch(struct http_server *server)
{
    struct server_thread *thread = &server->threads[server->thread_count];
    thread->server = server;
    thread->number = server->thread_count;
    thread->listening = -1;
    thread->queue_end = &thread->queue;
    thread->wake_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)pthread_mutex_init(&thread->lock, NULL);
    (void)sem_init(&thread->started, 0, 0);
    enum err result = thread->wake_event >= 0 ? listen_once(thread) : err_note(ERR_IO, "no event descriptor");
    if (result == OK && pthread_create(&thread->handle, NULL, thread_main, thread) != 0)
        result = err_note(ERR_IO, "a thread cannot be started");
    if (result != OK) {
        thread_release(thread);
        return result;
    }
    server->thread_count++;
    while (sem_wait(&thread->started) != 0)
        continue;
    return thread->result;
}

enum err http_start(const struct http_config *config, struct http_server **out)
{
    struct http_config filled = *config;
    fill_defaults(&filled);
    struct http_server *server = calloc(1, sizeof *server + filled.threads * sizeof server->threads[0]);
    if (server == NULL)
        return ERR_BUSY;
    server->config = filled;
    server->port = config->port;
    server->stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum err result = server->stop_event >= 0 ? OK : err_note(ERR_IO, "no event descriptor");
    while (result == OK && server->thread_count < filled.threads)
        result = thread_launch(server);
    if (result == OK)
        *out = server;
    else
        http_stop(server, 0);
    return result;
}

unsigned http_port(const struct http_server *server)
{
    return server->port;
}

void http_stop(struct http_server *server, unsigned seconds)
{
    atomic_store(&server->stop_seconds, seconds);
    if (server->stop_event >= 0)
        (void)eventfd_write(server->stop_event, 1);
    for (unsigned i = 0; i < server->thread_count; i++) {
        struct server_thread *thread = &server->threads[i];
        (void)pthread_join(thread->handle, NULL);
        thread_release(thread);
    }
    if (server->stop_event >= 0)
        (void)close(server->stop_event);
    free(server);
}
