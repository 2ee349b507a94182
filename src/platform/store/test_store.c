#include "platform/store/testing.h"

#include <math.h>

/* ---- values ---- */

static const struct sql kinds_put = {
    "kinds_put", "INSERT INTO kinds (id, i, r, t, b) VALUES (?1, ?2, ?3, ?4, ?5)", SLOT_PUT, 5, 0, NULL};
static const struct sql kinds_get = {"kinds_get", "SELECT i, r, t, b FROM kinds WHERE id = ?1", SLOT_GET, 1, 4, NULL};
static const struct sql child_add = {"child_add", "INSERT INTO child (id, note) VALUES (?1, ?2)", SLOT_CHILD, 2, 0,
                                     NULL};
static const struct sql note_rename = {"note_rename", "UPDATE note SET text = ?1", SLOT_RENAME, 1, 0, NULL};

static const uint8_t BINARY[] = {0, 255, 'a', 0, 10, 0};
#define NOTHING            \
    {                      \
        .kind = VALUE_NULL \
    }

static const struct value VALUES[][4] = {
    {NOTHING, NOTHING, NOTHING, NOTHING},
    {{.kind = VALUE_INT, .i = 0}, {.kind = VALUE_REAL, .real = 0.5}, {.kind = VALUE_TEXT}, {.kind = VALUE_BYTES}},
    {{.kind = VALUE_INT, .i = INT64_MAX},
     {.kind = VALUE_REAL, .real = -1e300},
     {.kind = VALUE_TEXT,
      .bytes = {(const uint8_t *)"\xc4\xbb"
                                 "auna",
                6}},
     {.kind = VALUE_BYTES, .bytes = {BINARY, sizeof BINARY}}},
    {{.kind = VALUE_INT, .i = INT64_MIN},
     NOTHING,
     {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"'; --", 5}},
     NOTHING},
};
enum { VALUE_ROWS = sizeof VALUES / sizeof VALUES[0] };

static enum err put_values(struct db *db, void *data)
{
    (void)data;
    for (int row = 0; row < VALUE_ROWS; row++) {
        struct value in[5] = {of_int(row)};
        memcpy(&in[1], VALUES[row], sizeof VALUES[row]);
        size_t changed = 0;
        TRY(db_run(db, &kinds_put, in, NULL, NULL, &changed));
        assert_int_equal(changed, 1);
    }
    return OK;
}

static enum err same_row(void *data, const struct value *columns)
{
    const struct value *expected = data;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(columns[i].kind, expected[i].kind);
        if (columns[i].kind == VALUE_INT)
            assert_true(columns[i].i == expected[i].i);
        if (columns[i].kind == VALUE_REAL)
            assert_true(fabs(columns[i].real - expected[i].real) <= fabs(expected[i].real) * 1e-15);
        if (columns[i].kind != VALUE_TEXT && columns[i].kind != VALUE_BYTES)
            continue;
        assert_non_null(columns[i].bytes.ptr);
        assert_int_equal(columns[i].bytes.len, expected[i].bytes.len);
        if (expected[i].bytes.len > 0)
            assert_memory_equal(columns[i].bytes.ptr, expected[i].bytes.ptr, expected[i].bytes.len);
        if (columns[i].kind == VALUE_TEXT)
            assert_int_equal(columns[i].bytes.ptr[columns[i].bytes.len], 0);
    }
    return OK;
}

static void values_come_back(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, put_values, NULL), OK);
    struct db *db = NULL;
    assert_int_equal(store_reader_open(store, &db), OK);
    for (int row = 0; row < VALUE_ROWS; row++) {
        const struct value id = of_int(row);
        struct value expected[4];
        memcpy(expected, VALUES[row], sizeof expected);
        assert_int_equal(db_run(db, &kinds_get, &id, same_row, expected, NULL), OK);
    }
    store_reader_close(db);
    assert_string_equal(store_engine(store), scratch_on_server() ? "postgresql" : "sqlite");
}

/* ---- rows ---- */

static enum err add_three(struct db *db, void *data)
{
    (void)data;
    TRY(add(db, 1, "Testa Viena"));
    TRY(add(db, 2, "Testa Divi"));
    return add(db, 3, "Testa Trīs");
}

static enum err stop_at_two(void *data, const struct value *columns)
{
    (*(int *)data)++;
    return columns[0].i == 2 ? ERR_LIMIT : OK;
}

static void a_row_function_may_stop(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    struct db *db = NULL;
    assert_int_equal(store_reader_open(store, &db), OK);
    int rows = 0;
    assert_int_equal(db_run(db, &note_all, NULL, stop_at_two, &rows, NULL), ERR_LIMIT);
    assert_int_equal(rows, 2);
    assert_int_equal(counted(db).rows, 3);
    store_reader_close(db);
}

struct nested {
    struct db *db;
    int depth;
    int rows;
};

static enum err nested_row(void *data, const struct value *columns)
{
    struct nested *outer = data;
    outer->rows++;
    assert_true(columns[0].i == outer->rows);
    if (outer->depth == 0)
        return OK;
    struct nested inner = {outer->db, outer->depth - 1, 0};
    TRY(db_run(outer->db, &note_all, NULL, nested_row, &inner, NULL));
    assert_int_equal(inner.rows, 3);
    return OK;
}

static void a_statement_may_run_inside_itself(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    struct nested nested = {NULL, 2, 0};
    assert_int_equal(store_reader_open(store, &nested.db), OK);
    assert_int_equal(db_run(nested.db, &note_all, NULL, nested_row, &nested, NULL), OK);
    assert_int_equal(nested.rows, 3);
    store_reader_close(nested.db);
}

static enum err too_much(void *data, const struct value *columns)
{
    (void)columns;
    (void)arena_alloc(data, 1 << 20);
    return OK;
}

struct escaping {
    struct db *db;
    struct arena *arena;
};

static enum err read_too_much(void *data)
{
    struct escaping *escaping = data;
    return db_run(escaping->db, &note_all, NULL, too_much, escaping->arena, NULL);
}

static enum err write_and_escape(struct db *db, void *data)
{
    struct escaping *escaping = data;
    escaping->db = db;
    TRY(add(db, 4, "Testa Četri"));
    return arena_try(escaping->arena, read_too_much, escaping);
}

static void an_escape_leaves_nothing_open(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    struct escaping escaping = {.arena = arena_new(1 << 16)};
    assert_int_equal(store_reader_open(store, &escaping.db), OK);
    struct db *reader = escaping.db;
    assert_int_equal(db_read_begin(reader), OK);
    assert_int_equal(arena_try(escaping.arena, read_too_much, &escaping), ERR_LIMIT);
    db_read_end(reader);

    assert_int_equal(store_change(store, write_and_escape, &escaping), ERR_LIMIT);
    assert_int_equal(counted(reader).rows, 3);
    struct answers answers = {.count = 0};
    struct adding jobs[] = {adding(5, "Testa Pieci", OK, &answers), adding(6, "Testa Seši", OK, &answers)};
    as_one_group(store, jobs, 2);
    assert_int_equal(counted(reader).rows, 5); /* not an old snapshot */
    store_reader_close(reader);
    arena_free(escaping.arena);
}

/* ---- constraints and changes ---- */

static enum err orphan(struct db *db, void *data)
{
    (void)data;
    const struct value in[] = {of_int(1), of_int(99)};
    return db_run(db, &child_add, in, NULL, NULL, NULL);
}

static enum err missing_text(struct db *db, void *data)
{
    (void)data;
    const struct value in[] = {of_int(9), NOTHING};
    return db_run(db, &note_add, in, NULL, NULL, NULL);
}

static enum err rename_all(struct db *db, void *data)
{
    const struct value in = of_text("Testa");
    return db_run(db, &note_rename, &in, NULL, NULL, data);
}

static void broken_constraints_are_conflicts(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    assert_int_equal(store_change(store, add_three, NULL), ERR_CONFLICT);
    assert_int_equal(store_change(store, orphan, NULL), ERR_CONFLICT);
    assert_int_equal(store_change(store, missing_text, NULL), ERR_CONFLICT);
    assert_int_equal(counted_now(store).rows, 3);
    size_t changed = 0;
    assert_int_equal(store_change(store, rename_all, &changed), OK);
    assert_int_equal(changed, 3);
}

static void a_reader_cannot_change(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct db *db = NULL;
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(add(db, 1, "Testa"), ERR_IO);
    assert_int_equal(counted(db).rows, 0);
    store_reader_close(db);
}

struct hiding {
    enum err second;
    size_t changed;
};

static enum err hide_a_failure(struct db *db, void *data)
{
    struct hiding *hiding = data;
    (void)add(db, 1, "Testa Vēlreiz");
    const struct value in = of_text("Testa");
    hiding->second = db_run(db, &note_rename, &in, NULL, NULL, &hiding->changed);
    return OK;
}

/* On both engines alike, though SQLite alone could go on: what a job did before or after would be kept without it. */
static void a_failure_that_a_job_hides_fails_the_job(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    struct hiding hiding = {.second = OK};
    assert_int_equal(store_change(store, hide_a_failure, &hiding), ERR_CONFLICT);
    assert_int_equal(hiding.second, ERR_CONFLICT);
    struct answers answers = {.count = 0};
    struct adding jobs[] = {
        adding(4, "Testa Četri", OK, &answers),
        adding(1, "Testa Vēlreiz", OK, &answers),
        adding(5, "Testa Pieci", OK, &answers),
    };
    jobs[1].swallow = true;
    as_one_group(store, jobs, 3);
    assert_int_equal(answers.results[0], OK);
    assert_int_equal(answers.results[1], ERR_CONFLICT);
    assert_int_equal(answers.results[2], OK);
    assert_int_equal(counted_now(store).rows, 5);
}

/* ---- order ---- */

static const char *const WORDS[] = {"Zane", "ābols",  "Ābols", "abols", "zāle", "a",
                                    "",     "Šķūnis", "sk",    "Я",     "-",    "a b"};
enum { WORD_TOTAL = sizeof WORDS / sizeof *WORDS };

static enum err add_words(struct db *db, void *data)
{
    (void)data;
    for (int i = 0; i < WORD_TOTAL; i++)
        TRY(add(db, i, WORDS[i]));
    return OK;
}

static enum err rises(void *data, const struct value *columns)
{
    const char **before = data;
    const char *now = WORDS[columns[0].i];
    assert_true(*before == NULL || strcmp(*before, now) < 0);
    *before = now;
    return OK;
}

/* By bytes, whatever order the database's language has. */
static void text_sorts_by_its_bytes(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const struct sql by_text = {"by_text", "SELECT id, text FROM note ORDER BY text", SLOT_NONE, 0, 2, NULL};
    struct db *db = NULL;
    const char *last = NULL;
    assert_int_equal(store_change(store, add_words, NULL), OK);
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(db_run(db, &by_text, NULL, rises, &last, NULL), OK);
    assert_string_equal(last, "Я");
    store_reader_close(db);
}

/* ---- groups and the queue ---- */

static void one_that_fails_leaves_the_others(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct answers answers = {.count = 0};
    struct adding jobs[] = {
        adding(1, "Testa Viena", OK, &answers),
        adding(2, "Testa Divi", ERR_STALE, &answers),
        adding(1, "Testa Vēlreiz", OK, &answers),
        adding(3, "Testa Trīs", OK, &answers),
    };
    as_one_group(store, jobs, 4);
    static const enum err expected[] = {OK, ERR_STALE, ERR_CONFLICT, OK};
    assert_int_equal(answers.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(answers.ids[i], jobs[i].id); /* answered in the order of asking */
        assert_int_equal(answers.results[i], expected[i]);
    }
    struct counted now = counted_now(store);
    assert_int_equal(now.rows, 2);
    assert_int_equal(now.newest, 3);
}

static void many_jobs_make_several_groups_in_order(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    const struct store_options options = {.group_max = 3};
    assert_int_equal(store_open_with(fixture->url, &options, &test_schema, &fixture->store), OK);
    struct answers answers = {.count = 0};
    struct adding jobs[20];
    for (int i = 0; i < 20; i++)
        jobs[i] = adding(i + 1, "Testa", OK, &answers);
    as_one_group(fixture->store, jobs, 20);
    assert_int_equal(answers.count, 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(answers.ids[i], i + 1);
    assert_int_equal(counted_now(fixture->store).rows, 20);
}

static void a_full_queue_is_busy(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    const struct store_options options = {.queue_max = 2};
    assert_int_equal(store_open_with(fixture->url, &options, &test_schema, &fixture->store), OK);
    struct latch latch = LATCH_CLOSED;
    struct store_job hold = {.run = latch_wait, .done = noop_done, .data = &latch};
    assert_int_equal(store_submit(fixture->store, &hold), OK);
    latch_entered(&latch);
    struct answers answers = {.count = 0};
    struct adding jobs[3];
    for (int i = 0; i < 3; i++)
        jobs[i] = adding(i + 1, "Testa", OK, &answers);
    adding_submit(fixture->store, &jobs[0]);
    adding_submit(fixture->store, &jobs[1]);
    jobs[2].job = (struct store_job){.run = adding_run, .done = adding_done, .data = &jobs[2]};
    assert_int_equal(store_submit(fixture->store, &jobs[2].job), ERR_BUSY);
    latch_open(&latch);
    store_close(fixture->store); /* finishes what waits */
    fixture->store = NULL;
    assert_int_equal(answers.count, 2);
    assert_int_equal(test_open(fixture->url, &fixture->store), OK);
    assert_int_equal(counted_now(fixture->store).rows, 2);
}

struct submitter {
    struct store *store;
    int64_t first;
};

static enum err add_next(struct db *db, void *data)
{
    return add(db, *(int64_t *)data, "Testa");
}

static void *submit_many(void *data)
{
    struct submitter *submitter = data;
    for (int64_t i = 0; i < 50; i++) {
        int64_t id = submitter->first + i;
        if (store_change(submitter->store, add_next, &id) != OK)
            return submitter;
    }
    return NULL;
}

static void threads_may_change_at_once(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct submitter submitters[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        submitters[i] = (struct submitter){store, i * 1000 + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &submitters[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(counted_now(store).rows, 400);
}

/* ---- reading ---- */

static void a_snapshot_stays_as_it_was(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(store_change(store, add_three, NULL), OK);
    struct db *db = NULL;
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(db_read_begin(db), OK);
    assert_int_equal(counted(db).rows, 3);
    for (int64_t id = 10; id < 20; id++)
        assert_int_equal(store_change(store, add_next, &id), OK);
    assert_int_equal(counted(db).rows, 3);
    db_read_end(db);
    assert_int_equal(counted(db).rows, 13);
    store_reader_close(db);
}

/* ---- mass work ---- */

static enum err add_thousands(struct db *db, void *data)
{
    for (int64_t id = 1; id <= 5000; id++)
        TRY(add(db, id, "Testa"));
    return *(enum err *)data;
}

static void mass_work_is_one_transaction(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    enum err then = ERR_INPUT;
    assert_int_equal(store_bulk(store, add_thousands, &then), ERR_INPUT);
    assert_int_equal(counted_now(store).rows, 0);
    then = OK;
    assert_int_equal(store_bulk(store, add_thousands, &then), OK);
    assert_int_equal(counted_now(store).rows, 5000);
    int64_t id = 6000;
    assert_int_equal(store_change(store, add_next, &id), OK);
}

static enum err add_in_steps(struct db *db, void *data)
{
    for (int64_t id = 1; id <= 3; id++) {
        TRY(add(db, id, "Testa"));
        if (id < 3)
            TRY(db_bulk_step(db));
    }
    return *(enum err *)data;
}

static void mass_work_can_keep_its_steps(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    enum err then = ERR_INPUT;
    assert_int_equal(store_bulk(store, add_in_steps, &then), ERR_INPUT);
    assert_int_equal(counted_now(store).rows, 2);
    int64_t id = 6000;
    assert_int_equal(store_change(store, add_next, &id), OK);
}

/* ---- the log ---- */

static enum err add_long(struct db *db, void *data)
{
    char text[20000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    return add(db, *(int64_t *)data, text);
}

static void the_log_does_not_grow_without_bound(void **state)
{
    struct fixture *fixture = *state;
    for (int64_t id = 1; id <= 6000; id++) /* about 150 MB */
        assert_int_equal(store_change(fixture->store, add_long, &id), OK);
    char log[96];
    (void)snprintf(log, sizeof log, "%s-wal", fixture->path);
    struct stat is;
    assert_int_equal(stat(log, &is), 0);
    assert_true(is.st_size < 100 << 20);
}

int main(void)
{
    struct CMUnitTest tests[15] = {
        cmocka_unit_test_setup_teardown(values_come_back, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_row_function_may_stop, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_statement_may_run_inside_itself, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(an_escape_leaves_nothing_open, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(broken_constraints_are_conflicts, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_reader_cannot_change, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_failure_that_a_job_hides_fails_the_job, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(text_sorts_by_its_bytes, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(one_that_fails_leaves_the_others, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(many_jobs_make_several_groups_in_order, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_full_queue_is_busy, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(threads_may_change_at_once, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_snapshot_stays_as_it_was, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(mass_work_is_one_transaction, store_make, folder_remove),
        cmocka_unit_test_setup_teardown(mass_work_can_keep_its_steps, store_make, folder_remove),
    };
    static const struct CMUnitTest sqlite[] = {
        cmocka_unit_test_setup_teardown(the_log_does_not_grow_without_bound, store_make, folder_remove),
    };
    return run_for_engine(tests, 14, sqlite, sizeof sqlite / sizeof *sqlite, NULL, 0);
}
