/* One request and its answer, from the library's first call to its last. */
#include "platform/http/internal.h"

#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum { SKIPPED_MAX = 64 * 1024 };

/* The public face is the first member. */
static struct exchange *exchange_of(const struct http_request *request)
{
    return (struct exchange *)(void *)request;
}

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(exchange_of(request)->library, MHD_HEADER_KIND, name);
}

struct wanted {
    const char *name;
    const char *value;
};

static enum MHD_Result is_wanted(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct wanted *wanted = data;
    (void)kind;
    if (!text_same(name, wanted->name))
        return MHD_YES;
    wanted->value = value;
    return MHD_NO;
}

/* The library's own look-up takes any letter case, and browsers that are not of today let a neighbouring host set "__HOST-...". */
const char *http_cookie(const struct http_request *request, const char *name)
{
    struct wanted wanted = {.name = name};
    (void)MHD_get_connection_values(exchange_of(request)->library, MHD_COOKIE_KIND, is_wanted, &wanted);
    return wanted.value;
}

bool http_belongs_to(struct http_request *request, int64_t owner)
{
    return connection_belongs_to(exchange_of(request)->connection, owner);
}

static bool add_headers(struct MHD_Response *response, const struct http_reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value) != MHD_YES)
            return false;
    }
    return true;
}

/* False when the reply cannot be sent as it is: a line end in a header, a status that is none. */
static bool send_reply(struct exchange *exchange, const struct http_reply *reply, bool last)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(reply->body.len, (void *)reply->body.ptr,
                                                                    MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return false;
    bool good = add_headers(response, reply) &&
                (!last || MHD_add_response_header(response, "Connection", "close") == MHD_YES) &&
                MHD_queue_response(exchange->library, (unsigned)reply->status, response) == MHD_YES;
    MHD_destroy_response(response);
    if (good) {
        exchange->answered = true;
        connection_answering(exchange->connection, reply->body.len);
    }
    return good;
}

struct refusal {
    int status;
    const char *text;
};

/* Answers an error of the server's own and ends the connection. */
static void exchange_refuse(struct exchange *exchange, int status)
{
    static const struct refusal refusals[] = {
        {400, "Pieprasījums nav saprotams. Nekas nav saglabāts; atgriezieties un mēģiniet vēlreiz.\n"
              "The request cannot be understood. Nothing is saved; go back and try again.\n"},
        {405, "Šādu pieprasījumu nepieņem.\nThis kind of request is not accepted.\n"},
        {413, "Nosūtīts par daudz. Nekas nav saglabāts; atgriezieties un izvēlieties mazāku datni vai īsāku tekstu.\n"
              "Too much was sent. Nothing is saved; go back and choose a smaller file or a shorter text.\n"},
        {431, "Pieprasījuma galvene ir par garu.\nThe header of the request is too long.\n"},
        {500, "Radās kļūda. Nekas nav saglabāts; atgriezieties un mēģiniet vēlreiz.\n"
              "Something went wrong. Nothing is saved; go back and try again.\n"},
        {503, "Pašlaik ir pārāk daudz darba. Nekas nav saglabāts; pagaidiet minūti un mēģiniet vēlreiz.\n"
              "There is too much to do just now. Nothing is saved; wait a minute and try again.\n"},
    };
    const char *text = "";
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (refusals[i].status == status)
            text = refusals[i].text;
    }
    static const struct http_header_line headers[] = {
        {"Content-Type", "text/plain; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Allow", "GET, HEAD, POST"},
    };
    enum { HEADERS = sizeof headers / sizeof headers[0] };
    struct http_reply reply = {
        .status = status,
        .body = {(const uint8_t *)text, strlen(text)},
        .headers = headers,
        .header_count = status == 405 ? HEADERS : HEADERS - 1,
    };
    (void)send_reply(exchange, &reply, true);
}

void http_answer(struct http_request *request, const struct http_reply *reply)
{
    struct exchange *exchange = exchange_of(request);
    if (exchange->answered)
        BUG("a request is answered twice");
    if (reply->counted && reply->body.len > HTTP_BODY_LARGE) {
        struct http_server *server = exchange->thread->server;
        if (!room_take(&server->rooms.answers, reply->body.len, server->config.limits.bodies_max)) {
            exchange_refuse(exchange, 503);
            return;
        }
        exchange->sending = reply->body.len;
    }
    if (!send_reply(exchange, reply, exchange->thread->stopping || exchange->connection->last)) {
        (void)err_note(ERR_BROKEN, "a reply with status %d has a header that cannot be sent", reply->status);
        exchange_refuse(exchange, 500);
    }
}

void http_wait(struct http_request *request)
{
    struct exchange *exchange = exchange_of(request);
    if (exchange->waiting || exchange->answered)
        BUG("a request waits that already waits or is answered");
    exchange->waiting = true;
    exchange->thread->waiting++;
    connection_working(exchange->connection);
    MHD_suspend_connection(exchange->library);
}

/* The connection is resumed on its own thread, which cannot end the request, or itself, before it has had the lock. */
void http_continue(struct http_request *request, void (*next)(struct http_request *request))
{
    struct exchange *exchange = exchange_of(request);
    struct server_thread *thread = exchange->thread;
    (void)pthread_mutex_lock(&thread->lock);
    exchange->next = next;
    exchange->queue_next = NULL;
    *thread->queue_end = exchange;
    thread->queue_end = &exchange->queue_next;
    (void)eventfd_write(thread->wake_event, 1);
    (void)pthread_mutex_unlock(&thread->lock);
}

void exchange_resume_all(struct server_thread *thread)
{
    (void)pthread_mutex_lock(&thread->lock);
    struct exchange *exchange = thread->queue;
    thread->queue = NULL;
    thread->queue_end = &thread->queue;
    (void)pthread_mutex_unlock(&thread->lock);
    for (; exchange != NULL; exchange = exchange->queue_next)
        MHD_resume_connection(exchange->library);
}

static void stop_waiting(struct exchange *exchange)
{
    if (!exchange->waiting)
        return;
    exchange->waiting = false;
    exchange->thread->waiting--;
}

static struct arena *take_arena(struct server_thread *thread)
{
    struct arena *arena = thread->spare;
    thread->spare = NULL;
    return arena != NULL ? arena : arena_new(thread->server->config.limits.arena_max);
}

static void give_arena(struct server_thread *thread, struct arena *arena)
{
    if (thread->spare != NULL) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    thread->spare = arena;
}

static struct exchange *exchange_new(struct server_thread *thread, struct MHD_Connection *library)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->thread = thread;
    exchange->library = library;
    exchange->connection = connection_of(library);
    exchange->request.arena = take_arena(thread);
    exchange->request.thread = thread->number;
    exchange->body.server = thread->server;
    thread->running++;
    return exchange;
}

void exchange_completed(void *cls, struct MHD_Connection *library, void **context, enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)library;
    (void)code;
    struct exchange *exchange = *context;
    if (exchange == NULL)
        return;
    *context = NULL;
    stop_waiting(exchange);
    connection_idle(exchange->connection);
    (void)atomic_fetch_sub(&exchange->thread->server->rooms.answers, exchange->sending);
    give_arena(exchange->thread, exchange->request.arena);
    exchange->thread->running--;
    body_done(&exchange->body);
    free(exchange);
}

static int status_of(enum err result)
{
    if (result == ERR_LIMIT)
        return 413;
    return result == ERR_BUSY ? 503 : 400;
}

struct first_look {
    struct exchange *exchange;
    const char *address;
};

static enum err first_look_step(void *data)
{
    struct first_look *look = data;
    struct http_request *request = &look->exchange->request;
    request->path = arena_text(request->arena, look->address);
    request->content_type = arena_text(request->arena, http_header(request, "Content-Type"));
    return query_collect(request, look->exchange->library);
}

static enum http_method method_of(const char *name)
{
    static const char *const names[HTTP_OTHER] = {"GET", "HEAD", "POST"};
    enum http_method method = HTTP_GET;
    while (method < HTTP_OTHER && !text_same(name, names[method]))
        method++;
    return method;
}

struct lengths {
    unsigned given; /* lengths and codings */
    unsigned hosts;
    uint64_t length;
    bool bad;
};

/* The library takes "Content-Length :" for another name; a proxy may not. */
static bool is_header_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~");
    return len > 0 && name[len] == '\0';
}

/* The library adds a folded line to the name before it when there is no value yet; a proxy may unfold it. */
static bool goes_on(const char *name, const char *begin)
{
    size_t len = strlen(begin);
    return strncasecmp(name, begin, len) == 0 && name[len] != '\0';
}

static enum MHD_Result on_length(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct lengths *lengths = cls;
    if (!is_header_name(name) || goes_on(name, "Transfer-Encoding") || goes_on(name, "Content-Length"))
        lengths->bad = true;
    lengths->hosts += strcasecmp(name, "Host") == 0;
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        lengths->given++;
        lengths->bad = lengths->bad || value == NULL || strcasecmp(value, "chunked") != 0;
    }
    if (strcasecmp(name, "Content-Length") != 0)
        return MHD_YES;
    int64_t length = 0;
    lengths->given++;
    if (value == NULL || !text_to_int(value, &length) || length < 0)
        lengths->bad = true;
    else
        lengths->length = (uint64_t)length;
    return MHD_YES;
}

/* What can be refused before the body is read; 0: nothing. Two lengths are a trick to hide a second request from
 * a proxy. */
static int early_refusal(const struct exchange *exchange)
{
    const struct http_config *config = &exchange->thread->server->config;
    struct lengths lengths = {0};
    (void)MHD_get_connection_values(exchange->library, MHD_HEADER_KIND, on_length, &lengths);
    if (exchange->request.method == HTTP_OTHER)
        return 405;
    if (MHD_get_connection_info(exchange->library, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size >
        config->limits.header_max)
        return 431;
    if (exchange->connection->bad_address || exchange->request.path[0] != '/' || lengths.bad || lengths.given > 1 ||
        lengths.hosts > 1)
        return 400;
    return lengths.length > exchange->body_max ? 413 : 0;
}

static void begin(struct exchange *exchange, const char *address, const char *method)
{
    const struct http_config *config = &exchange->thread->server->config;
    struct http_request *request = &exchange->request;
    request->method = method_of(method);
    struct first_look look = {exchange, address};
    enum err result = arena_try(request->arena, first_look_step, &look);
    if (result != OK) {
        exchange_refuse(exchange, status_of(result));
        return;
    }
    peer_find(request, exchange->library, config->trust_proxy);
    exchange->body_max = config->body_max == NULL ? HTTP_BODY_LARGE
                                                  : config->body_max(request->method, request->path, config->data);
    connection_reading(exchange->connection);
    int status = early_refusal(exchange);
    if (status != 0)
        exchange_refuse(exchange, status);
}

/* Who sends a large body has to be known to take more than a small share of the room for them. */
static enum err gather(struct exchange *exchange, const char *data, size_t size)
{
    const struct http_config *config = &exchange->thread->server->config;
    struct body *body = &exchange->body;
    bool becomes_large = body->room <= HTTP_BODY_LARGE && body->len + size >= HTTP_BODY_LARGE;
    if (becomes_large)
        body->known = config->known == NULL || config->known(&exchange->request, config->data);
    return body_add(body, data, size);
}

/* The library cannot answer in the middle of a body. What is refused there is skipped to its end, if that comes
 * soon. */
static enum MHD_Result receive(struct exchange *exchange, const char *data, size_t size)
{
    exchange->received += size;
    if (exchange->failed == OK && exchange->received > exchange->body_max)
        exchange->failed = ERR_LIMIT;
    if (exchange->failed == OK)
        exchange->failed = gather(exchange, data, size);
    if (exchange->failed != OK)
        body_done(&exchange->body);
    if (exchange->received > exchange->body_max + SKIPPED_MAX)
        return MHD_NO;
    connection_received(exchange->connection, size);
    return MHD_YES;
}

static void complete(struct exchange *exchange)
{
    const struct http_config *config = &exchange->thread->server->config;
    exchange->complete = true;
    connection_working(exchange->connection);
    enum err result = exchange->failed;
    if (result == OK)
        result = body_parse(&exchange->request, exchange->library, &exchange->body);
    if (result == OK)
        config->handle(&exchange->request, config->data);
    else
        exchange_refuse(exchange, status_of(result));
}

static void go_on(struct exchange *exchange)
{
    stop_waiting(exchange);
    exchange->next(&exchange->request);
}

enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *library, const char *address, const char *method,
                                const char *version, const char *data, size_t *size, void **context)
{
    (void)version;
    struct exchange *exchange = *context;
    if (exchange == NULL) {
        exchange = exchange_new(cls, library);
        if (exchange == NULL)
            return MHD_NO;
        *context = exchange;
        begin(exchange, address, method);
        return MHD_YES;
    }
    if (*size > 0) {
        size_t given = *size;
        *size = 0;
        return receive(exchange, data, given);
    }
    if (exchange->complete)
        go_on(exchange);
    else
        complete(exchange);
    return exchange->answered || exchange->waiting ? MHD_YES : MHD_NO;
}
