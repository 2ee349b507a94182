/* The tasks of a case: a list with a form for the next one, and a page for each. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/task/queries.h"
#include "case/task/templates.h"
#include "case/task/views.h"

static const struct code_list STATUSES = CODES(task_status, "open", "done");

#define WORDS_OF_TASK                                                                           \
    {.name = "title", .kind = FIELD_TEXT, .required = true, .missing = W_task_title_missing},   \
        {.name = "owner", .kind = FIELD_ID, .required = true, .missing = W_task_owner_missing}, \
        {.name = "due", .kind = FIELD_DATE, .required = true, .missing = W_task_due_missing},   \
    {                                                                                           \
        .name = "note", .kind = FIELD_LONG, .max = 5000                                         \
    }

static const struct field_rule ADD_FIELDS[] = {
    WORDS_OF_TASK,
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static const struct field_rule EDIT_FIELDS[] = {
    WORDS_OF_TASK,
    {.name = "status", .kind = FIELD_CODE, .codes = &STATUSES, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* ---- list ---- */

static enum err list_show(struct req *r)
{
    struct task_list_view view = {0};
    const char *day = "";
    int64_t after = 0;
    if (r->route->method == HTTP_GET) {
        r->failed = false; /* a wrong address shows the beginning */
        if (date_full(field_text(r, "day")) && field_id(r, "id", &after))
            day = field_text(r, "day");
    }
    TRY(task_list_open(r, day, text_empty(day) ? 0 : after, TASK_PAGE + 1, &view.open, &view.open_count));
    if (view.open_count > TASK_PAGE) {
        const struct task_item *last = &view.open[TASK_PAGE - 1];
        view.open_count = TASK_PAGE;
        view.next = arena_format(r->arena, "/cases/%s/tasks?day=%s&id=%s", r->params[0], last->due,
                                 id_text(r->arena, last->id));
    }
    TRY(task_list_case(r, true, &view.done, &view.done_count));
    TRY(task_owner_choices(r, &view.owners, &view.owner_count));
    if (r->route->method == HTTP_GET)
        field_start(r, "owner", id_text(r->arena, r->who->account));
    html_task_list_page(req_page(r), r, &view);
    return OK;
}

static enum err fields_check(struct req *r)
{
    int64_t owner = 0;
    bool ok = true;
    TRY(case_must_be_open(r));
    if (field_id(r, "owner", &owner)) {
        TRY(task_owner_ok(r, owner, &ok));
        if (!ok)
            field_fail(r, "owner", W_task_owner_missing);
    }
    return r->failed ? ERR_INPUT : OK;
}

static enum err add_change(struct req *r)
{
    struct task_new task = {
        .title = field_text(r, "title"), .note = field_or_null(r, "note"), .due = field_text(r, "due")};
    int64_t id = 0;
    TRY(case_must_be_open(r));
    if (!field_id(r, "owner", &task.owner))
        return ERR_INPUT;
    TRY(task_add(r, &task, &id));
    TRY(req_audit(r, "task.add", r->case_id, id));
    return req_redirect(r, W_task_added, "/cases/%s/tasks", r->params[0]);
}

/* ---- one ---- */

static enum err find(struct req *r, struct task_item *out)
{
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    return task_find(r, id, out);
}

static enum err edit_show(struct req *r)
{
    struct task_edit_view view = {0};
    TRY(find(r, &view.task));
    TRY(task_owner_choices(r, &view.owners, &view.owner_count));
    if (r->route->method == HTTP_GET) {
        r->failed = false;
        field_start(r, "title", view.task.title);
        field_start(r, "owner", id_text(r->arena, view.task.owner));
        field_start(r, "due", view.task.due);
        field_start(r, "note", view.task.note == NULL ? "" : view.task.note);
        field_start(r, "status", view.task.status);
    }
    html_task_edit_page(req_page(r), r, &view);
    return OK;
}

static enum err edit_check(struct req *r)
{
    struct task_item task;
    TRY(case_must_be_open(r));
    TRY(find(r, &task));
    return fields_check(r);
}

static enum err save(struct req *r, const struct task_item *before)
{
    int64_t owner = 0;
    size_t changed = 0;
    bool done = text_same(field_text(r, "status"), "done");
    bool just_done = done && text_same(before->status, "open");
    struct task_save_in in = {.org = r->org,
                              .case_id = r->case_id,
                              .id = before->id,
                              .title = task_seal(r, "title", before->id, field_text(r, "title")),
                              .due = field_text(r, "due"),
                              .status = field_text(r, "status"),
                              .note = task_seal(r, "note", before->id, field_text(r, "note"))};
    if (!field_id(r, "owner", &owner))
        return ERR_INPUT;
    in.owner = owner;
    in.version = field_version(r);
    if (done) {
        in.done_on = just_done || before->done_on == NULL ? time_date(r->arena, r->now) : before->done_on;
        in.done_by = (struct maybe){.has = true, .value = r->who->account};
    }
    TRY(task_save(r->db, &in, &changed));
    return changed == 0 ? ERR_STALE : OK;
}

/* The timeline hears of what was done and what was taken up again; another day or person is no event. */
static enum err tell(struct req *r, const struct task_item *before)
{
    const char *status = field_text(r, "status");
    const char *note = field_text(r, "note");
    if (text_same(status, before->status))
        return OK;
    return case_event_add(
        r, &(struct record_event){.part = PART_PLAN,
                                  .happened_on = time_date(r->arena, r->now),
                                  .kind = "task",
                                  .detail = status,
                                  .subject = before->id,
                                  .note = arena_format(r->arena, "%s: %s%s%s",
                                                       word_code(r->language, "task_status", status),
                                                       field_text(r, "title"), text_empty(note) ? "" : "\n", note)});
}

static enum err edit_change(struct req *r)
{
    struct task_item before;
    TRY(case_must_be_open(r));
    TRY(find(r, &before));
    TRY(save(r, &before));
    TRY(tell(r, &before));
    TRY(req_audit(r, text_same(field_text(r, "status"), before.status) ? "task.change" : "task.status", r->case_id,
                  before.id));
    return req_redirect(r, W_task_saved, "/cases/%s/tasks", r->params[0]);
}

/* ---- one's own ---- */

static enum err mine_show(struct req *r)
{
    struct task_mine_view view = {0};
    TRY(task_list_mine(r, TASK_MINE + 1, &view.tasks, &view.count));
    view.more = view.count > TASK_MINE;
    if (view.more)
        view.count = TASK_MINE;
    html_task_mine_page(req_page(r), r, &view);
    return OK;
}

const struct route task_routes[] = {
    {.method = HTTP_GET, .path = "/tasks", .cap = CAP_CASE_READ, .show = mine_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/tasks",
     .cap = CAP_CASE_READ,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = ADD_FIELDS,
     .show = list_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/tasks",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = ADD_FIELDS,
     .show = list_show,
     .check = fields_check,
     .change = add_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/tasks/{task}",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = EDIT_FIELDS,
     .show = edit_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/tasks/{task}",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = EDIT_FIELDS,
     .show = edit_show,
     .check = edit_check,
     .change = edit_change},
    {0},
};
