/* The tables as one row of records, the same from every engine, so that equal data gives equal bytes.
 *
 *   'H' text version, int migration, int tables
 *   'T' text name, int columns, text of each column's name
 *   'R' each column: 'n' | 'i' int | 'r' 8 bytes | 't' text | 'b' text
 *   'E' int rows, 32 bytes hash          of the table: over its 'T' and 'R' records
 *   'Z' int rows, 32 bytes hash          of all: over the tables' hashes
 *
 * int: 8 bytes, little-endian. text: int length and the bytes. */
#ifndef AUSMA_STEER_BACKUP_DUMP_H
#define AUSMA_STEER_BACKUP_DUMP_H

#include "platform/store/tables.h"
#include "steer/backup/format.h"

/* Writes all tables; `out` NULL only counts and hashes. In a snapshot of the caller's. */
MUST_USE enum err dump_write(struct db *db, struct backup_out *out, struct backup_sum *sum);

/* The same of one table: its rows, and the hash that stands behind them. */
MUST_USE enum err dump_measure(struct db *db, const struct store_table *table, struct backup_sum *sum);

struct dump_reader {
    /* Both may be NULL: then the rows are only checked. `values` live until it returns. */
    enum err (*table)(void *data, const char *name, const char *const *columns, unsigned count);
    enum err (*row)(void *data, const struct value *values, unsigned count);
    enum err (*end)(void *data);
    void *data;
    bool any_program; /* do not ask which program's tables these are */
};
/* Reads to the end and checks every count and hash. ERR_BROKEN; ERR_STALE: tables of another program. */
MUST_USE enum err dump_read(struct backup_in *in, const struct dump_reader *reader, struct backup_sum *sum);

#endif
