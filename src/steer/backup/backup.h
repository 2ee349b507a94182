/* Backups: all tables of an installation in one file, sealed to its recovery key, the same for every engine.
 *
 * The file: a head of 256 bytes (format.h), then pieces of a secretstream (XChaCha20-Poly1305): each its length as 4 bytes,
 * little-endian, and the sealed bytes; the head is the first piece's additional data, and the last piece has the final tag.
 * Opened, it is a row of records (dump.h): a table, its rows, their number and hash; at the end the number of all rows and the
 * hash over the tables' hashes. So a file that is cut, changed, or put together from two does not open. */
#ifndef AUSMA_STEER_BACKUP_BACKUP_H
#define AUSMA_STEER_BACKUP_BACKUP_H

#include "platform/gate/gate.h"
#include "platform/recovery/recovery.h"
#include "platform/seal/seal.h"
#include "platform/store/store.h"

/* What `serve` was told about backups. */
struct backup_settings {
    const char *folder;              /* NULL: none are made by themselves */
    unsigned hours;                  /* between two of them */
    unsigned daily, weekly, monthly; /* how many of each are kept */
};
#define BACKUP_HOURS_USUAL 24
#define BACKUP_DAILY_USUAL 7
#define BACKUP_WEEKLY_USUAL 5
#define BACKUP_MONTHLY_USUAL 12

struct backup_sum {
    int64_t tables, rows, bytes; /* bytes: of the file */
    uint8_t hash[SEAL_HASH_SIZE];
};

/* Told now and then how many bytes are done; may be NULL. */
typedef void (*backup_progress_fn)(void *data, int64_t bytes);

/* ---- making ---- */

struct backup_order {
    struct db *db; /* to read with; one snapshot is taken */
    int64_t org;
    const char *folder;
    int64_t now;
    backup_progress_fn progress;
    void *progress_data;
};
/* Writes a new file into the folder, reads it back and compares; only then it has its name. `path` is in the arena. ERR_NOT_FOUND: there
 * is no recovery key. ERR_STALE: a newer program must make it (store_ahead). ERR_FULL, ERR_IO: nothing is left behind. */
MUST_USE enum err backup_make(struct arena *arena, const struct backup_order *order, const char **path,
                              struct backup_sum *out);

/* ---- bringing back ---- */

struct backup_head;
/* Which of these shares is not one of those that the file can be opened with: its place in `shares`, or -1. */
int backup_wrong_share(const struct backup_head *head, const struct recovery_share *shares, size_t count);
/* The pair that the file is sealed to, out of the pair that the shares give: the same, or found by the links beside the file
 * ("ausma-keys.txt") when the shares are younger than the backup. ERR_DENIED: they belong to another key. */
MUST_USE enum err backup_unlock(struct arena *arena, const char *path, const struct backup_head *head,
                                const struct seal_pair *given, struct seal_pair *out);
MUST_USE enum err backup_head_of(struct arena *arena, const char *path, struct backup_head **out);

/* Reads the file to its end without using it: is it whole? ERR_BROKEN when not. */
MUST_USE enum err backup_check(const char *path, const struct seal_pair *pair, backup_progress_fn progress, void *data,
                               struct backup_sum *out);
struct backup_return {
    backup_progress_fn progress;
    void *progress_data;
    /* What must be done before anybody may use it, in the same transaction; may be NULL. */
    enum err (*then)(struct db *db, void *data);
    void *then_data;
};
/* Fills an installation without an organisation and proves that it holds the same, all or nothing: what fails, and what `then` refuses,
 * leaves its tables empty. ERR_CONFLICT: there is data already. ERR_STALE: the file was made by a program with other tables.
 * ERR_BROKEN: the file is damaged. */
MUST_USE enum err backup_restore(const char *path, const struct seal_pair *pair, struct store *to,
                                 const struct backup_return *order, struct backup_sum *out);

/* ---- by the clock ---- */

struct backup_turn {
    struct store *store;
    int64_t org;
    const struct backup_settings *settings;
    int64_t now;
    enum err listed; /* what became of the list of erased cases: no backup is good without it */
    backup_progress_fn progress;
    void *progress_data;
};
/* Makes a backup when one is due or was asked for, throws away what is not kept any longer, and writes down how it went. One at a time: a
 * run that is still written down as going on died with its process. */
MUST_USE enum err backup_job(const struct backup_turn *turn);

/* Which of the files (their moments, the newest first) are kept: `keep[i]`. The newest always is. */
void backup_keep(const int64_t *moments, size_t count, const struct backup_settings *settings, bool *keep);
/* The name of a backup of this moment, and back; false when a file is not one of ours. */
const char *backup_name(struct arena *arena, int64_t moment);
bool backup_name_read(const char *name, int64_t *moment);

/* ---- on pages ---- */

enum backup_state { BACKUP_NONE, BACKUP_LATE, BACKUP_FAILED, BACKUP_FINE };
struct backup_health {
    enum backup_state state;
    int64_t last_good; /* 0: never */
    bool set_up;       /* a folder is set */
};
/* For the home page of those who look after the installation. */
MUST_USE enum err backup_health(struct req *r, struct backup_health *out);

extern const struct route backup_routes[];

#endif
