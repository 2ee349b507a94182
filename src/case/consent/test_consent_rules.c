/* How a consent stands on a day, by table (M2.1). */
#include "case/consent/consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TODAY "2026-05-10"

static void m2_1_the_state_of_a_consent(void **state)
{
    static const struct {
        struct consent_facts facts;
        const char *code;
    } cases[] = {
        {{"consent", "2026-05-10", "2027-05-10", NULL}, "valid"},
        {{"assent", "2026-01-01", NULL, NULL}, "valid"},
        {{"consent", "2026-05-11", "2027-05-10", NULL}, "later"},
        {{"consent", "2026-01-01", "2026-06-09", NULL}, "soon"},
        {{"consent", "2026-01-01", "2026-06-10", NULL}, "valid"},
        {{"consent", "2026-01-01", "2026-05-10", NULL}, "soon"},
        {{"consent", "2026-01-01", "2026-05-09", NULL}, "expired"},
        {{"consent", "2026-01-01", "2026-05-09", "2026-03-01"}, "withdrawn"},
        {{"consent", "2026-01-01", NULL, "2026-05-10"}, "withdrawn"},
        {{"consent", "2026-01-01", NULL, "2026-05-11"}, "valid"},
        {{"refused", "2026-01-01", NULL, NULL}, "refused"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(consent_state_code(consent_state(&cases[i].facts, TODAY, "2026-06-09")), cases[i].code);
}

static void m2_1_the_last_word_counts(void **state)
{
    static const struct consent_facts yes = {"consent", "2026-02-01", "2027-02-01", NULL};
    static const struct consent_facts child = {"assent", "2026-03-01", NULL, NULL};
    static const struct consent_facts no_before = {"refused", "2026-01-01", NULL, NULL};
    static const struct consent_facts no_after = {"refused", "2026-02-15", NULL, NULL};
    static const struct consent_facts no_same_day = {"refused", "2026-02-01", NULL, NULL};
    static const struct consent_facts taken_back = {"consent", "2026-01-15", NULL, "2026-04-01"};
    static const struct consent_facts over = {"consent", "2026-01-01", "2026-05-09", NULL};
    static const struct consent_facts to_come = {"consent", "2026-06-01", NULL, NULL};
    const struct {
        struct consent_facts facts[3];
        size_t count;
        bool stands;
    } cases[] = {
        {{{0}}, 0, false},
        {{yes}, 1, true},
        {{no_before, yes}, 2, true},
        {{yes, no_after}, 2, false},
        {{yes, no_same_day}, 2, false},
        {{child, no_after, yes}, 3, true},
        {{yes, taken_back}, 2, false},
        {{child, taken_back}, 2, false},
        {{over}, 1, false},
        {{to_come}, 1, false},
        {{to_come, yes}, 2, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(consent_stands(cases[i].facts, cases[i].count, TODAY), cases[i].stands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_1_the_state_of_a_consent),
        cmocka_unit_test(m2_1_the_last_word_counts),
    };
    return cmocka_run_group_tests_name("consent rules", tests, NULL, NULL);
}
