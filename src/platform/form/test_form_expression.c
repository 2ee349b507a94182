#include "platform/form/test_book.h"

#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include <cmocka.h>

struct expected {
    const char *expression;
    const char *text; /* NULL: refused or without a value */
};

static const char *eval(struct arena *arena, struct form_fill *fill, const char *expression)
{
    const char *text = NULL;
    return form_eval_text(arena, expression, fill, &text) == OK ? text : NULL;
}

static void check(const struct expected *cases, size_t count, struct form_fill *fill)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(32 << 20);
        const char *got = eval(arena, fill, cases[i].expression);
        if (!text_same(got, cases[i].text))
            fail_msg("%s: %s, not %s", cases[i].expression, got == NULL ? "(none)" : got,
                     cases[i].text == NULL ? "(none)" : cases[i].text);
        arena_free(arena);
    }
}
#define CHECK(cases, fill) check(cases, sizeof(cases) / sizeof *(cases), fill)

static void m2_7_operators_and_types(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"1 + 2 * 3 - 4 div 2", "5"},
        {"-(-3)", "3"},
        {"--3", "3"},
        {"5 mod 3.5", "1.5"},
        {"(1 = 1) + 1", "2"},
        {"0.1 + 0.2", "0.30000000000000004"},
        {"123456789012", "123456789012"},
        {"1 div 3", "0.3333333333333333"},
        {"1 div 0", "Infinity"},
        {"number('1e3')", "NaN"},
        {"number(' -12,5 ')", "-12.5"},
        {"'a' = 'A'", "false"},
        {"'01' = 1", "true"},
        {"'b' > 'a'", "false"},
        {"true() = 'x'", "true"},
        {"1 < 2 and 2 < 3 or false()", "true"},
        {"1and1", "true"},
        {"", NULL},
        {"1 +", NULL},
        {"1 2", NULL},
        {"'a", NULL},
        {"nosuch(1)", NULL},
        {"true(1)", NULL},
        {"${who}", NULL},
        {"1e3", NULL},
        {"@id", ""},
    };
    CHECK(cases, NULL);
}

static void m2_7_functions_of_text(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"concat('Mar', 'ta', 1)", "Marta1"},
        {"substr('ņemšana', 1, 3)", "em"},
        {"substr('hello', -3)", "llo"},
        {"substr('hello', 0, -1)", "hell"},
        {"string-length('ēšu')", "3"},
        {"translate('āb', 'ā', 'a')", "ab"},
        {"normalize-space('  a  b ')", "a b"},
        {"selected('a b c', ' b ')", "true"},
        {"selected('a b c', '')", "false"},
        {"selected-at('a b c', 2)", "c"},
        {"selected-at('a b c', 3)", ""},
        {"count-selected(' a  b ')", "2"},
        {"coalesce('', 'x')", "x"},
        {"join(', ', 'a', 'b')", "a, b"},
        {"regex('LV-1010', 'LV-\\d{4}')", "true"},
        {"regex('xLV-1010', 'LV-\\d{4}')", "false"},
        {"regex('a_b@c.lv', '^[\\w.]+@[a-z]+\\.[a-z]{2,}$')", "true"},
        {"regex('aab', '(?:a|b)+?')", "true"},
        {"regex('a', '(?=a)')", NULL},
        {"regex('a', '[')", NULL},
        {"string-length(uuid())", "36"},
        {"boolean-from-string('1')", "true"},
    };
    CHECK(cases, NULL);
}

static void m2_7_functions_of_numbers(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"round(2.5)", "3"},
        {"round(-2.5)", "-3"},
        {"round(1.255, 2)", "1.25"},
        {"round(-12345.15, 1)", "-12345.1"},
        {"round(12345.12345, -2)", "12300"},
        {"round('a')", "NaN"},
        {"int(-1.5)", "-1"},
        {"max(1, 3, 2)", "3"},
        {"min('')", "NaN"},
        {"pow(2, 10)", "1024"},
        {"checklist(2, -1, 1, 0, 'a')", "true"},
        {"weighted-checklist(3, 4, 1 = 1, 3, 1 = 2, 5)", "true"},
        {"if('', 1, 2)", "2"},
        {"random() < 1", "true"},
    };
    CHECK(cases, NULL);
}

static void m2_7_dates_are_days(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"date('2024-02-28') + 1", "19782"},
        {"date(date('2024-02-28') + 2)", "2024-03-01"},
        {"'2024-02-29' < '2024-03-01'", "true"},
        {"date('2024-02-30')", NULL},
        {"date('')", ""},
        {"date(true())", NULL},
        {"int((date('2026-11-23') - date('2011-05-30')) div 365.25)", "15"},
        {"format-date('2024-02-09', '%e %b %Y %a %n %y')", "9 Feb 2024 Fri 2 24"},
        {"format-date-time('2024-02-09T05:06:07.008', '%Y-%m-%d %H:%M:%S %3 %h')", "2024-02-09 05:06:07 008 5"},
        {"format-date('', '%Y')", ""},
        {"decimal-time('06:00')", "0.25"},
        {"decimal-time('24:00')", "NaN"},
        {"decimal-date-time('1970-01-02T12:00:00')", "1.5"},
        {"today()", "1970-01-01"},
    };
    CHECK(cases, NULL);
}

static void hostile_expressions_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 << 20);
    struct buf deep, high, slow;
    buf_init(&deep, arena, 4000);
    buf_init(&high, arena, 4000);
    buf_init(&slow, arena, 4000);
    for (int i = 0; i < 1000; i++) {
        buf_char(&deep, '(');
        buf_text(&high, "1+");
    }
    for (int i = 0; i < 30; i++)
        buf_text(&slow, "concat(");
    buf_text(&slow, "'x'");
    for (int i = 0; i < 30; i++)
        buf_text(&slow, ", 'y')");
    buf_char(&high, '1');
    assert_null(eval(arena, NULL, deep.ptr));
    assert_null(eval(arena, NULL, high.ptr));
    assert_string_equal(eval(arena, NULL, slow.ptr), "xyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
    char *wide = arena_alloc(arena, 40000);
    memset(wide, '1', 39999);
    assert_null(eval(arena, NULL, wide));
    arena_free(arena);
}

/* ---- what others found out, read where it lies beside the project ---- */

static char *read_shared(struct arena *arena, const char *name)
{
    const char *root = getenv("AUSMA_ROOT");
    FILE *file = fopen(arena_format(arena, "%s/../shared/forms/%s", root == NULL ? "." : root, name), "rb");
    if (file == NULL) {
        print_message("%s is not there: skipped\n", name);
        arena_free(arena);
        skip();
    }
    char *text = arena_alloc(arena, 1 << 20);
    (void)!fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

/* Cuts the next line off; NULL at the end. */
static char *next_line(char **text)
{
    char *line = *text;
    if (*line == '\0')
        return NULL;
    size_t len = strcspn(line, "\n");
    *text = line + len + (line[len] == '\n');
    line[len] = '\0';
    return line;
}

struct score {
    size_t right, all, skipped;
};

static void miss(struct score *score, const char *expression, const char *wanted, const char *got)
{
    score->all++;
    print_message("  differs: %s: %s, wanted %s\n", expression, got == NULL ? "(none)" : got, wanted);
}

static bool near(const char *got, double wanted)
{
    if (got == NULL)
        return false;
    double number = strcmp(got, "NaN") == 0 ? (double)NAN : strtod(got, NULL);
    if (isnan(wanted) || isinf(wanted))
        return isnan(wanted) ? isnan(number) : number == wanted;
    return got[0] != '\0' && fabs(number - wanted) <= 1e-9 * (1 + fabs(wanted));
}

static double java_number(const char *wanted)
{
    if (strcmp(wanted, "POSITIVE_INFINITY") == 0)
        return (double)INFINITY;
    if (strcmp(wanted, "NEGATIVE_INFINITY") == 0)
        return (double)-INFINITY;
    if (strcmp(wanted, "NaN") == 0 || strcmp(wanted, "-NaN") == 0)
        return (double)NAN;
    if (text_starts(wanted, "Math.PI"))
        return strstr(wanted, "/ 2") != NULL ? M_PI / 2 : M_PI;
    return strcmp(wanted, "Math.E") == 0 ? M_E : strtod(wanted, NULL);
}

static bool java_agrees(struct arena *arena, const char *wanted, const char *got)
{
    int year = 0, month = 0, day = 0;
    if (strstr(wanted, "Exception") != NULL)
        return got == NULL;
    if (got == NULL)
        return false;
    if (strcmp(wanted, "\"\\\"\"") == 0)
        return strcmp(got, "\"") == 0;
    if (wanted[0] == '"')
        return strlen(got) + 2 == strlen(wanted) && strncmp(got, wanted + 1, strlen(got)) == 0;
    if (strcasecmp(wanted, "true") == 0 || strcasecmp(wanted, "false") == 0)
        return strcasecmp(wanted, got) == 0;
    if (sscanf(wanted, "DateUtils.getDate(%d, %d, %d)", &year, &month, &day) == 3)
        return text_same(got, arena_format(arena, "%04d-%02d-%02d", year, month, day));
    if (text_starts(wanted, "DateUtils.getDateTimeFromString(\""))
        return text_starts(wanted + strlen("DateUtils.getDateTimeFromString(\""), got);
    return near(got, java_number(wanted));
}

/* Can this line be judged alone? Not the pieces of cases over several lines, nor those with functions of the test's own. */
static bool usable(const char *line, char **wanted)
{
    int open = 0;
    char *tab = strchr(line, '\t');
    for (const char *at = line; tab != NULL && at < tab; at++)
        open += *at == '(' ? 1 : *at == ')' ? -1 : 0;
    if (tab == NULL || tab == line || open != 0 || text_starts(tab + 1, "buildInstance"))
        return false;
    *tab = '\0';
    *wanted = tab + 1;
    if (text_starts(*wanted, "null, ec, "))
        *wanted += strlen("null, ec, ");
    else
        return true;
    return text_starts(line, "concat(");
}

static void expressions_of_javarosa(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 << 20);
    char *text = read_shared(arena, "javarosa-XPathEvalTest.tsv"), *wanted = NULL;
    struct score score = {0};
    (void)next_line(&text);
    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        if (!usable(line, &wanted)) {
            score.skipped++;
            continue;
        }
        const char *got = eval(arena, NULL, line);
        if (!java_agrees(arena, wanted, got)) {
            miss(&score, line, wanted, got);
            continue;
        }
        score.right++;
        score.all++;
    }
    print_message("JavaRosa: %zu of %zu agree, %zu cannot be judged here\n", score.right, score.all, score.skipped);
    assert_true(score.all >= 210);
    assert_true(score.right * 100 >= score.all * 97);
    arena_free(arena);
}

/* The text between the quotation marks that `at` stands on; NULL when it is none, or holds places to fill. */
static char *quoted(struct arena *arena, const char **at)
{
    char mark = **at;
    const char *end = mark == '\'' || mark == '"' || mark == '`' ? strchr(*at + 1, mark) : NULL;
    if (end == NULL)
        return NULL;
    char *text = arena_text_n(arena, *at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    return strstr(text, "${") != NULL ? NULL : text;
}

/* One line of the list: assertNumberValue('pow(2, 2)', 4). Those with a document of their own name it in their paths. */
static bool enketo_case(struct arena *arena, const char *line, const char **expression, const char **wanted)
{
    const char *at = strchr(line, '(');
    size_t len = strlen(line);
    if (at == NULL || line[len - 1] != ')')
        return false;
    at++;
    *expression = quoted(arena, &at);
    if (*expression == NULL || strstr(*expression, "/simple") != NULL || strstr(*expression, "/root") != NULL ||
        strstr(*expression, "//item") != NULL || strstr(*expression, "/data") != NULL ||
        text_starts(line, "assertStringValue('jaja'"))
        return false;
    if (text_starts(line, "assertTrue") || text_starts(line, "assertFalse")) {
        *wanted = text_starts(line, "assertTrue") ? "true" : "false";
        return *at == ')';
    }
    if (*at++ != ',')
        return false;
    at += strspn(at, " ");
    if (*at == '\'' || *at == '"') {
        *wanted = quoted(arena, &at);
        return *wanted != NULL && *at == ')';
    }
    size_t value = strcspn(at, ",)");
    *wanted = arena_text_n(arena, at, value);
    return at[value] == ')' || text_starts(line, "assertNumberRounded");
}

static void expressions_of_enketo(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 << 20);
    char *text = read_shared(arena, "enketo-xpath-asserts.txt");
    struct score score = {0};
    (void)setenv("TZ", "America/Phoenix", 1); /* where these were written */
    tzset();
    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        const char *expression = NULL, *wanted = NULL;
        if (!enketo_case(arena, line, &expression, &wanted)) {
            score.skipped++;
            continue;
        }
        if (text_starts(line, "assertBoolean"))
            expression = arena_format(arena, "boolean(%s)", expression);
        if (text_starts(line, "assertNumber"))
            expression = arena_format(arena, "number(%s)", expression);
        const char *got = eval(arena, NULL, expression);
        if (!text_same(got, wanted) && !(text_starts(line, "assertNumber") && near(got, java_number(wanted)))) {
            miss(&score, expression, wanted, got);
            continue;
        }
        score.right++;
        score.all++;
    }
    (void)setenv("TZ", "UTC", 1);
    tzset();
    print_message("Enketo: %zu of %zu agree, %zu cannot be judged here\n", score.right, score.all, score.skipped);
    assert_true(score.all >= 155);
    assert_true(score.right * 100 >= score.all * 97);
    arena_free(arena);
}

/* The document that the three engines were compared on. */
static struct form_fill *compared_document(struct arena *arena)
{
    const struct form *form = book_form(arena, "#survey\n"
                                               "type|name|label\n"
                                               "text|r0|R\n"
                                               "date|d1|D\n"
                                               "geoshape|gs|G\n"
                                               "date|d2|D\n"
                                               "text|e|E\n"
                                               "text|m|M\n"
                                               "select_one c|s|S\n"
                                               "begin repeat|rep|R\n"
                                               "integer|n|N\n"
                                               "end repeat\n"
                                               "#choices\n"
                                               "list_name|name|label|pop\n"
                                               "c|x|Label X|=5\n"
                                               "c|a|Label A|=7\n");
    static const char *const answers[][2] = {
        {"/data/gs", "0 0 0 0;0 1 0 0;1 1 0 0;0 0 0 0"},
        {"/data/d1", "2024-02-29"},
        {"/data/d2", "2024-03-01"},
        {"/data/m", "a b c"},
        {"/data/s", "x"},
        {"/data/rep[1]/n", "1"},
        {"/data/rep[2]/n", "3"},
        {"/data/rep[3]/n", ""},
    };
    struct form_fill *fill = form_fill_new(arena, form, INT64_C(1795473000000), 0);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        assert_int_equal(form_fill_set(fill, answers[i][0], answers[i][1]), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
    return fill;
}

/* Engines write truth as 1 and 0 or as words, and nothing for NaN. */
static bool engine_agrees(const char *engine, const char *got)
{
    if (engine[0] == '!')
        return got == NULL;
    if (got == NULL)
        return strcmp(engine, "Invalid Date") == 0;
    if (text_same(engine, got) || (engine[0] == '\0' && strcmp(got, "NaN") == 0))
        return true;
    if (strcmp(got, "true") == 0 || strcmp(got, "false") == 0)
        return strcmp(engine, got[0] == 't' ? "1" : "0") == 0;
    return engine[0] != '\0' && near(got, strtod(engine, NULL)) && strspn(engine, "0123456789.-E") == strlen(engine);
}

static void expressions_three_engines_were_asked(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 << 20);
    char *text = read_shared(arena, "engine-differential.tsv");
    struct form_fill *fill = compared_document(arena);
    struct score any = {0}, most = {0};
    (void)next_line(&text);
    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        const char *engines[3];
        char *at = line;
        for (size_t i = 0; i < 3; i++) {
            at = strchr(at, '\t');
            assert_non_null(at);
            *at++ = '\0';
            engines[i] = at;
        }
        const char *got = eval(arena, fill, line);
        size_t agree = 0;
        for (size_t i = 0; i < 3; i++)
            agree += engine_agrees(engines[i], got);
        most.right += agree >= 2;
        any.right += agree >= 1;
        if (agree == 0)
            miss(&any, line, arena_format(arena, "%s | %s | %s", engines[0], engines[1], engines[2]), got);
        else
            any.all++;
    }
    print_message("Three engines: with one at least %zu, with two at least %zu of %zu\n", any.right, most.right,
                  any.all);
    assert_true(any.all >= 118);
    assert_true(any.right >= 117 && most.right >= 108);
    arena_free(arena);
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_7_operators_and_types),        cmocka_unit_test(m2_7_functions_of_text),
        cmocka_unit_test(m2_7_functions_of_numbers),       cmocka_unit_test(m2_7_dates_are_days),
        cmocka_unit_test(hostile_expressions_are_refused), cmocka_unit_test(expressions_of_javarosa),
        cmocka_unit_test(expressions_of_enketo),           cmocka_unit_test(expressions_three_engines_were_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
