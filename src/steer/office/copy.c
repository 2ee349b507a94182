/* ausma copy: moves an installation to another engine, or to another file or server. All or nothing, and proved: the rows of each
 * table are counted and hashed in the order of their keys on both sides before the copy is kept. */
#include "steer/office/office.h"

#include "base/text.h"
#include "platform/seal/seal.h"
#include "platform/store/tables.h"

#include <endian.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of one table: how many rows, and a hash over all values of all rows. */
struct proof {
    int64_t rows;
    uint8_t hash[SEAL_HASH_SIZE];
};

struct copying {
    struct office *office;
    struct db *from; /* in one snapshot */
    struct db *to;   /* the writer of the target */
    const struct store_table *table;
    struct proof *proofs; /* by table */
    struct office_progress progress;
    int64_t done;
    crypto_generichash_state hash;
    int64_t rows;
};

/* ---- proof ---- */

static void hash_number(crypto_generichash_state *hash, uint64_t number)
{
    uint64_t little = htole64(number);
    (void)crypto_generichash_update(hash, (const uint8_t *)&little, sizeof little);
}

/* Each value with its kind and length, so that no two rows look alike. */
static void hash_row(struct copying *copying, const struct value *columns)
{
    for (unsigned i = 0; i < copying->table->columns; i++) {
        const struct value *value = &columns[i];
        double real = value->kind == VALUE_REAL ? value->real : 0;
        uint64_t bits;
        memcpy(&bits, &real, sizeof bits);
        hash_number(&copying->hash, (uint64_t)value->kind);
        if (value->kind == VALUE_INT)
            hash_number(&copying->hash, (uint64_t)value->i);
        else if (value->kind == VALUE_REAL)
            hash_number(&copying->hash, bits);
        else if (value->kind != VALUE_NULL) {
            hash_number(&copying->hash, value->bytes.len);
            (void)crypto_generichash_update(&copying->hash, value->bytes.ptr, value->bytes.len);
        }
    }
    copying->rows++;
}

static enum err prove(struct copying *copying, struct db *db, db_row_fn row, struct proof *out)
{
    (void)crypto_generichash_init(&copying->hash, NULL, 0, sizeof out->hash);
    copying->rows = 0;
    TRY(db_run(db, copying->table->all, NULL, row, copying, NULL));
    (void)crypto_generichash_final(&copying->hash, out->hash, sizeof out->hash);
    out->rows = copying->rows;
    return OK;
}

/* ---- one table ---- */

static enum err copy_row(void *data, const struct value *columns)
{
    struct copying *copying = data;
    hash_row(copying, columns);
    TRY(db_run(copying->to, copying->table->add, columns, NULL, NULL, NULL));
    office_progress(&copying->progress, ++copying->done);
    return OK;
}

static enum err check_row(void *data, const struct value *columns)
{
    hash_row(data, columns);
    return OK;
}

static enum err there_is_one(void *data, const struct value *columns)
{
    (void)data;
    (void)columns;
    return ERR_CONFLICT;
}

/* In the target's transaction. */
static enum err copy_all(struct db *db, void *data)
{
    struct copying *copying = data;
    copying->to = db;
    for (size_t i = 0; i < store_table_count; i++) {
        struct proof found;
        copying->table = &store_tables[i];
        TRY(db_run(db, copying->table->all, NULL, there_is_one, NULL, NULL));
        TRY(prove(copying, copying->from, copy_row, &copying->proofs[i]));
        TRY(prove(copying, db, check_row, &found));
        if (found.rows != copying->proofs[i].rows ||
            memcmp(found.hash, copying->proofs[i].hash, sizeof found.hash) != 0)
            return office_say(ERR_BROKEN, "%s is not the same on both sides; nothing was kept", copying->table->name);
    }
    return OK;
}

/* ---- all of it ---- */

static enum err count_row(void *data, const struct value *columns)
{
    *(int64_t *)data += columns[0].i;
    return OK;
}

static enum err count_all(struct copying *copying)
{
    int64_t total = 0;
    for (size_t i = 0; i < store_table_count; i++)
        TRY(db_run(copying->from, store_tables[i].count, NULL, count_row, &total, NULL));
    office_progress_begin(&copying->progress, "rows", total);
    return OK;
}

static void print_proof(const struct copying *copying)
{
    int64_t rows = 0;
    for (size_t i = 0; i < store_table_count; i++) {
        char hex[2 * SEAL_HASH_SIZE + 1];
        const struct proof *proof = &copying->proofs[i];
        (void)sodium_bin2hex(hex, sizeof hex, proof->hash, sizeof proof->hash);
        (void)printf("%-32s %10lld rows  %s\n", store_tables[i].name, (long long)proof->rows, hex);
        rows += proof->rows;
    }
    (void)printf(
        "%lld rows in %zu tables, the same on both sides. What is written to the source from now on is not in the "
        "target:\nlet all processes serve the target, then put the source away.\n",
        (long long)rows, store_table_count);
}

static enum err copy_into(struct copying *copying, struct store *from, struct store *to)
{
    TRY(store_reader_open(from, &copying->from));
    enum err result = db_read_begin(copying->from);
    if (result == OK) {
        result = count_all(copying);
        if (result == OK)
            result = store_bulk(to, copy_all, copying);
        db_read_end(copying->from);
    }
    store_reader_close(copying->from);
    if (result == ERR_CONFLICT)
        return office_say(result, "there is data in the target already; it must be empty");
    if (result != OK)
        return office_say(result, "nothing was copied (%s)", err_name(result));
    print_proof(copying);
    return OK;
}

/* A target that is a file may be in the data folder of an installation to be. */
static bool is_file(const char *database)
{
    return strstr(database, "://") == NULL;
}

static enum err same_place(const char *from, const char *to)
{
    struct stat a;
    struct stat b;
    bool same = text_same(from, to) || (is_file(from) && is_file(to) && stat(from, &a) == 0 && stat(to, &b) == 0 &&
                                        a.st_dev == b.st_dev && a.st_ino == b.st_ino);
    return same ? office_say(ERR_INPUT, "both are the same place") : OK;
}

static enum err cannot_open(const char *which, enum err why)
{
    switch (why) {
    case ERR_NOT_FOUND: return office_say(why, "there is no installation in the %s", which);
    case ERR_CONFLICT: return office_say(why, "the %s was written by a newer version of this program", which);
    case ERR_BUSY: return office_say(why, "an older version of this program works on the %s; stop it first", which);
    case ERR_INPUT: return office_say(why, "the address of the %s is not right", which);
    default: return office_say(why, "the %s cannot be opened: see the line above", which);
    }
}

enum err office_copy(struct office *office)
{
    if (office->count != 2)
        return office_say(ERR_INPUT, "usage: ausma copy FROM TO, each a path of a file or postgresql://...");
    const char *names[2] = {office->words[0], office->words[1]};
    struct store *from = NULL;
    struct store *to = NULL;
    TRY(same_place(names[0], names[1]));
    enum err result = store_open(names[0], &(struct store_options){.create = false}, &from);
    if (result != OK)
        return cannot_open("source", result);
    bool made = is_file(names[1]) && access(names[1], F_OK) != 0;
    result = store_open(names[1], &(struct store_options){.create = true}, &to);
    if (result == OK) {
        struct copying copying = {.office = office,
                                  .proofs = ARENA_ARRAY(office->arena, struct proof, store_table_count)};
        result = copy_into(&copying, from, to);
    } else {
        (void)cannot_open("target", result);
    }
    store_close(to);
    store_close(from);
    if (result != OK && made)
        (void)unlink(names[1]);
    return result;
}
