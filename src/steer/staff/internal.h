/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_STAFF_INTERNAL_H
#define AUSMA_STEER_STAFF_INTERNAL_H

#include "steer/staff/views.h"

/* The teams whose keys this person holds, as choices. */
MUST_USE enum err staff_my_teams(struct req *r, struct choice **out, size_t *count);
/* Everybody, in order of name; those who left at the end. */
MUST_USE enum err staff_people(struct req *r, struct staff_person **out, size_t *count);
/* The one that the path names. ERR_NOT_FOUND. */
MUST_USE enum err staff_person_of_path(struct req *r, struct staff_person *out);

#endif
