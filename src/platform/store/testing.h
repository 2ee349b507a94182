/* A small store for the tests of this folder, on the engine under test (scratch.h): one schema of their own, in a folder and
 * database that go away with them. */
#ifndef AUSMA_PLATFORM_STORE_TESTING_H
#define AUSMA_PLATFORM_STORE_TESTING_H

#include "platform/store/engine.h"
#include "platform/store/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Statements of tests write to no proven table. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

enum { SLOT_ADD, SLOT_ALL, SLOT_COUNT, SLOT_PUT, SLOT_GET, SLOT_CHILD, SLOT_RENAME, SLOT_NEW, SLOTS };

static const struct schema_part test_parts[] = {
    {"test/note",
     "CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;"
     "CREATE TABLE child (id INTEGER NOT NULL PRIMARY KEY, note INTEGER NOT NULL REFERENCES note) STRICT;",
     "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT COLLATE \"C\" NOT NULL);"
     "CREATE TABLE child (id BIGINT NOT NULL PRIMARY KEY, note BIGINT NOT NULL REFERENCES note);"},
    {"test/kinds", "CREATE TABLE kinds (id INTEGER NOT NULL PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB) STRICT;",
     "CREATE TABLE kinds (id BIGINT NOT NULL PRIMARY KEY, i BIGINT, r DOUBLE PRECISION, t TEXT COLLATE \"C\", b "
     "BYTEA);"},
};

static const struct store_schema test_schema = {.parts = test_parts, .part_count = 2, .slots = SLOTS};

static const struct sql note_add = {"note_add", "INSERT INTO note (id, text) VALUES (?1, ?2)", SLOT_ADD, 2, 0, NULL};
static const struct sql note_all = {"note_all", "SELECT id, text FROM note ORDER BY id", SLOT_ALL, 0, 2, NULL};
static const struct sql note_count = {"note_count", "SELECT count(*), COALESCE(max(id), 0) FROM note", SLOT_COUNT, 0, 2,
                                      NULL};

struct fixture {
    char folder[64];
    char path[80]; /* of the file, on SQLite */
    char url[SCRATCH_URL_SIZE];
    struct store *store;
};

static inline int folder_make(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.store = NULL};
    (void)snprintf(fixture.folder, sizeof fixture.folder, "/tmp/store-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL)
        return -1;
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/data.db", fixture.folder);
    scratch_make(fixture.path, fixture.url);
    *state = &fixture;
    return 0;
}

static inline int folder_remove(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    scratch_drop(fixture->url);
    DIR *folder = opendir(fixture->folder);
    if (folder == NULL)
        return -1;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    (void)closedir(folder);
    return rmdir(fixture->folder);
}

static inline enum err test_open(const char *url, struct store **out)
{
    return store_open_with(url, &(struct store_options){.create = true}, &test_schema, out);
}

static inline int store_make(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    struct fixture *fixture = *state;
    return test_open(fixture->url, &fixture->store) == OK ? 0 : -1;
}

static inline struct value of_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .i = number};
}

static inline struct value of_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)text, strlen(text)}};
}

static inline enum err add(struct db *db, int64_t id, const char *text)
{
    const struct value in[] = {of_int(id), of_text(text)};
    return db_run(db, &note_add, in, NULL, NULL, NULL);
}

struct counted {
    int64_t rows;
    int64_t newest;
};

static inline enum err counted_row(void *data, const struct value *columns)
{
    *(struct counted *)data = (struct counted){columns[0].i, columns[1].i};
    return OK;
}

static inline struct counted counted(struct db *db)
{
    struct counted out = {-1, -1};
    assert_int_equal(db_run(db, &note_count, NULL, counted_row, &out, NULL), OK);
    return out;
}

/* Runs the tests for both engines and, behind them, those of the engine under test. */
static inline int run_for_engine(struct CMUnitTest *tests, size_t common, const struct CMUnitTest *sqlite,
                                 size_t sqlite_count, const struct CMUnitTest *server, size_t server_count)
{
    const struct CMUnitTest *own = scratch_on_server() ? server : sqlite;
    size_t count = scratch_on_server() ? server_count : sqlite_count;
    for (size_t i = 0; i < count; i++)
        tests[common + i] = own[i];
    if (common + count == 0) {
        (void)printf("1..0 # SKIP nothing here for this engine\n");
        return 0;
    }
    return _cmocka_run_group_tests("store", tests, common + count, NULL, NULL);
}

/* Counts on a connection of its own. */
static inline struct counted counted_now(struct store *store)
{
    struct db *db = NULL;
    assert_int_equal(store_reader_open(store, &db), OK);
    struct counted out = counted(db);
    store_reader_close(db);
    return out;
}

/* A gate that a test shuts to hold the writer inside a job. */
struct latch {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool entered;
    bool open;
};

#define LATCH_CLOSED                                                           \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
    }

static inline enum err latch_wait(struct db *db, void *data)
{
    (void)db;
    struct latch *latch = data;
    (void)pthread_mutex_lock(&latch->lock);
    latch->entered = true;
    (void)pthread_cond_broadcast(&latch->changed);
    while (!latch->open)
        (void)pthread_cond_wait(&latch->changed, &latch->lock);
    (void)pthread_mutex_unlock(&latch->lock);
    return OK;
}

static inline void latch_entered(struct latch *latch)
{
    (void)pthread_mutex_lock(&latch->lock);
    while (!latch->entered)
        (void)pthread_cond_wait(&latch->changed, &latch->lock);
    (void)pthread_mutex_unlock(&latch->lock);
}

static inline void latch_open(struct latch *latch)
{
    (void)pthread_mutex_lock(&latch->lock);
    latch->open = true;
    (void)pthread_cond_broadcast(&latch->changed);
    (void)pthread_mutex_unlock(&latch->lock);
}

/* Jobs that add a note each, and the order in which they were answered. */
enum { ANSWERS_MAX = 64 };
struct answers {
    size_t count;
    int64_t ids[ANSWERS_MAX];
    enum err results[ANSWERS_MAX];
};

struct adding {
    struct store_job job;
    int64_t id;
    const char *text;
    enum err then; /* what run answers after it has added */
    bool swallow;  /* hides what adding answered */
    struct answers *answers;
};

static inline enum err adding_run(struct db *db, void *data)
{
    struct adding *adding = data;
    enum err result = add(db, adding->id, adding->text);
    return result == OK || adding->swallow ? adding->then : result;
}

static inline void adding_done(void *data, enum err result)
{
    struct adding *adding = data;
    adding->answers->ids[adding->answers->count] = adding->id;
    adding->answers->results[adding->answers->count++] = result;
}

static inline struct adding adding(int64_t id, const char *text, enum err then, struct answers *answers)
{
    return (struct adding){.id = id, .text = text, .then = then, .answers = answers};
}

static inline void adding_submit(struct store *store, struct adding *adding)
{
    adding->job = (struct store_job){.run = adding_run, .done = adding_done, .data = adding};
    assert_int_equal(store_submit(store, &adding->job), OK);
}

/* One job that opens the latch's way for those submitted meanwhile: they make one group. */
static inline void noop_done(void *data, enum err result)
{
    (void)data;
    (void)result;
}

static inline enum err noop_run(struct db *db, void *data)
{
    (void)db;
    (void)data;
    return OK;
}

/* Submits all of them while the writer is held, so that they are one group, and waits until all are answered. */
static inline void as_one_group(struct store *store, struct adding *jobs, size_t count)
{
    struct latch latch = LATCH_CLOSED;
    struct store_job hold = {.run = latch_wait, .done = noop_done, .data = &latch};
    assert_int_equal(store_submit(store, &hold), OK);
    latch_entered(&latch);
    for (size_t i = 0; i < count; i++)
        adding_submit(store, &jobs[i]);
    latch_open(&latch);
    assert_int_equal(store_change(store, noop_run, NULL), OK);
}

#endif
