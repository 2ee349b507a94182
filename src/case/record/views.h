/* What the templates of this folder show. */
#ifndef AUSMA_CASE_RECORD_VIEWS_H
#define AUSMA_CASE_RECORD_VIEWS_H

#include "case/record/record.h"
#include "platform/gate/shell.h"

struct timeline_view {
    struct timeline_item *items;
    size_t count;
    const char *next; /* NULL: no more */
};

struct course_view {
    struct span *spans;
    size_t count;
    const char *today;
    struct choice *choices; /* what can begin: "phase:rescue", ... */
    size_t choice_count;
};

struct hand_over_view {
    struct choice *people;
    size_t count;
};

/* Shared between the files of this folder. */
struct seal_place record_note_place(int64_t event);
enum err case_open_check(struct req *r);

#endif
