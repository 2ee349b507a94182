/* A small tree of XML to write out: elements, attributes and text, laid out as pyxform lays them out. */
#ifndef AUSMA_PLATFORM_FORM_MARKUP_H
#define AUSMA_PLATFORM_FORM_MARKUP_H

#include "base/buf.h"

#include <stdbool.h>

struct markup_attribute {
    const char *name, *value;
    struct markup_attribute *next;
};

struct markup {
    const char *name; /* NULL: text */
    const char *text;
    struct markup_attribute *attributes; /* sorted as canonical XML sorts them */
    struct markup *parent, *first, *last, *next;
    struct arena *arena;
};

struct markup *markup_new(struct arena *arena, const char *name);
struct markup *markup_add(struct markup *parent, const char *name);
void markup_text(struct markup *parent, const char *text);
/* Sets an attribute; a second time changes it. */
void markup_set(struct markup *element, const char *name, const char *value);
/* Puts a whole element under another one. */
void markup_put(struct markup *parent, struct markup *child);
void markup_write(struct buf *buf, const struct markup *element);

#endif
