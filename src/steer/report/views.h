/* What the templates of this folder show. */
#ifndef AUSMA_STEER_REPORT_VIEWS_H
#define AUSMA_STEER_REPORT_VIEWS_H

#include "steer/report/queries.h"
#include "steer/report/report.h"

/* One table of counts; the words come from a family of codes, or are the codes themselves (""). */
struct figure_table {
    enum word title;
    const char *family;
    const char **codes;
    const char **counts;
    size_t count;
};

struct figures_view {
    struct figure_table tables[8];
    size_t table_count;
    int64_t keys_due; /* cases whose keys somebody who left could have kept */
};

struct facts_view {
    struct report_cases_row *rows;
    size_t count;
    const char *next; /* NULL: no more */
};

#endif
