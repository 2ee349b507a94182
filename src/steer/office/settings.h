/* How the server runs: from ausma.yaml in the data folder when there is one, with the command line's options over it.
 * docs/HACKING.md and the example in packaging/ausma.yaml name every setting. */
#ifndef AUSMA_STEER_OFFICE_SETTINGS_H
#define AUSMA_STEER_OFFICE_SETTINGS_H

#include "steer/office/office.h"

/* 0 and NULL: the program's own default. */
struct settings {
    char *address;         /* "127.0.0.1" */
    unsigned port;         /* 8420 */
    unsigned threads;      /* one a core */
    bool trust_proxy;      /* take the peer's address from X-Forwarded-For */
    bool plain_cookie;     /* served without TLS */
    unsigned idle_minutes; /* a session ends after this without a request */
    char *timezone;        /* NULL: the programme's, or the machine's */
    char *exit_address;    /* where "leave this page" goes */
    char *database;        /* a path or "postgresql://..."; NULL: ausma.db in the data folder */
    char *user;            /* whom root becomes before serving; NULL: the owner of the data folder */
    bool allow_root;       /* root stays root: only where everything belongs to root, as in a container for tests */
    bool no_sandbox;       /* to find out whether the sandbox is in the way of something */
    char *backup_dir;      /* where backups go; NULL: none are made */
    unsigned backup_hours; /* between two of them */
    unsigned backup_daily; /* how many are kept: one a day, a week, a month */
    unsigned backup_weekly;
    unsigned backup_monthly;
    char *mail_url;  /* the server that notices go through, "smtps://mail.example.org"; NULL: none are sent */
    char *mail_from; /* whom they come from */
    char *mail_user; /* NULL: the server asks for none */
    char *mail_password_file;
    char *mail_authorities_file; /* certificates that its own must stand on; NULL: the system's */
    unsigned file_max;           /* bytes of a file that is given as an answer; 10 MiB */
    char *scan_address;          /* of the virus scanner that looks at such files first; NULL: none */
    bool scan_local;             /* found out: it is a socket in the file system */
    unsigned header_max;         /* the limits of http.h */
    unsigned connections;
    unsigned connections_per_address;
    unsigned connections_per_account;
    unsigned idle_seconds;
    unsigned header_seconds;
    unsigned body_rate;
    unsigned bodies_memory;
    unsigned request_memory;
};

/* ERR_INPUT: said, with file, line and cause. In the arena of the office. */
MUST_USE enum err office_settings(struct office *office, struct settings *out);

#endif
