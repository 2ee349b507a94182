/* Single expressions, asked of a fill, of any XML document, or of a form that nobody filled in yet. */
#include "platform/form/document.h"
#include "platform/form/model.h"

#include "base/text.h"

struct text_job {
    struct xpath_world *world;
    const char *expression;
    const struct form_item *item;
    const char **out;
};

static enum form_problem_code find_by_name(void *data, const char *name, const struct form_node **out)
{
    const struct form *form = data;
    for (size_t i = 0; form != NULL && i < form->count; i++)
        if (text_same(form->nodes[i]->name, name)) {
            *out = form->nodes[i];
            return FORM_PROBLEM_NONE;
        }
    return FORM_REFERENCE_UNKNOWN;
}

static enum err eval_text(void *data)
{
    struct text_job *job = data;
    const struct xpath_expr *expr = NULL;
    struct xpath_fault fault;
    struct xpath_value value;
    struct xpath_world *world = job->world;
    TRY(xpath_parse(world->arena, job->expression, find_by_name, (void *)(uintptr_t)world->form, &expr, &fault));
    TRY(xpath_eval(world, expr, job->item, job->item, &value));
    *job->out = xpath_to_text(world->arena, &value);
    return OK;
}

enum err form_eval_text(struct arena *arena, const char *expression, struct form_fill *fill, const char **out)
{
    struct xpath_world world = {.arena = arena, .steps = XPATH_STEPS_MAX};
    struct text_job job = {&world, expression, NULL, out};
    if (fill != NULL) {
        world.form = fill->form;
        world.document = fill->document;
        world.now = fill->now;
        world.language = fill->language;
        job.item = form_fill_root(fill)->first;
    }
    return arena_try(arena, eval_text, &job);
}

struct document_job {
    struct arena *arena;
    const char *expression;
    struct bytes xml;
    const struct form *form; /* instead of the document */
    int64_t now;
    const char **out, **why;
};

static enum err eval_document(void *data)
{
    struct document_job *job = data;
    struct form_item *document = NULL;
    const struct xpath_expr *expr = NULL;
    struct xpath_fault fault = {0};
    struct xpath_value value;
    struct xpath_world world = {.arena = job->arena, .now = job->now, .steps = XPATH_STEPS_MAX};
    *job->why = "";
    if (job->form != NULL) {
        struct form_fill *fill = form_fill_new(job->arena, job->form, job->now, job->form->default_language);
        TRY(form_fill_evaluate(fill));
        document = fill->document;
        world.form = job->form;
    } else if (job->xml.len > 0)
        TRY(document_read(job->arena, job->xml, &document));
    world.document = document;
    const struct form_item *root = document == NULL ? NULL : document->first;
    *job->why = "the expression cannot be understood";
    enum err result = xpath_parse(job->arena, job->expression, NULL, NULL, &expr, &fault);
    if (result == ERR_INPUT)
        *job->why = fault.code == FORM_REFERENCE_UNKNOWN ? "${} means something in a form only" : fault.detail;
    TRY(result);
    *job->why = "the expression has no value";
    TRY(xpath_eval(&world, expr, root, root, &value));
    *job->out = xpath_to_text(job->arena, &value);
    return OK;
}

enum err form_eval_document(struct arena *arena, const char *expression, struct bytes document, int64_t now,
                            const char **out, const char **why)
{
    struct document_job job = {arena, expression, document, NULL, now, out, why};
    return arena_try(arena, eval_document, &job);
}

enum err form_eval_form(struct arena *arena, const char *expression, const struct form *form, int64_t now,
                        const char **out, const char **why)
{
    struct document_job job = {arena, expression, {NULL, 0}, form, now, out, why};
    return arena_try(arena, eval_document, &job);
}
