#include "platform/form/test_book.h"

#include "base/text.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SURVEY                                                                                                     \
    "#survey\ntype|name|label|relevant|constraint|calculation|required|choice_filter|default|repeat_count|ausma::" \
    "fact\n"
#define CHOICES "#choices\nlist_name|name|label\nyn|yes|Yes\nyn|no|No\n"

struct refused {
    const char *text;
    enum form_problem_code code;
    const char *sheet;
    unsigned row;
    const char *column;
    const char *detail; /* part of it */
};

static const struct refused refusals[] = {
    {"#choices\nlist_name|name\n", FORM_SHEET_MISSING, "", 0, "", "survey"},
    {"#survey\nname|label\nq|Q\n", FORM_COLUMN_MISSING, "survey", 0, "", "type"},
    {"#survey\ntype|name|label|label\ntext|q|Q|R\n", FORM_COLUMN_TWICE, "survey", 1, "D", ""},
    {SURVEY, FORM_EMPTY, "survey", 0, "", ""},
    {SURVEY "\n\nnosuch|q|Q\n", FORM_TYPE_UNKNOWN, "survey", 4, "A", "nosuch"},
    {SURVEY "include|q|Q\n", FORM_NOT_SUPPORTED, "survey", 2, "A", "include"},
    {SURVEY "select_one_from_file a.exe|q|Q\n", FORM_FILE_UNKNOWN, "survey", 2, "A", "a.exe"},
    {SURVEY "text|q\n", FORM_LABEL_MISSING, "survey", 2, "C", "q"},
    {SURVEY "background-geopoint|q|Q\n", FORM_TRIGGER_INVALID, "survey", 2, "", ""},
    {SURVEY "text|meta|Q\n", FORM_NAME_RESERVED, "survey", 2, "B", "meta"},
    {"#survey\ntype|name|label|parameters\nrange|q|Q|step=0\n", FORM_PARAMETER_INVALID, "survey", 2, "D", "step"},
    {"#survey\ntype|name|label|save_to\ntext|q|Q|p\n", FORM_ENTITY_INVALID, "survey", 2, "D", "entities"},
    {SURVEY "csv-external|a\ntext|q|Q\nxml-external|b\ncalculate|c||||pulldata('b', 'x', 'y', 'z')\n",
     FORM_SOURCE_TWICE, "survey", 5, "B", "b"},
    {SURVEY "text||Q\n", FORM_CELL_MISSING, "survey", 2, "B", ""},
    {SURVEY "|q|Q\n", FORM_CELL_MISSING, "survey", 2, "A", ""},
    {SURVEY "text|1q|Q\n", FORM_NAME_INVALID, "survey", 2, "B", "1q"},
    {SURVEY "text|q|Q\ntext|q|Q\n", FORM_NAME_TWICE, "survey", 3, "B", "q"},
    {SURVEY "select_one yn|q|Q\n", FORM_LIST_UNKNOWN, "survey", 2, "A", "yn"},
    {SURVEY "select_one yn|q|Q\n" CHOICES "yn||Maybe\n", FORM_CELL_MISSING, "choices", 4, "B", ""},
    {SURVEY "select_multiple yn|q|Q\n" CHOICES "yn|may be|Maybe\n", FORM_NAME_INVALID, "choices", 4, "B", "may be"},
    {SURVEY "begin group|g|G\ntext|q|Q\n", FORM_GROUP_NOT_CLOSED, "survey", 2, "A", "g"},
    {SURVEY "text|q|Q\nend group\n", FORM_GROUP_NOT_OPEN, "survey", 3, "A", ""},
    {SURVEY "begin group|g|G\nend repeat\n", FORM_GROUP_NOT_OPEN, "survey", 3, "A", ""},
    {SURVEY "text|q|Q|1 +\n", FORM_EXPRESSION_INVALID, "survey", 2, "D", "the end"},
    {SURVEY "text|q|Q||nosuch(.)\n", FORM_EXPRESSION_INVALID, "survey", 2, "E", "nosuch()"},
    {SURVEY "text|q|Q||regex(., '[')\n", FORM_EXPRESSION_INVALID, "survey", 2, "E", "regex()"},
    {SURVEY "text|q|Q|${who} = 1\n", FORM_REFERENCE_UNKNOWN, "survey", 2, "D", "who"},
    {SURVEY "text|q|About ${who}\n", FORM_REFERENCE_UNKNOWN, "survey", 2, "C", "who"},
    {SURVEY "begin group|g|G\ntext|q|Q\nend group\ntext|q|Q\ntext|r|R|${q} = 1\n", FORM_REFERENCE_UNCLEAR, "survey", 6,
     "D", "q"},
    {SURVEY "calculate|a||||${b}\ncalculate|b||||${a}\n", FORM_CIRCLE, "survey", 0, "B", "a"},
    {SURVEY "text|a|A|${b} = 1\ntext|b|B|${a} = 1\n", FORM_CIRCLE, "survey", 0, "B", "b"},
    {SURVEY "begin group|g|G|${q} = 1\ntext|q|Q\nend group\n", FORM_CIRCLE, "survey", 0, "B", "g"},
    {SURVEY "text|q|Q||||||||Need!\n", FORM_VALUE_INVALID, "survey", 2, "K", "Need!"},
    {SURVEY "calculate|q\n", FORM_CALCULATION_MISSING, "survey", 2, "F", ""},
    {SURVEY "text|q|Q\n#settings\nform_id\na<b\n", FORM_NAME_INVALID, "settings", 2, "A", "a<b"},
};

static void m2_7_a_refusal_names_sheet_row_column_and_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refused *wanted = &refusals[i];
        struct arena *arena = arena_new(16 << 20);
        const struct form *form = NULL;
        const struct form_problem *problems = NULL;
        size_t count = 0;
        if (form_read(arena, book_make(arena, wanted->text), NULL, &form, &problems, &count) != ERR_INPUT || count == 0)
            fail_msg("not refused: %s", wanted->text);
        const struct form_problem *p = &problems[0];
        bool same = p->code == wanted->code && text_same(p->sheet, wanted->sheet) &&
                    text_same(p->column, wanted->column) &&
                    (p->row == wanted->row || (wanted->code == FORM_CIRCLE && p->row >= 2)) &&
                    strstr(p->detail, wanted->detail) != NULL;
        if (!same)
            fail_msg("case %zu: %s", i, form_problem_text(arena, p));
        arena_free(arena);
    }
}

/* Sins of forms that are in use: said, but no wall. */
static const struct refused warnings[] = {
    {SURVEY "select_one yn|q|Q\n" CHOICES "yn|no|No\n", FORM_CHOICE_TWICE, "choices", 4, "B", "no"},
    {SURVEY "select_one yn|q|Q\n" CHOICES "yn|maybe\n", FORM_LABEL_MISSING, "choices", 4, "C", "maybe"},
    {SURVEY "text|q|Q|/data/who = 1\n", FORM_REFERENCE_UNKNOWN, "survey", 2, "D", "who"},
    {SURVEY "text|q|Q|../who = 1\n", FORM_REFERENCE_UNKNOWN, "survey", 2, "D", "who"},
    {SURVEY "integer|q|Q||||||x\n", FORM_VALUE_INVALID, "survey", 2, "I", "x"},
    {SURVEY "text|q|Q\ntext|Q|R\n", FORM_NAME_SIMILAR, "survey", 3, "B", "Q"},
    {SURVEY "image|q|Q\n", FORM_MAX_PIXELS, "survey", 2, "", ""},
    {SURVEY "simserial|q\n", FORM_OUTDATED, "survey", 2, "A", "simserial"},
    {SURVEY "text|q|Q\n#setting\nform_id\nx\n", FORM_SHEET_SIMILAR, "", 0, "", "setting"},
    {"#survey\ntype|name|label::Klingon\ntext|q|Q\n", FORM_LANGUAGE_UNCLEAR, "survey", 0, "", "Klingon"},
};

static void m2_7_sins_of_forms_in_use_are_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof warnings / sizeof warnings[0]; i++) {
        const struct refused *wanted = &warnings[i];
        struct arena *arena = arena_new(16 << 20);
        const struct form *form = NULL;
        const struct form_problem *problems = NULL;
        size_t count = 0;
        if (form_read(arena, book_make(arena, wanted->text), NULL, &form, &problems, &count) != OK || count != 1)
            fail_msg("case %zu: refused, or %zu problems", i, count);
        const struct form_problem *p = &problems[0];
        bool same = p->code == wanted->code && p->warning && text_same(p->sheet, wanted->sheet) &&
                    text_same(p->column, wanted->column) && p->row == wanted->row &&
                    strstr(p->detail, wanted->detail) != NULL && form_problem_remedy(p)[0] != '\0';
        if (!same)
            fail_msg("case %zu: %s", i, form_problem_text(arena, p));
        arena_free(arena);
    }
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    struct bytes book = book_make(arena, SURVEY "nosuch|p|P\ntext|1|One\nselect_one x|s|S\n");
    assert_int_equal(form_read(arena, book, NULL, &form, &problems, &count), ERR_INPUT);
    assert_int_equal(count, 3);
    assert_string_equal(form_problem_text(arena, &problems[1]),
                        "sheet survey, row 3, column B (name): this cannot be a name: 1");
    assert_null(form);
    arena_free(arena);
}

static void m2_7_languages_and_settings(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    const struct form *form = book_form(arena,
                                        "#survey\n"
                                        "type|name|label::English (en)|label::Latvian (lv)|hint::lv|ausma::fact\n"
                                        "integer|age|Age|Vecums|Gados|person.age\n"
                                        "note||Thank you|\n"
                                        "#settings\n"
                                        "form_title|form_id|version|default_language\n"
                                        "Drošība|safety|=20261123|Latvian (lv)\n");
    const struct form_language *languages = NULL;
    struct form_node *const *nodes = NULL;
    assert_int_equal(form_languages(form, &languages), 2);
    assert_string_equal(languages[1].name, "Latvian");
    assert_string_equal(languages[1].code, "lv");
    assert_int_equal(form_language_find(form, "en"), 0);
    assert_int_equal(form_language_find(form, "de"), 1);
    assert_string_equal(form_id(form), "safety");
    assert_string_equal(form_title(form), "Drošība");
    assert_string_equal(form_version(form), "20261123");
    assert_int_equal(form_nodes(form, &nodes), 3);
    assert_string_equal(nodes[1]->path, "/data/age");
    assert_string_equal(nodes[1]->fact, "person.age");
    assert_string_equal(form_label(form, nodes[1], 1), "Vecums");
    assert_string_equal(form_hint(form, nodes[1], 1), "Gados");
    assert_string_equal(form_label(form, nodes[2], 1), "Thank you");
    arena_free(arena);
}

/* ---- files from anybody ---- */

static enum err read_bytes(struct arena *arena, struct bytes file, enum form_problem_code *code)
{
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, file, NULL, &form, &problems, &count);
    *code = result == ERR_INPUT ? problems[0].code : FORM_PROBLEM_NONE;
    return result;
}

static void what_is_no_workbook_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    enum form_problem_code code = FORM_PROBLEM_NONE;
    struct bytes book = book_make(arena, SURVEY "text|q|Q\n");
    uint8_t *broken = arena_alloc(arena, book.len);
    assert_int_equal(read_bytes(arena, (struct bytes){NULL, 0}, &code), ERR_INPUT);
    assert_int_equal(code, FORM_NOT_A_WORKBOOK);
    assert_int_equal(read_bytes(arena, (struct bytes){(const uint8_t *)"PK nothing", 10}, &code), ERR_INPUT);
    for (size_t len = 0; len < book.len; len += 7)
        assert_int_equal(read_bytes(arena, (struct bytes){book.ptr, len}, &code), ERR_INPUT);
    for (size_t at = 0; at < book.len; at += 11) {
        memcpy(broken, book.ptr, book.len);
        broken[at] ^= 0x55;
        assert_int_not_equal(read_bytes(arena, (struct bytes){broken, book.len}, &code), ERR_LIMIT);
    }
    arena_free(arena);
}

static struct bytes book_with(struct arena *arena, const char *part, const char *text, size_t len)
{
    struct book b = {.arena = arena};
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    b.zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    const char *workbook = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"survey\" r:id=\"a\"/></sheets></workbook>";
    const char *relations = "<Relationships><Relationship Id=\"a\" Target=\"s.xml\"/></Relationships>";
    if (strcmp(part, "xl/workbook.xml") != 0)
        book_part(&b, "xl/workbook.xml", workbook, strlen(workbook));
    book_part(&b, "xl/_rels/workbook.xml.rels", relations, strlen(relations));
    book_part(&b, part, text, len);
    return book_pack(arena, b.zip, source);
}

static void bombs_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(400 << 20);
    enum form_problem_code code = FORM_PROBLEM_NONE;
    size_t len = 100 << 20;
    char *zeros = arena_alloc(arena, len);
    memset(zeros, ' ', len);
    struct bytes bomb = book_with(arena, "xl/s.xml", zeros, len);
    assert_true(bomb.len < 200000);
    assert_int_equal(read_bytes(arena, bomb, &code), ERR_INPUT);
    assert_int_equal(code, FORM_TOO_LARGE);

    struct buf rows;
    buf_init(&rows, arena, 4 << 20);
    buf_text(&rows, "<worksheet><sheetData>");
    for (int i = 0; i < 30000; i++)
        buf_text(&rows, "<row><c><v>1</v></c></row>");
    buf_text(&rows, "</sheetData></worksheet>");
    assert_int_equal(read_bytes(arena, book_with(arena, "xl/s.xml", rows.ptr, rows.len), &code), ERR_INPUT);
    assert_int_equal(code, FORM_TOO_LARGE);

    const char
        *laughs = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><workbook><sheets>&b;</sheets></workbook>";
    assert_int_equal(read_bytes(arena, book_with(arena, "xl/workbook.xml", laughs, strlen(laughs)), &code), ERR_INPUT);
    assert_int_equal(code, FORM_NOT_A_WORKBOOK);
    arena_free(arena);
}

static void a_small_arena_is_no_crash(void **state)
{
    (void)state;
    struct arena *big = arena_new(16 << 20);
    struct bytes book = book_make(big, SURVEY "select_one yn|q|Q ${r}\ntext|r|R|${q} = 'yes'\n" CHOICES);
    for (size_t number = 1;; number++) {
        struct arena *arena = arena_new(1 << 20);
        enum form_problem_code code = FORM_PROBLEM_NONE;
        arena_fail_at(arena, number);
        enum err result = read_bytes(arena, book, &code);
        arena_fail_at(arena, 0);
        arena_free(arena);
        if (result == OK)
            break;
        assert_int_equal(result, ERR_LIMIT);
    }
    arena_free(big);
}

/* ---- workbooks of others, read where they lie beside the project ---- */

static bool read_file(struct arena *arena, const char *path, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    uint8_t *bytes = arena_alloc(arena, 4 << 20);
    out->len = fread(bytes, 1, 4 << 20, file);
    out->ptr = bytes;
    fclose(file);
    return true;
}

static void the_trafficking_data_standard_opens_and_is_filled(void **state)
{
    (void)state;
    struct arena *arena = arena_new(32 << 20);
    const char *root = getenv("AUSMA_ROOT");
    struct bytes file;
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    if (!read_file(arena,
                   arena_format(arena, "%s/../shared/standards/htcds/htcds_xlsform.xlsx", root == NULL ? "." : root),
                   &file)) {
        print_message("htcds_xlsform.xlsx is not there: skipped\n");
        arena_free(arena);
        skip();
    }
    assert_int_equal(form_read(arena, file, NULL, &form, &problems, &count), OK);
    struct form_fill *fill = form_fill_new(arena, form, INT64_C(1795473000000), 0);
    struct form_fill *again = form_fill_new(arena, form, INT64_C(1795473000000), 0);
    for (const struct form_item *item = form_fill_root(fill)->first; item != NULL; item = item->next) {
        const struct form_choice *choices = NULL;
        size_t choice_count = form_choices(arena, form, item->node, 0, &choices);
        const char *answer = choice_count > 0                ? choices[choice_count - 1].name
                             : item->node->type == FORM_DATE ? "2010-02-28"
                                                             : "Invented <Name> & co";
        if (item->node->type != FORM_META && item->node->type != FORM_CALCULATE)
            assert_int_equal(form_fill_set(fill, item->path, answer), OK);
    }
    assert_int_equal(form_fill_evaluate(fill), OK);
    assert_true(form_fill_complete(fill));
    struct bytes xml = form_fill_write_xml(fill, false);
    assert_int_equal(form_fill_read_xml(again, xml), OK);
    assert_int_equal(form_fill_evaluate(again), OK);
    struct bytes second = form_fill_write_xml(again, false);
    assert_int_equal(xml.len, second.len);
    assert_memory_equal(xml.ptr, second.ptr, xml.len);
    assert_string_equal(form_item_find(again, "/data/prs_Citizenship")->value, "ZW");
    arena_free(arena);
}

static size_t opened, turned_away;

static int open_one(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    (void)stat;
    (void)where;
    size_t len = strlen(path);
    if (kind != FTW_F || len < 5 || strcmp(path + len - 5, ".xlsx") != 0)
        return 0;
    struct arena *arena = arena_new(64 << 20);
    struct bytes file;
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    assert_true(read_file(arena, path, &file));
    enum err result = form_read(arena, file, NULL, &form, &problems, &count);
    if (result == OK) {
        opened++;
        struct form_fill *fill = form_fill_new(arena, form, INT64_C(1795473000000), 0);
        assert_int_equal(form_fill_evaluate(fill), OK);
        assert_int_equal(form_fill_read_xml(fill, form_fill_write_xml(fill, true)), OK);
    } else {
        turned_away++;
        assert_int_equal(result, ERR_INPUT);
        assert_true(problems[0].code != FORM_NOT_A_WORKBOOK && problems[0].code != FORM_TOO_LARGE);
        print_message("  %s: %s\n", strrchr(path, '/') + 1, form_problem_text(arena, &problems[0]));
    }
    arena_free(arena);
    return 0;
}

static void every_workbook_of_others_opens_or_says_why_not(void **state)
{
    (void)state;
    char path[500];
    const char *root = getenv("AUSMA_ROOT");
    (void)snprintf(path, sizeof path, "%s/../shared/forms/corpus", root == NULL ? "." : root);
    if (nftw(path, open_one, 10, FTW_PHYS) != 0) {
        print_message("shared/forms/corpus is not there: skipped\n");
        skip();
    }
    print_message("%zu workbooks opened, %zu refused\n", opened, turned_away);
    assert_true(opened >= 14);
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_7_a_refusal_names_sheet_row_column_and_cause),
        cmocka_unit_test(m2_7_sins_of_forms_in_use_are_warnings),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(m2_7_languages_and_settings),
        cmocka_unit_test(what_is_no_workbook_is_refused),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(a_small_arena_is_no_crash),
        cmocka_unit_test(the_trafficking_data_standard_opens_and_is_filled),
        cmocka_unit_test(every_workbook_of_others_opens_or_says_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
