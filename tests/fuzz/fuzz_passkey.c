/* Any bytes as what a browser says a passkey answered: the first two are the length of the client's data, then that, then the
 * authenticator's data, whose last 64 bytes serve as the signature too. */
#include "platform/account/passkey.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char CHALLENGE[] = "Y2hhbGxlbmdlLW9mLXRoaXMtdGVzdC0wMDAwMDAwMDE";
static const char SITE[] = "ausma.example.lv";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 37, IDS = 18, ID = 16, TAIL = 64 };
    if (size < 2)
        return 0;
    size_t client = (size_t)data[0] << 8 | data[1];
    data += 2;
    size -= 2;
    client = client < size ? client : size;
    struct arena *arena = arena_new(1 << 20);
    struct bytes authenticator = {data + client, size - client};
    struct bytes id = {authenticator.ptr, 0};
    if (authenticator.len > HEAD + IDS + ID)
        id = (struct bytes){authenticator.ptr + HEAD + IDS, ID};
    struct bytes tail = {authenticator.ptr, 0};
    if (authenticator.len >= TAIL)
        tail = (struct bytes){authenticator.ptr + authenticator.len - TAIL, TAIL};
    struct passkey_answer answer = {.credential = passkey_text(arena, id),
                                    .client = passkey_text(arena, (struct bytes){data, client}),
                                    .authenticator = passkey_text(arena, authenticator),
                                    .signature = passkey_text(arena, tail)};
    struct passkey key = {.site = SITE, .public_half = {(const uint8_t *)CHALLENGE, 32}, .algorithm = -8};
    int64_t counter;
    (void)passkey_read(arena, &answer, CHALLENGE, SITE, &key);
    (void)passkey_verify(arena, &key, &answer, CHALLENGE, &counter);
    arena_free(arena);
    return 0;
}
