/* What the templates of this folder show. */
#ifndef AUSMA_PLATFORM_ENTRANCE_VIEWS_H
#define AUSMA_PLATFORM_ENTRANCE_VIEWS_H

#include "platform/account/factor.h"
#include "platform/gate/shell.h"
#include "platform/qr/qr.h"

/* Asking for a second factor. */
struct second_view {
    const char *to;     /* where it leads; NULL: the first page */
    const char *action; /* the address of the form */
    bool passkeys;      /* there is one for this site */
    bool codes;         /* there is something that gives codes */
    const char *site;
    const char *known; /* the passkeys' ids, base64url, with blanks between */
};

/* One's own second factors. */
struct factors_view {
    struct factor_list list;
    bool required; /* the organisation wants one */
    bool passkeys; /* can be made at this address */
};

struct totp_view {
    const char *seed;
    const char *text; /* the secret in groups of four */
    struct qr qr;
};

struct passkey_view {
    const char *site; /* NULL: none can be made at this address */
    const char *known;
    const char *account; /* base64url, for the device to tell accounts apart */
    const char *login;
};

/* Where one is signed in. */
struct sessions_view {
    struct session_seen *sessions;
    size_t count;
};

/* Coming in by an invitation. */
struct join_view {
    const char *code;
    const char *name;
    const char *login; /* NULL: the code is still to be given */
};

#endif
