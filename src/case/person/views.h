/* What the templates of this folder show. */
#ifndef AUSMA_CASE_PERSON_VIEWS_H
#define AUSMA_CASE_PERSON_VIEWS_H

#include "case/person/person.h"
#include "platform/gate/shell.h"

/* A detail that somebody else changed meanwhile. */
struct person_difference {
    enum word label;
    const char *now;
    const char *yours;
};

struct person_form {
    int64_t version; /* what saving will replace */
    struct person_difference *differences;
    size_t difference_count;
    const struct choice *nationalities;
    size_t nationality_count;
    const struct choice *languages;
    size_t language_count;
};

struct person_page {
    struct person person;
    bool child;
    bool may_change;
};

struct find_view {
    const char *query; /* "" before anything is looked for */
    struct person_hit *hits;
    size_t count;
    bool more;
};

/* ---- choices.c ---- */

/* The codes of a list in the order of their words, frequent ones first and those that are no real answer last. Lives for ever. */
const struct choice *person_choices(const struct code_list *list, enum language language, size_t *count);

#endif
