/* Bytes as letters, and back. */
#include "platform/seal/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void hexadecimal(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x00, 0x7f, 0xff};
    uint8_t back[sizeof bytes] = {1, 1, 1};
    assert_string_equal(seal_hex(arena, bytes, sizeof bytes), "007fff");
    assert_string_equal(seal_hex(arena, bytes, 0), "");
    const char *text = "007FfF rest";
    const char *at = text;
    assert_true(seal_hex_read(&at, back, sizeof back));
    assert_memory_equal(back, bytes, sizeof bytes);
    assert_string_equal(at, " rest");
    static const char *const wrong[] = {"", "007ff", "007f f", "007fg0", "0x7fff"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        at = wrong[i];
        assert_false(seal_hex_read(&at, back, sizeof back));
        assert_ptr_equal(at, wrong[i]);
    }
}

/* The first of RFC 4648's examples that need padding, and bytes whose letters differ between the two alphabets. */
static void base64(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *usual, *address;
    } rows[] = {
        {"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"}, {"\xfb\xff", "+/8=", "-_8"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
        size_t len = strlen(rows[i].bytes);
        assert_string_equal(seal_base64(arena, bytes, len), rows[i].usual);
        assert_string_equal(seal_base64url(arena, bytes, len), rows[i].address);
    }
}

static void letters_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *read; /* NULL: no code of eight letters */
    } rows[] = {
        {"01AZ9XYK", "01AZ9XYK"},     {"01az-9xyk", "01AZ9XYK"}, {" o i a z 9 x y k ", "01AZ9XYK"},
        {"0LAZ-9XYK", "01AZ9XYK"},    {"01AZ9XY", NULL},         {"01AZ9XYKK", NULL},
        {"01AZ9XYU", NULL},           {"01AZ9XY\xc4\x81", NULL}, {"", NULL},
        {"01AZ9XYK--  ", "01AZ9XYK"},
    };
    char out[9];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_code = seal_letters_read(rows[i].typed, 8, out);
        assert_int_equal(is_code, rows[i].read != NULL);
        if (is_code)
            assert_string_equal(out, rows[i].read);
    }
}

static void every_letter_comes_back(void **state)
{
    (void)state;
    uint8_t bytes[64];
    char made[65];
    char back[65];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 5); /* 5 has no divisor in common with 32: every letter twice */
    seal_letters(bytes, sizeof bytes, made);
    assert_int_equal(strlen(made), sizeof bytes);
    assert_true(seal_letters_read(made, sizeof bytes, back));
    assert_string_equal(back, made);
    bytes[0] = 0;
    bytes[1] = 31;
    bytes[2] = 32;
    seal_letters(bytes, 3, made);
    assert_string_equal(made, "0Z0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(base64),
        cmocka_unit_test(letters_as_people_type_them),
        cmocka_unit_test(every_letter_comes_back),
    };
    return cmocka_run_group_tests_name("seal text", tests, begin, end);
}
