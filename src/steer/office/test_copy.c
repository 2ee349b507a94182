/* ausma copy: there and back between the engines (with AUSMA_TEST_DATABASE), or between two files. */
#include "platform/store/scratch.h"
#include "platform/store/store.h"
#include "steer/demo/demo.h"
#include "steer/office/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char folder[64];
    char file[100];
    char back[100];
    char url[SCRATCH_URL_SIZE];
};

static int run(enum err (*command)(struct office *office), int count, char **words)
{
    /* What the command says is for people, not for who reads the results of tests. */
    const struct command one = {"test", "", command};
    (void)fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(kept >= 0 && nothing >= 0 && dup2(nothing, STDOUT_FILENO) >= 0);
    int result = office_run(&one, count, words);
    (void)fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    (void)close(kept);
    (void)close(nothing);
    return result;
}

static int begin(void **state)
{
    static struct fixture fixture;
    (void)snprintf(fixture.folder, sizeof fixture.folder, "/tmp/copy-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL)
        return -1;
    char data[80];
    char second[100];
    (void)snprintf(data, sizeof data, "%s/data", fixture.folder);
    (void)snprintf(fixture.file, sizeof fixture.file, "%s/ausma.db", data);
    (void)snprintf(fixture.back, sizeof fixture.back, "%s/back.db", fixture.folder);
    (void)snprintf(second, sizeof second, "%s/second.db", fixture.folder);
    scratch_make(second, fixture.url);
    const char *root = getenv("AUSMA_ROOT");
    char *words[] = {"--data",  data, "--database", fixture.file,
                     "--cases", "12", "--share",    root == NULL ? "." : (char *)(uintptr_t)root};
    *state = &fixture;
    return run(demo_make, 8, words);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    scratch_drop(fixture->url);
    return nftw(fixture->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int copy(char *from, char *to)
{
    char *words[] = {from, to};
    return run(office_copy, 2, words);
}

static void there_and_back_everything_is_the_same(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(copy(fixture->file, fixture->url), 0); /* which proves itself that all rows are the same */
    assert_int_equal(copy(fixture->url, fixture->back), 0);
    /* And what came back is an installation that can be copied on. */
    char third[120];
    (void)snprintf(third, sizeof third, "%s/third.db", fixture->folder);
    assert_int_equal(copy(fixture->back, third), 0);
}

static void a_target_with_data_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_int_not_equal(copy(fixture->file, fixture->url), 0);
    assert_int_not_equal(copy(fixture->file, fixture->file), 0);
    assert_int_not_equal(copy(fixture->file, fixture->back), 0);
}

static void a_source_without_data_is_refused_and_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    char nowhere[120];
    char target[120];
    (void)snprintf(nowhere, sizeof nowhere, "%s/nowhere.db", fixture->folder);
    (void)snprintf(target, sizeof target, "%s/target.db", fixture->folder);
    assert_int_not_equal(copy(nowhere, target), 0);
    assert_int_not_equal(access(target, F_OK), 0);
    assert_int_not_equal(access(nowhere, F_OK), 0);
}

/* A place where nothing can be made; and words that are missing. */
static void what_cannot_be_done_is_said(void **state)
{
    struct fixture *fixture = *state;
    char target[120];
    char *words[] = {fixture->file};
    (void)snprintf(target, sizeof target, "%s/no/such/folder.db", fixture->folder);
    assert_int_not_equal(copy(fixture->file, target), 0);
    assert_int_equal(run(office_copy, 1, words), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_everything_is_the_same),
        cmocka_unit_test(a_target_with_data_is_refused),
        cmocka_unit_test(a_source_without_data_is_refused_and_leaves_nothing),
        cmocka_unit_test(what_cannot_be_done_is_said),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
