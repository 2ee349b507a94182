/* A plan as its pages see it, and what the files of this folder share. */
#ifndef AUSMA_CASE_PLAN_VIEWS_H
#define AUSMA_CASE_PLAN_VIEWS_H

#include "case/plan/plan.h"
#include "case/plan/rules.h"
#include "platform/gate/shell.h"

struct plan_action {
    int64_t id;
    int64_t goal;
    const char *what;
    const char *who;        /* "colleague", "child", "other" */
    int64_t account;        /* of the colleague; 0: none */
    const char *other_name; /* NULL: none */
    const char *name;       /* the colleague's or the other's; "" for the child */
    const char *due_on;     /* NULL: none */
    const char *status;
    const char *service; /* NULL: none */
    int64_t version;
};

struct plan_goal {
    int64_t id;
    const char *area;
    const char *strand; /* NULL: none */
    const char *title;
    const char *words;  /* NULL: none */
    const char *due_on; /* NULL: none */
    const char *status;
    int64_t position;
    int64_t version;
    struct plan_action *actions;
    size_t action_count;
    struct plan_progress progress;
    const char *state; /* family "goal_state" */
};

struct plan {
    int64_t id;
    int64_t number;
    const char *status;
    const char *made_on;
    const char *agreed_on; /* NULL: not yet */
    const char *agreement; /* NULL: not yet */
    const char *words;     /* NULL: none */
    const char *agreed_by; /* NULL: none */
    const char *language;
    int64_t version;
    bool newest;
    struct plan_goal *goals; /* filled by plan_open */
    size_t goal_count;
};

struct plan_view {
    struct plan *versions; /* the newest first */
    size_t version_count;
    struct plan *plan;  /* the one shown; NULL: there is none */
    bool may_edit;      /* word anew */
    bool may_mark;      /* tick */
    bool may_begin;     /* a first draft, or a new version */
    const char **needs; /* areas that ask for a goal, family "need_area" */
    size_t need_count;
    const char *today;
};

/* A form of a goal, a step or the plan itself: what is there now, to be shown beside what was typed when it is stale. */
struct plan_form {
    const char *action; /* where it is sent */
    const char *back;
    int64_t version;
    struct plan *plan;
    struct plan_goal *goal;      /* NULL: a new one */
    struct plan_action *step;    /* NULL: a new one */
    const struct choice *people; /* who can do a step */
    size_t people_count;
    const struct choice *services;
    size_t service_count;
};

struct plan_print {
    struct plan *plan;
    const char *name; /* NULL: not wanted */
    const char *manager;
};

/* ---- plan.c ---- */
/* All versions, their words opened, goals not yet. */
MUST_USE enum err plan_versions(struct req *r, struct plan **out, size_t *count);
/* Fills goals and steps. */
MUST_USE enum err plan_open(struct req *r, struct plan *plan);
/* The newest version with its goals; ERR_NOT_FOUND without any. */
MUST_USE enum err plan_newest(struct req *r, struct plan **out);
struct plan_goal *plan_find_goal(const struct plan *plan, const char *id);
struct plan_action *plan_find_action(const struct plan *plan, const char *id, struct plan_goal **goal);

struct seal_place plan_words_place(int64_t id);
struct seal_place plan_agreed_by_place(int64_t id);
struct seal_place plan_title_place(int64_t id);
struct seal_place plan_goal_words_place(int64_t id);
struct seal_place plan_what_place(int64_t id);
struct seal_place plan_other_place(int64_t id);
/* Sealed under the case's key; empty text becomes no value. */
struct bytes plan_seal(struct req *r, struct seal_place place, const char *text);
/* A line of the timeline; `detail` of the family "plan_event". */
MUST_USE enum err plan_note(struct req *r, const char *detail, const char *strand, int64_t subject, const char *words);
/* Starts a draft: the first, or a new version with what is still open. */
MUST_USE enum err plan_begin(struct req *r, const struct plan *before);

/* ---- edit.c ---- */
extern const struct code_list PLAN_LANGUAGES;

#endif
