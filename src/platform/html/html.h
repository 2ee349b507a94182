/* What compiled templates write through. Made and called by htmlc's output; handlers only call the templates. */
#ifndef AUSMA_PLATFORM_HTML_HTML_H
#define AUSMA_PLATFORM_HTML_HTML_H

#include "base/buf.h"
#include "platform/i18n/i18n.h"

#include <stdbool.h>

struct html {
    struct buf out;
    enum language language;
    int64_t now; /* for words like "today" */
};

void html_init(struct html *h, struct arena *arena, enum language language, int64_t now);

void html_raw(struct html *h, const char *text, size_t len); /* the template's own text */
void html_text(struct html *h, const char *text);            /* escaped; NULL writes nothing */
/* Filters: {{ expr | int }} calls html_int, and so on. All escape. */
void html_int(struct html *h, int64_t value);
void html_id(struct html *h, int64_t id);         /* as in addresses */
void html_date(struct html *h, const char *date); /* as people write it */
void html_date_long(struct html *h, const char *date);
void html_moment(struct html *h, int64_t moment);
void html_until(struct html *h, int64_t moment);
void html_lines(struct html *h, const char *text); /* line ends become <br> */
void html_url(struct html *h, const char *url);    /* a whole address: own path, https:, mailto:, tel: or nothing */
void html_code(struct html *h, const char *family, const char *code);
/* Words: {{ t:key name=expr }} and {{ n:key count-expr name=expr }}. */
void html_word(struct html *h, enum word key);
void html_word_filled(struct html *h, enum word key, ...); /* pairs of name and text, then NULL */
void html_word_plural(struct html *h, enum word key, int64_t count, ...);

#endif
