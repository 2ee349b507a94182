/* ausma copy: moves an installation to another engine, or to another file or server. All or nothing, and proved: the rows of each
 * table are counted and hashed in the order of their keys on both sides before the copy is kept. */
#include "steer/office/office.h"

#include "base/text.h"
#include "steer/backup/dump.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct copying {
    struct office *office;
    struct db *from; /* in one snapshot */
    struct db *to;   /* the writer of the target */
    const struct store_table *table;
    struct backup_sum *sums; /* by table */
    struct office_progress progress;
    int64_t done;
};

static enum err copy_row(void *data, const struct value *columns)
{
    struct copying *copying = data;
    TRY(db_run(copying->to, copying->table->add, columns, NULL, NULL, NULL));
    office_progress(&copying->progress, ++copying->done);
    return OK;
}

static enum err copy_table(struct copying *copying, const struct store_table *table, struct backup_sum *sum)
{
    struct backup_sum there;
    copying->table = table;
    TRY(db_run(copying->from, table->all, NULL, copy_row, copying, NULL));
    TRY(dump_measure(copying->from, table, sum));
    TRY(dump_measure(copying->to, table, &there));
    if (there.rows != sum->rows || memcmp(there.hash, sum->hash, sizeof there.hash) != 0)
        return office_say(ERR_BROKEN, "%s is not the same on both sides; nothing was kept", table->name);
    return OK;
}

/* In the target's transaction. */
static enum err copy_all(struct db *db, void *data)
{
    struct copying *copying = data;
    int64_t there = 0;
    copying->to = db;
    TRY(store_rows(db, &there));
    if (there > 0)
        return ERR_CONFLICT;
    for (size_t i = 0; i < store_table_count; i++)
        TRY(copy_table(copying, &store_tables[i], &copying->sums[i]));
    return OK;
}

/* ---- all of it ---- */

static void print_proof(const struct copying *copying)
{
    int64_t rows = 0;
    for (size_t i = 0; i < store_table_count; i++) {
        char hex[2 * SEAL_HASH_SIZE + 1];
        const struct backup_sum *sum = &copying->sums[i];
        (void)sodium_bin2hex(hex, sizeof hex, sum->hash, sizeof sum->hash);
        (void)printf("%-32s %10lld rows  %s\n", store_tables[i].name, (long long)sum->rows, hex);
        rows += sum->rows;
    }
    (void)printf(
        "%lld rows in %zu tables, the same on both sides. What is written to the source from now on is not in the "
        "target:\nlet all processes serve the target, then put the source away.\n",
        (long long)rows, store_table_count);
}

static enum err copy_into(struct copying *copying, struct store *from, struct store *to)
{
    TRY(store_reader_open(from, &copying->from));
    int64_t rows = 0;
    bool ahead = false;
    enum err result = db_read_begin(copying->from);
    if (result == OK) {
        result = store_ahead(copying->from, &ahead);
        if (result == OK)
            result = ahead ? ERR_STALE : store_rows(copying->from, &rows);
        office_progress_begin(&copying->progress, "rows", rows);
        if (result == OK)
            result = store_bulk(to, copy_all, copying);
        db_read_end(copying->from);
    }
    store_reader_close(copying->from);
    if (result == ERR_CONFLICT)
        return office_say(result, "there is data in the target already; it must be empty");
    if (result == ERR_STALE)
        return office_say(result, "a newer version of this program has added to the source: copy with that version");
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
                                  .sums = ARENA_ARRAY(office->arena, struct backup_sum, store_table_count)};
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
