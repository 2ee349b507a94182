/* Files of a case: what somebody gave as an answer, sealed. A file is never in the table of its owner: the owner's row names it,
 * by a name that says its kind and size and nothing else ("file-01h2a3b4c5d6e-2356.jpg": id, KiB, kind).
 *
 * Each file has a key of its own, which is sealed under the key of the part that its owner belongs to; so it joins changes of keys,
 * erasure, backup and copying as any sealed value does. The pieces are sealed one by one, so that neither storing nor reading holds a
 * file twice. */
#ifndef AUSMA_CASE_FILE_FILE_H
#define AUSMA_CASE_FILE_FILE_H

#include "case/record/keys.h"
#include "platform/gate/gate.h"
#include "platform/upload/upload.h"

/* ---- names ---- */

struct file_name {
    int64_t id;
    int64_t kib; /* rounded up */
    enum upload_kind kind;
};
/* False: it is the name of no file of ours, but what somebody typed. */
bool file_name_read(const char *name, struct file_name *out);
/* As people read it: "file, JPEG, 2.3 MB"; what is no name of ours is given back as it is. */
const char *file_words(struct arena *arena, enum language language, const char *name);

/* ---- taking one in ---- */

/* A file that is ready to be stored: sealed already. */
struct file_sealed;

enum file_refusal {
    FILE_FINE,
    FILE_EMPTY,
    FILE_HEIC,
    FILE_KIND,
    FILE_DAMAGED,
    FILE_FOUND,
    FILE_UNCHECKED,
    FILE_NO_ROOM
};

/* Looks whether the disk has room for it and for what people write beside it, and what it is (one of the sorts whose bit is set), has
 * it scanned where a scanner is set, cleans a picture, and seals it under a key of its own. Takes long: in a route's `slow`. `why` says
 * why it is refused, with ERR_INPUT. */
#define FILE_SORT(sort) (1U << (sort))
enum { FILE_ANY_SORT = 0x1e };
MUST_USE enum err file_prepare(struct req *r, unsigned sorts, struct bytes content, struct file_sealed **out,
                               enum file_refusal *why);
/* Stores it as of this part, in a change of the case in scope; the caller audits. Gives its name. */
MUST_USE enum err file_store(struct req *r, enum case_part part, int64_t owner, const struct file_sealed *sealed,
                             const char **name);
/* Stores what came in another way and was taken there, in a change: never refused for its kind, not scanned; a picture that cannot be
 * cleaned is kept as it is, for downloading only. What it needs for that is given back when it ends. */
MUST_USE enum err file_store_as_sent(struct req *r, enum case_part part, int64_t owner, struct bytes content,
                                     const char **name);

/* ---- and out ---- */

/* Sends the file of this owner in the case in scope: a picture to be shown, all else to be downloaded. ERR_NOT_FOUND. */
MUST_USE enum err file_send(struct req *r, enum case_part part, int64_t owner, int64_t id);

/* Removes the files of the owner that are not among the names, in a change; the caller audits. `count` 0: all of them. */
MUST_USE enum err file_keep_only(struct req *r, int64_t owner, const char *const *names, size_t count);

/* ---- for `ausma verify` ---- */

/* Are the pieces of all files what was stored? ERR_BROKEN (noted with the id): not of one. */
MUST_USE enum err file_verify(struct db *db, struct arena *arena, size_t *count);

#endif
