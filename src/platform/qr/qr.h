/* QR codes (libqrencode): short text as a square of light and dark modules, for a screen (template qr_picture) or for whoever
 * draws on paper (qr_dark). */
#ifndef AUSMA_PLATFORM_QR_QR_H
#define AUSMA_PLATFORM_QR_QR_H

#include "base/arena.h"

#include <stdbool.h>

enum {
    QR_MARGIN = 4,     /* modules of quiet zone that every reader needs around the square (ISO/IEC 18004) */
    QR_TEXT_MAX = 1200 /* bytes; more makes modules too small for a phone */
};

struct qr {
    size_t size;            /* modules a side, without the quiet zone: 21..177 */
    const uint8_t *modules; /* size * size, row by row; 1 is dark */
};

/* Error correction M (15 % of the square may be lost), the smallest version that holds the text, bytes as they are.
 * ERR_INPUT: empty or longer than QR_TEXT_MAX. */
MUST_USE enum err qr_make(struct arena *arena, const char *text, struct qr *out);

/* Is this module dark? x to the right, y down, both below size. */
bool qr_dark(const struct qr *qr, size_t x, size_t y);

/* The dark modules as the data of one SVG path, moved by the quiet zone; a run in a row is one rectangle. */
const char *qr_path(struct arena *arena, const struct qr *qr);

/* The side of the whole picture, quiet zone included. */
size_t qr_side(const struct qr *qr);

#endif
