/* The proof as people use it: who looked at a case, the case as it stood on a day, and the bundle for a court (M7.2). */
#ifndef AUSMA_STEER_PROOF_PROOF_H
#define AUSMA_STEER_PROOF_PROOF_H

#include "platform/form/form.h"
#include "platform/gate/gate.h"

extern const struct route proof_routes[];

/* A line "question: answer" for each answer that was given, under the titles of the form's parts, in the form's own words. */
const char *proof_answers(struct arena *arena, enum language language, struct form_fill *fill);
/* The same of answers whose form is not here: questions and choices stand as their names in it. Anything else as it is. */
const char *proof_readable(struct arena *arena, const char *value);

#endif
