#include "base/id.h"
#include "base/text.h"
#include "platform/account/factor.h"
#include "platform/account/queries.h"
#include "platform/entrance/internal.h"
#include "platform/entrance/templates.h"
#include "platform/entrance/views.h"

#include <sodium.h>
#include <string.h>

/* The second factor: asked for behind the password and before sensitive acts, set up and taken away on "My account". */

enum { ANSWER_MAX = 6000, NAME_LETTERS = 60 };

/* ---- asking for it ---- */

/* A code, or what a passkey answered. */
static const struct field_rule ANSWER_FIELDS[] = {
    {.name = "code", .kind = FIELD_SECRET},
    {.name = "credential", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "client", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "authenticator", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "signature", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "to", .kind = FIELD_TEXT, .max = 500},
    {0},
};

static const struct session *person_of(const struct req *r)
{
    return r->who != NULL ? r->who : r->half;
}

/* The ids of the passkeys that were made for this site. */
static const char *known_passkeys(struct req *r, const struct factor_list *list, const char *site)
{
    const char *known = "";
    for (size_t i = 0; i < list->count; i++) {
        const struct factor *factor = &list->items[i];
        if (text_same(factor->kind, "passkey") && site != NULL && text_same(factor->site, site))
            known = arena_format(r->arena, "%s%s%s", known, *known == '\0' ? "" : " ",
                                 passkey_text(r->arena, factor->credential));
    }
    return known;
}

static enum err ask(struct req *r, const char *action, struct second_view *view)
{
    struct factor_list list;
    TRY(account_factors(r->db, r->arena, person_of(r), &list));
    view->action = action;
    view->to = field_or_null(r, "to");
    if (view->to == NULL)
        view->to = shell_kept_path(r);
    view->site = passkey_site(r->arena, req_host(r));
    view->known = known_passkeys(r, &list, view->site);
    view->passkeys = *view->known != '\0';
    view->codes = list.codes_made > 0;
    for (size_t i = 0; i < list.count; i++)
        view->codes |= text_same(list.items[i].kind, "totp");
    return OK;
}

static enum err second_show(struct req *r)
{
    struct second_view view = {0};
    TRY(ask(r, "/sign-in/second", &view));
    html_second_page(req_page(r), r, &view);
    return OK;
}

static enum err answer_check(struct req *r)
{
    if (*field_text(r, "code") == '\0' && *field_text(r, "signature") == '\0')
        field_fail(r, "code", W_entrance_code_missing);
    return r->failed ? ERR_INPUT : OK;
}

static enum err answer_try(struct req *r, bool *right)
{
    const char *code = field_or_null(r, "code");
    struct factor_answer answer = {.code = code, .challenge = req_challenge(r)};
    if (code == NULL)
        answer.passkey = (struct passkey_answer){.credential = field_text(r, "credential"),
                                                 .client = field_text(r, "client"),
                                                 .authenticator = field_text(r, "authenticator"),
                                                 .signature = field_text(r, "signature")};
    TRY(account_factor_try(r->db, r->arena, person_of(r), &answer, r->now, right));
    if (!*right)
        field_fail(r, "code", code == NULL ? W_entrance_passkey_wrong : W_entrance_code_wrong);
    return OK;
}

static enum err second_change(struct req *r)
{
    bool right = false;
    char token[SESSION_TOKEN_TEXT];
    TRY(answer_try(r, &right));
    TRY(req_audit(r, right ? "account.second" : "account.second_refused", 0, r->half->account));
    if (!right)
        return OK;
    const char *device = device_words(r->arena, http_header(r->http, "User-Agent"));
    TRY(account_second_finish(r->db, r->arena, r->half, device, r->now, token));
    TRY(device_greet(r, r->half->account, &r->half->own.secret_half, r->half->language));
    req_session_begin(r, arena_text(r->arena, token));
    return req_redirect(r, r->half->previous_at.has ? W_gate_last_sign_in : W_none, "%s",
                        own_path(field_text(r, "to")));
}

/* ---- proving again who one is, before a sensitive act ---- */

static enum err prove_second_show(struct req *r)
{
    struct second_view view = {0};
    TRY(ask(r, "/prove/second", &view));
    html_prove_second(req_page(r), r, &view);
    return OK;
}

static enum err proved(struct req *r)
{
    TRY(account_session_proved(r->db,
                               &(struct account_session_proved_in){.org = r->org, .id = r->who->id, .at = r->now}));
    req_proved(r);
    return req_redirect(r, W_none, "%s", own_path(field_text(r, "to")));
}

static enum err prove_second_change(struct req *r)
{
    bool right = false;
    TRY(answer_try(r, &right));
    TRY(req_audit(r, right ? "account.prove" : "account.prove_refused", 0, r->who->account));
    if (!right)
        return OK;
    return proved(r);
}

static const struct field_rule PROVE_FIELDS[] = {
    {.name = "password", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_password_missing},
    {.name = "code", .kind = FIELD_SECRET},
    {.name = "to", .kind = FIELD_TEXT, .max = 500},
    {0},
};

/* Who has a second factor is asked for that; the others for the password. */
static enum err prove_show(struct req *r)
{
    if (r->who->factors)
        return prove_second_show(r);
    const char *to = field_or_null(r, "to");
    html_prove(req_page(r), r, to != NULL ? to : shell_kept_path(r));
    return OK;
}

static enum err prove_check(struct req *r)
{
    if (r->who->factors)
        return ERR_DENIED;
    return r->failed ? ERR_INPUT : attempt_again(r);
}

static enum err prove_change(struct req *r)
{
    struct sign_in *attempt = r->data;
    TRY(account_tried(r->db, r->arena, attempt, &attempt->opened));
    TRY(req_audit(r, attempt->opened ? "account.prove" : "account.prove_refused", 0, r->who->account));
    if (!attempt->opened) {
        field_fail(r, "password", W_entrance_wrong_again);
        return OK;
    }
    return proved(r);
}

/* ---- one's own second factors ---- */

static enum err factors_show(struct req *r)
{
    struct factors_view view = {.passkeys = passkey_site(r->arena, req_host(r)) != NULL};
    struct account_org_get_row org;
    TRY(account_org_get(r->db, r->arena, &(struct account_org_get_in){.org = r->org}, &org));
    TRY(account_factors(r->db, r->arena, r->who, &view.list));
    view.required = org.second_required;
    html_factors_page(req_page(r), r, &view);
    return OK;
}

/* The first factor leads on to the printed codes: who loses the phone needs them. */
static enum err added(struct req *r, const char *act)
{
    struct factor_list list;
    TRY(account_factors(r->db, r->arena, r->who, &list));
    TRY(req_audit(r, act, 0, r->who->account));
    return req_redirect(r, W_entrance_second_added, list.codes_made == 0 ? "/account/second/codes" : "/account/second");
}

/* ---- codes from a phone ---- */

static const struct field_rule TOTP_FIELDS[] = {
    {.name = "seed", .kind = FIELD_TEXT, .required = true, .max = 40},
    {.name = "code", .kind = FIELD_SECRET, .required = true, .missing = W_entrance_code_missing},
    {.name = "name", .kind = FIELD_TEXT, .max = NAME_LETTERS},
    {0},
};

static const char *in_groups(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            out[len++] = ' ';
        out[len++] = text[i];
    }
    return out;
}

static enum err totp_show(struct req *r)
{
    struct totp_view view = {.seed = field_text(r, "seed")};
    struct account_user_by_id_row user;
    uint8_t secret[FACTOR_SECRET_SIZE];
    TRY(account_user_by_id(r->db, r->arena, &(struct account_user_by_id_in){.org = r->org, .id = r->who->account},
                           &user));
    if (*view.seed == '\0') {
        uint8_t random[16];
        char hex[2 * sizeof random + 1];
        seal_random(random, sizeof random);
        view.seed = arena_text(r->arena, sodium_bin2hex(hex, sizeof hex, random, sizeof random));
    }
    account_totp_secret(r->who, view.seed, secret);
    view.text = in_groups(r->arena, account_totp_text(r->arena, secret));
    TRY(qr_make(r->arena, account_totp_address(r->arena, secret, user.login), &view.qr));
    seal_wipe(secret, sizeof secret);
    html_totp_page(req_page(r), r, &view);
    return OK;
}

static enum err totp_change(struct req *r)
{
    enum err result = account_totp_add(r->db, r->arena, r->who, field_text(r, "seed"), field_text(r, "code"),
                                       field_text(r, "name"), r->now);
    if (result == ERR_INPUT) {
        field_fail(r, "code", W_entrance_totp_wrong);
        return ERR_INPUT;
    }
    TRY(result);
    return added(r, "account.totp_add");
}

/* ---- passkeys ---- */

static const struct field_rule PASSKEY_FIELDS[] = {
    {.name = "credential", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "client", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "authenticator", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "signature", .kind = FIELD_TEXT, .max = ANSWER_MAX},
    {.name = "name", .kind = FIELD_TEXT, .max = NAME_LETTERS},
    {0},
};

static enum err passkey_show(struct req *r)
{
    struct passkey_view view = {.site = passkey_site(r->arena, req_host(r))};
    struct factor_list list;
    struct account_user_by_id_row user;
    TRY(account_factors(r->db, r->arena, r->who, &list));
    TRY(account_user_by_id(r->db, r->arena, &(struct account_user_by_id_in){.org = r->org, .id = r->who->account},
                           &user));
    view.known = known_passkeys(r, &list, view.site);
    view.login = user.login;
    view.account = passkey_text(r->arena, arena_bytes(r->arena, &r->who->account, sizeof r->who->account));
    html_passkey_page(req_page(r), r, &view);
    return OK;
}

static enum err passkey_check(struct req *r)
{
    const char *site = passkey_site(r->arena, req_host(r));
    struct passkey *key = ARENA_NEW(r->arena, struct passkey);
    const struct passkey_answer answer = {.credential = field_text(r, "credential"),
                                          .client = field_text(r, "client"),
                                          .authenticator = field_text(r, "authenticator"),
                                          .signature = field_text(r, "signature")};
    r->data = key;
    enum err result = site == NULL ? ERR_INPUT : passkey_read(r->arena, &answer, req_challenge(r), site, key);
    if (result == ERR_INPUT)
        field_fail(r, "name", W_entrance_passkey_failed);
    return result;
}

static enum err passkey_change(struct req *r)
{
    enum err result = account_passkey_add(r->db, r->arena, r->who, r->data, field_text(r, "name"), r->now);
    if (result == ERR_CONFLICT) {
        field_fail(r, "name", W_entrance_passkey_twice);
        return ERR_INPUT;
    }
    TRY(result);
    return added(r, "account.passkey_add");
}

/* ---- printed codes ---- */

static enum err codes_show(struct req *r)
{
    struct factor_list list;
    TRY(account_factors(r->db, r->arena, r->who, &list));
    html_codes_page(req_page(r), r, &list);
    return OK;
}

static enum err codes_change(struct req *r)
{
    int64_t set = 0;
    TRY(account_codes_new(r->db, r->arena, r->who, r->now, &set));
    TRY(req_audit(r, "account.codes", 0, r->who->account));
    return req_redirect(r, W_none, "/account/second/codes/%s", id_text(r->arena, set));
}

static enum err codes_print_show(struct req *r)
{
    int64_t set = 0;
    const char *codes[FACTOR_CODES];
    if (!id_parse(r->params[0], &set))
        return ERR_NOT_FOUND;
    TRY(account_codes_show(r->db, r->arena, r->who, set, r->now, codes));
    html_codes_print(req_page(r), r, codes, FACTOR_CODES);
    return OK;
}

/* ---- taking one away ---- */

static enum err find_factor(struct req *r, struct factor *out)
{
    int64_t id = 0;
    struct factor_list list;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(account_factors(r->db, r->arena, r->who, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].id == id) {
            *out = list.items[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static const struct field_rule REMOVE_FIELDS[] = {
    {.name = "sure", .kind = FIELD_YES, .required = true, .missing = W_entrance_remove_sure_missing},
    {0},
};

static enum err remove_show(struct req *r)
{
    struct factor factor;
    TRY(find_factor(r, &factor));
    html_factor_remove(req_page(r), r, &factor);
    return OK;
}

static enum err remove_change(struct req *r)
{
    struct factor factor;
    TRY(find_factor(r, &factor));
    enum err result = account_factor_remove(r->db, r->arena, r->who, factor.id);
    if (result == ERR_DENIED) {
        field_fail(r, "sure", W_entrance_remove_last);
        return ERR_INPUT;
    }
    TRY(result);
    TRY(req_audit(r, "account.factor_remove", 0, factor.id));
    return req_redirect(r, W_entrance_second_removed, "/account/second");
}

#define SETTING_UP .cap = CAP_SIGNED_IN, .enrolling = true, .fresh = true

const struct route entrance_second_routes[] = {
    {.method = HTTP_GET,
     .path = "/sign-in/second",
     .cap = CAP_SECOND_STEP,
     .fields = ANSWER_FIELDS,
     .show = second_show},
    {.method = HTTP_POST,
     .path = "/sign-in/second",
     .cap = CAP_SECOND_STEP,
     .fields = ANSWER_FIELDS,
     .show = second_show,
     .check = answer_check,
     .change = second_change,
     .body_max = 512 * 1024},
    {.method = HTTP_GET,
     .path = "/prove",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .fields = PROVE_FIELDS,
     .show = prove_show},
    {.method = HTTP_POST,
     .path = "/prove",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .fields = PROVE_FIELDS,
     .show = prove_show,
     .check = prove_check,
     .slow = attempt_slow,
     .change = prove_change,
     .body_max = 512 * 1024},
    {.method = HTTP_POST,
     .path = "/prove/second",
     .cap = CAP_SIGNED_IN,
     .early = true,
     .fields = ANSWER_FIELDS,
     .show = prove_second_show,
     .check = answer_check,
     .change = prove_second_change,
     .body_max = 512 * 1024},
    {.method = HTTP_GET, .path = "/account/second", .cap = CAP_SIGNED_IN, .enrolling = true, .show = factors_show},
    {.method = HTTP_GET, .path = "/account/second/totp", SETTING_UP, .fields = TOTP_FIELDS, .show = totp_show},
    {.method = HTTP_POST,
     .path = "/account/second/totp",
     SETTING_UP,
     .fields = TOTP_FIELDS,
     .show = totp_show,
     .change = totp_change},
    {.method = HTTP_GET, .path = "/account/second/passkey", SETTING_UP, .fields = PASSKEY_FIELDS, .show = passkey_show},
    {.method = HTTP_POST,
     .path = "/account/second/passkey",
     SETTING_UP,
     .fields = PASSKEY_FIELDS,
     .show = passkey_show,
     .check = passkey_check,
     .change = passkey_change},
    {.method = HTTP_GET, .path = "/account/second/codes", SETTING_UP, .show = codes_show},
    {.method = HTTP_POST, .path = "/account/second/codes", SETTING_UP, .show = codes_show, .change = codes_change},
    {.method = HTTP_GET, .path = "/account/second/codes/{set}", SETTING_UP, .show = codes_print_show},
    {.method = HTTP_GET,
     .path = "/account/second/{factor}/remove",
     .cap = CAP_SIGNED_IN,
     .fresh = true,
     .fields = REMOVE_FIELDS,
     .show = remove_show},
    {.method = HTTP_POST,
     .path = "/account/second/{factor}/remove",
     .cap = CAP_SIGNED_IN,
     .fresh = true,
     .fields = REMOVE_FIELDS,
     .show = remove_show,
     .change = remove_change},
    {0},
};
