/* Expressions: XPath 1.0 as ODK forms use it, over the items of a fill and the choice lists of a form.
 * What differs from plain XPath, and what engines disagree on: docs/FORMS.md. */
#ifndef AUSMA_PLATFORM_FORM_XPATH_H
#define AUSMA_PLATFORM_FORM_XPATH_H

#include "base/arena.h"
#include "base/buf.h"
#include "platform/form/form.h"

#include <stdbool.h>

/* ---- what an expression is made of ---- */

enum xpath_op {
    XPATH_LITERAL_TEXT,
    XPATH_LITERAL_NUMBER,
    XPATH_OR,
    XPATH_AND,
    XPATH_EQUAL,
    XPATH_UNEQUAL,
    XPATH_LESS,
    XPATH_LESS_EQUAL,
    XPATH_GREATER,
    XPATH_GREATER_EQUAL,
    XPATH_ADD,
    XPATH_SUBTRACT,
    XPATH_MULTIPLY,
    XPATH_DIVIDE,
    XPATH_MODULO,
    XPATH_UNION,
    XPATH_NEGATE,
    XPATH_CALL,
    XPATH_PATH
};

enum xpath_axis {
    AXIS_CHILD,
    AXIS_SELF,
    AXIS_PARENT,
    AXIS_ANCESTOR,
    AXIS_DESCENDANT,
    AXIS_SELF_OR_DESCENDANT,
    AXIS_FOLLOWING_SIBLING,
    AXIS_PRECEDING_SIBLING,
    AXIS_SELF_OR_ANCESTOR,
    AXIS_FOLLOWING,
    AXIS_PRECEDING,
    AXIS_ATTRIBUTE,
    AXIS_COUNT
};

enum xpath_test { TEST_NAME, TEST_NODE, TEST_TEXT, TEST_NOTHING };

struct xpath_expr;

struct xpath_step {
    enum xpath_axis axis;
    const char *name;  /* NULL: any */
    const char *local; /* of a name with a prefix: what stands behind it; else NULL */
    enum xpath_test test;
    const struct xpath_expr **predicates;
    size_t predicate_count;
};

/* args: the operands, a call's arguments, or the one expression a path starts from (none: the context or the root). */
struct xpath_expr {
    enum xpath_op op;
    const char *text;
    double number;
    const struct xpath_function *function;
    const struct xpath_expr **args;
    size_t arg_count;
    struct xpath_step *steps;
    size_t step_count;
    unsigned height; /* expressions within expressions */
    bool absolute;
    /* Of an absolute path that always leads to the one item of a question outside repeats. */
    const struct form_node *node;
};

/* ---- parsing ---- */

enum { XPATH_DEPTH_MAX = 60, XPATH_HEIGHT_MAX = 400, XPATH_LENGTH_MAX = 32767 };

/* Finds the question that ${name} means. Answers FORM_PROBLEM_NONE, FORM_REFERENCE_UNKNOWN or FORM_REFERENCE_UNCLEAR. */
typedef enum form_problem_code (*xpath_find)(void *data, const char *name, const struct form_node **out);

struct xpath_fault {
    enum form_problem_code code;
    const char *detail;
};

/* ERR_INPUT: `fault` says why. `find` may be NULL: then ${} is unknown. */
MUST_USE enum err xpath_parse(struct arena *arena, const char *text, xpath_find find, void *find_data,
                              const struct xpath_expr **out, struct xpath_fault *fault);
/* The same in a form whose tree of questions is known: paths lead straight to them. */
MUST_USE enum err xpath_parse_in(struct arena *arena, const char *text, const struct form_node *root,
                                 const struct xpath_expr **out, struct xpath_fault *fault);

/* ---- values ---- */

enum xpath_kind { XPATH_TEXT, XPATH_NUMBER, XPATH_TRUTH, XPATH_NODES };

struct xpath_value {
    enum xpath_kind kind;
    const char *text;
    double number;
    bool truth;
    const struct form_item **items;
    size_t count;
};

struct xpath_value xpath_text(const char *text);
struct xpath_value xpath_number(double number);
struct xpath_value xpath_truth(bool truth);

const char *xpath_to_text(struct arena *arena, const struct xpath_value *value);
double xpath_to_number(struct arena *arena, const struct xpath_value *value);
bool xpath_to_truth(const struct xpath_value *value);
/* The text of an item: its value, or those of all within. */
const char *xpath_item_text(struct arena *arena, const struct form_item *item);

/* Numbers in decimal, without exponent; NaN for what is none. Dates count as days since 1970-01-01. */
double xpath_parse_number(const char *text);
/* The shortest text that reads back as the same number; no exponent. */
const char *xpath_print_number(struct arena *arena, double number);

/* ---- evaluating ---- */

enum { XPATH_STEPS_MAX = 5000000 };

struct xpath_world {
    const struct form *form;          /* choice lists and labels; may be NULL */
    const struct form_item *document; /* its first child is the root; NULL: an empty document */
    struct arena *arena;              /* where values live */
    int64_t now;
    size_t language;
    size_t steps;                   /* work left; counts down over all evaluations */
    struct form_item *const *heads; /* the first item of each question of the form, by index; may be NULL */
};

/* `item` is the context; `current` what current() and absolute paths start from (another one in choice filters).
 * ERR_INPUT: it has no value (a date that is none); ERR_LIMIT: no steps left. */
MUST_USE enum err xpath_eval(struct xpath_world *world, const struct xpath_expr *expr, const struct form_item *item,
                             const struct form_item *current, struct xpath_value *out);

/* ---- between the evaluator and its functions ---- */

struct xpath_focus {
    const struct form_item *item;
    const struct form_item *current;
    size_t position, size;
};

struct xpath_run {
    struct xpath_world *world;
    enum err failed; /* once set, nothing more is evaluated */
};

struct xpath_call {
    struct xpath_run *run;
    const struct xpath_focus *focus;
    const struct xpath_expr *const *args;
    size_t count;
};

struct xpath_function {
    const char *name;
    size_t least, most; /* arguments */
    struct xpath_value (*call)(const struct xpath_call *call);
};
enum { XPATH_ANY_NUMBER = 1000 };

/* NULL when there is no such function. */
const struct xpath_function *xpath_function_find(const char *name, size_t len);
/* The parts of that table. */
extern const struct xpath_function xpath_text_functions[], xpath_number_functions[], xpath_date_functions[],
    xpath_node_functions[], xpath_code_functions[], xpath_place_functions[];

struct xpath_value xpath_run_expr(struct xpath_run *run, const struct xpath_expr *expr,
                                  const struct xpath_focus *focus);
struct xpath_value xpath_run_path(struct xpath_run *run, const struct xpath_expr *expr,
                                  const struct xpath_focus *focus);
/* False when the budget is used up. */
bool xpath_spend(struct xpath_run *run, size_t steps);
/* Notes that there is no value, and gives "". */
struct xpath_value xpath_fail(struct xpath_run *run);

struct xpath_value xpath_arg(const struct xpath_call *call, size_t at);
const char *xpath_arg_text(const struct xpath_call *call, size_t at);
double xpath_arg_number(const struct xpath_call *call, size_t at);
bool xpath_arg_truth(const struct xpath_call *call, size_t at);
/* All arguments from `from` on as texts: one per node, one per other value. */
size_t xpath_arg_texts(const struct xpath_call *call, size_t from, const char *const **out);

void xpath_nodes_add(struct arena *arena, struct xpath_value *nodes, const struct form_item *item);
/* Puts nodes into document order. */
void xpath_nodes_sort(struct xpath_run *run, struct xpath_value *nodes);
/* Text between elements stands as an item of this name. */
#define XPATH_TEXT_NAME "#text"

/* ---- dates ---- */

/* A date, a time or both, as written. */
struct xpath_moment {
    bool has_date, has_time, has_zone;
    int year, month, day;
    int milliseconds; /* of the day */
    int zone;         /* minutes east */
};
bool xpath_parse_moment(const char *text, struct xpath_moment *out);
/* Local days since 1970-01-01, with the part of the day. NaN when there is no date. */
double xpath_moment_days(const struct xpath_moment *moment);
/* "2026-11-23" of a number of days; NULL outside the years 1 to 9999. */
const char *xpath_print_date(struct arena *arena, double days);
/* "2026-11-23T22:40:00.000+02:00" of a moment, local. */
const char *xpath_print_now(struct arena *arena, int64_t moment);
/* Minutes that local time is ahead of UTC at a moment. */
int xpath_offset(int64_t moment);

#endif
