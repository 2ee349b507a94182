/* The person behind a case, and finding them: names, aliases and phones are sealed under the case's key and found through blind
 * tokens, so that Ševčuka, Шевчук and Shevchuk meet without anyone reading a list of names. */
#ifndef AUSMA_CASE_PERSON_PERSON_H
#define AUSMA_CASE_PERSON_PERSON_H

#include "case/record/record.h"

/* What is known of a person, in the clear. No text is NULL after `person_get`; on the way in, NULL counts as "" (and a missing code as
 * "not_asked"). Lives in the request's arena. */
struct person {
    const char *given;
    const char *family;
    const char *aliases;      /* one a line */
    const char *phones;       /* one a line */
    const char *safe_contact; /* what to say, which hours, whom not to reach */
    const char *note;         /* no address: where somebody lives is not written here */
    const char *birth;        /* "", "2011", "2011-05", "2011-05-30": as it was told */
    struct maybe birth_year;  /* out only: the year of `birth` */
    const char *birth_exact;  /* "exact", "year", "guess", "unknown" */
    bool age_disputed;        /* then the person counts as a child (M1.7) */
    const char *sex; /* each of these: a code of its family or "unknown", "not_asked", "declined", "not_applicable" */
    const char *nationality; /* ISO 3166-1 alpha-2 in small letters */
    const char *language;    /* ISO 639-1 */
    const char *unaccompanied;
    const char *guardian_needed;
    const char *documents;
    int64_t version; /* 0: nothing has been written down yet */
};

extern const struct code_list PERSON_SEXES;         /* family "sex" */
extern const struct code_list PERSON_NATIONALITIES; /* family "nationality" */
extern const struct code_list PERSON_LANGUAGES;     /* family "speaks" */
extern const struct code_list PERSON_ANSWERS;       /* family "person_answer": yes, no and the four unknowns */
extern const struct code_list PERSON_DOCUMENTS;     /* family "documents" */
extern const struct code_list PERSON_BIRTHS;        /* family "birth_exact" */

/* Writes down the person of a new case, in a change; the caller audits. Sets the case's birth year too.
 * ERR_CONFLICT: the case has one already. */
MUST_USE enum err person_add(struct db *db, struct arena *arena, int64_t org, int64_t case_id,
                             const struct case_keys *keys, const struct seal_key *search_key,
                             const struct person *person);
/* Replaces what is known when `person->version` is still the newest; ERR_STALE otherwise. Version 0 adds. */
MUST_USE enum err person_save(struct db *db, struct arena *arena, int64_t org, int64_t case_id,
                              const struct case_keys *keys, const struct seal_key *search_key,
                              const struct person *person);
/* The person of the scope's case; all "" and "not_asked", version 0, when nothing is written down. */
MUST_USE enum err person_get(struct req *r, struct person *out);
/* The same for a case whose key the caller holds. */
MUST_USE enum err person_of_case(struct db *db, struct arena *arena, int64_t org, int64_t case_id,
                                 const struct case_keys *keys, struct person *out);

/* Mass work in one change (demo): tokens are collected and written in their order, which is several times faster than one by one.
 * The birth year is not set in the case: record_new has taken it. Close what was opened. */
struct person_bulk;
MUST_USE enum err person_bulk_open(int64_t org, const struct seal_key *search_key, struct person_bulk **out);
MUST_USE enum err person_bulk_add(struct person_bulk *bulk, struct db *db, struct arena *arena, int64_t case_id,
                                  const struct case_keys *keys, const struct person *person);
/* Writes what is still collected. */
MUST_USE enum err person_bulk_finish(struct person_bulk *bulk, struct db *db);
void person_bulk_close(struct person_bulk *bulk);

/* Is this somebody who is to be protected as a child on that day: under 18 by the youngest age that the birth date allows, of
 * unknown age, or of disputed age (M1.7)? */
bool person_counts_as_child(const struct person *person, const char *today);

/* A person who was found. */
struct person_hit {
    int64_t case_id;
    const char *reference;
    const char *pseudonym;
    const char *status;  /* of the case: "open", "closed" */
    const char *name;    /* given and family name, "" when neither is known */
    const char *matched; /* the alias, phone or reference that matched; "" when it was the name */
    const char *reason;  /* family "person_match": "reference", "same_phone", "same_name", "part_name", "similar_name",
                            * "same_alias", "part_alias", "similar_alias" */
    bool birth_near;     /* both birth years are known and at most two years apart */
    struct maybe birth_year;
    int64_t manager;
    int alike; /* 0..100 */
};
enum { PERSON_HITS_MAX = 50 };

/* Among the cases that I hold: all words of the query in names, aliases and phones (any beginning, any script, small slips), or a
 * reference. Best first, at most PERSON_HITS_MAX; `more` (may be NULL) tells that there are others. Never an error for odd input. */
MUST_USE enum err person_search(struct req *r, const char *query, struct person_hit **out, size_t *count, bool *more);
/* For intake: who might be this person already? `names` and `phones`: one a line, as in struct person (a whole name on the first
 * line). Only what is close; the same phone first, then the closest name. */
MUST_USE enum err person_duplicates(struct req *r, const char *names, const char *phones, struct maybe birth_year,
                                    struct person_hit **out, size_t *count);

extern const struct route person_routes[];

#endif
