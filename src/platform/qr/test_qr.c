#include "platform/qr/qr.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <zbar.h>

enum { SCALE = 4 };

/* The picture as an independent reader sees it, drawn out of the path that goes into the page. */
static const char *read_back(struct arena *arena, const struct qr *qr)
{
    size_t side = qr_side(qr) * SCALE;
    uint8_t *grey = arena_alloc(arena, side * side);
    memset(grey, 255, side * side);
    const char *path = qr_path(arena, qr);
    size_t x;
    size_t y;
    size_t width;
    size_t again;
    int used = 0;
    for (; sscanf(path, "M%zu %zuh%zuv1h-%zuz%n", &x, &y, &width, &again, &used) == 4; path += used) {
        assert_int_equal(width, again);
        for (size_t row = y * SCALE; row < (y + 1) * SCALE; row++)
            memset(grey + row * side + x * SCALE, 0, width * SCALE);
    }
    assert_string_equal(path, "");
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, 0x30303859); /* "Y800": a byte of grey a pixel */
    zbar_image_set_size(image, (unsigned)side, (unsigned)side);
    zbar_image_set_data(image, grey, side * side, NULL);
    assert_int_equal(zbar_scan_image(scanner, image), 1);
    const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
    assert_int_equal(zbar_symbol_get_type(symbol), ZBAR_QRCODE);
    const char *text = arena_text(arena, zbar_symbol_get_data(symbol));
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return text;
}

static void m7_1_another_reader_reads_what_was_written(void **state)
{
    (void)state;
    char long_text[QR_TEXT_MAX + 1];
    for (size_t i = 0; i < QR_TEXT_MAX; i++)
        long_text[i] = (char)('A' + i % 26);
    long_text[QR_TEXT_MAX] = '\0';
    const char *const texts[] = {
        "otpauth://totp/Ausma:ilze?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ausma",
        "1",
        "0123456789abcdef, un vēl: zaļā pļava",
        long_text,
    };
    struct arena *arena = arena_new(64 << 20);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct qr qr;
        assert_int_equal(qr_make(arena, texts[i], &qr), OK);
        assert_string_equal(read_back(arena, &qr), texts[i]);
    }
    arena_free(arena);
}

/* The three finders, as the standard draws them. */
static void modules_stand_where_the_standard_wants_them(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct qr qr;
    assert_int_equal(qr_make(arena, "HELLO", &qr), OK);
    assert_int_equal(qr.size, 21);
    assert_int_equal(qr_side(&qr), 29);
    const size_t corners[3][2] = {{0, 0}, {qr.size - 7, 0}, {0, qr.size - 7}};
    for (size_t c = 0; c < 3; c++) {
        for (size_t y = 0; y < 7; y++) {
            for (size_t x = 0; x < 7; x++) {
                bool ring = (x == 1 || x == 5 || y == 1 || y == 5) && x > 0 && x < 6 && y > 0 && y < 6;
                assert_int_equal(qr_dark(&qr, corners[c][0] + x, corners[c][1] + y), !ring);
            }
        }
    }
    arena_free(arena);
}

static void nothing_and_too_much_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct qr qr;
    char *text = arena_alloc(arena, QR_TEXT_MAX + 2);
    memset(text, 'x', QR_TEXT_MAX + 1);
    assert_int_equal(qr_make(arena, "", &qr), ERR_INPUT);
    assert_int_equal(qr_make(arena, text, &qr), ERR_INPUT);
    text[QR_TEXT_MAX] = '\0';
    assert_int_equal(qr_make(arena, text, &qr), OK);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_another_reader_reads_what_was_written),
        cmocka_unit_test(modules_stand_where_the_standard_wants_them),
        cmocka_unit_test(nothing_and_too_much_are_refused),
    };
    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
