/* The entrance: signing in (password, then a second factor where there is one) and out, proving again who one is, one's own password,
 * second factors and language, and the program's own files (styles, fonts, script). */
#ifndef AUSMA_PLATFORM_ENTRANCE_ENTRANCE_H
#define AUSMA_PLATFORM_ENTRANCE_ENTRANCE_H

#include "platform/gate/gate.h"

extern const struct route entrance_routes[];
extern const struct route entrance_second_routes[];
extern const struct route entrance_join_routes[];
extern const struct route entrance_notice_routes[];

/* What a browser is, in coarse words that tell one's own devices apart and nothing more: "Firefox, Android". "" when unknown. */
const char *device_words(struct arena *arena, const char *agent);

#endif
