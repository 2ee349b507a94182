/* WebP: RIFF, with chunks of four letters and a length. */
#include "platform/upload/internal.h"

enum {
    HEAD = 12,
    AROUND = 8,
    EXTENDED_SIZE = 10,
    ANIMATION_SIZE = 6,
    FRAME_HEAD = 16,
    HAS_MOTION = 0x02,
    HAS_EXIF = 0x08,
    HAS_ALPHA = 0x10,
};

struct chunk {
    const uint8_t *type, *data;
    size_t len;
};

struct webp {
    struct writer *out;
    size_t flags_at; /* of the extended header in `out`; 0: there is none */
    bool drawn, turned;
    uint64_t area; /* of all that is drawn */
};

static bool is_type(const struct chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

static bool next_chunk(struct reader *in, struct chunk *out)
{
    size_t left = reader_left(in);
    if (left < AROUND)
        return false;
    size_t len = little_32(in->at + 4);
    if (len > left - AROUND)
        return false;
    *out = (struct chunk){.type = in->at, .data = in->at + AROUND, .len = len};
    /* The byte that makes the length even may be missing at the very end. */
    in->at += AROUND + len + (len % 2 != 0 && left > AROUND + len);
    return true;
}

static void put_32(uint8_t *at, size_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Room for the even byte is there: it stood in the file, or the file is at its end and a byte is missing. */
static enum err put_even(struct writer *out, size_t len)
{
    if (len % 2 == 0)
        return OK;
    if (out->len == out->room)
        return ERR_BROKEN;
    writer_add(out, "", 1);
    return OK;
}

static enum err put_chunk(struct writer *out, const char *type, const void *data, size_t len)
{
    uint8_t size[4];
    put_32(size, len);
    writer_add(out, type, 4);
    writer_add(out, size, sizeof size);
    writer_add(out, data, len);
    return put_even(out, len);
}

static uint32_t side_24(const uint8_t *at)
{
    return ((uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0]) + 1;
}

/* The flags say what will follow: of what is left out they must not. */
static enum err take_extended(struct webp *webp, const struct chunk *chunk)
{
    uint8_t kept[EXTENDED_SIZE];
    if (chunk->len != EXTENDED_SIZE || webp->flags_at != 0 || webp->drawn)
        return ERR_BROKEN;
    if (!sides_fit(side_24(chunk->data + 4), side_24(chunk->data + 7)))
        return ERR_BROKEN;
    memcpy(kept, chunk->data, sizeof kept);
    kept[0] &= HAS_ALPHA | HAS_MOTION;
    memset(kept + 1, 0, 3);
    webp->flags_at = webp->out->len + AROUND;
    return put_chunk(webp->out, "VP8X", kept, sizeof kept);
}

static enum err take_exif(struct webp *webp, const struct chunk *chunk)
{
    struct bytes tiff = {chunk->data, chunk->len};
    uint8_t made[EXIF_SIZE];
    if (tiff.len > 6 && memcmp(tiff.ptr, "Exif\0", 6) == 0)
        tiff = (struct bytes){tiff.ptr + 6, tiff.len - 6};
    unsigned orientation = exif_orientation(tiff);
    if (webp->turned || webp->flags_at == 0 || orientation == 0)
        return OK;
    exif_make(orientation, made);
    webp->out->ptr[webp->flags_at] |= HAS_EXIF;
    webp->turned = true;
    return put_chunk(webp->out, "EXIF", made, sizeof made);
}

static bool is_drawing(const struct chunk *chunk)
{
    return is_type(chunk, "VP8 ") || is_type(chunk, "VP8L") || is_type(chunk, "ALPH");
}

/* The head of what is drawn says its size: VP8 in RFC 6386 section 9.1, VP8L in RFC 9649 section 3.4. Transparency (ALPH) has that of its picture. A
 * moving picture may have four times as much in all as one that stands. */
static bool drawing_fits(struct webp *webp, const struct chunk *chunk)
{
    enum { SIDE = 0x3fff, VP8_HEAD = 10, VP8L_HEAD = 5 };
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *at = chunk->data;
    if (is_type(chunk, "ALPH"))
        return true;
    if (is_type(chunk, "VP8 ") && chunk->len >= VP8_HEAD) {
        width = little_32(at + 6) & SIDE;
        height = little_32(at + 6) >> 16 & SIDE;
    } else if (is_type(chunk, "VP8L") && chunk->len >= VP8L_HEAD) {
        width = (little_32(at + 1) & SIDE) + 1;
        height = (little_32(at + 1) >> 14 & SIDE) + 1;
    }
    webp->area += (uint64_t)width * height;
    return sides_fit(width, height) && webp->area <= 4 * (uint64_t)UPLOAD_AREA_MAX;
}

/* A frame of a moving picture: a head and the chunks of its drawing. */
static enum err take_frame(struct webp *webp, const struct chunk *frame)
{
    struct chunk chunk;
    if (frame->len < FRAME_HEAD)
        return ERR_BROKEN;
    struct reader in = {frame->data + FRAME_HEAD, frame->data + frame->len};
    size_t from = webp->out->len;
    writer_add(webp->out, "ANMF\0\0\0\0", AROUND);
    writer_add(webp->out, frame->data, FRAME_HEAD);
    while (reader_left(&in) > 0) {
        if (!next_chunk(&in, &chunk))
            return ERR_BROKEN;
        if (is_drawing(&chunk) && !drawing_fits(webp, &chunk))
            return ERR_BROKEN;
        if (is_drawing(&chunk))
            TRY(put_chunk(webp->out, (const char *)chunk.type, chunk.data, chunk.len));
    }
    put_32(webp->out->ptr + from + 4, webp->out->len - from - AROUND);
    webp->drawn = true;
    return OK;
}

static enum err take_chunk(struct webp *webp, const struct chunk *chunk)
{
    if (is_type(chunk, "VP8X"))
        return take_extended(webp, chunk);
    if (is_type(chunk, "EXIF"))
        return take_exif(webp, chunk);
    if (is_type(chunk, "ANMF"))
        return take_frame(webp, chunk);
    if (is_type(chunk, "ANIM") && chunk->len != ANIMATION_SIZE)
        return ERR_BROKEN;
    if (!is_drawing(chunk) && !is_type(chunk, "ANIM"))
        return OK;
    if (is_drawing(chunk) && !drawing_fits(webp, chunk))
        return ERR_BROKEN;
    webp->drawn = webp->drawn || is_drawing(chunk);
    return put_chunk(webp->out, (const char *)chunk->type, chunk->data, chunk->len);
}

enum err webp_clean(struct bytes file, struct writer *out)
{
    struct webp webp = {.out = out};
    struct chunk chunk;
    if (file.len < HEAD || memcmp(file.ptr, "RIFF", 4) != 0 || memcmp(file.ptr + 8, "WEBP", 4) != 0)
        return ERR_BROKEN;
    size_t size = little_32(file.ptr + 4);
    if (size < 4 || size > file.len - AROUND)
        return ERR_BROKEN;
    struct reader in = {file.ptr + HEAD, file.ptr + AROUND + size};
    writer_add(out, "RIFF\0\0\0\0WEBP", HEAD);
    while (reader_left(&in) > 0) {
        if (!next_chunk(&in, &chunk))
            return ERR_BROKEN;
        TRY(take_chunk(&webp, &chunk));
    }
    put_32(out->ptr + 4, out->len - AROUND);
    return webp.drawn ? OK : ERR_BROKEN;
}
