/* Any text as the cells of a workbook: mutated bytes of an archive seldom get past its checksums. */
#include "platform/form/test_book.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct job {
    struct arena *arena;
    const char *text;
};

static enum err use(void *data)
{
    struct job *job = data;
    struct arena *arena = job->arena;
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, book_make(arena, job->text), NULL, &form, &problems, &count);
    for (size_t i = 0; result == ERR_INPUT && i < count; i++)
        (void)form_problem_text(arena, &problems[i]);
    if (result != OK)
        return result;
    struct form_fill *fill = form_fill_new(arena, form, 0, 0);
    (void)!form_fill_evaluate(fill);
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item)) {
        const struct form_choice *choices = NULL;
        (void)form_item_label(fill, item);
        (void)form_item_choices(fill, item, &choices);
    }
    struct bytes xml = form_fill_write_xml(fill, true);
    result = form_fill_read_xml(fill, xml);
    if (result != OK && result != ERR_LIMIT)
        BUG("a form does not read what it wrote");
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct job job = {arena, arena_text_n(arena, (const char *)data, size)};
    if (text_check(job.text, strlen(job.text)) && job.text[0] == '#')
        (void)!arena_try(arena, use, &job);
    arena_free(arena);
    return 0;
}
