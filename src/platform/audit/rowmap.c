#include "platform/audit/rowmap.h"

#include <sodium.h>
#include <string.h>

void rowmap_done(struct rowmap *map)
{
    free(map->items);
    *map = (struct rowmap){0};
}

void rowmap_key(int64_t org, const char *line, size_t len, uint8_t out[ROWMAP_HALF])
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, ROWMAP_HALF);
    (void)crypto_generichash_update(&state, (const uint8_t *)&org, sizeof org);
    (void)crypto_generichash_update(&state, (const uint8_t *)line, len);
    (void)crypto_generichash_final(&state, out, ROWMAP_HALF);
}

static struct rowmap_item *place(struct rowmap_item *items, size_t room, const uint8_t key[ROWMAP_HALF])
{
    uint64_t at;
    memcpy(&at, key, sizeof at);
    for (at &= room - 1;; at = (at + 1) & (room - 1)) {
        if (items[at].number == 0 || memcmp(items[at].key, key, ROWMAP_HALF) == 0)
            return &items[at];
    }
}

static bool grow(struct rowmap *map)
{
    size_t room = map->room == 0 ? 1024 : map->room * 2;
    struct rowmap_item *items = calloc(room, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < map->room; i++) {
        if (map->items[i].number != 0)
            *place(items, room, map->items[i].key) = map->items[i];
    }
    free(map->items);
    map->items = items;
    map->room = room;
    return true;
}

struct rowmap_item *rowmap_put(struct rowmap *map, const uint8_t key[ROWMAP_HALF])
{
    if (map->count * 4 >= map->room * 3 && !grow(map))
        return NULL;
    struct rowmap_item *item = place(map->items, map->room, key);
    if (item->number == 0) {
        memcpy(item->key, key, ROWMAP_HALF);
        map->count++;
    }
    return item;
}

struct rowmap_item *rowmap_find(const struct rowmap *map, const uint8_t key[ROWMAP_HALF])
{
    if (map->room == 0)
        return NULL;
    struct rowmap_item *item = place(map->items, map->room, key);
    return item->number == 0 ? NULL : item;
}
