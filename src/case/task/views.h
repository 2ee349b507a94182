/* What the templates of this folder show. */
#ifndef AUSMA_CASE_TASK_VIEWS_H
#define AUSMA_CASE_TASK_VIEWS_H

#include "case/task/task.h"

struct task_list_view {
    struct task_item *open, *done;
    size_t open_count, done_count;
    const char *next; /* NULL: no more */
    struct choice *owners;
    size_t owner_count;
};

struct task_edit_view {
    struct task_item task; /* as it is saved now */
    struct choice *owners;
    size_t owner_count;
};

struct task_mine_view {
    struct task_item *tasks;
    size_t count;
    bool more; /* than are shown */
};

/* Shared between the files of this folder. */
enum { TASK_PAGE = 50, TASK_MINE = 200 };
MUST_USE enum err task_list_open(struct req *r, const char *after_due, int64_t after_id, int64_t limit,
                                 struct task_item **out, size_t *count);
MUST_USE enum err task_find(struct req *r, int64_t id, struct task_item *out);
struct seal_place task_place(const char *column, int64_t id);
struct bytes task_seal(struct req *r, const char *column, int64_t id, const char *text);

#endif
