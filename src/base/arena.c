#include "base/arena.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of what was large the system gets its pages back: the allocator would keep them for the thread that had them. */
enum { LARGE = 32 << 20 };
enum { BLOCK_SIZE = 32 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    max_align_t data[];
};

struct deferred {
    struct deferred *next;
    void (*close)(void *handle);
    void *handle;
};

struct escape {
    struct escape *outer;
    jmp_buf there;
};

struct arena {
    struct block *blocks; /* the newest first */
    struct deferred *deferred;
    struct escape *escape;
    size_t cap;
    size_t used;
    size_t fail_at;
};

struct arena *arena_new(size_t cap)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        BUG("out of memory for an arena");
    arena->cap = cap;
    return arena;
}

static void wipe(void *ptr, size_t len)
{
    explicit_bzero(ptr, len);
}

static void run_deferred(struct arena *arena)
{
    while (arena->deferred != NULL) {
        struct deferred *item = arena->deferred;
        arena->deferred = item->next;
        item->close(item->handle);
    }
}

/* Frees all blocks; a last one of the usual size stays when `keep` says so. */
static void release(struct arena *arena, bool keep)
{
    struct block *kept = NULL;
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        wipe(block->data, block->used);
        if (keep && kept == NULL && block->size == BLOCK_SIZE) {
            kept = block;
            kept->used = 0;
            kept->next = NULL;
        } else {
            free(block);
        }
        block = next;
    }
    arena->blocks = kept;
    arena->used = 0;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    bool large = arena->used >= LARGE;
    run_deferred(arena);
    release(arena, false);
    free(arena);
    if (large)
        (void)malloc_trim(0);
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    release(arena, true);
}

static _Noreturn void escape(struct arena *arena)
{
    if (arena->escape == NULL)
        BUG("an arena is full and nobody is there to catch it");
    longjmp(arena->escape->there, 1);
}

static struct block *block_for(struct arena *arena, size_t size)
{
    struct block *block = arena->blocks;
    if (block != NULL && block->size - block->used >= size)
        return block;
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    block = malloc(sizeof *block + room);
    if (block == NULL)
        escape(arena);
    block->size = room;
    block->used = 0;
    /* A large piece gets a block of its own behind the current one, whose rest stays in use. */
    if (size > BLOCK_SIZE / 4 && arena->blocks != NULL) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_room(struct arena *arena, size_t size)
{
    if (arena->fail_at > 0 && --arena->fail_at == 0)
        escape(arena);
    if (size > arena->cap || arena->cap - size < arena->used)
        escape(arena);
    size_t step = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (step == 0)
        step = ALIGNMENT;
    struct block *block = block_for(arena, step);
    void *piece = (char *)block->data + block->used;
    block->used += step;
    arena->used += step;
    return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_room(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total))
        escape(arena);
    return arena_alloc(arena, total);
}

char *arena_text_n(struct arena *arena, const char *text, size_t len)
{
    if (len == SIZE_MAX)
        escape(arena);
    char *copy = arena_room(arena, len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text_n(arena, text, strlen(text));
}

struct bytes arena_bytes(struct arena *arena, const void *ptr, size_t len)
{
    uint8_t *copy = arena_room(arena, len);
    if (len > 0)
        memcpy(copy, ptr, len);
    return (struct bytes){copy, len};
}

char *arena_format_v(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        BUG("a format that cannot be printed");
    char *text = arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_format_v(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*close)(void *handle), void *handle)
{
    struct deferred *item = ARENA_NEW(arena, struct deferred);
    item->close = close;
    item->handle = handle;
    item->next = arena->deferred;
    arena->deferred = item;
}

enum err arena_try(struct arena *arena, enum err (*work)(void *data), void *data)
{
    struct escape here = {.outer = arena->escape};
    arena->escape = &here;
    enum err result = setjmp(here.there) == 0 ? work(data) : ERR_LIMIT;
    arena->escape = here.outer;
    return result;
}

void arena_fail_at(struct arena *arena, size_t number)
{
    arena->fail_at = number;
}
