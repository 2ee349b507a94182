/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_ACCOUNT_INTERNAL_H
#define AUSMA_PLATFORM_ACCOUNT_INTERNAL_H

#include "platform/account/account.h"

struct seal_place account_place(const char *column, int64_t account);

/* When an account opens again after that many wrong answers in a row. */
int64_t account_locked_until(int64_t failed, int64_t now);

/* A session of whatever stage comes next for an account whose pair is open. In a change. */
MUST_USE enum err account_session_begin(struct db *db, struct arena *arena, struct sign_in *attempt);

struct seal_place account_search_place(int64_t team);
/* A team's keys for a member, sealed to their public half. */
struct bytes account_team_box(struct arena *arena, const struct seal_key *public_half, const struct team_keys *keys);
/* The earlier keys of a team out of `old`, when there are any. */
MUST_USE enum err account_open_old(struct arena *arena, struct bytes old, struct team_keys *keys);

/* Opens all teams of `who` (whose own pair is there) from the database. */
MUST_USE enum err account_open_teams(struct db *db, struct arena *arena, struct session *who);

#endif
