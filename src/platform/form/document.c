#include "platform/form/document.h"

#include "base/buf.h"
#include "platform/form/model.h"
#include "platform/form/xml.h"

struct reading {
    struct arena *arena;
    struct xml xml;
    size_t depth, count;
};

static struct form_item *add(struct reading *r, struct form_item *parent, const char *name, const char *value)
{
    struct form_node *node = ARENA_NEW(r->arena, struct form_node);
    *node = (struct form_node){.name = name, .path = "", .appearance = "", .parameters = ""};
    struct form_item *item = ARENA_NEW(r->arena, struct form_item);
    *item = (struct form_item){.node = node, .path = "", .value = value, .relevant = true, .parent = parent};
    r->count++;
    return item;
}

static const char *qualified(struct reading *r)
{
    const xmlChar *name = xmlTextReaderConstName(r->xml.reader);
    return arena_text(r->arena, name == NULL ? "" : (const char *)name);
}

static void read_attributes(struct reading *r, struct form_item *item)
{
    struct form_item **last = &item->attributes;
    xmlTextReaderPtr reader = r->xml.reader;
    for (int more = xmlTextReaderMoveToFirstAttribute(reader); more == 1;
         more = xmlTextReaderMoveToNextAttribute(reader)) {
        const char *name = qualified(r);
        if (strncmp(name, "xmlns", 5) == 0)
            continue;
        *last = add(r, item, name, arena_text(r->arena, xml_text(&r->xml)));
        last = &(*last)->next;
    }
    (void)xmlTextReaderMoveToElement(reader);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* Text between elements is an item of its own; blanks there are layout. */
static void flush_text(struct reading *r, struct form_item *item, struct buf *text, bool at_end)
{
    if (at_end && item->first == NULL) {
        item->value = text->ptr;
        return;
    }
    if (!is_blank(text->ptr))
        form_item_link(add(r, item, XPATH_TEXT_NAME, text->ptr), item->last);
    buf_init(text, r->arena, 0);
}

static enum err read_element(struct reading *r, struct form_item *parent)
{
    if (++r->depth > DOCUMENT_DEPTH_MAX || r->count > DOCUMENT_NODES_MAX)
        return ERR_LIMIT;
    struct form_item *item = add(r, parent, qualified(r), "");
    form_item_link(item, parent->last);
    read_attributes(r, item);
    struct buf text;
    buf_init(&text, r->arena, 0);
    for (;;) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_DONE || event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event == XML_EVENT_TEXT)
            buf_text(&text, xml_text(&r->xml));
        if (event == XML_EVENT_START) {
            flush_text(r, item, &text, false);
            TRY(read_element(r, item));
        }
        if (event == XML_EVENT_END)
            break;
    }
    flush_text(r, item, &text, true);
    r->depth--;
    return OK;
}

enum err document_read(struct arena *arena, struct bytes xml, struct form_item **out)
{
    struct reading r = {.arena = arena};
    TRY(xml_open(arena, xml, &r.xml));
    struct form_item *document = add(&r, NULL, "", "");
    if (xml_next(&r.xml) != XML_EVENT_START)
        return ERR_BROKEN;
    TRY(read_element(&r, document));
    if (xml_next(&r.xml) != XML_EVENT_DONE)
        return ERR_BROKEN;
    *out = document;
    return OK;
}
