#include "platform/audit/merkle.h"

#include <string.h>

void merkle_leaf(const uint8_t digest[AUDIT_HASH_SIZE], uint8_t out[AUDIT_HASH_SIZE])
{
    uint8_t both[1 + AUDIT_HASH_SIZE] = {0};
    memcpy(both + 1, digest, AUDIT_HASH_SIZE);
    audit_hash(both, sizeof both, out);
}

static void node(const uint8_t left[AUDIT_HASH_SIZE], const uint8_t right[AUDIT_HASH_SIZE],
                 uint8_t out[AUDIT_HASH_SIZE])
{
    uint8_t both[1 + 2 * AUDIT_HASH_SIZE] = {1};
    memcpy(both + 1, left, AUDIT_HASH_SIZE);
    memcpy(both + 1 + AUDIT_HASH_SIZE, right, AUDIT_HASH_SIZE);
    audit_hash(both, sizeof both, out);
}

/* Two full subtrees of one size become one, as a carry does. */
void merkle_add(struct merkle *tree, const uint8_t digest[AUDIT_HASH_SIZE])
{
    if (tree->depth == MERKLE_DEPTH)
        BUG("more entries than a tree can hold");
    merkle_leaf(digest, tree->roots[tree->depth++]);
    for (int64_t bits = tree->count++; (bits & 1) != 0; bits >>= 1) {
        tree->depth--;
        node(tree->roots[tree->depth - 1], tree->roots[tree->depth], tree->roots[tree->depth - 1]);
    }
}

void merkle_root(const struct merkle *tree, uint8_t out[AUDIT_HASH_SIZE])
{
    memset(out, 0, AUDIT_HASH_SIZE);
    if (tree->depth == 0)
        return;
    memcpy(out, tree->roots[tree->depth - 1], AUDIT_HASH_SIZE);
    for (size_t i = tree->depth - 1; i > 0; i--)
        node(tree->roots[i - 1], out, out);
}

void merkle_step(uint8_t known[AUDIT_HASH_SIZE], const uint8_t other[AUDIT_HASH_SIZE], bool left)
{
    if (left)
        node(other, known, known);
    else
        node(known, other, known);
}

size_t merkle_path(int64_t index, int64_t count, struct merkle_range out[MERKLE_DEPTH])
{
    struct merkle_range outer[MERKLE_DEPTH]; /* the outermost first */
    int64_t from = 0;
    int64_t to = count;
    size_t steps = 0;
    while (to - from > 1 && steps < MERKLE_DEPTH) {
        int64_t half = 1; /* the largest power of two below the number of leaves */
        while (half * 2 < to - from)
            half *= 2;
        bool right = index >= from + half;
        outer[steps++] = right ? (struct merkle_range){from, from + half, true}
                               : (struct merkle_range){from + half, to, false};
        if (right)
            from += half;
        else
            to = from + half;
    }
    for (size_t i = 0; i < steps; i++)
        out[i] = outer[steps - 1 - i];
    return steps;
}
