/* What telephones call: the OpenRosa protocol as ODK Collect speaks it (docs/FIELD.md names its pages).
 *
 * Every call is answered 401 first when it brings no credential; a credential opens nothing but these addresses. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"
#include "platform/form/markup.h"
#include "platform/gate/allowance.h"
#include "platform/gate/app.h"

#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_MAX = 8 << 20, /* larger submissions come in several parts, as clients are told */
    MD5_TEXT = 2 * MD5_DIGEST_SIZE + 1
};

static const char XML[] = "text/xml; charset=utf-8";

/* ---- answers ---- */

static enum err send_xml(struct req *r, int status, const struct markup *root)
{
    struct buf out;
    buf_init(&out, r->arena, 1024);
    buf_text(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    markup_write(&out, root);
    TRY(req_send(r, status, XML, (struct bytes){(const uint8_t *)out.ptr, out.len}, NULL));
    req_header(r, "X-OpenRosa-Version", "1.0");
    req_header(r, "X-OpenRosa-Accept-Content-Length", arena_format(r->arena, "%d", (int)BODY_MAX));
    return OK;
}

/* The protocol's own envelope; `nature` is for programs, the text for whoever reads a log of the client. */
static enum err say(struct req *r, int status, const char *nature, enum word text)
{
    struct markup *root = markup_new(r->arena, "OpenRosaResponse");
    markup_set(root, "xmlns", "http://openrosa.org/http/response");
    struct markup *message = markup_add(root, "message");
    markup_set(message, "nature", nature);
    markup_text(message, word(r->language, text));
    return send_xml(r, status, root);
}

/* ---- who calls ---- */

/* Does the request come over TLS? The proxy in front says so; without one the program serves this machine only. */
static bool safe_way(const struct req *r)
{
    const char *scheme = http_header(r->http, "X-Forwarded-Proto");
    return r->app->config.plain_cookie || scheme == NULL || text_same(scheme, "https");
}

static enum err find_device(struct req *r, struct fieldwork_device *out)
{
    const char *login;
    const char *secret;
    struct fieldwork_device_by_login_row row;
    struct seal_key kept;
    if (!fieldwork_basic(r->arena, http_header(r->http, "Authorization"), &login, &secret))
        return ERR_SIGNED_OUT;
    fieldwork_secret_keys(secret, &kept, &out->digests);
    enum err found = fieldwork_device_by_login(
        r->db, r->arena, &(struct fieldwork_device_by_login_in){.org = r->org, .login = login}, &row);
    if (found == ERR_NOT_FOUND)
        return ERR_SIGNED_OUT;
    TRY(found);
    if (row.secret.len != sizeof kept || !seal_same(row.secret.ptr, &kept, sizeof kept))
        return ERR_SIGNED_OUT;
    out->id = row.id;
    out->seen_lately = row.seen_at.has && r->now - row.seen_at.value < MINUTE_MS;
    return OK;
}

static enum err sender_find(struct req *r)
{
    struct fieldwork_device device;
    return find_device(r, &device);
}

/* True when the caller is a telephone of ours; otherwise the request is answered. */
static enum err admit(struct req *r, struct fieldwork_device *out, bool *admitted)
{
    *admitted = false;
    if (!safe_way(r))
        return say(r, 403, "error", W_fieldwork_client_no_tls);
    enum err found = find_device(r, out);
    if (found == ERR_SIGNED_OUT) {
        TRY(say(r, 401, "error", W_fieldwork_client_who));
        req_header(r, "WWW-Authenticate", "Basic realm=\"Ausma\", charset=\"UTF-8\"");
        return OK;
    }
    TRY(found);
    *admitted = true;
    return OK;
}

/* ---- the list of forms ---- */

static void md5_text(struct bytes data, char out[MD5_TEXT])
{
    struct md5_ctx context;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&context);
    md5_update(&context, data.len, data.ptr);
    md5_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* Where we are for the caller, as the caller said it. */
static const char *address(struct req *r, const char *path)
{
    const char *host = http_header(r->http, "Host");
    const char *scheme = r->app->config.plain_cookie ? "http" : "https";
    return arena_format(r->arena, "%s://%s%s", scheme, fieldwork_host_fine(host) ? host : "localhost", path);
}

static enum err list_one(struct req *r, const struct assess_instrument *instrument, struct markup *list)
{
    struct bytes xml;
    char hash[MD5_TEXT];
    TRY(assess_instrument_xform(r->db, r->arena, r->org, instrument->id, &xml));
    md5_text(xml, hash);
    struct markup *form = markup_add(list, "xform");
    const char *const parts[][2] = {
        {"formID", instrument->form_id},
        {"name", instrument->title},
        {"version", instrument->version},
        {"hash", arena_format(r->arena, "md5:%s", hash)},
        {"downloadUrl", address(r, arena_format(r->arena, "/openrosa/forms/%s", id_text(r->arena, instrument->id)))},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        markup_text(markup_add(form, parts[i][0]), parts[i][1]);
    return OK;
}

/* Clients ask for one form when they look for its newest version. */
static const struct field_rule LIST_FIELDS[] = {
    {.name = "formID", .kind = FIELD_TEXT, .max = 200},
    {.name = "verbose", .kind = FIELD_TEXT, .max = 20},
    {.name = "deviceID", .kind = FIELD_TEXT, .max = 200},
    {0},
};

static enum err list_show(struct req *r)
{
    struct fieldwork_device device;
    struct assess_instrument *instruments;
    size_t count;
    bool admitted;
    TRY(admit(r, &device, &admitted));
    if (!admitted)
        return OK;
    struct markup *list = markup_new(r->arena, "xforms");
    markup_set(list, "xmlns", "http://openrosa.org/xforms/xformsList");
    TRY(assess_instruments_in_use(r->db, r->arena, r->org, &instruments, &count));
    const char *only = r->failed ? "" : field_text(r, "formID");
    for (size_t i = 0; i < count; i++) {
        bool wanted = text_empty(only) || text_same(only, instruments[i].form_id);
        if (wanted && form_destination(instruments[i].form)[0] != '\0')
            TRY(list_one(r, &instruments[i], list));
    }
    return send_xml(r, 200, list);
}

/* ---- one form ---- */

static enum err find_form(struct req *r, struct assess_instrument *out)
{
    int64_t id;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(assess_instrument_one(r->db, r->arena, r->org, id, out));
    return form_destination(out->form)[0] == '\0' ? ERR_NOT_FOUND : OK;
}

static enum err form_show(struct req *r)
{
    struct fieldwork_device device;
    struct assess_instrument instrument;
    struct bytes xml;
    bool admitted;
    TRY(admit(r, &device, &admitted));
    if (!admitted)
        return OK;
    enum err found = find_form(r, &instrument);
    if (found == ERR_NOT_FOUND)
        return say(r, 404, "error", W_fieldwork_client_no_form);
    TRY(found);
    TRY(assess_instrument_xform(r->db, r->arena, r->org, instrument.id, &xml));
    TRY(req_send(r, 200, XML, xml, NULL));
    req_header(r, "X-OpenRosa-Version", "1.0");
    return OK;
}

/* No form of ours brings files along. */
static enum err manifest_show(struct req *r)
{
    struct fieldwork_device device;
    bool admitted;
    TRY(admit(r, &device, &admitted));
    if (!admitted)
        return OK;
    struct markup *manifest = markup_new(r->arena, "manifest");
    markup_set(manifest, "xmlns", "http://openrosa.org/xforms/xformsManifest");
    return send_xml(r, 200, manifest);
}

/* ---- submissions ---- */

/* Asked (HEAD) before the first submission: where to send it, and how much at a time. */
static enum err submission_show(struct req *r)
{
    struct fieldwork_device device;
    bool admitted;
    TRY(admit(r, &device, &admitted));
    if (!admitted)
        return OK;
    TRY(req_send(r, 204, XML, (struct bytes){0}, NULL));
    req_header(r, "X-OpenRosa-Version", "1.0");
    req_header(r, "X-OpenRosa-Accept-Content-Length", arena_format(r->arena, "%d", (int)BODY_MAX));
    req_header(r, "Location", address(r, "/openrosa/submission"));
    return OK;
}

/* A team's day at once, and from then on 6 MiB a minute: a telephone that was lost cannot fill the disk in a night, and what is not
 * taken now stays on the telephone, which sends it again. */
static struct allowance telephone_sending = ALLOWANCE(500, 10000);

static bool not_too_much(const struct req *r, const struct fieldwork_device *device)
{
    enum { EACH = 1 << 20 };
    size_t size = r->http->raw_body.len;
    for (size_t i = 0; i < r->http->body_count; i++)
        size += r->http->body[i].value.len;
    return allowance_take(&telephone_sending, id_text(r->arena, device->id), 1 + (int64_t)(size / EACH), r->now);
}

static enum err submission_check(struct req *r)
{
    struct arriving *arriving = ARENA_NEW(r->arena, struct arriving);
    bool admitted;
    TRY(admit(r, &arriving->device, &admitted));
    if (!admitted)
        return OK;
    if (!not_too_much(r, &arriving->device)) {
        TRY(say(r, 503, "error", W_fieldwork_client_too_much));
        req_header(r, "Retry-After", "600");
        return OK;
    }
    r->data = arriving;
    enum err judged = fieldwork_judge(r, arriving);
    return judged == ERR_INPUT ? say(r, 400, "submit_error", W_fieldwork_client_nothing) : judged;
}

static enum err submission_change(struct req *r)
{
    struct arriving *arriving = r->data;
    size_t changed = 0;
    /* Revoked while the submission was under way? */
    struct fieldwork_device still;
    enum err there = find_device(r, &still);
    if (there == ERR_SIGNED_OUT)
        return ERR_DENIED;
    TRY(there);
    TRY(fieldwork_keep(r, arriving));
    if (!arriving->device.seen_lately)
        TRY(fieldwork_device_seen(
            r->db, &(struct fieldwork_device_seen_in){.org = r->org, .id = arriving->device.id, .at = r->now},
            &changed));
    TRY(req_audit(r, arriving->repeat ? "field.repeat" : "field.receive", 0, arriving->id));
    return arriving->repeat ? say(r, 202, "submit_success", W_fieldwork_client_again)
                            : say(r, 201, "submit_success", W_fieldwork_client_kept);
}

/* Whatever a client sends along with a submission is taken apart by fieldwork_judge. */
static const struct field_rule SUBMISSION_FIELDS[] = {
    {.name = "", .kind = FIELD_REST},
    {0},
};

static const struct field_rule DEVICE_FIELDS[] = {
    {.name = "deviceID", .kind = FIELD_TEXT, .max = 200},
    {0},
};

const struct route fieldwork_client_routes[] = {
    {.method = HTTP_GET, .path = "/openrosa/formList", .cap = CAP_PUBLIC, .fields = LIST_FIELDS, .show = list_show},
    {.method = HTTP_GET,
     .path = "/openrosa/forms/{version}",
     .cap = CAP_PUBLIC,
     .fields = DEVICE_FIELDS,
     .show = form_show},
    {.method = HTTP_GET,
     .path = "/openrosa/forms/{version}/manifest",
     .cap = CAP_PUBLIC,
     .fields = DEVICE_FIELDS,
     .show = manifest_show},
    {.method = HTTP_GET,
     .path = "/openrosa/submission",
     .cap = CAP_PUBLIC,
     .fields = DEVICE_FIELDS,
     .show = submission_show},
    {.method = HTTP_POST,
     .path = "/openrosa/submission",
     .cap = CAP_PUBLIC,
     .fields = SUBMISSION_FIELDS,
     .check = submission_check,
     .change = submission_change,
     .body_max = BODY_MAX + 64 * 1024,
     .sender = sender_find},
    {0},
};
