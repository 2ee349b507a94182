#include "platform/form/markup.h"

#include <string.h>

static struct markup *make(struct arena *arena, const char *name, const char *text)
{
    struct markup *element = ARENA_NEW(arena, struct markup);
    element->arena = arena;
    element->name = arena_text(arena, name);
    element->text = arena_text(arena, text);
    return element;
}

struct markup *markup_new(struct arena *arena, const char *name)
{
    return make(arena, name, NULL);
}

void markup_put(struct markup *parent, struct markup *child)
{
    child->parent = parent;
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
}

struct markup *markup_add(struct markup *parent, const char *name)
{
    struct markup *child = make(parent->arena, name, NULL);
    markup_put(parent, child);
    return child;
}

void markup_text(struct markup *parent, const char *text)
{
    if (text[0] != '\0')
        markup_put(parent, make(parent->arena, NULL, text));
}

/* ---- attributes, in the order of canonical XML: those without a prefix by name, then by the prefix's address ---- */

static int rank(const char *name)
{
    static const char *const prefixes[] = {"jr:", "orx:", "ausma:", "odk:", "entities:"};
    const char *colon = strchr(name, ':');
    if (colon == NULL || strncmp(name, "xmlns", 5) == 0)
        return 0;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return (int)i + 1;
    return 100;
}

static bool before(const char *a, const char *b)
{
    int left = rank(a), right = rank(b);
    return left != right ? left < right : strcmp(a, b) < 0;
}

void markup_set(struct markup *element, const char *name, const char *value)
{
    struct markup_attribute **at = &element->attributes;
    bool spaces = strncmp(name, "xmlns", 5) == 0; /* declarations stay in the order they are given */
    while (*at != NULL && strcmp((*at)->name, name) != 0 && (spaces || before((*at)->name, name)))
        at = &(*at)->next;
    if (*at == NULL || strcmp((*at)->name, name) != 0) {
        struct markup_attribute *attribute = ARENA_NEW(element->arena, struct markup_attribute);
        *attribute = (struct markup_attribute){arena_text(element->arena, name), NULL, *at};
        *at = attribute;
    }
    (*at)->value = arena_text(element->arena, value);
}

/* ---- writing ---- */

static void write_text(struct buf *buf, const char *text, bool attribute)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&': buf_text(buf, "&amp;"); break;
        case '<': buf_text(buf, "&lt;"); break;
        case '>': buf_text(buf, "&gt;"); break;
        case '"': buf_text(buf, attribute ? "&quot;" : "\""); break;
        case '\n': buf_text(buf, attribute ? "&#10;" : "\n"); break;
        case '\t': buf_text(buf, attribute ? "&#9;" : "\t"); break;
        case '\r': buf_text(buf, "&#13;"); break;
        default: buf_char(buf, *text);
        }
    }
}

static bool has_text(const struct markup *element)
{
    for (const struct markup *child = element->first; child != NULL; child = child->next)
        if (child->name == NULL)
            return true;
    return false;
}

static void start_tag(struct buf *buf, const struct markup *element)
{
    buf_char(buf, '<');
    buf_text(buf, element->name);
    for (const struct markup_attribute *at = element->attributes; at != NULL; at = at->next) {
        buf_format(buf, " %s=\"", at->name);
        write_text(buf, at->value, true);
        buf_char(buf, '"');
    }
    buf_text(buf, element->first == NULL ? "/>" : ">");
}

static void line(struct buf *buf, int depth)
{
    buf_char(buf, '\n');
    for (int i = 0; i < depth; i++)
        buf_text(buf, "  ");
}

/* `depth` below 0: text stands around, where every blank counts. */
static void write_element(struct buf *buf, const struct markup *element, int depth)
{
    if (element->name == NULL) {
        write_text(buf, element->text, false);
        return;
    }
    start_tag(buf, element);
    if (element->first == NULL)
        return;
    bool inside = depth >= 0 && !has_text(element);
    for (const struct markup *child = element->first; child != NULL; child = child->next) {
        if (inside)
            line(buf, depth + 1);
        write_element(buf, child, inside ? depth + 1 : -1);
    }
    if (inside)
        line(buf, depth);
    buf_format(buf, "</%s>", element->name);
}

void markup_write(struct buf *buf, const struct markup *element)
{
    buf_text(buf, "<?xml version=\"1.0\"?>\n");
    write_element(buf, element, 0);
    buf_char(buf, '\n');
}
