/* A text or byte buffer that grows in an arena. Always ends with NUL, which `len` does not count. */
#ifndef AUSMA_BASE_BUF_H
#define AUSMA_BASE_BUF_H

#include "base/arena.h"

#include <string.h>

struct buf {
    struct arena *arena;
    char *ptr;
    size_t len;
    size_t cap;
};

/* An empty buffer with room for `expected` bytes. */
void buf_init(struct buf *buf, struct arena *arena, size_t expected);
/* Room for `more` bytes; for buf_add alone. */
void buf_grow(struct buf *buf, size_t more);
/* Here, as a page is a thousand small pieces. */
static inline void buf_add(struct buf *buf, const void *ptr, size_t len)
{
    if (len == 0)
        return;
    if (buf->cap - buf->len < len)
        buf_grow(buf, len);
    memcpy(buf->ptr + buf->len, ptr, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}
void buf_char(struct buf *buf, char c);
void buf_text(struct buf *buf, const char *text);
void buf_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
