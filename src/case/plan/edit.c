#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/plan/queries.h"
#include "case/plan/templates.h"
#include "case/plan/views.h"
#include "case/task/task.h"
#include "platform/pack/pack.h"

/* The newest plan, as a draft: else the field says why not, and what was typed stays on the page. */
static enum err edit_start(struct req *r, const char *field, struct plan **plan)
{
    TRY(case_must_be_open(r));
    TRY(plan_newest(r, plan));
    if (!plan_may_edit((*plan)->status))
        field_fail(r, field, W_plan_frozen);
    return OK;
}

static enum err to_goal(struct req *r, enum word notice, int64_t goal)
{
    return req_redirect(r, notice, "/cases/%s/plan#goal-%s", r->params[0], id_text(r->arena, goal));
}

/* Whoever opens a form of a plan that is frozen is led back to it. */
static bool frozen(const struct req *r, const struct plan *plan)
{
    return r->route->method == HTTP_GET && !plan_may_edit(plan->status);
}

static enum err lead_back(struct req *r)
{
    return req_redirect(r, W_plan_frozen, "/cases/%s/plan", r->params[0]);
}

/* ---- goals ---- */

static const struct field_rule GOAL_FIELDS[] = {
    {.name = "title", .kind = FIELD_TEXT, .required = true, .missing = W_plan_title_missing},
    {.name = "area", .kind = FIELD_CODE, .codes = &PLAN_AREAS, .required = true, .missing = W_plan_area_missing},
    {.name = "strand", .kind = FIELD_CODE, .codes = &RECORD_STRANDS},
    {.name = "words", .kind = FIELD_LONG, .max = 4000},
    {.name = "due", .kind = FIELD_DATE},
    {.name = "version", .kind = FIELD_INT},
    {0},
};

static enum err goal_show(struct req *r)
{
    struct plan_form form = {.back = arena_format(r->arena, "/cases/%s/plan", r->params[0])};
    TRY(plan_newest(r, &form.plan));
    if (frozen(r, form.plan))
        return lead_back(r);
    form.action = arena_format(r->arena, "%s/goals", form.back);
    if (r->params[1] != NULL) {
        form.goal = plan_find_goal(form.plan, r->params[1]);
        if (form.goal == NULL)
            return ERR_NOT_FOUND;
        form.action = arena_format(r->arena, "%s/%s", form.action, r->params[1]);
        form.version = form.goal->version;
        field_start(r, "title", form.goal->title);
        field_start(r, "area", form.goal->area);
        field_start(r, "strand", form.goal->strand);
        field_start(r, "words", form.goal->words);
        field_start(r, "due", form.goal->due_on);
    }
    html_plan_goal_page(req_page(r), r, &form);
    return OK;
}

static enum err goal_check(struct req *r)
{
    struct plan *plan;
    TRY(edit_start(r, "title", &plan));
    if (r->params[1] != NULL && plan_find_goal(plan, r->params[1]) == NULL)
        return ERR_NOT_FOUND;
    if (r->params[1] == NULL && plan->goal_count >= PLAN_GOALS_MAX)
        field_fail(r, "title", W_plan_goals_full);
    return r->failed ? ERR_INPUT : OK;
}

static enum err goal_add(struct req *r)
{
    struct plan *plan;
    int64_t id = id_new();
    TRY(goal_check(r));
    TRY(plan_newest(r, &plan));
    int64_t position = plan->goal_count == 0 ? 1 : plan->goals[plan->goal_count - 1].position + 1;
    TRY(plan_goal_add(r->db, &(struct plan_goal_add_in){
                                 .org = r->org,
                                 .case_id = r->case_id,
                                 .plan = plan->id,
                                 .id = id,
                                 .area = field_text(r, "area"),
                                 .strand = field_or_null(r, "strand"),
                                 .title = plan_seal(r, plan_title_place(id), field_text(r, "title")),
                                 .words = plan_seal(r, plan_goal_words_place(id), field_text(r, "words")),
                                 .due_on = field_or_null(r, "due"),
                                 .position = position,
                             }));
    TRY(plan_note(r, "goal_added", field_or_null(r, "strand"), id, field_text(r, "title")));
    TRY(req_audit(r, "plan.goal_add", r->case_id, id));
    return to_goal(r, W_plan_goal_added, id);
}

static enum err goal_save(struct req *r)
{
    struct plan *plan;
    size_t changed = 0;
    TRY(goal_check(r));
    TRY(plan_newest(r, &plan));
    int64_t id = plan_find_goal(plan, r->params[1])->id;
    TRY(plan_goal_save(r->db,
                       &(struct plan_goal_save_in){
                           .org = r->org,
                           .case_id = r->case_id,
                           .id = id,
                           .area = field_text(r, "area"),
                           .strand = field_or_null(r, "strand"),
                           .title = plan_seal(r, plan_title_place(id), field_text(r, "title")),
                           .words = plan_seal(r, plan_goal_words_place(id), field_text(r, "words")),
                           .due_on = field_or_null(r, "due"),
                           .version = field_version(r),
                       },
                       &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(req_audit(r, "plan.goal_save", r->case_id, id));
    return to_goal(r, W_plan_saved, id);
}

/* ---- steps ---- */

/* `who` is "child", "other" or the id of a colleague. */
static const struct field_rule ACTION_FIELDS[] = {
    {.name = "what", .kind = FIELD_TEXT, .required = true, .missing = W_plan_what_missing},
    {.name = "who", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_plan_who_missing},
    {.name = "other_name", .kind = FIELD_TEXT, .max = 100},
    {.name = "due", .kind = FIELD_DATE},
    {.name = "service", .kind = FIELD_CODE, .other = true},
    {.name = "version", .kind = FIELD_INT},
    {0},
};

/* Of colleagues those who see the plan: nobody promises what they cannot read. */
static enum err people_of(struct req *r, struct plan_form *form)
{
    struct choice *people;
    size_t count;
    size_t filled = 0;
    TRY(task_owner_choices(r, &people, &count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, count + 2);
    choices[filled++] = (struct choice){.value = "child", .label = word(r->language, W_plan_who_child)};
    for (size_t i = 0; i < count; i++)
        choices[filled++] = people[i];
    choices[filled++] = (struct choice){.value = "other", .label = word(r->language, W_plan_who_other)};
    form->people = choices;
    form->people_count = filled;
    return OK;
}

static void services_of(struct req *r, struct plan_form *form)
{
    const struct pack_service *services;
    size_t count = pack_services(&services);
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++)
        choices[i] = (struct choice){.value = services[i].code,
                                     .label = word_code(r->language, PACK_SERVICE, services[i].code)};
    form->services = choices;
    form->service_count = count;
}

static bool among(const struct choice *choices, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(choices[i].value, value))
            return true;
    }
    return false;
}

static void action_start(struct req *r, const struct plan_action *step)
{
    bool colleague = text_same(step->who, "colleague");
    field_start(r, "what", step->what);
    field_start(r, "who", colleague ? id_text(r->arena, step->account) : step->who);
    field_start(r, "other_name", step->other_name);
    field_start(r, "due", step->due_on);
    field_start(r, "service", step->service);
}

/* The address names a goal (a new step) or a step. */
static bool names_goal(const struct req *r)
{
    return text_starts(r->route->path, "/cases/{case}/plan/goals/");
}

static enum err find_target(struct req *r, const struct plan *plan, struct plan_goal **goal, struct plan_action **step)
{
    *step = NULL;
    if (names_goal(r))
        *goal = plan_find_goal(plan, r->params[1]);
    else
        *step = plan_find_action(plan, r->params[1], goal);
    return (names_goal(r) ? *goal == NULL : *step == NULL) ? ERR_NOT_FOUND : OK;
}

static enum err action_show(struct req *r)
{
    struct plan_form form = {0};
    TRY(plan_newest(r, &form.plan));
    if (frozen(r, form.plan))
        return lead_back(r);
    TRY(find_target(r, form.plan, &form.goal, &form.step));
    form.back = arena_format(r->arena, "/cases/%s/plan#goal-%s", r->params[0], id_text(r->arena, form.goal->id));
    form.action = req_path(r);
    if (form.step != NULL) {
        form.version = form.step->version;
        action_start(r, form.step);
    }
    TRY(people_of(r, &form));
    services_of(r, &form);
    html_plan_action_page(req_page(r), r, &form);
    return OK;
}

static enum err action_check(struct req *r)
{
    struct plan *plan;
    struct plan_goal *goal;
    struct plan_action *step;
    struct plan_form form = {0};
    TRY(edit_start(r, "what", &plan));
    TRY(find_target(r, plan, &goal, &step));
    TRY(people_of(r, &form));
    services_of(r, &form);
    const char *who = field_text(r, "who");
    const char *service = field_text(r, "service");
    if (!text_empty(who) && !among(form.people, form.people_count, who))
        field_fail(r, "who", W_plan_who_missing);
    if (text_same(who, "other") && text_empty(field_text(r, "other_name")))
        field_fail(r, "other_name", W_plan_other_missing);
    if (!text_empty(service) && !among(form.services, form.service_count, service))
        field_fail(r, "service", W_field_choose);
    if (step == NULL && goal->action_count >= PLAN_ACTIONS_MAX)
        field_fail(r, "what", W_plan_actions_full);
    return r->failed ? ERR_INPUT : OK;
}

/* What the form says about who does it. */
struct doer {
    const char *who;
    struct maybe account;
    const char *other_name;
};

static struct doer doer_of(const struct req *r)
{
    const char *who = field_text(r, "who");
    struct doer doer = {.who = who};
    if (text_same(who, "other")) {
        doer.other_name = field_text(r, "other_name");
    } else if (!text_same(who, "child")) {
        doer.who = "colleague";
        doer.account.has = id_parse(who, &doer.account.value);
    }
    return doer;
}

static enum err action_add(struct req *r)
{
    struct plan *plan;
    struct plan_goal *goal;
    struct plan_action *step;
    int64_t id = id_new();
    TRY(action_check(r));
    TRY(plan_newest(r, &plan));
    TRY(find_target(r, plan, &goal, &step));
    struct doer doer = doer_of(r);
    TRY(plan_action_add(r->db, &(struct plan_action_add_in){
                                   .org = r->org,
                                   .case_id = r->case_id,
                                   .goal = goal->id,
                                   .id = id,
                                   .what = plan_seal(r, plan_what_place(id), field_text(r, "what")),
                                   .who = doer.who,
                                   .account = doer.account,
                                   .other_name = plan_seal(r, plan_other_place(id), doer.other_name),
                                   .due_on = field_or_null(r, "due"),
                                   .status = "open",
                                   .service = field_or_null(r, "service"),
                               }));
    TRY(req_audit(r, "plan.action_add", r->case_id, id));
    return to_goal(r, W_plan_action_added, goal->id);
}

static enum err action_save(struct req *r)
{
    struct plan *plan;
    struct plan_goal *goal;
    struct plan_action *step;
    size_t changed = 0;
    TRY(action_check(r));
    TRY(plan_newest(r, &plan));
    TRY(find_target(r, plan, &goal, &step));
    struct doer doer = doer_of(r);
    TRY(plan_action_save(r->db,
                         &(struct plan_action_save_in){
                             .org = r->org,
                             .case_id = r->case_id,
                             .id = step->id,
                             .what = plan_seal(r, plan_what_place(step->id), field_text(r, "what")),
                             .who = doer.who,
                             .account = doer.account,
                             .other_name = plan_seal(r, plan_other_place(step->id), doer.other_name),
                             .due_on = field_or_null(r, "due"),
                             .service = field_or_null(r, "service"),
                             .version = field_version(r),
                         },
                         &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(req_audit(r, "plan.action_save", r->case_id, step->id));
    return to_goal(r, W_plan_saved, goal->id);
}

/* ---- marking: one click on the plan's page; the same click twice finds it done ---- */

static const struct code_list GOAL_MARKS = CODES(goal_status, "open", "reached", "dropped");
static const struct code_list ACTION_MARKS = CODES(action_status, "open", "done", "dropped");

static const struct field_rule GOAL_MARK_FIELDS[] = {
    {.name = "status", .kind = FIELD_CODE, .codes = &GOAL_MARKS, .required = true},
    {0},
};
static const struct field_rule ACTION_MARK_FIELDS[] = {
    {.name = "status", .kind = FIELD_CODE, .codes = &ACTION_MARKS, .required = true},
    {0},
};

static const char *goal_event(const char *status)
{
    return text_same(status, "reached")   ? "goal_reached"
           : text_same(status, "dropped") ? "goal_dropped"
                                          : "goal_opened";
}

static enum err goal_mark(struct req *r)
{
    struct plan *plan;
    size_t changed = 0;
    const char *status = field_text(r, "status");
    TRY(plan_newest(r, &plan));
    const struct plan_goal *goal = plan_find_goal(plan, r->params[1]);
    if (goal == NULL)
        return ERR_NOT_FOUND;
    TRY(req_audit(r, "plan.goal_mark", r->case_id, goal->id));
    if (text_same(goal->status, status))
        return to_goal(r, W_plan_marked, goal->id);
    if (!plan_may_mark(plan->status, plan->newest) || !plan_goal_may(goal->status, status))
        return ERR_CONFLICT;
    TRY(plan_goal_mark(
        r->db,
        &(struct plan_goal_mark_in){
            .org = r->org, .case_id = r->case_id, .id = goal->id, .from_status = goal->status, .status = status},
        &changed));
    TRY(plan_note(r, goal_event(status), goal->strand, goal->id, goal->title));
    return to_goal(r, W_plan_marked, goal->id);
}

static enum err action_mark(struct req *r)
{
    struct plan *plan;
    struct plan_goal *goal;
    size_t changed = 0;
    const char *status = field_text(r, "status");
    TRY(plan_newest(r, &plan));
    const struct plan_action *step = plan_find_action(plan, r->params[1], &goal);
    if (step == NULL)
        return ERR_NOT_FOUND;
    TRY(req_audit(r, "plan.action_mark", r->case_id, step->id));
    if (text_same(step->status, status))
        return to_goal(r, W_plan_marked, goal->id);
    if (!plan_may_mark(plan->status, plan->newest) || !plan_action_may(step->status, status))
        return ERR_CONFLICT;
    TRY(plan_action_mark(
        r->db,
        &(struct plan_action_mark_in){
            .org = r->org, .case_id = r->case_id, .id = step->id, .from_status = step->status, .status = status},
        &changed));
    if (text_same(status, "done"))
        TRY(plan_note(r, "action_done", goal->strand, step->id, step->what));
    return to_goal(r, W_plan_marked, goal->id);
}

#define EDIT(how, where, rules, shown)                                                               \
    .method = (how), .path = (where), .cap = CAP_CASE_WRITE, .part = PART_PLAN, .scope = case_scope, \
    .fields = (rules), .show = (shown)

const struct route plan_edit_routes[] = {
    {EDIT(HTTP_GET, "/cases/{case}/plan/goals", GOAL_FIELDS, goal_show)},
    {EDIT(HTTP_POST, "/cases/{case}/plan/goals", GOAL_FIELDS, goal_show), .check = goal_check, .change = goal_add},
    {EDIT(HTTP_GET, "/cases/{case}/plan/goals/{goal}", GOAL_FIELDS, goal_show)},
    {EDIT(HTTP_POST, "/cases/{case}/plan/goals/{goal}", GOAL_FIELDS, goal_show), .check = goal_check,
     .change = goal_save},
    {EDIT(HTTP_POST, "/cases/{case}/plan/goals/{goal}/status", GOAL_MARK_FIELDS, NULL), .check = case_open_check,
     .change = goal_mark},
    {EDIT(HTTP_GET, "/cases/{case}/plan/goals/{goal}/actions", ACTION_FIELDS, action_show)},
    {EDIT(HTTP_POST, "/cases/{case}/plan/goals/{goal}/actions", ACTION_FIELDS, action_show), .check = action_check,
     .change = action_add},
    {EDIT(HTTP_GET, "/cases/{case}/plan/actions/{action}", ACTION_FIELDS, action_show)},
    {EDIT(HTTP_POST, "/cases/{case}/plan/actions/{action}", ACTION_FIELDS, action_show), .check = action_check,
     .change = action_save},
    {EDIT(HTTP_POST, "/cases/{case}/plan/actions/{action}/status", ACTION_MARK_FIELDS, NULL), .check = case_open_check,
     .change = action_mark},
    {0},
};
