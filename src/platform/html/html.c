#include "platform/html/html.h"

#include "base/id.h"
#include "base/text.h"

#include <string.h>

void html_init(struct html *h, struct arena *arena, enum language language, int64_t now)
{
    buf_init(&h->out, arena, 48 * 1024);
    h->language = language;
    h->now = now;
}

void html_raw(struct html *h, const char *text, size_t len)
{
    buf_add(&h->out, text, len);
}

static const char *escaped(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void html_text(struct html *h, const char *text)
{
    static const bool ends[256] = {
        ['\0'] = true, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    if (text == NULL)
        return;
    for (;;) {
        size_t plain = 0;
        while (!ends[(uint8_t)text[plain]])
            plain++;
        buf_add(&h->out, text, plain);
        if (text[plain] == '\0')
            return;
        buf_text(&h->out, escaped(text[plain]));
        text += plain + 1;
    }
}

void html_int(struct html *h, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    buf_add(&h->out, digits + at, sizeof digits - at);
}

void html_id(struct html *h, int64_t id)
{
    buf_text(&h->out, id_text(h->out.arena, id));
}

void html_date(struct html *h, const char *date)
{
    html_text(h, date_in_words(h->out.arena, h->language, date));
}

void html_date_long(struct html *h, const char *date)
{
    html_text(h, date_long(h->out.arena, h->language, date));
}

void html_moment(struct html *h, int64_t moment)
{
    html_text(h, moment_in_words(h->out.arena, h->language, moment));
}

void html_until(struct html *h, int64_t moment)
{
    html_text(h, until_in_words(h->out.arena, h->language, moment));
}

void html_lines(struct html *h, const char *text)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, '\n');
        size_t len = end == NULL ? strlen(text) : (size_t)(end - text);
        html_text(h, arena_text_n(h->out.arena, text, len));
        if (end != NULL)
            buf_text(&h->out, "<br>");
        text += len + (end != NULL);
    }
}

void html_url(struct html *h, const char *url)
{
    if (url == NULL)
        return;
    bool own = url[0] == '/' && url[1] != '/' && url[1] != '\\';
    if (own || text_starts(url, "https://") || text_starts(url, "mailto:") || text_starts(url, "tel:"))
        html_text(h, url);
}

void html_code(struct html *h, const char *family, const char *code)
{
    html_text(h, word_code(h->language, family, code));
}

void html_word(struct html *h, enum word key)
{
    html_text(h, word(h->language, key));
}

void html_word_filled(struct html *h, enum word key, ...)
{
    va_list args;
    va_start(args, key);
    html_text(h, word_filled_v(h->out.arena, h->language, key, args));
    va_end(args);
}

void html_word_plural(struct html *h, enum word key, int64_t count, ...)
{
    va_list args;
    va_start(args, count);
    html_text(h, word_plural_v(h->out.arena, h->language, key, count, args));
    va_end(args);
}
