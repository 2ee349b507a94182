/* What the chain says of each row: the digest it last had, by its table and key. Half of each hash is enough to tell rows apart, and
 * a million cases fit into memory. */
#ifndef AUSMA_PLATFORM_AUDIT_ROWMAP_H
#define AUSMA_PLATFORM_AUDIT_ROWMAP_H

#include "platform/audit/audit.h"

enum { ROWMAP_HALF = AUDIT_HASH_SIZE / 2 };

struct rowmap_item {
    uint8_t key[ROWMAP_HALF];
    uint8_t digest[ROWMAP_HALF];
    int64_t number; /* of the entry; 0: a free place */
    bool gone, seen;
};

struct rowmap {
    struct rowmap_item *items;
    size_t room, count; /* room: a power of two */
};

void rowmap_done(struct rowmap *map);
/* The key of a row: `line` is "table key". */
void rowmap_key(int64_t org, const char *line, size_t len, uint8_t out[ROWMAP_HALF]);
/* The item, made when there is none. NULL when there is no memory. */
struct rowmap_item *rowmap_put(struct rowmap *map, const uint8_t key[ROWMAP_HALF]);
struct rowmap_item *rowmap_find(const struct rowmap *map, const uint8_t key[ROWMAP_HALF]);

#endif
