#include "platform/store/sqlite.h"

#include <pthread.h>
#include <stdatomic.h>

/* A checkpoint costs two waits for the disk and many small writes, which changes would feel; so a thread beside the
 * writer does it. But while changes never pause, that thread never quite reaches the log's end, and a log is only begun
 * anew once all of it is home. So beyond LOG_LONG pages the thread does not rest, and when it has left no more than
 * LOG_REST the writer brings those home itself; beyond LOG_LIMIT whatever is left. */
enum { LOG_SHORT = 1000, LOG_LONG = 4000, LOG_REST = 500, LOG_LIMIT = 16000 };

struct keeper {
    sqlite3 *handle;
    pthread_t thread;

    /* The writer's own. */
    int asked_at;  /* length of the log when the thread was last asked */
    int helped_at; /* and when the writer last did it itself */

    _Atomic int home; /* pages of the log that the thread has brought home */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    bool asked;
    bool stopping;
};

/* Returns what went wrong; notes it unless it did so the last time too. */
static enum err pass(struct keeper *keeper, enum err last)
{
    int home = 0;
    int code = sqlite3_wal_checkpoint_v2(keeper->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &home);
    if (code == SQLITE_BUSY)
        return last;
    if (code == SQLITE_OK) {
        atomic_store(&keeper->home, home);
        return OK;
    }
    enum err result = sqlite_error(keeper->handle, code);
    if (result != last)
        (void)err_note(result, "sqlite: checkpoint failed (%d)", sqlite3_extended_errcode(keeper->handle));
    return result;
}

static void *keeper_main(void *data)
{
    struct keeper *keeper = data;
    enum err last = OK;
    (void)pthread_mutex_lock(&keeper->lock);
    while (!keeper->stopping) {
        if (!keeper->asked) {
            (void)pthread_cond_wait(&keeper->wake, &keeper->lock);
            continue;
        }
        keeper->asked = false;
        (void)pthread_mutex_unlock(&keeper->lock);
        last = pass(keeper, last);
        (void)pthread_mutex_lock(&keeper->lock);
    }
    (void)pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

enum err keeper_open(sqlite3 *handle, struct keeper **out)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL) {
        (void)sqlite3_close(handle);
        return err_note(ERR_LIMIT, "sqlite: no memory");
    }
    keeper->handle = handle;
    (void)pthread_mutex_init(&keeper->lock, NULL);
    (void)pthread_cond_init(&keeper->wake, NULL);
    int failed = pthread_create(&keeper->thread, NULL, keeper_main, keeper);
    if (failed != 0) {
        (void)sqlite3_close(handle);
        free(keeper);
        return err_note(ERR_IO, "sqlite: no thread for checkpoints (%d)", failed);
    }
    *out = keeper;
    return OK;
}

void keeper_close(struct keeper *keeper)
{
    (void)pthread_mutex_lock(&keeper->lock);
    keeper->stopping = true;
    (void)pthread_cond_signal(&keeper->wake);
    (void)pthread_mutex_unlock(&keeper->lock);
    (void)pthread_join(keeper->thread, NULL);
    (void)sqlite3_close(keeper->handle);
    (void)pthread_cond_destroy(&keeper->wake);
    (void)pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}

static void ask(struct keeper *keeper)
{
    (void)pthread_mutex_lock(&keeper->lock);
    keeper->asked = true;
    (void)pthread_cond_signal(&keeper->wake);
    (void)pthread_mutex_unlock(&keeper->lock);
}

void keeper_tell(struct keeper *keeper, sqlite3 *writer, int pages)
{
    if (pages < keeper->asked_at) { /* the log was begun anew */
        keeper->asked_at = 0;
        keeper->helped_at = 0;
        atomic_store(&keeper->home, 0);
    }
    int grown = pages - keeper->asked_at;
    if (grown >= LOG_SHORT || (pages >= LOG_LONG && grown >= LOG_REST / 2)) {
        keeper->asked_at = pages;
        ask(keeper);
    }
    int since = pages - keeper->helped_at;
    bool little = since >= LOG_LONG && pages - atomic_load(&keeper->home) <= LOG_REST;
    /* Refused while the thread is at it: then after the next commit. */
    if ((little || since >= LOG_LIMIT) &&
        sqlite3_wal_checkpoint_v2(writer, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_BUSY)
        keeper->helped_at = pages;
}
