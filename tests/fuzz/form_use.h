/* What the fuzzers of forms do with a form that opened: fill it in, write it, read it back, and change an answer. */
#ifndef AUSMA_TESTS_FUZZ_FORM_USE_H
#define AUSMA_TESTS_FUZZ_FORM_USE_H

#include "platform/form/form.h"

struct form_use {
    struct arena *arena;
    struct bytes file;
    const struct form *form;
    struct form_fill *fill;
};

static inline enum err form_use_begin(void *data)
{
    struct form_use *job = data;
    job->fill = form_fill_new(job->arena, job->form, 0, 0);
    return OK;
}

static inline enum err form_use_fill(void *data)
{
    struct form_fill *fill = ((struct form_use *)data)->fill;
    (void)!form_fill_evaluate(fill);
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item)) {
        const struct form_choice *choices = NULL;
        (void)form_item_label(fill, item);
        (void)form_item_choices(fill, item, &choices);
        (void)!form_fill_set(fill, item->path, "1");
    }
    (void)!form_fill_evaluate(fill);
    struct bytes xml = form_fill_write_xml(fill, true);
    enum err result = form_fill_read_xml(fill, xml);
    if (result != OK && result != ERR_LIMIT)
        BUG("a form does not read what it wrote");
    (void)!form_fill_evaluate(fill);
    return OK;
}

/* Any bytes: refused with a reason, or a form that can be filled, written and read back. */
static inline enum err form_use_bytes(struct arena *arena, const uint8_t *data, size_t size)
{
    struct form_use job = {.arena = arena, .file = {data, size}};
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, job.file, NULL, &job.form, &problems, &count);
    if (result == ERR_INPUT && count == 0)
        BUG("a refusal without a reason");
    for (size_t i = 0; result != ERR_LIMIT && i < count; i++)
        if (form_problem_text(arena, &problems[i])[0] == '\0' || form_problem_remedy(&problems[i]) == NULL)
            BUG("a problem without words");
    if (result == OK && arena_try(arena, form_use_begin, &job) == OK)
        (void)!arena_try(arena, form_use_fill, &job);
    return result;
}

#endif
