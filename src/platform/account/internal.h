/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_ACCOUNT_INTERNAL_H
#define AUSMA_PLATFORM_ACCOUNT_INTERNAL_H

#include "platform/account/account.h"

struct seal_place account_place(const char *column, int64_t account);

/* Opens all teams of `who` (whose own pair is there) from the database. */
MUST_USE enum err account_open_teams(struct db *db, struct arena *arena, struct session *who);

#endif
