/* What the functions made by sqlc stand on: values in, rows out. Not for use by hand-written code. */
#ifndef AUSMA_SQLC_ROWS_H
#define AUSMA_SQLC_ROWS_H

#include "platform/store/store.h"

/* Values for a statement. NULL text is the database's NULL; bytes are NULL only in the `maybe` form. */
struct value sql_from_int(int64_t number);
struct value sql_from_maybe(struct maybe number);
struct value sql_from_bool(bool yes);
struct value sql_from_real(double number);
struct value sql_from_text(const char *text);
struct value sql_from_bytes(struct bytes bytes);
struct value sql_from_maybe_bytes(struct bytes bytes);

/* Columns of a row. False when the column holds something else, NULL included. Text and bytes are copied into the
 * arena; without one (NULL) they live as long as the column. */
bool sql_int(const struct value *column, int64_t *out);
bool sql_maybe(const struct value *column, struct maybe *out);
bool sql_bool(const struct value *column, bool *out);
bool sql_real(const struct value *column, double *out);
bool sql_text(struct arena *arena, const struct value *column, const char **out);
bool sql_maybe_text(struct arena *arena, const struct value *column, const char **out);
bool sql_bytes(struct arena *arena, const struct value *column, struct bytes *out);
bool sql_maybe_bytes(struct arena *arena, const struct value *column, struct bytes *out);

/* Fills a row of `size` bytes from the columns; ERR_BROKEN when they do not fit it. */
typedef enum err (*sql_take_fn)(struct arena *arena, const struct value *columns, void *row);
/* Hands a row on to its typed function. */
typedef enum err (*sql_hand_fn)(void *data, const void *row);

/* A full arena ends the statement in order and becomes ERR_LIMIT; a jump out of `db_run` would leave it open. */
MUST_USE enum err sql_many(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in,
                           sql_take_fn take, size_t size, void **rows, size_t *count);
/* The first row; ERR_NOT_FOUND without any. */
MUST_USE enum err sql_one(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in,
                          sql_take_fn take, void *row);
/* `row` is room for one row, used again for each. */
MUST_USE enum err sql_each(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in,
                           sql_take_fn take, void *row, sql_hand_fn hand, void *data);
MUST_USE enum err sql_changed(struct db *db, const struct sql *sql, const struct value *in, size_t *changed);

#endif
