/* A trial: a whole installation in a folder of its own (with AUSMA_TEST_DATABASE, in a database of its own on that PostgreSQL
 * server), served on a free port, for tests of handlers through real requests.
 * It has one organisation and one account per role (login = role code: "case_manager", "team_member", "intake", "programme_manager",
 * "administrator", "auditor", "outside_specialist"; also "second_manager" of the same team and "stranger" and "helper", case managers of
 * another team; "lawyer" and "former", team members without a team; "untrained", one of the team without a training, which all others
 * have; "second_specialist", from outside), all signed in. Everything in here stops the test program when it goes wrong. */
#ifndef AUSMA_STEER_TRIAL_TRIAL_H
#define AUSMA_STEER_TRIAL_TRIAL_H

#include "platform/gate/app.h"

struct trial;

/* With all routes of the program. */
struct trial *trial_open(void);
/* Insists that the proof of all that was done is whole (platform/audit/verify.h). */
void trial_close(struct trial *trial);
/* The same as set-up and tear-down of a group of cmocka: the trial is the tests' state. */
int trial_begin(void **state);
int trial_end(void **state);

/* An answer; lives until the trial is closed. */
struct answer {
    int status;
    const char *location; /* "" when there is none */
    const char *cookie;   /* the Set-Cookie line; "" when there is none */
    const char *head;     /* status line and headers */
    const char *body;
    size_t body_len;
};

/* GET as somebody (a login; NULL: nobody). The path may hold a query. */
struct answer trial_get(struct trial *trial, const char *who, const char *path);
/* POST of urlencoded fields ("a=1&b=2"); the right csrf is added for people who are signed in. Each POST has its own once. */
struct answer trial_post(struct trial *trial, const char *who, const char *path, const char *fields);
/* POST of a file as multipart: the field's name, the file's name and its bytes, and further fields as urlencoded text. */
struct answer trial_upload(struct trial *trial, const char *who, const char *path, const char *fields,
                           const char *file_field, const char *file_name, struct bytes file);
/* Any request as it goes over the wire, for hostile tests. */
struct answer trial_raw(struct trial *trial, struct bytes request);
/* The same, but the answer is not awaited: gives the socket, which the caller closes. */
int trial_send(struct trial *trial, struct bytes request);

/* The cookie's value and the CSRF token of somebody's session. */
const char *trial_cookie(struct trial *trial, const char *who);
const char *trial_csrf(struct trial *trial, const char *who);
/* The account of somebody who was there from the start. */
int64_t trial_account(struct trial *trial, const char *who);
/* Ends somebody's session in the database (as if it had expired). */
void trial_expire(struct trial *trial, const char *who);
/* Lets the last proof of somebody's session be that many minutes old. */
void trial_age(struct trial *trial, const char *who, int minutes);
/* From now on this login sends that cookie value (a session's token); the login may be new. */
void trial_use(struct trial *trial, const char *who, const char *cookie);
/* Percent-encodes for a form or query. */
const char *trial_encode(struct trial *trial, const char *text);
/* The text between `before` and `after` in an answer's body; NULL when it is not there. */
const char *trial_between(struct trial *trial, struct answer answer, const char *before, const char *after);
bool trial_shows(struct answer answer, const char *text);

/* Makes a case of the trial's team with a person and gives its id in addresses ("01h..."). */
const char *trial_case(struct trial *trial, const char *pseudonym);

/* This day, as forms send a whole date. */
const char *trial_today(struct trial *trial);

struct app *trial_app(struct trial *trial);
struct arena *trial_arena(struct trial *trial);
/* The session of somebody with all keys, for tests below the pages. */
const struct session *trial_session(struct trial *trial, const char *who);
/* The shares of the installation's recovery key. */
const struct recovery_made *trial_recovery(const struct trial *trial);
/* Runs a change in the store. */
void trial_change(struct trial *trial, enum err (*run)(struct db *db, void *data), void *data);
const char *trial_folder(const struct trial *trial);
/* Does this text stand in the clear in any row or file of the installation? Ask also for something that does, to see that the look is right. */
bool trial_holds(struct trial *trial, const char *text);

#endif
