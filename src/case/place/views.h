/* What the templates of this folder show, and what its files share. */
#ifndef AUSMA_CASE_PLACE_VIEWS_H
#define AUSMA_CASE_PLACE_VIEWS_H

#include "case/place/place.h"
#include "platform/gate/shell.h"

struct place_stay {
    int64_t id;
    const char *address;
    const char *note; /* NULL: none */
    const char *since;
    const char *who;
};
struct place_view {
    struct place_stay *stays; /* the present one first */
    size_t count;
};

struct place_holder {
    int64_t account;
    const char *name;
    const char *by;
    int64_t since;
};
struct place_charge_view {
    struct place_holder *holders;
    size_t count;
    struct choice *people; /* who can be put in charge */
    size_t people_count;
    bool mine;
};

/* place.c */
MUST_USE enum err place_open(struct req *r, struct seal_key *out); /* ERR_NOT_FOUND: not in charge */
MUST_USE enum err place_give(struct req *r, int64_t account, const struct seal_key *key);
struct seal_place place_place(const char *column, int64_t id);

#endif
