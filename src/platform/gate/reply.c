#include "platform/gate/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/gate/templates.h"
#include "platform/seal/text.h"

#include <sodium.h>
#include <string.h>

static const char POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* Nothing that a page of ours uses. A passkey is made and asked for by our own pages only. */
static const char PERMISSIONS[] =
    "accelerometer=(), ambient-light-sensor=(), attribution-reporting=(), autoplay=(), bluetooth=(), "
    "browsing-topics=(), "
    "camera=(), compute-pressure=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), "
    "geolocation=(), "
    "gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), "
    "microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-create=(self), "
    "publickey-credentials-get=(self), screen-wake-lock=(), serial=(), storage-access=(), usb=(), "
    "window-management=(), xr-spatial-tracking=()";

/* Only over TLS, so a demonstration on a plain address does not lock its browser out of it. */
static const char ONLY_TLS[] = "max-age=63072000; includeSubDomains";

static const struct http_header_line SECURITY[] = {
    {"Content-Security-Policy", POLICY},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Origin-Agent-Cluster", "?1"},
    {"Permissions-Policy", PERMISSIONS},
    {"X-DNS-Prefetch-Control", "off"},
    {"X-Robots-Tag", "noindex, nofollow"},
};
enum { SECURITY_COUNT = sizeof SECURITY / sizeof *SECURITY };

static void add_header(struct gate_state *gate, const char *name, const char *value)
{
    if (gate->reply.header_count == sizeof gate->headers / sizeof *gate->headers)
        BUG("more headers than an answer holds");
    gate->headers[gate->reply.header_count++] = (struct http_header_line){name, value};
}

const char *gate_cookie_name(const struct req *r)
{
    return r->app->config.plain_cookie ? "ausma" : "__Host-ausma";
}

/* The one cookie: the session's token, a dot, and the token by which this browser is known again when somebody signs in. It lives as long as
 * the latter, three months; the server ends the session long before. What is not set anew goes on as it came. */
static const char *cookie_line(struct req *r)
{
    enum { DAYS = 90 };
    const char *session = r->gate->new_token != NULL ? r->gate->new_token : r->gate->token;
    const char *device = r->gate->new_device != NULL ? r->gate->new_device : req_device(r);
    const char *secure = r->app->config.plain_cookie ? "" : "; Secure";
    bool known = !text_empty(device);
    bool none = text_empty(session) && !known;
    const char *age = none ? "; Max-Age=0" : known ? arena_format(r->arena, "; Max-Age=%d", DAYS * 24 * 3600) : "";
    return arena_format(r->arena, "%s=%s%s%s; Path=/; HttpOnly; SameSite=Strict%s%s", gate_cookie_name(r),
                        session == NULL ? "" : session, known ? "." : "", known ? device : "", secure, age);
}

/* Fills the headers that every answer has. */
static void start(struct req *r, int status)
{
    struct gate_state *gate = r->gate;
    gate->reply = (struct http_reply){.status = status, .headers = gate->headers};
    memcpy(gate->headers, SECURITY, sizeof SECURITY);
    gate->reply.header_count = SECURITY_COUNT;
    if (!r->app->config.plain_cookie)
        add_header(gate, "Strict-Transport-Security", ONLY_TLS);
    if (gate->new_token != NULL || gate->new_device != NULL)
        add_header(gate, "Set-Cookie", cookie_line(r));
    /* Signed out: what the browser kept of us goes too, the pages behind its back button above all. */
    if (text_same(gate->new_token, ""))
        add_header(gate, "Clear-Site-Data", "\"cache\", \"storage\"");
    gate->answered = true;
}

int status_of(enum err why)
{
    switch (why) {
    case ERR_INPUT: return 400;
    case ERR_NOT_FOUND: return 404;
    case ERR_DENIED:
    case ERR_FORGED: return 403;
    case ERR_SIGNED_OUT:
    case ERR_UNPROVED: return 401;
    case ERR_UNENROLLED: return 403;
    case ERR_STALE:
    case ERR_CONFLICT: return 409;
    case ERR_LIMIT: return 413;
    case ERR_BUSY: return 503;
    case ERR_FULL: return 507;
    default: return 500;
    }
}

struct html *req_page(struct req *r)
{
    int status = r->trouble != 0 ? r->trouble : r->stale ? 409 : r->failed ? 422 : 200;
    start(r, status);
    add_header(r->gate, "Content-Type", "text/html; charset=utf-8");
    add_header(r->gate, "Cache-Control", "no-store");
    html_init(&r->gate->page, r->arena, r->language, r->now);
    r->gate->summary = 0;
    return &r->gate->page;
}

enum err req_send(struct req *r, int status, const char *type, struct bytes body, const char *download)
{
    start(r, status);
    r->gate->page.out.ptr = NULL;
    r->gate->reply.body = body;
    r->gate->reply.counted = true;
    add_header(r->gate, "Content-Type", type);
    add_header(r->gate, "Cache-Control", "no-store");
    if (download != NULL)
        add_header(r->gate, "Content-Disposition", arena_format(r->arena, "attachment; filename=\"%s\"", download));
    return OK;
}

enum err req_send_file(struct req *r, const char *type, struct bytes body, const char *name, bool shown)
{
    static const char policy[] = "default-src 'none'; frame-ancestors 'none'; sandbox";
    TRY(req_send(r, 200, type, body, NULL));
    struct gate_state *gate = r->gate;
    for (size_t i = 0; i < gate->reply.header_count; i++)
        if (text_same(gate->headers[i].name, "Content-Security-Policy"))
            gate->headers[i].value = policy;
    const char *how = shown ? "inline" : "attachment";
    add_header(gate, "Content-Disposition", arena_format(r->arena, "%s; filename=\"%s\"", how, name));
    return OK;
}

void req_header(struct req *r, const char *name, const char *value)
{
    add_header(r->gate, name, value);
}

enum err req_send_static(struct req *r, const char *type, struct bytes body, bool gzip, const char *cache)
{
    start(r, 200);
    r->gate->reply.body = body;
    add_header(r->gate, "Content-Type", type);
    add_header(r->gate, "Cache-Control", cache);
    add_header(r->gate, "Vary", "Accept-Encoding");
    if (gzip)
        add_header(r->gate, "Content-Encoding", "gzip");
    return OK;
}

enum err req_redirect(struct req *r, enum word notice, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    const char *path = arena_format_v(r->arena, path_format, args);
    va_end(args);
    if (notice != W_none) {
        const char *fragment = strchr(path, '#');
        size_t len = fragment == NULL ? strlen(path) : (size_t)(fragment - path);
        const char *joint = memchr(path, '?', len) == NULL ? "?" : "&";
        path = arena_format(r->arena, "%.*s%sdone=%s%s", (int)len, path, joint, word_keys[notice],
                            fragment == NULL ? "" : fragment);
    }
    start(r, 303);
    r->gate->page.out.ptr = NULL;
    r->gate->location = path;
    add_header(r->gate, "Location", path);
    add_header(r->gate, "Cache-Control", "no-store");
    return OK;
}

/* The list of what is wrong, where the page left room for it: only now all its fields have said what they are called. */
static void put_errors_in(struct req *r)
{
    struct buf *page = &r->gate->page.out;
    const struct field_error *errors = NULL;
    size_t count = r->failed && r->gate->summary > 0 ? req_errors(r, &errors) : 0;
    if (count == 0)
        return;
    struct html list;
    struct buf whole;
    html_init(&list, r->arena, r->language, r->now);
    html_error_list(&list, errors, count);
    buf_init(&whole, r->arena, page->len + list.out.len);
    buf_add(&whole, page->ptr, r->gate->summary);
    buf_add(&whole, list.out.ptr, list.out.len);
    buf_add(&whole, page->ptr + r->gate->summary, page->len - r->gate->summary);
    *page = whole;
}

void reply_send(struct req *r)
{
    struct gate_state *gate = r->gate;
    if (gate->page.out.ptr != NULL)
        put_errors_in(r);
    if (gate->page.out.ptr != NULL)
        gate->reply.body = (struct bytes){(const uint8_t *)gate->page.out.ptr, gate->page.out.len};
    http_answer(r->http, &gate->reply);
}

void reply_error(struct req *r, enum err why)
{
    int status = status_of(why);
    struct html *page = req_page(r);
    html_error_page(page, r, status);
    r->gate->reply.status = status;
    if (status == 503)
        add_header(r->gate, "Retry-After", "5");
}

void reply_bare(struct req *r)
{
    r->gate->new_token = NULL; /* its line would need memory */
    start(r, 500);
    r->gate->page.out.ptr = NULL;
    add_header(r->gate, "Cache-Control", "no-store");
}

/* ---- what templates ask ---- */

enum word req_notice(struct req *r)
{
    return r->gate->notice;
}

const char *req_path(const struct req *r)
{
    return r->http->path;
}

bool req_part_refused(const struct req *r)
{
    return r->gate->part_refused;
}

bool req_in(const struct req *r, const char *prefix)
{
    size_t len = strlen(prefix);
    const char *path = r->http->path;
    return strncmp(path, prefix, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

void gate_csrf(const char *token, struct gate_csrf *out)
{
    struct seal_key key;
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(NULL, token, strlen(token), key.b);
    seal_hash(&key, "csrf", 4, hash);
    sodium_bin2hex(out->text, sizeof out->text, hash, sizeof out->text / 2);
    seal_wipe(&key, sizeof key);
}

const char *req_csrf(struct req *r)
{
    const char *token = r->gate->new_token != NULL ? r->gate->new_token : r->gate->token;
    if (token == NULL)
        return "";
    struct gate_csrf csrf;
    gate_csrf(token, &csrf);
    return arena_text(r->arena, csrf.text);
}

const char *req_challenge(struct req *r)
{
    const struct session *who = r->who != NULL ? r->who : r->half;
    if (who == NULL)
        BUG("a challenge for nobody");
    struct gate_state *gate = r->gate;
    const char *token = gate->new_token != NULL ? gate->new_token : gate->token;
    const char *what = arena_format(r->arena, "passkey %lld %lld", (long long)who->id, (long long)who->proved_at);
    struct seal_key key;
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(NULL, token, strlen(token), key.b);
    seal_hash(&key, what, strlen(what), hash);
    seal_wipe(&key, sizeof key);
    return seal_base64url(r->arena, hash, sizeof hash);
}

const char *req_host(const struct req *r)
{
    return http_header(r->http, "Host");
}

const char *req_once(struct req *r)
{
    while (r->gate->once == 0) {
        seal_random(&r->gate->once, sizeof r->gate->once);
        r->gate->once &= INT64_MAX;
    }
    return id_text(r->arena, r->gate->once);
}

static size_t nav_of(struct req *r, bool management, const struct nav_item **items)
{
    size_t all = 0;
    while (r->app->nav[all].path != NULL)
        all++;
    struct nav_item *mine = ARENA_ARRAY(r->arena, struct nav_item, all);
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct nav_item *item = &r->app->nav[i];
        if (r->who != NULL && session_may(r->who, item->cap) && (item->hint != W_none) == management)
            mine[count++] = *item;
    }
    *items = mine;
    return count;
}

size_t shell_management(struct req *r, const struct nav_item **items)
{
    return nav_of(r, true, items);
}

size_t shell_nav(struct req *r, const struct nav_item **items)
{
    const struct nav_item *gathered;
    size_t count = nav_of(r, false, items);
    /* Its entry is the last one. */
    if (count > 0 && text_same((*items)[count - 1].path, NAV_MANAGEMENT) && shell_management(r, &gathered) == 0)
        count--;
    return count;
}

bool shell_nav_here(struct req *r, const struct nav_item *item)
{
    if (req_in(r, item->path))
        return !text_same(item->path, "/field") || !req_in(r, "/field/devices");
    if (!text_same(item->path, NAV_MANAGEMENT))
        return false;
    const struct nav_item *gathered;
    size_t count = shell_management(r, &gathered);
    for (size_t i = 0; i < count; i++) {
        if (req_in(r, gathered[i].path))
            return true;
    }
    return false;
}

size_t shell_kept(struct req *r, const struct kept_field **kept)
{
    *kept = r->gate->kept;
    return r->gate->kept_count;
}

bool shell_sent(const struct req *r)
{
    return r->gate->sent;
}

bool shell_left_out(const struct req *r)
{
    return r->gate->kept_count < r->gate->given_count;
}

const char *shell_kept_path(const struct req *r)
{
    return r->gate->kept_path;
}

int64_t shell_days_until(const struct req *r, const char *date)
{
    int64_t day;
    if (!date_days(date, &day))
        return 0;
    if (r->gate->today == 0) { /* a list asks for each of its rows */
        struct civil today = time_local(r->now);
        r->gate->today = time_days(today.year, today.month, today.day);
    }
    return day - r->gate->today;
}

/* Sooner than the session ends, so that the covered page can be opened again. */
unsigned shell_idle_minutes(const struct req *r)
{
    return (unsigned)(app_idle_minutes(r->app) + 1) / 2;
}

const char *shell_exit_address(const struct req *r)
{
    return r->app->config.exit_address == NULL ? "https://www.google.com/" : r->app->config.exit_address;
}
