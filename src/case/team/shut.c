/* A conflict of interest: a named colleague must never see this case. It is stronger than every way of being on a case, and hides the
 * case everywhere for them: in lists, counts, finding, and in an emergency. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/place.h"
#include "case/record/queries.h"
#include "case/team/templates.h"
#include "case/team/views.h"

static const struct field_rule SHUT_FIELDS[] = {
    {.name = "account", .kind = FIELD_ID, .required = true, .missing = W_team_account_missing},
    {.name = "reason", .kind = FIELD_LONG, .required = true, .missing = W_team_reason_missing, .max = 1000},
    {0},
};
static const struct field_rule LIFT_FIELDS[] = {
    {.name = "reason", .kind = FIELD_LONG, .required = true, .missing = W_team_reason_missing, .max = 1000},
    {0},
};

/* Anybody whose role may see cases, but for the case manager and oneself: a case is handed over first. */
static bool can_be_shut(const struct req *r, const struct colleague *who)
{
    return role_may(who->role, CAP_CASE_READ) && who->id != case_of(r)->manager && who->id != r->who->account;
}

static enum err shut_show(struct req *r)
{
    struct team_form_view view = {0};
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view.people = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        if (can_be_shut(r, &people[i]))
            view.people[view.people_count++] = (struct choice){id_text(r->arena, people[i].id), people[i].name, NULL};
    }
    html_team_shut(req_page(r), r, &view);
    return OK;
}

static enum err shut_check(struct req *r)
{
    struct colleague who;
    struct record_shut_list_row *rows;
    size_t count;
    int64_t account = 0;
    if (!field_id(r, "account", &account))
        return ERR_INPUT;
    if (team_colleague(r, account, &who) != OK || !can_be_shut(r, &who)) {
        field_fail(r, "account", W_team_account_missing);
        return ERR_INPUT;
    }
    TRY(record_shut_list(r->db, r->arena, &(struct record_shut_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                         &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].account == account && !rows[i].lifted_at.has)
            field_fail(r, "account", W_team_shut_already);
    }
    return r->failed ? ERR_INPUT : OK;
}

static enum err shut_change(struct req *r)
{
    static const char *const ways[] = {"member", "glass"};
    int64_t account = 0;
    size_t removed = 0;
    if (!field_id(r, "account", &account))
        return ERR_INPUT;
    struct team_new whom = {
        .org = r->org, .case_id = r->case_id, .account = account, .by = r->who->account, .at = r->now};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        size_t changed = 0;
        TRY(record_key_remove(
            r->db,
            &(struct record_key_remove_in){.org = r->org, .case_id = r->case_id, .holder = account, .via = ways[i]},
            &changed));
        removed += changed;
    }
    if (removed > 0)
        TRY(record_rotate(r));
    TRY(place_leave(r, account));
    TRY(team_shut(r->db, r->arena, &case_of(r)->keys, &whom, field_text(r, "reason")));
    TRY(team_step_write(r->db, &whom, "shut"));
    TRY(req_audit(r, "team.shut", r->case_id, account));
    return req_redirect(r, W_team_shut_done, "/cases/%s/team", r->params[0]);
}

/* ---- lifting ---- */

static enum err find(struct req *r, struct record_shut_list_row *out)
{
    struct record_shut_list_row *rows;
    size_t count;
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(record_shut_list(r->db, r->arena, &(struct record_shut_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                         &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == id && !rows[i].lifted_at.has) {
            *out = rows[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static enum err lift_show(struct req *r)
{
    struct record_shut_list_row row;
    struct team_form_view view = {0};
    struct colleague who;
    TRY(find(r, &row));
    if (team_colleague(r, row.account, &who) == OK)
        view.name = who.name;
    html_team_lift(req_page(r), r, &view);
    return OK;
}

static enum err lift_check(struct req *r)
{
    struct record_shut_list_row row;
    TRY(find(r, &row));
    return r->failed ? ERR_INPUT : OK;
}

static enum err lift_change(struct req *r)
{
    struct record_shut_list_row row;
    size_t changed = 0;
    TRY(find(r, &row));
    struct seal_place place = {.table = "record_shut", .column = "lift_reason", .row = row.id};
    struct team_new whom = {
        .org = r->org, .case_id = r->case_id, .account = row.account, .by = r->who->account, .at = r->now};
    TRY(record_shut_lift(
        r->db,
        &(struct record_shut_lift_in){.org = r->org,
                                      .case_id = r->case_id,
                                      .id = row.id,
                                      .by = r->who->account,
                                      .at = r->now,
                                      .reason = case_seal_text(r, PART_BASICS, place, field_text(r, "reason"))},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(team_step_write(r->db, &whom, "lifted"));
    TRY(req_audit(r, "team.lift", r->case_id, row.account));
    return req_redirect(r, W_team_lifted_done, "/cases/%s/team", r->params[0]);
}

#define DECIDING(how, where, rules) \
    .method = (how), .path = (where), .cap = CAP_CASE_DECIDE, .part = PART_WHOLE, .scope = case_scope, .fields = (rules)

const struct route team_shut_routes[] = {
    {DECIDING(HTTP_GET, "/cases/{case}/team/shut", SHUT_FIELDS), .show = shut_show},
    {DECIDING(HTTP_POST, "/cases/{case}/team/shut", SHUT_FIELDS), .fresh = true, .show = shut_show, .check = shut_check,
     .change = shut_change},
    {DECIDING(HTTP_GET, "/cases/{case}/team/shut/{shut}", LIFT_FIELDS), .show = lift_show},
    {DECIDING(HTTP_POST, "/cases/{case}/team/shut/{shut}", LIFT_FIELDS), .fresh = true, .show = lift_show,
     .check = lift_check, .change = lift_change},
    {0},
};
