/* What a form is called, and how it calls its instances. */
#include "platform/form/xform_read.h"

#include "base/text.h"

static void put_attribute(struct buf *text, const char *name, const char *value)
{
    buf_format(text, " %s=\"", name);
    form_escape(text, value);
    buf_text(text, "\"");
}

/* What the instance's root says besides its id and version. */
static void read_root(struct xform_reader *r)
{
    struct buf text;
    const xmlNs *space = r->instance->ns;
    buf_init(&text, r->arena, 0);
    if (space != NULL && space->prefix == NULL &&
        !text_same((const char *)space->href, "http://www.w3.org/2002/xforms"))
        put_attribute(&text, "xmlns", (const char *)space->href);
    for (const xmlAttr *at = r->instance->properties; at != NULL; at = at->next) {
        bool own = at->ns != NULL || text_same((const char *)at->name, "id") ||
                   text_same((const char *)at->name, "version");
        const char *value = own ? NULL : xform_attribute(r, r->instance, (const char *)at->name);
        if (value != NULL)
            put_attribute(&text, (const char *)at->name, value);
    }
    r->form->root_attributes = text.len == 0 ? "" : text.ptr;
}

void xform_read_names(struct xform_reader *r, const xmlNode *html)
{
    const xmlNode *title = xform_child(xform_child(html, "head"), "title");
    const char *id = xform_attribute(r, r->instance, "id"), *version = xform_attribute(r, r->instance, "version");
    if (id == NULL)
        id = r->instance->ns == NULL ? "data" : (const char *)r->instance->ns->href;
    r->form->id = arena_text(r->arena, id);
    r->form->version = arena_text(r->arena, version == NULL ? "" : version);
    const char *destination = xform_attribute(r, r->model, "destination");
    r->form->destination = destination == NULL ? "" : arena_text(r->arena, destination);
    r->form->title = title == NULL ? r->form->id : xform_content(r->arena, title);
    read_root(r);
}

/* How the form calls its instances. A rule that cannot be read gives no name and keeps nobody from using the form. */
void xform_read_instance_name(struct xform_reader *r)
{
    static const char end[] = "/meta/instanceName";
    struct xpath_fault fault;
    for (xmlNode *bind = r->model->children; bind != NULL; bind = bind->next) {
        const char *nodeset = xform_is(bind, "bind") ? xform_attribute(r, bind, "nodeset") : NULL;
        const char *rule = nodeset == NULL ? NULL : xform_attribute(r, bind, "calculate");
        const char *path = rule == NULL ? "" : text_trim(r->scratch, nodeset);
        size_t len = strlen(path);
        if (len < strlen(end) || strcmp(path + len - strlen(end), end) != 0)
            continue;
        if (xpath_parse_in(r->arena, rule, r->form->nodes[0], &r->form->instance_name, &fault) != OK)
            r->form->instance_name = NULL;
    }
}
