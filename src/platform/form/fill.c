#include "platform/form/model.h"

#include "base/text.h"
#include "base/time.h"

enum { SCRATCH_MAX = 8 << 20 };

/* ---- the tree ---- */

struct form_item *form_item_new(struct arena *arena, const struct form_node *node, struct form_item *parent)
{
    struct form_item *item = ARENA_NEW(arena, struct form_item);
    item->state = ARENA_NEW(arena, struct form_item_state);
    item->state->raw = item->value = item->path = "";
    item->node = node;
    item->parent = parent;
    item->relevant = true;
    return item;
}

void form_item_link(struct form_item *item, struct form_item *after)
{
    struct form_item *parent = item->parent;
    item->previous = after;
    item->next = after == NULL ? parent->first : after->next;
    if (item->next == NULL)
        parent->last = item;
    else
        item->next->previous = item;
    if (after == NULL)
        parent->first = item;
    else
        after->next = item;
}

static void unlink_item(struct form_item *item)
{
    struct form_item *parent = item->parent;
    if (item->previous == NULL)
        parent->first = item->next;
    else
        item->previous->next = item->next;
    if (item->next == NULL)
        parent->last = item->previous;
    else
        item->next->previous = item->previous;
}

static void set_path(struct arena *arena, struct form_item *item)
{
    const char *above = item->parent == NULL ? "" : item->parent->path;
    if (item->number > 0)
        item->path = arena_format(arena, "%s/%s[%u]", above, item->node->name, item->number);
    else
        item->path = arena_format(arena, "%s/%s", above, item->node->name);
    for (struct form_item *child = item->first; child != NULL; child = child->next)
        set_path(arena, child);
}

static struct form_item *add_item(struct form_fill *fill, struct form_item *parent, const struct form_node *node,
                                  struct form_item *after, unsigned number)
{
    struct form_item *item = form_item_new(fill->arena, node, parent);
    item->number = number;
    form_item_link(item, after);
    set_path(fill->arena, item);
    form_item_grow(fill, item);
    return item;
}

/* Repeats that people add to begin with one instance; with none those that are counted, and those that the form's template leaves out of
 * an instance that is added. */
void form_item_grow(struct form_fill *fill, struct form_item *item)
{
    for (const struct form_node *node = item->node->first; node != NULL; node = node->next)
        if (node->type != FORM_REPEAT)
            (void)add_item(fill, item, node, item->last, 0);
        else if (form_repeat_open(node) && !(fill->begun && node->rules->bare))
            (void)add_item(fill, item, node, item->last, 1);
}

const struct form_item *form_item_after(const struct form_item *item)
{
    if (item->first != NULL)
        return item->first;
    while (item != NULL && item->next == NULL)
        item = item->parent;
    return item == NULL ? NULL : item->next;
}

static struct form_item *root_of(const struct form_fill *fill)
{
    return fill->document->first;
}

const struct form_item *form_fill_root(const struct form_fill *fill)
{
    return root_of(fill);
}

const struct form *form_fill_form(const struct form_fill *fill)
{
    return fill->form;
}

void form_fill_language(struct form_fill *fill, size_t language)
{
    fill->language = language < fill->form->language_count ? language : fill->form->default_language;
    fill->fresh = true;
}

static void index_item(struct form_fill *fill, struct form_item *item)
{
    size_t at = item->node->index;
    item->state->next_same = NULL;
    if (fill->heads[at] == NULL)
        fill->heads[at] = item;
    else
        fill->tails[at]->state->next_same = item;
    fill->tails[at] = item;
    for (struct form_item *child = item->first; child != NULL; child = child->next)
        index_item(fill, child);
}

void form_fill_index(struct form_fill *fill)
{
    memset(fill->heads, 0, fill->form->count * sizeof *fill->heads);
    index_item(fill, root_of(fill));
}

/* ---- defaults ---- */

static const char *meta_value(const struct form_fill *fill, enum form_meta meta)
{
    switch (meta) {
    case META_START:
    case META_END: return xpath_print_now(fill->arena, fill->now);
    case META_TODAY: return time_date(fill->arena, fill->now);
    default: return "";
    }
}

static void set_defaults(struct form_fill *fill, struct form_item *item)
{
    const struct form_rules *rules = item->node->rules;
    const char *text = NULL;
    if (item->node->type == FORM_META)
        item->state->raw = meta_value(fill, rules->meta);
    else if (rules->default_text != NULL)
        item->state->raw = rules->default_text;
    else if (rules->default_value != NULL && form_fill_text(fill, rules->default_value, item, &text) == OK)
        item->state->raw = text;
    const char *value = "";
    if (form_answer_check(fill->arena, item->node, item->state->raw, &value) == FORM_FINE)
        item->value = value;
    for (struct form_item *child = item->first; child != NULL; child = child->next)
        set_defaults(fill, child);
}

static void free_scratch(void *handle)
{
    arena_free(handle);
}

struct form_fill *form_fill_new(struct arena *arena, const struct form *form, int64_t now, size_t language)
{
    static const struct form_node document_node = {.name = "", .path = "", .appearance = "", .parameters = ""};
    struct form_fill *fill = ARENA_NEW(arena, struct form_fill);
    *fill = (struct form_fill){.arena = arena, .form = form, .now = now, .steps = XPATH_STEPS_MAX};
    struct arena *scratch = arena_new(SCRATCH_MAX);
    fill->scratch = scratch;
    arena_defer(arena, free_scratch, scratch);
    form_fill_language(fill, language);
    fill->document = form_item_new(arena, &document_node, NULL);
    struct form_item *root = form_item_new(arena, form->nodes[0], NULL);
    fill->document->first = fill->document->last = root;
    set_path(arena, root);
    form_item_grow(fill, root);
    fill->begun = true;
    fill->heads = ARENA_ARRAY(arena, struct form_item *, form->count);
    fill->tails = ARENA_ARRAY(arena, struct form_item *, form->count);
    fill->dirty = ARENA_ARRAY(arena, struct form_item *, form->count);
    fill->dirty_places = ARENA_ARRAY(arena, uint64_t, form->count / 64 + 1);
    fill->fresh = true;
    form_fill_index(fill);
    set_defaults(fill, root);
    return fill;
}

/* ---- repeats ---- */

static struct form_item *last_instance(struct form_item *parent, const struct form_node *repeat)
{
    struct form_item *item = parent->last;
    while (item != NULL && item->node != repeat)
        item = item->previous;
    return item;
}

/* The child that stands before where the first instance of a repeat belongs. */
static struct form_item *before_repeat(struct form_item *parent, const struct form_node *repeat)
{
    struct form_item *item = parent->last;
    while (item != NULL && item->node->index > repeat->index)
        item = item->previous;
    return item;
}

static void add_instance(struct form_fill *fill, struct form_item *parent, const struct form_node *repeat)
{
    struct form_item *last = last_instance(parent, repeat);
    struct form_item *after = last == NULL ? before_repeat(parent, repeat) : last;
    struct form_item *item = add_item(fill, parent, repeat, after, last == NULL ? 1 : last->number + 1);
    set_defaults(fill, item);
}

void form_repeat_resize(struct form_fill *fill, struct form_item *parent, const struct form_node *repeat, size_t count)
{
    struct form_item *last = last_instance(parent, repeat);
    size_t have = last == NULL ? 0 : last->number;
    if (have == count)
        return;
    for (; have < count; have++)
        add_instance(fill, parent, repeat);
    for (; have > count; have--)
        unlink_item(last_instance(parent, repeat));
    form_fill_index(fill);
    fill->fresh = true;
}

/* ---- paths of items ---- */

struct segment {
    const char *name;
    size_t len;
    unsigned number; /* 0: none given */
};

/* Reads "/name[3]" and steps over it. */
static bool take_segment(const char **path, struct segment *out)
{
    if (**path != '/')
        return false;
    out->name = *path + 1;
    out->len = strcspn(out->name, "/[");
    out->number = 0;
    *path = out->name + out->len;
    if (**path == '[') {
        char *end = NULL;
        unsigned long number = strtoul(*path + 1, &end, 10);
        if (end == *path + 1 || *end != ']' || number < 1 || number > 100000)
            return false;
        out->number = (unsigned)number;
        *path = end + 1;
    }
    return out->len > 0;
}

static bool is_named(const struct form_node *node, const struct segment *segment)
{
    return strlen(node->name) == segment->len && strncmp(node->name, segment->name, segment->len) == 0;
}

static const struct form_node *child_node(const struct form_node *node, const struct segment *segment)
{
    const struct form_node *child = node->first;
    while (child != NULL && !is_named(child, segment))
        child = child->next;
    return child;
}

static struct form_item *child_item(const struct form_item *item, const struct form_node *node, unsigned number)
{
    struct form_item *child = item->first;
    while (child != NULL && (child->node != node || child->number != number))
        child = child->next;
    return child;
}

/* The item at a path. Instances up to the one named are made when `make` says so, to at most FORM_REPEAT_MAX. */
static enum err resolve(struct form_fill *fill, const char *path, bool make, struct form_item **out)
{
    struct form_item *item = root_of(fill);
    struct segment segment;
    if (!take_segment(&path, &segment) || !is_named(item->node, &segment) || segment.number != 0)
        return ERR_NOT_FOUND;
    while (*path != '\0') {
        if (!take_segment(&path, &segment))
            return ERR_NOT_FOUND;
        const struct form_node *node = child_node(item->node, &segment);
        if (node == NULL || (node->type == FORM_REPEAT) != (segment.number > 0))
            return ERR_NOT_FOUND;
        struct form_item *child = child_item(item, node, segment.number);
        if (child == NULL && make && segment.number > FORM_REPEAT_MAX)
            return ERR_LIMIT;
        if (child == NULL && make && node->type == FORM_REPEAT) {
            form_repeat_resize(fill, item, node, segment.number);
            child = child_item(item, node, segment.number);
        }
        if (child == NULL)
            return ERR_NOT_FOUND;
        item = child;
    }
    *out = item;
    return OK;
}

const struct form_item *form_item_find(const struct form_fill *fill, const char *path)
{
    struct form_item *item = NULL;
    struct form_fill look = *fill;
    return resolve(&look, path, false, &item) == OK ? item : NULL;
}

static bool people_answer(const struct form_node *node)
{
    return node->type != FORM_GROUP && node->type != FORM_REPEAT && node->type != FORM_NOTE &&
           node->type != FORM_CALCULATE && node->type != FORM_META && node->rules->calculation == NULL;
}

static void note_set(struct form_fill *fill, const struct form_item *item)
{
    if (fill->set_count == fill->set_room) {
        fill->set_room = fill->set_room == 0 ? 8 : fill->set_room * 2;
        const struct form_item **wider = ARENA_ARRAY(fill->arena, const struct form_item *, fill->set_room);
        if (fill->set_count > 0)
            memcpy(wider, fill->set, fill->set_count * sizeof *wider);
        fill->set = wider;
    }
    fill->set[fill->set_count++] = item;
}

enum err form_fill_set(struct form_fill *fill, const char *path, const char *value)
{
    struct form_item *item = NULL;
    TRY(resolve(fill, path, true, &item));
    if (!people_answer(item->node))
        return ERR_NOT_FOUND;
    if (item->read_only)
        return OK;
    item->state->raw = text_trim(fill->arena, value);
    form_fill_touch(fill, item);
    if (item->node->rules->triggers != NULL)
        note_set(fill, item);
    return OK;
}

enum err form_fill_add(struct form_fill *fill, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct form_item *parent = NULL;
    struct segment segment;
    if (slash == NULL)
        return ERR_NOT_FOUND;
    TRY(resolve(fill, arena_text_n(fill->arena, path, (size_t)(slash - path)), true, &parent));
    if (!take_segment(&slash, &segment) || segment.number != 0 || *slash != '\0')
        return ERR_NOT_FOUND;
    const struct form_node *repeat = child_node(parent->node, &segment);
    if (repeat == NULL || repeat->type != FORM_REPEAT)
        return ERR_NOT_FOUND;
    if (!form_repeat_open(repeat))
        return ERR_CONFLICT;
    const struct form_item *last = last_instance(parent, repeat);
    size_t count = last == NULL ? 0 : last->number;
    if (count >= FORM_REPEAT_MAX)
        return ERR_LIMIT;
    form_repeat_resize(fill, parent, repeat, count + 1);
    return OK;
}

enum err form_fill_remove(struct form_fill *fill, const char *path)
{
    struct form_item *item = NULL;
    TRY(resolve(fill, path, false, &item));
    if (item->node->type != FORM_REPEAT)
        return ERR_NOT_FOUND;
    if (!form_repeat_open(item->node))
        return ERR_CONFLICT;
    unlink_item(item);
    for (struct form_item *next = item->next; next != NULL && next->node == item->node; next = next->next) {
        next->number--;
        set_path(fill->arena, next);
    }
    form_fill_index(fill);
    fill->fresh = true;
    return OK;
}

enum err form_fill_make(struct form_fill *fill, const char *path)
{
    struct form_item *item = NULL;
    return resolve(fill, path, true, &item);
}
