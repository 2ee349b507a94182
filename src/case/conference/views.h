/* What the templates of this folder show. */
#ifndef AUSMA_CASE_CONFERENCE_VIEWS_H
#define AUSMA_CASE_CONFERENCE_VIEWS_H

#include "case/conference/conference.h"
#include "case/task/task.h"
#include "platform/gate/shell.h"

enum { CONFERENCE_ACTIONS = 6 };

struct conference_row_view {
    int64_t id;
    const char *on_date, *next_review, *who;
    bool plan_reviewed;
};

struct conference_list_view {
    struct conference_row_view *rows;
    size_t count;
    const char *next; /* NULL: no more */
    bool overdue;
    struct task_item *tasks;
    size_t task_count;
};

/* The names of the fields of one action. */
struct conference_action {
    const char *what, *who, *by;
    int number;
};

struct conference_form_view {
    struct choice *people; /* who can have been there */
    size_t people_count;
    struct choice *owners; /* who can have a task */
    size_t owner_count;
    struct conference_action actions[CONFERENCE_ACTIONS];
    size_t shown; /* how many actions stand open from the start */
};

struct conference_view {
    int64_t id;
    const char *on_date, *next_review, *who;
    const char *others, *agenda; /* NULL: none */
    const char *decisions;
    const char **present;
    size_t present_count;
    bool plan_reviewed;
    struct task_item *tasks;
    size_t task_count;
};

#endif
