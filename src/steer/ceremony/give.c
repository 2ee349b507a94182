/* What a ceremony does, in the browser and at the terminal. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "steer/ceremony/internal.h"

#include <string.h>

static enum err give_access(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                            struct account_reset *reset, int64_t now)
{
    struct bytes held;
    struct seal_key secret;
    TRY(recovery_open(db, arena, org, pair, RECOVERY_ACCOUNT, reset->account, &held));
    if (held.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(secret.b, held.ptr, SEAL_KEY_SIZE);
    enum err result = account_reset_same(db, arena, org, reset, &secret, now);
    seal_wipe(&secret, sizeof secret);
    return result;
}

static enum err team_public(struct db *db, struct arena *arena, int64_t org, int64_t team, struct team_keys *keys)
{
    struct account_team_list_row *rows;
    size_t count;
    TRY(account_team_list(db, arena, &(struct account_team_list_in){.org = org}, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id != team || rows[i].public.len != SEAL_KEY_SIZE)
            continue;
        keys->team = team;
        keys->intake = rows[i].intake;
        memcpy(keys->pair.public_half.b, rows[i].public.ptr, SEAL_KEY_SIZE);
        return OK;
    }
    return ERR_NOT_FOUND;
}

bool ceremony_may_receive(enum role role)
{
    return role_may(role, CAP_CASE_FIND) || role_may(role, CAP_REFERRAL_ANSWER);
}

static enum err give_team(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                          const struct ceremony_aim *aim)
{
    struct account_user_by_id_row user;
    struct team_keys keys = {0};
    struct seal_key to;
    struct bytes held;
    enum role role;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = org, .id = aim->account}, &user));
    if (!role_of(user.role, &role) || !ceremony_may_receive(role))
        return ERR_DENIED;
    TRY(team_public(db, arena, org, aim->team, &keys));
    TRY(recovery_open(db, arena, org, pair, RECOVERY_TEAM, aim->team, &held));
    if (held.len != 2 * SEAL_KEY_SIZE || user.public.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(keys.key.b, held.ptr, SEAL_KEY_SIZE);
    memcpy(keys.pair.secret_half.b, held.ptr + SEAL_KEY_SIZE, SEAL_KEY_SIZE);
    memcpy(to.b, user.public.ptr, SEAL_KEY_SIZE);
    TRY(account_member_drop(db,
                            &(struct account_member_drop_in){.org = org, .account = aim->account, .team = aim->team}));
    enum err result = account_join(db, arena, org, aim->account, &to, &keys);
    seal_wipe(&keys, sizeof keys);
    return result;
}

enum err ceremony_give(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                       const struct ceremony_aim *aim, struct account_reset *reset, int64_t now)
{
    return text_same(aim->purpose, "access") ? give_access(db, arena, org, pair, reset, now)
                                             : give_team(db, arena, org, pair, aim);
}

struct ceremony_add_in ceremony_row(int64_t org, int64_t id, const struct ceremony_aim *aim)
{
    bool team = text_same(aim->purpose, "team");
    bool renew = text_same(aim->purpose, "renew");
    return (struct ceremony_add_in){.org = org,
                                    .id = id,
                                    .purpose = aim->purpose,
                                    .subject = {.has = !renew, .value = team ? aim->team : aim->account},
                                    .receiver = {.has = team, .value = aim->account},
                                    .factors = aim->factors,
                                    .shares = {.has = renew, .value = aim->plan.shares},
                                    .needed = {.has = renew, .value = aim->plan.needed}};
}

static enum err add_done(struct db *db, int64_t org, const struct ceremony_aim *aim, struct maybe by, int64_t now,
                         int64_t id)
{
    struct ceremony_add_in row = ceremony_row(org, id, aim);
    row.state = "done";
    row.begun_by = by;
    row.at = now;
    row.expires_at = now;
    row.ended_at = (struct maybe){.has = true, .value = now};
    return ceremony_add(db, &row);
}

enum err ceremony_note(struct db *db, int64_t org, const struct ceremony_aim *aim, int64_t now)
{
    int64_t id = id_new();
    TRY(add_done(db, org, aim, (struct maybe){0}, now, id));
    return audit_add(db, &(struct audit){.org = org, .at = now, .act = "recovery.terminal", .subject = id});
}

enum err ceremony_tell(struct req *r, const struct ceremony_aim *aim)
{
    return add_done(r->db, r->org, aim, (struct maybe){.has = true, .value = r->who->account}, r->now, id_new());
}

enum err ceremony_tidy(struct db *db, struct arena *arena, int64_t org, int64_t now)
{
    struct ceremony_expired_row *rows;
    size_t count;
    size_t changed = 0;
    TRY(ceremony_expired(db, arena, &(struct ceremony_expired_in){.org = org, .now = now}, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(ceremony_share_drop(db, &(struct ceremony_share_drop_in){.org = org, .ceremony = rows[i].id}));
        if (text_same(rows[i].state, "handing") && rows[i].key.has)
            TRY(recovery_renew_drop(db, org, rows[i].key.value));
        TRY(ceremony_end(db, &(struct ceremony_end_in){.org = org, .id = rows[i].id, .state = "stopped", .at = now},
                         &changed));
        TRY(audit_add(db, &(struct audit){.org = org, .at = now, .act = "recovery.expired", .subject = rows[i].id}));
    }
    return OK;
}
