/* All tables of the program, made by sqlc, for what works with any of them: backup and restore, copying, erasure. In an order in
 * which rows can be added: a table comes after those it refers to. The store's own table of migrations is not among them. */
#ifndef AUSMA_PLATFORM_STORE_TABLES_H
#define AUSMA_PLATFORM_STORE_TABLES_H

#include "platform/store/store.h"

struct store_table {
    const char *name;
    unsigned columns;
    const char *const *names; /* of the columns */
    const char *kinds;        /* a letter a column: i whole number, r real, t text, b bytes; a capital may be NULL */
    const struct sql *all;    /* every row, all columns, in the order of the primary key */
    const struct sql *count;  /* of the rows */
    const struct sql *add;    /* one row, all columns */
    const struct sql *erase; /* overwrites all bytes in the rows of a case: org, case, empty bytes; NULL: it has none */
};
extern const struct store_table store_tables[];
extern const size_t store_table_count;

/* How many rows all of them hold. */
MUST_USE enum err store_rows(struct db *db, int64_t *out);

#endif
