#include "steer/backup/dump.h"

#include "base/version.h"

#include <string.h>

enum { COLUMNS_MAX = 128, TEXT_MAX = 256, VALUE_MAX = 256 << 20 };

/* ---- writing ---- */

struct dump {
    struct backup_out *out;
    crypto_generichash_state table; /* of the table that is being written */
    crypto_generichash_state all;
    int64_t rows;
    unsigned columns;
    bool hashed; /* does what is put belong to the table's hash? */
};

static void put(struct dump *dump, const void *ptr, size_t len)
{
    if (dump->hashed)
        (void)crypto_generichash_update(&dump->table, ptr, len);
    if (dump->out != NULL)
        backup_out_put(dump->out, ptr, len);
}

static void int_bytes(int64_t number, uint8_t out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)number >> 8 * i);
}

static void put_int(struct dump *dump, int64_t number)
{
    uint8_t bytes[8];
    int_bytes(number, bytes);
    put(dump, bytes, sizeof bytes);
}

static void put_bytes(struct dump *dump, const void *ptr, size_t len)
{
    put_int(dump, (int64_t)len);
    put(dump, ptr, len);
}

static void put_value(struct dump *dump, const struct value *value)
{
    static const char LETTERS[] = {
        [VALUE_NULL] = 'n', [VALUE_INT] = 'i', [VALUE_REAL] = 'r', [VALUE_TEXT] = 't', [VALUE_BYTES] = 'b'};
    int64_t bits = 0;
    put(dump, &LETTERS[value->kind], 1);
    switch (value->kind) {
    case VALUE_NULL: return;
    case VALUE_INT: put_int(dump, value->i); return;
    case VALUE_REAL:
        memcpy(&bits, &value->real, sizeof bits);
        put_int(dump, bits);
        return;
    case VALUE_TEXT:
    case VALUE_BYTES: put_bytes(dump, value->bytes.ptr, value->bytes.len); return;
    }
}

static enum err put_row(void *data, const struct value *columns)
{
    struct dump *dump = data;
    put(dump, "R", 1);
    for (unsigned i = 0; i < dump->columns; i++)
        put_value(dump, &columns[i]);
    dump->rows++;
    return dump->out == NULL ? OK : dump->out->result;
}

static enum err put_table(struct dump *dump, struct db *db, const struct store_table *table, struct backup_sum *sum)
{
    (void)crypto_generichash_init(&dump->table, NULL, 0, SEAL_HASH_SIZE);
    dump->hashed = true;
    dump->rows = 0;
    dump->columns = table->columns;
    put(dump, "T", 1);
    put_bytes(dump, table->name, strlen(table->name));
    put_int(dump, table->columns);
    for (unsigned i = 0; i < table->columns; i++)
        put_bytes(dump, table->names[i], strlen(table->names[i]));
    TRY(db_run(db, table->all, NULL, put_row, dump, NULL));
    dump->hashed = false;
    *sum = (struct backup_sum){.rows = dump->rows, .tables = 1};
    (void)crypto_generichash_final(&dump->table, sum->hash, sizeof sum->hash);
    put(dump, "E", 1);
    put_int(dump, sum->rows);
    put(dump, sum->hash, sizeof sum->hash);
    return OK;
}

enum err dump_measure(struct db *db, const struct store_table *table, struct backup_sum *sum)
{
    return put_table(&(struct dump){.out = NULL}, db, table, sum);
}

static int64_t newest_migration(void)
{
    return migration_count == 0 ? 0 : migrations[migration_count - 1].number;
}

enum err dump_write(struct db *db, struct backup_out *out, struct backup_sum *sum)
{
    struct dump dump = {.out = out};
    *sum = (struct backup_sum){0};
    (void)crypto_generichash_init(&dump.all, NULL, 0, SEAL_HASH_SIZE);
    put(&dump, "H", 1);
    put_bytes(&dump, AUSMA_VERSION, strlen(AUSMA_VERSION));
    put_int(&dump, newest_migration());
    put_int(&dump, (int64_t)store_table_count);
    for (size_t i = 0; i < store_table_count; i++) {
        struct backup_sum table;
        TRY(put_table(&dump, db, &store_tables[i], &table));
        (void)crypto_generichash_update(&dump.all, table.hash, sizeof table.hash);
        sum->rows += table.rows;
        sum->tables++;
    }
    (void)crypto_generichash_final(&dump.all, sum->hash, sizeof sum->hash);
    put(&dump, "Z", 1);
    put_int(&dump, sum->rows);
    put(&dump, sum->hash, sizeof sum->hash);
    return out == NULL ? OK : out->result;
}

/* ---- reading ---- */

struct reading {
    struct backup_in *in;
    const struct dump_reader *reader;
    struct arena *arena; /* of one row or head */
    crypto_generichash_state table;
    crypto_generichash_state all;
    bool hashed;
    unsigned columns;
};

static enum err take(struct reading *reading, void *to, size_t len)
{
    TRY(backup_in_take(reading->in, to, len));
    if (reading->hashed)
        (void)crypto_generichash_update(&reading->table, to, len);
    return OK;
}

static enum err take_int(struct reading *reading, int64_t least, int64_t most, int64_t *out)
{
    uint8_t bytes[8];
    uint64_t number = 0;
    TRY(take(reading, bytes, sizeof bytes));
    for (int i = 7; i >= 0; i--)
        number = number << 8 | bytes[i];
    if ((int64_t)number < least || (int64_t)number > most)
        return ERR_BROKEN;
    *out = (int64_t)number;
    return OK;
}

static enum err take_text(struct reading *reading, int64_t most, struct bytes *out)
{
    int64_t len;
    TRY(take_int(reading, 0, most, &len));
    uint8_t *text = arena_alloc(reading->arena, (size_t)len + 1);
    TRY(take(reading, text, (size_t)len));
    *out = (struct bytes){text, (size_t)len};
    return OK;
}

static enum err take_value(struct reading *reading, struct value *out)
{
    char letter;
    int64_t bits;
    TRY(take(reading, &letter, 1));
    switch (letter) {
    case 'n': out->kind = VALUE_NULL; return OK;
    case 'i': out->kind = VALUE_INT; return take_int(reading, INT64_MIN, INT64_MAX, &out->i);
    case 'r':
        out->kind = VALUE_REAL;
        TRY(take_int(reading, INT64_MIN, INT64_MAX, &bits));
        memcpy(&out->real, &bits, sizeof bits);
        return OK;
    case 't': out->kind = VALUE_TEXT; return take_text(reading, VALUE_MAX, &out->bytes);
    case 'b': out->kind = VALUE_BYTES; return take_text(reading, VALUE_MAX, &out->bytes);
    default: return ERR_BROKEN;
    }
}

static enum err take_row(void *data)
{
    struct reading *reading = data;
    struct value values[COLUMNS_MAX];
    for (unsigned i = 0; i < reading->columns; i++)
        TRY(take_value(reading, &values[i]));
    return reading->reader->row == NULL ? OK : reading->reader->row(reading->reader->data, values, reading->columns);
}

/* The mark 'T' has been taken. */
static enum err take_head(void *data)
{
    struct reading *reading = data;
    struct bytes name;
    int64_t columns;
    TRY(take_text(reading, TEXT_MAX, &name));
    TRY(take_int(reading, 1, COLUMNS_MAX, &columns));
    const char **names = ARENA_ARRAY(reading->arena, const char *, (size_t)columns);
    for (int64_t i = 0; i < columns; i++) {
        struct bytes text;
        TRY(take_text(reading, TEXT_MAX, &text));
        names[i] = (const char *)text.ptr;
    }
    reading->columns = (unsigned)columns;
    const struct dump_reader *reader = reading->reader;
    return reader->table == NULL ? OK : reader->table(reader->data, (const char *)name.ptr, names, reading->columns);
}

static enum err expect_sum(struct reading *reading, crypto_generichash_state *state, int64_t rows,
                           uint8_t hash[SEAL_HASH_SIZE])
{
    uint8_t said[SEAL_HASH_SIZE];
    int64_t counted;
    reading->hashed = false;
    (void)crypto_generichash_final(state, hash, SEAL_HASH_SIZE);
    TRY(take_int(reading, 0, INT64_MAX, &counted));
    TRY(take(reading, said, sizeof said));
    return counted == rows && memcmp(said, hash, sizeof said) == 0 ? OK : ERR_BROKEN;
}

/* Rows until the table's end. */
static enum err take_table(struct reading *reading, struct backup_sum *sum)
{
    uint8_t hash[SEAL_HASH_SIZE];
    int64_t rows = 0;
    (void)crypto_generichash_init(&reading->table, NULL, 0, SEAL_HASH_SIZE);
    (void)crypto_generichash_update(&reading->table, (const uint8_t *)"T", 1);
    reading->hashed = true;
    TRY(arena_try(reading->arena, take_head, reading));
    for (;;) {
        char mark;
        TRY(backup_in_take(reading->in, &mark, 1));
        if (mark == 'E')
            break;
        if (mark != 'R')
            return ERR_BROKEN;
        (void)crypto_generichash_update(&reading->table, (const uint8_t *)"R", 1);
        arena_reset(reading->arena);
        TRY(arena_try(reading->arena, take_row, reading));
        rows++;
    }
    TRY(expect_sum(reading, &reading->table, rows, hash));
    (void)crypto_generichash_update(&reading->all, hash, sizeof hash);
    sum->rows += rows;
    sum->tables++;
    return reading->reader->end == NULL ? OK : reading->reader->end(reading->reader->data);
}

static enum err take_beginning(struct reading *reading, int64_t *tables)
{
    char mark;
    struct bytes version;
    int64_t migration;
    TRY(take(reading, &mark, 1));
    if (mark != 'H')
        return ERR_BROKEN;
    TRY(take_text(reading, TEXT_MAX, &version));
    TRY(take_int(reading, 0, INT32_MAX, &migration));
    TRY(take_int(reading, 0, INT32_MAX, tables));
    bool ours = migration == newest_migration() && *tables == (int64_t)store_table_count;
    return ours || reading->reader->any_program ? OK : ERR_STALE;
}

static enum err read_all(struct reading *reading, struct backup_sum *sum)
{
    char mark;
    int64_t tables;
    (void)crypto_generichash_init(&reading->all, NULL, 0, SEAL_HASH_SIZE);
    TRY(take_beginning(reading, &tables));
    for (int64_t i = 0; i < tables; i++) {
        TRY(take(reading, &mark, 1));
        if (mark != 'T')
            return ERR_BROKEN;
        TRY(take_table(reading, sum));
    }
    TRY(take(reading, &mark, 1));
    if (mark != 'Z')
        return ERR_BROKEN;
    TRY(expect_sum(reading, &reading->all, sum->rows, sum->hash));
    TRY(backup_in_end(reading->in));
    sum->bytes = reading->in->bytes;
    return OK;
}

enum err dump_read(struct backup_in *in, const struct dump_reader *reader, struct backup_sum *sum)
{
    struct reading reading = {.in = in, .reader = reader, .arena = arena_new((size_t)VALUE_MAX * 2)};
    struct backup_sum read = {0};
    enum err result = read_all(&reading, &read);
    arena_free(reading.arena);
    if (result == OK)
        *sum = read;
    return result;
}
