/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_EXCHANGE_INTERNAL_H
#define AUSMA_STEER_EXCHANGE_INTERNAL_H

#include "case/person/person.h"
#include "steer/exchange/exchange.h"

/* ---- import.c ---- */

/* Says why a cell does not come in: where it stands and what is wrong, never what it holds. */
void exchange_say_refused(const char *sheet, unsigned row, const char *column, const char *field, const char *cause);
/* A whole file in memory. */
MUST_USE enum err exchange_read_file(struct office *office, const char *path, size_t most, struct bytes *out);

/* ---- csv.c: comma-separated values as RFC 4180 has them ---- */

enum { CSV_CELLS_MAX = 64, CSV_CELL_MAX = 64 * 1024 };
struct csv {
    const char *at, *end;
    unsigned line; /* of the row that was read last, from 1 */
    unsigned next_line;
};
struct csv_row {
    const char *cells[CSV_CELLS_MAX];
    size_t count;
};
void csv_begin(struct csv *csv, struct bytes file);
/* ERR_NOT_FOUND: no more. ERR_INPUT: a quote that is not closed, text behind a closed one, or a NUL, behind which
 * nothing would be read. ERR_LIMIT: too many cells, or one of more than CSV_CELL_MAX bytes. */
MUST_USE enum err csv_next(struct csv *csv, struct arena *arena, struct csv_row *out);

/* ---- ctdc_rules.c ---- */

enum { CTDC_COLUMNS = 16 };
struct ctdc_facts {
    struct maybe year_from, year_to;
    const char *codes[CTDC_COLUMNS]; /* by column as ctdc_heading names them; the first (the years) is unused */
};
const char *ctdc_heading(size_t column);
/* Reads one cell into `out`; blank is "unknown". False: the column does not take this. */
bool ctdc_cell(struct arena *arena, size_t column, const char *text, struct ctdc_facts *out);

enum err exchange_ctdc(struct office *office, const char *path);

/* ---- htcds_rules.c ---- */

enum htcds_kind {
    HTCDS_SKIP, /* whose it was there, and addresses: not taken over */
    HTCDS_GIVEN,
    HTCDS_FAMILY,
    HTCDS_BIRTH,
    HTCDS_SEX,
    HTCDS_COUNTRY,
    HTCDS_PHONE,
    HTCDS_NOTE, /* text, kept sealed with the person */
    HTCDS_FACT, /* one or several of a list */
    HTCDS_YES,
    HTCDS_STATUS,
    HTCDS_OPENED,
    HTCDS_LEFT /* the day it was handed on */
};
struct htcds_value {
    const char *name;
    const char *label; /* when it differs in more than blanks and case; NULL otherwise */
};
struct htcds_field {
    const char *key, *label;
    enum htcds_kind kind;
    const struct htcds_value *values; /* ends with an empty one */
};
/* NULL: there is no such field. By the key, or where that is empty by the label. */
const struct htcds_field *htcds_field_of(const char *key, const char *label);

/* A row as a case. */
enum { HTCDS_FACTS_MAX = 80 };
struct htcds_fact {
    const char *name, *value;
};
struct htcds_case {
    struct person person;
    const char *opened_on, *left_on; /* NULL: not said */
    const char *status;              /* "Active", "FollowUp", "Closed", "ClosedReferred"; NULL: not said */
    struct htcds_fact facts[HTCDS_FACTS_MAX];
    size_t fact_count;
    size_t cells; /* that say something */
};
/* Puts a cell into the case. NULL, or why it cannot come in. */
const char *htcds_cell(struct arena *arena, const struct htcds_field *field, const char *text, const char *today,
                       struct htcds_case *out);

enum err exchange_htcds(struct office *office, const char *path);

#endif
