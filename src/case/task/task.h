/* Tasks of a case: what somebody has promised to do, and by when (M3.3). Dates and owners stand in the clear, words are sealed. */
#ifndef AUSMA_CASE_TASK_TASK_H
#define AUSMA_CASE_TASK_TASK_H

#include "case/record/record.h"
#include "platform/gate/shell.h"

extern const struct route task_routes[];

struct task_new {
    const char *title;  /* in the clear here, sealed in the table; not empty */
    const char *note;   /* may be NULL */
    int64_t owner;      /* an account: see task_owner_ok */
    const char *due;    /* full date */
    int64_t conference; /* where it was agreed; 0: nowhere */
};
/* Adds an open task to the case of this request, with its line in the timeline; in a route's `change`. The caller audits. */
MUST_USE enum err task_add(struct req *r, const struct task_new *task, int64_t *id);

/* A task as pages see it, opened. Lives in the request's arena. */
struct task_item {
    int64_t id;
    int64_t case_id;
    const char *title;
    const char *note; /* NULL: none */
    int64_t owner;
    const char *owner_name; /* "" in task_list_mine: it is one's own */
    const char *due;
    const char *status;  /* "open", "done" */
    const char *done_on; /* NULL while open */
    int64_t version;
    const char *reference; /* of the case; only in task_list_mine */
    const char *pseudonym; /* the same */
};

/* Open tasks of whoever is signed in, over all open cases whose key they hold, the soonest first. */
MUST_USE enum err task_list_mine(struct req *r, size_t limit, struct task_item **out, size_t *count);
struct task_counts {
    int64_t open, late;
};
MUST_USE enum err task_count_mine(struct req *r, struct task_counts *out);
/* Tasks of the request's case: the open ones, the soonest first, or the last 50 that are done. */
MUST_USE enum err task_list_case(struct req *r, bool done, struct task_item **out, size_t *count);
MUST_USE enum err task_list_conference(struct req *r, int64_t conference, struct task_item **out, size_t *count);

/* Colleagues who may have a task in the request's case, for they see its plan, and all who see any part of it; as choices (value: the id
 * as in addresses). */
MUST_USE enum err task_owner_choices(struct req *r, struct choice **out, size_t *count);
MUST_USE enum err task_people_choices(struct req *r, struct choice **out, size_t *count);
/* May this one have a task? */
MUST_USE enum err task_owner_ok(struct req *r, int64_t account, bool *ok);

/* Open tasks of somebody by the team of the case, and all of a team's to somebody else when the first leaves (in a change). */
struct task_owned_sums {
    int64_t team, open;
};
MUST_USE enum err task_owned_by(struct db *db, struct arena *arena, int64_t org, int64_t account,
                                struct task_owned_sums **out, size_t *count);
MUST_USE enum err task_take_over_all(struct db *db, int64_t org, int64_t from, int64_t team, int64_t to, size_t *count);

#endif
