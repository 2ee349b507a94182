/* Telephones: adding one, seeing when it was last heard of, and shutting it out. */
#include "base/id.h"
#include "base/text.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"
#include "find/fieldwork/templates.h"
#include "find/fieldwork/views.h"
#include "platform/gate/app.h"
#include "platform/seal/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- the list ---- */

static enum err list_show(struct req *r)
{
    struct devices_view view = {0};
    struct fieldwork_device_list_row *rows;
    TRY(fieldwork_device_list(r->db, r->arena, &(struct fieldwork_device_list_in){.org = r->org}, &rows, &view.count));
    struct device_line *lines = ARENA_ARRAY(r->arena, struct device_line, view.count);
    for (size_t i = 0; i < view.count; i++) {
        lines[i] = (struct device_line){.id = rows[i].id,
                                        .login = rows[i].login,
                                        .created_at = rows[i].created_at,
                                        .seen_at = rows[i].seen_at,
                                        .revoked_at = rows[i].revoked_at};
        TRY(seal_open_text(r->arena, &r->who->directory, fieldwork_label_place(rows[i].id), rows[i].label,
                           &lines[i].label));
    }
    view.lines = lines;
    struct assess_instrument *instruments;
    size_t count;
    TRY(assess_instruments_in_use(r->db, r->arena, r->org, &instruments, &count));
    for (size_t i = 0; i < count; i++)
        view.forms += form_destination(instruments[i].form)[0] != '\0';
    html_fieldwork_devices(req_page(r), r, &view);
    return OK;
}

/* ---- a new one ---- */

static const struct field_rule NEW_FIELDS[] = {
    {.name = "label", .kind = FIELD_TEXT, .required = true, .missing = W_fieldwork_label_missing, .max = 60},
    {0},
};

/* Random signs, five bits each: small letters and digits that nobody mistakes, easy to type on a telephone. */
static char *random_word(struct arena *arena, size_t count)
{
    static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789";
    char *text = arena_alloc(arena, count + 1);
    seal_random(text, count);
    for (size_t i = 0; i < count; i++)
        text[i] = signs[text[i] & 31];
    text[count] = '\0';
    return text;
}

/* Settings as ODK Collect reads them from a QR code: JSON, deflated, in base64. */
static enum err settings_code(struct arena *arena, const struct device_made_view *view, const char **out)
{
    enum { ROOM = 2048 };
    json_t *settings = json_pack("{s:{s:s,s:s,s:s,s:s,s:s},s:{},s:{s:s,s:s,s:s}}", "general", "server_url",
                                 view->server, "username", view->login, "password", view->secret, "form_update_mode",
                                 "match_exactly", "autosend", "wifi_and_cellular", "admin", "project", "name", "Ausma",
                                 "icon", "A", "color", "#1d4f91");
    char *text = settings == NULL ? NULL : json_dumps(settings, JSON_COMPACT);
    json_decref(settings);
    if (text == NULL)
        return ERR_LIMIT;
    uint8_t *packed = arena_alloc(arena, ROOM);
    uLongf len = ROOM;
    int done = compress2(packed, &len, (const Bytef *)text, strlen(text), Z_BEST_COMPRESSION);
    seal_wipe(text, strlen(text));
    free(text);
    if (done != Z_OK)
        return ERR_LIMIT;
    *out = seal_base64(arena, packed, len);
    return OK;
}

static enum err new_show(struct req *r)
{
    html_fieldwork_device_new(req_page(r), r);
    return OK;
}

/* The secret is shown on this one page and kept nowhere. */
static enum err new_change(struct req *r)
{
    enum { LOGIN_SIGNS = 8, SECRET_SIGNS = 32 };
    struct device_made_view view = {.label = field_text(r, "label"),
                                    .login = random_word(r->arena, LOGIN_SIGNS),
                                    .secret = random_word(r->arena, SECRET_SIGNS)};
    const char *host = http_header(r->http, "Host");
    const char *code;
    struct seal_key kept;
    struct seal_key digests;
    int64_t id = id_new();
    view.server = arena_format(r->arena, "%s://%s/openrosa", r->app->config.plain_cookie ? "http" : "https",
                               fieldwork_host_fine(host) ? host : "localhost");
    fieldwork_secret_keys(view.secret, &kept, &digests);
    seal_wipe(&digests, sizeof digests);
    TRY(settings_code(r->arena, &view, &code));
    TRY(qr_make(r->arena, code, &view.qr));
    TRY(fieldwork_device_add(
        r->db, &(struct fieldwork_device_add_in){
                   .org = r->org,
                   .id = id,
                   .login = view.login,
                   .secret = {kept.b, sizeof kept.b},
                   .label = seal_text(r->arena, &r->who->directory, fieldwork_label_place(id), view.label),
                   .created_at = r->now,
                   .created_by = r->who->account,
               }));
    TRY(req_audit(r, "field.device_add", 0, id));
    html_fieldwork_device_made(req_page(r), r, &view);
    return OK;
}

/* ---- shutting one out ---- */

static enum err device_of_path(struct req *r, struct device_line *out)
{
    struct fieldwork_device_one_row row;
    int64_t id;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(fieldwork_device_one(r->db, r->arena, &(struct fieldwork_device_one_in){.org = r->org, .id = id}, &row));
    *out = (struct device_line){.id = id, .login = row.login, .revoked_at = row.revoked_at};
    return seal_open_text(r->arena, &r->who->directory, fieldwork_label_place(id), row.label, &out->label);
}

static enum err revoke_show(struct req *r)
{
    struct device_line line;
    TRY(device_of_path(r, &line));
    html_fieldwork_device_revoke(req_page(r), r, &line);
    return OK;
}

static enum err revoke_change(struct req *r)
{
    struct device_line line;
    size_t changed = 0;
    TRY(device_of_path(r, &line));
    TRY(fieldwork_device_revoke(r->db, &(struct fieldwork_device_revoke_in){.org = r->org, .id = line.id, .at = r->now},
                                &changed));
    TRY(req_audit(r, "field.device_revoke", 0, line.id));
    return req_redirect(r, W_fieldwork_revoked, "/field/devices");
}

const struct route fieldwork_device_routes[] = {
    {.method = HTTP_GET, .path = "/field/devices", .cap = CAP_INSTRUMENT, .show = list_show},
    {.method = HTTP_GET, .path = "/field/devices/new", .cap = CAP_INSTRUMENT, .fields = NEW_FIELDS, .show = new_show},
    {.method = HTTP_POST,
     .path = "/field/devices/new",
     .cap = CAP_INSTRUMENT,
     .fields = NEW_FIELDS,
     .show = new_show,
     .change = new_change},
    {.method = HTTP_GET, .path = "/field/devices/{device}/revoke", .cap = CAP_INSTRUMENT, .show = revoke_show},
    {.method = HTTP_POST,
     .path = "/field/devices/{device}/revoke",
     .cap = CAP_INSTRUMENT,
     .show = revoke_show,
     .change = revoke_change},
    {0},
};
