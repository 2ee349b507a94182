/* The image of a row: its table and its columns as bytes that are the same on both engines, and that somebody can read
 * without this program. docs/PROOF.md gives the format:
 *
 *     record_case
 *     birth_year=i2009
 *     pseudonym=b3:...        a number of bytes, then these, then a line end
 *     status=t4:open
 *
 * Columns stand in the order of their names; a NULL is left out. */
#ifndef AUSMA_PLATFORM_STORE_IMAGE_H
#define AUSMA_PLATFORM_STORE_IMAGE_H

#include "platform/store/store.h"

/* Bytes that grow outside every arena; `failed` when memory ran out. */
struct image_buf {
    uint8_t *ptr;
    size_t len, room;
    bool failed;
};

void image_row(struct image_buf *out, const struct proven *table, const struct value *columns);
/* The primary key without org, its parts joined by "/"; bytes as hexadecimal digits. Ends with NUL. */
void image_key(struct image_buf *out, const struct proven *table, const struct value *columns);

/* Reads an image back. The values point into it; text has its length and no NUL behind. ERR_INPUT when it is not one. */
struct image_column {
    const char *name; /* in the arena */
    struct value value;
};
struct image {
    const char *table;
    struct image_column *columns;
    size_t count;
};
MUST_USE enum err image_read(struct arena *arena, struct bytes bytes, struct image *out);
/* A column of an image; NULL when it was NULL. */
const struct value *image_column(const struct image *image, const char *name);

#endif
