#include "platform/account/passkey.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* A security key in software: an Ed25519 key that answers as a device would, right or wrong in one thing at a time. */

enum { PRESENT = 0x01, VERIFIED = 0x04, WITH_KEY = 0x40, CREDENTIAL = 16, HEAD = 37 };

static const char SITE[] = "ausma.example.lv";
static const char CHALLENGE[] = "Y2hhbGxlbmdlLW9mLXRoaXMtdGVzdC0wMDAwMDAwMDE";

struct device {
    uint8_t public_half[crypto_sign_PUBLICKEYBYTES], secret_half[crypto_sign_SECRETKEYBYTES];
    uint8_t credential[CREDENTIAL];
};

/* What an answer says; each test spoils one thing. */
struct saying {
    const char *type, *challenge, *origin, *site, *more;
    uint8_t flags;
    uint8_t counter;
};

static struct saying good(const char *type)
{
    return (struct saying){.type = type,
                           .challenge = CHALLENGE,
                           .origin = "https://ausma.example.lv",
                           .site = SITE,
                           .more = "",
                           .flags = PRESENT | VERIFIED,
                           .counter = 1};
}

static struct bytes client_of(struct arena *arena, const struct saying *saying)
{
    const char *text = arena_format(arena, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", saying->type,
                                    saying->challenge, saying->origin, saying->more);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static size_t head_of(const struct saying *saying, uint8_t flags, uint8_t *out)
{
    crypto_hash_sha256(out, (const uint8_t *)saying->site, strlen(saying->site));
    out[32] = flags;
    memset(out + 33, 0, 4);
    out[36] = saying->counter;
    return HEAD;
}

static struct passkey_answer made(struct arena *arena, const struct device *device, const struct saying *saying)
{
    /* COSE: OKP, EdDSA, Ed25519, then the key */
    static const uint8_t cose[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
    uint8_t data[512] = {0};
    size_t len = head_of(saying, (uint8_t)(saying->flags | WITH_KEY), data) + 16;
    data[len++] = 0;
    data[len++] = CREDENTIAL;
    memcpy(data + len, device->credential, CREDENTIAL);
    len += CREDENTIAL;
    memcpy(data + len, cose, sizeof cose);
    len += sizeof cose;
    memcpy(data + len, device->public_half, sizeof device->public_half);
    len += sizeof device->public_half;
    return (struct passkey_answer){.credential = passkey_text(arena, (struct bytes){device->credential, CREDENTIAL}),
                                   .client = passkey_text(arena, client_of(arena, saying)),
                                   .authenticator = passkey_text(arena, arena_bytes(arena, data, len)),
                                   .signature = ""};
}

static struct passkey_answer answered(struct arena *arena, const struct device *device, const struct saying *saying)
{
    uint8_t data[HEAD + crypto_hash_sha256_BYTES];
    uint8_t signature[crypto_sign_BYTES];
    struct bytes client = client_of(arena, saying);
    (void)head_of(saying, saying->flags, data);
    crypto_hash_sha256(data + HEAD, client.ptr, client.len);
    crypto_sign_detached(signature, NULL, data, sizeof data, device->secret_half);
    return (struct passkey_answer){.credential = passkey_text(arena, (struct bytes){device->credential, CREDENTIAL}),
                                   .client = passkey_text(arena, client),
                                   .authenticator = passkey_text(arena, arena_bytes(arena, data, HEAD)),
                                   .signature = passkey_text(arena, arena_bytes(arena, signature, sizeof signature))};
}

static struct device device_new(void)
{
    struct device device;
    assert_true(sodium_init() >= 0);
    crypto_sign_keypair(device.public_half, device.secret_half);
    randombytes_buf(device.credential, sizeof device.credential);
    return device;
}

static void m7_1_a_passkey_is_made_and_answers(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct device device = device_new();
    struct device other = device_new();
    struct saying create = good("webauthn.create");
    struct saying get = good("webauthn.get");
    struct passkey key;
    int64_t counter = 0;
    struct passkey_answer making = made(arena, &device, &create);
    assert_int_equal(passkey_read(arena, &making, CHALLENGE, SITE, &key), OK);
    assert_int_equal(key.algorithm, -8);
    assert_int_equal(key.counter, 1);
    get.counter = 2;
    struct passkey_answer answer = answered(arena, &device, &get);
    assert_int_equal(passkey_verify(arena, &key, &answer, CHALLENGE, &counter), OK);
    assert_int_equal(counter, 2);
    struct passkey_answer foreign = answered(arena, &other, &get);
    assert_int_equal(passkey_verify(arena, &key, &foreign, CHALLENGE, &counter), ERR_INPUT);
    /* A device that counts and does not count on may be a copy; one that does not count never does. */
    key.counter = 2;
    assert_int_equal(passkey_verify(arena, &key, &answer, CHALLENGE, &counter), ERR_INPUT);
    get.counter = 0;
    answer = answered(arena, &device, &get);
    assert_int_equal(passkey_verify(arena, &key, &answer, CHALLENGE, &counter), ERR_INPUT);
    key.counter = 0;
    assert_int_equal(passkey_verify(arena, &key, &answer, CHALLENGE, &counter), OK);
    arena_free(arena);
}

/* Each row spoils one thing; "create" is for both ways. */
static void m7_1_anything_wrong_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct device device = device_new();
    struct saying create = good("webauthn.create");
    struct passkey key;
    struct passkey_answer making = made(arena, &device, &create);
    assert_int_equal(passkey_read(arena, &making, CHALLENGE, SITE, &key), OK);
    struct saying rows[12];
    size_t count = 0;
    for (; count < sizeof rows / sizeof *rows; count++)
        rows[count] = good("webauthn.get");
    rows[0].type = "webauthn.create";
    rows[1].challenge = "Y2hhbGxlbmdlLW9mLXRoaXMtdGVzdC0wMDAwMDAwMDI";
    rows[2].challenge = "";
    rows[3].origin = "https://ausma.example.lv.evil.example";
    rows[4].origin = "http://ausma.example.lv"; /* in the clear */
    rows[5].origin = "https://evil.example/ausma.example.lv";
    rows[6].site = "evil.example";
    rows[7].flags = PRESENT; /* the person was not verified */
    rows[8].flags = VERIFIED;
    rows[9].more = ",\"crossOrigin\":true";
    rows[10].more = ",\"type\":\"webauthn.get\"";
    rows[11].origin = "ausma.example.lv";
    for (size_t i = 0; i < count; i++) {
        int64_t counter = 0;
        rows[i].counter = 9;
        struct passkey_answer answer = answered(arena, &device, &rows[i]);
        if (passkey_verify(arena, &key, &answer, CHALLENGE, &counter) != ERR_INPUT)
            fail_msg("row %zu opens", i);
        if (i == 0)
            rows[i].type = "webauthn.get";
        else
            rows[i].type = "webauthn.create";
        struct passkey_answer creating = made(arena, &device, &rows[i]);
        struct passkey no_key;
        if (passkey_read(arena, &creating, CHALLENGE, SITE, &no_key) != ERR_INPUT)
            fail_msg("row %zu makes a key", i);
    }
    arena_free(arena);
}

static void broken_answers_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    struct device device = device_new();
    struct saying create = good("webauthn.create");
    struct passkey_answer whole = made(arena, &device, &create);
    struct passkey key;
    size_t len = strlen(whole.authenticator);
    for (size_t cut = 0; cut < len; cut++) {
        struct passkey_answer part = whole;
        part.authenticator = arena_text_n(arena, whole.authenticator, cut);
        assert_int_equal(passkey_read(arena, &part, CHALLENGE, SITE, &key), ERR_INPUT);
    }
    static const char *const texts[] = {"",       "!",   "e30",
                                        "bnVsbA", "W10", "eyJ0eXBlIjoxfQ"}; /* {}, null, [], {"type":1} */
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct passkey_answer part = whole;
        part.client = texts[i];
        assert_int_equal(passkey_read(arena, &part, CHALLENGE, SITE, &key), ERR_INPUT);
        part = whole;
        part.credential = texts[i];
        assert_int_equal(passkey_read(arena, &part, CHALLENGE, SITE, &key), ERR_INPUT);
    }
    arena_free(arena);
}

/* A head of five bytes announces four thousand million entries: what reads them would make room for all. */
static void what_announces_too_much_is_refused(void **state)
{
    (void)state;
    static const uint8_t much[] = {0xba, 0xff, 0xff, 0xff, 0xff};
    struct arena *arena = arena_new(1 << 20);
    struct device device = device_new();
    struct saying get = good("webauthn.get");
    struct saying create = good("webauthn.create");
    struct passkey_answer answers[] = {made(arena, &device, &create), answered(arena, &device, &get)};
    struct passkey key;
    assert_int_equal(passkey_read(arena, &answers[0], CHALLENGE, SITE, &key), OK);
    for (size_t i = 0; i < 2; i++) {
        enum { FLAGS = 32, FIXED = 37, TO_KEY = 18 + 16 };
        struct bytes said;
        int64_t counter;
        assert_int_equal(passkey_bytes(arena, answers[i].authenticator, 4096, &said), OK);
        size_t begin = i == 0 ? FIXED + TO_KEY : FIXED;
        uint8_t *wrong = arena_alloc(arena, begin + sizeof much);
        memcpy(wrong, said.ptr, begin);
        memcpy(wrong + begin, much, sizeof much);
        wrong[FLAGS] |= i == 0 ? 0x40 : 0x80;
        answers[i].authenticator = passkey_text(arena, (struct bytes){wrong, begin + sizeof much});
        assert_int_equal(i == 0 ? passkey_read(arena, &answers[i], CHALLENGE, SITE, &key)
                                : passkey_verify(arena, &key, &answers[i], CHALLENGE, &counter),
                         ERR_INPUT);
    }
    arena_free(arena);
}

static void passkeys_are_made_for_names(void **state)
{
    (void)state;
    static const struct {
        const char *host, *site;
    } rows[] = {
        {"ausma.example.lv", "ausma.example.lv"},
        {"Ausma.Example.LV:8443", "ausma.example.lv"},
        {"localhost:8420", "localhost"},
        {"127.0.0.1:8420", NULL},
        {"[::1]:8420", NULL},
        {"", NULL},
        {"a b", NULL},
        {NULL, NULL},
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *site = passkey_site(arena, rows[i].host);
        if (!text_same(site, rows[i].site))
            fail_msg("row %zu: %s", i, site == NULL ? "none" : site);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_a_passkey_is_made_and_answers), cmocka_unit_test(m7_1_anything_wrong_is_refused),
        cmocka_unit_test(broken_answers_are_refused),         cmocka_unit_test(what_announces_too_much_is_refused),
        cmocka_unit_test(passkeys_are_made_for_names),
    };
    return cmocka_run_group_tests_name("passkey", tests, NULL, NULL);
}
