#include "platform/form/xpath.h"

#include <math.h>

bool xpath_spend(struct xpath_run *run, size_t steps)
{
    if (run->failed != OK)
        return false;
    if (run->world->steps < steps) {
        run->world->steps = 0;
        run->failed = ERR_LIMIT;
        return false;
    }
    run->world->steps -= steps;
    return true;
}

struct xpath_value xpath_fail(struct xpath_run *run)
{
    if (run->failed == OK)
        run->failed = ERR_INPUT;
    return xpath_text("");
}

/* ---- comparing ---- */

static bool ordered(enum xpath_op op, double left, double right)
{
    switch (op) {
    case XPATH_LESS: return left < right;
    case XPATH_LESS_EQUAL: return left <= right;
    case XPATH_GREATER: return left > right;
    case XPATH_GREATER_EQUAL: return left >= right;
    case XPATH_EQUAL: return left == right;
    default: return left != right;
    }
}

static bool is_equality(enum xpath_op op)
{
    return op == XPATH_EQUAL || op == XPATH_UNEQUAL;
}

/* Neither side is a set of nodes. */
static bool compare_single(struct arena *arena, enum xpath_op op, const struct xpath_value *left,
                           const struct xpath_value *right)
{
    if (is_equality(op) && (left->kind == XPATH_TRUTH || right->kind == XPATH_TRUTH))
        return (xpath_to_truth(left) == xpath_to_truth(right)) == (op == XPATH_EQUAL);
    if (is_equality(op) && left->kind == XPATH_TEXT && right->kind == XPATH_TEXT)
        return (strcmp(left->text, right->text) == 0) == (op == XPATH_EQUAL);
    return ordered(op, xpath_to_number(arena, left), xpath_to_number(arena, right));
}

/* One side of a comparison, taken apart: a set without nodes counts as one empty answer, as in ODK. */
static struct xpath_value side(struct arena *arena, const struct xpath_value *value, size_t at)
{
    if (value->kind != XPATH_NODES)
        return *value;
    return xpath_text(value->count == 0 ? "" : xpath_item_text(arena, value->items[at]));
}

static size_t sides(const struct xpath_value *value)
{
    return value->kind == XPATH_NODES && value->count > 0 ? value->count : 1;
}

static bool compare(struct xpath_run *run, enum xpath_op op, const struct xpath_value *left,
                    const struct xpath_value *right)
{
    struct arena *arena = run->world->arena;
    if (is_equality(op) && (left->kind == XPATH_TRUTH || right->kind == XPATH_TRUTH))
        return compare_single(arena, op, left, right);
    for (size_t i = 0; i < sides(left); i++) {
        struct xpath_value one = side(arena, left, i);
        for (size_t j = 0; j < sides(right) && xpath_spend(run, 1); j++) {
            struct xpath_value other = side(arena, right, j);
            if (compare_single(arena, op, &one, &other))
                return true;
        }
    }
    return false;
}

/* ---- operators ---- */

static struct xpath_value arithmetic(enum xpath_op op, double left, double right)
{
    switch (op) {
    case XPATH_ADD: return xpath_number(left + right);
    case XPATH_SUBTRACT: return xpath_number(left - right);
    case XPATH_MULTIPLY: return xpath_number(left * right);
    case XPATH_DIVIDE: return xpath_number(left / right);
    default: return xpath_number(fmod(left, right));
    }
}

static struct xpath_value merge(struct xpath_run *run, const struct xpath_value *left, const struct xpath_value *right)
{
    if (left->kind != XPATH_NODES || right->kind != XPATH_NODES)
        return xpath_fail(run);
    struct xpath_value both = {.kind = XPATH_NODES};
    for (size_t i = 0; i < left->count && xpath_spend(run, 1); i++)
        xpath_nodes_add(run->world->arena, &both, left->items[i]);
    for (size_t i = 0; i < right->count; i++) {
        size_t at = 0;
        while (at < left->count && xpath_spend(run, 1) && left->items[at] != right->items[i])
            at++;
        if (at == left->count)
            xpath_nodes_add(run->world->arena, &both, right->items[i]);
    }
    xpath_nodes_sort(run, &both);
    return both;
}

static struct xpath_value operation(struct xpath_run *run, const struct xpath_expr *expr,
                                    const struct xpath_focus *focus)
{
    struct arena *arena = run->world->arena;
    struct xpath_value left = xpath_run_expr(run, expr->args[0], focus);
    if (expr->op == XPATH_AND && !xpath_to_truth(&left))
        return xpath_truth(false);
    if (expr->op == XPATH_OR && xpath_to_truth(&left))
        return xpath_truth(true);
    struct xpath_value right = xpath_run_expr(run, expr->args[1], focus);
    if (expr->op == XPATH_AND || expr->op == XPATH_OR)
        return xpath_truth(xpath_to_truth(&right));
    if (expr->op == XPATH_UNION)
        return merge(run, &left, &right);
    if (expr->op >= XPATH_EQUAL && expr->op <= XPATH_GREATER_EQUAL)
        return xpath_truth(compare(run, expr->op, &left, &right));
    return arithmetic(expr->op, xpath_to_number(arena, &left), xpath_to_number(arena, &right));
}

static struct xpath_value negated(struct xpath_run *run, const struct xpath_expr *expr, const struct xpath_focus *focus)
{
    struct xpath_value inner = xpath_run_expr(run, expr->args[0], focus);
    return xpath_number(expr->number * xpath_to_number(run->world->arena, &inner));
}

struct xpath_value xpath_run_expr(struct xpath_run *run, const struct xpath_expr *expr, const struct xpath_focus *focus)
{
    if (!xpath_spend(run, 1))
        return xpath_text("");
    switch (expr->op) {
    case XPATH_LITERAL_TEXT: return xpath_text(expr->text);
    case XPATH_LITERAL_NUMBER: return xpath_number(expr->number);
    case XPATH_NEGATE: return negated(run, expr, focus);
    case XPATH_PATH: return xpath_run_path(run, expr, focus);
    case XPATH_CALL: {
        struct xpath_call call = {run, focus, expr->args, expr->arg_count};
        return expr->function->call(&call);
    }
    default: return operation(run, expr, focus);
    }
}

enum err xpath_eval(struct xpath_world *world, const struct xpath_expr *expr, const struct form_item *item,
                    const struct form_item *current, struct xpath_value *out)
{
    struct xpath_run run = {.world = world};
    struct xpath_focus focus = {item, current, 1, 1};
    struct xpath_value value = xpath_run_expr(&run, expr, &focus);
    if (run.failed != OK)
        return run.failed;
    *out = value;
    return OK;
}

/* ---- arguments of functions ---- */

struct xpath_value xpath_arg(const struct xpath_call *call, size_t at)
{
    return xpath_run_expr(call->run, call->args[at], call->focus);
}

const char *xpath_arg_text(const struct xpath_call *call, size_t at)
{
    struct xpath_value value = xpath_arg(call, at);
    return xpath_to_text(call->run->world->arena, &value);
}

double xpath_arg_number(const struct xpath_call *call, size_t at)
{
    struct xpath_value value = xpath_arg(call, at);
    return xpath_to_number(call->run->world->arena, &value);
}

bool xpath_arg_truth(const struct xpath_call *call, size_t at)
{
    struct xpath_value value = xpath_arg(call, at);
    return xpath_to_truth(&value);
}

size_t xpath_arg_texts(const struct xpath_call *call, size_t from, const char *const **out)
{
    struct arena *arena = call->run->world->arena;
    struct xpath_value *values = ARENA_ARRAY(arena, struct xpath_value, call->count);
    size_t count = 0;
    for (size_t i = from; i < call->count; i++) {
        values[i] = xpath_arg(call, i);
        count += values[i].kind == XPATH_NODES ? values[i].count : 1;
    }
    const char **texts = ARENA_ARRAY(arena, const char *, count);
    size_t at = 0;
    for (size_t i = from; i < call->count; i++)
        for (size_t j = 0; at < count && (values[i].kind == XPATH_NODES ? j < values[i].count : j == 0); j++)
            texts[at++] = values[i].kind == XPATH_NODES ? xpath_item_text(arena, values[i].items[j])
                                                        : xpath_to_text(arena, &values[i]);
    *out = texts;
    return count;
}
