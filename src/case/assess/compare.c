/* What changes for those who fill in an instrument when another version of it comes into use. */
#include "base/text.h"
#include "case/assess/views.h"

static bool is_asked(const struct form_node *node)
{
    return node->depth > 0 && node->type != FORM_CALCULATE && node->type != FORM_META;
}

static const char *label_of(const struct form *form, const struct form_node *node, const char *language)
{
    const char *label = form_label(form, node, form_language_find(form, language));
    return text_empty(label) ? node->name : label;
}

/* Label or hint in any language that both have. */
static bool other_words(const struct form *before, const struct form_node *old, const struct form *after,
                        const struct form_node *node)
{
    const struct form_language *were, *are;
    size_t were_count = form_languages(before, &were), are_count = form_languages(after, &are);
    for (size_t i = 0; i < are_count; i++)
        for (size_t j = 0; j < were_count; j++)
            if (text_same(are[i].code, were[j].code) &&
                (!text_same(form_label(before, old, j), form_label(after, node, i)) ||
                 !text_same(form_hint(before, old, j), form_hint(after, node, i))))
                return true;
    return false;
}

static bool other_choices(struct arena *arena, const struct form *before, const struct form_node *old,
                          const struct form *after, const struct form_node *node, const char *language)
{
    const struct form_choice *were, *are;
    size_t count = form_choices(arena, after, node, form_language_find(after, language), &are);
    if (form_choices(arena, before, old, form_language_find(before, language), &were) != count)
        return true;
    for (size_t i = 0; i < count; i++)
        if (!text_same(were[i].name, are[i].name) || !text_same(were[i].label, are[i].label))
            return true;
    return false;
}

size_t assess_compare(struct arena *arena, const struct form *before, const struct form *after, const char *language,
                      const struct version_change **out)
{
    enum { CHANGES_MAX = 500 };
    struct form_node *const *olds, *const *nodes;
    size_t old_count = form_nodes(before, &olds), node_count = form_nodes(after, &nodes), count = 0;
    struct version_change *list = ARENA_ARRAY(arena, struct version_change, CHANGES_MAX);
    for (size_t i = 0; i < node_count && count < CHANGES_MAX; i++) {
        const struct form_node *node = nodes[i], *old = form_node_find(before, node->path);
        struct version_change change = {
            .label = label_of(after, node, language), .path = node->path, .kind = CHANGE_OTHER};
        if (!is_asked(node))
            continue;
        if (old == NULL || !is_asked(old))
            change.kind = CHANGE_NEW;
        else {
            change.words = other_words(before, old, after, node);
            change.type = old->type != node->type || !text_same(old->parameters, node->parameters);
            change.choices = !change.type && other_choices(arena, before, old, after, node, language);
            change.required = !text_same(old->requirement, node->requirement);
            change.relevance = !text_same(old->relevance, node->relevance);
            if (!(change.words || change.type || change.choices || change.required || change.relevance))
                continue;
        }
        list[count++] = change;
    }
    for (size_t i = 0; i < old_count && count < CHANGES_MAX; i++) {
        const struct form_node *now = form_node_find(after, olds[i]->path);
        if (is_asked(olds[i]) && (now == NULL || !is_asked(now)))
            list[count++] = (struct version_change){
                .label = label_of(before, olds[i], language), .path = olds[i]->path, .kind = CHANGE_GONE};
    }
    *out = list;
    return count;
}
