/* What a plan decides without data or clock: how far a goal is, and what may change when. */
#ifndef AUSMA_CASE_PLAN_RULES_H
#define AUSMA_CASE_PLAN_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Limits that keep a plan readable, for a child and for the page. */
enum { PLAN_GOALS_MAX = 30, PLAN_ACTIONS_MAX = 20, PLAN_VERSIONS_MAX = 100 };

/* A step as the rules see it: its status ("open", "done", "dropped") and its day (NULL: none). */
struct plan_step {
    const char *status;
    const char *due_on;
};
struct plan_progress {
    size_t done;
    size_t count; /* without the dropped */
};
struct plan_progress plan_progress_of(const struct plan_step *steps, size_t count);

/* How a goal stands, as a code of the family "goal_state": "reached", "changed" and "dropped" as it was marked; of the open ones
 * "late" when its own day or that of an open step is over, "ready" when it has steps and all are done, else "running".
 * `today` is a full date; `due_on` may be NULL. A ready goal is not late: what is left is to say so. */
const char *plan_goal_state(const char *status, const char *due_on, const struct plan_step *steps, size_t count,
                            const char *today);

/* May goals and steps be added and worded anew? Only in a draft: what was agreed stays as it was agreed. */
bool plan_may_edit(const char *plan_status);
/* May steps be ticked and goals marked? In the newest version, agreed or not; older ones are history. */
bool plan_may_mark(const char *plan_status, bool newest);
/* May a goal or a step be marked so? From open to an end and back, never from one end to another, never what went on elsewhere. */
bool plan_goal_may(const char *from, const char *to);
bool plan_action_may(const char *from, const char *to);

/* Does an area of need ask for a goal? From a score of 2 (of 0..4; -1: none) on, unless an open goal is there. */
bool plan_need_asks(int score, bool has_goal);

/* When the child agrees in part or not at all, the plan says what the child wants instead. */
bool plan_agreement_needs_words(const char *agreement);

#endif
