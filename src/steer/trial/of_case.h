/* For tests of a slice of a case: one trial for the program, and a case of its own for each test. Set-ups for cmocka, and what they made. */
#ifndef AUSMA_STEER_TRIAL_OF_CASE_H
#define AUSMA_STEER_TRIAL_OF_CASE_H

#include "steer/trial/trial.h"

extern struct trial *trial;
extern const char *case_text; /* the id of this test's case, as addresses have it */
extern const char *home;      /* "/cases/ID" of it */

/* Set-up and tear-down of the group, and the set-up of a test: a case of the trial's team with a person called "Lazda". */
int of_case_begin(void **state);
int of_case_end(void **state);
int of_case_new(void **state);

/* home, and what comes behind it. */
const char *at(const char *behind);
/* The day so many days from today. */
const char *day(int from_now);
/* The account of somebody who was there from the start, as forms send it. */
const char *account_of(const char *login);

#endif
