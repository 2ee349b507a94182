#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/assess.h"
#include "case/plan/queries.h"
#include "case/plan/templates.h"
#include "case/plan/views.h"

#include <string.h>

const struct code_list PLAN_LANGUAGES = CODES(plan_language, "lv", "en", "ru");
static const struct code_list AGREEMENTS = CODES(plan_agreement, "agrees", "partly", "disagrees", "too_young",
                                                 "not_asked");

static bool may_write(const struct req *r)
{
    return session_may(r->who, CAP_CASE_WRITE) && case_must_be_open(r) == OK;
}

/* ---- the plan ---- */

/* The last score of an area; -1 when it has none. */
static int last_score(const struct matrix *needs, const struct matrix_row *row)
{
    int score = -1;
    for (size_t i = 0; i < needs->columns; i++)
        score = row->cells[i].score >= 0 ? row->cells[i].score : score;
    return score;
}

/* Areas in which help is needed and no goal stands yet. */
static enum err find_needs(struct req *r, struct plan_view *view)
{
    struct matrix *needs = ARENA_NEW(r->arena, struct matrix);
    TRY(assess_matrix(r, needs));
    view->needs = ARENA_ARRAY(r->arena, const char *, MATRIX_AREAS);
    for (size_t i = 0; needs->columns > 0 && i < MATRIX_AREAS; i++) {
        bool has_goal = false;
        for (size_t k = 0; k < view->plan->goal_count; k++) {
            const struct plan_goal *goal = &view->plan->goals[k];
            has_goal = has_goal || (text_same(goal->area, needs->rows[i].area) && text_same(goal->status, "open"));
        }
        if (plan_need_asks(last_score(needs, &needs->rows[i]), has_goal))
            view->needs[view->need_count++] = needs->rows[i].area;
    }
    return OK;
}

static enum err show_version(struct req *r, struct plan_view *view, int64_t number)
{
    for (size_t i = 0; i < view->version_count; i++) {
        if (view->versions[i].number == number)
            view->plan = &view->versions[i];
    }
    if (view->plan == NULL && view->version_count > 0)
        return ERR_NOT_FOUND;
    if (view->plan != NULL)
        TRY(plan_open(r, view->plan));
    const struct plan *plan = view->plan;
    bool write = may_write(r);
    view->today = time_date(r->arena, r->now);
    view->may_edit = write && plan != NULL && plan_may_edit(plan->status);
    view->may_mark = write && plan != NULL && plan_may_mark(plan->status, plan->newest);
    view->may_begin = write && (plan == NULL || (plan->newest && !plan_may_edit(plan->status)));
    if (view->may_edit)
        TRY(find_needs(r, view));
    html_plan_page(req_page(r), r, view);
    return OK;
}

static enum err plan_show(struct req *r)
{
    struct plan_view view = {0};
    TRY(plan_versions(r, &view.versions, &view.version_count));
    return show_version(r, &view, view.version_count == 0 ? 0 : view.versions[0].number);
}

static enum err version_show(struct req *r)
{
    struct plan_view view = {0};
    int64_t number;
    if (!text_to_int(r->params[1], &number))
        return ERR_NOT_FOUND;
    TRY(plan_versions(r, &view.versions, &view.version_count));
    return view.version_count == 0 ? ERR_NOT_FOUND : show_version(r, &view, number);
}

/* A second click finds the draft of the first and leads there. */
static enum err begin_change(struct req *r)
{
    struct plan *newest = NULL;
    enum err found = plan_newest(r, &newest);
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    if (newest == NULL || !plan_may_edit(newest->status))
        TRY(plan_begin(r, newest));
    TRY(req_audit(r, "plan.begin", r->case_id, 0));
    return req_redirect(r, W_plan_begun, "/cases/%s/plan", r->params[0]);
}

/* ---- the child's words and agreement ---- */

static const struct field_rule WORDS_FIELDS[] = {
    {.name = "words", .kind = FIELD_LONG, .max = 4000},
    {.name = "language", .kind = FIELD_CODE, .codes = &PLAN_LANGUAGES, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

static const struct field_rule AGREE_FIELDS[] = {
    {.name = "agreement",
     .kind = FIELD_CODE,
     .codes = &AGREEMENTS,
     .required = true,
     .missing = W_plan_agreement_missing},
    {.name = "words", .kind = FIELD_LONG, .max = 4000},
    {.name = "agreed_by", .kind = FIELD_TEXT, .required = true, .missing = W_plan_agreed_by_missing},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* The draft to work on; what was agreed in the meantime is said, and what was typed stays on the page. */
static enum err draft(struct req *r, const char *field, struct plan **out)
{
    TRY(plan_newest(r, out));
    if (!plan_may_edit((*out)->status))
        field_fail(r, field, W_plan_frozen);
    return r->failed ? ERR_INPUT : OK;
}

/* Grows with every change of the draft's words, goals and steps: nobody agrees to what they have not seen. */
static int64_t draft_state(const struct plan *plan)
{
    int64_t sum = plan->version;
    for (size_t i = 0; i < plan->goal_count; i++) {
        sum += plan->goals[i].version;
        for (size_t k = 0; k < plan->goals[i].action_count; k++)
            sum += plan->goals[i].actions[k].version;
    }
    return sum;
}

static enum err plan_form_show(struct req *r, const char *path, int64_t (*version)(const struct plan *),
                               void (*page)(struct html *, struct req *, const struct plan_form *))
{
    struct plan_form form = {.back = arena_format(r->arena, "/cases/%s/plan", r->params[0])};
    form.action = arena_format(r->arena, "/cases/%s/plan/%s", r->params[0], path);
    TRY(plan_newest(r, &form.plan));
    if (r->route->method == HTTP_GET && !plan_may_edit(form.plan->status))
        return req_redirect(r, W_plan_frozen, "%s", form.back);
    form.version = version(form.plan);
    field_start(r, "words", form.plan->words);
    page(req_page(r), r, &form);
    return OK;
}

static int64_t words_version(const struct plan *plan)
{
    return plan->version;
}

static enum err words_show(struct req *r)
{
    struct plan *plan;
    TRY(plan_newest(r, &plan));
    field_start(r, "language", plan->language);
    return plan_form_show(r, "words", words_version, html_plan_words_page);
}

static enum err words_check(struct req *r)
{
    struct plan *plan;
    TRY(case_must_be_open(r));
    return draft(r, "words", &plan);
}

static enum err words_change(struct req *r)
{
    struct plan *plan;
    size_t changed = 0;
    TRY(draft(r, "words", &plan));
    TRY(plan_row_save(r->db,
                      &(struct plan_row_save_in){
                          .org = r->org,
                          .case_id = r->case_id,
                          .id = plan->id,
                          .words = plan_seal(r, plan_words_place(plan->id), field_text(r, "words")),
                          .language = field_text(r, "language"),
                          .version = field_version(r),
                      },
                      &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(req_audit(r, "plan.words", r->case_id, plan->id));
    return req_redirect(r, W_plan_saved, "/cases/%s/plan#words", r->params[0]);
}

static enum err agree_show(struct req *r)
{
    field_start(r, "on", time_date(r->arena, r->now));
    return plan_form_show(r, "agree", draft_state, html_plan_agree_page);
}

static bool has_goal(const struct plan *plan)
{
    bool any = false;
    for (size_t i = 0; i < plan->goal_count; i++)
        any = any || !text_same(plan->goals[i].status, "dropped");
    return any;
}

static enum err agree_check(struct req *r)
{
    struct plan *plan;
    TRY(case_must_be_open(r));
    TRY(draft(r, "agreement", &plan));
    if (!has_goal(plan))
        field_fail(r, "agreement", W_plan_no_goal);
    if (plan_agreement_needs_words(field_text(r, "agreement")) && text_empty(field_text(r, "words")))
        field_fail(r, "words", W_plan_agree_words_missing);
    if (strcmp(field_text(r, "on"), time_date(r->arena, r->now)) > 0)
        field_fail(r, "on", W_plan_agree_future);
    return r->failed ? ERR_INPUT : OK;
}

static enum err agree_change(struct req *r)
{
    struct plan *plan;
    size_t changed = 0;
    TRY(draft(r, "agreement", &plan));
    if (field_version(r) != draft_state(plan))
        return ERR_STALE;
    TRY(plan_goal_carry(r->db, &(struct plan_goal_carry_in){.org = r->org, .case_id = r->case_id}, &changed));
    TRY(plan_row_replace(r->db, &(struct plan_row_replace_in){.org = r->org, .case_id = r->case_id}, &changed));
    TRY(plan_row_agree(r->db,
                       &(struct plan_row_agree_in){
                           .org = r->org,
                           .case_id = r->case_id,
                           .id = plan->id,
                           .agreed_on = field_text(r, "on"),
                           .agreement = field_text(r, "agreement"),
                           .words = plan_seal(r, plan_words_place(plan->id), field_text(r, "words")),
                           .agreed_by = plan_seal(r, plan_agreed_by_place(plan->id), field_text(r, "agreed_by")),
                           .version = plan->version,
                       },
                       &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(plan_note(r, "agreed", NULL, plan->id, field_text(r, "words")));
    TRY(req_audit(r, "plan.agree", r->case_id, plan->id));
    return req_redirect(r, W_plan_agreed_done, "/cases/%s/plan", r->params[0]);
}

const struct route plan_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/plan",
     .cap = CAP_CASE_READ,
     .part = PART_PLAN,
     .scope = case_scope,
     .show = plan_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/plan",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .check = case_open_check,
     .change = begin_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/plan/versions/{number}",
     .cap = CAP_CASE_READ,
     .part = PART_PLAN,
     .scope = case_scope,
     .show = version_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/plan/words",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = WORDS_FIELDS,
     .show = words_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/plan/words",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = WORDS_FIELDS,
     .show = words_show,
     .check = words_check,
     .change = words_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/plan/agree",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = AGREE_FIELDS,
     .show = agree_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/plan/agree",
     .cap = CAP_CASE_WRITE,
     .part = PART_PLAN,
     .scope = case_scope,
     .fields = AGREE_FIELDS,
     .show = agree_show,
     .check = agree_check,
     .change = agree_change},
    {0},
};
