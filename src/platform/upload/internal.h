/* What the readers of pictures share. */
#ifndef AUSMA_PLATFORM_UPLOAD_INTERNAL_H
#define AUSMA_PLATFORM_UPLOAD_INTERNAL_H

#include "platform/upload/upload.h"

#include <string.h>

/* A cursor over a file; takes nothing that is not there. */
struct reader {
    const uint8_t *at, *end;
};
static inline size_t reader_left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* The picture that is put together, in room for as much as came in. */
struct writer {
    uint8_t *ptr;
    size_t len, room;
};
/* What would not fit was never in the file: a fault of the program. */
void writer_add(struct writer *out, const void *ptr, size_t len);

static inline uint32_t big_16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}
static inline uint32_t big_32(const uint8_t *at)
{
    return big_16(at) << 16 | big_16(at + 2);
}
static inline uint32_t little_32(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* In pixels; a larger picture is made to hurt whoever opens it: a telephone's largest have 200 million, and a browser takes four bytes for each. */
enum { UPLOAD_SIDE_MAX = 30000, UPLOAD_AREA_MAX = 250000000 };
bool sides_fit(uint32_t width, uint32_t height);

/* The tag of a TIFF (what Exif is made of) that says which way up the picture stands: 2 to 8; 0: as it is, or not said. */
unsigned exif_orientation(struct bytes tiff);
/* A TIFF with that tag alone. No TIFF that has the tag is shorter. */
enum { EXIF_SIZE = 26 };
void exif_make(unsigned orientation, uint8_t out[EXIF_SIZE]);

MUST_USE enum err jpeg_clean(struct bytes file, struct writer *out);
MUST_USE enum err png_clean(struct bytes file, struct writer *out);
MUST_USE enum err webp_clean(struct bytes file, struct writer *out);

#endif
