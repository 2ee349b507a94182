/* Any bytes as a workbook: refused with a reason, or a form that can be filled, written and read back. */
#include "platform/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err use(void *data)
{
    struct form_fill *fill = data;
    (void)!form_fill_evaluate(fill);
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item)) {
        const struct form_choice *choices = NULL;
        (void)form_item_label(fill, item);
        (void)form_item_choices(fill, item, &choices);
    }
    struct bytes xml = form_fill_write_xml(fill, true);
    enum err result = form_fill_read_xml(fill, xml);
    if (result != OK && result != ERR_LIMIT)
        BUG("a form does not read what it wrote");
    return OK;
}

struct job {
    struct arena *arena;
    const struct form *form;
    struct form_fill *fill;
};

static enum err begin(void *data)
{
    struct job *job = data;
    job->fill = form_fill_new(job->arena, job->form, 0, 0);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct job job = {.arena = arena};
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, (struct bytes){data, size}, NULL, &job.form, &problems, &count);
    if (result == ERR_INPUT && count == 0)
        BUG("a refusal without a reason");
    for (size_t i = 0; result == ERR_INPUT && i < count; i++)
        (void)form_problem_text(arena, &problems[i]);
    if (result == OK && arena_try(arena, begin, &job) == OK)
        (void)!arena_try(arena, use, job.fill);
    arena_free(arena);
    return 0;
}
