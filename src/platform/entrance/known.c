/* Browsers that an account was signed in with before, and the mail about one that it was not. */
#include "platform/entrance/internal.h"

#include "base/text.h"
#include "platform/entrance/templates.h"
#include "platform/gate/app.h"
#include "platform/notice/notice.h"

enum err device_remember(struct req *r, int64_t account, bool *first)
{
    char token[SESSION_TOKEN_TEXT];
    TRY(account_device_known(r->db, r->arena, r->org, account, req_device(r), r->now, token, first));
    req_device_set(r, arena_text(r->arena, token));
    return OK;
}

struct greeting {
    enum notice what;
    int64_t account;
    const char *address;
    enum language language;
};

static void greet(struct req *r)
{
    const struct greeting *greeting = r->after_data;
    notice_tell(r->app->notices, greeting->what, greeting->account, greeting->address, greeting->language, r->now);
}

enum err device_greet(struct req *r, int64_t account, const struct seal_key *secret_half, const char *language)
{
    bool first = false;
    TRY(device_remember(r, account, &first));
    if (!first || r->app->notices == NULL)
        return OK;
    struct greeting *greeting = ARENA_NEW(r->arena, struct greeting);
    *greeting = (struct greeting){.account = account, .language = r->language};
    (void)language_of(language, &greeting->language);
    TRY(account_mail(r->db, r->arena, r->org, account, secret_half, &greeting->address));
    r->after = greet;
    r->after_data = greeting;
    return OK;
}

/* ---- where the mail goes ---- */

static const struct field_rule MAIL_FIELDS[] = {
    {.name = "mail", .kind = FIELD_TEXT, .max = NOTICE_ADDRESS_MAX},
    {0},
};

static enum err notices_show(struct req *r)
{
    const char *mail;
    if (r->app->notices == NULL)
        return ERR_NOT_FOUND;
    TRY(account_mail(r->db, r->arena, r->org, r->who->account, &r->who->own.secret_half, &mail));
    field_start(r, "mail", mail);
    html_notices_page(req_page(r), r);
    return OK;
}

static enum err notices_check(struct req *r)
{
    const char *mail = field_text(r, "mail");
    if (r->app->notices == NULL)
        return ERR_NOT_FOUND;
    if (!r->failed && *mail != '\0' && !notice_address_check(mail))
        field_fail(r, "mail", W_entrance_mail_wrong);
    return r->failed ? ERR_INPUT : OK;
}

/* Whoever changes where the mail goes, to be unseen afterwards, is seen once more. */
static enum err tell_the_old_one(struct req *r)
{
    struct greeting *greeting = ARENA_NEW(r->arena, struct greeting);
    *greeting = (struct greeting){.what = NOTICE_GOES_AWAY, .account = r->who->account, .language = r->language};
    TRY(account_mail(r->db, r->arena, r->org, r->who->account, &r->who->own.secret_half, &greeting->address));
    if (text_empty(greeting->address) || text_same(greeting->address, field_text(r, "mail")))
        return OK;
    r->after = greet;
    r->after_data = greeting;
    return OK;
}

static enum err notices_change(struct req *r)
{
    bool none = *field_text(r, "mail") == '\0';
    TRY(tell_the_old_one(r));
    TRY(account_mail_set(r->db, r->arena, r->who, field_text(r, "mail")));
    TRY(req_audit(r, none ? "account.mail_none" : "account.mail", 0, r->who->account));
    return req_redirect(r, none ? W_entrance_mail_none : W_entrance_mail_saved, "/account");
}

const struct route entrance_notice_routes[] = {
    {.method = HTTP_GET, .path = "/account/notices", .cap = CAP_SIGNED_IN, .fields = MAIL_FIELDS, .show = notices_show},
    {.method = HTTP_POST,
     .path = "/account/notices",
     .cap = CAP_SIGNED_IN,
     .fresh = true,
     .fields = MAIL_FIELDS,
     .show = notices_show,
     .check = notices_check,
     .change = notices_change},
    {0},
};
