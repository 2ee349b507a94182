/* The proof as people use it: who looked at a case, the case as it stood on a day, and the bundle for a court (M7.2). */
#ifndef AUSMA_STEER_PROOF_PROOF_H
#define AUSMA_STEER_PROOF_PROOF_H

#include "platform/gate/gate.h"

extern const struct route proof_routes[];

/* A value as people read it: of answers to a form, which are kept as XML, a line "question: answer" for each that was given;
 * anything else as it is. Questions and choices stand as their names in the form. */
const char *proof_readable(struct arena *arena, const char *value);

#endif
