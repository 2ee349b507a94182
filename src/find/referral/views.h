/* Shared between the files of this folder, and what its templates show. */
#ifndef AUSMA_FIND_REFERRAL_VIEWS_H
#define AUSMA_FIND_REFERRAL_VIEWS_H

#include "case/person/person.h"
#include "find/referral/referral.h"
#include "platform/gate/shell.h"

extern const struct code_list REFERRAL_AGREED;
extern const struct code_list REFERRAL_HOWS;

/* A referral, opened. Lives in the request's arena. */
struct referral {
    int64_t id;
    struct seal_key key;
    struct referral_told told;
    bool anonymous;
    struct maybe entered_by; /* the colleague who wrote it down; none: the public page */
    int64_t received_at;
    int64_t answer_due;
    const char *status;
    struct maybe case_id;
    int64_t version;
};

/* The scope of "/referrals/{referral}/...": found, and this person is of the team that it is sealed to. r->scope is
 * the referral. */
enum err referral_scope(struct req *r);
const struct referral *referral_of(const struct req *r);
struct seal_place referral_place(const char *column, int64_t id);

/* What was decided so far, opened; the last step first. */
struct referral_step {
    int64_t id;
    const char *act;
    int64_t at;
    const char *who;
    const char *reason;      /* NULL: none */
    const char *how;         /* NULL: none */
    const char *answered_on; /* NULL: none */
    const char *agreed;      /* NULL: not asked for */
    const char *words;
    const char *whom;
};
MUST_USE enum err referral_steps_of(struct req *r, struct referral_step **out, size_t *count);

/* Writes a step with its texts sealed, in a change. */
struct referral_step_new {
    const char *act;
    const char *reason, *how, *answered_on, *agreed; /* NULL or "": none */
    const char *words, *whom;
    int64_t case_id; /* 0: none */
};
MUST_USE enum err referral_step_write(struct req *r, const struct referral_step_new *step);

/* ---- asking an outside specialist ---- */

struct referral_reply {
    int64_t at;
    const char *words;
};

/* A share as the intake team sees it. */
struct referral_share {
    int64_t id;
    const char *name; /* of the specialist; "" when they have left */
    const char *by;
    int64_t at;
    int64_t until;
    bool teller; /* who told was shown, too */
    const char *agreed;
    bool over;
    const char *ended_by; /* NULL: the date came */
    int64_t ended_at;     /* when over */
    const char *question;
    struct referral_reply *replies;
    size_t reply_count;
};
/* The last one first. */
MUST_USE enum err referral_shares_of(struct req *r, struct referral_share **out, size_t *count);
bool referral_may_share(const struct referral *referral);
/* In the change that decides a referral: nobody outside sees it any more. */
MUST_USE enum err referral_shares_end(struct req *r);

struct referral_share_view {
    const struct referral *referral;
    bool may; /* not decided yet */
    struct choice *people;
    size_t people_count;
};
extern const struct field_rule REFERRAL_SHARE_FIELDS[];
enum err referral_share_show(struct req *r);
enum err referral_share_check(struct req *r);
enum err referral_share_change(struct req *r);
enum err referral_share_end_change(struct req *r);

/* A share as the specialist sees it: the scope of "/shared/{share}". */
struct referral_shared {
    int64_t id;
    struct seal_key key;
    int64_t until;
    bool teller;
    const char *question;
    struct referral_told told;
    struct referral_reply *replies;
    size_t reply_count;
};
extern const struct field_rule REFERRAL_REPLY_FIELDS[];
enum err referral_shared_scope(struct req *r);
enum err referral_shared_show(struct req *r);
enum err referral_reply_check(struct req *r);
enum err referral_reply_change(struct req *r);

/* ---- the form that tells ---- */

extern const struct field_rule REFERRAL_TOLD_FIELDS[];
enum err referral_refer_show(struct req *r);
enum err referral_refer_check(struct req *r);
enum err referral_refer_change(struct req *r);
enum err referral_thanks_show(struct req *r);
enum err referral_new_show(struct req *r);
enum err referral_new_change(struct req *r);
/* Checks what the rules of single fields cannot. */
enum err referral_told_check(struct req *r);
size_t referral_urgency_choices(struct req *r, const struct choice **out);

struct referral_inbox_view {
    const char *which; /* "open", "consulted", "ended" */
    bool reader;       /* of the intake team */
    struct referral_line *rows;
    size_t count;
    const char *next; /* NULL: no more */
    struct referral_counts counts;
};

struct referral_detail_view {
    const struct referral *referral;
    const char *entered_by; /* NULL: the public page */
    struct referral_step *steps;
    size_t step_count;
    bool late;
    bool may_accept, may_answer, may_reopen;
    bool case_readable;
    bool may_share;
    struct referral_share *shares;
    size_t share_count;
};

struct referral_answer_view {
    const struct referral *referral;
    struct referral_step *steps;
    size_t step_count;
};

extern const struct field_rule REFERRAL_INBOX_FIELDS[];
enum err referral_inbox_show(struct req *r);
enum err referral_detail_show(struct req *r);

extern const struct field_rule REFERRAL_ANSWER_FIELDS[];
extern const struct field_rule REFERRAL_REOPEN_FIELDS[];
enum err referral_answer_show(struct req *r);
enum err referral_answer_check(struct req *r);
enum err referral_answer_change(struct req *r);
enum err referral_reopen_show(struct req *r);
enum err referral_reopen_check(struct req *r);
enum err referral_reopen_change(struct req *r);

struct referral_accept_view {
    const struct referral *referral;
    bool may_accept;
    struct person_hit *hits; /* who might be the same person */
    struct choice *joins;
    size_t hit_count;
    struct choice *managers;
    size_t manager_count;
    struct choice *teams;
    size_t team_count;
    struct referral_step *steps;
    size_t step_count;
};
extern const struct field_rule REFERRAL_ACCEPT_FIELDS[];
enum err referral_accept_show(struct req *r);
enum err referral_accept_check(struct req *r);
enum err referral_accept_change(struct req *r);
/* Puts what the rules found wrong with a decision beside its fields. */
void referral_flaws_show(struct req *r, unsigned flaws);

#endif
