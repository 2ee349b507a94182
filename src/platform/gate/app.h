/* The running program as the gate sees it. Made by main; lives as long as the server. */
#ifndef AUSMA_PLATFORM_GATE_APP_H
#define AUSMA_PLATFORM_GATE_APP_H

#include "platform/gate/gate.h"
#include "platform/gate/shell.h"

struct app_config {
    int idle_minutes;         /* a session without requests ends after this; 0: 30 */
    const char *exit_address; /* where "leave this page" goes; NULL: a well-known start page */
    bool plain_cookie; /* served without TLS to other machines: the cookie then lacks Secure and its __Host- name */
    size_t file_max;   /* bytes of a file that is given as an answer; 0: 10 MiB */
    uint64_t room_min; /* bytes of the disk that no file takes, for signing in and writing; 0: 64 MiB */
    const char *scan_address; /* of the scanner that looks at such files first (platform/upload); NULL: none */
};

struct backup_settings; /* steer/backup */
struct audit_signer;    /* platform/audit */
struct notice_queue;    /* platform/notice */

struct app {
    struct store *store;
    struct slow_pool *slow;
    struct slow_pool *outside; /* for what waits for another service */
    int64_t org;
    struct app_config config;
    const struct route *const *route_tables; /* of all slices, each ending with an empty route; then NULL */
    const struct nav_item *nav;              /* ends with an empty one */
    const struct backup_settings *backup;    /* NULL: no backups are made by themselves */
    const struct audit_signer *signer;       /* of checkpoints */
    struct notice_queue *notices;            /* NULL: no mail is sent */
    struct db **readers;                     /* one for each server thread */
    unsigned threads;
    struct owners *owners;       /* whose the sessions were, for asking ahead; made by app_start */
    const struct route **routes; /* all of them, made by app_start */
    size_t route_count;
    /* Somebody is here whose team's keys are due to be changed; called on a server's thread after each of their requests. May be NULL. */
    void (*keys_due)(struct app *app, const struct session *who);
    int64_t (*clock)(void); /* NULL: time_now */
};

int app_idle_minutes(const struct app *app);
size_t app_file_max(const struct app *app);
uint64_t app_room_min(const struct app *app);

/* Opens a reader per thread and puts the routes in order. ERR_CONFLICT (noted) for a route without a capability or a path twice. */
MUST_USE enum err app_start(struct app *app, unsigned threads);
void app_stop(struct app *app);

/* The HTTP server's callbacks; `data` is the app. */
void gate_handle(struct http_request *request, void *data);
size_t gate_body_max(enum http_method method, const char *path, void *data);
bool gate_known(struct http_request *request, void *data);

/* A form's proof that it came from our own page: derived from the session's token, so it needs no room in the database. */
struct gate_csrf {
    char text[33];
};
void gate_csrf(const char *token, struct gate_csrf *out);

/* The route for a path, with its parameters; NULL when there is none. `other_method` tells that another method has one. */
const struct route *route_find(const struct app *app, enum http_method method, const char *path, struct arena *arena,
                               const char *params[PARAM_MAX], bool *other_method);

#endif
