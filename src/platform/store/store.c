#include "platform/store/engine.h"
#include "platform/store/foresight.h"
#include "platform/store/journal.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/statvfs.h>

enum { QUEUE_MAX = 1024, GROUP_MAX = 64 };

/* Mass work that waits for the writer, and whoever waits for it. */
struct bulk {
    enum err (*run)(struct db *db, void *data);
    void *data;
    enum err result;
    bool finished;
};

struct store {
    const struct engine *engine;
    char *url;
    unsigned slots;
    struct db *writer;
    struct foresight *foresight; /* NULL: the engine has no use for it */
    pthread_t thread;
    bool running; /* is there a thread? */
    size_t queue_max;
    size_t group_max;

    /* The writer's own. */
    struct store_job **group;
    enum err *results;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    pthread_cond_t bulk_done;
    struct store_job *first;
    struct store_job **last;
    size_t waiting;
    struct bulk *bulk;
    bool closing;
};

/* A change of a proven table: its rows go to the journal on their way to the caller. */
struct writing {
    struct db *db;
    const struct sql *sql;
    db_row_fn row;
    void *data;
};

static enum err written_row(void *data, const struct value *columns)
{
    const struct writing *writing = data;
    const struct sql *sql = writing->sql;
    TRY(journal_add(writing->db->journal, sql->written, columns + sql->outputs - sql->written->count, sql->gone));
    return writing->row == NULL ? OK : writing->row(writing->data, columns);
}

/* A plain INSERT that succeeded has written just what it was given. */
static enum err given_row(struct db *db, const struct sql *sql, const struct value *in)
{
    struct value columns[PROVEN_COLUMNS_MAX];
    for (unsigned i = 0; i < sql->written->count; i++) {
        const struct sql_given *given = &sql->given[i];
        columns[i] = given->input == 0 ? given->constant : in[given->input - 1];
    }
    return journal_add(db->journal, sql->written, columns, false);
}

enum err db_run(struct db *db, const struct sql *sql, const struct value *in, db_row_fn row, void *data,
                size_t *changed)
{
    if (db->spoiled != OK)
        return db->spoiled;
    if (sql->written == NULL || db->journal == NULL)
        return db->engine->run(db, sql, in, row, data, changed);
    if (sql->given != NULL) {
        TRY(db->engine->run(db, sql, in, row, data, changed));
        return given_row(db, sql, in);
    }
    struct writing writing = {db, sql, row, data};
    return db->engine->run(db, sql, in, written_row, &writing, changed);
}

size_t db_written(struct db *db, const struct written_row **out)
{
    *out = NULL;
    return db->journal == NULL ? 0 : journal_rows(db->journal, out);
}

void db_written_clear(struct db *db)
{
    if (db->journal != NULL)
        journal_clear(db->journal);
}

/* A change that nobody wrote down is none. */
static enum err unaudited(struct db *db)
{
    const struct written_row *rows;
    size_t count = db_written(db, &rows);
    return count == 0 ? OK : err_note(ERR_BROKEN, "a change of %s has no audit row", rows[0].table);
}

enum err db_read_begin(struct db *db)
{
    return db_control(db, CONTROL_READ);
}

void db_read_end(struct db *db)
{
    db->engine->tidy(db);
    if (db->spoiled != OK || db->engine->lost(db) != OK || db_control(db, CONTROL_COMMIT) != OK)
        (void)db_control(db, CONTROL_ROLLBACK);
}

bool db_read_lost(const struct db *db)
{
    return db->engine->lost(db) != OK;
}

/* ---- asking ahead ---- */

bool db_foresees(const struct db *db)
{
    return db->foresight != NULL;
}

void db_foresee(struct db *db, const struct db_known *known)
{
    if (db_foresees(db))
        db->engine->foresee(db, known);
}

void db_ahead(struct db *db, const struct sql *sql, const struct value *in)
{
    if (db_foresees(db))
        db->engine->ahead(db, sql, in);
}

uint64_t db_trips(const struct db *db)
{
    return db->trips;
}

uint64_t store_trips(const struct store *store)
{
    return db_trips(store->writer);
}

/* ---- the writer: one group of jobs in one transaction ---- */

/* Runs a job. One that is alone needs no savepoint: the transaction is its own. */
static enum err run_job(struct db *db, const struct store_job *job, bool alone)
{
    const struct engine *engine = db->engine;
    if (!alone)
        TRY(db_control(db, CONTROL_MARK));
    db_written_clear(db);
    enum err result = job->run(db, job->data);
    engine->tidy(db);
    if (result == OK)
        result = db->spoiled; /* it hid that one of its statements had failed */
    if (result == OK)
        result = unaudited(db);
    if (alone || engine->lost(db) != OK)
        return result;
    if (result == OK)
        result = db_control(db, CONTROL_KEEP);
    if (result == OK || engine->lost(db) != OK)
        return result;
    enum err undone = db_control(db, CONTROL_UNDO);
    return undone == OK ? result : undone;
}

static void spoil(enum err *results, size_t count, enum err cause)
{
    for (size_t i = 0; i < count; i++)
        if (results[i] == OK)
            results[i] = cause;
}

/* Ends the transaction after `ran` jobs. One job that failed alone has nothing to commit. */
static void end_transaction(struct db *db, enum err *results, size_t ran, bool alone)
{
    enum err ended = db->engine->lost(db);
    bool commit = ended == OK && !(alone && results[0] != OK);
    if (commit)
        ended = db_control(db, CONTROL_COMMIT);
    if (!commit || ended != OK)
        (void)db_control(db, CONTROL_ROLLBACK);
    if (ended != OK)
        spoil(results, ran, ended);
}

/* Runs jobs in one transaction, as far as it lasts; returns how many have their result. */
static size_t run_transaction(struct db *db, struct store_job **jobs, enum err *results, size_t count)
{
    enum err begun = db_control(db, CONTROL_WRITE);
    if (begun != OK) {
        for (size_t i = 0; i < count; i++)
            results[i] = begun;
        return count;
    }
    bool alone = count == 1;
    size_t ran = 0;
    while (ran < count && db->engine->lost(db) == OK) {
        results[ran] = run_job(db, jobs[ran], alone);
        ran++;
    }
    end_transaction(db, results, ran, alone);
    return ran;
}

static void run_group(struct store *store, size_t count)
{
    for (size_t from = 0; from < count;) {
        size_t ran = run_transaction(store->writer, store->group + from, store->results + from, count - from);
        for (size_t i = from; i < from + ran; i++) {
            struct store_job *job = store->group[i]; /* `done` may free it */
            job->done(job->data, store->results[i]);
        }
        from += ran;
        store->engine->upkeep(store->writer);
    }
}

static enum err bulk_job(struct db *db, void *data)
{
    struct bulk *bulk = data;
    return bulk->run(db, bulk->data);
}

static enum err run_bulk(struct store *store, struct bulk *bulk)
{
    struct store_job job = {.run = bulk_job, .data = bulk};
    struct store_job *jobs[] = {&job};
    enum err result = ERR_IO;
    store->engine->bulk(store->writer, true);
    store->writer->bulk = true;
    (void)run_transaction(store->writer, jobs, &result, 1);
    store->writer->bulk = false;
    store->engine->bulk(store->writer, false);
    store->engine->upkeep(store->writer);
    return result;
}

enum err db_bulk_step(struct db *db)
{
    if (!db->bulk)
        BUG("a step of mass work outside it");
    TRY(db->spoiled);
    TRY(unaudited(db));
    TRY(db_control(db, CONTROL_COMMIT));
    db->engine->upkeep(db);
    return db_control(db, CONTROL_WRITE);
}

/* ---- the queue ---- */

static size_t take_group(struct store *store)
{
    size_t count = 0;
    while (count < store->group_max && store->first != NULL) {
        struct store_job *job = store->first;
        store->first = job->next;
        store->group[count++] = job;
    }
    if (store->first == NULL)
        store->last = &store->first;
    store->waiting -= count;
    return count;
}

static void *writer_main(void *data)
{
    struct store *store = data;
    (void)pthread_mutex_lock(&store->lock);
    for (;;) {
        size_t count = take_group(store);
        struct bulk *bulk = store->bulk;
        if (count > 0) {
            (void)pthread_mutex_unlock(&store->lock);
            run_group(store, count);
            (void)pthread_mutex_lock(&store->lock);
        } else if (bulk != NULL && !bulk->finished) {
            (void)pthread_mutex_unlock(&store->lock);
            enum err result = run_bulk(store, bulk);
            (void)pthread_mutex_lock(&store->lock);
            bulk->result = result;
            bulk->finished = true;
            (void)pthread_cond_broadcast(&store->bulk_done);
        } else if (store->closing) {
            break;
        } else {
            (void)pthread_cond_wait(&store->work, &store->lock);
        }
    }
    (void)pthread_mutex_unlock(&store->lock);
    return NULL;
}

enum err store_submit(struct store *store, struct store_job *job)
{
    return store_submit_in(store, job, STORE_ROOM_WHOLE);
}

enum err store_submit_in(struct store *store, struct store_job *job, enum store_room halves)
{
    job->next = NULL;
    (void)pthread_mutex_lock(&store->lock);
    bool room = store->waiting < store->queue_max * halves / STORE_ROOM_WHOLE && !store->closing;
    if (room) {
        *store->last = job;
        store->last = &job->next;
        store->waiting++;
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (room)
        (void)pthread_cond_signal(&store->work);
    return room ? OK : ERR_BUSY;
}

static void check_other_thread(const struct store *store)
{
    if (pthread_equal(pthread_self(), store->thread))
        BUG("the writer cannot wait for itself");
}

struct change {
    sem_t over;
    enum err (*run)(struct db *db, void *data);
    void *data;
    enum err result;
};

static enum err change_run(struct db *db, void *data)
{
    struct change *change = data;
    return change->run(db, change->data);
}

static void change_done(void *data, enum err result)
{
    struct change *change = data;
    change->result = result;
    (void)sem_post(&change->over);
}

enum err store_change(struct store *store, enum err (*run)(struct db *db, void *data), void *data)
{
    check_other_thread(store);
    struct change change = {.run = run, .data = data};
    struct store_job job = {.run = change_run, .done = change_done, .data = &change};
    (void)sem_init(&change.over, 0, 0);
    enum err result = store_submit(store, &job);
    if (result == OK) {
        while (sem_wait(&change.over) != 0) /* a signal came between */
            continue;
        result = change.result;
    }
    (void)sem_destroy(&change.over);
    return result;
}

enum err store_bulk(struct store *store, enum err (*run)(struct db *db, void *data), void *data)
{
    check_other_thread(store);
    struct bulk bulk = {.run = run, .data = data};
    (void)pthread_mutex_lock(&store->lock);
    while (store->bulk != NULL)
        (void)pthread_cond_wait(&store->bulk_done, &store->lock);
    store->bulk = &bulk;
    (void)pthread_cond_signal(&store->work);
    while (!bulk.finished)
        (void)pthread_cond_wait(&store->bulk_done, &store->lock);
    store->bulk = NULL;
    (void)pthread_cond_broadcast(&store->bulk_done); /* the next that waits for its turn */
    (void)pthread_mutex_unlock(&store->lock);
    return bulk.result;
}

/* ---- opening and closing ---- */

bool store_is_server(const char *url)
{
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

static enum err start(struct store *store, const struct store_options *options)
{
    store->queue_max = options->queue_max == 0 ? QUEUE_MAX : options->queue_max;
    store->group_max = options->group_max == 0 ? GROUP_MAX : options->group_max;
    store->group = calloc(store->group_max, sizeof *store->group);
    store->results = calloc(store->group_max, sizeof *store->results);
    if (store->group == NULL || store->results == NULL)
        return err_note(ERR_LIMIT, "store: no memory");
    int failed = pthread_create(&store->thread, NULL, writer_main, store);
    store->running = failed == 0;
    return failed == 0 ? OK : err_note(ERR_IO, "store: no thread for the writer (%d)", failed);
}

enum err store_open_with(const char *url, const struct store_options *options, const struct store_schema *schema,
                         struct store **out)
{
    struct store *store = calloc(1, sizeof *store);
    char *copy = strdup(url);
    if (store == NULL || copy == NULL) {
        free(store);
        free(copy);
        return err_note(ERR_LIMIT, "store: no memory");
    }
    store->engine = store_is_server(url) ? &engine_postgres : &engine_sqlite;
    store->url = copy;
    store->slots = schema->slots;
    store->last = &store->first;
    (void)pthread_mutex_init(&store->lock, NULL);
    (void)pthread_cond_init(&store->work, NULL);
    (void)pthread_cond_init(&store->bulk_done, NULL);

    enum err result = store->engine->writer_open(store->url, options->create, store->slots, &store->writer);
    if (result == OK)
        result = store_migrate(store->writer, schema, options->create);
    if (result == OK)
        result = journal_open(&store->writer->journal);
    if (result == OK && store->engine->foresee != NULL)
        store->writer->foresight = store->foresight = foresight_new();
    if (result == OK)
        result = start(store, options);
    if (result != OK)
        store_close(store);
    else
        *out = store;
    return result;
}

enum err store_open(const char *url, const struct store_options *options, struct store **out)
{
    const struct store_schema schema = {
        .parts = schema_parts,
        .part_count = schema_part_count,
        .migrations = migrations,
        .migration_count = migration_count,
        .slots = sql_slots,
    };
    return store_open_with(url, options, &schema, out);
}

static void stop(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    store->closing = true;
    (void)pthread_cond_signal(&store->work);
    (void)pthread_mutex_unlock(&store->lock);
    (void)pthread_join(store->thread, NULL);
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->running)
        stop(store);
    if (store->writer != NULL) {
        journal_close(store->writer->journal);
        store->engine->close(store->writer);
    }
    foresight_free(store->foresight);
    (void)pthread_cond_destroy(&store->bulk_done);
    (void)pthread_cond_destroy(&store->work);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->results);
    free(store->group);
    free(store->url);
    free(store);
}

enum err store_reader_open(struct store *store, struct db **out)
{
    TRY(store->engine->reader_open(store->url, store->slots, out));
    (*out)->foresight = store->foresight;
    return OK;
}

void store_reader_close(struct db *db)
{
    if (db != NULL)
        db->engine->close(db);
}

const char *store_engine(const struct store *store)
{
    return store->engine->name;
}

bool store_on_server(const struct store *store)
{
    return store->engine->postgres;
}

bool store_has_room(const struct store *store, uint64_t bytes)
{
    struct statvfs disk;
    if (store->engine->postgres || statvfs(store->url, &disk) != 0)
        return true;
    return disk.f_bavail >= bytes / disk.f_frsize;
}
