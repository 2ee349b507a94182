#include "platform/upload/internal.h"

void writer_add(struct writer *out, const void *ptr, size_t len)
{
    if (len > out->room - out->len)
        BUG("a cleaned picture grew");
    if (len > 0)
        memcpy(out->ptr + out->len, ptr, len);
    out->len += len;
}

bool sides_fit(uint32_t width, uint32_t height)
{
    return width > 0 && height > 0 && width <= UPLOAD_SIDE_MAX && height <= UPLOAD_SIDE_MAX &&
           width <= UPLOAD_AREA_MAX / height;
}

/* ---- Exif ---- */

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_SIZE = 12, HEAD_SIZE = 8 };

struct tiff {
    struct bytes bytes;
    bool little;
};

static uint32_t tiff_16(const struct tiff *tiff, size_t at)
{
    const uint8_t *p = tiff->bytes.ptr + at;
    return tiff->little ? (uint32_t)p[1] << 8 | p[0] : big_16(p);
}

static uint32_t tiff_32(const struct tiff *tiff, size_t at)
{
    const uint8_t *p = tiff->bytes.ptr + at;
    return tiff->little ? little_32(p) : big_32(p);
}

unsigned exif_orientation(struct bytes bytes)
{
    struct tiff tiff = {.bytes = bytes};
    if (bytes.len < HEAD_SIZE || (memcmp(bytes.ptr, "II*\0", 4) != 0 && memcmp(bytes.ptr, "MM\0*", 4) != 0))
        return 0;
    tiff.little = bytes.ptr[0] == 'I';
    size_t at = tiff_32(&tiff, 4);
    if (at < HEAD_SIZE || at > bytes.len - 2)
        return 0;
    uint32_t entries = tiff_16(&tiff, at);
    at += 2;
    /* The whole list with its end mark: then a TIFF with the tag alone is never longer. */
    for (; entries > 0 && bytes.len - at >= ENTRY_SIZE + 4; entries--, at += ENTRY_SIZE) {
        if (tiff_16(&tiff, at) != TAG_ORIENTATION)
            continue;
        uint32_t value = tiff_16(&tiff, at + 8);
        bool fine = tiff_16(&tiff, at + 2) == TYPE_SHORT && tiff_32(&tiff, at + 4) == 1 && value >= 2 && value <= 8;
        return fine ? value : 0;
    }
    return 0;
}

void exif_make(unsigned orientation, uint8_t out[EXIF_SIZE])
{
    static const uint8_t made[EXIF_SIZE] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};
    memcpy(out, made, sizeof made);
    out[19] = (uint8_t)orientation;
}

/* ---- by kind ---- */

enum err upload_clean(struct arena *arena, enum upload_kind kind, struct bytes file, struct bytes *out)
{
    static enum err (*const CLEANERS[UPLOAD_KINDS])(struct bytes, struct writer *) = {
        [UPLOAD_JPEG] = jpeg_clean, [UPLOAD_PNG] = png_clean, [UPLOAD_WEBP] = webp_clean};
    if (kind >= UPLOAD_KINDS || CLEANERS[kind] == NULL)
        return ERR_INPUT;
    struct writer writer = {.ptr = arena_room(arena, file.len + 1), .room = file.len};
    TRY(CLEANERS[kind](file, &writer));
    *out = (struct bytes){writer.ptr, writer.len};
    return OK;
}
