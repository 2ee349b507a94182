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

static const char *fact_of(const struct form_node *node)
{
    return node == NULL || node->fact == NULL ? "" : node->fact;
}

/* What people see, and what is worked out for them. */
static bool is_compared(const struct form_node *node)
{
    return node != NULL && node->depth > 0 && node->type != FORM_META;
}

static bool is_other(const struct version_change *change)
{
    return change->words || change->type || change->choices || change->required || change->relevance ||
           change->constraint || change->calculation || change->initial || change->fact;
}

static struct version_change compare_node(struct arena *arena, const struct form *before, const struct form_node *old,
                                          const struct form *after, const struct form_node *node, const char *language)
{
    struct version_change change = {.label = label_of(after, node, language), .path = node->path, .kind = CHANGE_OTHER};
    change.words = other_words(before, old, after, node);
    change.type = old->type != node->type || !text_same(old->parameters, node->parameters);
    change.choices = !change.type && (other_choices(arena, before, old, after, node, language) ||
                                      !text_same(old->itemset, node->itemset));
    change.required = !text_same(old->requirement, node->requirement);
    change.relevance = !text_same(old->relevance, node->relevance);
    change.constraint = !text_same(old->constraint, node->constraint);
    change.calculation = !text_same(old->calculation, node->calculation);
    change.initial = !text_same(old->initial, node->initial);
    change.fact = !text_same(fact_of(old), fact_of(node));
    change.fact_before = fact_of(old);
    change.fact_after = fact_of(node);
    return change;
}

/* What is only worked out is new or gone for nobody who answers. */
static bool told_alone(const struct form_node *node)
{
    return is_asked(node) || node->fact != NULL;
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
        if (!is_compared(node))
            continue;
        if (is_compared(old) && is_asked(old) == is_asked(node)) {
            struct version_change change = compare_node(arena, before, old, after, node, language);
            if (is_other(&change))
                list[count++] = change;
        } else if (told_alone(node)) {
            list[count++] = (struct version_change){
                .label = label_of(after, node, language), .path = node->path, .kind = CHANGE_NEW};
        }
    }
    for (size_t i = 0; i < old_count && count < CHANGES_MAX; i++) {
        const struct form_node *old = olds[i], *now = form_node_find(after, old->path);
        bool gone = !is_compared(now) || is_asked(now) != is_asked(old);
        if (is_compared(old) && gone && told_alone(old))
            list[count++] = (struct version_change){
                .label = label_of(before, old, language), .path = old->path, .kind = CHANGE_GONE};
    }
    *out = list;
    return count;
}

/* ---- scores ---- */

static const struct form_node *node_of_fact(const struct form *form, const char *fact)
{
    struct form_node *const *nodes;
    size_t count = form_nodes(form, &nodes);
    for (size_t i = 0; i < count; i++)
        if (text_same(fact_of(nodes[i]), fact))
            return nodes[i];
    return NULL;
}

/* Do the same answers have the same codes? What they are called may differ. */
static bool other_codes(struct arena *arena, const struct form *before, const struct form_node *old,
                        const struct form *after, const struct form_node *node)
{
    const struct form_choice *were, *are;
    size_t count = form_choices(arena, after, node, 0, &are);
    if (form_choices(arena, before, old, 0, &were) != count)
        return true;
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t j = 0; j < count && !found; j++)
            found = text_same(were[j].name, are[i].name);
        if (!found)
            return true;
    }
    return false;
}

size_t assess_scores_lost(struct arena *arena, const struct form *before, const struct form *after,
                          const char *language, const char *const **out)
{
    struct form_node *const *olds;
    size_t old_count = form_nodes(before, &olds), count = 0;
    const char **list = ARENA_ARRAY(arena, const char *, old_count);
    for (size_t i = 0; i < old_count; i++) {
        const struct form_node *old = olds[i];
        const struct form_node *now = old->fact == NULL ? NULL : node_of_fact(after, old->fact);
        if (old->fact == NULL)
            continue;
        if (now == NULL || old->type != now->type || !text_same(old->parameters, now->parameters) ||
            !text_same(old->calculation, now->calculation) || other_codes(arena, before, old, after, now))
            list[count++] = arena_format(arena, "%s (%s)", label_of(before, old, language), old->fact);
    }
    *out = list;
    return count;
}
