#include "case/person/internal.h"

#include "base/text.h"

#include <string.h>

struct seal_place person_place(const char *column, int64_t case_id)
{
    return (struct seal_place){.table = "person_person", .column = column, .row = case_id};
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static const char *or_not_asked(const char *code)
{
    return text_empty(code) ? "not_asked" : code;
}

/* ---- blind tokens ---- */

size_t person_token_count(struct bytes tokens)
{
    return tokens.len / PERSON_TOKEN_BYTES;
}

int64_t person_token_at(struct bytes tokens, size_t i)
{
    uint64_t token = 0;
    for (size_t n = PERSON_TOKEN_BYTES; n-- > 0;)
        token = token << 8 | tokens.ptr[i * PERSON_TOKEN_BYTES + n];
    return (int64_t)token;
}

struct bytes person_tokens_packed(struct arena *arena, const struct name_token *tokens, size_t count)
{
    uint8_t *out = arena_alloc(arena, count * PERSON_TOKEN_BYTES + 1);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < PERSON_TOKEN_BYTES; n++)
            out[i * PERSON_TOKEN_BYTES + n] = (uint8_t)((uint64_t)tokens[i].token >> 8 * n);
    return (struct bytes){.ptr = out, .len = count * PERSON_TOKEN_BYTES};
}

static bool token_known(const struct person_tokens *set, int64_t token)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].token == token)
            return true;
    return false;
}

void person_tokens_join(struct person_tokens *set, const struct name_token *more, size_t count)
{
    for (size_t i = 0; i < count && set->count < PERSON_TOKENS_MAX; i++)
        if (!token_known(set, more[i].token))
            set->items[set->count++] = more[i];
}

/* What one line gives to the whole; a phone is a line of its own, so that two numbers never run into one. */
static void tokens_of_line(struct arena *arena, const struct seal_key *search, const char *line,
                           struct person_tokens *set)
{
    struct name_token *found = NULL;
    size_t count = seal_name_tokens(arena, search, line, &found);
    person_tokens_join(set, found, count);
}

static void tokens_of_lines(struct arena *arena, const struct seal_key *search, const char *lines,
                            struct person_tokens *set)
{
    while (!text_empty(lines)) {
        size_t len = strcspn(lines, "\n");
        tokens_of_line(arena, search, arena_text_n(arena, lines, len), set);
        lines += len + (lines[len] == '\n');
    }
}

/* Names first: should there be more than a person may have, aliases and phones at the end of the list give way. */
static struct person_tokens tokens_of(struct arena *arena, const struct seal_key *search, const struct person *person)
{
    struct person_tokens set = {.items = ARENA_ARRAY(arena, struct name_token, PERSON_TOKENS_MAX)};
    tokens_of_lines(arena, search, person->given, &set);
    tokens_of_lines(arena, search, person->family, &set);
    tokens_of_lines(arena, search, person->phones, &set);
    tokens_of_lines(arena, search, person->aliases, &set);
    return set;
}

static enum err tokens_write(struct db *db, int64_t org, int64_t case_id, const struct person_tokens *set)
{
    for (size_t i = 0; i < set->count; i++)
        TRY(person_token_add(
            db, &(struct person_token_add_in){
                    .org = org, .token = set->items[i].token, .case_id = case_id, .kind = set->items[i].kind}));
    return OK;
}

static enum err tokens_remove(struct db *db, int64_t org, int64_t case_id, struct bytes tokens)
{
    for (size_t i = 0; i < person_token_count(tokens); i++)
        TRY(person_token_remove(
            db, &(struct person_token_remove_in){.org = org, .token = person_token_at(tokens, i), .case_id = case_id}));
    return OK;
}

/* ---- writing ---- */

/* Who reaches no team has no search key. Tokens made without one could be guessed from a list of names. */
static enum err search_key_check(const struct seal_key *search)
{
    static const struct seal_key none;
    return seal_same(search->b, none.b, sizeof none.b) ? err_note(ERR_DENIED, "no search key to write names with") : OK;
}

struct person_row_add_in person_row_of(struct arena *arena, int64_t org, int64_t case_id, const struct seal_key *key,
                                       const struct person *person, struct bytes tokens)
{
    return (struct person_row_add_in){
        .org = org,
        .case_id = case_id,
        .given = seal_text(arena, key, person_place("given", case_id), or_empty(person->given)),
        .family = seal_text(arena, key, person_place("family", case_id), or_empty(person->family)),
        .aliases = seal_text(arena, key, person_place("aliases", case_id), or_empty(person->aliases)),
        .phones = seal_text(arena, key, person_place("phones", case_id), or_empty(person->phones)),
        .safe_contact = seal_text(arena, key, person_place("safe_contact", case_id), or_empty(person->safe_contact)),
        .note = seal_text(arena, key, person_place("note", case_id), or_empty(person->note)),
        .birth = seal_text(arena, key, person_place("birth", case_id), or_empty(person->birth)),
        .birth_year = person_birth_year(person->birth),
        .birth_exact = text_empty(person->birth_exact) ? "unknown" : person->birth_exact,
        .age_disputed = person->age_disputed,
        .sex = or_not_asked(person->sex),
        .nationality = or_not_asked(person->nationality),
        .language = or_not_asked(person->language),
        .unaccompanied = or_not_asked(person->unaccompanied),
        .guardian_needed = or_not_asked(person->guardian_needed),
        .documents = or_not_asked(person->documents),
        .tokens = tokens,
    };
}

enum err person_add(struct db *db, struct arena *arena, int64_t org, int64_t case_id, const struct case_keys *keys,
                    const struct seal_key *search_key, const struct person *person)
{
    TRY(search_key_check(search_key));
    struct person_tokens set = tokens_of(arena, search_key, person);
    struct person_row_add_in row = person_row_of(arena, org, case_id, &keys->part[PART_PERSON], person,
                                                 person_tokens_packed(arena, set.items, set.count));
    TRY(person_row_add(db, &row));
    TRY(tokens_write(db, org, case_id, &set));
    return record_birth(db, org, case_id, row.birth_year);
}

static enum err row_replace(struct db *db, const struct person_row_add_in *row, int64_t version)
{
    size_t changed = 0;
    TRY(person_row_save(db,
                        &(struct person_row_save_in){
                            .org = row->org,
                            .case_id = row->case_id,
                            .given = row->given,
                            .family = row->family,
                            .aliases = row->aliases,
                            .phones = row->phones,
                            .safe_contact = row->safe_contact,
                            .note = row->note,
                            .birth = row->birth,
                            .birth_year = row->birth_year,
                            .birth_exact = row->birth_exact,
                            .age_disputed = row->age_disputed,
                            .sex = row->sex,
                            .nationality = row->nationality,
                            .language = row->language,
                            .unaccompanied = row->unaccompanied,
                            .guardian_needed = row->guardian_needed,
                            .documents = row->documents,
                            .tokens = row->tokens,
                            .version = version,
                        },
                        &changed));
    return changed == 0 ? ERR_STALE : OK;
}

enum err person_save(struct db *db, struct arena *arena, int64_t org, int64_t case_id, const struct case_keys *keys,
                     const struct seal_key *search_key, const struct person *person)
{
    struct person_row_get_row old;
    enum err found = person_row_get(db, arena, &(struct person_row_get_in){.org = org, .case_id = case_id}, &old);
    if (found == ERR_NOT_FOUND && person->version == 0)
        return person_add(db, arena, org, case_id, keys, search_key, person);
    if (found == ERR_NOT_FOUND || (found == OK && old.version != person->version))
        return ERR_STALE;
    TRY(found);
    TRY(search_key_check(search_key));
    struct person_tokens set = tokens_of(arena, search_key, person);
    struct person_row_add_in row = person_row_of(arena, org, case_id, &keys->part[PART_PERSON], person,
                                                 person_tokens_packed(arena, set.items, set.count));
    TRY(row_replace(db, &row, person->version));
    TRY(tokens_remove(db, org, case_id, old.tokens));
    TRY(tokens_write(db, org, case_id, &set));
    return record_birth(db, org, case_id, row.birth_year);
}

/* ---- reading ---- */

static struct person nobody(void)
{
    return (struct person){.given = "",
                           .family = "",
                           .aliases = "",
                           .phones = "",
                           .safe_contact = "",
                           .note = "",
                           .birth = "",
                           .birth_exact = "unknown",
                           .sex = "not_asked",
                           .nationality = "not_asked",
                           .language = "not_asked",
                           .unaccompanied = "not_asked",
                           .guardian_needed = "not_asked",
                           .documents = "not_asked"};
}

/* Whose columns are opened with what. */
struct opening {
    struct db *db;
    struct arena *arena;
    const struct case_keys *keys;
    int64_t org;
    int64_t case_id;
};

static enum err open_column(const struct opening *by, const char *column, struct bytes sealed, const char **out)
{
    struct case_value value = {by->org, by->case_id, PART_PERSON, person_place(column, by->case_id)};
    return record_open_text(by->db, by->arena, by->keys, &value, sealed, out);
}

static enum err open_row(const struct opening *by, const struct person_row_get_row *row, struct person *person)
{
    TRY(open_column(by, "given", row->given, &person->given));
    TRY(open_column(by, "family", row->family, &person->family));
    TRY(open_column(by, "aliases", row->aliases, &person->aliases));
    TRY(open_column(by, "phones", row->phones, &person->phones));
    TRY(open_column(by, "safe_contact", row->safe_contact, &person->safe_contact));
    TRY(open_column(by, "note", row->note, &person->note));
    return open_column(by, "birth", row->birth, &person->birth);
}

enum err person_of_case(struct db *db, struct arena *arena, int64_t org, int64_t case_id, const struct case_keys *keys,
                        struct person *out)
{
    struct person_row_get_row row;
    struct person person = nobody();
    enum err found = person_row_get(db, arena, &(struct person_row_get_in){.org = org, .case_id = case_id}, &row);
    if (found == OK) {
        person.birth_year = row.birth_year;
        person.birth_exact = row.birth_exact;
        person.age_disputed = row.age_disputed;
        person.sex = row.sex;
        person.nationality = row.nationality;
        person.language = row.language;
        person.unaccompanied = row.unaccompanied;
        person.guardian_needed = row.guardian_needed;
        person.documents = row.documents;
        person.version = row.version;
        TRY(open_row(&(struct opening){db, arena, keys, org, case_id}, &row, &person));
    } else if (found != ERR_NOT_FOUND) {
        return found;
    }
    *out = person;
    return OK;
}

enum err person_get(struct req *r, struct person *out)
{
    return person_of_case(r->db, r->arena, r->org, r->case_id, &case_of(r)->keys, out);
}
