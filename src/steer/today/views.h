/* What the templates of this folder show. */
#ifndef AUSMA_STEER_TODAY_VIEWS_H
#define AUSMA_STEER_TODAY_VIEWS_H

#include "case/overview/overview.h"
#include "steer/today/today.h"

struct today_view {
    const char *date;
    enum word greeting; /* by the hour */
    const char *first_name;
    bool sees_cases;
    int64_t open, overdue, soon;
    struct case_row *cases;
    size_t case_count;
};

#endif
