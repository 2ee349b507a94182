/* Text is UTF-8, ends with NUL, and holds no NUL inside. What comes from outside goes through `text_check` first. */
#ifndef AUSMA_BASE_TEXT_H
#define AUSMA_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>

bool text_same(const char *a, const char *b); /* NULL equals only NULL */
bool text_empty(const char *text);            /* NULL or "" */
bool text_starts(const char *text, const char *start);

/* Is this valid UTF-8 without NUL, control characters (but tab and line ends), bidirectional overrides
 * (U+202A..202E, U+2066..2069) and noncharacters? */
bool text_check(const char *ptr, size_t len);

/* A copy without blanks at both ends, with CRLF and CR as LF. */
char *text_trim(struct arena *arena, const char *text);

/* Code points in valid UTF-8. */
size_t text_length(const char *text);

/* A whole number in decimal, nothing around it. False when it is not one or does not fit. */
bool text_to_int(const char *text, int64_t *out);

#endif
