#include "base/id.h"

#include "base/time.h"

#include <ctype.h>
#include <stdatomic.h>
#include <string.h>

enum { NODE_BITS = 8, COUNTER_BITS = 13 };
static const int64_t EPOCH_MS = INT64_C(1577836800000); /* 2020-01-01 UTC */
static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";
static const char CHECK_LETTERS[] = "ABCDEFGHJKLMNPRSTUVWXYZ"; /* 23, a prime */

static _Atomic unsigned node_number;
static _Atomic int64_t last_tick; /* milliseconds << COUNTER_BITS | counter */

void id_node(unsigned node)
{
    atomic_store(&node_number, node & ((1U << NODE_BITS) - 1));
}

int64_t id_new(void)
{
    int64_t before = atomic_load(&last_tick);
    int64_t tick = 0;
    do {
        tick = (time_now() - EPOCH_MS) << COUNTER_BITS;
        if (tick <= before)
            tick = before + 1;
    } while (!atomic_compare_exchange_weak(&last_tick, &before, tick));
    int64_t ms = tick >> COUNTER_BITS;
    int64_t counter = tick & ((INT64_C(1) << COUNTER_BITS) - 1);
    return ms << (NODE_BITS + COUNTER_BITS) | counter << NODE_BITS | (int64_t)atomic_load(&node_number);
}

char *id_text(struct arena *arena, int64_t id)
{
    char *text = arena_alloc(arena, ID_TEXT_SIZE);
    uint64_t rest = (uint64_t)id;
    for (int i = ID_TEXT_SIZE - 2; i >= 0; i--) {
        text[i] = DIGITS[rest & 31];
        rest >>= 5;
    }
    return text;
}

bool id_parse(const char *text, int64_t *out)
{
    if (text == NULL || strlen(text) != ID_TEXT_SIZE - 1)
        return false;
    uint64_t value = 0;
    for (; *text != '\0'; text++) {
        const char *digit = strchr(DIGITS, *text);
        if (digit == NULL || value >> 58 != 0)
            return false;
        value = value << 5 | (uint64_t)(digit - DIGITS);
    }
    if (value == 0 || value > INT64_MAX)
        return false;
    *out = (int64_t)value;
    return true;
}

static char check_letter(const char *digits)
{
    unsigned sum = 0;
    unsigned weight = 2;
    for (size_t i = strlen(digits); i-- > 0;) {
        if (isdigit((unsigned char)digits[i]))
            sum += (unsigned)(digits[i] - '0') * weight++;
    }
    return CHECK_LETTERS[sum % 23];
}

char *reference_make(struct arena *arena, int year, int64_t number)
{
    char *body = arena_format(arena, "A-%04d-%04lld", year, (long long)number);
    return arena_format(arena, "%s-%c", body, check_letter(body));
}

bool reference_check(const char *text)
{
    char plain[32];
    size_t len = 0;
    while (*text == ' ')
        text++;
    for (; *text != '\0' && len < sizeof plain - 1; text++)
        plain[len++] = (char)toupper((unsigned char)*text);
    while (len > 0 && plain[len - 1] == ' ')
        len--;
    plain[len] = '\0';
    if (*text != '\0' || len < 13 || plain[0] != 'A' || plain[1] != '-' || plain[6] != '-' || plain[len - 2] != '-')
        return false;
    for (size_t i = 2; i < len - 2; i++) {
        if (i != 6 && !isdigit((unsigned char)plain[i]))
            return false;
    }
    char letter = plain[len - 1];
    plain[len - 2] = '\0';
    return letter == check_letter(plain);
}
