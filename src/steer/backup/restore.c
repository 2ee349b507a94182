/* Bringing a backup back: all or nothing, and proved. */
#include "base/text.h"
#include "platform/store/tables.h"
#include "steer/backup/dump.h"
#include "steer/backup/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- opening ---- */

static enum err head_from(int fd, struct backup_head *out)
{
    uint8_t raw[BACKUP_HEAD_SIZE];
    ssize_t got = pread(fd, raw, sizeof raw, 0);
    if (got < 0)
        return err_note(ERR_IO, "backup: reading (%d)", errno);
    return backup_head_read((struct bytes){raw, (size_t)got}, out);
}

enum err backup_head_of(struct arena *arena, const char *path, struct backup_head **out)
{
    struct backup_head *head = ARENA_NEW(arena, struct backup_head);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : err_note(ERR_IO, "backup: opening (%d)", errno);
    enum err result = head_from(fd, head);
    (void)close(fd);
    if (result == OK)
        *out = head;
    return result;
}

int backup_wrong_share(const struct backup_head *head, const struct recovery_share *shares, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t hash[SEAL_HASH_SIZE];
        recovery_share_hash(&shares[i], hash);
        bool same_key = memcmp(shares[i].mark, head->mark, sizeof head->mark) == 0;
        bool there = shares[i].number <= head->shares;
        if (same_key && (!there || memcmp(hash, head->hashes[shares[i].number - 1], BACKUP_HASH_SIZE) != 0))
            return (int)i;
    }
    return -1;
}

static enum err open_key(const struct backup_head *head, const struct seal_pair *pair, struct seal_key *out)
{
    return crypto_box_seal_open(out->b, head->key, sizeof head->key, pair->public_half.b, pair->secret_half.b) == 0
               ? OK
               : ERR_BROKEN;
}

struct reading_file {
    int fd;
    struct backup_head head;
    struct backup_in in;
};

static enum err file_open(const char *path, const struct seal_pair *pair, struct reading_file *out)
{
    struct seal_key key;
    out->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (out->fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : err_note(ERR_IO, "backup: opening (%d)", errno);
    enum err result = head_from(out->fd, &out->head);
    if (result == OK)
        result = open_key(&out->head, pair, &key);
    if (result == OK)
        result = backup_in_open(&out->in, out->fd, &key, &out->head);
    seal_wipe(&key, sizeof key);
    if (result != OK)
        (void)close(out->fd);
    return result;
}

static void file_close(struct reading_file *file)
{
    backup_in_close(&file->in);
    (void)close(file->fd);
}

enum err backup_check(const char *path, const struct seal_pair *pair, backup_progress_fn progress, void *data,
                      struct backup_sum *out)
{
    struct reading_file file;
    TRY(file_open(path, pair, &file));
    file.in.progress = progress;
    file.in.progress_data = data;
    enum err result = dump_read(&file.in, &(struct dump_reader){.any_program = true}, out);
    file_close(&file);
    return result;
}

/* ---- filling ---- */

struct filling {
    struct db *db;
    struct reading_file *file;
    const struct backup_return *order;
    struct backup_sum sum;
    const struct store_table *table;
    size_t next; /* the table that must come now */
};

static enum err begin_table(void *data, const char *name, const char *const *columns, unsigned count)
{
    struct filling *filling = data;
    const struct store_table *table = &store_tables[filling->next];
    if (!text_same(table->name, name) || table->columns != count)
        return ERR_STALE;
    for (unsigned i = 0; i < count; i++) {
        if (!text_same(table->names[i], columns[i]))
            return ERR_STALE;
    }
    filling->table = table;
    filling->next++;
    return OK;
}

static enum err add_row(void *data, const struct value *values, unsigned count)
{
    const struct filling *filling = data;
    (void)count;
    enum err result = db_run(filling->db, filling->table->add, values, NULL, NULL, NULL);
    return result == ERR_CONFLICT ? ERR_BROKEN : result; /* no installation ever held such rows */
}

static enum err prove(struct db *db, const struct backup_sum *wanted)
{
    struct backup_sum held;
    TRY(dump_write(db, NULL, &held));
    bool same = held.rows == wanted->rows && memcmp(held.hash, wanted->hash, SEAL_HASH_SIZE) == 0;
    return same ? OK : err_note(ERR_BROKEN, "backup: what was restored is not what was saved");
}

/* All in one transaction: nobody ever meets an installation that is half back, or not proved yet. */
static enum err fill(struct db *db, void *data)
{
    struct filling *filling = data;
    int64_t there = 0;
    filling->db = db;
    TRY(store_rows(db, &there));
    if (there > 0)
        return ERR_CONFLICT;
    TRY(dump_read(&filling->file->in, &(struct dump_reader){.table = begin_table, .row = add_row, .data = filling},
                  &filling->sum));
    TRY(prove(db, &filling->sum));
    return filling->order->then == NULL ? OK : filling->order->then(db, filling->order->then_data);
}

enum err backup_restore(const char *path, const struct seal_pair *pair, struct store *to,
                        const struct backup_return *order, struct backup_sum *out)
{
    struct reading_file file;
    TRY(file_open(path, pair, &file));
    file.in.progress = order->progress;
    file.in.progress_data = order->progress_data;
    struct filling filling = {.file = &file, .order = order};
    enum err result = store_bulk(to, fill, &filling);
    file_close(&file);
    TRY(result);
    *out = filling.sum;
    return OK;
}
