/* What the templates of this folder show. */
#ifndef AUSMA_FIND_FIELDWORK_VIEWS_H
#define AUSMA_FIND_FIELDWORK_VIEWS_H

#include "find/fieldwork/internal.h"
#include "platform/gate/shell.h"
#include "platform/qr/qr.h"

struct device_line {
    int64_t id;
    const char *login, *label;
    int64_t created_at;
    struct maybe seen_at, revoked_at;
};
struct devices_view {
    const struct device_line *lines;
    size_t count;
    size_t forms; /* that are published to telephones */
};
struct device_made_view {
    const char *label, *login, *secret, *server;
    struct qr qr;
};

struct submission_line {
    int64_t id;
    const char *title; /* NULL: a form that is not ours */
    const char *destination;
    int64_t received_at;
    unsigned flags;
};
struct inbox_view {
    const char *which; /* "waiting", "taken", "aside" */
    bool reader;       /* of a team at all */
    const struct submission_line *lines;
    size_t count;
    const char *next; /* NULL: no more */
};

struct file_line {
    int64_t id, size;
};
struct submission_view {
    const struct submission *submission;
    const struct answer_part *parts;
    size_t part_count;
    const struct file_line *files;
    size_t file_count;
    const char *decided_by; /* NULL: nobody yet */
    const char *case_path;  /* the address of the case it belongs to; NULL: none, or not this person's */
    bool may_refer;
    const char *as_sent; /* NULL: no text */
};

struct code_view {
    const char *code; /* NULL: not made yet */
    int64_t until;
};

/* "invalid", ...: each flag of a set, for lists. */
size_t fieldwork_flag_codes(struct arena *arena, unsigned flags, const char *const **out);

#endif
