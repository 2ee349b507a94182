#include "platform/job/job.h"

#include "base/time.h"
#include "platform/job/queries.h"
#include "platform/store/scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ORG = 7 };
static const int64_t NOW = INT64_C(1700000000000);

struct fixture {
    char folder[64];
    char path[80];
    char url[SCRATCH_URL_SIZE];
    struct store *store;
};

static int begin(void **state)
{
    static struct fixture fixture;
    (void)snprintf(fixture.folder, sizeof fixture.folder, "/tmp/job-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL)
        return -1;
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/data.db", fixture.folder);
    scratch_make(fixture.path, fixture.url);
    *state = &fixture;
    return store_open(fixture.url, &(struct store_options){.create = true}, &fixture.store) == OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    scratch_drop(fixture->url);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "%s%s", fixture->path, endings[i]);
        (void)unlink(name);
    }
    return rmdir(fixture->folder);
}

/* ---- leases ---- */

struct act {
    char what; /* t: take, e: end well, f: end with a fault */
    const char *holder;
    int64_t now; /* after NOW */
    int64_t until_or_due;
    bool got;
    enum err result;
};

static enum err do_act(struct db *db, void *data)
{
    struct act *act = data;
    if (act->what == 't')
        return job_lease_take(db, ORG, "backup", act->holder, NOW + act->now, NOW + act->until_or_due, &act->got);
    return job_lease_end(db, ORG, "backup", act->holder, act->what == 'e' ? NOW + act->now : 0,
                         NOW + act->until_or_due);
}

static void a_job_has_one_holder_at_a_time(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const struct act acts[] = {
        {'t', "first", 0, 100, true, OK},            /* nobody had it */
        {'t', "second", 50, 150, false, OK},         /* held */
        {'t', "first", 60, 200, true, OK},           /* held on to */
        {'t', "second", 199, 300, false, OK},        /* held until 200 */
        {'t', "second", 200, 300, true, OK},         /* the holder is gone: taken over */
        {'e', "first", 210, 1000, false, ERR_STALE}, /* comes too late, and changes nothing */
        {'t', "first", 250, 400, false, OK},
        {'e', "second", 260, 500, false, OK},
        {'t', "first", 499, 900, false, OK}, /* not due yet */
        {'t', "first", 500, 900, true, OK},
        {'f', "first", 510, 550, false, OK}, /* it failed: due again soon */
        {'t', "second", 549, 900, false, OK},
        {'t', "second", 550, 900, true, OK},
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct act act = acts[i];
        act.got = false;
        assert_int_equal(store_change(store, do_act, &act), acts[i].result);
        if (act.got != acts[i].got)
            fail_msg("act %zu", i);
    }
    struct db *db = NULL;
    struct job_lease_get_row row;
    struct arena *arena = arena_new(1 << 16);
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(job_lease_get(db, arena, &(struct job_lease_get_in){.org = ORG, .name = "backup"}, &row), OK);
    assert_string_equal(row.holder, "second");
    assert_true(row.done_at.has && row.done_at.value == NOW + 260); /* the fault does not count as done */
    store_reader_close(db);
    arena_free(arena);
}

/* ---- the runner ---- */

static atomic_int well, wrong;

static enum err do_well(const struct job_run *run)
{
    assert_int_equal(run->org, ORG);
    atomic_fetch_add((atomic_int *)run->data, 1);
    return OK;
}

static enum err do_wrong(const struct job_run *run)
{
    (void)run;
    atomic_fetch_add(&wrong, 1);
    return ERR_IO;
}

static void several_runners_run_a_job_once(void **state)
{
    struct fixture *fixture = *state;
    static const struct job jobs[] = {
        {.name = "rarely", .every_ms = HOUR_MS, .hold_ms = HOUR_MS, .run = do_well},
        {.name = "never well", .every_ms = HOUR_MS, .hold_ms = HOUR_MS, .run = do_wrong},
    };
    struct store *second = NULL;
    assert_int_equal(store_open(fixture->url, &(struct store_options){.create = false}, &second), OK);
    struct job_runner *runners[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(job_runner_open(i % 2 == 0 ? fixture->store : second, ORG, jobs, 2, &well, 5, &runners[i]),
                         OK);
    for (int i = 0; i < 400 && (atomic_load(&well) == 0 || atomic_load(&wrong) == 0); i++)
        (void)usleep(10000);
    (void)usleep(100000); /* room for a second run, which must not come */
    for (size_t i = 0; i < 4; i++)
        job_runner_close(runners[i]);
    store_close(second);
    assert_int_equal(atomic_load(&well), 1);
    assert_int_equal(atomic_load(&wrong), 1); /* tried again in five minutes, not at once */
}

static void a_job_comes_again_when_it_is_due(void **state)
{
    struct fixture *fixture = *state;
    static const struct job often = {.name = "often", .every_ms = 20, .hold_ms = HOUR_MS, .run = do_well};
    atomic_int times = 0;
    struct job_runner *runner = NULL;
    assert_int_equal(job_runner_open(fixture->store, ORG, &often, 1, &times, 5, &runner), OK);
    for (int i = 0; i < 500 && atomic_load(&times) < 3; i++)
        (void)usleep(10000);
    job_runner_close(runner);
    assert_true(atomic_load(&times) >= 3);
    int before = atomic_load(&times);
    (void)usleep(50000);
    assert_int_equal(atomic_load(&times), before); /* closed is closed */
}

static enum err do_act_slow(struct db *db, void *data)
{
    struct act *act = data;
    return job_lease_take(db, ORG, "slow", act->holder, NOW + act->now, NOW + act->until_or_due, &act->got);
}

/* Who dies is followed soon, because a hold is short; who is only slow keeps the job by saying so. */
static enum err be_slow(const struct job_run *run)
{
    struct job_lease_get_row first;
    struct job_lease_get_row later;
    struct db *db = NULL;
    struct arena *arena = arena_new(1 << 16);
    const struct job_lease_get_in in = {.org = ORG, .name = "slow"};
    TRY(store_reader_open(run->store, &db));
    assert_int_equal(job_lease_get(db, arena, &in, &first), OK);
    do {
        assert_int_equal(job_go_on(run), OK);
        assert_int_equal(job_lease_get(db, arena, &in, &later), OK);
    } while (later.held_until == first.held_until);
    assert_true(later.held_until > first.held_until);
    assert_string_equal(later.holder, first.holder);
    /* As if it had slept for too long. */
    struct act other = {'t', "another", 0, 0, false, OK};
    while (!other.got) {
        other.now = time_now() - NOW;
        other.until_or_due = other.now + HOUR_MS;
        assert_int_equal(store_change(run->store, do_act_slow, &other), OK);
    }
    enum err lost;
    while ((lost = job_go_on(run)) == OK)
        continue;
    assert_int_equal(lost, ERR_STALE);
    store_reader_close(db);
    arena_free(arena);
    atomic_fetch_add((atomic_int *)run->data, 1);
    return OK;
}

static void a_long_run_keeps_its_job_by_saying_so(void **state)
{
    struct fixture *fixture = *state;
    static const struct job slow = {.name = "slow", .every_ms = HOUR_MS, .hold_ms = 40, .run = be_slow};
    atomic_int times = 0;
    struct job_runner *runner = NULL;
    assert_int_equal(job_runner_open(fixture->store, ORG, &slow, 1, &times, 5, &runner), OK);
    while (atomic_load(&times) == 0)
        (void)usleep(1000);
    job_runner_close(runner);
    assert_int_equal(atomic_load(&times), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_has_one_holder_at_a_time, begin, end),
        cmocka_unit_test_setup_teardown(several_runners_run_a_job_once, begin, end),
        cmocka_unit_test_setup_teardown(a_long_run_keeps_its_job_by_saying_so, begin, end),
        cmocka_unit_test_setup_teardown(a_job_comes_again_when_it_is_due, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
