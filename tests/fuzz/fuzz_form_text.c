/* Any text as comma-separated values or Markdown tables: what converts is an XForm that opens as well as the text does. */
#include "form_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err convert(void *data)
{
    struct form_use *job = data;
    struct bytes xml;
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err direct = form_read(job->arena, job->file, NULL, &form, &problems, &count);
    enum err made = form_convert(job->arena, job->file, NULL, &xml, &problems, &count);
    if (direct == OK && made == ERR_INPUT)
        BUG("a form that opens does not convert");
    if (made != OK || direct == ERR_LIMIT)
        return made;
    enum err again = form_read(job->arena, xml, NULL, &form, &problems, &count);
    if (again == ERR_INPUT && direct == OK)
        BUG("the XForm of a form that opens does not open");
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(128 << 20);
    struct form_use job = {.arena = arena, .file = {data, size}};
    if (size > 2 && data[0] != 'P' && data[0] != '<') {
        (void)!form_use_bytes(arena, data, size);
        (void)!arena_try(arena, convert, &job);
    }
    arena_free(arena);
    return 0;
}
