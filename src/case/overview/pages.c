#include "case/overview/overview.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/overview/templates.h"
#include "case/overview/views.h"
#include "case/record/queries.h"

enum { PAGE = 50, EVENTS = 8 };

/* ---- lists of cases ---- */

static int age_of(struct maybe birth_year, int this_year)
{
    return birth_year.has ? this_year - (int)birth_year.value : -1;
}

struct place {
    const char *day; /* the row that the page starts behind */
    int64_t id;
};

static enum err rows_of_manager(struct req *r, const char *status, struct place after, int64_t limit,
                                struct case_row **out, size_t *count)
{
    struct record_list_by_manager_row *rows;
    TRY(record_list_by_manager(r->db, r->arena,
                               &(struct record_list_by_manager_in){.org = r->org,
                                                                   .manager = r->who->account,
                                                                   .status = status,
                                                                   .after_review = after.day,
                                                                   .after_id = after.id,
                                                                   .limit = limit},
                               &rows, count));
    int this_year = time_local(r->now).year;
    struct case_row *list = ARENA_ARRAY(r->arena, struct case_row, *count);
    for (size_t i = 0; i < *count; i++) {
        list[i] = (struct case_row){
            rows[i].id,         rows[i].reference, "", "", rows[i].risk, age_of(rows[i].birth_year, this_year),
            rows[i].next_review};
        TRY(record_open_name(r->arena, r->who, rows[i].team, rows[i].id, rows[i].wrapped, rows[i].pseudonym,
                             &list[i].pseudonym));
    }
    *out = list;
    return OK;
}

static enum err rows_of_team(struct req *r, int64_t team, const char *status, struct place after, struct case_row **out,
                             size_t *count)
{
    struct record_list_by_team_row *rows;
    struct colleague *people;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(record_list_by_team(r->db, r->arena,
                            &(struct record_list_by_team_in){.org = r->org,
                                                             .team = team,
                                                             .status = status,
                                                             .after_review = after.day,
                                                             .after_id = after.id,
                                                             .limit = PAGE + 1},
                            &rows, count));
    int this_year = time_local(r->now).year;
    struct case_row *list = ARENA_ARRAY(r->arena, struct case_row, *count);
    for (size_t i = 0; i < *count; i++) {
        list[i] = (struct case_row){rows[i].id,
                                    rows[i].reference,
                                    "",
                                    colleague_name(people, people_count, rows[i].manager),
                                    rows[i].risk,
                                    age_of(rows[i].birth_year, this_year),
                                    rows[i].next_review};
        TRY(record_open_name(r->arena, r->who, team, rows[i].id, rows[i].wrapped, rows[i].pseudonym,
                             &list[i].pseudonym));
    }
    *out = list;
    return OK;
}

enum err overview_my_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count)
{
    return rows_of_manager(r, "open", (struct place){"", 0}, limit, out, count);
}

static const struct code_list LISTS = CODES(case_list, "mine", "team", "closed");

static const struct field_rule LIST_FIELDS[] = {
    {.name = "which", .kind = FIELD_CODE, .codes = &LISTS},
    {.name = "team", .kind = FIELD_ID},
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static enum err list_show(struct req *r)
{
    struct case_list_view view = {.which = field_text(r, "which"), .today = time_date(r->arena, r->now)};
    struct place after = {field_text(r, "day"), 0};
    int64_t team = r->who->team_count > 0 ? r->who->teams[0].team : 0;
    if (r->failed)
        return ERR_INPUT;
    (void)field_id(r, "id", &after.id);
    if (text_empty(view.which))
        view.which = r->who->role == ROLE_CASE_MANAGER ? "mine" : "team";
    if (field_id(r, "team", &team) && session_team(r->who, team) == NULL)
        return ERR_NOT_FOUND;
    if (text_same(view.which, "mine"))
        TRY(rows_of_manager(r, "open", after, PAGE + 1, &view.rows, &view.count));
    else
        TRY(rows_of_team(r, team, text_same(view.which, "team") ? "open" : "closed", after, &view.rows, &view.count));
    if (view.count > PAGE) {
        const struct case_row *last = &view.rows[PAGE - 1];
        view.count = PAGE;
        view.next = arena_format(r->arena, "/cases?which=%s&team=%s&day=%s&id=%s", view.which, id_text(r->arena, team),
                                 last->next_review, id_text(r->arena, last->id));
    }
    html_case_list(req_page(r), r, &view);
    return OK;
}

/* ---- one case ---- */

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
    TRY(task_list_case(r, false, &view.tasks, &view.task_count));
    TRY(plan_goals(r, &view.goals, &view.goal_count));
    TRY(assess_matrix(r, &view.matrix));
    TRY(assess_case_alerts(r, &view.alerts, &view.alert_count));
    html_overview(req_page(r), r, &view);
    return OK;
}

const struct route overview_routes[] = {
    {.method = HTTP_GET, .path = "/cases", .cap = CAP_CASE_READ, .fields = LIST_FIELDS, .show = list_show},
    {.method = HTTP_GET, .path = "/cases/{case}", .cap = CAP_CASE_READ, .scope = case_scope, .show = overview_show},
    {0},
};
