/* What the files of the SQLite engine share. */
#ifndef AUSMA_PLATFORM_STORE_SQLITE_H
#define AUSMA_PLATFORM_STORE_SQLITE_H

#include "platform/store/engine.h"

#include <sqlite3.h>

struct keeper;

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    sqlite3_stmt *controls[CONTROL_COUNT];
    unsigned slots;
    struct keeper *keeper; /* the writer's; NULL for readers */
    int log_pages;
    unsigned depth;       /* statements that run, one inside another's row function */
    bool changing;        /* between CONTROL_WRITE and its end */
    enum err cause;       /* the last error that may end a transaction */
    sqlite3_stmt *kept[]; /* by slot */
};

static inline struct sqlite_db *sqlite_of(struct db *db)
{
    return (struct sqlite_db *)db;
}

/* The error for a result code; is a system error's number about room? */
enum err sqlite_error(sqlite3 *handle, int code);
bool sqlite_no_room(int number);

/* The engine's functions of these names. */
MUST_USE enum err sqlite_writer_open(const char *url, bool create, unsigned slots, struct db **out);
MUST_USE enum err sqlite_reader_open(const char *url, unsigned slots, struct db **out);
void sqlite_close(struct db *base);
MUST_USE enum err sqlite_plan(struct db *db);

/* ---- checkpoints: bringing the log (WAL) home into the database, beside the writer ---- */

/* Starts a thread with a connection of its own that does checkpoints when asked. It takes `handle`, and closes it even
 * when it cannot start. */
MUST_USE enum err keeper_open(sqlite3 *handle, struct keeper **out);
void keeper_close(struct keeper *keeper);

/* Told by the writer after each commit how many pages the log holds; `writer` is its connection. */
void keeper_tell(struct keeper *keeper, sqlite3 *writer, int pages);

#endif
