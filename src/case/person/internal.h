/* Shared between the files of this folder only. */
#ifndef AUSMA_CASE_PERSON_INTERNAL_H
#define AUSMA_CASE_PERSON_INTERNAL_H

#include "case/person/person.h"
#include "case/person/queries.h"

struct seal_place person_place(const char *column, int64_t case_id);

/* The tokens as the column `tokens` holds them. */
enum { PERSON_TOKEN_BYTES = 8, PERSON_TOKENS_MAX = 600 };
size_t person_token_count(struct bytes tokens);
int64_t person_token_at(struct bytes tokens, size_t i);
struct bytes person_tokens_packed(struct arena *arena, const struct name_token *tokens, size_t count);

/* The tokens of one person; room for PERSON_TOKENS_MAX. */
struct person_tokens {
    struct name_token *items;
    size_t count;
};
/* Adds those that are not there yet. */
void person_tokens_join(struct person_tokens *set, const struct name_token *more, size_t count);
/* The row of a person, sealed. */
struct person_row_add_in person_row_of(struct arena *arena, int64_t org, int64_t case_id, const struct seal_key *key,
                                       const struct person *person, struct bytes tokens);

/* ---- rules.c ---- */

/* The year of a possibly partial birth date. */
struct maybe person_birth_year(const char *birth);
/* May this precision stand with this date? */
bool person_birth_fits(const char *birth, const char *exact);

#endif
