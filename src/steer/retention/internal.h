/* Shared between the files of this folder only. */
#ifndef AUSMA_STEER_RETENTION_INTERNAL_H
#define AUSMA_STEER_RETENTION_INTERNAL_H

#include "case/record/record.h"
#include "steer/retention/retention.h"

extern const struct code_list RETENTION_CAUSES; /* family "erasure_cause" */
extern const struct field_rule RETENTION_LIST_FIELDS[];
enum err retention_show(struct req *r);

#endif
