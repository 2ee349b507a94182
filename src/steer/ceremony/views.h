/* What the templates of this folder show. */
#ifndef AUSMA_STEER_CEREMONY_VIEWS_H
#define AUSMA_STEER_CEREMONY_VIEWS_H

#include "platform/gate/shell.h"
#include "steer/ceremony/ceremony.h"

struct ceremony_line {
    int64_t id, begun_at;
    const char *what;
    const char *state; /* family ceremony_state */
    const char *who;
};

struct recovery_view {
    struct recovery_status key;
    int64_t going_on; /* 0: none */
    struct choice *people;
    size_t people_count;
    struct choice *receivers; /* of them, those who may have a team's keys */
    size_t receiver_count;
    struct choice *teams;
    size_t team_count;
    struct ceremony_line *lines;
    size_t count;
};

struct status_view {
    int64_t id;
    const char *what, *state;
    const char *code;     /* for whoever began it, while it goes on; NULL otherwise */
    const char *password; /* for them, once; NULL otherwise */
    const char *numbers;  /* "1, 4" */
    const char *who;
    size_t have, needed;
    int64_t expires_at;
    int64_t again; /* the account that must be given again what it held (steer/staff/again.c); 0: none */
    bool mine;
    bool renewed;     /* there are new shares, and this person can make the backup that they ask for */
    const char *host; /* what the keepers type before the path */
};

/* What the share is for, once the code is known; names are sealed, so accounts are told by their logins. */
struct enter_view {
    const char *what; /* NULL: the code is asked for first */
    const char *role; /* of the account that is opened or gets the keys; NULL: none */
    const char *by;   /* who began it; NULL: at the terminal */
};

struct entered_view {
    const char *number;
    int64_t have, needed;
};

struct collect_view {
    bool over;
};

struct help_view {
    struct choice *people;
    size_t count;
};

#endif
