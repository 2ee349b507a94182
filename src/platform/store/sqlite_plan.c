/* What the query planner is told about sizes.
 *
 * Every key starts with the organisation, and an installation has one. Left alone, SQLite takes that first column for a good
 * filter (ten rows) and may read a whole table by it instead of going by the case. So it is told the truth once, when the
 * tables are made: all rows share the first column, and each further column of an index narrows evenly. The figures are
 * those of a large installation and always the same, so that plans do not change with the data. */
#include "platform/store/sqlite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 1000000, LAST_OF_MANY = 5 };

static const char INDEXES[] =
    "SELECT t.name, i.name, i.\"unique\", i.origin, t.wr, (SELECT COUNT(*) FROM pragma_index_info(i.name)) "
    "FROM pragma_table_list t, pragma_index_list(t.name) i "
    "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

static enum err failed(sqlite3 *handle)
{
    return err_note(sqlite_error(handle, sqlite3_errcode(handle)), "sqlite: telling the planner (%d)",
                    sqlite3_extended_errcode(handle));
}

/* "1000000 1000000 1000 1" for a unique index of three columns. */
static void describe(char *out, size_t size, int columns, bool unique)
{
    int at = snprintf(out, size, "%d %d", ROWS, ROWS);
    for (int column = 2; column <= columns && at > 0 && (size_t)at < size; column++) {
        double left = pow(ROWS, (double)(columns - column) / (columns - 1));
        long rows = lround(left);
        if (!unique && rows < LAST_OF_MANY)
            rows = LAST_OF_MANY;
        at += snprintf(out + at, size - (size_t)at, " %ld", rows);
    }
}

static enum err tell(sqlite3 *handle, sqlite3_stmt *index, sqlite3_stmt *add)
{
    char text[256];
    const char *table = (const char *)sqlite3_column_text(index, 0);
    const char *name = (const char *)sqlite3_column_text(index, 1);
    bool primary = strcmp((const char *)sqlite3_column_text(index, 3), "pk") == 0;
    bool whole_table = primary && sqlite3_column_int(index, 4) != 0; /* WITHOUT ROWID: the key is the table */
    describe(text, sizeof text, sqlite3_column_int(index, 5), sqlite3_column_int(index, 2) != 0);
    (void)sqlite3_bind_text(add, 1, table, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(add, 2, whole_table ? table : name, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(add, 3, text, -1, SQLITE_TRANSIENT);
    int step = sqlite3_step(add);
    (void)sqlite3_reset(add);
    return step == SQLITE_DONE ? OK : failed(handle);
}

static enum err tell_all(sqlite3 *handle)
{
    sqlite3_stmt *indexes = NULL;
    sqlite3_stmt *add = NULL;
    enum err result = OK;
    if (sqlite3_prepare_v2(handle, INDEXES, -1, &indexes, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)", -1, &add, NULL) !=
            SQLITE_OK)
        result = failed(handle);
    int step = SQLITE_DONE;
    while (result == OK && (step = sqlite3_step(indexes)) == SQLITE_ROW)
        result = tell(handle, indexes, add);
    if (result == OK && step != SQLITE_DONE)
        result = failed(handle);
    (void)sqlite3_finalize(indexes);
    (void)sqlite3_finalize(add);
    return result;
}

enum err sqlite_plan(struct db *db)
{
    sqlite3 *handle = sqlite_of(db)->handle;
    static const char begin[] = "SAVEPOINT plan; ANALYZE; DELETE FROM sqlite_stat1;";
    static const char end[] = "RELEASE plan; ANALYZE sqlite_schema;";
    if (sqlite3_exec(handle, begin, NULL, NULL, NULL) != SQLITE_OK)
        return failed(handle);
    enum err result = tell_all(handle);
    if (sqlite3_exec(handle, result == OK ? end : "ROLLBACK TO plan; RELEASE plan", NULL, NULL, NULL) != SQLITE_OK)
        return failed(handle);
    return result;
}
