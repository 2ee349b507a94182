/* A bundle for which there is no room leaves nothing behind: what other libraries made of a record goes with the request. */
#include "platform/gate/app.h"
#include "platform/seal/seal.h"
#include "steer/proof/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <malloc.h>
#include <string.h>

/* How much jansson holds. */
static size_t held;

static void *counting_malloc(size_t size)
{
    void *ptr = malloc(size);
    held += ptr == NULL ? 0 : malloc_usable_size(ptr);
    return ptr;
}

static void counting_free(void *ptr)
{
    held -= ptr == NULL ? 0 : malloc_usable_size(ptr);
    free(ptr);
}

struct making {
    struct req *r;
    const struct bundle *bundle;
    struct bytes zip;
};

static enum err make(void *data)
{
    struct making *making = data;
    return bundle_zip(making->r, making->bundle, &making->zip);
}

static void a_bundle_without_room_leaves_nothing_behind(void **state)
{
    static const struct told_column column = {.name = "note", .label = W_proof_who};
    static const struct told_table table = {.name = "t", .title = W_proof_who};
    struct opened_field field = {&column, "value", "shown"};
    struct bytes image = {(const uint8_t *)"image", 5};
    struct image_column fact = {"kind", {.kind = VALUE_INT, .i = 3}};
    struct opened_row row = {&table, "1", "", 1, 1, &field, 1, image, {"t", &fact, 1}};
    struct opened_group group = {&table, &row, 1};
    struct link link = {1, 1, 1, 7, 8, "case.read", "t 1 gone\n"};
    struct audit_step step = {0};
    struct colleague person = {.id = 7, .name = "Anna"};
    const struct bundle bundle = {.checkpoint = {.number = 1},
                                  .opened = {&group, 1, 0, 1},
                                  .links = &link,
                                  .link_count = 1,
                                  .images = &image,
                                  .image_count = 1,
                                  .path = &step,
                                  .path_count = 1,
                                  .outside = {.number = 1},
                                  .outside_link = 1,
                                  .outside_path = &step,
                                  .outside_count = 1,
                                  .people = &person,
                                  .people_count = 1};
    static const struct audit_signer signer;
    struct app app = {.signer = &signer};
    struct record record = {.reference = "A-2026-0001-K"};
    enum err result = ERR_LIMIT;
    (void)state;
    json_set_alloc_funcs(counting_malloc, counting_free);
    for (size_t number = 1; result != OK; number++) {
        struct arena *arena = arena_new(16 << 20);
        struct req r = {.arena = arena, .app = &app, .org = 1, .case_id = 2, .scope = &record};
        struct making making = {&r, &bundle, {0}};
        arena_fail_at(arena, number);
        result = arena_try(arena, make, &making);
        arena_fail_at(arena, 0);
        if (result == OK)
            assert_memory_equal(making.zip.ptr, "PK", 2);
        else
            assert_int_equal(result, ERR_LIMIT);
        arena_free(arena);
        if (held != 0)
            fail_msg("without room %zu, %zu bytes of the record stay in memory", number, held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_without_room_leaves_nothing_behind),
    };
    return seal_init() != OK ? 1 : cmocka_run_group_tests_name("proof bundle", tests, NULL, NULL);
}
