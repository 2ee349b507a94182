/* ausma recover: the recovery ceremony at the server, when nobody who could begin it gets in any more. */
#include "steer/ceremony/ceremony.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "steer/office/office.h"

#include <stdio.h>

struct recovering {
    struct office *office;
    int64_t org;
    const char *name; /* the organisation's */
    struct ceremony_aim aim;
    struct account_reset reset;
    struct recovery_status status;
    struct seal_pair pair;
    const char *path; /* of new shares */
};

static enum err account_by_login(struct db *db, struct recovering *recovering, const char *login, int64_t *out)
{
    struct account_user_by_login_row user;
    enum err found = account_user_by_login(
        db, recovering->office->arena,
        &(struct account_user_by_login_in){.org = recovering->org, .login = login, .now = 0}, &user);
    if (found == ERR_NOT_FOUND)
        return office_say(found, "there is no account %s", login);
    TRY(found);
    *out = user.id;
    return OK;
}

static enum err team_by_name(struct db *db, struct recovering *recovering, const char *name)
{
    struct account_team_list_row *rows;
    size_t count;
    TRY(account_team_list(db, recovering->office->arena, &(struct account_team_list_in){.org = recovering->org}, &rows,
                          &count));
    for (size_t i = 0; i < count; i++) {
        if (text_same(rows[i].name, name))
            recovering->aim.team = rows[i].id;
    }
    return recovering->aim.team != 0 ? OK : office_say(ERR_NOT_FOUND, "there is no team %s", name);
}

static enum err read_aim(struct db *db, struct recovering *recovering)
{
    const struct office *office = recovering->office;
    const char *account = office_option(office, "--account", NULL);
    const char *team = office_option(office, "--team", NULL);
    const char *to = office_option(office, "--to", NULL);
    struct ceremony_aim *aim = &recovering->aim;
    if (account != NULL) {
        aim->purpose = "access";
        aim->factors = office_option(office, "--forget-second-factor", NULL) != NULL;
        return account_by_login(db, recovering, account, &aim->account);
    }
    if (team != NULL && to != NULL) {
        aim->purpose = "team";
        TRY(team_by_name(db, recovering, team));
        return account_by_login(db, recovering, to, &aim->account);
    }
    if (office_option(office, "--new-shares", NULL) != NULL) {
        aim->purpose = "renew";
        return office_plan(office, recovering->status.plan, &aim->plan);
    }
    return office_say(ERR_INPUT, "say what for: --account LOGIN [--forget-second-factor], --team NAME --to LOGIN, or "
                                 "--new-shares [--shares N] [--needed M]");
}

static enum err look(struct store *store, struct recovering *recovering)
{
    struct db *db;
    struct account_org_first_row org;
    TRY(store_reader_open(store, &db));
    enum err result = account_org_first(db, recovering->office->arena, &org);
    if (result == OK) {
        recovering->org = org.org;
        recovering->name = org.name;
        result = recovery_status(db, recovering->office->arena, org.org, &recovering->status);
    }
    if (result == OK && recovering->status.key == 0)
        result = office_say(ERR_NOT_FOUND, "this installation has no recovery key");
    if (result == OK)
        result = read_aim(db, recovering);
    store_reader_close(db);
    return result;
}

/* The first share that is not one of the key's, said by its number. */
static enum err check_shares(struct store *store, struct recovering *recovering, const struct recovery_share *shares,
                             size_t count)
{
    static const char *const WHY[] = {
        [MATCH_FINE] = "",
        [MATCH_OLD] = "is void: new shares were made since",
        [MATCH_OTHER] = "belongs to another key",
        [MATCH_WRONG] = "is not as it was printed",
    };
    struct db *db;
    enum share_match match = MATCH_FINE;
    enum err result = store_reader_open(store, &db);
    for (size_t i = 0; i < count && result == OK; i++) {
        result = recovery_match(db, recovering->office->arena, recovering->org, &shares[i], &match);
        if (result == OK && match != MATCH_FINE)
            result = office_say(ERR_INPUT, "share %u %s", shares[i].number, WHY[match]);
    }
    store_reader_close(db);
    return result;
}

static enum err refused(struct db *db, void *data)
{
    const struct recovering *recovering = data;
    return audit_add(db, &(struct audit){.org = recovering->org, .at = time_now(), .act = "recovery.terminal_refused"});
}

static enum err gather(struct store *store, struct recovering *recovering)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    size_t count;
    TRY(office_ask_shares(recovering->office, shares, &count));
    enum err result = check_shares(store, recovering, shares, count);
    if (result == OK)
        result = recovery_combine(shares, count, &recovering->status.public_half, &recovering->pair);
    seal_wipe(shares, sizeof shares);
    if (result == ERR_BROKEN)
        result = office_say(ERR_INPUT, "these shares do not give the recovery key");
    if (result != OK && store_change(store, refused, recovering) != OK)
        return office_say(ERR_IO, "this could not be written down");
    return result;
}

static enum err renew(struct db *db, struct recovering *recovering, int64_t now)
{
    struct recovery_made made;
    struct arena *arena = recovering->office->arena;
    TRY(recovery_renew_now(db, arena, recovering->org, &recovering->pair, recovering->aim.plan, now, &made));
    enum err result = office_shares_write(recovering->office, recovering->name, &made, &recovering->path);
    seal_wipe(&made, sizeof made);
    return result;
}

static enum err give(struct db *db, struct recovering *recovering, int64_t now)
{
    enum err result = ceremony_give(db, recovering->office->arena, recovering->org, &recovering->pair, &recovering->aim,
                                    &recovering->reset, now);
    return result == ERR_DENIED ? office_say(result, "the role of %s sees no cases: a team's keys are not for it",
                                             office_option(recovering->office, "--to", ""))
                                : result;
}

static enum err carry_out(struct db *db, void *data)
{
    struct recovering *recovering = data;
    int64_t now = time_now();
    if (text_same(recovering->aim.purpose, "renew"))
        TRY(renew(db, recovering, now));
    else
        TRY(give(db, recovering, now));
    return ceremony_note(db, recovering->org, &recovering->aim, now);
}

static void tell(const struct recovering *recovering)
{
    if (text_same(recovering->aim.purpose, "access"))
        (void)printf("Done. Temporary password, good for %d hours: %s\n", RESET_HOURS, recovering->reset.password);
    else if (text_same(recovering->aim.purpose, "team"))
        (void)printf("Done. The team's keys are with %s.\n", office_option(recovering->office, "--to", ""));
    else {
        office_shares_tell(recovering->path, recovering->aim.plan);
        (void)printf(
            "The shares before are void here, but still open the backups made until now: destroy those pages, and "
            "make a new backup.\n");
    }
    (void)printf("Everybody who looks after the installation is told of this.\n");
}

static enum err recover(struct store *store, struct recovering *recovering)
{
    TRY(look(store, recovering));
    TRY(gather(store, recovering));
    if (text_same(recovering->aim.purpose, "access")) {
        recovering->reset.account = recovering->aim.account;
        recovering->reset.factors = recovering->aim.factors;
        account_reset_begin(recovering->office->arena, &recovering->reset);
        TRY(account_reset_slow(&recovering->reset));
    }
    enum err result = store_change(store, carry_out, recovering);
    if (result == OK)
        tell(recovering);
    return result == OK ? OK : office_say(result, "nothing was changed");
}

enum err office_recover(struct office *office)
{
    struct recovering recovering = {.office = office};
    struct store *store;
    TRY(office_open(office, false, &store));
    enum err result = recover(store, &recovering);
    store_close(store);
    seal_wipe(&recovering.pair, sizeof recovering.pair);
    return result;
}
