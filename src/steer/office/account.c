/* ausma account add: a colleague lets another one in, because only they can hand on the keys. */
#include "steer/office/office.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/account/account.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "platform/gate/gate.h"

#include <stdio.h>
#include <string.h>

struct adding {
    struct office *office;
    struct store *store;
    struct session *who;
    struct account_new account;
    int64_t id;
    size_t teams; /* joined */
};

/* The colleague's teams, or the one that --team names. */
static enum err join(struct db *db, struct adding *adding, const struct seal_key *public_half)
{
    struct arena *arena = adding->office->arena;
    const char *wanted = office_option(adding->office, "--team", NULL);
    struct account_team_list_row *rows;
    size_t count;
    TRY(account_team_list(db, arena, &(struct account_team_list_in){.org = adding->who->org}, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct team_keys *keys = session_team(adding->who, rows[i].id);
        if (keys == NULL || (wanted != NULL && !text_same(wanted, rows[i].name)))
            continue;
        TRY(account_join(db, arena, adding->who->org, adding->id, public_half, keys));
        adding->teams++;
    }
    return adding->teams > 0 ? OK : ERR_NOT_FOUND;
}

static bool sees_people(enum role role)
{
    return role_may(role, CAP_CASE_FIND) || role_may(role, CAP_REFERRAL_ANSWER);
}

static enum err add(struct db *db, void *data)
{
    struct adding *adding = data;
    struct seal_pair pair;
    int64_t now = time_now();
    TRY(account_add(db, adding->office->arena, adding->who->org, &adding->who->directory, &adding->account, now,
                    &adding->id, &pair));
    enum err joined = sees_people(adding->account.role) ? join(db, adding, &pair.public_half) : OK;
    if (joined == OK)
        joined = account_join_emergency(db, adding->office->arena, adding->who->org, adding->id, adding->account.role,
                                        &pair.public_half, &adding->who->emergency);
    seal_wipe(&pair, sizeof pair);
    TRY(joined);
    return audit_add(db, &(struct audit){.org = adding->who->org,
                                         .at = now,
                                         .account = adding->who->account,
                                         .act = "account.add",
                                         .subject = adding->id});
}

/* Everything but the password. */
static enum err read_options(struct office *office, struct account_new *out)
{
    const char *role = office_option(office, "--role", NULL);
    out->login = office->count == 2 && text_same(office->words[0], "add") ? office->words[1] : NULL;
    out->name = office_option(office, "--name", NULL);
    out->language = office_option(office, "--language", "lv");
    if (out->login == NULL || !account_login_check(out->login))
        return office_say(ERR_INPUT, "give a login of small letters, digits, dots and dashes: ausma account add LOGIN "
                                     "--name NAME --role ROLE --as COLLEAGUE");
    if (text_empty(out->name) || text_length(out->name) > 100 || !text_check(out->name, strlen(out->name)))
        return office_say(ERR_INPUT, "--name takes the person's name as colleagues know it, at most 100 characters");
    if (role == NULL || !role_of(role, &out->role))
        return office_say(ERR_INPUT, "--role takes one of: case_manager, team_member, intake, programme_manager, "
                                     "administrator, auditor, outside_specialist");
    if (!text_same(out->language, "lv") && !text_same(out->language, "en"))
        return office_say(ERR_INPUT, "--language takes lv or en");
    return OK;
}

static enum err add_signed_in(struct adding *adding)
{
    TRY(office_ask_new_password(adding->office, adding->account.login, &adding->account.password));
    enum err result = store_change(adding->store, add, adding);
    if (result == ERR_CONFLICT)
        return office_say(result, "the login %s is taken", adding->account.login);
    if (result == ERR_NOT_FOUND)
        return office_say(result,
                          "somebody who sees people needs a team, and you can only hand on the keys of your own teams");
    TRY(result);
    (void)printf("Made. %s may sign in; teams joined: %zu\n", adding->account.login, adding->teams);
    return OK;
}

enum err office_account(struct office *office)
{
    struct adding adding = {.office = office};
    TRY(read_options(office, &adding.account));
    TRY(office_open(office, false, &adding.store));
    enum err result = office_sign_in(office, adding.store, &adding.who);
    if (result == OK) {
        result = add_signed_in(&adding);
        enum err out = office_sign_out(adding.store, adding.who);
        if (result == OK)
            result = out;
    }
    store_close(adding.store);
    return result;
}
