/* Making a backup: written, read back, and only then given its name. */
#include "base/time.h"
#include "steer/backup/dump.h"
#include "steer/backup/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err head_make(const struct backup_order *order, struct arena *arena, const struct seal_key *key,
                          struct backup_head *head)
{
    struct recovery_status status;
    uint8_t hashes[RECOVERY_SHARES_MAX][SEAL_HASH_SIZE];
    unsigned count;
    TRY(recovery_status(order->db, arena, order->org, &status));
    TRY(recovery_hashes(order->db, arena, order->org, hashes, &count));
    *head = (struct backup_head){.needed = status.plan.needed, .shares = status.plan.shares, .made_at = order->now};
    recovery_mark(&status.public_half, head->mark);
    struct bytes sealed = seal_to(arena, &status.public_half, key->b, sizeof key->b);
    memcpy(head->key, sealed.ptr, sizeof head->key);
    for (unsigned i = 0; i < count; i++)
        memcpy(head->hashes[i], hashes[i], BACKUP_HASH_SIZE);
    return OK;
}

static enum err write_file(const struct backup_order *order, int fd, const struct seal_key *key,
                           struct backup_head *head, struct backup_sum *sum)
{
    struct backup_out out;
    TRY(backup_out_open(&out, fd, key, head));
    out.progress = order->progress;
    out.progress_data = order->progress_data;
    enum err result = dump_write(order->db, &out, sum);
    if (result == OK)
        result = backup_out_end(&out);
    sum->bytes = out.bytes;
    backup_out_close(&out);
    return result;
}

/* What lies on the disk now, by a file opened anew. */
static enum err read_back(const struct backup_order *order, const char *path, const struct seal_key *key,
                          const struct backup_head *head, const struct backup_sum *sum)
{
    struct backup_in in;
    struct backup_sum read;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_note(ERR_IO, "backup: reading back (%d)", errno);
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    enum err result = backup_in_open(&in, fd, key, head);
    if (result == OK) {
        in.progress = order->progress;
        in.progress_data = order->progress_data;
        result = dump_read(&in, &(struct dump_reader){0}, &read);
        backup_in_close(&in);
    }
    (void)close(fd);
    TRY(result);
    bool same = read.rows == sum->rows && read.bytes == sum->bytes && memcmp(read.hash, sum->hash, SEAL_HASH_SIZE) == 0;
    return same ? OK : err_note(ERR_BROKEN, "backup: what was written does not read back");
}

static enum err sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return fine ? OK : err_note(ERR_IO, "backup: the folder (%d)", errno);
}

static enum err make_part(struct arena *arena, const struct backup_order *order, const char *part,
                          struct backup_sum *out)
{
    struct seal_key key;
    struct backup_head head;
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_note(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO, "backup: a new file (%d)", errno);
    seal_key_new(&key);
    bool ahead = false;
    enum err result = db_read_begin(order->db);
    if (result == OK) {
        result = store_ahead(order->db, &ahead);
        if (result == OK)
            result = ahead ? ERR_STALE : head_make(order, arena, &key, &head);
        if (result == OK)
            result = write_file(order, fd, &key, &head, out);
        db_read_end(order->db);
    }
    if (close(fd) != 0 && result == OK)
        result = err_note(ERR_IO, "backup: closing (%d)", errno);
    if (result == OK)
        result = read_back(order, part, &key, &head, out);
    seal_wipe(&key, sizeof key);
    return result;
}

enum err backup_make(struct arena *arena, const struct backup_order *order, const char **path, struct backup_sum *out)
{
    struct recovery_status status;
    struct backup_sum sum;
    TRY(recovery_status(order->db, arena, order->org, &status));
    if (status.key == 0)
        return ERR_NOT_FOUND;
    if (access(order->folder, W_OK) != 0 && mkdir(order->folder, 0700) != 0)
        return err_note(ERR_IO, "backup: the folder cannot be made (%d)", errno);
    const char *name = arena_format(arena, "%s/%s", order->folder, backup_name(arena, order->now));
    const char *part = arena_format(arena, "%s.part", name);
    enum err result = make_part(arena, order, part, &sum);
    if (result == OK)
        result = links_write(order->db, arena, order->org, order->folder);
    if (result == OK && rename(part, name) != 0)
        result = err_note(ERR_IO, "backup: giving it its name (%d)", errno);
    if (result == OK)
        result = sync_folder(order->folder);
    if (result != OK) {
        (void)unlink(part);
        return result;
    }
    *path = name;
    *out = sum;
    return OK;
}
