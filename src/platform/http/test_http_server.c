/* Waiting for other threads, starting and stopping. */
#include "platform/http/test_client.h"

#include "base/text.h"

#include <pthread.h>
#include <stdatomic.h>

struct bench {
    struct http_server *server;
    atomic_uint started, stopped;
    atomic_uint served[2];               /* by each thread */
    _Atomic(struct http_request *) held; /* a request that waits for the test */
};

static void answer_text(struct http_request *request, const char *text)
{
    struct http_reply reply = {.status = 200, .body = {(const uint8_t *)text, strlen(text)}};
    http_answer(request, &reply);
}

static void handle(struct http_request *request, void *data)
{
    struct bench *bench = data;
    atomic_fetch_add(&bench->served[request->thread], 1);
    if (!text_same(request->path, "/wait")) {
        answer_text(request, "now");
        return;
    }
    http_wait(request);
    atomic_store(&bench->held, request);
}

static enum err thread_start(unsigned thread, void *data)
{
    struct bench *bench = data;
    (void)thread;
    atomic_fetch_add(&bench->started, 1);
    return OK;
}

static void thread_stop(unsigned thread, void *data)
{
    struct bench *bench = data;
    (void)thread;
    atomic_fetch_add(&bench->stopped, 1);
}

static struct http_config config_for(struct bench *bench)
{
    return (struct http_config){
        .address = "127.0.0.1",
        .threads = 2,
        .handle = handle,
        .thread_start = thread_start,
        .thread_stop = thread_stop,
        .data = bench,
    };
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct http_config config = config_for(bench);
    assert_int_equal(http_start(&config, &bench->server), OK);
    assert_int_equal(atomic_load(&bench->started), 2);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    http_stop(bench->server, 2);
    assert_int_equal(atomic_load(&bench->stopped), atomic_load(&bench->started));
    free(bench);
    return 0;
}

static void assert_late(const struct client_answer *answer)
{
    assert_int_equal(answer->status, 200);
    assert_string_equal(answer->body, "late");
}

static struct http_request *wait_for_held(struct bench *bench)
{
    struct http_request *request = NULL;
    for (int i = 0; request == NULL && i < 10000; i++) {
        request = atomic_exchange(&bench->held, NULL);
        (void)usleep(1000);
    }
    assert_non_null(request);
    return request;
}

static void answer_late(struct http_request *request)
{
    answer_text(request, "late");
}

static void wait_again(struct http_request *request)
{
    http_wait(request);
    http_continue(request, answer_late);
}

static void continue_from_another_thread(void **state)
{
    struct bench *bench = *state;
    int fd = client_connect(bench->server);
    for (int i = 0; i < 50; i++) {
        assert_true(client_send(fd, "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"));
        http_continue(wait_for_held(bench), i % 2 == 0 ? answer_late : wait_again);
        struct client_answer answer = client_read(fd, false);
        assert_late(&answer);
    }
    (void)close(fd);
}

static void client_gone_while_waiting(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 20; i++) {
        int fd = client_connect(bench->server);
        assert_true(client_send(fd, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
        struct http_request *request = wait_for_held(bench);
        struct linger at_once = {.l_onoff = i % 2, .l_linger = 0};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)close(fd);
        (void)usleep(2000);
        assert_string_equal(request->path, "/wait");
        http_continue(request, answer_late);
    }
    assert_int_equal(client_ask(bench->server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

static void *stop_server(void *data)
{
    struct bench *bench = data;
    http_stop(bench->server, 1);
    return NULL;
}

/* A request that waits is finished even beyond the time given to the others. */
static void graceful_stop(void **state)
{
    (void)state;
    struct bench other = {0};
    struct http_config config = config_for(&other);
    assert_int_equal(http_start(&config, &other.server), OK);
    int waiting = client_connect(other.server);
    int idle = client_connect(other.server);
    assert_true(client_send(waiting, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    struct http_request *request = wait_for_held(&other);
    pthread_t stopper;
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, &other), 0);
    (void)usleep(1500 * 1000);
    assert_int_equal(client_connect(other.server), -1);
    http_continue(request, answer_late);
    struct client_answer answer = client_read(waiting, false);
    assert_late(&answer);
    assert_non_null(strstr(answer.head, "Connection: close\r\n"));
    (void)pthread_join(stopper, NULL);
    assert_true(client_closed(waiting) && client_closed(idle));
    assert_int_equal(atomic_load(&other.stopped), 2);
    (void)close(waiting);
    (void)close(idle);
}

/* The kernel shares connections out by their ports: of 100, a thread that gets none is not listening. */
static void all_threads_get_connections(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(client_ask(bench->server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    assert_in_range(atomic_load(&bench->served[0]), 10, 90);
    assert_int_equal(atomic_load(&bench->served[0]) + atomic_load(&bench->served[1]), 100);
}

static void taken_port_is_a_conflict(void **state)
{
    struct bench *bench = *state;
    struct http_config config = config_for(bench);
    config.port = http_port(bench->server);
    struct http_server *second = NULL;
    assert_int_equal(http_start(&config, &second), ERR_CONFLICT);
    assert_null(second);
    config.address = "nowhere";
    assert_int_equal(http_start(&config, &second), ERR_INPUT);
}

static enum err refuse_second(unsigned thread, void *data)
{
    struct bench *bench = data;
    if (thread == 1)
        return ERR_BROKEN;
    atomic_fetch_add(&bench->started, 1);
    return OK;
}

static void failing_thread_start_is_told(void **state)
{
    struct bench *bench = *state;
    struct http_config config = config_for(bench);
    config.thread_start = refuse_second;
    struct http_server *second = NULL;
    assert_int_equal(http_start(&config, &second), ERR_BROKEN);
    assert_int_equal(atomic_load(&bench->stopped), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(continue_from_another_thread), CASE(client_gone_while_waiting), CASE(graceful_stop),
        CASE(all_threads_get_connections),  CASE(taken_port_is_a_conflict),  CASE(failing_thread_start_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
