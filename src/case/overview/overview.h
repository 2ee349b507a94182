/* The page of a case as a whole, and the list of cases: what the other slices of the case know, put side by side. */
#ifndef AUSMA_CASE_OVERVIEW_OVERVIEW_H
#define AUSMA_CASE_OVERVIEW_OVERVIEW_H

#include "case/record/record.h"

/* A line of a list of cases. */
struct case_row {
    int64_t id;
    const char *reference;
    const char *pseudonym;
    const char *manager; /* a colleague's name; "" in one's own list */
    const char *risk;
    int age; /* -1: unknown */
    const char *next_review;
};
/* The first cases of the person who is signed in, the soonest review first. */
MUST_USE enum err overview_my_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count);

extern const struct route overview_routes[];

#endif
