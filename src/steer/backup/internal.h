/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_BACKUP_INTERNAL_H
#define AUSMA_STEER_BACKUP_INTERNAL_H

#include "steer/backup/backup.h"

/* Beside the backups lies a small file with the links from ended recovery keys to today's. */
#define LINKS_NAME "ausma-keys.txt"
MUST_USE enum err links_write(struct db *db, struct arena *arena, int64_t org, const char *folder);
/* A link from one line of it. ERR_BROKEN for anything else. */
MUST_USE enum err link_read(struct arena *arena, const char *line, struct recovery_link *out);

#endif
