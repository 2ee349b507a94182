/* The arithmetic of the picture of a case's course. */
#include "case/overview/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m3_5_phases_overlap_on_one_axis(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    const struct span spans[] = {
        {1, "phase", "rescue", "2026-01-10", "2026-04-01", 1},
        {2, "phase", "recovery", "2026-03-01", NULL, 1},
        {3, "strand", "legal", "2026-01-10", NULL, 1},
        {4, "funding", "own", "2020-01-10", NULL, 1},
    };
    struct picture picture;
    picture_make(arena, spans, 4, "2026-11-23", &picture);
    assert_int_equal(picture.bar_count, 3);
    assert_int_equal(picture.bars[0].tone, 1);
    assert_int_equal(picture.bars[2].tone, 0);
    assert_true(picture.bars[0].x + picture.bars[0].width > picture.bars[1].x);
    assert_true(picture.bars[0].y != picture.bars[1].y);
    assert_true(picture.today_x > picture.bars[1].x && picture.today_x <= PICTURE_RIGHT);
    assert_string_equal(picture.ticks[0].month, "2026-01");
    arena_free(arena);
}

static void m3_5_ten_years_stay_readable(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    const struct span spans[] = {{1, "phase", "rescue", "2016-02-29", "2016-03-01", 1},
                                 {2, "phase", "rescue", "2025-01-01", NULL, 1}};
    struct picture picture;
    picture_make(arena, spans, 2, "2026-11-23", &picture);
    assert_true(picture.tick_count <= 13);
    assert_int_equal(picture.bars[0].y, picture.bars[1].y);
    assert_true(picture.bars[0].width >= 10);
    for (size_t i = 0; i < picture.bar_count; i++)
        assert_true(picture.bars[i].x >= PICTURE_LEFT && picture.bars[i].x + picture.bars[i].width <= PICTURE_WIDTH);
    arena_free(arena);
}

static void a_case_without_spans_has_no_bars(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct picture picture;
    picture_make(arena, NULL, 0, "2026-11-23", &picture);
    assert_int_equal(picture.bar_count, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m3_5_phases_overlap_on_one_axis),
        cmocka_unit_test(m3_5_ten_years_stay_readable),
        cmocka_unit_test(a_case_without_spans_has_no_bars),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
