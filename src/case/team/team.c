#include "case/team/team.h"

#include "base/id.h"
#include "base/text.h"
#include "case/record/queries.h"
#include "case/team/views.h"
#include "platform/pack/pack.h"

#include <stdlib.h>
#include <string.h>

struct seal_place team_glass_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "team_glass", .column = column, .row = id};
}

enum err team_step_write(struct db *db, const struct team_new *member, const char *act)
{
    return team_step_add(db, &(struct team_step_add_in){.org = member->org,
                                                        .case_id = member->case_id,
                                                        .id = id_new(),
                                                        .act = act,
                                                        .account = member->account,
                                                        .role = member->role,
                                                        .until = member->until,
                                                        .at = member->at,
                                                        .by = member->by});
}

enum err team_colleague(struct req *r, int64_t id, struct colleague *out)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    for (size_t i = 0; i < count; i++) {
        if (people[i].id == id) {
            *out = people[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum err team_add(struct db *db, struct arena *arena, const struct case_keys *keys, const struct team_new *member)
{
    const struct pack_role *role = pack_role(member->role);
    struct record_public_account_row account;
    struct seal_key public_half;
    if (role == NULL)
        return ERR_INPUT;
    TRY(record_public_account(db, arena, &(struct record_public_account_in){.org = member->org, .id = member->account},
                              &account));
    if (account.public.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(public_half.b, account.public.ptr, SEAL_KEY_SIZE);
    struct record_grant grant = {.org = member->org,
                                 .case_id = member->case_id,
                                 .holder = member->account,
                                 .via = "member",
                                 .role = member->role,
                                 .parts = role->parts,
                                 .since = member->at,
                                 .until = member->until,
                                 .given_by = member->by};
    return record_give_box(db, arena, &grant, keys, &public_half);
}

enum err team_shut(struct db *db, struct arena *arena, const struct case_keys *keys, const struct team_new *whom,
                   const char *reason)
{
    int64_t id = id_new();
    struct seal_place place = {.table = "record_shut", .column = "reason", .row = id};
    return record_shut_add(
        db, &(struct record_shut_add_in){.org = whom->org,
                                         .account = whom->account,
                                         .case_id = whom->case_id,
                                         .id = id,
                                         .reason = seal_text(arena, &keys->part[PART_BASICS], place, reason),
                                         .by = whom->by,
                                         .at = whom->at});
}

/* ---- alerts ---- */

enum { ALERTS_MAX = 50 };

struct gathering {
    struct req *r;
    struct team_alert *list;
    size_t count;
    struct colleague *people;
    size_t people_count;
};

static bool gathered(const struct gathering *all, int64_t id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].id == id)
            return true;
    }
    return false;
}

static enum err gather(struct gathering *all, int64_t holder)
{
    struct req *r = all->r;
    struct team_glass_waiting_row *rows;
    size_t count;
    TRY(team_glass_waiting(r->db, r->arena,
                           &(struct team_glass_waiting_in){.org = r->org, .holder = holder, .account = r->who->account},
                           &rows, &count));
    for (size_t i = 0; i < count && all->count < ALERTS_MAX; i++) {
        struct case_keys keys;
        if (gathered(all, rows[i].id))
            continue;
        enum err opened = record_open_keys(r, holder, rows[i].case_id, rows[i].wrapped, &keys);
        bool whole = opened == OK && case_keys_whole(&keys);
        seal_wipe(&keys, sizeof keys);
        if (opened == ERR_NOT_FOUND || (opened == OK && !whole))
            continue;
        TRY(opened);
        struct team_alert alert = {.id = rows[i].id,
                                   .case_id = rows[i].case_id,
                                   .reference = rows[i].reference,
                                   .who = colleague_name(all->people, all->people_count, rows[i].account),
                                   .opened_at = rows[i].opened_at,
                                   .until = rows[i].until};
        TRY(record_open_name(r, holder, alert.case_id, rows[i].wrapped, rows[i].pseudonym, &alert.pseudonym));
        all->list[all->count++] = alert;
    }
    return OK;
}

static int by_moment(const void *a, const void *b)
{
    const struct team_alert *one = a;
    const struct team_alert *other = b;
    return (one->opened_at > other->opened_at) - (one->opened_at < other->opened_at);
}

enum err team_alerts(struct req *r, struct team_alert **out, size_t *count)
{
    struct gathering all = {.r = r, .list = ARENA_ARRAY(r->arena, struct team_alert, ALERTS_MAX)};
    TRY(account_colleagues(r->db, r->arena, r->who, &all.people, &all.people_count));
    for (size_t i = 0; i < r->who->team_count; i++)
        TRY(gather(&all, r->who->teams[i].team));
    TRY(gather(&all, r->who->account));
    qsort(all.list, all.count, sizeof *all.list, by_moment);
    *out = all.list;
    *count = all.count;
    return OK;
}
