/* Figures for those who run the programme, and coded facts for those who audit it: never a person. */
#ifndef AUSMA_STEER_REPORT_REPORT_H
#define AUSMA_STEER_REPORT_REPORT_H

#include "platform/gate/gate.h"

/* Counts of fewer than this are shown as "<5", so that nobody can be recognised by being few (M5.6). */
enum { REPORT_SMALL = 5 };

/* How a count is shown: "0", "<5" or the number. */
const char *report_protected(struct arena *arena, int64_t count);
/* Where the counts add up to a number that is known, a single "<5" could be worked out from the others: the smallest of them is
 * shown as "*". */
void report_hide_second(const int64_t *counts, size_t count, const char **shown);

extern const struct route report_routes[];

#endif
