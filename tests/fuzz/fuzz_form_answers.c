/* Any bytes as the XML of answers to a form with every kind of rule (rules.xlsx of the corpus of fuzz_form_workbook). */
#include "platform/form/form.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct form *the_form(void)
{
    static const struct form *form = NULL;
    if (form != NULL)
        return form;
    static struct arena *arena;
    arena = arena_new(16 << 20);
    const char *root = getenv("AUSMA_ROOT");
    FILE *file = fopen(arena_format(arena, "%s/tests/fuzz/corpus/form_workbook/rules.xlsx", root == NULL ? "." : root),
                       "rb");
    if (file == NULL)
        BUG("rules.xlsx is not there; set AUSMA_ROOT");
    static uint8_t bytes[1 << 20];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    const struct form_problem *problems = NULL;
    size_t count = 0;
    fclose(file);
    if (form_read(arena, (struct bytes){bytes, len}, NULL, &form, &problems, &count) != OK)
        BUG("rules.xlsx does not open");
    return form;
}

struct job {
    struct arena *arena;
    struct bytes xml;
};

static enum err use(void *data)
{
    struct job *job = data;
    struct form_fill *fill = form_fill_new(job->arena, the_form(), 0, 0);
    const struct form_fact *facts = NULL;
    if (form_fill_read_xml(fill, job->xml) != OK || form_fill_evaluate(fill) != OK)
        return OK;
    (void)form_fill_facts(fill, &facts);
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item))
        (void)form_item_label(fill, item);
    struct bytes whole = form_fill_write_xml(fill, true);
    if (form_fill_read_xml(fill, whole) != OK)
        BUG("a fill does not read what it wrote");
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(32 << 20);
    struct job job = {arena, {data, size}};
    (void)the_form();
    (void)!arena_try(arena, use, &job);
    arena_free(arena);
    return 0;
}
