/* People and their accounts: who is here, letting somebody in (invitations, handing on keys), the organisation's rule about a second
 * factor, and leaving: access ends at once, keys are changed, open work is handed over. An administrator does all of it without ever
 * having a key of a case; what needs keys is done by a colleague who holds them. */
#ifndef AUSMA_STEER_STAFF_STAFF_H
#define AUSMA_STEER_STAFF_STAFF_H

#include "platform/gate/app.h"

extern const struct route staff_routes[];
extern const struct route staff_invite_routes[];
extern const struct route staff_again_routes[];
extern const struct route staff_leave_routes[];
extern const struct route staff_progress_routes[];

/* Somebody is here whose team's keys are due to be changed: begins, or goes on with it (for app.keys_due). */
void staff_keys_due(struct app *app, const struct session *who);

/* Does this role open cases or referrals, so that it needs a team's keys? */
bool staff_needs_team(enum role role);

extern const struct code_list STAFF_ROLES; /* family "role" */

#endif
