/* The commands of the command line that run an installation: make it, add accounts, serve it. */
#ifndef AUSMA_STEER_OFFICE_OFFICE_H
#define AUSMA_STEER_OFFICE_OFFICE_H

#include "base/arena.h"
#include "platform/recovery/recovery.h"
#include "platform/store/store.h"

/* A command's surroundings: its words and options. Lives as long as the command. */
struct office {
    struct arena *arena;
    int count; /* words that are no options */
    char **words;
    char **options; /* "--name", value, ... as given */
    int option_count;
    const char *data;  /* the folder of the installation (--data, DATA, or "data") */
    const char *share; /* the folder that holds programmes/ (--share, AUSMA_SHARE, or /usr/share/ausma) */
};

struct command {
    const char *name;
    const char *help;
    enum err (*run)(struct office *office);
};

/* The value of an option, or `otherwise`. A lone option such as --plain-cookie has the value "yes". */
const char *office_option(const struct office *office, const char *name, const char *otherwise);
int64_t office_number(const struct office *office, const char *name, int64_t otherwise);

/* Says what went wrong, for a person at the terminal. Returns `code`. */
enum err office_say(enum err code, const char *format, ...) PRINTF_LIKE(2, 3);

/* Where the data is: --database, DATABASE, `database` of ausma.yaml, or "ausma.db" in the data folder. It may hold a password, so it is
 * never said. */
MUST_USE enum err office_database(struct office *office, const char **out);
/* Where that is, for people: "the database", or the folder. */
const char *office_place(struct office *office);
/* Opens the installation's store there. */
MUST_USE enum err office_open(struct office *office, bool create, struct store **out);

/* In the change that makes an installation, so that of two that begin at once one is made. ERR_CONFLICT: said. */
MUST_USE enum err office_nobody_there(struct office *office, struct db *db);

/* Loads the programme's pack: "programmes/base" in the share folder, or the one that --programme names. */
MUST_USE enum err office_pack(struct office *office);

/* Reads one line from the terminal; `hidden` without echo. False at the end of input. */
bool office_ask(struct office *office, const char *question, bool hidden, const char **out);

/* Asks for a new password for `login` until it is good enough, three times at most. */
MUST_USE enum err office_ask_new_password(struct office *office, const char *login, const char **out);

/* Asks for the password of the colleague whom --as names, and opens their keys. A terminal has no cookie: the session ends with
 * `office_sign_out`. */
struct session;
MUST_USE enum err office_sign_in(struct office *office, struct store *store, struct session **out);
MUST_USE enum err office_sign_out(struct store *store, struct session *who);

/* --shares N --needed M. ERR_INPUT: said. */
MUST_USE enum err office_plan(const struct office *office, struct recovery_plan usual, struct recovery_plan *out);
/* Writes the shares as PDF (--shares-pdf FILE, or ausma-shares.pdf here) or as lines of words (--shares-text FILE, "-" for standard
 * output); `path` gets where they are, NULL for standard output. Never over a file that is there. */
MUST_USE enum err office_shares_write(struct office *office, const char *organisation, const struct recovery_made *made,
                                      const char **path);
void office_shares_tell(const char *path, struct recovery_plan plan);
/* Asks for as many shares as the first one says are needed. `shares` has room for RECOVERY_SHARES_MAX. */
MUST_USE enum err office_ask_shares(struct office *office, struct recovery_share *shares, size_t *count);

/* How far something long is: a bar that moves at a terminal, a line every ten seconds elsewhere. `done` reaches `total` once. */
struct office_progress {
    const char *what; /* "cases" */
    int64_t total, began, said;
};
void office_progress_begin(struct office_progress *progress, const char *what, int64_t total);
void office_progress(struct office_progress *progress, int64_t done);

/* Sets up what all commands need, runs one, and gives the exit code. */
int office_run(const struct command *command, int argc, char **argv);

/* The key with which this process signs checkpoints: signing.key in the data folder, made when there is none. */
struct audit_signer;
MUST_USE enum err office_signer(struct office *office, struct audit_signer *out);

enum err office_serve(struct office *office);
enum err office_verify(struct office *office);
enum err office_checkpoint(struct office *office);
enum err office_init(struct office *office);
enum err office_copy(struct office *office);
enum err office_account(struct office *office);
enum err office_backup(struct office *office);
enum err office_restore(struct office *office);
enum err office_recover(struct office *office);

#endif
