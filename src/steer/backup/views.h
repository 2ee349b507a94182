/* What the templates of this folder show. */
#ifndef AUSMA_STEER_BACKUP_VIEWS_H
#define AUSMA_STEER_BACKUP_VIEWS_H

#include "platform/gate/shell.h"
#include "steer/backup/backup.h"

struct backup_line {
    const char *state; /* family backup_state */
    const char *who;   /* "": by the clock */
    int64_t began_at;
    const char *took;
    const char *size;
    const char *fault; /* family backup_fault; NULL: none */
};

struct backup_view {
    struct backup_health health;
    bool waiting; /* one is wanted or running */
    unsigned hours, daily, weekly, monthly;
    struct backup_line *lines;
    size_t count;
    const char *next;
};

#endif
