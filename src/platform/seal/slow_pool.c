#include "platform/seal/seal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct slow_job {
    void (*work)(void *data);
    void *data;
};

struct slow_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct slow_job *line; /* a ring */
    unsigned line_max;
    unsigned first;
    unsigned waiting;
    bool closing;
    unsigned started;
    pthread_t threads[];
};

/* The next job of the line; false when the pool closes and nothing waits any more. */
static bool next_job(struct slow_pool *pool, struct slow_job *out)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->waiting == 0 && !pool->closing)
        pthread_cond_wait(&pool->wake, &pool->lock);
    bool found = pool->waiting > 0;
    if (found) {
        *out = pool->line[pool->first];
        pool->first = (pool->first + 1) % pool->line_max;
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void *run(void *data)
{
    struct slow_job job;
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

enum err slow_pool_open(unsigned threads, unsigned queue_max, struct slow_pool **out)
{
    if (threads == 0 || queue_max == 0)
        BUG("a pool without threads or line");
    struct slow_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->threads[0]);
    struct slow_job *line = calloc(queue_max, sizeof *line);
    if (pool == NULL || line == NULL) {
        free(pool);
        free(line);
        return err_note(ERR_BUSY, "no memory for the slow pool");
    }
    pool->line = line;
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

enum err slow_pool_submit(struct slow_pool *pool, void (*work)(void *data), void *data)
{
    pthread_mutex_lock(&pool->lock);
    bool room = pool->waiting < pool->line_max;
    if (room) {
        pool->line[(pool->first + pool->waiting) % pool->line_max] = (struct slow_job){work, data};
        pool->waiting++;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
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
    free(pool->line);
    free(pool);
}
