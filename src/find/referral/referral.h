/* Referrals: somebody tells of a child; the intake team answers by the deadline of its urgency (M1.6). Nobody is
 * asked for a status, a residence or documents, and none of these is a reason to decline (M1.7).
 *
 * What was told is sealed on arrival under a key of its own, which is sealed to the intake team's public half: only
 * members of that team ever read it. Codes and times stay in the clear, so that deadlines can be watched. */
#ifndef AUSMA_FIND_REFERRAL_REFERRAL_H
#define AUSMA_FIND_REFERRAL_REFERRAL_H

#include "case/record/keys.h"
#include "platform/gate/gate.h"

/* A referral in a list. Lives in the request's arena. */
struct referral_line {
    int64_t id;
    const char *source;  /* family "referral_source" */
    const char *urgency; /* family "urgency" */
    const char *status;  /* family "referral_status" */
    const char *brief;   /* the beginning of what was told, one short line */
    int64_t received_at;
    int64_t answer_due;
    bool late;    /* unanswered behind its deadline */
    bool replied; /* an outside specialist answered, and nothing was done since */
};

/* The unanswered referrals that this person may open, the soonest deadline first; none for who is not of the intake
 * team. */
MUST_USE enum err referral_open_list(struct req *r, int64_t limit, struct referral_line **out, size_t *count);

struct referral_counts {
    int64_t unanswered;
    int64_t overdue; /* of these: behind their deadline */
    int64_t replied; /* undecided, and an outside specialist answered since the last step */
};
/* The same in numbers, for the home page. */
MUST_USE enum err referral_counts(struct req *r, struct referral_counts *out);

/* What was shared with this outside specialist and is not over (docs/ACCESS.md). */
struct referral_shared_line {
    int64_t id;
    const char *brief; /* the beginning of what they are asked */
    int64_t until;
    int64_t shared_at;
    bool answered;
};
MUST_USE enum err referral_shared_list(struct req *r, struct referral_shared_line **out, size_t *count);
/* In a change: ends all that is shared with an account that leaves. */
MUST_USE enum err referral_shares_drop(struct db *db, int64_t org, int64_t account, int64_t by, int64_t now);
/* In a change of a job: ends what is past its date; the caller audits when `over` is not 0. */
MUST_USE enum err referral_shares_due(struct db *db, int64_t org, int64_t now, size_t *over);

/* Is this person of a team that referrals are sealed to? */
bool referral_reader(const struct session *who);

extern const struct code_list REFERRAL_SOURCES;
extern const struct code_list REFERRAL_URGENCIES;
extern const struct code_list REFERRAL_WAYS;

/* What somebody tells. NULL texts count as "". */
struct referral_told {
    const char *source;
    const char *urgency;
    const char *way;  /* family "answer_way" */
    struct maybe age; /* in years */
    bool age_guess;
    bool disputed;
    const char *referrer;
    const char *organisation;
    const char *about; /* the child's name, or how to know them */
    const char *story;
    const char *contact;
    const char *hours; /* when it is safe to call or write */
    const char *cover; /* what to say to somebody else */
};
/* Writes it down sealed to the intake team, in a change; the caller audits. `account` is 0 for the public page.
 * ERR_NOT_FOUND: the organisation has no intake team. */
MUST_USE enum err referral_write(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t now,
                                 const struct referral_told *told, int64_t *id);

extern const struct route referral_routes[];

/* One step over the referrals of a team whose keys are being changed (case/record/keys.h). In a change. */
MUST_USE enum err referral_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                                  struct rewrap *step);

#endif
