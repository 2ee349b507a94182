/* Invitations: whoever may let people in makes a link with a code of 160 bits; whoever has the link chooses a password and has an
 * account. The code follows from the inviter's secret half, so they can look at the link again; nobody else can, and the data holds
 * only a hash of it. Keys of the inviter's teams go along under a key out of the code, so that access works at once. */
#ifndef AUSMA_PLATFORM_ACCOUNT_INVITE_H
#define AUSMA_PLATFORM_ACCOUNT_INVITE_H

#include "platform/account/account.h"

enum { INVITE_CODE_LETTERS = 32 };

struct invite_new {
    const char *login;
    const char *name;
    enum role role;
    const char *language;
    struct maybe valid_until;             /* of the account */
    const struct team_keys *const *teams; /* to hand on; all are the inviter's */
    size_t team_count;
    int64_t expires_at; /* of the link */
};
/* In a change. ERR_CONFLICT: the login is taken, or another invitation has it. */
MUST_USE enum err account_invite_add(struct db *db, struct arena *arena, const struct session *who,
                                     const struct invite_new *invite, int64_t now, int64_t *id);
/* The code as it stands in the link; only for the one who made it. */
const char *account_invite_code(struct arena *arena, const struct session *maker, int64_t id);

struct invite {
    int64_t id;
    const char *login;
    const char *name;
    enum role role;
    const char *language;
    struct maybe valid_until;
    int64_t made_by;
    struct seal_key directory;
    struct team_keys *teams;
    size_t team_count;
};
/* The invitation of a code as it was typed. ERR_NOT_FOUND: there is none. ERR_STALE: it was used, withdrawn or has run out. */
MUST_USE enum err account_invite_open(struct db *db, struct arena *arena, int64_t org, const char *code, int64_t now,
                                      struct invite **out);

struct invite_accept {
    /* in */
    int64_t org;
    const char *code;
    const char *password;
    const char *device; /* as in struct sign_in */
    int64_t now;
    bool quick;
    /* between the steps */
    struct seal_password how;
    struct seal_key under;
    /* out */
    int64_t account;
    char token[SESSION_TOKEN_TEXT];
};
/* Argon2 for the chosen password: on the slow pool. */
MUST_USE enum err account_invite_prepare(struct invite_accept *accept);
/* In a change: makes the account, joins the teams whose keys came along and are still theirs, ends the invitation and signs in.
 * Errors as account_invite_open; ERR_CONFLICT: the login was taken meanwhile. */
MUST_USE enum err account_invite_accept(struct db *db, struct arena *arena, struct invite_accept *accept);

#endif
