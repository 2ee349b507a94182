#include "steer/formtool/formtool.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/form/form.h"
#include "steer/formtool/internal.h"

#include <stdio.h>
#include <string.h>

int tool_usage(FILE *to)
{
    (void)fputs(
        "usage: ausma form COMMAND ...\n\n"
        "  check FILE                            what is wrong with a form, a line each: exit 1 if any of it is an "
        "error\n"
        "  convert FILE [--name NAME]            the XForm on standard output; NAME: of its root element\n"
        "  eval [--instance FILE.xml] EXPRESSION the value of an expression as text\n"
        "  fill FORM --answers FILE.json         answers applied in order; what became of each question, as JSON\n\n"
        "FILE and FORM: .xlsx, .csv, Markdown tables (.md) or an XForm (.xml). No installation is needed.\n",
        to);
    return to == stdout ? 0 : 2;
}

bool tool_read(struct arena *arena, const char *name, struct bytes *out)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "ausma: %s cannot be read\n", name);
        return false;
    }
    char *chunk = arena_alloc(arena, TOOL_FILE_MAX + 1);
    size_t len = fread(chunk, 1, TOOL_FILE_MAX + 1, file);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || len > TOOL_FILE_MAX) {
        (void)fprintf(stderr, "ausma: %s %s\n", name, failed ? "cannot be read" : "is too large");
        return false;
    }
    *out = (struct bytes){(const uint8_t *)chunk, len};
    return true;
}

/* Tabs and line ends inside a problem would break "one a line". */
static void print_line(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        (void)fputc(*text == '\n' || *text == '\r' || *text == '\t' ? ' ' : *text, to);
    (void)fputc('\n', to);
}

static void tool_problems(struct arena *arena, FILE *to, const struct form_problem *problems, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_line(to, arena_format(arena, "%s: %s (%s)", problems[i].warning ? "warning" : "error",
                                    form_problem_text(arena, &problems[i]), form_problem_remedy(&problems[i])));
}

static int convert(struct arena *arena, int argc, char **argv)
{
    const char *file_name = NULL, *root = NULL;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
            root = argv[++i];
        else if (file_name == NULL)
            file_name = argv[i];
        else
            return tool_usage(stderr);
    }
    struct bytes file, xml;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    if (file_name == NULL)
        return tool_usage(stderr);
    if (!tool_read(arena, file_name, &file))
        return 1;
    enum err result = form_convert(arena, file, root, &xml, &problems, &count);
    tool_problems(arena, stderr, problems, count);
    if (result != OK)
        return 1;
    return fwrite(xml.ptr, 1, xml.len, stdout) == xml.len && fflush(stdout) == 0 ? 0 : 1;
}

/* ---- files beside the form: in its folder, or in "NAME-media" ---- */

static bool read_beside(void *data, struct arena *arena, const char *name, struct bytes *out)
{
    const char *form = data, *slash = strrchr(form, '/'), *dot = strrchr(form, '.');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - form),
        stem = dot == NULL || dot < slash ? (int)strlen(form) : (int)(dot - form);
    const char *const places[] = {arena_format(arena, "%.*s%s", folder, form, name),
                                  arena_format(arena, "%.*s-media/%s", stem, form, name)};
    if (strchr(name, '/') != NULL)
        return false;
    for (size_t i = 0; i < 2; i++) {
        FILE *file = fopen(places[i], "rb");
        if (file == NULL)
            continue;
        (void)fclose(file);
        return tool_read(arena, places[i], out);
    }
    return false;
}

bool tool_form(struct arena *arena, FILE *to, const char *name, const struct form **out)
{
    struct bytes file;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    if (!tool_read(arena, name, &file))
        return false;
    const struct form_source source = {read_beside, arena_text(arena, name)};
    enum err result = form_read(arena, file, &source, out, &problems, &count);
    tool_problems(arena, to, problems, count);
    return result == OK;
}

static int check(struct arena *arena, int argc, char **argv)
{
    const struct form *form = NULL;
    if (argc != 1)
        return tool_usage(stderr);
    return tool_form(arena, stdout, argv[0], &form) ? 0 : 1;
}

static int eval(struct arena *arena, int argc, char **argv)
{
    const char *expression = NULL, *file_name = NULL, *text = NULL, *why = "";
    struct bytes document = {NULL, 0};
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--instance") == 0 && i + 1 < argc)
            file_name = argv[++i];
        else if (!only_words && strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (expression == NULL)
            expression = argv[i];
        else
            return tool_usage(stderr);
    }
    if (expression == NULL)
        return tool_usage(stderr);
    if (file_name != NULL && !tool_read(arena, file_name, &document))
        return 1;
    /* A form instead of an instance: its own instance, with the lists it knows. */
    const struct form *form = NULL;
    enum err result = OK;
    if (document.len > 0 && memmem(document.ptr, document.len, "<h:html", 7) != NULL) {
        if (!tool_form(arena, stderr, file_name, &form))
            return 1;
        result = form_eval_form(arena, expression, form, time_now(), &text, &why);
    } else {
        result = form_eval_document(arena, expression, document, time_now(), &text, &why);
    }
    if (result == OK)
        return puts(text) >= 0 ? 0 : 1;
    if (result == ERR_BROKEN)
        why = "the instance is no XML that can be read";
    if (result == ERR_LIMIT)
        why = "the expression or the instance asks for more than it may";
    (void)fprintf(stderr, "ausma: %s\n", why);
    return 1;
}

static const struct {
    const char *name;
    int (*run)(struct arena *arena, int argc, char **argv);
} commands[] = {{"check", check}, {"convert", convert}, {"eval", eval}, {"fill", tool_fill}};

struct job {
    int (*run)(struct arena *arena, int argc, char **argv);
    struct arena *arena;
    int argc;
    char **argv;
    int status;
};

static enum err run_job(void *data)
{
    struct job *job = data;
    job->status = job->run(job->arena, job->argc, job->argv);
    return OK;
}

int form_command(int argc, char **argv)
{
    if (argc < 1)
        return tool_usage(stderr);
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0)
        return tool_usage(stdout);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[0], commands[i].name) != 0)
            continue;
        struct job job = {commands[i].run, arena_new((size_t)TOOL_MEMORY_MAX), argc - 1, argv + 1, 1};
        if (arena_try(job.arena, run_job, &job) != OK)
            (void)fputs("ausma: this takes more memory than a form may\n", stderr);
        arena_free(job.arena);
        return job.status;
    }
    return tool_usage(stderr);
}
