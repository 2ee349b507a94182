#include "platform/store/image.h"

#include "base/text.h"

#include <string.h>

/* ---- writing ---- */

static uint8_t *room_for(struct image_buf *out, size_t len)
{
    if (out->failed)
        return NULL;
    if (out->len + len > out->room) {
        size_t room = (out->len + len) * 2 + 1024;
        uint8_t *ptr = realloc(out->ptr, room);
        if (ptr == NULL) {
            out->failed = true;
            return NULL;
        }
        out->ptr = ptr;
        out->room = room;
    }
    return out->ptr + out->len;
}

static void put(struct image_buf *out, const void *ptr, size_t len)
{
    uint8_t *at = len == 0 ? NULL : room_for(out, len);
    if (at == NULL)
        return;
    memcpy(at, ptr, len);
    out->len += len;
}

static void put_text(struct image_buf *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_int(struct image_buf *out, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        digits[--at] = '-';
    put(out, digits + at, sizeof digits - at);
}

static void put_value(struct image_buf *out, const struct value *value)
{
    char real[40];
    switch (value->kind) {
    case VALUE_NULL: break;
    case VALUE_INT:
        put_text(out, "i");
        put_int(out, value->i);
        break;
    case VALUE_REAL:
        (void)snprintf(real, sizeof real, "r%.17g", value->real);
        put_text(out, real);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        put_text(out, value->kind == VALUE_TEXT ? "t" : "b");
        put_int(out, (int64_t)value->bytes.len);
        put_text(out, ":");
        put(out, value->bytes.ptr, value->bytes.len);
        break;
    }
}

void image_row(struct image_buf *out, const struct proven *table, const struct value *columns)
{
    put_text(out, table->table);
    put_text(out, "\n");
    for (unsigned i = 0; i < table->count; i++) {
        if (columns[i].kind == VALUE_NULL)
            continue;
        put_text(out, table->columns[i]);
        put_text(out, "=");
        put_value(out, &columns[i]);
        put_text(out, "\n");
    }
}

static void put_key_part(struct image_buf *out, const struct value *value)
{
    static const char DIGITS[] = "0123456789abcdef";
    if (value->kind == VALUE_INT)
        put_int(out, value->i);
    for (size_t i = 0; value->kind != VALUE_INT && value->kind != VALUE_NULL && i < value->bytes.len; i++) {
        uint8_t byte = value->bytes.ptr[i];
        const char two[] = {DIGITS[byte >> 4], DIGITS[byte & 15]};
        /* Codes stay readable; what could be mistaken for a separator or is no text is written in digits. */
        if (value->kind == VALUE_TEXT && byte > ' ' && byte < 0x7f && byte != '/' && byte != '%') {
            put(out, &byte, 1);
        } else {
            if (value->kind == VALUE_TEXT)
                put_text(out, "%");
            put(out, two, 2);
        }
    }
}

void image_key(struct image_buf *out, const struct proven *table, const struct value *columns)
{
    for (unsigned i = 0; i < table->key_count; i++) {
        if (i > 0)
            put_text(out, "/");
        put_key_part(out, &columns[table->keys[i]]);
    }
    if (table->key_count == 0)
        put_text(out, "-");
    put(out, "", 1);
}

/* ---- reading ---- */

struct reading {
    const uint8_t *at, *end;
    struct arena *arena;
};

/* The text up to `stop`, which is passed over. NULL when it does not come. */
static const char *take_until(struct reading *reading, char stop, size_t most)
{
    size_t left = (size_t)(reading->end - reading->at);
    const uint8_t *found = memchr(reading->at, stop, left < most ? left : most);
    if (found == NULL)
        return NULL;
    size_t len = (size_t)(found - reading->at);
    if (!text_check((const char *)reading->at, len))
        return NULL;
    const char *text = arena_text_n(reading->arena, (const char *)reading->at, len);
    reading->at = found + 1;
    return text;
}

static bool take_bytes(struct reading *reading, struct value *out)
{
    int64_t len;
    const char *digits = take_until(reading, ':', 24);
    if (digits == NULL || !text_to_int(digits, &len) || len < 0 || len >= reading->end - reading->at ||
        reading->at[len] != '\n')
        return false;
    out->bytes = (struct bytes){reading->at, (size_t)len};
    reading->at += len + 1;
    return true;
}

static bool take_value(struct reading *reading, struct value *out)
{
    uint8_t kind = reading->at < reading->end ? *reading->at++ : 0;
    const char *rest = NULL;
    char *end = NULL;
    switch (kind) {
    case 'i':
        out->kind = VALUE_INT;
        rest = take_until(reading, '\n', 24);
        return rest != NULL && text_to_int(rest, &out->i);
    case 'r':
        out->kind = VALUE_REAL;
        rest = take_until(reading, '\n', 40);
        if (rest == NULL || *rest == '\0')
            return false;
        out->real = strtod(rest, &end);
        return *end == '\0';
    case 't': out->kind = VALUE_TEXT; return take_bytes(reading, out);
    case 'b': out->kind = VALUE_BYTES; return take_bytes(reading, out);
    default: return false;
    }
}

enum err image_read(struct arena *arena, struct bytes bytes, struct image *out)
{
    enum { NAME_LONGEST = 128, COLUMNS_MAX = 128 };
    struct reading reading = {.arena = arena, .at = bytes.ptr, .end = bytes.ptr + bytes.len};
    struct image image = {.table = take_until(&reading, '\n', NAME_LONGEST)};
    if (image.table == NULL)
        return ERR_INPUT;
    image.columns = ARENA_ARRAY(arena, struct image_column, COLUMNS_MAX);
    while (reading.at < reading.end) {
        struct image_column *column = &image.columns[image.count];
        if (image.count == COLUMNS_MAX)
            return ERR_INPUT;
        column->name = take_until(&reading, '=', NAME_LONGEST);
        if (column->name == NULL || !take_value(&reading, &column->value))
            return ERR_INPUT;
        if (image.count > 0 && strcmp(column[-1].name, column->name) >= 0)
            return ERR_INPUT;
        image.count++;
    }
    *out = image;
    return OK;
}

const struct value *image_column(const struct image *image, const char *name)
{
    for (size_t i = 0; i < image->count; i++) {
        if (text_same(image->columns[i].name, name))
            return &image->columns[i].value;
    }
    return NULL;
}
