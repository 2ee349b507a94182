/* Decisions about a person's age: no store, no clock. */
#include "case/person/internal.h"

#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>

enum { YEAR_LETTERS = 4, ADULT_YEARS = 18 };

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

/* An age that was told as a guess, or not at all, proves nobody grown up. */
bool person_counts_as_child(const struct person *person, const char *today)
{
    if (person->age_disputed || !text_same(person->birth_exact, "exact"))
        return person->age_disputed || text_empty(person->birth) || date_age(person->birth, today) < ADULT_YEARS;
    return date_age(person->birth, today) < ADULT_YEARS;
}
