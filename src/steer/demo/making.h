/* Shared between the files that make cases. */
#ifndef AUSMA_STEER_DEMO_MAKING_H
#define AUSMA_STEER_DEMO_MAKING_H

#include "case/person/person.h"
#include "steer/demo/internal.h"

/* One case on its way into the database. */
struct making {
    struct db *db;
    struct arena *arena; /* of this case alone */
    const struct demo_cases *cases;
    struct person_bulk *persons;
    const struct demo_team *team;
    struct chance chance;
    struct demo_course course;
    struct demo_name name;
    struct record_made made;
    int64_t index; /* of the case among all that are made */
    int64_t birth_year;
    const char *close_reason; /* NULL: open */
};

static inline int64_t making_org(const struct making *making)
{
    return making->cases->people->founding.org;
}

/* A line of the timeline without words. */
MUST_USE enum err demo_event(struct making *making, int64_t day, const char *kind, const char *phase,
                             const char *detail);

/* ---- assessed.c ---- */

MUST_USE enum err demo_assessments_add(struct making *making);
MUST_USE enum err demo_plan_add(struct making *making);
MUST_USE enum err demo_tasks_add(struct making *making);
MUST_USE enum err demo_referrals_add(struct db *db, struct arena *arena, const struct demo_people *people, int64_t now);

/* ---- field.c ---- */

MUST_USE enum err demo_field_add(struct db *db, struct arena *arena, const struct demo_people *people, int64_t now);

/* ---- agreed.c ---- */

MUST_USE enum err demo_agreed_add(struct making *making);

/* ---- rich.c ---- */

MUST_USE enum err demo_rich_add(struct making *making);

#endif
