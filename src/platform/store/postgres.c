#include "platform/store/postgres.h"

#include "base/time.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 128, MARKS_KEPT_DAYS = 30 };

/* ---- statements ---- */

/* Results in use are remembered, so that an escape out of a row function loses none. */
static enum err hold(struct postgres_db *db, PGresult *result)
{
    if (db->depth == db->room) {
        unsigned room = db->room == 0 ? 8 : db->room * 2;
        PGresult **results = realloc(db->results, room * sizeof(PGresult *));
        if (results == NULL) {
            PQclear(result);
            return err_note(ERR_LIMIT, "postgresql: no memory");
        }
        db->results = results;
        db->room = room;
    }
    db->results[db->depth++] = result;
    return OK;
}

static void let_go(struct postgres_db *db, unsigned depth)
{
    while (db->depth > depth)
        PQclear(db->results[--db->depth]);
}

static enum err give_rows(const PGresult *result, db_row_fn row, void *data)
{
    struct value columns[COLUMNS_MAX];
    int count = PQntuples(result);
    for (int i = 0; i < count; i++) {
        TRY(postgres_row(result, i, columns));
        TRY(row(data, columns));
    }
    return OK;
}

/* ---- mass reading ---- */

/* A table may be larger than memory: it comes by a cursor. The cursor's number keeps one inside another's row function apart. */
static enum err one_step(struct postgres_db *db, const char *name, char *text, PGresult **out)
{
    if (text == NULL)
        return err_note(ERR_LIMIT, "postgresql: no memory");
    const struct sql sql = {.name = name, .text = text, .slot = SLOT_NONE};
    enum err asked = postgres_ask(db, &sql, NULL, out);
    free(text);
    return asked;
}

static char *spelled(const char *act, unsigned number, const char *how, const char *statement)
{
    char *text = NULL;
    return asprintf(&text, "%s mass_%u %s%s", act, number, how, statement) < 0 ? NULL : text;
}

static enum err read_in_pieces(struct postgres_db *db, const struct sql *sql, db_row_fn row, void *data)
{
    PGresult *result = NULL;
    unsigned depth = db->depth;
    bool more = true;
    TRY(one_step(db, sql->name, spelled("DECLARE", depth, "NO SCROLL CURSOR FOR ", sql->text), &result));
    PQclear(result);
    while (more) {
        TRY(one_step(db, sql->name, spelled("FETCH 1000 FROM", depth, "", ""), &result));
        if (PQnfields(result) != (int)sql->outputs)
            BUG(sql->name);
        more = PQntuples(result) > 0;
        TRY(hold(db, result));
        enum err given = give_rows(result, row, data);
        let_go(db, depth);
        TRY(given);
    }
    TRY(one_step(db, sql->name, spelled("CLOSE", depth, "", ""), &result));
    PQclear(result);
    return OK;
}

static enum err postgres_run(struct db *base, const struct sql *sql, const struct value *in, db_row_fn row, void *data,
                             size_t *changed)
{
    struct postgres_db *db = postgres_of(base);
    if (!sql->reads)
        postgres_ahead_written(db, sql);
    if (row == NULL && changed == NULL)
        return postgres_tell(db, sql, in);
    if (sql->slot == SLOT_NONE && sql->inputs == 0 && row != NULL && db->phase != PHASE_IDLE)
        return read_in_pieces(db, sql, row, data);
    PGresult *result = NULL;
    bool kept;
    TRY(postgres_ahead_ask(db, sql, in, &result, &kept));
    if (result == NULL || PQnfields(result) > COLUMNS_MAX || (row != NULL && PQnfields(result) != (int)sql->outputs))
        BUG(sql->name);
    if (changed != NULL)
        *changed = (size_t)strtoull(PQcmdTuples(result), NULL, 10);
    unsigned depth = db->depth;
    if (!kept)
        TRY(hold(db, result));
    enum err given = row == NULL ? OK : give_rows(result, row, data);
    let_go(db, depth);
    return given;
}

static void postgres_tidy(struct db *base)
{
    let_go(postgres_of(base), 0);
}

static const struct sql NOTHING = {.name = "nothing", .text = "SELECT 1", .slot = SLOT_NONE, .outputs = 1};

/* A script needs a connection on which nothing waits and nothing is on its way. */
static enum err postgres_script(struct db *base, const char *name, const char *text)
{
    struct postgres_db *db = postgres_of(base);
    PGresult *result = NULL;
    TRY(postgres_ask(db, &NOTHING, NULL, &result));
    PQclear(result);
    enum err run = postgres_simple(db, name, text);
    postgres_ahead_written(db, NULL);
    db->wrote = true;
    if (run != OK && db->phase != PHASE_IDLE)
        base->spoiled = run;
    if (db->connection == NULL && db->phase != PHASE_IDLE)
        db->broken = true;
    return run;
}

/* ---- upkeep ---- */

/* Marks of processes that are long gone. */
static void postgres_upkeep(struct db *base)
{
    static const struct sql SWEEP = {
        .name = "store_sweep",
        .text = "DELETE FROM store_writer WHERE at < ?1",
        .slot = SLOT_NONE,
        .inputs = 1,
        .kinds = "i",
    };
    struct postgres_db *db = postgres_of(base);
    if (db->swept || db->connection == NULL)
        return;
    const struct value before = {.kind = VALUE_INT, .i = time_now() - MARKS_KEPT_DAYS * DAY_MS};
    PGresult *result = NULL;
    if (postgres_ask(db, &SWEEP, &before, &result) == OK)
        PQclear(result);
    db->swept = true;
}

static void postgres_bulk(struct db *base, bool on)
{
    struct postgres_db *db = postgres_of(base);
    db->bulk = on;
    /* Between two statements of mass work there may be much to reckon. */
    const char *text = on ? "SET idle_in_transaction_session_timeout = 0"
                          : "SET idle_in_transaction_session_timeout = '60s'; ANALYZE";
    if (db->connection != NULL)
        (void)postgres_script(base, "mass work", text);
}

/* ---- the schema ---- */

static enum err postgres_contents(struct db *base, enum contents *out)
{
    static const struct sql COUNT = {
        .name = "contents",
        .text = "SELECT count(*), count(*) FILTER (WHERE c.relname = 'store_migration') FROM pg_class AS c "
                "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
        .slot = SLOT_NONE,
        .outputs = 2,
    };
    struct postgres_db *db = postgres_of(base);
    PGresult *result = NULL;
    struct value counts[2];
    TRY(postgres_ask(db, &COUNT, NULL, &result));
    enum err read = postgres_row(result, 0, counts);
    PQclear(result);
    TRY(read);
    *out = counts[0].i == 0 ? CONTENTS_NONE : counts[1].i == 1 ? CONTENTS_OURS : CONTENTS_FOREIGN;
    return OK;
}

/* References always bind here: a migration for PostgreSQL changes tables instead of rebuilding them. */
static enum err postgres_references(struct db *base, bool bind)
{
    (void)base;
    (void)bind;
    return OK;
}

static enum err postgres_references_check(struct db *base)
{
    (void)base;
    return OK;
}

/* The server counts its tables by itself (autovacuum). */
static enum err postgres_plan(struct db *base)
{
    (void)base;
    return OK;
}

const struct engine engine_postgres = {
    .name = "postgresql",
    .writer_open = postgres_writer_open,
    .reader_open = postgres_reader_open,
    .close = postgres_close,
    .contents = postgres_contents,
    .run = postgres_run,
    .postgres = true,
    .script = postgres_script,
    .control = postgres_control,
    .lost = postgres_lost,
    .tidy = postgres_tidy,
    .upkeep = postgres_upkeep,
    .references = postgres_references,
    .references_check = postgres_references_check,
    .plan = postgres_plan,
    .bulk = postgres_bulk,
    .attend = postgres_attend,
    .foresee = postgres_foresee,
    .ahead = postgres_ahead,
};
