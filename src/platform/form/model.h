/* The inside of a form and of a fill: for the files of this folder only. */
#ifndef AUSMA_PLATFORM_FORM_MODEL_H
#define AUSMA_PLATFORM_FORM_MODEL_H

#include "platform/form/functions.h"
#include "platform/form/xpath.h"

enum { FORM_PROBLEMS_MAX = 100, FORM_NODES_MAX = 5000, FORM_LANGUAGES_MAX = 30, FORM_DEPTH_MAX = 20 };

/* A text with ${}: pieces that stand as they are and pieces that are values. */
struct form_piece {
    const char *text; /* NULL: take `expr` */
    const struct xpath_expr *expr;
};

struct form_words {
    const char *raw; /* "" when there are none in this language */
    const struct form_piece *pieces;
    size_t count;
};

struct form_option {
    const char *name;
    const char **labels;          /* per language; NULL where it has none */
    const struct form_item *item; /* its columns, for choice filters */
};

struct form_list {
    const char *name;
    struct form_option *options;
    size_t count;
    struct form_item *instance;
    struct form_list *next;
    bool unknown; /* a file that was not there: any answer is taken */
};

enum form_meta { META_EMPTY, META_START, META_END, META_TODAY };

/* A question's value that is set when another one changes. */
struct form_trigger {
    const struct form_node *target;
    const struct xpath_expr *value; /* NULL: empties it */
    const struct form_trigger *next;
};

/* What the survey sheet says about one question; expressions are NULL when the cell is empty. */
struct form_rules {
    const struct form_words *labels, *hints, *guidance, *constraint_messages, *required_messages; /* per language */
    const struct xpath_expr *relevant, *required, *read_only, *constraint, *calculation, *choice_filter, *repeat_count;
    const struct xpath_expr *default_value; /* when it has to be worked out */
    const char *default_text;               /* else; NULL when there is none */
    const struct form_list *list;
    const struct xpath_expr *itemset; /* choices that are answers of a repeat, or the like; `list` is NULL then */
    const char *item_value, *item_label;
    const struct xpath_expr *shuffle; /* the seed of randomize() */
    bool shuffled;
    bool fixed_count; /* people neither add nor remove instances */
    bool bare;        /* a new instance of the repeat around it begins without any of it, as the form's template says */
    const struct form_trigger *triggers;
    enum form_meta meta;
};

/* Which questions look at a question. */
struct form_dependent {
    const struct form_node *node;
    bool value; /* for their relevance, value, choices or count; else only for what is right and wrong */
    bool own;   /* only those of the same instance of the repeats that both stand in */
    const struct form_dependent *next;
};

struct form {
    const char *title, *id, *version;
    const char *destination;
    const char *root_attributes; /* of the instance besides id and version: " a=\"b\"", escaped; "" when none */
    const struct xpath_expr *instance_name; /* NULL: none */
    struct form_language *languages;
    size_t language_count, default_language;
    struct form_node **nodes; /* document order */
    size_t count;
    struct form_node **order;                 /* each after those its relevance and value depend on */
    size_t *place;                            /* of each node in `order`, by index */
    const struct form_dependent **dependents; /* by index */
    bool loose;                               /* some dependency cannot be told from the expression alone */
    struct form_list *lists;
};

struct form_item_state {
    const char *raw;             /* what the person gave; value is what became of it */
    struct form_item *next_same; /* the next item of the same node */
    struct form_item *next_dirty, *next_judged;
    bool dirty, judged;                  /* waits in these lists */
    const char *checked, *checked_value; /* the `raw` that was looked at last, and what it was found to be */
    enum form_error checked_error;
};

struct form_fill {
    struct arena *arena;
    struct arena *scratch; /* values while expressions are evaluated */
    const struct form *form;
    int64_t now;
    size_t language;
    struct form_item *document;        /* its first child is the root */
    struct form_item **heads, **tails; /* the items of each node, by node index */
    size_t steps;
    bool begun;                   /* what is added now is added by a person or a count */
    bool fresh;                   /* everything has to be worked out */
    struct form_item **dirty;     /* items to be worked out, by node index */
    uint64_t *dirty_places;       /* which places of form->order have some: a bit each */
    struct form_item *judged;     /* items of which right and wrong have to be told anew */
    const struct form_item **set; /* answers given since the last evaluation whose questions trigger others */
    size_t set_count, set_room;
    size_t evaluated; /* items worked out by the last evaluation */
};

/* Marks an item as changed by a person, or everything. */
void form_fill_touch(struct form_fill *fill, struct form_item *item);

/* ---- fill.c ---- */
struct form_item *form_item_new(struct arena *arena, const struct form_node *node, struct form_item *parent);
/* Puts `item` behind `after` (NULL: first) among the children of its parent. */
void form_item_link(struct form_item *item, struct form_item *after);
/* Items for all children of a node, repeats with one instance, put under `item`. */
void form_item_grow(struct form_fill *fill, struct form_item *item);
void form_fill_index(struct form_fill *fill);
/* Gives the repeat under `parent` exactly `count` instances. */
void form_repeat_resize(struct form_fill *fill, struct form_item *parent, const struct form_node *repeat, size_t count);

/* ---- answer.c ---- */
/* What a typed text becomes as a value of the node's type. FORM_FINE with "" for an empty one. */
enum form_error form_answer_check(struct arena *arena, const struct form_node *node, const char *typed,
                                  const char **value);
const struct form_option *form_option_find(const struct form_list *list, const char *code, size_t len);

/* ---- state.c ---- */
/* Evaluates into fill->scratch, which the caller resets with `form_fill_rest`. */
MUST_USE enum err form_fill_value(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item,
                                  const struct form_item *current, struct xpath_value *out);
/* The text of an expression in the fill's arena; "" for NaN and for what cannot be evaluated. ERR_LIMIT only. */
MUST_USE enum err form_fill_text(struct form_fill *fill, const struct xpath_expr *expr, const struct form_item *item,
                                 const char **out);
/* Is this code among the choices of a question whose choices are answers of a repeat? */
bool form_itemset_has(struct form_fill *fill, const struct form_item *item, const char *code, size_t len);
/* May this option be chosen now? */
bool form_option_visible(struct form_fill *fill, const struct form_item *item, const struct form_option *option);

/* ---- instance.c ---- */
/* As the text of an element or attribute. */
void form_escape(struct buf *buf, const char *text);

/* ---- words.c ---- */
const struct form_words *form_words_in(const struct form *form, const struct form_words *words, size_t language);
const char *form_words_render(struct form_fill *fill, const struct form_words *words, const struct form_item *item);

#endif
