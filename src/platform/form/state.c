#include "platform/form/model.h"

#include "base/text.h"

#include <math.h>

enum { PASSES_MAX = 10 };

/* ---- one expression ---- */

struct evaluation {
    struct form_fill *fill;
    const struct xpath_expr *expr;
    const struct form_item *item, *current;
    struct xpath_value *out;
};

static enum err evaluate(void *data)
{
    struct evaluation *e = data;
    struct xpath_world world = {e->fill->form,     e->fill->document, e->fill->scratch, e->fill->now,
                                e->fill->language, e->fill->steps,    e->fill->heads};
    enum err result = xpath_eval(&world, e->expr, e->item, e->current, e->out);
    e->fill->steps = world.steps;
    return result;
}

enum err form_fill_value(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item,
                         const struct form_item *current, struct xpath_value *out)
{
    struct evaluation evaluation = {fill, expr, item, current, out};
    return arena_try(fill->scratch, evaluate, &evaluation);
}

/* An expression that has no value gives `otherwise`: a mistake in a form hides nothing and locks nobody in. */
static enum err holds(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item,
                      bool otherwise, bool *out)
{
    struct xpath_value value;
    enum err result = form_fill_value(fill, expr, item, item, &value);
    *out = result == OK ? xpath_to_truth(&value) : otherwise;
    arena_reset(fill->scratch);
    return result == ERR_INPUT ? OK : result;
}

enum err form_fill_text(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item,
                        const char **out)
{
    struct xpath_value value;
    enum err result = form_fill_value(fill, expr, item, item, &value);
    const char *text = "";
    if (result == OK && !(value.kind == XPATH_NUMBER && isnan(value.number)))
        text = arena_text(fill->arena, xpath_to_text(fill->scratch, &value));
    arena_reset(fill->scratch);
    if (result == OK || result == ERR_INPUT)
        *out = text;
    return result == ERR_INPUT ? OK : result;
}

bool form_option_visible(struct form_fill *fill, const struct form_item *item, const struct form_option *option)
{
    const struct xpath_expr *filter = item->node->rules->choice_filter;
    struct xpath_value value;
    if (filter == NULL)
        return true;
    bool visible = form_fill_value(fill, filter, option->item, item, &value) == OK && xpath_to_truth(&value);
    arena_reset(fill->scratch);
    return visible;
}

/* ---- which items wait to be worked out ---- */

static void mark(struct form_fill *fill, struct form_item *item)
{
    size_t index = item->node->index, place = fill->form->place[index];
    if (item->state->dirty)
        return;
    item->state->dirty = true;
    item->state->next_dirty = fill->dirty[index];
    fill->dirty[index] = item;
    fill->dirty_places[place / 64] |= UINT64_C(1) << place % 64;
}

static void mark_judged(struct form_fill *fill, struct form_item *item)
{
    if (item->state->judged)
        return;
    item->state->judged = true;
    item->state->next_judged = fill->judged;
    fill->judged = item;
}

static void mark_for(struct form_fill *fill, struct form_item *item, bool value)
{
    if (value)
        mark(fill, item);
    mark_judged(fill, item);
}

/* The items of `node` below `item`, which stands for `top`. */
static void mark_below(struct form_fill *fill, struct form_item *item, const struct form_node *node, bool value)
{
    const struct form_node *next = node;
    if (item->node == node) {
        mark_for(fill, item, value);
        return;
    }
    while (next->parent != item->node)
        next = next->parent;
    for (struct form_item *child = item->first; child != NULL; child = child->next)
        if (child->node == next)
            mark_below(fill, child, node, value);
}

static const struct form_node *repeat_around(const struct form_node *node)
{
    while (node != NULL && node->type != FORM_REPEAT)
        node = node->parent;
    return node;
}

static bool is_around(const struct form_node *node, const struct form_node *inner)
{
    for (; inner != NULL; inner = inner->parent)
        if (inner == node)
            return true;
    return false;
}

/* The instance of the innermost repeat that holds both; NULL: no repeat does. */
static struct form_item *common_instance(struct form_item *item, const struct form_node *node)
{
    for (; item != NULL; item = item->parent)
        if (item->node->type == FORM_REPEAT && is_around(item->node, node))
            return item;
    return NULL;
}

static void mark_dependents(struct form_fill *fill, struct form_item *item)
{
    for (const struct form_dependent *on = fill->form->dependents[item->node->index]; on != NULL; on = on->next) {
        struct form_item *instance = on->own && repeat_around(on->node) != NULL ? common_instance(item, on->node)
                                                                                : NULL;
        struct form_item *first = fill->heads[on->node->index];
        if (on->node == item->node && on->value)
            first = item->state->next_same; /* itself is done; those that come after it may look at it */
        if (on->node->type == FORM_REPEAT && on->value && on->node->rules->repeat_count != NULL)
            fill->fresh = true;
        if (instance != NULL && on->node != item->node)
            mark_below(fill, instance, on->node, on->value);
        else
            for (struct form_item *other = first; other != NULL; other = other->state->next_same)
                mark_for(fill, other, on->value);
    }
}

void form_fill_touch(struct form_fill *fill, struct form_item *item)
{
    if (item == NULL)
        fill->fresh = true;
    else if (!fill->fresh) {
        mark(fill, item);
        mark_judged(fill, item);
    }
}

/* ---- first: what is relevant and which values there are ---- */

struct pass {
    struct form_fill *fill;
    bool changed;
};

static bool code_visible(struct form_fill *fill, const struct form_item *item, const char *code, size_t len)
{
    const struct form_rules *rules = item->node->rules;
    if (rules->itemset != NULL)
        return form_itemset_has(fill, item, code, len);
    if (rules->list->unknown)
        return true;
    const struct form_option *option = form_option_find(rules->list, code, len);
    return option != NULL && form_option_visible(fill, item, option);
}

/* Leaves out the chosen codes that the filter does not show now; `raw` keeps them, should they come back. */
static const char *visible_codes(struct form_fill *fill, const struct form_item *item, const char *value)
{
    struct buf buf;
    buf_init(&buf, fill->arena, strlen(value));
    while (*value != '\0') {
        size_t len = strcspn(value, " ");
        if (code_visible(fill, item, value, len)) {
            buf_text(&buf, buf.len > 0 ? " " : "");
            buf_add(&buf, value, len);
        }
        value += value[len] == '\0' ? len : len + 1;
    }
    return buf.ptr;
}

/* What is worked out again is mostly what it was: then nothing is copied. */
static enum err calculate(struct form_fill *fill, struct form_item *item)
{
    struct xpath_value value;
    const char *text = "";
    enum err result = form_fill_value(fill, item->node->rules->calculation, item, item, &value);
    if (result == OK && !(value.kind == XPATH_NUMBER && isnan(value.number)))
        text = xpath_to_text(fill->scratch, &value);
    if (strcmp(text, item->state->raw) != 0)
        item->state->raw = arena_text(fill->arena, text);
    arena_reset(fill->scratch);
    return result == ERR_INPUT ? OK : result;
}

static void check_raw(struct form_fill *fill, struct form_item *item)
{
    struct form_item_state *state = item->state;
    if (state->checked == state->raw)
        return;
    state->checked = state->raw;
    state->checked_error = form_answer_check(fill->arena, item->node, state->raw, &state->checked_value);
    if (state->checked_error != FORM_FINE)
        state->checked_value = "";
}

static enum err find_value(struct pass *pass, struct form_item *item)
{
    struct form_fill *fill = pass->fill;
    const struct form_rules *rules = item->node->rules;
    if (rules->calculation != NULL)
        TRY(calculate(fill, item));
    check_raw(fill, item);
    const char *value = item->state->checked_value;
    if (value[0] != '\0' && (rules->choice_filter != NULL || rules->itemset != NULL))
        value = visible_codes(fill, item, value);
    item->error = item->state->checked_error;
    pass->changed = pass->changed || strcmp(value, item->value) != 0;
    item->value = value;
    return OK;
}

static bool is_answer(const struct form_node *node)
{
    return node->type != FORM_GROUP && node->type != FORM_REPEAT && node->type != FORM_NOTE;
}

static enum err find_item(struct pass *pass, struct form_item *item)
{
    const struct form_rules *rules = item->node->rules;
    bool relevant = item->parent == NULL || item->parent->relevant;
    pass->fill->evaluated++;
    if (relevant && rules->relevant != NULL)
        TRY(holds(pass->fill, rules->relevant, item, true, &relevant));
    pass->changed = pass->changed || relevant != item->relevant;
    item->relevant = relevant;
    return relevant && is_answer(item->node) ? find_value(pass, item) : OK;
}

/* How many instances a counted repeat has is asked from where an instance would stand. */
static enum err find_count(struct pass *pass, struct form_item *parent, const struct form_node *repeat)
{
    struct form_item place = {.node = repeat, .parent = parent, .relevant = true, .value = "", .path = ""};
    const char *text = NULL;
    TRY(form_fill_text(pass->fill, repeat->rules->repeat_count, &place, &text));
    double count = xpath_parse_number(text);
    if (!(count > 0))
        count = 0;
    if (count > FORM_REPEAT_MAX)
        return ERR_LIMIT;
    form_repeat_resize(pass->fill, parent, repeat, (size_t)count);
    return OK;
}

static enum err find_node(struct pass *pass, const struct form_node *node)
{
    struct form_fill *fill = pass->fill;
    if (node->type == FORM_REPEAT && node->rules->repeat_count != NULL)
        for (struct form_item *parent = fill->heads[node->parent->index]; parent != NULL;
             parent = parent->state->next_same)
            if (parent->relevant)
                TRY(find_count(pass, parent, node));
    for (struct form_item *item = fill->heads[node->index]; item != NULL; item = item->state->next_same)
        TRY(find_item(pass, item));
    return OK;
}

/* ---- then: what is right and wrong ---- */

static const char *message_of(struct form_fill *fill, const struct form_words *words, const struct form_item *item)
{
    const char *message = form_words_render(fill, words, item);
    return message[0] == '\0' ? NULL : message;
}

static enum err judge_answer(struct form_fill *fill, struct form_item *item)
{
    const struct form_rules *rules = item->node->rules;
    bool allowed = true;
    if (item->error != FORM_FINE) {
        item->typed = item->state->raw;
    } else if (item->value[0] == '\0' && item->required) {
        item->error = FORM_MISSING;
        item->message = message_of(fill, rules->required_messages, item);
    } else if (item->value[0] != '\0' && rules->constraint != NULL) {
        TRY(holds(fill, rules->constraint, item, true, &allowed));
        if (!allowed) {
            item->error = FORM_NOT_ALLOWED;
            item->message = message_of(fill, rules->constraint_messages, item);
        }
    }
    return OK;
}

static enum err judge(struct form_fill *fill, struct form_item *item)
{
    const struct form_rules *rules = item->node->rules;
    enum form_type type = item->node->type;
    item->message = item->typed = NULL;
    item->required = false;
    item->read_only = type == FORM_CALCULATE || type == FORM_META || rules->calculation != NULL;
    if (!item->relevant) {
        item->error = FORM_FINE;
        return OK;
    }
    if (!is_answer(item->node))
        return OK;
    check_raw(fill, item);
    item->error = item->state->checked_error;
    if (!item->read_only && rules->read_only != NULL)
        TRY(holds(fill, rules->read_only, item, false, &item->read_only));
    /* Nobody can be asked to fill in what they may not change. */
    if (!item->read_only && rules->required != NULL)
        TRY(holds(fill, rules->required, item, false, &item->required));
    return judge_answer(fill, item);
}

/* ---- all of it ---- */

static void forget_marks(struct form_fill *fill)
{
    for (size_t i = 0; i < fill->form->count; i++)
        for (struct form_item *item = fill->heads[i]; item != NULL; item = item->state->next_same)
            item->state->dirty = item->state->judged = false;
    memset(fill->dirty, 0, fill->form->count * sizeof *fill->dirty);
    memset(fill->dirty_places, 0, (fill->form->count / 64 + 1) * sizeof *fill->dirty_places);
    fill->judged = NULL;
}

static enum err evaluate_all(struct form_fill *fill)
{
    const struct form *form = fill->form;
    struct pass pass = {fill, true};
    form_fill_index(fill);
    for (int i = 0; i < PASSES_MAX && pass.changed; i++) {
        pass.changed = false;
        for (size_t at = 0; at < form->count; at++)
            TRY(find_node(&pass, form->order[at]));
        if (!form->loose)
            break;
    }
    for (size_t at = 0; at < form->count; at++)
        for (struct form_item *item = fill->heads[at]; item != NULL; item = item->state->next_same)
            TRY(judge(fill, item));
    forget_marks(fill);
    fill->fresh = false;
    return OK;
}

/* ---- only what a change touches ---- */

static enum err find_dirty(struct form_fill *fill, const struct form_node *node)
{
    struct form_item *item = fill->dirty[node->index];
    fill->dirty[node->index] = NULL;
    for (struct form_item *next = NULL; item != NULL; item = next) {
        struct pass pass = {fill, false};
        next = item->state->next_dirty;
        item->state->dirty = false;
        TRY(find_item(&pass, item));
        mark_judged(fill, item);
        if (pass.changed)
            mark_dependents(fill, item);
        if (fill->fresh)
            return OK;
    }
    return OK;
}

/* By place: whatever a change touches comes later, but for an instance that looks at the one before. */
static enum err evaluate_dirty(struct form_fill *fill)
{
    size_t words = fill->form->count / 64 + 1;
    for (size_t word = 0; word < words; word++)
        while (fill->dirty_places[word] != 0 && !fill->fresh) {
            size_t place = word * 64 + (size_t)__builtin_ctzll(fill->dirty_places[word]);
            const struct form_node *node = fill->form->order[place];
            TRY(find_dirty(fill, node));
            if (fill->dirty[node->index] == NULL)
                fill->dirty_places[word] &= ~(UINT64_C(1) << place % 64);
        }
    while (fill->judged != NULL && !fill->fresh) {
        struct form_item *item = fill->judged;
        fill->judged = item->state->next_judged;
        item->state->judged = false;
        TRY(judge(fill, item));
    }
    return OK;
}

static enum err settle(struct form_fill *fill)
{
    if (!fill->fresh && !fill->form->loose)
        TRY(evaluate_dirty(fill));
    return fill->fresh || fill->form->loose ? evaluate_all(fill) : OK;
}

/* ---- values that are set when another answer changes ---- */

static struct form_item *target_of(struct form_fill *fill, const struct form_item *item, const struct form_node *node)
{
    for (struct form_item *target = fill->heads[node->index]; target != NULL; target = target->state->next_same) {
        const struct form_item *mine = target, *other = item;
        for (; mine != NULL && mine->node->type != FORM_REPEAT; mine = mine->parent)
            ;
        if (mine == NULL)
            return target;
        for (; other != NULL && other != mine; other = other->parent)
            ;
        if (other == mine)
            return target;
    }
    return NULL;
}

static enum err pull_triggers(struct form_fill *fill)
{
    size_t count = fill->set_count;
    fill->set_count = 0;
    for (size_t i = 0; i < count; i++)
        for (const struct form_trigger *at = fill->set[i]->node->rules->triggers; at != NULL; at = at->next) {
            struct form_item *target = target_of(fill, fill->set[i], at->target);
            const char *text = "";
            if (target == NULL)
                continue;
            if (at->value != NULL)
                TRY(form_fill_text(fill, at->value, target, &text));
            target->state->raw = text;
            form_fill_touch(fill, target);
        }
    return OK;
}

enum err form_fill_evaluate(struct form_fill *fill)
{
    fill->steps = XPATH_STEPS_MAX;
    fill->evaluated = 0;
    TRY(settle(fill));
    if (fill->set_count > 0) {
        TRY(pull_triggers(fill));
        TRY(settle(fill));
    }
    fill->steps = XPATH_STEPS_MAX; /* for labels and choices */
    return OK;
}

size_t form_fill_evaluated(const struct form_fill *fill)
{
    return fill->evaluated;
}

/* ---- results ---- */

bool form_fill_complete(const struct form_fill *fill)
{
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item))
        if (item->error != FORM_FINE)
            return false;
    return true;
}

bool form_item_selected(const struct form_item *item, const char *choice)
{
    size_t len = strlen(choice);
    for (const char *at = item->value; *at != '\0';) {
        size_t word = strcspn(at, " ");
        if (word == len && strncmp(at, choice, len) == 0)
            return true;
        at += at[word] == '\0' ? word : word + 1;
    }
    return false;
}

static bool is_fact(const struct form_item *item)
{
    return item->node->fact != NULL && item->relevant && item->error == FORM_FINE && item->value[0] != '\0';
}

size_t form_fill_facts(struct form_fill *fill, const struct form_fact **out)
{
    size_t count = 0, at = 0;
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item))
        count += is_fact(item);
    struct form_fact *facts = ARENA_ARRAY(fill->arena, struct form_fact, count);
    for (const struct form_item *item = form_fill_root(fill); item != NULL; item = form_item_after(item))
        if (is_fact(item))
            facts[at++] = (struct form_fact){item->node->fact, item->value, item};
    *out = facts;
    return count;
}

const char *form_item_raw(const struct form_item *item)
{
    return item->state == NULL || item->state->raw == NULL ? "" : item->state->raw;
}
