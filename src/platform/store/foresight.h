/* What requests of a kind ask for, remembered so that the next one's questions can be sent before they are asked.
 *
 * A request that has begun knows some values: its organisation, who asks, the ids in its address, the moment. What it asks of the data are
 * nearly always the statements that the last request of its kind asked, with values of its own among these, and otherwise with the same
 * small constants. `foresight_learn` takes down which statements those were and where each input came from; `foresight_guess` makes
 * them again out of other values. A guess decides nothing: whoever asks gets an answer only to the very statement with the very inputs, so a
 * wrong one costs a statement and no more.
 *
 * Of constants only what cannot tell about anybody is remembered: small numbers, codes and dates. Ids, tokens and anything long come from
 * the request, or the statement is not guessed. Shared by all connections of a store; safe to use from all threads. */
#ifndef AUSMA_PLATFORM_STORE_FORESIGHT_H
#define AUSMA_PLATFORM_STORE_FORESIGHT_H

#include "platform/store/store.h"

enum {
    FORESIGHT_STATEMENTS = 48, /* of one request; what it asks beyond is not remembered */
    FORESIGHT_INPUTS = 16,     /* a statement with more is not remembered */
    FORESIGHT_TEXT_MAX = 15,   /* bytes of a code or date that is remembered as it is */
    FORESIGHT_NUMBER_MAX = 10000,
};

struct foresight;

/* NULL when there is no memory: then nothing is foreseen. */
struct foresight *foresight_new(void);
void foresight_free(struct foresight *foresight);

/* A statement and its inputs. */
struct question {
    const struct sql *sql;
    const struct value *in;
};

/* What a request of this kind that knows these values is likely to ask; calls `put` with each, whose values live until it returns. True when
 * the last one asked nothing else. */
bool foresight_guess(struct foresight *foresight, const struct db_known *known,
                     void (*put)(void *data, const struct sql *sql, const struct value *in), void *data);
/* What one did ask. In place of what was remembered of its kind, if something of it was `missed`; one that merely asked less, as when it was
 * refused, has to come several times in a row for that. */
void foresight_learn(struct foresight *foresight, const struct db_known *known, const struct question *const *asked,
                     size_t count, bool missed);
/* One asked just what was guessed, ... */
void foresight_trust(struct foresight *foresight, uint64_t kind);
/* ... or something else besides. */
void foresight_doubt(struct foresight *foresight, uint64_t kind);
/* Nothing is remembered of this kind any more. */
void foresight_forget(struct foresight *foresight, uint64_t kind);

bool value_same(const struct value *one, const struct value *other);

#endif
