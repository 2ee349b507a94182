/* Using the recovery key: enough people bring their shares, and somebody has access again (docs/RECOVERY.md).
 *
 * A ceremony is begun by whoever looks after the installation, or at the terminal. It has a code of six words (96 bits by chance),
 * which the keepers of shares need besides their share, on whatever device they sit. A share that was typed in is kept under a key out
 * of the code alone, and the database holds the code only for whoever began it, sealed to their account; so a copied database opens no
 * share. The request that brings the last share needed opens all, does what the ceremony is for, and deletes them. */
#ifndef AUSMA_STEER_CEREMONY_CEREMONY_H
#define AUSMA_STEER_CEREMONY_CEREMONY_H

#include "platform/account/account.h"
#include "platform/gate/gate.h"
#include "platform/recovery/recovery.h"

enum {
    CEREMONY_MINUTES = 60,       /* for all shares */
    CEREMONY_HANDING_HOURS = 24, /* for new shares to be put on paper */
    CEREMONY_WRONG_MOST = 10,    /* wrong shares; then it ends */
    CEREMONY_A_DAY = 5,
    CEREMONY_CODE_WORDS = 6,
    CEREMONY_STAND_IN_DAYS = 30
};

/* What a ceremony is for. */
struct ceremony_aim {
    const char *purpose;       /* "access", "team", "renew"; "factors" only for ceremony_tell */
    int64_t account;           /* access: who gets in again; team: who gets the keys */
    int64_t team;              /* team */
    bool factors;              /* access: the second factors are lost, too */
    struct recovery_plan plan; /* renew */
};

/* May an account of this role be given a team's keys? Not one that may see no case: an administrator above all. */
bool ceremony_may_receive(enum role role);
/* Gives access (reset has run its slow step) or a team's keys, with the pair out of the shares. In a change; the caller audits. ERR_DENIED:
 * a team's keys for somebody who may not receive them. */
MUST_USE enum err ceremony_give(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                                const struct ceremony_aim *aim, struct account_reset *reset, int64_t now);
/* Writes down one that was held at the terminal, so that everybody concerned is told. */
MUST_USE enum err ceremony_note(struct db *db, int64_t org, const struct ceremony_aim *aim, int64_t now);
/* Writes down what somebody did without shares so that everybody concerned is told: "factors", whose second step was taken away;
 * "team", who got its keys. In a change; the caller audits. */
MUST_USE enum err ceremony_tell(struct req *r, const struct ceremony_aim *aim);

/* Ends what has run out: shares are deleted, an unfinished renewal is dropped. In a change of its own. */
MUST_USE enum err ceremony_tidy(struct db *db, struct arena *arena, int64_t org, int64_t now);

/* Could `by` act in the name of this account, because they gave it its password or its place here less than CEREMONY_STAND_IN_DAYS ago?
 * What takes two people asks this about the second. */
MUST_USE enum err ceremony_stands_in(struct req *r, int64_t account, int64_t by, bool *out);

/* For the home page: what this person should know. */
struct ceremony_notice {
    int64_t id;
    const char *what; /* whole sentence in the person's language */
    int64_t at;
};
MUST_USE enum err ceremony_notices(struct req *r, struct ceremony_notice **out, size_t *count);

extern const struct route ceremony_routes[];

#endif
