/* Closing a case, from the child's side (M3.7): not while somebody waits for help in danger (M2.2). */
#include "base/text.h"
#include "base/time.h"
#include "case/overview/templates.h"
#include "case/overview/views.h"

#include <string.h>

/* "The funding has ended" can be chosen and is answered with the way to change the funding: it is no reason to close (M3.7). */
static const struct code_list CLOSE_CHOICES = CODES(close_reason, "needs_met", "wish_of_child", "moved", "returned",
                                                    "other_support", "lost_contact", "died", "joined", "funding_ended");

static const struct field_rule CLOSE_FIELDS[] = {
    {.name = "reason",
     .kind = FIELD_CODE,
     .codes = &CLOSE_CHOICES,
     .required = true,
     .missing = W_overview_close_reason_missing},
    {.name = "words", .kind = FIELD_LONG},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

static enum err close_show(struct req *r)
{
    struct close_view view = {0};
    TRY(assess_case_alerts(r, &view.alerts, &view.alert_count));
    field_start(r, "on", time_date(r->arena, r->now));
    html_close_page(req_page(r), r, &view);
    return OK;
}

/* An alert ends with what was done, and never with the case. */
static enum err no_alert_waits(struct req *r)
{
    struct alert *alerts;
    size_t count;
    TRY(assess_case_alerts(r, &alerts, &count));
    if (count > 0)
        field_fail(r, "reason", W_overview_close_alert);
    return OK;
}

static enum err close_check(struct req *r)
{
    TRY(case_must_be_open(r));
    if (r->failed)
        return ERR_INPUT;
    if (text_same(field_text(r, "reason"), "funding_ended"))
        field_fail(r, "reason", W_overview_close_funding);
    else if (strcmp(field_text(r, "on"), case_of(r)->opened_on) < 0)
        field_fail(r, "on", W_overview_close_early);
    else if (strcmp(field_text(r, "on"), time_date(r->arena, r->now)) > 0)
        field_fail(r, "on", W_overview_close_future);
    TRY(no_alert_waits(r));
    return r->failed ? ERR_INPUT : OK;
}

static enum err close_change(struct req *r)
{
    TRY(no_alert_waits(r)); /* one may have been raised meanwhile */
    if (r->failed)
        return ERR_INPUT;
    TRY(case_close(r, field_text(r, "on"), field_text(r, "reason"), field_text(r, "words"), field_version(r)));
    TRY(req_audit(r, "case.close", r->case_id, 0));
    return req_redirect(r, W_overview_closed_done, "/cases/%s", r->params[0]);
}

const struct route overview_close_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/close",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = CLOSE_FIELDS,
     .show = close_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/close",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = CLOSE_FIELDS,
     .show = close_show,
     .check = close_check,
     .change = close_change},
    {0},
};
