/* The audit trail: one row for every change, in its own transaction, and for every look at a case. */
#ifndef AUSMA_PLATFORM_AUDIT_AUDIT_H
#define AUSMA_PLATFORM_AUDIT_AUDIT_H

#include "platform/store/store.h"

struct audit {
    int64_t org;
    int64_t at;
    int64_t account; /* 0: nobody was signed in */
    const char *act; /* a constant of the program: "service.add" */
    int64_t case_id; /* 0: no case */
    int64_t subject; /* the row it is about; 0: none */
};

MUST_USE enum err audit_add(struct db *db, const struct audit *audit);

#endif
