/* A person asks what is written about them: the record of the case as a readable paper, without what concerns others. Whoever answers ticks
 * what is left out, looks at it once more, and hands over the PDF; both are audited (docs/RECOVERY.md). */
#ifndef AUSMA_STEER_DISCLOSURE_DISCLOSURE_H
#define AUSMA_STEER_DISCLOSURE_DISCLOSURE_H

#include "platform/gate/gate.h"

extern const struct route disclosure_routes[];

#endif
