#include "sqlc_rows.h"

#include <string.h>

struct value sql_from_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .i = number};
}

struct value sql_from_maybe(struct maybe number)
{
    return number.has ? sql_from_int(number.value) : (struct value){.kind = VALUE_NULL};
}

struct value sql_from_bool(bool yes)
{
    return sql_from_int(yes ? 1 : 0);
}

struct value sql_from_real(double number)
{
    return (struct value){.kind = VALUE_REAL, .real = number};
}

struct value sql_from_text(const char *text)
{
    if (text == NULL)
        return (struct value){.kind = VALUE_NULL};
    return (struct value){.kind = VALUE_TEXT, .bytes = {(const uint8_t *)text, strlen(text)}};
}

/* Engines take a NULL pointer for NULL, so nothing-long bytes need a place to stand. */
struct value sql_from_bytes(struct bytes bytes)
{
    if (bytes.ptr == NULL)
        bytes = (struct bytes){(const uint8_t *)"", 0};
    return (struct value){.kind = VALUE_BYTES, .bytes = bytes};
}

struct value sql_from_maybe_bytes(struct bytes bytes)
{
    return bytes.ptr == NULL ? (struct value){.kind = VALUE_NULL} : sql_from_bytes(bytes);
}

bool sql_int(const struct value *column, int64_t *out)
{
    if (column->kind != VALUE_INT)
        return false;
    *out = column->i;
    return true;
}

bool sql_maybe(const struct value *column, struct maybe *out)
{
    out->has = column->kind != VALUE_NULL;
    out->value = 0;
    return !out->has || sql_int(column, &out->value);
}

bool sql_bool(const struct value *column, bool *out)
{
    if (column->kind != VALUE_INT)
        return false;
    *out = column->i != 0;
    return true;
}

/* A sum or a COALESCE over reals may come as a whole number. */
bool sql_real(const struct value *column, double *out)
{
    if (column->kind != VALUE_REAL && column->kind != VALUE_INT)
        return false;
    *out = column->kind == VALUE_REAL ? column->real : (double)column->i;
    return true;
}

bool sql_text(struct arena *arena, const struct value *column, const char **out)
{
    if (column->kind != VALUE_TEXT)
        return false;
    const char *text = (const char *)column->bytes.ptr;
    *out = arena == NULL ? text : arena_text_n(arena, text, column->bytes.len);
    return true;
}

bool sql_maybe_text(struct arena *arena, const struct value *column, const char **out)
{
    *out = NULL;
    return column->kind == VALUE_NULL || sql_text(arena, column, out);
}

bool sql_bytes(struct arena *arena, const struct value *column, struct bytes *out)
{
    if (column->kind != VALUE_BYTES)
        return false;
    *out = arena == NULL ? column->bytes : arena_bytes(arena, column->bytes.ptr, column->bytes.len);
    if (out->ptr == NULL)
        out->ptr = (const uint8_t *)"";
    return true;
}

bool sql_maybe_bytes(struct arena *arena, const struct value *column, struct bytes *out)
{
    *out = (struct bytes){NULL, 0};
    return column->kind == VALUE_NULL || sql_bytes(arena, column, out);
}

/* One statement that is being read. */
struct reading {
    struct arena *arena;
    sql_take_fn take;
    const struct value *columns;
    size_t size;
    char *rows;
    size_t count;
    size_t room;
    sql_hand_fn hand;
    void *data;
};

static enum err add_row(void *data)
{
    struct reading *reading = data;
    if (reading->count == reading->room) {
        size_t room = reading->room == 0 ? 16 : reading->room * 2;
        char *rows = arena_array(reading->arena, room, reading->size);
        if (reading->count > 0)
            memcpy(rows, reading->rows, reading->count * reading->size);
        reading->rows = rows;
        reading->room = room;
    }
    TRY(reading->take(reading->arena, reading->columns, reading->rows + reading->count * reading->size));
    reading->count++;
    return OK;
}

static enum err many_row(void *data, const struct value *columns)
{
    struct reading *reading = data;
    reading->columns = columns;
    return arena_try(reading->arena, add_row, reading);
}

enum err sql_many(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in, sql_take_fn take,
                  size_t size, void **rows, size_t *count)
{
    struct reading reading = {.arena = arena, .take = take, .size = size};
    TRY(db_run(db, sql, in, many_row, &reading, NULL));
    *rows = reading.rows;
    *count = reading.count;
    return OK;
}

static enum err take_only(void *data)
{
    struct reading *reading = data;
    return reading->take(reading->arena, reading->columns, reading->rows);
}

static enum err one_row(void *data, const struct value *columns)
{
    struct reading *reading = data;
    reading->columns = columns;
    return reading->count++ > 0 ? OK : arena_try(reading->arena, take_only, reading);
}

enum err sql_one(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in, sql_take_fn take,
                 void *row)
{
    struct reading reading = {.arena = arena, .take = take, .rows = row};
    TRY(db_run(db, sql, in, one_row, &reading, NULL));
    return reading.count == 0 ? ERR_NOT_FOUND : OK;
}

static enum err hand_on(void *data)
{
    struct reading *reading = data;
    TRY(reading->take(NULL, reading->columns, reading->rows));
    return reading->hand(reading->data, reading->rows);
}

static enum err each_row(void *data, const struct value *columns)
{
    struct reading *reading = data;
    reading->columns = columns;
    return arena_try(reading->arena, hand_on, reading);
}

enum err sql_each(struct db *db, struct arena *arena, const struct sql *sql, const struct value *in, sql_take_fn take,
                  void *row, sql_hand_fn hand, void *data)
{
    struct reading reading = {.arena = arena, .take = take, .rows = row, .hand = hand, .data = data};
    return db_run(db, sql, in, each_row, &reading, NULL);
}

enum err sql_changed(struct db *db, const struct sql *sql, const struct value *in, size_t *changed)
{
    size_t rows = 0;
    TRY(db_run(db, sql, in, NULL, NULL, &rows));
    *changed = rows;
    return OK;
}
