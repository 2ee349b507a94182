#include "platform/form/xlsform.h"

#include "base/text.h"
#include "platform/form/xform.h"

#include <strings.h>

/* ---- problems ---- */

static const struct heading *heading_of(const struct table *table, enum column column)
{
    return column == COLUMN_OTHER ? NULL : xl_heading(table, column);
}

static void note(struct converter *c, enum form_problem_code code, enum table_kind kind, const struct sheet_row *row,
                 enum column column, const char *detail, bool warning)
{
    const struct table *table = &c->tables[kind];
    const struct heading *heading = heading_of(table, column);
    c->error_count += !warning;
    if (c->problem_count >= CONVERT_PROBLEMS_MAX)
        return;
    struct form_problem *problem = &c->problems[c->problem_count++];
    *problem = (struct form_problem){.code = code, .detail = arena_text(c->arena, detail), .column = "", .heading = ""};
    problem->warning = warning;
    problem->sheet = table->sheet == NULL ? "" : arena_text(c->arena, table->sheet->name);
    problem->row = row == NULL ? 0 : row->number;
    if (heading != NULL) {
        problem->column = workbook_column(c->arena, heading->at);
        problem->heading = arena_text(c->arena, heading->text);
    }
}

void xl_problem(struct converter *c, enum form_problem_code code, enum table_kind kind, const struct sheet_row *row,
                enum column column, const char *detail)
{
    note(c, code, kind, row, column, detail, false);
}

void xl_warning(struct converter *c, enum form_problem_code code, enum table_kind kind, const struct sheet_row *row,
                enum column column, const char *detail)
{
    note(c, code, kind, row, column, detail, true);
}

/* ---- small helpers ---- */

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool xl_name_valid(const char *name)
{
    if (!letter(name[0]) || strlen(name) > 200)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (!letter(*at) && !(*at >= '0' && *at <= '9') && *at != '-' && *at != '.')
            return false;
    return true;
}

void xl_pair_add(struct converter *c, struct pair **list, const char *name, const char *value)
{
    while (*list != NULL)
        list = &(*list)->next;
    *list = ARENA_NEW(c->arena, struct pair);
    **list = (struct pair){name, value, NULL};
}

const char *xl_pair(const struct pair *list, const char *name)
{
    for (; list != NULL; list = list->next)
        if (strcmp(list->name, name) == 0)
            return list->value;
    return NULL;
}

int xl_truth(const char *text)
{
    static const char *const yes[] = {"yes", "true", "true()"}, *const no[] = {"no", "false", "false()"};
    for (size_t i = 0; i < 3; i++) {
        if (strcasecmp(text, yes[i]) == 0)
            return 1;
        if (strcasecmp(text, no[i]) == 0)
            return 0;
    }
    return -1;
}

/* ---- the sheets ---- */

static const char *const sheet_names[TABLE_COUNT] = {"survey",           "choices",  "settings",
                                                     "external_choices", "entities", "osm"};

static const struct sheet *find_sheet(const struct workbook *book, const char *name)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcasecmp(book->sheets[i].name, name) == 0)
            return &book->sheets[i];
    return NULL;
}

/* One letter too many, too few, other, or two exchanged. */
static bool similar(const char *a, const char *b)
{
    size_t left = strlen(a), right = strlen(b), start = 0, end = 0;
    while (start < left && start < right && (a[start] | 32) == (b[start] | 32))
        start++;
    while (end < left - start && end < right - start && (a[left - 1 - end] | 32) == (b[right - 1 - end] | 32))
        end++;
    size_t differ = left > right ? left - start - end : right - start - end;
    return differ <= 2 && left + 2 > right && right + 2 > left;
}

static void look_for_typos(struct converter *c, const struct workbook *book, enum table_kind kind)
{
    for (size_t i = 0; i < book->other_count; i++)
        if (book->others[i][0] != '_' && similar(book->others[i], sheet_names[kind]))
            xl_warning(c, FORM_SHEET_SIMILAR, kind, NULL, COLUMN_OTHER, book->others[i]);
}

static bool read_sheets(struct converter *c, const struct workbook *book)
{
    static const struct sheet none = {.name = ""};
    if (find_sheet(book, "survey") == NULL) {
        look_for_typos(c, book, IN_SURVEY);
        xl_problem(c, FORM_SHEET_MISSING, IN_SURVEY, NULL, COLUMN_OTHER, "survey");
        return false;
    }
    for (enum table_kind kind = IN_SURVEY; kind < TABLE_COUNT; kind++) {
        const struct sheet *sheet = find_sheet(book, sheet_names[kind]);
        if (sheet == NULL && kind != IN_OSM)
            look_for_typos(c, book, kind);
        xl_headings(c, sheet == NULL ? &none : sheet, kind);
    }
    bool complete = true;
    for (enum column column = COLUMN_TYPE; column <= COLUMN_NAME; column++)
        if (xl_heading(&c->tables[IN_SURVEY], column) == NULL) {
            xl_problem(c, FORM_COLUMN_MISSING, IN_SURVEY, NULL, COLUMN_OTHER, column == COLUMN_TYPE ? "type" : "name");
            complete = false;
        }
    return complete;
}

static void check_settings(struct converter *c)
{
    const struct table *table = &c->tables[IN_SETTINGS];
    const struct sheet_row *row = table->row_count > 0 ? table->rows : NULL;
    const char *form_id = xl_setting(c, COLUMN_FORM_ID), *id_string = xl_setting(c, COLUMN_ID_STRING);
    if (form_id[0] != '\0' && id_string[0] != '\0')
        xl_warning(c, FORM_COLUMN_TWICE, IN_SETTINGS, row, COLUMN_ID_STRING, "form_id");
    const char *id = form_id[0] != '\0' ? form_id : id_string;
    if (strlen(id) > 250 || strpbrk(id, "<>&\"'\\\n\t") != NULL)
        xl_problem(c, FORM_NAME_INVALID, IN_SETTINGS, row, COLUMN_FORM_ID, id);
}

enum err xlsform_convert(struct arena *arena, struct arena *scratch, const struct workbook *book, const char *root_name,
                         struct xlsform *out)
{
    struct converter *c = ARENA_NEW(scratch, struct converter);
    c->arena = arena;
    c->scratch = scratch;
    c->root_name = root_name == NULL ? "data" : root_name;
    c->problems = ARENA_ARRAY(arena, struct form_problem, CONVERT_PROBLEMS_MAX);
    if (read_sheets(c, book)) {
        xl_languages(c);
        check_settings(c);
        xl_choices(c);
        xl_survey(c);
        if (c->error_count == 0)
            xl_check(c);
        if (c->error_count == 0)
            xl_entities(c);
        if (c->error_count == 0)
            xl_write(c);
    }
    *out = (struct xlsform){.problems = c->problems, .problem_count = c->problem_count};
    if (c->error_count > 0)
        return ERR_INPUT;
    struct buf buf;
    buf_init(&buf, arena, 1 << 14);
    markup_write(&buf, c->html);
    out->xml = (struct bytes){(const uint8_t *)buf.ptr, buf.len};
    out->converter = c;
    return OK;
}

/* ---- from a file ---- */

/* What stands in the scratch goes with it. */
static void keep_problem(struct arena *arena, struct form_problem *problem)
{
    problem->sheet = arena_text(arena, problem->sheet);
    problem->column = arena_text(arena, problem->column);
    problem->heading = arena_text(arena, problem->heading);
    problem->detail = arena_text(arena, problem->detail);
}

enum err xlsform_read(struct arena *arena, struct arena *scratch, struct bytes file, const char *root_name,
                      struct xlsform *out)
{
    static const char *const wanted[] = {"survey", "choices", "settings", "external_choices", "entities", "osm", NULL};
    struct workbook book = {0};
    struct form_problem *problem = ARENA_NEW(arena, struct form_problem);
    enum err result = workbook_read_any(scratch, file, wanted, &book, problem);
    if (result == ERR_INPUT) {
        keep_problem(arena, problem);
        *out = (struct xlsform){.problems = problem, .problem_count = 1};
    }
    TRY(result);
    return xlsform_convert(arena, scratch, &book, root_name, out);
}

void xlsform_locate(void *data, const char *path, enum xform_part part, struct form_problem *problem)
{
    static const enum column columns[PARTS] = {
        [PART_NODE] = COLUMN_NAME,
        [PART_LABEL] = COLUMN_LABEL,
        [PART_HINT] = COLUMN_HINT,
        [PART_RELEVANT] = COLUMN_RELEVANT,
        [PART_REQUIRED] = COLUMN_REQUIRED,
        [PART_READ_ONLY] = COLUMN_READ_ONLY,
        [PART_CONSTRAINT] = COLUMN_CONSTRAINT,
        [PART_CONSTRAINT_MESSAGE] = COLUMN_CONSTRAINT_MESSAGE,
        [PART_REQUIRED_MESSAGE] = COLUMN_REQUIRED_MESSAGE,
        [PART_CALCULATION] = COLUMN_CALCULATION,
        [PART_DEFAULT] = COLUMN_DEFAULT,
        [PART_CHOICES] = COLUMN_CHOICE_FILTER,
        [PART_COUNT] = COLUMN_REPEAT_COUNT,
        [PART_TRIGGER] = COLUMN_CALCULATION,
    };
    const struct converter *c = data;
    const struct table *table = &c->tables[IN_SURVEY];
    problem->sheet = arena_text(c->arena, table->sheet->name);
    for (size_t i = 1; i < c->count; i++) {
        const struct question *question = c->all[i];
        if (question->path == NULL || strcmp(question->path, path) != 0)
            continue;
        const struct heading *heading = part == PARTS ? NULL : xl_heading(table, columns[part]);
        problem->row = question->row == NULL ? 0 : question->row->number;
        if (heading != NULL) {
            problem->column = workbook_column(c->arena, heading->at);
            problem->heading = arena_text(c->arena, heading->text);
        }
        return;
    }
}

/* ---- for the command line ---- */

struct conversion {
    struct arena *arena, *scratch;
    struct bytes file;
    const char *name;
    struct xlsform result;
};

static enum err convert_file(void *data)
{
    struct conversion *job = data;
    return xlsform_read(job->arena, job->scratch, job->file, job->name, &job->result);
}

static enum err convert_in_scratch(void *data)
{
    struct conversion *job = data;
    enum err result = arena_try(job->scratch, convert_file, job);
    if (result != ERR_LIMIT)
        return result;
    struct form_problem *problem = ARENA_NEW(job->arena, struct form_problem);
    *problem = (struct form_problem){
        .code = FORM_TOO_LARGE, .sheet = "", .column = "", .heading = "", .detail = "memory"};
    job->result = (struct xlsform){.problems = problem, .problem_count = 1};
    return ERR_INPUT;
}

enum err form_convert(struct arena *arena, struct bytes file, const char *name, struct bytes *xml,
                      const struct form_problem **problems, size_t *count)
{
    struct conversion job = {.arena = arena, .scratch = arena_new(WORKBOOK_SCRATCH_MAX), .file = file, .name = name};
    if (workbook_format(file) == WORKBOOK_XML) {
        *xml = file;
        *count = 0;
        arena_free(job.scratch);
        return OK;
    }
    enum err result = arena_try(arena, convert_in_scratch, &job);
    arena_free(job.scratch);
    if (result == ERR_LIMIT)
        return result;
    *problems = job.result.problems;
    *count = job.result.problem_count;
    if (result == OK)
        *xml = job.result.xml;
    return result;
}
