/* "My day": the entries of a working day for several cases, one after the other. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "support/service/internal.h"
#include "support/service/queries.h"
#include "support/service/templates.h"

enum { CASES_MAX = 50, RECENT_CASES = 12, RECENT_DAYS = 60, LINES_MAX = 200 };

const struct field_rule SERVICE_DAY_FIELDS[] = {
    SERVICE_FORM_FIELDS,
    {0},
};

/* ---- which cases ---- */

static bool listed(const struct service_cases *cases, int64_t id)
{
    for (size_t i = 0; i < cases->count; i++) {
        if (cases->at[i].id == id)
            return true;
    }
    return false;
}

struct found_case {
    int64_t id, holder;
    const char *reference;
    struct bytes pseudonym, wrapped;
};

/* Adds a case whose name this person can open and that stands in none of the lists yet. */
static enum err take(struct req *r, struct service_day_view *view, struct service_cases *into,
                     const struct found_case *found)
{
    const char *pseudonym;
    if (listed(&view->recent, found->id) || listed(&view->mine, found->id) || listed(&view->team, found->id) ||
        listed(&view->shared, found->id))
        return OK;
    enum err opened = record_open_name(r, found->holder, found->id, found->wrapped, found->pseudonym, &pseudonym);
    if (opened == ERR_NOT_FOUND)
        return OK;
    TRY(opened);
    into->at[into->count++] = (struct service_case){
        .id = found->id, .reference = found->reference, .pseudonym = pseudonym, .chosen = found->id == r->case_id};
    return OK;
}

static enum err read_recent(struct req *r, struct service_day_view *view)
{
    struct service_cases_of_row *rows;
    size_t count;
    const char *since = date_add(r->arena, time_date(r->arena, r->now), -RECENT_DAYS);
    TRY(service_cases_of(
        r->db, r->arena,
        &(struct service_cases_of_in){.org = r->org, .account = r->who->account, .since = since, .limit = RECENT_CASES},
        &rows, &count));
    view->recent.at = ARENA_ARRAY(r->arena, struct service_case, count);
    for (size_t i = 0; i < count; i++) {
        struct found_case found = {rows[i].case_id, rows[i].holder, rows[i].reference, rows[i].pseudonym,
                                   rows[i].wrapped};
        TRY(take(r, view, &view->recent, &found));
    }
    return OK;
}

static enum err read_mine(struct req *r, struct service_day_view *view)
{
    struct record_list_by_manager_row *rows;
    size_t count;
    TRY(record_list_by_manager(
        r->db, r->arena,
        &(struct record_list_by_manager_in){
            .org = r->org, .manager = r->who->account, .status = "open", .after_review = "", .limit = CASES_MAX},
        &rows, &count));
    view->mine.at = ARENA_ARRAY(r->arena, struct service_case, count);
    for (size_t i = 0; i < count; i++) {
        struct found_case found = {rows[i].id, rows[i].team, rows[i].reference, rows[i].pseudonym, rows[i].wrapped};
        TRY(take(r, view, &view->mine, &found));
    }
    return OK;
}

static enum err read_team(struct req *r, struct service_day_view *view)
{
    view->team.at = ARENA_ARRAY(r->arena, struct service_case, r->who->team_count * CASES_MAX);
    for (size_t team = 0; team < r->who->team_count; team++) {
        struct record_list_by_team_row *rows;
        size_t count;
        int64_t id = r->who->teams[team].team;
        TRY(record_list_by_team(r->db, r->arena,
                                &(struct record_list_by_team_in){.org = r->org,
                                                                 .team = id,
                                                                 .status = "open",
                                                                 .after_review = "",
                                                                 .limit = CASES_MAX,
                                                                 .account = r->who->account},
                                &rows, &count));
        for (size_t i = 0; i < count; i++) {
            struct found_case found = {rows[i].id, id, rows[i].reference, rows[i].pseudonym, rows[i].wrapped};
            TRY(take(r, view, &view->team, &found));
        }
    }
    return OK;
}

/* Cases in which this person has a part. */
static enum err read_shared(struct req *r, struct service_day_view *view)
{
    struct record_list_by_holder_row *rows;
    size_t count;
    TRY(record_list_by_holder(r->db, r->arena,
                              &(struct record_list_by_holder_in){.org = r->org,
                                                                 .holder = r->who->account,
                                                                 .now = r->now,
                                                                 .status = "open",
                                                                 .after_review = "",
                                                                 .limit = CASES_MAX},
                              &rows, &count));
    view->shared.at = ARENA_ARRAY(r->arena, struct service_case, count);
    for (size_t i = 0; i < count; i++) {
        struct found_case found = {rows[i].id, r->who->account, rows[i].reference, rows[i].pseudonym, rows[i].wrapped};
        TRY(take(r, view, &view->shared, &found));
    }
    return OK;
}

/* ---- what was written ---- */

static enum err read_lines(struct req *r, struct service_day_view *view)
{
    struct service_day_list_row *rows;
    size_t count;
    TRY(service_day_list(r->db, r->arena,
                         &(struct service_day_list_in){
                             .org = r->org, .account = r->who->account, .on_date = view->day, .limit = LINES_MAX},
                         &rows, &count));
    view->lines = ARENA_ARRAY(r->arena, struct service_day_line, count);
    for (size_t i = 0; i < count; i++) {
        const struct service_day_list_row *row = &rows[i];
        const char *pseudonym;
        if (view->count > 0 && view->lines[view->count - 1].id == row->id)
            continue;
        enum err opened = record_open_name(r, row->holder, row->case_id, row->wrapped, row->pseudonym, &pseudonym);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        view->lines[view->count++] = (struct service_day_line){.id = row->id,
                                                               .case_id = row->case_id,
                                                               .pseudonym = pseudonym,
                                                               .service = row->service,
                                                               .mode = row->mode,
                                                               .minutes = row->minutes};
        view->minutes += row->minutes;
    }
    return OK;
}

/* ---- the page ---- */

static void choose_day(struct req *r, struct service_day_view *view)
{
    const char *today = time_date(r->arena, r->now);
    const char *asked = field_text(r, "on");
    bool usable = date_full(asked) && strcmp(asked, today) < 0;
    view->day = usable ? asked : today;
    view->before = date_add(r->arena, view->day, -1);
    view->after = usable ? date_add(r->arena, view->day, 1) : NULL;
}

enum err service_day_show(struct req *r)
{
    struct service_day_view view = {0};
    if (r->route->method == HTTP_GET)
        r->failed = false; /* a wrong address shows today */
    choose_day(r, &view);
    TRY(read_recent(r, &view));
    TRY(read_mine(r, &view));
    TRY(read_team(r, &view));
    TRY(read_shared(r, &view));
    TRY(read_lines(r, &view));
    if (r->case_id != 0)
        TRY(service_form_start(r, &view.form));
    html_service_day_page(req_page(r), r, &view);
    return OK;
}

enum err service_day_change(struct req *r)
{
    TRY(service_add_now(r));
    return req_redirect(r, W_service_saved, "/day?on=%s", field_text(r, "on"));
}
