/* All routes and menu entries of the program, in one place. */
#ifndef AUSMA_STEER_OFFICE_PROGRAM_H
#define AUSMA_STEER_OFFICE_PROGRAM_H

#include "platform/gate/app.h"

extern const struct route *const program_routes[]; /* ends with NULL */
extern const struct nav_item program_nav[];        /* ends with an empty one */

#endif
