/* What the templates of this folder show. */
#ifndef AUSMA_STEER_STAFF_VIEWS_H
#define AUSMA_STEER_STAFF_VIEWS_H

#include "platform/gate/shell.h"
#include "platform/qr/qr.h"
#include "steer/staff/staff.h"

struct staff_person {
    int64_t id;
    const char *name;
    const char *login;
    const char *role;
    int64_t teams;
    bool factors;
    bool waits;   /* needs a team's keys and has none yet */
    int64_t lost; /* teams whose keys are to be handed over again */
    bool again;   /* something is to be given again, after the account got other keys of its own */
    bool left;    /* or past the last day */
    bool self;    /* of the administrator's page: their own */
    struct maybe last_sign_in_at;
    struct maybe valid_until;
};

struct staff_invite {
    int64_t id;
    const char *name;
    const char *login;
    const char *role;
    const char *made_by;
    int64_t created_at;
    int64_t expires_at;
    bool expired;
};

struct people_view {
    struct staff_person *people;
    size_t count;
    struct staff_invite *invites;
    size_t invite_count;
    size_t waiting;
    bool required; /* a second factor */
};

struct invite_view {
    struct choice *teams;
    size_t team_count;
};

struct invitation_view {
    struct staff_invite invite;
    const char *ended_how; /* NULL: open */
    bool keys;             /* keys of a team go along */
    const char *link;      /* NULL: not the one who made it */
    struct qr qr;
};

struct let_in_view {
    struct staff_person person;
    struct choice *teams;
    size_t team_count;
};

/* What somebody must be given again whose account got other keys of its own. */
struct again_line {
    const char *path; /* where it is given; NULL: not by the viewer */
    const char *name;
    const char *reference; /* NULL: a team */
};
struct again_view {
    struct staff_person person;
    struct again_line *teams, *cases, *places;
    size_t team_count, case_count, place_count;
    int64_t elsewhere; /* cases of teams that the viewer is not in, and places that others are in charge of */
    bool closed;       /* one of the cases is closed: reopened first */
};

/* What somebody who leaves has in one team. */
struct leave_team {
    int64_t id;
    const char *key; /* the id as in fields */
    const char *name;
    int64_t cases, open, tasks;
    struct choice *successors;
    size_t successor_count;
    const char *chosen;
};

/* A team whose keys are changed because somebody left. */
struct keys_team {
    const char *name;
    bool waits;     /* for a member to begin it */
    bool under_way; /* neither: it is over */
    struct maybe began_at;
    int64_t done; /* rows wrapped anew */
    int64_t to_go;
    int64_t cases_due; /* cases that still have keys the leaver could have kept */
};

struct keys_view {
    struct keys_team *teams;
    size_t count;
};

struct leave_view {
    struct staff_person person;
    struct leave_team *teams;
    size_t team_count;
};

#endif
