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
/* Has each line that is not empty at least 4 digits? */
bool person_phones_right(const char *phones);
/* May this precision stand with this date? */
bool person_birth_fits(const char *birth, const char *exact);

enum { PERSON_CLOSE_SAME = 100, PERSON_CLOSE_PART = 95 };
/* How close a line of a name is to what is looked for, both in their plain form (words of small Latin letters, a blank between):
 * PERSON_CLOSE_SAME for the same words in any order, PERSON_CLOSE_PART when each word looked for begins one of the line, else
 * `alike`, which then stays below. */
int person_closeness(const char *query_plain, const char *line_plain, int alike);
/* Do two phones end in the same digits: at least 4, as many as the shorter one has, no more than 8? */
bool person_phone_same(const char *a, const char *b);
/* At most two years apart, when both are known. */
bool person_birth_near(struct maybe a, struct maybe b);
/* Is a hit near enough to ask at intake whether it is the same person? A part of a name needs a birth year that is near,
 * and a name that is only alike no birth year that is far (more than five years). */
bool person_is_maybe(int closeness, bool phone, struct maybe a, struct maybe b);

/* ---- find.c: from words to the cases that may be meant ---- */

struct candidate {
    int64_t case_id;
    int64_t holder;
    int strength; /* how its weakest word was found: 3 the whole word, 2 a beginning or digits, 1 by sound, 0 not at all */
};
enum { PERSON_HOLDERS_MAX = 16, PERSON_CANDIDATES_MAX = 600 };
struct finding {
    struct req *r;
    size_t holder_count;
    int64_t holders[PERSON_HOLDERS_MAX];
    int64_t held[PERSON_HOLDERS_MAX]; /* how many cases each has, up to a bound */
    struct candidate *items;
    size_t count;
    bool more; /* a bound was hit: there may be others */
};
MUST_USE enum err find_begin(struct req *r, struct finding *f);
/* Adds the cases in which all words of this line are found, the strongest first; no case twice. */
MUST_USE enum err find_line(struct finding *f, const char *line);
/* Adds the cases in which one of the words stands as it is written. */
MUST_USE enum err find_any_word(struct finding *f, const char *line);

#endif
