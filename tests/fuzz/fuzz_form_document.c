/* An expression in the first line, asked of the XML behind it. */
#include "platform/form/form.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    if (end == NULL)
        return 0;
    struct arena *arena = arena_new(32 << 20);
    const char *expression = arena_text_n(arena, (const char *)data, (size_t)(end - data)), *text = NULL, *why = NULL;
    struct bytes xml = {end + 1, size - (size_t)(end + 1 - data)};
    enum err result = form_eval_document(arena, expression, xml, 0, &text, &why);
    if (result == OK ? text == NULL : result == ERR_INPUT && why == NULL)
        BUG("neither a text nor a reason");
    arena_free(arena);
    return 0;
}
