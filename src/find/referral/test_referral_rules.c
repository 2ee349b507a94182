/* Decisions about referrals, by table. */
#include "base/text.h"
#include "find/referral/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void m1_6_deadlines_follow_from_the_hours(void **state)
{
    (void)state;
    assert_int_equal(referral_due(1000, 1), 1000 + 3600000);
    assert_int_equal(referral_due(0, 240), INT64_C(864000000));
    assert_true(referral_late("open", 10, 11));
    assert_false(referral_late("open", 10, 10));
    assert_false(referral_late("consulted", 10, 11));
    assert_false(referral_late("accepted", 10, 11));
}

static void m1_6_a_number_can_be_dialled(void **state)
{
    static const struct {
        const char *way, *contact, *dial;
    } table[] = {
        {"phone", "+371 29 000 220", "tel:+37129000220"},
        {"phone", "(67) 000-118", "tel:67000118"},
        {"phone", "116111", "tel:116111"},
        {"phone", "29000220 pēc 18", NULL},
        {"phone", "29000220, 29000221", NULL},
        {"phone", "2900+0220", NULL},
        {"phone", "29000220;ext=javascript:1", NULL},
        {"phone", "+", NULL},
        {"phone", "1234567890123456", NULL},
        {"phone", "", NULL},
        {"phone", NULL, NULL},
        {"email", "29000220", NULL},
        {"through", "29000220", NULL},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *dial = referral_dial(arena, table[i].way, table[i].contact);
        if (table[i].dial == NULL)
            assert_null(dial);
        else
            assert_string_equal(dial, table[i].dial);
    }
    arena_free(arena);
    assert_string_equal(referral_how_offered("phone"), "phone");
    assert_string_equal(referral_how_offered("none"), "nobody");
    assert_string_equal(referral_how_offered(NULL), "nobody");
}

static void m1_6_what_may_follow(void **state)
{
    static const struct {
        const char *status;
        bool may[REFERRAL_ACTS]; /* consult, redirect, decline, accept, reopen */
    } table[] = {
        {"open", {true, true, true, true, false}},          {"consulted", {true, true, true, true, true}},
        {"redirected", {false, false, false, false, true}}, {"declined", {false, false, false, false, true}},
        {"accepted", {false, false, false, false, true}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (unsigned act = 0; act < REFERRAL_ACTS; act++)
            assert_int_equal(referral_may(table[i].status, (enum referral_act)act), table[i].may[act]);
}

static void acts_have_codes_and_lead_to_a_status(void **state)
{
    (void)state;
    for (unsigned act = 0; act < REFERRAL_ACTS; act++) {
        enum referral_act found;
        assert_true(referral_act_of(referral_act_code((enum referral_act)act), &found));
        assert_int_equal(found, act);
    }
    enum referral_act none;
    assert_false(referral_act_of("", &none));
    assert_false(referral_act_of("delete", &none));
    assert_string_equal(referral_status_after(REFERRAL_REOPEN), "open");
    assert_string_equal(referral_status_after(REFERRAL_ACCEPT), "accepted");
}

static void m1_6_a_decision_is_whole_or_says_what_is_missing(void **state)
{
    static const struct {
        struct referral_decision decision;
        bool answerable, disputed, adult;
        unsigned flaws;
    } table[] = {
        {{"consult", "words", "", "", "phone", "2026-11-23", ""}, true, false, false, 0},
        {{"", "", "", "", "", "", ""}, true, false, false, REFERRAL_NO_ACT | REFERRAL_NO_WORDS | REFERRAL_NO_HOW},
        {{"delete", "words", "", "", "phone", "2026-11-23", ""}, true, false, false, REFERRAL_NO_ACT},
        {{"redirect", "words", "", "", "phone", "2026-11-23", "child"}, true, false, false, REFERRAL_NO_WHOM},
        {{"redirect", "words", "To them", "", "phone", "2026-11-23", ""}, true, false, false, REFERRAL_NOT_SAID},
        {{"redirect", "words", "To them", "", "phone", "2026-11-23", "danger"}, true, false, false, 0},
        {{"decline", "words", "", "", "phone", "2026-11-23", ""}, true, false, false, REFERRAL_NO_REASON},
        {{"decline", "words", "", "has_support", "phone", "2026-11-23", ""}, true, false, false, 0},
        {{"consult", "words", "", "", "nobody", "2026-11-23", ""}, true, false, false, REFERRAL_HOW_NOBODY},
        {{"consult", "words", "", "", "nobody", "2026-11-23", ""}, false, false, false, 0},
        {{"consult", "", "", "", "nobody", "2026-11-23", ""}, false, false, false, 0},
        {{"consult", "", "", "", "nobody", "2026-11-23", ""}, true, false, false, REFERRAL_HOW_NOBODY},
        {{"consult", "words", "", "", "phone", "2026-11-24", ""}, true, false, false, REFERRAL_IN_FUTURE},
        {{"consult", "words", "", "", "phone", "nonsense", ""},
         true,
         false,
         false,
         0}, /* the field's own rule speaks */
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct referral_facts facts = {table[i].answerable, table[i].disputed, table[i].adult, "2026-11-23"};
        assert_int_equal(referral_flaws(&table[i].decision, &facts), table[i].flaws);
    }
}

static void m1_7_a_disputed_or_unknown_age_is_no_adults(void **state)
{
    struct referral_decision decision = {"decline", "words", "", "adult", "phone", "2026-11-23", ""};
    (void)state;
    assert_int_equal(referral_flaws(&decision, &(struct referral_facts){true, true, true, "2026-11-23"}),
                     REFERRAL_NOT_ADULT);
    assert_int_equal(referral_flaws(&decision, &(struct referral_facts){true, false, false, "2026-11-23"}),
                     REFERRAL_NOT_ADULT);
    assert_int_equal(referral_flaws(&decision, &(struct referral_facts){true, false, true, "2026-11-23"}), 0);
}

static void only_a_way_that_needs_it_asks_for_a_contact(void **state)
{
    (void)state;
    assert_true(referral_way_needed("self"));
    assert_true(referral_way_needed(""));
    assert_false(referral_way_needed("anonymous"));
    assert_true(referral_contact_needed("phone"));
    assert_true(referral_contact_needed("through"));
    assert_false(referral_contact_needed("none"));
    assert_false(referral_contact_needed(""));
    assert_int_equal(referral_birth_year(15, 2026), 2011);
}

static void names_are_split_and_descriptions_are_not(void **state)
{
    static const struct {
        const char *about, *given, *family;
    } table[] = {
        {"Anna Bērziņa", "Anna", "Bērziņa"},
        {"  Anna   Marija Bērziņa ", "Anna Marija", "Bērziņa"},
        {"Оксана Шевчук\nseen at the station", "Оксана", "Шевчук"},
        {"Anna", "", ""},
        {"", "", ""},
        {"a girl at the station", "", ""},
        {"girl, 15", "", ""},
        {NULL, "", ""},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *given, *family;
        referral_name_split(arena, table[i].about, &given, &family);
        assert_string_equal(given, table[i].given);
        assert_string_equal(family, table[i].family);
    }
    arena_free(arena);
}

static void a_brief_is_cut_between_characters(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    assert_string_equal(referral_brief(arena, "short", 80), "short");
    assert_string_equal(referral_brief(arena, "one\ntwo", 80), "one…");
    assert_string_equal(referral_brief(arena, "āēīū", 4), "āēīū");
    assert_string_equal(referral_brief(arena, "āēīūš", 4), "āēīū…");
    assert_string_equal(referral_brief(arena, "one two three", 9), "one two…");
    assert_string_equal(referral_brief(arena, "", 4), "");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m1_6_deadlines_follow_from_the_hours),
        cmocka_unit_test(m1_6_what_may_follow),
        cmocka_unit_test(m1_6_a_number_can_be_dialled),
        cmocka_unit_test(acts_have_codes_and_lead_to_a_status),
        cmocka_unit_test(m1_6_a_decision_is_whole_or_says_what_is_missing),
        cmocka_unit_test(m1_7_a_disputed_or_unknown_age_is_no_adults),
        cmocka_unit_test(only_a_way_that_needs_it_asks_for_a_contact),
        cmocka_unit_test(names_are_split_and_descriptions_are_not),
        cmocka_unit_test(a_brief_is_cut_between_characters),
    };
    return cmocka_run_group_tests_name("referral_rules", tests, NULL, NULL);
}
