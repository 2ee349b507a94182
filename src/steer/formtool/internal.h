/* What the commands share. */
#ifndef AUSMA_STEER_FORMTOOL_INTERNAL_H
#define AUSMA_STEER_FORMTOOL_INTERNAL_H

#include "platform/form/form.h"

#include "base/buf.h"

#include <stdbool.h>
#include <stdio.h>

enum { TOOL_FILE_MAX = 32 << 20, TOOL_MEMORY_MAX = 1 << 30 };

/* False when it cannot be read, which is said on standard error. */
bool tool_read(struct arena *arena, const char *name, struct bytes *out);
/* Reads a form with the files that lie beside it; says its problems on `to`. False when it is refused. */
bool tool_form(struct arena *arena, FILE *to, const char *name, const struct form **out);
int tool_fill(struct arena *arena, int argc, char **argv);
int tool_usage(FILE *to);

#endif
