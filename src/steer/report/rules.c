#include "steer/report/report.h"

const char *report_protected(struct arena *arena, int64_t count)
{
    if (count > 0 && count < REPORT_SMALL)
        return arena_format(arena, "<%d", REPORT_SMALL);
    return arena_format(arena, "%lld", (long long)count);
}
