/* The tree over all entries, after RFC 6962 section 2.1 with BLAKE2b-256: it lets one case prove that its chain stands under a signed
 * checkpoint, with a few hashes and without a word about other cases. The leaf of an entry is the hash of its case's chain there,
 * which covers all that came before in the case; of an entry of no case it is the entry's digest. */
#ifndef AUSMA_PLATFORM_AUDIT_MERKLE_H
#define AUSMA_PLATFORM_AUDIT_MERKLE_H

#include "platform/audit/audit.h"

enum { MERKLE_DEPTH = 40 };

/* The roots of the full subtrees so far, the largest first: one for each bit of `count`. */
struct merkle {
    int64_t count;
    uint8_t roots[MERKLE_DEPTH][AUDIT_HASH_SIZE];
    size_t depth;
};

void merkle_add(struct merkle *tree, const uint8_t digest[AUDIT_HASH_SIZE]);
/* Of an empty tree: zeros. */
void merkle_root(const struct merkle *tree, uint8_t out[AUDIT_HASH_SIZE]);

/* The way from the leaf `index` (from 0) of a tree of `count` to its root: the ranges of leaves whose roots are needed, the
 * innermost first. Returns how many. */
struct merkle_range {
    int64_t from, to; /* without `to` */
    bool left;        /* stands at the left of what is known so far */
};
size_t merkle_path(int64_t index, int64_t count, struct merkle_range out[MERKLE_DEPTH]);
/* One step of that way. */
void merkle_step(uint8_t known[AUDIT_HASH_SIZE], const uint8_t other[AUDIT_HASH_SIZE], bool left);
void merkle_leaf(const uint8_t digest[AUDIT_HASH_SIZE], uint8_t out[AUDIT_HASH_SIZE]);

#endif
