/* Changing a team's keys after somebody has left (docs/ACCOUNTS.md says what that can and cannot do).
 *
 * Leaving marks the person's teams. The next member who does anything begins: the team gets a new key and pair, sealed to those who
 * remain; the earlier keys lie under the new one until everything that was wrapped under them is wrapped anew, so that at every moment
 * each member opens everything. What is wrapped anew is the business of those whose data it is (steer/staff/rotation.c). */
#ifndef AUSMA_PLATFORM_ACCOUNT_ROTATION_H
#define AUSMA_PLATFORM_ACCOUNT_ROTATION_H

#include "platform/account/account.h"

/* Earlier keys are kept at least this long, for changes that began before the new ones were there. */
enum { ROTATION_LEAST_MS = 2 * 60 * 1000 };

/* In a change: access ends now. Sessions, known browsers, second factors and open invitations are gone, memberships too, and the teams
 * are marked. ERR_NOT_FOUND: not there or left already. ERR_DENIED: the last administrator. */
MUST_USE enum err account_leave(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t now);

/* In a change: begins, when it is marked and not under way already. `keys` are a member's; they become the new ones with the earlier
 * ones beside. Nothing happens (and `keys` stay) when another began before. */
MUST_USE enum err account_rotation_begin(struct db *db, struct arena *arena, int64_t org, struct team_keys *keys,
                                         int64_t now);
/* In a change, after a whole look found nothing under the earlier keys: forgets them. `over` is false when it is too early. */
MUST_USE enum err account_rotation_end(struct db *db, struct arena *arena, int64_t org, int64_t team, int64_t now,
                                       bool *over);

/* While a team's keys are being changed: what was sealed to its earlier public half, sealed to the new one; no bytes (NULL) when it
 * is sealed to that already. ERR_BROKEN: neither half opens it. */
MUST_USE enum err team_reseal(struct arena *arena, const struct team_keys *team, struct bytes sealed,
                              struct bytes *out);

/* ---- the keys of cases that a team holds: each leaving has a number, each case that of the last one before its keys were made ---- */

/* In a change: which cases are due (keyed before the leaving `before`), and whether to begin: not before the team and the emergency team
 * have begun with new keys themselves (what is sealed to the earlier ones would open for the leaver), and only with keys that are the team's. */
MUST_USE enum err account_roots_look(struct db *db, struct arena *arena, int64_t org, const struct team_keys *keys,
                                     bool *ready, int64_t *before);
/* In a change, after a look found none. */
MUST_USE enum err account_roots_done(struct db *db, int64_t org, int64_t team, bool *ended);
/* In a change: some case of this team is due though nobody of the team left. */
MUST_USE enum err account_roots_due(struct db *db, int64_t org, int64_t team);

#endif
