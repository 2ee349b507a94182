/* Files that people give: what kind a file is, told by its content alone; a picture without what it says about its making; and a
 * virus scanner of the organisation's own that is asked before a file is kept.
 *
 * Pictures are not decoded. Their containers are taken apart and put together anew from the pieces that make the picture, so a
 * faulty decoder cannot be reached through them and nothing is lost of the picture itself. Sources: ITU-T T.81 annex B and JFIF 1.02;
 * Exif 2.32 section 4.6.4; PNG third edition; RFC 9649 (WebP); ISO/IEC 14496-12 (file types); RFC 8794 (EBML). */
#ifndef AUSMA_PLATFORM_UPLOAD_UPLOAD_H
#define AUSMA_PLATFORM_UPLOAD_UPLOAD_H

#include "base/arena.h"

#include <stdbool.h>

/* ---- kinds ---- */

enum upload_kind {
    UPLOAD_OTHER, /* none of these: not taken */
    UPLOAD_JPEG,
    UPLOAD_PNG,
    UPLOAD_WEBP,
    UPLOAD_PDF,
    UPLOAD_TEXT,
    UPLOAD_M4A,
    UPLOAD_MP3,
    UPLOAD_AAC,
    UPLOAD_AMR,
    UPLOAD_OGG,
    UPLOAD_WAV,
    UPLOAD_MP4,
    UPLOAD_MOV,
    UPLOAD_3GP,
    UPLOAD_WEBM,
    UPLOAD_HEIC, /* known, to say what to do instead: not taken */
    UPLOAD_KINDS
};

enum upload_sort { UPLOAD_NOTHING, UPLOAD_PICTURE, UPLOAD_PAPER, UPLOAD_SOUND, UPLOAD_FILM };

struct upload_type {
    const char *name;   /* as people call it: "JPEG" */
    const char *ending; /* "jpg" */
    const char *type;   /* "image/jpeg" */
    enum upload_sort sort;
};
/* Never NULL; UPLOAD_OTHER is "bin", application/octet-stream. */
const struct upload_type *upload_type(enum upload_kind kind);
/* The kind with this ending ("jpg"); UPLOAD_OTHER: none that is taken. */
enum upload_kind upload_kind_of_ending(const char *ending);

/* By content; names and headers say nothing. A container that may hold sound alone or a film (MP4, WebM, Ogg) is one kind. */
enum upload_kind upload_kind_of(struct bytes file);

/* ---- pictures without what they say about their making ---- */

/* A copy of a JPEG, PNG or WebP that holds the picture and which way up it stands, and nothing else: no Exif, no XMP, no comments,
 * profiles, thumbnails, times, further pictures or bytes behind the end. ERR_BROKEN: not whole, or not as its kind is
 * made. Any other kind: ERR_INPUT. `out` is never longer than the file. */
MUST_USE enum err upload_clean(struct arena *arena, enum upload_kind kind, struct bytes file, struct bytes *out);

/* ---- the scanner ---- */

/* Asks a scanner that speaks clamd's INSTREAM at `address`: a path of a socket ("/run/clamav/clamd.ctl") or "host:port". Waits for up to a
 * minute: never on a thread that serves. ERR_CONFLICT: something was found. ERR_IO (noted): it could not be checked. */
MUST_USE enum err upload_scan(const char *address, struct bytes file);
/* Can it be an address for that? `local`: reached without a network. */
bool upload_scan_address(const char *address, bool *local);

#endif
