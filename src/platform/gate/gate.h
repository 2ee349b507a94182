/* The gate: the one way from a request to a handler and back (DESIGN 3).
 *
 * Every page is a `struct route`. From the route's own entry the gate checks method, body limit, origin and CSRF token, session,
 * capability, record scope and declared fields; a route without a capability does not start, an undeclared field is refused.
 * A change runs as one transaction on the writer's thread with its audit row; the answer goes out after it is durable. */
#ifndef AUSMA_PLATFORM_GATE_GATE_H
#define AUSMA_PLATFORM_GATE_GATE_H

#include "base/arena.h"
#include "platform/account/account.h"
#include "platform/account/part.h"
#include "platform/html/html.h"
#include "platform/http/http.h"
#include "platform/i18n/i18n.h"
#include "platform/store/store.h"

#include <stdbool.h>

/* ---- fields ---- */

enum field_kind {
    FIELD_NONE,
    FIELD_TEXT,   /* one line; max counts characters [200] */
    FIELD_LONG,   /* many lines [20000] */
    FIELD_CODE,   /* one of `codes` */
    FIELD_CODES,  /* several of `codes` */
    FIELD_INT,    /* whole number min..max */
    FIELD_DATE,   /* three inputs NAME-day, NAME-month, NAME-year, or one NAME in ISO form */
    FIELD_YES,    /* a tick box: "yes" or absent */
    FIELD_ID,     /* an id as in addresses */
    FIELD_SECRET, /* a password; never written back to the page */
    FIELD_FILE,   /* an uploaded file; max counts bytes [the installation's own limit] */
    FIELD_REST    /* name is a prefix: all fields that start with it, unchecked but for valid text (form answers) */
};

struct field_rule {
    const char *name;
    enum field_kind kind;
    bool required;
    bool partial;     /* FIELD_DATE: a year, or year and month, will do */
    bool other;       /* FIELD_CODE: codes from elsewhere, the handler checks them */
    int64_t min, max; /* 0, 0: the kind's default */
    const struct code_list *codes;
    enum word missing; /* the message when required and empty; W_none: one that fits the kind */
};

/* A field as a template shows it: what was typed and what is wrong with it. */
struct field {
    const char *name;
    const char *value; /* never NULL */
    const char *error; /* NULL: fine */
    const struct field_rule *rule;
    struct req *r;
};

/* ---- capabilities ---- */

enum capability {
    CAP_NONE,            /* no route may have it */
    CAP_PUBLIC,          /* anybody, signed in or not */
    CAP_SECOND_STEP,     /* gave the right password and still owes the second factor */
    CAP_SIGNED_IN,       /* own account */
    CAP_REFERRAL_ADD,    /* write down a referral */
    CAP_REFERRAL_ANSWER, /* read and answer referrals */
    CAP_SHARED_READ,     /* read and answer a referral that was shared with oneself */
    CAP_FIELD,           /* read what was filled in outside, and decide on it; of the own teams */
    CAP_CASE_READ,
    CAP_CASE_WRITE,
    CAP_CASE_FIND,   /* look for people over all cases that one holds */
    CAP_CASE_DECIDE, /* close, reopen, hand over, the case team */
    CAP_EMERGENCY,   /* break the glass */
    CAP_STAFF,       /* colleagues' trainings */
    CAP_INSTRUMENT,  /* bring and publish instruments */
    CAP_COUNTS,      /* numbers without people */
    CAP_FACTS,       /* coded facts of cases, without people */
    CAP_INVITE,      /* let colleagues in */
    CAP_ADMIN,       /* accounts and settings; never a case */
    CAP_RETAIN,      /* decide how long cases are kept; without people */
    CAP_KEEP,        /* look after the installation: backups, recovery */
    CAP_COUNT
};

/* May this role do that? The whole table stands in roles.c. */
bool role_may(enum role role, enum capability cap);
/* May somebody with this role let in one with that? Administrators anybody; whoever invites otherwise, those who work with cases. */
bool role_may_give(enum role role, enum role given);
/* May somebody with this role come by an account with that one (give it a password, take its second step away)? Only one that may
 * nothing that their own may not, or whose role they could have given. */
bool role_reaches(enum role role, enum role other);
bool session_may(const struct session *who, enum capability cap);

/* ---- requests ---- */

struct req;
typedef enum err (*req_fn)(struct req *r);

struct route {
    enum http_method method;
    const char *path; /* "/cases/{case}/services"; a part in braces is one of r->params */
    enum capability cap;
    enum case_part part; /* which part of the case it shows or changes; a must when the path has {case} */
    req_fn scope;        /* finds what the path names and whether it is this person's; ERR_NOT_FOUND otherwise */
    const struct field_rule *fields; /* of the query (GET) or the body (POST); ends with an empty one; NULL: none */
    req_fn show;                     /* GET: the page. POST: the page once more, after ERR_INPUT or ERR_STALE */
    /* POST: decides without changing; ERR_INPUT with field_fail() shows the page again. GET with `slow`: reads for it. */
    req_fn check;
    /* What takes long (Argon2, a large paper), on the slow pool and without the data; of a GET before `show`. */
    req_fn slow;
    req_fn change; /* POST: in the write transaction; must audit; ends with req_redirect or a reply */
    /* Asks for the password or second factor again when the last proof is older than ten minutes; what was typed is carried through, so a
     * POST needs a `show`. */
    bool fresh;
    bool early;        /* open also to who must set up a second factor or choose a password first */
    bool enrolling;    /* open also to who must set up a second factor, with a password of their own */
    bool own_password; /* open also to who must choose a password first */
    /* Its `slow` waits for another service, or draws: on a pool of its own, so that no sign-in waits with it. */
    bool outside;
    size_t body_max; /* 0: 64 KiB and what the long fields may hold */
    /* OK when it is known who sends a large body, before it is taken in; NULL: whoever is signed in. Of the request only the path's route, the
     * query and the headers are there. */
    req_fn sender;
};

enum { PARAM_MAX = 4 };

struct app; /* the running program (gate/app.h) */

struct req {
    struct arena *arena;
    struct app *app;
    struct http_request *http;
    const struct route *route;
    struct db *db;                 /* to read with; in `change` the open transaction */
    const char *params[PARAM_MAX]; /* parts of the path in braces, in order */
    const struct session *who;     /* NULL: nobody is signed in */
    const struct session *half;    /* who gave the password and still owes the second factor; then `who` is NULL */
    enum language language;
    int64_t now;
    int64_t org;
    int64_t case_id;     /* set by the case scope; such reads are audited */
    const int64_t *shut; /* cases that this person must never see, ending with 0; NULL: not read yet (case/record) */
    struct case_names *names; /* names of cases that were shown lately; NULL: not read yet (case/record) */
    unsigned parts;           /* the parts of the case that this person holds (PART_BIT), set by the case scope */
    enum case_part part; /* the part that this request is about: the route's, or what its scope found (PART_RECORD) */
    void *scope;         /* what the scope found, for the handler */
    /* Set by `scope` or `show`: what was looked at by itself ("file.read"); NULL: the page of a case. */
    const char *looked;
    int64_t looked_at;
    void *data;                   /* what check hands to change */
    void (*after)(struct req *r); /* set by `change`: called when all of it is durable; never waits */
    void *after_data;
    bool known;  /* set by `check`: this browser was signed in with before, so `slow` does not wait with strangers */
    bool failed; /* some field has an error */
    bool stale;  /* shown again because somebody else changed the record */
    int trouble; /* shown again because it could not be saved: 507 disk full, 503 too much at once; 0: no */
    struct gate_state *gate; /* the gate's own */
};

/* Values of declared fields, trimmed, checked by their rule. "" or false when absent. */
const char *field_text(const struct req *r, const char *name); /* TEXT, LONG, CODE, DATE (ISO), SECRET */
const char *field_or_null(const struct req *r, const char *name);
bool field_int(const struct req *r, const char *name, int64_t *out);
bool field_id(const struct req *r, const char *name, int64_t *out);
bool field_yes(const struct req *r, const char *name);
bool field_has(const struct req *r, const char *name, const char *code); /* CODES */
struct bytes field_file(const struct req *r, const char *name, const char **file_name);
/* FIELD_REST: all of them, names without the prefix. */
size_t field_rest(const struct req *r, const char *prefix, const struct http_field **out);

/* The version of the row that the form was read with, from its hidden field "version" (a FIELD_INT); 0 when absent. A change saves
 * only over this version and answers ERR_STALE otherwise. */
int64_t field_version(const struct req *r);

/* Says what is wrong with a field; the page shows it beside the field and in the summary. */
void field_fail(struct req *r, const char *name, enum word message);
/* A message of its own making (already in the person's language). */
void field_fail_text(struct req *r, const char *name, const char *message);
/* Gives a field a value to start with (GET), when the request brought none. */
void field_start(struct req *r, const char *name, const char *value);
struct field field(struct req *r, const char *name);
/* The same field, marked as a must: whether it is depends on other fields. */
struct field field_must(struct field f);

/* Answers: exactly one of them per request. */
/* 303 to a path of our own; the notice (W_none: none) is shown once on the next page. */
enum err req_redirect(struct req *r, enum word notice, const char *path_format, ...) PRINTF_LIKE(3, 4);
/* A page: begin, call one template, end. Status 200, or 422 when fields failed, 409 when stale. */
struct html *req_page(struct req *r);
/* Anything else. `type` is a content type; `download` (may be NULL) a neutral file name. */
enum err req_send(struct req *r, int status, const char *type, struct bytes body, const char *download);

/* A file that somebody gave. `shown`: it is a picture of a kind that browsers only draw, and may stand in a page; all else is a download. Whatever
 * is in it, it runs nothing and loads nothing. */
enum err req_send_file(struct req *r, const char *type, struct bytes body, const char *name, bool shown);

/* One more header of an answer that was made by one of these. */
void req_header(struct req *r, const char *name, const char *value);

/* A file of the program itself, kept by browsers as `cache` says. */
enum err req_send_static(struct req *r, const char *type, struct bytes body, bool gzip, const char *cache);

/* The audit row of this change; `act` is a constant like "service.add". In `change` at least one is a must. It is written when the
 * change has returned, and takes in every row that was written (platform/audit). */
MUST_USE enum err req_audit(struct req *r, const char *act, int64_t case_id, int64_t subject);

/* For sign-in: the answer sets the session's cookie (and shows again what was being typed when an earlier session had ended),
 * or clears it. */
void req_session_begin(struct req *r, const char *token);
void req_session_end(struct req *r);
/* The token by which this browser is known again (SESSION_TOKEN_TEXT), the second half of the cookie; NULL: none. And: the answer sets it. */
const char *req_device(const struct req *r);
void req_device_set(struct req *r, const char *token);
/* The password was right and a second factor is owed: the answer is the page that asks for it, with the cookie of the half session. */
void req_second_step(struct req *r, const char *token);
/* It was just proved again who this is: the answer is the page that asked for it, with what was typed. */
void req_proved(struct req *r);

/* The notice carried over from the last page (W_none: none). */
enum word req_notice(struct req *r);
/* The path of this request, for links that come back here. */
const char *req_path(const struct req *r);
/* Was the page refused because this person does not hold that part of the case? */
bool req_part_refused(const struct req *r);
/* Is this the page of the menu entry that starts with `prefix`? */
bool req_in(const struct req *r, const char *prefix);
/* What a passkey has to sign (base64url): from the session's token, and another one after each proof, so that an answer serves once. */
const char *req_challenge(struct req *r);
/* The host that this request was made to, as its Host header says; NULL when there is none. */
const char *req_host(const struct req *r);
/* Hidden values every form of ours carries (see form.html). */
const char *req_csrf(struct req *r);
const char *req_once(struct req *r);

#endif
