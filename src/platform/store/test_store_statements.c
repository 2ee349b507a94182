/* Every statement of the program runs on the engine under test: its types, names and columns are understood. */
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

static void every_statement_runs(void **state)
{
    struct fixture *fixture = *state;
    unsigned wrong = 0;
    assert_int_equal(store_open(fixture->url, &(struct store_options){.create = true}, &fixture->store), OK);
    assert_true(sql_slots > 100);
    for (unsigned i = 0; i < sql_slots; i++) {
        struct trying trying = {.sql = sql_all[i]};
        assert_int_equal(store_change(fixture->store, try_one, &trying), ERR_STALE);
        /* References to nothing, and the like, are to be expected of samples. */
        if (trying.found == OK || trying.found == ERR_CONFLICT)
            continue;
        print_error("%s: %s\n", sql_all[i]->name, err_name(trying.found));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_statement_runs, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
