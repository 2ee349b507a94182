/* The HTTP server: libmicrohttpd, one daemon with an external loop per core (DESIGN 7 and 9), with the limits it lacks.
 * It knows nothing of pages: it collects a whole request, hands it to one handler, and sends one answer.
 *
 * Threads: the handler runs on the thread of the connection's daemon. It must not block. To wait for another thread it
 * calls `http_wait`; that thread ends with `http_continue`, which runs `next` on the connection's own thread. */
#ifndef AUSMA_PLATFORM_HTTP_HTTP_H
#define AUSMA_PLATFORM_HTTP_HTTP_H

#include "base/arena.h"

#include <stdbool.h>

enum { HTTP_BODY_LARGE = 64 * 1024 };

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

/* A name and value from the query or the body. A file has a file name (may be "") and a type. Values end with NUL (not
 * counted). Nothing is checked yet: any bytes may stand here. */
struct http_field {
    const char *name;
    struct bytes value;
    const char *file_name; /* NULL: not a file */
    const char *type;      /* NULL or the part's content type */
};

struct http_request {
    struct arena *arena; /* of this request; freed after the answer is sent */
    enum http_method method;
    const char *path; /* decoded, starts with '/', no NUL */
    struct http_field *query;
    size_t query_count;
    struct http_field *body; /* urlencoded or multipart fields, in order */
    size_t body_count;
    struct bytes raw_body;    /* any other content type */
    const char *content_type; /* NULL: none */
    char peer[48];            /* the address of the other side, from the trusted proxy header when configured */
    unsigned thread;          /* 0..threads-1 of the daemon it came on */
    void *user;               /* the handler's own */
};

/* A request header (case-insensitive), the first of that name; NULL when absent. */
const char *http_header(const struct http_request *request, const char *name);
/* A cookie by its exact name, letter case too, the first of that name; NULL when absent. */
const char *http_cookie(const struct http_request *request, const char *name);

/* Says whose connection this is (an account's id, not 0), on the connection's thread. False when they have more than
 * `connections_per_owner`: the caller answers that there is too much at once, and the connection ends with that answer. Behind a
 * trusted proxy, which shares its connections out among all, only those at work count. */
bool http_belongs_to(struct http_request *request, int64_t owner);

struct http_header_line {
    const char *name;
    const char *value;
};

struct http_reply {
    int status;
    struct bytes body; /* in the request's arena or static; not copied */
    const struct http_header_line *headers;
    size_t header_count;
    /* A large body takes memory until it is sent: it counts against a room as large as bodies_max, and is 503 where it does not fit. */
    bool counted;
};

/* Answers now; on the connection's thread, once per request. HEAD sends no body. */
void http_answer(struct http_request *request, const struct http_reply *reply);
/* Puts the connection to sleep; on the connection's thread, before another thread is told about the request. */
void http_wait(struct http_request *request);
/* From any thread: wakes the connection; `next` runs on its own thread, and answers or waits again. When the client
 * has left meanwhile, `next` may not run: the request just ends, and what was given to `arena_defer` is closed. Once
 * only for each wait; afterwards the caller does not touch the request. */
void http_continue(struct http_request *request, void (*next)(struct http_request *request));

struct http_limits {                  /* 0 takes the default in brackets */
    size_t header_max;                /* bytes of all headers [16 KiB] */
    unsigned connections;             /* in all [4096], shared out evenly among the threads */
    unsigned connections_per_address; /* [512]: a shelter has one address; shared out too; not behind a trusted proxy */
    unsigned connections_per_owner;   /* [64]: of one account, see http_belongs_to; shared out too */
    unsigned idle_seconds;            /* [30] */
    unsigned header_seconds;          /* from the first byte, or from the connection, to the end of the headers [10] */
    /* Least bytes a second, averaged, after a grace of header_seconds, both ways [500]; 16 times as much of a large answer. */
    unsigned body_rate;
    unsigned body_ahead; /* seconds of standing still that a fast beginning of a body buys at most [60] */
    /* Bytes of all bodies that are being received at once; more get 503 [128 MiB]. Large ones (HTTP_BODY_LARGE) have three quarters of it,
     * of these strangers' a quarter of it: neither keeps the small forms of everybody out, nor strangers the large ones of who is known.
     * Large answers that are being sent have as much again. */
    size_t bodies_max;
    size_t arena_max; /* what one request may use [24 MiB] */
};

struct http_config {
    const char *address; /* "127.0.0.1" */
    unsigned port;       /* 0: any free one, see http_port */
    unsigned threads;    /* 0: one a core */
    bool trust_proxy;    /* take the peer from the last X-Forwarded-For entry */
    struct http_limits limits;
    void (*handle)(struct http_request *request, void *data);
    /* The largest body this request may have; larger ones get 413 unread. NULL: 64 KiB. */
    size_t (*body_max)(enum http_method method, const char *path, void *data);
    /* Is whoever sends this known? Asked once, on the connection's thread, when a body becomes large; the path, the query and the headers are
     * there. What it uses of the arena stays in use. NULL: everybody is. */
    bool (*known)(struct http_request *request, void *data);
    /* Each thread's begin and end (for its database connection); may be NULL. */
    enum err (*thread_start)(unsigned thread, void *data);
    void (*thread_stop)(unsigned thread, void *data);
    void *data; /* given to the five above */
};

struct http_server;
/* Starts serving. ERR_CONFLICT: the port is taken. */
MUST_USE enum err http_start(const struct http_config *config, struct http_server **out);
unsigned http_port(const struct http_server *server);
/* Stops taking connections, lets what runs finish (at most `seconds`), and frees all. A request that waits for
 * another thread is awaited even longer, for that thread holds it. */
void http_stop(struct http_server *server, unsigned seconds);

#endif
