/* In which order questions are worked out: each after those that its relevance, value, choices or count are made from. */
#include "platform/form/convert.h"

struct edge {
    const struct form_node *on;
    struct edge *next;
};

struct order {
    struct converter *c;
    struct edge **edges; /* per node: what it waits for */
    bool *done;
    size_t done_count;
    /* while the expressions of one node are read: */
    const struct form_node *node;
    const struct sheet_row *row;
    enum column column;
};

/* Where a path stands: at a node of the form, or in a choice list. */
struct stand {
    const struct form_node *node; /* NULL: in a choice list, or nobody can tell */
    bool document;                /* above the root */
};

static void read_expr(struct order *o, const struct xpath_expr *expr, struct stand at);

static void wait_for(struct order *o, const struct form_node *on)
{
    struct edge *edge = ARENA_NEW(o->c->scratch, struct edge);
    *edge = (struct edge){on, o->edges[o->node->index]};
    o->edges[o->node->index] = edge;
}

static const struct form_node *child_named(const struct form_node *node, const char *name)
{
    for (const struct form_node *child = node->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

static void unknown_path(struct order *o, const char *name)
{
    convert_problem(o->c, FORM_REFERENCE_UNKNOWN, &o->c->survey, o->row, o->column, name);
}

static struct stand child_step(struct order *o, struct stand at, const char *name)
{
    const struct form_node *root = o->c->form->nodes[0], *found = NULL;
    if (at.document)
        found = strcmp(root->name, name) == 0 ? root : NULL;
    else
        found = child_named(at.node, name);
    /* Collect adds meta/instanceID to every form; a reference to it finds nothing here and is no mistake. */
    if (found == NULL && strcmp(name, "meta") != 0 && strcmp(name, "__version__") != 0)
        unknown_path(o, name);
    return (struct stand){found, false};
}

static struct stand take_step(struct order *o, const struct xpath_step *step, struct stand at)
{
    if (at.node == NULL && !at.document)
        return at;
    if (step->axis == AXIS_SELF && step->name == NULL)
        return at;
    if (step->axis == AXIS_PARENT && step->name == NULL && !at.document && at.node->parent != NULL)
        return (struct stand){at.node->parent, false};
    if (step->axis == AXIS_CHILD && step->name != NULL)
        return child_step(o, at, step->name);
    o->c->form->loose = true;
    return (struct stand){0};
}

static bool is_call(const struct xpath_expr *expr, const char *name)
{
    return expr->op == XPATH_CALL && strcmp(expr->function->name, name) == 0;
}

static struct stand start_of(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    if (expr->absolute)
        return (struct stand){NULL, true};
    if (expr->arg_count == 0)
        return at;
    read_expr(o, expr->args[0], at);
    if (is_call(expr->args[0], "current"))
        return (struct stand){o->node, false};
    if (!is_call(expr->args[0], "instance"))
        o->c->form->loose = true;
    return (struct stand){0};
}

static void read_path(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    struct stand stand = start_of(o, expr, at);
    for (size_t i = 0; i < expr->step_count; i++) {
        stand = take_step(o, &expr->steps[i], stand);
        for (size_t j = 0; j < expr->steps[i].predicate_count; j++)
            read_expr(o, expr->steps[i].predicates[j], stand);
    }
    if (stand.node != NULL)
        wait_for(o, stand.node);
}

static void read_expr(struct order *o, const struct xpath_expr *expr, struct stand at)
{
    if (expr->op == XPATH_PATH) {
        read_path(o, expr, at);
        return;
    }
    for (size_t i = 0; i < expr->arg_count; i++)
        read_expr(o, expr->args[i], at);
}

static void read_cell(struct order *o, const struct xpath_expr *expr, enum column column, struct stand at)
{
    o->column = column;
    if (expr != NULL)
        read_expr(o, expr, at);
}

/* Rules that change nothing else are read too, for the paths in them, but nobody has to wait for them. */
static void read_node(struct order *o, const struct form_node *node)
{
    const struct form_rules *rules = node->rules;
    struct stand here = {node, false};
    o->node = node;
    o->row = o->c->sources[node->index];
    read_cell(o, rules->constraint, COLUMN_CONSTRAINT, here);
    read_cell(o, rules->required, COLUMN_REQUIRED, here);
    read_cell(o, rules->read_only, COLUMN_READ_ONLY, here);
    read_cell(o, rules->default_value, COLUMN_DEFAULT, here);
    o->edges[node->index] = NULL;
    if (node->parent != NULL)
        wait_for(o, node->parent);
    read_cell(o, rules->relevant, COLUMN_RELEVANT, here);
    read_cell(o, rules->calculation, COLUMN_CALCULATION, here);
    read_cell(o, rules->repeat_count, COLUMN_REPEAT_COUNT, here);
    read_cell(o, rules->choice_filter, COLUMN_CHOICE_FILTER, (struct stand){0});
}

static const struct form_node *waits_for(const struct order *o, const struct form_node *node)
{
    for (const struct edge *edge = o->edges[node->index]; edge != NULL; edge = edge->next)
        if (!o->done[edge->on->index])
            return edge->on;
    return NULL;
}

/* One walk through the form that takes every node whose turn it is. */
static size_t take_ready(struct order *o)
{
    struct form *form = o->c->form;
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
    const struct form *form = o->c->form;
    const struct form_node *node = form->nodes[0];
    for (size_t i = 0; i < form->count; i++)
        if (!o->done[i])
            node = form->nodes[i];
    for (size_t i = 0; i < form->count; i++)
        node = waits_for(o, node);
    struct buf names;
    buf_init(&names, o->c->scratch, 0);
    const struct form_node *first = node;
    size_t shown = 0;
    do {
        buf_format(&names, "%s%s", names.len > 0 ? ", " : "", node->name);
        node = waits_for(o, node);
    } while (node != first && ++shown < 20);
    convert_problem(o->c, FORM_CIRCLE, &o->c->survey, o->c->sources[first->index], COLUMN_NAME, names.ptr);
}

void convert_order(struct converter *c)
{
    struct form *form = c->form;
    struct order o = {.c = c};
    o.edges = ARENA_ARRAY(c->scratch, struct edge *, form->count);
    o.done = ARENA_ARRAY(c->scratch, bool, form->count);
    form->order = ARENA_ARRAY(c->arena, struct form_node *, form->count);
    for (size_t i = 0; i < form->count; i++)
        read_node(&o, form->nodes[i]);
    if (c->problem_count > 0)
        return;
    while (o.done_count < form->count)
        if (take_ready(&o) == 0) {
            report_circle(&o);
            return;
        }
}
