/* An alert, and the answer to it: what was done (M2.2). */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"
#include "case/record/record.h"

static const struct field_rule ANSWER_FIELDS[] = {
    {.name = "answer", .kind = FIELD_LONG, .required = true, .missing = W_assess_answer_missing},
    {0},
};

static enum err alert_show(struct req *r)
{
    struct alert_view v = {.id = r->params[1]};
    struct colleague *people;
    size_t count;
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(assess_alert_one(r->db, r->arena, &(struct assess_alert_one_in){.org = r->org, .case_id = r->case_id, .id = id},
                         &v.row));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    v.raised_by = colleague_name(people, count, v.row.raised_by);
    if (v.row.answered_by.has)
        v.answered_by = colleague_name(people, count, v.row.answered_by.value);
    TRY(case_open_text(r, PART_SAFETY, assess_answer_place(id), v.row.answer, &v.answer));
    html_assess_alert(req_page(r), r, &v);
    return OK;
}

/* Of a closed case too, should there be one (case/overview/close.c): a danger does not end with it. */
static enum err answer_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

static enum err answer_change(struct req *r)
{
    int64_t id = 0;
    size_t changed = 0;
    const char *answer = field_text(r, "answer");
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(assess_alert_answer(
        r->db,
        &(struct assess_alert_answer_in){.org = r->org,
                                         .case_id = r->case_id,
                                         .id = id,
                                         .at = r->now,
                                         .by = r->who->account,
                                         .answer = case_seal_text(r, PART_SAFETY, assess_answer_place(id), answer)},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(case_event_add(r, &(struct record_event){.part = PART_SAFETY,
                                                 .happened_on = time_date(r->arena, r->now),
                                                 .kind = "alert",
                                                 .subject = id,
                                                 .note = answer}));
    TRY(req_audit(r, "alert.answer", r->case_id, id));
    return req_redirect(r, W_assess_answered, "/cases/%s/alerts/%s", r->params[0], r->params[1]);
}

const struct route assess_alert_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/alerts/{alert}",
     .cap = CAP_CASE_READ,
     .part = PART_SAFETY,
     .scope = case_scope,
     .fields = ANSWER_FIELDS,
     .show = alert_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/alerts/{alert}",
     .cap = CAP_CASE_WRITE,
     .part = PART_SAFETY,
     .scope = case_scope,
     .fields = ANSWER_FIELDS,
     .show = alert_show,
     .check = answer_check,
     .change = answer_change},
    {0},
};
