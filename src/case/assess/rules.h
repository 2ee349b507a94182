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
/* What in the program reads a fact: codes of the family "fact_use", at least one, in the order of their weight. `destination` is the
 * form's (form_destination). */
enum { FACT_USES_MAX = 4 };
size_t assess_fact_uses(const char *fact, const char *destination, const char *out[FACT_USES_MAX]);
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

/* ---- answers as people type them (boxes.c) ---- */

/* What was typed in the boxes of one question; NULL: there was no such box. */
struct answer_boxes {
    const char *day, *month, *year; /* 'd', 'm', 'y' */
    const char *time;               /* 't' */
    const char *latitude;           /* 'a' */
    const char *longitude;          /* 'o' */
};
/* False: no box has this sign. */
bool assess_box_set(struct answer_boxes *boxes, char which, const char *typed);
/* For the form engine: "" when all boxes are empty; something that is no value of the type when a box is wrong. */
const char *assess_box_join(struct arena *arena, enum form_type type, const struct answer_boxes *boxes);
/* A box of what assess_box_join made, or of a value. */
const char *assess_box(struct arena *arena, enum form_type type, const char *value, char which);
/* Typed into one field, for the form engine: "9.30" is a time, places stand on lines. */
const char *assess_answer_typed(struct arena *arena, enum form_type type, const char *typed);
/* "56.95 24.1 0 0;57 24.2": one place a line, latitude and longitude. */
const char *assess_place_lines(struct arena *arena, const char *value);

/* A question asked between two numbers. */
struct answer_range {
    const char *start, *end, *step;
    const char **values; /* all of them, when they are few enough to be chosen from */
    size_t count;        /* 0: a number is typed */
};
/* From "start=0 end=10 step=1"; false when the parameters name no range. */
bool assess_range(struct arena *arena, const char *parameters, struct answer_range *out);

/* A date as typed in three boxes, for the form engine: "" when all are empty; something that is no date when a box is wrong. */
const char *assess_date_join(struct arena *arena, const char *day, const char *month, const char *year);
/* The box 'd', 'm' or 'y' of what assess_date_join made or of an ISO date. */
const char *assess_date_box(struct arena *arena, const char *date, char which);

#endif
