#include "base/text.h"
#include "support/service/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static struct arena *arena;

static int set_up(void **state)
{
    const char *root = getenv("AUSMA_ROOT");
    (void)state;
    arena = arena_new(1 << 20);
    return pack_load(arena_format(arena, "%s/programmes/base", root == NULL ? "." : root)) != OK;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void m4_2_money_as_people_type_it(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t cents;
    } cases[] = {
        {"", true, 0},          {"3", true, 300},         {"3,5", true, 350},
        {"3.50", true, 350},    {"€ 3,50", true, 350},    {"3,50 €", true, 350},
        {"0", true, 0},         {"10000", true, 1000000}, {"0,05", true, 5},
        {"10000,01", false, 0}, {"-3", false, 0},         {"3,505", false, 0},
        {"3,", false, 0},       {",50", false, 0},        {"trīs", false, 0},
        {"3 50", false, 0},     {"9999999", false, 0},    {"1e3", false, 0},
        {"€", false, 0},        {"   ", false, 0},        {"99999999999999999999999999", false, 0},
        {"3,50,1", false, 0},   {"0x10", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t cents = -1;
        bool good = service_money_read(cases[i].text, &cents);
        if (good != cases[i].good || (good && cents != cases[i].cents))
            fail_msg("'%s' is read as %d, %d", cases[i].text, good, (int)cents);
    }
}

static void m4_2_a_service_is_not_given_tomorrow(void **state)
{
    static const struct {
        const char *on, *today, *opened;
        enum service_day day;
    } cases[] = {
        {"2026-11-23", "2026-11-23", "2026-11-01", SERVICE_DAY_FINE},
        {"2026-11-24", "2026-11-23", "2026-11-01", SERVICE_DAY_FUTURE},
        {"2026-10-02", "2026-11-23", "2026-11-01", SERVICE_DAY_FINE},
        {"2026-10-01", "2026-11-23", "2026-11-01", SERVICE_DAY_EARLY},
        {"2016-11-23", "2026-11-23", "2026-11-01", SERVICE_DAY_EARLY},
        {"9999-12-31", "2026-11-23", "2026-11-01", SERVICE_DAY_FUTURE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(service_day_judge(arena, cases[i].on, cases[i].today, cases[i].opened), cases[i].day);
}

static const struct service_use USES[] = {
    {"psychologist", 45, "remote", "recovery", "health"},
    {"food", 20, "in_person", "rescue", "housing"},
};

static void m4_2_the_last_entry_is_offered(void **state)
{
    static const char *const running[] = {"rescue", "recovery"};
    (void)state;
    struct service_offer offer = service_offer_make(USES, 2, NULL, running, 2);
    assert_string_equal(offer.service, "psychologist");
    assert_int_equal(offer.minutes, 45);
    assert_string_equal(offer.mode, "remote");
    assert_string_equal(offer.phase, "recovery");
    assert_string_equal(offer.strand, "health");
}

static void m4_2_a_service_given_before_is_offered_as_it_was(void **state)
{
    static const char *const running[] = {"recovery", "reintegration"};
    (void)state;
    struct service_offer offer = service_offer_make(USES, 2, "food", running, 2);
    assert_string_equal(offer.service, "food");
    assert_int_equal(offer.minutes, 20);
    assert_string_equal(offer.mode, "in_person");
    assert_string_equal(offer.phase, "recovery");
    assert_string_equal(offer.strand, "");
}

static void m4_2_a_new_service_comes_as_the_pack_has_it(void **state)
{
    static const char *const running[] = {"reintegration"};
    (void)state;
    struct service_offer offer = service_offer_make(USES, 2, "hearing_support", running, 1);
    assert_string_equal(offer.service, "hearing_support");
    assert_int_equal(offer.minutes, 180);
    assert_string_equal(offer.mode, "remote");
    assert_string_equal(offer.phase, "reintegration");
    offer = service_offer_make(NULL, 0, NULL, NULL, 0);
    assert_string_equal(offer.service, "");
    assert_int_equal(offer.minutes, 0);
    assert_string_equal(offer.mode, "in_person");
    assert_string_equal(offer.phase, "rescue");
    offer = service_offer_make(USES, 2, "no_such_service", running, 1);
    assert_string_equal(offer.service, "");
}

static void m4_2_time_and_money_in_words(void **state)
{
    (void)state;
    assert_string_equal(service_duration(arena, LANGUAGE_lv, 45), "45 min");
    assert_string_equal(service_duration(arena, LANGUAGE_lv, 120), "2 h");
    assert_string_equal(service_duration(arena, LANGUAGE_lv, 150), "2 h 30 min");
    assert_string_equal(service_money(arena, LANGUAGE_lv, 1205), "12,05 €");
    assert_string_equal(service_money(arena, LANGUAGE_en, 1205), "€12.05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m4_2_money_as_people_type_it),
        cmocka_unit_test(m4_2_a_service_is_not_given_tomorrow),
        cmocka_unit_test(m4_2_the_last_entry_is_offered),
        cmocka_unit_test(m4_2_a_service_given_before_is_offered_as_it_was),
        cmocka_unit_test(m4_2_a_new_service_comes_as_the_pack_has_it),
        cmocka_unit_test(m4_2_time_and_money_in_words),
    };
    return cmocka_run_group_tests_name("service_rules", tests, set_up, tear_down);
}
