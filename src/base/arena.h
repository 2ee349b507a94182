/* An arena: memory that is given out piece by piece and taken back all at once.
 *
 * Three lifetimes exist: the process, the request (or one CLI step) with its arena, and handles (`_open/_close`).
 * All that a handler computes lives in the request's arena. Freed memory is wiped, because it may hold identities.
 *
 * An arena has a cap. What does not fit never returns NULL: it escapes to the nearest `arena_try` of this arena
 * (a longjmp), which answers ERR_LIMIT; without one, the program stops. So code between holds nothing but arena memory;
 * what must be closed (an XML tree, a file) is given to `arena_defer`. */
#ifndef AUSMA_BASE_ARENA_H
#define AUSMA_BASE_ARENA_H

#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A piece of binary data; `ptr` may be NULL when `len` is 0. */
struct bytes {
    const uint8_t *ptr;
    size_t len;
};

/* Makes an arena that gives out at most `cap` bytes. Free with `arena_free`, which runs what was deferred
 * (last first), wipes and releases. `arena_reset` does the same but keeps one block for the next use. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *arena);
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for every type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* The same, holding anything: for what is written at once. */
void *arena_room(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* Zeroed room for `count` items of `size` bytes; overflow counts as "does not fit". */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((malloc, returns_nonnull));
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* Copies; the text copies end with NUL. NULL in, NULL out. */
char *arena_text(struct arena *arena, const char *text);
char *arena_text_n(struct arena *arena, const char *text, size_t len);
struct bytes arena_bytes(struct arena *arena, const void *ptr, size_t len);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_format_v(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Runs `close(handle)` when the arena ends. */
void arena_defer(struct arena *arena, void (*close)(void *handle), void *handle);

/* Runs `work(data)`; ERR_LIMIT if the arena's cap was hit on the way. May nest. */
MUST_USE enum err arena_try(struct arena *arena, enum err (*work)(void *data), void *data);

/* For tests: the allocation with this number from now (1 = the next) hits the cap; 0 switches it off. */
void arena_fail_at(struct arena *arena, size_t number);

#endif
