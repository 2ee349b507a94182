#include "platform/entrance/internal.h"

#include "assets.h"
#include "base/id.h"
#include "base/text.h"
#include "platform/account/queries.h"
#include "platform/entrance/templates.h"
#include "platform/entrance/views.h"
#include "platform/gate/app.h"
#include "platform/gate/templates.h"

#include <string.h>

/* ---- signing in ---- */

static const struct field_rule SIGN_IN_FIELDS[] = {
    {.name = "login", .kind = FIELD_TEXT, .required = true, .missing = W_entrance_login_missing, .max = 60},
    {.name = "password", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_password_missing},
    {.name = "to", .kind = FIELD_TEXT, .max = 500},
    {0},
};

const char *own_path(const char *to)
{
    static const char ours[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.~?=&%#+,:";
    bool own = to[0] == '/' && to[strspn(to, ours)] == '\0' && strstr(to, "//") == NULL && strstr(to, "/.") == NULL;
    return own ? to : "/";
}

static enum err sign_in_show(struct req *r)
{
    html_sign_in(req_page(r), r, field_or_null(r, "to"));
    return OK;
}

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, text);
    for (char *c = copy; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return copy;
}

static struct sign_in *attempt_new(struct req *r)
{
    struct sign_in *attempt = ARENA_NEW(r->arena, struct sign_in);
    attempt->now = r->now;
    attempt->password = field_text(r, "password");
    attempt->device_token = req_device(r);
    r->data = attempt;
    return attempt;
}

enum err attempt_slow(struct req *r)
{
    return account_sign_in_open(r->data);
}

enum err attempt_again(struct req *r)
{
    return account_unlock_look(r->db, r->arena, r->who, attempt_new(r));
}

static enum err sign_in_check(struct req *r)
{
    if (r->failed)
        return ERR_INPUT;
    struct sign_in *attempt = attempt_new(r);
    attempt->org = r->org;
    attempt->login = lower(r->arena, field_text(r, "login"));
    attempt->device = device_words(r->arena, http_header(r->http, "User-Agent"));
    TRY(account_sign_in_look(r->db, r->arena, attempt));
    r->known = attempt->device_known;
    return OK;
}

static enum err sign_in_change(struct req *r)
{
    struct sign_in *attempt = r->data;
    TRY(account_sign_in_finish(r->db, r->arena, attempt));
    TRY(req_audit(r, attempt->opened ? "account.sign_in" : "account.sign_in_refused", 0, attempt->account));
    /* Whoever was signed in here before is not any more: the browser forgets their cookie. */
    if (attempt->opened && r->who != NULL)
        TRY(account_session_end(r->db, &(struct account_session_end_in){.org = r->org, .id = r->who->id}));
    if (!attempt->opened) {
        /* One message for every cause, so that it tells nothing about which logins exist. */
        field_fail(r, "password", W_entrance_wrong);
        return OK;
    }
    if (attempt->stage == SESSION_SECOND) {
        req_second_step(r, attempt->token);
        return OK;
    }
    TRY(device_greet(r, attempt->account, &attempt->pair.secret_half, attempt->language));
    req_session_begin(r, attempt->token);
    return req_redirect(r, attempt->previous_at.has ? W_gate_last_sign_in : W_none, "%s",
                        own_path(field_text(r, "to")));
}

/* ---- signing out ---- */

static enum err sign_out_change(struct req *r)
{
    TRY(account_session_end(r->db, &(struct account_session_end_in){.org = r->org, .id = r->who->id}));
    TRY(req_audit(r, "account.sign_out", 0, r->who->account));
    req_session_end(r);
    return req_redirect(r, W_entrance_signed_out, "/sign-in");
}

static enum err sign_out_everywhere_change(struct req *r)
{
    size_t ended = 0;
    TRY(account_session_end_all(r->db, &(struct account_session_end_all_in){.org = r->org, .account = r->who->account},
                                &ended));
    TRY(account_devices_forget(r->db, r->org, r->who->account, req_device(r)));
    TRY(req_audit(r, "account.sign_out_everywhere", 0, r->who->account));
    req_session_end(r);
    return req_redirect(r, W_entrance_signed_out_everywhere, "/sign-in");
}

static enum err sessions_show(struct req *r)
{
    struct sessions_view view = {0};
    TRY(account_sessions(r->db, r->arena, r->who, r->now, app_idle_minutes(r->app), &view.sessions, &view.count));
    html_sessions_page(req_page(r), r, &view);
    return OK;
}

static enum err session_end_change(struct req *r)
{
    int64_t id = 0;
    size_t ended = 0;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(account_session_end_one(
        r->db,
        &(struct account_session_end_one_in){.org = r->org, .account = r->who->account, .id = id, .own = r->who->id},
        &ended));
    TRY(req_audit(r, "account.session_end", 0, id));
    return req_redirect(r, ended == 1 ? W_entrance_session_ended : W_entrance_session_was_over, "/account/sessions");
}

static enum err sessions_end_others_change(struct req *r)
{
    size_t ended = 0;
    TRY(account_session_end_others(
        r->db, &(struct account_session_end_others_in){.org = r->org, .account = r->who->account, .id = r->who->id},
        &ended));
    TRY(account_devices_forget(r->db, r->org, r->who->account, req_device(r)));
    TRY(req_audit(r, "account.sessions_end_others", 0, r->who->account));
    return req_redirect(r, W_entrance_sessions_ended, "/account/sessions");
}

/* ---- the lock that an idle page puts over itself ---- */

static const struct field_rule UNLOCK_FIELDS[] = {
    {.name = "password", .kind = FIELD_SECRET, .required = true},
    {0},
};

static enum err unlock_change(struct req *r)
{
    struct sign_in *attempt = r->data;
    TRY(account_tried(r->db, r->arena, attempt, &attempt->opened));
    TRY(req_audit(r, attempt->opened ? "account.unlock" : "account.unlock_refused", 0, r->who->account));
    return req_send(r, attempt->opened ? 204 : 422, "text/plain; charset=utf-8", (struct bytes){0}, NULL);
}

/* ---- language ---- */

static const struct code_list LANGUAGES = CODES(language, "lv", "en");

static const struct field_rule LANGUAGE_FIELDS[] = {
    {.name = "language", .kind = FIELD_CODE, .required = true, .codes = &LANGUAGES},
    {.name = "to", .kind = FIELD_TEXT, .max = 500},
    {0},
};

static enum err language_change(struct req *r)
{
    TRY(account_user_language(r->db, &(struct account_user_language_in){
                                         .org = r->org, .id = r->who->account, .language = field_text(r, "language")}));
    TRY(req_audit(r, "account.language", 0, r->who->account));
    return req_redirect(r, W_none, "%s", own_path(field_text(r, "to")));
}

/* ---- own account ---- */

static const struct field_rule ACCOUNT_FIELDS[] = {
    {.name = "old", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_password_missing},
    {.name = "new", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_new_missing},
    {.name = "again", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_again_missing},
    {0},
};

static enum err account_show(struct req *r)
{
    html_account_page(req_page(r), r);
    return OK;
}

enum err new_password_check(struct req *r)
{
    if (!account_password_check(field_text(r, "new")))
        field_fail(r, "new", W_entrance_new_weak);
    if (!text_same(field_text(r, "new"), field_text(r, "again")))
        field_fail(r, "again", W_entrance_again_differs);
    if (r->failed)
        return ERR_INPUT;
    return OK;
}

static enum err password_check(struct req *r)
{
    if (r->failed)
        return ERR_INPUT;
    TRY(new_password_check(r));
    struct password_change *change = ARENA_NEW(r->arena, struct password_change);
    change->who = r->who;
    change->attempt.now = r->now;
    change->attempt.password = field_text(r, "old");
    change->attempt.device_token = req_device(r);
    change->new_password = field_text(r, "new");
    r->data = change;
    return account_password_look(r->db, r->arena, change);
}

static enum err password_slow(struct req *r)
{
    return account_password_open(r->data);
}

static enum err password_change(struct req *r)
{
    struct password_change *change = r->data;
    TRY(account_password_finish(r->db, r->arena, change));
    if (change->opened)
        TRY(account_devices_forget(r->db, r->org, r->who->account, req_device(r)));
    TRY(req_audit(r, change->opened ? "account.password" : "account.password_refused", 0, r->who->account));
    if (!change->opened) {
        field_fail(r, "old", W_entrance_wrong_old);
        return OK;
    }
    return req_redirect(r, W_entrance_password_changed, "/account");
}

/* ---- the program's own files ---- */

static enum err asset_show(struct req *r)
{
    static const char *const KEPT = "public, max-age=31536000, immutable";
    for (size_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &assets[i];
        if (!text_same(asset->path, req_path(r)))
            continue;
        const char *accepts = http_header(r->http, "Accept-Encoding");
        bool gzip = asset->gzip != NULL && accepts != NULL && strstr(accepts, "gzip") != NULL;
        struct bytes body = gzip ? (struct bytes){asset->gzip, asset->gzip_len}
                                 : (struct bytes){asset->data, asset->len};
        return req_send_static(r, asset->type, body, gzip, KEPT);
    }
    return ERR_NOT_FOUND;
}

const struct route entrance_routes[] = {
    {.method = HTTP_GET, .path = "/sign-in", .cap = CAP_PUBLIC, .show = sign_in_show, .fields = SIGN_IN_FIELDS},
    {.method = HTTP_POST,
     .path = "/sign-in",
     .cap = CAP_PUBLIC,
     .fields = SIGN_IN_FIELDS,
     .show = sign_in_show,
     .check = sign_in_check,
     .slow = attempt_slow,
     .change = sign_in_change,
     .body_max = 512 * 1024},
    {.method = HTTP_POST, .path = "/sign-out", .cap = CAP_SIGNED_IN, .early = true, .change = sign_out_change},
    {.method = HTTP_POST,
     .path = "/sign-out-everywhere",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .change = sign_out_everywhere_change},
    {.method = HTTP_POST,
     .path = "/unlock",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .fields = UNLOCK_FIELDS,
     .check = attempt_again,
     .slow = attempt_slow,
     .change = unlock_change},
    {.method = HTTP_POST,
     .path = "/language",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .fields = LANGUAGE_FIELDS,
     .change = language_change},
    {.method = HTTP_GET, .path = "/account/sessions", .cap = CAP_SIGNED_IN, .show = sessions_show},
    {.method = HTTP_POST,
     .path = "/account/sessions/end-others",
     .cap = CAP_SIGNED_IN,
     .change = sessions_end_others_change},
    {.method = HTTP_POST,
     .path = "/account/sessions/{session}/end",
     .cap = CAP_SIGNED_IN,
     .change = session_end_change},
    {.method = HTTP_GET,
     .path = "/account",
     .cap = CAP_SIGNED_IN,
     .own_password = true,
     .show = account_show,
     .fields = ACCOUNT_FIELDS},
    {.method = HTTP_POST,
     .path = "/account/password",
     .cap = CAP_SIGNED_IN,
     .own_password = true,
     .fresh = true,
     .fields = ACCOUNT_FIELDS,
     .show = account_show,
     .check = password_check,
     .slow = password_slow,
     .change = password_change},
    {.method = HTTP_GET, .path = "/assets/{hash}/{file}", .cap = CAP_PUBLIC, .show = asset_show},
    {.method = HTTP_GET, .path = "/assets/{hash}/{folder}/{file}", .cap = CAP_PUBLIC, .show = asset_show},
    {0},
};
