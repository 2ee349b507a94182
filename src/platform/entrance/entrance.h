/* The entrance: signing in and out, one's own password and language, and the program's own files (styles, fonts, script). */
#ifndef AUSMA_PLATFORM_ENTRANCE_ENTRANCE_H
#define AUSMA_PLATFORM_ENTRANCE_ENTRANCE_H

#include "platform/gate/gate.h"

extern const struct route entrance_routes[];

#endif
