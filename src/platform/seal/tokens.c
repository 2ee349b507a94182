/* Blind tokens: a name is stored as keyed hashes of its words, and looked for by the same hashes.
 *
 * Stored for a word of letters: itself (EXACT), its beginnings of 2..8 letters (PREFIX; the whole word is its own
 * EXACT), its sound (SOUND; two when a c may be a k), and for words of at least 5 letters up to 6 slips: the sounds
 * it would have with one letter left out, but only those that differ from its own. A usual word has about 10 tokens,
 * none more than 16.
 *
 * Looked for are: the word itself, its beginning, its sound, the sounds it has with two neighbouring letters swapped
 * or one letter taken away (what was typed too much), and its sound among the stored slips. So one letter left out,
 * doubled, added or swapped is found, and the stored side, which costs room and tells more to whoever counts, stays
 * small: only what cannot be undone from the query is stored. A wrong consonant is found when enough other sounds
 * remain (5). Vowels hardly matter, as the sound leaves them out of longer words. Slips are kept apart from sounds by
 * the hash, else two words that each lost a different letter would meet.
 *
 * A word with digits: EXACT and PREFIX of 2..12. A phone: its last 8, 7, 6, 5 and 4 digits. */
#include "platform/seal/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREFIX_LEAST = 2,
    PREFIX_MOST = 8,
    CODE_PREFIX_MOST = 12, /* a reference is told from its neighbours at the end */
    DIGITS_LEAST = 4,
    DIGITS_MOST = 8,
    SLIP_LETTERS_LEAST = 5,
    SLIPS_MOST = 6,
    MEANT_SOUND_LEAST = 3,
    WRONG_SOUND_LEAST = 5,
    STORED_MOST = 1 + (PREFIX_MOST - PREFIX_LEAST + 1) + 2 + SLIPS_MOST,
    LOOKED_MOST = 2 + 4 + 2 * NAME_WORD_MAX + NAME_WORD_MAX
};

/* What is hashed: texts of different domains never meet. */
enum domain { IN_EXACT = 'E', IN_PREFIX = 'P', IN_SOUND = 'S', IN_SLIP = 'L', IN_DIGITS = 'D' };

/* Pieces of names stay in the arena, which is wiped. */
struct scratch {
    char slip[NAME_WORD_MAX];
    char full[SOUND_SIZE];
    char sound[SOUND_SIZE];
    char soft[SOUND_SIZE];
    char met[SLIPS_MOST][SOUND_SIZE];
};

struct token_list {
    const struct seal_key *search;
    struct scratch *scratch;
    struct name_token *items;
    size_t count;
};

/* Keyed by putting the key in front (sound for BLAKE2b, which has no length extension): key, domain and word fill one
 * block of 128 bytes, where the key parameter would cost a second one. */
static int64_t hash(const struct seal_key *search, enum domain domain, const char *text, size_t len)
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "ausma name";
    uint8_t block[SEAL_KEY_SIZE + 1 + SOUND_SIZE];
    uint8_t digest[crypto_generichash_blake2b_BYTES_MIN];
    memcpy(block, search->b, SEAL_KEY_SIZE);
    block[SEAL_KEY_SIZE] = (uint8_t)domain;
    memcpy(block + SEAL_KEY_SIZE + 1, text, len);
    if (crypto_generichash_blake2b_salt_personal(digest, sizeof digest, block, SEAL_KEY_SIZE + 1 + len, NULL, 0, NULL,
                                                 personal) != 0)
        BUG("no token");
    uint64_t token = 0;
    for (size_t i = 0; i < sizeof token; i++)
        token |= (uint64_t)digest[i] << 8 * i;
    seal_wipe(block, sizeof block);
    return (int64_t)(token & INT64_MAX);
}

static void add(struct token_list *list, enum token_kind kind, enum domain domain, const char *text, size_t len)
{
    list->items[list->count++] = (struct name_token){kind, hash(list->search, domain, text, len)};
}

static void add_sound(struct token_list *list, enum domain domain, const char *sound)
{
    if (sound[0] != '\0' && sound[1] != '\0')
        add(list, TOKEN_SOUND, domain, sound, strlen(sound));
}

static int compare(const void *a, const void *b)
{
    const struct name_token *x = a;
    const struct name_token *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->token > y->token) - (x->token < y->token);
}

static void sort_unique(struct token_list *list)
{
    qsort(list->items, list->count, sizeof *list->items, compare);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || compare(&list->items[kept - 1], &list->items[i]) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* ---- slips ---- */

static void leave_out(const char *word, size_t len, size_t at, char *out)
{
    memcpy(out, word, at);
    memcpy(out + at, word + at + 1, len - at - 1);
}

static void swap(const char *word, size_t len, size_t at, char *out)
{
    memcpy(out, word, len);
    out[at] = word[at + 1];
    out[at + 1] = word[at];
}

static bool met_before(struct scratch *scratch, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(scratch->met[i], scratch->full) == 0)
            return true;
    return false;
}

/* The first letter is hardly ever forgotten, and a word without its last one is among its own beginnings.
 * Expects the word's own sound in `scratch->soft`. */
static void store_slips(struct token_list *list, const struct name_word *word)
{
    struct scratch *scratch = list->scratch;
    size_t end = word->len - 1 <= PREFIX_MOST ? word->len - 1 : word->len;
    size_t count = 0;
    for (size_t i = 1; i < end && count < SLIPS_MOST; i++) {
        if (word->text[i] == word->text[i - 1])
            continue;
        leave_out(word->text, word->len, i, scratch->slip);
        seal_sound_full(scratch->slip, word->len - 1, false, scratch->full);
        seal_sound_short(scratch->full, scratch->sound);
        if (strcmp(scratch->sound, scratch->soft) == 0 || met_before(scratch, count))
            continue;
        add_sound(list, IN_SLIP, scratch->full);
        memcpy(scratch->met[count++], scratch->full, SOUND_SIZE);
    }
}

/* ---- storing ---- */

static size_t prefix_most(const struct name_word *word)
{
    return word->kind == WORD_CODE ? CODE_PREFIX_MOST : PREFIX_MOST;
}

static void store_letters(struct token_list *list, const struct name_word *word)
{
    struct scratch *scratch = list->scratch;
    seal_sound_full(word->text, word->len, true, scratch->full);
    seal_sound_short(scratch->full, scratch->sound);
    seal_sound_full(word->text, word->len, false, scratch->full);
    seal_sound_short(scratch->full, scratch->soft);
    add_sound(list, IN_SOUND, scratch->soft);
    if (strcmp(scratch->soft, scratch->sound) != 0)
        add_sound(list, IN_SOUND, scratch->sound);
    if (word->len >= SLIP_LETTERS_LEAST)
        store_slips(list, word);
}

static void store_word(struct token_list *list, const struct name_word *word)
{
    if (word->kind == WORD_NUMBER) {
        for (size_t n = DIGITS_LEAST; n <= DIGITS_MOST && n <= word->len; n++)
            add(list, TOKEN_DIGITS, IN_DIGITS, word->text + word->len - n, n);
        return;
    }
    add(list, TOKEN_EXACT, IN_EXACT, word->text, word->len);
    for (size_t n = PREFIX_LEAST; n <= prefix_most(word) && n < word->len; n++)
        add(list, TOKEN_PREFIX, IN_PREFIX, word->text, n);
    if (word->kind == WORD_NAME)
        store_letters(list, word);
}

size_t seal_name_tokens(struct arena *arena, const struct seal_key *search, const char *name, struct name_token **out)
{
    struct name_word *words = NULL;
    size_t count = seal_normal_words(arena, name, &words);
    struct token_list list = {search, ARENA_NEW(arena, struct scratch),
                              ARENA_ARRAY(arena, struct name_token, count * STORED_MOST), 0};
    for (size_t i = 0; i < count; i++)
        store_word(&list, &words[i]);
    sort_unique(&list);
    *out = list.items;
    return list.count;
}

/* ---- looking ---- */

/* The sound of what was perhaps meant; a very short one would meet too much. */
static void look_for_meant(struct token_list *list, size_t len)
{
    struct scratch *scratch = list->scratch;
    seal_sound_full(scratch->slip, len, false, scratch->full);
    seal_sound_short(scratch->full, scratch->sound);
    if (strlen(scratch->sound) >= MEANT_SOUND_LEAST)
        add_sound(list, IN_SOUND, scratch->sound);
}

static void look_for_slips(struct token_list *list, const struct name_word *word)
{
    struct scratch *scratch = list->scratch;
    for (size_t i = 0; i + 1 < word->len; i++) {
        swap(word->text, word->len, i, scratch->slip);
        look_for_meant(list, word->len);
    }
    for (size_t i = 0; i < word->len; i++) {
        leave_out(word->text, word->len, i, scratch->slip);
        look_for_meant(list, word->len - 1);
        if (i > 0 && strlen(scratch->full) >= WRONG_SOUND_LEAST)
            add_sound(list, IN_SLIP, scratch->full);
    }
}

static void look_for_letters(struct token_list *list, const struct name_word *word)
{
    struct scratch *scratch = list->scratch;
    for (int hard = 0; hard < 2; hard++) {
        seal_sound_full(word->text, word->len, hard == 1, scratch->full);
        seal_sound_short(scratch->full, scratch->sound);
        add_sound(list, IN_SOUND, scratch->sound);
        if (word->len + 1 >= SLIP_LETTERS_LEAST)
            add_sound(list, IN_SLIP, scratch->full);
    }
    if (word->len >= SLIP_LETTERS_LEAST)
        look_for_slips(list, word);
}

static void look_for_word(struct token_list *list, const struct name_word *word)
{
    if (word->kind == WORD_NUMBER) {
        size_t n = word->len < DIGITS_MOST ? word->len : DIGITS_MOST;
        add(list, TOKEN_DIGITS, IN_DIGITS, word->text + word->len - n, n);
        return;
    }
    add(list, TOKEN_EXACT, IN_EXACT, word->text, word->len);
    size_t most = prefix_most(word);
    if (word->len >= PREFIX_LEAST)
        add(list, TOKEN_PREFIX, IN_PREFIX, word->text, word->len < most ? word->len : most);
    if (word->kind == WORD_NAME)
        look_for_letters(list, word);
}

size_t seal_name_query(struct arena *arena, const struct seal_key *search, const char *query,
                       struct name_query_word **out)
{
    struct name_word *words = NULL;
    size_t count = seal_normal_words(arena, query, &words);
    struct name_query_word *lists = ARENA_ARRAY(arena, struct name_query_word, count);
    struct scratch *scratch = ARENA_NEW(arena, struct scratch);
    for (size_t i = 0; i < count; i++) {
        struct token_list list = {search, scratch, ARENA_ARRAY(arena, struct name_token, LOOKED_MOST), 0};
        look_for_word(&list, &words[i]);
        sort_unique(&list);
        lists[i] = (struct name_query_word){list.items, list.count};
    }
    *out = lists;
    return count;
}
