#include "steer/backup/format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    LENGTH = 4,
    TAG = crypto_secretstream_xchacha20poly1305_ABYTES,
    STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    AT_MARK = 8,
    AT_NEEDED = AT_MARK + RECOVERY_MARK_SIZE,
    AT_SHARES = AT_NEEDED + 1,
    AT_MADE = AT_SHARES + 2,
    AT_KEY = AT_MADE + 8,
    AT_STREAM = AT_KEY + BACKUP_KEY_SEALED,
    AT_HASHES = AT_STREAM + STREAM_HEAD,
    AT_END = AT_HASHES + RECOVERY_SHARES_MAX * BACKUP_HASH_SIZE,
};
_Static_assert((int)AT_END <= (int)BACKUP_HEAD_SIZE, "the head has room");

static const char MAGIC[AT_MARK + 1] = "AUSMABK1";

/* ---- head ---- */

void backup_head_write(struct backup_head *head)
{
    uint8_t *raw = head->raw;
    memset(raw, 0, BACKUP_HEAD_SIZE);
    memcpy(raw, MAGIC, AT_MARK);
    memcpy(raw + AT_MARK, head->mark, sizeof head->mark);
    raw[AT_NEEDED] = (uint8_t)head->needed;
    raw[AT_SHARES] = (uint8_t)head->shares;
    for (int i = 0; i < 8; i++)
        raw[AT_MADE + i] = (uint8_t)((uint64_t)head->made_at >> 8 * i);
    memcpy(raw + AT_KEY, head->key, sizeof head->key);
    memcpy(raw + AT_STREAM, head->stream, sizeof head->stream);
    memcpy(raw + AT_HASHES, head->hashes, sizeof head->hashes);
}

enum err backup_head_read(struct bytes bytes, struct backup_head *out)
{
    if (bytes.len < BACKUP_HEAD_SIZE || memcmp(bytes.ptr, MAGIC, AT_MARK) != 0)
        return ERR_BROKEN;
    const uint8_t *raw = bytes.ptr;
    uint64_t made_at = 0;
    struct recovery_plan plan = {.shares = raw[AT_SHARES], .needed = raw[AT_NEEDED]};
    for (int i = 7; i >= 0; i--)
        made_at = made_at << 8 | raw[AT_MADE + i];
    if (!recovery_plan_check(plan) || made_at > INT64_MAX)
        return ERR_BROKEN;
    memcpy(out->raw, raw, BACKUP_HEAD_SIZE);
    memcpy(out->mark, raw + AT_MARK, sizeof out->mark);
    out->needed = plan.needed;
    out->shares = plan.shares;
    out->made_at = (int64_t)made_at;
    memcpy(out->key, raw + AT_KEY, sizeof out->key);
    memcpy(out->stream, raw + AT_STREAM, sizeof out->stream);
    memcpy(out->hashes, raw + AT_HASHES, sizeof out->hashes);
    return OK;
}

/* ---- writing ---- */

static enum err no_room(int number)
{
    bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return err_note(full ? ERR_FULL : ERR_IO, "backup: writing (%d)", number);
}

static enum err write_all(int fd, const uint8_t *ptr, size_t len)
{
    while (len > 0) {
        ssize_t step = write(fd, ptr, len);
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0)
            return no_room(step == 0 ? ENOSPC : errno);
        ptr += step;
        len -= (size_t)step;
    }
    return OK;
}

static enum err piece_write(struct backup_out *out, bool last)
{
    unsigned long long len = 0;
    const uint8_t *with = out->first ? out->head->raw : NULL;
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    if (crypto_secretstream_xchacha20poly1305_push(&out->stream, out->sealed + LENGTH, &len, out->plain, out->len, with,
                                                   out->first ? BACKUP_HEAD_SIZE : 0, tag) != 0)
        BUG("the stream refused");
    for (int i = 0; i < LENGTH; i++)
        out->sealed[i] = (uint8_t)(len >> 8 * i);
    TRY(write_all(out->fd, out->sealed, LENGTH + (size_t)len));
    out->bytes += LENGTH + (int64_t)len;
    out->first = false;
    out->len = 0;
    if (out->progress != NULL)
        out->progress(out->progress_data, out->bytes);
    return OK;
}

void backup_out_put(struct backup_out *out, const void *ptr, size_t len)
{
    const uint8_t *from = ptr;
    while (len > 0 && out->result == OK) {
        size_t room = BACKUP_PIECE - out->len;
        size_t step = len < room ? len : room;
        memcpy(out->plain + out->len, from, step);
        out->len += step;
        from += step;
        len -= step;
        if (out->len == BACKUP_PIECE)
            out->result = piece_write(out, false);
    }
}

enum err backup_out_end(struct backup_out *out)
{
    if (out->result == OK)
        out->result = piece_write(out, true);
    if (out->result == OK && fsync(out->fd) != 0)
        out->result = no_room(errno);
    return out->result;
}

static enum err room(uint8_t **plain, uint8_t **sealed)
{
    *plain = malloc(BACKUP_PIECE);
    *sealed = malloc(LENGTH + BACKUP_PIECE + TAG);
    return *plain == NULL || *sealed == NULL ? err_note(ERR_LIMIT, "backup: no memory") : OK;
}

static void give_back(uint8_t *plain, uint8_t *sealed)
{
    if (plain != NULL)
        seal_wipe(plain, BACKUP_PIECE);
    free(plain);
    free(sealed);
}

enum err backup_out_open(struct backup_out *out, int fd, const struct seal_key *key, struct backup_head *head)
{
    *out = (struct backup_out){.fd = fd, .head = head, .first = true, .bytes = BACKUP_HEAD_SIZE};
    if (crypto_secretstream_xchacha20poly1305_init_push(&out->stream, head->stream, key->b) != 0)
        BUG("the stream refused to begin");
    backup_head_write(head);
    enum err result = room(&out->plain, &out->sealed);
    if (result == OK)
        result = write_all(fd, head->raw, BACKUP_HEAD_SIZE);
    if (result != OK)
        backup_out_close(out);
    return result;
}

void backup_out_close(struct backup_out *out)
{
    give_back(out->plain, out->sealed);
    seal_wipe(out, sizeof *out);
}

/* ---- reading ---- */

/* `got` bytes, fewer only at the end of the file. */
static enum err read_all(int fd, uint8_t *to, size_t len, size_t *got)
{
    *got = 0;
    while (*got < len) {
        ssize_t step = read(fd, to + *got, len - *got);
        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return err_note(ERR_IO, "backup: reading (%d)", errno);
        if (step == 0)
            return OK;
        *got += (size_t)step;
    }
    return OK;
}

static enum err piece_read(struct backup_in *in)
{
    size_t got;
    size_t len = 0;
    unsigned long long opened = 0;
    uint8_t tag = 0;
    const uint8_t *with = in->first ? in->head->raw : NULL;
    if (in->last)
        return ERR_BROKEN;
    TRY(read_all(in->fd, in->sealed, LENGTH, &got));
    for (size_t i = 0; i < LENGTH; i++)
        len |= (size_t)in->sealed[i] << 8 * i;
    if (got != LENGTH || len < TAG || len > BACKUP_PIECE + TAG)
        return ERR_BROKEN;
    TRY(read_all(in->fd, in->sealed, len, &got));
    if (got != len || crypto_secretstream_xchacha20poly1305_pull(&in->stream, in->plain, &opened, &tag, in->sealed, len,
                                                                 with, in->first ? BACKUP_HEAD_SIZE : 0) != 0)
        return ERR_BROKEN;
    in->first = false;
    in->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    in->at = 0;
    in->len = (size_t)opened;
    in->bytes += LENGTH + (int64_t)len;
    if (in->progress != NULL)
        in->progress(in->progress_data, in->bytes);
    return OK;
}

enum err backup_in_take(struct backup_in *in, void *to, size_t len)
{
    uint8_t *out = to;
    while (len > 0) {
        if (in->at == in->len) {
            TRY(piece_read(in));
            continue;
        }
        size_t left = in->len - in->at;
        size_t step = len < left ? len : left;
        memcpy(out, in->plain + in->at, step);
        in->at += step;
        out += step;
        len -= step;
    }
    return OK;
}

enum err backup_in_end(struct backup_in *in)
{
    uint8_t more;
    size_t got;
    if (in->at == in->len && !in->last)
        TRY(piece_read(in));
    if (in->at != in->len || !in->last)
        return ERR_BROKEN;
    TRY(read_all(in->fd, &more, 1, &got));
    return got == 0 ? OK : ERR_BROKEN;
}

enum err backup_in_open(struct backup_in *in, int fd, const struct seal_key *key, const struct backup_head *head)
{
    *in = (struct backup_in){.fd = fd, .head = head, .first = true, .bytes = BACKUP_HEAD_SIZE};
    if (lseek(fd, BACKUP_HEAD_SIZE, SEEK_SET) != BACKUP_HEAD_SIZE)
        return err_note(ERR_IO, "backup: reading (%d)", errno);
    if (crypto_secretstream_xchacha20poly1305_init_pull(&in->stream, head->stream, key->b) != 0)
        return ERR_BROKEN;
    enum err result = room(&in->plain, &in->sealed);
    if (result != OK)
        backup_in_close(in);
    return result;
}

void backup_in_close(struct backup_in *in)
{
    give_back(in->plain, in->sealed);
    seal_wipe(in, sizeof *in);
}
