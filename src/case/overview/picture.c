#include "case/overview/picture.h"

#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

enum { TICKS_MOST = 12, BAR_LEAST = 10 };

/* Months since year 0. */
static int month_of(const char *date)
{
    return atoi(date) * 12 + atoi(date + 5) - 1;
}

static int64_t day_of(const char *date)
{
    return time_days(atoi(date), atoi(date + 5), atoi(date + 8));
}

struct axis {
    int first, last;  /* months; the last is the one behind the picture */
    int64_t from, to; /* days */
};

static int x_of(const struct axis *axis, int64_t day)
{
    int64_t width = PICTURE_RIGHT - PICTURE_LEFT;
    return PICTURE_LEFT + (int)(width * (day - axis->from) / (axis->to - axis->from));
}

static bool shown(const struct span *span)
{
    return !text_same(span->kind, "funding");
}

static struct axis axis_of(const struct span *spans, size_t count, const char *today)
{
    const char *first = today;
    const char *last = today;
    for (size_t i = 0; i < count; i++) {
        if (!shown(&spans[i]))
            continue;
        if (strcmp(spans[i].started_on, first) < 0)
            first = spans[i].started_on;
        if (spans[i].ended_on != NULL && strcmp(spans[i].ended_on, last) > 0)
            last = spans[i].ended_on;
        if (strcmp(spans[i].started_on, last) > 0)
            last = spans[i].started_on;
    }
    struct axis axis = {.first = month_of(first), .last = month_of(last) + 2};
    axis.from = time_days(axis.first / 12, axis.first % 12 + 1, 1);
    axis.to = time_days(axis.last / 12, axis.last % 12 + 1, 1);
    return axis;
}

static void make_ticks(struct arena *arena, const struct axis *axis, struct picture *out)
{
    static const int steps[] = {1, 2, 3, 6, 12, 24, 60};
    int months = axis->last - axis->first;
    size_t s = 0;
    while (s + 1 < sizeof steps / sizeof *steps && months / steps[s] > TICKS_MOST)
        s++;
    int step = steps[s];
    out->ticks = ARENA_ARRAY(arena, struct picture_tick, (size_t)(months / step) + 2);
    for (int month = (axis->first + step - 1) / step * step; month < axis->last; month += step) {
        const char *label = step >= 12 ? arena_format(arena, "%04d", month / 12)
                                       : arena_format(arena, "%04d-%02d", month / 12, month % 12 + 1);
        out->ticks[out->tick_count++] = (struct picture_tick){x_of(axis, time_days(month / 12, month % 12 + 1, 1)),
                                                              label};
    }
}

static int tone_of(const struct span *span)
{
    return text_same(span->kind, "phase") ? phase_tone(span->code) : 0;
}

/* Spans of the same kind and code share a row. */
static int row_of(const struct picture *out, const struct span *span, int *rows)
{
    for (size_t i = 0; i < out->bar_count; i++) {
        const struct span *other = out->bars[i].span;
        if (text_same(other->kind, span->kind) && text_same(other->code, span->code))
            return out->bars[i].y;
    }
    return 8 + PICTURE_ROW * (*rows)++;
}

void picture_make(struct arena *arena, const struct span *spans, size_t count, const char *today, struct picture *out)
{
    struct axis axis = axis_of(spans, count, today);
    int rows = 0;
    *out = (struct picture){.bars = ARENA_ARRAY(arena, struct picture_bar, count)};
    for (size_t i = 0; i < count; i++) {
        if (!shown(&spans[i]))
            continue;
        const char *end = spans[i].ended_on == NULL ? today : spans[i].ended_on;
        int x = x_of(&axis, day_of(spans[i].started_on));
        int width = x_of(&axis, day_of(end) + 1) - x;
        struct picture_bar bar = {
            .x = x, .width = width < BAR_LEAST ? BAR_LEAST : width, .tone = tone_of(&spans[i]), .span = &spans[i]};
        bar.y = row_of(out, &spans[i], &rows);
        out->bars[out->bar_count++] = bar;
    }
    make_ticks(arena, &axis, out);
    out->today_x = x_of(&axis, day_of(today));
    out->height = 8 + rows * PICTURE_ROW + 26;
}
