/* What the serving process may still do once it has started: after that an intruder in it finds a process without rights, without other files,
 * without programs to start and without a way out, where the kernel can close these. Steps, in this order:
 *   sandbox_drop    root becomes the user that the data belongs to
 *   sandbox_files   Landlock: which files; before the first thread, for it binds the calling thread and those that come from it
 *   sandbox_calls   seccomp: which system calls; for all threads, when everything has started
 * The tables stand in files.c and calls.c, each line with its reason; what a new part of the program needs gets a line there.
 * docs/SECURITY.md says what this is worth. */
#ifndef AUSMA_PLATFORM_SANDBOX_SANDBOX_H
#define AUSMA_PLATFORM_SANDBOX_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sandbox_folder {
    const char *path; /* with all below it; NULL: none */
    bool write;       /* else reading only */
};

struct sandbox {
    const struct sandbox_folder *folders; /* of the installation */
    size_t folder_count;
    unsigned port; /* the only one that may still be bound */
    bool connects; /* to a database server, for mail or hooks */
    bool asks;     /* a service of this machine, over a socket in the file system */
};

/* Becomes `user` (NULL: whoever owns `folder`) when the process runs as root. ERR_INPUT (said in the log): there is no such user.
 * ERR_DENIED: it would still be root. Any other user stays what they are, unless `user` names somebody else: ERR_DENIED. */
MUST_USE enum err sandbox_drop(const char *user, const char *folder);

/* From here on no other files, no gain of rights, no core, no tracing. A kernel without Landlock is said in the log, and no error. */
MUST_USE enum err sandbox_files(const struct sandbox *sandbox);

/* From here on only the calls of the table, in all threads. A kernel without seccomp is said in the log, and no error. */
MUST_USE enum err sandbox_calls(const struct sandbox *sandbox);

/* Tries what an intruder would, in the calling thread, says what was refused, a line each, and counts what was not. */
size_t sandbox_prove(const struct sandbox *sandbox, FILE *to);

#endif
