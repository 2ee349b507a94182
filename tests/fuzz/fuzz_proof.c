/* What the proof reads back: images of rows, and checkpoints from outside. Whatever is taken means just one thing. */
#include "platform/audit/checkpoint.h"
#include "platform/store/image.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An image that was read is written again as it was. */
static void check_image(struct arena *arena, struct bytes bytes)
{
    const char *names[PROVEN_COLUMNS_MAX];
    struct value values[PROVEN_COLUMNS_MAX];
    struct image image;
    struct image_buf out = {0};
    bool real = false;
    if (image_read(arena, bytes, &image) != OK)
        return;
    for (size_t i = 0; i < image.count; i++) {
        names[i] = image.columns[i].name;
        values[i] = image.columns[i].value;
        real = real || values[i].kind == VALUE_REAL; /* may be written in several ways */
        if (image_column(&image, names[i]) != &image.columns[i].value)
            BUG("a column is not found by its name");
    }
    const struct proven table = {.table = image.table, .columns = names, .count = (unsigned)image.count};
    image_row(&out, &table, values);
    if (!real && out.len > bytes.len) /* but a number may have had zeros in front */
        BUG("an image became longer");
    free(out.ptr);
}

static void check_checkpoint(struct arena *arena, struct bytes bytes)
{
    struct audit_checkpoint checkpoint;
    const char *text = arena_text_n(arena, (const char *)bytes.ptr, bytes.len);
    if (audit_checkpoint_read(arena, text, &checkpoint) == OK && !audit_checkpoint_signed(&checkpoint))
        BUG("a checkpoint without a right signature was taken");
}

struct input {
    struct arena *arena;
    struct bytes bytes;
};

static enum err check(void *data)
{
    const struct input *input = data;
    check_image(input->arena, input->bytes);
    check_checkpoint(input->arena, input->bytes);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (sodium_init() < 0)
        return 0;
    struct input input = {arena_new(1 << 20), {data, size}};
    (void)arena_try(input.arena, check, &input);
    arena_free(input.arena);
    return 0;
}
