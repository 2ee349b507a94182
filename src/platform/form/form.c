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

bool form_has_fact(const struct form *form, const char *fact)
{
    for (size_t i = 0; i < form->count; i++)
        if (text_same(form->nodes[i]->fact, fact))
            return true;
    return false;
}

bool form_repeat_open(const struct form_node *repeat)
{
    return repeat->rules->repeat_count == NULL;
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

size_t form_item_choices(struct form_fill *fill, const struct form_item *item, const struct form_choice **out)
{
    const struct form_list *list = item->node->rules->list;
    size_t most = list == NULL ? 0 : list->count, count = 0;
    struct form_choice *choices = ARENA_ARRAY(fill->arena, struct form_choice, most);
    for (size_t i = 0; i < most; i++)
        if (form_option_visible(fill, item, &list->options[i]))
            choices[count++] = (struct form_choice){list->options[i].name,
                                                    option_label(fill->form, &list->options[i], fill->language)};
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
