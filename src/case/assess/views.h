/* What the templates of this folder show, and what its files share. */
#ifndef AUSMA_CASE_ASSESS_VIEWS_H
#define AUSMA_CASE_ASSESS_VIEWS_H

#include "case/assess/assess.h"
#include "case/assess/queries.h"
#include "case/assess/rules.h"

/* ---- instruments (instruments.c) ---- */

/* The form of a version, out of the process's cache; in use until the arena ends. ERR_NOT_FOUND: no such version. */
MUST_USE enum err assess_form(struct db *db, struct arena *arena, int64_t org, int64_t version_id,
                              const struct form **out);
/* The same with what its author was warned of. */
struct assess_reading {
    const struct form *form;
    const struct form_problem *problems;
    size_t problem_count;
};
MUST_USE enum err assess_version_read(struct db *db, struct arena *arena, int64_t org, int64_t version_id,
                                      struct assess_reading *out);
/* Reads a workbook that is not stored yet; the form lives until `arena` ends. As form_read. */
MUST_USE enum err assess_form_read(struct arena *arena, struct bytes workbook, const struct form **out,
                                   const struct form_problem **problems, size_t *count);

/* ---- a form while it is filled in (fill.c) ---- */

/* A place in the form: a group, a question or a note, or all instances of a repeat. */
struct fill_slot {
    enum { SLOT_GROUP, SLOT_QUESTION, SLOT_NOTE, SLOT_REPEAT } kind;
    const struct form_item *item; /* NULL for a repeat */
    const struct form_node *node;
    const char *path; /* of a repeat, to add an instance */
    const struct form_item **instances;
    size_t count;
    bool open; /* people may add and remove instances */
};

/* A question whose stored answer differs from what is being sent. */
struct fill_difference {
    const char *label;
    const char *theirs;
    const char *ours;
};

struct fill_view {
    struct req *r;
    struct form_fill *fill;
    const char *action; /* the page's own address */
    const char *back;
    const char *title;
    const char *form_version;
    const char *blank; /* the address of the empty form on paper; NULL: not for this person */
    const char *print; /* of these answers on paper; NULL: they are not kept */
    int64_t version;   /* of the row */
    int64_t page;      /* this page, as the row's editor */
    size_t language;
    bool missing; /* required and empty counts as wrong: after the wish to finish */
    bool trying;  /* nothing is kept */
    const struct fill_difference *differences;
    size_t difference_count;
    const char *earlier_on; /* when the same instrument was finished before; NULL: never */
    struct assess_fact_list_row *earlier;
    size_t earlier_count;
    const char *saved_by; /* who saved last */
    int64_t saved_at;
};

size_t fill_slots(const struct fill_view *v, const struct form_item *parent, const struct fill_slot **out);
/* What is wrong with this question, in words; NULL: nothing to say now. */
const char *fill_error(const struct fill_view *v, const struct form_item *item);
struct fill_wrong {
    const struct form_item *item;
    const char *message;
};
size_t fill_errors(const struct fill_view *v, const struct fill_wrong **out);
/* What a control shows: what was typed, or the value; what is not relevant now keeps what it had. */
const char *fill_typed(const struct form_item *item);
/* The same for a number, as people write it. */
const char *fill_typed_number(const struct fill_view *v, const struct form_item *item);
bool fill_ticked(const struct form_item *item, const char *choice);
/* Are all of them so short that they are read better side by side? */
bool fill_short(const struct form_choice *choices, size_t count);
/* One of several boxes of a question (answer_boxes). */
const char *fill_box(const struct fill_view *v, const struct form_item *item, char which);
/* Places, one a line. */
const char *fill_lines(const struct fill_view *v, const struct form_item *item);
/* Is it asked between two numbers? */
bool fill_range(const struct fill_view *v, const struct form_item *item, struct answer_range *out);
bool fill_ranked(const struct form_item *item, ptrdiff_t place, const char *choice);
bool fill_multiline(const struct form_item *item);
bool fill_dropdown(const struct form_item *item, size_t choices);
/* The answer as people read it; "" when there is none. */
const char *fill_words(const struct fill_view *v, const struct form_item *item);
/* What the assessment before said to the fact of this question, in words; NULL: nothing to compare with. */
const char *fill_earlier(const struct fill_view *v, const struct form_item *item);
/* Is there anything under this item that a reader of the answers wants to see? */
bool fill_answered(const struct form_item *item);

/* Takes the fields "q.PATH" of the request into the fill. ERR_INPUT: a field that is no question of the form. */
MUST_USE enum err fill_take(struct req *r, struct form_fill *fill);
/* Has the request any answers? */
bool fill_sent(struct req *r);
/* The place of the language that was asked for, else of the one the page was in, else of `otherwise`. */
size_t fill_language(struct req *r, const struct form *form, const char *otherwise);
const char *fill_language_code(const struct fill_view *v);
/* The state of the form for the script in the page. */
MUST_USE enum err fill_state_send(const struct fill_view *v);

/* ---- answers as people read them (answers.c) ---- */

/* The value in the fill's language, dates and the like in the reader's; "" when there is none. */
const char *assess_words(struct arena *arena, enum language language, struct form_fill *fill,
                         const struct form_item *item);
/* What is wrong with an answer; NULL: nothing. */
const char *assess_wrong(enum language language, const struct form_item *item);

/* ---- files as answers (files.c) ---- */

/* What a stored file is, in words; NULL: the answer is none. */
const char *assess_file_words(struct arena *arena, enum language language, const struct form_item *item);

/* What a question for a file asks: a code of "file_give" and its like ("image", "drawing", "signature", "audio", "video", "file"). */
const char *fill_asked(const struct form_item *item);
bool fill_drawn(const struct form_item *item);
const char *fill_accept(const struct form_item *item);
const char *fill_file_most(const struct fill_view *v); /* in words */
int64_t fill_file_most_bytes(const struct fill_view *v);
struct fill_file {
    const char *address, *words;
    bool picture;
};
/* The file that is the answer; false: there is none, or words stand in its place. */
bool fill_file_of(const struct fill_view *v, const struct form_item *item, struct fill_file *out);
/* Is the answer, or what was typed for it, the name of a stored file? Then the fields of the form leave it alone. */
bool fill_is_file(const struct form_fill *fill, const struct form_node *node, const char *path, const char *typed);
/* Removes the stored files that no answer names any more; `whole` as in form_fill_write_xml. In a change. */
MUST_USE enum err fill_keep_files(struct req *r, int64_t assessment, const struct form_fill *fill, bool whole);
/* Empties the question that the field "drop" names. ERR_INPUT: it asks for no file. */
MUST_USE enum err fill_drop_file(struct req *r, struct form_fill *fill);
/* To the page where the question of that path gets its file. */
MUST_USE enum err fill_give_redirect(struct req *r, const char *path);

struct give_view {
    const struct fill_view *fill;
    const struct form_item *item;
    const char *back;
    const char *had; /* the answer */
};

/* ---- assessments (assess.c) ---- */

struct seal_place assess_answers_place(int64_t assessment);
struct seal_place assess_answer_place(int64_t alert);

/* What finishing writes besides the row: facts, risk, alert, next review, timeline. */
struct assess_end {
    int64_t org, case_id, assessment, account;
    const struct case_keys *keys;
    const char *form_id;
    const char *on; /* full date */
    int64_t now;
    const char *review; /* the case's present next review */
    const struct form_fact *facts;
    size_t fact_count;
};
MUST_USE enum err assess_end(struct db *db, struct arena *arena, const struct assess_end *end);

/* ---- one assessment (given.c) ---- */

/* An assessment of the path with the answers as they are stored. */
struct given {
    int64_t id;
    struct assess_row_one_row row;
    const struct form *form;
    struct form_fill *fill;
    bool finish;
};
/* The scope of all routes with {case} and {assessment}: the part that its answers belong to. */
MUST_USE enum err given_scope(struct req *r);
MUST_USE enum err given_load(struct req *r, struct given *given);
/* The stored answers once more, in a fill of their own. */
MUST_USE enum err given_stored(struct req *r, const struct given *given, struct form_fill **out);
struct fill_view *given_view(struct req *r, const struct given *given, struct form_fill *fill);
/* Who saved it last. */
MUST_USE enum err given_saver(struct req *r, struct fill_view *v, int64_t account);
/* What the same instrument said the time before, when this one is finished. */
MUST_USE enum err given_earlier(struct req *r, struct fill_view *v, const struct given *given);

/* ---- pages ---- */

struct instruments_view {
    struct assess_version_list_row *rows;
    size_t count;
    const struct form_problem *problems;
    size_t problem_count;
    bool may_change;
};

/* A question that stands in one of two versions alone, or otherwise (compare.c). */
struct version_change {
    const char *label; /* as the author wrote it; the name when there is none */
    const char *path;
    enum { CHANGE_NEW, CHANGE_GONE, CHANGE_OTHER } kind;
    bool words, type, choices, required, relevance, constraint, calculation, initial, fact; /* what is other */
    const char *fact_before, *fact_after;                                                   /* "" when there is none */
};
/* From one version to another, in the order of the new one; what is gone comes last. At most 500. */
size_t assess_compare(struct arena *arena, const struct form *before, const struct form *after, const char *language,
                      const struct version_change **out);

/* The facts of the earlier version whose values cannot be set beside those of the new one, by the label of their question: nothing makes them
 * any more, or another type, other codes or another calculation does. */
size_t assess_scores_lost(struct arena *arena, const struct form *before, const struct form *after,
                          const char *language, const char *const **out);

/* A fact that an instrument makes. */
struct instrument_fact {
    const char *fact;
    const char *label;               /* of its question */
    const char *uses[FACT_USES_MAX]; /* family "fact_use" */
    size_t use_count;
    const char *tried; /* what the try would make of it; "" */
};

/* ---- on paper (blank.c, print.c) ---- */

/* The place of the language that is asked for in the address. */
size_t assess_print_language(const struct req *r, const struct form *form, const char *otherwise);
/* The language of a page's own words around a form in one of its languages. */
enum language assess_page_language(const struct req *r, const struct form *form, size_t spoken);

/* A line of the empty form. */
struct blank_line {
    enum { BLANK_QUESTION, BLANK_PART, BLANK_NOTE, BLANK_MORE /* instances of the repeat before */ } kind;
    const struct form_node *node;
    unsigned depth;  /* of a part: 1 stands in nothing */
    unsigned number; /* of the question, or of the copy of a repeat; 0: none */
    const char *label, *hint, *guidance;
    const char *condition; /* when it is asked; NULL: always */
    unsigned room;         /* lines to write on */
    const struct form_choice *choices;
    size_t choice_count;
    bool row;       /* the choices are very short */
    bool columns;   /* they are short */
    bool from_list; /* too many choices to print */
    bool ranged;
    struct answer_range range;
};
struct blank_view {
    const struct assess_instrument *instrument;
    size_t spoken;
    const struct blank_line *lines;
    size_t count;
};

struct print_score {
    const char *label, *words;
    const char *earlier; /* NULL: nothing to compare with */
};
struct print_view {
    struct fill_view *fill;
    const struct assess_row_one_row *row;
    const char *reference, *saved_on;
    const char *role; /* of who saved it last; "" */
    const struct print_score *scores;
    size_t score_count;
    const struct answer_part *parts;
    size_t part_count;
};

struct instrument_view {
    struct assess_version_one_row row;
    const struct fill_view *fill;
    const struct form_problem *warnings;
    size_t warning_count;
    const char *destination; /* of what is filled in outside: family "form_destination"; "" */
    bool compared;           /* with the version in use */
    const char *before;
    const struct version_change *changes;
    size_t change_count;
    int64_t drafts; /* begun on the version in use and not finished */
    struct assess_version_done_row done;
    const char *const *lost; /* scores that will not compare */
    size_t lost_count;
    struct instrument_fact *facts;
    size_t fact_count;
    bool may_publish;
};

struct assessments_view {
    struct assess_version_in_use_list_row *instruments;
    size_t instrument_count;
    struct assess_row_list_row *drafts;
    size_t draft_count;
    struct assess_row_list_row *done;
    size_t done_count;
    struct alert *alerts;
    size_t alert_count;
    struct matrix matrix;
    struct colleague *people;
    size_t people_count;
    bool may_write;
    bool code_for_field; /* some instrument may be filled in outside under the code of a case */
};

struct alert_view {
    struct assess_alert_one_row row;
    const char *raised_by;
    const char *answered_by;
    const char *answer; /* NULL: not answered */
    const char *id;
};

/* Whoever may change instruments or uses them in a case. */
MUST_USE enum err instrument_scope(struct req *r);
/* "What is wrong", translated. */
const char *assess_problem(struct req *r, const struct form_problem *problem);

#endif
