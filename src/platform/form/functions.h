/* What the functions of expressions share. */
#ifndef AUSMA_PLATFORM_FORM_FUNCTIONS_H
#define AUSMA_PLATFORM_FORM_FUNCTIONS_H

#include "platform/form/xpath.h"

/* Where a function's result lies. */
static inline struct arena *xpath_memory(const struct xpath_call *call)
{
    return call->run->world->arena;
}

/* The text of where we stand; nowhere has no value. */
const char *xpath_own_text(const struct xpath_call *call);

/* Does the whole text match the pattern (the everyday part of Java's syntax: classes, groups, alternatives, counts, \d \w \s
 * \p{..}; ^ and $ are understood and change nothing)? ERR_INPUT: the pattern is none, or uses more than that. */
MUST_USE enum err pattern_match(struct arena *arena, const char *pattern, const char *text, bool *out);
bool pattern_valid(struct arena *arena, const char *pattern);

/* The instance a choice list makes: its child `root` holds `item`s with one child per column. NULL when there is none. */
const struct form_item *form_instance(const struct form *form, const char *name);
/* The label of one code of a select; NULL when the list does not have it. */
const char *form_choice_label(const struct form *form, const struct form_node *node, const char *code, size_t len,
                              size_t language);

/* The state that a seed starts the generator of randomize() with, and a place below `count` from it. */
int64_t xpath_seed(struct arena *arena, const struct xpath_value *value);
size_t xpath_next_place(int64_t *state, size_t count);

#endif
