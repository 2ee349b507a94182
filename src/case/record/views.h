/* What the templates of this folder show. */
#ifndef AUSMA_CASE_RECORD_VIEWS_H
#define AUSMA_CASE_RECORD_VIEWS_H

#include "case/record/record.h"
#include "platform/gate/shell.h"

struct timeline_view {
    struct timeline_item *items;
    size_t count;
    const char *next; /* NULL: no more */
    bool filtered;
};

struct course_view {
    struct span *spans;
    size_t count;
    const char *today;
    struct choice *choices; /* what can begin: "phase:rescue", ... */
    size_t choice_count;
};

/* May a phase, strand or funding begin or end on this day? What is told has happened; money may be agreed on for days to come. Days are full. */
enum course_day {
    COURSE_DAY_FINE,
    COURSE_DAY_FUTURE,       /* a phase or strand: what lies ahead stands in the plan */
    COURSE_DAY_FAR,          /* so far from today that the year must be wrong */
    COURSE_DAY_BEFORE_BEGIN, /* an end alone */
};
enum course_day course_begin_judge(const char *kind, const char *on, const char *today);
enum course_day course_end_judge(const char *kind, const char *began_on, const char *on, const char *today);
/* Does one of this kind and code go on without an end? */
bool course_runs(const struct span *spans, size_t count, const char *kind, const char *code);

struct hand_over_view {
    struct choice *people;
    size_t count;
};

/* Shared between the files of this folder. */
struct seal_place record_note_place(int64_t event);
struct seal_place record_name_place(int64_t case_id);
struct seal_place record_past_place(int64_t case_id);
/* What lies in record_key.wrapped where an account held a key before it got other keys of its own: a single byte. */
enum { LOST_SIZE = 1 };
struct bytes record_nothing(void);
MUST_USE enum err record_give_nothing(struct db *db, const struct record_grant *grant);
MUST_USE enum err record_give_team(struct db *db, struct arena *arena, const struct record_grant *grant,
                                   const struct case_keys *keys, const struct seal_key *team_key);
/* A team's: the root, under the team's key or sealed to the team. */
MUST_USE enum err record_open_team(struct arena *arena, int64_t now, const struct team_keys *team, int64_t case_id,
                                   struct bytes wrapped, struct seal_key *root);
/* Names shown lately (names.c), for a team's key of FORM_TEAM and a person who may see the case: NULL when it is not kept. Lives as long as the request. */
struct name_sealed {
    int64_t case_id;
    struct bytes wrapped, pseudonym; /* each of 8 bytes at least, when kept */
};
const char *names_known(struct req *r, const struct name_sealed *of);
void names_keep(struct req *r, const struct name_sealed *of, const char *name);

#endif
