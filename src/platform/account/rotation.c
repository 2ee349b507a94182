#include "platform/account/rotation.h"

#include "platform/account/factor.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"

#include <string.h>

/* Key, pair: as they lie under the new key. */
struct old_plain {
    struct seal_key key;
    struct seal_pair pair;
};

static struct seal_place old_place(int64_t team)
{
    return (struct seal_place){.table = "account_team", .column = "old", .row = team};
}

enum err account_open_old(struct arena *arena, struct bytes old, struct team_keys *keys)
{
    struct bytes plain;
    if (old.ptr == NULL)
        return OK;
    TRY(seal_open_bytes(arena, &keys->key, old_place(keys->team), old, &plain));
    if (plain.len != sizeof(struct old_plain))
        return ERR_BROKEN;
    struct old_plain earlier;
    memcpy(&earlier, plain.ptr, sizeof earlier);
    keys->has_old = true;
    keys->old_key = earlier.key;
    keys->old_pair = earlier.pair;
    seal_wipe(&earlier, sizeof earlier);
    return OK;
}

bool team_keys_due(const struct team_keys *team)
{
    return team->team != 0 && (team->rotate || team->has_old || team->roots);
}

enum err team_unwrap(const struct team_keys *team, struct seal_place place, struct bytes wrapped, struct seal_key *out)
{
    enum err opened = seal_unwrap(&team->key, place, wrapped, out);
    return opened == ERR_BROKEN && team->has_old ? seal_unwrap(&team->old_key, place, wrapped, out) : opened;
}

enum err team_open_to(struct arena *arena, const struct team_keys *team, struct bytes sealed, struct bytes *out)
{
    enum err opened = seal_open_to(arena, &team->pair, sealed, out);
    return opened == ERR_BROKEN && team->has_old ? seal_open_to(arena, &team->old_pair, sealed, out) : opened;
}

enum err team_reseal(struct arena *arena, const struct team_keys *team, struct bytes sealed, struct bytes *out)
{
    struct bytes plain;
    if (seal_open_to(arena, &team->pair, sealed, &plain) == OK) {
        *out = (struct bytes){0};
        return OK;
    }
    TRY(seal_open_to(arena, &team->old_pair, sealed, &plain));
    *out = seal_to(arena, &team->pair.public_half, plain.ptr, plain.len);
    return OK;
}

/* ---- leaving ---- */

enum err account_leave(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t now)
{
    struct account_user_by_id_row user;
    struct account_administrators_row administrators;
    size_t changed = 0;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = org, .id = account}, &user));
    TRY(account_user_leave(db, &(struct account_user_leave_in){.org = org, .id = account, .at = now}, &changed));
    if (changed == 0)
        return ERR_NOT_FOUND;
    TRY(account_administrators(db, arena, &(struct account_administrators_in){.org = org, .now = now},
                               &administrators));
    if (administrators.active == 0)
        return ERR_DENIED;
    TRY(account_session_end_all(db, &(struct account_session_end_all_in){.org = org, .account = account}, &changed));
    TRY(account_device_forget_all(db, &(struct account_device_forget_all_in){.org = org, .account = account},
                                  &changed));
    TRY(account_factors_clear(db, org, account));
    TRY(account_invite_end_of(db, &(struct account_invite_end_of_in){.org = org, .made_by = account, .at = now},
                              &changed));
    TRY(account_colleagues_keys_changed(db,
                                        &(struct account_colleagues_keys_changed_in){.org = org, .account = account}));
    TRY(account_lost_leave(db, &(struct account_lost_leave_in){.org = org, .account = account}));
    TRY(account_org_left(db, &(struct account_org_left_in){.org = org}));
    TRY(account_team_roots_all(db, &(struct account_team_roots_all_in){.org = org, .account = account}, &changed));
    TRY(account_team_must_rotate(db, &(struct account_team_must_rotate_in){.org = org, .account = account}, &changed));
    return account_member_leave(db, &(struct account_member_leave_in){.org = org, .account = account}, &changed);
}

/* ---- changing ---- */

static enum err hand_out(struct db *db, struct arena *arena, int64_t org, const struct team_keys *keys)
{
    struct account_member_public_row *members;
    size_t count;
    TRY(account_member_public(db, arena, &(struct account_member_public_in){.org = org, .team = keys->team}, &members,
                              &count));
    for (size_t i = 0; i < count; i++) {
        struct seal_key public_half;
        if (members[i].public.len != sizeof public_half.b)
            return ERR_BROKEN;
        memcpy(public_half.b, members[i].public.ptr, sizeof public_half.b);
        struct bytes sealed = account_team_box(arena, &public_half, keys);
        TRY(account_member_keys(db,
                                &(struct account_member_keys_in){
                                    .org = org, .account = members[i].account, .team = keys->team, .keys = sealed}));
    }
    return account_team_keys_changed(db, &(struct account_team_keys_changed_in){.org = org, .team = keys->team});
}

enum err account_rotation_begin(struct db *db, struct arena *arena, int64_t org, struct team_keys *keys, int64_t now)
{
    struct account_team_rotation_row team;
    struct seal_key search;
    struct old_plain earlier = {.key = keys->key, .pair = keys->pair};
    size_t changed = 0;
    TRY(account_team_rotation(db, arena, &(struct account_team_rotation_in){.org = org, .id = keys->team}, &team));
    /* Another process or member was first; the session reads the keys anew. */
    if (!team.rotate || team.old.ptr != NULL || memcmp(team.public.ptr, keys->pair.public_half.b, SEAL_KEY_SIZE) != 0)
        return OK;
    TRY(seal_unwrap(&keys->key, account_search_place(keys->team), team.search, &search));
    struct team_keys fresh = {.team = keys->team, .intake = keys->intake, .roots = keys->roots, .has_old = true};
    fresh.old_key = keys->key;
    fresh.old_pair = keys->pair;
    seal_key_new(&fresh.key);
    seal_pair_new(&fresh.pair);
    TRY(account_team_rotate(db,
                            &(struct account_team_rotate_in){
                                .org = org,
                                .id = keys->team,
                                .public = {fresh.pair.public_half.b, SEAL_KEY_SIZE},
                                .search = seal_wrap(arena, &fresh.key, account_search_place(keys->team), &search),
                                .old = seal_bytes(arena, &fresh.key, old_place(keys->team),
                                                  (struct bytes){(uint8_t *)&earlier, sizeof earlier}),
                                .at = now},
                            &changed));
    seal_wipe(&search, sizeof search);
    seal_wipe(&earlier, sizeof earlier);
    if (changed == 1) {
        TRY(hand_out(db, arena, org, &fresh));
        TRY(account_team_hold(db, arena, org, &fresh));
        *keys = fresh;
    }
    seal_wipe(&fresh, sizeof fresh);
    return OK;
}

enum err account_rotation_end(struct db *db, struct arena *arena, int64_t org, int64_t team, int64_t now, bool *over)
{
    struct account_team_rotation_row row;
    size_t changed = 0;
    TRY(account_team_rotation(db, arena, &(struct account_team_rotation_in){.org = org, .id = team}, &row));
    *over = row.old.ptr == NULL || !row.rotated_at.has || row.rotated_at.value + ROTATION_LEAST_MS <= now;
    if (row.old.ptr == NULL || !*over)
        return OK;
    TRY(account_team_rotated(db, &(struct account_team_rotated_in){.org = org, .id = team}, &changed));
    return account_team_keys_changed(db, &(struct account_team_keys_changed_in){.org = org, .team = team});
}

/* ---- the keys of cases ---- */

enum err account_roots_look(struct db *db, struct arena *arena, int64_t org, const struct team_keys *keys, bool *ready,
                            int64_t *before)
{
    struct account_roots_state_row state;
    struct account_team_rotation_row team;
    TRY(account_roots_state(db, arena, &(struct account_roots_state_in){.org = org, .team = keys->team}, &state));
    TRY(account_team_rotation(db, arena, &(struct account_team_rotation_in){.org = org, .id = keys->team}, &team));
    *ready = state.waits == 0 && team.public.len == SEAL_KEY_SIZE &&
             memcmp(team.public.ptr, keys->pair.public_half.b, SEAL_KEY_SIZE) == 0;
    *before = state.before;
    return OK;
}

enum err account_roots_done(struct db *db, int64_t org, int64_t team, bool *ended)
{
    size_t changed = 0;
    TRY(account_team_roots_done(db, &(struct account_team_roots_done_in){.org = org, .id = team}, &changed));
    *ended = changed > 0;
    return *ended ? account_team_keys_changed(db, &(struct account_team_keys_changed_in){.org = org, .team = team})
                  : OK;
}

enum err account_roots_due(struct db *db, int64_t org, int64_t team)
{
    TRY(account_team_roots_due(db, &(struct account_team_roots_due_in){.org = org, .id = team}));
    return account_team_keys_changed(db, &(struct account_team_keys_changed_in){.org = org, .team = team});
}
