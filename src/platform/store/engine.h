/* What an engine must bring. store.c and migrate.c know only this; SQLite is sqlite.c, PostgreSQL postgres.c.
 * Every function returns OK or an error of `db_run`, and has noted the cause without any value. */
#ifndef AUSMA_PLATFORM_STORE_ENGINE_H
#define AUSMA_PLATFORM_STORE_ENGINE_H

#include "platform/store/store.h"

/* The schema a store is opened with: the generated arrays, or a test's own. */
struct store_schema {
    const struct schema_part *parts;
    size_t part_count;
    const struct migration *migrations; /* by number, upwards */
    size_t migration_count;
    unsigned slots; /* every statement's slot is below, or SLOT_NONE */
};

enum control {
    CONTROL_READ,     /* begin a snapshot for reading */
    CONTROL_WRITE,    /* begin a transaction that changes */
    CONTROL_COMMIT,   /* returns when the changes are durable */
    CONTROL_ROLLBACK, /* also right when the transaction is already gone */
    CONTROL_MARK,     /* a savepoint, ... */
    CONTROL_KEEP,     /* ... given up, its changes kept, ... */
    CONTROL_UNDO,     /* ... or given up with its changes */
    CONTROL_COUNT
};

enum contents { CONTENTS_NONE, CONTENTS_OURS, CONTENTS_FOREIGN };

enum presence {
    PRESENCE_SHARED, /* others may come and go; kept until the connection closes */
    PRESENCE_ALONE,  /* no older program is there, until PRESENCE_SHARED. ERR_BUSY when one stays */
};

struct engine {
    const char *name;
    /* Opens the connection that changes. ERR_NOT_FOUND when there is no database and `create` is false. */
    enum err (*writer_open)(const char *url, bool create, unsigned slots, struct db **out);
    enum err (*reader_open)(const char *url, unsigned slots, struct db **out);
    void (*close)(struct db *db);
    enum err (*contents)(struct db *db, enum contents *out);
    enum err (*run)(struct db *db, const struct sql *sql, const struct value *in, db_row_fn row, void *data,
                    size_t *changed);
    /* Which of a part's two texts is this engine's? */
    bool postgres;
    /* Runs a text of several statements; `name` is for the note. */
    enum err (*script)(struct db *db, const char *name, const char *text);
    enum err (*control)(struct db *db, enum control what);
    /* Between CONTROL_READ or CONTROL_WRITE and its end: did an error end the transaction early? That error, or OK.
     * Statements that follow are refused until CONTROL_ROLLBACK. */
    enum err (*lost)(const struct db *db);
    /* Takes back statements that an escape out of a row function left open. */
    void (*tidy)(struct db *db);
    /* Upkeep between two transactions of the writer; quick, called after each commit. */
    void (*upkeep)(struct db *db);
    /* Outside transactions: do references bind? A migration may rebuild tables, and is
     * checked as a whole at its end. */
    enum err (*references)(struct db *db, bool bind);
    /* Inside one: ERR_CONFLICT when a reference points nowhere. */
    enum err (*references_check)(struct db *db);
    /* Outside transactions, after tables were made or changed: tells the engine's planner how they will grow. */
    enum err (*plan)(struct db *db);
    /* Memory and time for one large transaction, and back. */
    void (*bulk)(struct db *db, bool on);
    /* Outside transactions: processes of several versions on the same data see each other. `newest` is the last migration
     * that this program knows; an engine that connects again looks whether the data can still be worked with. */
    enum err (*attend)(struct db *db, enum presence presence, int64_t newest);
    /* Inside a transaction: what is known of the request (store.h). NULL: asking ahead is of no use here. */
    void (*foresee)(struct db *db, const struct db_known *known);
    void (*ahead)(struct db *db, const struct sql *sql, const struct value *in);
};

/* The start of every engine's connection. */
struct journal;
struct foresight;
struct db {
    const struct engine *engine;
    bool bulk;                   /* the writer's: store_bulk runs */
    enum err spoiled;            /* a statement of this transaction, or of the job in it, failed: with this error */
    struct journal *journal;     /* the writer's; NULL for readers */
    struct foresight *foresight; /* the store's; NULL: nothing is foreseen */
    _Atomic uint64_t trips;
};

/* All transaction steps go through here, so that a new start is a clean one. */
static inline enum err db_control(struct db *db, enum control what)
{
    if (what != CONTROL_COMMIT && what != CONTROL_KEEP)
        db->spoiled = OK;
    return db->engine->control(db, what);
}

/* Is this the address of a server, and not a path? */

extern const struct engine engine_sqlite;
extern const struct engine engine_postgres;

/* `store_open` with a schema of the caller's. */
MUST_USE enum err store_open_with(const char *url, const struct store_options *options,
                                  const struct store_schema *schema, struct store **out);

/* Brings the data to the program's schema: all of it for an empty database, else what is pending, each migration in a
 * transaction of its own. ERR_CONFLICT when the data is newer, ERR_BROKEN when it is not this program's, and
 * ERR_NOT_FOUND when it is empty and `create` is false. */
MUST_USE enum err store_migrate(struct db *db, const struct store_schema *schema, bool create);

#endif
