#include "platform/form/xform_read.h"

#include "base/text.h"
#include "platform/form/document.h"
#include "platform/form/workbook.h"

/* ---- secondary instances as trees for expressions: instance / root / item / column ---- */

enum { LIST_ITEMS_MAX = 100000, LIST_DEPTH_MAX = 10 };

struct growing {
    struct xform_reader *r;
    struct form_list *list;
    size_t items;
    struct form_node **names; /* nodes are shared by name: a list has few columns and many rows */
    size_t name_count, name_room;
};

static const struct form_node *node_named(struct growing *g, const char *name)
{
    for (size_t i = 0; i < g->name_count; i++)
        if (strcmp(g->names[i]->name, name) == 0)
            return g->names[i];
    struct form_node *node = ARENA_NEW(g->r->arena, struct form_node);
    *node = (struct form_node){.name = arena_text(g->r->arena, name), .path = "", .appearance = "", .parameters = ""};
    if (g->name_count == g->name_room) {
        g->name_room = g->name_room == 0 ? 16 : g->name_room * 2;
        struct form_node **wider = ARENA_ARRAY(g->r->scratch, struct form_node *, g->name_room);
        if (g->name_count > 0)
            memcpy(wider, g->names, g->name_count * sizeof *wider);
        g->names = wider;
    }
    return g->names[g->name_count++] = node;
}

static struct form_item *add_item(struct growing *g, struct form_item *parent, const char *name, const char *value)
{
    struct form_item *item = ARENA_NEW(g->r->arena, struct form_item);
    *item = (struct form_item){
        .node = node_named(g, name), .path = "", .value = value, .relevant = true, .parent = parent};
    if (parent != NULL)
        form_item_link(item, parent->last);
    g->items++;
    return item;
}

static bool has_elements(const xmlNode *element)
{
    for (const xmlNode *child = element->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            return true;
    return false;
}

static void grow(struct growing *g, struct form_item *parent, const xmlNode *element, int depth)
{
    for (const xmlNode *child = element->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || depth > LIST_DEPTH_MAX || g->items > LIST_ITEMS_MAX)
            continue;
        bool inner = has_elements(child);
        const char *text = inner ? "" : xform_content(g->r->arena, child);
        struct form_item *item = add_item(g, parent, (const char *)child->name, text);
        if (inner)
            grow(g, item, child, depth + 1);
    }
}

/* ---- what is to be chosen in them ---- */

static const char *cell(const struct form_item *row, const char *name)
{
    for (const struct form_item *item = row->first; item != NULL; item = item->next)
        if (strcmp(item->node->name, name) == 0)
            return item->value;
    return NULL;
}

static size_t count_rows(const struct form_item *root)
{
    size_t count = 0;
    for (const struct form_item *row = root == NULL ? NULL : root->first; row != NULL; row = row->next)
        count++;
    return count;
}

/* The options of a list: by the names of the value's and label's columns. */
static void fill_options(struct xform_reader *r, struct form_list *list, const char *value, const char *label,
                         bool by_itext)
{
    const struct form_item *root = list->instance->first;
    list->options = ARENA_ARRAY(r->arena, struct form_option, count_rows(root) + 1);
    list->count = 0;
    for (const struct form_item *row = root == NULL ? NULL : root->first; row != NULL; row = row->next) {
        const char *code = cell(row, value), *text = cell(row, label);
        if (code == NULL || code[0] == '\0')
            continue;
        const char **labels = NULL;
        if (text != NULL && by_itext) {
            labels = xform_plain_words(r, text);
        } else if (text != NULL) {
            labels = ARENA_ARRAY(r->arena, const char *, r->form->language_count);
            labels[r->form->default_language] = text;
        }
        list->options[list->count++] = (struct form_option){code, labels, row};
    }
}

static struct form_list *add_list(struct xform_reader *r, const char *name)
{
    struct form_list *list = ARENA_NEW(r->arena, struct form_list);
    list->name = arena_text(r->arena, name);
    list->next = r->form->lists;
    r->form->lists = list;
    return list;
}

/* ---- lists in files ---- */

static void read_rows(struct growing *g, struct bytes file)
{
    struct form_item *root = add_item(g, g->list->instance, "root", "");
    const struct sheet_rows *rows = form_csv_rows(g->r->scratch, file);
    for (size_t i = 1; rows != NULL && i < rows->count && g->items < LIST_ITEMS_MAX; i++) {
        struct form_item *item = add_item(g, root, "item", "");
        for (size_t j = 0; j < rows->rows[0].count; j++) {
            const char *text = j < rows->rows[i].count ? rows->rows[i].texts[j] : "";
            (void)add_item(g, item, rows->rows[0].texts[j], arena_text(g->r->arena, text));
        }
    }
}

static void copy_items(struct growing *g, struct form_item *parent, const struct form_item *from)
{
    for (const struct form_item *child = from->first; child != NULL && g->items < LIST_ITEMS_MAX; child = child->next) {
        if (child->node->name[0] == '#')
            continue;
        struct form_item *item = add_item(g, parent, child->node->name, arena_text(g->r->arena, child->value));
        copy_items(g, item, child);
    }
}

static void read_file(struct xform_reader *r, struct growing *g, const char *address)
{
    const char *slash = strrchr(address, '/'), *name = slash == NULL ? address : slash + 1;
    size_t len = strlen(name);
    struct bytes file = {NULL, 0};
    struct form_item *document = NULL;
    g->list->unknown = r->source == NULL || !r->source->read(r->source->data, r->scratch, name, &file);
    if (g->list->unknown)
        return;
    if (len > 4 && strcmp(name + len - 4, ".csv") == 0)
        read_rows(g, file);
    else if (len > 4 && strcmp(name + len - 4, ".xml") == 0 && document_read(r->scratch, file, &document) == OK)
        copy_items(g, g->list->instance, document);
    else
        g->list->unknown = true;
}

void xform_read_instances(struct xform_reader *r)
{
    bool first = true;
    for (const xmlNode *at = r->model->children; at != NULL; at = at->next) {
        if (!xform_is(at, "instance"))
            continue;
        const char *id = xform_attribute(r, at, "id"), *source = xform_attribute(r, at, "src");
        if (!first && id != NULL) {
            struct growing g = {.r = r, .list = add_list(r, id)};
            g.list->instance = add_item(&g, NULL, "instance", "");
            if (source != NULL)
                read_file(r, &g, source);
            else
                grow(&g, g.list->instance, at, 0);
        }
        first = false;
    }
}

/* ---- the choices of a question ---- */

static struct form_list *list_named(const struct xform_reader *r, const char *name)
{
    for (struct form_list *list = r->form->lists; list != NULL; list = list->next)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

/* Choices that stand in the question itself. */
static struct form_list *inline_list(struct xform_reader *r, const xmlNode *control, const struct form_node *node)
{
    struct form_list *list = add_list(r, node->path);
    struct growing g = {.r = r, .list = list};
    size_t count = 0;
    list->instance = add_item(&g, NULL, "instance", "");
    for (const xmlNode *item = control->children; item != NULL; item = item->next)
        count += xform_is(item, "item");
    list->options = ARENA_ARRAY(r->arena, struct form_option, count + 1);
    for (const xmlNode *item = control->children; item != NULL; item = item->next) {
        const xmlNode *value = xform_is(item, "item") ? xform_child(item, "value") : NULL;
        if (value == NULL)
            continue;
        const struct form_words *words = xform_words(r, xform_child(item, "label"), node, PART_LABEL);
        const char **labels = ARENA_ARRAY(r->arena, const char *, r->form->language_count);
        for (size_t i = 0; words != NULL && i < r->form->language_count; i++)
            labels[i] = words[i].raw[0] == '\0' ? NULL : words[i].raw;
        list->options[list->count++] = (struct form_option){xform_content(r->arena, value), labels, NULL};
    }
    return list;
}

static bool is_call(const struct xpath_expr *expr, const char *name)
{
    return expr->op == XPATH_CALL && strcmp(expr->function->name, name) == 0;
}

/* instance('list')/root/item[filter]: the list and its filter; false for anything else. */
static bool whole_list(struct xform_reader *r, const struct xpath_expr *nodeset, struct form_rules *rules)
{
    if (nodeset->op != XPATH_PATH || nodeset->arg_count != 1 || !is_call(nodeset->args[0], "instance") ||
        nodeset->step_count != 2 || nodeset->args[0]->args[0]->op != XPATH_LITERAL_TEXT)
        return false;
    const struct xpath_step *last = &nodeset->steps[1];
    if (nodeset->steps[0].predicate_count > 0 || last->predicate_count > 1)
        return false;
    rules->list = list_named(r, nodeset->args[0]->args[0]->text);
    if (last->predicate_count == 1)
        rules->choice_filter = last->predicates[0];
    return rules->list != NULL;
}

/* "name" of a ref that is a column, or of "jr:itext(itextId)". */
static const char *column_of(struct xform_reader *r, const xmlNode *element, const char *otherwise, bool *by_itext)
{
    const char *ref = element == NULL ? NULL : xform_attribute(r, element, "ref");
    *by_itext = ref != NULL && text_starts(ref, "jr:itext(");
    if (*by_itext)
        ref = arena_text_n(r->scratch, ref + 9, strcspn(ref + 9, ")"));
    return ref == NULL ? otherwise : text_trim(r->arena, ref);
}

static void read_itemset(struct xform_reader *r, const xmlNode *itemset, struct form_node *node,
                         struct form_rules *rules)
{
    bool by_itext = false, ignored = false;
    const char *value = column_of(r, xform_child(itemset, "value"), "name", &ignored);
    const char *label = column_of(r, xform_child(itemset, "label"), "label", &by_itext);
    const struct xpath_expr *nodeset = xform_parse(r, xform_attribute(r, itemset, "nodeset"), node, PART_CHOICES);
    node->itemset = arena_text(r->arena, xform_attribute(r, itemset, "nodeset"));
    if (nodeset == NULL)
        return;
    if (is_call(nodeset, "randomize")) {
        rules->shuffled = true;
        rules->shuffle = nodeset->arg_count > 1 ? nodeset->args[1] : NULL;
        nodeset = nodeset->args[0];
    }
    if (whole_list(r, nodeset, rules)) {
        struct form_list *list = list_named(r, rules->list->name);
        if (list->options == NULL && !list->unknown)
            fill_options(r, list, value, label, by_itext);
        return;
    }
    rules->itemset = nodeset;
    rules->item_value = value;
    rules->item_label = label;
}

void xform_read_choices(struct xform_reader *r, xmlNode *control, struct form_node *node, struct form_rules *rules)
{
    const xmlNode *itemset = xform_child(control, "itemset");
    if (itemset != NULL)
        read_itemset(r, itemset, node, rules);
    else
        rules->list = inline_list(r, control, node);
    if (rules->list == NULL && rules->itemset == NULL)
        xform_note(r, FORM_LIST_UNKNOWN, node, PART_CHOICES, "", false);
}
