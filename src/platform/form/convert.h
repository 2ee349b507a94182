/* From the sheets of a workbook to a form: what the files of the converter share. */
#ifndef AUSMA_PLATFORM_FORM_CONVERT_H
#define AUSMA_PLATFORM_FORM_CONVERT_H

#include "platform/form/model.h"
#include "platform/form/workbook.h"

enum column {
    COLUMN_OTHER, /* a choice's own column, or one that forms take no notice of */
    COLUMN_TYPE,
    COLUMN_NAME,
    COLUMN_LIST,
    COLUMN_LABEL,
    COLUMN_HINT,
    COLUMN_REQUIRED,
    COLUMN_REQUIRED_MESSAGE,
    COLUMN_RELEVANT,
    COLUMN_CONSTRAINT,
    COLUMN_CONSTRAINT_MESSAGE,
    COLUMN_CALCULATION,
    COLUMN_DEFAULT,
    COLUMN_CHOICE_FILTER,
    COLUMN_READ_ONLY,
    COLUMN_APPEARANCE,
    COLUMN_PARAMETERS,
    COLUMN_REPEAT_COUNT,
    COLUMN_TRIGGER,
    COLUMN_FACT,
    COLUMN_DISABLED,
    COLUMN_FORM_TITLE,
    COLUMN_FORM_ID,
    COLUMN_VERSION,
    COLUMN_DEFAULT_LANGUAGE,
    COLUMN_DUPLICATES
};

struct heading {
    unsigned at; /* column of the sheet */
    enum column column;
    const char *language; /* "" when the heading names none */
    const char *text;     /* as written */
};

/* A sheet with its headings understood; `rows` without the heading row. */
struct table {
    const struct sheet *sheet;
    struct heading *headings;
    size_t heading_count;
    const struct sheet_row *rows;
    size_t row_count;
};

enum { CONVERT_PROBLEMS_MAX = 50 };

struct converter {
    struct arena *arena; /* of the form */
    struct arena *scratch;
    struct form *form;
    struct table survey, choices, settings;
    const struct sheet_row **sources; /* the survey row of each node; NULL for the root and made ones */
    struct form_problem *problems;
    size_t problem_count;
};

enum { IN_SURVEY, IN_CHOICES, IN_SETTINGS };

/* ---- headings.c ---- */
/* Understands the heading row; notes headings that stand twice. */
void convert_headings(struct converter *c, const struct sheet *sheet, int which, struct table *out);
const struct heading *table_heading(const struct table *table, enum column column);
/* The text of a cell, trimmed; "" when there is none. In a column with languages: the one without a language. */
const char *table_text(const struct table *table, const struct sheet_row *row, enum column column);
/* Per language of the form; a column without language fills what the others leave empty. NULL when all are empty. */
const char **table_texts(struct converter *c, const struct table *table, const struct sheet_row *row,
                         enum column column);
/* Collects the languages of all headings into the form. */
void convert_languages(struct converter *c);
/* Cuts the codes off their names, once all texts have been looked up. */
void convert_languages_done(struct converter *c);

/* ---- convert.c ---- */
/* Notes what is wrong; `row` may be NULL (the whole sheet), `column` COLUMN_OTHER (the whole row). */
void convert_problem(struct converter *c, enum form_problem_code code, const struct table *table,
                     const struct sheet_row *row, enum column column, const char *detail);
/* The same for one column of several that mean the same. */
void convert_problem_at(struct converter *c, enum form_problem_code code, const struct table *table,
                        const struct sheet_row *row, const struct heading *heading, const char *detail);
bool convert_name_valid(const char *name);

/* ---- the steps ---- */
void convert_settings(struct converter *c);
void convert_choices(struct converter *c);
/* The list with this name; NULL when there is none. */
struct form_list *convert_list(const struct converter *c, const char *name, size_t len);
/* Adds "other" to a list that lacks it. */
void convert_list_other(struct converter *c, struct form_list *list);
/* Makes the nodes, ... */
void convert_survey(struct converter *c);
/* ... their rules, once all names are known, ... */
void convert_rules(struct converter *c);
/* ... and the order in which they are evaluated. */
void convert_order(struct converter *c);

/* ---- types.c ---- */
enum type_act { TYPE_QUESTION, TYPE_BEGIN, TYPE_END, TYPE_UNKNOWN, TYPE_UNSUPPORTED };
struct type_cell {
    enum type_act act;
    enum form_type type;
    enum form_meta meta;
    const char *list; /* of a select */
    size_t list_len;
    bool or_other;
};
struct type_cell convert_type(struct arena *arena, const char *text);

#endif
