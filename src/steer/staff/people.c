#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/queries.h"
#include "case/record/queries.h"
#include "platform/account/queries.h"
#include "steer/ceremony/ceremony.h"
#include "steer/staff/internal.h"
#include "steer/staff/templates.h"

#include <stdlib.h>
#include <string.h>

enum { EXPIRED_SHOWN_DAYS = 7 };

/* ---- who is here ---- */

static int by_name(const void *a, const void *b)
{
    const struct staff_person *left = a;
    const struct staff_person *right = b;
    if (left->left != right->left)
        return left->left ? 1 : -1;
    return strcmp(left->name, right->name);
}

static struct seal_place name_place(const char *table, int64_t row)
{
    return (struct seal_place){.table = table, .column = "name", .row = row};
}

/* Of the parts that somebody has of single cases; NULL: of none. */
static const struct record_members_row *parts_of(const struct record_members_row *members, size_t count,
                                                 int64_t account)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i].holder == account)
            return &members[i];
    }
    return NULL;
}

static bool lost_place(const struct place_lost_accounts_row *rows, size_t count, int64_t account)
{
    bool lost = false;
    for (size_t i = 0; i < count; i++)
        lost |= rows[i].account == account;
    return lost;
}

enum err staff_people(struct req *r, struct staff_person **out, size_t *count)
{
    struct account_people_list_row *rows;
    struct record_members_row *members;
    struct place_lost_accounts_row *places;
    size_t member_count;
    size_t place_count;
    TRY(account_people_list(r->db, r->arena, &(struct account_people_list_in){.org = r->org}, &rows, count));
    TRY(record_members(r->db, r->arena, &(struct record_members_in){.org = r->org, .now = r->now}, &members,
                       &member_count));
    TRY(place_lost_accounts(r->db, r->arena, &(struct place_lost_accounts_in){.org = r->org}, &places, &place_count));
    struct staff_person *people = ARENA_ARRAY(r->arena, struct staff_person, *count);
    for (size_t i = 0; i < *count; i++) {
        enum role role;
        const struct record_members_row *parts = parts_of(members, member_count, rows[i].id);
        people[i] = (struct staff_person){
            .id = rows[i].id,
            .login = rows[i].login,
            .role = rows[i].role,
            .teams = rows[i].teams,
            .lost = rows[i].lost,
            .factors = rows[i].factors > 0,
            .left = rows[i].left_at.has || (rows[i].valid_until.has && rows[i].valid_until.value <= r->now),
            .last_sign_in_at = rows[i].last_sign_in_at,
            .valid_until = rows[i].valid_until,
        };
        people[i].waits = !people[i].left && people[i].teams == 0 && role_of(rows[i].role, &role) &&
                          staff_needs_team(role) && parts == NULL;
        people[i].again = !people[i].left && (people[i].lost > 0 || (parts != NULL && parts->lost > 0) ||
                                              lost_place(places, place_count, people[i].id));
        TRY(seal_open_text(r->arena, &r->who->directory, name_place("account_user", people[i].id), rows[i].name,
                           &people[i].name));
    }
    if (*count > 0)
        qsort(people, *count, sizeof *people, by_name);
    *out = people;
    return OK;
}

enum err staff_person_of_path(struct req *r, struct staff_person *out)
{
    int64_t id = 0;
    struct staff_person *people;
    size_t count;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(staff_people(r, &people, &count));
    for (size_t i = 0; i < count; i++) {
        if (people[i].id == id) {
            *out = people[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static const char *name_of(const struct staff_person *people, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (people[i].id == id)
            return people[i].name;
    }
    return "";
}

static enum err invites_of(struct req *r, struct people_view *view)
{
    struct account_invite_list_row *rows;
    TRY(account_invite_list(
        r->db, r->arena,
        &(struct account_invite_list_in){.org = r->org, .expired_after = r->now - EXPIRED_SHOWN_DAYS * DAY_MS}, &rows,
        &view->invite_count));
    view->invites = ARENA_ARRAY(r->arena, struct staff_invite, view->invite_count);
    for (size_t i = 0; i < view->invite_count; i++) {
        struct staff_invite *invite = &view->invites[i];
        *invite = (struct staff_invite){.id = rows[i].id,
                                        .login = rows[i].login,
                                        .role = rows[i].role,
                                        .made_by = name_of(view->people, view->count, rows[i].made_by),
                                        .created_at = rows[i].created_at,
                                        .expires_at = rows[i].expires_at,
                                        .expired = rows[i].expires_at <= r->now};
        TRY(seal_open_text(r->arena, &r->who->directory, name_place("account_invite", invite->id), rows[i].name,
                           &invite->name));
    }
    return OK;
}

static enum err people_show(struct req *r)
{
    struct people_view view = {0};
    struct account_org_get_row org;
    TRY(account_org_get(r->db, r->arena, &(struct account_org_get_in){.org = r->org}, &org));
    TRY(staff_people(r, &view.people, &view.count));
    TRY(invites_of(r, &view));
    for (size_t i = 0; i < view.count; i++)
        view.waiting += view.people[i].waits;
    view.required = org.second_required;
    html_people_page(req_page(r), r, &view);
    return OK;
}

/* ---- letting in: whoever holds a team's keys hands them on ---- */

enum err staff_my_teams(struct req *r, struct choice **out, size_t *count)
{
    struct account_team_list_row *rows;
    size_t all;
    size_t kept = 0;
    TRY(account_team_list(r->db, r->arena, &(struct account_team_list_in){.org = r->org}, &rows, &all));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, all);
    for (size_t i = 0; i < all; i++) {
        if (session_team(r->who, rows[i].id) != NULL)
            choices[kept++] = (struct choice){id_text(r->arena, rows[i].id), rows[i].name, NULL};
    }
    *out = choices;
    *count = kept;
    return OK;
}

static const struct field_rule LET_IN_FIELDS[] = {
    {.name = "team", .kind = FIELD_ID, .required = true, .missing = W_staff_team_missing},
    {.name = "known", .kind = FIELD_YES, .required = true, .missing = W_staff_known_missing},
    {0},
};

/* Whoever is in a team already gets those back that were lost, and no others. */
static enum err only_lost(struct req *r, struct let_in_view *view)
{
    struct account_lost_list_row *lost;
    size_t count;
    size_t kept = 0;
    TRY(account_lost_list(r->db, r->arena, &(struct account_lost_list_in){.org = r->org, .account = view->person.id},
                          &lost, &count));
    for (size_t i = 0; i < view->team_count; i++) {
        bool was = false;
        for (size_t j = 0; j < count; j++)
            was |= text_same(view->teams[i].value, id_text(r->arena, lost[j].team));
        if (was)
            view->teams[kept++] = view->teams[i];
    }
    view->team_count = kept;
    return OK;
}

static enum err let_in_of(struct req *r, struct let_in_view *view)
{
    enum role role;
    TRY(staff_person_of_path(r, &view->person));
    if ((!view->person.waits && view->person.lost == 0) || view->person.left || !role_of(view->person.role, &role) ||
        !role_may_give(r->who->role, role))
        return ERR_NOT_FOUND;
    TRY(staff_my_teams(r, &view->teams, &view->team_count));
    return view->person.waits ? OK : only_lost(r, view);
}

static bool offered(const struct let_in_view *view, const char *team)
{
    for (size_t i = 0; i < view->team_count; i++) {
        if (text_same(view->teams[i].value, team))
            return true;
    }
    return false;
}

static enum err let_in_show(struct req *r)
{
    struct let_in_view view = {0};
    TRY(let_in_of(r, &view));
    html_let_in_page(req_page(r), r, &view);
    return OK;
}

static enum err let_in_check(struct req *r)
{
    struct let_in_view view = {0};
    TRY(let_in_of(r, &view));
    if (!r->failed && !offered(&view, field_text(r, "team")))
        field_fail(r, "team", W_staff_team_missing);
    return r->failed ? ERR_INPUT : OK;
}

static enum err let_in_change(struct req *r)
{
    struct let_in_view view = {0};
    struct account_public_row row;
    struct seal_key public_half;
    int64_t team = 0;
    TRY(let_in_of(r, &view));
    if (!offered(&view, field_text(r, "team")) || !field_id(r, "team", &team))
        return ERR_STALE;
    TRY(account_public(r->db, r->arena, &(struct account_public_in){.org = r->org, .id = view.person.id}, &row));
    if (row.public.len != sizeof public_half.b)
        return ERR_BROKEN;
    memcpy(public_half.b, row.public.ptr, sizeof public_half.b);
    TRY(account_join(r->db, r->arena, r->org, view.person.id, &public_half, session_team(r->who, team)));
    TRY(ceremony_tell(r, &(struct ceremony_aim){.purpose = "team", .account = view.person.id, .team = team}));
    TRY(req_audit(r, "account.let_in", 0, view.person.id));
    return req_redirect(r, W_staff_let_in_done, "/people");
}

/* ---- the organisation's rule about the second factor ---- */

static const struct field_rule RULE_FIELDS[] = {
    {.name = "required", .kind = FIELD_YES},
    {0},
};

static enum err rule_show(struct req *r)
{
    struct account_org_get_row org;
    TRY(account_org_get(r->db, r->arena, &(struct account_org_get_in){.org = r->org}, &org));
    if (org.second_required)
        field_start(r, "required", "yes");
    html_second_rule_page(req_page(r), r);
    return OK;
}

static enum err rule_change(struct req *r)
{
    size_t changed = 0;
    bool required = field_yes(r, "required");
    TRY(account_org_require(r->db, &(struct account_org_require_in){.org = r->org, .required = required}, &changed));
    TRY(req_audit(r, required ? "org.second_required" : "org.second_free", 0, 0));
    return req_redirect(r, W_staff_rule_saved, "/people");
}

const struct route staff_routes[] = {
    {.method = HTTP_GET, .path = "/people", .cap = CAP_INVITE, .show = people_show},
    {.method = HTTP_GET,
     .path = "/people/{account}/let-in",
     .cap = CAP_CASE_DECIDE,
     .fields = LET_IN_FIELDS,
     .show = let_in_show},
    {.method = HTTP_POST,
     .path = "/people/{account}/let-in",
     .cap = CAP_CASE_DECIDE,
     .fresh = true,
     .fields = LET_IN_FIELDS,
     .show = let_in_show,
     .check = let_in_check,
     .change = let_in_change},
    {.method = HTTP_GET, .path = "/people/second-step", .cap = CAP_ADMIN, .fields = RULE_FIELDS, .show = rule_show},
    {.method = HTTP_POST,
     .path = "/people/second-step",
     .cap = CAP_ADMIN,
     .fresh = true,
     .fields = RULE_FIELDS,
     .show = rule_show,
     .change = rule_change},
    {0},
};
