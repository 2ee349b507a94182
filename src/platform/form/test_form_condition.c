/* When a question is asked, in a sentence: what is simple is taken apart, what is not is told from it. */
#include "platform/form/test_book.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

static const struct form *asking(const char *relevant)
{
    return book_form(arena, arena_format(arena,
                                         "#survey\ntype|name|label|relevant|calculation\n"
                                         "select_one yn|one|One||\nselect_multiple yn|many|Many||\ninteger|age|Age||\n"
                                         "calculate|sum|||1 + 1\ntext|asked|Asked|%s|\n"
                                         "begin_repeat|child|Child||\ninteger|years|Years||\n"
                                         "text|school|School|${years} >= 7|\nend_repeat||||\n"
                                         "#choices\nlist_name|name|label\nyn|yes|Indeed\nyn|no|Never\n",
                                         relevant));
}

/* "one=Indeed&many!Never": each clause as name, sign and value, joined by & or |. */
static const char *said(const struct form *form, const char *path)
{
    static const char signs[FORM_COMPARISON_COUNT + 1] = "=!<[>]+-";
    const struct form_condition when = form_condition(arena, form, form_node_find(form, path), 0);
    const char *text = when.kind == FORM_ALWAYS ? "always" : when.kind == FORM_WORKED_OUT ? "worked out" : "";
    for (size_t i = 0; i < when.count; i++)
        text = arena_format(arena, "%s%s%s%c%s", text,
                            i == 0                     ? ""
                            : when.kind == FORM_IF_ANY ? "|"
                                                       : "&",
                            when.clauses[i].question->name, signs[when.clauses[i].is], when.clauses[i].value);
    return text;
}

static void m2_7_simple_rules_are_taken_apart(void **state)
{
    static const struct {
        const char *relevant, *said;
    } cases[] = {
        {"", "always"},
        {"${one} = 'yes'", "one=Indeed"},
        {"'yes' = ${one}", "one=Indeed"},
        {"${one} != 'no'", "one!Never"},
        {"${one} = 'other'", "one=other"},
        {"${one} = ''", "one-"},
        {"${one} != ''", "one+"},
        {"selected(${many}, 'yes')", "many=Indeed"},
        {"not(selected(${many}, 'no'))", "many!Never"},
        {"${age} < 18", "age<18"},
        {"18 > ${age}", "age<18"},
        {"${age} >= -1.5", "age]-1.5"},
        {"${age} <= 3 and ${one} = 'yes' and selected(${many}, 'no')", "age[3&one=Indeed&many=Never"},
        {"${one} = 'yes' or ${age} > 3", "one=Indeed|age>3"},
        {"${one} = 'yes' or (${age} > 3 and ${age} < 9)", "worked out"},
        {"${sum} > 3", "worked out"},
        {"${age} > ${sum}", "worked out"},
        {"not(${one} = 'yes')", "worked out"},
        {"count-selected(${many}) > 1", "worked out"},
        {"true()", "worked out"},
        {"/data/child[1]/years > 3", "worked out"},
        {"${age}=1 or ${age}=2 or ${age}=3 or ${age}=4 or ${age}=5 or ${age}=6 or ${age}=7 or ${age}=8 or ${age}=9",
         "worked out"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(said(asking(cases[i].relevant), "/data/asked"), cases[i].said);
    assert_string_equal(said(asking(""), "/data/child/school"), "years]7");
}

static void m2_7_how_many_instances_a_form_gives(void **state)
{
    static const struct {
        const char *count;
        unsigned given;
    } cases[] = {{"", 0}, {"3", 3}, {"${age}", 0}, {"0", 0}, {"100000", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct form *form = book_form(
            arena, arena_format(arena,
                                "#survey\ntype|name|label|repeat_count\ninteger|age|Age|\nbegin_repeat|child|Child|%s\n"
                                "text|name|Name|\nend_repeat|||\n",
                                cases[i].count));
        assert_int_equal(form_repeat_count(form_node_find(form, "/data/child")), cases[i].given);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(m2_7_simple_rules_are_taken_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_how_many_instances_a_form_gives, setup, teardown),
    };
    return cmocka_run_group_tests_name("form conditions", tests, NULL, NULL);
}
