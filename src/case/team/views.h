/* What the templates of this folder show, and what its files share. */
#ifndef AUSMA_CASE_TEAM_VIEWS_H
#define AUSMA_CASE_TEAM_VIEWS_H

#include "case/consent/consent.h"
#include "case/team/queries.h"
#include "case/team/team.h"
#include "platform/gate/shell.h"

struct team_line {
    int64_t account;
    const char *name;
    const char *role;   /* of the pack; NULL: in the team of the case */
    const char **parts; /* codes; NULL: the whole case */
    size_t part_count;
    int64_t since; /* 0: not said */
    struct maybe until;
    bool over; /* `until` is past */
    bool lost; /* was given other keys of their own since: must get the part again */
    bool glass;
};
struct team_shut_line {
    int64_t id;
    const char *name;
    const char *reason;
    const char *by;
    int64_t at;
    const char *lifted_by; /* NULL: it stands */
    int64_t lifted_at;
    const char *lift_reason;
};
struct team_step {
    const char *act; /* family "team_act" */
    const char *name;
    const char *role;
    const char *by;
    int64_t at;
    struct maybe until;
};
struct team_view {
    struct team_line *lines;
    size_t count;
    struct team_step *steps;
    size_t step_count;
    struct team_shut_line *shut; /* only for those who see the whole case */
    size_t shut_count;
    struct team_glass_list_row *glasses;
    size_t glass_count;
    struct colleague *people;
    size_t people_count;
    bool may_change;
    bool place_mine, place_anybody; /* in charge of where the child stays */
};

struct team_form_view {
    struct choice *people;
    size_t people_count;
    struct choice *roles;
    size_t role_count;
    struct consent_ask_view asked;
    const char *name; /* of whom it is about, when that is no choice */
    struct team_line line;
};

struct team_glass_view {
    struct team_glass_one_row row;
    const char *reason;
    const char *who;
    const char *answered_by;
    const char *answer;
    bool may_answer;
    bool may_end;
};

MUST_USE enum err team_step_write(struct db *db, const struct team_new *member, const char *act);
/* A colleague of this id who can sign in; ERR_NOT_FOUND otherwise. */
MUST_USE enum err team_colleague(struct req *r, int64_t id, struct colleague *out);
struct seal_place team_glass_place(const char *column, int64_t id);

#endif
