/* What a rule says, where it is simple enough to be said in a sentence: for printing the empty form. */
#include "platform/form/model.h"

#include "base/text.h"

enum { CLAUSES_MAX = 8 };

struct reading {
    struct arena *arena;
    const struct form *form;
    const struct form_node *node; /* whose rule it is */
    size_t language;
    struct form_clause *clauses;
    size_t count;
};

static const struct form_node *child_called(const struct form_node *parent, const char *name)
{
    for (const struct form_node *node = parent->first; node != NULL; node = node->next)
        if (strcmp(node->name, name) == 0)
            return node;
    return NULL;
}

static bool is_current(const struct xpath_expr *expr)
{
    return expr->op == XPATH_CALL && strcmp(expr->function->name, "current") == 0;
}

/* The question that plain steps lead to, whichever instance of a repeat it stands in; NULL for everything else. */
static const struct form_node *question_of(const struct reading *r, const struct xpath_expr *expr)
{
    const struct form_node *root = r->form->nodes[0], *at = expr->absolute ? NULL : r->node;
    if (expr->op != XPATH_PATH || (expr->arg_count > 0 && !is_current(expr->args[0])))
        return NULL;
    for (size_t i = 0; i < expr->step_count; i++) {
        const struct xpath_step *step = &expr->steps[i];
        if (step->predicate_count > 0 || (at == NULL && i > 0))
            return NULL;
        if (step->axis == AXIS_SELF && step->name == NULL)
            continue;
        if (step->axis == AXIS_PARENT && step->name == NULL)
            at = at == NULL ? NULL : at->parent;
        else if (step->axis != AXIS_CHILD || step->name == NULL)
            return NULL;
        else if (at == NULL)
            at = strcmp(root->name, step->name) == 0 ? root : NULL;
        else
            at = child_called(at, step->name);
    }
    return at != NULL && at->type > FORM_NOTE && at->type < FORM_CALCULATE ? at : NULL;
}

/* The text of a literal; NULL when it is none. */
static const char *literal_of(const struct reading *r, const struct xpath_expr *expr)
{
    if (expr->op == XPATH_LITERAL_TEXT)
        return expr->text;
    if (expr->op == XPATH_LITERAL_NUMBER)
        return xpath_print_number(r->arena, expr->number);
    if (expr->op == XPATH_NEGATE && expr->args[0]->op == XPATH_LITERAL_NUMBER)
        return xpath_print_number(r->arena, -expr->args[0]->number);
    return NULL;
}

static bool add_clause(struct reading *r, const struct xpath_expr *path, enum form_comparison is, const char *value)
{
    const struct form_node *question = question_of(r, path);
    if (question == NULL || value == NULL || r->count == CLAUSES_MAX)
        return false;
    const char *label = form_choice_label(r->form, question, value, strlen(value), r->language);
    if (value[0] == '\0' && (is == FORM_IS || is == FORM_IS_NOT))
        is = is == FORM_IS ? FORM_NOT_ANSWERED : FORM_ANSWERED;
    r->clauses[r->count++] = (struct form_clause){question, is, label == NULL ? arena_text(r->arena, value) : label};
    return true;
}

/* "3 < q" says the same as "q > 3". */
static enum form_comparison turned(enum form_comparison is)
{
    switch (is) {
    case FORM_LESS: return FORM_MORE;
    case FORM_MORE: return FORM_LESS;
    case FORM_AT_MOST: return FORM_AT_LEAST;
    case FORM_AT_LEAST: return FORM_AT_MOST;
    default: return is;
    }
}

static bool read_comparison(struct reading *r, const struct xpath_expr *expr)
{
    static const enum form_comparison comparisons[] = {
        [XPATH_EQUAL] = FORM_IS,           [XPATH_UNEQUAL] = FORM_IS_NOT, [XPATH_LESS] = FORM_LESS,
        [XPATH_LESS_EQUAL] = FORM_AT_MOST, [XPATH_GREATER] = FORM_MORE,   [XPATH_GREATER_EQUAL] = FORM_AT_LEAST};
    enum form_comparison is = comparisons[expr->op];
    if (expr->args[0]->op == XPATH_PATH)
        return add_clause(r, expr->args[0], is, literal_of(r, expr->args[1]));
    return add_clause(r, expr->args[1], turned(is), literal_of(r, expr->args[0]));
}

static bool is_call(const struct xpath_expr *expr, const char *name, size_t args)
{
    return expr->op == XPATH_CALL && strcmp(expr->function->name, name) == 0 && expr->arg_count == args;
}

static bool read_one(struct reading *r, const struct xpath_expr *expr)
{
    if (expr->op >= XPATH_EQUAL && expr->op <= XPATH_GREATER_EQUAL)
        return read_comparison(r, expr);
    if (is_call(expr, "selected", 2))
        return add_clause(r, expr->args[0], FORM_IS, literal_of(r, expr->args[1]));
    if (is_call(expr, "not", 1) && is_call(expr->args[0], "selected", 2))
        return add_clause(r, expr->args[0]->args[0], FORM_IS_NOT, literal_of(r, expr->args[0]->args[1]));
    return false;
}

static bool read_all(struct reading *r, const struct xpath_expr *expr, enum xpath_op joined)
{
    if (expr->op != joined)
        return read_one(r, expr);
    for (size_t i = 0; i < expr->arg_count; i++)
        if (!read_all(r, expr->args[i], joined))
            return false;
    return true;
}

struct form_condition form_condition(struct arena *arena, const struct form *form, const struct form_node *node,
                                     size_t language)
{
    const struct xpath_expr *expr = node->rules == NULL ? NULL : node->rules->relevant;
    struct reading r = {arena, form, node, language, ARENA_ARRAY(arena, struct form_clause, CLAUSES_MAX), 0};
    if (expr == NULL)
        return (struct form_condition){.kind = FORM_ALWAYS};
    bool any = expr->op == XPATH_OR;
    if (!read_all(&r, expr, any ? XPATH_OR : XPATH_AND))
        return (struct form_condition){.kind = FORM_WORKED_OUT};
    return (struct form_condition){any ? FORM_IF_ANY : FORM_IF_ALL, r.clauses, r.count};
}

unsigned form_repeat_count(const struct form_node *repeat)
{
    const struct xpath_expr *count = repeat->rules->repeat_count;
    if (count != NULL && count->node != NULL) /* a converter puts a number into a calculation */
        count = count->node->rules->calculation;
    bool fixed = count != NULL && count->op == XPATH_LITERAL_NUMBER && count->number >= 1 &&
                 count->number <= FORM_REPEAT_MAX;
    return fixed ? (unsigned)count->number : 0;
}
