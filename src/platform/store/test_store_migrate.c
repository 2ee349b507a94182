#include "platform/store/testing.h"

static const struct schema_part new_parts[] = {
    {"test/note",
     "CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0) STRICT;"
     "CREATE TABLE child (id INTEGER NOT NULL PRIMARY KEY, note INTEGER NOT NULL REFERENCES note) STRICT;",
     "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL, at BIGINT NOT NULL DEFAULT 0);"
     "CREATE TABLE child (id BIGINT NOT NULL PRIMARY KEY, note BIGINT NOT NULL REFERENCES note);"},
};

#define ADD_AT "ALTER TABLE note ADD COLUMN at INTEGER NOT NULL DEFAULT 0;"
#define ADD_AT_POSTGRES "ALTER TABLE note ADD COLUMN at BIGINT NOT NULL DEFAULT 0;"

static const struct migration steps[] = {
    {1, "0001-at.sql", ADD_AT, ADD_AT_POSTGRES, true},
    /* Rebuilds a table that another refers to; PostgreSQL changes it in place. */
    {2, "0002-rebuild.sql",
     "CREATE TABLE note_new (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL, "
     "at INTEGER NOT NULL DEFAULT 0) STRICT;"
     "INSERT INTO note_new SELECT id, text || '!', at FROM note;"
     "DROP TABLE note; ALTER TABLE note_new RENAME TO note;",
     "UPDATE note SET text = text || '!';", false},
};
static const struct migration broken_steps[] = {
    {1, "0001-at.sql", ADD_AT, ADD_AT_POSTGRES, false},
    {2, "0002-wrong.sql",
     "DELETE FROM note; CREATE TABLE half (id INTEGER NOT NULL PRIMARY KEY) STRICT;"
     "INSERT INTO nowhere VALUES (1);",
     "DELETE FROM child; DELETE FROM note; CREATE TABLE half (id BIGINT NOT NULL PRIMARY KEY);"
     "INSERT INTO nowhere VALUES (1);",
     false},
};
static const struct migration dangling_steps[] = {
    {1, "0001-dangling.sql", "DELETE FROM note;", "DELETE FROM note;", false},
};

static const struct sql migration_state = {
    "migration_state", "SELECT count(*), COALESCE(max(number), 0) FROM store_migration", SLOT_NONE, 0, 2, NULL};
static const struct sql half_made = {"half_made", "SELECT count(*), 0 FROM half", SLOT_NONE, 0, 2, NULL};
static const struct sql note_shouted = {
    "note_shouted", "SELECT count(*), max(at) FROM note WHERE text LIKE '%!'", SLOT_NONE, 0, 2, NULL};
static const struct sql child_add = {"child_add", "INSERT INTO child (id, note) VALUES (?1, ?2)", SLOT_CHILD, 2, 0,
                                     NULL};

static enum err goes_by_item(void *data, const struct value *columns)
{
    *(bool *)data = strstr((const char *)columns[3].bytes.ptr, "held_by_item") != NULL;
    return OK;
}

static struct store_schema with(const struct migration *list, size_t count)
{
    return (struct store_schema){
        .parts = new_parts, .part_count = 1, .migrations = list, .migration_count = count, .slots = SLOTS};
}

static enum err open_as(struct fixture *fixture, const struct store_schema *schema, bool create)
{
    return store_open_with(fixture->url, &(struct store_options){.create = create}, schema, &fixture->store);
}

static void close_store(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
}

static struct counted asked(struct store *store, const struct sql *sql)
{
    struct db *db = NULL;
    struct counted out = {-1, -1};
    assert_int_equal(store_reader_open(store, &db), OK);
    assert_int_equal(db_run(db, sql, NULL, counted_row, &out, NULL), OK);
    store_reader_close(db);
    return out;
}

static enum err fill(struct db *db, void *data)
{
    (void)data;
    TRY(add(db, 1, "Testa Viena"));
    TRY(add(db, 2, "Testa Divi"));
    const struct value in[] = {of_int(1), of_int(2)};
    return db_run(db, &child_add, in, NULL, NULL, NULL);
}

/* A database as the first release made it, with two notes and a child of the second. */
static void make_old(struct fixture *fixture)
{
    assert_int_equal(open_as(fixture, &test_schema, true), OK);
    assert_int_equal(store_change(fixture->store, fill, NULL), OK);
    close_store(fixture);
}

static enum err orphan(struct db *db, void *data)
{
    (void)data;
    const struct value in[] = {of_int(7), of_int(99)};
    return db_run(db, &child_add, in, NULL, NULL, NULL);
}

static void a_fresh_database_has_everything(void **state)
{
    struct fixture *fixture = *state;
    const struct store_schema schema = with(steps, 2);
    assert_int_equal(open_as(fixture, &schema, true), OK);
    struct counted marked = asked(fixture->store, &migration_state);
    assert_int_equal(marked.rows, 2);
    assert_int_equal(marked.newest, 2);
    close_store(fixture);
    assert_int_equal(open_as(fixture, &schema, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).rows, 2);
}

static void pending_migrations_are_applied_once(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    const struct store_schema schema = with(steps, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_as(fixture, &schema, false), OK);
        assert_int_equal(asked(fixture->store, &migration_state).newest, 2);
        assert_int_equal(asked(fixture->store, &note_shouted).rows, 2);
        assert_int_equal(store_change(fixture->store, orphan, NULL), ERR_CONFLICT); /* references bind again */
        close_store(fixture);
    }
}

static void one_after_the_other(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    const struct store_schema first = with(steps, 1);
    assert_int_equal(open_as(fixture, &first, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).newest, 1);
    assert_int_equal(asked(fixture->store, &note_shouted).rows, 0);
    close_store(fixture);
    const struct store_schema second = with(steps, 2);
    assert_int_equal(open_as(fixture, &second, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).newest, 2);
    assert_int_equal(asked(fixture->store, &note_shouted).rows, 2);
}

static void data_newer_than_the_program_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const struct store_schema newer = with(steps, 2);
    assert_int_equal(open_as(fixture, &newer, true), OK);
    close_store(fixture);
    const struct store_schema older = with(steps, 1);
    assert_int_equal(open_as(fixture, &older, true), ERR_CONFLICT);
    assert_null(fixture->store);
    assert_int_equal(open_as(fixture, &newer, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).newest, 2);
}

/* ---- versions side by side ---- */

static enum err add_one(struct db *db, void *data)
{
    return add(db, *(int64_t *)data, "Testa");
}

static void an_older_program_goes_on_beside_an_addition(void **state)
{
    struct fixture *fixture = *state;
    struct store *older = NULL;
    int64_t id = 10;
    make_old(fixture);
    assert_int_equal(store_open_with(fixture->url, &(struct store_options){0}, &test_schema, &older), OK);
    assert_int_equal(store_change(older, add_one, &id), OK);
    const struct store_schema newer = with(steps, 1);
    assert_int_equal(open_as(fixture, &newer, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).newest, 1);
    for (id = 11; id < 15; id++) /* its prepared statements still fit */
        assert_int_equal(store_change(id % 2 == 0 ? older : fixture->store, add_one, &id), OK);
    assert_int_equal(asked(older, &note_count).rows, 7);
    store_close(older);
    assert_int_equal(store_open_with(fixture->url, &(struct store_options){0}, &test_schema, &older), OK);
    store_close(older);
}

static void a_migration_that_adds_more_waits_for_older_programs(void **state)
{
    struct fixture *fixture = *state;
    struct store *older = NULL;
    make_old(fixture);
    assert_int_equal(store_open_with(fixture->url, &(struct store_options){0}, &test_schema, &older), OK);
    const struct store_schema newer = with(steps, 2);
    assert_int_equal(open_as(fixture, &newer, false), ERR_BUSY);
    int64_t id = 10;
    assert_int_equal(store_change(older, add_one, &id), OK); /* nothing has happened to it */
    assert_int_equal(asked(older, &migration_state).newest, 0);
    store_close(older);
    assert_int_equal(open_as(fixture, &newer, false), OK);
    assert_int_equal(asked(fixture->store, &note_shouted).rows, 3);
    assert_int_equal(store_open_with(fixture->url, &(struct store_options){0}, &test_schema, &older), ERR_CONFLICT);
}

struct starting {
    const char *url;
    const struct store_schema *schema;
    struct store *store;
    enum err result;
};

static void *start_one(void *data)
{
    struct starting *starting = data;
    starting->result = store_open_with(starting->url, &(struct store_options){.create = true}, starting->schema,
                                       &starting->store);
    return NULL;
}

static void start_together(struct fixture *fixture, const struct store_schema *schema)
{
    struct starting starting[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        starting[i] = (struct starting){.url = fixture->url, .schema = schema};
        assert_int_equal(pthread_create(&threads[i], NULL, start_one, &starting[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(starting[i].result, OK);
        store_close(starting[i].store);
    }
}

static void several_that_start_at_once_do_not_collide(void **state)
{
    struct fixture *fixture = *state;
    start_together(fixture, &test_schema); /* one of them makes everything */
    assert_int_equal(open_as(fixture, &test_schema, false), OK);
    assert_int_equal(store_change(fixture->store, fill, NULL), OK);
    close_store(fixture);
    const struct store_schema newer = with(steps, 2); /* one of them migrates */
    start_together(fixture, &newer);
    assert_int_equal(open_as(fixture, &newer, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).rows, 2);
    assert_int_equal(asked(fixture->store, &note_shouted).rows, 2);
}

static void a_migration_that_fails_leaves_the_state_before(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    const struct store_schema schema = with(broken_steps, 2);
    assert_int_not_equal(open_as(fixture, &schema, false), OK);
    assert_null(fixture->store);
    const struct store_schema first = with(broken_steps, 1); /* the one before it stays */
    assert_int_equal(open_as(fixture, &first, false), OK);
    assert_int_equal(asked(fixture->store, &migration_state).newest, 1);
    assert_int_equal(asked(fixture->store, &note_count).rows, 2);
    struct db *db = NULL;
    struct counted out = {-1, -1};
    assert_int_equal(store_reader_open(fixture->store, &db), OK);
    assert_int_equal(db_run(db, &half_made, NULL, counted_row, &out, NULL), ERR_IO); /* there is no such table */
    store_reader_close(db);
}

static void a_migration_may_not_leave_references_dangling(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    const struct store_schema schema = with(dangling_steps, 1);
    assert_int_equal(open_as(fixture, &schema, false), ERR_CONFLICT);
    assert_int_equal(open_as(fixture, &test_schema, false), OK);
    assert_int_equal(asked(fixture->store, &note_count).rows, 2);
}

/* The first column of a key is the organisation, which everything shares: going by it alone would read everything. */
static void the_planner_goes_by_more_than_the_organisation(void **state)
{
    struct fixture *fixture = *state;
    static const struct schema_part parts[] = {
        {"test/held",
         "CREATE TABLE held (org INTEGER NOT NULL, holder INTEGER NOT NULL, item INTEGER NOT NULL, key BLOB, "
         "PRIMARY KEY (org, holder, item)) WITHOUT ROWID, STRICT;"
         "CREATE INDEX held_by_item ON held (org, item);",
         NULL},
    };
    static const struct sql plan = {
        "plan", "EXPLAIN QUERY PLAN SELECT key FROM held WHERE org = 1 AND item = 2", SLOT_NONE, 0, 4, NULL};
    const struct store_schema schema = {.parts = parts, .part_count = 1, .slots = SLOTS};
    bool by_item = false;
    assert_int_equal(open_as(fixture, &schema, true), OK);
    struct db *db;
    assert_int_equal(store_reader_open(fixture->store, &db), OK);
    assert_int_equal(db_run(db, &plan, NULL, goes_by_item, &by_item, NULL), OK);
    store_reader_close(db);
    assert_true(by_item);
}

static void a_schema_that_fails_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    static const struct schema_part parts[] = {
        {"test/note", "CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;",
         "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"},
        {"test/wrong", "CREATE TABLE wrong (id NONSENSE) STRICT;", "CREATE TABLE wrong (id NONSENSE);"},
    };
    const struct store_schema schema = {.parts = parts, .part_count = 2, .slots = SLOTS};
    assert_int_not_equal(open_as(fixture, &schema, true), OK);
    assert_int_equal(open_as(fixture, &test_schema, false), ERR_NOT_FOUND); /* an empty file is no installation */
    assert_int_equal(open_as(fixture, &test_schema, true), OK);
}

int main(void)
{
    struct CMUnitTest tests[11] = {
        cmocka_unit_test_setup_teardown(a_fresh_database_has_everything, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(pending_migrations_are_applied_once, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(one_after_the_other, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(data_newer_than_the_program_is_left_alone, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(an_older_program_goes_on_beside_an_addition, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(several_that_start_at_once_do_not_collide, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_migration_that_fails_leaves_the_state_before, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_migration_may_not_leave_references_dangling, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_schema_that_fails_leaves_nothing, folder_make, folder_remove),
    };
    static const struct CMUnitTest sqlite[] = {
        cmocka_unit_test_setup_teardown(the_planner_goes_by_more_than_the_organisation, folder_make, folder_remove),
    };
    static const struct CMUnitTest server[] = {
        cmocka_unit_test_setup_teardown(a_migration_that_adds_more_waits_for_older_programs, folder_make,
                                        folder_remove),
    };
    return run_for_engine(tests, 9, sqlite, sizeof sqlite / sizeof *sqlite, server, sizeof server / sizeof *server);
}
