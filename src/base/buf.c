#include "base/buf.h"

void buf_init(struct buf *buf, struct arena *arena, size_t expected)
{
    buf->arena = arena;
    buf->cap = expected < 64 ? 64 : expected;
    buf->ptr = arena_room(arena, buf->cap + 1);
    buf->ptr[0] = '\0';
    buf->len = 0;
}

void buf_grow(struct buf *buf, size_t more)
{
    size_t cap = buf->cap * 2;
    if (cap < buf->len + more)
        cap = buf->len + more;
    char *wider = arena_room(buf->arena, cap + 1);
    memcpy(wider, buf->ptr, buf->len + 1);
    buf->ptr = wider;
    buf->cap = cap;
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_text(buf, arena_format_v(buf->arena, format, args));
    va_end(args);
}
