/* How often something may be done from one address: what the public pages take is bounded, so that nobody buries the real ones.
 *
 * Addresses are not kept: a place in the table follows from a keyed hash, and two addresses that share one share its allowance (rare, and
 * nobody can aim at it). IPv6 addresses of one network (64 bits) count as one. Each process counts for itself. */
#ifndef AUSMA_PLATFORM_GATE_ALLOWANCE_H
#define AUSMA_PLATFORM_GATE_ALLOWANCE_H

#include "platform/seal/seal.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { ALLOWANCE_PLACES = 4096 };

struct allowance {
    int64_t burst;    /* so many at once, */
    int64_t every_ms; /* and one more each so many milliseconds */
    pthread_mutex_t lock;
    bool keyed;
    struct seal_key key;
    int64_t paid[ALLOWANCE_PLACES]; /* the moment up to which what was done is paid for (GCRA, ITU-T I.371) */
};
#define ALLOWANCE(count, ms)                                                  \
    {                                                                         \
        .burst = (count), .every_ms = (ms), .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/* Takes one, when there is one. */
bool allowance_take(struct allowance *table, const char *address, int64_t now);

#endif
