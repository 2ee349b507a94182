/* Times forms: bench/forms runs this and sets the same beside @getodk/xforms-engine.
 *     forms open FILE...            opens and converts each; milliseconds
 *     forms change FORM PATH COUNT  evaluates after changes of one answer; microseconds
 *     forms memory FORM             bytes of a form and of a fill */
#include "base/time.h"
#include "platform/form/form.h"

#include <malloc.h>

static int64_t nanoseconds(void)
{
    struct timespec at;
    if (clock_gettime(CLOCK_MONOTONIC, &at) != 0)
        BUG("no clock");
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static struct bytes read_all(struct arena *arena, const char *name)
{
    enum { MOST = 32 << 20 };
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        BUG("the file cannot be read");
    uint8_t *bytes = arena_alloc(arena, MOST);
    size_t len = fread(bytes, 1, MOST, file);
    (void)fclose(file);
    return (struct bytes){bytes, len};
}

static const struct form *read_form(struct arena *arena, struct bytes file)
{
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    if (form_read(arena, file, NULL, &form, &problems, &count) != OK)
        BUG(count > 0 ? form_problem_text(arena, &problems[0]) : "the form does not open");
    return form;
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void say(const char *name, int64_t *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    printf("%s %.3f %.3f\n", name, (double)times[count / 2] / 1000, (double)times[count * 99 / 100] / 1000);
}

static int open_files(int count, char **names)
{
    enum { TIMES = 15 };
    for (int i = 0; i < count; i++) {
        int64_t convert[TIMES], open[TIMES];
        struct arena *files = arena_new(64 << 20);
        struct bytes file = read_all(files, names[i]);
        for (int j = 0; j < TIMES; j++) {
            struct arena *arena = arena_new(256 << 20);
            struct bytes xml;
            const struct form_problem *problems = NULL;
            size_t problem_count = 0;
            int64_t begin = nanoseconds();
            if (form_convert(arena, file, NULL, &xml, &problems, &problem_count) != OK)
                BUG("the form does not convert");
            convert[j] = nanoseconds() - begin;
            begin = nanoseconds();
            (void)read_form(arena, file);
            open[j] = nanoseconds() - begin;
            arena_free(arena);
        }
        say("convert", convert, TIMES);
        say("open", open, TIMES);
        arena_free(files);
    }
    return 0;
}

static int change(const char *name, const char *path, size_t count)
{
    struct arena *arena = arena_new((size_t)1 << 30);
    struct form_fill *fill = form_fill_new(arena, read_form(arena, read_all(arena, name)), time_now(), 0);
    int64_t *times = ARENA_ARRAY(arena, int64_t, count);
    int64_t begin = nanoseconds();
    if (form_fill_evaluate(fill) != OK)
        BUG("the form does not evaluate");
    printf("all %.3f\n", (double)(nanoseconds() - begin) / 1000);
    for (size_t i = 0; i < count; i++) {
        begin = nanoseconds();
        if (form_fill_set(fill, path, i % 2 == 0 ? "7" : "8") != OK || form_fill_evaluate(fill) != OK)
            BUG("the answer is not taken");
        times[i] = nanoseconds() - begin;
    }
    say("change", times, count);
    printf("touched %zu\n", form_fill_evaluated(fill));
    const struct form_item *last = form_item_find(fill, "/data/total");
    printf("total %s\n", last == NULL ? "-" : last->value);
    return 0;
}

static int memory(const char *name)
{
    struct arena *files = arena_new(64 << 20);
    struct bytes file = read_all(files, name);
    struct arena *arena = arena_new((size_t)1 << 30);
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    const struct form *form = read_form(arena, file);
    size_t between = mallinfo2().uordblks + mallinfo2().hblkhd;
    struct form_fill *fill = form_fill_new(arena, form, time_now(), 0);
    if (form_fill_evaluate(fill) != OK)
        BUG("the form does not evaluate");
    size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    printf("form %zu\nfill %zu\n", between - before, after - between);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "open") == 0)
        return open_files(argc - 2, argv + 2);
    if (argc == 5 && strcmp(argv[1], "change") == 0)
        return change(argv[2], argv[3], (size_t)strtoul(argv[4], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "memory") == 0)
        return memory(argv[2]);
    (void)fputs("usage: forms open FILE... | change FORM PATH COUNT | memory FORM\n", stderr);
    return 2;
}
