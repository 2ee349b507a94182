/* The decisions of assessments, by table. */
#include "case/assess/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void m2_2_the_next_review_is_the_earliest_that_is_due(void **state)
{
    static const struct {
        const char *set;
        struct assess_due dues[3];
        const char *next;
    } cases[] = {
        {"9999-12-31", {{"2026-11-23", 30}, {NULL, 90}, {NULL, 0}}, "2026-12-23"},
        {"9999-12-31", {{"2026-11-23", 30}, {NULL, 90}, {"2026-11-23", 7}}, "2026-11-30"},
        {"2026-11-23", {{"2026-11-23", 90}, {NULL, 90}, {NULL, 0}}, "2027-02-21"},         /* it was due today */
        {"2026-11-25", {{"2026-11-23", 30}, {NULL, 90}, {NULL, 0}}, "2026-11-25"},         /* an earlier one stays */
        {"2026-11-01", {{"2026-11-23", 90}, {"2026-10-01", 30}, {NULL, 0}}, "2026-10-31"}, /* needs are overdue still */
        {"2026-12-01", {{NULL, 30}, {NULL, 90}, {NULL, 0}}, "2026-12-01"},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(assess_next_review(arena, cases[i].set, "2026-11-23", cases[i].dues, 3), cases[i].next);
    arena_free(arena);
}

static void m2_2_only_danger_raises_an_alert(void **state)
{
    (void)state;
    assert_string_equal(assess_alert_of("safety.immediate_danger", "yes"), "immediate_danger");
    assert_null(assess_alert_of("safety.immediate_danger", "unknown"));
    assert_null(assess_alert_of("safety.immediate_danger", "no"));
    assert_null(assess_alert_of("risk.level", "high"));
    assert_true(assess_is_risk("medium"));
    assert_false(assess_is_risk("unknown"));
}

static void m2_3_only_numbers_from_0_to_4_are_scores(void **state)
{
    static const struct {
        const char *value;
        int score;
    } cases[] = {{"0", 0}, {"4", 4}, {"5", -1}, {"-1", -1}, {"", -1}, {"3.5", -1}, {"not_asked", -1}, {"declined", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(assess_score(cases[i].value), cases[i].score);
}

static void m2_3_the_matrix_has_the_last_six_the_oldest_first(void **state)
{
    struct assess_scored rows[16];
    struct matrix matrix;
    size_t count = 0;
    (void)state;
    for (int i = 8; i > 0; i--) {
        static const char *const days[] = {"",           "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01",
                                           "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"};
        rows[count++] = (struct assess_scored){i, days[i], "need.safety", i == 8 ? "declined" : i > 5 ? "1" : "3"};
        rows[count++] = (struct assess_scored){i, days[i], "need.family", i > 6 ? "4" : "not_asked"};
    }
    assess_matrix_build(rows, count, &matrix);
    assert_int_equal(matrix.columns, MATRIX_COLUMNS);
    assert_string_equal(matrix.dates[0], "2026-03-01");
    assert_string_equal(matrix.dates[5], "2026-08-01");
    assert_int_equal(matrix.rows[0].cells[0].score, 3);
    assert_int_equal(matrix.rows[0].cells[5].score, -1);
    assert_string_equal(matrix.rows[0].cells[5].gap, "declined");
    assert_int_equal(matrix.rows[0].change, MATRIX_SAME); /* a gap is no zero: 1 and 1 before it */
    assert_int_equal(matrix.rows[7].change, MATRIX_SAME);
    assert_int_equal(matrix.rows[3].change, MATRIX_NONE);
    assert_string_equal(matrix.rows[3].cells[2].gap, "not_asked");
    assess_matrix_build(rows, 0, &matrix);
    assert_int_equal(matrix.columns, 0);
}

static void m2_3_less_need_is_better(void **state)
{
    static const struct {
        const char *before, *after;
        enum matrix_change change;
    } cases[] = {
        {"4", "1", MATRIX_BETTER}, {"0", "2", MATRIX_WORSE}, {"2", "2", MATRIX_SAME}, {"declined", "2", MATRIX_NONE}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct matrix matrix;
        const struct assess_scored rows[] = {{2, "2026-02-01", "need.legal", cases[i].after},
                                             {1, "2026-01-01", "need.legal", cases[i].before}};
        assess_matrix_build(rows, 2, &matrix);
        assert_int_equal(matrix.rows[5].change, cases[i].change);
    }
}

static void dates_come_and_go_in_three_boxes(void **state)
{
    static const struct {
        const char *day, *month, *year, *joined;
    } cases[] = {
        {"", "", "", ""},
        {"5", "1", "2026", "2026-01-05"},
        {"45", "1", "2026", "2026-01-45"},
        {"5", "", "2026", "2026--05"},
        {"", "", "2026", "2026--"},
        {"x-1", "1", "26", "0026-01-x/1"},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *joined = assess_date_join(arena, cases[i].day, cases[i].month, cases[i].year);
        assert_string_equal(joined, cases[i].joined);
    }
    assert_string_equal(assess_date_box(arena, "2026-01-05", 'd'), "5");
    assert_string_equal(assess_date_box(arena, "2026-01-05", 'm'), "1");
    assert_string_equal(assess_date_box(arena, "2026-01-05", 'y'), "2026");
    assert_string_equal(assess_date_box(arena, "2026--05", 'm'), "");
    assert_string_equal(assess_date_box(arena, "", 'd'), "");
    assert_string_equal(assess_date_box(arena, "nonsense", 'd'), "");
    assert_string_equal(assess_date_box(arena, "0026-01-x/1", 'd'), "x/1");
    arena_free(arena);
}

static void m2_7_boxes_become_answers_and_come_back(void **state)
{
    static const struct {
        enum form_type type;
        struct answer_boxes boxes;
        const char *joined;
        const char *which; /* boxes to look at */
        const char *shown[4];
    } cases[] = {
        {FORM_DATE, {.day = "5", .month = "2", .year = "2026"}, "2026-02-05", "dmy", {"5", "2", "2026"}},
        {FORM_DATE, {.day = "", .month = "", .year = ""}, "", "dmy", {"", "", ""}},
        {FORM_DATE_TIME,
         {.day = "5", .month = "2", .year = "2026", .time = "9:05"},
         "2026-02-05T09:05",
         "dmyt",
         {"5", "2", "2026", "09:05"}},
        {FORM_DATE_TIME, {.day = "", .month = "", .year = "", .time = "9.05"}, "T09:05", "dt", {"", "09:05"}},
        {FORM_DATE_TIME, {.day = "5", .month = "", .year = "", .time = "soon"}, "--05Tsoon", "dt", {"5", "soon"}},
        {FORM_DATE_TIME, {.time = ""}, "", "t", {""}},
        {FORM_GEOPOINT, {.latitude = " 56,95", .longitude = "24.1"}, "56.95 24.1", "ao", {"56.95", "24.1"}},
        {FORM_GEOPOINT, {.latitude = "", .longitude = "24.1"}, "? 24.1", "ao", {"", "24.1"}},
        {FORM_GEOPOINT, {.latitude = "56 57", .longitude = ""}, "56_57 ", "ao", {"56_57", ""}},
        {FORM_GEOPOINT, {.latitude = NULL, .longitude = ""}, "", "ao", {"", ""}},
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *joined = assess_box_join(arena, cases[i].type, &cases[i].boxes);
        assert_string_equal(joined, cases[i].joined);
        for (size_t j = 0; cases[i].which[j] != '\0'; j++)
            assert_string_equal(assess_box(arena, cases[i].type, joined, cases[i].which[j]), cases[i].shown[j]);
    }
    assert_string_equal(assess_box(arena, FORM_DATE_TIME, "2026-02-05T09:05:00.000+02:00", 't'), "09:05");
}

static void m2_7_what_is_typed_in_one_field_becomes_an_answer(void **state)
{
    static const struct {
        enum form_type type;
        const char *typed;
        const char *answer;
    } cases[] = {
        {FORM_TIME, "9.30", "09:30"},
        {FORM_TIME, "9:3", "9:3"},
        {FORM_TIME, "14:30", "14:30"},
        {FORM_TIME, "noon", "noon"},
        {FORM_TIME, "9-30", "9-30"},
        {FORM_TIME, "", ""},
        {FORM_TIME, "9:300", "9:300"},
        {FORM_TEXT, "9.30", "9.30"},
        {FORM_GEOTRACE, "1 2\r\n3 4\r\n", "1 2;3 4"},
        {FORM_GEOTRACE, "", ""},
        {FORM_GEOSHAPE, "1,5 2,5", "1.5 2.5"},
        {FORM_GEOSHAPE, "1.5, 2.5", "1.5  2.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(assess_answer_typed(*state, cases[i].type, cases[i].typed), cases[i].answer);
    assert_string_equal(assess_place_lines(*state, "56.95 24.1 0 0; 57 24.2;;58"), "56.95 24.1\n57 24.2\n58");
    assert_string_equal(assess_place_lines(*state, ""), "");
}

static void m2_7_a_range_is_chosen_from_or_typed(void **state)
{
    static const struct {
        const char *parameters;
        bool range;
        size_t count;
        const char *last;
    } cases[] = {
        {"", false, 0, NULL},
        {"start=1", false, 0, NULL},
        {"start=0 end=10 step=2", true, 6, "10"},
        {"start=0 end=1 step=0.1", true, 11, "1"},
        {"start=10 end=0 step=5", true, 3, "0"},
        {"start=0 end=100 step=1", true, 0, NULL},
        {"start=0 end=5 step=0", true, 0, NULL},
        {"start=x end=nan step=1", true, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer_range range;
        assert_int_equal(assess_range(*state, cases[i].parameters, &range), cases[i].range);
        assert_int_equal(range.count, cases[i].count);
        if (cases[i].last != NULL)
            assert_string_equal(range.values[range.count - 1], cases[i].last);
    }
}

static int open_arena(void **state)
{
    *state = arena_new(1 << 20);
    return 0;
}

static int close_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void m2_7_all_that_reads_a_fact_is_named(void **state)
{
    static const struct {
        const char *fact, *destination, *uses;
    } cases[] = {
        {"risk.level", "", "risk review reports kept "},
        {"risk.level", "outreach", "none "},
        {"safety.immediate_danger", "assessment", "alert kept "},
        {"need.legal", "", "matrix plan kept "},
        {"need.unheard_of", "", "kept "},
        {"own", "", "kept "},
        {"case.code", "assessment", "code "},
        {"case.code", "", "kept "},
        {"referral.story", "referral", "referral "},
        {"own", "referral", "none "},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *uses[FACT_USES_MAX], *text = "";
        size_t count = assess_fact_uses(cases[i].fact, cases[i].destination, uses);
        for (size_t j = 0; j < count; j++)
            text = arena_format(arena, "%s%s ", text, uses[j]);
        assert_string_equal(text, cases[i].uses);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_2_the_next_review_is_the_earliest_that_is_due),
        cmocka_unit_test(m2_2_only_danger_raises_an_alert),
        cmocka_unit_test(m2_3_only_numbers_from_0_to_4_are_scores),
        cmocka_unit_test(m2_3_the_matrix_has_the_last_six_the_oldest_first),
        cmocka_unit_test(m2_3_less_need_is_better),
        cmocka_unit_test(dates_come_and_go_in_three_boxes),
        cmocka_unit_test(m2_7_boxes_become_answers_and_come_back),
        cmocka_unit_test(m2_7_what_is_typed_in_one_field_becomes_an_answer),
        cmocka_unit_test(m2_7_a_range_is_chosen_from_or_typed),
        cmocka_unit_test(m2_7_all_that_reads_a_fact_is_named),
    };
    return cmocka_run_group_tests_name("assess_rules", tests, open_arena, close_arena);
}
