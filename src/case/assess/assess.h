/* Assessments: the organisation's own instruments (XLSForm workbooks with versions), their answers, the coded facts that come
 * out of them, the picture of needs over time, and alerts that stay until somebody answers them (M2.2, M2.3, M2.7).
 *
 * Answers are sealed under the case's key with the version they were given on; facts stand in the clear (docs/INSTRUMENTS.md). */
#ifndef AUSMA_CASE_ASSESS_ASSESS_H
#define AUSMA_CASE_ASSESS_ASSESS_H

#include "case/record/keys.h"
#include "platform/form/form.h"
#include "platform/gate/gate.h"

/* ---- instruments ---- */

/* Loads all workbooks of a folder (share/programmes/base/instruments) as instruments in use; what is there in the same form id and
 * version already is left alone. In a change. ERR_INPUT (noted with file and cause): a workbook that is no form. */
MUST_USE enum err assess_instruments_load(struct db *db, struct arena *arena, int64_t org, const char *folder,
                                          int64_t now);

/* ---- assessments made by the program itself (demo): as if somebody had filled in and finished them ---- */

struct assess_answer {
    const char *path; /* "/data/risk/level" */
    const char *value;
};
struct assess_given {
    int64_t org;
    int64_t case_id;
    const struct case_keys *keys; /* of the case */
    int64_t account;
    const char *form_id;  /* "safety", "needs" */
    const char *language; /* "lv" */
    int64_t at;           /* when it was finished */
    const struct assess_answer *answers;
    size_t count;
};
/* Stores and finishes one: facts, risk, alert, next review, timeline. In a change; the caller audits.
 * ERR_INPUT: the answers are not complete (noted). ERR_NOT_FOUND: no such instrument is in use. */
MUST_USE enum err assess_give(struct db *db, struct arena *arena, const struct assess_given *given, int64_t *id);

/* ---- instruments for whoever fills them in elsewhere ---- */

struct assess_instrument {
    int64_t id; /* of the version */
    const char *form_id, *version, *title;
    const struct form *form;
};
/* All that are in use. The forms are the process's own copies, in use until the arena ends. */
MUST_USE enum err assess_instruments_in_use(struct db *db, struct arena *arena, int64_t org,
                                            struct assess_instrument **out, size_t *count);
/* One version, in use or not, by id; or by the names that its answers bear. ERR_NOT_FOUND. */
MUST_USE enum err assess_instrument_one(struct db *db, struct arena *arena, int64_t org, int64_t id,
                                        struct assess_instrument *out);
MUST_USE enum err assess_instrument_named(struct db *db, struct arena *arena, int64_t org, const char *form_id,
                                          const char *version, struct assess_instrument *out);
/* The same as an XForm. */
MUST_USE enum err assess_instrument_xform(struct db *db, struct arena *arena, int64_t org, int64_t id,
                                          struct bytes *out);
/* Begins an assessment of the case in scope with answers that are there already, for the person to look through and finish. In a
 * change; the caller audits, and has looked whether the person holds assess_part of the form. `*id` becomes its id; one that is not 0
 * is taken: files were stored for it already. */
MUST_USE enum err assess_draft_add(struct req *r, int64_t version_id, struct form_fill *fill, size_t language,
                                   int64_t *id);

/* ---- answers as people read them ---- */

struct answer_line {
    const struct form_item *item;
    const char *label;   /* in the fill's language; the name when the form has no words */
    const char *words;   /* labels, never codes; "" of a note, and of what is missing */
    const char *wrong;   /* NULL: nothing, or not asked for */
    const char *picture; /* the address of a picture that is the answer; NULL: none, or not here */
};
/* A group or an instance of a repeat; a group within it is a part of its own. */
struct answer_part {
    const char *title; /* "": those before the first group, or behind one that has ended */
    unsigned depth;    /* of the title: 1 stands in nothing */
    struct answer_line *lines;
    size_t count; /* 0: a title alone, its groups follow */
};
enum {
    ANSWERS_FAULTS = 1, /* also what is missing, and what was typed wrongly */
    ANSWERS_NOTES = 2   /* also notes that tell what was worked out */
};
/* What was answered, in the order of the form; `fill` is up to date. Template: answer_parts(parts, count). */
size_t assess_answers(struct arena *arena, enum language language, struct form_fill *fill, unsigned what,
                      const struct answer_part **out);
/* "version 1" in the reader's words; "" when the form names none. */
const char *assess_version_words(struct arena *arena, enum language language, const char *version);

/* The part of a case that an instrument's answers belong to. */
enum case_part assess_part(const char *form_id);

/* ---- the picture of needs ---- */

enum { MATRIX_AREAS = 8, MATRIX_COLUMNS = 6 };
enum matrix_change { MATRIX_NONE, MATRIX_BETTER, MATRIX_SAME, MATRIX_WORSE };

struct matrix_cell {
    int score;       /* 0..4; -1: none */
    const char *gap; /* why there is none: "not_asked" or "declined" (family "score_gap"); NULL when there is a score */
};
struct matrix_row {
    const char *area;                         /* family "need_area": "safety", "physical_health", ... */
    struct matrix_cell cells[MATRIX_COLUMNS]; /* as many as the matrix has columns, the oldest first */
    enum matrix_change change;                /* between the last two scores; MATRIX_NONE: fewer than two */
};
struct matrix {
    size_t columns; /* 0: nothing yet */
    const char *dates[MATRIX_COLUMNS];
    int64_t assessments[MATRIX_COLUMNS];
    struct matrix_row rows[MATRIX_AREAS];
};
/* Of the case in scope. Template: needs_matrix(const struct matrix *m). */
MUST_USE enum err assess_matrix(struct req *r, struct matrix *out);

/* ---- alerts ---- */

struct alert {
    int64_t id;
    int64_t case_id;
    const char *kind; /* family "alert": "immediate_danger" */
    const char *pseudonym;
    const char *reference;
    int64_t raised_at;
    const char *raised_by; /* a colleague's name */
};
/* Open alerts of all cases that this person holds, the oldest first, at most 100. Template: alert_list(alerts, count): nothing
 * when there are none; each leads to the page where it is answered. */
MUST_USE enum err assess_alerts(struct req *r, struct alert **out, size_t *count);
/* The same for the case in scope. */
MUST_USE enum err assess_case_alerts(struct req *r, struct alert **out, size_t *count);

extern const struct route assess_routes[];            /* in cases */
extern const struct route assess_alert_routes[];      /* in cases */
extern const struct route assess_file_routes[];       /* their files */
extern const struct route assess_print_routes[];      /* in cases */
extern const struct route assess_blank_routes[];      /* /instruments */
extern const struct route assess_instrument_routes[]; /* /instruments */

#endif
