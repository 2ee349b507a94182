#include "platform/gate/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/audit/audit.h"
#include "platform/gate/queries.h"
#include "platform/gate/templates.h"

#include <stdlib.h>
#include <string.h>

/* A request goes through these steps; each runs inside arena_try, so that a full arena becomes an answer.
 *   begin   on the server's thread: route, session, gate checks, then show (GET) or check (POST)
 *   slow    on the slow pool
 *   change  on the writer's thread, in the transaction
 *   finish  back on the server's thread: the answer */

static struct req *req_of(struct http_request *http)
{
    return http->user;
}

/* ---- session and language ---- */

static const char *cookie_token(const struct req *r)
{
    const char *value = http_cookie(r->http, gate_cookie_name(r));
    return value == NULL ? NULL : arena_text_n(r->arena, value, strcspn(value, "."));
}

int app_idle_minutes(const struct app *app)
{
    return app->config.idle_minutes == 0 ? 30 : app->config.idle_minutes;
}

size_t app_file_max(const struct app *app)
{
    return app->config.file_max == 0 ? 10 << 20 : app->config.file_max;
}

uint64_t app_room_min(const struct app *app)
{
    return app->config.room_min == 0 ? 64 << 20 : app->config.room_min;
}

enum err gate_session_find(struct req *r, const char *token)
{
    struct session *who;
    enum err found = account_session_open(r->db, r->arena, r->org, token, r->now, app_idle_minutes(r->app), &who);
    if (found != OK)
        return found == ERR_SIGNED_OUT ? OK : found;
    if (!http_belongs_to(r->http, who->account))
        return ERR_BUSY;
    r->who = who->stage == SESSION_SECOND ? NULL : who;
    r->half = who->stage == SESSION_SECOND ? who : NULL;
    r->gate->token = token;
    (void)language_of(who->language, &r->language);
    return OK;
}

static const char *query_value(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->http->query_count; i++) {
        if (text_same(r->http->query[i].name, name))
            return (const char *)r->http->query[i].value.ptr;
    }
    return NULL;
}

static void language_choose(struct req *r)
{
    enum language asked;
    const char *accepted = http_header(r->http, "Accept-Language");
    const char *given = query_value(r, "l");
    for (size_t i = 0; given == NULL && i < r->http->body_count; i++) {
        if (text_same(r->http->body[i].name, "l"))
            given = (const char *)r->http->body[i].value.ptr;
    }
    r->language = accepted != NULL && text_starts(accepted, "en") ? LANGUAGE_en : LANGUAGE_lv;
    if (language_of(given, &asked))
        r->language = asked;
}

static enum word notice_of(const char *key)
{
    for (unsigned i = 1; key != NULL && i < WORD_COUNT; i++) {
        if (text_same(word_keys[i], key))
            return (enum word)i;
    }
    return W_none;
}

/* ---- the steps ---- */

static void read_once(struct req *r)
{
    const struct http_field *once = gate_given(r, "once");
    if (once == NULL || !id_parse((const char *)once->value.ptr, &r->gate->once))
        r->gate->once = 0;
}

static enum err find_route(struct req *r)
{
    bool other_method;
    r->route = route_find(r->app, r->http->method, r->http->path, r->arena, r->params, &other_method);
    if (r->route == NULL)
        return ERR_NOT_FOUND;
    bool posted = r->route->method == HTTP_POST;
    r->gate->given = posted ? r->http->body : r->http->query;
    r->gate->given_count = posted ? r->http->body_count : r->http->query_count;
    return OK;
}

/* Does this person hold the part that the route is about? */
static enum err part_held(struct req *r)
{
    enum case_part part = r->route->part;
    if (part == PART_NONE)
        return OK;
    if (part == PART_RECORD)
        part = r->part; /* PART_NONE: no bit, and nobody holds it */
    r->gate->part_refused = (r->parts & PART_BIT(part) & ~1U) == 0;
    return r->gate->part_refused ? ERR_DENIED : OK;
}

/* What the path names, and whether it is this person's. */
static enum err scope_run(struct req *r)
{
    if (r->route->scope == NULL)
        return OK;
    TRY(r->route->scope(r));
    return part_held(r);
}

enum err gate_scope_find(struct req *r)
{
    enum err found = scope_run(r);
    r->gate->refused = found == ERR_NOT_FOUND || r->gate->part_refused;
    return found;
}

enum err gate_show(struct req *r)
{
    TRY(r->route->show(r));
    r->gate->shown = true;
    return OK;
}

static enum err enter(struct req *r)
{
    enum err found = find_route(r);
    gate_foresee_session(r, cookie_token(r));
    TRY(gate_session_find(r, cookie_token(r)));
    TRY(found);
    gate_foresee(r, FORESEEN_VIEW);
    enum err may = gate_allowed(r);
    if (may == ERR_SIGNED_OUT || may == ERR_UNPROVED)
        gate_keep_typed(r);
    TRY(may);
    read_once(r);
    if (gate_led_here(r))
        r->gate->notice = notice_of(query_value(r, "done"));
    TRY(gate_scope_find(r));
    return fields_read(r);
}

static enum err begin(void *data)
{
    struct req *r = data;
    TRY(enter(r));
    if (r->route->method == HTTP_GET && r->route->slow == NULL)
        return gate_show(r);
    if (r->route->check != NULL)
        TRY(r->route->check(r));
    return r->failed ? ERR_INPUT : OK;
}

static enum err slow_step(void *data)
{
    struct req *r = data;
    return r->route->slow(r);
}

/* All forms of a page carry the same number: what was sent is this number, to this address, by this account. */
static int64_t once_key(const struct req *r)
{
    const char *sent = arena_format(r->arena, "%lld %lld %s", (long long)r->gate->once,
                                    r->who == NULL ? 0LL : (long long)r->who->account, req_path(r));
    uint8_t hash[SEAL_HASH_SIZE];
    int64_t key;
    seal_hash(NULL, sent, strlen(sent), hash);
    memcpy(&key, hash, sizeof key);
    return key & INT64_MAX;
}

/* Behind the change, so that its rows are in the chain wherever the handler said what was done. */
static enum err audits_write(const struct req *r)
{
    if (r->gate->audits == NULL)
        return err_note(ERR_BROKEN, "the change of %s has no audit row", r->route->path);
    for (const struct gate_audit *at = r->gate->audits; at != NULL; at = at->next)
        TRY(audit_add(r->db, &at->audit));
    return OK;
}

/* A change may have waited behind others, or for the slow pool, while its session was ended. */
static enum err still_signed_in(struct req *r)
{
    const struct session *who = r->who != NULL ? r->who : r->half;
    if (who == NULL || r->route->cap == CAP_PUBLIC)
        return OK;
    enum err still = account_session_still(r->db, r->arena, who, r->now);
    if (still == ERR_SIGNED_OUT && r->gate->kept_path == NULL)
        gate_keep_typed(r);
    return still;
}

static enum err change_step(void *data)
{
    struct req *r = data;
    int64_t account = r->who == NULL ? 0 : r->who->account;
    int64_t once = r->gate->once_key = r->gate->once == 0 ? 0 : once_key(r);
    gate_foresee(r, FORESEEN_CHANGE);
    if (once != 0) {
        struct gate_once_find_row before;
        enum err found = gate_once_find(
            r->db, r->arena, &(struct gate_once_find_in){.org = r->org, .once = once, .account = account}, &before);
        if (found == OK)
            return req_redirect(r, W_none, "%s", before.location);
        if (found != ERR_NOT_FOUND)
            return found;
    }
    TRY(still_signed_in(r));
    TRY(scope_run(r));
    TRY(r->route->change(r));
    TRY(audits_write(r));
    /* Signing in again makes another session: where the first one led would be no use without its cookie. */
    if (once == 0 || r->gate->location == NULL || r->gate->new_token != NULL)
        return OK;
    return gate_once_add(
        r->db, &(struct gate_once_add_in){
                   .org = r->org, .once = once, .account = account, .at = r->now, .location = r->gate->location});
}

/* The page once more, with what was typed and what is wrong with it; or an error page. */
static enum err show_again(void *data)
{
    struct req *r = data;
    enum err why = r->gate->result;
    gate_foresee(r, FORESEEN_ANSWER);
    bool full = why == ERR_FULL || why == ERR_BUSY || why == ERR_IO;
    if (r->route != NULL && r->route->method == HTTP_GET && r->route->slow != NULL)
        return why == OK ? gate_show(r) : why;
    bool again = why == OK || (why == ERR_INPUT && r->failed) || why == ERR_STALE || full;
    if (again && r->route != NULL && r->route->show != NULL && r->gate->field_count > 0) {
        r->stale = why == ERR_STALE;
        r->trouble = full ? status_of(why) : 0;
        r->gate->location = NULL;
        gate_kept_read(r);
        return gate_show(r);
    }
    return why == OK ? ERR_BROKEN : why;
}

static enum err error_page(void *data)
{
    struct req *r = data;
    bool other_method;
    bool unproved = r->gate->result == ERR_UNPROVED;
    if (r->gate->result == ERR_UNENROLLED)
        return req_redirect(r, W_none, r->who->given ? "/account" : "/account/second");
    if (r->gate->result != ERR_SIGNED_OUT && !unproved) {
        /* Not for what another site sent. */
        if (status_of(r->gate->result) >= 500 && r->http->method == HTTP_POST && gate_from_our_page(r))
            gate_keep_sent(r);
        reply_error(r, r->gate->result);
        return OK;
    }
    r->route = route_find(r->app, HTTP_GET, unproved ? "/prove" : "/sign-in", r->arena, r->params, &other_method);
    r->gate->given_count = 0;
    r->failed = false;
    TRY(fields_read(r));
    if (unproved)
        TRY(r->route->show(r));
    else
        html_sign_in(req_page(r), r, r->gate->kept_path);
    r->gate->reply.status = 401;
    return OK;
}

/* ---- finishing ---- */

static bool holds_keys_due(const struct session *who)
{
    bool due = team_keys_due(&who->emergency);
    for (size_t i = 0; i < who->team_count; i++)
        due |= team_keys_due(&who->teams[i]);
    return due;
}

/* What is still to be said, with what has to be read for it. */
static void answer_in_view(struct req *r)
{
    struct gate_state *gate = r->gate;
    bool reading = db_read_begin(r->db) == OK;
    if (gate->result == OK && r->after != NULL)
        r->after(r);
    bool come_back = gate->proved || (gate->new_token != NULL && gate->kept_count > 0);
    if (gate->result == OK && gate->second_step)
        gate->result = arena_try(r->arena, gate_second_step, r);
    else if (gate->result == OK && come_back && gate->kept_path != NULL)
        gate->result = arena_try(r->arena, gate_resume, r);
    if (gate->result != OK || !gate->answered) {
        gate->answered = false;
        gate->result = arena_try(r->arena, show_again, r);
    }
    if (gate->result != OK && arena_try(r->arena, error_page, r) != OK)
        reply_bare(r);
    if (reading)
        db_read_end(r->db);
}

/* In place of what may not be shown. */
static void refuse_in_view(struct req *r, enum err why)
{
    bool reading = db_read_begin(r->db) == OK;
    r->gate->result = why;
    r->gate->location = NULL;
    if (arena_try(r->arena, error_page, r) != OK)
        reply_bare(r);
    if (reading)
        db_read_end(r->db);
}

static void finish(struct http_request *http)
{
    struct req *r = req_of(http);
    struct gate_state *gate = r->gate;
    r->db = r->app->readers[http->thread];
    bool viewed = r->route != NULL && r->route->change == NULL && r->route->slow == NULL;
    if (!viewed || gate->result != OK || !gate->answered || r->after != NULL)
        answer_in_view(r);
    enum err written = r->route == NULL ? OK : gate_write_look(r);
    if (written != OK)
        refuse_in_view(r, written);
    if (r->who != NULL && r->app->keys_due != NULL && holds_keys_due(r->who))
        r->app->keys_due(r->app, r->who);
    reply_send(r);
}

static enum err change_run(struct db *db, void *data)
{
    struct req *r = data;
    r->db = db;
    r->gate->audits = NULL;
    r->gate->audits_end = &r->gate->audits;
    return arena_try(r->arena, change_step, r);
}

static void change_done(void *data, enum err result)
{
    struct req *r = data;
    r->gate->result = result;
    http_continue(r->http, finish);
}

/* Hands the change to the writer; answers at once when the queue is full. */
static void submit_change(struct req *r)
{
    struct gate_state *gate = r->gate;
    gate->job = (struct store_job){.run = change_run, .done = change_done, .data = r};
    /* Once handed over, the request is the writer's: it may be finished before this function returns. */
    enum err handed = store_submit(r->app->store, &gate->job);
    if (handed == OK)
        return;
    gate->result = handed;
    http_continue(r->http, finish);
}

static void slow_work(void *data)
{
    struct req *r = data;
    enum err result = arena_try(r->arena, slow_step, r);
    if (result == OK && r->route->change != NULL) {
        submit_change(r);
        return;
    }
    r->gate->result = result;
    http_continue(r->http, finish);
}

/* The line of the slow pool was full of others. */
static void slow_refuse(void *data)
{
    struct req *r = data;
    r->gate->result = ERR_BUSY;
    http_continue(r->http, finish);
}

/* Whose turn it is: an account that is signed in or whose browser is known, else the address it comes from. */
static struct slow_job slow_job_of(struct req *r)
{
    struct slow_job job = {.work = slow_work, .refuse = slow_refuse, .data = r};
    uint8_t hash[SEAL_HASH_SIZE];
    job.lane = r->who != NULL || r->known ? SLOW_KNOWN : SLOW_STRANGER;
    if (r->who != NULL) {
        job.who = (uint64_t)r->who->account;
        return job;
    }
    const char *whose = r->known ? req_device(r) : r->http->peer;
    seal_hash(NULL, whose, strlen(whose), hash);
    memcpy(&job.who, hash, sizeof job.who);
    return job;
}

static void go_on(struct req *r)
{
    http_wait(r->http);
    if (r->route->slow == NULL) {
        submit_change(r);
        return;
    }
    struct slow_job job = slow_job_of(r);
    enum err line = slow_pool_submit(r->route->outside ? r->app->outside : r->app->slow, &job);
    if (line != OK) {
        r->gate->result = line;
        http_continue(r->http, finish);
    }
}

static struct req *req_new(struct app *app, struct http_request *http)
{
    struct req *r = ARENA_NEW(http->arena, struct req);
    r->gate = ARENA_NEW(http->arena, struct gate_state);
    r->arena = http->arena;
    r->app = app;
    r->http = http;
    r->org = app->org;
    r->now = app->clock == NULL ? time_now() : app->clock();
    r->db = app->readers[http->thread];
    http->user = r;
    language_choose(r);
    return r;
}

/* False when the connection to the data was lost meanwhile: nothing has been changed and nothing answered. */
static bool begin_in_view(struct req *r)
{
    bool reading = db_read_begin(r->db) == OK;
    r->gate->result = arena_try(r->arena, begin, r);
    bool lost = reading && db_read_lost(r->db);
    if (reading)
        db_read_end(r->db);
    return !lost;
}

void gate_handle(struct http_request *http, void *data)
{
    struct req *r = req_new(data, http);
    if (!begin_in_view(r)) {
        r = req_new(data, http);
        r->gate->last_try = true;
        (void)begin_in_view(r);
    }
    bool more = r->gate->result == OK && !r->gate->answered;
    if (more && (r->route->slow != NULL || r->route->change != NULL))
        go_on(r);
    else
        finish(http);
}

/* ---- before a large body ---- */

static enum err sender_step(void *data)
{
    struct req *r = data;
    struct session *who;
    bool other_method;
    r->route = route_find(r->app, r->http->method, r->http->path, r->arena, r->params, &other_method);
    if (r->route != NULL && r->route->sender != NULL)
        return r->route->sender(r);
    return account_session_open(r->db, r->arena, r->org, cookie_token(r), r->now, app_idle_minutes(r->app), &who);
}

bool gate_known(struct http_request *http, void *data)
{
    struct req *r = req_new(data, http);
    bool reading = db_read_begin(r->db) == OK;
    enum err found = arena_try(r->arena, sender_step, r);
    if (reading)
        db_read_end(r->db);
    return found == OK;
}

/* ---- what handlers ask ---- */

enum err req_audit(struct req *r, const char *act, int64_t case_id, int64_t subject)
{
    struct gate_audit *line = ARENA_NEW(r->arena, struct gate_audit);
    if (r->gate->audits_end == NULL)
        return err_note(ERR_BROKEN, "%s: an audit row outside a change", act);
    line->audit = (struct audit){.org = r->org,
                                 .at = r->now,
                                 .account = r->who != NULL    ? r->who->account
                                            : r->half != NULL ? r->half->account
                                                              : 0,
                                 .act = act,
                                 .case_id = case_id,
                                 .subject = subject};
    *r->gate->audits_end = line;
    r->gate->audits_end = &line->next;
    return OK;
}

void req_session_begin(struct req *r, const char *token)
{
    struct gate_state *gate = r->gate;
    gate->new_token = token;
    gate_kept_read(r);
}

const char *req_device(const struct req *r)
{
    const char *value = http_cookie(r->http, gate_cookie_name(r));
    const char *device = value == NULL ? NULL : strchr(value, '.');
    return device == NULL || !account_token_like(device + 1) ? NULL : device + 1;
}

void req_device_set(struct req *r, const char *token)
{
    r->gate->new_device = token;
}

void req_second_step(struct req *r, const char *token)
{
    req_session_begin(r, token);
    r->gate->second_step = true;
}

void req_proved(struct req *r)
{
    r->gate->proved = true;
    gate_kept_read(r);
}

void req_session_end(struct req *r)
{
    r->gate->new_token = "";
}
