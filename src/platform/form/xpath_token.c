#include "platform/form/xpath_token.h"

#include "base/text.h"

/* ---- faults ---- */

void xpath_note_fault(struct xpath_parser *p, enum form_problem_code code, const char *detail)
{
    if (p->failed)
        return;
    p->failed = true;
    *p->fault = (struct xpath_fault){code, detail};
    p->token = (struct xpath_token){.kind = TOKEN_END, .start = p->at};
    p->at = p->text + strlen(p->text);
}

/* The text around the place where the expression goes wrong, cut at whole characters. */
static const char *around(struct xpath_parser *p, const char *at)
{
    size_t len = strlen(at);
    if (len > 20)
        len = 20;
    while (len > 0 && ((unsigned char)at[len] & 0xC0) == 0x80)
        len--;
    return len == 0 ? "the end" : arena_format(p->arena, "\"%.*s\"", (int)len, at);
}

void xpath_fault_here(struct xpath_parser *p, const char *what)
{
    xpath_note_fault(p, FORM_EXPRESSION_INVALID, arena_format(p->arena, "%s at %s", what, around(p, p->token.start)));
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
    if (at[len] != ':' || at[len + 1] == ':')
        return len;
    if (at[len + 1] == '*') /* any name with this prefix */
        return len + 2;
    if (name_start(at[len + 1]))
        for (len++; name_part(at[len]);)
            len++;
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

static bool operator_token(struct xpath_parser *p, const struct word_operator *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(table[i].word);
        if (strncmp(p->at, table[i].word, len) != 0)
            continue;
        /* "1 and1" is read as "1 and 1", "1 android" is not. */
        if (table == word_operators && name_start(p->at[len]))
            continue;
        p->token = (struct xpath_token){TOKEN_OPERATOR, p->at, len, table[i].op};
        return true;
    }
    return false;
}

/* "E-5", "e-7", "e+21", as Java and JavaScript print them: XPath has none, but expressions that programs wrote do. */
static size_t exponent_length(const char *at)
{
    if ((at[0] != 'e' || (at[1] != '-' && at[1] != '+')) && at[0] != 'E')
        return 0;
    size_t sign = at[1] == '-' || at[1] == '+' ? 2 : 1, digits = strspn(at + sign, "0123456789");
    return digits == 0 || digits > 3 || name_part(at[sign + digits]) ? 0 : sign + digits;
}

static void number_token(struct xpath_parser *p)
{
    size_t len = 0;
    while (digit(p->at[len]))
        len++;
    if (p->at[len] == '.')
        len++;
    while (digit(p->at[len]))
        len++;
    len += exponent_length(p->at + len);
    p->token = (struct xpath_token){.kind = TOKEN_NUMBER, .start = p->at, .len = len};
}

/* Quoted text and ${name}: what stands between two marks. */
static void enclosed_token(struct xpath_parser *p, enum xpath_token_kind kind, size_t open, char close)
{
    const char *end = strchr(p->at + open, close);
    p->token = (struct xpath_token){.kind = kind, .start = p->at};
    if (end == NULL) {
        xpath_fault_here(p, kind == TOKEN_QUOTED ? "a quotation mark is not closed" : "${ is not closed");
        return;
    }
    p->token.len = (size_t)(end + 1 - p->at);
}

static void symbol_token(struct xpath_parser *p)
{
    static const char *const symbols[] = {"//", "..", "::", "/", ".", "(", ")", "[", "]", ",", "@", "*"};
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (text_starts(p->at, symbols[i])) {
            p->token = (struct xpath_token){.kind = TOKEN_SYMBOL, .start = p->at, .len = strlen(symbols[i])};
            return;
        }
    p->token = (struct xpath_token){.kind = TOKEN_SYMBOL, .start = p->at};
    xpath_fault_here(p, "an unexpected character");
}

static void read_token(struct xpath_parser *p)
{
    char c = *p->at;
    size_t words = sizeof word_operators / sizeof word_operators[0];
    size_t signs = sizeof sign_operators / sizeof sign_operators[0];
    if (c == '\0')
        p->token = (struct xpath_token){.kind = TOKEN_END, .start = p->at};
    else if (p->after_operand && c == '*')
        p->token = (struct xpath_token){TOKEN_OPERATOR, p->at, 1, XPATH_MULTIPLY};
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
        p->token = (struct xpath_token){.kind = TOKEN_NAME, .start = p->at, .len = name_length(p->at)};
    else
        symbol_token(p);
}

static bool ends_operand(const struct xpath_token *token)
{
    if (token->kind == TOKEN_SYMBOL)
        return *token->start == ')' || *token->start == ']' || *token->start == '.' || *token->start == '*';
    return token->kind == TOKEN_NUMBER || token->kind == TOKEN_QUOTED || token->kind == TOKEN_NAME ||
           token->kind == TOKEN_REFERENCE;
}

void xpath_next(struct xpath_parser *p)
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

bool xpath_is(const struct xpath_parser *p, const char *symbol)
{
    return p->token.kind == TOKEN_SYMBOL && p->token.len == strlen(symbol) &&
           strncmp(p->token.start, symbol, p->token.len) == 0;
}

bool xpath_take(struct xpath_parser *p, const char *symbol)
{
    if (!xpath_is(p, symbol))
        return false;
    xpath_next(p);
    return true;
}

void xpath_expect(struct xpath_parser *p, const char *symbol)
{
    if (!xpath_take(p, symbol))
        xpath_fault_here(p, arena_format(p->arena, "\"%s\" is missing", symbol));
}

const char *xpath_ahead(const struct xpath_parser *p)
{
    const char *at = p->token.start + p->token.len;
    while (blank(*at))
        at++;
    return at;
}
