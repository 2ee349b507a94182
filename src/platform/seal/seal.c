#include "platform/seal/seal.h"

#include "platform/seal/internal.h"

#include <sodium.h>
#include <string.h>

enum {
    VERSION_VALUE = 1,
    VERSION_KEY = 2,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEAD_SIZE = 1 + NONCE_SIZE,
    LENGTH_SIZE = 4,
    WRAPPED_SIZE = HEAD_SIZE + SEAL_KEY_SIZE + TAG_SIZE,
    PLACE_SIZE = 192,
    PLAIN_MAX = 1 << 30
};

_Static_assert(SEAL_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key of the cipher");
_Static_assert(SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES && SEAL_KEY_SIZE == crypto_box_SECRETKEYBYTES, "halves");
_Static_assert(SEAL_KEY_SIZE == crypto_generichash_KEYBYTES && SEAL_HASH_SIZE == crypto_generichash_BYTES, "hash");

enum err seal_init(void)
{
    if (sodium_init() < 0)
        return err_note(ERR_IO, "libsodium does not start");
    return seal_normal_init();
}

void seal_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}

void seal_key_new(struct seal_key *out)
{
    randombytes_buf(out->b, sizeof out->b);
}

void seal_pair_new(struct seal_pair *out)
{
    if (crypto_box_keypair(out->public_half.b, out->secret_half.b) != 0)
        BUG("no new key pair");
}

bool seal_pair_fits(const struct seal_pair *pair)
{
    struct seal_key right;
    return crypto_scalarmult_base(right.b, pair->secret_half.b) == 0 &&
           seal_same(right.b, pair->public_half.b, SEAL_KEY_SIZE);
}

void seal_wipe(void *ptr, size_t len)
{
    sodium_memzero(ptr, len);
}

bool seal_same(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

/* ---- the cipher ---- */

struct place_text {
    char text[PLACE_SIZE];
    size_t len;
};

static void place_add(struct place_text *out, const char *text, size_t len)
{
    if (len > sizeof out->text - out->len)
        BUG("the name of a place is too long");
    memcpy(out->text + out->len, text, len);
    out->len += len;
}

/* "table|column|row". Written by hand: a page of fifty names needs a hundred of them. */
static struct place_text place_text(struct seal_place place)
{
    char row[24];
    size_t at = sizeof row;
    uint64_t rest = place.row < 0 ? 0 - (uint64_t)place.row : (uint64_t)place.row;
    do {
        row[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (place.row < 0)
        row[--at] = '-';
    struct place_text out;
    out.len = 0;
    place_add(&out, place.table, strlen(place.table));
    place_add(&out, "|", 1);
    place_add(&out, place.column, strlen(place.column));
    place_add(&out, "|", 1);
    place_add(&out, row + at, sizeof row - at);
    return out;
}

/* Seals the `len` bytes that already stand behind the head, where they are, so that no second copy of them stays. */
static void encrypt(const struct seal_key *key, struct seal_place place, uint8_t version, uint8_t *sealed, size_t len)
{
    struct place_text where = place_text(place);
    sealed[0] = version;
    randombytes_buf(sealed + 1, NONCE_SIZE);
    uint8_t *body = sealed + HEAD_SIZE;
    if (crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, len, (const uint8_t *)where.text, where.len, NULL,
                                                   sealed + 1, key->b) != 0)
        BUG("the cipher refused");
}

/* `out` has room for what `sealed` holds, less head and tag. */
static bool decrypt(const struct seal_key *key, struct seal_place place, uint8_t version, struct bytes sealed,
                    uint8_t *out)
{
    struct place_text where = place_text(place);
    return sealed.ptr[0] == version && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                           out, NULL, NULL, sealed.ptr + HEAD_SIZE, sealed.len - HEAD_SIZE,
                                           (const uint8_t *)where.text, where.len, sealed.ptr + 1, key->b) == 0;
}

/* ---- values ---- */

static size_t padded(size_t len)
{
    size_t step = len < 256 ? 32 : len < 4096 ? 256 : 4096;
    return (len + step - 1) / step * step;
}

static void length_write(uint8_t out[LENGTH_SIZE], size_t len)
{
    for (size_t i = 0; i < LENGTH_SIZE; i++)
        out[i] = (uint8_t)(len >> 8 * i);
}

static size_t length_read(const uint8_t in[LENGTH_SIZE])
{
    return in[0] | (size_t)in[1] << 8 | (size_t)in[2] << 16 | (size_t)in[3] << 24;
}

struct bytes seal_bytes(struct arena *arena, const struct seal_key *key, struct seal_place place, struct bytes plain)
{
    if (plain.len > PLAIN_MAX)
        BUG("too large for a sealed value");
    size_t inner = padded(LENGTH_SIZE + plain.len);
    size_t len = HEAD_SIZE + inner + TAG_SIZE;
    uint8_t *sealed = arena_alloc(arena, len);
    length_write(sealed + HEAD_SIZE, plain.len);
    if (plain.len > 0)
        memcpy(sealed + HEAD_SIZE + LENGTH_SIZE, plain.ptr, plain.len);
    encrypt(key, place, VERSION_VALUE, sealed, inner);
    return (struct bytes){sealed, len};
}

enum err seal_open_bytes(struct arena *arena, const struct seal_key *key, struct seal_place place, struct bytes sealed,
                         struct bytes *out)
{
    if (sealed.len < HEAD_SIZE + LENGTH_SIZE + TAG_SIZE)
        return ERR_BROKEN;
    size_t inner = sealed.len - HEAD_SIZE - TAG_SIZE;
    uint8_t *plain = arena_alloc(arena, inner + 1); /* a text ends with NUL */
    if (!decrypt(key, place, VERSION_VALUE, sealed, plain))
        return ERR_BROKEN;
    size_t len = length_read(plain);
    if (len > inner - LENGTH_SIZE || padded(LENGTH_SIZE + len) != inner)
        return ERR_BROKEN;
    *out = (struct bytes){plain + LENGTH_SIZE, len};
    return OK;
}

struct bytes seal_text(struct arena *arena, const struct seal_key *key, struct seal_place place, const char *text)
{
    if (text == NULL)
        return (struct bytes){NULL, 0};
    return seal_bytes(arena, key, place, (struct bytes){(const uint8_t *)text, strlen(text)});
}

enum err seal_open_text(struct arena *arena, const struct seal_key *key, struct seal_place place, struct bytes sealed,
                        const char **out)
{
    struct bytes plain = {NULL, 0};
    if (sealed.len > 0)
        TRY(seal_open_bytes(arena, key, place, sealed, &plain));
    *out = (const char *)plain.ptr;
    return OK;
}

/* ---- keys ---- */

struct bytes seal_wrap(struct arena *arena, const struct seal_key *under, struct seal_place place,
                       const struct seal_key *key)
{
    uint8_t *wrapped = arena_alloc(arena, WRAPPED_SIZE);
    memcpy(wrapped + HEAD_SIZE, key->b, sizeof key->b);
    encrypt(under, place, VERSION_KEY, wrapped, sizeof key->b);
    return (struct bytes){wrapped, WRAPPED_SIZE};
}

enum err seal_unwrap(const struct seal_key *under, struct seal_place place, struct bytes wrapped, struct seal_key *out)
{
    if (wrapped.len != WRAPPED_SIZE)
        return ERR_BROKEN;
    struct seal_key key;
    if (!decrypt(under, place, VERSION_KEY, wrapped, key.b))
        return ERR_BROKEN;
    *out = key;
    seal_wipe(&key, sizeof key);
    return OK;
}

struct bytes seal_to(struct arena *arena, const struct seal_key *public_half, const void *ptr, size_t len)
{
    uint8_t *sealed = arena_alloc(arena, len + crypto_box_SEALBYTES);
    if (crypto_box_seal(sealed, ptr, len, public_half->b) != 0)
        BUG("not a public half");
    return (struct bytes){sealed, len + crypto_box_SEALBYTES};
}

enum err seal_open_to(struct arena *arena, const struct seal_pair *pair, struct bytes sealed, struct bytes *out)
{
    if (sealed.len < crypto_box_SEALBYTES)
        return ERR_BROKEN;
    size_t len = sealed.len - crypto_box_SEALBYTES;
    uint8_t *plain = arena_alloc(arena, len + 1);
    if (crypto_box_seal_open(plain, sealed.ptr, sealed.len, pair->public_half.b, pair->secret_half.b) != 0)
        return ERR_BROKEN;
    *out = (struct bytes){plain, len};
    return OK;
}

/* The personal parameter keeps derived keys apart from `seal_hash`, whose results are shown. */
void seal_derive(const struct seal_key *from, const char *purpose, struct seal_key *out)
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "ausma derived";
    if (crypto_generichash_blake2b_salt_personal(out->b, sizeof out->b, (const uint8_t *)purpose, strlen(purpose),
                                                 from->b, sizeof from->b, NULL, personal) != 0)
        BUG("no derived key");
}

void seal_hash(const struct seal_key *key, const void *ptr, size_t len, uint8_t out[SEAL_HASH_SIZE])
{
    const uint8_t *with = key == NULL ? NULL : key->b;
    if (crypto_generichash(out, SEAL_HASH_SIZE, ptr, len, with, key == NULL ? 0 : SEAL_KEY_SIZE) != 0)
        BUG("no hash");
}
