/* A form while it is filled in: from the request into the engine, and from the engine to the page. */
#include "case/assess/rules.h"
#include "case/assess/views.h"

#include "base/text.h"

#include <jansson.h>

#define PREFIX "q."

/* ---- from the request ---- */

struct typed {
    const char *path;
    const char *value; /* of several with the same name: joined by blanks */
    struct answer_boxes boxes;
    bool boxed;
};

static struct typed *typed_find(struct typed *list, size_t *count, const char *path, size_t len)
{
    /* Fields of one question stand together. */
    for (size_t i = *count; i > 0 && i + 4 > *count; i--) {
        if (strlen(list[i - 1].path) == len && strncmp(list[i - 1].path, path, len) == 0)
            return &list[i - 1];
    }
    return NULL;
}

static size_t typed_list(struct req *r, struct typed **out)
{
    const struct http_field *fields;
    size_t field_count = field_rest(r, PREFIX, &fields);
    struct typed *list = ARENA_ARRAY(r->arena, struct typed, field_count);
    size_t count = 0;
    for (size_t i = 0; i < field_count; i++) {
        const char *value = (const char *)fields[i].value.ptr;
        size_t name = strlen(fields[i].name);
        /* "/data/day|m": one box of several. */
        bool boxed = name > 2 && fields[i].name[name - 2] == '|';
        size_t len = boxed ? name - 2 : name;
        struct typed *one = typed_find(list, &count, fields[i].name, len);
        if (one == NULL) {
            one = &list[count++];
            *one = (struct typed){.path = arena_text_n(r->arena, fields[i].name, len), .value = ""};
        }
        if (boxed && assess_box_set(&one->boxes, fields[i].name[name - 1], value))
            one->boxed = true;
        else if (!text_empty(value))
            one->value = text_empty(one->value) ? value : arena_format(r->arena, "%s %s", one->value, value);
    }
    *out = list;
    return count;
}

/* The question that a path with numbers of instances leads to: "/data/child[2]/age" is "/data/child/age". */
static const struct form_node *node_of(struct arena *arena, const struct form *form, const char *path)
{
    char *plain = arena_text(arena, path);
    char *to = plain;
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '[')
            at += strcspn(at, "]");
        else
            *to++ = *at;
        if (*at == '\0')
            break;
    }
    *to = '\0';
    return form_node_find(form, plain);
}

enum err fill_take(struct req *r, struct form_fill *fill)
{
    struct typed *list;
    size_t count = typed_list(r, &list);
    for (size_t i = 0; i < count; i++) {
        const struct form_node *node = node_of(r->arena, form_fill_form(fill), list[i].path);
        enum form_type type = node == NULL ? FORM_TEXT : node->type;
        if (fill_is_file(fill, node, list[i].path, list[i].value))
            continue;
        const char *value = list[i].boxed ? assess_box_join(r->arena, type, &list[i].boxes)
                                          : assess_answer_typed(r->arena, type, list[i].value);
        enum err set = form_fill_set(fill, list[i].path, value);
        if (set != OK)
            return set == ERR_NOT_FOUND ? err_note(ERR_INPUT, "an answer to a question that the form does not have")
                                        : set;
    }
    return OK;
}

bool fill_sent(struct req *r)
{
    const struct http_field *fields;
    return field_rest(r, PREFIX, &fields) > 0;
}

size_t fill_language(struct req *r, const struct form *form, const char *otherwise)
{
    const char *asked = field_text(r, "language");
    if (text_empty(asked))
        asked = field_text(r, "spoken");
    return form_language_find(form, text_empty(asked) ? otherwise : asked);
}

const char *fill_language_code(const struct fill_view *v)
{
    const struct form_language *languages;
    (void)form_languages(form_fill_form(v->fill), &languages);
    return languages[v->language].code;
}

/* ---- to the page ---- */

static bool shown(const struct form_node *node)
{
    return node->type != FORM_CALCULATE && node->type != FORM_META;
}

static size_t instances_of(const struct fill_view *v, const struct form_item *parent, const struct form_node *node,
                           const struct form_item ***out)
{
    size_t count = 0;
    for (const struct form_item *at = parent->first; at != NULL; at = at->next)
        count += at->node == node && at->number > 0;
    const struct form_item **list = ARENA_ARRAY(v->r->arena, const struct form_item *, count);
    size_t i = 0;
    for (const struct form_item *at = parent->first; at != NULL; at = at->next) {
        if (at->node == node && at->number > 0)
            list[i++] = at;
    }
    *out = list;
    return count;
}

static const struct form_item *child_of(const struct form_item *parent, const struct form_node *node)
{
    const struct form_item *at = parent->first;
    while (at != NULL && at->node != node)
        at = at->next;
    return at;
}

size_t fill_slots(const struct fill_view *v, const struct form_item *parent, const struct fill_slot **out)
{
    size_t most = 0;
    for (const struct form_node *node = parent->node->first; node != NULL; node = node->next)
        most++;
    struct fill_slot *slots = ARENA_ARRAY(v->r->arena, struct fill_slot, most);
    size_t count = 0;
    for (const struct form_node *node = parent->node->first; node != NULL; node = node->next) {
        struct fill_slot slot = {.node = node, .item = child_of(parent, node)};
        if (!shown(node) || (slot.item == NULL && node->type != FORM_REPEAT))
            continue;
        slot.kind = node->type == FORM_REPEAT  ? SLOT_REPEAT
                    : node->type == FORM_GROUP ? SLOT_GROUP
                    : node->type == FORM_NOTE  ? SLOT_NOTE
                                               : SLOT_QUESTION;
        if (slot.kind == SLOT_REPEAT) {
            slot.path = arena_format(v->r->arena, "%s/%s", parent->path, node->name);
            slot.count = instances_of(v, parent, node, &slot.instances);
            slot.open = form_repeat_open(node);
        }
        slots[count++] = slot;
    }
    *out = slots;
    return count;
}

const char *fill_error(const struct fill_view *v, const struct form_item *item)
{
    if (item->error == FORM_FINE || !item->relevant || (item->error == FORM_MISSING && !v->missing))
        return NULL;
    return assess_wrong(v->r->language, item);
}

size_t fill_errors(const struct fill_view *v, const struct fill_wrong **out)
{
    size_t most = 0;
    const struct form_item *root = form_fill_root(v->fill);
    for (const struct form_item *at = root; at != NULL; at = form_item_after(at))
        most += fill_error(v, at) != NULL;
    struct fill_wrong *list = ARENA_ARRAY(v->r->arena, struct fill_wrong, most);
    size_t count = 0;
    for (const struct form_item *at = root; at != NULL; at = form_item_after(at)) {
        if (fill_error(v, at) != NULL)
            list[count++] = (struct fill_wrong){at, fill_error(v, at)};
    }
    *out = list;
    return count;
}

const char *fill_typed(const struct form_item *item)
{
    if (!item->relevant)
        return form_item_raw(item);
    return item->typed != NULL ? item->typed : item->value;
}

const char *fill_typed_number(const struct fill_view *v, const struct form_item *item)
{
    const char *typed = fill_typed(item);
    return item->node->type == FORM_DECIMAL ? decimal_in_words(v->r->arena, v->r->language, typed) : typed;
}

bool fill_ticked(const struct form_item *item, const char *choice)
{
    size_t len = strlen(choice);
    for (const char *at = fill_typed(item); *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(at, choice, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool fill_short(const struct form_choice *choices, size_t count)
{
    enum { SHORT = 24 };
    for (size_t i = 0; i < count; i++) {
        if (text_length(choices[i].label) > SHORT)
            return false;
    }
    return true;
}

const char *fill_box(const struct fill_view *v, const struct form_item *item, char which)
{
    return assess_box(v->r->arena, item->node->type, fill_typed(item), which);
}

const char *fill_lines(const struct fill_view *v, const struct form_item *item)
{
    return assess_place_lines(v->r->arena, fill_typed(item));
}

bool fill_range(const struct fill_view *v, const struct form_item *item, struct answer_range *out)
{
    return assess_range(v->r->arena, item->node->parameters, out);
}

/* The code that a person put at a place of a ranking, from 0. */
bool fill_ranked(const struct form_item *item, ptrdiff_t place, const char *choice)
{
    const char *at = fill_typed(item);
    for (; place > 0 && *at != '\0'; place--) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    size_t len = strcspn(at, " ");
    return place == 0 && len > 0 && strlen(choice) == len && strncmp(at, choice, len) == 0;
}

bool fill_multiline(const struct form_item *item)
{
    return strstr(item->node->appearance, "multiline") != NULL;
}

bool fill_dropdown(const struct form_item *item, size_t choices)
{
    enum { RADIOS_MAX = 12 };
    return strstr(item->node->appearance, "minimal") != NULL ||
           strstr(item->node->appearance, "autocomplete") != NULL || choices > RADIOS_MAX;
}

const char *fill_words(const struct fill_view *v, const struct form_item *item)
{
    return assess_words(v->r->arena, v->r->language, v->fill, item);
}

const char *fill_earlier(const struct fill_view *v, const struct form_item *item)
{
    const struct form_choice *choices;
    const char *value = NULL;
    for (size_t i = 0; item->node->fact != NULL && i < v->earlier_count; i++) {
        if (!text_same(v->earlier[i].fact, item->node->fact))
            continue;
        if (value != NULL) /* one for each instance of a repeat: nobody knows which belongs to which */
            return NULL;
        value = v->earlier[i].value;
    }
    size_t count = value == NULL
                       ? 0
                       : form_choices(v->r->arena, form_fill_form(v->fill), item->node, v->language, &choices);
    for (size_t i = 0; i < count; i++)
        if (text_same(choices[i].name, value))
            return choices[i].label;
    return item->node->type == FORM_DECIMAL ? decimal_in_words(v->r->arena, v->r->language, value) : value;
}

bool fill_answered(const struct form_item *item)
{
    if (!item->relevant || !shown(item->node))
        return false;
    if (item->node->type != FORM_GROUP && item->node->type != FORM_REPEAT)
        return item->node->type != FORM_NOTE && !text_empty(item->value);
    for (const struct form_item *at = item->first; at != NULL; at = at->next) {
        if (fill_answered(at))
            return true;
    }
    return false;
}

/* ---- to the script ---- */

static void item_state(const struct fill_view *v, const struct form_item *item, json_t *items)
{
    const char *name = arena_format(v->r->arena, PREFIX "%s", item->path);
    const char *error = fill_error(v, item);
    const char *value = NULL;
    bool group = item->node->type == FORM_GROUP || item->node->type == FORM_REPEAT;
    if (item->node->type == FORM_NOTE)
        value = form_item_label(v->fill, item);
    else if (!group && item->read_only)
        value = fill_words(v, item);
    json_t *state = json_pack("{s:s,s:b}", "name", name, "relevant", item->relevant);
    if (value != NULL)
        (void)json_object_set_new(state, "value", json_string(value));
    else if (!group)
        (void)json_object_set_new(state, "error", error == NULL ? json_null() : json_string(error));
    (void)json_array_append_new(items, state);
}

static void json_close(void *handle)
{
    json_decref(handle);
}

enum err fill_state_send(const struct fill_view *v)
{
    json_t *items = json_array();
    json_t *all = json_pack("{s:o}", "items", items);
    if (all == NULL)
        return ERR_LIMIT;
    arena_defer(v->r->arena, json_close, all);
    for (const struct form_item *at = form_fill_root(v->fill); at != NULL; at = form_item_after(at)) {
        if (shown(at->node) && at->parent != NULL)
            item_state(v, at, items);
    }
    char *text = json_dumps(all, JSON_COMPACT);
    if (text == NULL)
        return ERR_LIMIT;
    arena_defer(v->r->arena, free, text);
    return req_send(v->r, 200, "application/json", (struct bytes){(const uint8_t *)text, strlen(text)}, NULL);
}
