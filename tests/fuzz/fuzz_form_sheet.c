/* Any text as the cells of a workbook: mutated bytes of an archive seldom get past its checksums. */
#include "form_use.h"
#include "platform/form/test_book.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct job {
    struct arena *arena;
    const char *text;
};

static enum err use(void *data)
{
    struct job *job = data;
    struct bytes book = book_make(job->arena, job->text);
    return form_use_bytes(job->arena, book.ptr, book.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct job job = {arena, arena_text_n(arena, (const char *)data, size)};
    if (text_check(job.text, strlen(job.text)) && job.text[0] == '#')
        (void)!arena_try(arena, use, &job);
    arena_free(arena);
    return 0;
}
