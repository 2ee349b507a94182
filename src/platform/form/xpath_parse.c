#include "platform/form/xpath_token.h"

#include "base/text.h"
#include "platform/form/functions.h"

static const struct xpath_expr *parse_or(struct xpath_parser *p);

static const struct xpath_expr nothing = {.op = XPATH_LITERAL_TEXT, .text = ""};

/* ---- building ---- */

static struct xpath_expr *make(struct xpath_parser *p, enum xpath_op op)
{
    struct xpath_expr *expr = ARENA_NEW(p->arena, struct xpath_expr);
    expr->op = op;
    return expr;
}

/* Adds to a list of `owner`, whose height grows with it: evaluating goes as deep as an expression is high. */
static void add_expr(struct xpath_parser *p, struct xpath_expr *owner, const struct xpath_expr ***list, size_t *count,
                     const struct xpath_expr *expr)
{
    if (owner->height <= expr->height)
        owner->height = expr->height + 1;
    if (owner->height > XPATH_HEIGHT_MAX)
        xpath_note_fault(p, FORM_TOO_LARGE, "an expression of too many parts");
    if ((*count & (*count - 1)) == 0) {
        const struct xpath_expr **wider = ARENA_ARRAY(p->arena, const struct xpath_expr *,
                                                      *count == 0 ? 1 : *count * 2);
        if (*count > 0)
            memcpy(wider, *list, *count * sizeof *wider);
        *list = wider;
    }
    (*list)[(*count)++] = expr;
}

static void add_tested_step(struct xpath_parser *p, struct xpath_expr *path, enum xpath_axis axis, const char *name,
                            enum xpath_test test)
{
    size_t count = path->step_count;
    if ((count & (count - 1)) == 0) {
        struct xpath_step *wider = ARENA_ARRAY(p->arena, struct xpath_step, count == 0 ? 1 : count * 2);
        if (count > 0)
            memcpy(wider, path->steps, count * sizeof *wider);
        path->steps = wider;
    }
    path->step_count++;
    const char *colon = name == NULL ? NULL : strchr(name, ':');
    const char *local = colon == NULL ? NULL : colon + 1;
    path->steps[count] = (struct xpath_step){.axis = axis, .name = name, .local = local, .test = test};
}

static void add_step(struct xpath_parser *p, struct xpath_expr *path, enum xpath_axis axis, const char *name)
{
    add_tested_step(p, path, axis, name, name == NULL ? TEST_NODE : TEST_NAME);
}

static const struct xpath_expr *binary(struct xpath_parser *p, enum xpath_op op, const struct xpath_expr *left,
                                       const struct xpath_expr *right)
{
    struct xpath_expr *expr = make(p, op);
    add_expr(p, expr, &expr->args, &expr->arg_count, left);
    add_expr(p, expr, &expr->args, &expr->arg_count, right);
    return expr;
}

/* ---- names and references ---- */

static const struct form_node *find_node(struct xpath_parser *p, const char *name, size_t len)
{
    const char *word = text_trim(p->arena, arena_text_n(p->arena, name, len));
    const struct form_node *node = NULL;
    enum form_problem_code code = FORM_REFERENCE_UNKNOWN;
    if (p->find != NULL)
        code = p->find(p->find_data, word, &node);
    if (code != FORM_PROBLEM_NONE)
        xpath_note_fault(p, code, word);
    return node;
}

static void node_steps(struct xpath_parser *p, struct xpath_expr *path, const struct form_node *node)
{
    if (node->parent != NULL)
        node_steps(p, path, node->parent);
    add_step(p, path, AXIS_CHILD, node->name);
}

static struct xpath_expr *reference(struct xpath_parser *p)
{
    const struct form_node *node = find_node(p, p->token.start + 2, p->token.len - 3);
    struct xpath_expr *path = make(p, XPATH_PATH);
    path->absolute = true;
    if (node != NULL)
        node_steps(p, path, node);
    xpath_next(p);
    return path;
}

/* In quoted text, ${name} stands for the path, as jr:choice-name wants it. */
static const char *quoted(struct xpath_parser *p, const char *text, size_t len)
{
    const char *end = text + len;
    struct buf buf;
    buf_init(&buf, p->arena, len);
    while (text < end) {
        const char *open = memmem(text, (size_t)(end - text), "${", 2);
        const char *close = open == NULL ? NULL : memchr(open, '}', (size_t)(end - open));
        if (close == NULL)
            break;
        buf_add(&buf, text, (size_t)(open - text));
        const struct form_node *node = find_node(p, open + 2, (size_t)(close - open - 2));
        buf_text(&buf, node == NULL ? "" : node->path);
        text = close + 1;
    }
    buf_add(&buf, text, (size_t)(end - text));
    return buf.ptr;
}

/* ---- paths ---- */

/* The conditions in brackets behind the last step. */
static void predicates(struct xpath_parser *p, struct xpath_expr *path)
{
    while (path->step_count > 0 && xpath_take(p, "[")) {
        struct xpath_step *last = &path->steps[path->step_count - 1];
        add_expr(p, path, &last->predicates, &last->predicate_count, parse_or(p));
        xpath_expect(p, "]");
    }
}

static bool axis_named(const struct xpath_token *token, enum xpath_axis *out)
{
    static const char *const names[AXIS_COUNT] = {"child",
                                                  "self",
                                                  "parent",
                                                  "ancestor",
                                                  "descendant",
                                                  "descendant-or-self",
                                                  "following-sibling",
                                                  "preceding-sibling",
                                                  "ancestor-or-self",
                                                  "following",
                                                  "preceding",
                                                  "attribute"};
    for (size_t i = 0; i < AXIS_COUNT; i++)
        if (token->len == strlen(names[i]) && strncmp(token->start, names[i], token->len) == 0) {
            *out = (enum xpath_axis)i;
            return true;
        }
    return false;
}

/* The test behind an axis: a name, "*", "node()", "text()"; comments and instructions are never there. */
static const char *name_test(struct xpath_parser *p, enum xpath_test *test)
{
    static const char *const tests[] = {"node", "text", "comment", "processing-instruction"};
    *test = TEST_NAME;
    if (xpath_take(p, "*"))
        return NULL;
    if (p->token.kind != TOKEN_NAME) {
        xpath_fault_here(p, "a name is missing");
        return NULL;
    }
    const char *name = arena_text_n(p->arena, p->token.start, p->token.len);
    bool called = *xpath_ahead(p) == '(';
    for (size_t i = 0; called && i < 4; i++)
        if (strcmp(name, tests[i]) == 0)
            *test = i == 0 ? TEST_NODE : i == 1 ? TEST_TEXT : TEST_NOTHING;
    if (called && *test == TEST_NAME)
        xpath_fault_here(p, "a name is expected");
    xpath_next(p);
    if (called) {
        xpath_expect(p, "(");
        if (strcmp(name, "processing-instruction") == 0 && p->token.kind == TOKEN_QUOTED)
            xpath_next(p);
        xpath_expect(p, ")");
    }
    return called ? NULL : name;
}

static void step(struct xpath_parser *p, struct xpath_expr *path)
{
    enum xpath_axis axis = AXIS_CHILD;
    if (xpath_take(p, ".")) {
        add_step(p, path, AXIS_SELF, NULL);
    } else if (xpath_take(p, "..")) {
        add_step(p, path, AXIS_PARENT, NULL);
    } else {
        enum xpath_test test = TEST_NAME;
        if (xpath_take(p, "@")) {
            axis = AXIS_ATTRIBUTE;
        } else if (p->token.kind == TOKEN_NAME && text_starts(xpath_ahead(p), "::")) {
            if (!axis_named(&p->token, &axis))
                xpath_fault_here(p, "an axis that forms do not have");
            xpath_next(p);
            xpath_expect(p, "::");
        }
        const char *name = name_test(p, &test);
        add_tested_step(p, path, axis, name, test);
    }
    predicates(p, path);
}

/* The steps behind a start, with their slashes. */
static void more_steps(struct xpath_parser *p, struct xpath_expr *path)
{
    while (!p->failed) {
        if (xpath_take(p, "//"))
            add_step(p, path, AXIS_SELF_OR_DESCENDANT, NULL);
        else if (!xpath_take(p, "/"))
            return;
        step(p, path);
    }
}

static bool is_node_test(const struct xpath_parser *p)
{
    static const char *const tests[] = {"node", "text", "comment", "processing-instruction"};
    for (size_t i = 0; i < 4; i++)
        if (p->token.len == strlen(tests[i]) && strncmp(p->token.start, tests[i], p->token.len) == 0)
            return true;
    return false;
}

static bool starts_step(const struct xpath_parser *p)
{
    return p->token.kind == TOKEN_NAME || xpath_is(p, ".") || xpath_is(p, "..") || xpath_is(p, "*") || xpath_is(p, "@");
}

/* The question that plain child steps from the root lead to; NULL when a repeat, a condition or another axis is on the way. */
static const struct form_node *straight_to(const struct xpath_expr *path, const struct form_node *root)
{
    const struct form_node *node = NULL;
    for (size_t i = 0; i < path->step_count; i++) {
        const struct xpath_step *step = &path->steps[i];
        if (step->axis != AXIS_CHILD || step->name == NULL || step->predicate_count > 0)
            return NULL;
        const struct form_node *next = node == NULL ? root : node->first;
        while (next != NULL && strcmp(next->name, step->name) != 0)
            next = node == NULL ? NULL : next->next;
        if (next == NULL || next->type == FORM_REPEAT)
            return NULL;
        node = next;
    }
    return node;
}

static const struct xpath_expr *location(struct xpath_parser *p)
{
    struct xpath_expr *path = make(p, XPATH_PATH);
    if (xpath_is(p, "//")) {
        path->absolute = true;
    } else if (xpath_take(p, "/")) {
        path->absolute = true;
        if (!starts_step(p))
            return path;
        step(p, path);
    } else {
        step(p, path);
    }
    more_steps(p, path);
    if (path->absolute && p->root != NULL)
        path->node = straight_to(path, p->root);
    return path;
}

/* A path that starts from a value: instance('x')/root/item, ${child}[1], (a | b)/c. */
static const struct xpath_expr *path_from(struct xpath_parser *p, const struct xpath_expr *start)
{
    if (!xpath_is(p, "[") && !xpath_is(p, "/") && !xpath_is(p, "//"))
        return start;
    struct xpath_expr *path = make(p, XPATH_PATH);
    add_expr(p, path, &path->args, &path->arg_count, start);
    if (xpath_is(p, "[")) {
        add_step(p, path, AXIS_SELF, NULL);
        predicates(p, path);
    }
    more_steps(p, path);
    return path;
}

static const struct xpath_expr *reference_path(struct xpath_parser *p)
{
    struct xpath_expr *path = reference(p);
    predicates(p, path);
    more_steps(p, path);
    return path;
}

/* ---- calls, literals, operators ---- */

static bool is_regex(const struct xpath_expr *expr)
{
    return strcmp(expr->function->name, "regex") == 0 && expr->args[1]->op == XPATH_LITERAL_TEXT;
}

static const struct xpath_expr *call(struct xpath_parser *p)
{
    struct xpath_token name = p->token;
    struct xpath_expr *expr = make(p, XPATH_CALL);
    expr->function = xpath_function_find(name.start, name.len);
    if (expr->function == NULL) {
        xpath_note_fault(
            p, FORM_EXPRESSION_INVALID,
            arena_format(p->arena, "there is no function %.*s()", (int)(name.len > 60 ? 60 : name.len), name.start));
        return &nothing;
    }
    xpath_next(p);
    xpath_expect(p, "(");
    if (!xpath_is(p, ")"))
        do
            add_expr(p, expr, &expr->args, &expr->arg_count, parse_or(p));
        while (xpath_take(p, ","));
    xpath_expect(p, ")");
    if (expr->arg_count < expr->function->least || expr->arg_count > expr->function->most)
        xpath_note_fault(
            p, FORM_EXPRESSION_INVALID,
            arena_format(p->arena, "%s() does not take %zu values", expr->function->name, expr->arg_count));
    if (!p->failed && is_regex(expr) && !pattern_valid(p->arena, expr->args[1]->text))
        xpath_note_fault(p, FORM_EXPRESSION_INVALID, "regex() has a pattern that cannot be read");
    return expr;
}

static const struct xpath_expr *number_literal(struct xpath_parser *p)
{
    struct xpath_expr *expr = make(p, XPATH_LITERAL_NUMBER);
    expr->number = strtod(arena_text_n(p->arena, p->token.start, p->token.len), NULL);
    xpath_next(p);
    return expr;
}

static const struct xpath_expr *text_literal(struct xpath_parser *p)
{
    struct xpath_expr *expr = make(p, XPATH_LITERAL_TEXT);
    expr->text = quoted(p, p->token.start + 1, p->token.len - 2);
    xpath_next(p);
    return expr;
}

static const struct xpath_expr *primary(struct xpath_parser *p)
{
    if (p->token.kind == TOKEN_NUMBER)
        return number_literal(p);
    if (p->token.kind == TOKEN_QUOTED)
        return text_literal(p);
    if (p->token.kind == TOKEN_REFERENCE)
        return reference_path(p);
    if (xpath_take(p, "(")) {
        const struct xpath_expr *inner = parse_or(p);
        xpath_expect(p, ")");
        return path_from(p, inner);
    }
    if (p->token.kind == TOKEN_NAME && *xpath_ahead(p) == '(' && !is_node_test(p))
        return path_from(p, call(p));
    if (starts_step(p) || xpath_is(p, "/") || xpath_is(p, "//"))
        return location(p);
    xpath_fault_here(p, "a value is missing");
    return &nothing;
}

static const struct xpath_expr *parse_union(struct xpath_parser *p)
{
    const struct xpath_expr *left = primary(p);
    while (p->token.kind == TOKEN_OPERATOR && p->token.op == XPATH_UNION) {
        xpath_next(p);
        left = binary(p, XPATH_UNION, left, primary(p));
    }
    return left;
}

static const struct xpath_expr *parse_unary(struct xpath_parser *p)
{
    bool negate = false;
    bool any = false;
    while (p->token.kind == TOKEN_OPERATOR && p->token.op == XPATH_SUBTRACT) {
        negate = !negate;
        any = true;
        xpath_next(p);
    }
    const struct xpath_expr *inner = parse_union(p);
    if (!any)
        return inner;
    struct xpath_expr *expr = make(p, XPATH_NEGATE);
    expr->number = negate ? -1 : 1;
    add_expr(p, expr, &expr->args, &expr->arg_count, inner);
    return expr;
}

/* How tightly a binary operator binds; 0: it is none of them. */
static unsigned tightness(const struct xpath_token *token)
{
    if (token->kind != TOKEN_OPERATOR)
        return 0;
    switch (token->op) {
    case XPATH_OR: return 1;
    case XPATH_AND: return 2;
    case XPATH_EQUAL:
    case XPATH_UNEQUAL: return 3;
    case XPATH_LESS:
    case XPATH_LESS_EQUAL:
    case XPATH_GREATER:
    case XPATH_GREATER_EQUAL: return 4;
    case XPATH_ADD:
    case XPATH_SUBTRACT: return 5;
    case XPATH_MULTIPLY:
    case XPATH_DIVIDE:
    case XPATH_MODULO: return 6;
    default: return 0;
    }
}

static const struct xpath_expr *parse_level(struct xpath_parser *p, unsigned level)
{
    if (level > 6)
        return parse_unary(p);
    const struct xpath_expr *left = parse_level(p, level + 1);
    while (tightness(&p->token) == level) {
        enum xpath_op op = p->token.op;
        xpath_next(p);
        left = binary(p, op, left, parse_level(p, level + 1));
    }
    return left;
}

static const struct xpath_expr *parse_or(struct xpath_parser *p)
{
    if (p->failed)
        return &nothing;
    if (++p->depth > XPATH_DEPTH_MAX) {
        xpath_note_fault(p, FORM_TOO_LARGE, "an expression nested too deeply");
        return &nothing;
    }
    const struct xpath_expr *expr = parse_level(p, 1);
    p->depth--;
    return expr;
}

static enum err parse(struct xpath_parser *p, const struct xpath_expr **out)
{
    if (strlen(p->text) > XPATH_LENGTH_MAX)
        xpath_note_fault(p, FORM_TOO_LARGE, "an expression too long");
    if (!text_check(p->text, strlen(p->text)))
        xpath_note_fault(p, FORM_TEXT_INVALID, "");
    xpath_next(p);
    const struct xpath_expr *expr = parse_or(p);
    if (!p->failed && p->token.kind != TOKEN_END)
        xpath_fault_here(p, "an operator is missing");
    if (p->failed)
        return ERR_INPUT;
    *out = expr;
    return OK;
}

enum err xpath_parse(struct arena *arena, const char *text, xpath_find find, void *find_data,
                     const struct xpath_expr **out, struct xpath_fault *fault_out)
{
    struct xpath_parser p = {
        .arena = arena, .text = text, .at = text, .find = find, .find_data = find_data, .fault = fault_out};
    return parse(&p, out);
}

enum err xpath_parse_in(struct arena *arena, const char *text, const struct form_node *root,
                        const struct xpath_expr **out, struct xpath_fault *fault_out)
{
    struct xpath_parser p = {.arena = arena, .text = text, .at = text, .root = root, .fault = fault_out};
    return parse(&p, out);
}
