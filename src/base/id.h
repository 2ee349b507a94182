/* Ids: positive 63-bit numbers made by the program (42 bits of milliseconds since 2020, 8 bits of node, 13 bits of counter),
 * so that they are portable between engines and installations can be merged. References: for people, with a check letter. */
#ifndef AUSMA_BASE_ID_H
#define AUSMA_BASE_ID_H

#include "base/arena.h"

#include <stdbool.h>

/* Sets this process's node number (0..255), once, before the first id. */
void id_node(unsigned node);
/* A new id, larger than all this process made before. Safe from every thread. */
int64_t id_new(void);

/* An id in addresses: 13 characters of Crockford's base 32. */
enum { ID_TEXT_SIZE = 14 };
char *id_text(struct arena *arena, int64_t id);
bool id_parse(const char *text, int64_t *out);

/* The reference of the `number`-th case of a year: "A-2026-0117-K". The letter makes a slip of one character
 * or a swap of two neighbours visible (weights 2.. from the right modulo 23 over a 23-letter alphabet without I, O, Q). */
char *reference_make(struct arena *arena, int year, int64_t number);
/* Is this a well-formed reference with the right letter? Small letters and blanks around are forgiven. */
bool reference_check(const char *text);

#endif
