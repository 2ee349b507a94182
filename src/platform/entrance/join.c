#include "base/text.h"
#include "platform/account/invite.h"
#include "platform/account/queries.h"
#include "platform/entrance/internal.h"
#include "platform/entrance/templates.h"
#include "platform/entrance/views.h"

/* Coming in by an invitation: the code out of the link, then a password of one's own. The code stands behind a # in the link, so that
 * no server and no log ever sees it in an address; the script puts it into its field, and without script it is typed. */

static const struct field_rule JOIN_FIELDS[] = {
    {.name = "code", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_join_code_missing},
    {.name = "new", .kind = FIELD_SECRET},
    {.name = "again", .kind = FIELD_SECRET},
    {.name = "step", .kind = FIELD_TEXT, .max = 10},
    {0},
};

static enum err join_show(struct req *r)
{
    struct join_view view = {.code = field_text(r, "code")};
    struct invite *invite;
    if (account_invite_open(r->db, r->arena, r->org, view.code, r->now, &invite) == OK) {
        view.name = invite->name;
        view.login = invite->login;
    }
    html_join_page(req_page(r), r, &view);
    return OK;
}

static enum err join_check(struct req *r)
{
    struct invite *invite;
    if (r->failed)
        return ERR_INPUT;
    enum err found = account_invite_open(r->db, r->arena, r->org, field_text(r, "code"), r->now, &invite);
    if (found == ERR_NOT_FOUND || found == ERR_STALE) {
        field_fail(r, "code", found == ERR_STALE ? W_entrance_join_over : W_entrance_join_code_wrong);
        return ERR_INPUT;
    }
    TRY(found);
    if (!text_same(field_text(r, "step"), "password"))
        return join_show(r);
    TRY(new_password_check(r));
    struct invite_accept *accept = ARENA_NEW(r->arena, struct invite_accept);
    accept->org = r->org;
    accept->code = field_text(r, "code");
    accept->password = field_text(r, "new");
    accept->device = device_words(r->arena, http_header(r->http, "User-Agent"));
    accept->now = r->now;
    r->data = accept;
    return OK;
}

static enum err join_slow(struct req *r)
{
    return account_invite_prepare(r->data);
}

static enum err join_change(struct req *r)
{
    struct invite_accept *accept = r->data;
    enum err result = account_invite_accept(r->db, r->arena, accept);
    if (result == ERR_STALE || result == ERR_CONFLICT) {
        field_fail(r, "code", W_entrance_join_over);
        return ERR_INPUT;
    }
    TRY(result);
    TRY(req_audit(r, "account.join", 0, accept->account));
    /* Somebody else's browser, as the inviter's own: nobody stays signed in behind the newcomer. */
    if (r->who != NULL)
        TRY(account_session_end(r->db, &(struct account_session_end_in){.org = r->org, .id = r->who->id}));
    bool first = false;
    TRY(device_remember(r, accept->account, &first));
    req_session_begin(r, accept->token);
    return req_redirect(r, W_entrance_joined, "/");
}

const struct route entrance_join_routes[] = {
    {.method = HTTP_GET, .path = "/join", .cap = CAP_PUBLIC, .fields = JOIN_FIELDS, .show = join_show},
    {.method = HTTP_POST,
     .path = "/join",
     .cap = CAP_PUBLIC,
     .fields = JOIN_FIELDS,
     .show = join_show,
     .check = join_check,
     .slow = join_slow,
     .change = join_change},
    {0},
};
