#include "steer/proof/views.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/audit/queries.h"
#include "platform/gate/app.h"
#include "steer/proof/templates.h"

#include <string.h>

/* ---- who looked ---- */

enum { PAGE = 50 };

static const struct code_list LOOK_KINDS = CODES(look_kind, "looked", "changed");

static const struct field_rule LOOKED_FIELDS[] = {
    {.name = "who", .kind = FIELD_ID},
    {.name = "kind", .kind = FIELD_CODE, .codes = &LOOK_KINDS},
    {.name = "before", .kind = FIELD_INT, .min = 1, .max = INT64_MAX},
    {0},
};

static bool is_look(const char *act)
{
    return text_same(act, "case.read") || text_same(act, "file.read") || text_same(act, "case.refused");
}

static enum err lookers(struct req *r, const struct colleague *people, size_t people_count, struct looked_view *view)
{
    struct audit_look_people_row *rows;
    TRY(audit_look_people(r->db, r->arena, &(struct audit_look_people_in){.org = r->org, .case_id = r->case_id}, &rows,
                          &view->people_count));
    view->people = ARENA_ARRAY(r->arena, struct looker, view->people_count);
    for (size_t i = 0; i < view->people_count; i++)
        view->people[i] = (struct looker){.account = rows[i].account,
                                          .name = colleague_name(people, people_count, rows[i].account),
                                          .looks = rows[i].looks,
                                          .newest = rows[i].newest};
    return OK;
}

static enum err looks(struct req *r, const char *kind, int64_t before, const struct colleague *people,
                      size_t people_count, struct looked_view *view)
{
    struct audit_look_list_row *rows;
    TRY(audit_look_list(r->db, r->arena,
                        &(struct audit_look_list_in){.org = r->org,
                                                     .case_id = r->case_id,
                                                     .before = before,
                                                     .account = view->account,
                                                     .act = kind,
                                                     .limit = PAGE + 1},
                        &rows, &view->count));
    if (view->count > PAGE) {
        view->count = PAGE;
        view->next = arena_format(r->arena, "/cases/%s/looked?who=%s&kind=%s&before=%lld", r->params[0],
                                  view->account == 0 ? "" : id_text(r->arena, view->account), kind,
                                  (long long)rows[PAGE - 1].case_number);
    }
    view->looks = ARENA_ARRAY(r->arena, struct look, view->count);
    for (size_t i = 0; i < view->count; i++)
        view->looks[i] = (struct look){.case_number = rows[i].case_number,
                                       .at = rows[i].at,
                                       .act = act_code(r->arena, rows[i].act),
                                       .looked = is_look(rows[i].act),
                                       .who = rows[i].account.has
                                                  ? colleague_name(people, people_count, rows[i].account.value)
                                                  : word(r->language, W_proof_nobody)};
    return OK;
}

static enum err looked_show(struct req *r)
{
    struct looked_view view = {0};
    struct colleague *people;
    size_t people_count;
    int64_t before = INT64_MAX;
    const char *kind = r->failed ? "" : field_text(r, "kind");
    if (!r->failed && !field_int(r, "before", &before))
        before = INT64_MAX;
    if (!r->failed)
        (void)field_id(r, "who", &view.account);
    r->failed = false;
    view.filtered = view.account != 0 || !text_empty(kind);
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(lookers(r, people, people_count, &view));
    TRY(looks(r, kind, before, people, people_count, &view));
    html_looked_page(req_page(r), r, &view);
    return OK;
}

/* ---- as it stood ---- */

static const struct field_rule PAST_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE},
    {0},
};

static enum err past_show(struct req *r)
{
    struct past_view view = {.today = time_date(r->arena, r->now)};
    int64_t before = r->now + 1;
    view.on = r->failed || text_empty(field_text(r, "on")) ? view.today : field_text(r, "on");
    if (!r->failed && strcmp(view.on, view.today) > 0)
        field_fail(r, "on", W_proof_future);
    if (r->failed)
        view.on = view.today;
    field_start(r, "on", view.on);
    if (strcmp(view.on, view.today) < 0 && !time_of_date(date_add(r->arena, view.on, 1), &before))
        return ERR_INPUT;
    TRY(proof_opened(r, before, INT64_MAX, &view.opened));
    html_past_page(req_page(r), r, &view);
    return OK;
}

/* ---- the bundle ---- */

static const struct field_rule BUNDLE_FIELDS[] = {
    {.name = "number", .kind = FIELD_INT, .min = 1, .max = INT64_MAX},
    {.name = "outside", .kind = FIELD_INT, .min = 0, .max = INT64_MAX},
    {.name = "sure", .kind = FIELD_YES},
    {0},
};
static const struct field_rule FILE_FIELDS[] = {
    {.name = "outside", .kind = FIELD_INT, .min = 0, .max = INT64_MAX},
    {0},
};
static const struct field_rule MAKE_FIELDS[] = {
    {.name = "outside", .kind = FIELD_INT, .min = 1, .max = INT64_MAX},
    {.name = "sure", .kind = FIELD_YES, .required = true, .missing = W_proof_sure_missing},
    {0},
};

static enum err bundle_show(struct req *r)
{
    struct bundle_view view = {0};
    if (r->route->method == HTTP_GET && !r->failed && field_int(r, "number", &view.number)) {
        struct audit_checkpoint made;
        enum err found = audit_checkpoint_find(r->db, r->arena, r->org, view.number, &made);
        if (found != OK && found != ERR_NOT_FOUND)
            return found;
        if (found == ERR_NOT_FOUND || made.number != view.number)
            view.number = 0;
        view.at = found == OK ? made.at : 0;
        (void)field_int(r, "outside", &view.outside);
    }
    html_bundle_page(req_page(r), r, &view);
    return OK;
}

static enum err bundle_check(struct req *r)
{
    struct audit_checkpoint outside;
    int64_t number;
    if (!r->failed && field_int(r, "outside", &number)) {
        enum err found = audit_checkpoint_find(r->db, r->arena, r->org, number, &outside);
        if (found != OK && found != ERR_NOT_FOUND)
            return found;
        if (found == ERR_NOT_FOUND || outside.number != number)
            field_fail(r, "outside", W_proof_outside_unknown);
    }
    return r->failed ? ERR_INPUT : OK;
}

/* Signs what has been done so far; the bundle proves just that. */
static enum err bundle_make(struct req *r)
{
    struct audit_checkpoint made;
    int64_t outside = 0;
    (void)field_int(r, "outside", &outside);
    TRY(audit_checkpoint_make(r->db, r->arena, r->org, r->now, r->app->signer, &made));
    TRY(req_audit(r, "case.bundle", r->case_id, 0));
    if (outside == 0)
        return req_redirect(r, W_proof_made, "/cases/%s/bundle?number=%lld", r->params[0], (long long)made.number);
    return req_redirect(r, W_proof_made, "/cases/%s/bundle?number=%lld&outside=%lld", r->params[0],
                        (long long)made.number, (long long)outside);
}

struct bundle_made {
    struct bundle bundle;
    struct bytes zip;
};

static enum err bundle_file_gather(struct req *r)
{
    struct bundle_made *made = ARENA_NEW(r->arena, struct bundle_made);
    int64_t number;
    int64_t outside = 0;
    r->data = made;
    if (r->failed || !text_to_int(r->params[1], &number))
        return ERR_NOT_FOUND;
    (void)field_int(r, "outside", &outside);
    return bundle_gather(r, number, outside, &made->bundle);
}

static enum err bundle_file_make(struct req *r)
{
    struct bundle_made *made = r->data;
    return bundle_zip(r, &made->bundle, &made->zip);
}

static enum err bundle_file(struct req *r)
{
    const struct bundle_made *made = r->data;
    return req_send(r, 200, "application/zip", made->zip, "record.zip");
}

/* ---- checkpoints, for an outside party ---- */

static enum err checkpoint_make(struct req *r)
{
    struct audit_checkpoint made;
    TRY(audit_checkpoint_make(r->db, r->arena, r->org, r->now, r->app->signer, &made));
    TRY(req_audit(r, "checkpoint.give", 0, 0));
    return req_redirect(r, W_proof_signed, "/checkpoints");
}

static enum err checkpoint_show(struct req *r)
{
    struct checkpoint_view view = {0};
    struct audit_checkpoint newest;
    TRY(audit_checkpoint_list(r->db, r->arena,
                              &(struct audit_checkpoint_list_in){.org = r->org, .before = INT64_MAX, .limit = PAGE},
                              &view.rows, &view.count));
    enum err found = audit_checkpoint_find(r->db, r->arena, r->org, INT64_MAX, &newest);
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    if (found == OK)
        view.text = audit_checkpoint_text(r->arena, &newest);
    view.at = found == OK ? newest.at : 0;
    html_checkpoint_page(req_page(r), r, &view);
    return OK;
}

static enum err checkpoint_file(struct req *r)
{
    struct audit_checkpoint checkpoint;
    int64_t number;
    if (!text_to_int(r->params[0], &number))
        return ERR_NOT_FOUND;
    TRY(audit_checkpoint_find(r->db, r->arena, r->org, number, &checkpoint));
    if (checkpoint.number != number)
        return ERR_NOT_FOUND;
    const char *text = audit_checkpoint_text(r->arena, &checkpoint);
    return req_send(r, 200, "text/plain; charset=utf-8", (struct bytes){(const uint8_t *)text, strlen(text)},
                    "checkpoint.txt");
}

const struct route proof_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/looked",
     .cap = CAP_CASE_READ,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = LOOKED_FIELDS,
     .show = looked_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/past",
     .cap = CAP_CASE_READ,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = PAST_FIELDS,
     .show = past_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/bundle",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = BUNDLE_FIELDS,
     .show = bundle_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/bundle",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = MAKE_FIELDS,
     .show = bundle_show,
     .check = bundle_check,
     .change = bundle_make,
     .fresh = true},
    {.method = HTTP_GET,
     .path = "/cases/{case}/bundle/{number}",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = FILE_FIELDS,
     .check = bundle_file_gather,
     .slow = bundle_file_make,
     .outside = true,
     .show = bundle_file,
     .fresh = true},
    {.method = HTTP_GET, .path = "/checkpoints", .cap = CAP_KEEP, .show = checkpoint_show},
    {.method = HTTP_POST, .path = "/checkpoints", .cap = CAP_KEEP, .show = checkpoint_show, .change = checkpoint_make},
    {.method = HTTP_GET, .path = "/checkpoints/{number}", .cap = CAP_KEEP, .show = checkpoint_file},
    {0},
};
