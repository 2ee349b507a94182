/* Every route for every role, by real requests, against the matrix that is checked in as tests/route-matrix.txt.
 * A line: method, path, and for nobody and each role "+" (may), "-" (403), "?" (asked to sign in). With AUSMA_UPDATE=1 the file
 * is written anew; read its difference before committing. */
#include "base/buf.h"
#include "base/text.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The path with every part in braces filled by an id that nothing has. */
static const char *filled(struct trial *trial, const char *pattern)
{
    struct buf out;
    buf_init(&out, trial_arena(trial), 128);
    while (*pattern != '\0') {
        if (*pattern != '{') {
            buf_char(&out, *pattern++);
            continue;
        }
        buf_text(&out, "0000000000zzz");
        pattern = strchr(pattern, '}') + 1;
    }
    return out.ptr;
}

/* A POST carries a field that no route declares, so that those who may are stopped before anything changes. */
static char verdict(struct trial *trial, const struct route *route, const char *who)
{
    const char *path = filled(trial, route->path);
    struct answer answer = route->method == HTTP_POST ? trial_post(trial, who, path, "zzz=1")
                                                      : trial_get(trial, who, path);
    if (route->method == HTTP_POST)
        if (answer.status < 400)
            fail_msg("%s as %s answers %d: %s", path, who, answer.status, answer.head);
    return answer.status == 403 ? '-' : answer.status == 401 ? '?' : '+';
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *walk(struct trial *trial)
{
    const struct app *app = trial_app(trial);
    const char **lines = ARENA_ARRAY(trial_arena(trial), const char *, app->route_count);
    for (size_t i = 0; i < app->route_count; i++) {
        const struct route *route = app->routes[i];
        struct buf line;
        buf_init(&line, trial_arena(trial), 128);
        buf_format(&line, "%-48s %-4s %c", route->path, route->method == HTTP_POST ? "POST" : "GET",
                   verdict(trial, route, NULL));
        for (unsigned role = 0; role < ROLE_COUNT; role++)
            buf_format(&line, " %c", verdict(trial, route, role_code((enum role)role)));
        lines[i] = line.ptr;
    }
    qsort(lines, app->route_count, sizeof *lines, by_line);
    struct buf all;
    buf_init(&all, trial_arena(trial), 8192);
    buf_format(&all, "%-48s %-4s nobody, then", "path", "");
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        buf_format(&all, " %s", role_code((enum role)role));
    buf_char(&all, '\n');
    for (size_t i = 0; i < app->route_count; i++)
        buf_format(&all, "%s\n", lines[i]);
    return all.ptr;
}

static const char *matrix_path(struct trial *trial)
{
    const char *root = getenv("AUSMA_ROOT");
    return arena_format(trial_arena(trial), "%s/tests/route-matrix.txt", root == NULL ? "." : root);
}

static const char *read_matrix(struct trial *trial)
{
    char piece[4096];
    struct buf all;
    buf_init(&all, trial_arena(trial), 8192);
    FILE *file = fopen(matrix_path(trial), "re");
    assert_non_null(file);
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&all, piece, len);
    (void)fclose(file);
    return all.ptr;
}

static void m7_1_every_route_for_every_role(void **state)
{
    (void)state;
    struct trial *trial = trial_open();
    const char *now = walk(trial);
    if (text_same(getenv("AUSMA_UPDATE"), "1")) {
        FILE *file = fopen(matrix_path(trial), "we");
        assert_non_null(file);
        assert_true(fputs(now, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    assert_string_equal(now, read_matrix(trial));
    trial_close(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(m7_1_every_route_for_every_role)};
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
