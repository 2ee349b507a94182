/* What assessments decide, without data or clock. */
#ifndef AUSMA_CASE_ASSESS_RULES_H
#define AUSMA_CASE_ASSESS_RULES_H

#include "case/assess/assess.h"

/* When an instrument was finished last and how many days later it is due again. */
struct assess_due {
    const char *on; /* full date; NULL: never finished */
    int days;
};
/* The next review of a case: the earliest of what is due, and never later than a review that was set already and still lies ahead.
 * `set` is the present one, `today` a full date. */
const char *assess_next_review(struct arena *arena, const char *set, const char *today, const struct assess_due *dues,
                               size_t count);

/* The kind of alert that a fact raises; NULL: none. */
const char *assess_alert_of(const char *fact, const char *value);
/* Is this a level of risk that a case can have? */
bool assess_is_risk(const char *value);
/* 0..4; -1 when the value is no score. */
int assess_score(const char *value);

/* One fact of an assessment of needs; rows come with the latest assessment first. */
struct assess_scored {
    int64_t assessment;
    const char *on;
    const char *fact; /* "need.safety" */
    const char *value;
};
void assess_matrix_build(const struct assess_scored *rows, size_t count, struct matrix *out);

/* A date as typed in three boxes, for the form engine: "" when all are empty; something that is no date when a box is wrong. */
const char *assess_date_join(struct arena *arena, const char *day, const char *month, const char *year);
/* The box 'd', 'm' or 'y' of what assess_date_join made or of an ISO date. */
const char *assess_date_box(struct arena *arena, const char *date, char which);

#endif
