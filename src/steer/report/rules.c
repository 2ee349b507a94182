#include "steer/report/report.h"

const char *report_protected(struct arena *arena, int64_t count)
{
    if (count > 0 && count < REPORT_SMALL)
        return arena_format(arena, "<%d", REPORT_SMALL);
    return arena_format(arena, "%lld", (long long)count);
}

void report_hide_second(const int64_t *counts, size_t count, const char **shown)
{
    size_t small = 0;
    size_t second = count; /* the smallest of those that are shown */
    for (size_t i = 0; i < count; i++) {
        if (counts[i] > 0 && counts[i] < REPORT_SMALL)
            small++;
        else if (counts[i] > 0 && (second == count || counts[i] < counts[second]))
            second = i;
    }
    if (small == 1 && second < count)
        shown[second] = "*";
}
