/* Any text as an XForm. */
#include "form_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    if (size > 0 && data[0] == '<')
        (void)!form_use_bytes(arena, data, size);
    arena_free(arena);
    return 0;
}
