/* Case conferences: who came, what was decided, which tasks follow from it, and when the case is looked at again (M3.3). */
#ifndef AUSMA_CASE_CONFERENCE_CONFERENCE_H
#define AUSMA_CASE_CONFERENCE_CONFERENCE_H

#include "case/record/record.h"

extern const struct route conference_routes[];

#endif
