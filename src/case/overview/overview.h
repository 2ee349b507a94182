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
/* The first open cases of the person who is signed in, or of all their teams, the soonest review first. */
MUST_USE enum err overview_my_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count);
MUST_USE enum err overview_team_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count);
/* Cases of one's teams that others lead and whose review is late: whoever can act sees them (M3.3). */
MUST_USE enum err overview_late_of_others(struct req *r, int64_t limit, struct case_row **out, size_t *count);

/* Open cases, and among them those with a late review and with one in the coming week; each counted up to a bound. */
struct case_counts {
    int64_t open, overdue, soon;
};
MUST_USE enum err overview_count_mine(struct req *r, struct case_counts *out);
MUST_USE enum err overview_count_teams(struct req *r, struct case_counts *out);

/* The first cases in which the person has a part of their own. */
MUST_USE enum err overview_shared_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count);

extern const struct route overview_routes[];
extern const struct route overview_close_routes[];

#endif
