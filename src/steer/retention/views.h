/* What the templates of this folder show. */
#ifndef AUSMA_STEER_RETENTION_VIEWS_H
#define AUSMA_STEER_RETENTION_VIEWS_H

#include "case/record/record.h"
#include "platform/gate/shell.h"
#include "steer/retention/rules.h"

/* A hold, a review, or an erasure of one case. */
struct retention_line {
    const char *what;   /* words */
    const char *reason; /* NULL: none */
    const char *who;
    int64_t at;
};

struct erasure_view {
    struct retention_state is;
    enum retention_answer ask, confirm;
    const char *asked_who; /* "" when nobody asks */
    struct retention_line *lines;
    size_t count;
    int years;
};

struct due_line {
    const char *reference, *closed_on, *reason;
    int64_t id;
    bool held, mine; /* mine: this person may open it */
};
struct asked_line {
    int64_t id;
    const char *reference, *cause, *who;
    int64_t at;
    bool held, own;
};
struct retention_view {
    struct due_line *due;
    size_t due_count;
    const char *next;
    struct asked_line *asked;
    size_t asked_count;
    struct asked_line *done;
    size_t done_count;
    int years;
};

#endif
