/* The demo installation: it is whole, it is the same for the same seed, and names are nowhere in the clear. */
#include "steer/demo/internal.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void courses_stay_in_order(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int64_t i = 0; i < 3000; i++) {
        struct chance chance = {(uint64_t)i};
        struct demo_course course;
        demo_course_pick(&chance, 20000, i, 3000, &course);
        assert_true(course.opened <= course.today && course.opened >= before);
        assert_true(course.opened >= 20000 - 8 * 366);
        assert_true(course.recovery > course.opened && course.recovery < course.recovery_end);
        assert_true(course.reintegration < course.recovery_end); /* phases overlap */
        assert_true(course.closed > course.recovery_end);
        assert_int_equal(course.open, course.closed >= course.today);
        before = course.opened;
    }
}

static void same_seed_same_names(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 20);
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct chance chances[2] = {{seed}, {seed}};
        struct demo_name names[2];
        demo_name_pick(arena, &chances[0], &names[0]);
        demo_name_pick(arena, &chances[1], &names[1]);
        assert_string_equal(names[0].given, names[1].given);
        assert_string_equal(names[0].family, names[1].family);
        assert_true(text_check(names[0].family, strlen(names[0].family)));
        assert_true(text_length(names[0].family) >= 3);
    }
    arena_free(arena);
}

static void days_as_text(void **state)
{
    (void)state;
    char day[DAY_SIZE];
    assert_string_equal(demo_day(0, day), "1970-01-01");
    assert_string_equal(demo_day(20780, day), "2026-11-23");
}

static bool holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[1 << 24];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return memmem(bytes, len, text, strlen(text)) != NULL;
}

static void m7_6_a_demo_is_whole_and_tells_no_names(void **state)
{
    (void)state;
    static char cases[] = "--cases";
    static char forty[] = "40";
    char *options[] = {cases, forty};
    char folder[] = "/tmp/ausma-demo-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct office office = {
        .arena = arena_new((size_t)1 << 28), .options = options, .option_count = 2, .share = getenv("AUSMA_ROOT")};
    office.data = arena_format(office.arena, "%s/data", folder);
    assert_int_equal(demo_make(&office), OK);
    const char *database = arena_format(office.arena, "%s/ausma.db", office.data);
    static const char *const unsaid[] = {"Elīna",      "Madara",       "Pasak",       "Виктория", "Казк",
                                         "Blessing",   "Nebijup",      "Atgriezties", "Ilze",     "parauga-parole",
                                         "Saucas Bao", "Parauga iela", "siltas"};
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        assert_false(holds(database, unsaid[i]));
    assert_int_equal(demo_make(&office), ERR_CONFLICT); /* never over what is there */
    const char *accounts = arena_format(office.arena, "%s/accounts.txt", office.data);
    assert_true(holds(accounts, "ilze "));
    const char *shares = arena_format(office.arena, "%s/shares.txt", office.data);
    const char *const notes[] = {accounts, shares};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        struct stat info;
        assert_int_equal(stat(notes[i], &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
        assert_int_equal(remove(notes[i]), 0);
    }
    (void)remove(database);
    assert_int_equal(rmdir(office.data), 0);
    assert_int_equal(rmdir(folder), 0);
    arena_free(office.arena);
}

static int start(void **state)
{
    (void)state;
    return seal_init() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(courses_stay_in_order),
        cmocka_unit_test(same_seed_same_names),
        cmocka_unit_test(days_as_text),
        cmocka_unit_test(m7_6_a_demo_is_whole_and_tells_no_names),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
