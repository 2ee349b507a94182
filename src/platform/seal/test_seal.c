#include "platform/seal/seal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sodium.h>

static const struct seal_place here = {.table = "case_person", .column = "name", .row = 7};

static struct arena *arena;
static struct seal_key key;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(seal_init(), OK);
    arena = arena_new(64 << 20);
    seal_key_new(&key);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct bytes filled(size_t len)
{
    uint8_t *text = arena_alloc(arena, len);
    memset(text, 'a', len);
    return (struct bytes){text, len};
}

static struct bytes copy_of(struct bytes sealed)
{
    return arena_bytes(arena, sealed.ptr, sealed.len);
}

static void m7_1_text_comes_back_and_does_not_show(void **state)
{
    (void)state;
    const char *name = "Lapsa Kūmiņa-Pasaku";
    struct bytes sealed = seal_text(arena, &key, here, name);
    const char *opened = NULL;
    assert_int_equal(seal_open_text(arena, &key, here, sealed, &opened), OK);
    assert_string_equal(opened, name);
    assert_null(memmem(sealed.ptr, sealed.len, "Lapsa", 5));
    struct bytes again = seal_text(arena, &key, here, name);
    assert_memory_not_equal(sealed.ptr, again.ptr, sealed.len);
}

static void m7_1_lengths_are_hidden_in_steps(void **state)
{
    (void)state;
    static const struct {
        size_t plain, inner;
    } cases[] = {
        {0, 32},    {1, 32},    {28, 32},   {29, 64},     {60, 64},     {61, 96},     {252, 256},
        {253, 512}, {508, 512}, {509, 768}, {4092, 4096}, {4093, 8192}, {8188, 8192}, {8189, 12288},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes sealed = seal_bytes(arena, &key, here, filled(cases[i].plain));
        assert_int_equal(sealed.len, 1 + 24 + cases[i].inner + 16);
        assert_int_equal(sealed.ptr[0], 1);
    }
}

/* What the header says of the format, done by hand. */
static void opens_what_is_made_by_the_description(void **state)
{
    (void)state;
    uint8_t inner[32] = {5, 0, 0, 0, 'L', 'a', 'p', 's', 'a'};
    uint8_t sealed[1 + 24 + sizeof inner + 16] = {1};
    static const char where[] = "case_person|name|7";
    randombytes_buf(sealed + 1, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 25, NULL, inner, sizeof inner, (const uint8_t *)where,
                                               strlen(where), NULL, sealed + 1, key.b);
    const char *opened = NULL;
    assert_int_equal(seal_open_text(arena, &key, here, (struct bytes){sealed, sizeof sealed}, &opened), OK);
    assert_string_equal(opened, "Lapsa");
    /* A length that does not fit the padding. */
    inner[0] = 29;
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 25, NULL, inner, sizeof inner, (const uint8_t *)where,
                                               strlen(where), NULL, sealed + 1, key.b);
    assert_int_equal(seal_open_text(arena, &key, here, (struct bytes){sealed, sizeof sealed}, &opened), ERR_BROKEN);
}

static void m7_1_opens_only_in_its_place(void **state)
{
    (void)state;
    struct bytes sealed = seal_text(arena, &key, here, "Lapsa");
    static const struct seal_place elsewhere[] = {
        {"case_person", "name", 8}, {"case_person", "alias", 7}, {"case_note", "name", 7}, {"case_person", "name", -7}};
    const char *opened = "untouched";
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        assert_int_equal(seal_open_text(arena, &key, elsewhere[i], sealed, &opened), ERR_BROKEN);
    struct seal_key other;
    seal_key_new(&other);
    assert_int_equal(seal_open_text(arena, &other, here, sealed, &opened), ERR_BROKEN);
    assert_string_equal(opened, "untouched");
}

static void m7_2_every_changed_bit_is_noticed(void **state)
{
    (void)state;
    struct bytes sealed = seal_text(arena, &key, here, "Lapsa");
    struct bytes plain;
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        struct bytes changed = copy_of(sealed);
        ((uint8_t *)changed.ptr)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(seal_open_bytes(arena, &key, here, changed, &plain), ERR_BROKEN);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_int_equal(seal_open_bytes(arena, &key, here, (struct bytes){sealed.ptr, len}, &plain), ERR_BROKEN);
}

static void null_is_not_the_empty_text(void **state)
{
    (void)state;
    const char *opened = "untouched";
    struct bytes sealed = seal_text(arena, &key, here, NULL);
    assert_int_equal(sealed.len, 0);
    assert_int_equal(seal_open_text(arena, &key, here, sealed, &opened), OK);
    assert_null(opened);
    sealed = seal_text(arena, &key, here, "");
    assert_int_equal(seal_open_text(arena, &key, here, sealed, &opened), OK);
    assert_string_equal(opened, "");
    struct bytes plain;
    sealed = seal_bytes(arena, &key, here, (struct bytes){NULL, 0});
    assert_int_equal(seal_open_bytes(arena, &key, here, sealed, &plain), OK);
    assert_int_equal(plain.len, 0);
}

static void any_bytes_of_any_size_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        arena_reset(arena);
        size_t len = randombytes_uniform(i % 10 == 0 ? 20000 : 600);
        uint8_t *plain = arena_alloc(arena, len);
        randombytes_buf(plain, len);
        struct bytes sealed = seal_bytes(arena, &key, here, (struct bytes){plain, len});
        struct bytes opened;
        assert_int_equal(seal_open_bytes(arena, &key, here, sealed, &opened), OK);
        assert_int_equal(opened.len, len);
        assert_memory_equal(opened.ptr, plain, len);
        assert_int_equal(opened.ptr[len], 0);
    }
}

static void m7_1_keys_under_keys(void **state)
{
    (void)state;
    struct seal_key under;
    struct seal_key opened = {{0}};
    struct seal_key untouched = {{0}};
    seal_key_new(&under);
    struct bytes wrapped = seal_wrap(arena, &under, here, &key);
    assert_int_equal(wrapped.len, 73);
    assert_int_equal(seal_unwrap(&key, here, wrapped, &opened), ERR_BROKEN);
    assert_int_equal(seal_unwrap(&under, (struct seal_place){"case_person", "name", 8}, wrapped, &opened), ERR_BROKEN);
    assert_int_equal(seal_unwrap(&under, here, (struct bytes){NULL, 0}, &opened), ERR_BROKEN);
    for (size_t i = 0; i < wrapped.len; i++) {
        struct bytes changed = copy_of(wrapped);
        ((uint8_t *)changed.ptr)[i] ^= 1;
        assert_int_equal(seal_unwrap(&under, here, changed, &opened), ERR_BROKEN);
    }
    assert_true(seal_same(&opened, &untouched, sizeof opened));
    assert_int_equal(seal_unwrap(&under, here, wrapped, &opened), OK);
    assert_true(seal_same(&opened, &key, sizeof key));
}

static void a_wrapped_key_is_not_a_value(void **state)
{
    (void)state;
    struct bytes plain;
    struct bytes wrapped = seal_wrap(arena, &key, here, &key);
    assert_int_equal(seal_open_bytes(arena, &key, here, wrapped, &plain), ERR_BROKEN);
}

static void m7_3_whoever_is_outside_can_seal_to_a_pair(void **state)
{
    (void)state;
    struct seal_pair pair;
    struct seal_pair other;
    struct bytes opened;
    seal_pair_new(&pair);
    seal_pair_new(&other);
    struct bytes sealed = seal_to(arena, &pair.public_half, "Palīdziet", 10);
    assert_int_equal(sealed.len, 10 + 48);
    assert_int_equal(seal_open_to(arena, &pair, sealed, &opened), OK);
    assert_int_equal(opened.len, 10);
    assert_memory_equal(opened.ptr, "Palīdziet", 10);
    assert_int_equal(seal_open_to(arena, &other, sealed, &opened), ERR_BROKEN);
    assert_int_equal(seal_open_to(arena, &pair, (struct bytes){sealed.ptr, 47}, &opened), ERR_BROKEN);
    for (size_t i = 0; i < sealed.len; i++) {
        struct bytes changed = copy_of(sealed);
        ((uint8_t *)changed.ptr)[i] ^= 1;
        assert_int_equal(seal_open_to(arena, &pair, changed, &opened), ERR_BROKEN);
    }
}

static struct seal_key counting(void)
{
    struct seal_key out;
    for (uint8_t i = 0; i < SEAL_KEY_SIZE; i++)
        out.b[i] = i;
    return out;
}

static void assert_hex(const uint8_t *found, const char *wanted)
{
    char hex[2 * SEAL_HASH_SIZE + 1];
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, found, SEAL_HASH_SIZE), wanted);
}

/* The wanted values come from another implementation of BLAKE2b. */
static void hashes_and_derived_keys_stay_what_they_are(void **state)
{
    (void)state;
    uint8_t hash[SEAL_HASH_SIZE];
    struct seal_key from = counting();
    struct seal_key derived;
    seal_hash(NULL, "", 0, hash);
    assert_hex(hash, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    seal_hash(&from, "abc", 3, hash);
    assert_hex(hash, "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
    seal_derive(&from, "purpose", &derived);
    assert_hex(derived.b, "0f6e671c4e6d89b7ea733e27272980a950a1ad92643cea6c7f86c547e8646720");
    uint8_t plain_hash[SEAL_HASH_SIZE];
    seal_hash(&from, "purpose", 7, plain_hash);
    assert_false(seal_same(plain_hash, derived.b, sizeof plain_hash));
}

static void derived_keys_differ_by_purpose_and_source(void **state)
{
    (void)state;
    struct seal_key a;
    struct seal_key b;
    struct seal_key from = counting();
    seal_derive(&from, "search", &a);
    seal_derive(&from, "csrf", &b);
    assert_false(seal_same(&a, &b, sizeof a));
    seal_derive(&key, "search", &b);
    assert_false(seal_same(&a, &b, sizeof a));
    seal_derive(&from, "search", &b);
    assert_true(seal_same(&a, &b, sizeof a));
}

static void wiped_is_zero(void **state)
{
    (void)state;
    struct seal_key gone = counting();
    struct seal_key zero = {{0}};
    seal_wipe(&gone, sizeof gone);
    assert_true(seal_same(&gone, &zero, sizeof gone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_1_text_comes_back_and_does_not_show),
        cmocka_unit_test(m7_1_lengths_are_hidden_in_steps),
        cmocka_unit_test(opens_what_is_made_by_the_description),
        cmocka_unit_test(m7_1_opens_only_in_its_place),
        cmocka_unit_test(m7_2_every_changed_bit_is_noticed),
        cmocka_unit_test(null_is_not_the_empty_text),
        cmocka_unit_test(any_bytes_of_any_size_come_back),
        cmocka_unit_test(m7_1_keys_under_keys),
        cmocka_unit_test(a_wrapped_key_is_not_a_value),
        cmocka_unit_test(m7_3_whoever_is_outside_can_seal_to_a_pair),
        cmocka_unit_test(hashes_and_derived_keys_stay_what_they_are),
        cmocka_unit_test(derived_keys_differ_by_purpose_and_source),
        cmocka_unit_test(wiped_is_zero),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
