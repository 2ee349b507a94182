/* A pack as it stands in its files, and the reading of them. For this folder alone. */
#ifndef AUSMA_PLATFORM_PACK_INTERNAL_H
#define AUSMA_PLATFORM_PACK_INTERNAL_H

#include "platform/account/part.h"
#include "platform/pack/pack.h"

/* One entry of any list. What its list does not have stays 0 or NULL. The order of the fields does not matter. */
struct entry {
    const char *code;
    const char *lv, *en;
    uint32_t number;      /* answer_hours, review_days, expires_days, minutes or months, as its list has it */
    const char *account;  /* roles */
    const char *strand;   /* services */
    const char *training; /* acts */
    const char **phases;  /* services */
    uint32_t phases_count;
    const char *recipient; /* roles: whom a consent is given for; NULL: the case team */
    const char **parts;    /* roles */
    uint32_t parts_count;
};

/* When something comes due: of `assessments`, and `plan`, which counts its first in days. */
struct rhythm {
    const char *instrument;
    uint32_t first; /* hours for an assessment, days for the plan */
    uint32_t first_review_days, review_days;
};

struct entries {
    struct entry *at;
    uint32_t count;
};

/* pack.yaml */
struct programme {
    const char *id;
    uint32_t version;
    const char *extends;
    struct entry names;
    struct entries phases, strands, urgencies, risks, close_reasons, roles, explained, consent_purposes, recipients,
        trainings, acts, sharing_grounds;
    struct rhythm *assessments;
    uint32_t assessments_count;
    struct rhythm plan;
    uint32_t retention_years;
    char *timezone;
};

/* services.yaml */
struct catalogue {
    struct entries services;
};

/* A pack's two files, checked. Free with `pack_files_free`, also after an error. */
struct pack_files {
    struct programme *programme;
    struct catalogue *catalogue;
};

/* ERR_INPUT: noted with file and line. */
MUST_USE enum err pack_files_read(const char *folder, struct pack_files *out);
/* What a role sees, as a set of parts. */
unsigned pack_parts(const struct entry *role);
void pack_files_free(struct pack_files *files);

#endif
