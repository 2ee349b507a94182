/* A share as somebody types it: any text. What is accepted comes back the same. */
#include "platform/recovery/recovery.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct recovery_share share;
    struct recovery_share again;
    struct seal_key key;
    unsigned at = 0;
    if (!ready && seal_init() != OK)
        return 0;
    ready = true;
    struct arena *arena = arena_new(1 << 20);
    const char *text = arena_text_n(arena, (const char *)data, size > 4000 ? 4000 : size);
    if (recovery_read(text, &share, &at) == SHARE_FINE &&
        (recovery_read(recovery_line(arena, &share), &again, &at) != SHARE_FINE ||
         memcmp(again.part, share.part, sizeof share.part) != 0 || again.number != share.number))
        BUG("a share does not come back");
    (void)recovery_phrase_key(text, 6, &key);
    arena_free(arena);
    return 0;
}
