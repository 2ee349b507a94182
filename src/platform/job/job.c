#include "platform/job/job.h"

#include "base/time.h"
#include "platform/job/queries.h"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 30000, RETRY_MS = 300000, HOLDER_BYTES = 12 };

struct job_runner {
    struct store *store;
    int64_t org;
    const struct job *jobs;
    size_t count;
    void *data;
    int64_t look_ms;
    char holder[2 * HOLDER_BYTES + 1]; /* names this process; means nothing beyond that */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool closing;
};

/* ---- leases ---- */

enum err job_lease_take(struct db *db, int64_t org, const char *name, const char *holder, int64_t now, int64_t until,
                        bool *got)
{
    size_t changed = 0;
    TRY(job_lease_claim(
        db, &(struct job_lease_claim_in){.org = org, .name = name, .holder = holder, .held_until = until, .now = now},
        &changed));
    *got = changed == 1;
    return OK;
}

enum err job_lease_end(struct db *db, int64_t org, const char *name, const char *holder, int64_t done, int64_t due)
{
    size_t changed = 0;
    if (done != 0)
        TRY(job_lease_finish(
            db,
            &(struct job_lease_finish_in){.org = org, .name = name, .holder = holder, .due_at = due, .done_at = done},
            &changed));
    else
        TRY(job_lease_give_back(
            db, &(struct job_lease_give_back_in){.org = org, .name = name, .holder = holder, .due_at = due}, &changed));
    return changed == 1 ? OK : ERR_STALE;
}

/* ---- one job ---- */

struct job_step {
    const struct job_runner *runner;
    const struct job *job;
    int64_t now;
    bool got;
    enum err result;
};

static enum err take(struct db *db, void *data)
{
    struct job_step *step = data;
    return job_lease_take(db, step->runner->org, step->job->name, step->runner->holder, step->now,
                          step->now + step->job->hold_ms, &step->got);
}

static enum err end(struct db *db, void *data)
{
    const struct job_step *step = data;
    int64_t retry = step->job->every_ms < RETRY_MS ? step->job->every_ms : RETRY_MS;
    bool well = step->result == OK;
    return job_lease_end(db, step->runner->org, step->job->name, step->runner->holder, well ? step->now : 0,
                         step->now + (well ? step->job->every_ms : retry));
}

static void run_one(const struct job_runner *runner, const struct job *job)
{
    struct job_step step = {.runner = runner, .job = job, .now = time_now()};
    if (store_change(runner->store, take, &step) != OK || !step.got)
        return;
    step.result = job->run(&(struct job_run){
        .store = runner->store, .org = runner->org, .now = step.now, .data = runner->data, .step = &step});
    if (step.result != OK)
        (void)err_note(step.result, "the job %s has to be done again", job->name);
    step.now = time_now();
    enum err ended = store_change(runner->store, end, &step);
    if (ended != OK)
        (void)err_note(ended, "the job %s took longer than it may, or its end could not be written", job->name);
}

enum err job_go_on(const struct job_run *run)
{
    struct job_step *step = run->step;
    int64_t now = time_now();
    if (now - step->now < step->job->hold_ms / 4)
        return OK;
    step->now = now;
    TRY(store_change(run->store, take, step));
    return step->got ? OK : ERR_STALE;
}

/* ---- the runner ---- */

/* False when it is time to close. */
static bool pause_until(struct job_runner *runner, const struct timespec *until)
{
    (void)pthread_mutex_lock(&runner->lock);
    while (!runner->closing && pthread_cond_timedwait(&runner->wake, &runner->lock, until) == 0)
        continue;
    bool open = !runner->closing;
    (void)pthread_mutex_unlock(&runner->lock);
    return open;
}

static bool is_closing(struct job_runner *runner)
{
    (void)pthread_mutex_lock(&runner->lock);
    bool closing = runner->closing;
    (void)pthread_mutex_unlock(&runner->lock);
    return closing;
}

static void *runner_main(void *data)
{
    struct job_runner *runner = data;
    struct timespec until;
    do {
        for (size_t i = 0; i < runner->count && !is_closing(runner); i++)
            run_one(runner, &runner->jobs[i]);
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += runner->look_ms / 1000;
        until.tv_nsec += runner->look_ms % 1000 * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
    } while (pause_until(runner, &until));
    return NULL;
}

static void name_holder(struct job_runner *runner)
{
    uint8_t random[HOLDER_BYTES];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(runner->holder, sizeof runner->holder, random, sizeof random);
}

/* Signals are for the main thread. */
static bool start(struct job_runner *runner)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&runner->thread, NULL, runner_main, runner) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void discard(struct job_runner *runner)
{
    (void)pthread_cond_destroy(&runner->wake);
    (void)pthread_mutex_destroy(&runner->lock);
    free(runner);
}

enum err job_runner_open(struct store *store, int64_t org, const struct job *jobs, size_t count, void *data,
                         int64_t look_ms, struct job_runner **out)
{
    struct job_runner *runner = calloc(1, sizeof *runner);
    if (runner == NULL)
        return err_note(ERR_BUSY, "no memory for the jobs");
    runner->store = store;
    runner->org = org;
    runner->jobs = jobs;
    runner->count = count;
    runner->data = data;
    runner->look_ms = look_ms == 0 ? LOOK_MS : look_ms;
    name_holder(runner);
    pthread_condattr_t clock;
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&runner->wake, &clock);
    (void)pthread_condattr_destroy(&clock);
    (void)pthread_mutex_init(&runner->lock, NULL);
    if (!start(runner)) {
        discard(runner);
        return err_note(ERR_BUSY, "no thread for the jobs");
    }
    *out = runner;
    return OK;
}

void job_runner_close(struct job_runner *runner)
{
    if (runner == NULL)
        return;
    (void)pthread_mutex_lock(&runner->lock);
    runner->closing = true;
    (void)pthread_cond_broadcast(&runner->wake);
    (void)pthread_mutex_unlock(&runner->lock);
    (void)pthread_join(runner->thread, NULL);
    discard(runner);
}
