/* From the sheets of a workbook to an XForm: what the files of the converter share.
 * The XForm is built as pyxform builds it, so that ODK Collect, Central and KoboToolbox see what they know. */
#ifndef AUSMA_PLATFORM_FORM_XLSFORM_H
#define AUSMA_PLATFORM_FORM_XLSFORM_H

#include "base/buf.h"
#include "platform/form/markup.h"
#include "platform/form/workbook.h"

/* ---- columns ---- */

enum column {
    COLUMN_OTHER, /* a choice's own column, or one that forms take no notice of */
    COLUMN_TYPE,
    COLUMN_NAME,
    COLUMN_LIST,
    COLUMN_REQUIRED,
    COLUMN_RELEVANT,
    COLUMN_CONSTRAINT,
    COLUMN_CALCULATION,
    COLUMN_DEFAULT,
    COLUMN_CHOICE_FILTER,
    COLUMN_READ_ONLY,
    COLUMN_APPEARANCE,
    COLUMN_PARAMETERS,
    COLUMN_REPEAT_COUNT,
    COLUMN_TRIGGER,
    COLUMN_FACT,
    COLUMN_SAVE_TO,
    COLUMN_DISABLED,
    COLUMN_QUERY,
    /* words: one text per language */
    COLUMN_LABEL,
    COLUMN_HINT,
    COLUMN_GUIDANCE,
    COLUMN_REQUIRED_MESSAGE,
    COLUMN_CONSTRAINT_MESSAGE,
    COLUMN_ERROR_MESSAGE, /* noAppErrorString */
    COLUMN_IMAGE,
    COLUMN_BIG_IMAGE,
    COLUMN_AUDIO,
    COLUMN_VIDEO,
    /* attributes handed through; heading.sub names them */
    COLUMN_BIND,
    COLUMN_BODY,
    COLUMN_INSTANCE,
    COLUMN_ATTRIBUTE, /* settings: attribute::name, of the root */
    /* settings */
    COLUMN_FORM_TITLE,
    COLUMN_FORM_ID,
    COLUMN_ID_STRING,
    COLUMN_VERSION,
    COLUMN_DEFAULT_LANGUAGE,
    COLUMN_DUPLICATES,
    COLUMN_STYLE,
    COLUMN_PUBLIC_KEY,
    COLUMN_DESTINATION,
    COLUMN_SUBMISSION_URL,
    COLUMN_AUTO_SEND,
    COLUMN_AUTO_DELETE,
    COLUMN_INSTANCE_NAME,
    COLUMN_INSTANCE_ID,
    COLUMN_INSTANCE_XMLNS,
    COLUMN_NAMESPACES,
    COLUMN_CLEAN_TEXT,
    COLUMN_OMIT_INSTANCE_ID,
    COLUMN_CLIENT_EDITABLE,
    COLUMN_PREFIX,
    COLUMN_DELIMITER,
    /* entities */
    COLUMN_ENTITY_ID,
    COLUMN_CREATE_IF,
    COLUMN_UPDATE_IF,
    COLUMN_REPEAT,
    COLUMN_COUNT,
    /* those that may be said in several languages */
    WORDS_FIRST = COLUMN_LABEL,
    WORDS_LAST = COLUMN_VIDEO
};
enum { WORDS_COUNT = WORDS_LAST - WORDS_FIRST + 1 };

struct heading {
    unsigned at; /* column of the sheet */
    enum column column;
    const char *language; /* "" when the heading names none */
    const char *sub;      /* the attribute's name of COLUMN_BIND and its like; else "" */
    const char *text;     /* as written */
};

/* A sheet with its headings understood; `rows` without the heading row. */
struct table {
    const struct sheet *sheet;
    struct heading *headings;
    size_t heading_count;
    const struct sheet_row *rows;
    size_t row_count;
    bool translated[COLUMN_COUNT]; /* has the column headings with languages? */
};

enum table_kind { IN_SURVEY, IN_CHOICES, IN_SETTINGS, IN_EXTERNAL, IN_ENTITIES, IN_OSM, TABLE_COUNT };

/* ---- what the sheets say ---- */

struct pair {
    const char *name, *value;
    struct pair *next;
};

/* A text in several languages: by place in the list of languages; "" where there is none. */
struct wording {
    const char **in; /* NULL: nothing at all */
    bool translated; /* its column has languages */
};

struct option {
    const char *name;
    const struct sheet_row *row;
    struct wording words[WORDS_COUNT];
};

struct option_list {
    const char *name;
    struct option *options;
    size_t count;
    bool itext;       /* its labels stand in the itext */
    bool used_inline; /* by a search(): its choices stand in the question, not in an instance */
    bool used_itemset;
    bool other; /* or_other adds a choice */
    struct option_list *next;
};

enum act { ACT_QUESTION, ACT_GROUP, ACT_REPEAT, ACT_LOOP, ACT_END, ACT_EXTERNAL, ACT_UNKNOWN, ACT_REFUSED };

/* A type of question of the specification. */
struct type {
    const char *name;    /* as the specification writes it */
    const char *control; /* the element in the body; NULL: none */
    const char *bind;    /* the data type; NULL: no bind */
    const char *media;   /* of an upload */
    const char *preload, *preload_params;
    const char *parameters; /* those it takes, parted by blanks; NULL: any */
    enum act act;
};

struct question {
    enum act act;
    const struct type *type;
    const struct sheet_row *row; /* NULL: made by the converter */
    const char *name;
    const char *path;
    const char *cells[COLUMN_COUNT]; /* "" when empty */
    struct wording words[WORDS_COUNT];
    struct pair *bind, *body, *instance; /* attributes by columns of their own */
    struct pair *parameters;
    const char *list_name; /* of selects, loops, tick labels */
    struct option_list *list;
    const char *file;       /* of a select from a file, or of an external instance */
    const char *count_path; /* of a repeat with a count that the form works out */
    bool or_other;
    bool search;
    bool dynamic_default;
    bool is_trigger_target; /* its value is set when another question changes */
    bool meta;              /* stands in the form's meta element (audit) */
    struct entity *entity;  /* declared in this container */
    struct question *parent, *first, *last, *next;
};

struct entity {
    const struct sheet_row *row;
    const char *name, *label, *id, *create_if, *update_if;
    struct question *container;
    struct entity *next;
};

enum { CONVERT_PROBLEMS_MAX = 100 };

struct instance {
    const char *id, *source;
    const char *kind; /* "external", "pulldata", "file", "choices" */
    struct instance *next;
};

struct converter {
    struct arena *arena; /* what the answer stands in */
    struct arena *scratch;
    struct table tables[TABLE_COUNT];
    const char **languages;
    size_t language_count, default_language;
    struct option_list *lists;
    struct option_list *external, *osm; /* lists of their own sheets */
    struct question *root;
    struct question **all; /* document order; [0] is the root */
    size_t count, room;
    struct entity *entities;
    size_t entity_count;
    struct instance *instances, *last_instance;
    struct markup *html;
    struct pair *namespaces;
    bool uses_entities, uses_facts;
    struct form_problem *problems;
    size_t problem_count, error_count;
    const char *root_name; /* when the settings name none */
};

/* ---- xlsform_headings.c ---- */
void xl_headings(struct converter *c, const struct sheet *sheet, enum table_kind kind);
const struct heading *xl_heading(const struct table *table, enum column column);
/* The text of a cell, tidied; "" when there is none. In a column with languages: the one without a language. */
const char *xl_text(struct converter *c, const struct table *table, const struct sheet_row *row, enum column column);
void xl_languages(struct converter *c);
struct wording xl_wording(struct converter *c, const struct table *table, const struct sheet_row *row,
                          enum column column);
const char *xl_setting(struct converter *c, enum column column);
/* Attributes of the headings of one kind (COLUMN_BIND, ...) in this row. */
struct pair *xl_pairs(struct converter *c, const struct table *table, const struct sheet_row *row, enum column column);

/* ---- xlsform.c ---- */
void xl_problem(struct converter *c, enum form_problem_code code, enum table_kind kind, const struct sheet_row *row,
                enum column column, const char *detail);
void xl_warning(struct converter *c, enum form_problem_code code, enum table_kind kind, const struct sheet_row *row,
                enum column column, const char *detail);
bool xl_name_valid(const char *name);
void xl_pair_add(struct converter *c, struct pair **list, const char *name, const char *value);
const char *xl_pair(const struct pair *list, const char *name);
/* Whole word "yes", "true", "true()" ...: 1; "no", "false", ...: 0; else -1. */
int xl_truth(const char *text);

/* ---- the steps ---- */
void xl_choices(struct converter *c);
/* Adds "other" to a list that lacks it. */
void xl_list_other(struct converter *c, struct option_list *list);
struct option_list *xl_list(struct option_list *lists, const char *name, size_t len);
void xl_survey(struct converter *c);
struct question *xl_question_new(struct converter *c, struct question *parent, const char *name);
void xl_question_link(struct question *child, struct question *parent, struct question *after);
void xl_check(struct converter *c); /* names, parameters, labels, references */
void xl_entities(struct converter *c);
void xl_write(struct converter *c);

/* ---- xlsform_types.c ---- */
struct type_cell {
    enum act act;
    const struct type *type;
    const char *list; /* of a select, a loop or osm; "" when none */
    bool or_other;
    bool from_file;
    bool external; /* select_one_external */
};
struct type_cell xl_type(struct arena *arena, const char *text);
const struct type *xl_type_named(const char *name);

/* ---- xlsform_parameters.c ---- */
void xl_parameters(struct converter *c, struct question *question);

/* ---- xlsform_names.c ---- */
enum reference_mode {
    REFERENCE_PLAIN,
    REFERENCE_FILTER, /* in a predicate over other nodes: from current() */
    REFERENCE_PARENT  /* of a select from a repeat */
};
/* The text with paths in place of every ${name}; problems are noted at the cell. */
const char *xl_paths(struct converter *c, const char *text, const struct question *context, enum reference_mode mode,
                     enum table_kind kind, const struct sheet_row *row, enum column column);
struct question *xl_find(struct converter *c, const char *name, size_t len, enum form_problem_code *why);
bool xl_has_reference(const char *text);
/* A bare "${name}" (blanks around allowed): its name; else NULL. */
const char *xl_bare_reference(struct arena *arena, const char *text);
bool xl_default_is_dynamic(const char *text, const char *type);
struct question *xl_repeat_of(const struct question *question);

/* ---- xlsform_model.c, xlsform_itext.c, xlsform_body.c ---- */
void xl_write_model(struct converter *c, struct markup *model, struct markup *body);
void xl_write_itext(struct converter *c, struct markup *model);
void xl_write_body(struct converter *c, struct markup *body);
bool xl_in_itext(const struct converter *c, const struct question *question, enum column column);
bool xl_visible(const struct question *question);
/* Puts words with their ${} as <output> under an element. */
void xl_put_words(struct converter *c, struct markup *into, const char *text, const struct question *context,
                  enum table_kind kind, const struct sheet_row *row, enum column column);
void xl_note_instance(struct converter *c, const char *id, const char *source, const char *kind,
                      const struct sheet_row *row);

#endif
