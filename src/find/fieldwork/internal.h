/* Shared between the files of this folder only. */
#ifndef AUSMA_FIND_FIELDWORK_INTERNAL_H
#define AUSMA_FIND_FIELDWORK_INTERNAL_H

#include "case/assess/assess.h"
#include "find/fieldwork/fieldwork.h"
#include "find/fieldwork/rules.h"

/* A telephone that proved who it is. */
struct fieldwork_device {
    int64_t id;
    struct seal_key digests; /* for knowing a repeat again; out of its secret, which is not kept */
    bool seen_lately;
};
/* What is kept of a secret, and the key for its digests. */
void fieldwork_secret_keys(const char *secret, struct seal_key *kept, struct seal_key *digests);

/* A place in the row of a telephone, a submission or a file. */
struct seal_place fieldwork_label_place(int64_t device);
struct seal_place fieldwork_place(const char *column, int64_t submission);
struct seal_place fieldwork_file_place(const char *column, int64_t file);

/* ---- receiving (receive.c) ---- */

enum { FIELDWORK_FILES_MAX = 2000 }; /* of one submission; a day in the field has tens */

struct arriving {
    struct fieldwork_device device;
    struct bytes xml;
    const struct http_field **files; /* what came beside it */
    size_t file_count;
    struct fieldwork_meta meta;
    unsigned flags;
    int64_t version_id; /* 0: no instrument of ours */
    const char *destination;
    int64_t case_id; /* 0: none */
    int64_t team;
    struct seal_key team_public;
    const char *const *named; /* files that the answers name */
    size_t named_count;
    uint8_t instance[SEAL_HASH_SIZE];
    uint8_t digest[SEAL_HASH_SIZE];
    int64_t id; /* of the row; the one that was there already for a repeat */
    bool repeat;
};
/* Takes the parts of the request apart and judges them; reads only. ERR_INPUT: there is no submission in it. */
MUST_USE enum err fieldwork_judge(struct req *r, struct arriving *arriving);
/* Keeps it, or finds that it is here already; in a change. */
MUST_USE enum err fieldwork_keep(struct req *r, struct arriving *arriving);

/* ---- pages (inbox.c, submission.c) ---- */

/* A submission, opened; r->scope. */
struct submission {
    int64_t id;
    int64_t team;
    struct seal_key key;
    struct bytes xml;
    int64_t version_id;
    const struct assess_instrument *instrument; /* NULL: unknown */
    struct form_fill *fill;                     /* NULL: cannot be read */
    const char *destination;
    const char *status;
    const char *reason; /* NULL: none */
    unsigned flags;
    int64_t received_at, decided_at, decided_by, replaces, case_id, referral; /* 0: none */
};
const struct submission *submission_of(const struct req *r);

/* ---- files (files.c) ---- */

enum err fieldwork_file_show(struct req *r);
enum err fieldwork_file_sent_show(struct req *r);
/* Gives an assessment of the case in scope the files that the answers name, and the answers their new names. In a change. */
MUST_USE enum err fieldwork_files_take(struct req *r, const struct submission *submission, int64_t assessment);

enum err fieldwork_inbox_show(struct req *r);
extern const struct field_rule FIELDWORK_INBOX_FIELDS[];

#endif
