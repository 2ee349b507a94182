/* In which order questions are worked out: each after those that its relevance, value, choices or count are made from. */
#include "platform/form/xform_read.h"

#include "base/text.h"

struct edge {
    const struct form_node *on;
    bool own;
    struct edge *next;
};

struct order {
    struct xform_reader *r;
    struct edge **edges; /* per node: what it waits for */
    bool *done;
    size_t done_count;
    /* while the expressions of one node are read: */
    const struct form_node *node;
    enum xform_part part;
};

/* Where a path stands: at a node of the form, or in a choice list. */
struct stand {
    const struct form_node *node; /* NULL: in a choice list, or nobody can tell */
    bool document;                /* above the root */
    bool absolute;                /* on a path from the root, which stays in our own instance of a repeat */
    bool all;                     /* it may be of other instances than ours */
};

static void read_expr(struct order *o, const struct xpath_expr *expr, struct stand at);

static void wait_for(struct order *o, struct stand stand)
{
    struct edge *edge = ARENA_NEW(o->r->scratch, struct edge);
    *edge = (struct edge){stand.node, !stand.all, o->edges[o->node->index]};
    o->edges[o->node->index] = edge;
}

static const struct form_node *child_named(const struct form_node *node, const char *name)
{
    for (const struct form_node *child = node->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

static bool is_around(const struct form_node *node, const struct form_node *inner)
{
    for (; inner != NULL; inner = inner->parent)
        if (inner == node)
            return true;
    return false;
}

static struct stand child_step(struct order *o, const struct xpath_step *step, struct stand at, bool last)
{
    const struct form_node *root = o->r->form->nodes[0], *found = NULL;
    if (at.document)
        found = strcmp(root->name, step->name) == 0 ? root : NULL;
    else
        found = child_named(at.node, step->name);
    /* Every form has meta/instanceID; a reference to it finds nothing here and is no mistake. */
    if (found == NULL && strcmp(step->name, "meta") != 0 && strcmp(step->name, "__version__") != 0)
        xform_note(o->r, FORM_REFERENCE_UNKNOWN, o->node, o->part, step->name, true);
    struct stand stand = {found, false, at.absolute, at.all};
    if (found != NULL && found->type == FORM_REPEAT) {
        bool ours = at.absolute && is_around(found, o->node) && step->predicate_count == 0 && !last;
        stand.all = stand.all || !ours;
    }
    return stand;
}

static struct stand take_step(struct order *o, const struct xpath_step *step, struct stand at, bool last)
{
    if (at.node == NULL && !at.document)
        return at;
    if (step->axis == AXIS_SELF && step->name == NULL && step->test == TEST_NODE)
        return at;
    if (step->axis == AXIS_PARENT && step->test == TEST_NODE && !at.document && at.node->parent != NULL)
        return (struct stand){at.node->parent, false, false, at.all};
    if (step->axis == AXIS_CHILD && step->name != NULL)
        return child_step(o, step, at, last);
    o->r->form->loose = true;
    return (struct stand){0};
}

static bool is_call(const struct xpath_expr *expr, const char *name)
{
    return expr->op == XPATH_CALL && strcmp(expr->function->name, name) == 0;
}

static struct stand start_of(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    if (expr->absolute)
        return (struct stand){NULL, true, true, false};
    if (expr->arg_count == 0)
        return at;
    read_expr(o, expr->args[0], at);
    if (is_call(expr->args[0], "current"))
        return (struct stand){.node = o->node};
    if (!is_call(expr->args[0], "instance") && !is_call(expr->args[0], "randomize"))
        o->r->form->loose = true;
    return (struct stand){0};
}

static void read_path(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    struct stand stand = start_of(o, expr, at);
    for (size_t i = 0; i < expr->step_count; i++) {
        stand = take_step(o, &expr->steps[i], stand, i + 1 == expr->step_count);
        for (size_t j = 0; j < expr->steps[i].predicate_count; j++)
            read_expr(o, expr->steps[i].predicates[j], stand);
    }
    if (stand.node != NULL)
        wait_for(o, stand);
}

static void read_expr(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    if (expr->op == XPATH_PATH) {
        read_path(o, expr, at);
        return;
    }
    /* These look further than their arguments say. */
    if (is_call(expr, "indexed-repeat") || is_call(expr, "position"))
        o->r->form->loose = o->r->form->loose || is_call(expr, "indexed-repeat");
    for (size_t i = 0; i < expr->arg_count; i++)
        read_expr(o, expr->args[i], at);
}

static void read_rule(struct order *o, const struct xpath_expr *expr, enum xform_part part, struct stand at)
{
    o->part = part;
    if (expr != NULL)
        read_expr(o, expr, at);
}

static void add_dependents(struct order *o, bool value)
{
    struct form *form = o->r->form;
    for (const struct edge *edge = o->edges[o->node->index]; edge != NULL; edge = edge->next) {
        struct form_dependent *dependent = ARENA_NEW(o->r->arena, struct form_dependent);
        *dependent = (struct form_dependent){o->node, value, edge->own, form->dependents[edge->on->index]};
        form->dependents[edge->on->index] = dependent;
    }
}

/* Rules that change nothing else are read too, but nobody has to wait for them. */
static void read_node(struct order *o, const struct form_node *node)
{
    const struct form_rules *rules = node->rules;
    struct stand here = {.node = node};
    o->node = node;
    read_rule(o, rules->default_value, PART_DEFAULT, here);
    o->edges[node->index] = NULL;
    read_rule(o, rules->constraint, PART_CONSTRAINT, here);
    read_rule(o, rules->required, PART_REQUIRED, here);
    read_rule(o, rules->read_only, PART_READ_ONLY, here);
    add_dependents(o, false);
    o->edges[node->index] = NULL;
    if (node->parent != NULL)
        wait_for(o, (struct stand){.node = node->parent});
    read_rule(o, rules->relevant, PART_RELEVANT, here);
    read_rule(o, rules->calculation, PART_CALCULATION, here);
    read_rule(o, rules->repeat_count, PART_COUNT, here);
    read_rule(o, rules->choice_filter, PART_CHOICES, (struct stand){0});
    read_rule(o, rules->itemset, PART_CHOICES, here);
    add_dependents(o, true);
}
static const struct form_node *waits_for(const struct order *o, const struct form_node *node)
{
    for (const struct edge *edge = o->edges[node->index]; edge != NULL; edge = edge->next)
        /* A question may look at its own value, and at that of the instance before. */
        if (!o->done[edge->on->index] && edge->on != node)
            return edge->on;
    return NULL;
}

/* One walk through the form that takes every node whose turn it is. */
static size_t take_ready(struct order *o)
{
    struct form *form = o->r->form;
    size_t taken = 0;
    for (size_t i = 0; i < form->count; i++) {
        struct form_node *node = form->nodes[i];
        if (o->done[i] || waits_for(o, node) != NULL)
            continue;
        o->done[i] = true;
        form->order[o->done_count++] = node;
        taken++;
    }
    return taken;
}

/* Whoever follows the waiting long enough walks in the circle. */
static void report_circle(struct order *o)
{
    const struct form *form = o->r->form;
    const struct form_node *node = form->nodes[0];
    for (size_t i = 0; i < form->count; i++)
        if (!o->done[i])
            node = form->nodes[i];
    for (size_t i = 0; i < form->count; i++)
        node = waits_for(o, node);
    struct buf names;
    buf_init(&names, o->r->scratch, 0);
    const struct form_node *first = node;
    size_t shown = 0;
    do {
        buf_format(&names, "%s%s", names.len > 0 ? ", " : "", node->name);
        node = waits_for(o, node);
    } while (node != first && ++shown < 20);
    xform_note(o->r, FORM_CIRCLE, first, PART_NODE, names.ptr, false);
}

void xform_order(struct xform_reader *r)
{
    struct form *form = r->form;
    struct order o = {.r = r};
    o.edges = ARENA_ARRAY(r->scratch, struct edge *, form->count);
    o.done = ARENA_ARRAY(r->scratch, bool, form->count);
    form->order = ARENA_ARRAY(r->arena, struct form_node *, form->count);
    form->place = ARENA_ARRAY(r->arena, size_t, form->count);
    form->dependents = ARENA_ARRAY(r->arena, const struct form_dependent *, form->count);
    for (size_t i = 0; i < form->count; i++)
        read_node(&o, form->nodes[i]);
    while (o.done_count < form->count)
        if (take_ready(&o) == 0) {
            report_circle(&o);
            return;
        }
    for (size_t i = 0; i < form->count; i++)
        form->place[form->order[i]->index] = i;
}
