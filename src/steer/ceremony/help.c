/* The light way: a colleague of the same team gives somebody who forgot the password new keys and a password for a day. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/place.h"
#include "case/record/record.h"
#include "find/referral/referral.h"
#include "platform/account/queries.h"
#include "steer/ceremony/internal.h"
#include "steer/ceremony/queries.h"
#include "steer/ceremony/templates.h"
#include "steer/ceremony/views.h"

#include <string.h>

const struct field_rule CEREMONY_HELP_FIELDS[] = {
    {.name = "person", .kind = FIELD_ID, .required = true, .missing = W_ceremony_person_missing},
    {.name = "sure", .kind = FIELD_YES, .required = true, .missing = W_ceremony_sure_missing},
    {0},
};

struct helping {
    struct account_reset reset;
};

/* A case manager helps those of their own teams; who looks after the installation helps those who are in no team. Nobody helps
 * themselves, or one who may do more than they. */
static enum err may_help(struct req *r, const struct colleague *person, bool *out)
{
    struct account_member_teams_row *rows;
    size_t count;
    size_t shared = 0;
    TRY(account_member_teams(r->db, r->arena, &(struct account_member_teams_in){.org = r->org, .account = person->id},
                             &rows, &count));
    for (size_t i = 0; i < count; i++)
        shared += session_team(r->who, rows[i].team) != NULL;
    *out = person->id != r->who->account && role_reaches(r->who->role, person->role) &&
           ((shared > 0 && session_may(r->who, CAP_CASE_DECIDE)) || (count == 0 && session_may(r->who, CAP_KEEP)));
    return OK;
}

static enum err helped_people(struct req *r, struct help_view *view)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view->people = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        bool may;
        TRY(may_help(r, &people[i], &may));
        if (may)
            view->people[view->count++] = (struct choice){id_text(r->arena, people[i].id), people[i].name, NULL};
    }
    return OK;
}

enum err help_show(struct req *r)
{
    struct help_view view = {0};
    TRY(helped_people(r, &view));
    html_ceremony_help(req_page(r), r, &view);
    return OK;
}

static enum err is_helped(struct req *r, bool *out)
{
    struct help_view view = {0};
    TRY(helped_people(r, &view));
    *out = false;
    for (size_t i = 0; i < view.count; i++)
        *out |= text_same(view.people[i].value, field_text(r, "person"));
    return OK;
}

enum err help_check(struct req *r)
{
    struct helping *helping = ARENA_NEW(r->arena, struct helping);
    bool may = false;
    TRY(is_helped(r, &may));
    if (!may)
        field_fail(r, "person", W_ceremony_person_missing);
    if (r->failed)
        return ERR_INPUT;
    (void)field_id(r, "person", &helping->reset.account);
    account_reset_begin(r->arena, &helping->reset);
    r->data = helping;
    return OK;
}

enum err help_slow(struct req *r)
{
    struct helping *helping = r->data;
    return account_reset_slow(&helping->reset);
}

enum err ceremony_stands_in(struct req *r, int64_t account, int64_t by, bool *out)
{
    struct ceremony_helped_by_row helped;
    struct account_invited_by_row invited;
    int64_t after = r->now - CEREMONY_STAND_IN_DAYS * DAY_MS;
    TRY(ceremony_helped_by(r->db, r->arena,
                           &(struct ceremony_helped_by_in){.org = r->org, .account = account, .by = by, .after = after},
                           &helped));
    TRY(account_invited_by(r->db, r->arena,
                           &(struct account_invited_by_in){.org = r->org, .account = account, .by = by, .after = after},
                           &invited));
    *out = helped.found + invited.found > 0;
    return OK;
}

enum err help_change(struct req *r)
{
    struct helping *helping = r->data;
    int64_t account = helping->reset.account;
    int64_t id = id_new();
    size_t lost = 0;
    bool may = false;
    TRY(is_helped(r, &may));
    if (!may)
        return ERR_STALE; /* came to a team, or left it, meanwhile */
    TRY(account_reset_new(r->db, r->arena, r->who, &helping->reset, r->now, &lost));
    TRY(record_lose(r->db, r->org, account));
    TRY(place_lose(r->db, r->org, account));
    TRY(referral_shares_drop(r->db, r->org, account, r->who->account, r->now));
    const char *password = helping->reset.password;
    TRY(ceremony_add(r->db, &(struct ceremony_add_in){
                                .org = r->org,
                                .id = id,
                                .purpose = "colleague",
                                .subject = {.has = true, .value = account},
                                .factors = true,
                                .needed = {.has = lost > 0, .value = (int64_t)lost},
                                .state = "done",
                                .begun_by = {.has = true, .value = r->who->account},
                                .at = r->now,
                                .expires_at = r->now,
                                .ended_at = {.has = true, .value = r->now},
                                .outcome = seal_to(r->arena, &r->who->own.public_half, password, strlen(password))}));
    TRY(req_audit(r, "recovery.colleague", 0, account));
    return req_redirect(r, lost == 0 ? W_ceremony_helped : W_ceremony_helped_partly, "/recovery/%s",
                        id_text(r->arena, id));
}
