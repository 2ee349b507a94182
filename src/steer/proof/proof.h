/* The proof as people use it: who looked at a case, the case as it stood on a day, and the bundle for a court (M7.2). */
#ifndef AUSMA_STEER_PROOF_PROOF_H
#define AUSMA_STEER_PROOF_PROOF_H

#include "platform/gate/gate.h"

extern const struct route proof_routes[];

#endif
