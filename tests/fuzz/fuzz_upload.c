/* Any bytes as a file that somebody gives: its kind, and as each kind of picture without what it says about its making. What comes out
 * is whole, no longer, and has nothing more to lose. */
#include "platform/upload/upload.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(struct arena *arena, enum upload_kind kind, struct bytes file)
{
    struct bytes once, twice;
    if (upload_clean(arena, kind, file, &once) != OK)
        return;
    if (once.len > file.len || upload_kind_of(once) != kind)
        abort();
    if (upload_clean(arena, kind, once, &twice) != OK || twice.len != once.len ||
        memcmp(once.ptr, twice.ptr, once.len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(4 * size + (1 << 16));
    struct bytes file = {data, size};
    if (upload_type(upload_kind_of(file)) == NULL)
        abort();
    clean(arena, UPLOAD_JPEG, file);
    clean(arena, UPLOAD_PNG, file);
    clean(arena, UPLOAD_WEBP, file);
    arena_free(arena);
    return 0;
}
