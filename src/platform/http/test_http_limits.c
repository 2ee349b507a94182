/* Sizes, numbers and deadlines; many connections at once. */
#include "platform/http/test_client.h"

#include "base/text.h"
#include "base/time.h"

#include <stdatomic.h>
#include <sys/epoll.h>

enum { LARGE = 8 * 1024 * 1024 };

static atomic_uint handled;

static enum err fill_arena(void *data)
{
    struct http_request *request = data;
    request->user = arena_alloc(request->arena, LARGE);
    return OK;
}

static void handle(struct http_request *request, void *data)
{
    (void)data;
    atomic_fetch_add(&handled, 1);
    static uint8_t large[LARGE];
    struct http_reply reply = {.status = 200, .body = {(const uint8_t *)"ok", 2}};
    if (text_same(request->path, "/mine") && !http_belongs_to(request, 7))
        reply.status = 503;
    if (text_same(request->path, "/other") && !http_belongs_to(request, 8))
        reply.status = 503;
    reply.counted = text_same(request->path, "/large");
    if (reply.counted)
        reply.body = (struct bytes){large, sizeof large};
    if (text_same(request->path, "/arena"))
        reply.status = arena_try(request->arena, fill_arena, request) == OK ? 200 : 507;
    http_answer(request, &reply);
}

static size_t body_max(enum http_method method, const char *path, void *data)
{
    (void)method;
    (void)path;
    (void)data;
    return 1024 * 1024;
}

static bool is_known(struct http_request *request, void *data)
{
    (void)data;
    return text_same(request->path, "/known");
}

static struct http_server *serve(struct http_limits limits)
{
    struct http_config config = {.address = "127.0.0.1",
                                 .threads = 1,
                                 .limits = limits,
                                 .handle = handle,
                                 .body_max = body_max,
                                 .known = is_known};
    struct http_server *server = NULL;
    assert_int_equal(http_start(&config, &server), OK);
    atomic_store(&handled, 0);
    return server;
}

static const char GET[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/* Sends a byte every 50 ms until the other side has had enough or `most` bytes are gone; the milliseconds it took. */
static int64_t drip(int fd, int most)
{
    int64_t start = time_monotonic();
    for (int i = 0; i < most; i++) {
        char byte = 0;
        if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0 || !client_send(fd, "x"))
            break;
        (void)usleep(50 * 1000);
    }
    return time_monotonic() - start;
}

static void assert_cut(int fd, int64_t took, int64_t least, int64_t most)
{
    assert_in_range(took, least, most);
    assert_int_equal(client_read(fd, false).status, 408);
    assert_true(client_closed(fd));
    (void)close(fd);
}

static void dripping_headers_are_cut(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_seconds = 1});
    int fd = client_connect(server);
    assert_true(client_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\nX: "));
    assert_cut(fd, drip(fd, 200), 900, 4000);
    fd = client_connect(server);
    assert_true(client_send(fd, "GET /"));
    assert_cut(fd, drip(fd, 200), 900, 4000);
    assert_int_equal(atomic_load(&handled), 0);
    http_stop(server, 1);
}

/* A connection may rest longer than a request may take to arrive; its next request has the deadline of the first. */
static void dripping_next_request_is_cut(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_seconds = 1, .idle_seconds = 10});
    int fd = client_connect(server);
    assert_true(client_send(fd, GET));
    assert_int_equal(client_read(fd, false).status, 200);
    (void)usleep(2000 * 1000);
    assert_true(client_send(fd, GET));
    assert_int_equal(client_read(fd, false).status, 200);
    (void)usleep(600 * 1000);
    assert_cut(fd, drip(fd, 200), 900, 4000);
    http_stop(server, 1);
}

static void dripping_body_is_cut(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_seconds = 1, .body_rate = 1000});
    int fd = client_connect(server);
    assert_true(client_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
    assert_cut(fd, drip(fd, 200), 900, 4000);
    assert_int_equal(atomic_load(&handled), 0);
    http_stop(server, 1);
}

/* 1,000 bytes a tenth of a second are ten times the least rate, though the whole takes twice the time of a header. */
static void steady_body_is_taken(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_seconds = 1, .body_rate = 1000});
    int fd = client_connect(server);
    assert_true(client_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 25000\r\n\r\n"));
    char piece[1000];
    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 25; i++) {
        assert_true(client_send_n(fd, piece, sizeof piece));
        (void)usleep(100 * 1000);
    }
    assert_int_equal(client_read(fd, false).status, 200);
    (void)close(fd);
    http_stop(server, 1);
}

/* Much at once does not buy hours in which the rest may be missing. */
static void hoarded_body_is_cut(void **state)
{
    (void)state;
    enum { MUCH = 60000 };
    static char much[MUCH];
    memset(much, 'x', sizeof much);
    struct http_server *server = serve((struct http_limits){.header_seconds = 1, .body_rate = 1000, .body_ahead = 1});
    int fd = client_connect(server);
    assert_true(client_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 64000\r\n\r\n"));
    assert_true(client_send_n(fd, much, sizeof much));
    assert_cut(fd, drip(fd, 200), 1900, 5000);
    http_stop(server, 1);
}

static void idle_connection_is_closed(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.idle_seconds = 1});
    int fd = client_connect(server);
    assert_true(client_send(fd, GET));
    assert_int_equal(client_read(fd, false).status, 200);
    int64_t start = time_monotonic();
    assert_true(client_closed(fd));
    assert_in_range(time_monotonic() - start, 900, 4000);
    (void)close(fd);
    http_stop(server, 1);
}

/* Takes a little of a large answer again and again, so that the library sees it move. */
static void slow_reader_is_cut(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_seconds = 1, .body_rate = LARGE});
    int fd = client_connect(server);
    assert_true(client_send(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
    static char piece[64 * 1024];
    size_t total = 0;
    ssize_t got = 1;
    for (int i = 0; got > 0; i++) {
        got = recv(fd, piece, sizeof piece, 0);
        total += got > 0 ? (size_t)got : 0;
        if (i < 30)
            (void)usleep(100 * 1000);
    }
    assert_in_range(total, 1, LARGE - 1);
    (void)close(fd);
    http_stop(server, 1);
}

static int status_with_header(const struct http_server *server, size_t size)
{
    static char request[64 * 1024];
    int len = snprintf(request, sizeof request, "GET /a HTTP/1.1\r\nHost: x\r\nX: ");
    memset(request + len, 'x', size);
    (void)snprintf(request + len + size, sizeof request - (size_t)len - size, "\r\n\r\n");
    return client_ask(server, request).status;
}

static void large_headers_get_431(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.header_max = 4096});
    assert_int_equal(status_with_header(server, 3900), 200);
    assert_int_equal(status_with_header(server, 4200), 431);
    assert_int_equal(status_with_header(server, 30000), 431);
    assert_int_equal(atomic_load(&handled), 1);
    http_stop(server, 1);
}

static void fields_beyond_the_arena_get_413(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){.arena_max = 64 * 1024});
    static char request[256 * 1024];
    size_t body = 200 * 1024;
    int head = snprintf(request, sizeof request,
                        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        "Content-Length: %zu\r\n\r\na=",
                        body);
    memset(request + head, 'x', body - 2);
    int fd = client_connect(server);
    assert_true(client_send_n(fd, request, (size_t)head + body - 2));
    assert_int_equal(client_read(fd, false).status, 413);
    (void)close(fd);
    assert_int_equal(atomic_load(&handled), 0);
    assert_int_equal(client_ask(server, "GET /arena HTTP/1.1\r\nHost: x\r\n\r\n").status, 507);
    assert_int_equal(client_ask(server, GET).status, 200);
    http_stop(server, 1);
}

static unsigned count_served(const struct http_server *server, int *fds, unsigned count)
{
    unsigned served = 0;
    for (unsigned i = 0; i < count; i++) {
        fds[i] = client_connect(server);
        struct timeval patience = {.tv_usec = 300 * 1000};
        (void)setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        served += client_send(fds[i], GET) && client_read(fds[i], false).status == 200;
    }
    return served;
}

static void connections_are_limited(void **state)
{
    (void)state;
    int fds[8];
    struct http_server *server = serve((struct http_limits){.connections_per_address = 5});
    assert_int_equal(count_served(server, fds, 8), 5);
    for (unsigned i = 0; i < 8; i++)
        (void)close(fds[i]);
    (void)usleep(100 * 1000);
    assert_int_equal(client_ask(server, GET).status, 200);
    http_stop(server, 1);
    server = serve((struct http_limits){.connections = 3});
    assert_int_equal(count_served(server, fds, 4), 3);
    (void)close(fds[0]);
    assert_int_equal(client_read(fds[3], false).status, 200); /* the fourth waited for its turn */
    for (unsigned i = 1; i < 4; i++)
        (void)close(fds[i]);
    http_stop(server, 1);
}

/* One account takes only so many, whatever its address may; the one too many ends, and others are not touched. */
static void connections_of_one_account_are_limited(void **state)
{
    (void)state;
    static const char mine[] = "GET /mine HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char other[] = "GET /other HTTP/1.1\r\nHost: x\r\n\r\n";
    int fds[5];
    struct http_server *server = serve((struct http_limits){.connections_per_owner = 3});
    for (unsigned i = 0; i < 4; i++) {
        fds[i] = client_connect(server);
        assert_true(client_send(fds[i], mine));
        struct client_answer answer = client_read(fds[i], false);
        assert_int_equal(answer.status, i < 3 ? 200 : 503);
    }
    char byte;
    assert_int_equal(recv(fds[3], &byte, 1, 0), 0);
    assert_true(client_send(fds[0], mine));
    assert_int_equal(client_read(fds[0], false).status, 200);
    fds[4] = client_connect(server);
    assert_true(client_send(fds[4], other));
    assert_int_equal(client_read(fds[4], false).status, 200);
    (void)close(fds[0]);
    (void)usleep(100 * 1000);
    (void)close(fds[3]);
    fds[3] = client_connect(server);
    assert_true(client_send(fds[3], mine));
    assert_int_equal(client_read(fds[3], false).status, 200);
    for (unsigned i = 1; i < 5; i++)
        (void)close(fds[i]);
    http_stop(server, 1);
}

/* A request in the middle of its body does not hold up the stop for ever. */
/* Each is allowed, but not all at once: who comes last has to wait, and what was begun goes on. */
static void bodies_together_are_limited(void **state)
{
    (void)state;
    enum { HALF = 30000, FILLERS = 3 };
    static char half[HALF];
    static const char head[] = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
    memset(half, 'x', sizeof half);
    struct http_server *server = serve((struct http_limits){.bodies_max = (size_t)128 * 1024});
    int fds[FILLERS];
    for (int i = 0; i < FILLERS; i++) {
        fds[i] = client_connect(server);
        assert_true(client_send(fds[i], head) && client_send_n(fds[i], half, HALF));
        (void)usleep(50000);
    }
    int late = client_connect(server);
    assert_true(client_send(late, head) && client_send_n(late, half, HALF) && client_send_n(late, half, HALF));
    assert_int_equal(client_read(late, false).status, 503);
    (void)close(late);
    assert_int_equal(client_ask(server, GET).status, 200);
    for (int i = 1; i < FILLERS; i++)
        (void)close(fds[i]);
    (void)usleep(100000);
    assert_true(client_send_n(fds[0], half, HALF));
    assert_int_equal(client_read(fds[0], false).status, 200);
    (void)close(fds[0]);
    late = client_connect(server);
    assert_true(client_send(late, head) && client_send_n(late, half, HALF) && client_send_n(late, half, HALF));
    assert_int_equal(client_read(late, false).status, 200);
    (void)close(late);
    http_stop(server, 1);
}

static int post_status(const struct http_server *server, const char *path, size_t size)
{
    static char body[256 * 1024];
    char head[128];
    memset(body, 'x', sizeof body);
    (void)snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", path, size);
    int fd = client_connect(server);
    int status = client_send(fd, head) && client_send_n(fd, body, size) ? client_read(fd, false).status : 0;
    (void)close(fd);
    return status;
}

/* Of large bodies strangers hold a quarter at most, and all together leave a quarter: small ones always go through, as those of sign-in. */
static void large_bodies_leave_room(void **state)
{
    (void)state;
    enum { PART = 100000, MANY = 24 };
    static const char *const paths[] = {"/stranger", "/known"};
    static char part[PART];
    memset(part, 'x', sizeof part);
    struct http_server *server = serve((struct http_limits){.bodies_max = (size_t)1024 * 1024});
    int fds[2][MANY];
    for (size_t who = 0; who < 2; who++) {
        for (size_t i = 0; i < MANY; i++) {
            char head[128];
            (void)snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 120000\r\n\r\n",
                           paths[who]);
            fds[who][i] = client_connect(server);
            assert_true(client_send(fds[who][i], head) && client_send_n(fds[who][i], part, PART));
        }
        (void)usleep(200000);
        assert_int_equal(post_status(server, "/a", 50000), 200);
        assert_int_equal(post_status(server, "/stranger", PART), 503);
        assert_int_equal(post_status(server, "/known", PART), who == 0 ? 200 : 503);
    }
    for (size_t i = 0; i < 2 * (size_t)MANY; i++)
        (void)close(fds[i / MANY][i % MANY]);
    (void)usleep(200000);
    assert_int_equal(post_status(server, "/stranger", PART), 200);
    http_stop(server, 1);
}

/* Who asks for many large files and does not take them fills no memory, and keeps nobody from the small pages. */
static void large_answers_together_are_limited(void **state)
{
    (void)state;
    enum { MANY = 8 };
    struct http_server *server = serve((struct http_limits){.bodies_max = (size_t)3 * LARGE});
    int fds[MANY];
    char status[13] = "";
    int sent = 0;
    for (size_t i = 0; i < MANY; i++) {
        fds[i] = client_connect(server);
        assert_true(client_send(fds[i], "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_int_equal(recv(fds[i], status, sizeof status - 1, MSG_WAITALL), sizeof status - 1);
        sent += atoi(status + strlen("HTTP/1.1 ")) == 200;
    }
    assert_int_equal(sent, 3);
    assert_int_equal(client_ask(server, GET).status, 200);
    for (size_t i = 0; i < MANY; i++)
        (void)close(fds[i]);
    (void)usleep(200000);
    int fd = client_connect(server);
    assert_true(client_send(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_int_equal(recv(fd, status, sizeof status - 1, MSG_WAITALL), sizeof status - 1);
    assert_string_equal(status, "HTTP/1.1 200");
    (void)close(fd);
    http_stop(server, 1);
}

static void stop_ends_what_does_not_finish(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){0});
    int fd = client_connect(server);
    assert_true(client_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nxx"));
    (void)usleep(100 * 1000);
    int64_t start = time_monotonic();
    http_stop(server, 1);
    assert_in_range(time_monotonic() - start, 900, 4000);
    assert_true(client_closed(fd));
    (void)close(fd);
}

struct crowd {
    int epoll;
    int *fds;
    unsigned *left; /* requests each connection still has to make */
    size_t *got;    /* bytes of the current answer */
    unsigned busy;
};

static void crowd_step(struct crowd *crowd, unsigned i, size_t answer_size)
{
    char bytes[512];
    ssize_t got = recv(crowd->fds[i], bytes, answer_size - crowd->got[i], 0);
    assert_true(got > 0);
    crowd->got[i] += (size_t)got;
    if (crowd->got[i] < answer_size)
        return;
    crowd->got[i] = 0;
    if (--crowd->left[i] > 0)
        assert_true(client_send(crowd->fds[i], GET));
    else
        crowd->busy--;
}

static size_t answer_size_of(const struct http_server *server)
{
    int fd = client_connect(server);
    assert_true(client_send(fd, GET));
    struct client_answer answer = client_read(fd, false);
    (void)close(fd);
    return strlen(answer.head) + answer.body_len;
}

/* All connections ask at once, each anew as soon as it is answered; the milliseconds until all are through. */
static int64_t crowd_run(const struct http_server *server, unsigned count, unsigned requests)
{
    struct crowd crowd = {epoll_create1(EPOLL_CLOEXEC), calloc(count, sizeof *crowd.fds),
                          calloc(count, sizeof *crowd.left), calloc(count, sizeof *crowd.got), count};
    size_t answer_size = answer_size_of(server);
    for (unsigned i = 0; i < count; i++) {
        crowd.fds[i] = client_connect(server);
        assert_true(crowd.fds[i] >= 0);
        crowd.left[i] = requests;
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        assert_int_equal(epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, crowd.fds[i], &event), 0);
    }
    int64_t start = time_monotonic();
    for (unsigned i = 0; i < count; i++)
        assert_true(client_send(crowd.fds[i], GET));
    while (crowd.busy > 0) {
        struct epoll_event events[512];
        int ready = epoll_wait(crowd.epoll, events, 512, CLIENT_PATIENCE * 1000);
        assert_true(ready > 0);
        for (int i = 0; i < ready; i++)
            crowd_step(&crowd, events[i].data.u32, answer_size);
    }
    int64_t took = time_monotonic() - start;
    for (unsigned i = 0; i < count; i++)
        (void)close(crowd.fds[i]);
    (void)close(crowd.epoll);
    free(crowd.fds);
    free(crowd.left);
    free(crowd.got);
    return took;
}

/* Where the library's own loop stalls (full batches of 128 events), 12,000 pages take 16 seconds and more. */
static void full_batches_do_not_stall(void **state)
{
    (void)state;
    struct http_server *server = serve((struct http_limits){0});
    static const unsigned counts[] = {127, 128, 129, 256, 384};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        unsigned requests = 12000 / counts[i];
        int64_t took = crowd_run(server, counts[i], requests);
        print_message("# %u connections: %.0f pages/s\n", counts[i],
                      counts[i] * requests * 1000.0 / (double)(took > 0 ? took : 1));
        assert_in_range(took, 0, 8000);
    }
    http_stop(server, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dripping_headers_are_cut),
        cmocka_unit_test(dripping_next_request_is_cut),
        cmocka_unit_test(dripping_body_is_cut),
        cmocka_unit_test(steady_body_is_taken),
        cmocka_unit_test(hoarded_body_is_cut),
        cmocka_unit_test(idle_connection_is_closed),
        cmocka_unit_test(slow_reader_is_cut),
        cmocka_unit_test(large_headers_get_431),
        cmocka_unit_test(fields_beyond_the_arena_get_413),
        cmocka_unit_test(connections_of_one_account_are_limited),
        cmocka_unit_test(connections_are_limited),
        cmocka_unit_test(bodies_together_are_limited),
        cmocka_unit_test(large_bodies_leave_room),
        cmocka_unit_test(large_answers_together_are_limited),
        cmocka_unit_test(stop_ends_what_does_not_finish),
        cmocka_unit_test(full_batches_do_not_stall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
