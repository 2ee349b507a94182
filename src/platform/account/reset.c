/* Access again for somebody who forgot the password. */
#include "base/text.h"
#include "base/time.h"
#include "platform/account/account.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"

#include <string.h>

enum { PASSWORD_WORDS = 4 };

void account_reset_begin(struct arena *arena, struct account_reset *reset)
{
    seal_password_new(&reset->how, false);
    reset->password = recovery_phrase(arena, PASSWORD_WORDS);
}

enum err account_reset_slow(struct account_reset *reset)
{
    return seal_password_key(&reset->how, reset->password, &reset->under);
}

static struct bytes how_bytes(const struct account_reset *reset)
{
    return (struct bytes){(const uint8_t *)&reset->how, sizeof reset->how};
}

static enum err forget_factors(struct db *db, int64_t org, int64_t account)
{
    size_t gone = 0;
    TRY(account_factor_delete_all(db, &(struct account_factor_delete_all_in){.org = org, .account = account}, &gone));
    TRY(account_code_delete_all(db, &(struct account_code_delete_all_in){.org = org, .account = account}, &gone));
    return account_user_count_factors(db, &(struct account_user_count_factors_in){.org = org, .id = account});
}

static enum err end_sessions(struct db *db, int64_t org, int64_t account)
{
    size_t ended = 0;
    TRY(account_devices_forget(db, org, account, NULL));
    return account_session_end_all(db, &(struct account_session_end_all_in){.org = org, .account = account}, &ended);
}

enum err account_reset_same(struct db *db, struct arena *arena, int64_t org, struct account_reset *reset,
                            const struct seal_key *secret_half, int64_t now)
{
    size_t changed = 0;
    struct bytes secret = seal_wrap(arena, &reset->under, account_place("secret", reset->account), secret_half);
    seal_wipe(&reset->under, sizeof reset->under);
    TRY(account_user_reset(db,
                           &(struct account_user_reset_in){.org = org,
                                                           .id = reset->account,
                                                           .password = how_bytes(reset),
                                                           .secret = secret,
                                                           .password_until = now + RESET_HOURS * HOUR_MS},
                           &changed));
    if (changed != 1)
        return ERR_NOT_FOUND;
    if (reset->factors)
        TRY(forget_factors(db, org, reset->account));
    return end_sessions(db, org, reset->account);
}

/* Their keys in each of their teams, out of the colleague's own. */
static enum err hand_over_teams(struct db *db, struct arena *arena, const struct session *who, int64_t account,
                                const struct seal_key *public_half, size_t *lost)
{
    struct account_member_teams_row *rows;
    size_t count;
    TRY(account_member_teams(db, arena, &(struct account_member_teams_in){.org = who->org, .account = account}, &rows,
                             &count));
    *lost = 0;
    for (size_t i = 0; i < count; i++) {
        const struct team_keys *keys = rows[i].emergency && who->emergency.team == rows[i].team
                                           ? &who->emergency
                                           : session_team(who, rows[i].team);
        TRY(account_member_drop(
            db, &(struct account_member_drop_in){.org = who->org, .account = account, .team = rows[i].team}));
        if (keys == NULL) {
            (*lost)++;
            TRY(account_lost_add(
                db, &(struct account_lost_add_in){.org = who->org, .account = account, .team = rows[i].team}));
        } else
            TRY(account_join(db, arena, who->org, account, public_half, keys));
    }
    return OK;
}

static enum err rekey(struct db *db, struct arena *arena, const struct session *who, struct account_reset *reset,
                      const struct seal_pair *pair, int64_t now)
{
    size_t changed = 0;
    TRY(account_user_rekey(
        db,
        &(struct account_user_rekey_in){
            .org = who->org,
            .id = reset->account,
            .password = how_bytes(reset),
            .secret = seal_wrap(arena, &reset->under, account_place("secret", reset->account), &pair->secret_half),
            .password_until = now + RESET_HOURS * HOUR_MS,
            .public = {pair->public_half.b, SEAL_KEY_SIZE},
            .directory = seal_to(arena, &pair->public_half, who->directory.b, SEAL_KEY_SIZE)},
        &changed));
    if (changed != 1)
        return ERR_NOT_FOUND;
    return recovery_hold(db, arena, who->org, RECOVERY_ACCOUNT, reset->account, pair->secret_half.b, SEAL_KEY_SIZE);
}

enum err account_reset_new(struct db *db, struct arena *arena, const struct session *who, struct account_reset *reset,
                           int64_t now, size_t *lost)
{
    struct seal_pair pair;
    seal_pair_new(&pair);
    enum err result = rekey(db, arena, who, reset, &pair, now);
    seal_wipe(&reset->under, sizeof reset->under);
    if (result == OK)
        result = hand_over_teams(db, arena, who, reset->account, &pair.public_half, lost);
    seal_wipe(&pair, sizeof pair);
    TRY(result);
    TRY(forget_factors(db, who->org, reset->account));
    return end_sessions(db, who->org, reset->account);
}
