/* What the files of the PostgreSQL engine share.
 *
 * A connection is always in libpq's pipeline mode: what needs no answer yet (BEGIN, savepoints, the end of a reader's
 * view, inserts) waits or travels with the next statement whose answer is wanted, so that it costs no round trip. What a request is
 * likely to ask is foreseen and travels with its first statement (postgres_ahead.c).
 *
 * One writer at a time over all processes on a database: a transaction that changes begins with an advisory lock, held to its
 * end. Every job then sees all that jobs before it did, as on SQLite; there are no deadlocks and nothing to repeat. Group
 * commit makes it fast. docs/cluster.md says what that bounds. */
#ifndef AUSMA_PLATFORM_STORE_POSTGRES_H
#define AUSMA_PLATFORM_STORE_POSTGRES_H

#include "platform/store/engine.h"

#include <libpq-fe.h>

enum {
    POSTGRES_WAITING_MAX = 8, /* controls that go with the next statement */
    POSTGRES_LINE_MAX = 1536, /* answers on their way */
    POSTGRES_WRITER_BYTES = 16,
};

/* Beside the controls of engine.h, all prepared on each connection: the advisory lock of the writer. */
enum { STEP_LOCK = CONTROL_COUNT, STEP_COUNT };
extern const char *const postgres_steps[STEP_COUNT];

/* What an answer on its way belongs to. */
struct expected {
    enum { EXPECT_STEP, EXPECT_PARSE, EXPECT_STATEMENT, EXPECT_ANSWER, EXPECT_SYNC } what;
    const char *name;      /* for the note */
    const struct sql *sql; /* of EXPECT_PARSE */
    PGresult **answer;     /* of EXPECT_ANSWER: where it goes; NULL: nobody wants it any more */
    uint64_t guessed;      /* of which kind of requests it was guessed; 0: it was asked for */
    bool over;             /* its transaction is given up: what became of it is of no interest */
};

struct postgres_db {
    struct db base;
    PGconn *connection; /* NULL when there is none */
    char *url;
    unsigned slots;
    bool writer;

    enum { PHASE_IDLE, PHASE_READING, PHASE_CHANGING } phase;
    bool fresh;  /* nothing of this transaction was answered or is on its way */
    bool begun;  /* something of it was sent, and it goes on */
    bool ended;  /* all that it was to ask is answered, and with that it is over on the server */
    bool wrote;  /* it may have changed something */
    bool broken; /* its connection went away in its midst */
    bool bulk;

    unsigned char waiting[POSTGRES_WAITING_MAX]; /* steps to go with the next statement */
    unsigned waiting_count;
    struct expected line[POSTGRES_LINE_MAX]; /* answers on their way, oldest first */
    unsigned line_count;
    PGresult *answer;    /* what EXPECT_ANSWER brought, until it is taken */
    enum err failed;     /* the first error among the answers read ... */
    bool failed_guess;   /* ... was a guess's */
    struct ahead *ahead; /* answers of this view or job; NULL: no memory for that */
    PGresult **results;  /* in use by statements that run, one inside another's row function */
    unsigned depth;
    unsigned room;

    int64_t retry_at;   /* no new connection before this (time_monotonic) */
    int64_t down_since; /* when connecting first failed; 0: it has not */
    int64_t known;      /* the newest migration the program knows; -1: not said yet */
    uint8_t writer_id[POSTGRES_WRITER_BYTES];
    int64_t group; /* counts this writer's commits */
    bool alone;    /* PRESENCE_ALONE */
    bool swept;
    bool prepared[]; /* by slot; behind them, the marker's */
};

static inline struct postgres_db *postgres_of(struct db *db)
{
    return (struct postgres_db *)db;
}

/* ---- connections (postgres_open.c) ---- */

MUST_USE enum err postgres_writer_open(const char *url, bool create, unsigned slots, struct db **out);
MUST_USE enum err postgres_reader_open(const char *url, unsigned slots, struct db **out);
void postgres_close(struct db *base);

/* Drops the connection with all that was on its way. */
void postgres_drop(struct postgres_db *db);
/* Connects when there is no connection: a reader tries once, a writer goes on for a while, counted from when the server
 * went away. ERR_BUSY; ERR_CONFLICT when the data has become newer than the program can work with. */
MUST_USE enum err postgres_connect(struct postgres_db *db);
/* Has the server hung up while nothing was asked? Then drops the connection. */
void postgres_look(struct postgres_db *db);
MUST_USE enum err postgres_attend(struct db *base, enum presence presence, int64_t newest);

/* ---- the wire (postgres_wire.c) ---- */

/* Prepares the steps on a new connection. */
MUST_USE enum err postgres_prepare_steps(struct postgres_db *db);

/* Each adds to what is sent; ERR_IO when the connection is gone. */
MUST_USE enum err postgres_send_step(struct postgres_db *db, unsigned step);
/* `answer` (NULL: none is wanted) gets the answer as it is collected; a guess's when it is not that of the connection itself. */
MUST_USE enum err postgres_send(struct postgres_db *db, const struct sql *sql, const struct value *in,
                                PGresult **answer);
MUST_USE enum err postgres_send_sync(struct postgres_db *db);
/* Waits for all answers. ERR_IO when the connection went away (it is then dropped); `db->failed` has the first error of a statement. */
MUST_USE enum err postgres_collect(struct postgres_db *db);
/* Runs a text of several statements in the simple protocol and waits without limit of time; nothing may wait to be sent. */
MUST_USE enum err postgres_simple(struct postgres_db *db, const char *name, const char *text);

/* ---- values (postgres_value.c) ---- */

/* Row `row` of a result as values, which live as long as the result. */
MUST_USE enum err postgres_row(const PGresult *result, int row, struct value *columns);

struct postgres_inputs {
    const char *values[64];
    int lengths[64];
    int formats[64];
    uint64_t numbers[64]; /* in network order */
};
void postgres_inputs(struct postgres_inputs *out, const struct sql *sql, const struct value *in);
/* The statement with $1 for ?1; the types of its parameters. The caller frees. */
MUST_USE char *postgres_text(const char *text);
void postgres_types(const struct sql *sql, Oid *out);

/* ---- transactions (postgres_control.c) ---- */

MUST_USE enum err postgres_control(struct db *base, enum control what);
/* Sends what waits and this statement, waits for its answer; connects anew once if a fresh transaction's connection is gone. */
MUST_USE enum err postgres_ask(struct postgres_db *db, const struct sql *sql, const struct value *in, PGresult **out);
/* The same without an answer and without waiting, where nothing can be lost by that. */
MUST_USE enum err postgres_tell(struct postgres_db *db, const struct sql *sql, const struct value *in);
/* Waits for what was guessed. OK when that failed and the view can begin anew: then nothing is guessed any more. */
MUST_USE enum err postgres_await(struct postgres_db *db);
enum err postgres_lost(const struct db *base);

/* ---- asking ahead (postgres_ahead.c) ---- */

/* Free with `free` behind `postgres_ahead_over`. */
struct ahead *postgres_ahead_new(void);
void postgres_foresee(struct db *base, const struct db_known *known);
void postgres_ahead(struct db *base, const struct sql *sql, const struct value *in);
/* Adds the guesses to what is sent. */
MUST_USE enum err postgres_ahead_send(struct postgres_db *db);
uint64_t postgres_ahead_kind(const struct postgres_db *db);
/* Is what was guessed all that will be asked, as far as is known? And: it was not. */
bool postgres_ahead_whole(const struct postgres_db *db);
void postgres_ahead_doubt(struct postgres_db *db);
/* Like `postgres_ask`, out of what has come already if it is there. `*kept`: the answer stays ours until the view or job is over. */
MUST_USE enum err postgres_ahead_ask(struct postgres_db *db, const struct sql *sql, const struct value *in,
                                     PGresult **out, bool *kept);
/* Guesses without an answer are none any more. */
void postgres_ahead_drop(struct postgres_db *db);
/* Something is written by this statement (NULL: by whatever): answers from before it no longer count. */
void postgres_ahead_written(struct postgres_db *db, const struct sql *sql);
/* The view or job is over; learns from it. */
void postgres_ahead_over(struct postgres_db *db);

#endif
