/* New keys for a case, when somebody leaves it. What was sealed before stays as it is and opens through the chain of earlier keys;
 * what is sealed from now on opens with the new keys only, which whoever left never had. */
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/record/views.h"

#include <string.h>

struct rotation {
    struct req *r;
    const struct record *record;
    struct case_keys keys; /* the new ones */
};

static enum err public_of(struct rotation *rotation, const struct record_key_list_row *row, struct seal_key *out)
{
    struct req *r = rotation->r;
    struct bytes found;
    if (row->via[0] == 't' || row->via[0] == 'e') {
        struct record_public_team_row team;
        TRY(record_public_team(r->db, r->arena, &(struct record_public_team_in){.org = r->org, .id = row->holder},
                               &team));
        found = team.public;
    } else {
        struct record_public_account_row account;
        TRY(record_public_account(r->db, r->arena, &(struct record_public_account_in){.org = r->org, .id = row->holder},
                                  &account));
        found = account.public;
    }
    if (found.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(out->b, found.ptr, SEAL_KEY_SIZE);
    return OK;
}

/* Gives the new keys to whoever held the old ones: under a key that this person has too, else to the holder's public half. */
static enum err give_again(struct rotation *rotation, const struct record_key_list_row *row)
{
    struct req *r = rotation->r;
    struct record_grant grant = {.org = r->org,
                                 .case_id = r->case_id,
                                 .holder = row->holder,
                                 .via = row->via,
                                 .role = row->role,
                                 .parts = (unsigned)row->parts,
                                 .since = row->since,
                                 .until = row->until,
                                 .given_by = row->given_by};
    const struct team_keys *team = session_team(r->who, row->holder);
    if (team != NULL && row->via[0] == 't')
        return record_give_team(r->db, r->arena, &grant, &rotation->keys, &team->key);
    struct seal_key key;
    enum err found = public_of(rotation, row, &key);
    if (found == ERR_NOT_FOUND) /* has left the organisation */
        return OK;
    TRY(found);
    return record_give_box(r->db, r->arena, &grant, &rotation->keys, &key);
}

static enum err chain(struct rotation *rotation)
{
    struct req *r = rotation->r;
    for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++)
        TRY(record_past_add(r->db,
                            &(struct record_past_add_in){.org = r->org,
                                                         .case_id = r->case_id,
                                                         .part = part,
                                                         .generation = rotation->record->generation,
                                                         .wrapped = seal_wrap(r->arena, &rotation->keys.part[part],
                                                                              record_past_place(r->case_id),
                                                                              &rotation->record->keys.part[part])}));
    return OK;
}

static enum err rotate(struct rotation *rotation)
{
    struct req *r = rotation->r;
    const struct record *record = rotation->record;
    struct record_key_list_row *rows;
    size_t count;
    size_t changed = 0;
    TRY(record_key_expire(r->db, &(struct record_key_expire_in){.org = r->org, .case_id = r->case_id, .now = r->now},
                          &changed));
    TRY(record_key_list(r->db, r->arena, &(struct record_key_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                        &count));
    TRY(record_key_forget(r->db, &(struct record_key_forget_in){.org = r->org, .case_id = r->case_id}, &changed));
    for (size_t i = 0; i < count; i++)
        TRY(give_again(rotation, &rows[i]));
    TRY(chain(rotation));
    TRY(record_case_rekeyed(
        r->db,
        &(struct record_case_rekeyed_in){.org = r->org,
                                         .id = r->case_id,
                                         .pseudonym = seal_text(r->arena, &rotation->keys.part[PART_BASICS],
                                                                record_name_place(r->case_id), record->pseudonym),
                                         .generation = record->generation},
        &changed));
    return changed == 1 ? OK : ERR_STALE;
}

enum err record_rotate(struct req *r)
{
    struct record *record = r->scope;
    struct rotation rotation = {.r = r, .record = record};
    struct seal_key root;
    if (!case_keys_whole(&record->keys))
        return ERR_DENIED;
    seal_key_new(&root);
    case_keys_of_root(&root, &rotation.keys);
    seal_wipe(&root, sizeof root);
    enum err result = rotate(&rotation);
    if (result == OK) {
        record->keys = rotation.keys;
        record->generation++;
    }
    seal_wipe(&rotation, sizeof rotation);
    return result;
}
