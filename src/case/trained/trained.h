/* Who was trained in what, and until when it counts (M5.3). What a training is needed for stands in the programme pack (`acts`). */
#ifndef AUSMA_CASE_TRAINED_TRAINED_H
#define AUSMA_CASE_TRAINED_TRAINED_H

#include "platform/gate/gate.h"
#include "platform/pack/pack.h"

enum { TRAINED_WARN_DAYS = 60 };

/* A training of somebody: until when it counts, and how that stands on a day. */
enum trained_state { TRAINED_VALID, TRAINED_SOON, TRAINED_OVER };
struct trained_record {
    const char *training; /* family "training" */
    const char *valid_until;
    enum trained_state state;
};
enum trained_state trained_state(struct arena *arena, const char *valid_until, const char *today);

/* The training that this account lacks for an act of the pack ("assess", "guardian") today; NULL: none, the act may be given. */
MUST_USE enum err trained_lacks(struct req *r, int64_t account, const char *act, const char **training);
/* "This needs the training ...": what to say to the person (`own`), or to whoever gives the act to a colleague. */
const char *trained_refusal(struct req *r, const char *training, bool own);

/* Trainings of whoever is signed in that end within TRAINED_WARN_DAYS or have ended and are asked for by an act. */
MUST_USE enum err trained_ending(struct req *r, struct trained_record **out, size_t *count);

/* Writes one down; in a change; the caller audits. `evidence` is in the clear here and sealed under the directory key; may be NULL. */
struct trained_new {
    int64_t org;
    int64_t account;
    const char *training;
    const char *done_on;
    const char *valid_until;
    const char *evidence;
    int64_t by;
    int64_t at;
};
MUST_USE enum err trained_add(struct db *db, struct arena *arena, const struct seal_key *directory,
                              const struct trained_new *training);

extern const struct route trained_routes[];

#endif
