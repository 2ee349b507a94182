/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_AUDIT_INTERNAL_H
#define AUSMA_PLATFORM_AUDIT_INTERNAL_H

#include "platform/audit/audit.h"
#include "platform/audit/queries.h"

/* The digest of an entry as it is read back. */
void audit_entry_digest(int64_t org, const struct audit_entry_after_row *row, uint8_t out[AUDIT_HASH_SIZE]);

#endif
