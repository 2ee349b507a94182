/* The store: one installation's data behind two engines (SQLite inside, PostgreSQL beside) with one face.
 *
 * Statements are never written here: `sqlc` makes typed functions out of each slice's queries.sql, and those call `db_run`.
 * Threads: each thread that reads has a `struct db` of its own. All changes go to one writer thread as jobs; jobs that wait
 * are committed together (group commit), each inside a savepoint of its own, so that one that fails leaves no trace. */
#ifndef AUSMA_PLATFORM_STORE_STORE_H
#define AUSMA_PLATFORM_STORE_STORE_H

#include "base/arena.h"

#include <limits.h>
#include <stdbool.h>

struct store;
struct db; /* one connection; used by one thread at a time */

/* ---- values between generated code and the engine ---- */

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    union {
        int64_t i;
        double real;
        struct bytes bytes; /* TEXT too: NUL stands behind, not counted */
    };
};

/* A whole number that may be absent. */
struct maybe {
    bool has;
    int64_t value;
};
/* For ids and numbers whose 0 means none. */
static inline struct maybe maybe_unless_zero(int64_t value)
{
    return (struct maybe){.has = value != 0, .value = value};
}
static inline int64_t maybe_or_zero(struct maybe value)
{
    return value.has ? value.value : 0;
}

/* A table whose changes are proven (docs/PROOF.md), made by sqlc; static. A NULL ends the list of them all. */
struct sql;
struct proven {
    const char *table;
    const char *const *columns; /* all of them, in the order of their names */
    unsigned count;
    const unsigned *keys; /* which columns are the primary key, without org */
    unsigned key_count;
    int case_at;             /* which column holds the case; -1: none */
    const struct sql *every; /* reads the whole table, in the order of its key */
};
extern const struct proven *const proven_all[];
enum { PROVEN_COLUMNS_MAX = 128 };

/* The slot of a statement that is not worth keeping prepared. */
#define SLOT_NONE UINT_MAX

/* What a column gets in a plain INSERT: an input (from 1), or a constant. */
struct sql_given {
    unsigned input;
    struct value constant;
};

/* One statement, made by sqlc; static. `slot` is unique in the program: connections keep prepared statements by it. */
struct sql {
    const char *name;
    const char *text;
    unsigned slot;
    unsigned inputs;
    unsigned outputs; /* with those that give the written row back, which come last */
    /* One letter an input: i whole number, r real, t text, c code or date, b bytes; NULL: the engine finds out. */
    const char *kinds;
    const struct proven *written;  /* the proven table it changes; NULL: none */
    bool gone;                     /* it deletes */
    const struct sql_given *given; /* for each of its columns; NULL: the statement gives the row back */
    bool reads;                    /* it changes nothing */
    /* Those it reads, or the one it changes, as bits: tables may share one. 0 of one that changes: any. */
    uint64_t tables;
};
extern const unsigned sql_slots;          /* how many statements the program has (generated) */
extern const struct sql *const sql_all[]; /* all of them (generated), for the contract test */

/* Gets each row's columns, which live until it returns; what is kept is copied into an arena. */
typedef enum err (*db_row_fn)(void *data, const struct value *columns);

/* Runs a statement. `row` may be NULL when it has no output. `changed` (may be NULL) gets the number of rows changed.
 * ERR_CONFLICT for a broken constraint, ERR_FULL, ERR_BUSY, ERR_IO, ERR_BROKEN, or what `row` returned.
 * Inside a transaction a statement that fails spoils what follows: it is refused with the same error, and the job fails
 * with it even if it says OK. One without `row` and `changed` may tell its error only at the job's end. */
MUST_USE enum err db_run(struct db *db, const struct sql *sql, const struct value *in, db_row_fn row, void *data,
                         size_t *changed);

/* ---- what was written ----
 * The rows that the job's statements wrote to proven tables since the last `db_written_clear`, in their order. A job that
 * ends with such rows left is undone: its change has no audit row (platform/audit takes them). */

struct written_row {
    const char *table;
    const char *key; /* the primary key without org: "7012/7013" */
    int64_t case_id; /* 0: of no case */
    bool gone;       /* deleted; then there is no image */
    struct bytes image;
    size_t key_at, image_at; /* the journal's own */
};
size_t db_written(struct db *db, const struct written_row **out);
void db_written_clear(struct db *db);

/* ---- opening ---- */

struct store_options {
    bool create;      /* make the database when there is none, with all schemas of the program */
    size_t queue_max; /* jobs that may wait for the writer; 0: 1024 */
    size_t group_max; /* jobs in one commit; 0: 64 */
};

/* Opens the database at `url` (a path of a file, or "postgresql://..."), applies pending migrations, and starts the
 * writer. ERR_NOT_FOUND without `create`; ERR_CONFLICT when the data is newer than the program can work with, ERR_BUSY
 * when an older process works on data that must change under it. Close with `store_close`, which finishes what waits. */
MUST_USE enum err store_open(const char *url, const struct store_options *options, struct store **out);
void store_close(struct store *store);
/* Has a newer program added something to the data that this one does not know? It may serve on, but what it would carry elsewhere (a
 * backup, a copy) is not all there is. */
MUST_USE enum err store_ahead(struct db *db, bool *out);
/* Is this the address of a PostgreSQL server, and not the path of a file? */
bool store_is_server(const char *url);

/* A reading connection. Close before the store. */
MUST_USE enum err store_reader_open(struct store *store, struct db **out);
void store_reader_close(struct db *db);

/* A stable view for the statements between them (one snapshot). May not nest. */
MUST_USE enum err db_read_begin(struct db *db);
void db_read_end(struct db *db);
/* Was the view lost with its connection? Then what was read so far is thrown away, and asking all of it anew, once,
 * will do. */
bool db_read_lost(const struct db *db);

/* ---- asking ahead ----
 * An engine beyond a network answers many statements in the time of one, if it has them together. Pages ask one after the other, as
 * they need it; so what a request will ask is foreseen from what the last one of its kind asked (foresight.h), and sent with its first
 * statement. Whoever asks gets the answers that have come. In a view this changes no answer; in a job an answer counts until something is
 * written to a table it was read from. SQLite has no use for it, and there it costs nothing. */

/* Values of a request that its statements' inputs are made of, each always in the same place; NULL for those it does not have. */
struct db_known {
    uint64_t kind; /* requests of the same kind ask the same things; never 0 */
    const struct value *values;
    size_t count;
    int64_t now; /* milliseconds: moments are also known by whole minutes between them and this one */
    /* Whoever asks will ask all anew when the view turns out to be lost: then it may end with what was foreseen. */
    bool again;
};
enum { DB_KNOWN_MAX = 64 };
/* Does it make a difference here? */
bool db_foresees(const struct db *db);
/* In a view or a job, once or more: what is known now. The values are copied. */
void db_foresee(struct db *db, const struct db_known *known);
/* This statement, which only reads, will be asked soon, and others before an answer is needed: for loops whose inputs are known before they
 * begin. sqlc makes `NAME_ahead` of it for queries that say `-- ahead: why`. Only after db_foresee. */
void db_ahead(struct db *db, const struct sql *sql, const struct value *in);
/* How often answers from beyond were waited for, on this connection and by the writer; for tests. */
uint64_t db_trips(const struct db *db);
uint64_t store_trips(const struct store *store);

/* ---- changing ---- */

struct store_job {
    enum err (*run)(struct db *db, void *data); /* on the writer's thread, in a savepoint; an error undoes it */
    void (*done)(void *data, enum err result);  /* on the writer's thread, after the commit is durable (or failed) */
    void *data;
    struct store_job *next; /* the queue's own */
};

/* Hands a job to the writer. The job must live until `done`. ERR_BUSY when too many wait: then `done` is not called. */
MUST_USE enum err store_submit(struct store *store, struct store_job *job);
/* The same with another bound than all of queue_max, in halves of it: what comes with each page leaves room for changes, and what has no
 * later chance finds some when changes find none. */
enum store_room { STORE_ROOM_HALF = 1, STORE_ROOM_WHOLE = 2, STORE_ROOM_DOUBLE = 4 };
MUST_USE enum err store_submit_in(struct store *store, struct store_job *job, enum store_room room);
/* The same and waits for it; for the command line and tests. */
MUST_USE enum err store_change(struct store *store, enum err (*run)(struct db *db, void *data), void *data);

/* For mass work (import, demo) on an installation that no server uses: raises what one transaction may hold. Runs `run`
 * in one transaction of the writer, outside the group. */
MUST_USE enum err store_bulk(struct store *store, enum err (*run)(struct db *db, void *data), void *data);
/* Within `run` of store_bulk, where half of the work is worth keeping: commits what it has done so far, which must have its audit row,
 * and begins the next transaction. The log of a database in a file then stays short, and another thread brings it home meanwhile. */
MUST_USE enum err db_bulk_step(struct db *db);

/* The files besides the system's own that connecting to a server at `url` reads, those of certificates and passwords, into `out`; how
 * many. They may not be there. None for a path. */
enum { STORE_FILES_MAX = 8 };
size_t store_files(struct arena *arena, const char *url, const char *out[STORE_FILES_MAX]);

/* Names the engine in use: "sqlite", "postgresql". */
const char *store_engine(const struct store *store);
/* Does it lie with a database server, and not in a file? */
bool store_on_server(const struct store *store);
/* Are so many bytes free where the data lies? True when that cannot be told from here, as for a database server. */
bool store_has_room(const struct store *store, uint64_t bytes);

/* ---- schema (generated by sqlc from the slices' schema.sql and migrations/) ---- */

struct schema_part {
    const char *slice;    /* "case/record" */
    const char *sql;      /* all its CREATE statements */
    const char *postgres; /* the same for PostgreSQL */
};
struct migration {
    int number;       /* counts up over the whole program, no gaps */
    const char *name; /* file name */
    const char *sql;
    const char *postgres;
    bool additive; /* programs that do not know it can go on working with the data */
};
extern const struct schema_part schema_parts[];
extern const size_t schema_part_count;
extern const struct migration migrations[];
extern const size_t migration_count;

#endif
