/* Asking at the terminal, and colleagues who sign in there. */
#include "steer/office/office.h"

#include "base/time.h"
#include "platform/account/account.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool office_ask(struct office *office, const char *question, bool hidden, const char **out)
{
    char line[1024];
    struct termios before;
    bool terminal = hidden && tcgetattr(STDIN_FILENO, &before) == 0;
    (void)fprintf(stderr, "%s: ", question);
    if (terminal) {
        struct termios silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    bool got = fgets(line, sizeof line, stdin) != NULL;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        (void)fputc('\n', stderr);
    }
    if (got) {
        line[strcspn(line, "\r\n")] = '\0';
        *out = arena_text(office->arena, line);
    }
    explicit_bzero(line, sizeof line);
    return got;
}

enum err office_ask_new_password(struct office *office, const char *login, const char **out)
{
    const char *question = arena_format(office->arena, "Password for %s (at least 12 characters)", login);
    for (int attempts = 0; attempts < 3; attempts++) {
        if (!office_ask(office, question, true, out))
            break;
        if (account_password_check(*out))
            return OK;
        (void)office_say(ERR_INPUT, "that password is too short or too simple");
    }
    return office_say(ERR_INPUT, "no usable password was given");
}

/* ---- signing in at the terminal ---- */

struct entering {
    struct office *office;
    struct sign_in attempt;
};

static enum err finish(struct db *db, void *data)
{
    struct entering *entering = data;
    struct sign_in *attempt = &entering->attempt;
    TRY(account_sign_in_finish(db, entering->office->arena, attempt));
    return audit_add(db, &(struct audit){.org = attempt->org,
                                         .at = attempt->now,
                                         .account = attempt->account,
                                         .act = attempt->opened ? "terminal.sign_in" : "terminal.refused"});
}

static enum err look(struct store *store, struct entering *entering)
{
    struct db *db;
    struct account_org_first_row org;
    TRY(store_reader_open(store, &db));
    enum err result = account_org_first(db, entering->office->arena, &org);
    if (result == OK) {
        entering->attempt.org = org.org;
        result = account_sign_in_look(db, entering->office->arena, &entering->attempt);
    }
    store_reader_close(db);
    return result;
}

static enum err open_session(struct store *store, struct entering *entering, struct session **out)
{
    struct db *db;
    struct sign_in *attempt = &entering->attempt;
    TRY(store_reader_open(store, &db));
    enum err result = account_session_open(db, entering->office->arena, attempt->org, attempt->token, attempt->now, 1,
                                           out);
    store_reader_close(db);
    return result;
}

enum err office_sign_in(struct office *office, struct store *store, struct session **out)
{
    const char *login = office_option(office, "--as", NULL);
    struct entering entering = {.office = office, .attempt = {.login = login, .now = time_now()}};
    if (login == NULL)
        return office_say(ERR_INPUT, "say who you are: --as LOGIN");
    if (!office_ask(office, arena_format(office->arena, "Password of %s", login), true, &entering.attempt.password))
        return office_say(ERR_INPUT, "no password was given");
    TRY(look(store, &entering));
    TRY(account_sign_in_open(&entering.attempt));
    TRY(store_change(store, finish, &entering));
    if (!entering.attempt.opened)
        return office_say(ERR_DENIED,
                          "that login and password do not belong together, or the account is locked for now");
    TRY(open_session(store, &entering, out));
    return OK;
}

static enum err end(struct db *db, void *data)
{
    const struct session *who = data;
    return account_session_end(db, &(struct account_session_end_in){.org = who->org, .id = who->id});
}

enum err office_sign_out(struct store *store, struct session *who)
{
    enum err result = store_change(store, end, who);
    seal_wipe(&who->own, sizeof who->own);
    seal_wipe(&who->search, sizeof who->search);
    seal_wipe(&who->directory, sizeof who->directory);
    seal_wipe(who->teams, who->team_count * sizeof *who->teams);
    return result;
}
