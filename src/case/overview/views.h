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
};

struct overview_view {
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

#endif
