/* The individual plan: goals per area of need, steps with who and by when, the child's own words and agreement, in versions
 * that are frozen once agreed (M3.1). */
#ifndef AUSMA_CASE_PLAN_PLAN_H
#define AUSMA_CASE_PLAN_PLAN_H

#include "case/record/record.h"

/* A goal of the newest version, for the page of a case. */
struct plan_goal_item {
    int64_t id;
    const char *title;
    const char *area;   /* family "need_area" */
    const char *due_on; /* NULL: none */
    const char *state;  /* family "goal_state" */
    size_t done, count; /* steps */
};
/* Of the case in scope; nothing when there is no plan. Template: plan_goal_table(items, count). */
MUST_USE enum err plan_goals(struct req *r, struct plan_goal_item **out, size_t *count);

extern const struct code_list PLAN_AREAS;
extern const struct route plan_routes[];       /* the plan and its versions */
extern const struct route plan_edit_routes[];  /* goals and steps */
extern const struct route plan_print_routes[]; /* on paper, for the child */

#endif
