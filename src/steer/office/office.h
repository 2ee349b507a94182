/* The commands of the command line that run an installation: make it, add accounts, serve it. */
#ifndef AUSMA_STEER_OFFICE_OFFICE_H
#define AUSMA_STEER_OFFICE_OFFICE_H

#include "base/arena.h"
#include "platform/store/store.h"

#define OFFICE_VERSION "0.1.0"

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

/* Opens the installation's store ("ausma.db" in the data folder, or DATABASE). */
MUST_USE enum err office_open(struct office *office, bool create, struct store **out);

/* Loads the programme's pack: "programmes/base" in the share folder, or the one that --programme names. */
MUST_USE enum err office_pack(const struct office *office);

/* Asks for a new password for `login` until it is good enough, three times at most. */
MUST_USE enum err office_ask_new_password(struct office *office, const char *login, const char **out);

/* Asks for the password of the colleague whom --as names, and opens their keys. A terminal has no cookie: the session ends with
 * `office_sign_out`. */
struct session;
MUST_USE enum err office_sign_in(struct office *office, struct store *store, struct session **out);
MUST_USE enum err office_sign_out(struct store *store, struct session *who);

/* How far something long is: a bar that moves at a terminal, a line every ten seconds elsewhere. `done` reaches `total` once. */
struct office_progress {
    const char *what; /* "cases" */
    int64_t total, began, said;
};
void office_progress_begin(struct office_progress *progress, const char *what, int64_t total);
void office_progress(struct office_progress *progress, int64_t done);

/* Sets up what all commands need, runs one, and gives the exit code. */
int office_run(const struct command *command, int argc, char **argv);

enum err office_serve(struct office *office);
enum err office_init(struct office *office);
enum err office_account(struct office *office);

#endif
