#include "platform/seal/seal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NICE = 10 }; /* pages that are being looked at come first */

struct line {
    struct slow_job *jobs; /* in the order they came */
    unsigned count;
    uint64_t last; /* whose turn it was */
};

struct slow_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct line lines[SLOW_LANES];
    unsigned line_max;
    enum slow_lane turn;
    bool closing;
    unsigned started;
    pthread_t threads[];
};

static struct slow_job take(struct line *line, unsigned at)
{
    struct slow_job job = line->jobs[at];
    line->count--;
    memmove(&line->jobs[at], &line->jobs[at + 1], (line->count - at) * sizeof *line->jobs);
    return job;
}

static unsigned jobs_of(const struct line *line, uint64_t who)
{
    unsigned count = 0;
    for (unsigned i = 0; i < line->count; i++)
        count += line->jobs[i].who == who;
    return count;
}

/* The first job of somebody else than the last one, so that nobody fills every place of the pool. */
static struct slow_job take_in_turn(struct line *line)
{
    unsigned at = 0;
    while (at < line->count && line->jobs[at].who == line->last)
        at++;
    struct slow_job job = take(line, at < line->count ? at : 0);
    line->last = job.who;
    return job;
}

/* The next job; false when the pool closes and nothing waits any more. */
static bool next_job(struct slow_pool *pool, struct slow_job *out)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->lines[SLOW_KNOWN].count + pool->lines[SLOW_STRANGER].count == 0 && !pool->closing)
        pthread_cond_wait(&pool->wake, &pool->lock);
    enum slow_lane other = pool->turn == SLOW_KNOWN ? SLOW_STRANGER : SLOW_KNOWN;
    enum slow_lane lane = pool->lines[pool->turn].count > 0 ? pool->turn : other;
    bool found = pool->lines[lane].count > 0;
    if (found) {
        *out = take_in_turn(&pool->lines[lane]);
        pool->turn = lane == SLOW_KNOWN ? SLOW_STRANGER : SLOW_KNOWN;
    }
    pthread_mutex_unlock(&pool->lock);
    return found;
}

/* The newest job of whoever has most in a full line, if that is more than one more than the newcomer has. */
static bool make_room(struct line *line, uint64_t newcomer, struct slow_job *out)
{
    unsigned most = jobs_of(line, newcomer) + 1;
    unsigned found = line->count;
    for (unsigned i = line->count; i-- > 0;) {
        unsigned his = jobs_of(line, line->jobs[i].who);
        if (his > most && line->jobs[i].refuse != NULL) {
            most = his;
            found = i;
        }
    }
    if (found == line->count)
        return false;
    *out = take(line, found);
    return true;
}

static void *run(void *data)
{
    struct slow_job job;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    while (next_job(data, &job))
        job.work(job.data);
    return NULL;
}

/* Signals are for the main thread. */
static bool start(struct slow_pool *pool, unsigned threads)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->started < threads && pthread_create(&pool->threads[pool->started], NULL, run, pool) == 0)
        pool->started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool->started == threads;
}

static void free_pool(struct slow_pool *pool)
{
    for (unsigned i = 0; pool != NULL && i < SLOW_LANES; i++)
        free(pool->lines[i].jobs);
    free(pool);
}

enum err slow_pool_open(unsigned threads, unsigned queue_max, struct slow_pool **out)
{
    if (threads == 0 || queue_max == 0)
        BUG("a pool without threads or line");
    struct slow_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->threads[0]);
    bool room = pool != NULL;
    for (unsigned i = 0; room && i < SLOW_LANES; i++) {
        pool->lines[i].jobs = calloc(queue_max, sizeof *pool->lines[i].jobs);
        room = pool->lines[i].jobs != NULL;
    }
    if (!room) {
        free_pool(pool);
        return err_note(ERR_BUSY, "no memory for the slow pool");
    }
    pool->line_max = queue_max;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    if (!start(pool, threads)) {
        slow_pool_close(pool);
        return err_note(ERR_BUSY, "no threads for the slow pool");
    }
    *out = pool;
    return OK;
}

enum err slow_pool_submit(struct slow_pool *pool, const struct slow_job *job)
{
    struct slow_job put_out = {0};
    struct line *line = &pool->lines[job->lane];
    pthread_mutex_lock(&pool->lock);
    bool room = job->lane != SLOW_KNOWN || jobs_of(line, job->who) < SLOW_PER_KNOWN;
    if (room && line->count == pool->line_max)
        room = make_room(line, job->who, &put_out);
    if (room) {
        line->jobs[line->count++] = *job;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    if (put_out.refuse != NULL)
        put_out.refuse(put_out.data);
    return room ? OK : ERR_BUSY;
}

void slow_pool_close(struct slow_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free_pool(pool);
}
