/* An installation to try things out: an invented organisation, accounts with one known password, and a caseload over eight years. */
#ifndef AUSMA_STEER_DEMO_DEMO_H
#define AUSMA_STEER_DEMO_DEMO_H

#include "steer/office/office.h"

/* ausma demo --data DIR [--cases N] [--seed N]: DIR must not hold an installation yet. The cases
 * are kept in steps, so one that is cut short leaves an installation with fewer of them and without accounts.txt. */
enum err demo_make(struct office *office);

#endif
