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

static enum err submit(struct slow_pool *pool, void (*work)(void *data), void *data)
{
    return slow_pool_submit(pool, &(struct slow_job){.work = work, .data = data});
}

static void every_job_runs_once_and_close_finishes_the_line(void **state)
{
    (void)state;
    struct slow_pool *pool = NULL;
    assert_int_equal(slow_pool_open(3, JOBS, &pool), OK);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(submit(pool, count, &ran[i]), OK);
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
    assert_int_equal(submit(pool, hold, &held), OK);
    sem_wait(&held.inside);
    assert_int_equal(submit(pool, count, &done), OK);
    assert_int_equal(submit(pool, count, &done), OK);
    assert_int_equal(submit(pool, count, &done), ERR_BUSY);
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
        assert_int_equal(submit(pool, note_order, &first_seen[i]), OK);
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
        if (submit(crowd->pool, count, &crowd->done) == OK)
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

/* ---- turns ---- */

struct place {
    atomic_int ran; /* when; 0: not yet */
    atomic_int refused;
};
static atomic_int turn;

static void take_place(void *data)
{
    struct place *place = data;
    atomic_store(&place->ran, atomic_fetch_add(&turn, 1) + 1);
}

static void refuse_place(void *data)
{
    struct place *place = data;
    atomic_fetch_add(&place->refused, 1);
}

static enum err line_up(struct slow_pool *pool, enum slow_lane lane, uint64_t who, struct place *place)
{
    return slow_pool_submit(
        pool, &(struct slow_job){.work = take_place, .refuse = refuse_place, .data = place, .lane = lane, .who = who});
}

/* A pool of one thread that is held while the lines fill. */
static struct slow_pool *held_pool(struct held *held, unsigned line)
{
    struct slow_pool *pool = NULL;
    sem_init(&held->inside, 0, 0);
    sem_init(&held->go, 0, 0);
    assert_int_equal(slow_pool_open(1, line, &pool), OK);
    assert_int_equal(submit(pool, hold, held), OK);
    sem_wait(&held->inside);
    atomic_store(&turn, 0);
    return pool;
}

static void m7_1_a_storm_makes_room_for_others(void **state)
{
    (void)state;
    enum { LINE = 8 };
    struct held held;
    struct place storm[LINE] = {0};
    struct place other = {0};
    struct place late = {0};
    struct slow_pool *pool = held_pool(&held, LINE);
    for (size_t i = 0; i < LINE; i++)
        assert_int_equal(line_up(pool, SLOW_STRANGER, 1, &storm[i]), OK);
    assert_int_equal(line_up(pool, SLOW_STRANGER, 1, &late), ERR_BUSY);
    /* Another address pushes the newest of the storm out, and is served second, not ninth. */
    assert_int_equal(line_up(pool, SLOW_STRANGER, 2, &other), OK);
    assert_int_equal(atomic_load(&storm[LINE - 1].refused), 1);
    sem_post(&held.go);
    slow_pool_close(pool);
    assert_true(atomic_load(&other.ran) <= 2);
    assert_int_equal(atomic_load(&storm[LINE - 1].ran), 0);
    for (size_t i = 0; i < LINE - 1; i++)
        assert_true(atomic_load(&storm[i].ran) > 0);
}

static void m7_1_whom_the_program_knows_has_a_line_of_their_own(void **state)
{
    (void)state;
    enum { LINE = 8 };
    struct held held;
    struct place storm[LINE] = {0};
    struct place known[SLOW_PER_KNOWN + 1] = {0};
    struct slow_pool *pool = held_pool(&held, LINE);
    for (size_t i = 0; i < LINE; i++)
        assert_int_equal(line_up(pool, SLOW_STRANGER, i, &storm[i]), OK);
    for (size_t i = 0; i < SLOW_PER_KNOWN; i++)
        assert_int_equal(line_up(pool, SLOW_KNOWN, 7, &known[i]), OK);
    assert_int_equal(line_up(pool, SLOW_KNOWN, 7, &known[SLOW_PER_KNOWN]), ERR_BUSY);
    sem_post(&held.go);
    slow_pool_close(pool);
    /* They take turns with the strangers. */
    for (size_t i = 0; i < SLOW_PER_KNOWN; i++)
        assert_true((size_t)atomic_load(&known[i].ran) <= 2 * (i + 1));
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
        cmocka_unit_test(m7_1_a_storm_makes_room_for_others),
        cmocka_unit_test(m7_1_whom_the_program_knows_has_a_line_of_their_own),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
