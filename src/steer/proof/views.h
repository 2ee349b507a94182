/* What the files of this folder share, and what its templates show. */
#ifndef AUSMA_STEER_PROOF_VIEWS_H
#define AUSMA_STEER_PROOF_VIEWS_H

#include "case/record/record.h"
#include "platform/audit/checkpoint.h"
#include "platform/audit/queries.h"
#include "platform/gate/shell.h"
#include "platform/store/image.h"
#include "steer/proof/proof.h"

/* ---- how kept rows are told (columns.c) ---- */

enum told_kind {
    TOLD_SEALED,  /* opened with the case's keys */
    TOLD_ANSWERS, /* sealed too: answers to a form */
    TOLD_FILE,    /* sealed too: the name of a file */
    TOLD_DIGEST,  /* sealed too: for those who check, and nobody else */
    TOLD_CODE,    /* a code of `family` */
    TOLD_STATE,   /* how something stands */
    TOLD_COURSE,  /* a code of a phase, a strand or a funding */
    TOLD_DATE,    /* a date as text */
    TOLD_MOMENT,  /* a moment */
    TOLD_ACCOUNT, /* a colleague */
    TOLD_YES,     /* 1 or 0 */
    TOLD_PLAIN    /* as it is */
};

struct told_column {
    const char *name;
    enum word label;
    enum told_kind kind;
    const char *family;
};

struct told_table {
    const char *name;
    enum word title;
    const char *row;                   /* the column that its sealed values name as their row */
    const char *order;                 /* the column that its rows go by; "" : their keys */
    const struct told_column *columns; /* ends with an empty one */
};
extern const struct told_table TOLD_TABLES[];
extern const size_t TOLD_TABLE_COUNT;

/* "case.read" as a code of the family "act". */
const char *act_code(struct arena *arena, const char *act);

/* ---- a case as it stood (opened.c) ---- */

struct opened_field {
    const struct told_column *column;
    const char *value; /* as it is kept */
    const char *shown; /* as people read it */
};
struct opened_row {
    const struct told_table *table;
    const char *key;
    const char *order;
    int64_t number; /* the entry that wrote it */
    int64_t at;
    struct opened_field *fields;
    size_t field_count;
    struct bytes image;
    struct image columns; /* the image, read */
};
struct opened_group {
    const struct told_table *table;
    struct opened_row *rows;
    size_t count;
};
struct opened {
    struct opened_group *groups; /* those with rows */
    size_t count;
    int64_t unkept;  /* changes of which no image was kept */
    int64_t entries; /* of the case's chain up to then */
};
/* All rows of the case in scope as they were written before the moment, by entries up to `most`. */
MUST_USE enum err proof_opened(struct req *r, int64_t before, int64_t most, struct opened *out);

/* A value that is not sealed, as text: numbers as the image writes them; NULL: "". */
const char *fact_text(struct arena *arena, const struct value *value);

/* ---- the bundle (bundle.c, paper.c) ---- */

struct link {
    int64_t number, case_number, at, account, subject; /* 0: none */
    const char *act;
    const char *changes;
};
struct bundle {
    struct audit_checkpoint checkpoint;
    struct opened opened;
    struct link *links;
    size_t link_count;
    struct bytes *images; /* all kept ones, whatever became of them later */
    size_t image_count;
    struct audit_step *path; /* from the last link to the checkpoint's root */
    size_t path_count;
    /* Of an earlier checkpoint that somebody outside keeps; number 0: none. */
    struct audit_checkpoint outside;
    int64_t outside_link; /* the last link of the case under it */
    struct audit_step *outside_path;
    size_t outside_count;
    struct colleague *people;
    size_t people_count;
};
MUST_USE enum err bundle_gather(struct req *r, int64_t number, int64_t outside, struct bundle *out);
MUST_USE enum err bundle_paper(struct req *r, const struct bundle *bundle, const char *digest, struct bytes *out);
MUST_USE enum err bundle_zip(struct req *r, const struct bundle *bundle, struct bytes *out);

/* ---- pages ---- */

struct look {
    int64_t case_number;
    int64_t at;
    const char *who;
    const char *act;
    bool looked;
};
struct looker {
    int64_t account;
    const char *name;
    int64_t looks;
    int64_t newest;
};
struct looked_view {
    struct look *looks;
    size_t count;
    struct looker *people;
    size_t people_count;
    int64_t account; /* chosen; 0: all */
    const char *next;
    bool filtered;
};
struct past_view {
    const char *on;
    const char *today;
    struct opened opened;
};
struct checkpoint_view {
    struct audit_checkpoint_list_row *rows;
    size_t count;
    const char *text; /* of the newest; NULL: there is none yet */
    int64_t at;
};
struct bundle_view {
    int64_t number;  /* of the checkpoint that was just made; 0: none */
    int64_t outside; /* of the one that somebody outside keeps; 0: none */
    int64_t at;
};

#endif
