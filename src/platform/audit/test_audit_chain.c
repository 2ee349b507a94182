/* The reckoning of the proof: trees and their paths, checkpoints as text, images of rows (M7.2). */
#include "base/text.h"
#include "platform/audit/checkpoint.h"
#include "platform/store/image.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* after the above */
#include <cmocka.h>
#include <pthread.h>

static void digest_of(int64_t number, uint8_t out[AUDIT_HASH_SIZE])
{
    audit_hash(&number, sizeof number, out);
}

static void range_root(int64_t from, int64_t to, uint8_t out[AUDIT_HASH_SIZE])
{
    struct merkle tree = {0};
    uint8_t digest[AUDIT_HASH_SIZE];
    for (int64_t i = from; i < to; i++) {
        digest_of(i, digest);
        merkle_add(&tree, digest);
    }
    merkle_root(&tree, out);
}

/* For every leaf of trees of every size up to 70, its path leads to the root. */
static void m7_2_every_path_leads_to_the_root(void **state)
{
    (void)state;
    for (int64_t count = 1; count <= 70; count++) {
        uint8_t root[AUDIT_HASH_SIZE];
        range_root(0, count, root);
        for (int64_t index = 0; index < count; index++) {
            struct merkle_range path[MERKLE_DEPTH];
            uint8_t known[AUDIT_HASH_SIZE];
            uint8_t other[AUDIT_HASH_SIZE];
            size_t steps = merkle_path(index, count, path);
            digest_of(index, other);
            merkle_leaf(other, known);
            for (size_t i = 0; i < steps; i++) {
                range_root(path[i].from, path[i].to, other);
                merkle_step(known, other, path[i].left);
            }
            assert_memory_equal(known, root, sizeof root);
        }
    }
}

enum { STARTERS = 6 };

struct starting {
    const char *file;
    pthread_barrier_t *together;
    struct audit_signer signer;
    enum err result;
};

static void *start_once(void *data)
{
    struct starting *starting = data;
    (void)pthread_barrier_wait(starting->together);
    starting->result = audit_signer_open(starting->file, &starting->signer);
    return NULL;
}

/* Several processes on one folder, for the first time. */
static void several_that_start_at_once_have_one_key(void **state)
{
    char path[] = "/tmp/ausma-signer-XXXXXX";
    char file[sizeof path + 16];
    pthread_barrier_t together;
    (void)state;
    assert_non_null(mkdtemp(path));
    (void)snprintf(file, sizeof file, "%s/signing.key", path);
    assert_int_equal(pthread_barrier_init(&together, NULL, STARTERS), 0);
    for (int round = 0; round < 50; round++) {
        struct starting all[STARTERS];
        pthread_t threads[STARTERS];
        for (int i = 0; i < STARTERS; i++) {
            all[i] = (struct starting){.file = file, .together = &together};
            assert_int_equal(pthread_create(&threads[i], NULL, start_once, &all[i]), 0);
        }
        for (int i = 0; i < STARTERS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_int_equal(all[i].result, OK);
        }
        for (int i = 1; i < STARTERS; i++)
            assert_memory_equal(&all[i].signer, &all[0].signer, sizeof all[0].signer);
        assert_int_equal(unlink(file), 0);
    }
    assert_int_equal(pthread_barrier_destroy(&together), 0);
    assert_int_equal(rmdir(path), 0);
}

static void m7_2_a_checkpoint_as_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    char path[] = "/tmp/ausma-signer-XXXXXX";
    struct audit_signer signer;
    struct audit_signer again;
    struct audit_checkpoint read;
    struct audit_checkpoint made = {.org = 7, .number = 12, .at = 1700000000000};
    assert_non_null(mkdtemp(path));
    const char *file = arena_format(arena, "%s/signing.key", path);
    struct stat info;
    assert_int_equal(audit_signer_open(file, &signer), OK);
    assert_int_equal(audit_signer_open(file, &again), OK);
    assert_memory_equal(&signer, &again, sizeof signer);
    assert_int_equal(stat(file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(truncate(file, 63), 0);
    assert_int_equal(audit_signer_open(file, &again), ERR_BROKEN);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(path), 0);

    memcpy(made.public_half, signer.public_half, sizeof made.public_half);
    const char *unsigned_text = audit_checkpoint_text(arena, &made);
    assert_int_equal(audit_checkpoint_read(arena, unsigned_text, &read), ERR_INPUT);
    const char *six = unsigned_text;
    size_t len = 0;
    for (int line = 0; line < 6; line++)
        len += strcspn(six + len, "\n") + 1;
    assert_int_equal(crypto_sign_detached(made.signature, NULL, (const uint8_t *)six, len, signer.secret), 0);
    char *text = audit_checkpoint_text(arena, &made);
    assert_int_equal(audit_checkpoint_read(arena, text, &read), OK);
    assert_memory_equal(&read, &made, sizeof read);
    /* As an editor of another system leaves it. */
    char *crlf = arena_alloc(arena, strlen(text) * 2);
    for (size_t i = 0, at = 0; text[i] != '\0'; i++) {
        if (text[i] == '\n')
            crlf[at++] = '\r';
        crlf[at++] = text[i];
    }
    assert_int_equal(audit_checkpoint_read(arena, crlf, &read), OK);
    for (size_t i = 0; text[i] != '\0'; i++) {
        char kept = text[i];
        text[i] = kept == '1' ? '2' : '1';
        assert_int_equal(audit_checkpoint_read(arena, text, &read), ERR_INPUT);
        text[i] = kept;
    }
    arena_free(arena);
}

static const char *const NAMES[] = {"a", "b", "c", "d", "org"};
static const unsigned KEYS[] = {0, 2};
static const struct proven TABLE = {
    .table = "t_row", .columns = NAMES, .count = 5, .keys = KEYS, .key_count = 2, .case_at = -1};

static void m7_2_the_image_of_a_row(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct image_buf out = {0};
    struct image image;
    const struct value columns[] = {{.kind = VALUE_INT, .i = INT64_MIN},
                                    {.kind = VALUE_NULL},
                                    {.kind = VALUE_TEXT, .bytes = {(const uint8_t *)"a/b", 3}},
                                    {.kind = VALUE_BYTES, .bytes = {(const uint8_t *)"\n\0=x", 4}},
                                    {.kind = VALUE_INT, .i = 7}};
    image_key(&out, &TABLE, columns);
    assert_string_equal((const char *)out.ptr, "-9223372036854775808/a%2fb");
    out.len = 0;
    image_row(&out, &TABLE, columns);
    static const char WANTED[] = "t_row\na=i-9223372036854775808\nc=t3:a/b\nd=b4:\n\0=x\norg=i7\n";
    assert_int_equal(out.len, sizeof WANTED - 1);
    assert_memory_equal(out.ptr, WANTED, out.len);
    assert_int_equal(image_read(arena, (struct bytes){out.ptr, out.len}, &image), OK);
    assert_string_equal(image.table, "t_row");
    assert_int_equal(image.count, 4);
    assert_null(image_column(&image, "b"));
    assert_true(image_column(&image, "a")->i == INT64_MIN);
    assert_memory_equal(image_column(&image, "d")->bytes.ptr, "\n\0=x", 4);
    for (size_t len = 0; len < out.len; len++) {
        enum err read = image_read(arena, (struct bytes){out.ptr, len}, &image);
        assert_true(read == ERR_INPUT || image.count < 4);
    }
    free(out.ptr);
    arena_free(arena);
}

int main(void)
{
    if (sodium_init() < 0)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_2_every_path_leads_to_the_root),
        cmocka_unit_test(m7_2_a_checkpoint_as_text),
        cmocka_unit_test(several_that_start_at_once_have_one_key),
        cmocka_unit_test(m7_2_the_image_of_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
