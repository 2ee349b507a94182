/* PNG: a signature, and chunks with a length, four letters, and a sum. */
#include "platform/upload/internal.h"

#include <zlib.h>

enum { SIGNATURE_SIZE = 8, AROUND = 12 /* length, letters and sum of a chunk */, HEADER_SIZE = 13 };

struct chunk {
    const uint8_t *type, *data;
    size_t len;
};

/* What makes the picture, and how long it may be. */
struct kept_chunk {
    char type[5];
    size_t least, most;
};
static const struct kept_chunk KEPT[] = {
    {"PLTE", 3, 768}, {"IDAT", 0, SIZE_MAX}, {"tRNS", 1, 256}, {"gAMA", 4, 4}, {"cHRM", 32, 32}, {"sRGB", 1, 1},
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
    size_t len = big_32(in->at);
    if (len > left - AROUND)
        return false;
    *out = (struct chunk){.type = in->at + 4, .data = in->at + 8, .len = len};
    in->at += AROUND + len;
    return crc32(0, out->type, (uInt)(4 + len)) == big_32(out->data + len);
}

static void put_32(struct writer *out, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    writer_add(out, bytes, sizeof bytes);
}

static void put_chunk(struct writer *out, const char type[4], const void *data, size_t len)
{
    put_32(out, (uint32_t)len);
    const uint8_t *from = out->ptr + out->len;
    writer_add(out, type, 4);
    writer_add(out, data, len);
    put_32(out, (uint32_t)crc32(0, from, (uInt)(4 + len)));
}

static bool is_header(const struct chunk *chunk)
{
    if (!is_type(chunk, "IHDR") || chunk->len != HEADER_SIZE)
        return false;
    return sides_fit(big_32(chunk->data), big_32(chunk->data + 4));
}

static void take_exif(struct writer *out, const struct chunk *chunk, bool *turned)
{
    unsigned orientation = exif_orientation((struct bytes){chunk->data, chunk->len});
    uint8_t made[EXIF_SIZE];
    if (*turned || orientation == 0)
        return;
    exif_make(orientation, made);
    put_chunk(out, "eXIf", made, sizeof made);
    *turned = true;
}

enum err png_clean(struct bytes file, struct writer *out)
{
    struct reader in = {file.ptr, file.ptr + file.len};
    struct chunk chunk;
    bool drawn = false;
    bool turned = false;
    if (file.len < SIGNATURE_SIZE || memcmp(file.ptr, "\x89PNG\r\n\x1a\n", SIGNATURE_SIZE) != 0)
        return ERR_BROKEN;
    writer_add(out, in.at, SIGNATURE_SIZE);
    in.at += SIGNATURE_SIZE;
    if (!next_chunk(&in, &chunk) || !is_header(&chunk))
        return ERR_BROKEN;
    put_chunk(out, "IHDR", chunk.data, chunk.len);
    for (;;) {
        if (!next_chunk(&in, &chunk))
            return ERR_BROKEN;
        if (is_type(&chunk, "IEND"))
            break;
        if (is_type(&chunk, "IHDR"))
            return ERR_BROKEN;
        if (is_type(&chunk, "eXIf"))
            take_exif(out, &chunk, &turned);
        for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) {
            if (!is_type(&chunk, KEPT[i].type))
                continue;
            if (chunk.len < KEPT[i].least || chunk.len > KEPT[i].most)
                return ERR_BROKEN;
            put_chunk(out, KEPT[i].type, chunk.data, chunk.len);
            drawn = drawn || is_type(&chunk, "IDAT");
        }
    }
    put_chunk(out, "IEND", NULL, 0);
    return drawn ? OK : ERR_BROKEN;
}
