/* When a case may be held, kept and erased. No database, no clock. */
#ifndef AUSMA_STEER_RETENTION_RULES_H
#define AUSMA_STEER_RETENTION_RULES_H

#include "base/arena.h"

#include <stdbool.h>

enum retention_answer {
    RETENTION_MAY,
    RETENTION_OPEN,    /* the case is not closed */
    RETENTION_HELD,    /* a legal hold is on it */
    RETENTION_ASKED,   /* it was asked for already */
    RETENTION_ERASED,  /* it was done */
    RETENTION_SAME,    /* whoever asked cannot confirm, nor somebody in whose name they could act */
    RETENTION_NOTHING, /* nothing was asked for */
};

struct retention_state {
    bool closed;
    bool held;
    bool erased;
    int64_t asked_by; /* 0: nobody asks for erasure */
    bool stand_in;    /* whoever asked could act in the name of whoever would confirm */
};

enum retention_answer retention_may_ask(const struct retention_state *state);
enum retention_answer retention_may_confirm(const struct retention_state *state, int64_t by);

/* The day before which a case must have been closed to be looked at: `years` before `today`. */
const char *retention_before(struct arena *arena, const char *today, int years);

#endif
