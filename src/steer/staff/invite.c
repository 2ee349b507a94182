#include "platform/account/invite.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/gate/app.h"
#include "steer/staff/internal.h"
#include "steer/staff/templates.h"

#include <stdlib.h>
#include <string.h>

static const struct code_list DAYS = CODES(invite_days, "1", "3", "7", "14");
static const struct code_list LANGUAGES = CODES(language, "lv", "en");

static const struct field_rule INVITE_FIELDS[] = {
    {.name = "name", .kind = FIELD_TEXT, .required = true, .missing = W_staff_name_missing, .max = 100},
    {.name = "login", .kind = FIELD_TEXT, .required = true, .missing = W_staff_login_missing, .max = 60},
    {.name = "role", .kind = FIELD_CODE, .required = true, .missing = W_staff_role_missing, .codes = &STAFF_ROLES},
    {.name = "team", .kind = FIELD_ID},
    {.name = "until", .kind = FIELD_DATE},
    {.name = "language", .kind = FIELD_CODE, .required = true, .codes = &LANGUAGES},
    {.name = "days", .kind = FIELD_CODE, .required = true, .codes = &DAYS},
    {0},
};

static enum err invite_show(struct req *r)
{
    struct invite_view view = {0};
    TRY(staff_my_teams(r, &view.teams, &view.team_count));
    field_start(r, "language", "lv");
    field_start(r, "days", "7");
    if (view.team_count == 1)
        field_start(r, "team", view.teams[0].value);
    html_invite_page(req_page(r), r, &view);
    return OK;
}

/* The end of the last day; absent when there is no date. */
static enum err last_moment(struct req *r, struct maybe *out)
{
    const char *until = field_text(r, "until");
    if (*until == '\0')
        return OK;
    const char *next = date_add(r->arena, until, 1);
    out->has = next != NULL && time_of_date(next, &out->value);
    if (out->has && out->value > r->now)
        return OK;
    field_fail(r, "until", W_staff_until_past);
    return ERR_INPUT;
}

static enum err invite_check(struct req *r)
{
    enum role role = ROLE_COUNT;
    struct maybe until = {0};
    int64_t team = 0;
    if (*field_text(r, "login") != '\0' && !account_login_check(field_text(r, "login")))
        field_fail(r, "login", W_staff_login_wrong);
    if (role_of(field_text(r, "role"), &role) && !role_may_give(r->who->role, role))
        field_fail(r, "role", W_staff_role_denied);
    if (field_id(r, "team", &team) && session_team(r->who, team) == NULL)
        field_fail(r, "team", W_staff_team_missing);
    (void)last_moment(r, &until);
    if (role == ROLE_OUTSIDE_SPECIALIST && !until.has && !r->failed)
        field_fail(r, "until", W_staff_until_missing);
    return r->failed ? ERR_INPUT : OK;
}

static enum err invite_change(struct req *r)
{
    int64_t id = 0;
    int64_t team = 0;
    struct invite_new invite = {.login = field_text(r, "login"),
                                .name = field_text(r, "name"),
                                .language = field_text(r, "language"),
                                .expires_at = r->now + atoi(field_text(r, "days")) * DAY_MS};
    if (!role_of(field_text(r, "role"), &invite.role))
        return ERR_INPUT;
    TRY(last_moment(r, &invite.valid_until));
    const struct team_keys *keys[2];
    const struct team_keys *joined = field_id(r, "team", &team) ? session_team(r->who, team) : NULL;
    invite.teams = keys;
    if (joined != NULL && staff_needs_team(invite.role))
        keys[invite.team_count++] = joined;
    /* Case managers hold the key for emergencies (docs/ACCESS.md). */
    if (invite.role == ROLE_CASE_MANAGER && r->who->emergency.team != 0)
        keys[invite.team_count++] = &r->who->emergency;
    enum err result = account_invite_add(r->db, r->arena, r->who, &invite, r->now, &id);
    if (result == ERR_CONFLICT) {
        field_fail(r, "login", W_staff_login_taken);
        return ERR_INPUT;
    }
    TRY(result);
    TRY(req_audit(r, "account.invite", 0, id));
    return req_redirect(r, W_staff_invited, "/people/invitations/%s", id_text(r->arena, id));
}

/* ---- one invitation ---- */

static enum err invitation_of_path(struct req *r, struct invitation_view *view, int64_t *maker)
{
    int64_t id = 0;
    struct account_invite_get_row row;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(account_invite_get(r->db, r->arena, &(struct account_invite_get_in){.org = r->org, .id = id}, &row));
    view->invite = (struct staff_invite){.id = id,
                                         .login = row.login,
                                         .role = row.role,
                                         .created_at = row.created_at,
                                         .expires_at = row.expires_at,
                                         .expired = row.expires_at <= r->now};
    view->ended_how = row.ended_how;
    view->keys = row.teams > 0;
    *maker = row.made_by;
    return seal_open_text(r->arena, &r->who->directory,
                          (struct seal_place){.table = "account_invite", .column = "name", .row = id}, row.name,
                          &view->invite.name);
}

/* Without TLS only where the settings say so, or on one's own machine. */
static bool in_the_clear(const struct req *r, const char *host)
{
    return r->app->config.plain_cookie || text_starts(host, "127.0.0.1") || text_starts(host, "localhost");
}

static enum err invitation_show(struct req *r)
{
    struct invitation_view view = {0};
    struct colleague *people;
    size_t count;
    int64_t maker = 0;
    TRY(invitation_of_path(r, &view, &maker));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view.invite.made_by = colleague_name(people, count, maker);
    const char *host = req_host(r);
    if (maker == r->who->account && view.ended_how == NULL && !view.invite.expired && host != NULL) {
        view.link = arena_format(r->arena, "%s://%s/join#%s", in_the_clear(r, host) ? "http" : "https", host,
                                 account_invite_code(r->arena, r->who, view.invite.id));
        TRY(qr_make(r->arena, view.link, &view.qr));
    }
    html_invitation_page(req_page(r), r, &view);
    return OK;
}

static enum err withdraw_change(struct req *r)
{
    struct invitation_view view = {0};
    size_t changed = 0;
    int64_t maker = 0;
    TRY(invitation_of_path(r, &view, &maker));
    TRY(account_invite_end(
        r->db, &(struct account_invite_end_in){.org = r->org, .id = view.invite.id, .at = r->now, .how = "withdrawn"},
        &changed));
    TRY(req_audit(r, "account.invite_withdrawn", 0, view.invite.id));
    return req_redirect(r, changed == 1 ? W_staff_withdrawn : W_staff_was_over, "/people");
}

const struct route staff_invite_routes[] = {
    {.method = HTTP_GET, .path = "/people/invite", .cap = CAP_INVITE, .fields = INVITE_FIELDS, .show = invite_show},
    {.method = HTTP_POST,
     .path = "/people/invite",
     .cap = CAP_INVITE,
     .fresh = true,
     .fields = INVITE_FIELDS,
     .show = invite_show,
     .check = invite_check,
     .change = invite_change},
    {.method = HTTP_GET,
     .path = "/people/invitations/{invitation}",
     .cap = CAP_INVITE,
     .fresh = true,
     .show = invitation_show},
    {.method = HTTP_POST,
     .path = "/people/invitations/{invitation}/withdraw",
     .cap = CAP_INVITE,
     .change = withdraw_change},
    {0},
};
