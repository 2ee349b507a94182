/* What is decided about ages, phones and likeness, by table. */
#include "case/person/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct maybe year(int64_t value)
{
    return (struct maybe){.has = value != 0, .value = value};
}

static void m1_7_a_disputed_age_counts_as_a_childs_age(void **state)
{
    (void)state;
    static const struct {
        const char *birth;
        bool disputed;
        bool child;
    } rows[] = {
        {"", false, true},           {"2008", false, true},  {"2008-11", false, true},     {"2008-11-23", false, false},
        {"2008-11-24", false, true}, {"2007", false, false}, {"1990-05-01", false, false}, {"1990-05-01", true, true},
        {"1990", true, true},        {"2005", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct person person = {.birth = rows[i].birth, .age_disputed = rows[i].disputed};
        if (person_counts_as_child(&person, "2026-11-23") != rows[i].child)
            fail_msg("%s %d", rows[i].birth, rows[i].disputed);
    }
}

static void a_birth_date_and_how_certain_it_is_fit(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *exact;
        bool fits;
    } rows[] = {
        {"", "unknown", true},         {"", "exact", false},          {"", "guess", false},   {"2011", "exact", false},
        {"2011-05", "exact", false},   {"2011-05-30", "exact", true}, {"2011", "year", true}, {"2011", "guess", true},
        {"2011-05-30", "guess", true}, {"2011", "unknown", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (person_birth_fits(rows[i].birth, rows[i].exact) != rows[i].fits)
            fail_msg("%s %s", rows[i].birth, rows[i].exact);
    assert_int_equal(person_birth_year("2011-05").value, 2011);
    assert_false(person_birth_year("").has);
    assert_false(person_birth_year("2011-13").has);
}

static void phones_are_the_same_by_their_last_digits(void **state)
{
    (void)state;
    assert_true(person_phone_same("+371 26 123 456", "26123456"));
    assert_true(person_phone_same("0037126123456", "+371-2612-3456 (mother)"));
    assert_true(person_phone_same("3456", "26123456"));
    assert_false(person_phone_same("456", "26123456"));
    assert_false(person_phone_same("", "26123456"));
    assert_false(person_phone_same("26123457", "26123456"));
    assert_true(person_phones_right(""));
    assert_true(person_phones_right("26123456\n\n+371 2222 (after six)"));
    assert_false(person_phones_right("26123456\nmother"));
    assert_false(person_phones_right("112"));
}

static void closeness_is_in_words(void **state)
{
    (void)state;
    assert_int_equal(person_closeness("anna berzina", "berzina anna", 100), PERSON_CLOSE_SAME);
    assert_int_equal(person_closeness("an", "anna berzina", 10), PERSON_CLOSE_PART);
    assert_int_equal(person_closeness("ber an", "anna berzina", 10), PERSON_CLOSE_PART);
    assert_int_equal(person_closeness("ina", "anna berzina", 40), 40);
    assert_int_equal(person_closeness("x", "y", 100), PERSON_CLOSE_PART - 1);
    assert_int_equal(person_closeness("", "anna", 0), 0);
    assert_int_equal(person_closeness("", "", 0), 0);
}

static void who_may_be_the_same_person(void **state)
{
    (void)state;
    static const struct {
        int closeness;
        bool phone;
        int64_t a, b;
        bool maybe;
    } rows[] = {
        {0, true, 0, 0, true},          {0, true, 2011, 1980, true},    {100, false, 0, 0, true},
        {100, false, 2011, 1990, true}, {95, false, 0, 2011, false},    {95, false, 2010, 2011, true},
        {95, false, 2005, 2011, false}, {80, false, 0, 0, true},        {80, false, 2011, 2016, true},
        {80, false, 2011, 2017, false}, {74, false, 2011, 2011, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (person_is_maybe(rows[i].closeness, rows[i].phone, year(rows[i].a), year(rows[i].b)) != rows[i].maybe)
            fail_msg("row %zu", i);
    assert_true(person_birth_near(year(2011), year(2009)));
    assert_false(person_birth_near(year(2011), year(2008)));
    assert_false(person_birth_near(year(0), year(2011)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m1_7_a_disputed_age_counts_as_a_childs_age),
        cmocka_unit_test(a_birth_date_and_how_certain_it_is_fit),
        cmocka_unit_test(phones_are_the_same_by_their_last_digits),
        cmocka_unit_test(closeness_is_in_words),
        cmocka_unit_test(who_may_be_the_same_person),
    };
    return cmocka_run_group_tests_name("person rules", tests, NULL, NULL);
}
