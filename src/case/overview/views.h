/* What the templates of this folder show. */
#ifndef AUSMA_CASE_OVERVIEW_VIEWS_H
#define AUSMA_CASE_OVERVIEW_VIEWS_H

#include "case/assess/assess.h"
#include "case/overview/overview.h"
#include "case/overview/picture.h"
#include "case/plan/plan.h"
#include "case/task/task.h"

struct case_list_view {
    const char *which; /* "mine", "team", "closed" */
    struct case_row *rows;
    size_t count;
    const char *next; /* NULL: no more */
    const char *today;
    const char **closed; /* references of cases with a part of one's own that a new password has closed */
    size_t closed_count;
};

/* Shared between the files of this folder: rows behind a place, the soonest review first; `day` "": from the beginning. */
struct case_place {
    const char *day;
    int64_t id;
};
MUST_USE enum err overview_rows_mine(struct req *r, const char *status, struct case_place after, int64_t limit,
                                     struct case_row **out, size_t *count);
MUST_USE enum err overview_rows_shared(struct req *r, const char *status, struct case_place after, int64_t limit,
                                       struct case_row **out, size_t *count);
/* Of the first `limit` open cases with a part of their own, those whose keys were given to what the person had before a new password. */
MUST_USE enum err overview_closed_parts(struct req *r, int64_t limit, const char ***out, size_t *count);
MUST_USE enum err overview_rows_teams(struct req *r, const char *status, struct case_place after, int64_t limit,
                                      struct case_row **out, size_t *count);

/* A first step of a case that is not done yet. */
struct first_step {
    enum word name, hint;
    const char *path; /* behind the case's own */
};

struct overview_view {
    struct first_step *steps; /* what comes next, in its order */
    size_t step_count;
    bool writes; /* may this person write in the case? */
    struct picture picture;
    struct timeline_item *events;
    size_t event_count;
    const char *today;
    const char *manager;
    struct matrix matrix;
    struct plan_goal_item *goals;
    size_t goal_count;
    struct task_item *tasks;
    size_t task_count;
    struct alert *alerts;
    size_t alert_count;
};

struct close_view {
    struct alert *alerts; /* that nobody answered yet */
    size_t alert_count;
};

#endif
