/* Words, plural forms and dates as people write them. */
#include "platform/i18n/i18n.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void dates_are_written_as_people_do(void **state)
{
    static const struct {
        enum language language;
        const char *date;
        const char *shown;
    } cases[] = {
        {LANGUAGE_lv, "2026-11-24", "24.11.2026."},
        {LANGUAGE_lv, "2026-11", "11.2026."},
        {LANGUAGE_lv, "2026", "2026"},
        {LANGUAGE_en, "2026-11-04", "4 Nov 2026"},
        {LANGUAGE_en, "2026-11", "Nov 2026"},
        {LANGUAGE_en, "2026", "2026"},
        {LANGUAGE_ru, "2026-11-24", "24.11.2026"},
        {LANGUAGE_lv, "2026-13-01", "2026-13-01"},
        {LANGUAGE_lv, NULL, ""},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(date_in_words(arena, cases[i].language, cases[i].date), cases[i].shown);
    assert_string_equal(date_long(arena, LANGUAGE_lv, "2026-11-24"), "otrdiena, 24.11.2026.");
    assert_string_equal(date_long(arena, LANGUAGE_en, "1969-12-31"), "Wednesday, 31 Dec 1969");
    assert_string_equal(words_labelled(arena, "Vecums", "16"), "Vecums: 16");
    assert_string_equal(words_labelled(arena, "Cik gadu?", "16"), "Cik gadu? 16");
    arena_free(arena);
}

static void holes_and_plural_forms_are_filled(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    assert_string_equal(word_plural(arena, LANGUAGE_lv, W_record_age, 21, (const char *)NULL), "21 gads");
    assert_string_equal(word_plural(arena, LANGUAGE_lv, W_record_age, 11, (const char *)NULL), "11 gadi");
    assert_string_equal(word_plural(arena, LANGUAGE_lv, W_record_age, 0, (const char *)NULL), "0 gadu");
    assert_string_equal(
        word_filled(arena, LANGUAGE_en, W_field_number_between, "low", "1", "high", "9", (const char *)NULL),
        "Enter a number from 1 to 9");
    assert_string_equal(word_code(LANGUAGE_lv, "phase", "rescue"), "Glābšana");
    assert_string_equal(word_code(LANGUAGE_lv, "phase", "unheard_of"), "unheard_of");
    arena_free(arena);
}

static void sizes_are_rounded_up(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 0), "0 KB");
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 1), "1 KB");
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 1024 * 120), "120 KB");
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 1024 * 1024), "1 MB");
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 1024 * 1024 - 1), "1 MB");
    assert_string_equal(size_in_words(arena, LANGUAGE_lv, 2306867), "2,2 MB");
    assert_string_equal(size_in_words(arena, LANGUAGE_en, 2306868), "2.3 MB");
    assert_string_equal(size_in_words(arena, LANGUAGE_en, 10 << 20), "10 MB");
    arena_free(arena);
}

/* What ends at midnight lasts until the day before; decimals have the comma of the language. */
static void last_days_and_decimals_are_written_as_people_do(void **state)
{
    static const struct {
        enum language language;
        const char *number, *shown;
    } decimals[] = {
        {LANGUAGE_lv, "1.5", "1,5"}, {LANGUAGE_ru, "-0.25", "-0,25"}, {LANGUAGE_en, "1.5", "1.5"},
        {LANGUAGE_lv, "15", "15"},   {LANGUAGE_lv, "1.2.3", "1.2.3"}, {LANGUAGE_lv, "1,5", "1,5"},
        {LANGUAGE_lv, "1.", "1."},   {LANGUAGE_lv, ".5", ".5"},       {LANGUAGE_lv, "v1.5", "v1.5"},
        {LANGUAGE_lv, "", ""},
    };
    struct arena *arena = arena_new(1 << 16);
    int64_t midnight = 0;
    (void)state;
    for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++)
        assert_string_equal(decimal_in_words(arena, decimals[i].language, decimals[i].number), decimals[i].shown);
    assert_true(time_of_date("2026-12-04", &midnight));
    assert_string_equal(until_in_words(arena, LANGUAGE_lv, midnight), "03.12.2026.");
    assert_string_equal(until_in_words(arena, LANGUAGE_lv, midnight - 1), "03.12.2026.");
    assert_string_equal(until_in_words(arena, LANGUAGE_lv, midnight + 1), "04.12.2026. 00:00");
    assert_string_equal(until_in_words(arena, LANGUAGE_lv, midnight + 60000), "04.12.2026. 00:01");
    assert_string_equal(until_in_words(arena, LANGUAGE_en, midnight - 60000), "3 Dec 2026 23:59");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_rounded_up),
        cmocka_unit_test(last_days_and_decimals_are_written_as_people_do),
        cmocka_unit_test(dates_are_written_as_people_do),
        cmocka_unit_test(holes_and_plural_forms_are_filled),
    };
    return cmocka_run_group_tests_name("i18n", tests, NULL, NULL);
}
