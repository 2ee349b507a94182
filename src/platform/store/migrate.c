#include "platform/store/engine.h"

#include "base/time.h"

#include <string.h>

static const char TABLE[] = "CREATE TABLE store_migration "
                            "(number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT";

static const struct sql LAST = {
    .name = "store_migration_last",
    .text = "SELECT COALESCE(MAX(number), 0) FROM store_migration",
    .slot = SLOT_NONE,
    .outputs = 1,
};

static const struct sql ADD = {
    .name = "store_migration_add",
    .text = "INSERT INTO store_migration (number, name, at) VALUES (?1, ?2, ?3)",
    .slot = SLOT_NONE,
    .inputs = 3,
};

static enum err last_row(void *data, const struct value *columns)
{
    *(int64_t *)data = columns[0].i;
    return OK;
}

static enum err last_number(struct db *db, int64_t *out)
{
    return db_run(db, &LAST, NULL, last_row, out, NULL);
}

static enum err mark(struct db *db, const struct migration *migration)
{
    const struct value in[] = {
        {.kind = VALUE_INT, .i = migration->number},
        {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)migration->name, strlen(migration->name)}},
        {.kind = VALUE_INT, .i = time_now()},
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
    TRY(db->engine->script(db, "store", TABLE));
    for (size_t i = 0; i < schema->part_count; i++)
        TRY(db->engine->script(db, schema->parts[i].slice, schema->parts[i].sql));
    for (size_t i = 0; i < schema->migration_count; i++)
        TRY(mark(db, &schema->migrations[i]));
    return OK;
}

/* ---- an older one ---- */

static enum err migrate_one(struct db *db, const struct migration *migration)
{
    int64_t last = 0;
    TRY(last_number(db, &last));
    if (last >= migration->number)
        return OK;
    TRY(db->engine->script(db, migration->name, migration->sql));
    TRY(db->engine->references_check(db));
    return mark(db, migration);
}

/* ---- both ---- */

static enum err in_transaction(struct db *db, enum err result)
{
    if (result == OK)
        result = db->engine->control(db, CONTROL_COMMIT);
    if (result != OK)
        (void)db->engine->control(db, CONTROL_ROLLBACK);
    return result;
}

static enum err make(struct db *db, const struct store_schema *schema)
{
    TRY(db->engine->control(db, CONTROL_WRITE));
    return in_transaction(db, make_all(db, schema));
}

static enum err migrate(struct db *db, const struct migration *migration)
{
    TRY(db->engine->references(db, false));
    enum err result = db->engine->control(db, CONTROL_WRITE);
    if (result == OK)
        result = in_transaction(db, migrate_one(db, migration));
    enum err bound = db->engine->references(db, true);
    return result != OK ? result : bound;
}

enum err store_migrate(struct db *db, const struct store_schema *schema, bool create)
{
    enum contents contents = CONTENTS_NONE;
    TRY(db->engine->contents(db, &contents));
    if (contents == CONTENTS_FOREIGN)
        return err_note(ERR_BROKEN, "store: this database belongs to another program");
    if (contents == CONTENTS_NONE && !create)
        return ERR_NOT_FOUND;
    if (contents == CONTENTS_NONE)
        TRY(make(db, schema));

    int64_t last = 0;
    int64_t newest = schema->migration_count == 0 ? 0 : schema->migrations[schema->migration_count - 1].number;
    TRY(last_number(db, &last));
    if (last > newest)
        return err_note(ERR_CONFLICT, "store: the data has migration %lld, the program knows %lld", (long long)last,
                        (long long)newest);
    for (size_t i = 0; i < schema->migration_count; i++)
        if (schema->migrations[i].number > last)
            TRY(migrate(db, &schema->migrations[i]));
    return contents == CONTENTS_NONE || last < newest ? db->engine->plan(db) : OK;
}
