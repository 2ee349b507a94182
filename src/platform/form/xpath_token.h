/* The words of an expression: what the parser reads one by one. */
#ifndef AUSMA_PLATFORM_FORM_XPATH_TOKEN_H
#define AUSMA_PLATFORM_FORM_XPATH_TOKEN_H

#include "platform/form/xpath.h"

enum xpath_token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_QUOTED,
    TOKEN_NAME,
    TOKEN_REFERENCE,
    TOKEN_OPERATOR,
    TOKEN_SYMBOL
};

struct xpath_token {
    enum xpath_token_kind kind;
    const char *start;
    size_t len;
    enum xpath_op op; /* of TOKEN_OPERATOR */
};

struct xpath_parser {
    struct arena *arena;
    const char *text;
    const char *at;
    struct xpath_token token;
    bool after_operand; /* then "*" multiplies and names are operators */
    unsigned depth;
    xpath_find find;
    const struct form_node *root; /* may be NULL */
    void *find_data;
    struct xpath_fault *fault;
    bool failed;
};

/* Notes the first thing that is wrong; from then on there are no more tokens. */
void xpath_note_fault(struct xpath_parser *p, enum form_problem_code code, const char *detail);
/* The same with the place: `what` "at" what stands there. */
void xpath_fault_here(struct xpath_parser *p, const char *what);

void xpath_next(struct xpath_parser *p);
/* Is the current token this symbol? `xpath_take` steps over it then; `xpath_expect` notes a fault otherwise. */
bool xpath_is(const struct xpath_parser *p, const char *symbol);
bool xpath_take(struct xpath_parser *p, const char *symbol);
void xpath_expect(struct xpath_parser *p, const char *symbol);
/* What stands behind the current token, blanks skipped. */
const char *xpath_ahead(const struct xpath_parser *p);

#endif
