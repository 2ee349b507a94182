/* The picture of a case's course: phases and strands as overlapping bars over the months (M3.4, M3.5). Pure arithmetic. */
#ifndef AUSMA_CASE_OVERVIEW_PICTURE_H
#define AUSMA_CASE_OVERVIEW_PICTURE_H

#include "case/record/record.h"

enum { PICTURE_WIDTH = 880, PICTURE_LEFT = 34, PICTURE_RIGHT = 846, PICTURE_ROW = 38 };

/* One bar, in units of the picture. `tone` is 1, 2, 3 for the phases and 0 for strands. */
struct picture_bar {
    int x, y, width;
    int tone;
    const struct span *span;
};
struct picture_tick {
    int x;
    const char *month; /* "2026-11", or "2026" when the ticks are years */
};
struct picture {
    struct picture_bar *bars;
    size_t bar_count;
    struct picture_tick *ticks;
    size_t tick_count;
    int today_x;
    int height;
};

/* Funding is left out; spans without an end go on until today. `today` is a full date. Without phases or strands: no bars. */
void picture_make(struct arena *arena, const struct span *spans, size_t count, const char *today, struct picture *out);

#endif
