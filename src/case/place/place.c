#include "case/place/place.h"

#include "case/place/queries.h"
#include "case/place/views.h"

#include <string.h>

struct seal_place place_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "place_stay", .column = column, .row = id};
}

/* What lies sealed to somebody in charge: bound to its case, as a box is bound to nothing. */
struct place_plain {
    int64_t case_id;
    struct seal_key key;
};

static enum err boxed(struct req *r, int64_t account, const struct seal_key *key, struct bytes *out)
{
    struct place_public_row row;
    struct seal_key public_half;
    struct place_plain plain = {r->case_id, *key};
    TRY(place_public(r->db, r->arena, &(struct place_public_in){.org = r->org, .id = account}, &row));
    if (row.public.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(public_half.b, row.public.ptr, SEAL_KEY_SIZE);
    *out = seal_to(r->arena, &public_half, &plain, sizeof plain);
    seal_wipe(&plain, sizeof plain);
    return OK;
}

enum err place_give(struct req *r, int64_t account, const struct seal_key *key)
{
    struct bytes wrapped;
    size_t lost = 0;
    TRY(boxed(r, account, key, &wrapped));
    TRY(place_key_remove(r->db, &(struct place_key_remove_in){.org = r->org, .case_id = r->case_id, .account = account},
                         &lost));
    return place_key_add(r->db, &(struct place_key_add_in){.org = r->org,
                                                           .case_id = r->case_id,
                                                           .account = account,
                                                           .wrapped = wrapped,
                                                           .given_by = r->who->account,
                                                           .since = r->now});
}

enum err place_open(struct req *r, struct seal_key *out)
{
    struct place_key_one_row row;
    struct bytes plain;
    struct place_plain found;
    TRY(place_key_one(r->db, r->arena,
                      &(struct place_key_one_in){.org = r->org, .case_id = r->case_id, .account = r->who->account},
                      &row));
    /* Given to the keys that the account had before it was reset. */
    if (seal_open_to(r->arena, &r->who->own, row.wrapped, &plain) != OK)
        return ERR_NOT_FOUND;
    if (plain.len != sizeof found)
        return ERR_BROKEN;
    memcpy(&found, plain.ptr, sizeof found);
    *out = found.key;
    seal_wipe(&found.key, sizeof found.key);
    return found.case_id == r->case_id ? OK : ERR_BROKEN;
}

enum err place_lose(struct db *db, int64_t org, int64_t account)
{
    static const uint8_t lost[1] = {0};
    size_t changed = 0;
    return place_key_lose(
        db, &(struct place_key_lose_in){.org = org, .account = account, .wrapped = {lost, sizeof lost}}, &changed);
}

enum err place_charge(struct req *r, bool *mine, bool *anybody)
{
    struct place_key_list_row *rows;
    size_t count;
    TRY(place_key_list(r->db, r->arena, &(struct place_key_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                       &count));
    *anybody = count > 0;
    *mine = false;
    for (size_t i = 0; i < count; i++)
        *mine |= rows[i].account == r->who->account;
    return OK;
}

/* ---- another key ---- */

static enum err seal_again(struct req *r, const struct place_stay_list_row *row, const struct seal_key *old,
                           const struct seal_key *key)
{
    const char *address;
    const char *note;
    enum err opened = seal_open_text(r->arena, old, place_place("address", row->id), row->address, &address);
    if (opened == ERR_BROKEN) /* the key of those days is gone */
        return OK;
    TRY(opened);
    TRY(seal_open_text(r->arena, old, place_place("note", row->id), row->note, &note));
    return place_stay_save(r->db, &(struct place_stay_save_in){
                                      .org = r->org,
                                      .case_id = r->case_id,
                                      .id = row->id,
                                      .address = seal_text(r->arena, key, place_place("address", row->id), address),
                                      .note = seal_text(r->arena, key, place_place("note", row->id), note)});
}

/* The places of a case are few: they are sealed anew, so that a key that was taken away opens nothing of them. */
static enum err rotate(struct req *r, const struct seal_key *old, const struct seal_key *key)
{
    struct place_stay_list_row *stays;
    struct place_key_list_row *holders;
    size_t count;
    TRY(place_stay_list(r->db, r->arena, &(struct place_stay_list_in){.org = r->org, .case_id = r->case_id}, &stays,
                        &count));
    for (size_t i = 0; i < count; i++)
        TRY(seal_again(r, &stays[i], old, key));
    TRY(place_key_list(r->db, r->arena, &(struct place_key_list_in){.org = r->org, .case_id = r->case_id}, &holders,
                       &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes wrapped;
        TRY(boxed(r, holders[i].account, key, &wrapped));
        TRY(place_key_save(
            r->db, &(struct place_key_save_in){
                       .org = r->org, .case_id = r->case_id, .account = holders[i].account, .wrapped = wrapped}));
    }
    return OK;
}

enum err place_leave(struct req *r, int64_t account)
{
    struct seal_key old;
    struct seal_key key;
    size_t changed = 0;
    enum err held = place_open(r, &old);
    if (held != OK && held != ERR_NOT_FOUND)
        return held;
    TRY(place_key_remove(r->db, &(struct place_key_remove_in){.org = r->org, .case_id = r->case_id, .account = account},
                         &changed));
    if (held != OK)
        return OK;
    seal_key_new(&key);
    enum err result = changed == 0 ? OK : rotate(r, &old, &key);
    seal_wipe(&old, sizeof old);
    seal_wipe(&key, sizeof key);
    return result;
}
