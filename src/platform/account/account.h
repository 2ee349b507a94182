/* Accounts, teams, sessions: who somebody is and which keys they hold (DESIGN 5). */
#ifndef AUSMA_PLATFORM_ACCOUNT_ACCOUNT_H
#define AUSMA_PLATFORM_ACCOUNT_ACCOUNT_H

#include "base/arena.h"
#include "platform/seal/seal.h"
#include "platform/store/store.h"

enum role {
    ROLE_CASE_MANAGER,
    ROLE_TEAM_MEMBER,
    ROLE_INTAKE,
    ROLE_PROGRAMME_MANAGER,
    ROLE_ADMINISTRATOR,
    ROLE_AUDITOR,
    ROLE_COUNT
};
const char *role_code(enum role role); /* "case_manager" */
bool role_of(const char *code, enum role *out);

struct team_keys {
    int64_t team;
    bool intake;             /* the team that referrals are sealed to */
    struct seal_key key;     /* opens what is wrapped for the team */
    struct seal_pair pair;   /* opens what was sealed to it from outside */
};

/* Somebody who is signed in, for one request. Lives in the request's arena. */
struct session {
    int64_t id;
    int64_t org;
    int64_t account;
    enum role role;
    const char *name;          /* the person's display name */
    const char *language;      /* "lv" or "en" */
    struct seal_key own;       /* the account's own symmetric key */
    struct seal_key directory; /* opens colleagues' names */
    struct seal_key search;    /* blind tokens; zero for roles that see no people */
    struct team_keys *teams;
    size_t team_count;
};

/* The keys of one of this person's teams; NULL when they are not in it. */
const struct team_keys *session_team(const struct session *who, int64_t team);

#endif
