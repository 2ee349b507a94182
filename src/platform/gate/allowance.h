/* How much may be done by one: what the public pages take from an address is bounded, so that nobody buries the real ones, and what a telephone
 * sends, so that a lost one does not fill the disk.
 *
 * Addresses are not kept: a place in the table follows from a keyed hash, and two addresses that share one share its allowance (rare, and
 * nobody can aim at it). IPv6 addresses of one network (64 bits) count as one, and a site (48 bits) has what eight of them have. Each process counts for itself. */
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

/* Takes so many, when they are there; `who` is an address, or whatever else tells one from another. */
bool allowance_take(struct allowance *table, const char *who, int64_t count, int64_t now);

#endif
