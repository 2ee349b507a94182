#include "platform/seal/text.h"

#include <sodium.h>
#include <string.h>

static const char LETTERS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

char *seal_hex(struct arena *arena, const uint8_t *ptr, size_t len)
{
    char *text = arena_alloc(arena, 2 * len + 1);
    return sodium_bin2hex(text, 2 * len + 1, ptr, len);
}

bool seal_hex_read(const char **at, uint8_t *out, size_t len)
{
    const char *end;
    size_t got;
    if (sodium_hex2bin(out, len, *at, 2 * len, NULL, &got, &end) != 0 || got != len || end != *at + 2 * len)
        return false;
    *at = end;
    return true;
}

static char *base64(struct arena *arena, const uint8_t *ptr, size_t len, int variant)
{
    size_t size = sodium_base64_encoded_len(len, variant);
    return sodium_bin2base64(arena_alloc(arena, size), size, ptr, len, variant);
}

char *seal_base64(struct arena *arena, const uint8_t *ptr, size_t len)
{
    return base64(arena, ptr, len, sodium_base64_VARIANT_ORIGINAL);
}

char *seal_base64url(struct arena *arena, const uint8_t *ptr, size_t len)
{
    return base64(arena, ptr, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void seal_letters(const uint8_t *bytes, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = LETTERS[bytes[i] & 31];
    out[count] = '\0';
}

bool seal_letters_read(const char *typed, size_t count, char *out)
{
    size_t len = 0;
    for (; *typed != '\0'; typed++) {
        char c = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;
        if (c == ' ' || c == '-')
            continue;
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (len == count || strchr(LETTERS, c) == NULL)
            return false;
        out[len++] = c;
    }
    out[len] = '\0';
    return len == count;
}
