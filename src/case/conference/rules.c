#include "case/conference/rules.h"

#include "base/text.h"

enum conference_fault conference_fault_of(const char *on, const char *next, const char *opened_on, const char *today,
                                          const char *latest)
{
    if (strcmp(on, opened_on) < 0)
        return CONFERENCE_EARLY;
    if (strcmp(on, today) > 0)
        return CONFERENCE_FUTURE;
    if (strcmp(next, on) <= 0 || strcmp(next, today) < 0)
        return CONFERENCE_NEXT_EARLY;
    return strcmp(next, latest) > 0 ? CONFERENCE_NEXT_LATE : CONFERENCE_FINE;
}

enum conference_row conference_row_of(const char *what, const char *who, const char *by)
{
    if (text_empty(what) && text_empty(who) && text_empty(by))
        return CONFERENCE_ROW_EMPTY;
    return text_empty(what) || text_empty(who) ? CONFERENCE_ROW_PART : CONFERENCE_ROW_WHOLE;
}

bool conference_overdue(const char *next_review, const char *today)
{
    return strcmp(next_review, today) < 0;
}
