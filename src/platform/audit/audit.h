/* The audit trail: one row for every change, in its own transaction, and for every look at a case. The rows are chained, per
 * installation and per case, over what was done and over the rows that were written (docs/PROOF.md gives the format). */
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
    bool no_images;  /* invented people: what they looked like before is not kept */
};

/* Writes the row, and takes in all that this transaction has written since the last one (`db_written`). Rows that belong to
 * other cases than `case_id` get an audit row of the same act in the chain of theirs. */
MUST_USE enum err audit_add(struct db *db, const struct audit *audit);

/* ---- the chain, for those who check it ---- */

enum { AUDIT_HASH_SIZE = 32 };

struct audit_link {
    int64_t org, number, at;
    struct maybe account, case_id, case_number, subject;
    const char *act;
    const char *changes;
};
/* The digest of an entry. */
void audit_digest(const struct audit_link *link, uint8_t out[AUDIT_HASH_SIZE]);
/* The chain's hash behind a digest: BLAKE2b-256 of the hash before (zeros at the beginning) and the digest. */
void audit_chain(const uint8_t before[AUDIT_HASH_SIZE], const uint8_t digest[AUDIT_HASH_SIZE],
                 uint8_t out[AUDIT_HASH_SIZE]);
void audit_hash(const void *ptr, size_t len, uint8_t out[AUDIT_HASH_SIZE]);

#endif
