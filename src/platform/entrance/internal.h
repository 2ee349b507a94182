/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_ENTRANCE_INTERNAL_H
#define AUSMA_PLATFORM_ENTRANCE_INTERNAL_H

#include "platform/entrance/entrance.h"

/* Only a path of our own, so that nobody can be led elsewhere. */
const char *own_path(const char *to);

/* Signing in is complete: this browser is known from now on. In a change. */
MUST_USE enum err device_remember(struct req *r, int64_t account);

#endif
