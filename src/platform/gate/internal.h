/* Shared between the files of the gate only. */
#ifndef AUSMA_PLATFORM_GATE_INTERNAL_H
#define AUSMA_PLATFORM_GATE_INTERNAL_H

#include "platform/audit/audit.h"
#include "platform/gate/app.h"

enum { FIELD_LONG_MAX = 20000 }; /* characters, unless a rule says otherwise */

/* One declared field of this request. */
struct field_value {
    const struct field_rule *rule;
    const char *text;     /* never NULL; joined by blanks for CODES, ISO for DATE */
    const char *error;    /* NULL: fine */
    const char *parts[3]; /* DATE: day, month, year as typed */
    struct bytes file;
    const char *file_name;
    bool given;      /* stood in the request */
    bool general;    /* the error fits any field: away from the field it needs its name */
    enum word label; /* W_none: not shown yet, or shown without an error */
    size_t place;    /* which of the page's fields in error it is, from 1 */
};

struct gate_audit {
    struct audit audit;
    struct gate_audit *next;
};

/* Whose a session is. */
enum { OWNER_TEAMS = 8 };
struct owner {
    int64_t account;
    int64_t session;
    int64_t emergency;
    int64_t teams[OWNER_TEAMS];
    size_t team_count;
    size_t intake; /* which of the teams; OWNER_TEAMS: none */
    size_t role;
};

struct gate_state {
    struct field_value *fields;
    size_t field_count;
    const struct http_field *given; /* query or body */
    size_t given_count;
    const char *token; /* the session's, from the cookie */
    uint8_t token_hash[SEAL_HASH_SIZE];
    struct owner owner; /* what was foreseen of the session's */
    bool owned;
    bool last_try;          /* the view was lost before */
    const char *new_token;  /* to be set; "" clears */
    const char *new_device; /* the cookie of this browser is to be set; NULL: no */
    bool proved;            /* just now, by req_proved */
    bool second_step;       /* the page for the second factor comes next */
    int64_t once;
    int64_t once_key; /* in a change: what was sent, to this address, by this account; 0: no number came */
    enum word notice;
    struct http_reply reply;
    struct http_header_line headers[24];
    const char *location;
    struct html page;
    size_t summary;            /* where in the page the errors are to be listed; 0: nowhere */
    size_t errors_shown;       /* so many of the fields written so far are in error */
    bool answered;             /* a reply is ready */
    struct gate_audit *audits; /* of this change, written behind it */
    struct gate_audit **audits_end;
    bool refused;      /* asked for a record that is not there for this person */
    bool part_refused; /* knows the case, but not this part of it */
    bool shown;        /* the route's page was made */
    int64_t today;     /* a day as time_days counts them; 0: not asked yet */
    enum err result;
    struct store_job job;
    /* what was typed when the session had ended, carried through sign-in */
    const char *kept_path;
    struct kept_field *kept;
    size_t kept_count;
    bool sent; /* `kept` is the whole form, to be sent once more */
};

/* gate.c */
/* Opens the session of this token into `who` or `half`; OK with neither when it is over. */
MUST_USE enum err gate_session_find(struct req *r, const char *token);
/* Finds what the path names, and notes when it is refused. */
MUST_USE enum err gate_scope_find(struct req *r);
MUST_USE enum err gate_show(struct req *r);

/* allowed.c */
/* Does what was sent, or this visit, come from a page of ours? */
bool gate_from_our_page(const struct req *r);
bool gate_led_here(const struct req *r);
/* A field of the query or body, whether the route declares it or not; NULL: it was not sent. */
const struct http_field *gate_given(const struct req *r, const char *name);
/* Origin, session, capability, CSRF token, proof of who it is. ERR_FORGED, ERR_SIGNED_OUT, ERR_DENIED, ERR_UNENROLLED, ERR_UNPROVED. */
MUST_USE enum err gate_allowed(struct req *r);
/* Of who is signed in: is it proved well enough who they are? */
MUST_USE enum err gate_proved_enough(const struct req *r);

/* foresee.c */
/* A request asks other things before its change, in it, and for its answer. */
enum foreseen { FORESEEN_VIEW, FORESEEN_CHANGE, FORESEEN_ANSWER };
/* In a view, before the session of this token is read; and when it is known who asks. */
void gate_foresee_session(struct req *r, const char *token);
void gate_foresee(struct req *r, enum foreseen what);
/* In the job that writes down what was looked at. */
void gate_foresee_later(struct db *db, const struct audit *audit);
struct owners *gate_owners_new(void);
void gate_owners_free(struct owners *owners);

/* look.c */
/* Writes down that a case was looked at or asked for in vain, and that the session is alive, without keeping the reader waiting; outside of a
 * view. ERR_BUSY: so much waits to be written that this does not fit, and what is not written down may not be seen. A page that carries what
 * somebody typed has no second chance, and finds more room. */
MUST_USE enum err gate_write_look(const struct req *r);

/* resume.c */
/* Keeps what the request brought, for the page that comes in between. */
void gate_keep_typed(struct req *r);
/* Keeps the form that was sent, with its own number, for a page that offers to send it once more. */
void gate_keep_sent(struct req *r);
/* Reads what such a page carries along. */
void gate_kept_read(struct req *r);
/* Steps for arena_try: the page that was being filled in, filled in; and the page for the second factor. */
MUST_USE enum err gate_resume(void *data);
MUST_USE enum err gate_second_step(void *data);

/* fields.c */
/* Reads what the request brought against the route's rules. ERR_INPUT: an undeclared field or a broken form (400). */
MUST_USE enum err fields_read(struct req *r);
/* Takes back what was found wrong: the form is only shown, it was not sent. */
void fields_unjudged(struct req *r);

/* reply.c */
int status_of(enum err why);
void reply_send(struct req *r);
/* An error page (or for fetch a bare status) when there is no other answer. */
void reply_error(struct req *r, enum err why);
/* When there is no memory even for that. */
void reply_bare(struct req *r);

/* Of the one cookie. */
const char *gate_cookie_name(const struct req *r);

#endif
