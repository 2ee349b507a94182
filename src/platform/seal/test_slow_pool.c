#include "platform/seal/seal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { JOBS = 2000 };

static atomic_int ran[JOBS];
static atomic_int order;
static int first_seen[JOBS];

static void count(void *data)
{
    atomic_fetch_add((atomic_int *)data, 1);
}

struct held {
    sem_t inside;
    sem_t go;
};

static void hold(void *data)
{
    struct held *held = data;
    sem_post(&held->inside);
    sem_wait(&held->go);
}

static void note_order(void *data)
{
    *(int *)data = atomic_fetch_add(&order, 1);
}

static void every_job_runs_once_and_close_finishes_the_line(void **state)
{
    (void)state;
    struct slow_pool *pool = NULL;
    assert_int_equal(slow_pool_open(3, JOBS, &pool), OK);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(slow_pool_submit(pool, count, &ran[i]), OK);
    slow_pool_close(pool);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(atomic_load(&ran[i]), 1);
}

static void a_full_line_is_busy(void **state)
{
    (void)state;
    struct slow_pool *pool = NULL;
    struct held held;
    atomic_int done = 0;
    sem_init(&held.inside, 0, 0);
    sem_init(&held.go, 0, 0);
    assert_int_equal(slow_pool_open(1, 2, &pool), OK);
    assert_int_equal(slow_pool_submit(pool, hold, &held), OK);
    sem_wait(&held.inside);
    assert_int_equal(slow_pool_submit(pool, count, &done), OK);
    assert_int_equal(slow_pool_submit(pool, count, &done), OK);
    assert_int_equal(slow_pool_submit(pool, count, &done), ERR_BUSY);
    sem_post(&held.go);
    slow_pool_close(pool);
    assert_int_equal(atomic_load(&done), 2);
    sem_destroy(&held.inside);
    sem_destroy(&held.go);
}

static void one_thread_keeps_the_order(void **state)
{
    (void)state;
    struct slow_pool *pool = NULL;
    assert_int_equal(slow_pool_open(1, JOBS, &pool), OK);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(slow_pool_submit(pool, note_order, &first_seen[i]), OK);
    slow_pool_close(pool);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(first_seen[i], i);
}

struct crowd {
    struct slow_pool *pool;
    atomic_int accepted;
    atomic_int done;
};

static void *submit_many(void *data)
{
    struct crowd *crowd = data;
    for (int i = 0; i < JOBS; i++)
        if (slow_pool_submit(crowd->pool, count, &crowd->done) == OK)
            atomic_fetch_add(&crowd->accepted, 1);
    return NULL;
}

static void many_may_submit_at_once(void **state)
{
    (void)state;
    enum { PEOPLE = 4 };
    pthread_t people[PEOPLE];
    struct crowd crowd = {.pool = NULL};
    assert_int_equal(slow_pool_open(2, 8, &crowd.pool), OK);
    for (size_t i = 0; i < PEOPLE; i++)
        assert_int_equal(pthread_create(&people[i], NULL, submit_many, &crowd), 0);
    for (size_t i = 0; i < PEOPLE; i++)
        pthread_join(people[i], NULL);
    slow_pool_close(crowd.pool);
    assert_true(atomic_load(&crowd.accepted) > 0);
    assert_int_equal(atomic_load(&crowd.done), atomic_load(&crowd.accepted));
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    struct slow_pool *pool = NULL;
    slow_pool_close(NULL);
    assert_int_equal(slow_pool_open(2, 1, &pool), OK);
    slow_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once_and_close_finishes_the_line),
        cmocka_unit_test(a_full_line_is_busy),
        cmocka_unit_test(one_thread_keeps_the_order),
        cmocka_unit_test(many_may_submit_at_once),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
