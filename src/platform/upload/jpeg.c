/* JPEG: a row of segments, each with a marker and a length, and the picture's own bytes behind the start of a scan. */
#include "platform/upload/internal.h"

enum marker {
    STUFFED = 0x00,
    SOF0 = 0xc0, /* baseline */
    SOF2 = 0xc2, /* progressive */
    DHT = 0xc4,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DNL = 0xdc,
    DRI = 0xdd,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP14 = 0xee,
    APP15 = 0xef,
    COM = 0xfe,
    FILL = 0xff,
};

/* Each scan is gone over for the whole picture; cameras and programs make ten or so. */
enum { SCANS_MAX = 200 };

struct jpeg {
    struct reader in;
    struct writer *out;
    bool jfif, adobe, turned, framed;
    unsigned scans;
};

static void put_segment(struct jpeg *jpeg, int marker, const void *ptr, size_t len)
{
    const uint8_t head[4] = {0xff, (uint8_t)marker, (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2)};
    writer_add(jpeg->out, head, sizeof head);
    writer_add(jpeg->out, ptr, len);
}

/* ---- what a segment of the picture may hold: nothing can hide behind what decoders read ---- */

static bool is_quantization(const uint8_t *at, size_t len)
{
    enum { VALUES = 64 };
    while (len > 0) {
        size_t size = 1 + (*at >> 4 == 0 ? VALUES : 2 * VALUES);
        if (*at >> 4 > 1 || (*at & 0xf) > 3 || len < size)
            return false;
        at += size;
        len -= size;
    }
    return true;
}

static bool is_huffman(const uint8_t *at, size_t len)
{
    enum { HEAD = 17, CODES_MAX = 256 };
    while (len > 0) {
        size_t codes = 0;
        for (size_t i = 1; len >= HEAD && i < HEAD; i++)
            codes += at[i];
        if (len < HEAD || *at >> 4 > 1 || (*at & 0xf) > 3 || codes > CODES_MAX || len < HEAD + codes)
            return false;
        at += HEAD + codes;
        len -= HEAD + codes;
    }
    return true;
}

static bool is_frame(const uint8_t *at, size_t len)
{
    enum { HEAD = 6, COMPONENT = 3, COMPONENTS_MAX = 4 };
    if (len < HEAD || at[5] == 0 || at[5] > COMPONENTS_MAX || len != HEAD + (size_t)COMPONENT * at[5])
        return false;
    return sides_fit(big_16(at + 3), big_16(at + 1));
}

static bool is_scan(const uint8_t *at, size_t len)
{
    return len >= 1 && *at >= 1 && *at <= 4 && len == 4 + 2 * (size_t)*at;
}

/* ---- what applications added ---- */

/* The density alone; a thumbnail may show what was cut off the picture. */
static void take_jfif(struct jpeg *jpeg, const uint8_t *at, size_t len)
{
    enum { KEPT = 14, THUMBNAIL = 12 };
    if (jpeg->jfif || len < KEPT || memcmp(at, "JFIF", 5) != 0)
        return;
    uint8_t kept[KEPT] = {0};
    memcpy(kept, at, THUMBNAIL);
    put_segment(jpeg, APP0, kept, sizeof kept);
    jpeg->jfif = true;
}

/* Without it decoders take CMYK and RGB for something else. */
static void take_adobe(struct jpeg *jpeg, const uint8_t *at, size_t len)
{
    enum { KEPT = 12 };
    if (jpeg->adobe || len < KEPT || memcmp(at, "Adobe", 5) != 0)
        return;
    put_segment(jpeg, APP14, at, KEPT);
    jpeg->adobe = true;
}

static void take_exif(struct jpeg *jpeg, const uint8_t *at, size_t len)
{
    enum { NAME = 6 };
    if (jpeg->turned || len < NAME || memcmp(at, "Exif\0", NAME) != 0)
        return;
    unsigned orientation = exif_orientation((struct bytes){at + NAME, len - NAME});
    if (orientation == 0)
        return;
    uint8_t made[NAME + EXIF_SIZE] = "Exif";
    exif_make(orientation, made + NAME);
    put_segment(jpeg, APP1, made, sizeof made);
    jpeg->turned = true;
}

/* ---- the walk ---- */

/* Up to the next marker that is no restart and no stuffed byte. */
static void take_scan(struct jpeg *jpeg)
{
    const uint8_t *from = jpeg->in.at;
    const uint8_t *at = from;
    while ((at = memchr(at, 0xff, (size_t)(jpeg->in.end - at))) != NULL && jpeg->in.end - at >= 2) {
        bool inside = at[1] == STUFFED || (at[1] >= RST0 && at[1] <= RST7);
        if (!inside)
            break;
        at += 2;
    }
    if (at == NULL)
        at = jpeg->in.end;
    writer_add(jpeg->out, from, (size_t)(at - from));
    jpeg->in.at = at;
    jpeg->scans++;
}

static enum err take_segment(struct jpeg *jpeg, int marker, const uint8_t *at, size_t len)
{
    bool fine = true;
    if (marker >= APP0 && marker <= COM) {
        if (marker == APP0)
            take_jfif(jpeg, at, len);
        else if (marker == APP1)
            take_exif(jpeg, at, len);
        else if (marker == APP14)
            take_adobe(jpeg, at, len);
        return OK;
    }
    if (marker >= SOF0 && marker <= SOF2) {
        fine = !jpeg->framed && is_frame(at, len);
        jpeg->framed = true;
    } else if (marker == DQT)
        fine = is_quantization(at, len);
    else if (marker == DHT)
        fine = is_huffman(at, len);
    else if (marker == DRI || marker == DNL)
        fine = len == 2;
    else if (marker == SOS)
        fine = jpeg->framed && is_scan(at, len) && jpeg->scans < SCANS_MAX;
    else
        fine = false; /* arithmetic, lossless and hierarchical pictures are shown by no browser */
    if (!fine)
        return ERR_BROKEN;
    put_segment(jpeg, marker, at, len);
    if (marker == SOS)
        take_scan(jpeg);
    return OK;
}

/* The next marker; -1: there is none. Any number of fill bytes may stand before it. */
static int next_marker(struct reader *in)
{
    if (reader_left(in) < 2 || *in->at != 0xff)
        return -1;
    while (in->at < in->end && *in->at == FILL)
        in->at++;
    return in->at < in->end ? *in->at++ : -1;
}

enum err jpeg_clean(struct bytes file, struct writer *out)
{
    static const uint8_t start[2] = {0xff, SOI}, end[2] = {0xff, EOI};
    struct jpeg jpeg = {.in = {file.ptr, file.ptr + file.len}, .out = out};
    if (next_marker(&jpeg.in) != SOI)
        return ERR_BROKEN;
    writer_add(out, start, sizeof start);
    for (;;) {
        int marker = next_marker(&jpeg.in);
        if (marker == EOI) { /* what stands behind it (further pictures, films) is left out */
            writer_add(out, end, sizeof end);
            return jpeg.scans > 0 ? OK : ERR_BROKEN;
        }
        size_t len = marker < 0 || reader_left(&jpeg.in) < 2 ? 0 : big_16(jpeg.in.at);
        if (len < 2 || len > reader_left(&jpeg.in))
            return ERR_BROKEN;
        const uint8_t *at = jpeg.in.at + 2;
        jpeg.in.at += len;
        TRY(take_segment(&jpeg, marker, at, len - 2));
    }
}
