/* What a conference must hold: decisions of this folder alone, without clock or database. */
#ifndef AUSMA_CASE_CONFERENCE_RULES_H
#define AUSMA_CASE_CONFERENCE_RULES_H

#include <stdbool.h>

/* What is wrong with a day, compared as ISO text. */
enum conference_fault {
    CONFERENCE_FINE,
    CONFERENCE_EARLY,      /* held before the case was opened */
    CONFERENCE_FUTURE,     /* held on a day that has not come */
    CONFERENCE_NEXT_EARLY, /* the next review is not after the conference */
    CONFERENCE_NEXT_LATE   /* ... or further away than `latest` */
};
enum conference_fault conference_fault_of(const char *on, const char *next, const char *opened_on, const char *today,
                                          const char *latest);

/* A row of the form for an action: all empty, whole, or begun and not finished. Without a day it is due by the next review. */
enum conference_row { CONFERENCE_ROW_EMPTY, CONFERENCE_ROW_WHOLE, CONFERENCE_ROW_PART };
enum conference_row conference_row_of(const char *what, const char *who, const char *by);

/* Is the review over? `next` may be the date that stands for "none". */
bool conference_overdue(const char *next_review, const char *today);

#endif
