/* Forms: an XLSForm workbook becomes an immutable form; a fill holds one person's answers to it and decides, after every
 * change, what is relevant, required, right and wrong. This module knows nothing of pages, stores or keys.
 *
 * A form lives in the arena it was read into, is never changed afterwards and may be shared between threads.
 * A fill belongs to one thread. What is supported and where engines differ: docs/FORMS.md. */
#ifndef AUSMA_PLATFORM_FORM_FORM_H
#define AUSMA_PLATFORM_FORM_FORM_H

#include "base/arena.h"

#include <stdbool.h>

/* ---- the form ---- */

struct form;

enum form_type {
    FORM_GROUP,
    FORM_REPEAT,
    FORM_NOTE,
    FORM_TEXT,
    FORM_INTEGER,
    FORM_DECIMAL,
    FORM_DATE,
    FORM_TIME,
    FORM_DATE_TIME,
    FORM_SELECT_ONE,
    FORM_SELECT_MULTIPLE,
    FORM_RANK,        /* all choices of the list, in the person's order */
    FORM_ACKNOWLEDGE, /* "OK" or nothing */
    FORM_BARCODE,
    FORM_GEOPOINT, /* "latitude longitude altitude accuracy" */
    FORM_GEOTRACE, /* places parted by ";" */
    FORM_GEOSHAPE, /* the same, closed */
    FORM_IMAGE,    /* the name of a file */
    FORM_AUDIO,
    FORM_VIDEO,
    FORM_FILE,
    FORM_CALCULATE, /* calculate and hidden: never shown */
    FORM_META,      /* start, end, today, deviceid ...: filled by the engine or left empty; never shown */
    FORM_TYPE_COUNT
};

/* One line of the survey sheet. Read only. */
struct form_node {
    enum form_type type;
    const char *name;
    const char *path;       /* "/data/safety/home": unique in the form */
    const char *appearance; /* "" when none */
    const char *fact;       /* the coded fact of column ausma::fact; NULL when none */
    const char *parameters; /* "" when none */
    /* As the XForm has them; "" when none. `initial`: the default; `itemset`: where the choices come from, with their filter. */
    const char *relevance, *requirement, *constraint, *calculation, *initial, *itemset;
    size_t index;                                   /* place among form_nodes */
    unsigned depth;                                 /* 1: directly under the form */
    struct form_node *parent, *first, *last, *next; /* the root has type FORM_GROUP, depth 0 and no parent */
    const struct form_rules *rules;                 /* the engine's own */
};

enum form_problem_code {
    FORM_PROBLEM_NONE,
    FORM_NOT_A_WORKBOOK,      /* no xlsx, or a damaged one */
    FORM_TOO_LARGE,           /* more bytes, rows, cells, questions or choices than a form may have */
    FORM_SHEET_MISSING,       /* detail: the sheet's name */
    FORM_COLUMN_MISSING,      /* detail: the column's heading */
    FORM_COLUMN_TWICE,        /* detail: the heading */
    FORM_CELL_MISSING,        /* this cell may not be empty */
    FORM_TEXT_INVALID,        /* characters that no text may hold */
    FORM_TYPE_UNKNOWN,        /* detail: the type */
    FORM_NOT_SUPPORTED,       /* known in XLSForm, not here (yet); detail: the type, column or sheet */
    FORM_NAME_INVALID,        /* detail: the name */
    FORM_NAME_TWICE,          /* detail: the name */
    FORM_LIST_UNKNOWN,        /* detail: the choice list */
    FORM_CHOICE_TWICE,        /* detail: the choice's name */
    FORM_GROUP_NOT_CLOSED,    /* detail: its name */
    FORM_GROUP_NOT_OPEN,      /* an end without a begin, or of the other kind */
    FORM_EXPRESSION_INVALID,  /* detail: what is wrong and where in the expression */
    FORM_REFERENCE_UNKNOWN,   /* detail: the name in ${} */
    FORM_REFERENCE_UNCLEAR,   /* detail: the name in ${}, which several questions bear */
    FORM_CIRCLE,              /* detail: the names of the questions that depend on one another */
    FORM_VALUE_INVALID,       /* a word this column does not take; detail: the word */
    FORM_EMPTY,               /* no question at all */
    FORM_ELEMENT_MISSING,     /* an XForm without an element that it needs; detail: its name */
    FORM_LABEL_MISSING,       /* detail: the question's or choice's name */
    FORM_CALCULATION_MISSING, /* detail: the question's name */
    FORM_PARAMETER_INVALID,   /* detail: what is wrong */
    FORM_TRIGGER_INVALID,     /* detail: the question that cannot be a trigger, or the whole cell */
    FORM_NAME_RESERVED,       /* detail: the name */
    FORM_NAME_SIMILAR,        /* detail: the name, which differs from another one in small and large letters only */
    FORM_ENTITY_INVALID,      /* detail: what is wrong */
    FORM_SOURCE_TWICE,        /* two lists or files of one name; detail: the name */
    FORM_FILE_UNKNOWN,        /* a file whose name ends in none of .csv, .xml, .geojson; detail: the name */
    FORM_LANGUAGE_UNCLEAR,    /* detail: languages without a code */
    FORM_SHEET_SIMILAR,       /* a sheet whose name is almost one that forms have; detail: its name */
    FORM_OUTDATED,            /* no device gives this any more; detail: the type */
    FORM_MAX_PIXELS,          /* photos without a limit of their size */
    FORM_OLD_WORKBOOK,        /* .xls */
    FORM_PROBLEM_COUNT
};

/* What is wrong with a workbook and where. A warning does not keep the form from being used. */
struct form_problem {
    enum form_problem_code code;
    bool warning;
    const char *sheet;   /* "" when it concerns the whole workbook */
    unsigned row;        /* as the spreadsheet counts, from 1; 0: the whole sheet */
    const char *column;  /* "C"; "" : the whole row */
    const char *heading; /* the column's heading ("relevant"); "" when there is none */
    const char *detail;  /* "" when there is nothing to add */
};

/* One English sentence: "survey, row 12, column F (relevant): ...". Pages translate by `code` instead. */
char *form_problem_text(struct arena *arena, const struct form_problem *problem);
/* What to do about it, in English. */
const char *form_problem_remedy(const struct form_problem *problem);

/* Where files that a form names (lists of choices) come from. */
struct form_source {
    /* False: there is no such file. */
    bool (*read)(void *data, struct arena *arena, const char *name, struct bytes *out);
    void *data;
};

/* Reads a workbook of any kind that is understood (.xlsx, .csv, Markdown tables) or a finished XForm. `source` may be NULL: then
 * lists in files are unknown, and any answer to them is taken. ERR_INPUT: it is refused, and `problems` (at most 100, at
 * least one an error) say why; otherwise they are warnings. ERR_LIMIT: the arena is too small. `problems` and `count` are
 * always set otherwise. */
MUST_USE enum err form_read(struct arena *arena, struct bytes file, const struct form_source *source,
                            const struct form **out, const struct form_problem **problems, size_t *count);

/* The XForm of a workbook, as pyxform makes it. `name`: the root element when the settings name none; NULL: "data".
 * ERR_INPUT: at least one of the problems is an error. A finished XForm is handed through. */
MUST_USE enum err form_convert(struct arena *arena, struct bytes file, const char *name, struct bytes *xml,
                               const struct form_problem **problems, size_t *count);

const char *form_title(const struct form *form);
const char *form_id(
    const struct form *form); /* from the settings, at most 100 letters, digits and "_-.:/ "; else "form" */
const char *form_version(const struct form *form); /* "" when the workbook names none */
/* Where what is filled in outside goes, by the settings' column ausma::destination: "referral", "outreach", "assessment"; "" when
 * the form is not meant to be filled in outside. */
const char *form_destination(const struct form *form);

/* Languages, in the order of the workbook's columns; always at least one. `name` "Latvian", `code` "lv"; a form without
 * languages has one with both "". */
struct form_language {
    const char *name;
    const char *code;
};
size_t form_languages(const struct form *form, const struct form_language **out);
/* The place of a language by code ("lv"), else of the form's default language. */
size_t form_language_find(const struct form *form, const char *code);

/* All nodes in document order, parents before children; [0] is the root. */
size_t form_nodes(const struct form *form, struct form_node *const **out);
/* By path; NULL when there is none. */
const struct form_node *form_node_find(const struct form *form, const char *path);
/* The label or hint as written, ${} included: for lists and printing of the empty form. Falls back to the default language,
 * then to any. "" when there is none. */
const char *form_label(const struct form *form, const struct form_node *node, size_t language);
const char *form_hint(const struct form *form, const struct form_node *node, size_t language);
/* Longer help for whoever asks, for those who want it: folded in a page, open on paper. */
const char *form_guidance(const struct form *form, const struct form_node *node, size_t language);

struct form_choice {
    const char *name;  /* the code that is the answer */
    const char *label; /* in the fill's (or asked) language; the code when there is none */
};
/* All choices of a select, unfiltered. 0 for other types. */
size_t form_choices(struct arena *arena, const struct form *form, const struct form_node *node, size_t language,
                    const struct form_choice **out);
/* When a question is asked, as far as a sentence can say it: an answer compared with a value, and several of these. */
enum form_comparison {
    FORM_IS, /* of several choices: one of them */
    FORM_IS_NOT,
    FORM_LESS,
    FORM_AT_MOST,
    FORM_MORE,
    FORM_AT_LEAST,
    FORM_ANSWERED,
    FORM_NOT_ANSWERED,
    FORM_COMPARISON_COUNT
};
struct form_clause {
    const struct form_node *question;
    enum form_comparison is;
    const char *value; /* the label of a choice; "" for the last two */
};
struct form_condition {
    enum { FORM_ALWAYS, FORM_IF_ALL, FORM_IF_ANY, FORM_WORKED_OUT /* a rule that no sentence says */ } kind;
    struct form_clause *clauses;
    size_t count;
};
struct form_condition form_condition(struct arena *arena, const struct form *form, const struct form_node *node,
                                     size_t language);
/* How many instances the form itself gives a repeat; 0: it depends. */
unsigned form_repeat_count(const struct form_node *repeat);

/* ---- filling it in ---- */

struct form_fill;

enum form_error {
    FORM_FINE,
    FORM_MISSING, /* required and empty */
    FORM_NOT_INTEGER,
    FORM_NOT_NUMBER,
    FORM_NOT_DATE,
    FORM_NOT_TIME,
    FORM_UNKNOWN_CHOICE, /* not in the list, or not among the visible choices now */
    FORM_NOT_ALLOWED,    /* the constraint says no; see `message` */
    FORM_NOT_PLACE,
    FORM_TEXT_BAD, /* characters that no text may hold, or more than FORM_ANSWER_MAX bytes */
    FORM_ERROR_COUNT
};
enum { FORM_ANSWER_MAX = 20000, FORM_REPEAT_MAX = 1000 };

/* "missing", "not_integer", ...: for files, not for people. */
const char *form_error_name(enum form_error error);

/* One answer, group or instance of a repeat in a fill. Read only; brought up to date by `form_fill_evaluate`. */
struct form_item {
    const struct form_node *node;
    const char *path;    /* the node's path, with [n] behind repeats: "/data/child[2]/age". Good as a field name. */
    const char *value;   /* "" when empty; dates ISO, numbers plain, several choices parted by single spaces */
    const char *typed;   /* what the person typed when it is no value of the type, to be shown again; NULL otherwise */
    const char *message; /* the form's own words for `error`, rendered in the fill's language; NULL when it has none */
    enum form_error error; /* FORM_FINE whenever not relevant */
    unsigned number;       /* which instance of a repeat, from 1; 0 for everything else */
    bool relevant;         /* of its own and with all around it */
    bool required;
    bool read_only; /* also every calculated question */
    struct form_item *parent, *first, *last, *next, *previous;
    struct form_item *attributes;  /* of documents read for expressions: linked by next; NULL in fills */
    struct form_item_state *state; /* the engine's own */
};

/* An empty fill with defaults, start and today set from `now` (UTC milliseconds). `language` is a place in
 * form_languages. Call `form_fill_evaluate` before reading items. */
struct form_fill *form_fill_new(struct arena *arena, const struct form *form, int64_t now, size_t language);
const struct form *form_fill_form(const struct form_fill *fill);
void form_fill_language(struct form_fill *fill, size_t language);

/* Sets one answer as typed (blanks around it are dropped; "1 234,5" is no number, "1234,5" is). Instances of repeats up to the
 * one named are made. Anything typed is taken and kept; what is wrong with it is in the item after evaluating. "" clears.
 * ERR_NOT_FOUND: the form has no such question, or it is never answered by people (groups, notes, calculations). */
MUST_USE enum err form_fill_set(struct form_fill *fill, const char *path, const char *value);
/* One more instance of a repeat ("/data/child"), or one less ("/data/child[2]"; those behind move up).
 * ERR_LIMIT: more than FORM_REPEAT_MAX. ERR_CONFLICT: the form itself says how many there are. */
MUST_USE enum err form_fill_add(struct form_fill *fill, const char *path);
MUST_USE enum err form_fill_remove(struct form_fill *fill, const char *path);
/* Makes the instance at a path ("/data/child[3]") and those before it. */
MUST_USE enum err form_fill_make(struct form_fill *fill, const char *path);

/* Decides everything anew: calculations, relevance, required, read-only, errors. ERR_LIMIT: the form asks for more work than
 * a form may. */
MUST_USE enum err form_fill_evaluate(struct form_fill *fill);

/* How many items the last evaluation worked out: only what a change touches. */
size_t form_fill_evaluated(const struct form_fill *fill);

/* The root; its children are the form's top-level items in order. */
const struct form_item *form_fill_root(const struct form_fill *fill);
/* The item that follows in document order, descending first; NULL at the end. Start with the root. */
const struct form_item *form_item_after(const struct form_item *item);
const struct form_item *form_item_find(const struct form_fill *fill, const char *path);
/* How many instances a repeat has under this item (parent), and whether people may add and remove them. */
bool form_repeat_open(const struct form_node *repeat);

/* With the current values in place of ${}; in the arena of the fill. "" when there is none. */
const char *form_item_label(struct form_fill *fill, const struct form_item *item);
const char *form_item_hint(struct form_fill *fill, const struct form_item *item);
const char *form_item_guidance(struct form_fill *fill, const struct form_item *item);
/* The choices that may be chosen now. */
size_t form_item_choices(struct form_fill *fill, const struct form_item *item, const struct form_choice **out);
bool form_item_selected(const struct form_item *item, const char *choice);
/* What was typed last, also while the question is not relevant and has no value: so that a page loses nothing. "" when nothing. */
const char *form_item_raw(const struct form_item *item);
/* The value as a person reads it: labels instead of codes; everything else as it is. */
const char *form_item_words(struct form_fill *fill, const struct form_item *item);

/* Is every relevant question answered rightly (errors none)? Evaluate first. */
bool form_fill_complete(const struct form_fill *fill);

/* Facts of relevant, answered questions without errors, in document order. Several choices are one fact with the codes
 * parted by spaces; a fact inside a repeat comes once per instance. */
struct form_fact {
    const char *fact;
    const char *value;
    const struct form_item *item;
};
size_t form_fill_facts(struct form_fill *fill, const struct form_fact **out);

/* The answers as XML: <data id="safety" version="1">...; relevant items only. With `whole`, items that are not relevant and
 * what was typed wrongly are kept too (for a draft). Values read back are checked like typed ones. */
struct bytes form_fill_write_xml(struct form_fill *fill, bool whole);
/* The instance as a client of the form submits it: relevant items, notes too, and meta with this instanceID ("uuid:...") and the
 * name that the form gives its instances. Evaluate first. */
struct bytes form_fill_instance(struct form_fill *fill, const char *instance_id);
/* Replaces all answers. ERR_CONFLICT: another form or version. ERR_BROKEN: no such XML, or elements the form does not have.
 * The fill is unchanged on error. */
MUST_USE enum err form_fill_read_xml(struct form_fill *fill, struct bytes xml);

/* ---- for the command line and for tests ---- */

/* The text of an expression in an XML document, asked from its root element; `document` may have length 0: there is none.
 * ERR_INPUT: `why` says what is wrong with the expression (or that it has no value); ERR_BROKEN: no XML; ERR_LIMIT. */
MUST_USE enum err form_eval_document(struct arena *arena, const char *expression, struct bytes document, int64_t now,
                                     const char **out, const char **why);

/* Evaluates an expression where the first question of a fill stands (NULL: in an empty document) and gives its text.
 * ERR_INPUT: it cannot be parsed or evaluated; ERR_LIMIT: too deep or too much work. */
MUST_USE enum err form_eval_text(struct arena *arena, const char *expression, struct form_fill *fill, const char **out);

/* The same in a form that nobody filled in yet: its lists, defaults and calculations are there. */
MUST_USE enum err form_eval_form(struct arena *arena, const char *expression, const struct form *form, int64_t now,
                                 const char **out, const char **why);

#endif
