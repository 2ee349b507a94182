/* The file of a backup as bytes: head and sealed pieces. Shared between the files of this folder, tests and fuzzers. */
#ifndef AUSMA_STEER_BACKUP_FORMAT_H
#define AUSMA_STEER_BACKUP_FORMAT_H

#include "steer/backup/backup.h"

#include <sodium.h>

enum {
    BACKUP_HEAD_SIZE = 256,
    BACKUP_HASH_SIZE = 8,      /* of each share: enough to tell which one is wrong */
    BACKUP_PIECE = 256 * 1024, /* bytes in the clear, at most */
    BACKUP_KEY_SEALED = SEAL_KEY_SIZE + crypto_box_SEALBYTES,
};

/* Layout: "AUSMABK1"; 5 the key's mark; 1 needed; 1 shares; 1 zero; 8 when (ms, little-endian); 80 the stream's key, sealed to the
 * recovery key; 24 the stream's own head; 15 x 8 the first bytes of the shares' hashes; zeros. */
struct backup_head {
    uint8_t raw[BACKUP_HEAD_SIZE];
    uint8_t mark[RECOVERY_MARK_SIZE];
    unsigned needed, shares;
    int64_t made_at;
    uint8_t key[BACKUP_KEY_SEALED];
    uint8_t stream[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    uint8_t hashes[RECOVERY_SHARES_MAX][BACKUP_HASH_SIZE];
};
void backup_head_write(struct backup_head *head); /* fills `raw` from the rest */
/* ERR_BROKEN: not a backup of ours. */
MUST_USE enum err backup_head_read(struct bytes bytes, struct backup_head *out);

/* ---- writing pieces ---- */

struct backup_out {
    int fd;
    crypto_secretstream_xchacha20poly1305_state stream;
    const struct backup_head *head;
    uint8_t *plain; /* BACKUP_PIECE */
    uint8_t *sealed;
    size_t len;
    int64_t bytes; /* written to the file */
    bool first;
    enum err result; /* the first error; nothing is written after it */
    backup_progress_fn progress;
    void *progress_data;
};
void backup_out_put(struct backup_out *out, const void *ptr, size_t len);
/* The last piece. */
MUST_USE enum err backup_out_end(struct backup_out *out);

/* ---- reading pieces ---- */

struct backup_in {
    int fd;
    crypto_secretstream_xchacha20poly1305_state stream;
    const struct backup_head *head;
    uint8_t *plain;
    uint8_t *sealed;
    size_t at, len; /* what is left of the opened piece */
    int64_t bytes;
    bool first, last;
    backup_progress_fn progress;
    void *progress_data;
};
/* Exactly `len` bytes. ERR_BROKEN: damaged, or at its end too early. */
MUST_USE enum err backup_in_take(struct backup_in *in, void *to, size_t len);
/* Is it whole, and nothing behind its end? */
MUST_USE enum err backup_in_end(struct backup_in *in);

/* Memory for both; freed, wiped, by the matching function. */
MUST_USE enum err backup_out_open(struct backup_out *out, int fd, const struct seal_key *key, struct backup_head *head);
void backup_out_close(struct backup_out *out);
MUST_USE enum err backup_in_open(struct backup_in *in, int fd, const struct seal_key *key,
                                 const struct backup_head *head);
void backup_in_close(struct backup_in *in);

#endif
