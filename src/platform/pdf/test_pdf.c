/* Paper made by cairo and pango, read again with poppler's pdftotext. */
#include "base/text.h"
#include "platform/pdf/testing.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(32 * 1024 * 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct pdf *start(void)
{
    return pdf_new(arena,
                   &(struct pdf_settings){.title = "Izraksts", .language = "lv", .page = "lapa", .footer = "0123abcd"});
}

/* What a reader sees, as text. */
static char *read_back(struct pdf *pdf)
{
    struct bytes bytes;
    assert_int_equal(pdf_bytes(pdf, &bytes), OK);
    assert_memory_equal(bytes.ptr, "%PDF-1.", 7);
    return pdf_read_back(arena, bytes);
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        found++;
    return found;
}

static void test_latvian_stays_whole(void **state)
{
    (void)state;
    static const char WORDS[] = "Ķērpju šķūņa žņaugi, čūska un īgns āpsis; ĀČĒĢĪĶĻŅŠŪŽ āčēģīķļņšūž";
    struct pdf *pdf = start();
    pdf_heading(pdf, 1, "Ierakstu žurnāls");
    pdf_text(pdf, WORDS);
    pdf_pair(pdf, "Lietas numurs", "A-2026-0117-K");
    const char *text = read_back(pdf);
    assert_non_null(strstr(text, "Ierakstu žurnāls"));
    assert_non_null(strstr(text, WORDS));
    assert_non_null(strstr(text, "A-2026-0117-K"));
    assert_non_null(strstr(text, "lapa 1 / 1"));
    assert_non_null(strstr(text, "0123abcd"));
}

static void test_a_table_over_pages(void **state)
{
    (void)state;
    struct pdf *pdf = start();
    pdf_table(pdf, (const struct pdf_column[]){{"Numurs", 1}, {"Kas notika", 4}}, 2);
    for (int i = 0; i < 200; i++)
        pdf_row(pdf, (const char *const[]){arena_format(arena, "r%d.", i), "kāds skatījās"});
    const char *text = read_back(pdf);
    size_t pages = count(text, "\f");
    assert_true(pages > 2);
    assert_int_equal(count(text, "Kas notika"), pages);
    assert_int_equal(count(text, "kāds skatījās"), 200);
    assert_non_null(strstr(text, arena_format(arena, "lapa %zu / %zu", pages, pages)));
}

/* A cell longer than a page goes on, and nothing of it is lost. */
static void test_a_cell_longer_than_a_page(void **state)
{
    (void)state;
    char *words = arena_alloc(arena, 60000);
    for (int i = 0; i < 3000; i++)
        (void)snprintf(words + strlen(words), 20, "v%04d ", i);
    struct pdf *pdf = start();
    pdf_table(pdf, (const struct pdf_column[]){{"Datums", 1}, {"Vārdi", 2}}, 2);
    pdf_row(pdf, (const char *const[]){"2026-01-01", words});
    const char *text = read_back(pdf);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(count(text, arena_format(arena, "v%04d", i)), 1);
    assert_true(count(text, "\f") > 1);
}

static void test_a_heading_never_ends_a_page(void **state)
{
    (void)state;
    for (int lines = 40; lines < 60; lines++) {
        arena_reset(arena);
        struct pdf *pdf = start();
        for (int i = 0; i < lines; i++)
            pdf_text(pdf, "rinda");
        pdf_heading(pdf, 2, "Virsraksts");
        pdf_text(pdf, "Pēc virsraksta");
        const char *text = read_back(pdf);
        const char *heading = strstr(text, "Virsraksts");
        assert_non_null(heading);
        assert_true(strcspn(heading, "\f") > (size_t)(strstr(heading, "Pēc") - heading));
    }
}

static void test_matrix_and_odd_input(void **state)
{
    (void)state;
    uint8_t modules[21 * 21];
    for (size_t i = 0; i < sizeof modules; i++)
        modules[i] = (uint8_t)(0xc0 | (i % 3 == 0));
    struct pdf *pdf = start();
    pdf_matrix(pdf, modules, 21, 40, "1. daļa no 5");
    pdf_page_break(pdf);
    pdf_text(pdf, "\xff\xfe");
    pdf_text(pdf, NULL);
    pdf_text(pdf, "");
    const char *text = read_back(pdf);
    assert_non_null(strstr(text, "1. daļa no 5"));
    assert_non_null(strstr(text, "lapa 2 / 2"));
}

static enum err draw(void *data)
{
    struct bytes bytes;
    return pdf_bytes(data, &bytes);
}

/* An arena that is full on the way, at whatever point, leaves nothing open (the sanitizer watches). */
static void test_no_memory(void **state)
{
    (void)state;
    size_t number = 1;
    enum err result = ERR_LIMIT;
    for (; result != OK; number++) {
        struct arena *small = arena_new(4 << 20);
        struct pdf *pdf = pdf_new(small, &(struct pdf_settings){.title = "t", .language = "lv", .page = "lapa"});
        pdf_heading(pdf, 1, "Virsraksts");
        pdf_text(pdf, "vārdi");
        arena_fail_at(small, number);
        result = arena_try(small, draw, pdf);
        assert_true(result == OK || result == ERR_LIMIT);
        arena_free(small);
    }
    assert_true(number > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_latvian_stays_whole, begin, end),
        cmocka_unit_test_setup_teardown(test_a_table_over_pages, begin, end),
        cmocka_unit_test_setup_teardown(test_a_cell_longer_than_a_page, begin, end),
        cmocka_unit_test_setup_teardown(test_a_heading_never_ends_a_page, begin, end),
        cmocka_unit_test_setup_teardown(test_matrix_and_odd_input, begin, end),
        cmocka_unit_test_setup_teardown(test_no_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
