/* The first meeting and later ones, and what the child and those responsible for the child agree to: for one purpose and one
 * recipient at a time; it can be withdrawn, and it expires (M2.1). It is consent to support, and to nothing else. */
#ifndef AUSMA_CASE_CONSENT_CONSENT_H
#define AUSMA_CASE_CONSENT_CONSENT_H

#include "case/record/record.h"
#include "platform/gate/shell.h"

extern const struct route consent_routes[];

/* How one consent, assent or refusal stands on a day. Dates are full; expires_on and withdrawn_on may be NULL. */
enum consent_state {
    CONSENT_VALID,
    CONSENT_SOON,      /* valid, and expires within CONSENT_SOON_DAYS */
    CONSENT_EXPIRED,   /* the day of expiry itself is the last valid one */
    CONSENT_WITHDRAWN, /* from the day of the withdrawal */
    CONSENT_REFUSED,
    CONSENT_LATER /* given after that day */
};
enum { CONSENT_SOON_DAYS = 30 };
struct consent_facts {
    const char *kind; /* "consent", "assent", "refused" */
    const char *given_on, *expires_on, *withdrawn_on;
};
/* `soon`: the day until which an expiry counts as near. */
enum consent_state consent_state(const struct consent_facts *facts, const char *on, const char *soon);
const char *consent_state_code(enum consent_state state); /* family "consent_state" */

/* Do these, all for one purpose and recipient, allow it on that day? The last word counts: a refusal or withdrawal after a
 * consent, or on the same day, stops it until somebody agrees again. */
bool consent_stands(const struct consent_facts *facts, size_t count, const char *on);

/* ---- before something of the case in scope goes to somebody else ---- */

/* The fields of the question, for a route's table; template: consent_ask_fields. What was said about the recipient decides; when nothing was,
 * what was said about the case team; else the child is asked now, or there is a ground. */
#define CONSENT_ASK_FIELDS                                                                                     \
    {.name = "child_agrees", .kind = FIELD_YES}, {.name = "child_purpose", .kind = FIELD_CODE, .other = true}, \
        {.name = "ground", .kind = FIELD_CODE, .other = true},                                                 \
    {                                                                                                          \
        .name = "ground_words", .kind = FIELD_LONG                                                             \
    }
struct consent_ask_view {
    struct consent_line *lines; /* all that was said, the latest first */
    size_t count;
    struct choice *purposes, *grounds;
    size_t purpose_count, ground_count;
    bool ground_open; /* something is written there, or wrong */
};
MUST_USE enum err consent_ask(struct req *r, struct consent_ask_view *out);
/* Without a consent that stands for this recipient (a code of the pack) the child agrees now, or a ground is needed, in words too: else the
 * fields fail. */
MUST_USE enum err consent_ask_check(struct req *r, const char *recipient);
/* In the change: keeps what the child said now, or the ground, when there had to be one. `act`: "team" or "disclosure". ERR_STALE: a consent was withdrawn meanwhile. */
MUST_USE enum err consent_ask_write(struct req *r, const char *recipient, const char *act);

#endif
