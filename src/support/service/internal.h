/* Shared between the files of this folder, and what its templates show. */
#ifndef AUSMA_SUPPORT_SERVICE_INTERNAL_H
#define AUSMA_SUPPORT_SERVICE_INTERNAL_H

#include "case/record/record.h"
#include "support/service/service.h"

/* ---- rules.c: decisions without the database ---- */

/* "3", "3,5", "3.50", "€ 3,50" in cents; "" is 0. False for anything else, and above 10,000 euros. */
bool service_money_read(const char *text, int64_t *cents);

enum service_day { SERVICE_DAY_FINE, SERVICE_DAY_FUTURE, SERVICE_DAY_EARLY };
/* May a service have been given on that day? Not in the future, and not more than 30 days before the case was opened. */
enum service_day service_day_judge(struct arena *arena, const char *on_date, const char *today, const char *opened_on);

/* The values that the form starts with. */
struct service_offer {
    const char *service; /* "" when nothing can be offered */
    int64_t minutes;     /* 0: none */
    const char *mode;
    const char *phase;
    const char *strand; /* "": the usual one of the service */
};
/* From how the services were given last (the latest first): the one that is asked for (NULL: the latest), else as the pack has
 * it. `phases` are those that run now, the oldest first: the phase of the last time is offered only while it runs. */
struct service_offer service_offer_make(const struct service_use *uses, size_t use_count, const char *asked,
                                        const char *const *phases, size_t phase_count);

/* ---- form.c: the form of an entry ---- */

#define SERVICE_FORM_FIELDS                                                                                 \
    {.name = "service", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_service_missing}, \
        {.name = "minutes", .kind = FIELD_INT, .min = 1, .max = SERVICE_MINUTES_MAX},                       \
        {.name = "on", .kind = FIELD_DATE, .required = true, .missing = W_service_on_missing},              \
        {.name = "mode", .kind = FIELD_CODE, .codes = &SERVICE_MODES, .required = true},                    \
        {.name = "phase", .kind = FIELD_CODE, .codes = &RECORD_PHASES, .required = true},                   \
        {.name = "strand", .kind = FIELD_CODE, .codes = &RECORD_STRANDS},                                   \
        {.name = "provider", .kind = FIELD_TEXT, .max = 120}, {.name = "interpreter", .kind = FIELD_YES},   \
        {.name = "travel", .kind = FIELD_TEXT, .max = 12}, {.name = "meal", .kind = FIELD_TEXT, .max = 12}, \
        {.name = "funding", .kind = FIELD_CODE, .codes = &RECORD_FUNDINGS},                                 \
    {                                                                                                       \
        .name = "note", .kind = FIELD_LONG, .max = 4000                                                     \
    }

/* The catalogue as the form shows it: by phase, the one that is offered first. */
struct service_group {
    const char *phase;
    const char **codes;
    size_t count;
};
struct service_form {
    struct service_use *recent;
    size_t recent_count;
    struct service_group groups[3];
    size_t group_count;
    size_t chosen_group; /* where the chosen service is marked; group_count: it is in none of them */
    bool folded;         /* nothing of what stands behind the fold is filled in or wrong */
};
/* Offers values to start with and gathers what the form shows. */
MUST_USE enum err service_form_start(struct req *r, struct service_form *out);
/* Only gathers: the fields have their values already. */
void service_form_gather(struct req *r, struct service_form *out);
/* The form's fields as an entry. ERR_INPUT: fields failed. `kept` (may be NULL): a service that the entry has already and may
 * keep, even if the pack has it no more. */
MUST_USE enum err service_form_read(struct req *r, const char *kept, struct service_given *out);

/* ---- service.c ---- */

struct seal_place service_place_of(const char *column, int64_t id);
/* Which services of the case the person sees: legal, psychosocial, health, and the others. */
struct service_held {
    bool legal, psychosocial, health, others;
};
struct service_held service_held(const struct req *r);
/* The case, with any part that has services; and the entry that the path names, in its part. */
enum err service_scope(struct req *r);
enum err service_entry_scope(struct req *r);

/* ---- what the pages show ---- */

struct service_line {
    int64_t id;
    struct service_given given;
    const char *who;
    bool struck;
    const char *struck_reason;
    int64_t version; /* 0 in lists */
};
struct service_month {
    const char *month; /* "2026-11" */
    int64_t entries, minutes, cents;
};
struct service_list_view {
    struct service_form form;
    struct service_line *lines;
    size_t count;
    struct service_month *months;
    size_t month_count;
    bool first_page;
    const char *next; /* NULL: no more */
};

struct service_entry_view {
    struct service_form form;
    struct service_line line; /* as it stands */
};

/* A case to choose, and a line of the day. */
struct service_case {
    int64_t id;
    const char *reference;
    const char *pseudonym;
    bool chosen;
};
struct service_cases {
    struct service_case *at;
    size_t count;
};
struct service_day_line {
    int64_t id;
    int64_t case_id;
    const char *pseudonym;
    const char *service;
    const char *mode;
    int64_t minutes;
};
struct service_day_view {
    const char *day, *before, *after; /* `after` NULL: the day is today */
    struct service_cases recent, mine, team, shared;
    struct service_day_line *lines;
    size_t count;
    int64_t minutes;
    struct service_form form; /* when a case is chosen */
};

/* Shared by the list of a case and the day. */
MUST_USE enum err service_add_now(struct req *r);

extern const struct field_rule SERVICE_ENTRY_FIELDS[];
enum err service_entry_show(struct req *r);
enum err service_entry_check(struct req *r);
enum err service_entry_change(struct req *r);
extern const struct field_rule SERVICE_STRIKE_FIELDS[];
enum err service_strike_show(struct req *r);
enum err service_strike_check(struct req *r);
enum err service_strike_change(struct req *r);

extern const struct field_rule SERVICE_DAY_FIELDS[];
enum err service_day_show(struct req *r);
enum err service_day_change(struct req *r);

#endif
