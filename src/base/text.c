#include "base/text.h"

#include <string.h>

bool text_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool text_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

bool text_starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Decodes one code point of `len` > 0 bytes; returns its length or 0 when it is not valid UTF-8 (RFC 3629). */
static size_t decode(const unsigned char *at, size_t len, uint32_t *point)
{
    if (at[0] < 0x80) {
        *point = at[0];
        return 1;
    }
    size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char mask[5] = {0, 0, 0x1F, 0x0F, 0x07};
    if (at[0] < 0xC2 || at[0] > 0xF4 || len < size)
        return 0;
    uint32_t value = at[0] & mask[size];
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *point = value;
    return size;
}

static bool allowed(uint32_t point)
{
    if (point < 0x20)
        return point == '\t' || point == '\n' || point == '\r';
    if (point >= 0x7F && point <= 0x9F)
        return false;
    if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069))
        return false;
    return (point & 0xFFFE) != 0xFFFE && !(point >= 0xFDD0 && point <= 0xFDEF);
}

bool text_check(const char *ptr, size_t len)
{
    const unsigned char *at = (const unsigned char *)ptr;
    while (len > 0) {
        uint32_t point = 0;
        size_t size = decode(at, len, &point);
        if (size == 0 || !allowed(point))
            return false;
        at += size;
        len -= size;
    }
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *text_trim(struct arena *arena, const char *text)
{
    while (blank(*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && blank(text[len - 1]))
        len--;
    char *copy = arena_alloc(arena, len + 1);
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' && text[i + 1] == '\n')
            continue;
        copy[out++] = text[i] == '\r' ? '\n' : text[i];
    }
    return copy;
}

size_t text_length(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

bool text_to_int(const char *text, int64_t *out)
{
    bool minus = *text == '-';
    if (minus)
        text++;
    if (*text == '\0')
        return false;
    int64_t value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int64_t digit = *text - '0';
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, minus ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}
