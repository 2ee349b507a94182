#include "steer/office/office.h"

#include "base/time.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR = 40, BAR_EVERY_MS = 200, LINE_EVERY_MS = 10000 };

void office_progress_begin(struct office_progress *progress, const char *what, int64_t total)
{
    int64_t now = time_monotonic();
    *progress = (struct office_progress){.what = what, .total = total, .began = now, .said = now};
}

static void bar(const struct office_progress *progress, int64_t done, int64_t rate)
{
    int full = progress->total == 0 ? BAR : (int)(done * BAR / progress->total);
    (void)fprintf(stderr, "\r[%.*s%*s] %lld of %lld %s, %lld a second ", full,
                  "########################################", BAR - full, "", (long long)done,
                  (long long)progress->total, progress->what, (long long)rate);
    if (done == progress->total)
        (void)fputc('\n', stderr);
}

void office_progress(struct office_progress *progress, int64_t done)
{
    int64_t now = time_monotonic();
    int64_t took = now - progress->began;
    int64_t rate = done * 1000 / (took < 1 ? 1 : took);
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (done != progress->total && now - progress->said < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS))
        return;
    progress->said = now;
    if (terminal)
        bar(progress, done, rate);
    else
        (void)fprintf(stderr, "%lld of %lld %s, %lld a second\n", (long long)done, (long long)progress->total,
                      progress->what, (long long)rate);
}
