/* New keys for a case, when somebody leaves it. What was sealed before stays as it is and opens through the chain of earlier keys;
 * what is sealed from now on opens with the new keys only, which whoever left never had. */
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/record/views.h"
#include "platform/audit/audit.h"

#include <string.h>

struct rotation {
    struct db *db;
    struct arena *arena;
    int64_t org;
    int64_t case_id;
    int64_t now;
    int64_t generation;
    const char *pseudonym;
    const struct team_keys *teams; /* those whose keys are at hand */
    size_t team_count;
    const struct case_keys *old;
    struct case_keys keys; /* the new ones */
};

static const struct team_keys *team_at_hand(const struct rotation *rotation, int64_t team)
{
    for (size_t i = 0; i < rotation->team_count; i++) {
        if (rotation->teams[i].team == team)
            return &rotation->teams[i];
    }
    return NULL;
}

static enum err public_of(const struct rotation *rotation, const struct record_key_list_row *row, struct seal_key *out)
{
    struct bytes found;
    if (row->via[0] == 't' || row->via[0] == 'e') {
        struct record_public_team_row team;
        TRY(record_public_team(rotation->db, rotation->arena,
                               &(struct record_public_team_in){.org = rotation->org, .id = row->holder}, &team));
        found = team.public;
    } else {
        struct record_public_account_row account;
        TRY(record_public_account(rotation->db, rotation->arena,
                                  &(struct record_public_account_in){.org = rotation->org, .id = row->holder},
                                  &account));
        found = account.public;
    }
    if (found.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(out->b, found.ptr, SEAL_KEY_SIZE);
    return OK;
}

/* Gives the new keys to whoever held the old ones: under a key that is at hand, else to the holder's public half. */
static enum err give_again(const struct rotation *rotation, const struct record_key_list_row *row)
{
    struct record_grant grant = {.org = rotation->org,
                                 .case_id = rotation->case_id,
                                 .holder = row->holder,
                                 .via = row->via,
                                 .role = row->role,
                                 .parts = (unsigned)row->parts,
                                 .since = row->since,
                                 .until = row->until,
                                 .given_by = row->given_by};
    const struct team_keys *team = team_at_hand(rotation, row->holder);
    if (row->size == LOST_SIZE) /* somebody who knows whom they give it to does it, and nothing else: see record_lose */
        return record_give_nothing(rotation->db, &grant);
    if (team != NULL && row->via[0] == 't')
        return record_give_team(rotation->db, rotation->arena, &grant, &rotation->keys, &team->key);
    struct seal_key key;
    enum err found = public_of(rotation, row, &key);
    if (found == ERR_NOT_FOUND) /* has left the organisation */
        return OK;
    TRY(found);
    return record_give_box(rotation->db, rotation->arena, &grant, &rotation->keys, &key);
}

static enum err chain(const struct rotation *rotation)
{
    for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++)
        TRY(record_past_add(
            rotation->db, &(struct record_past_add_in){.org = rotation->org,
                                                       .case_id = rotation->case_id,
                                                       .part = part,
                                                       .generation = rotation->generation,
                                                       .wrapped = seal_wrap(rotation->arena, &rotation->keys.part[part],
                                                                            record_past_place(rotation->case_id),
                                                                            &rotation->old->part[part])}));
    return OK;
}

static enum err rotate(struct rotation *rotation)
{
    struct record_key_list_row *rows;
    struct seal_key root;
    size_t count;
    size_t changed = 0;
    int64_t org = rotation->org;
    int64_t id = rotation->case_id;
    seal_key_new(&root);
    case_keys_of_root(&root, &rotation->keys);
    seal_wipe(&root, sizeof root);
    TRY(record_key_expire(rotation->db, &(struct record_key_expire_in){.org = org, .case_id = id, .now = rotation->now},
                          &changed));
    TRY(record_key_list(rotation->db, rotation->arena, &(struct record_key_list_in){.org = org, .case_id = id}, &rows,
                        &count));
    TRY(record_key_forget(rotation->db, &(struct record_key_forget_in){.org = org, .case_id = id}, &changed));
    for (size_t i = 0; i < count; i++)
        TRY(give_again(rotation, &rows[i]));
    TRY(chain(rotation));
    TRY(record_case_rekeyed(
        rotation->db,
        &(struct record_case_rekeyed_in){.org = org,
                                         .id = id,
                                         .pseudonym = seal_text(rotation->arena, &rotation->keys.part[PART_BASICS],
                                                                record_name_place(id), rotation->pseudonym),
                                         .generation = rotation->generation},
        &changed));
    return changed == 1 ? OK : ERR_STALE;
}

enum err record_rotate(struct req *r)
{
    struct record *record = r->scope;
    struct rotation rotation = {.db = r->db,
                                .arena = r->arena,
                                .org = r->org,
                                .case_id = r->case_id,
                                .now = r->now,
                                .generation = record->generation,
                                .pseudonym = record->pseudonym,
                                .teams = r->who->teams,
                                .team_count = r->who->team_count,
                                .old = &record->keys};
    if (!case_keys_whole(&record->keys))
        return ERR_DENIED;
    enum err result = rotate(&rotation);
    if (result == OK) {
        record->keys = rotation.keys;
        record->keys.past = ARENA_NEW(r->arena, struct case_past);
        record->generation++;
    }
    seal_wipe(&rotation, sizeof rotation);
    return result;
}

/* ---- when somebody leaves the organisation ---- */

static enum err rekey_one(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                          const struct record_due_row *row, int64_t now)
{
    struct seal_key root;
    struct case_keys old;
    struct rotation rotation = {.db = db,
                                .arena = arena,
                                .org = org,
                                .case_id = row->id,
                                .now = now,
                                .generation = row->generation,
                                .teams = team,
                                .team_count = 1,
                                .old = &old};
    enum err result = record_open_team(arena, now, team, row->id, row->wrapped, &root);
    if (result != OK) { /* one case that is broken keeps no other from its new keys */
        (void)err_note(result, "a case's keys cannot be changed: its team's do not open it");
        return ERR_NOT_FOUND;
    }
    case_keys_of_root(&root, &old);
    seal_wipe(&root, sizeof root);
    result = seal_open_text(arena, &old.part[PART_BASICS], record_name_place(row->id), row->pseudonym,
                            &rotation.pseudonym);
    if (result == OK)
        result = rotate(&rotation);
    seal_wipe(&rotation, sizeof rotation);
    seal_wipe(&old, sizeof old);
    return result;
}

enum err record_rekey(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team, int64_t account,
                      int64_t before, int64_t now, struct rewrap *step)
{
    struct record_due_row *rows;
    TRY(record_due(db, arena,
                   &(struct record_due_in){
                       .org = org, .team = team->team, .before = before, .after = step->after, .limit = step->limit},
                   &rows, &step->seen));
    for (size_t i = 0; i < step->seen; i++) {
        step->after = rows[i].id;
        enum err changed = rekey_one(db, arena, org, team, &rows[i], now);
        if (changed == ERR_NOT_FOUND)
            continue;
        TRY(changed);
        TRY(audit_add(db, &(struct audit){
                              .org = org, .at = now, .account = account, .act = "case.rekey", .case_id = rows[i].id}));
        step->changed++;
    }
    return OK;
}

enum err record_leave(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t **teams,
                      size_t *team_count)
{
    struct record_teams_of_holder_row *rows;
    size_t changed = 0;
    TRY(record_teams_of_holder(db, arena, &(struct record_teams_of_holder_in){.org = org, .holder = account}, &rows,
                               team_count));
    *teams = ARENA_ARRAY(arena, int64_t, *team_count);
    for (size_t i = 0; i < *team_count; i++)
        (*teams)[i] = rows[i].team;
    TRY(record_due_of_holder(db, &(struct record_due_of_holder_in){.org = org, .holder = account}, &changed));
    return record_key_drop_holder(db, &(struct record_key_drop_holder_in){.org = org, .holder = account}, &changed);
}

enum err record_lose(struct db *db, int64_t org, int64_t account)
{
    size_t changed = 0;
    return record_key_lose(db, &(struct record_key_lose_in){.org = org, .holder = account, .wrapped = record_nothing()},
                           &changed);
}
