#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/queries.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/task/queries.h"
#include "case/task/task.h"
#include "find/referral/referral.h"
#include "platform/account/factor.h"
#include "platform/account/queries.h"
#include "platform/account/rotation.h"
#include "steer/ceremony/ceremony.h"
#include "steer/staff/internal.h"
#include "steer/staff/templates.h"

#include <stdlib.h>
#include <string.h>

/* One account as the administrator sees it, and the day somebody leaves. */

/* ---- one account ---- */

static const struct field_rule LIMIT_FIELDS[] = {
    {.name = "until", .kind = FIELD_DATE},
    {0},
};

/* Who is still here; the administrator's pages are about nobody else. */
static enum err person_here(struct req *r, struct staff_person *out)
{
    TRY(staff_person_of_path(r, out));
    out->self = out->id == r->who->account;
    return out->left && !out->valid_until.has ? ERR_NOT_FOUND : OK;
}

/* What one administrator does for somebody, they do not do for themselves. */
static enum err somebody_else(struct req *r, struct staff_person *out)
{
    TRY(person_here(r, out));
    return out->self ? ERR_NOT_FOUND : OK;
}

static enum err person_show(struct req *r)
{
    struct staff_person person;
    TRY(person_here(r, &person));
    if (person.valid_until.has)
        field_start(r, "until", time_date(r->arena, person.valid_until.value - 1));
    html_staff_person_page(req_page(r), r, &person);
    return OK;
}

static enum err limit_change(struct req *r)
{
    struct staff_person person;
    struct maybe until = {0};
    size_t changed = 0;
    const char *date = field_text(r, "until");
    TRY(person_here(r, &person));
    if (*date != '\0') {
        const char *next = date_add(r->arena, date, 1);
        until.has = next != NULL && time_of_date(next, &until.value);
    }
    enum word wrong = person.self                                                  ? W_staff_until_self
                      : !until.has && text_same(person.role, "outside_specialist") ? W_staff_until_missing
                                                                                   : W_none;
    if (wrong != W_none) {
        field_fail(r, "until", wrong);
        return ERR_INPUT;
    }
    TRY(account_user_limit(r->db, &(struct account_user_limit_in){.org = r->org, .id = person.id, .valid_until = until},
                           &changed));
    TRY(req_audit(r, "account.limit", 0, person.id));
    return req_redirect(r, W_staff_limit_saved, "/people/%s", r->params[0]);
}

/* ---- a second factor that was lost ---- */

static const struct field_rule SURE_FIELDS[] = {
    {.name = "sure", .kind = FIELD_YES, .required = true, .missing = W_staff_sure_missing},
    {0},
};

static enum err factors_show(struct req *r)
{
    struct staff_person person;
    TRY(somebody_else(r, &person));
    html_staff_factors_page(req_page(r), r, &person);
    return OK;
}

static enum err factors_change(struct req *r)
{
    struct staff_person person;
    size_t ended = 0;
    TRY(somebody_else(r, &person));
    TRY(account_factors_clear(r->db, r->org, person.id));
    TRY(account_session_end_all(r->db, &(struct account_session_end_all_in){.org = r->org, .account = person.id},
                                &ended));
    TRY(ceremony_tell(r, &(struct ceremony_aim){.purpose = "factors", .account = person.id, .factors = true}));
    TRY(req_audit(r, "account.factors_cleared", 0, person.id));
    return req_redirect(r, W_staff_factors_cleared, "/people");
}

/* ---- leaving ---- */

static const struct field_rule LEAVE_FIELDS[] = {
    {.name = "to.", .kind = FIELD_REST},
    {.name = "sure", .kind = FIELD_YES, .required = true, .missing = W_staff_sure_missing},
    {0},
};

static const char *chosen(const struct req *r, const char *team)
{
    const struct http_field *rest;
    size_t count = field_rest(r, "to.", &rest);
    for (size_t i = 0; i < count; i++) {
        if (text_same(rest[i].name, team))
            return (const char *)rest[i].value.ptr;
    }
    return "";
}

struct shut_out {
    struct record_managed_shut_row *cases; /* for whom one of the leaver's cases is shut */
    struct task_owned_shut_row *tasks;     /* or a case with one of the leaver's tasks */
    size_t case_count, task_count;
};

static enum err shut_out_of(struct req *r, int64_t leaver, int64_t team, struct shut_out *out)
{
    TRY(record_managed_shut(r->db, r->arena,
                            &(struct record_managed_shut_in){.org = r->org, .manager = leaver, .team = team},
                            &out->cases, &out->case_count));
    return task_owned_shut(r->db, r->arena, &(struct task_owned_shut_in){.org = r->org, .owner = leaver, .team = team},
                           &out->tasks, &out->task_count);
}

static bool is_shut_out(const struct shut_out *shut, int64_t account)
{
    bool out = false;
    for (size_t i = 0; i < shut->case_count; i++)
        out |= shut->cases[i].account == account;
    for (size_t i = 0; i < shut->task_count; i++)
        out |= shut->tasks[i].account == account;
    return out;
}

/* Case managers of the team, but for the one who leaves and those who must not see what they would take over. */
static enum err successors(struct req *r, const struct staff_person *people, size_t count, int64_t leaver,
                           struct leave_team *team)
{
    struct record_team_members_row *members;
    struct shut_out shut;
    size_t member_count;
    TRY(shut_out_of(r, leaver, team->id, &shut));
    TRY(record_team_members(r->db, r->arena, &(struct record_team_members_in){.org = r->org, .team = team->id},
                            &members, &member_count));
    team->successors = ARENA_ARRAY(r->arena, struct choice, member_count);
    for (size_t i = 0; i < count; i++) {
        bool member = false;
        for (size_t j = 0; j < member_count; j++)
            member |= members[j].account == people[i].id;
        if (member && people[i].id != leaver && !people[i].left && text_same(people[i].role, "case_manager") &&
            !is_shut_out(&shut, people[i].id))
            team->successors[team->successor_count++] = (struct choice){id_text(r->arena, people[i].id), people[i].name,
                                                                        NULL};
    }
    return OK;
}

static enum err open_work(struct req *r, struct leave_view *view)
{
    struct account_team_list_row *teams;
    struct record_managed_row *managed;
    struct task_owned_sums *owned;
    size_t team_count;
    size_t managed_count;
    size_t owned_count;
    TRY(account_team_list(r->db, r->arena, &(struct account_team_list_in){.org = r->org}, &teams, &team_count));
    view->teams = ARENA_ARRAY(r->arena, struct leave_team, team_count);
    TRY(record_managed(r->db, r->arena, &(struct record_managed_in){.org = r->org, .manager = view->person.id},
                       &managed, &managed_count));
    TRY(task_owned_by(r->db, r->arena, r->org, view->person.id, &owned, &owned_count));
    for (size_t i = 0; i < team_count; i++) {
        struct leave_team team = {.id = teams[i].id, .key = id_text(r->arena, teams[i].id), .name = teams[i].name};
        for (size_t j = 0; j < managed_count; j++) {
            if (managed[j].team == team.id) {
                team.cases = managed[j].cases;
                team.open = managed[j].open;
            }
        }
        for (size_t j = 0; j < owned_count; j++)
            team.tasks = owned[j].team == team.id ? owned[j].open : team.tasks;
        if (team.cases + team.tasks > 0)
            view->teams[view->team_count++] = team;
    }
    return OK;
}

static bool may_follow(const struct leave_team *team)
{
    for (size_t i = 0; i < team->successor_count; i++) {
        if (text_same(team->successors[i].value, team->chosen))
            return true;
    }
    return false;
}

static enum err leave_view_of(struct req *r, struct leave_view *view)
{
    struct staff_person *people;
    size_t count;
    TRY(person_here(r, &view->person));
    TRY(open_work(r, view));
    TRY(staff_people(r, &people, &count));
    for (size_t i = 0; i < view->team_count; i++) {
        TRY(successors(r, people, count, view->person.id, &view->teams[i]));
        view->teams[i].chosen = chosen(r, view->teams[i].key);
        if (!may_follow(&view->teams[i]))
            view->teams[i].chosen = ""; /* somebody who was made up */
    }
    return OK;
}

static enum err leave_show(struct req *r)
{
    struct leave_view view = {0};
    TRY(leave_view_of(r, &view));
    html_leave_page(req_page(r), r, &view);
    return OK;
}

static enum err leave_check(struct req *r)
{
    struct leave_view view = {0};
    TRY(leave_view_of(r, &view));
    for (size_t i = 0; i < view.team_count; i++) {
        /* Where nobody can follow, the work stays with the team: access must end all the same. */
        if (view.teams[i].successor_count > 0 && !may_follow(&view.teams[i]))
            field_fail(r, "to.", W_staff_to_missing);
    }
    return r->failed ? ERR_INPUT : OK;
}

static enum err hand_over(struct req *r, const struct leave_view *view, const struct leave_team *team)
{
    int64_t to = 0;
    size_t cases = 0;
    size_t tasks = 0;
    if (!may_follow(team) || !id_parse(team->chosen, &to))
        return OK;
    TRY(record_take_over(r->db, r->arena, r->org, team->id, view->person.id, to, r->who->account,
                         time_date(r->arena, r->now), &cases));
    TRY(task_take_over_all(r->db, r->org, view->person.id, team->id, to, &tasks));
    return req_audit(r, "account.handed_over", 0, to);
}

static enum err leave_change(struct req *r)
{
    struct leave_view view = {0};
    int64_t *teams;
    size_t team_count;
    size_t dropped = 0;
    TRY(leave_view_of(r, &view));
    for (size_t i = 0; i < view.team_count; i++)
        TRY(hand_over(r, &view, &view.teams[i]));
    TRY(record_leave(r->db, r->arena, r->org, view.person.id, &teams, &team_count));
    for (size_t i = 0; i < team_count; i++)
        TRY(account_roots_due(r->db, r->org, teams[i]));
    TRY(place_key_drop_account(r->db, &(struct place_key_drop_account_in){.org = r->org, .account = view.person.id},
                               &dropped));
    TRY(referral_shares_drop(r->db, r->org, view.person.id, r->who->account, r->now));
    enum err result = account_leave(r->db, r->arena, r->org, view.person.id, r->now);
    if (result == ERR_DENIED) {
        field_fail(r, "sure", W_staff_last_administrator);
        return ERR_INPUT;
    }
    TRY(result);
    TRY(req_audit(r, "account.leave", 0, view.person.id));
    return req_redirect(r, W_staff_left_done, "/people");
}

#define ADMINISTRATOR .cap = CAP_ADMIN, .fresh = true

const struct route staff_leave_routes[] = {
    {.method = HTTP_GET, .path = "/people/{account}", .cap = CAP_ADMIN, .fields = LIMIT_FIELDS, .show = person_show},
    {.method = HTTP_POST,
     .path = "/people/{account}",
     ADMINISTRATOR,
     .fields = LIMIT_FIELDS,
     .show = person_show,
     .change = limit_change},
    {.method = HTTP_GET,
     .path = "/people/{account}/second-step",
     .cap = CAP_ADMIN,
     .fields = SURE_FIELDS,
     .show = factors_show},
    {.method = HTTP_POST,
     .path = "/people/{account}/second-step",
     ADMINISTRATOR,
     .fields = SURE_FIELDS,
     .show = factors_show,
     .change = factors_change},
    {.method = HTTP_GET,
     .path = "/people/{account}/leave",
     .cap = CAP_ADMIN,
     .fields = LEAVE_FIELDS,
     .show = leave_show},
    {.method = HTTP_POST,
     .path = "/people/{account}/leave",
     ADMINISTRATOR,
     .fields = LEAVE_FIELDS,
     .show = leave_show,
     .check = leave_check,
     .change = leave_change},
    {0},
};
