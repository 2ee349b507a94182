/* Forms filled in outside (M1.6, M2.7): on a raid or in a street there is no network, so telephones with an OpenRosa client (ODK
 * Collect, KoboCollect) take the organisation's own instruments along and send what was filled in later.
 *
 * A telephone has a secret of its own that opens nothing: it can read the published forms and leave submissions. What arrives is
 * sealed at once under a key that only a team opens: the intake team, or the case's team when the form named the code of a
 * case. A submission is never refused for its answers: it is kept, marked, and shown to a person. */
#ifndef AUSMA_FIND_FIELDWORK_FIELDWORK_H
#define AUSMA_FIND_FIELDWORK_FIELDWORK_H

#include "case/assess/assess.h"
#include "case/record/keys.h"
#include "platform/gate/gate.h"

/* How many submissions wait for this person's teams, up to a hundred each; for the home page. */
MUST_USE enum err fieldwork_waiting(struct req *r, int64_t *out);

/* Seals the keys of a team's submissions to its new keys (steer/staff/rotation.c). */
MUST_USE enum err fieldwork_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                                   struct rewrap *step);

/* Overwrites what is sealed in the files of a case's submissions (steer/retention); their rows say which case by the submission alone. */
MUST_USE enum err fieldwork_erase(struct db *db, int64_t org, int64_t case_id);

/* A telephone of a demonstration. */
struct fieldwork_device_given {
    int64_t org, account, at;
    const struct seal_key *directory;
    const char *label;
};
MUST_USE enum err fieldwork_device_give(struct db *db, struct arena *arena, const struct fieldwork_device_given *given,
                                        int64_t *id);
/* A report as such a telephone would have sent it, judged and sealed like any other. In a change; the caller audits.
 * ERR_NOT_FOUND: no such instrument is in use, or it has no such question. */
struct fieldwork_given {
    int64_t org, device, at;
    const char *form_id; /* "field_referral" */
    const struct assess_answer *answers;
    size_t count;
    const char *file_name; /* NULL: no file came beside it */
    struct bytes file;
};
MUST_USE enum err fieldwork_give(struct db *db, struct arena *arena, const struct fieldwork_given *given, int64_t *id);

extern const struct route fieldwork_routes[];        /* pages */
extern const struct route fieldwork_device_routes[]; /* telephones */
extern const struct route fieldwork_client_routes[]; /* what telephones call: /openrosa/... */

#endif
