/* What the parts of the HTTP server share: its threads, their connections, and the exchange (request and answer) on
 * each. */
#ifndef AUSMA_PLATFORM_HTTP_INTERNAL_H
#define AUSMA_PLATFORM_HTTP_INTERNAL_H

#include "platform/http/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum {
    FIELDS_MAX = 5000,
    NAME_MAX_LENGTH = 200,
    TICK_MS = 250 /* how often deadlines are looked at */
};

struct server_thread {
    struct http_server *server;
    unsigned number;
    int listening; /* -1 once closed */
    struct MHD_Daemon *daemon;
    struct connection *connections;
    struct arena *spare; /* an arena for the next request */
    int wake_event;
    pthread_mutex_t lock; /* of the queue: requests that another thread has let go on, the oldest first */
    struct exchange *queue, **queue_end;
    unsigned running; /* requests begun and not yet ended */
    unsigned waiting; /* of these, the suspended */
    bool stopping;
    int64_t stop_at, tick_at;
    pthread_t handle;
    sem_t started;
    enum err result; /* of the start */
};

/* Bytes that bodies take at the moment: all, the large ones among them, and those of strangers among the large. */
struct body_room {
    atomic_size_t all, large, strange;
    atomic_size_t answers; /* large ones that are being sent */
};

struct http_server {
    struct http_config config;
    unsigned port;
    int stop_event;
    atomic_uint stop_seconds;
    struct body_room rooms;
    unsigned thread_count;
    struct server_thread threads[];
};

/* What one of so many threads may have of a limit. */
unsigned server_share(unsigned total, unsigned threads);

/* A connection is idle between requests, or has a moment by which it must have got on. */
enum connection_phase { CONNECTION_IDLE, CONNECTION_HEADERS, CONNECTION_BODY, CONNECTION_WORK, CONNECTION_ANSWER };

struct connection {
    struct server_thread *thread;
    struct connection *next, *previous;
    int fd;
    enum connection_phase phase;
    int64_t deadline;    /* monotonic; counts in every phase but IDLE and WORK */
    uint64_t idle_bytes; /* received when it was first seen idle */
    bool idle_seen;
    int64_t owner;    /* 0: nobody has said */
    bool last;        /* ends with this answer */
    bool bad_address; /* of the request being read: a NUL hides in it */
};

/* Callbacks and steps of connection.c */
void connection_notify(void *cls, struct MHD_Connection *library, void **socket_context,
                       enum MHD_ConnectionNotificationCode code);
void *connection_request_line(void *cls, const char *address, struct MHD_Connection *library);
struct connection *connection_of(struct MHD_Connection *library);
/* A body begins; a piece of it came. */
void connection_reading(struct connection *connection);
void connection_received(struct connection *connection, size_t size);
void connection_working(struct connection *connection);
void connection_answering(struct connection *connection, size_t size);
void connection_idle(struct connection *connection);
/* See http_belongs_to. */
bool connection_belongs_to(struct connection *connection, int64_t owner);
/* Closes the connections of a thread whose deadline has passed. */
void connection_tick(struct server_thread *thread, int64_t now);

/* Takes so much, unless it is more than `most` in all. */
bool room_take(atomic_size_t *taken, size_t room, size_t most);

/* A body as it arrives, outside of the arena, so that a file is not in it twice. Wiped and freed by `body_done`. */
struct body {
    uint8_t *ptr;
    size_t len, room;
    struct http_server *server; /* whose room it takes; NULL: nobody counts it */
    bool known;                 /* http_config.known, once it is large */
};

MUST_USE enum err body_add(struct body *body, const void *ptr, size_t len);
void body_done(struct body *body);
/* The fields of a form body, or the raw body. ERR_INPUT: malformed; ERR_LIMIT: too much. */
MUST_USE enum err body_parse(struct http_request *request, struct MHD_Connection *library, const struct body *body);
MUST_USE enum err query_collect(struct http_request *request, struct MHD_Connection *library);

struct exchange {
    struct http_request request; /* the first: the public face */
    struct server_thread *thread;
    struct connection *connection;
    struct MHD_Connection *library;
    struct body body;
    size_t body_max;
    size_t received; /* of the body, skipped bytes too */
    size_t sending;  /* what its answer takes of the room for answers */
    enum err failed; /* the body cannot be taken; what is left of it is skipped */
    bool complete;   /* the whole request is here */
    bool waiting;
    bool answered;
    void (*next)(struct http_request *request);
    struct exchange *queue_next;
};

/* The library's two callbacks, in exchange.c */
enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *library, const char *address, const char *method,
                                const char *version, const char *data, size_t *size, void **context);
void exchange_completed(void *cls, struct MHD_Connection *library, void **context,
                        enum MHD_RequestTerminationCode code);
/* Resumes the connections of all requests in the thread's queue. */
void exchange_resume_all(struct server_thread *thread);

/* The address of the other side as text, from the proxy's header when it is trusted. */
void peer_find(struct http_request *request, struct MHD_Connection *library, bool trust_proxy);

#endif
