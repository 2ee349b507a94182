/* Checks the whole proof of an installation: that the chains are whole, that every row of every proven table is as the chain says,
 * that the kept images are those that were written, and that signed checkpoints stand where they were. */
#ifndef AUSMA_PLATFORM_AUDIT_VERIFY_H
#define AUSMA_PLATFORM_AUDIT_VERIFY_H

#include "platform/audit/checkpoint.h"

enum verify_what {
    VERIFY_FINE,
    VERIFY_ENTRY_MISSING, /* a number is not there */
    VERIFY_ENTRY_CHANGED, /* the hash does not fit the entry and the one before */
    VERIFY_CASE_ORDER,    /* the entry's number in its case's chain is not the next one */
    VERIFY_CASE_CHANGED,  /* the same for the hash in its case's chain */
    VERIFY_HEAD,          /* the chain's head is not its last entry */
    VERIFY_CHECKPOINT,    /* a checkpoint's hash or tree is not that of the chain */
    VERIFY_SIGNATURE,     /* a checkpoint is not signed by the key that it names */
    VERIFY_SIGNER,        /* signed by a key that the chain does not know */
    VERIFY_OUTSIDE,       /* the checkpoint kept outside contradicts the chain */
    VERIFY_TAIL,          /* the chain ends before the checkpoint kept outside */
    VERIFY_ROW_CHANGED,   /* a row is not as it was last written */
    VERIFY_ROW_UNKNOWN,   /* a row that no entry speaks of */
    VERIFY_ROW_MISSING,   /* a row that should be there is not */
    VERIFY_IMAGE          /* a kept image is not what was written */
};

struct verify_report {
    enum verify_what what;
    int64_t org;
    int64_t number;  /* of the entry in the installation's chain; 0: none to be named */
    int64_t case_id; /* whose chain; 0: the installation's */
    char row[512];   /* "record_case 7012"; "" when it is no row */
    int64_t entries, rows, images, checkpoints;
};

struct verify {
    const struct audit_checkpoint *outside; /* kept by somebody else; NULL: none */
    void (*progress)(void *data, int64_t done);
    void *data;
};
/* Stops at the first fault. An error only when it cannot read; what is wrong stands in the report. Begin a snapshot before it. */
MUST_USE enum err audit_verify(struct db *db, struct arena *arena, const struct verify *verify,
                               struct verify_report *out);

#endif
