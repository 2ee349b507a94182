#include "base/text.h"
#include "platform/upload/internal.h"

static const struct upload_type TYPES[UPLOAD_KINDS] = {
    [UPLOAD_OTHER] = {"", "bin", "application/octet-stream", UPLOAD_NOTHING},
    [UPLOAD_JPEG] = {"JPEG", "jpg", "image/jpeg", UPLOAD_PICTURE},
    [UPLOAD_PNG] = {"PNG", "png", "image/png", UPLOAD_PICTURE},
    [UPLOAD_WEBP] = {"WebP", "webp", "image/webp", UPLOAD_PICTURE},
    [UPLOAD_PDF] = {"PDF", "pdf", "application/pdf", UPLOAD_PAPER},
    [UPLOAD_TEXT] = {"TXT", "txt", "text/plain; charset=utf-8", UPLOAD_PAPER},
    [UPLOAD_M4A] = {"M4A", "m4a", "audio/mp4", UPLOAD_SOUND},
    [UPLOAD_MP3] = {"MP3", "mp3", "audio/mpeg", UPLOAD_SOUND},
    [UPLOAD_AAC] = {"AAC", "aac", "audio/aac", UPLOAD_SOUND},
    [UPLOAD_AMR] = {"AMR", "amr", "audio/amr", UPLOAD_SOUND},
    [UPLOAD_OGG] = {"Ogg", "ogg", "audio/ogg", UPLOAD_SOUND},
    [UPLOAD_WAV] = {"WAV", "wav", "audio/wav", UPLOAD_SOUND},
    [UPLOAD_MP4] = {"MP4", "mp4", "video/mp4", UPLOAD_FILM},
    [UPLOAD_MOV] = {"MOV", "mov", "video/quicktime", UPLOAD_FILM},
    [UPLOAD_3GP] = {"3GP", "3gp", "video/3gpp", UPLOAD_FILM},
    [UPLOAD_WEBM] = {"WebM", "webm", "video/webm", UPLOAD_FILM},
    [UPLOAD_HEIC] = {"HEIC", "heic", "image/heic", UPLOAD_NOTHING},
};

const struct upload_type *upload_type(enum upload_kind kind)
{
    return &TYPES[kind < UPLOAD_KINDS ? kind : UPLOAD_OTHER];
}

enum upload_kind upload_kind_of_ending(const char *ending)
{
    for (unsigned kind = UPLOAD_OTHER + 1; kind < UPLOAD_KINDS; kind++)
        if (TYPES[kind].sort != UPLOAD_NOTHING && text_same(TYPES[kind].ending, ending))
            return (enum upload_kind)kind;
    return UPLOAD_OTHER;
}

struct mark {
    enum upload_kind kind;
    size_t at;
    const char *bytes;
    size_t len;
};
/* Longer and rarer ones first. */
static const struct mark MARKS[] = {
    {UPLOAD_PNG, 0, "\x89PNG\r\n\x1a\n", 8},
    {UPLOAD_WEBP, 8, "WEBP", 4},
    {UPLOAD_WAV, 8, "WAVE", 4},
    {UPLOAD_AMR, 0, "#!AMR", 5},
    {UPLOAD_PDF, 0, "%PDF-", 5},
    {UPLOAD_OGG, 0, "OggS", 4},
    {UPLOAD_JPEG, 0, "\xff\xd8\xff", 3},
    {UPLOAD_MP3, 0, "ID3", 3},
};

static bool stands(struct bytes file, size_t at, const char *bytes, size_t len)
{
    return file.len >= at + len && memcmp(file.ptr + at, bytes, len) == 0;
}

static bool in_list(const uint8_t brand[4], const char *list)
{
    for (; *list != '\0'; list += 4)
        if (memcmp(brand, list, 4) == 0)
            return true;
    return false;
}

/* The file type box of the ISO base media format. */
static enum upload_kind kind_of_boxes(struct bytes file)
{
    const uint8_t *brand = file.ptr + 8;
    if (in_list(brand, "heicheixhevchevxheimheismif1msf1avifavis"))
        return UPLOAD_HEIC;
    if (in_list(brand, "M4A M4B "))
        return UPLOAD_M4A;
    if (in_list(brand, "qt  "))
        return UPLOAD_MOV;
    if (memcmp(brand, "3g", 2) == 0)
        return UPLOAD_3GP;
    if (in_list(brand, "isomiso2iso4iso5iso6mp41mp42avc1M4V M4VHM4VPMSNVdashmmp4"))
        return UPLOAD_MP4;
    return UPLOAD_OTHER;
}

/* EBML names what it holds near its start; Matroska proper is none of ours. */
static bool is_webm(struct bytes file)
{
    enum { HEAD = 64 };
    size_t len = file.len < HEAD ? file.len : HEAD;
    return stands(file, 0, "\x1a\x45\xdf\xa3", 4) && memmem(file.ptr, len, "\x42\x82\x84webm", 7) != NULL;
}

/* A header of MPEG sound: eleven bits set; layer III, or ADTS, which has layer 0. Two that follow each other would be surer, but a
 * recorder's first frame may be cut. */
static enum upload_kind kind_of_frames(struct bytes file)
{
    if (file.len < 4 || file.ptr[0] != 0xff)
        return UPLOAD_OTHER;
    if ((file.ptr[1] & 0xf6) == 0xf0) /* ADTS, and a rate that exists */
        return (file.ptr[2] >> 2 & 0xf) < 13 ? UPLOAD_AAC : UPLOAD_OTHER;
    bool layer_3 = (file.ptr[1] & 0xe6) == 0xe2 && (file.ptr[1] & 0x18) != 0x08;
    return layer_3 && (file.ptr[2] & 0xf0) != 0xf0 && (file.ptr[2] & 0x0c) != 0x0c ? UPLOAD_MP3 : UPLOAD_OTHER;
}

/* Words, without what a browser or an office program might run. */
static bool is_text(struct bytes file)
{
    const char *text = (const char *)file.ptr;
    if (file.len == 0 || !text_check(text, file.len))
        return false;
    size_t bom = stands(file, 0, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (bom < file.len && strchr(" \t\r\n", text[bom]) != NULL)
        bom++;
    return bom < file.len && text[bom] != '<' && !stands(file, bom, "{\\rtf", 5);
}

enum upload_kind upload_kind_of(struct bytes file)
{
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        bool riff = MARKS[i].at == 8;
        if (stands(file, MARKS[i].at, MARKS[i].bytes, MARKS[i].len) && (!riff || stands(file, 0, "RIFF", 4)))
            return MARKS[i].kind;
    }
    if (file.len >= 12 && stands(file, 4, "ftyp", 4))
        return kind_of_boxes(file);
    if (is_webm(file))
        return UPLOAD_WEBM;
    enum upload_kind frames = kind_of_frames(file);
    if (frames != UPLOAD_OTHER)
        return frames;
    return is_text(file) ? UPLOAD_TEXT : UPLOAD_OTHER;
}
