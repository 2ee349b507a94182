#include "platform/account/passkey.h"

#include "base/text.h"
#include "platform/seal/text.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum { CLIENT_MAX = 4096, AUTHENTICATOR_MAX = 4096, SIGNATURE_MAX = 1024, CREDENTIAL_MAX = 1023 };

static const int ALGORITHMS[] = {COSE_ES256, COSE_RS256, COSE_EDDSA};

/* Flags of authenticator data: somebody was there, and was verified. */
enum { USER_PRESENT = 0x01, USER_VERIFIED = 0x04 };

/* ---- text ---- */

enum err passkey_bytes(struct arena *arena, const char *text, size_t max, struct bytes *out)
{
    size_t len = strlen(text);
    size_t got = 0;
    if (len > max * 4 / 3 + 4)
        return ERR_INPUT;
    uint8_t *bytes = arena_alloc(arena, len + 1);
    if (sodium_base642bin(bytes, len, text, len, NULL, &got, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        got > max)
        return ERR_INPUT;
    bytes[got] = 0;
    *out = (struct bytes){bytes, got};
    return OK;
}

const char *passkey_text(struct arena *arena, struct bytes bytes)
{
    return seal_base64url(arena, bytes.ptr, bytes.len);
}

const char *passkey_site(struct arena *arena, const char *host)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    if (host == NULL)
        return NULL;
    char *site = arena_text_n(arena, host, strcspn(host, ":"));
    for (char *c = site; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    const char *last = strrchr(site, '.');
    last = last == NULL ? site : last + 1;
    bool numbers = strspn(last, "0123456789") == strlen(last);
    return strlen(site) > 253 || numbers || strspn(site, letters) != strlen(site) ? NULL : site;
}

/* ---- what the browser says that it signed ---- */

/* The origin's host is the site; in the clear only on one's own machine. */
static bool from_site(const char *origin, const char *site)
{
    bool plain = text_starts(origin, "http://");
    if (!plain && !text_starts(origin, "https://"))
        return false;
    const char *host = origin + (plain ? 7 : 8);
    size_t len = strcspn(host, ":/");
    return len == strlen(site) && memcmp(host, site, len) == 0 && (!plain || text_same(site, "localhost"));
}

static bool client_right(struct bytes client, const char *type, const char *challenge, const char *site)
{
    json_t *said = json_loadb((const char *)client.ptr, client.len, JSON_REJECT_DUPLICATES, NULL);
    const char *origin = json_string_value(json_object_get(said, "origin"));
    const char *asked = json_string_value(json_object_get(said, "challenge"));
    bool right = text_same(json_string_value(json_object_get(said, "type")), type) && origin != NULL && asked != NULL &&
                 strlen(asked) == strlen(challenge) && sodium_memcmp(asked, challenge, strlen(asked)) == 0 &&
                 from_site(origin, site) && !json_is_true(json_object_get(said, "crossOrigin"));
    json_decref(said);
    return right;
}

/* ---- what the key itself says, behind 37 bytes of fixed places (Web Authentication, 6.1) ---- */

enum { FIXED = 37, KEY_HEAD = 18, ENTRIES_MAX = 64 };

/* The head of a CBOR item (RFC 8949, 3): its kind, and how many bytes or entries it announces. False when it is cut short or of no
 * announced length. */
static bool head_read(struct bytes *rest, unsigned *kind, uint64_t *count)
{
    unsigned first = rest->ptr[0];
    unsigned more = (first & 31U) < 24 ? 0 : 1U << ((first & 31U) - 24);
    *kind = first >> 5;
    *count = more == 0 ? first & 31U : 0;
    if ((first & 31U) > 27 || rest->len < 1 + more)
        return false;
    for (unsigned i = 1; i <= more; i++)
        *count = *count << 8 | rest->ptr[i];
    *rest = (struct bytes){rest->ptr + 1 + more, rest->len - 1 - more};
    return true;
}

/* libcbor makes room for all entries that a head announces before it looks whether they are there: a few bytes could ask for
 * gigabytes. No key has so many. */
static bool believable(struct bytes authenticator, size_t from)
{
    if (authenticator.len < from)
        return false;
    struct bytes rest = {authenticator.ptr + from, authenticator.len - from};
    while (rest.len > 0) {
        unsigned kind;
        uint64_t count;
        if (!head_read(&rest, &kind, &count))
            return false;
        bool text = kind == 2 || kind == 3;
        if ((text && count > rest.len) || ((kind == 4 || kind == 5) && count > ENTRIES_MAX))
            return false;
        if (text)
            rest = (struct bytes){rest.ptr + count, rest.len - count};
    }
    return true;
}

/* Where the new key begins: behind the maker's 16 bytes and the credential with its length. */
static size_t key_begin(struct bytes authenticator)
{
    return authenticator.len < FIXED + KEY_HEAD
               ? SIZE_MAX
               : FIXED + KEY_HEAD + ((size_t)authenticator.ptr[FIXED + 16] << 8 | authenticator.ptr[FIXED + 17]);
}

struct parts {
    struct bytes client, authenticator, signature, credential;
    uint8_t client_hash[crypto_hash_sha256_BYTES];
};

static enum err parts_read(struct arena *arena, const struct passkey_answer *answer, struct parts *out)
{
    TRY(passkey_bytes(arena, answer->client, CLIENT_MAX, &out->client));
    TRY(passkey_bytes(arena, answer->authenticator, AUTHENTICATOR_MAX, &out->authenticator));
    TRY(passkey_bytes(arena, answer->signature, SIGNATURE_MAX, &out->signature));
    TRY(passkey_bytes(arena, answer->credential, CREDENTIAL_MAX, &out->credential));
    crypto_hash_sha256(out->client_hash, out->client.ptr, out->client.len);
    return OK;
}

static bool of_site(struct bytes authenticator, const char *site)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)site, strlen(site));
    return authenticator.len > sizeof hash && memcmp(authenticator.ptr, hash, sizeof hash) == 0;
}

/* ---- making one ---- */

/* libfido2 wants to know the algorithm before it reads the key. */
static bool read_as(fido_cred_t *made, int algorithm, const struct parts *parts)
{
    return fido_cred_set_type(made, algorithm) == FIDO_OK &&
           fido_cred_set_authdata_raw(made, parts->authenticator.ptr, parts->authenticator.len) == FIDO_OK;
}

static enum err key_of(struct arena *arena, const fido_cred_t *made, const struct parts *parts, struct passkey *out)
{
    uint8_t flags = fido_cred_flags(made);
    size_t id_len = fido_cred_id_len(made);
    if ((flags & USER_PRESENT) == 0 || (flags & USER_VERIFIED) == 0 || id_len == 0 || fido_cred_pubkey_len(made) == 0)
        return ERR_INPUT;
    if (id_len != parts->credential.len || memcmp(fido_cred_id_ptr(made), parts->credential.ptr, id_len) != 0)
        return ERR_INPUT;
    out->credential = parts->credential;
    out->public_half = arena_bytes(arena, fido_cred_pubkey_ptr(made), fido_cred_pubkey_len(made));
    out->algorithm = fido_cred_type(made);
    out->counter = fido_cred_sigcount(made);
    return OK;
}

enum err passkey_read(struct arena *arena, const struct passkey_answer *answer, const char *challenge, const char *site,
                      struct passkey *out)
{
    struct parts parts;
    TRY(parts_read(arena, answer, &parts));
    if (!client_right(parts.client, "webauthn.create", challenge, site) || !of_site(parts.authenticator, site) ||
        !believable(parts.authenticator, key_begin(parts.authenticator)))
        return ERR_INPUT;
    enum err result = ERR_INPUT;
    struct passkey key = {.site = site};
    for (size_t i = 0; result != OK && i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        fido_cred_t *made = fido_cred_new();
        if (made == NULL)
            return err_note(ERR_BUSY, "no memory for a passkey");
        if (read_as(made, ALGORITHMS[i], &parts))
            result = key_of(arena, made, &parts, &key);
        fido_cred_free(&made);
    }
    if (result == OK)
        *out = key;
    return result;
}

/* ---- trying one ---- */

static bool signed_by(const struct passkey *key, const fido_assert_t *answer)
{
    es256_pk_t *es256 = es256_pk_new();
    rs256_pk_t *rs256 = rs256_pk_new();
    eddsa_pk_t *eddsa = eddsa_pk_new();
    const void *ptr = key->public_half.ptr;
    size_t len = key->public_half.len;
    bool right = false;
    if (es256 != NULL && rs256 != NULL && eddsa != NULL) {
        if (key->algorithm == COSE_ES256 && es256_pk_from_ptr(es256, ptr, len) == FIDO_OK)
            right = fido_assert_verify(answer, 0, COSE_ES256, es256) == FIDO_OK;
        else if (key->algorithm == COSE_RS256 && rs256_pk_from_ptr(rs256, ptr, len) == FIDO_OK)
            right = fido_assert_verify(answer, 0, COSE_RS256, rs256) == FIDO_OK;
        else if (key->algorithm == COSE_EDDSA && eddsa_pk_from_ptr(eddsa, ptr, len) == FIDO_OK)
            right = fido_assert_verify(answer, 0, COSE_EDDSA, eddsa) == FIDO_OK;
    }
    es256_pk_free(&es256);
    rs256_pk_free(&rs256);
    eddsa_pk_free(&eddsa);
    return right;
}

/* The hash of the site and that the person was there and verified are looked at by fido_assert_verify. */
static bool fill(fido_assert_t *answer, const struct passkey *key, const struct parts *parts)
{
    return fido_assert_set_count(answer, 1) == FIDO_OK && fido_assert_set_rp(answer, key->site) == FIDO_OK &&
           fido_assert_set_clientdata_hash(answer, parts->client_hash, sizeof parts->client_hash) == FIDO_OK &&
           fido_assert_set_authdata_raw(answer, 0, parts->authenticator.ptr, parts->authenticator.len) == FIDO_OK &&
           fido_assert_set_sig(answer, 0, parts->signature.ptr, parts->signature.len) == FIDO_OK &&
           fido_assert_set_up(answer, FIDO_OPT_TRUE) == FIDO_OK && fido_assert_set_uv(answer, FIDO_OPT_TRUE) == FIDO_OK;
}

enum err passkey_verify(struct arena *arena, const struct passkey *key, const struct passkey_answer *answer,
                        const char *challenge, int64_t *counter)
{
    struct parts parts;
    TRY(parts_read(arena, answer, &parts));
    if (!client_right(parts.client, "webauthn.get", challenge, key->site) || !believable(parts.authenticator, FIXED) ||
        parts.signature.len == 0)
        return ERR_INPUT;
    fido_assert_t *given = fido_assert_new();
    if (given == NULL)
        return err_note(ERR_BUSY, "no memory for a passkey");
    bool right = fill(given, key, &parts) && signed_by(key, given);
    int64_t count = right ? fido_assert_sigcount(given, 0) : 0;
    fido_assert_free(&given);
    if (!right || ((count != 0 || key->counter != 0) && count <= key->counter))
        return ERR_INPUT;
    *counter = count;
    return OK;
}
