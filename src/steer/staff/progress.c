/* How far the change of keys is that follows when somebody leaves. */
#include "base/time.h"
#include "case/record/queries.h"
#include "find/fieldwork/queries.h"
#include "find/referral/queries.h"
#include "platform/account/queries.h"
#include "steer/staff/internal.h"
#include "steer/staff/templates.h"

enum { SHOWN_DAYS = 30 };

/* All that is wrapped for a team. */
static enum err wrapped_for(struct req *r, int64_t team, int64_t *out)
{
    struct record_key_count_row cases;
    struct referral_key_count_row referrals;
    struct fieldwork_key_count_row records;
    TRY(record_key_count(r->db, r->arena, &(struct record_key_count_in){.org = r->org, .holder = team}, &cases));
    TRY(referral_key_count(r->db, r->arena, &(struct referral_key_count_in){.org = r->org, .team = team}, &referrals));
    TRY(fieldwork_key_count(r->db, r->arena, &(struct fieldwork_key_count_in){.org = r->org, .team = team}, &records));
    *out = cases.keys + referrals.keys + records.keys;
    return OK;
}

static enum err keys_show(struct req *r)
{
    struct account_team_rotations_row *rows;
    struct record_due_count_row *due;
    size_t due_count;
    struct keys_view view = {0};
    TRY(account_team_rotations(
        r->db, r->arena, &(struct account_team_rotations_in){.org = r->org, .after = r->now - SHOWN_DAYS * DAY_MS},
        &rows, &view.count));
    TRY(record_due_count(r->db, r->arena, &(struct record_due_count_in){.org = r->org}, &due, &due_count));
    view.teams = ARENA_ARRAY(r->arena, struct keys_team, view.count);
    for (size_t i = 0; i < view.count; i++) {
        struct keys_team *team = &view.teams[i];
        *team = (struct keys_team){.name = rows[i].name,
                                   .waits = rows[i].rotate && !rows[i].under_way,
                                   .under_way = rows[i].under_way,
                                   .began_at = rows[i].rotated_at,
                                   .done = rows[i].rewrapped};
        TRY(wrapped_for(r, rows[i].id, &team->to_go));
        for (size_t j = 0; j < due_count; j++)
            team->cases_due = due[j].team == rows[i].id ? due[j].cases : team->cases_due;
        /* What came since then lies under the new keys from its beginning. */
        if (!team->waits)
            team->to_go = team->under_way && team->to_go > team->done ? team->to_go - team->done : 0;
    }
    html_keys_page(req_page(r), r, &view);
    return OK;
}

const struct route staff_progress_routes[] = {
    {.method = HTTP_GET, .path = "/people/keys", .cap = CAP_INVITE, .show = keys_show},
    {0},
};
