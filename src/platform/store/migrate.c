#include "platform/store/engine.h"

#include "base/time.h"

#include <string.h>

/* The store's own tables. PostgreSQL's writers mark their last commit there (postgres_writer.c). */
static const struct schema_part OWN = {
    "store",
    "CREATE TABLE store_migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, "
    "additive INTEGER NOT NULL) STRICT",
    "CREATE TABLE store_migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL, "
    "at BIGINT NOT NULL, additive BIGINT NOT NULL);"
    "CREATE TABLE store_writer (writer BYTEA NOT NULL PRIMARY KEY, group_number BIGINT NOT NULL, at BIGINT NOT NULL)",
};

static const struct sql LAST = {
    .name = "store_migration_last",
    .text = "SELECT COALESCE(MAX(number), 0), COALESCE(MAX(CASE WHEN additive = 0 THEN number ELSE 0 END), 0) "
            "FROM store_migration",
    .slot = SLOT_NONE,
    .outputs = 2,
};

static const struct sql ADD = {
    .name = "store_migration_add",
    .text = "INSERT INTO store_migration (number, name, at, additive) VALUES (?1, ?2, ?3, ?4)",
    .slot = SLOT_NONE,
    .inputs = 4,
};

/* The last migration and the last one that programs must know. */
struct state {
    int64_t last;
    int64_t least;
};

static enum err last_row(void *data, const struct value *columns)
{
    *(struct state *)data = (struct state){columns[0].i, columns[1].i};
    return OK;
}

static enum err state_of(struct db *db, struct state *out)
{
    return db_run(db, &LAST, NULL, last_row, out, NULL);
}

enum err store_ahead(struct db *db, bool *out)
{
    struct state state = {0};
    TRY(state_of(db, &state));
    *out = state.last > (migration_count == 0 ? 0 : migrations[migration_count - 1].number);
    return OK;
}

static const char *text_for(const struct db *db, const char *sqlite, const char *postgres)
{
    return db->engine->postgres ? postgres : sqlite;
}

static enum err mark(struct db *db, const struct migration *migration)
{
    const struct value in[] = {
        {.kind = VALUE_INT, .i = migration->number},
        {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)migration->name, strlen(migration->name)}},
        {.kind = VALUE_INT, .i = time_now()},
        {.kind = VALUE_INT, .i = migration->additive ? 1 : 0},
    };
    return db_run(db, &ADD, in, NULL, NULL, NULL);
}

/* ---- an empty database ---- */

static enum err make_all(struct db *db, const struct store_schema *schema)
{
    /* Another process may have made it since it was looked at. */
    enum contents contents = CONTENTS_NONE;
    TRY(db->engine->contents(db, &contents));
    if (contents != CONTENTS_NONE)
        return OK;
    TRY(db->engine->script(db, OWN.slice, text_for(db, OWN.sql, OWN.postgres)));
    for (size_t i = 0; i < schema->part_count; i++) {
        const struct schema_part *part = &schema->parts[i];
        TRY(db->engine->script(db, part->slice, text_for(db, part->sql, part->postgres)));
    }
    for (size_t i = 0; i < schema->migration_count; i++)
        TRY(mark(db, &schema->migrations[i]));
    return OK;
}

/* ---- an older one ---- */

static enum err migrate_one(struct db *db, const struct migration *migration)
{
    struct state state = {0};
    TRY(state_of(db, &state));
    if (state.last >= migration->number)
        return OK;
    TRY(db->engine->script(db, migration->name, text_for(db, migration->sql, migration->postgres)));
    TRY(db->engine->references_check(db));
    return mark(db, migration);
}

/* ---- both ---- */

static enum err in_transaction(struct db *db, enum err result)
{
    if (result == OK)
        result = db_control(db, CONTROL_COMMIT);
    if (result != OK)
        (void)db_control(db, CONTROL_ROLLBACK);
    return result;
}

static enum err make(struct db *db, const struct store_schema *schema)
{
    TRY(db_control(db, CONTROL_WRITE));
    return in_transaction(db, make_all(db, schema));
}

static enum err migrate(struct db *db, const struct migration *migration)
{
    TRY(db->engine->references(db, false));
    enum err result = db_control(db, CONTROL_WRITE);
    if (result == OK)
        result = in_transaction(db, migrate_one(db, migration));
    enum err bound = db->engine->references(db, true);
    return result != OK ? result : bound;
}

/* Data may be newer than the program as long as all that the program does not know was only added. */
static enum err known_enough(struct db *db, int64_t newest, struct state *state)
{
    TRY(state_of(db, state));
    if (state->least > newest)
        return err_note(ERR_CONFLICT, "store: the data needs a program that knows migration %lld, this one knows %lld",
                        (long long)state->least, (long long)newest);
    return OK;
}

static enum err migrate_all(struct db *db, const struct store_schema *schema, int64_t last)
{
    for (size_t i = 0; i < schema->migration_count; i++)
        if (schema->migrations[i].number > last)
            TRY(migrate(db, &schema->migrations[i]));
    return OK;
}

/* Older processes may go on beside an addition; anything else waits until they are gone. */
static enum err bring_up(struct db *db, const struct store_schema *schema, int64_t last, int64_t newest)
{
    bool additive = true;
    for (size_t i = 0; i < schema->migration_count; i++)
        additive &= schema->migrations[i].number <= last || schema->migrations[i].additive;
    if (additive)
        return migrate_all(db, schema, last);
    enum err result = db->engine->attend(db, PRESENCE_ALONE, newest);
    if (result == OK)
        result = migrate_all(db, schema, last);
    enum err shared = db->engine->attend(db, PRESENCE_SHARED, newest);
    return result != OK ? result : shared;
}

enum err store_migrate(struct db *db, const struct store_schema *schema, bool create)
{
    enum contents contents = CONTENTS_NONE;
    int64_t newest = schema->migration_count == 0 ? 0 : schema->migrations[schema->migration_count - 1].number;
    TRY(db->engine->attend(db, PRESENCE_SHARED, newest));
    TRY(db->engine->contents(db, &contents));
    if (contents == CONTENTS_FOREIGN)
        return err_note(ERR_BROKEN, "store: this database belongs to another program");
    if (contents == CONTENTS_NONE && !create)
        return ERR_NOT_FOUND;
    if (contents == CONTENTS_NONE)
        TRY(make(db, schema));

    struct state state = {0};
    TRY(known_enough(db, newest, &state));
    if (state.last < newest)
        TRY(bring_up(db, schema, state.last, newest));
    return contents == CONTENTS_NONE || state.last < newest ? db->engine->plan(db) : OK;
}
