/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_DEMO_INTERNAL_H
#define AUSMA_STEER_DEMO_INTERNAL_H

#include "case/record/record.h"
#include "platform/account/account.h"
#include "steer/demo/demo.h"

#include <stdio.h>

/* ---- chance.c: the same seed makes the same caseload ---- */

struct chance {
    uint64_t state;
};
/* A number from `low` to `high`, both included. */
int64_t chance_between(struct chance *chance, int64_t low, int64_t high);
bool chance_percent(struct chance *chance, int percent);

/* ---- names.c: people who do not exist ---- */

struct demo_name {
    const char *given;
    const char *family;
    const char *nationality; /* ISO 3166-1 */
    const char *language;    /* ISO 639-1 */
    const char *sex;         /* "female", "male" */
};
void demo_name_pick(struct arena *arena, struct chance *chance, struct demo_name *out);

/* ---- course.c: how a case goes; days are counted from 1970-01-01 ---- */

struct demo_course {
    int64_t opened, rescue_end, recovery, recovery_end, reintegration,
        closed; /* in the order of their days but for the overlap */
    int64_t today;
    bool open;        /* the end lies ahead */
    const char *risk; /* family "risk" */
    int64_t review;   /* the day of the next review */
};
/* The `index`-th oldest of `total` cases, over eight years; the newer, the denser. */
void demo_course_pick(struct chance *chance, int64_t today, int64_t index, int64_t total, struct demo_course *out);

enum { DAY_SIZE = 11 };
/* "2026-11-23" */
const char *demo_day(int64_t day, char out[DAY_SIZE]);

/* ---- accounts.c ---- */

struct demo_team {
    struct team_keys keys;
    int64_t manager; /* who has the team's cases */
};
enum { DEMO_TEAMS = 2 };
struct demo_people {
    struct founding founding;
    struct recovery_made recovery;
    struct demo_team teams[DEMO_TEAMS];
    struct team_keys intake;
    struct team_keys emergency;
    int64_t second_manager; /* of the first team, to whom its cases can be handed over */
    int64_t lawyer;         /* sees the legal part of some cases */
    int64_t colleague;      /* of the first team; one case in a while is shut for her */
    int64_t intake_worker;
};
MUST_USE enum err demo_people_add(struct db *db, struct arena *arena, int64_t now, struct demo_people *out);
/* The lines "login password description" for people and tests, a case manager first. */
void demo_people_print(FILE *to);

/* ---- cases.c ---- */

struct demo_cases {
    int64_t count;
    uint64_t seed;
    const struct demo_people *people;
    int64_t now;
    struct office_progress *progress;
};
MUST_USE enum err demo_cases_add(struct db *db, struct arena *arena, const struct demo_cases *cases);

#endif
