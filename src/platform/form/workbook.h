/* A spreadsheet workbook (xlsx) as sheets of texts, read under budgets: it may come from anybody. */
#ifndef AUSMA_PLATFORM_FORM_WORKBOOK_H
#define AUSMA_PLATFORM_FORM_WORKBOOK_H

#include "platform/form/form.h"

enum {
    WORKBOOK_FILE_MAX = 8 << 20,  /* bytes of the file */
    WORKBOOK_PART_MAX = 24 << 20, /* bytes of one part, unpacked */
    WORKBOOK_ENTRIES_MAX = 2000,  /* files in the archive */
    WORKBOOK_ROWS_MAX = 20000,    /* rows with something in them, over all sheets read */
    WORKBOOK_CELLS_MAX = 400000,
    WORKBOOK_SCRATCH_MAX = 96 << 20 /* memory for reading */
};

struct sheet_cell {
    unsigned column;  /* from 0 */
    const char *text; /* trimmed, not empty */
};

struct sheet_row {
    unsigned number;          /* from 1, as the spreadsheet counts */
    struct sheet_cell *cells; /* by column */
    size_t count;
};

struct sheet {
    const char *name;
    struct sheet_row *rows; /* only those with something in them */
    size_t count;
};

struct workbook {
    struct sheet *sheets; /* those whose names were wanted */
    size_t count;
    bool any_sheet;
    const char **others; /* names of the other sheets */
    size_t other_count;
};

/* Reads the sheets called one of `wanted` (small letters, ends with NULL; case does not matter). Dates become ISO text, numbers
 * their shortest form, truth values TRUE and FALSE. ERR_INPUT: `problem` says why. Memory: `arena`. */
MUST_USE enum err workbook_read(struct arena *arena, struct bytes file, const char *const *wanted, struct workbook *out,
                                struct form_problem *problem);

/* All rows of a file of comma-separated values, in `arena`; NULL when it is none. */
struct sheet_texts {
    const char **texts;
    size_t count;
};
struct sheet_rows {
    struct sheet_texts *rows;
    size_t count;
};
const struct sheet_rows *form_csv_rows(struct arena *arena, struct bytes file);

enum workbook_format { WORKBOOK_XLSX, WORKBOOK_XLS, WORKBOOK_XML, WORKBOOK_MARKDOWN, WORKBOOK_CSV };
/* What a file is, by what stands in it. */
enum workbook_format workbook_format(struct bytes file);
/* Whichever of these it is. */
MUST_USE enum err workbook_read_any(struct arena *arena, struct bytes file, const char *const *wanted,
                                    struct workbook *out, struct form_problem *problem);

/* "A", "B" ... "AA" for a column. */
const char *workbook_column(struct arena *arena, unsigned column);
/* The text of a cell; NULL when it is empty. */
const char *sheet_text(const struct sheet_row *row, unsigned column);

/* ---- between the two halves of the reader ---- */

struct workbook_styles {
    bool *dates; /* per cell format: does it show a date or time? */
    size_t count;
    bool from_1904;
};

struct workbook_strings {
    const char **texts;
    size_t count;
};

struct workbook_budget {
    size_t rows, cells;
};

MUST_USE enum err workbook_read_strings(struct arena *arena, struct bytes part, struct workbook_strings *out);
MUST_USE enum err workbook_read_styles(struct arena *arena, struct bytes part, struct workbook_styles *out);
MUST_USE enum err workbook_read_sheet(struct arena *arena, struct bytes part, const struct workbook_strings *strings,
                                      const struct workbook_styles *styles, struct workbook_budget *budget,
                                      struct sheet *sheet, struct form_problem *problem);

#endif
