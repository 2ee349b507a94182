#include "platform/form/xform_read.h"

#include "base/text.h"
#include "platform/form/xml.h"

/* ---- helpers ---- */

bool xform_is(const xmlNode *element, const char *name)
{
    return element->type == XML_ELEMENT_NODE && strcmp((const char *)element->name, name) == 0;
}

xmlNode *xform_child(const xmlNode *parent, const char *name)
{
    for (xmlNode *child = parent == NULL ? NULL : parent->children; child != NULL; child = child->next)
        if (xform_is(child, name))
            return child;
    return NULL;
}

const char *xform_attribute(const struct xform_reader *r, const xmlNode *element, const char *name)
{
    for (const xmlAttr *at = element == NULL ? NULL : element->properties; at != NULL; at = at->next) {
        if (strcmp((const char *)at->name, name) != 0)
            continue;
        if (at->children == NULL)
            return "";
        if (at->children->next == NULL && at->children->content != NULL)
            return arena_text(r->scratch, (const char *)at->children->content);
        return xform_content(r->scratch, (const xmlNode *)at);
    }
    return NULL;
}

static void add_content(struct buf *buf, const xmlNode *node, int depth)
{
    for (const xmlNode *child = node->children; child != NULL && depth < TREE_DEPTH_MAX; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            buf_text(buf, (const char *)child->content);
        else if (child->type == XML_ELEMENT_NODE)
            add_content(buf, child, depth + 1);
    }
}

const char *xform_content(struct arena *arena, const xmlNode *element)
{
    struct buf buf;
    buf_init(&buf, arena, 32);
    add_content(&buf, element, 0);
    return text_trim(arena, buf.ptr);
}

/* "orx:meta" as it is written. */
static const char *qualified(struct arena *arena, const xmlNode *element)
{
    if (element->ns == NULL || element->ns->prefix == NULL)
        return arena_text(arena, (const char *)element->name);
    return arena_format(arena, "%s:%s", element->ns->prefix, element->name);
}

/* ---- problems ---- */

void xform_note(struct xform_reader *r, enum form_problem_code code, const struct form_node *node, enum xform_part part,
                const char *detail, bool warning)
{
    static const char *const rules[PARTS] = {"",
                                             "label",
                                             "hint",
                                             "relevant",
                                             "required",
                                             "readonly",
                                             "constraint",
                                             "jr:constraintMsg",
                                             "jr:requiredMsg",
                                             "calculate",
                                             "default",
                                             "itemset",
                                             "jr:count",
                                             "setvalue"};
    r->error_count += !warning;
    if (r->problem_count == FORM_PROBLEMS_MAX)
        return;
    struct form_problem *problem = &r->problems[r->problem_count++];
    *problem = (struct form_problem){.code = code, .warning = warning, .sheet = "", .column = "", .heading = ""};
    problem->detail = arena_text(r->arena, detail);
    if (r->origin != NULL) {
        r->origin->locate(r->origin->data, node == NULL ? "" : node->path, part, problem);
        problem->sheet = arena_text(r->arena, problem->sheet);
        problem->column = arena_text(r->arena, problem->column);
        problem->heading = arena_text(r->arena, problem->heading);
    } else if (node != NULL) {
        problem->heading = rules[part];
        problem->sheet = node->path;
    }
}

const struct xpath_expr *xform_parse(struct xform_reader *r, const char *text, const struct form_node *node,
                                     enum xform_part part)
{
    const struct xpath_expr *expr = NULL;
    struct xpath_fault fault = {0};
    if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
        return NULL;
    if (xpath_parse_in(r->arena, text, r->form->nodes == NULL ? NULL : r->form->nodes[0], &expr, &fault) != OK)
        xform_note(r, fault.code, node, part, fault.detail, false);
    return expr;
}

/* ---- the tree of questions ---- */

static int by_path(const void *a, const void *b)
{
    const struct form_node *const *left = a, *const *right = b;
    return strcmp((*left)->path, (*right)->path);
}

static struct form_node *xform_find(const struct xform_reader *r, const char *path)
{
    size_t low = 0, high = r->form->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(r->by_path[middle]->path, path);
        if (order == 0)
            return r->by_path[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct form_node *add_node(struct xform_reader *r, struct form_node *parent, const xmlNode *element)
{
    struct form *form = r->form;
    struct form_node *node = ARENA_NEW(r->arena, struct form_node);
    *node = (struct form_node){.type = FORM_CALCULATE, .index = form->count, .parent = parent};
    node->name = qualified(r->arena, element);
    node->path = arena_format(r->arena, "%s/%s", parent == NULL ? "" : parent->path, node->name);
    node->depth = parent == NULL ? 0 : parent->depth + 1;
    node->appearance = node->parameters = node->initial = node->itemset = "";
    form->nodes[form->count] = node;
    r->rules[form->count++] = ARENA_NEW(r->arena, struct form_rules);
    node->rules = r->rules[node->index];
    if (parent == NULL)
        return node;
    if (parent->last == NULL)
        parent->first = node;
    else
        parent->last->next = node;
    parent->last = node;
    return node;
}

static bool has_elements(const xmlNode *element)
{
    for (const xmlNode *child = element->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            return true;
    return false;
}

static struct form_node *child_called(const struct form_node *parent, const char *name)
{
    for (struct form_node *child = parent->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

/* meta holds what the form knows of itself: instanceID, the audit, entities. No question, so no node. */
static bool is_meta(const struct xform_reader *r, const xmlNode *element)
{
    return xform_is(element, "meta") && (element->parent == r->instance || xform_child(element, "entity") != NULL ||
                                         xform_child(element, "instanceID") != NULL);
}

static void read_tree(struct xform_reader *r, struct form_node *parent, const xmlNode *element)
{
    for (const xmlNode *child = element->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || is_meta(r, child))
            continue;
        struct form_node *there = child_called(parent, qualified(r->scratch, child));
        bool template = xform_attribute(r, child, "template") != NULL;
        if (there != NULL) { /* the template of a repeat came first */
            r->rules[there->index]->bare &= template;
            continue;
        }
        if (r->form->count >= FORM_NODES_MAX || parent->depth >= FORM_DEPTH_MAX) {
            xform_note(r, FORM_TOO_LARGE, parent, PART_NODE, "questions, or groups within groups", false);
            return;
        }
        struct form_node *node = add_node(r, parent, child);
        r->rules[node->index]->bare = template;
        if (has_elements(child)) {
            node->type = FORM_GROUP;
            read_tree(r, node, child);
        } else {
            const char *text = xform_content(r->arena, child);
            r->rules[node->index]->default_text = text[0] == '\0' ? NULL : text;
        }
    }
}

/* ---- binds ---- */

static const char *joined(struct arena *arena, const char *around, const char *path)
{
    path = text_trim(arena, path);
    if (path[0] == '/')
        return path;
    if (strcmp(path, ".") == 0)
        return around;
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    return arena_format(arena, "%s/%s", around, path);
}

struct form_node *xform_ref(const struct xform_reader *r, const xmlNode *element, const char *around)
{
    const char *ref = xform_attribute(r, element, "ref"), *bind = xform_attribute(r, element, "bind");
    if (ref == NULL)
        ref = xform_attribute(r, element, "nodeset");
    for (const xmlNode *at = bind == NULL ? NULL : r->model->children; at != NULL; at = at->next)
        if (xform_is(at, "bind") && text_same(xform_attribute(r, at, "id"), bind))
            ref = xform_attribute(r, at, "nodeset");
    return ref == NULL ? NULL : xform_find(r, joined(r->scratch, around, ref));
}

static void find_binds(struct xform_reader *r)
{
    const char *root = r->form->nodes[0]->path;
    for (xmlNode *bind = r->model->children; bind != NULL; bind = bind->next) {
        const char *nodeset = xform_is(bind, "bind") ? xform_attribute(r, bind, "nodeset") : NULL;
        struct form_node *node = nodeset == NULL ? NULL : xform_find(r, joined(r->scratch, root, nodeset));
        if (node != NULL)
            r->binds[node->index] = bind;
    }
}

static const char *bound(const struct xform_reader *r, const struct form_node *node, const char *name)
{
    return xform_attribute(r, r->binds[node->index], name);
}

/* ---- the body ---- */

static void note_control(struct xform_reader *r, xmlNode *element, const char *around, int depth);

static void walk_body(struct xform_reader *r, const xmlNode *parent, const char *around, int depth)
{
    if (depth > TREE_DEPTH_MAX)
        return;
    for (xmlNode *child = parent->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            note_control(r, child, around, depth);
}

bool xform_is_control(const xmlNode *element)
{
    static const char *const names[] = {"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (xform_is(element, names[i]))
            return true;
    return false;
}

static void note_control(struct xform_reader *r, xmlNode *element, const char *around, int depth)
{
    struct form_node *node = xform_ref(r, element, around);
    bool container = xform_is(element, "group") || xform_is(element, "repeat");
    if (node != NULL && xform_is(element, "repeat"))
        node->type = FORM_REPEAT;
    /* A group around a repeat names the same node: its label is the repeat's. */
    if (node != NULL && (container || xform_is_control(element)) && r->controls[node->index] == NULL)
        r->controls[node->index] = element;
    if (container)
        walk_body(r, element, node == NULL ? around : node->path, depth + 1);
}

/* ---- types ---- */

struct type_word {
    const char *word;
    enum form_type type;
};

static bool type_named(const struct type_word *words, const char *word, enum form_type *out)
{
    for (; words->word != NULL; words++)
        if (text_same(words->word, word)) {
            *out = words->type;
            return true;
        }
    return false;
}

static const char *without_prefix(const char *type)
{
    const char *colon = type == NULL ? NULL : strchr(type, ':');
    return colon == NULL ? type : colon + 1;
}

static enum form_type upload_type(const struct xform_reader *r, const xmlNode *control)
{
    const char *media = xform_attribute(r, control, "mediatype");
    if (media != NULL && text_starts(media, "image/"))
        return FORM_IMAGE;
    if (media != NULL && text_starts(media, "audio/"))
        return FORM_AUDIO;
    return media != NULL && text_starts(media, "video/") ? FORM_VIDEO : FORM_FILE;
}

static bool always_read_only(const struct xform_reader *r, const struct form_node *node)
{
    const char *rule = bound(r, node, "readonly");
    return rule != NULL && strcmp(text_trim(r->scratch, rule), "true()") == 0;
}

static enum form_type exact_type(const struct xform_reader *r, const struct form_node *node)
{
    static const struct type_word controls[] = {{"select1", FORM_SELECT_ONE},
                                                {"select", FORM_SELECT_MULTIPLE},
                                                {"rank", FORM_RANK},
                                                {"trigger", FORM_ACKNOWLEDGE},
                                                {0}};
    static const struct type_word types[] = {
        {"int", FORM_INTEGER},       {"integer", FORM_INTEGER},   {"decimal", FORM_DECIMAL},
        {"date", FORM_DATE},         {"time", FORM_TIME},         {"dateTime", FORM_DATE_TIME},
        {"geopoint", FORM_GEOPOINT}, {"geotrace", FORM_GEOTRACE}, {"geoshape", FORM_GEOSHAPE},
        {"barcode", FORM_BARCODE},   {"select1", FORM_TEXT},      {0}};
    const xmlNode *control = r->controls[node->index];
    enum form_type type = FORM_TEXT;
    if (bound(r, node, "preload") != NULL && control == NULL)
        return FORM_META;
    if (control == NULL || !xform_is_control(control))
        return FORM_CALCULATE;
    if (xform_is(control, "upload"))
        return upload_type(r, control);
    if (type_named(controls, (const char *)control->name, &type))
        return type;
    if (type_named(types, without_prefix(bound(r, node, "type")), &type))
        return type;
    if (xform_is(control, "range"))
        return FORM_DECIMAL;
    const struct form_rules *rules = r->rules[node->index];
    bool note = always_read_only(r, node) && bound(r, node, "calculate") == NULL && rules->default_text == NULL &&
                rules->default_value == NULL;
    return note ? FORM_NOTE : FORM_TEXT;
}

/* ---- rules ---- */

static const struct xpath_expr *rule(struct xform_reader *r, const struct form_node *node, const char *name,
                                     enum xform_part part)
{
    return xform_parse(r, bound(r, node, name), node, part);
}

static const char *written(const struct xform_reader *r, const struct form_node *node, const char *name)
{
    const char *text = bound(r, node, name);
    return text == NULL ? "" : arena_text(r->arena, text);
}

static enum form_meta meta_of(const struct xform_reader *r, const struct form_node *node)
{
    const char *parameters = bound(r, node, "preloadParams");
    if (text_same(parameters, "start"))
        return META_START;
    if (text_same(parameters, "end"))
        return META_END;
    return text_same(parameters, "today") ? META_TODAY : META_EMPTY;
}

static void read_range(struct xform_reader *r, const xmlNode *control, struct form_node *node)
{
    static const char *const names[] = {"start", "end", "step", "tick-interval", "placeholder", "rows"};
    struct buf buf;
    buf_init(&buf, r->arena, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = xform_attribute(r, control, names[i]);
        if (value != NULL)
            buf_format(&buf, "%s%s=%s", buf.len > 0 ? " " : "", names[i], value);
    }
    node->parameters = buf.ptr;
}

/* The repeat's own element inside the group that carries its label. */
static const xmlNode *repeat_element(const xmlNode *control)
{
    if (control == NULL || xform_is(control, "repeat"))
        return control;
    return xform_child(control, "repeat");
}

static void read_container(struct xform_reader *r, struct form_node *node, struct form_rules *rules)
{
    const xmlNode *repeat = node->type == FORM_REPEAT ? repeat_element(r->controls[node->index]) : NULL;
    if (repeat == NULL)
        return;
    rules->repeat_count = xform_parse(r, xform_attribute(r, repeat, "count"), node, PART_COUNT);
    const char *fixed = xform_attribute(r, repeat, "noAddRemove");
    rules->fixed_count = fixed != NULL && strncmp(fixed, "true", 4) == 0;
}

static void read_default(struct xform_reader *r, struct form_node *node, struct form_rules *rules)
{
    const char *value = NULL;
    if (rules->default_text == NULL || rules->list != NULL || rules->itemset != NULL)
        return;
    if (form_answer_check(r->scratch, node, rules->default_text, &value) != FORM_FINE)
        xform_note(r, FORM_VALUE_INVALID, node, PART_DEFAULT, rules->default_text, true);
}

static void read_rules(struct xform_reader *r, struct form_node *node)
{
    struct form_rules *rules = r->rules[node->index];
    xmlNode *control = r->controls[node->index];
    const char *appearance = xform_attribute(r, control, "appearance"), *fact = bound(r, node, "fact");
    if (node->type != FORM_GROUP && node->type != FORM_REPEAT)
        node->type = exact_type(r, node);
    node->appearance = appearance == NULL ? "" : arena_text(r->arena, appearance);
    node->fact = fact == NULL ? NULL : arena_text(r->arena, fact);
    node->relevance = written(r, node, "relevant");
    node->requirement = written(r, node, "required");
    node->constraint = written(r, node, "constraint");
    node->calculation = written(r, node, "calculate");
    if (node->initial[0] == '\0' && rules->default_text != NULL)
        node->initial = rules->default_text;
    rules->relevant = rule(r, node, "relevant", PART_RELEVANT);
    rules->required = rule(r, node, "required", PART_REQUIRED);
    rules->read_only = rule(r, node, "readonly", PART_READ_ONLY);
    rules->constraint = rule(r, node, "constraint", PART_CONSTRAINT);
    rules->calculation = rule(r, node, "calculate", PART_CALCULATION);
    rules->constraint_messages = xform_message(r, bound(r, node, "constraintMsg"), node, PART_CONSTRAINT_MESSAGE);
    rules->required_messages = xform_message(r, bound(r, node, "requiredMsg"), node, PART_REQUIRED_MESSAGE);
    rules->meta = meta_of(r, node);
    read_container(r, node, rules);
    if (control == NULL)
        return;
    rules->labels = xform_words(r, xform_child(control, "label"), node, PART_LABEL);
    rules->hints = xform_words(r, xform_child(control, "hint"), node, PART_HINT);
    rules->guidance = xform_words(r, xform_child(control, "hint"), node, PARTS);
    read_range(r, control, node);
    if (node->type == FORM_SELECT_ONE || node->type == FORM_SELECT_MULTIPLE || node->type == FORM_RANK)
        xform_read_choices(r, control, node, rules);
    read_default(r, node, rules);
}

/* ---- the whole ---- */

static xmlNode *first_element(const xmlNode *parent)
{
    xmlNode *child = parent == NULL ? NULL : parent->children;
    while (child != NULL && child->type != XML_ELEMENT_NODE)
        child = child->next;
    return child;
}

static bool find_parts(struct xform_reader *r, xmlNode *html)
{
    xmlNode *head = xform_child(html, "head");
    r->model = xform_child(head, "model");
    r->body = xform_child(html, "body");
    r->instance = first_element(xform_child(r->model, "instance"));
    const char *missing = !xform_is(html, "html") ? "h:html"
                          : r->model == NULL      ? "model"
                          : r->body == NULL       ? "h:body"
                          : r->instance == NULL   ? "instance"
                                                  : NULL;
    if (missing != NULL)
        xform_note(r, FORM_ELEMENT_MISSING, NULL, PART_NODE, missing, false);
    return missing == NULL;
}

static void make_room(struct xform_reader *r)
{
    struct form *form = r->form;
    form->nodes = ARENA_ARRAY(r->arena, struct form_node *, FORM_NODES_MAX + 1);
    r->rules = ARENA_ARRAY(r->scratch, struct form_rules *, FORM_NODES_MAX + 1);
}

static void index_nodes(struct xform_reader *r)
{
    struct form *form = r->form;
    r->by_path = ARENA_ARRAY(r->scratch, struct form_node *, form->count);
    r->binds = ARENA_ARRAY(r->scratch, xmlNode *, form->count);
    r->controls = ARENA_ARRAY(r->scratch, xmlNode *, form->count);
    memcpy(r->by_path, form->nodes, form->count * sizeof *r->by_path);
    qsort(r->by_path, form->count, sizeof *r->by_path, by_path);
    struct form_node **nodes = ARENA_ARRAY(r->arena, struct form_node *, form->count);
    memcpy(nodes, form->nodes, form->count * sizeof *nodes);
    form->nodes = nodes;
}

void xform_read_document(struct xform_reader *r, xmlNode *html)
{
    struct form *form = r->form;
    if (!find_parts(r, html))
        return;
    xform_read_names(r, html);
    xform_read_itext(r);
    make_room(r);
    struct form_node *root = add_node(r, NULL, r->instance);
    root->type = FORM_GROUP;
    read_tree(r, root, r->instance);
    if (r->error_count > 0)
        return;
    index_nodes(r);
    find_binds(r);
    walk_body(r, r->body, root->path, 0);
    xform_read_instances(r);
    xform_read_actions(r);
    for (size_t i = 0; i < form->count; i++)
        read_rules(r, form->nodes[i]);
    xform_read_instance_name(r);
    if (form->count < 2 && r->origin != NULL)
        xform_note(r, FORM_EMPTY, root, PART_NODE, "", false);
    if (r->error_count == 0)
        xform_order(r);
}
