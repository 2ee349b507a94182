/* The seal: how people's names and stories are kept closed (DESIGN 5). libsodium does the cryptography; this file says what is
 * sealed with what. Call `seal_init` once before anything else.
 *
 * A sealed value is: 1 byte version (1), 24 bytes nonce, XChaCha20-Poly1305 of (4 bytes little-endian length, the text, zero
 * padding up to a multiple of 32 below 256, of 256 below 4096, else of 4096), with the additional data "table|column|row".
 * A wrapped key is: 1 byte version (2), 24 bytes nonce, XChaCha20-Poly1305 of its 32 bytes, with the same additional data. */
#ifndef AUSMA_PLATFORM_SEAL_SEAL_H
#define AUSMA_PLATFORM_SEAL_SEAL_H

#include "base/arena.h"

#include <stdbool.h>

enum { SEAL_KEY_SIZE = 32, SEAL_HASH_SIZE = 32, SEAL_SALT_SIZE = 16 };

struct seal_key {
    uint8_t b[SEAL_KEY_SIZE];
};
struct seal_pair {
    struct seal_key public_half, secret_half;
}; /* X25519 */

/* What a sealed value belongs to; a value moved elsewhere does not open. */
struct seal_place {
    const char *table;
    const char *column;
    int64_t row;
};

MUST_USE enum err seal_init(void);
void seal_random(void *out, size_t len);
void seal_key_new(struct seal_key *out);
void seal_pair_new(struct seal_pair *out);
/* Does the public half belong to the secret one? Whoever can write to the data could put a half of their own there. */
bool seal_pair_fits(const struct seal_pair *pair);
void seal_wipe(void *ptr, size_t len);

/* Values. `seal_open_*` answer ERR_BROKEN for a wrong key, place or damaged value, without a
 * note, as a wrong key may be expected. NULL text seals to no bytes (NULL in the table) and back; "" is a value as any other.
 * At most 1 GiB. What was opened ends with a NUL that its length does not count. */
struct bytes seal_text(struct arena *arena, const struct seal_key *key, struct seal_place place, const char *text);
MUST_USE enum err seal_open_text(struct arena *arena, const struct seal_key *key, struct seal_place place,
                                 struct bytes sealed, const char **out);
struct bytes seal_bytes(struct arena *arena, const struct seal_key *key, struct seal_place place, struct bytes plain);
MUST_USE enum err seal_open_bytes(struct arena *arena, const struct seal_key *key, struct seal_place place,
                                  struct bytes sealed, struct bytes *out);

/* Keys under keys (symmetric, cheap) ... */
struct bytes seal_wrap(struct arena *arena, const struct seal_key *under, struct seal_place place,
                       const struct seal_key *key);
MUST_USE enum err seal_unwrap(const struct seal_key *under, struct seal_place place, struct bytes wrapped,
                              struct seal_key *out);
/* ... and to a public half (sealed box, 37 us): for whoever hands over from outside. */
struct bytes seal_to(struct arena *arena, const struct seal_key *public_half, const void *ptr, size_t len);
MUST_USE enum err seal_open_to(struct arena *arena, const struct seal_pair *pair, struct bytes sealed,
                               struct bytes *out);

/* A key for one purpose out of another key (BLAKE2b, keyed); `purpose` is a constant of the program. */
void seal_derive(const struct seal_key *from, const char *purpose, struct seal_key *out);
/* BLAKE2b-256, keyed when key is not NULL. */
void seal_hash(const struct seal_key *key, const void *ptr, size_t len, uint8_t out[SEAL_HASH_SIZE]);
bool seal_same(const void *a, const void *b, size_t len); /* in constant time */

/* Passwords: Argon2id. The cost is written into the salt record, so that it can be raised later. Slow on purpose: only on the
 * slow pool (`slow_pool`), never on a thread that serves. */
struct seal_password {
    uint8_t salt[SEAL_SALT_SIZE];
    uint32_t passes;
    uint32_t mebibytes;
};
void seal_password_new(struct seal_password *out, bool quick); /* quick: for tests and demo bulk only */
MUST_USE enum err seal_password_key(const struct seal_password *how, const char *password, struct seal_key *out);

/* The pool for what is slow on purpose: a few threads, below the others in priority, and two lines of at most `queue_max` jobs that
 * wait: one for whom the program knows (signed in, or a browser they signed in with before), one for strangers. The two lines take
 * turns, so that a storm of strangers does not keep out those it knows. */
enum slow_lane { SLOW_STRANGER, SLOW_KNOWN, SLOW_LANES };
struct slow_job {
    void (*work)(void *data);
    void (*refuse)(
        void *data); /* instead of `work`, from the thread of another's submit; NULL: never put out of the line */
    void *data;
    enum slow_lane lane;
    uint64_t who; /* an account or an address: within a line, each of them is served in turn */
};
enum { SLOW_PER_KNOWN = 4 }; /* jobs that one of the known may have in the line */
struct slow_pool;
/* Both numbers are at least 1. */
MUST_USE enum err slow_pool_open(unsigned threads, unsigned queue_max, struct slow_pool **out);
/* Puts a copy of the job into its line. When the line is full, the newest job of whoever has most in it makes room if that is
 * clearly more than the newcomer has. ERR_BUSY when there is no room: then it does not run. */
MUST_USE enum err slow_pool_submit(struct slow_pool *pool, const struct slow_job *job);
/* Finishes what waits. Nothing may be submitted any more. */
void slow_pool_close(struct slow_pool *pool);

/* ---- names that can be found without being read ---- */

enum token_kind { TOKEN_EXACT = 1, TOKEN_PREFIX, TOKEN_SOUND, TOKEN_DIGITS };
struct name_token {
    enum token_kind kind;
    int64_t token;
};

/* All tokens under which a name, alias, phone or reference is stored. Normalising: ICU transliteration to Latin, no accents,
 * lower case, words; digits of phones without prefix signs. Per word: exact, prefixes of 2..8 letters (2..12 when it has
 * digits), a sound-alike form in which Sevcuka, Shevchuk and Шевчук meet, and slips of the pen; of a phone the last 8..4
 * digits. At most 16 a word, of the first 24 words of the first 2,000 bytes. Unique, sorted. Keyed BLAKE2b, 63 bits. */
size_t seal_name_tokens(struct arena *arena, const struct seal_key *search, const char *name, struct name_token **out);
/* The tokens to look for: one list per word of the query, any token of which counts as that word found. */
struct name_query_word {
    struct name_token *tokens;
    size_t count;
};
size_t seal_name_query(struct arena *arena, const struct seal_key *search, const char *query,
                       struct name_query_word **out);
/* The normalised form, for ranking opened names by closeness. */
char *seal_name_plain(struct arena *arena, const char *name);
/* How alike two names are, 0..100 (words in any order, slips and scripts forgiven). */
int seal_name_alike(struct arena *arena, const char *a, const char *b);

#endif
