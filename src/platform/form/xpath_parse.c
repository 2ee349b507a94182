#include "platform/form/functions.h"

#include "base/text.h"

#include <stdlib.h>

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_QUOTED, TOKEN_NAME, TOKEN_REFERENCE, TOKEN_OPERATOR, TOKEN_SYMBOL };

struct token {
    enum token_kind kind;
    const char *start;
    size_t len;
    enum xpath_op op; /* of TOKEN_OPERATOR */
};

struct parser {
    struct arena *arena;
    const char *text;
    const char *at;
    struct token token;
    bool after_operand; /* then "*" multiplies and names are operators */
    unsigned depth;
    xpath_find find;
    void *find_data;
    struct xpath_fault *fault;
    bool failed;
};

static const struct xpath_expr *parse_or(struct parser *p);

static const struct xpath_expr nothing = {.op = XPATH_LITERAL_TEXT, .text = ""};

/* ---- faults ---- */

static void fault(struct parser *p, enum form_problem_code code, const char *detail)
{
    if (p->failed)
        return;
    p->failed = true;
    *p->fault = (struct xpath_fault){code, detail};
    p->token = (struct token){.kind = TOKEN_END, .start = p->at};
    p->at = p->text + strlen(p->text);
}

/* The text around the place where the expression goes wrong, cut at whole characters. */
static const char *around(struct parser *p, const char *at)
{
    size_t len = strlen(at);
    if (len > 20)
        len = 20;
    while (len > 0 && ((unsigned char)at[len] & 0xC0) == 0x80)
        len--;
    return len == 0 ? "the end" : arena_format(p->arena, "\"%.*s\"", (int)len, at);
}

static void fault_here(struct parser *p, const char *what)
{
    fault(p, FORM_EXPRESSION_INVALID, arena_format(p->arena, "%s at %s", what, around(p, p->token.start)));
}

/* ---- tokens ---- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool name_part(char c)
{
    return name_start(c) || digit(c) || c == '-' || c == '.';
}

static size_t name_length(const char *at)
{
    size_t len = 0;
    if (!name_start(at[0]))
        return 0;
    while (name_part(at[len]))
        len++;
    if (at[len] == ':' && at[len + 1] != ':' && name_start(at[len + 1])) {
        len++;
        while (name_part(at[len]))
            len++;
    }
    return len;
}

struct word_operator {
    const char *word;
    enum xpath_op op;
};

static const struct word_operator word_operators[] = {
    {"and", XPATH_AND}, {"or", XPATH_OR}, {"div", XPATH_DIVIDE}, {"mod", XPATH_MODULO}};

static const struct word_operator sign_operators[] = {
    {"!=", XPATH_UNEQUAL}, {"<=", XPATH_LESS_EQUAL}, {">=", XPATH_GREATER_EQUAL}, {"=", XPATH_EQUAL}, {"<", XPATH_LESS},
    {">", XPATH_GREATER},  {"+", XPATH_ADD},         {"-", XPATH_SUBTRACT},       {"|", XPATH_UNION}};

static bool operator_token(struct parser *p, const struct word_operator *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(table[i].word);
        if (strncmp(p->at, table[i].word, len) != 0)
            continue;
        /* "1 and1" is read as "1 and 1", "1 android" is not. */
        if (table == word_operators && name_start(p->at[len]))
            continue;
        p->token = (struct token){TOKEN_OPERATOR, p->at, len, table[i].op};
        return true;
    }
    return false;
}

static void number_token(struct parser *p)
{
    size_t len = 0;
    while (digit(p->at[len]))
        len++;
    if (p->at[len] == '.')
        len++;
    while (digit(p->at[len]))
        len++;
    p->token = (struct token){.kind = TOKEN_NUMBER, .start = p->at, .len = len};
}

/* Quoted text and ${name}: what stands between two marks. */
static void enclosed_token(struct parser *p, enum token_kind kind, size_t open, char close)
{
    const char *end = strchr(p->at + open, close);
    p->token = (struct token){.kind = kind, .start = p->at};
    if (end == NULL) {
        fault_here(p, kind == TOKEN_QUOTED ? "a quotation mark is not closed" : "${ is not closed");
        return;
    }
    p->token.len = (size_t)(end + 1 - p->at);
}

static void symbol_token(struct parser *p)
{
    static const char *const symbols[] = {"//", "..", "::", "/", ".", "(", ")", "[", "]", ",", "@", "*"};
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (text_starts(p->at, symbols[i])) {
            p->token = (struct token){.kind = TOKEN_SYMBOL, .start = p->at, .len = strlen(symbols[i])};
            return;
        }
    p->token = (struct token){.kind = TOKEN_SYMBOL, .start = p->at};
    fault_here(p, "an unexpected character");
}

static void read_token(struct parser *p)
{
    char c = *p->at;
    size_t words = sizeof word_operators / sizeof word_operators[0];
    size_t signs = sizeof sign_operators / sizeof sign_operators[0];
    if (c == '\0')
        p->token = (struct token){.kind = TOKEN_END, .start = p->at};
    else if (p->after_operand && c == '*')
        p->token = (struct token){TOKEN_OPERATOR, p->at, 1, XPATH_MULTIPLY};
    else if (p->after_operand && operator_token(p, word_operators, words))
        return;
    else if (operator_token(p, sign_operators, signs))
        return;
    else if (digit(c) || (c == '.' && digit(p->at[1])))
        number_token(p);
    else if (c == '"' || c == '\'')
        enclosed_token(p, TOKEN_QUOTED, 1, c);
    else if (c == '$' && p->at[1] == '{')
        enclosed_token(p, TOKEN_REFERENCE, 2, '}');
    else if (name_start(c))
        p->token = (struct token){.kind = TOKEN_NAME, .start = p->at, .len = name_length(p->at)};
    else
        symbol_token(p);
}

static bool ends_operand(const struct token *token)
{
    if (token->kind == TOKEN_SYMBOL)
        return *token->start == ')' || *token->start == ']' || *token->start == '.' || *token->start == '*';
    return token->kind == TOKEN_NUMBER || token->kind == TOKEN_QUOTED || token->kind == TOKEN_NAME ||
           token->kind == TOKEN_REFERENCE;
}

static void next_token(struct parser *p)
{
    if (p->failed)
        return;
    p->after_operand = p->token.start != NULL && ends_operand(&p->token);
    if (p->token.start != NULL)
        p->at = p->token.start + p->token.len;
    while (blank(*p->at))
        p->at++;
    read_token(p);
}

static bool is_symbol(const struct parser *p, const char *symbol)
{
    return p->token.kind == TOKEN_SYMBOL && p->token.len == strlen(symbol) &&
           strncmp(p->token.start, symbol, p->token.len) == 0;
}

static bool take_symbol(struct parser *p, const char *symbol)
{
    if (!is_symbol(p, symbol))
        return false;
    next_token(p);
    return true;
}

static void expect(struct parser *p, const char *symbol)
{
    if (!take_symbol(p, symbol))
        fault_here(p, arena_format(p->arena, "\"%s\" is missing", symbol));
}

/* What stands behind the current token, blanks skipped. */
static const char *ahead(const struct parser *p)
{
    const char *at = p->token.start + p->token.len;
    while (blank(*at))
        at++;
    return at;
}

/* ---- building ---- */

static struct xpath_expr *make(struct parser *p, enum xpath_op op)
{
    struct xpath_expr *expr = ARENA_NEW(p->arena, struct xpath_expr);
    expr->op = op;
    return expr;
}

/* Adds to a list of `owner`, whose height grows with it: evaluating goes as deep as an expression is high. */
static void add_expr(struct parser *p, struct xpath_expr *owner, const struct xpath_expr ***list, size_t *count,
                     const struct xpath_expr *expr)
{
    if (owner->height <= expr->height)
        owner->height = expr->height + 1;
    if (owner->height > XPATH_HEIGHT_MAX)
        fault(p, FORM_TOO_LARGE, "an expression of too many parts");
    if ((*count & (*count - 1)) == 0) {
        const struct xpath_expr **wider = ARENA_ARRAY(p->arena, const struct xpath_expr *, *count == 0 ? 1 : *count * 2);
        if (*count > 0)
            memcpy(wider, *list, *count * sizeof *wider);
        *list = wider;
    }
    (*list)[(*count)++] = expr;
}

static void add_step(struct parser *p, struct xpath_expr *path, enum xpath_axis axis, const char *name)
{
    size_t count = path->step_count;
    if ((count & (count - 1)) == 0) {
        struct xpath_step *wider = ARENA_ARRAY(p->arena, struct xpath_step, count == 0 ? 1 : count * 2);
        if (count > 0)
            memcpy(wider, path->steps, count * sizeof *wider);
        path->steps = wider;
    }
    path->step_count++;
    path->steps[count] = (struct xpath_step){.axis = axis, .name = name};
}

static const struct xpath_expr *binary(struct parser *p, enum xpath_op op, const struct xpath_expr *left,
                                       const struct xpath_expr *right)
{
    struct xpath_expr *expr = make(p, op);
    add_expr(p, expr, &expr->args, &expr->arg_count, left);
    add_expr(p, expr, &expr->args, &expr->arg_count, right);
    return expr;
}

/* ---- names and references ---- */

static const struct form_node *find_node(struct parser *p, const char *name, size_t len)
{
    const char *word = text_trim(p->arena, arena_text_n(p->arena, name, len));
    const struct form_node *node = NULL;
    enum form_problem_code code = FORM_REFERENCE_UNKNOWN;
    if (p->find != NULL)
        code = p->find(p->find_data, word, &node);
    if (code != FORM_PROBLEM_NONE)
        fault(p, code, word);
    return node;
}

static void node_steps(struct parser *p, struct xpath_expr *path, const struct form_node *node)
{
    if (node->parent != NULL)
        node_steps(p, path, node->parent);
    add_step(p, path, AXIS_CHILD, node->name);
}

static struct xpath_expr *reference(struct parser *p)
{
    const struct form_node *node = find_node(p, p->token.start + 2, p->token.len - 3);
    struct xpath_expr *path = make(p, XPATH_PATH);
    path->absolute = true;
    if (node != NULL)
        node_steps(p, path, node);
    next_token(p);
    return path;
}

/* In quoted text, ${name} stands for the path, as jr:choice-name wants it. */
static const char *quoted(struct parser *p, const char *text, size_t len)
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
static void predicates(struct parser *p, struct xpath_expr *path)
{
    while (path->step_count > 0 && take_symbol(p, "[")) {
        struct xpath_step *last = &path->steps[path->step_count - 1];
        add_expr(p, path, &last->predicates, &last->predicate_count, parse_or(p));
        expect(p, "]");
    }
}

static bool axis_named(const struct token *token, enum xpath_axis *out)
{
    static const char *const names[AXIS_COUNT] = {
        "child",      "self",           "parent", "ancestor", "descendant", "descendant-or-self", "following-sibling",
        "preceding-sibling"};
    for (size_t i = 0; i < AXIS_COUNT; i++)
        if (token->len == strlen(names[i]) && strncmp(token->start, names[i], token->len) == 0) {
            *out = (enum xpath_axis)i;
            return true;
        }
    return false;
}

/* The name test behind an axis: a name, "*" or "node()". */
static const char *name_test(struct parser *p)
{
    if (take_symbol(p, "*"))
        return NULL;
    if (p->token.kind != TOKEN_NAME) {
        fault_here(p, "a name is missing");
        return NULL;
    }
    const char *name = arena_text_n(p->arena, p->token.start, p->token.len);
    bool test = *ahead(p) == '(';
    if (test && strcmp(name, "node") != 0)
        fault_here(p, "a name is expected");
    next_token(p);
    if (test) {
        expect(p, "(");
        expect(p, ")");
    }
    return test ? NULL : name;
}

static void step(struct parser *p, struct xpath_expr *path)
{
    enum xpath_axis axis = AXIS_CHILD;
    if (take_symbol(p, ".")) {
        add_step(p, path, AXIS_SELF, NULL);
    } else if (take_symbol(p, "..")) {
        add_step(p, path, AXIS_PARENT, NULL);
    } else {
        if (p->token.kind == TOKEN_NAME && text_starts(ahead(p), "::")) {
            if (!axis_named(&p->token, &axis))
                fault_here(p, "an axis that forms do not have");
            next_token(p);
            expect(p, "::");
        }
        add_step(p, path, axis, name_test(p));
    }
    predicates(p, path);
}

/* The steps behind a start, with their slashes. */
static void more_steps(struct parser *p, struct xpath_expr *path)
{
    while (!p->failed) {
        if (take_symbol(p, "//"))
            add_step(p, path, AXIS_SELF_OR_DESCENDANT, NULL);
        else if (!take_symbol(p, "/"))
            return;
        step(p, path);
    }
}

static bool is_node_test(const struct parser *p)
{
    return p->token.len == 4 && strncmp(p->token.start, "node", 4) == 0;
}

static bool starts_step(const struct parser *p)
{
    return p->token.kind == TOKEN_NAME || is_symbol(p, ".") || is_symbol(p, "..") || is_symbol(p, "*");
}

static const struct xpath_expr *location(struct parser *p)
{
    struct xpath_expr *path = make(p, XPATH_PATH);
    if (is_symbol(p, "//")) {
        path->absolute = true;
    } else if (take_symbol(p, "/")) {
        path->absolute = true;
        if (!starts_step(p))
            return path;
        step(p, path);
    } else {
        step(p, path);
    }
    more_steps(p, path);
    return path;
}

/* A path that starts from a value: instance('x')/root/item, ${child}[1], (a | b)/c. */
static const struct xpath_expr *path_from(struct parser *p, const struct xpath_expr *start)
{
    if (!is_symbol(p, "[") && !is_symbol(p, "/") && !is_symbol(p, "//"))
        return start;
    struct xpath_expr *path = make(p, XPATH_PATH);
    add_expr(p, path, &path->args, &path->arg_count, start);
    if (is_symbol(p, "[")) {
        add_step(p, path, AXIS_SELF, NULL);
        predicates(p, path);
    }
    more_steps(p, path);
    return path;
}

static const struct xpath_expr *reference_path(struct parser *p)
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

static const struct xpath_expr *call(struct parser *p)
{
    struct token name = p->token;
    struct xpath_expr *expr = make(p, XPATH_CALL);
    expr->function = xpath_function_find(name.start, name.len);
    if (expr->function == NULL) {
        fault(p, FORM_EXPRESSION_INVALID,
              arena_format(p->arena, "there is no function %.*s()", (int)(name.len > 60 ? 60 : name.len), name.start));
        return &nothing;
    }
    next_token(p);
    expect(p, "(");
    if (!is_symbol(p, ")"))
        do
            add_expr(p, expr, &expr->args, &expr->arg_count, parse_or(p));
        while (take_symbol(p, ","));
    expect(p, ")");
    if (expr->arg_count < expr->function->least || expr->arg_count > expr->function->most)
        fault(p, FORM_EXPRESSION_INVALID,
              arena_format(p->arena, "%s() does not take %zu values", expr->function->name, expr->arg_count));
    if (!p->failed && is_regex(expr) && !pattern_valid(p->arena, expr->args[1]->text))
        fault(p, FORM_EXPRESSION_INVALID, "regex() has a pattern that cannot be read");
    return expr;
}

static const struct xpath_expr *number_literal(struct parser *p)
{
    struct xpath_expr *expr = make(p, XPATH_LITERAL_NUMBER);
    expr->number = strtod(arena_text_n(p->arena, p->token.start, p->token.len), NULL);
    next_token(p);
    return expr;
}

static const struct xpath_expr *text_literal(struct parser *p)
{
    struct xpath_expr *expr = make(p, XPATH_LITERAL_TEXT);
    expr->text = quoted(p, p->token.start + 1, p->token.len - 2);
    next_token(p);
    return expr;
}

static const struct xpath_expr *primary(struct parser *p)
{
    if (p->token.kind == TOKEN_NUMBER)
        return number_literal(p);
    if (p->token.kind == TOKEN_QUOTED)
        return text_literal(p);
    if (p->token.kind == TOKEN_REFERENCE)
        return reference_path(p);
    if (take_symbol(p, "(")) {
        const struct xpath_expr *inner = parse_or(p);
        expect(p, ")");
        return path_from(p, inner);
    }
    if (p->token.kind == TOKEN_NAME && *ahead(p) == '(' && !is_node_test(p))
        return path_from(p, call(p));
    if (starts_step(p) || is_symbol(p, "/") || is_symbol(p, "//"))
        return location(p);
    fault_here(p, "a value is missing");
    return &nothing;
}

static const struct xpath_expr *parse_union(struct parser *p)
{
    const struct xpath_expr *left = primary(p);
    while (p->token.kind == TOKEN_OPERATOR && p->token.op == XPATH_UNION) {
        next_token(p);
        left = binary(p, XPATH_UNION, left, primary(p));
    }
    return left;
}

static const struct xpath_expr *parse_unary(struct parser *p)
{
    bool negate = false;
    bool any = false;
    while (p->token.kind == TOKEN_OPERATOR && p->token.op == XPATH_SUBTRACT) {
        negate = !negate;
        any = true;
        next_token(p);
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
static unsigned tightness(const struct token *token)
{
    if (token->kind != TOKEN_OPERATOR)
        return 0;
    switch (token->op) {
    case XPATH_OR:
        return 1;
    case XPATH_AND:
        return 2;
    case XPATH_EQUAL:
    case XPATH_UNEQUAL:
        return 3;
    case XPATH_LESS:
    case XPATH_LESS_EQUAL:
    case XPATH_GREATER:
    case XPATH_GREATER_EQUAL:
        return 4;
    case XPATH_ADD:
    case XPATH_SUBTRACT:
        return 5;
    case XPATH_MULTIPLY:
    case XPATH_DIVIDE:
    case XPATH_MODULO:
        return 6;
    default:
        return 0;
    }
}

static const struct xpath_expr *parse_level(struct parser *p, unsigned level)
{
    if (level > 6)
        return parse_unary(p);
    const struct xpath_expr *left = parse_level(p, level + 1);
    while (tightness(&p->token) == level) {
        enum xpath_op op = p->token.op;
        next_token(p);
        left = binary(p, op, left, parse_level(p, level + 1));
    }
    return left;
}

static const struct xpath_expr *parse_or(struct parser *p)
{
    if (p->failed)
        return &nothing;
    if (++p->depth > XPATH_DEPTH_MAX) {
        fault(p, FORM_TOO_LARGE, "an expression nested too deeply");
        return &nothing;
    }
    const struct xpath_expr *expr = parse_level(p, 1);
    p->depth--;
    return expr;
}

enum err xpath_parse(struct arena *arena, const char *text, xpath_find find, void *find_data,
                     const struct xpath_expr **out, struct xpath_fault *fault_out)
{
    struct parser p = {.arena = arena, .text = text, .at = text, .find = find, .find_data = find_data, .fault = fault_out};
    if (strlen(text) > XPATH_LENGTH_MAX)
        fault(&p, FORM_TOO_LARGE, "an expression too long");
    if (!text_check(text, strlen(text)))
        fault(&p, FORM_TEXT_INVALID, "");
    next_token(&p);
    const struct xpath_expr *expr = parse_or(&p);
    if (!p.failed && p.token.kind != TOKEN_END)
        fault_here(&p, "an operator is missing");
    if (p.failed)
        return ERR_INPUT;
    *out = expr;
    return OK;
}
