/* Many persons at once. Names repeat, so the tokens of each are made once; and an index that is filled in order takes each page
 * once a batch instead of once a token. */
#include "case/person/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 1 << 21, /* tokens that are collected: 48 MiB */
    NAMES = 1 << 14, /* places for names, a power of two */
    NAMES_MOST = NAMES * 3 / 4,
    MEMORY_MAX = 1 << 27 /* for the names' tokens */
};

struct name {
    const char *text;
    struct name_token *tokens;
    size_t count;
};

struct entry {
    int64_t token, case_id;
    enum token_kind kind;
};

struct person_bulk {
    int64_t org;
    struct seal_key search;
    struct arena *arena; /* of the names */
    struct name *names;  /* found by hash, the next free place otherwise */
    size_t name_count;
    struct entry *entries;
    size_t count;
};

enum err person_bulk_open(int64_t org, const struct seal_key *search_key, struct person_bulk **out)
{
    struct person_bulk *bulk = calloc(1, sizeof *bulk);
    struct entry *entries = calloc(BATCH, sizeof *entries);
    if (bulk == NULL || entries == NULL) {
        free(bulk);
        free(entries);
        return ERR_LIMIT;
    }
    bulk->org = org;
    bulk->search = *search_key;
    bulk->arena = arena_new(MEMORY_MAX);
    bulk->names = ARENA_ARRAY(bulk->arena, struct name, NAMES);
    bulk->entries = entries;
    *out = bulk;
    return OK;
}

void person_bulk_close(struct person_bulk *bulk)
{
    arena_free(bulk->arena);
    free(bulk->entries);
    seal_wipe(bulk, sizeof *bulk);
    free(bulk);
}

/* ---- names ---- */

/* FNV-1a. */
static size_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

/* The tokens of a name, made when it comes for the first time. */
static const struct name *name_of(struct person_bulk *bulk, const char *text)
{
    size_t at = hash_of(text) & (NAMES - 1);
    while (bulk->names[at].text != NULL && !text_same(bulk->names[at].text, text))
        at = (at + 1) & (NAMES - 1);
    struct name *name = &bulk->names[at];
    if (name->text == NULL) {
        name->count = seal_name_tokens(bulk->arena, &bulk->search, text, &name->tokens);
        name->text = arena_text(bulk->arena, text);
        bulk->name_count++;
    }
    return name;
}

static void join_line(struct person_bulk *bulk, struct arena *arena, const char *line, struct person_tokens *set)
{
    if (bulk->name_count < NAMES_MOST) {
        const struct name *name = name_of(bulk, line);
        person_tokens_join(set, name->tokens, name->count);
        return;
    }
    struct name_token *tokens = NULL;
    size_t count = seal_name_tokens(arena, &bulk->search, line, &tokens);
    person_tokens_join(set, tokens, count);
}

static void join_lines(struct person_bulk *bulk, struct arena *arena, const char *lines, struct person_tokens *set)
{
    while (!text_empty(lines)) {
        size_t len = strcspn(lines, "\n");
        join_line(bulk, arena, arena_text_n(arena, lines, len), set);
        lines += len + (lines[len] == '\n');
    }
}

/* ---- tokens in their order ---- */

static int by_token(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    if (left->token != right->token)
        return left->token < right->token ? -1 : 1;
    return left->case_id < right->case_id ? -1 : left->case_id > right->case_id;
}

enum err person_bulk_finish(struct person_bulk *bulk, struct db *db)
{
    if (bulk->count > 0)
        qsort(bulk->entries, bulk->count, sizeof *bulk->entries, by_token);
    for (size_t i = 0; i < bulk->count; i++) {
        const struct entry *entry = &bulk->entries[i];
        TRY(person_token_add(
            db, &(struct person_token_add_in){
                    .org = bulk->org, .token = entry->token, .case_id = entry->case_id, .kind = entry->kind}));
    }
    bulk->count = 0;
    return OK;
}

enum err person_bulk_add(struct person_bulk *bulk, struct db *db, struct arena *arena, int64_t case_id,
                         const struct case_keys *keys, const struct person *person)
{
    struct person_tokens set = {.items = ARENA_ARRAY(arena, struct name_token, PERSON_TOKENS_MAX)};
    join_lines(bulk, arena, person->given, &set);
    join_lines(bulk, arena, person->family, &set);
    join_lines(bulk, arena, person->phones, &set);
    join_lines(bulk, arena, person->aliases, &set);
    struct person_row_add_in row = person_row_of(arena, bulk->org, case_id, &keys->part[PART_PERSON], person,
                                                 person_tokens_packed(arena, set.items, set.count));
    TRY(person_row_add(db, &row));
    if (bulk->count + set.count > BATCH)
        TRY(person_bulk_finish(bulk, db));
    for (size_t i = 0; i < set.count; i++)
        bulk->entries[bulk->count++] = (struct entry){
            .token = set.items[i].token, .case_id = case_id, .kind = set.items[i].kind};
    return OK;
}
