/* The case team: who is on a case with which part of it, for whom the case is shut, and glasses broken in an emergency
 * (docs/ACCESS.md). */
#ifndef AUSMA_CASE_TEAM_TEAM_H
#define AUSMA_CASE_TEAM_TEAM_H

#include "case/record/record.h"

/* ---- rules.c ---- */

enum team_fit {
    TEAM_FITS,
    TEAM_NO_ACCOUNT,    /* a role that takes part without an account, or of people whose account sees no case */
    TEAM_ONLY_MANAGERS, /* a role of case managers */
    TEAM_OUTSIDE_PART,  /* whoever is from outside gets a part, never the whole case */
};
/* May a colleague with this account role have this role in a case team? `account` is what the pack's role asks for. */
enum team_fit team_fits(enum role colleague, const char *account, unsigned parts);

enum { TEAM_GLASS_HOURS = 2 };

/* ---- an emergency that waits for the team's answer ---- */

struct team_alert {
    int64_t id;
    int64_t case_id;
    const char *pseudonym;
    const char *reference;
    const char *who; /* a colleague's name */
    int64_t opened_at;
    int64_t until;
};
/* In the cases of this person, but for what they did themselves; the oldest first. Template: team_alert_list. */
MUST_USE enum err team_alerts(struct req *r, struct team_alert **out, size_t *count);

/* For the demo: puts an account on a case, in a change; the caller audits. */
struct team_new {
    int64_t org;
    int64_t case_id;
    int64_t account;
    const char *role; /* of the pack */
    struct maybe until;
    int64_t by;
    int64_t at;
};
MUST_USE enum err team_add(struct db *db, struct arena *arena, const struct case_keys *keys,
                           const struct team_new *member);
/* Shuts a case for an account. */
MUST_USE enum err team_shut(struct db *db, struct arena *arena, const struct case_keys *keys,
                            const struct team_new *whom, const char *reason);

extern const struct route team_routes[];
extern const struct route team_shut_routes[];
extern const struct route team_glass_routes[];

#endif
