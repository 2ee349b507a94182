/* Accounts, teams, sessions: who somebody is and which keys they hold (DESIGN 5).
 *
 * An account has an X25519 pair; its secret half lies sealed under the Argon2id key of the password. A team has a symmetric key
 * and a pair, both sealed to each member. Two keys belong to the whole organisation: the directory key (colleagues' names; every
 * account has it) and the search key (blind name tokens; reached through teams, so that no administrator has it). */
#ifndef AUSMA_PLATFORM_ACCOUNT_ACCOUNT_H
#define AUSMA_PLATFORM_ACCOUNT_ACCOUNT_H

#include "base/arena.h"
#include "platform/recovery/recovery.h"
#include "platform/seal/seal.h"
#include "platform/store/store.h"

enum role {
    ROLE_CASE_MANAGER,
    ROLE_TEAM_MEMBER,
    ROLE_INTAKE,
    ROLE_PROGRAMME_MANAGER,
    ROLE_ADMINISTRATOR,
    ROLE_AUDITOR,
    ROLE_OUTSIDE_SPECIALIST, /* not of the organisation: sees what was shared with them, until a date */
    ROLE_COUNT
};
const char *role_code(enum role role); /* "case_manager" */
bool role_of(const char *code, enum role *out);

struct team_keys {
    int64_t team;
    bool intake;           /* the team that referrals are sealed to */
    struct seal_key key;   /* opens what is wrapped for the team */
    struct seal_pair pair; /* opens what was sealed to it from outside */
    bool rotate;           /* somebody left: the keys are to be changed (rotation.h) */
    bool roots;            /* and those of the cases that the team holds */
    bool has_old;          /* they are being changed: what was not wrapped anew yet opens with the earlier ones */
    struct seal_key old_key;
    struct seal_pair old_pair;
};

/* Is there something to do about a team's keys for whoever holds them? */
bool team_keys_due(const struct team_keys *team);

/* What a team's keys open, while they are being changed too: first the keys as they are, then the earlier ones. ERR_BROKEN: neither. */
MUST_USE enum err team_unwrap(const struct team_keys *team, struct seal_place place, struct bytes wrapped,
                              struct seal_key *out);
MUST_USE enum err team_open_to(struct arena *arena, const struct team_keys *team, struct bytes sealed,
                               struct bytes *out);

/* How far signing in has come. */
enum session_stage {
    SESSION_FULL,
    SESSION_SECOND, /* the password was right, the second factor is still owed: opens nothing but that page */
    SESSION_ENROL   /* a second factor must be set up before anything else */
};

/* Somebody who is signed in, for one request. Lives in the request's arena. */
struct session {
    int64_t id;
    int64_t org;
    int64_t account;
    enum role role;
    const char *name;          /* the person's display name */
    const char *language;      /* "lv" or "en" */
    struct seal_pair own;      /* the account's pair */
    struct seal_key directory; /* opens colleagues' names */
    struct seal_key search;    /* blind tokens; zero for roles that see no people */
    struct team_keys *teams;
    size_t team_count;
    enum session_stage stage;
    bool factors;             /* the account has a second factor */
    bool given;               /* the password was given by somebody else: another must be chosen before anything else */
    struct maybe previous_at; /* the sign-in before this one */
    int64_t created_at;
    int64_t proved_at;          /* when a password or second factor was last given */
    struct team_keys emergency; /* only for a broken glass, never among `teams`; team 0: not held */
    int64_t seen_at;
    bool keys_changed; /* the stored session lacks keys that were given since: see account_session_refresh */
};

/* The keys of one of this person's teams; NULL when they are not in it. */
const struct team_keys *session_team(const struct session *who, int64_t team);
/* Opens a key that was sealed to one of this person's teams from outside, also while the team's keys are being changed.
 * ERR_NOT_FOUND: not in that team. ERR_BROKEN: the team's keys do not open it, or it holds something else. */
MUST_USE enum err session_open_key(struct arena *arena, const struct session *who, int64_t team, struct bytes sealed,
                                   struct seal_key *out);

/* ---- making an organisation, accounts and teams (command line, demo; the caller is in a change) ---- */

struct founding {
    int64_t org;
    struct seal_key directory;
    struct seal_key search;
};
MUST_USE enum err account_found(struct db *db, const char *name, int64_t now, struct founding *out);
/* Right after founding, before the first account: the recovery key, to which all secret halves and team keys are sealed from then
 * on. `out` gets the shares, which exist nowhere else. */
MUST_USE enum err account_recovery_begin(struct db *db, struct arena *arena, const struct founding *founding,
                                         struct recovery_plan plan, int64_t now, struct recovery_made *out);

struct account_new {
    const char *login;    /* lower case letters, digits, dots: 2..60 characters */
    const char *password; /* account_password_check */
    const char *name;
    enum role role;
    const char *language;
    struct maybe valid_until; /* the moment after which nothing opens */
    bool quick;               /* weak Argon2: demo and tests only */
    /* With `under`: the key that the password gave already; NULL: account_add runs Argon2. */
    const struct seal_password *how;
    const struct seal_key *under;
};
/* Adds an account. `pair` (may be NULL) gets its keys. ERR_CONFLICT: the login is taken. Runs Argon2. */
MUST_USE enum err account_add(struct db *db, struct arena *arena, int64_t org, const struct seal_key *directory,
                              const struct account_new *account, int64_t now, int64_t *id, struct seal_pair *pair);
MUST_USE enum err account_team_new(struct db *db, struct arena *arena, int64_t org, const struct seal_key *search,
                                   const char *name, bool intake, struct team_keys *out);
/* Seals a team's keys to the recovery key: whoever makes a team or changes its keys calls it in the same change. */
MUST_USE enum err account_team_hold(struct db *db, struct arena *arena, int64_t org, const struct team_keys *keys);
/* The team that holds every case for an emergency. Its members are the case managers; its keys open nothing but through a broken
 * glass (docs/ACCESS.md). One an organisation, made at its founding. */
MUST_USE enum err account_emergency_new(struct db *db, struct arena *arena, const struct founding *founding,
                                        struct team_keys *out);
/* Hands its keys to an account whose role has them; nothing for other roles, and when `emergency` is not held (team 0). */
MUST_USE enum err account_join_emergency(struct db *db, struct arena *arena, int64_t org, int64_t account,
                                         enum role role, const struct seal_key *account_public,
                                         const struct team_keys *emergency);
/* Hands a team's keys to an account. */
MUST_USE enum err account_join(struct db *db, struct arena *arena, int64_t org, int64_t account,
                               const struct seal_key *account_public, const struct team_keys *keys);

/* Long enough (12 characters), not too long (200), and more than the words, keyboard runs and repetitions that are tried first
 * (weak.c lists them). */
bool account_password_check(const char *password);
bool account_login_check(const char *login);

/* ---- signing in ---- */

enum { SESSION_TOKEN_TEXT = 44 }; /* characters of a token in the cookie, with NUL: base64url of 32 bytes */

/* Has it the shape of a token? What comes from a cookie may be anything. */
bool account_token_like(const char *token);

struct sign_in {
    /* in */
    int64_t org;
    const char *login;
    const char *password;
    const char *device;       /* coarse words for the browser; NULL: none */
    const char *device_token; /* by which the browser is known again; NULL: none */
    int64_t now;
    /* between the steps */
    bool known;        /* there is such an account and it is not locked */
    bool opened;       /* the password was right */
    bool device_known; /* the account was signed in with this browser before */
    uint8_t device_hash[SEAL_HASH_SIZE];
    int64_t account;
    int64_t keys_version;
    struct seal_password how;
    struct bytes secret;
    struct bytes directory;
    struct seal_pair pair;
    const char *language;
    bool factors;         /* the account has a second factor */
    bool factor_required; /* the organisation wants one */
    struct maybe previous_at;
    /* out */
    enum session_stage stage;
    char token[SESSION_TOKEN_TEXT];
};
/* Three steps for three threads: look up (reading), open (slow: Argon2, also for accounts that do not exist, so that the time
 * tells nothing), finish (in a change: counts a failure, or makes the session). */
MUST_USE enum err account_sign_in_look(struct db *db, struct arena *arena, struct sign_in *attempt);
MUST_USE enum err account_sign_in_open(struct sign_in *attempt);
MUST_USE enum err account_sign_in_finish(struct db *db, struct arena *arena, struct sign_in *attempt);

/* In a change: no browser of the account is known any more but the one with the token `kept` (NULL: none is kept). */
MUST_USE enum err account_devices_forget(struct db *db, int64_t org, int64_t account, const char *kept);

/* In a change, when signing in is complete: this browser is known from now on. `token` (SESSION_TOKEN_TEXT) is the one it had, or a
 * new one when it had none; `first`: this account was not signed in with it before. */
MUST_USE enum err account_device_known(struct db *db, struct arena *arena, int64_t org, int64_t account,
                                       const char *had, int64_t now, char token[SESSION_TOKEN_TEXT], bool *first);

/* The address for notices (notice.h checks it), sealed under a key out of the account's secret half; "": none. Setting it is a
 * change; reading it needs that half, as it is open while somebody signs in. */
MUST_USE enum err account_mail_set(struct db *db, struct arena *arena, const struct session *who, const char *address);
MUST_USE enum err account_mail(struct db *db, struct arena *arena, int64_t org, int64_t account,
                               const struct seal_key *secret_half, const char **out);

/* In the change after a password was tried: counts it, or begins the count anew. `opened` becomes false when others have locked the
 * account meanwhile, or the password is no longer the one that was tried, so that many tries at once are no more than many. */
MUST_USE enum err account_tried(struct db *db, struct arena *arena, const struct sign_in *attempt, bool *opened);

/* By what the data knows a session's token; false for what cannot be a token. */
bool account_token_hash(const char *token, uint8_t hash[SEAL_HASH_SIZE]);
/* Who this token belongs to. ERR_SIGNED_OUT when nobody, or when the session is older than 12 hours or idle for longer than
 * `idle_minutes`. */
MUST_USE enum err account_session_open(struct db *db, struct arena *arena, int64_t org, const char *token, int64_t now,
                                       int idle_minutes, struct session **out);
/* In a change: ERR_SIGNED_OUT when the session was ended, or its account left or ran out, since it was opened for reading. */
MUST_USE enum err account_session_still(struct db *db, struct arena *arena, const struct session *who, int64_t now);
/* Was it proved lately enough who this is, for an act that asks for it? */
bool session_fresh(const struct session *who, int64_t now);

/* Writes that the session was seen, and its newer keys when there are; in a change. */
MUST_USE enum err account_session_refresh(struct db *db, struct arena *arena, const struct session *who,
                                          const char *token, int64_t now);

/* Where somebody is signed in now, the last seen first; `device` in the coarse words of the sign-in, "" when unknown. */
struct session_seen {
    int64_t id;
    const char *device;
    int64_t created_at;
    int64_t seen_at;
    bool this_one;
};
MUST_USE enum err account_sessions(struct db *db, struct arena *arena, const struct session *who, int64_t now,
                                   int idle_minutes, struct session_seen **out, size_t *count);

/* Seals the secret half anew under another password; the old one is tried like when signing in, and counts like there. Ends the
 * account's other sessions. */
struct password_change {
    const struct session *who;
    struct sign_in attempt; /* with the old password */
    const char *new_password;
    bool opened;
    struct seal_password new_how;
    struct seal_key new_key;
};
MUST_USE enum err account_unlock_look(struct db *db, struct arena *arena, const struct session *who,
                                      struct sign_in *attempt);
MUST_USE enum err account_password_look(struct db *db, struct arena *arena, struct password_change *change);
MUST_USE enum err account_password_open(struct password_change *change);
MUST_USE enum err account_password_finish(struct db *db, struct arena *arena, struct password_change *change);

/* ---- access again, for somebody who forgot the password ---- */

enum { RESET_HOURS = 24 /* how long a given password is good for */ };
struct account_reset {
    int64_t account;
    bool factors;         /* their second factors are lost, too */
    const char *password; /* chosen here, to be handed over once */
    struct seal_password how;
    struct seal_key under;
};
/* Chooses a password; `account_reset_slow` runs Argon2. */
void account_reset_begin(struct arena *arena, struct account_reset *reset);
MUST_USE enum err account_reset_slow(struct account_reset *reset);
/* In a change, with the secret half that the recovery key held: everything opens as before. Ends all their sessions. ERR_NOT_FOUND: there is
 * no such account any more. */
MUST_USE enum err account_reset_same(struct db *db, struct arena *arena, int64_t org, struct account_reset *reset,
                                     const struct seal_key *secret_half, int64_t now);
/* The light way: a colleague makes new keys for them and seals the teams that both are in. `lost` counts teams that somebody else
 * has to hand over; second factors, and what was sealed to the person alone, are gone. */
MUST_USE enum err account_reset_new(struct db *db, struct arena *arena, const struct session *who,
                                    struct account_reset *reset, int64_t now, size_t *lost);

/* ---- colleagues ---- */

struct colleague {
    int64_t id;
    enum role role;
    const char *name;
};
/* All who have not left, names opened, in order of name. */
MUST_USE enum err account_colleagues(struct db *db, struct arena *arena, const struct session *who,
                                     struct colleague **out, size_t *count);
/* The name of one in that list; "" when absent. */
const char *colleague_name(const struct colleague *list, size_t count, int64_t id);

#endif
