/* The settings file: the example is right, and what is wrong in it is refused. */
#include "base/time.h"
#include "steer/office/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads `text` as the ausma.yaml of a folder of its own. */
static enum err read_text(const char *text, struct settings *out)
{
    char folder[] = "/tmp/ausma-settings-XXXXXX";
    struct office office = {.arena = arena_new(1 << 16)};
    assert_non_null(mkdtemp(folder));
    char *path = arena_format(office.arena, "%s/ausma.yaml", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    office.data = folder;
    enum err result = office_settings(&office, out);
    out->address = NULL;
    out->exit_address = NULL;
    out->database = NULL;
    (void)unlink(path);
    (void)rmdir(folder);
    arena_free(office.arena);
    return result;
}

static void settings_are_read(void **state)
{
    struct settings settings = {0};
    (void)state;
    assert_int_equal(read_text("port: 9000\ntrust_proxy: true\nbody_rate: 100\n", &settings), OK);
    assert_int_equal(settings.port, 9000);
    assert_true(settings.trust_proxy);
    assert_int_equal(settings.body_rate, 100);
    assert_int_equal(settings.idle_minutes, 0);
}

/* As when every line of the example is a comment still: the program stopped with a fault. */
static void a_file_that_sets_nothing_is_right(void **state)
{
    static const char *const nothing[] = {"", "\n", "# port: 9000\n"};
    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct settings settings = {0};
        assert_int_equal(read_text(nothing[i], &settings), OK);
        assert_int_equal(settings.port, 8420);
    }
}

static void wrong_settings_are_refused(void **state)
{
    static const char *const wrong[] = {
        "prot: 9000\n", "port: many\n", "port: 70000\n",         "port: [1]\n",          "- port\n",
        "port: -1\n",   "\t",           "scan_address: clamd\n", "file_max: 900000000\n"};
    struct settings settings = {0};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(read_text(wrong[i], &settings), ERR_INPUT);
}

static void the_example_is_right(void **state)
{
    const char *root = getenv("AUSMA_ROOT");
    char text[8192] = "";
    char path[512];
    struct settings settings = {0};
    (void)state;
    (void)snprintf(path, sizeof path, "%s/packaging/ausma.yaml", root == NULL ? "." : root);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    assert_true(len > 100);
    assert_int_equal(read_text(text, &settings), OK);
    assert_int_equal(settings.connections, 4096);
}

/* Half past nine in the evening in Greenwich is the next day in Riga in summer. */
static void days_begin_where_the_organisation_is(void **state)
{
    static const char *const wrong[] = {"",
                                        "Europe",
                                        "Mars/Olympus",
                                        "../../../etc/passwd",
                                        "Europe/../../passwd",
                                        "Europe/Riga\n",
                                        "/usr/share/zoneinfo/UTC"};
    const int64_t evening = INT64_C(1782941400000); /* 2026-07-01 21:30 UTC */
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    assert_true(time_zone("Europe/Riga"));
    assert_string_equal(time_date(arena, evening), "2026-07-02");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(time_zone(wrong[i]));
    assert_string_equal(time_date(arena, evening), "2026-07-02");
    assert_true(time_zone("UTC"));
    assert_string_equal(time_date(arena, evening), "2026-07-01");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read),
        cmocka_unit_test(a_file_that_sets_nothing_is_right),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(the_example_is_right),
        cmocka_unit_test(days_begin_where_the_organisation_is),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
