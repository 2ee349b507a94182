/* A fill's answers as an XML instance, as ODK's tools know it. */
#include "platform/form/model.h"

#include "base/text.h"
#include "platform/form/xml.h"

enum { XML_MAX = 4 << 20 };

/* ---- writing ---- */

void form_escape(struct buf *buf, const char *text)
{
    for (size_t len = strcspn(text, "&<>\""); text[0] != '\0'; len = strcspn(text, "&<>\"")) {
        buf_add(buf, text, len);
        text += len;
        if (*text == '\0')
            return;
        buf_text(buf, *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : "&quot;");
        text++;
    }
}

static bool is_container(const struct form_node *node)
{
    return node->type == FORM_GROUP || node->type == FORM_REPEAT;
}

/* How much is written. */
enum extent {
    WHOLE,     /* all that was typed, relevant or not */
    ANSWERED,  /* relevant answers */
    SUBMITTED, /* the same, and notes, which are elements of the instance */
};

static void write_item(struct buf *buf, const struct form_item *item, enum extent extent);

static void write_inside(struct buf *buf, const struct form_item *item, enum extent extent)
{
    const char *raw = item->state->raw;
    if (!is_container(item->node))
        form_escape(buf, extent == WHOLE && text_check(raw, strlen(raw)) ? raw : item->value);
    for (const struct form_item *child = item->first; child != NULL; child = child->next)
        write_item(buf, child, extent);
}

static void write_item(struct buf *buf, const struct form_item *item, enum extent extent)
{
    if ((item->node->type == FORM_NOTE && extent != SUBMITTED) || (!item->relevant && extent != WHOLE))
        return;
    buf_format(buf, "<%s>", item->node->name);
    write_inside(buf, item, extent);
    buf_format(buf, "</%s>", item->node->name);
}

/* The moment of the end is the moment of writing. */
static void set_end(struct form_fill *fill)
{
    for (size_t i = 0; i < fill->form->count; i++)
        for (struct form_item *item = fill->heads[i]; item != NULL; item = item->state->next_same)
            if (item->node->rules->meta == META_END)
                item->value = item->state->raw = xpath_print_now(fill->arena, fill->now);
}

static void open_root(struct buf *buf, const struct form *form, const char *attributes)
{
    buf_format(buf, "<%s%s id=\"", form->nodes[0]->name, attributes);
    form_escape(buf, form->id);
    buf_text(buf, "\" version=\"");
    form_escape(buf, form->version);
    buf_text(buf, "\">");
}

static struct bytes close_root(struct buf *buf, const struct form *form)
{
    buf_format(buf, "</%s>", form->nodes[0]->name);
    return (struct bytes){(const uint8_t *)buf->ptr, buf->len};
}

struct bytes form_fill_write_xml(struct form_fill *fill, bool whole)
{
    struct buf buf;
    set_end(fill);
    buf_init(&buf, fill->arena, 4096);
    open_root(&buf, fill->form, "");
    write_inside(&buf, form_fill_root(fill), whole ? WHOLE : ANSWERED);
    return close_root(&buf, fill->form);
}

struct bytes form_fill_instance(struct form_fill *fill, const char *instance_id)
{
    struct buf buf;
    const char *name = "";
    buf_init(&buf, fill->arena, 4096);
    open_root(&buf, fill->form, fill->form->root_attributes);
    write_inside(&buf, form_fill_root(fill), SUBMITTED);
    buf_text(&buf, "<meta><instanceID>");
    form_escape(&buf, instance_id);
    buf_text(&buf, "</instanceID>");
    /* A name that cannot be worked out is an empty one. */
    if (fill->form->instance_name != NULL &&
        form_fill_text(fill, fill->form->instance_name, form_fill_root(fill), &name) == OK) {
        buf_text(&buf, "<instanceName>");
        form_escape(&buf, name);
        buf_text(&buf, "</instanceName>");
    }
    buf_text(&buf, "</meta>");
    return close_root(&buf, fill->form);
}

/* ---- reading ---- */

struct reading {
    struct form_fill *fill;
    struct bytes data;
    struct xml xml;
    struct form_item *root;
};

/* Items for everything but repeats, whose instances come from the XML. */
static void grow_plain(struct arena *arena, struct form_item *item)
{
    for (const struct form_node *node = item->node->first; node != NULL; node = node->next)
        if (node->type != FORM_REPEAT) {
            struct form_item *child = form_item_new(arena, node, item);
            child->path = arena_format(arena, "%s/%s", item->path, node->name);
            form_item_link(child, item->last);
            grow_plain(arena, child);
        }
}

static struct form_item *new_instance(struct arena *arena, struct form_item *parent, const struct form_node *node)
{
    struct form_item *after = parent->last;
    while (after != NULL && after->node->index > node->index)
        after = after->previous;
    struct form_item *item = form_item_new(arena, node, parent);
    item->number = after != NULL && after->node == node ? after->number + 1 : 1;
    item->path = arena_format(arena, "%s/%s[%u]", parent->path, node->name, item->number);
    form_item_link(item, after);
    grow_plain(arena, item);
    return item;
}

/* The item that an element just started is for; NULL when the form has none. */
static struct form_item *item_for(struct reading *r, struct form_item *parent)
{
    const struct form_node *node = parent->node->first;
    while (node != NULL && !xml_is(&r->xml, node->name))
        node = node->next;
    if (node == NULL)
        return NULL;
    if (node->type == FORM_REPEAT) {
        struct form_item *item = new_instance(r->fill->arena, parent, node);
        return item->number <= FORM_REPEAT_MAX ? item : NULL;
    }
    struct form_item *item = parent->first;
    while (item != NULL && item->node != node)
        item = item->next;
    return item;
}

static enum err read_leaf(struct reading *r, struct form_item *item)
{
    struct buf buf;
    buf_init(&buf, r->fill->scratch, 64);
    for (;;) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_END)
            break;
        if (event != XML_EVENT_TEXT)
            return ERR_BROKEN;
        buf_text(&buf, xml_text(&r->xml));
    }
    item->state->raw = text_trim(r->fill->arena, buf.ptr);
    return OK;
}

static enum err read_children(struct reading *r, struct form_item *item)
{
    for (;;) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_END)
            return OK;
        if (event == XML_EVENT_TEXT)
            continue;
        if (event != XML_EVENT_START)
            return ERR_BROKEN;
        struct form_item *child = item_for(r, item);
        if (child == NULL && item->parent == NULL && xml_is(&r->xml, "meta")) {
            if (!xml_skip(&r->xml))
                return ERR_BROKEN;
            continue;
        }
        if (child == NULL)
            return ERR_BROKEN;
        TRY(is_container(child->node) ? read_children(r, child) : read_leaf(r, child));
    }
}

static enum err read_all(void *data)
{
    struct reading *r = data;
    const struct form *form = r->fill->form;
    struct arena *scratch = r->fill->scratch;
    TRY(xml_open(scratch, r->data, &r->xml));
    if (xml_next(&r->xml) != XML_EVENT_START || !xml_is(&r->xml, form->nodes[0]->name))
        return ERR_BROKEN;
    const char *version = xml_attribute(&r->xml, scratch, "version");
    if (!text_same(xml_attribute(&r->xml, scratch, "id"), form->id) ||
        !text_same(version == NULL ? "" : version, form->version))
        return ERR_CONFLICT;
    r->root = form_item_new(r->fill->arena, form->nodes[0], NULL);
    r->root->path = form->nodes[0]->path;
    grow_plain(r->fill->arena, r->root);
    TRY(read_children(r, r->root));
    return xml_next(&r->xml) == XML_EVENT_DONE ? OK : ERR_BROKEN;
}

enum err form_fill_read_xml(struct form_fill *fill, struct bytes xml)
{
    struct reading reading = {.fill = fill, .data = xml};
    if (xml.len > XML_MAX)
        return ERR_LIMIT;
    enum err result = arena_try(fill->scratch, read_all, &reading);
    arena_reset(fill->scratch);
    if (result != OK)
        return result;
    fill->document->first = fill->document->last = reading.root;
    form_fill_index(fill);
    fill->fresh = true;
    fill->set_count = 0;
    return OK;
}
