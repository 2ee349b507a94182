#include "case/overview/overview.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/overview/templates.h"
#include "case/overview/views.h"

enum { PAGE = 50, EVENTS = 8 };

/* ---- lists of cases ---- */

static const struct code_list LISTS = CODES(case_list, "mine", "team", "shared", "closed");

static const struct field_rule LIST_FIELDS[] = {
    {.name = "which", .kind = FIELD_CODE, .codes = &LISTS},
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static enum err list_show(struct req *r)
{
    struct case_list_view view = {.which = field_text(r, "which"), .today = time_date(r->arena, r->now)};
    struct case_place after = {field_text(r, "day"), 0};
    if (r->failed)
        return ERR_INPUT;
    (void)field_id(r, "id", &after.id);
    if (text_empty(view.which))
        view.which = r->who->role == ROLE_CASE_MANAGER ? "mine" : r->who->team_count > 0 ? "team" : "shared";
    if (text_same(view.which, "mine"))
        TRY(overview_rows_mine(r, "open", after, PAGE + 1, &view.rows, &view.count));
    else if (text_same(view.which, "shared")) {
        TRY(overview_rows_shared(r, "open", after, PAGE + 1, &view.rows, &view.count));
        TRY(overview_closed_parts(r, PAGE, &view.closed, &view.closed_count));
    } else
        TRY(overview_rows_teams(r, text_same(view.which, "team") ? "open" : "closed", after, PAGE + 1, &view.rows,
                                &view.count));
    if (view.count > PAGE) {
        const struct case_row *last = &view.rows[PAGE - 1];
        view.count = PAGE;
        view.next = arena_format(r->arena, "/cases?which=%s&day=%s&id=%s", view.which, last->next_review,
                                 id_text(r->arena, last->id));
    }
    html_case_list(req_page(r), r, &view);
    return OK;
}

/* ---- one case ---- */

/* The first meeting is among the newest events, or there have been so many since that it is long past. */
static bool was_met(const struct overview_view *view)
{
    for (size_t i = 0; i < view->event_count; i++) {
        if (text_same(view->events[i].kind, "meeting"))
            return true;
    }
    return view->event_count == EVENTS;
}

/* What every case begins with and this one lacks; safety comes before needs (M2.1, M2.2, M2.3, M3.1). */
static void first_steps(struct req *r, struct overview_view *view)
{
    const struct {
        bool done;
        struct first_step step;
    } steps[] = {
        {was_met(view), {W_overview_step_meeting, W_overview_step_meeting_hint, "/meetings"}},
        {!text_same(case_of(r)->risk, "unknown"),
         {W_overview_step_safety, W_overview_step_safety_hint, "/assessments"}},
        {view->matrix.columns > 0, {W_overview_step_needs, W_overview_step_needs_hint, "/assessments"}},
        {view->goal_count > 0, {W_overview_step_plan, W_overview_step_plan_hint, "/plan"}},
    };
    view->steps = ARENA_ARRAY(r->arena, struct first_step, sizeof steps / sizeof *steps);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (!steps[i].done)
            view->steps[view->step_count++] = steps[i].step;
    }
}

static enum err overview_show(struct req *r)
{
    struct overview_view view = {.today = time_date(r->arena, r->now)};
    struct span *spans;
    struct colleague *people;
    size_t span_count;
    size_t people_count;
    TRY(record_spans_of(r, &spans, &span_count));
    picture_make(r->arena, spans, span_count, view.today, &view.picture);
    TRY(record_timeline(
        r, &(struct timeline_filter){.kind = "", .phase = "", .strand = "", .before_day = "", .limit = EVENTS},
        &view.events, &view.event_count));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    view.manager = colleague_name(people, people_count, case_of(r)->manager);
    if (case_has(r, PART_PLAN)) {
        TRY(task_list_case(r, false, &view.tasks, &view.task_count));
        TRY(plan_goals(r, &view.goals, &view.goal_count));
    }
    if (case_has(r, PART_NEEDS))
        TRY(assess_matrix(r, &view.matrix));
    if (case_has(r, PART_SAFETY))
        TRY(assess_case_alerts(r, &view.alerts, &view.alert_count));
    view.writes = session_may(r->who, CAP_CASE_WRITE) && text_same(case_of(r)->status, "open");
    if (view.writes && case_keys_whole(&case_of(r)->keys))
        first_steps(r, &view);
    html_overview(req_page(r), r, &view);
    return OK;
}

const struct route overview_routes[] = {
    {.method = HTTP_GET, .path = "/cases", .cap = CAP_CASE_READ, .fields = LIST_FIELDS, .show = list_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}",
     .cap = CAP_CASE_READ,
     .part = PART_BASICS,
     .scope = case_scope,
     .show = overview_show},
    {0},
};
