/* Every statement of the program runs on the engine under test: its types, names and columns are understood. */
#include "platform/store/tables.h"
#include "platform/store/testing.h"

struct trying {
    const struct sql *sql;
    enum err found;
};

static struct value sample(char kind)
{
    static const char date[] = "2026-01-31";
    switch (kind) {
    case 'i': return of_int(1);
    case 'r': return (struct value){.kind = VALUE_REAL, .real = 0.5};
    case 't': return of_text(date);
    default: return (struct value){.kind = VALUE_BYTES, .bytes = {(const uint8_t *)date, sizeof date - 1}};
    }
}

static enum err ignore_row(void *data, const struct value *columns)
{
    (void)data;
    (void)columns;
    return OK;
}

static enum err try_one(struct db *db, void *data)
{
    struct trying *trying = data;
    struct value in[64];
    assert_non_null(trying->sql->kinds);
    assert_int_equal(strlen(trying->sql->kinds), trying->sql->inputs);
    for (unsigned i = 0; i < trying->sql->inputs; i++)
        in[i] = sample(trying->sql->kinds[i]);
    size_t changed = 0;
    trying->found = db_run(db, trying->sql, in, trying->sql->outputs == 0 ? NULL : ignore_row, NULL, &changed);
    return ERR_STALE; /* nothing of it is kept */
}

/* References to nothing, and the like, are to be expected of samples. */
static unsigned wrong(struct store *store, const struct sql *sql)
{
    struct trying trying = {.sql = sql};
    assert_int_equal(store_change(store, try_one, &trying), ERR_STALE);
    if (trying.found == OK || trying.found == ERR_CONFLICT)
        return 0;
    print_error("%s: %s\n", sql->name, err_name(trying.found));
    return 1;
}

static void every_statement_runs(void **state)
{
    struct fixture *fixture = *state;
    unsigned count = 0;
    unsigned found = 0;
    assert_int_equal(store_open(fixture->url, &(struct store_options){.create = true}, &fixture->store), OK);
    for (const struct sql *const *sql = sql_all; *sql != NULL; sql++, count++)
        found += wrong(fixture->store, *sql);
    assert_true(count > 100);
    for (size_t i = 0; i < store_table_count; i++) {
        found += wrong(fixture->store, store_tables[i].all);
        found += wrong(fixture->store, store_tables[i].count);
        found += wrong(fixture->store, store_tables[i].add);
        if (store_tables[i].erase != NULL)
            found += wrong(fixture->store, store_tables[i].erase);
    }
    assert_int_equal(found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_statement_runs, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
