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

/* ---- problems ---- */

char *form_problem_text(struct arena *arena, const struct form_problem *problem)
{
    static const char *const sentences[FORM_PROBLEM_COUNT] = {
        [FORM_PROBLEM_NONE] = "nothing is wrong",
        [FORM_NOT_A_WORKBOOK] = "this is not a workbook (.xlsx), or it is damaged",
        [FORM_TOO_LARGE] = "too large or too many",
        [FORM_SHEET_MISSING] = "a sheet is missing",
        [FORM_COLUMN_MISSING] = "a column is missing",
        [FORM_COLUMN_TWICE] = "a column stands twice",
        [FORM_CELL_MISSING] = "this cell may not be empty",
        [FORM_TEXT_INVALID] = "the cell holds characters that no text may hold",
        [FORM_TYPE_UNKNOWN] = "there is no such type of question",
        [FORM_NOT_SUPPORTED] = "this is not supported",
        [FORM_NAME_INVALID] = "this cannot be a name",
        [FORM_NAME_TWICE] = "the group has another question of this name",
        [FORM_LIST_UNKNOWN] = "there is no such list of choices",
        [FORM_CHOICE_TWICE] = "the list has this choice already",
        [FORM_GROUP_NOT_CLOSED] = "the group or repeat that begins here does not end",
        [FORM_GROUP_NOT_OPEN] = "this ends a group or repeat that did not begin",
        [FORM_EXPRESSION_INVALID] = "the expression cannot be understood",
        [FORM_REFERENCE_UNKNOWN] = "there is no question of this name",
        [FORM_REFERENCE_UNCLEAR] = "several questions have this name",
        [FORM_CIRCLE] = "these questions depend on one another in a circle",
        [FORM_VALUE_INVALID] = "this column does not take this value",
        [FORM_EMPTY] = "there is no question",
    };
    struct buf buf;
    buf_init(&buf, arena, 0);
    if (problem->sheet[0] != '\0')
        buf_format(&buf, "sheet %s, ", problem->sheet);
    if (problem->row > 0)
        buf_format(&buf, "row %u, ", problem->row);
    if (problem->column[0] != '\0')
        buf_format(&buf, "column %s, ", problem->column);
    if (buf.len > 0)
        buf.len -= 2;
    if (problem->heading[0] != '\0')
        buf_format(&buf, " (%s)", problem->heading);
    if (buf.len > 0)
        buf_text(&buf, ": ");
    buf_text(&buf, sentences[problem->code]);
    if (problem->detail[0] != '\0')
        buf_format(&buf, ": %s", problem->detail);
    return buf.ptr;
}
