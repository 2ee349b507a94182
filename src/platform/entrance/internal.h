/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_ENTRANCE_INTERNAL_H
#define AUSMA_PLATFORM_ENTRANCE_INTERNAL_H

#include "platform/entrance/entrance.h"

/* Only a path of our own, so that nobody can be led elsewhere. */
const char *own_path(const char *to);

/* A password is tried in three steps: a check that makes a struct sign_in of what was typed as "password" and leaves it in r->data; this
 * slow step; a change that looks whether it was opened. */
MUST_USE enum err attempt_slow(struct req *r);
/* The check of it where somebody is signed in and shows once more who they are. */
MUST_USE enum err attempt_again(struct req *r);

/* Is what was typed as "new" good enough, and typed as "again" too? ERR_INPUT: not, and the fields say why. */
MUST_USE enum err new_password_check(struct req *r);

/* Signing in is complete: this browser is known from now on. `first`: it was not known before. In a change. */
MUST_USE enum err device_remember(struct req *r, int64_t account, bool *first);

/* Signing in is complete: when it came from a browser that the account was not signed in with before, its owner is told by mail once
 * all is durable. In a change, instead of device_remember. */
MUST_USE enum err device_greet(struct req *r, int64_t account, const struct seal_key *secret_half,
                               const char *language);

#endif
