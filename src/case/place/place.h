/* Where the child stays. It is a part of its own: read only by those who are put in charge of it, implied by no other part, opened by no
 * broken glass, and in no print, export or hand-over (docs/ACCESS.md). Accommodation itself (M4.3) builds on it. */
#ifndef AUSMA_CASE_PLACE_PLACE_H
#define AUSMA_CASE_PLACE_PLACE_H

#include "case/record/record.h"

/* Is the person in charge in the case in scope, and is anybody? */
MUST_USE enum err place_charge(struct req *r, bool *mine, bool *anybody);

/* In a change of the case in scope: this account leaves the case, and with it the place. The key is changed when whoever does this is in
 * charge too; else the account's copy is only removed. */
MUST_USE enum err place_leave(struct req *r, int64_t account);

/* In a change: an account gets other keys of its own and is in charge nowhere, until somebody in charge gives it again. */
MUST_USE enum err place_lose(struct db *db, int64_t org, int64_t account);

extern const struct route place_routes[];

#endif
