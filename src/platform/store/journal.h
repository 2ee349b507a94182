/* What the statements of a transaction wrote, row by row, for the proof (docs/PROOF.md). sqlc gives every change of a
 * proven table a RETURNING with all its columns, and `db_run` hands each such row in here, so no slice can forget it. */
#ifndef AUSMA_PLATFORM_STORE_JOURNAL_H
#define AUSMA_PLATFORM_STORE_JOURNAL_H

#include "platform/store/store.h"

struct journal;

MUST_USE enum err journal_open(struct journal **out);
void journal_close(struct journal *journal);
MUST_USE enum err journal_add(struct journal *journal, const struct proven *table, const struct value *columns,
                              bool gone);
void journal_clear(struct journal *journal);
size_t journal_rows(struct journal *journal, const struct written_row **out);

#endif
