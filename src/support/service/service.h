/* The delivery log (M4.2): which service a person received, when, how long, how, and at what cost. */
#ifndef AUSMA_SUPPORT_SERVICE_SERVICE_H
#define AUSMA_SUPPORT_SERVICE_SERVICE_H

#include "case/record/keys.h"
#include "platform/gate/gate.h"
#include "platform/pack/pack.h"

extern const struct code_list SERVICE_MODES; /* family "service_mode": in_person, remote, phone, anonymous */

/* What was given. Money in cents of the euro. */
struct service_given {
    const char *service; /* a code of PACK_SERVICE */
    const char *on_date; /* full date */
    int64_t minutes;     /* 1..SERVICE_MINUTES_MAX */
    const char *mode;    /* SERVICE_MODES */
    /* Somebody from outside who gave it; in the clear here, sealed in the table; NULL: the account did. */
    const char *provider;
    const char *phase;  /* RECORD_PHASES */
    const char *strand; /* RECORD_STRANDS */
    bool interpreter;
    int64_t travel_cents;
    int64_t meal_cents;
    const char *funding; /* RECORD_FUNDINGS; NULL: not said */
    const char *note;    /* in the clear here, sealed in the table; NULL: none */
};
enum { SERVICE_MINUTES_MAX = 1440 };

/* Whose entry it is. */
struct service_place {
    int64_t org;
    int64_t case_id;
    int64_t account; /* who writes it down */
    int64_t now;
};

/* The part of a case that a service of this strand belongs to. */
enum case_part service_part(const char *strand);

/* Writes an entry and its line in the timeline; two statements. The caller, in a change, has checked the case and audits. */
MUST_USE enum err service_add(struct db *db, struct arena *arena, const struct case_keys *keys,
                              const struct service_place *place, const struct service_given *given, int64_t *id);

/* A service as a person received it last. */
struct service_use {
    const char *service;
    int64_t minutes;
    const char *mode;
    const char *phase;
    const char *strand;
};

/* "2 h 30 min" and "12,50 €", as the language writes them. */
const char *service_duration(struct arena *arena, enum language language, int64_t minutes);
const char *service_money(struct arena *arena, enum language language, int64_t cents);

extern const struct route service_routes[];

#endif
