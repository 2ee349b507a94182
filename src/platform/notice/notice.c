#include "platform/notice/notice.h"

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TRIES = 3,
    RETRY_MS = 60000,
    CONNECT_SECONDS = 10,
    SEND_SECONDS = 30,
    REMEMBERED = 256, /* of the latest notices, for the bound of each account */
    REFUSED_FOR_GOOD = 500,
};

struct waiting {
    char address[NOTICE_ADDRESS_MAX + 1];
    enum notice what;
    enum language language;
    int64_t at;
};

struct remembered {
    int64_t account;
    int64_t at; /* of the monotonic clock */
};

struct notice_queue {
    struct notice_server server;
    bool plain; /* the server is this machine itself: TLS is not asked for */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool closing;
    struct waiting waiting[NOTICE_WAITING_MAX]; /* a ring */
    size_t first;
    size_t count;
    struct remembered latest[REMEMBERED]; /* a ring */
    size_t next_latest;
};

/* ---- addresses ---- */

bool notice_address_check(const char *address)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    enum { LOCAL_MAX = 64 };
    const char *at = strchr(address, '@');
    if (at == NULL || at == address || at - address > LOCAL_MAX || strlen(address) > NOTICE_ADDRESS_MAX)
        return false;
    for (const char *c = address; c < at; c++) {
        if (strchr(letters, *c) == NULL && strchr(".!#$%&'*+/=?^_`{|}~-", *c) == NULL)
            return false;
    }
    const char *host = at + 1;
    size_t len = strlen(host);
    if (len == 0 || strspn(host, letters) == 0 || strchr(letters, host[len - 1]) == NULL || strstr(host, "..") != NULL)
        return false;
    for (const char *c = host; *c != '\0'; c++) {
        if (strchr(letters, *c) == NULL && *c != '.' && *c != '-')
            return false;
    }
    return true;
}

/* ---- one mail ---- */

static int stop_when_closing(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct notice_queue *queue = data;
    (void)a, (void)b, (void)c, (void)d;
    (void)pthread_mutex_lock(&queue->lock);
    bool closing = queue->closing;
    (void)pthread_mutex_unlock(&queue->lock);
    return closing;
}

/* Words outside ASCII as RFC 2047 wants them in a header; ours are short enough for one piece. */
static const char *header_words(struct arena *arena, const char *words)
{
    size_t room = sodium_base64_encoded_len(strlen(words), sodium_base64_VARIANT_ORIGINAL);
    char *coded = arena_alloc(arena, room);
    sodium_bin2base64(coded, room, (const unsigned char *)words, strlen(words), sodium_base64_VARIANT_ORIGINAL);
    return arena_format(arena, "=?UTF-8?B?%s?=", coded);
}

/* RFC 5322, 3.3, in UTC. */
static const char *header_date(struct arena *arena, int64_t at)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970-01-01 was a Thursday */
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil day = time_civil(at);
    return arena_format(arena, "%s, %02d %s %d %02d:%02d:%02d +0000", days[at / DAY_MS % 7], day.day,
                        months[day.month - 1], day.year, day.hour, day.minute, day.second);
}

static struct curl_slist *headers_of(struct arena *arena, const struct notice_queue *queue, const struct waiting *mail)
{
    static const enum word subjects[] = {W_notice_subject, W_notice_subject_away};
    uint8_t random[16];
    char number[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(number, sizeof number, random, sizeof random);
    const char *const lines[] = {
        arena_format(arena, "From: <%s>", queue->server.from),
        arena_format(arena, "To: <%s>", mail->address),
        arena_format(arena, "Subject: %s", header_words(arena, word(mail->language, subjects[mail->what]))),
        arena_format(arena, "Date: %s", header_date(arena, mail->at)),
        arena_format(arena, "Message-ID: <%s%s>", number, strchr(queue->server.from, '@')),
        "Auto-Submitted: auto-generated", /* RFC 3834: nobody's holiday answers it */
    };
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        list = curl_slist_append(list, lines[i]);
    return list;
}

static const char *text_of(struct arena *arena, const struct waiting *mail)
{
    static const enum word texts[] = {W_notice_signed_in, W_notice_away};
    const char *moment = moment_in_words(arena, mail->language, mail->at);
    return word_filled(arena, mail->language, texts[mail->what], "moment", moment, (const char *)NULL);
}

static void configure(CURL *curl, struct notice_queue *queue)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, queue->server.url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(queue->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_closing);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, queue);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, queue->server.from);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    if (queue->server.authorities != NULL) {
        struct curl_blob blob = {.data = (void *)(uintptr_t)queue->server.authorities,
                                 .len = strlen(queue->server.authorities),
                                 .flags = CURL_BLOB_NOCOPY};
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (queue->server.user != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, queue->server.user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, queue->server.password);
    }
}

/* False: it may go better later. */
static bool perform(CURL *curl)
{
    long answer = 0;
    CURLcode sent = curl_easy_perform(curl);
    if (sent == CURLE_OK)
        return true;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    (void)err_note(ERR_IO, "a notice was not sent (%s, %ld)", curl_easy_strerror(sent), answer);
    return answer >= REFUSED_FOR_GOOD;
}

static bool send_one(struct notice_queue *queue, const struct waiting *mail)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return false;
    struct arena *arena = arena_new((size_t)1 << 18);
    struct curl_slist *headers = headers_of(arena, queue, mail);
    struct curl_slist *to = curl_slist_append(NULL, mail->address);
    curl_mime *body = curl_mime_init(curl);
    curl_mimepart *part = curl_mime_addpart(body);
    (void)curl_mime_data(part, text_of(arena, mail), CURL_ZERO_TERMINATED);
    (void)curl_mime_type(part, "text/plain; charset=utf-8");
    (void)curl_mime_encoder(part, "base64");
    configure(curl, queue);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_MIMEPOST, body);
    bool done = perform(curl);
    curl_easy_cleanup(curl);
    curl_mime_free(body);
    curl_slist_free_all(to);
    curl_slist_free_all(headers);
    arena_free(arena);
    return done;
}

/* ---- the thread ---- */

/* Waits until the queue closes, for `ms` at most. With the lock. */
static void pause_for(struct notice_queue *queue, int64_t ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!queue->closing && pthread_cond_timedwait(&queue->wake, &queue->lock, &until) != ETIMEDOUT)
        continue;
}

/* Sends the first that waits. With the lock, which it lets go meanwhile. */
static void send_first(struct notice_queue *queue)
{
    struct waiting mail = queue->waiting[queue->first];
    sodium_memzero(&queue->waiting[queue->first], sizeof mail);
    queue->first = (queue->first + 1) % NOTICE_WAITING_MAX;
    queue->count--;
    bool done = false;
    for (int try = 0; try < TRIES && !done && !queue->closing; try++) {
        if (try > 0)
            pause_for(queue, queue->server.retry_ms == 0 ? RETRY_MS : queue->server.retry_ms);
        if (queue->closing)
            break;
        (void)pthread_mutex_unlock(&queue->lock);
        done = send_one(queue, &mail);
        (void)pthread_mutex_lock(&queue->lock);
    }
    sodium_memzero(&mail, sizeof mail);
}

static void *notice_main(void *data)
{
    struct notice_queue *queue = data;
    (void)pthread_mutex_lock(&queue->lock);
    while (!queue->closing) {
        if (queue->count > 0)
            send_first(queue);
        else
            (void)pthread_cond_wait(&queue->wake, &queue->lock);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return NULL;
}

/* Has this account had as many in the last hour as it may have? Remembers the one that is asked for otherwise. With the lock. */
static bool too_many(struct notice_queue *queue, int64_t account)
{
    int64_t now = time_monotonic();
    size_t lately = 0;
    for (size_t i = 0; i < REMEMBERED; i++) {
        const struct remembered *one = &queue->latest[i];
        lately += one->account == account && now - one->at < HOUR_MS;
    }
    if (lately >= NOTICE_HOURLY_MAX)
        return true;
    queue->latest[queue->next_latest] = (struct remembered){.account = account, .at = now};
    queue->next_latest = (queue->next_latest + 1) % REMEMBERED;
    return false;
}

void notice_tell(struct notice_queue *queue, enum notice what, int64_t account, const char *address,
                 enum language language, int64_t at)
{
    if (queue == NULL || !notice_address_check(address))
        return;
    (void)pthread_mutex_lock(&queue->lock);
    bool full = queue->count == NOTICE_WAITING_MAX;
    /* Who wants the mails to go elsewhere unseen must not be able to use up the bound first. */
    if (!full && (what == NOTICE_GOES_AWAY || !too_many(queue, account))) {
        struct waiting *place = &queue->waiting[(queue->first + queue->count) % NOTICE_WAITING_MAX];
        *place = (struct waiting){.what = what, .language = language, .at = at};
        memcpy(place->address, address, strlen(address) + 1);
        queue->count++;
        (void)pthread_cond_signal(&queue->wake);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (full)
        (void)err_note(ERR_BUSY, "too many notices wait for the mail server; one was given up");
}

/* ---- open and close ---- */

/* Is the address of the server one that we take, and is it this machine itself? */
static bool url_read(const char *url, bool *plain)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    bool good = parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                (text_same(scheme, "smtp") || text_same(scheme, "smtps"));
    if (good)
        *plain = text_same(scheme, "smtp") &&
                 (text_same(host, "localhost") || text_same(host, "127.0.0.1") || text_same(host, "[::1]"));
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return good;
}

/* Signals are for the main thread. */
static bool start(struct notice_queue *queue)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&queue->thread, NULL, notice_main, queue) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void discard(struct notice_queue *queue)
{
    (void)pthread_cond_destroy(&queue->wake);
    (void)pthread_mutex_destroy(&queue->lock);
    sodium_memzero(queue, sizeof *queue);
    free(queue);
    curl_global_cleanup();
}

enum err notice_open(const struct notice_server *server, struct notice_queue **out)
{
    bool plain = false;
    if (server->from == NULL || !notice_address_check(server->from))
        return err_note(ERR_INPUT, "mail_from is no address that mail can come from");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_note(ERR_IO, "the library for mail does not start");
    struct notice_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL || !url_read(server->url, &plain)) {
        free(queue);
        curl_global_cleanup();
        return err_note(ERR_INPUT, "mail_url is not the address of a mail server, as smtps://mail.example.org");
    }
    queue->server = *server;
    queue->plain = plain;
    (void)pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_t clock;
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&queue->wake, &clock);
    (void)pthread_condattr_destroy(&clock);
    if (!start(queue)) {
        discard(queue);
        return err_note(ERR_BUSY, "no thread for the notices");
    }
    *out = queue;
    return OK;
}

void notice_close(struct notice_queue *queue)
{
    if (queue == NULL)
        return;
    (void)pthread_mutex_lock(&queue->lock);
    queue->closing = true;
    (void)pthread_cond_broadcast(&queue->wake);
    (void)pthread_mutex_unlock(&queue->lock);
    (void)pthread_join(queue->thread, NULL);
    discard(queue);
}
