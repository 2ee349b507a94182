/* The conferences of a case: the list with what is still to do, the form for a new one, and each one to read and to print. */
#include "case/conference/conference.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/conference/queries.h"
#include "case/conference/rules.h"
#include "case/conference/templates.h"
#include "case/conference/views.h"
#include "platform/pack/pack.h"

static struct seal_place place_of(const char *column, int64_t id)
{
    return (struct seal_place){.table = "conference_conference", .column = column, .row = id};
}

static struct bytes sealed(struct req *r, const char *column, int64_t id, const char *text)
{
    return case_seal_or_none(r, PART_CONFERENCE, place_of(column, id), text);
}

static enum err open_text(struct req *r, const char *column, int64_t id, struct bytes value, const char **out)
{
    return case_open_text(r, PART_CONFERENCE, place_of(column, id), value, out);
}

/* ---- list ---- */

static const struct field_rule LIST_FIELDS[] = {
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static enum err read_list(struct req *r, struct conference_list_view *view)
{
    enum { PAGE = 30 };
    struct conference_list_row *rows;
    struct colleague *people;
    size_t people_count;
    struct conference_list_in in = {.org = r->org, .case_id = r->case_id, .limit = PAGE + 1};
    bool behind = date_full(field_text(r, "day")) && field_id(r, "id", &in.before_id);
    in.before_day = behind ? field_text(r, "day") : "9999-12-31";
    if (!behind)
        in.before_id = INT64_MAX;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(conference_list(r->db, r->arena, &in, &rows, &view->count));
    if (view->count > PAGE) {
        view->count = PAGE;
        view->next = arena_format(r->arena, "/cases/%s/conferences?day=%s&id=%s", r->params[0], rows[PAGE - 1].on_date,
                                  id_text(r->arena, rows[PAGE - 1].id));
    }
    view->rows = ARENA_ARRAY(r->arena, struct conference_row_view, view->count);
    for (size_t i = 0; i < view->count; i++)
        view->rows[i] = (struct conference_row_view){.id = rows[i].id,
                                                     .on_date = rows[i].on_date,
                                                     .next_review = rows[i].next_review,
                                                     .plan_reviewed = rows[i].plan_reviewed,
                                                     .who = colleague_name(people, people_count, rows[i].account)};
    return OK;
}

static enum err list_show(struct req *r)
{
    struct conference_list_view view = {0};
    r->failed = false; /* a wrong address shows the newest */
    TRY(read_list(r, &view));
    TRY(task_list_case(r, false, &view.tasks, &view.task_count));
    view.overdue = text_same(case_of(r)->status, "open") &&
                   conference_overdue(case_of(r)->next_review, time_date(r->arena, r->now));
    html_conference_list_page(req_page(r), r, &view);
    return OK;
}

/* ---- a new one ---- */

#define ACTION_FIELDS(n)                                                         \
    {.name = "what" n, .kind = FIELD_TEXT}, {.name = "who" n, .kind = FIELD_ID}, \
    {                                                                            \
        .name = "by" n, .kind = FIELD_DATE                                       \
    }

static const struct conference_action ACTIONS[CONFERENCE_ACTIONS] = {
    {"what1", "who1", "by1", 1}, {"what2", "who2", "by2", 2}, {"what3", "who3", "by3", 3},
    {"what4", "who4", "by4", 4}, {"what5", "who5", "by5", 5}, {"what6", "who6", "by6", 6},
};

static const struct field_rule NEW_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "present", .kind = FIELD_CODES, .other = true},
    {.name = "others", .kind = FIELD_LONG, .max = 2000},
    {.name = "agenda", .kind = FIELD_LONG},
    {.name = "decisions", .kind = FIELD_LONG, .required = true, .missing = W_conference_decisions_missing},
    ACTION_FIELDS("1"),
    ACTION_FIELDS("2"),
    ACTION_FIELDS("3"),
    ACTION_FIELDS("4"),
    ACTION_FIELDS("5"),
    ACTION_FIELDS("6"),
    {.name = "reviewed", .kind = FIELD_YES},
    {.name = "next", .kind = FIELD_DATE, .required = true},
    {0},
};

/* Rows that hold something stay open; there is always one free. */
static size_t rows_to_show(struct req *r)
{
    enum { ROWS_AT_FIRST = 2 };
    size_t used = 0;
    for (size_t i = 0; i < CONFERENCE_ACTIONS; i++) {
        if (!text_empty(field_text(r, ACTIONS[i].what)) || field(r, ACTIONS[i].by).error != NULL ||
            field(r, ACTIONS[i].who).error != NULL)
            used = i + 1;
    }
    return used < ROWS_AT_FIRST ? ROWS_AT_FIRST : used;
}

static enum err new_show(struct req *r)
{
    struct conference_form_view view = {0};
    const char *today = time_date(r->arena, r->now);
    TRY(task_people_choices(r, &view.people, &view.people_count));
    TRY(task_owner_choices(r, &view.owners, &view.owner_count));
    for (size_t i = 0; i < CONFERENCE_ACTIONS; i++)
        view.actions[i] = ACTIONS[i];
    if (r->route->method == HTTP_GET) {
        r->failed = false;
        field_start(r, "on", today);
        field_start(r, "next", date_add(r->arena, today, pack_review_days("plan", false)));
        field_start(r, "present", id_text(r->arena, r->who->account));
    }
    view.shown = rows_to_show(r);
    html_conference_form_page(req_page(r), r, &view);
    return OK;
}

static void check_days(struct req *r)
{
    enum { LATEST_DAYS = 366 };
    static const struct {
        const char *field;
        enum word said;
    } faults[] = {
        [CONFERENCE_EARLY] = {"on", W_conference_on_early},
        [CONFERENCE_FUTURE] = {"on", W_conference_on_future},
        [CONFERENCE_NEXT_EARLY] = {"next", W_conference_next_early},
        [CONFERENCE_NEXT_LATE] = {"next", W_conference_next_late},
    };
    const char *on = field_text(r, "on"), *next = field_text(r, "next");
    const char *today = time_date(r->arena, r->now);
    if (!date_full(on) || !date_full(next))
        return;
    enum conference_fault fault = conference_fault_of(on, next, case_of(r)->opened_on, today,
                                                      date_add(r->arena, today, LATEST_DAYS));
    if (fault != CONFERENCE_FINE)
        field_fail(r, faults[fault].field, faults[fault].said);
}

static bool among(const struct choice *people, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(people[i].value, value))
            return true;
    return false;
}

/* The colleagues who were ticked: a wrong one among them is refused. */
static enum err check_present(struct req *r)
{
    struct choice *people;
    size_t count;
    TRY(task_people_choices(r, &people, &count));
    char *rest = arena_text(r->arena, field_text(r, "present"));
    for (char *one; (one = strsep(&rest, " ")) != NULL;)
        if (*one != '\0' && !among(people, count, one))
            field_fail(r, "present", W_task_owner_missing);
    return OK;
}

static enum err check_actions(struct req *r)
{
    for (size_t i = 0; i < CONFERENCE_ACTIONS; i++) {
        const struct conference_action *action = &ACTIONS[i];
        const char *what = field_text(r, action->what);
        int64_t owner = 0;
        bool ok = false;
        if (conference_row_of(what, field_text(r, action->who), field_text(r, action->by)) == CONFERENCE_ROW_EMPTY)
            continue;
        if (text_empty(what))
            field_fail(r, action->what, W_task_title_missing);
        if (field_id(r, action->who, &owner))
            TRY(task_owner_ok(r, owner, &ok));
        if (!ok)
            field_fail(r, action->who, W_task_owner_missing);
    }
    return OK;
}

static enum err new_check(struct req *r)
{
    TRY(case_must_be_open(r));
    check_days(r);
    TRY(check_present(r));
    TRY(check_actions(r));
    return r->failed ? ERR_INPUT : OK;
}

static enum err add_present(struct req *r, int64_t id)
{
    struct choice *people;
    size_t count;
    TRY(task_people_choices(r, &people, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t account = 0;
        if (!field_has(r, "present", people[i].value) || !id_parse(people[i].value, &account))
            continue;
        TRY(conference_present_add(r->db,
                                   &(struct conference_present_add_in){
                                       .org = r->org, .case_id = r->case_id, .conference = id, .account = account}));
    }
    return OK;
}

static enum err add_actions(struct req *r, int64_t id)
{
    for (size_t i = 0; i < CONFERENCE_ACTIONS; i++) {
        const char *by = field_text(r, ACTIONS[i].by);
        struct task_new task = {.title = field_text(r, ACTIONS[i].what),
                                .due = text_empty(by) ? field_text(r, "next") : by,
                                .conference = id};
        int64_t made;
        if (!text_empty(task.title) && field_id(r, ACTIONS[i].who, &task.owner))
            TRY(task_add(r, &task, &made));
    }
    return OK;
}

static enum err add_conference(struct req *r, int64_t id)
{
    TRY(conference_add(r->db, &(struct conference_add_in){
                                  .org = r->org,
                                  .case_id = r->case_id,
                                  .id = id,
                                  .on_date = field_text(r, "on"),
                                  .others = sealed(r, "others", id, field_text(r, "others")),
                                  .agenda = sealed(r, "agenda", id, field_text(r, "agenda")),
                                  .decisions = sealed(r, "decisions", id, field_text(r, "decisions")),
                                  .plan_reviewed = field_yes(r, "reviewed"),
                                  .next_review = field_text(r, "next"),
                                  .account = r->who->account,
                                  .created_at = r->now,
                              }));
    return case_event_add(r, &(struct record_event){.part = PART_CONFERENCE,
                                                    .happened_on = field_text(r, "on"),
                                                    .kind = "conference",
                                                    .subject = id,
                                                    .note = field_text(r, "decisions")});
}

static enum err new_change(struct req *r)
{
    int64_t id = id_new();
    TRY(case_must_be_open(r));
    TRY(add_conference(r, id));
    TRY(add_present(r, id));
    TRY(add_actions(r, id));
    TRY(record_review(r->db, r->org, r->case_id, field_text(r, "next")));
    TRY(req_audit(r, "conference.add", r->case_id, id));
    return req_redirect(r, W_conference_saved, "/cases/%s/conferences/%s", r->params[0], id_text(r->arena, id));
}

/* ---- one to read ---- */

static enum err read_present(struct req *r, struct conference_view *view, int64_t account)
{
    struct conference_present_list_row *rows;
    struct colleague *people;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(conference_present_list(
        r->db, r->arena,
        &(struct conference_present_list_in){.org = r->org, .case_id = r->case_id, .conference = view->id}, &rows,
        &view->present_count));
    view->present = ARENA_ARRAY(r->arena, const char *, view->present_count);
    for (size_t i = 0; i < view->present_count; i++)
        view->present[i] = colleague_name(people, people_count, rows[i].account);
    view->who = colleague_name(people, people_count, account);
    return OK;
}

static enum err read_one(struct req *r, struct conference_view *view)
{
    struct conference_get_row row;
    if (!id_parse(r->params[1], &view->id))
        return ERR_NOT_FOUND;
    TRY(conference_get(r->db, r->arena,
                       &(struct conference_get_in){.org = r->org, .case_id = r->case_id, .id = view->id}, &row));
    view->on_date = row.on_date;
    view->next_review = row.next_review;
    view->plan_reviewed = row.plan_reviewed;
    TRY(open_text(r, "others", view->id, row.others, &view->others));
    TRY(open_text(r, "agenda", view->id, row.agenda, &view->agenda));
    TRY(open_text(r, "decisions", view->id, row.decisions, &view->decisions));
    TRY(read_present(r, view, row.account));
    return task_list_conference(r, view->id, &view->tasks, &view->task_count);
}

static enum err one_show(struct req *r)
{
    struct conference_view view = {0};
    TRY(read_one(r, &view));
    html_conference_page(req_page(r), r, &view);
    return OK;
}

static enum err print_show(struct req *r)
{
    struct conference_view view = {0};
    TRY(read_one(r, &view));
    html_conference_print(req_page(r), r, &view);
    return OK;
}

const struct route conference_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/conferences",
     .cap = CAP_CASE_READ,
     .part = PART_CONFERENCE,
     .scope = case_scope,
     .fields = LIST_FIELDS,
     .show = list_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/conference",
     .cap = CAP_CASE_WRITE,
     .part = PART_CONFERENCE,
     .scope = case_scope,
     .fields = NEW_FIELDS,
     .show = new_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/conference",
     .cap = CAP_CASE_WRITE,
     .part = PART_CONFERENCE,
     .scope = case_scope,
     .fields = NEW_FIELDS,
     .show = new_show,
     .check = new_check,
     .change = new_change,
     .body_max = 256 << 10},
    {.method = HTTP_GET,
     .path = "/cases/{case}/conferences/{conference}",
     .cap = CAP_CASE_READ,
     .part = PART_CONFERENCE,
     .scope = case_scope,
     .show = one_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/conferences/{conference}/print",
     .cap = CAP_CASE_READ,
     .part = PART_CONFERENCE,
     .scope = case_scope,
     .show = print_show},
    {0},
};
