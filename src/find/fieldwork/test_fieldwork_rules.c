#include "find/fieldwork/rules.h"

#include "platform/form/xml.h"
#include "platform/seal/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    xml_be_silent();
    return seal_init() == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void test_meta(void **state)
{
    (void)state;
    struct fieldwork_meta meta;
    const char
        *whole = "<data id=\"f\" version=\"3\" xmlns:orx=\"http://openrosa.org/xforms\"><a><b>1</b></a>"
                 "<orx:meta><orx:instanceID> uuid:1 </orx:instanceID><deprecatedID>uuid:0</deprecatedID><x><y/></x>"
                 "</orx:meta></data>";
    assert_int_equal(fieldwork_meta_read(arena, of(whole), &meta), OK);
    assert_string_equal(meta.form_id, "f");
    assert_string_equal(meta.version, "3");
    assert_string_equal(meta.instance, "uuid:1");
    assert_string_equal(meta.deprecated, "uuid:0");
    const char *twice = "<data><meta><instanceID>a</instanceID><instanceID>b</instanceID></meta></data>";
    assert_int_equal(fieldwork_meta_read(arena, of(twice), &meta), OK);
    assert_string_equal(meta.instance, "a");
    assert_false(meta.encrypted);
    assert_int_equal(fieldwork_meta_read(arena, of("<data encrypted=\"yes\"/>"), &meta), OK);
    assert_string_equal(meta.form_id, "");
    assert_string_equal(meta.instance, "");
    assert_true(meta.encrypted);
    static const char *const broken[] = {
        "",           "x",
        "<data>",     "<data><meta><instanceID>",
        "<data></x>", "<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><data>&e;</data>"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_not_equal(fieldwork_meta_read(arena, of(broken[i]), &meta), OK);
}

static void test_flags(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags < 256; flags++)
        assert_int_equal(fieldwork_flags_of(fieldwork_flags_text(arena, flags)), flags);
    assert_int_equal(fieldwork_flags_of("invalidity xconflict edits"), 0);
}

static void test_basic(void **state)
{
    (void)state;
    const char *login = NULL;
    const char *secret = NULL;
    assert_true(fieldwork_basic(arena, "Basic YTpiOmM=", &login, &secret)); /* a:b:c */
    assert_string_equal(login, "a");
    assert_string_equal(secret, "b:c");
    assert_true(fieldwork_basic(arena, "basic  YTo=", &login, &secret));
    assert_string_equal(secret, "");
    static const char *const wrong[] = {NULL,        "",           "Basic",          "Basic ",        "Bearer YTpi",
                                        "Basic !!!", "Basic YQ==", "Basic AGE6Yg==", "Basic //46YQ==" /* no UTF-8 */};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(fieldwork_basic(arena, wrong[i], &login, &secret));
}

/* Every slip of one sign and every swap of two neighbours is seen. */
static void test_codes(void **state)
{
    (void)state;
    static const char signs[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    for (int round = 0; round < 50; round++) {
        char *code = fieldwork_code_new(arena);
        char *plain = fieldwork_code_plain(arena, code);
        assert_non_null(plain);
        assert_int_equal(strlen(plain), FIELDWORK_CODE_SIGNS);
        char copy[FIELDWORK_CODE_SIGNS + 1];
        for (size_t i = 0; i < FIELDWORK_CODE_SIGNS; i++) {
            for (size_t s = 0; signs[s] != '\0'; s++) {
                memcpy(copy, plain, sizeof copy);
                copy[i] = signs[s];
                assert_int_equal(fieldwork_code_plain(arena, copy) != NULL, copy[i] == plain[i]);
            }
        }
        for (size_t i = 0; i + 1 < FIELDWORK_CODE_SIGNS - 1; i++) {
            memcpy(copy, plain, sizeof copy);
            copy[i] = plain[i + 1];
            copy[i + 1] = plain[i];
            assert_int_equal(fieldwork_code_plain(arena, copy) != NULL, plain[i] == plain[i + 1]);
        }
    }
    assert_null(fieldwork_code_plain(arena, ""));
    assert_null(fieldwork_code_plain(arena, "K7QM-4RTX-0"));
    assert_null(fieldwork_code_plain(arena, "22222222222222222"));
}

static void test_host(void **state)
{
    (void)state;
    assert_true(fieldwork_host_fine("a.example:8420"));
    assert_true(fieldwork_host_fine("[::1]:80"));
    assert_false(fieldwork_host_fine(NULL));
    assert_false(fieldwork_host_fine(""));
    assert_false(fieldwork_host_fine("a/b"));
    assert_false(fieldwork_host_fine("a\"><b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meta),  cmocka_unit_test(test_flags), cmocka_unit_test(test_basic),
        cmocka_unit_test(test_codes), cmocka_unit_test(test_host),
    };
    return cmocka_run_group_tests_name("fieldwork_rules", tests, set_up, tear_down);
}
