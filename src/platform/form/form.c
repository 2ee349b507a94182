#include "platform/form/model.h"

#include "base/text.h"

const char *form_title(const struct form *form)
{
    return form->title;
}

const char *form_id(const struct form *form)
{
    return form->id;
}

const char *form_version(const struct form *form)
{
    return form->version;
}

size_t form_languages(const struct form *form, const struct form_language **out)
{
    *out = form->languages;
    return form->language_count;
}

size_t form_language_find(const struct form *form, const char *code)
{
    for (size_t i = 0; i < form->language_count; i++)
        if (!text_empty(code) && text_same(form->languages[i].code, code))
            return i;
    return form->default_language;
}

size_t form_nodes(const struct form *form, struct form_node *const **out)
{
    *out = form->nodes;
    return form->count;
}

const struct form_node *form_node_find(const struct form *form, const char *path)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->nodes[i]->path, path) == 0)
            return form->nodes[i];
    return NULL;
}

const char *form_destination(const struct form *form)
{
    return form->destination;
}

bool form_repeat_open(const struct form_node *repeat)
{
    return repeat->rules->repeat_count == NULL && !repeat->rules->fixed_count;
}

const char *form_label(const struct form *form, const struct form_node *node, size_t language)
{
    const struct form_words *words = form_words_in(form, node->rules->labels, language);
    return words == NULL ? "" : words->raw;
}

const char *form_hint(const struct form *form, const struct form_node *node, size_t language)
{
    const struct form_words *words = form_words_in(form, node->rules->hints, language);
    return words == NULL ? "" : words->raw;
}

const char *form_guidance(const struct form *form, const struct form_node *node, size_t language)
{
    const struct form_words *words = form_words_in(form, node->rules->guidance, language);
    return words == NULL ? "" : words->raw;
}

/* ---- choices ---- */

const struct form_option *form_option_find(const struct form_list *list, const char *code, size_t len)
{
    for (size_t i = 0; i < list->count; i++)
        if (strncmp(list->options[i].name, code, len) == 0 && list->options[i].name[len] == '\0')
            return &list->options[i];
    return NULL;
}

/* In this language, else in the form's own, else in any; the code when it has no label at all. */
static const char *option_label(const struct form *form, const struct form_option *option, size_t language)
{
    if (option->labels == NULL)
        return option->name;
    if (option->labels[language] != NULL)
        return option->labels[language];
    if (option->labels[form->default_language] != NULL)
        return option->labels[form->default_language];
    for (size_t i = 0; i < form->language_count; i++)
        if (option->labels[i] != NULL)
            return option->labels[i];
    return option->name;
}

const char *form_choice_label(const struct form *form, const struct form_node *node, const char *code, size_t len,
                              size_t language)
{
    const struct form_list *list = node->rules->list;
    const struct form_option *option = list == NULL ? NULL : form_option_find(list, code, len);
    return option == NULL ? NULL : option_label(form, option, language);
}

size_t form_choices(struct arena *arena, const struct form *form, const struct form_node *node, size_t language,
                    const struct form_choice **out)
{
    const struct form_list *list = node->rules->list;
    size_t count = list == NULL ? 0 : list->count;
    struct form_choice *choices = ARENA_ARRAY(arena, struct form_choice, count);
    for (size_t i = 0; i < count; i++)
        choices[i] = (struct form_choice){list->options[i].name, option_label(form, &list->options[i], language)};
    *out = choices;
    return count;
}

/* ---- the choices that there are now ---- */

static const char *cell(const struct form_item *row, const char *name)
{
    for (const struct form_item *item = row->first; item != NULL; item = item->next)
        if (strcmp(item->node->name, name) == 0)
            return item->value;
    return "";
}

/* The nodes of an itemset, in the scratch, which the caller resets. */
static size_t itemset_nodes(struct form_fill *fill, const struct form_item *item, const struct form_item *const **out)
{
    struct xpath_value value;
    if (form_fill_value(fill, item->node->rules->itemset, item, item, &value) != OK || value.kind != XPATH_NODES)
        return 0;
    *out = value.items;
    return value.count;
}

bool form_itemset_has(struct form_fill *fill, const struct form_item *item, const char *code, size_t len)
{
    const struct form_item *const *nodes = NULL;
    size_t count = itemset_nodes(fill, item, &nodes);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        const char *own = cell(nodes[i], item->node->rules->item_value);
        found = strlen(own) == len && strncmp(own, code, len) == 0;
    }
    arena_reset(fill->scratch);
    return found;
}

static size_t itemset_choices(struct form_fill *fill, const struct form_item *item, const struct form_choice **out)
{
    const struct form_rules *rules = item->node->rules;
    const struct form_item *const *nodes = NULL;
    size_t count = itemset_nodes(fill, item, &nodes), kept = 0;
    struct form_choice *choices = ARENA_ARRAY(fill->arena, struct form_choice, count);
    for (size_t i = 0; i < count; i++) {
        const char *code = cell(nodes[i], rules->item_value), *label = cell(nodes[i], rules->item_label);
        if (code[0] != '\0')
            choices[kept++] = (struct form_choice){code, label[0] == '\0' ? code : label};
    }
    arena_reset(fill->scratch);
    *out = choices;
    return kept;
}

/* The same order for the same seed; without one, an order per fill. */
static void shuffle(struct form_fill *fill, const struct form_item *item, struct form_choice *choices, size_t count)
{
    const struct form_rules *rules = item->node->rules;
    struct xpath_value seed = xpath_number((double)fill->now);
    if (rules->shuffle != NULL && form_fill_value(fill, rules->shuffle, item, item, &seed) != OK)
        seed = xpath_number(1);
    int64_t state = xpath_seed(fill->scratch, &seed);
    for (size_t i = count; i > 1; i--) {
        size_t j = xpath_next_place(&state, i);
        struct form_choice moved = choices[i - 1];
        choices[i - 1] = choices[j];
        choices[j] = moved;
    }
    arena_reset(fill->scratch);
}

size_t form_item_choices(struct form_fill *fill, const struct form_item *item, const struct form_choice **out)
{
    const struct form_rules *rules = item->node->rules;
    const struct form_list *list = rules->list;
    if (rules->itemset != NULL)
        return itemset_choices(fill, item, out);
    size_t most = list == NULL ? 0 : list->count, count = 0;
    struct form_choice *choices = ARENA_ARRAY(fill->arena, struct form_choice, most);
    for (size_t i = 0; i < most; i++)
        if (form_option_visible(fill, item, &list->options[i]))
            choices[count++] = (struct form_choice){list->options[i].name,
                                                    option_label(fill->form, &list->options[i], fill->language)};
    if (rules->shuffled)
        shuffle(fill, item, choices, count);
    *out = choices;
    return count;
}

const struct form_item *form_instance(const struct form *form, const char *name)
{
    for (const struct form_list *list = form->lists; list != NULL; list = list->next)
        if (strcmp(list->name, name) == 0)
            return list->instance;
    return NULL;
}
