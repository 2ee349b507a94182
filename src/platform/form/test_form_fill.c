#include "platform/form/test_book.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 23 November 2026, 22:30 UTC */
static const int64_t now = INT64_C(1795473000000);

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(32 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct form_fill *begin(const char *book)
{
    struct form_fill *fill = form_fill_new(arena, book_form(arena, book), now, 0);
    assert_int_equal(form_fill_evaluate(fill), OK);
    return fill;
}

static const struct form_item *item(struct form_fill *fill, const char *path)
{
    const struct form_item *found = form_item_find(fill, path);
    if (found == NULL)
        fail_msg("no %s", path);
    return found;
}

static void set(struct form_fill *fill, const char *path, const char *value)
{
    assert_int_equal(form_fill_set(fill, path, value), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
}

static void m2_7_typed_answers_are_checked_and_kept(void **state)
{
    (void)state;
    struct form_fill *fill = begin(
        "#survey\ntype|name\ninteger|i\ndecimal|n\ndate|d\ntime|t\nselect_one yn|s\nselect_multiple "
        "yn|m\nacknowledge|k\ndateTime|w\n#choices\nlist_name|name\nyn|yes\nyn|no\n");
    static const struct {
        const char *path, *typed, *value;
        enum form_error error;
    } cases[] = {
        {"/data/i", " 007 ", "7", FORM_FINE},
        {"/data/i", "1.5", "", FORM_NOT_INTEGER},
        {"/data/i", "99999999999999999999", "", FORM_NOT_INTEGER},
        {"/data/n", "-01,50", "-1.50", FORM_FINE},
        {"/data/n", "123456789012345678.25", "123456789012345678.25", FORM_FINE},
        {"/data/n", "1e3", "", FORM_NOT_NUMBER},
        {"/data/n", "1,2,3", "", FORM_NOT_NUMBER},
        {"/data/d", "2024-02-29", "2024-02-29", FORM_FINE},
        {"/data/d", "9.2.2024.", "2024-02-09", FORM_FINE},
        {"/data/d", "2023-02-29", "", FORM_NOT_DATE},
        {"/data/d", "-9.2.2024", "", FORM_NOT_DATE},
        {"/data/t", "24:00", "", FORM_NOT_TIME},
        {"/data/t", "07:05", "07:05", FORM_FINE},
        {"/data/w", "2026-11-23 10:00", "2026-11-23T10:00", FORM_FINE},
        {"/data/s", "no", "no", FORM_FINE},
        {"/data/s", "maybe", "", FORM_UNKNOWN_CHOICE},
        {"/data/m", "no  yes no", "yes no", FORM_FINE},
        {"/data/m", "no x", "", FORM_UNKNOWN_CHOICE},
        {"/data/k", "yes", "OK", FORM_FINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set(fill, cases[i].path, cases[i].typed);
        const struct form_item *at = item(fill, cases[i].path);
        if (at->error != cases[i].error || !text_same(at->value, cases[i].value))
            fail_msg("%s: %s is %s", cases[i].path, cases[i].typed, at->value);
        assert_int_equal(at->typed != NULL, at->error != FORM_FINE);
        assert_int_equal(form_fill_complete(fill), at->error == FORM_FINE);
        set(fill, cases[i].path, "");
        assert_int_equal(item(fill, cases[i].path)->error, FORM_FINE);
    }
    assert_int_equal(form_fill_set(fill, "/data/x", ""), ERR_NOT_FOUND);
    assert_int_equal(form_fill_set(fill, "/data", ""), ERR_NOT_FOUND);
    assert_int_equal(form_fill_set(fill, "/data/i[1]", ""), ERR_NOT_FOUND);
}

static void m2_7_relevance_hides_and_brings_back(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\n"
                                   "type|name|relevant|required|calculation|ausma::fact\n"
                                   "calculate|twice|||${n} * 2|n.twice\n"
                                   "begin group|g|${q} = 'yes'\n"
                                   "integer|n|${deep} != 'no'|yes||n.once\n"
                                   "end group\n"
                                   "select_one yn|q\n"
                                   "text|deep\n"
                                   "#choices\nlist_name|name\nyn|yes\nyn|no\n");
    const struct form_fact *facts = NULL;
    assert_false(item(fill, "/data/g/n")->relevant);
    assert_true(form_fill_complete(fill));
    set(fill, "/data/q", "yes");
    assert_int_equal(item(fill, "/data/g/n")->error, FORM_MISSING);
    set(fill, "/data/g/n", "21");
    assert_string_equal(item(fill, "/data/twice")->value, "42");
    assert_true(form_fill_complete(fill));
    assert_int_equal(form_fill_facts(fill, &facts), 2);
    assert_string_equal(facts[0].fact, "n.twice");
    assert_string_equal(facts[1].value, "21");
    set(fill, "/data/deep", "no");
    assert_string_equal(item(fill, "/data/twice")->value, "");
    assert_int_equal(form_fill_facts(fill, &facts), 0);
    assert_null(strstr((const char *)form_fill_write_xml(fill, false).ptr, "<n>"));
    assert_non_null(strstr((const char *)form_fill_write_xml(fill, true).ptr, "<n>21</n>"));
    set(fill, "/data/deep", "");
    assert_string_equal(item(fill, "/data/twice")->value, "42");
}

static void m2_7_constraints_say_their_message(void **state)
{
    (void)state;
    struct form_fill *fill = begin(
        "#survey\n"
        "type|name|constraint|constraint_message::en|constraint_message::lv|required|required_message::lv\n"
        "text|who||||yes|Kas?\n"
        "date|born|. <= today()|${who} is not born yet|${who} vēl nav dzimis\n");
    assert_string_equal(item(fill, "/data/who")->message, "Kas?");
    set(fill, "/data/who", "Anna Paraugs");
    set(fill, "/data/born", "2026-11-24");
    assert_int_equal(item(fill, "/data/born")->error, FORM_NOT_ALLOWED);
    assert_string_equal(item(fill, "/data/born")->message, "Anna Paraugs is not born yet");
    form_fill_language(fill, 1);
    set(fill, "/data/born", "2026-11-24");
    assert_string_equal(item(fill, "/data/born")->message, "Anna Paraugs vēl nav dzimis");
    set(fill, "/data/born", "2026-11-23");
    assert_true(form_fill_complete(fill));
}

static void m2_7_choices_follow_other_answers(void **state)
{
    (void)state;
    struct form_fill *fill = begin(
        "#survey\n"
        "type|name|label::en|choice_filter\n"
        "select_one state|state|State|\n"
        "select_one city|city|City in ${state}|state = ${state}\n"
        "#choices\n"
        "list_name|name|label::en|label::lv|state\n"
        "state|lv|Latvia|Latvija|\nstate|lt|Lithuania|Lietuva|\n"
        "city|riga|Riga|Rīga|lv\ncity|daugavpils|Daugavpils|Daugavpils|lv\ncity|vilnius|Vilnius|Viļņa|lt\n");
    const struct form_choice *choices = NULL;
    assert_int_equal(form_item_choices(fill, item(fill, "/data/city"), &choices), 0);
    set(fill, "/data/state", "lv");
    assert_int_equal(form_item_choices(fill, item(fill, "/data/city"), &choices), 2);
    assert_string_equal(choices[1].label, "Daugavpils");
    assert_string_equal(form_item_label(fill, item(fill, "/data/city")), "City in Latvia");
    set(fill, "/data/city", "riga");
    assert_true(form_item_selected(item(fill, "/data/city"), "riga"));
    assert_string_equal(form_item_words(fill, item(fill, "/data/city")), "Riga");
    set(fill, "/data/state", "lt");
    assert_string_equal(item(fill, "/data/city")->value, "");
    set(fill, "/data/state", "lv");
    assert_string_equal(item(fill, "/data/city")->value, "riga");
}

#define FAMILY                                                                               \
    "#survey\n"                                                                              \
    "type|name|calculation|default|relevant|read_only\n"                                     \
    "text|family||Paraugi\n"                                                                 \
    "begin repeat|child\n"                                                                   \
    "text|name\n"                                                                            \
    "integer|age\n"                                                                          \
    "text|called|concat(${name}, ' ', ${family}, ' ', position(..), '/', count(${child}))\n" \
    "end repeat\n"                                                                           \
    "calculate|total|sum(${age})\n"                                                          \
    "calculate|second|indexed-repeat(${name}, ${child}, 2)\n"

/* As the form's own template says, and as clients do: what is added begins without a repeat within it. */
static void m2_7_an_added_instance_begins_as_its_template(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\ntype|name\nbegin_repeat|outer\ntext|who\nbegin_repeat|inner\ntext|deep\n"
                                   "end_repeat|\nend_repeat|\n");
    assert_non_null(form_item_find(fill, "/data/outer[1]/inner[1]/deep"));
    assert_int_equal(form_fill_add(fill, "/data/outer"), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
    assert_non_null(form_item_find(fill, "/data/outer[2]/who"));
    assert_null(form_item_find(fill, "/data/outer[2]/inner[1]"));
    assert_int_equal(form_fill_add(fill, "/data/outer[2]/inner"), OK);
    set(fill, "/data/outer[2]/inner[1]/deep", "x");
    assert_string_equal(item(fill, "/data/outer[2]/inner[1]/deep")->value, "x");
}

static void m2_7_repeats_grow_and_shrink(void **state)
{
    (void)state;
    struct form_fill *fill = begin(FAMILY);
    set(fill, "/data/child[1]/name", "Anna");
    set(fill, "/data/child[3]/name", "Zane");
    set(fill, "/data/child[3]/age", "7");
    assert_int_equal(form_fill_add(fill, "/data/child"), OK);
    set(fill, "/data/child[4]/age", "5");
    assert_string_equal(item(fill, "/data/child[3]/called")->value, "Zane Paraugi 3/4");
    assert_string_equal(item(fill, "/data/total")->value, "12");
    assert_int_equal(form_fill_remove(fill, "/data/child[2]"), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
    assert_string_equal(item(fill, "/data/second")->value, "Zane");
    assert_string_equal(item(fill, "/data/child[2]/called")->value, "Zane Paraugi 2/3");
    assert_null(form_item_find(fill, "/data/child[4]"));
    assert_int_equal(form_fill_set(fill, "/data/child[1001]/age", "1"), ERR_LIMIT);
    assert_int_equal(form_fill_set(fill, "/data/child[0]/age", "1"), ERR_NOT_FOUND);
    assert_int_equal(form_fill_set(fill, "/data/child/age", "1"), ERR_NOT_FOUND);
    while (form_item_find(fill, "/data/child[1]") != NULL)
        assert_int_equal(form_fill_remove(fill, "/data/child[1]"), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
    assert_string_equal(item(fill, "/data/total")->value, "0");
    assert_int_equal(form_fill_add(fill, "/data/child"), OK);
    assert_string_equal(form_item_find(fill, "/data/child[1]")->previous->node->name, "family");
}

static void m2_7_counted_repeats(void **state)
{
    (void)state;
    struct form_fill *fill = begin(
        "#survey\ntype|name|repeat_count\ninteger|many\nbegin repeat|visit|${many}\ntext|what\nend repeat\n");
    assert_null(form_item_find(fill, "/data/visit[1]"));
    set(fill, "/data/many", "2");
    assert_non_null(form_item_find(fill, "/data/visit[2]/what"));
    assert_int_equal(form_fill_add(fill, "/data/visit"), ERR_CONFLICT);
    assert_false(form_repeat_open(item(fill, "/data/visit[1]")->node));
    set(fill, "/data/many", "1");
    assert_null(form_item_find(fill, "/data/visit[2]"));
    assert_int_equal(form_fill_set(fill, "/data/many", "1000000"), OK);
    assert_int_equal(form_fill_evaluate(fill), ERR_LIMIT);
}

static void m2_7_answers_survive_xml(void **state)
{
    (void)state;
    struct form_fill *fill = begin(FAMILY), *again = begin(FAMILY);
    set(fill, "/data/child[1]/name", "A <b> & \"c\"\n]]>");
    set(fill, "/data/child[2]/age", "seven");
    struct bytes xml = form_fill_write_xml(fill, true);
    assert_int_equal(form_fill_read_xml(again, xml), OK);
    assert_int_equal(form_fill_evaluate(again), OK);
    assert_string_equal(item(again, "/data/child[1]/name")->value, "A <b> & \"c\"\n]]>");
    assert_string_equal(item(again, "/data/child[2]/age")->typed, "seven");
    struct bytes second = form_fill_write_xml(again, true);
    assert_int_equal(xml.len, second.len);
    assert_memory_equal(xml.ptr, second.ptr, xml.len);
    assert_null(strstr((const char *)form_fill_write_xml(again, false).ptr, "seven"));
}

static void m2_7_foreign_xml_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *xml;
        enum err result;
    } cases[] = {
        {"", ERR_BROKEN},
        {"<data", ERR_BROKEN},
        {"<other id=\"data\" version=\"\"/>", ERR_BROKEN},
        {"<data id=\"x\" version=\"\"/>", ERR_CONFLICT},
        {"<data id=\"data\" version=\"2\"/>", ERR_CONFLICT},
        {"<data id=\"data\" version=\"\"><nosuch/></data>", ERR_BROKEN},
        {"<data id=\"data\" version=\"\"><family><b/></family></data>", ERR_BROKEN},
        {"<data id=\"data\" version=\"\"/><x/>", ERR_BROKEN},
        {"<?xml version=\"1.0\" encoding=\"UCS4\"?><data id=\"data\" version=\"\"><family>\xFF\xFE</family></data>",
         ERR_BROKEN},
        {"<!DOCTYPE d [<!ENTITY e \"x\">]><data id=\"data\" version=\"\"><family>&e;</family></data>", ERR_BROKEN},
        {"<data id=\"data\" version=\"\"><meta><instanceID>u</instanceID></meta><family>Citi</family></data>", OK},
    };
    struct form_fill *fill = begin(FAMILY);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(item(fill, "/data/family")->value, "Paraugi");
        struct bytes xml = {(const uint8_t *)cases[i].xml, strlen(cases[i].xml)};
        assert_int_equal(form_fill_read_xml(fill, xml), cases[i].result);
        assert_int_equal(form_fill_evaluate(fill), OK);
    }
    assert_string_equal(item(fill, "/data/family")->value, "Citi");
}

static void m2_7_defaults_and_what_people_may_not_change(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\n"
                                   "type|name|default|read_only|required|calculation\n"
                                   "start|start\n"
                                   "today|today\n"
                                   "date|on|today()\n"
                                   "text|fixed|abc|yes|yes\n"
                                   "text|later|||yes\n"
                                   "text|made||||once(concat('n', 1))\n");
    assert_string_equal(item(fill, "/data/start")->value, "2026-11-23T22:30:00.000+00:00");
    assert_string_equal(item(fill, "/data/today")->value, "2026-11-23");
    assert_string_equal(item(fill, "/data/on")->value, "2026-11-23");
    set(fill, "/data/fixed", "xyz");
    assert_string_equal(item(fill, "/data/fixed")->value, "abc");
    assert_false(item(fill, "/data/fixed")->required);
    assert_int_equal(form_fill_set(fill, "/data/made", "x"), ERR_NOT_FOUND);
    assert_int_equal(form_fill_set(fill, "/data/start", "x"), ERR_NOT_FOUND);
    assert_string_equal(item(fill, "/data/made")->value, "n1");
    assert_int_equal(item(fill, "/data/later")->error, FORM_MISSING);
}

static void m2_7_or_other_asks_what(void **state)
{
    (void)state;
    struct form_fill *fill = begin(
        "#survey\ntype|name|label\nselect_one yn or_other|q|Q\n#choices\nlist_name|name|label\nyn|yes|Yes\n");
    const struct form_choice *choices = NULL;
    assert_int_equal(form_item_choices(fill, item(fill, "/data/q"), &choices), 2);
    assert_false(item(fill, "/data/q_other")->relevant);
    set(fill, "/data/q", "other");
    assert_true(item(fill, "/data/q_other")->relevant);
}

static void too_much_work_is_stopped(void **state)
{
    (void)state;
    const char *book = "#survey\n"
                       "type|name|calculation|repeat_count\n"
                       "begin repeat|a||200\n"
                       "integer|x\n"
                       "end repeat\n"
                       "calculate|c|count(/data/a[count(/data/a[count(/data/a[x != 1]) > 0]) > 0])\n";
    struct form_fill *fill = form_fill_new(arena, book_form(arena, book), now, 0);
    assert_int_equal(form_fill_evaluate(fill), ERR_LIMIT);
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(m2_7_typed_answers_are_checked_and_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_relevance_hides_and_brings_back, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_constraints_say_their_message, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_choices_follow_other_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_an_added_instance_begins_as_its_template, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_repeats_grow_and_shrink, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_counted_repeats, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_answers_survive_xml, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_foreign_xml_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_defaults_and_what_people_may_not_change, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_or_other_asks_what, setup, teardown),
        cmocka_unit_test_setup_teardown(too_much_work_is_stopped, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
