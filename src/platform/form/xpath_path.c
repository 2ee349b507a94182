#include "platform/form/xpath.h"

void xpath_nodes_add(struct arena *arena, struct xpath_value *nodes, const struct form_item *item)
{
    if ((nodes->count & (nodes->count - 1)) == 0) {
        size_t room = nodes->count == 0 ? 1 : nodes->count * 2;
        const struct form_item **wider = ARENA_ARRAY(arena, const struct form_item *, room);
        if (nodes->count > 0)
            memcpy(wider, nodes->items, nodes->count * sizeof *wider);
        nodes->items = wider;
    }
    nodes->items[nodes->count++] = item;
}

/* What one step collects from one node. */
struct gather {
    struct xpath_run *run;
    const struct xpath_step *step;
    struct xpath_value found;
};

static bool is_text(const struct form_item *item)
{
    return item->node->name[0] == '#';
}

/* An attribute stands in its element, but not among what is within. */
static bool is_attribute(const struct form_item *item)
{
    const struct form_item *at = item->parent == NULL ? NULL : item->parent->attributes;
    while (at != NULL && at != item)
        at = at->next;
    return at != NULL;
}

/* Names stand as written. One without a prefix may be of a namespace that is the document's own, so it answers to its
 * name with any prefix. */
static bool named_with_prefix(const struct xpath_step *step, const struct form_item *item)
{
    const char *name = item->node->name;
    if (step->local[0] == '*')
        return strncmp(step->name, name, (size_t)(step->local - step->name)) == 0;
    return strcmp(step->local, name) == 0;
}

static bool named(const struct xpath_step *step, const struct form_item *item)
{
    switch (step->test) {
    case TEST_NODE: return true;
    case TEST_NOTHING: return false;
    case TEST_TEXT: return is_text(item);
    case TEST_NAME: break;
    }
    if (step->name == NULL)
        return !is_text(item) && item->node->name[0] != '\0' && (step->axis == AXIS_ATTRIBUTE || !is_attribute(item));
    return strcmp(step->name, item->node->name) == 0 || (step->local != NULL && named_with_prefix(step, item));
}

static void offer(struct gather *gather, const struct form_item *item)
{
    if (xpath_spend(gather->run, 1) && item->relevant && named(gather->step, item))
        xpath_nodes_add(gather->run->world->arena, &gather->found, item);
}

static void offer_within(struct gather *gather, const struct form_item *item)
{
    for (const struct form_item *child = item->first; child != NULL && gather->run->failed == OK; child = child->next) {
        if (!child->relevant)
            continue;
        offer(gather, child);
        offer_within(gather, child);
    }
}

static void offer_after(struct gather *gather, const struct form_item *item)
{
    if (is_attribute(item)) {
        item = item->parent;
        offer_within(gather, item);
    }
    for (; item != NULL && gather->run->failed == OK; item = item->parent)
        for (const struct form_item *other = item->next; other != NULL && gather->run->failed == OK;
             other = other->next)
            if (other->relevant) {
                offer(gather, other);
                offer_within(gather, other);
            }
}

/* The nearest first. */
static void offer_backwards(struct gather *gather, const struct form_item *item)
{
    for (const struct form_item *child = item->last; child != NULL && gather->run->failed == OK;
         child = child->previous)
        if (child->relevant)
            offer_backwards(gather, child);
    offer(gather, item);
}

static void offer_before(struct gather *gather, const struct form_item *item)
{
    for (; item != NULL && gather->run->failed == OK; item = item->parent)
        for (const struct form_item *other = item->previous; other != NULL && gather->run->failed == OK;
             other = other->previous)
            if (other->relevant)
                offer_backwards(gather, other);
}

/* text() of an element that holds text alone is what the element itself stands for. */
static bool stands_for_text(const struct xpath_step *step, const struct form_item *item)
{
    return step->test == TEST_TEXT && item->first == NULL && item->value[0] != '\0' && !is_text(item);
}

static void gather_axis(struct gather *gather, const struct form_item *item)
{
    switch (gather->step->axis) {
    case AXIS_CHILD:
        if (stands_for_text(gather->step, item))
            xpath_nodes_add(gather->run->world->arena, &gather->found, item);
        for (const struct form_item *child = item->first; child != NULL && gather->run->failed == OK;
             child = child->next)
            offer(gather, child);
        break;
    case AXIS_SELF:
        /* The context itself is always there, even while its relevance is being decided. */
        if (named(gather->step, item))
            xpath_nodes_add(gather->run->world->arena, &gather->found, item);
        break;
    case AXIS_PARENT:
        if (item->parent != NULL && named(gather->step, item->parent))
            xpath_nodes_add(gather->run->world->arena, &gather->found, item->parent);
        break;
    case AXIS_ANCESTOR:
        for (const struct form_item *above = item->parent; above != NULL; above = above->parent)
            offer(gather, above);
        break;
    case AXIS_SELF_OR_DESCENDANT:
        offer(gather, item);
        offer_within(gather, item);
        break;
    case AXIS_DESCENDANT: offer_within(gather, item); break;
    case AXIS_FOLLOWING_SIBLING:
        for (const struct form_item *other = is_attribute(item) ? NULL : item->next;
             other != NULL && gather->run->failed == OK; other = other->next)
            offer(gather, other);
        break;
    case AXIS_PRECEDING_SIBLING:
        for (const struct form_item *other = item->previous; other != NULL && gather->run->failed == OK;
             other = other->previous)
            offer(gather, other);
        break;
    case AXIS_SELF_OR_ANCESTOR:
        for (const struct form_item *above = item; above != NULL; above = above->parent)
            offer(gather, above);
        break;
    case AXIS_FOLLOWING: offer_after(gather, item); break;
    case AXIS_PRECEDING: offer_before(gather, item); break;
    case AXIS_ATTRIBUTE:
        for (const struct form_item *attribute = item->attributes; attribute != NULL; attribute = attribute->next)
            offer(gather, attribute);
        break;
    case AXIS_COUNT: break;
    }
}

/* An element that says something in its attributes, as [../item[@id = 'a']] asks for, is there without any text. */
static bool any_with_attributes(const struct xpath_value *value)
{
    for (size_t i = 0; value->kind == XPATH_NODES && i < value->count; i++)
        if (value->items[i]->attributes != NULL)
            return true;
    return false;
}

/* A number chooses by place, anything else by truth. */
static bool holds(struct xpath_run *run, const struct xpath_expr *predicate, const struct xpath_focus *focus)
{
    struct xpath_value value = xpath_run_expr(run, predicate, focus);
    if (value.kind == XPATH_NUMBER)
        return value.number == (double)focus->position;
    return xpath_to_truth(&value) || any_with_attributes(&value);
}

static void filter(struct xpath_run *run, const struct xpath_step *step, const struct form_item *current,
                   struct xpath_value *nodes)
{
    for (size_t i = 0; i < step->predicate_count; i++) {
        size_t kept = 0;
        for (size_t at = 0; at < nodes->count && run->failed == OK; at++) {
            struct xpath_focus focus = {nodes->items[at], current, at + 1, nodes->count};
            if (holds(run, step->predicates[i], &focus))
                nodes->items[kept++] = nodes->items[at];
        }
        nodes->count = kept;
    }
}

/* Can this axis reach the same node from two origins? */
static bool may_repeat(enum xpath_axis axis)
{
    return axis != AXIS_CHILD && axis != AXIS_SELF && axis != AXIS_ATTRIBUTE;
}

/* Does this axis count from the nearest backwards? */
static bool is_backwards(enum xpath_axis axis)
{
    return axis == AXIS_ANCESTOR || axis == AXIS_SELF_OR_ANCESTOR || axis == AXIS_PRECEDING ||
           axis == AXIS_PRECEDING_SIBLING;
}

static void turn_round(struct xpath_value *nodes)
{
    for (size_t i = 0; i < nodes->count / 2; i++) {
        const struct form_item *moved = nodes->items[i];
        nodes->items[i] = nodes->items[nodes->count - 1 - i];
        nodes->items[nodes->count - 1 - i] = moved;
    }
}

/* ---- document order ---- */

static size_t depth_of(const struct form_item *item)
{
    size_t depth = 0;
    for (; item->parent != NULL; item = item->parent)
        depth++;
    return depth;
}

static int in_document(const void *a, const void *b)
{
    const struct form_item *left = *(const struct form_item *const *)a, *right = *(const struct form_item *const *)b;
    size_t left_depth = depth_of(left), right_depth = depth_of(right);
    int deeper = left_depth > right_depth ? 1 : left_depth < right_depth ? -1 : 0;
    for (; left_depth > right_depth; left_depth--)
        left = left->parent;
    for (; right_depth > left_depth; right_depth--)
        right = right->parent;
    if (left == right)
        return deeper;
    while (left->parent != right->parent) {
        left = left->parent;
        right = right->parent;
    }
    if (left->parent == NULL)
        return left < right ? -1 : 1; /* of two documents: any order, but always the same */
    for (const struct form_item *at = left; at != NULL; at = at->next)
        if (at == right)
            return -1;
    return 1;
}

void xpath_nodes_sort(struct xpath_run *run, struct xpath_value *nodes)
{
    /* Comparing walks along siblings, so sorting costs more than its comparisons. */
    if (nodes->count > 1 && xpath_spend(run, nodes->count * 16))
        qsort(nodes->items, nodes->count, sizeof *nodes->items, in_document);
}

static bool holds_already(struct xpath_run *run, const struct xpath_value *nodes, const struct form_item *item)
{
    for (size_t i = nodes->count; i > 0 && xpath_spend(run, 1); i--)
        if (nodes->items[i - 1] == item)
            return true;
    return false;
}

static struct xpath_value take_step(struct xpath_run *run, const struct xpath_step *step,
                                    const struct form_item *current, const struct xpath_value *from)
{
    struct xpath_value all = {.kind = XPATH_NODES};
    for (size_t i = 0; i < from->count && run->failed == OK; i++) {
        struct gather gather = {run, step, {.kind = XPATH_NODES}};
        gather_axis(&gather, from->items[i]);
        filter(run, step, current, &gather.found);
        if (is_backwards(step->axis))
            turn_round(&gather.found);
        if (from->count == 1)
            return gather.found;
        for (size_t j = 0; j < gather.found.count; j++)
            if (!may_repeat(step->axis) || !holds_already(run, &all, gather.found.items[j]))
                xpath_nodes_add(run->world->arena, &all, gather.found.items[j]);
    }
    if (may_repeat(step->axis))
        xpath_nodes_sort(run, &all);
    return all;
}

/* The item at this depth above (or at) `item`; the root has depth 0. */
static const struct form_item *ancestor_at(const struct form_item *item, size_t depth)
{
    size_t own = 0;
    for (const struct form_item *above = item->parent; above != NULL; above = above->parent)
        own++;
    if (depth > own)
        return NULL;
    for (; own > depth; own--)
        item = item->parent;
    return item;
}

/* Inside a repeat, /data/child/age means the age of the same child: a step that passes through where we stand, without
 * a condition and not the last one, stays on our own branch. NULL: take the step as usual. */
static const struct form_item *own_branch(const struct xpath_expr *expr, size_t at, const struct form_item *current)
{
    const struct xpath_step *step = &expr->steps[at];
    if (current == NULL || at + 1 >= expr->step_count || step->axis != AXIS_CHILD || step->predicate_count > 0)
        return NULL;
    const struct form_item *above = ancestor_at(current, at);
    return above != NULL && step->name != NULL && named(step, above) ? above : NULL;
}

static struct xpath_value absolute(struct xpath_run *run, const struct xpath_expr *expr,
                                   const struct form_item *current)
{
    struct xpath_value nodes = {.kind = XPATH_NODES};
    if (run->world->document == NULL)
        return nodes;
    xpath_nodes_add(run->world->arena, &nodes, run->world->document);
    bool own = current != NULL && ancestor_at(current, 0) == run->world->document->first;
    for (size_t i = 0; i < expr->step_count && run->failed == OK; i++) {
        const struct form_item *branch = own ? own_branch(expr, i, current) : NULL;
        own = branch != NULL;
        if (own) {
            nodes = (struct xpath_value){.kind = XPATH_NODES};
            if (branch->relevant)
                xpath_nodes_add(run->world->arena, &nodes, branch);
        } else {
            nodes = take_step(run, &expr->steps[i], current, &nodes);
        }
    }
    return nodes;
}

/* What is not relevant, or lies in something that is not, is not there. */
static struct xpath_value the_item(struct xpath_run *run, const struct form_item *item)
{
    struct xpath_value nodes = {.kind = XPATH_NODES};
    if (item != NULL && item->relevant && xpath_spend(run, 1))
        xpath_nodes_add(run->world->arena, &nodes, item);
    return nodes;
}

struct xpath_value xpath_run_path(struct xpath_run *run, const struct xpath_expr *expr, const struct xpath_focus *focus)
{
    if (expr->node != NULL && run->world->heads != NULL)
        return the_item(run, run->world->heads[expr->node->index]);
    if (expr->absolute)
        return absolute(run, expr, focus->current);
    struct xpath_value nodes = {.kind = XPATH_NODES};
    if (expr->arg_count > 0)
        nodes = xpath_run_expr(run, expr->args[0], focus);
    else if (focus->item != NULL)
        xpath_nodes_add(run->world->arena, &nodes, focus->item);
    if (nodes.kind != XPATH_NODES)
        return xpath_fail(run);
    for (size_t i = 0; i < expr->step_count && run->failed == OK; i++)
        nodes = take_step(run, &expr->steps[i], focus->current, &nodes);
    return nodes;
}
