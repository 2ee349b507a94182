/* Signed checkpoints: the head of the installation's chain at a moment, under an Ed25519 signature of the process that made it.
 *
 * What one proves alone is little, because the key lies beside the data: that the head was this when it was signed, if the key was
 * not taken. What it proves in somebody else's hands is the point: nobody can give the chain another past up to there without
 * contradicting the paper (docs/PROOF.md). */
#ifndef AUSMA_PLATFORM_AUDIT_CHECKPOINT_H
#define AUSMA_PLATFORM_AUDIT_CHECKPOINT_H

#include "platform/audit/audit.h"
#include "platform/audit/merkle.h"

enum { AUDIT_SIGNATURE_SIZE = 64, AUDIT_SECRET_SIZE = 64 };

struct audit_signer {
    uint8_t public_half[AUDIT_HASH_SIZE];
    uint8_t secret[AUDIT_SECRET_SIZE];
};
/* The key pair of this process, from the file at `path`, which is made when there is none. ERR_BROKEN when it is no key. */
MUST_USE enum err audit_signer_open(const char *path, struct audit_signer *out);

struct audit_checkpoint {
    int64_t org, number, at;
    uint8_t hash[AUDIT_HASH_SIZE];
    uint8_t root[AUDIT_HASH_SIZE]; /* of the tree over the entries 1..number (merkle.h) */
    uint8_t public_half[AUDIT_HASH_SIZE];
    uint8_t signature[AUDIT_SIGNATURE_SIZE];
};

/* Signs the head as it is now (in a change; audits only a signer that is new). When the newest checkpoint has this head already,
 * that one is given. ERR_NOT_FOUND when there is no entry yet. */
MUST_USE enum err audit_checkpoint_make(struct db *db, struct arena *arena, int64_t org, int64_t now,
                                        const struct audit_signer *signer, struct audit_checkpoint *out);
/* The newest one up to an entry. ERR_NOT_FOUND. */
MUST_USE enum err audit_checkpoint_find(struct db *db, struct arena *arena, int64_t org, int64_t most,
                                        struct audit_checkpoint *out);

bool audit_checkpoint_signed(const struct audit_checkpoint *checkpoint);

/* As lines of text that somebody else keeps, and back. ERR_INPUT when it is none, or its signature is wrong. */
char *audit_checkpoint_text(struct arena *arena, const struct audit_checkpoint *checkpoint);
MUST_USE enum err audit_checkpoint_read(struct arena *arena, const char *text, struct audit_checkpoint *out);

/* The hashes that lead from the entry `number` to the root of a checkpoint, the innermost first, each with its side. */
struct audit_step {
    uint8_t hash[AUDIT_HASH_SIZE];
    bool left;
};
MUST_USE enum err audit_path(struct db *db, struct arena *arena, const struct audit_checkpoint *checkpoint,
                             int64_t number, struct audit_step **out, size_t *count);

#endif
