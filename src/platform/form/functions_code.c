/* Functions that code, decode and shuffle. */
#include "platform/form/functions.h"

#include "base/text.h"

#include <math.h>
#include <nettle/base64.h>
#include <nettle/nettle-meta.h>
#include <sodium.h>
#include <sys/random.h>

/* ---- digest ---- */

enum { DIGEST_MAX = 64 };

static const struct nettle_hash *hash_named(const char *name)
{
    static const struct {
        const char *name;
        const struct nettle_hash *hash;
    } hashes[] = {{"MD5", &nettle_md5},
                  {"SHA-1", &nettle_sha1},
                  {"SHA-256", &nettle_sha256},
                  {"SHA-384", &nettle_sha384},
                  {"SHA-512", &nettle_sha512}};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        if (strcmp(hashes[i].name, name) == 0)
            return hashes[i].hash;
    return NULL;
}

static void hash_text(struct arena *arena, const struct nettle_hash *hash, const char *text, uint8_t *out)
{
    void *context = arena_alloc(arena, hash->context_size);
    hash->init(context);
    hash->update(context, strlen(text), (const uint8_t *)text);
    hash->digest(context, hash->digest_size, out);
}

/* digest(text, 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512', 'base64' | 'hex'); base64 when nothing is said. */
static struct xpath_value fn_digest(const struct xpath_call *call)
{
    const char *text = xpath_arg_text(call, 0);
    const struct nettle_hash *hash = hash_named(xpath_arg_text(call, 1));
    const char *coding = call->count > 2 ? xpath_arg_text(call, 2) : "base64";
    bool hex = strcmp(coding, "hex") == 0;
    uint8_t digest[DIGEST_MAX];
    if (hash == NULL || (!hex && strcmp(coding, "base64") != 0))
        return xpath_fail(call->run);
    if (!xpath_spend(call->run, 1 + strlen(text) / 16))
        return xpath_text("");
    hash_text(xpath_memory(call), hash, text, digest);
    if (!hex) {
        char *coded = arena_alloc(xpath_memory(call), BASE64_ENCODE_RAW_LENGTH(DIGEST_MAX) + 1);
        base64_encode_raw(coded, hash->digest_size, digest);
        return xpath_text(coded);
    }
    struct buf buf;
    buf_init(&buf, xpath_memory(call), DIGEST_MAX * 2);
    for (size_t i = 0; i < hash->digest_size; i++)
        buf_format(&buf, "%02x", digest[i]);
    return xpath_text(buf.ptr);
}

static bool decode_base64(struct arena *arena, const char *text, struct bytes *out)
{
    struct base64_decode_ctx context;
    size_t len = BASE64_DECODE_LENGTH(strlen(text)) + 1;
    uint8_t *bytes = arena_alloc(arena, len + 1);
    base64_decode_init(&context);
    if (base64_decode_update(&context, &len, bytes, strlen(text), text) != 1 || base64_decode_final(&context) != 1)
        return false;
    *out = (struct bytes){bytes, len};
    return true;
}

static struct xpath_value fn_base64_decode(const struct xpath_call *call)
{
    struct bytes out = {0};
    if (!decode_base64(xpath_memory(call), xpath_arg_text(call, 0), &out) ||
        !text_check((const char *)out.ptr, out.len))
        return xpath_fail(call->run);
    return xpath_text(arena_text_n(xpath_memory(call), (const char *)out.ptr, out.len));
}

/* extract-signed(contents, key): what follows the Ed25519 signature in the contents, when the key made it; else "". */
static struct xpath_value fn_extract_signed(const struct xpath_call *call)
{
    struct bytes signed_text = {0}, key = {0};
    const char *contents = xpath_arg_text(call, 0);
    if (!decode_base64(xpath_memory(call), contents, &signed_text) || signed_text.len < crypto_sign_BYTES ||
        !decode_base64(xpath_memory(call), xpath_arg_text(call, 1), &key) || key.len != crypto_sign_PUBLICKEYBYTES ||
        !xpath_spend(call->run, 1000 + strlen(contents) / 16))
        return xpath_text("");
    const uint8_t *message = signed_text.ptr + crypto_sign_BYTES;
    size_t len = signed_text.len - crypto_sign_BYTES;
    if (crypto_sign_verify_detached(signed_text.ptr, message, len, key.ptr) != 0 ||
        !text_check((const char *)message, len))
        return xpath_text("");
    return xpath_text(arena_text_n(xpath_memory(call), (const char *)message, len));
}

/* ---- chance ---- */

/* Park and Miller's generator, so that a seed shuffles alike in every engine. */
size_t xpath_next_place(int64_t *state, size_t count)
{
    *state = *state * 16807 % 2147483647;
    return (size_t)floor((double)(*state - 1) / 2147483646.0 * (double)count);
}

/* A seed that is no number counts by the first eight bytes of its SHA-256. */
int64_t xpath_seed(struct arena *arena, const struct xpath_value *value)
{
    double number = xpath_to_number(arena, value);
    int64_t seed = 0;
    if (!isnan(number)) {
        seed = number > -9e18 && number < 9e18 ? (int64_t)number : 0;
    } else {
        uint8_t digest[DIGEST_MAX];
        uint64_t bits = 0;
        hash_text(arena, &nettle_sha256, xpath_to_text(arena, value), digest);
        for (size_t i = 0; i < 8; i++)
            bits = bits << 8 | digest[i];
        memcpy(&seed, &bits, sizeof seed);
    }
    seed %= 2147483647;
    return seed <= 0 ? seed + 2147483646 : seed;
}

static int64_t any_seed(void)
{
    uint32_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        BUG("no random bytes");
    return 1 + bits % 2147483646;
}

/* The nodes in another order (Fisher and Yates from the end). */
static struct xpath_value fn_randomize(const struct xpath_call *call)
{
    struct xpath_value nodes = xpath_arg(call, 0);
    if (nodes.kind != XPATH_NODES)
        return xpath_fail(call->run);
    int64_t state = any_seed();
    if (call->count > 1) {
        struct xpath_value seed = xpath_arg(call, 1);
        state = xpath_seed(xpath_memory(call), &seed);
    }
    for (size_t i = nodes.count; i > 1 && xpath_spend(call->run, 1); i--) {
        size_t j = xpath_next_place(&state, i);
        const struct form_item *moved = nodes.items[i - 1];
        nodes.items[i - 1] = nodes.items[j];
        nodes.items[j] = moved;
    }
    return nodes;
}

/* What only a device knows. */
static struct xpath_value fn_property(const struct xpath_call *call)
{
    (void)xpath_arg_text(call, 0);
    return xpath_text("");
}

const struct xpath_function xpath_code_functions[] = {{"digest", 2, 3, fn_digest},
                                                      {"base64-decode", 1, 1, fn_base64_decode},
                                                      {"extract-signed", 2, 2, fn_extract_signed},
                                                      {"randomize", 1, 2, fn_randomize},
                                                      {"property", 1, 1, fn_property},
                                                      {0}};
