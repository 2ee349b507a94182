/* The record of a case: what it is called, who has it, how it stands, its phases and strands, and its timeline.
 * Everything about a case in other slices hangs on the id here and is sealed under the key that the scope opens. */
#ifndef AUSMA_CASE_RECORD_RECORD_H
#define AUSMA_CASE_RECORD_RECORD_H

#include "case/record/keys.h"
#include "platform/gate/gate.h"

/* A case as pages see it. Lives in the request's arena. */
struct record {
    int64_t id;
    const char *reference; /* "A-2026-0117-K" */
    const char *pseudonym;
    int64_t manager;
    int64_t team;
    const char *status; /* "open", "closed" */
    const char *risk;   /* "high", "medium", "low", "unknown" */
    struct maybe birth_year;
    const char *next_review; /* RECORD_NO_REVIEW when none is set */
    const char *opened_on;
    const char *closed_on; /* NULL while open */
    const char *close_reason;
    int64_t version;
    int64_t generation; /* of its keys */
    /* how the person who asks is on the case */
    struct case_keys keys;
    const char *via;    /* "team", "member", "glass" */
    const char *role;   /* of the pack's roles; NULL: the whole team's */
    struct maybe until; /* moment */
};
#define RECORD_NO_REVIEW "9999-12-31"

extern const struct code_list RECORD_RISKS;   /* family "risk" */
extern const struct code_list RECORD_PHASES;  /* family "phase" */
extern const struct code_list RECORD_STRANDS; /* family "strand" */
extern const struct code_list RECORD_CLOSE_REASONS;
extern const struct code_list RECORD_FUNDINGS; /* family "funding" */

/* The scope of every route "/cases/{case}/...": the case is found, the person holds its key, r->case_id, r->parts and
 * r->scope (a struct record, with the keys of these parts) are set. ERR_NOT_FOUND otherwise, audited as "case.refused" by the gate's error path. */
enum err case_scope(struct req *r);
const struct record *case_of(const struct req *r);
/* Does the person hold this part of the case? */
bool case_has(const struct req *r, enum case_part part);
/* The parts that the role table can give, without the place of stay (family "part"); and the part of a code. */
const struct code_list *record_parts(void);
enum case_part record_part(const char *code);
/* For the scope of a route with PART_RECORD, behind case_scope: the record that the path names is of this part. ERR_NOT_FOUND when
 * the person does not hold it: the record is then not there for them. */
MUST_USE enum err case_part_found(struct req *r, enum case_part part);
/* For `check` and `change`: ERR_DENIED when the case is closed. Asked in both, as it may be closed in between. */
MUST_USE enum err case_must_be_open(const struct req *r);
/* The check of a change that asks for nothing else than that and fields in order. */
MUST_USE enum err case_open_check(struct req *r);

/* New keys for the case in scope, in a change by somebody who sees the whole of it; those who hold keys get the new ones, `case_of(r)`
 * has them from now on. Remove first whoever is to leave. ERR_DENIED without the whole case. */
MUST_USE enum err record_rotate(struct req *r);

/* ---- changes (in a route's `change`, or command line with a request of its own) ---- */

struct record_new {
    int64_t org;
    const struct team_keys *team; /* who gets the key */
    /* Of this organisation, held by whoever makes the case; NULL or team 0: a sealed box. */
    const struct team_keys *emergency;
    int64_t manager;
    const char *pseudonym;
    struct maybe birth_year;
    const char *risk;      /* NULL: unknown */
    const char *opened_on; /* full date */
    const char *next_review;
    /* Of a case that is brought in with its past; NULL: its first phase goes on, it is open. */
    const char *rescue_ended_on;
    const char *closed_on;
    const char *close_reason;
};
struct record_made {
    int64_t id;
    struct case_keys keys;
    const char *reference;
};
/* Makes a case with its key and first event. The caller audits. */
MUST_USE enum err record_new(struct db *db, struct arena *arena, const struct record_new *new_case,
                             struct record_made *out);
/* A neutral pseudonym, by chance, from the word list of trees, birds and rivers; not unique, and never from the person. */
const char *record_pseudonym_suggest(void);
/* A word of that list, in its order and round again. */
enum { RECORD_PSEUDONYMS = 100 };
const char *record_pseudonym_at(size_t index);

MUST_USE enum err record_risk(struct db *db, int64_t org, int64_t case_id, const char *risk);
MUST_USE enum err record_review(struct db *db, int64_t org, int64_t case_id, const char *next_review);
MUST_USE enum err record_birth(struct db *db, int64_t org, int64_t case_id, struct maybe birth_year);

/* Begins a phase, strand or funding ("phase", "rescue"). */
MUST_USE enum err record_span_begin(struct db *db, int64_t org, int64_t case_id, const char *kind, const char *code,
                                    const char *started_on);

struct record_event {
    int64_t org;
    int64_t case_id;
    enum case_part part;     /* who holds it sees the event; its key seals the note */
    const char *happened_on; /* full date */
    const char *kind;        /* family "event": "case.opened", "service", "safety", ... */
    const char *phase;       /* may be NULL */
    const char *strand;      /* may be NULL */
    int64_t account;
    int64_t subject;    /* the row it is about; 0: none */
    const char *detail; /* a code to show with it (a service's code, a risk); may be NULL */
    const char *note;   /* in the clear here, sealed in the table; may be NULL */
};
MUST_USE enum err record_event_add(struct db *db, struct arena *arena, const struct case_keys *keys,
                                   const struct record_event *event);
/* The same in the case in scope, by whoever is signed in. */
MUST_USE enum err case_event_add(struct req *r, const struct record_event *event);

/* Closes the case in scope, with its phases, strands and fundings, from that full date on; a code of the family "close_reason", words or NULL.
 * ERR_STALE: somebody changed it meanwhile. In a change; the caller audits, and asks first whether it may be closed (case/overview). */
MUST_USE enum err case_close(struct req *r, const char *on, const char *reason, const char *words, int64_t version);

/* All that one case manager of a team has goes to another one, because the first leaves: no key is needed for that, so the event in the
 * timeline has no words. In a change; the caller audits. `count` gets the number of cases. */
MUST_USE enum err record_take_over(struct db *db, struct arena *arena, int64_t org, int64_t team, int64_t from,
                                   int64_t to, int64_t by, const char *on, size_t *count);

/* ---- for pages ---- */

/* Age in years now, by the birth year alone; -1 when unknown. */
int record_age(const struct record *record, int64_t now);

/* The menu of a case; `path` stands behind "/cases/{id}". */
struct case_menu_item {
    const char *path;
    enum word label;
    unsigned parts; /* shown to whoever holds one of these */
    bool whole;     /* ... and only to whoever holds the whole case */
};
const struct case_menu_item *case_menu(void);
size_t case_menu_count(void);

/* A line of the timeline, opened. */
struct timeline_item {
    int64_t id;
    const char *happened_on;
    const char *kind;
    const char *phase;  /* NULL: none */
    const char *strand; /* NULL: none */
    const char *who;    /* a colleague's name */
    const char *detail; /* NULL: none */
    const char *note;   /* NULL: none */
    int64_t subject;    /* 0: none */
};
struct timeline_filter {
    const char *kind, *phase, *strand; /* "" for all */
    const char *before_day;            /* keyset: "" for the newest */
    int64_t before_id;
    int64_t limit;
};
MUST_USE enum err record_timeline(struct req *r, const struct timeline_filter *filter, struct timeline_item **out,
                                  size_t *count);

/* A phase, strand or funding with its days. */
struct span {
    int64_t id;
    const char *kind, *code, *started_on;
    const char *ended_on; /* NULL: goes on */
    int64_t version;
};
MUST_USE enum err record_spans_of(struct req *r, struct span **out, size_t *count);

/* The number of a phase for its colour in pictures: 1 rescue, 2 recovery, 3 reintegration. */
int phase_tone(const char *phase);

extern const struct route record_routes[];
extern const struct route record_course_routes[];
extern const struct route record_hand_over_routes[];

#endif
