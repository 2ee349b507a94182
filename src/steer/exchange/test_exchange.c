/* The rules of what comes in: tables, spreadsheets, dates, codes. */
#include "steer/exchange/internal.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new((size_t)1 << 24);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct csv csv_of(const char *text)
{
    struct csv csv;
    csv_begin(&csv, (struct bytes){(const uint8_t *)text, strlen(text)});
    return csv;
}

static void csv_reads_quotes_and_line_ends(void **state)
{
    (void)state;
    struct csv csv = csv_of("\xef\xbb\xbf"
                            "a,\"b,\"\"c\nd\",\r\n,x\n");
    struct csv_row row;
    assert_int_equal(csv_next(&csv, arena, &row), OK);
    assert_int_equal(row.count, 3);
    assert_string_equal(row.cells[0], "a");
    assert_string_equal(row.cells[1], "b,\"c\nd");
    assert_string_equal(row.cells[2], "");
    assert_int_equal(csv_next(&csv, arena, &row), OK);
    assert_int_equal(csv.line, 3);
    assert_int_equal(row.count, 2);
    assert_int_equal(csv_next(&csv, arena, &row), ERR_NOT_FOUND);
}

static void csv_refuses_what_is_broken(void **state)
{
    (void)state;
    static const char *const broken[] = {"\"a", "\"a\"b,c\n", "\"a\"\"\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct csv csv = csv_of(broken[i]);
        struct csv_row row;
        assert_int_equal(csv_next(&csv, arena, &row), ERR_INPUT);
    }
    char *wide = arena_alloc(arena, 200);
    memset(wide, ',', 150);
    struct csv csv = csv_of(wide);
    struct csv_row row;
    assert_int_equal(csv_next(&csv, arena, &row), ERR_LIMIT);
}

/* A cell of 60 MB stopped the program, and what stood behind a NUL was left out unseen. */
static void csv_refuses_huge_cells_and_what_is_no_text(void **state)
{
    (void)state;
    static const char nul[] = "2019\0junk,\"a\0b\"\n";
    static const char quoted[] = "\"a\0b\",c\n";
    struct csv csv;
    struct csv_row row;
    csv_begin(&csv, (struct bytes){(const uint8_t *)nul, sizeof nul - 1});
    assert_int_equal(csv_next(&csv, arena, &row), ERR_INPUT);
    csv_begin(&csv, (struct bytes){(const uint8_t *)quoted, sizeof quoted - 1});
    assert_int_equal(csv_next(&csv, arena, &row), ERR_INPUT);

    char *cell = arena_alloc(arena, CSV_CELL_MAX + 4);
    memset(cell, 'x', CSV_CELL_MAX);
    csv = csv_of(cell);
    assert_int_equal(csv_next(&csv, arena, &row), OK);
    cell[CSV_CELL_MAX] = 'x';
    csv = csv_of(cell);
    assert_int_equal(csv_next(&csv, arena, &row), ERR_LIMIT);
    cell[0] = '"';
    cell[CSV_CELL_MAX + 1] = 'x';
    cell[CSV_CELL_MAX + 2] = '"';
    csv = csv_of(cell);
    assert_int_equal(csv_next(&csv, arena, &row), ERR_LIMIT);
}

static size_t column_of(const char *heading)
{
    size_t column = 0;
    while (!text_same(ctdc_heading(column), heading))
        column++;
    return column;
}

static void ctdc_blank_is_unknown_never_no(void **state)
{
    (void)state;
    for (size_t i = 1; i < CTDC_COLUMNS; i++) {
        struct ctdc_facts facts = {0};
        assert_true(ctdc_cell(arena, i, "", &facts));
        assert_string_equal(facts.codes[i], "unknown");
    }
    struct ctdc_facts facts = {0};
    assert_true(ctdc_cell(arena, 0, "", &facts));
    assert_false(facts.year_from.has);
}

static void ctdc_cells_by_table(void **state)
{
    (void)state;
    static const struct {
        const char *heading, *text, *code; /* NULL: refused */
    } cases[] = {
        {"gender", "Female", "female"},
        {"gender", "female", NULL},
        {"majorityStatus", "Minor", "minor"},
        {"isForcedLabour", "1", "yes"},
        {"isForcedLabour", "2", NULL},
        {"UN_COO_Region", "Americas/Oceania", "americas_oceania"},
        {"IP_Gender", "Female;Male", "female male"},
        {"IP_Gender", "Female;", NULL},
        {"IP_ageBroad", "30--38;48+", "30_38 48_up"},
        {"IP_PayMoney", "No;Yes", "no yes"},
        {"IP_Relation", "Stranger", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ctdc_facts facts = {0};
        size_t column = column_of(cases[i].heading);
        assert_int_equal(ctdc_cell(arena, column, cases[i].text, &facts), cases[i].code != NULL);
        assert_string_equal(facts.codes[column], cases[i].code == NULL ? "unknown" : cases[i].code);
    }
}

static void ctdc_years(void **state)
{
    (void)state;
    struct ctdc_facts facts = {0};
    assert_true(ctdc_cell(arena, 0, "2014-2018", &facts));
    assert_int_equal(facts.year_from.value, 2014);
    assert_int_equal(facts.year_to.value, 2018);
    assert_true(ctdc_cell(arena, 0, "2019", &facts));
    assert_int_equal(facts.year_to.value, 2019);
    static const char *const wrong[] = {"2018-2014", "19", "201x", "2014/2018", "99999", "2014-20"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(ctdc_cell(arena, 0, wrong[i], &facts));
}

static const char *cell(const char *key, const char *text, struct htcds_case *out)
{
    const struct htcds_field *field = htcds_field_of(key, NULL);
    assert_non_null(field);
    return htcds_cell(arena, field, text, "2026-11-23", out);
}

static void htcds_cells_by_table(void **state)
{
    (void)state;
    static const struct {
        const char *key, *text;
        bool fine;
    } cases[] = {
        {"prs_Birthdate", "2010-04-17", true},
        {"prs_Birthdate", "2010", true},
        {"prs_Birthdate", "17.04.2010", false},
        {"prs_Birthdate", "2027", false},
        {"prs_Birthdate", "1066-10-14", false},
        {"prs_Gender", "Transgender Feminine", true},
        {"prs_Gender", "girl", false},
        {"prs_Citizenship", "LV", true},
        {"prs_Citizenship", "ua;md", true},
        {"prs_Citizenship", "Latvia", false},
        {"prs_MobilePhone", "+371 20000001", true},
        {"prs_MobilePhone", "call", false},
        {"prs_MobilePhone", "123", false},
        {"con_Consent", "TRUE", true},
        {"con_Consent", "perhaps", false},
        {"vic_TypeOfExploitation", "Forced labour;SexualExploitation", true},
        {"vic_TypeOfExploitation", "Forced labour, other", false},
        {"vic_MethodsOfControl", "Threats of law enforcement", true},
        {"cas_Status", "Follow Up", true},
        {"cas_Status", "Sleeping", false},
        {"cas_IncomingReferralDate", "2026-11-23", true},
        {"cas_IncomingReferralDate", "2026-11-24", false},
        {"cas_IncomingReferralDate", "2026", false},
        {"prs_FirstName", "\xff\xfe", false},
        {"prs_FirstName", "Itohan\nBcc: x", false}, /* as in the page of a person */
        {"prs_SecondName", "a\tb", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct htcds_case row = {0};
        const char *cause = cell(cases[i].key, cases[i].text, &row);
        if ((cause == NULL) != cases[i].fine)
            fail_msg("%s: %s", cases[i].key, cases[i].text);
    }
}

static void htcds_a_row_becomes_a_case(void **state)
{
    (void)state;
    struct htcds_case row = {0};
    assert_null(cell("prs_FirstName", "Itohan", &row));
    assert_null(cell("prs_HomePhone", "+371 20000001", &row));
    assert_null(cell("prs_MobilePhone", "+371 20000002", &row));
    assert_null(cell("prs_Birthdate", "2010-04", &row));
    assert_null(cell("prs_MailingStreet", "Somewhere 1", &row));
    assert_null(cell("vic_TypeOfExploitation", "Other;Other;Servitude", &row));
    assert_null(cell("cas_IncomingReferralDetails", "A teacher called.", &row));
    assert_string_equal(row.person.phones, "+371 20000001\n+371 20000002");
    assert_string_equal(row.person.birth_exact, "year");
    assert_int_equal(row.fact_count, 2);
    assert_string_equal(row.person.note, "Incoming Referral Details: A teacher called.");
}

static void htcds_fields_by_key_and_by_label(void **state)
{
    (void)state;
    assert_ptr_equal(htcds_field_of(NULL, "Reason for Outgoing Referral"),
                     htcds_field_of("cas_ReasonForOutgoingReferral", NULL));
    assert_non_null(htcds_field_of("vic_TraffickinStatusDecisionMakingOrg", "anything"));
    assert_null(htcds_field_of("prs_Unheard", "First Name"));
    assert_null(htcds_field_of(NULL, "Unheard"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(csv_reads_quotes_and_line_ends, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(csv_refuses_what_is_broken, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(csv_refuses_huge_cells_and_what_is_no_text, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(ctdc_blank_is_unknown_never_no, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(ctdc_cells_by_table, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(ctdc_years, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(htcds_cells_by_table, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(htcds_a_row_becomes_a_case, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(htcds_fields_by_key_and_by_label, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
