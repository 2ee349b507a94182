#include "steer/demo/internal.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>

enum { YEARS_IN_DAYS = 8 * 365 };

const char *demo_day(int64_t day, char out[DAY_SIZE])
{
    struct civil civil = time_civil(day * DAY_MS);
    (void)snprintf(out, DAY_SIZE, "%04u-%02u-%02u", (unsigned)civil.year % 10000, (unsigned)civil.month % 100,
                   (unsigned)civil.day % 100);
    return out;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Most reviews lie ahead, some are late, and a few stand for today. */
static int64_t review_pick(struct chance *chance, int64_t today)
{
    if (chance_percent(chance, 20))
        return today - chance_between(chance, 1, 12);
    if (chance_percent(chance, 10))
        return today;
    return today + chance_between(chance, 1, 80);
}

void demo_course_pick(struct chance *chance, int64_t today, int64_t index, int64_t total, struct demo_course *out)
{
    static const char *const risks[] = {"high", "medium", "medium", "low", "low", "low", "unknown"};
    double share = ((double)index + 0.5) / (double)total;
    int64_t back = (int64_t)(YEARS_IN_DAYS * pow(1 - share, 1.6));
    struct demo_course course = {.today = today, .opened = today - back};
    course.rescue_end = course.opened + chance_between(chance, 10, 45);
    course.recovery = course.opened + chance_between(chance, 7, 30);
    course.recovery_end = course.recovery + chance_between(chance, 120, 400);
    course.reintegration = course.recovery_end - chance_between(chance, 20, 90);
    course.closed = course.recovery_end + chance_between(chance, 20, 200);
    course.open = course.closed >= today;
    course.risk = course.open ? risks[chance_between(chance, 0, 6)] : risks[chance_between(chance, 3, 6)];
    course.review = review_pick(chance, today);
    if (course.opened > least(today, course.closed))
        course.opened = today;
    *out = course;
}
