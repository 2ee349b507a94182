#include "steer/proof/proof.h"

#include "base/buf.h"
#include "base/text.h"
#include "case/assess/assess.h"

#include <string.h>

/* A text of the XML that form_fill_write_xml makes: five entities, no comments, no CDATA. */
static void put_unescaped(struct buf *buf, const char *text, size_t len)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&#10;", '\n'}};
    for (size_t i = 0; i < len;) {
        size_t step = 1;
        char c = text[i];
        for (size_t e = 0; c == '&' && e < sizeof entities / sizeof *entities; e++) {
            size_t size = strlen(entities[e].entity);
            if (size <= len - i && memcmp(text + i, entities[e].entity, size) == 0) {
                step = size;
                c = entities[e].c;
                break;
            }
        }
        buf_char(buf, c);
        i += step;
    }
}

const char *proof_readable(struct arena *arena, const char *value)
{
    struct buf buf;
    const char *name = NULL; /* of the element that has just begun */
    size_t name_len = 0;
    if (strncmp(value, "<data ", 6) != 0)
        return value;
    buf_init(&buf, arena, strlen(value));
    for (const char *at = value; (at = strchr(at, '<')) != NULL;) {
        const char *end = strchr(at, '>');
        if (end == NULL)
            return value; /* not what we write: as it is */
        bool closes = at[1] == '/';
        if (!closes) {
            name = at + 1;
            name_len = strcspn(name, " />");
        } else if (name != NULL && name_len == (size_t)(end - at - 2) && memcmp(name, at + 2, name_len) == 0) {
            const char *text = strchr(name, '>') + 1;
            if (text < at) {
                buf_add(&buf, name, name_len);
                buf_text(&buf, ": ");
                put_unescaped(&buf, text, (size_t)(at - text));
                buf_char(&buf, '\n');
            }
        }
        if (closes)
            name = NULL;
        at = end + 1;
    }
    return arena_text_n(arena, buf.ptr, buf.len);
}

const char *proof_answers(struct arena *arena, enum language language, struct form_fill *fill)
{
    const struct answer_part *parts;
    size_t count = assess_answers(arena, language, fill, ANSWERS_FAULTS, &parts);
    struct buf buf;
    buf_init(&buf, arena, 1024);
    for (size_t i = 0; i < count; i++) {
        if (!text_empty(parts[i].title))
            buf_format(&buf, "%s%s\n", buf.len > 0 ? "\n" : "", parts[i].title);
        for (size_t j = 0; j < parts[i].count; j++)
            buf_format(&buf, "%s\n", words_labelled(arena, parts[i].lines[j].label, parts[i].lines[j].words));
    }
    return arena_text_n(arena, buf.ptr, buf.len);
}
