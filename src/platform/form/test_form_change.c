/* What a change touches: only that is worked out again, with the same outcome as working out everything. */
#include "platform/form/model.h"
#include "platform/form/test_book.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t now = INT64_C(1795473000000);

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(256 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *value(const struct form_fill *fill, const char *path)
{
    const struct form_item *found = form_item_find(fill, path);
    if (found == NULL)
        fail_msg("no %s", path);
    return found->value;
}

static struct form_fill *begin(const char *book)
{
    struct form_fill *fill = form_fill_new(arena, book_form(arena, book), now, 0);
    assert_int_equal(form_fill_evaluate(fill), OK);
    return fill;
}

static void change(struct form_fill *fill, const char *path, const char *answer)
{
    assert_int_equal(form_fill_set(fill, path, answer), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
}

#define RULES                                                                                         \
    "#survey\n"                                                                                       \
    "type|name|label|relevant|constraint|calculation|required|choice_filter|repeat_count|read_only\n" \
    "integer|a|A|||||||\n"                                                                            \
    "integer|b|B|${a} > 2|. < ${a}||${a} > 4|||\n"                                                    \
    "calculate|c||||${b} + ${d}||||\n"                                                                \
    "integer|d|D|||||||${a} = 7\n"                                                                    \
    "begin group|g|G|${c} > 3\n"                                                                      \
    "select_one l|s|S|||||n != ${a}\n"                                                                \
    "text|t|T|${s} = 'x'\n"                                                                           \
    "end group\n"                                                                                     \
    "begin repeat|r|R\n"                                                                              \
    "integer|x|X|${a} != 3\n"                                                                         \
    "calculate|y||||${x} * 2 + ${a}\n"                                                                \
    "begin group|h|H|${y} > 5\n"                                                                      \
    "text|z|Z||. != ${t}||${x} = 4\n"                                                                 \
    "end group\n"                                                                                     \
    "calculate|run||||${y} + coalesce(../preceding-sibling::r[1]/run, 0)\n"                           \
    "end repeat\n"                                                                                    \
    "calculate|sum||||sum(${y}) + count(${r})\n"                                                      \
    "calculate|two||||/data/r[2]/y\n"                                                                 \
    "note|n|N ${sum}|${sum} > 10\n"                                                                   \
    "#choices\nlist_name|name|label|n\nl|x|X|=1\nl|y|Y|=2\nl|z|Z|=3\n"

/* Everything that people see of two fills is the same. */
static void assert_same(const struct form_fill *left, const struct form_fill *right, unsigned step)
{
    const struct form_item *a = form_fill_root(left), *b = form_fill_root(right);
    for (; a != NULL && b != NULL; a = form_item_after(a), b = form_item_after(b))
        if (!text_same(a->path, b->path) || a->relevant != b->relevant || a->required != b->required ||
            a->read_only != b->read_only || a->error != b->error || (a->relevant && !text_same(a->value, b->value)) ||
            !text_same(a->message, b->message))
            fail_msg("step %u: %s differs: %s %d %d, %s %d %d", step, a->path, a->value, a->relevant, a->error,
                     b->value, b->relevant, b->error);
    assert_true(a == NULL && b == NULL);
}

static void run_random(const char *book, unsigned seed)
{
    static const char *const paths[] = {"/data/a",      "/data/b",      "/data/d",      "/data/g/s",     "/data/g/t",
                                        "/data/r[1]/x", "/data/r[2]/x", "/data/r[3]/x", "/data/r[2]/h/z"};
    static const char *const answers[] = {"", "1", "2", "3", "4", "5", "7", "x", "y", "-1"};
    struct form_fill *quick = begin(book), *slow = begin(book);
    for (unsigned step = 0; step < 400; step++) {
        seed = seed * 1103515245 + 12345;
        const char *path = paths[(seed >> 16) % 9];
        seed = seed * 1103515245 + 12345;
        const char *answer = answers[(seed >> 16) % 10];
        assert_int_equal(form_fill_set(quick, path, answer), form_fill_set(slow, path, answer));
        if (step % 3 == 0)
            continue; /* several changes at once */
        form_fill_touch(slow, NULL);
        assert_int_equal(form_fill_evaluate(quick), OK);
        assert_int_equal(form_fill_evaluate(slow), OK);
        assert_same(quick, slow, step);
    }
}

static void m2_7_a_change_has_the_same_outcome_as_everything_anew(void **state)
{
    (void)state;
    run_random(RULES, 1);
    run_random(RULES, 77);
    /* Without axes, which make a form loose, the same with the dependencies alone. */
    char *plain = arena_text(arena, RULES);
    char *run = strstr(plain, "calculate|run");
    memmove(run, strchr(run, '\n') + 1, strlen(strchr(run, '\n') + 1) + 1);
    assert_false(book_form(arena, plain)->loose);
    for (unsigned seed = 2; seed < 12; seed++)
        run_random(plain, seed);
}

static void m2_7_only_what_a_change_touches_is_worked_out(void **state)
{
    (void)state;
    struct buf book;
    buf_init(&book, arena, 4096);
    buf_text(&book, "#survey\ntype|name|label|relevant|calculation\n");
    for (int i = 0; i < 500; i++)
        buf_format(&book, "integer|q%d|Q|\ncalculate|c%d|||${q%d} + 1\n", i, i, i);
    struct form_fill *fill = begin(book.ptr);
    assert_int_equal(form_fill_evaluated(fill), 1001);
    change(fill, "/data/q250", "7");
    assert_int_equal(form_fill_evaluated(fill), 2);
    assert_string_equal(value(fill, "/data/c250"), "8");
    change(fill, "/data/q250", "7");
    assert_int_equal(form_fill_evaluated(fill), 1);
}

static void m2_7_a_change_in_one_instance_leaves_the_others(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\ntype|name|label|relevant|calculation\n"
                                   "begin repeat|r|R\ninteger|x|X\ncalculate|y|||${x} + 1\nend repeat\n"
                                   "calculate|all|||sum(${y})\n");
    for (int i = 1; i <= 500; i++)
        assert_int_equal(form_fill_set(fill, arena_format(arena, "/data/r[%d]/x", i), "1"), OK);
    assert_int_equal(form_fill_evaluate(fill), OK);
    change(fill, "/data/r[250]/x", "11");
    assert_int_equal(form_fill_evaluated(fill), 3);
    assert_string_equal(value(fill, "/data/all"), "1010");
}

static void m2_7_a_trigger_sets_other_answers(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\ntype|name|label|calculation|trigger\n"
                                   "integer|a|A\n"
                                   "text|when|When|concat('at ', ${a})|${a}\n"
                                   "begin repeat|r|R\ninteger|x|X\ninteger|y|Y|${x} * 2|${x}\nend repeat\n"
                                   "text|empty|E||${a}\n");
    change(fill, "/data/empty", "full");
    change(fill, "/data/a", "4");
    assert_string_equal(value(fill, "/data/when"), "at 4");
    assert_string_equal(value(fill, "/data/empty"), "");
    change(fill, "/data/when", "mine");
    assert_string_equal(value(fill, "/data/when"), "mine");
    change(fill, "/data/r[2]/x", "5");
    assert_string_equal(value(fill, "/data/r[1]/y"), "");
    assert_string_equal(value(fill, "/data/r[2]/y"), "10");
}

static void m2_7_choices_come_from_a_repeat(void **state)
{
    (void)state;
    struct form_fill *fill = begin("#survey\ntype|name|label\n"
                                   "begin repeat|kin|Kin\ntext|who|Who\nend repeat\n"
                                   "select_one ${who}|best|Best\n");
    const struct form_choice *choices = NULL;
    change(fill, "/data/kin[1]/who", "Māsa");
    change(fill, "/data/kin[2]/who", "Brālis");
    const struct form_item *best = form_item_find(fill, "/data/best");
    assert_int_equal(form_item_choices(fill, best, &choices), 2);
    assert_string_equal(choices[1].name, "Brālis");
    change(fill, "/data/best", "Brālis");
    assert_string_equal(best->value, "Brālis");
    change(fill, "/data/kin[2]/who", "Tētis");
    assert_string_equal(best->value, "");
    change(fill, "/data/kin[2]/who", "Brālis");
    assert_string_equal(best->value, "Brālis");
}

static void m2_7_a_seed_shuffles_alike(void **state)
{
    (void)state;
    const char *book = "#survey\ntype|name|label|parameters\nselect_one l|s|S|randomize=true seed=42\n"
                       "#choices\nlist_name|name|label\nl|a|A\nl|b|B\nl|c|C\nl|d|D\nl|e|E\n";
    struct form_fill *one = begin(book), *other = begin(book);
    const struct form_choice *left = NULL, *right = NULL;
    bool moved = false;
    assert_int_equal(form_item_choices(one, form_item_find(one, "/data/s"), &left), 5);
    assert_int_equal(form_item_choices(other, form_item_find(other, "/data/s"), &right), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(left[i].name, right[i].name);
        moved = moved || left[i].name[0] != (char)('a' + i);
    }
    assert_true(moved);
}

static void m2_7_every_type_takes_its_answers(void **state)
{
    (void)state;
    static const struct {
        const char *type, *typed, *value;
        enum form_error error;
    } cases[] = {{"geopoint", "56.95 24.1 0 0", "56.95 24.1 0 0", FORM_FINE},
                 {"geopoint", "56.95", "", FORM_NOT_PLACE},
                 {"geopoint", "here", "", FORM_NOT_PLACE},
                 {"geotrace", "56 24; 57 25", "56 24; 57 25", FORM_FINE},
                 {"geoshape", "56 24;57 25;56 24;", "56 24;57 25;56 24;", FORM_FINE},
                 {"image", "face.jpg", "face.jpg", FORM_FINE},
                 {"barcode", "4750123", "4750123", FORM_FINE},
                 {"range", "11", "11", FORM_FINE},
                 {"range", "x", "", FORM_NOT_INTEGER},
                 {"acknowledge", "OK", "OK", FORM_FINE},
                 {"select_one_from_file towns.csv", "riga", "riga", FORM_FINE},
                 {"select_multiple_from_file towns.csv", " riga  ogre ", "riga ogre", FORM_FINE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct form_fill *fill = begin(arena_format(arena, "#survey\ntype|name|label\n%s|q|Q\n", cases[i].type));
        change(fill, "/data/q", cases[i].typed);
        const struct form_item *item = form_item_find(fill, "/data/q");
        if (item->error != cases[i].error || !text_same(item->value, cases[i].value))
            fail_msg("%s \"%s\": \"%s\", error %d", cases[i].type, cases[i].typed, item->value, item->error);
    }
}

/* ---- files ---- */

static bool read_towns(void *data, struct arena *into, const char *name, struct bytes *out)
{
    const char *text = data;
    if (strcmp(name, "towns.csv") != 0)
        return false;
    *out = arena_bytes(into, text, strlen(text));
    return true;
}

static void m2_7_lists_come_from_files(void **state)
{
    (void)state;
    char towns[] = "name,label,land\nriga,Rīga,lv\nogre,\"Ogre, Latvia\",lv\nkaunas,Kaunas,lt\n";
    const struct form_source source = {read_towns, towns};
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    const struct form_choice *choices = NULL;
    size_t count = 0;
    struct bytes book = book_make(arena, "#survey\ntype|name|label|choice_filter|calculation\n"
                                         "text|land|Land\n"
                                         "select_one_from_file towns.csv|town|Town|land = ${land}\n"
                                         "calculate|label|||pulldata('towns', 'label', 'name', ${town})\n");
    assert_int_equal(form_read(arena, book, &source, &form, &problems, &count), OK);
    struct form_fill *fill = form_fill_new(arena, form, now, 0);
    change(fill, "/data/land", "lv");
    assert_int_equal(form_item_choices(fill, form_item_find(fill, "/data/town"), &choices), 2);
    assert_string_equal(choices[1].label, "Ogre, Latvia");
    change(fill, "/data/town", "ogre");
    assert_string_equal(value(fill, "/data/label"), "Ogre, Latvia");
    change(fill, "/data/land", "lt");
    assert_string_equal(value(fill, "/data/town"), "");
}

static const struct form *read_text(const char *text)
{
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, (struct bytes){(const uint8_t *)text, strlen(text)}, NULL, &form, &problems,
                                &count);
    if (result != OK)
        fail_msg("%s", form_problem_text(arena, &problems[0]));
    return form;
}

static void m2_7_a_form_is_the_same_from_every_kind_of_file(void **state)
{
    (void)state;
    const char *markdown = "| survey |\n|  | type | name | label |\n|  | text | who | A \\| B |\n"
                           "| settings |\n|  | form_id |\n|  | kinds |\n";
    const char *comma = "\xEF\xBB\xBFsurvey,,,\n,type,name,label\n,text,who,\"A | B\"\r\nsettings,\n,form_id\n,kinds\n";
    const char *semicolon = "survey;;;\n;type;name;label\n;text;who;A | B\nsettings;;;\n;form_id;;\n;kinds;;\n";
    const char *const texts[] = {markdown, comma, semicolon};
    for (size_t i = 0; i < 3; i++) {
        const struct form *form = read_text(texts[i]);
        assert_string_equal(form_id(form), "kinds");
        assert_string_equal(form_label(form, form_node_find(form, "/data/who"), 0), "A | B");
        struct bytes xml;
        const struct form_problem *problems = NULL;
        size_t count = 0;
        assert_int_equal(form_convert(arena, (struct bytes){(const uint8_t *)texts[i], strlen(texts[i])}, NULL, &xml,
                                      &problems, &count),
                         OK);
        const struct form *again = read_text(arena_text_n(arena, (const char *)xml.ptr, xml.len));
        assert_string_equal(form_label(again, form_node_find(again, "/data/who"), 0), "A | B");
    }
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(m2_7_a_change_has_the_same_outcome_as_everything_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_only_what_a_change_touches_is_worked_out, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_a_change_in_one_instance_leaves_the_others, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_a_trigger_sets_other_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_choices_come_from_a_repeat, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_a_seed_shuffles_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_every_type_takes_its_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_lists_come_from_files, setup, teardown),
        cmocka_unit_test_setup_teardown(m2_7_a_form_is_the_same_from_every_kind_of_file, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
