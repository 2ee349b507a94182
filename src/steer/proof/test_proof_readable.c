/* Answers as people read them. */
#include "base/arena.h"
#include "steer/proof/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void answers_are_shown_without_marks_and_without_what_was_not_asked(void **state)
{
    static const struct {
        const char *value, *shown;
    } cases[] = {
        {"Tumšs <mati>", "Tumšs <mati>"},
        {"", ""},
        {"<data id=\"a\" version=\"1\"></data>", ""},
        {"<data id=\"a\" version=\"1\"><g><x></x><y>3</y></g><z>A &amp; B &lt;3</z><e/></data>", "y: 3\nz: A & B <3\n"},
        {"<data id=\"a\"><r><x>1</x></r><r><x>2</x></r></data>", "x: 1\nx: 2\n"},
        {"<data broken", "<data broken"},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(proof_readable(arena, cases[i].value), cases[i].shown);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_shown_without_marks_and_without_what_was_not_asked),
    };
    return cmocka_run_group_tests_name("proof readable", tests, NULL, NULL);
}
