/* Decisions about age and likeness: no store, no clock. */
#include "case/person/internal.h"

#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

enum { ADULT_YEARS = 18, NEAR_YEARS = 2, FAR_YEARS = 5, PHONE_LEAST = 4, PHONE_MOST = 8, MAYBE_LEAST = 75 };

struct maybe person_birth_year(const char *birth)
{
    if (text_empty(birth) || !date_check(birth))
        return (struct maybe){.has = false};
    return (struct maybe){.has = true, .value = strtol(birth, NULL, 10)};
}

bool person_birth_fits(const char *birth, const char *exact)
{
    if (text_empty(birth))
        return text_same(exact, "unknown");
    if (text_same(exact, "exact"))
        return date_full(birth);
    return !text_same(exact, "unknown");
}

bool person_counts_as_child(const struct person *person, const char *today)
{
    return person->age_disputed || text_empty(person->birth) || date_age(person->birth, today) < ADULT_YEARS;
}

/* ---- phones ---- */

bool person_phones_right(const char *phones)
{
    size_t digits = 0;
    bool blank = true;
    for (const char *at = phones;; at++) {
        if (*at == '\n' || *at == '\0') {
            if (!blank && digits < PHONE_LEAST)
                return false;
            digits = 0;
            blank = true;
        }
        if (*at == '\0')
            return true;
        digits += *at >= '0' && *at <= '9';
        blank &= strchr(" \t\r\n", *at) != NULL;
    }
}

/* ---- likeness ---- */

/* Does a word of the line begin with these letters (or is it these letters, when `whole`)? */
static bool line_has(const char *line, const char *word, size_t len, bool whole)
{
    for (const char *at = line; *at != '\0';) {
        size_t here = strcspn(at, " ");
        if ((whole ? here == len : here >= len) && strncmp(at, word, len) == 0)
            return true;
        at += here + strspn(at + here, " ");
    }
    return false;
}

static bool all_in(const char *words, const char *line, bool whole)
{
    if (text_empty(words))
        return false;
    for (const char *at = words; *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (!line_has(line, at, len, whole))
            return false;
        at += len + strspn(at + len, " ");
    }
    return true;
}

int person_closeness(const char *query_plain, const char *line_plain, int alike)
{
    if (all_in(query_plain, line_plain, true) && all_in(line_plain, query_plain, true))
        return PERSON_CLOSE_SAME;
    if (all_in(query_plain, line_plain, false))
        return PERSON_CLOSE_PART;
    return alike < PERSON_CLOSE_PART ? alike : PERSON_CLOSE_PART - 1;
}

/* The last digits, in reverse. */
static size_t last_digits(const char *text, char out[PHONE_MOST])
{
    size_t count = 0;
    for (size_t i = strlen(text); i-- > 0 && count < PHONE_MOST;)
        if (text[i] >= '0' && text[i] <= '9')
            out[count++] = text[i];
    return count;
}

bool person_phone_same(const char *a, const char *b)
{
    char x[PHONE_MOST];
    char y[PHONE_MOST];
    size_t x_count = last_digits(a, x);
    size_t y_count = last_digits(b, y);
    size_t shorter = x_count < y_count ? x_count : y_count;
    return shorter >= PHONE_LEAST && memcmp(x, y, shorter) == 0;
}

static int64_t years_apart(struct maybe a, struct maybe b)
{
    return a.value > b.value ? a.value - b.value : b.value - a.value;
}

bool person_birth_near(struct maybe a, struct maybe b)
{
    return a.has && b.has && years_apart(a, b) <= NEAR_YEARS;
}

bool person_is_maybe(int closeness, bool phone, struct maybe a, struct maybe b)
{
    if (phone || closeness == PERSON_CLOSE_SAME)
        return true;
    if (closeness == PERSON_CLOSE_PART)
        return person_birth_near(a, b);
    return closeness >= MAYBE_LEAST && !(a.has && b.has && years_apart(a, b) > FAR_YEARS);
}
