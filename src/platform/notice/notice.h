/* Notices by mail that tell nothing but that something happened and when: no name, no login, no address of ours, no link, not even
 * what the program is for, because somebody else may read the mailbox.
 *
 * A queue with a thread of its own sends them (libcurl), bounded in number and time; what cannot be sent is given up and noted, for no
 * sign-in waits for a mail server. The queue lives in memory: a notice that was not sent when the process ends is lost. */
#ifndef AUSMA_PLATFORM_NOTICE_NOTICE_H
#define AUSMA_PLATFORM_NOTICE_NOTICE_H

#include "base/err.h"
#include "platform/i18n/i18n.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    NOTICE_ADDRESS_MAX = 254, /* characters of an address: RFC 5321, 4.5.3.1.3 */
    NOTICE_WAITING_MAX = 64,  /* further ones are given up */
    NOTICE_HOURLY_MAX =
        5, /* for one account, so that nobody's mailbox is filled by somebody who signs in again and again */
};

/* Texts live as long as the queue. */
struct notice_server {
    /* "smtps://mail.example.org" or "smtp://mail.example.org:587": TLS is a must but to this machine itself. */
    const char *url;
    const char *from; /* whom the notices come from */
    const char *user; /* NULL: without signing in */
    const char *password;
    /* Certificates (PEM) one of which must stand behind the server's; NULL: those of the system. */
    const char *authorities;
    int64_t retry_ms; /* how long it waits before it tries again; 0: a minute */
};

struct notice_queue;

/* ERR_INPUT (noted): the settings cannot be right. Call it before there are other threads. */
MUST_USE enum err notice_open(const struct notice_server *server, struct notice_queue **out);
/* Gives up what waits. NULL is fine. */
void notice_close(struct notice_queue *queue);

enum notice {
    NOTICE_SIGNED_IN, /* from a browser that was not known */
    NOTICE_GOES_AWAY, /* notices go to another address from now on, or to none: told to the one they went to */
};
/* This happened to the account at that moment. Copies the address; never waits. NULL as queue: nothing happens. */
void notice_tell(struct notice_queue *queue, enum notice what, int64_t account, const char *address,
                 enum language language, int64_t at);

/* A plain address of one mailbox, as can go into an envelope: "a.b+c@example.org". */
bool notice_address_check(const char *address);

#endif
