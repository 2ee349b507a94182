#include "platform/store/testing.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>

static const struct sql note_has = {"note_has", "SELECT count(*), 0 FROM note WHERE id = ?1", SLOT_GET, 1, 2, NULL};
static const struct sql note_halves = {
    "note_halves",
    "SELECT count(*), 0 FROM note AS a WHERE NOT EXISTS (SELECT 1 FROM note AS b WHERE b.id = -a.id)",
    SLOT_NONE,
    0,
    2,
    NULL};
static const struct sql integrity = {
    "integrity", "SELECT count(*), 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'", SLOT_NONE, 0, 2, NULL};

static int64_t asked(struct store *store, const struct sql *sql, int64_t id)
{
    struct db *db = NULL;
    struct counted out = {-1, -1};
    const struct value in = of_int(id);
    if (store_reader_open(store, &db) != OK)
        return -1;
    enum err result = db_run(db, sql, &in, counted_row, &out, NULL);
    store_reader_close(db);
    return result == OK ? out.rows : -1;
}

/* ---- killed ---- */

struct killed {
    struct store *store;
    _Atomic int64_t next;
    int pipe;
};

static enum err add_both_halves(struct db *db, void *data)
{
    int64_t id = *(int64_t *)data;
    TRY(add(db, id, "Testa Viena"));
    return add(db, -id, "Testa Otra");
}

static void *change_and_tell(void *data)
{
    struct killed *killed = data;
    for (;;) {
        int64_t id = atomic_fetch_add(&killed->next, 1);
        if (store_change(killed->store, add_both_halves, &id) != OK ||
            write(killed->pipe, &id, sizeof id) != (ssize_t)sizeof id)
            _exit(1);
    }
}

static _Noreturn void live_until_killed(const char *path, int64_t from, int pipe)
{
    static struct killed killed;
    killed.next = from;
    killed.pipe = pipe;
    if (test_open(path, &killed.store) != OK)
        _exit(1);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, change_and_tell, &killed) != 0)
            _exit(1);
    (void)pthread_join(threads[0], NULL);
    _exit(1);
}

enum { ACKNOWLEDGED_MAX = 4096 };

/* Starts a child, kills it after `count` acknowledged changes; gives all it acknowledged. */
static size_t kill_in_the_middle(const char *path, int64_t from, size_t count, int64_t *ids)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        live_until_killed(path, from, ends[1]);
    (void)close(ends[1]);
    size_t known = 0;
    while (known < ACKNOWLEDGED_MAX && read(ends[0], &ids[known], sizeof *ids) == (ssize_t)sizeof *ids)
        if (++known == count)
            assert_int_equal(kill(child, SIGKILL), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    (void)close(ends[0]);
    return known;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    struct fixture *fixture = *state;
    static int64_t ids[ACKNOWLEDGED_MAX];
    size_t all = 0;
    for (size_t round = 0; round < 6; round++) {
        size_t known = kill_in_the_middle(fixture->url, (int64_t)round * 100000 + 1, 20 + round * 137, ids);
        assert_true(known >= 20 + round * 137);
        all += known;
        assert_int_equal(test_open(fixture->url, &fixture->store), OK);
        for (size_t i = 0; i < known; i++)
            assert_int_equal(asked(fixture->store, &note_has, ids[i]), 1);
        assert_int_equal(asked(fixture->store, &note_halves, 0), 0);
        if (!scratch_on_server())
            assert_int_equal(asked(fixture->store, &integrity, 0), 0);
        assert_true(counted_now(fixture->store).rows >= (int64_t)(2 * all));
        store_close(fixture->store);
        fixture->store = NULL;
    }
}

/* ---- a full disk ---- */

/* A file may be this large, beyond which the disk counts as full. */
static int file_limit(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return -1;
    limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_FSIZE, &limit);
}

static enum err add_page(struct db *db, void *data)
{
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    int64_t id = *(int64_t *)data;
    TRY(add(db, id, text));
    return add(db, -id, text);
}

/* Lives in a process of its own, since the limit is the process's. Answers the number of the step that failed. */
static int fill_the_disk(const char *path)
{
    struct store *store = NULL;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (test_open(path, &store) != OK)
        return 1;
    if (file_limit(1 << 20) != 0)
        return 2;
    int64_t id = 1;
    enum err result;
    while ((result = store_change(store, add_page, &id)) == OK)
        id++;
    if (result != ERR_FULL || id < 10)
        return 3;
    int64_t kept = 2 * (id - 1);
    if (counted_now(store).rows != kept || asked(store, &note_halves, 0) != 0)
        return 4;
    if (store_change(store, add_page, &id) != ERR_FULL) /* and again, without harm */
        return 5;
    if (file_limit(RLIM_INFINITY) != 0)
        return 6;
    if (store_change(store, add_page, &id) != OK) /* room is back */
        return 7;
    if (counted_now(store).rows != kept + 2 || asked(store, &integrity, 0) != 0)
        return 8;
    store_close(store);
    if (test_open(path, &store) != OK)
        return 9;
    if (counted_now(store).rows != kept + 2 || asked(store, &note_halves, 0) != 0)
        return 10;
    store_close(store);
    return 0;
}

static void a_full_disk_is_survived(void **state)
{
    struct fixture *fixture = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill_the_disk(fixture->url));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- an error that ends the whole transaction ---- */

static enum err limit_row(void *data, const struct value *columns)
{
    *(int64_t *)data = columns[0].i;
    return OK;
}

/* Leaves room for two pages more. */
static enum err make_narrow(struct db *db, void *data)
{
    (void)data;
    static const struct sql pages = {"pages", "PRAGMA page_count", SLOT_NONE, 0, 1, NULL};
    int64_t count = 0;
    TRY(db_run(db, &pages, NULL, limit_row, &count, NULL));
    char text[64];
    (void)snprintf(text, sizeof text, "PRAGMA max_page_count = %lld", (long long)count + 2);
    const struct sql narrow = {"narrow", text, SLOT_NONE, 0, 1, NULL};
    return db_run(db, &narrow, NULL, limit_row, &count, NULL);
}

static char *long_text(size_t size)
{
    char *text = test_malloc(size);
    memset(text, 'x', size - 1);
    text[size - 1] = '\0';
    return text;
}

static enum err add_too_much_and_go_on(struct db *db, void *data)
{
    (void)add(db, 50, data);     /* fails, and ends the transaction */
    return add(db, 51, "Testa"); /* must not be kept by itself */
}

static void nothing_is_kept_of_a_transaction_that_is_gone(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char *text = long_text(200000);
    assert_int_equal(store_change(store, make_narrow, NULL), OK);
    assert_int_equal(store_change(store, add_too_much_and_go_on, text), ERR_FULL);
    assert_int_equal(counted_now(store).rows, 0);
    int64_t id = 1;
    assert_int_equal(store_change(store, add_both_halves, &id), OK);
    assert_int_equal(counted_now(store).rows, 2);
    test_free(text);
}

static void the_rest_of_a_group_is_run_anew(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char *text = long_text(200000);
    assert_int_equal(store_change(store, make_narrow, NULL), OK);
    struct answers answers = {.count = 0};
    struct adding jobs[] = {
        adding(1, "Testa Viena", OK, &answers), adding(2, text, OK, &answers),
        adding(3, "Testa Trīs", OK, &answers),  adding(4, "Testa Četri", ERR_STALE, &answers),
        adding(5, "Testa Pieci", OK, &answers),
    };
    jobs[1].swallow = true; /* says OK although its transaction is gone */
    as_one_group(store, jobs, 5);
    assert_int_equal(answers.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(answers.ids[i], i + 1);
    /* What was answered OK is there, and nothing else. */
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(asked(store, &note_has, answers.ids[i]), answers.results[i] == OK ? 1 : 0);
    assert_int_equal(answers.results[0], ERR_FULL);
    assert_int_equal(answers.results[1], ERR_FULL);
    assert_int_equal(answers.results[2], OK);
    assert_int_equal(answers.results[3], ERR_STALE);
    assert_int_equal(answers.results[4], OK);
    test_free(text);
}

/* ---- what is in the way ---- */

static mode_t mode_of(const char *path, const char *ending)
{
    char name[160];
    struct stat is;
    (void)snprintf(name, sizeof name, "%s%s", path, ending);
    assert_int_equal(stat(name, &is), 0);
    return is.st_mode & 0777;
}

static void files_are_nobody_elses(void **state)
{
    struct fixture *fixture = *state;
    mode_t before = umask(0);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/made/data.db", fixture->folder);
    struct store *store = NULL;
    assert_int_equal(test_open(path, &store), OK);
    (void)umask(before);
    int64_t id = 1;
    assert_int_equal(store_change(store, add_both_halves, &id), OK);
    assert_int_equal(mode_of(path, ""), 0600);
    assert_int_equal(mode_of(path, "-wal"), 0600);
    assert_int_equal(mode_of(path, "-shm"), 0600);
    char folder[96];
    (void)snprintf(folder, sizeof folder, "%s/made", fixture->folder);
    assert_int_equal(mode_of(folder, ""), 0700);
    store_close(store);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static enum err open_existing(const char *path)
{
    struct store *store = NULL;
    enum err result = store_open_with(path, &(struct store_options){.create = false}, &test_schema, &store);
    assert_true(result != OK || store != NULL);
    store_close(store);
    return result;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void what_is_not_ours_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_existing(fixture->url), ERR_NOT_FOUND);
    assert_int_equal(access(fixture->url, F_OK), -1);
    assert_int_equal(open_existing("postgresql://localhost:1/test"), ERR_IO);
    assert_int_equal(open_existing("postgresql://[::1/test"), ERR_INPUT);
    write_file(fixture->url, "this is a shopping list and no database\n");
    assert_int_equal(open_existing(fixture->url), ERR_BROKEN);
    assert_int_equal(unlink(fixture->url), 0);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(fixture->url, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE recipe (id INTEGER)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(open_existing(fixture->url), ERR_BROKEN);
}

static void a_writer_elsewhere_is_waited_for(void **state)
{
    struct fixture *fixture = *state;
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(fixture->url, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct answers answers = {.count = 0};
    struct adding job = adding(1, "Testa", OK, &answers);
    adding_submit(fixture->store, &job);
    (void)usleep(50000);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_change(fixture->store, noop_run, NULL), OK);
    assert_int_equal(answers.results[0], OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(counted_now(fixture->store).rows, 1);
}

int main(void)
{
    struct CMUnitTest tests[7] = {
        cmocka_unit_test_setup_teardown(what_was_acknowledged_survives_a_kill, folder_make, folder_remove),
    };
    static const struct CMUnitTest sqlite[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_is_survived, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(nothing_is_kept_of_a_transaction_that_is_gone, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(the_rest_of_a_group_is_run_anew, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(files_are_nobody_elses, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(what_is_not_ours_is_refused, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_writer_elsewhere_is_waited_for, store_make, folder_remove),
    };
    return run_for_engine(tests, 1, sqlite, sizeof sqlite / sizeof *sqlite, NULL, 0);
}
