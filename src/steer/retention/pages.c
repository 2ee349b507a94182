/* The page of a case where it is decided how long it is kept. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/pack/pack.h"
#include "steer/ceremony/ceremony.h"
#include "steer/retention/internal.h"
#include "steer/retention/queries.h"
#include "steer/retention/templates.h"
#include "steer/retention/views.h"

const struct code_list RETENTION_CAUSES = CODES(erasure_cause, "person", "guardian", "court", "time", "other");

/* The page has four forms; each route needs the fields of its own. Every decision has its reason. */
#define REASON(field, must)                                                                                         \
    {                                                                                                               \
        .name = (field), .kind = FIELD_LONG, .max = 2000, .required = (must), .missing = W_retention_reason_missing \
    }
#define FIELDS(hold, lift, keep, ask)                                                                                 \
    {                                                                                                                 \
        REASON("hold_reason", hold), REASON("lift_reason", lift), REASON("keep_reason", keep), REASON("reason", ask), \
            {.name = "cause",                                                                                         \
             .kind = FIELD_CODE,                                                                                      \
             .codes = &RETENTION_CAUSES,                                                                              \
             .required = (ask),                                                                                       \
             .missing = W_retention_cause_missing},                                                                   \
            {.name = "years",                                                                                         \
             .kind = FIELD_INT,                                                                                       \
             .min = 1,                                                                                                \
             .max = 50,                                                                                               \
             .required = (keep),                                                                                      \
             .missing = W_retention_years_missing},                                                                   \
            {0},                                                                                                      \
    }
static const struct field_rule FIELDS_OF_PAGE[] = FIELDS(true, true, true, true);
static const struct field_rule HOLD_FIELDS[] = FIELDS(true, false, false, false);
static const struct field_rule LIFT_FIELDS[] = FIELDS(false, true, false, false);
static const struct field_rule KEEP_FIELDS[] = FIELDS(false, false, true, false);
static const struct field_rule CONFIRM_FIELDS[] = FIELDS(false, false, false, false);
static const struct field_rule ASK_FIELDS[] = FIELDS(false, false, false, true);

static struct seal_place place(const char *table, int64_t id)
{
    return (struct seal_place){.table = table, .column = "reason", .row = id};
}

/* ---- how it stands ---- */

struct standing {
    struct retention_state is;
    struct retention_hold_list_row *holds;
    size_t hold_count;
    struct retention_review_list_row *reviews;
    size_t review_count;
    struct retention_erasure_of_case_row *erasures;
    size_t erasure_count;
    int64_t asked; /* the erasure that waits; 0: none */
};

static enum err standing_of(struct req *r, struct standing *out)
{
    struct standing s = {.is = {.closed = text_same(case_of(r)->status, "closed")}};
    TRY(retention_hold_list(r->db, r->arena, &(struct retention_hold_list_in){.org = r->org, .case_id = r->case_id},
                            &s.holds, &s.hold_count));
    TRY(retention_review_list(r->db, r->arena, &(struct retention_review_list_in){.org = r->org, .case_id = r->case_id},
                              &s.reviews, &s.review_count));
    TRY(retention_erasure_of_case(r->db, r->arena,
                                  &(struct retention_erasure_of_case_in){.org = r->org, .case_id = r->case_id},
                                  &s.erasures, &s.erasure_count));
    for (size_t i = 0; i < s.hold_count; i++)
        s.is.held |= !s.holds[i].lifted_at.has;
    for (size_t i = 0; i < s.erasure_count; i++) {
        s.is.erased |= text_same(s.erasures[i].state, "done");
        if (!text_same(s.erasures[i].state, "asked"))
            continue;
        s.asked = s.erasures[i].id;
        s.is.asked_by = s.erasures[i].asked_by.value;
        TRY(ceremony_stands_in(r, r->who->account, s.is.asked_by, &s.is.stand_in));
    }
    *out = s;
    return OK;
}

static enum err add_line(struct req *r, struct erasure_view *view, enum word what, const char *table, int64_t id,
                         struct bytes reason, const char *who, int64_t at)
{
    const char *text;
    TRY(case_open_text(r, PART_BASICS, place(table, id), reason, &text));
    view->lines[view->count++] = (struct retention_line){
        .what = word(r->language, what), .reason = text, .who = who, .at = at};
    return OK;
}

static enum err lines_of(struct req *r, const struct standing *s, struct erasure_view *view)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view->lines = ARENA_ARRAY(r->arena, struct retention_line, 2 * s->hold_count + s->review_count + s->erasure_count);
    view->asked_who = s->asked == 0 ? "" : colleague_name(people, count, s->is.asked_by);
    for (size_t i = 0; i < s->erasure_count; i++)
        TRY(add_line(r, view, text_same(s->erasures[i].state, "asked") ? W_retention_did_ask : W_retention_did_withdraw,
                     "retention_erasure", s->erasures[i].id, s->erasures[i].reason,
                     colleague_name(people, count, s->erasures[i].asked_by.value), s->erasures[i].asked_at));
    for (size_t i = 0; i < s->hold_count; i++) {
        const struct retention_hold_list_row *hold = &s->holds[i];
        if (hold->lifted_at.has)
            TRY(add_line(r, view, W_retention_did_lift, "retention_lift", hold->set_at, hold->lift_reason,
                         colleague_name(people, count, hold->lifted_by.value), hold->lifted_at.value));
        TRY(add_line(r, view, W_retention_did_hold, "retention_hold", hold->id, hold->reason,
                     colleague_name(people, count, hold->set_by), hold->set_at));
    }
    for (size_t i = 0; i < s->review_count; i++)
        TRY(add_line(r, view, W_retention_did_keep, "retention_review", s->reviews[i].id, s->reviews[i].reason,
                     colleague_name(people, count, s->reviews[i].decided_by), s->reviews[i].decided_at));
    return OK;
}

static enum err erasure_show(struct req *r)
{
    struct standing s;
    struct erasure_view view = {.years = pack_retention_years()};
    TRY(standing_of(r, &s));
    view.is = s.is;
    view.ask = retention_may_ask(&s.is);
    view.confirm = retention_may_confirm(&s.is, r->who->account);
    TRY(lines_of(r, &s, &view));
    html_erasure_page(req_page(r), r, &view);
    return OK;
}

/* ---- holding and keeping ---- */

static enum err plain_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

static enum err back(struct req *r, enum word notice)
{
    return req_redirect(r, notice, "/cases/%s/erasure", r->params[0]);
}

static enum err hold_change(struct req *r)
{
    struct standing s;
    int64_t id = id_new();
    TRY(standing_of(r, &s));
    if (s.is.held)
        return ERR_STALE;
    TRY(retention_hold_add(
        r->db, &(struct retention_hold_add_in){
                   .org = r->org,
                   .case_id = r->case_id,
                   .id = id,
                   .reason = case_seal_text(r, PART_BASICS, place("retention_hold", id), field_text(r, "hold_reason")),
                   .set_by = r->who->account,
                   .at = r->now}));
    TRY(req_audit(r, "case.hold", r->case_id, id));
    return back(r, W_retention_held_now);
}

static enum err lift_change(struct req *r)
{
    struct standing s;
    size_t changed = 0;
    TRY(standing_of(r, &s));
    if (!s.is.held)
        return ERR_STALE;
    int64_t set_at = s.holds[0].set_at;
    TRY(retention_hold_lift(
        r->db,
        &(struct retention_hold_lift_in){.org = r->org,
                                         .case_id = r->case_id,
                                         .lifted_by = r->who->account,
                                         .at = r->now,
                                         .lift_reason = case_seal_text(r, PART_BASICS, place("retention_lift", set_at),
                                                                       field_text(r, "lift_reason"))},
        &changed));
    TRY(req_audit(r, "case.hold_lift", r->case_id, 0));
    return back(r, W_retention_lifted_now);
}

static enum err keep_change(struct req *r)
{
    int64_t id = id_new();
    int64_t years = 0;
    (void)field_int(r, "years", &years);
    TRY(retention_review_add(
        r->db,
        &(struct retention_review_add_in){
            .org = r->org,
            .case_id = r->case_id,
            .id = id,
            .decided_by = r->who->account,
            .at = r->now,
            .keep_until = retention_before(r->arena, time_date(r->arena, r->now), -(int)years),
            .reason = case_seal_text(r, PART_BASICS, place("retention_review", id), field_text(r, "keep_reason"))}));
    TRY(req_audit(r, "case.keep", r->case_id, id));
    return back(r, W_retention_kept_now);
}

/* ---- erasing ---- */

static enum err ask_check(struct req *r)
{
    struct standing s;
    TRY(standing_of(r, &s));
    if (retention_may_ask(&s.is) != RETENTION_MAY)
        return ERR_DENIED;
    return r->failed ? ERR_INPUT : OK;
}

static enum err ask_change(struct req *r)
{
    struct standing s;
    int64_t id = id_new();
    TRY(standing_of(r, &s));
    if (retention_may_ask(&s.is) != RETENTION_MAY)
        return ERR_STALE;
    TRY(retention_erasure_add(
        r->db, &(struct retention_erasure_add_in){
                   .org = r->org,
                   .case_id = r->case_id,
                   .id = id,
                   .cause = field_text(r, "cause"),
                   .reason = case_seal_text(r, PART_BASICS, place("retention_erasure", id), field_text(r, "reason")),
                   .state = "asked",
                   .asked_by = {.has = true, .value = r->who->account},
                   .at = r->now}));
    TRY(req_audit(r, "case.erase_ask", r->case_id, id));
    return back(r, W_retention_asked_now);
}

static enum err end_erasure(struct req *r, int64_t case_id, int64_t id, const char *state)
{
    size_t changed = 0;
    TRY(retention_erasure_end(
        r->db,
        &(struct retention_erasure_end_in){
            .org = r->org, .case_id = case_id, .id = id, .state = state, .ended_by = r->who->account, .at = r->now},
        &changed));
    return changed == 1 ? OK : ERR_STALE;
}

static enum err withdraw_change(struct req *r)
{
    struct standing s;
    TRY(standing_of(r, &s));
    TRY(end_erasure(r, r->case_id, s.asked, "withdrawn"));
    TRY(req_audit(r, "case.erase_withdraw", r->case_id, s.asked));
    return back(r, W_retention_withdrawn_now);
}

static enum err confirm_check(struct req *r)
{
    struct standing s;
    TRY(standing_of(r, &s));
    return retention_may_confirm(&s.is, r->who->account) == RETENTION_MAY ? OK : ERR_DENIED;
}

static enum err confirm_change(struct req *r)
{
    struct standing s;
    TRY(standing_of(r, &s));
    if (retention_may_confirm(&s.is, r->who->account) != RETENTION_MAY)
        return ERR_STALE;
    TRY(end_erasure(r, r->case_id, s.asked, "done"));
    TRY(retention_erase(r->db, r->arena, r->org, r->case_id));
    TRY(req_audit(r, "case.erase", r->case_id, s.asked));
    return req_redirect(r, W_retention_erased_now, "/retention");
}

/* ---- confirming without seeing the case ---- */

/* The erasure that the path names, when this person may be its second. ERR_NOT_FOUND; ERR_DENIED. */
static enum err blind_of(struct req *r, struct retention_erasure_by_id_row *out, int64_t *out_id)
{
    int64_t id = 0;
    struct retention_erasure_by_id_row *rows;
    struct retention_hold_list_row *holds;
    size_t count;
    size_t hold_count;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(retention_erasure_by_id(
        r->db, r->arena, &(struct retention_erasure_by_id_in){.org = r->org, .id = id, .account = r->who->account},
        &rows, &count));
    if (count != 1)
        return ERR_NOT_FOUND;
    TRY(retention_hold_list(r->db, r->arena,
                            &(struct retention_hold_list_in){.org = r->org, .case_id = rows[0].case_id}, &holds,
                            &hold_count));
    struct retention_state is = {.closed = text_same(rows[0].status, "closed"),
                                 .erased = text_same(rows[0].state, "done"),
                                 .asked_by = text_same(rows[0].state, "asked") ? rows[0].asked_by.value : 0};
    for (size_t i = 0; i < hold_count; i++)
        is.held |= !holds[i].lifted_at.has;
    TRY(ceremony_stands_in(r, r->who->account, is.asked_by, &is.stand_in));
    if (retention_may_confirm(&is, r->who->account) != RETENTION_MAY)
        return ERR_DENIED;
    *out = rows[0];
    *out_id = id;
    return OK;
}

static enum err confirm_blind_show(struct req *r)
{
    struct retention_erasure_by_id_row row;
    struct colleague *people;
    size_t count;
    int64_t id;
    TRY(blind_of(r, &row, &id));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    html_erasure_confirm(req_page(r), r,
                         &(struct asked_line){.id = id,
                                              .reference = row.reference,
                                              .cause = row.cause,
                                              .who = colleague_name(people, count, row.asked_by.value),
                                              .at = row.asked_at});
    return OK;
}

static enum err confirm_blind_change(struct req *r)
{
    struct retention_erasure_by_id_row row;
    int64_t id;
    TRY(blind_of(r, &row, &id));
    TRY(end_erasure(r, row.case_id, id, "done"));
    TRY(retention_erase(r->db, r->arena, r->org, row.case_id));
    TRY(req_audit(r, "case.erase", row.case_id, id));
    return req_redirect(r, W_retention_erased_now, "/retention");
}

#define OF_CASE .cap = CAP_CASE_DECIDE, .part = PART_WHOLE, .scope = case_scope

const struct route retention_routes[] = {
    {.method = HTTP_GET, .path = "/cases/{case}/erasure", OF_CASE, .fields = FIELDS_OF_PAGE, .show = erasure_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/erasure",
     OF_CASE,
     .fields = ASK_FIELDS,
     .show = erasure_show,
     .check = ask_check,
     .change = ask_change,
     .fresh = true},
    {.method = HTTP_POST, .path = "/cases/{case}/erasure/withdraw", OF_CASE, .change = withdraw_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/erasure/confirm",
     OF_CASE,
     .fields = CONFIRM_FIELDS,
     .show = erasure_show,
     .check = confirm_check,
     .change = confirm_change,
     .fresh = true},
    {.method = HTTP_POST,
     .path = "/cases/{case}/erasure/hold",
     OF_CASE,
     .fields = HOLD_FIELDS,
     .show = erasure_show,
     .check = plain_check,
     .change = hold_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/erasure/lift",
     OF_CASE,
     .fields = LIFT_FIELDS,
     .show = erasure_show,
     .check = plain_check,
     .change = lift_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/erasure/keep",
     OF_CASE,
     .fields = KEEP_FIELDS,
     .show = erasure_show,
     .check = plain_check,
     .change = keep_change},
    {.method = HTTP_GET,
     .path = "/retention",
     .cap = CAP_RETAIN,
     .fields = RETENTION_LIST_FIELDS,
     .show = retention_show},
    {.method = HTTP_GET, .path = "/retention/{erasure}/confirm", .cap = CAP_RETAIN, .show = confirm_blind_show},
    {.method = HTTP_POST,
     .path = "/retention/{erasure}/confirm",
     .cap = CAP_RETAIN,
     .fields = NULL,
     .show = confirm_blind_show,
     .change = confirm_blind_change,
     .fresh = true},
    {0},
};
