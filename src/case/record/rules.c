#include "base/text.h"
#include "case/record/views.h"

#include <stdlib.h>
#include <string.h>

/* Money may be agreed on years ahead; a year that was mistyped is further off than that. */
enum { AGREED_YEARS = 10, REMEMBERED_YEARS = 30 };

static int years_between(const char *from, const char *to)
{
    return atoi(to) - atoi(from);
}

enum course_day course_begin_judge(const char *kind, const char *on, const char *today)
{
    bool money = text_same(kind, "funding");
    if (strcmp(on, today) > 0 && !money)
        return COURSE_DAY_FUTURE;
    bool far = years_between(today, on) > AGREED_YEARS || years_between(on, today) > REMEMBERED_YEARS;
    return far ? COURSE_DAY_FAR : COURSE_DAY_FINE;
}

enum course_day course_end_judge(const char *kind, const char *began_on, const char *on, const char *today)
{
    return strcmp(on, began_on) < 0 ? COURSE_DAY_BEFORE_BEGIN : course_begin_judge(kind, on, today);
}

bool course_runs(const struct span *spans, size_t count, const char *kind, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(spans[i].kind, kind) && text_same(spans[i].code, code) && spans[i].ended_on == NULL)
            return true;
    }
    return false;
}
