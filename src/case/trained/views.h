/* What the templates of this folder show. */
#ifndef AUSMA_CASE_TRAINED_VIEWS_H
#define AUSMA_CASE_TRAINED_VIEWS_H

#include "case/trained/trained.h"
#include "platform/gate/shell.h"

struct trained_person {
    int64_t id;
    const char *name;
    const char *role;
    struct trained_record *trainings;
    size_t count;
};
struct trained_list_view {
    struct trained_person *people;
    size_t count;
};

struct trained_line {
    int64_t id;
    struct trained_record training;
    const char *done_on;
    const char *evidence; /* NULL: none */
    const char *added_by;
    bool withdrawn;
};
struct trained_person_view {
    const char *name;
    struct trained_line *lines;
    size_t count;
    struct choice *trainings;
    size_t training_count;
};

/* Shared between the files of this folder. */
struct seal_place trained_evidence_place(int64_t id);

#endif
