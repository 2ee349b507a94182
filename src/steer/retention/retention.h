/* How long what a case holds is kept, and its end (docs/RECOVERY.md): review after the pack's time, legal hold, erasure by two people.
 *
 * Erasing destroys the case's keys wherever they lie, takes away what it can be found by, overwrites every sealed value of its rows and
 * the images of them in the proof. What stays are coded facts (dates, codes, scores) without a person, and the chain of the proof.
 * Backups made before still hold the case; so erased cases are also written into a list beside the backups ("ausma-erased.txt"), and
 * `ausma restore` erases them again before anybody can sign in. */
#ifndef AUSMA_STEER_RETENTION_RETENTION_H
#define AUSMA_STEER_RETENTION_RETENTION_H

#include "platform/gate/gate.h"
#include "platform/store/store.h"

/* A line of the list outside the backups: "erased ORG CASE MOMENT". */
#define RETENTION_LIST "ausma-erased.txt"
struct erased {
    int64_t org, case_id, at;
};
bool retention_line_read(const char *line, struct erased *out);

/* Erases; in a change, and the caller audits it as an act of the case. */
MUST_USE enum err retention_erase(struct db *db, struct arena *arena, int64_t org, int64_t case_id);

/* Brings the list in this folder up to date with the database; what it has besides stays. ERR_IO; ERR_BROKEN: it is damaged, and left
 * as it is. */
MUST_USE enum err retention_list_write(struct db *db, struct arena *arena, int64_t org, const char *folder);
/* In a change: erases all cases of the list `path` that the database still holds; `count` says how many. No list: none. ERR_BROKEN: a
 * line of it cannot be read. */
MUST_USE enum err retention_list_apply(struct db *db, struct arena *arena, const char *path, size_t *count);

/* How many erasures wait for a second person, whom this one could be. */
MUST_USE enum err retention_waiting(struct req *r, int64_t *out);

extern const struct route retention_routes[];

#endif
