#include "platform/form/xform.h"

#include "platform/form/xform_read.h"
#include "platform/form/xml.h"

#include <libxml/parser.h>
#include <limits.h>

enum { XFORM_FILE_MAX = 24 << 20, SCRATCH_MAX = 192 << 20 };

struct reading {
    struct arena *arena, *scratch;
    struct bytes file;
    const struct form_source *source;
    const struct form_problem *problems;
    size_t problem_count;
    const struct form *form;
};

static void free_document(void *handle)
{
    xmlFreeDoc(handle);
}

static enum err refuse(struct reading *job, enum form_problem_code code)
{
    struct form_problem *problem = ARENA_NEW(job->arena, struct form_problem);
    *problem = (struct form_problem){.code = code, .sheet = "", .column = "", .heading = "", .detail = ""};
    job->problems = problem;
    job->problem_count = 1;
    return ERR_INPUT;
}

/* What the converter noted stands in the scratch. */
static void keep_problems(struct reading *job, const struct xlsform *made)
{
    struct form_problem *problems = ARENA_ARRAY(job->arena, struct form_problem, made->problem_count);
    for (size_t i = 0; i < made->problem_count; i++) {
        problems[i] = made->problems[i];
        problems[i].sheet = arena_text(job->arena, problems[i].sheet);
        problems[i].column = arena_text(job->arena, problems[i].column);
        problems[i].heading = arena_text(job->arena, problems[i].heading);
        problems[i].detail = arena_text(job->arena, problems[i].detail);
    }
    job->problems = problems;
    job->problem_count = made->problem_count;
}

/* The problems noted before come first. */
static struct form_problem *with_room(struct reading *job)
{
    struct form_problem *problems = ARENA_ARRAY(job->arena, struct form_problem, FORM_PROBLEMS_MAX);
    if (job->problem_count > 0)
        memcpy(problems, job->problems, job->problem_count * sizeof *problems);
    return problems;
}

static enum err read_xml(struct reading *job, struct bytes xml, const struct xform_origin *origin)
{
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
    if (xml.len > XFORM_FILE_MAX)
        return refuse(job, FORM_TOO_LARGE);
    xml_be_silent();
    xmlDoc *document = xml_fits(xml) ? xmlReadMemory((const char *)xml.ptr, (int)xml.len, NULL, "UTF-8", options)
                                     : NULL;
    if (document == NULL)
        return refuse(job, FORM_NOT_A_WORKBOOK);
    arena_defer(job->scratch, free_document, document);
    if (xmlDocGetRootElement(document) == NULL)
        return refuse(job, FORM_NOT_A_WORKBOOK);
    struct form *form = ARENA_NEW(job->arena, struct form);
    struct xform_reader reader = {.arena = job->arena, .scratch = job->scratch, .form = form, .origin = origin};
    reader.source = job->source;
    reader.problems = with_room(job);
    reader.problem_count = job->problem_count;
    xform_read_document(&reader, xmlDocGetRootElement(document));
    job->problems = reader.problems;
    job->problem_count = reader.problem_count;
    if (reader.error_count > 0)
        return ERR_INPUT;
    job->form = form;
    return OK;
}

static enum err read_workbook(struct reading *job)
{
    struct xlsform made = {0};
    struct xform_origin origin = {xlsform_locate, NULL};
    enum err result = xlsform_read(job->scratch, job->scratch, job->file, NULL, &made);
    keep_problems(job, &made);
    TRY(result);
    origin.data = made.converter;
    return read_xml(job, made.xml, &origin);
}

static enum err read_any(void *data)
{
    struct reading *job = data;
    if (workbook_format(job->file) == WORKBOOK_XML)
        return read_xml(job, job->file, NULL);
    return read_workbook(job);
}

/* When the scratch is full, the form is too large; when its own arena is, the caller gave too little. */
static enum err read_in_scratch(void *data)
{
    struct reading *job = data;
    enum err result = arena_try(job->scratch, read_any, job);
    return result == ERR_LIMIT ? refuse(job, FORM_TOO_LARGE) : result;
}

enum err form_read(struct arena *arena, struct bytes file, const struct form_source *source, const struct form **out,
                   const struct form_problem **problems, size_t *count)
{
    struct reading job = {.arena = arena, .scratch = arena_new(SCRATCH_MAX), .file = file, .source = source};
    enum err result = arena_try(arena, read_in_scratch, &job);
    arena_free(job.scratch);
    if (result == ERR_LIMIT)
        return result;
    *problems = job.problems;
    *count = job.problem_count;
    if (result == OK)
        *out = job.form;
    return result;
}
