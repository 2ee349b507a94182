/* Expressions asked of a document: paths, axes, attributes, and the functions of codes and places. */
#include "platform/form/form.h"

#include "base/buf.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char document[] =
    "<data id=\"7\" xmlns:orx=\"http://openrosa.org/xforms\"><x>1</x><x b=\"q\">2</x><x>3</x>"
    "<y kind=\"a\"><z>t</z>mixed<z/><deep><z>u</z></deep></y>"
    "<orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta>"
    "<trace>38.25146813817506 21.758421137528785 0 0; 38.25235461504708 21.758421137528785</trace>"
    "<shape>0 0 0 0;0 1 0 0;1 1 0 0;0 0 0 0</shape></data>";

struct asked {
    const char *expression, *text; /* NULL: no value */
};

static void ask_all(const struct asked *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(16 << 20);
        const char *text = NULL, *why = NULL;
        struct bytes xml = {(const uint8_t *)document, strlen(document)};
        enum err result = form_eval_document(arena, cases[i].expression, xml, 0, &text, &why);
        if ((result == OK) != (cases[i].text != NULL) || (result == OK && !text_same(text, cases[i].text)))
            fail_msg("%s: %s, not %s", cases[i].expression, result == OK ? text : why, cases[i].text);
        if (result != OK && text_empty(why))
            fail_msg("%s: no reason", cases[i].expression);
        arena_free(arena);
    }
}

static void m2_7_what_other_engines_know_too(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {"count(id('7 nothing'))", "1"},
        {"name(id('7'))", "data"},
        {"count(id(''))", "0"},
        {"lang('lv')", "false"},
        {"date('2026-3-1')", "2026-03-01"},
        {"date('2026-2-30')", NULL},
        {"enclosed-area(/data/shape) = area(/data/shape)", "true"},
        {"checklist(3, 3, /data/x)", "true"},
        {"checklist(4, 9, /data/x)", "false"},
        {"weighted-checklist(6, 6, /data/x, /data/x)", "true"},
        {"extract-signed('c2hvcnQ=', 'c2hvcnQ=')", ""},
        {"extract-signed('!', '!')", ""},
        {"round(2.15, 1)", "2.2"},
        {"sum(/data/x)", "6"},
        {"sum(1, 2)", NULL},
    };
    ask_all(cases, sizeof cases / sizeof *cases);
}

static void m2_7_paths_and_axes(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {"/data/x[2]", "2"},
        {"x[last()]", "3"},
        {"/data/@id", "7"},
        {"/data/x/@b", "q"},
        {"count(/data/@*)", "1"},
        {"//x[@b = 'q']/preceding-sibling::x", "1"},
        {"/data/x[3]/preceding-sibling::x[1]", "2"},
        {"/data/x[1]/following-sibling::x[1]", "2"},
        {"count(/data/y/preceding::*)", "3"},
        {"/data/x[3]/following::z[2]", ""},
        {"//deep/z/ancestor::*[1]/following::*[1]/*", "uuid:1"},
        {"name(//deep/z/ancestor::*[2])", "y"},
        {"count(//deep/ancestor-or-self::node())", "4"},
        {"/data/y", "tmixedu"},
        {"/data/y/text()", "mixed"},
        {"//z/text()", "t"},
        {"count(//text())", "9"},
        {"string(/data/x[2] | /data/x[1])", "1"},
        {"count(/data/x | /data/x[1])", "3"},
        {"/data/orx:meta/orx:instanceID", "uuid:1"},
        {"local-name(/data/orx:meta)", "meta"},
        {"name(/data/orx:meta)", "orx:meta"},
        {"name()", "data"},
        {"count(/data/comment())", "0"},
        {"sum(/data/x[position() > 1])", "5"},
        {"count(/data/*[self::x])", "3"},
        {"/data/x[. = 2]/..//z", "t"},
        {"/nothing", ""},
        {"count(/data/x[", NULL},
        {"$variable", NULL},
        {"${question}", NULL},
        {"instance('a')", NULL},
    };
    ask_all(cases, sizeof cases / sizeof *cases);
}

static void m2_7_functions_of_codes(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {"digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"},
        {"digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
        {"string-length(digest('', 'SHA-384', 'hex'))", "96"},
        {"digest('abc', 'SHA-3')", NULL},
        {"digest('abc', 'MD5', 'octal')", NULL},
        {"base64-decode('xI1pxYZhIQ==')", "čiņa!"},
        {"base64-decode('')", ""},
        {"base64-decode('%')", NULL},
        {"join(' ', randomize(/data/x, 42)) = join(' ', randomize(/data/x, 42))", "true"},
        {"count(randomize(/data/x))", "3"},
        {"randomize('a')", NULL},
        {"property('deviceid')", ""},
        {"number('1.0E-5')", "0.00001"},
        {"number('1.23456789012E11')", "123456789012"},
        {"number('1e-7')", "0.0000001"},
        {"number('1e3')", "NaN"},
        {"string(123456789012)", "123456789012"},
    };
    ask_all(cases, sizeof cases / sizeof *cases);
}

/* Distances and areas as Enketo and JavaRosa give them, to the centimetre. */
static void m2_7_functions_of_places(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {"round(distance(/data/trace), 2)", "98.68"},
        {"round(distance(/data/shape), 2)", "380062.31"},
        {"round(distance('0 0', '0 1'), 0)", "111319"},
        {"distance('0 0')", "0"},
        {"distance('here')", "NaN"},
        {"round(area(/data/shape), 1)", "6195628067.9"},
        {"area('0 0;0 1')", "0"},
        {"geofence('0.2 0.8', /data/shape)", "true"},
        {"geofence('0.8 0.2', /data/shape)", "false"},
        {"geofence('', /data/shape)", "false"},
        {"geofence('0 0', '')", NULL},
        {"intersects('0 0;1 1;0 1;1 0')", "true"},
        {"intersects(/data/shape)", "false"},
    };
    ask_all(cases, sizeof cases / sizeof *cases);
}

/* `%d` is the number. */
static const char *replaced(struct arena *arena, const char *text, int number)
{
    const char *hole = strstr(text, "%d");
    return arena_format(arena, "%.*s%d%s", (int)(hole - text), text, number, hole + 2);
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"no xml", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                                        "<a/><b/>"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena *arena = arena_new(1 << 20);
        const char *text = NULL, *why = NULL;
        struct bytes xml = {(const uint8_t *)wrong[i], strlen(wrong[i])};
        assert_int_equal(form_eval_document(arena, "1", xml, 0, &text, &why), ERR_BROKEN);
        arena_free(arena);
    }
}

/* libxml2 compares the attributes of an element each with each: minutes for a report that a telephone may send. */
static void what_takes_the_parser_long_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *before, *each, *behind;
        int count;
        enum err result;
    } cases[] = {
        {"<a ", "a%d='1' ", "/>", 150, OK},
        {"<a ", "a%d='1' ", "/>", 300, ERR_BROKEN},
        {"<?x ", "a%d='1' ", "?><a/>", 300, OK},
        {"<!-- ", "a%d='1' ", "--><a/>", 300, OK},
        {"<a><![CDATA[<b ", "a%d='1' ", "]]></a>", 300, OK},
        {"<a b='<' ", "a%d='1' ", "/>", 300, ERR_BROKEN},
        {"<a b='> ", "c%d=1 ", "'/>", 300, OK},
        {"<a>", "<b xmlns:n%d='u'/>", "</a>", 1900, OK},
        {"<a>", "<b xmlns:n%d='u'/>", "</a>", 2100, ERR_BROKEN},
        {"<!DOCTYPE a [<!ATTLIST a ", "b%d CDATA 'x' ", ">]><a/>", 1, ERR_BROKEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(4 << 20);
        const char *text = NULL, *why = NULL;
        struct buf buf;
        buf_init(&buf, arena, 1 << 16);
        buf_text(&buf, cases[i].before);
        for (int one = 0; one < cases[i].count; one++)
            buf_text(&buf, replaced(arena, cases[i].each, one));
        buf_text(&buf, cases[i].behind);
        struct bytes xml = {(const uint8_t *)buf.ptr, buf.len};
        assert_int_equal(form_eval_document(arena, "1", xml, 0, &text, &why), cases[i].result);
        arena_free(arena);
    }
}

static void a_document_too_deep_is_stopped(void **state)
{
    (void)state;
    struct arena *arena = arena_new(8 << 20);
    struct buf buf;
    const char *text = NULL, *why = NULL;
    buf_init(&buf, arena, 1000);
    for (int i = 0; i < 250; i++)
        buf_text(&buf, "<a>");
    for (int i = 0; i < 250; i++)
        buf_text(&buf, "</a>");
    struct bytes xml = {(const uint8_t *)buf.ptr, buf.len};
    assert_int_equal(form_eval_document(arena, "1", xml, 0, &text, &why), ERR_LIMIT);
    arena_free(arena);
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m2_7_what_other_engines_know_too),
        cmocka_unit_test(m2_7_paths_and_axes),
        cmocka_unit_test(m2_7_functions_of_codes),
        cmocka_unit_test(m2_7_functions_of_places),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(a_document_too_deep_is_stopped),
        cmocka_unit_test(what_takes_the_parser_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
