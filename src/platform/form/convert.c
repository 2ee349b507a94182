#include "platform/form/convert.h"

#include "base/text.h"

#include <strings.h>

static const char *keep(struct converter *c, const char *text)
{
    return arena_text(c->arena, text == NULL ? "" : text);
}

static void add_problem(struct converter *c, struct form_problem problem)
{
    if (c->problem_count < CONVERT_PROBLEMS_MAX)
        c->problems[c->problem_count++] = problem;
}

void convert_problem(struct converter *c, enum form_problem_code code, const struct table *table,
                     const struct sheet_row *row, enum column column, const char *detail)
{
    const struct heading *heading = column == COLUMN_OTHER || table == NULL ? NULL : table_heading(table, column);
    convert_problem_at(c, code, table, row, heading, detail);
}

void convert_problem_at(struct converter *c, enum form_problem_code code, const struct table *table,
                        const struct sheet_row *row, const struct heading *heading, const char *detail)
{
    struct form_problem problem = {.code = code, .detail = keep(c, detail), .column = "", .heading = ""};
    problem.sheet = keep(c, table == NULL || table->sheet == NULL ? "" : table->sheet->name);
    problem.row = row == NULL ? 0 : row->number;
    if (heading != NULL) {
        problem.column = workbook_column(c->arena, heading->at);
        problem.heading = keep(c, heading->text);
    }
    add_problem(c, problem);
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool convert_name_valid(const char *name)
{
    if (!letter(name[0]) || strlen(name) > 200)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (!letter(*at) && !(*at >= '0' && *at <= '9') && *at != '-' && *at != '.')
            return false;
    return true;
}

/* ---- settings ---- */

static const char *setting(struct converter *c, enum column column)
{
    if (c->settings.row_count == 0)
        return "";
    return table_text(&c->settings, &c->settings.rows[0], column);
}

static bool id_valid(const char *id)
{
    for (const char *at = id; *at != '\0'; at++)
        if (!letter(*at) && !(*at >= '0' && *at <= '9') && strchr("-.:/ ", *at) == NULL)
            return false;
    return strlen(id) <= 100;
}

void convert_settings(struct converter *c)
{
    struct form *form = c->form;
    const char *id = setting(c, COLUMN_FORM_ID), *title = setting(c, COLUMN_FORM_TITLE),
               *name = setting(c, COLUMN_NAME);
    const struct sheet_row *row = c->settings.row_count > 0 ? &c->settings.rows[0] : NULL;
    if (!id_valid(id))
        convert_problem(c, FORM_NAME_INVALID, &c->settings, row, COLUMN_FORM_ID, id);
    if (name[0] != '\0' && !convert_name_valid(name))
        convert_problem(c, FORM_NAME_INVALID, &c->settings, row, COLUMN_NAME, name);
    form->id = keep(c, id[0] != '\0' ? id : "form");
    form->title = keep(c, title[0] != '\0' ? title : form->id);
    form->version = keep(c, setting(c, COLUMN_VERSION));
    struct form_node *root = ARENA_NEW(c->arena, struct form_node);
    root->name = keep(c, name[0] != '\0' ? name : "data");
    root->path = arena_format(c->arena, "/%s", root->name);
    root->appearance = root->parameters = "";
    form->nodes = ARENA_ARRAY(c->arena, struct form_node *, c->survey.row_count * 2 + 1);
    form->nodes[form->count++] = root;
}

/* ---- the whole ---- */

static const struct sheet *find_sheet(const struct workbook *book, const char *name)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcasecmp(book->sheets[i].name, name) == 0)
            return &book->sheets[i];
    return NULL;
}

static void read_table(struct converter *c, const struct workbook *book, const char *name, int which, struct table *out)
{
    static const struct sheet none = {.name = ""};
    const struct sheet *sheet = find_sheet(book, name);
    convert_headings(c, sheet == NULL ? &none : sheet, which, out);
}

static bool has_columns(struct converter *c)
{
    bool complete = true;
    if (table_heading(&c->survey, COLUMN_TYPE) == NULL) {
        convert_problem(c, FORM_COLUMN_MISSING, &c->survey, NULL, COLUMN_OTHER, "type");
        complete = false;
    }
    if (table_heading(&c->survey, COLUMN_NAME) == NULL) {
        convert_problem(c, FORM_COLUMN_MISSING, &c->survey, NULL, COLUMN_OTHER, "name");
        complete = false;
    }
    return complete;
}

static void convert_book(struct converter *c, const struct workbook *book)
{
    if (find_sheet(book, "survey") == NULL) {
        convert_problem(c, FORM_SHEET_MISSING, NULL, NULL, COLUMN_OTHER, "survey");
        return;
    }
    read_table(c, book, "survey", IN_SURVEY, &c->survey);
    read_table(c, book, "choices", IN_CHOICES, &c->choices);
    read_table(c, book, "settings", IN_SETTINGS, &c->settings);
    if (!has_columns(c))
        return;
    convert_languages(c);
    convert_settings(c);
    convert_choices(c);
    convert_survey(c);
    if (c->problem_count == 0)
        convert_rules(c);
    convert_languages_done(c);
    if (c->problem_count == 0)
        convert_order(c);
}

struct job {
    struct converter c;
    struct bytes file;
};

static enum err convert_in_scratch(void *data)
{
    static const char *const wanted[] = {"survey", "choices", "settings", NULL};
    struct job *job = data;
    struct workbook book;
    struct form_problem problem;
    enum err result = workbook_read(job->c.scratch, job->file, wanted, &book, &problem);
    if (result == ERR_INPUT) {
        struct converter *c = &job->c;
        add_problem(c, (struct form_problem){.code = problem.code,
                                             .sheet = keep(c, problem.sheet),
                                             .row = problem.row,
                                             .column = keep(c, problem.column),
                                             .heading = keep(c, problem.heading),
                                             .detail = keep(c, problem.detail)});
    }
    TRY(result);
    convert_book(&job->c, &book);
    return job->c.problem_count > 0 ? ERR_INPUT : OK;
}

/* When the scratch is full, the workbook is too large; when the form's own arena is, the caller gave too little. */
static enum err convert_in_arena(void *data)
{
    struct job *job = data;
    struct converter *c = &job->c;
    c->form = ARENA_NEW(c->arena, struct form);
    c->problems = ARENA_ARRAY(c->arena, struct form_problem, CONVERT_PROBLEMS_MAX);
    enum err result = arena_try(c->scratch, convert_in_scratch, job);
    if (result != ERR_LIMIT)
        return result;
    convert_problem(c, FORM_TOO_LARGE, NULL, NULL, COLUMN_OTHER, "memory");
    return ERR_INPUT;
}

enum err form_read_xlsx(struct arena *arena, struct bytes file, const struct form **out,
                        const struct form_problem **problems, size_t *count)
{
    struct job job = {.c = {.arena = arena, .scratch = arena_new(WORKBOOK_SCRATCH_MAX)}, .file = file};
    enum err result = arena_try(arena, convert_in_arena, &job);
    arena_free(job.c.scratch);
    if (result == ERR_LIMIT)
        return result;
    *problems = job.c.problems;
    *count = job.c.problem_count;
    if (result == OK)
        *out = job.c.form;
    return result;
}
