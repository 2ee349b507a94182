/* What is kept of a case is told: in a case as it stood, in the bundle, and in what a person is given of themselves (M7.2). */
#include "base/text.h"
#include "platform/store/tables.h"
#include "steer/proof/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* A table of cases, a sealed column ("table.column"), or all sealed ones of a table ("table.") that are not told, and why. */
static const struct {
    const char *name, *why;
} UNTOLD[] = {
    {"audit_entry", "the chain itself, which the bundle holds whole"},
    {"audit_image", "the same"},
    {"exchange_fact", "facts from elsewhere, told where they became a row of a case"},
    {"exchange_row", "where a row came from"},
    {"fieldwork_code", "a code that ends after days"},
    {"fieldwork_submission", "under a key of its own, and told as what it became"},
    {"file_file.about", "its kind and size, and its key"},
    {"file_file.digest", "of the sealed pieces, in the image"},
    {"file_piece", "what a file holds is handed over as a file; file_file has its digest"},
    {"person_person.tokens", "blind, and in the image"},
    {"person_token", "blind, made again from names"},
    {"place_key", "a key"},
    {"place_stay", "under a key of its own, which opens to those in charge alone"},
    {"record_key.wrapped", "a key"},
    {"record_past", "a key"},
    {"record_shut", "of a colleague, not of the person"},
    {"referral_item.", "under the referral's key; accepting one writes what was told into the case's events"},
    {"referral_step", "under the referral's key"},
    {"retention_erasure", "of the keeping of the case"},
    {"retention_hold", "the same"},
    {"retention_review", "the same"},
    {"team_glass", "of a colleague"},
    {"team_step", "of colleagues"},
};

static bool untold(const char *name)
{
    for (size_t i = 0; i < sizeof UNTOLD / sizeof *UNTOLD; i++) {
        size_t len = strlen(UNTOLD[i].name);
        if (text_same(UNTOLD[i].name, name) || (UNTOLD[i].name[len - 1] == '.' && text_starts(name, UNTOLD[i].name)))
            return true;
    }
    return false;
}

static bool has_column(const struct store_table *table, const char *name)
{
    for (unsigned i = 0; i < table->columns; i++) {
        if (text_same(table->names[i], name))
            return true;
    }
    return false;
}

static const struct store_table *kept_table(const char *name)
{
    for (size_t i = 0; i < store_table_count; i++) {
        if (text_same(store_tables[i].name, name))
            return &store_tables[i];
    }
    return NULL;
}

static const struct told_table *told_table(const char *name)
{
    for (size_t i = 0; i < TOLD_TABLE_COUNT; i++) {
        if (text_same(TOLD_TABLES[i].name, name))
            return &TOLD_TABLES[i];
    }
    return NULL;
}

static bool tells(const struct told_table *table, const char *column)
{
    for (const struct told_column *told = table->columns; told->name != NULL; told++) {
        if (text_same(told->name, column))
            return true;
    }
    return false;
}

static void m7_2_every_table_of_a_case_is_told(void **state)
{
    unsigned missing = 0;
    (void)state;
    for (size_t i = 0; i < store_table_count; i++) {
        const struct store_table *table = &store_tables[i];
        const struct told_table *told = told_table(table->name);
        if (told == NULL && has_column(table, "case_id") && !untold(table->name)) {
            print_error("%s is not told: a line of TOLD_TABLES in columns.c, or of UNTOLD here\n", table->name);
            missing++;
        }
        for (unsigned column = 0; told != NULL && column < table->columns; column++) {
            char name[128];
            bool sealed = table->kinds[column] == 'b' || table->kinds[column] == 'B';
            (void)snprintf(name, sizeof name, "%s.%s", table->name, table->names[column]);
            if (!sealed || tells(told, table->names[column]) || untold(name))
                continue;
            print_error("%s is not told\n", name);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

static void m7_2_what_is_told_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOLD_TABLE_COUNT; i++) {
        const struct told_table *told = &TOLD_TABLES[i];
        const struct store_table *table = kept_table(told->name);
        if (table == NULL)
            fail_msg("there is no table %s", told->name);
        assert_true(text_empty(told->row) || has_column(table, told->row));
        assert_true(text_empty(told->order) || has_column(table, told->order));
        for (const struct told_column *column = told->columns; column->name != NULL; column++) {
            if (!has_column(table, column->name))
                fail_msg("%s has no column %s", told->name, column->name);
        }
    }
    for (size_t i = 0; i < sizeof UNTOLD / sizeof *UNTOLD; i++) {
        if (strchr(UNTOLD[i].name, '.') == NULL && (kept_table(UNTOLD[i].name) == NULL || told_table(UNTOLD[i].name)))
            fail_msg("%s: there is no such table, or it is told", UNTOLD[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_2_every_table_of_a_case_is_told),
        cmocka_unit_test(m7_2_what_is_told_is_kept),
    };
    return cmocka_run_group_tests_name("proof columns", tests, NULL, NULL);
}
