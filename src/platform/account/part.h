/* The parts of a case. What a part holds is sealed under a key of its own, so that somebody who is given one part cannot open
 * another, even with the database in hand (docs/ACCESS.md). */
#ifndef AUSMA_PLATFORM_ACCOUNT_PART_H
#define AUSMA_PLATFORM_ACCOUNT_PART_H

#include "base/err.h"

#include <stdbool.h>

enum case_part {
    PART_NONE,
    PART_BASICS,       /* pseudonym, course, team: everybody on the case */
    PART_PERSON,       /* name, contacts, origin, documents */
    PART_CONSENT,      /* first meeting and consents */
    PART_SAFETY,       /* safety assessments and alerts */
    PART_NEEDS,        /* other assessments, and health services */
    PART_PSYCHOSOCIAL, /* psychosocial services with their notes */
    PART_LEGAL,        /* legal services with their notes */
    PART_SERVICES,     /* the other services */
    PART_PLAN,         /* plan and tasks */
    PART_CONFERENCE,   /* case conferences */
    PART_ADDRESS,      /* where the child stays: implied by no other part */
    PART_COUNT,
    /* what only a route says */
    PART_WHOLE = PART_COUNT, /* the whole case, for good: decisions over it; nobody has this by a broken glass */
    PART_RECORD              /* the route's scope finds it out from the record that the path names */
};

/* A set of parts has a bit for each. */
#define PART_BIT(part) (1U << (part))
/* What whoever sees the whole case sees: all but the address. */
#define PARTS_WHOLE (((1U << PART_ADDRESS) - 1) & ~1U)

/* Services stand in the part of their strand: a list of them shows those of the parts that somebody holds. */
#define PARTS_SERVICES \
    (PART_BIT(PART_NEEDS) | PART_BIT(PART_PSYCHOSOCIAL) | PART_BIT(PART_LEGAL) | PART_BIT(PART_SERVICES))

/* By its code, of the family "part": "basics". */
bool part_of(const char *code, enum case_part *out);

#endif
