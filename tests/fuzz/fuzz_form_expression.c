/* Any text as an expression. */
#include "platform/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(16 << 20);
    const char *text = NULL;
    enum err result = form_eval_text(arena, arena_text_n(arena, (const char *)data, size), NULL, &text);
    if (result == OK && text == NULL)
        BUG("an expression without a text");
    arena_free(arena);
    return 0;
}
