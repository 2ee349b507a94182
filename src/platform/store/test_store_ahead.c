/* Asking ahead changes how long answers take, and nothing else: with right guesses, wrong ones, ones that fail, ones that nobody asks for,
 * and a server that goes away between. */
#include "platform/store/testing.h"

enum { TABLE_NOTE = 1, TABLE_OTHER = 2 };

static const struct sql note_get = {.name = "note_get",
                                    .text = "SELECT id, 0 FROM note WHERE id = ?1",
                                    .slot = SLOT_GET,
                                    .inputs = 1,
                                    .outputs = 2,
                                    .kinds = "i",
                                    .reads = true,
                                    .tables = TABLE_NOTE};
static const struct sql note_sum = {.name = "note_sum",
                                    .text = "SELECT count(*), COALESCE(max(id), 0) FROM note",
                                    .slot = SLOT_COUNT,
                                    .outputs = 2,
                                    .kinds = "",
                                    .reads = true,
                                    .tables = TABLE_NOTE};
static const struct sql note_new = {.name = "note_new",
                                    .text = "INSERT INTO note (id, text) VALUES (?1, 'Testa')",
                                    .slot = SLOT_NEW,
                                    .inputs = 1,
                                    .kinds = "i",
                                    .tables = TABLE_NOTE};
/* Fails for 0. */
static const struct sql quotient = {.name = "quotient",
                                    .text = "SELECT 1000000 / ?1, 0",
                                    .slot = SLOT_PUT,
                                    .inputs = 1,
                                    .outputs = 2,
                                    .kinds = "i",
                                    .reads = true,
                                    .tables = TABLE_OTHER};
/* Half a megabyte a row. */
static const struct sql heap = {.name = "heap",
                                .text = "SELECT ?1 + 0, repeat('x', 500000) FROM note",
                                .slot = SLOT_ALL,
                                .inputs = 1,
                                .outputs = 2,
                                .kinds = "i",
                                .reads = true,
                                .tables = TABLE_NOTE};

enum { KIND = 7 };

static void knows(struct db *db, int64_t number)
{
    const struct value values[] = {of_int(number)};
    db_foresee(db, &(struct db_known){.kind = KIND, .values = values, .count = 1});
}

static enum err ask(struct db *db, const struct sql *sql, int64_t input, int64_t *out)
{
    const struct value in = of_int(input);
    struct counted counted = {-1, -1};
    enum err result = db_run(db, sql, &in, counted_row, &counted, NULL);
    *out = counted.rows;
    return result;
}

static int64_t asked(struct db *db, const struct sql *sql, int64_t input)
{
    int64_t out;
    assert_int_equal(ask(db, sql, input, &out), OK);
    return out;
}

static enum err add_two(struct db *db, void *data)
{
    (void)data;
    TRY(add(db, 70001, "Testa"));
    return add(db, 70002, "Testa");
}

static void cut_all(const struct fixture *fixture)
{
    char text[200];
    const char *name = strstr(fixture->url, "scratch_");
    (void)snprintf(text, sizeof text, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%.*s'",
                   (int)strcspn(name, "?"), name);
    scratch_command(text);
}

static int notes_make(void **state)
{
    if (store_make(state) != 0)
        return -1;
    struct fixture *fixture = *state;
    return store_change(fixture->store, add_two, NULL) == OK ? 0 : -1;
}

static struct db *reader_of(struct fixture *fixture)
{
    struct db *reader = NULL;
    assert_int_equal(store_reader_open(fixture->store, &reader), OK);
    return reader;
}

/* A view that asks for the quotient, the sum and the note of a number, as a page does. */
static void look(struct db *reader, int64_t number, int64_t there)
{
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, number);
    assert_int_equal(asked(reader, &quotient, number), 1000000 / number);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_int_equal(asked(reader, &note_get, number), there);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    db_read_end(reader);
}

static uint64_t trips_of_look(struct db *reader, int64_t number, int64_t there)
{
    uint64_t before = db_trips(reader);
    look(reader, number, there);
    return db_trips(reader) - before;
}

static void a_view_that_is_foreseen_waits_once(void **state)
{
    struct db *reader = reader_of(*state);
    struct db *other = reader_of(*state);
    bool far = scratch_on_server();
    assert_int_equal(db_foresees(reader), far);
    assert_int_equal(trips_of_look(reader, 70001, 70001), far ? 3 : 0); /* the same question twice in a view is one */
    assert_int_equal(trips_of_look(reader, 70002, 70002), far ? 1 : 0);
    assert_int_equal(trips_of_look(reader, 70003, -1), far ? 1 : 0);
    assert_int_equal(trips_of_look(other, 70001, 70001),
                     far ? 1 : 0); /* all connections of a store learn from each other */
    store_reader_close(other);
    store_reader_close(reader);
}

static void a_wrong_guess_changes_no_answer(void **state)
{
    struct db *reader = reader_of(*state);
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70001);
    assert_int_equal(asked(reader, &note_get, 70002), 70002);
    assert_int_equal(asked(reader, &note_get, 70009), -1);
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    db_read_end(reader);
    look(reader, 70002, 70002);
    store_reader_close(reader);
}

static void what_nobody_asks_for_is_in_nobodys_way(void **state)
{
    struct db *reader = reader_of(*state);
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70001); /* and then nothing is asked at all */
    db_read_end(reader);
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70002);
    assert_int_equal(asked(reader, &quotient, 5), 200000);
    db_read_end(reader);
    look(reader, 70002, 70002);
    store_reader_close(reader);
}

static void large_answers_come_whole(void **state)
{
    struct db *reader = reader_of(*state);
    for (int64_t i = 70001; i < 70004; i++) {
        assert_int_equal(db_read_begin(reader), OK);
        knows(reader, i);
        assert_int_equal(asked(reader, &note_sum, 0), 2);
        assert_int_equal(asked(reader, &heap, i), i);
        assert_int_equal(asked(reader, &heap, i), i); /* too large to be kept */
        db_read_end(reader);
    }
    store_reader_close(reader);
}

static void a_view_stays_of_one_moment(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = reader_of(fixture);
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70001);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    int64_t id = 70003;
    struct answers answers = {.count = 0};
    struct adding third = adding(id, "Testa", OK, &answers);
    adding_submit(fixture->store, &third);
    assert_int_equal(store_change(fixture->store, noop_run, NULL), OK);
    assert_int_equal(answers.results[0], OK);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_int_equal(asked(reader, &note_get, id), -1);
    db_read_end(reader);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, id);
    assert_int_equal(asked(reader, &note_sum, 0), 3);
    assert_int_equal(asked(reader, &note_get, id), id);
    db_read_end(reader);
    store_reader_close(reader);
}

/* ---- views that are foreseen as a whole ---- */

static void knows_and_asks_again(struct db *db, int64_t number)
{
    const struct value values[] = {of_int(number)};
    db_foresee(db, &(struct db_known){.kind = KIND, .values = values, .count = 1, .again = true});
}

static void look_again(struct db *reader, int64_t number, int64_t there)
{
    assert_int_equal(db_read_begin(reader), OK);
    knows_and_asks_again(reader, number);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_int_equal(asked(reader, &note_get, number), there);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_false(db_read_lost(reader));
    db_read_end(reader);
}

/* What is all that will be asked is a transaction of its own. A view that asks for more after all is lost, not of two moments. */
static void a_whole_view_that_asks_for_more_is_asked_for_anew(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = reader_of(fixture);
    bool far = scratch_on_server();
    int64_t out, id = 70003;
    for (int i = 0; i < 4; i++)
        look_again(reader, 70001 + i % 3, i % 3 < 2 ? 70001 + i % 3 : -1);
    assert_int_equal(db_read_begin(reader), OK);
    knows_and_asks_again(reader, 70001);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    struct answers answers = {.count = 0};
    struct adding third = adding(id, "Testa", OK, &answers);
    adding_submit(fixture->store, &third);
    assert_int_equal(store_change(fixture->store, noop_run, NULL), OK);
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    assert_int_equal(ask(reader, &note_get, id, &out), far ? ERR_BUSY : OK);
    assert_int_equal(db_read_lost(reader), far);
    assert_int_equal(ask(reader, &note_get, 70002, &out), far ? ERR_BUSY : OK);
    db_read_end(reader);
    /* Once more, as the gate does; now it is a view as any. */
    assert_int_equal(db_read_begin(reader), OK);
    knows_and_asks_again(reader, 70001);
    assert_int_equal(asked(reader, &note_sum, 0), 3);
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    assert_int_equal(asked(reader, &note_get, id), id);
    assert_false(db_read_lost(reader));
    db_read_end(reader);
    store_reader_close(reader);
}

static void a_whole_view_may_be_cut_and_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = reader_of(fixture);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(db_read_begin(reader), OK);
        knows_and_asks_again(reader, 50 + i);
        assert_int_equal(asked(reader, &quotient, 50 + i), 1000000 / (50 + i));
        assert_int_equal(asked(reader, &note_sum, 0), 2);
        db_read_end(reader);
    }
    cut_all(fixture);
    assert_int_equal(db_read_begin(reader), OK);
    knows_and_asks_again(reader, 60);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_int_equal(asked(reader, &quotient, 60), 16666);
    assert_false(db_read_lost(reader));
    db_read_end(reader);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(db_read_begin(reader), OK);
        knows_and_asks_again(reader, i == 1 ? 0 : 61);
        assert_int_equal(asked(reader, &note_sum, 0), 2);
        assert_int_equal(asked(reader, &quotient, 61), 16393);
        assert_false(db_read_lost(reader));
        db_read_end(reader);
    }
    store_reader_close(reader);
}

/* ---- a loop whose inputs are known ---- */

static void what_is_announced_comes_together(void **state)
{
    enum { MANY = 700 }; /* more than are kept */
    struct db *reader = reader_of(*state);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(db_read_begin(reader), OK);
        knows(reader, 70001);
        uint64_t before = db_trips(reader);
        for (int64_t i = 0; i < MANY; i++) {
            const struct value in = of_int(70000 + i);
            db_ahead(reader, &note_get, &in);
        }
        for (int64_t i = 0; i < 600; i++)
            assert_int_equal(asked(reader, &note_get, 70000 + i), i == 1 || i == 2 ? 70000 + i : -1);
        assert_int_equal(db_trips(reader) - before, scratch_on_server() ? 1 : 0);
        assert_int_equal(asked(reader, &note_get, 70000 + MANY - 1), -1);
        db_read_end(reader);
    }
    store_reader_close(reader);
}

/* ---- guesses that fail ---- */

static void a_guess_that_fails_is_thrown_away(void **state)
{
    struct db *reader = reader_of(*state);
    int64_t out;
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 0);
    assert_int_equal(asked(reader, &note_sum, 0), 2); /* the view begins anew */
    assert_false(db_read_lost(reader));
    assert_int_equal(asked(reader, &note_get, 70002), 70002);
    db_read_end(reader);
    /* It is the page's own failure when the page asks for it. */
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 0);
    assert_int_not_equal(ask(reader, &quotient, 0, &out), OK);
    db_read_end(reader);
    look(reader, 70001, 70001);
    store_reader_close(reader);
}

static void when_something_was_seen_the_view_is_lost(void **state)
{
    struct db *reader = reader_of(*state);
    int64_t out;
    look(reader, 70001, 70001);
    assert_int_equal(db_read_begin(reader), OK);
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    knows(reader, 0);
    enum err result = ask(reader, &note_sum, 0, &out);
    assert_int_equal(result, scratch_on_server() ? ERR_BUSY : OK);
    assert_int_equal(db_read_lost(reader), scratch_on_server());
    db_read_end(reader);
    assert_int_equal(db_read_begin(reader), OK); /* the gate asks once more; now nothing is guessed */
    knows(reader, 0);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    assert_false(db_read_lost(reader));
    db_read_end(reader);
    store_reader_close(reader);
}

/* ---- jobs ---- */

struct step {
    int64_t known, number;
    bool first; /* writes before it reads */
    int64_t sum, got;
};

static enum err read_and_add(struct db *db, void *data)
{
    struct step *step = data;
    const struct value in = of_int(step->number);
    knows(db, step->known);
    if (step->first)
        TRY(db_run(db, &note_new, &in, NULL, NULL, NULL));
    TRY(ask(db, &note_sum, 0, &step->sum));
    TRY(ask(db, &note_get, step->number, &step->got));
    return step->first ? OK : db_run(db, &note_new, &in, NULL, NULL, NULL);
}

/* What was read before a change does not count behind it, whether it was asked for or guessed. */
static void a_job_sees_what_it_wrote(void **state)
{
    struct fixture *fixture = *state;
    struct step step = {.known = 70010, .number = 70010};
    assert_int_equal(store_change(fixture->store, read_and_add, &step), OK);
    assert_int_equal(step.sum, 2);
    assert_int_equal(step.got, -1);
    uint64_t before = store_trips(fixture->store);
    step = (struct step){.known = 70011, .number = 70011};
    assert_int_equal(store_change(fixture->store, read_and_add, &step), OK);
    assert_int_equal(step.sum, 3);
    assert_int_equal(store_trips(fixture->store) - before, scratch_on_server() ? 2 : 0); /* what it reads; its commit */
    for (int64_t i = 70012; i < 70015; i++) {
        step = (struct step){.known = i, .number = i, .first = true};
        assert_int_equal(store_change(fixture->store, read_and_add, &step), OK);
        assert_int_equal(step.sum, i - 70007);
        assert_int_equal(step.got, i);
    }
    assert_int_equal(counted_now(fixture->store).rows, 7);
}

static enum err divide_and_add(struct db *db, void *data)
{
    struct step *step = data;
    const struct value in = of_int(step->number);
    knows(db, step->known);
    if (step->known != 0)
        TRY(ask(db, &quotient, step->known, &step->got));
    TRY(ask(db, &note_sum, 0, &step->sum));
    TRY(db_run(db, &note_new, &in, NULL, NULL, NULL));
    return OK;
}

/* A job that was spoilt by a guess says that it may be tried again, and then it goes well: never kept and not told, or told and not kept. */
static void a_guess_that_fails_spoils_a_job_once(void **state)
{
    struct fixture *fixture = *state;
    struct step step = {.known = 70010, .number = 70010};
    assert_int_equal(store_change(fixture->store, divide_and_add, &step), OK);
    step = (struct step){.known = 0, .number = 70011};
    enum err expected = scratch_on_server() ? ERR_BUSY : OK;
    assert_int_equal(store_change(fixture->store, divide_and_add, &step), expected);
    assert_int_equal(counted_now(fixture->store).rows, expected == OK ? 4 : 3);
    step = (struct step){.known = 0, .number = 70012};
    assert_int_equal(store_change(fixture->store, divide_and_add, &step), OK);
    assert_int_equal(counted_now(fixture->store).rows, expected == OK ? 5 : 4);
}

/* One of a group fails by itself; the others are kept. */
static void a_group_is_none_the_worse(void **state)
{
    enum { JOBS = 5 };
    struct fixture *fixture = *state;
    struct latch latch = LATCH_CLOSED;
    struct step steps[JOBS];
    struct store_job jobs[JOBS];
    struct store_job hold = {.run = latch_wait, .done = noop_done, .data = &latch};
    struct step first = {.known = 70010, .number = 70010};
    assert_int_equal(store_change(fixture->store, divide_and_add, &first), OK);
    assert_int_equal(store_submit(fixture->store, &hold), OK);
    latch_entered(&latch);
    for (int i = 0; i < JOBS; i++) {
        steps[i] = (struct step){.known = i == 2 ? 0 : 71000 + i, .number = 71000 + i};
        jobs[i] = (struct store_job){.run = divide_and_add, .done = noop_done, .data = &steps[i]};
        assert_int_equal(store_submit(fixture->store, &jobs[i]), OK);
    }
    latch_open(&latch);
    assert_int_equal(store_change(fixture->store, noop_run, NULL), OK);
    assert_int_equal(counted_now(fixture->store).rows, scratch_on_server() ? 7 : 8);
}

static enum err twice_the_same(struct db *db, void *data)
{
    (void)data;
    TRY(add(db, 70020, "Testa"));
    (void)add(db, 70020, "Testa");
    return ERR_STALE;
}

/* The failure of a statement whose answer nobody waited for belongs to its own job. */
static void a_job_that_was_given_up_does_not_spoil_the_next(void **state)
{
    struct fixture *fixture = *state;
    struct step step = {.known = 70021, .number = 70021};
    assert_int_equal(store_change(fixture->store, twice_the_same, NULL), ERR_STALE);
    assert_int_equal(store_change(fixture->store, read_and_add, &step), OK);
    assert_int_equal(counted_now(fixture->store).rows, 3);
}

/* ---- a server that goes away ---- */

static void a_lost_connection_loses_no_guess_and_no_answer(void **state)
{
    struct fixture *fixture = *state;
    struct db *reader = reader_of(fixture);
    int64_t out;
    look(reader, 70001, 70001);
    cut_all(fixture); /* at rest */
    look(reader, 70002, 70002);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70001);
    cut_all(fixture); /* before anything was asked */
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    assert_int_equal(asked(reader, &note_sum, 0), 2);
    db_read_end(reader);
    look(reader, 70002, 70002);
    assert_int_equal(db_read_begin(reader), OK);
    knows(reader, 70001);
    assert_int_equal(asked(reader, &quotient, 70001), 14);
    cut_all(fixture); /* in the midst: what has come is still of the one moment, what has not is lost */
    assert_int_equal(asked(reader, &note_get, 70001), 70001);
    assert_int_equal(ask(reader, &note_get, 70005, &out), ERR_BUSY);
    assert_true(db_read_lost(reader));
    db_read_end(reader);
    look(reader, 70002, 70002);
    store_reader_close(reader);
}

int main(void)
{
    struct CMUnitTest tests[20] = {
        cmocka_unit_test_setup_teardown(a_view_that_is_foreseen_waits_once, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_wrong_guess_changes_no_answer, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(what_nobody_asks_for_is_in_nobodys_way, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_view_stays_of_one_moment, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_whole_view_that_asks_for_more_is_asked_for_anew, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(what_is_announced_comes_together, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(when_something_was_seen_the_view_is_lost, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_job_sees_what_it_wrote, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_guess_that_fails_spoils_a_job_once, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_group_is_none_the_worse, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_job_that_was_given_up_does_not_spoil_the_next, notes_make, folder_remove),
    };
    static const struct CMUnitTest server[] = {
        cmocka_unit_test_setup_teardown(large_answers_come_whole, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_whole_view_may_be_cut_and_may_fail, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_guess_that_fails_is_thrown_away, notes_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_lost_connection_loses_no_guess_and_no_answer, notes_make, folder_remove),
    };
    return run_for_engine(tests, 11, NULL, 0, server, sizeof server / sizeof *server);
}
