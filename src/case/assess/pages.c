#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/rules.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"
#include "case/file/file.h"
#include "case/record/record.h"
#include "case/trained/trained.h"

enum { ANSWERS_MAX = 2 << 20 };

/* May this person write in this case now? */
static bool assess_may_write(const struct req *r)
{
    return session_may(r->who, CAP_CASE_WRITE) && case_must_be_open(r) == OK;
}

/* ---- whose part it is ---- */

/* The list shows what is of the parts that the person holds. */
static enum err list_scope(struct req *r)
{
    TRY(case_scope(r));
    r->part = case_has(r, PART_SAFETY) ? PART_SAFETY : case_has(r, PART_NEEDS) ? PART_NEEDS : PART_NONE;
    return OK;
}

/* ---- the list ---- */

static const struct field_rule BEGIN_FIELDS[] = {
    {.name = "instrument", .kind = FIELD_ID, .required = true},
    {0},
};

/* What is for referrals or for contacts outside is no assessment of a case. */
static bool for_cases(const struct form *form)
{
    const char *destination = form_destination(form);
    return destination[0] == '\0' || text_same(destination, "assessment");
}

static enum err instruments_held(struct req *r, struct assess_version_in_use_list_row *rows, size_t *count, bool *coded)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct form *form;
        TRY(assess_form(r->db, r->arena, r->org, rows[i].id, &form));
        *coded = *coded || text_same(form_destination(form), "assessment");
        if (for_cases(form) && case_has(r, assess_part(rows[i].form_id)))
            rows[kept++] = rows[i];
    }
    *count = kept;
    return OK;
}

static size_t rows_held(const struct req *r, struct assess_row_list_row *rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (case_has(r, assess_part(rows[i].form_id)))
            rows[kept++] = rows[i];
    return kept;
}

static enum err list_show(struct req *r)
{
    struct assessments_view v = {.may_write = assess_may_write(r)};
    struct assess_row_list_in in = {.org = r->org, .case_id = r->case_id, .status = "draft"};
    TRY(assess_version_in_use_list(r->db, r->arena, &(struct assess_version_in_use_list_in){.org = r->org},
                                   &v.instruments, &v.instrument_count));
    TRY(instruments_held(r, v.instruments, &v.instrument_count, &v.code_for_field));
    v.code_for_field = v.code_for_field && case_has(r, PART_SAFETY);
    TRY(assess_row_list(r->db, r->arena, &in, &v.drafts, &v.draft_count));
    v.draft_count = rows_held(r, v.drafts, v.draft_count);
    in.status = "done";
    TRY(assess_row_list(r->db, r->arena, &in, &v.done, &v.done_count));
    v.done_count = rows_held(r, v.done, v.done_count);
    if (case_has(r, PART_SAFETY))
        TRY(assess_case_alerts(r, &v.alerts, &v.alert_count));
    if (case_has(r, PART_NEEDS))
        TRY(assess_matrix(r, &v.matrix));
    TRY(account_colleagues(r->db, r->arena, r->who, &v.people, &v.people_count));
    html_assess_list(req_page(r), r, &v);
    return OK;
}

/* Safety is assessed first, by whoever is there, unless the pack says otherwise; all else by whoever was trained for it (M5.3). */
static enum err check_trained(struct req *r, const char *form_id)
{
    const char *training;
    TRY(trained_lacks(r, r->who->account, text_same(form_id, "safety") ? "assess_safety" : "assess", &training));
    if (training != NULL)
        field_fail_text(r, "instrument", trained_refusal(r, training, true));
    return OK;
}

static enum err begin_check(struct req *r)
{
    struct assess_version_one_row version;
    int64_t id = 0;
    TRY(case_must_be_open(r));
    if (field_id(r, "instrument", &id)) {
        TRY(assess_version_one(r->db, r->arena, &(struct assess_version_one_in){.org = r->org, .id = id}, &version));
        TRY(check_trained(r, version.form_id));
    }
    return r->failed ? ERR_INPUT : OK;
}

enum err assess_draft_add(struct req *r, int64_t version_id, struct form_fill *fill, size_t language, int64_t *id)
{
    const struct form *form = form_fill_form(fill);
    const struct form_language *languages;
    int64_t made = *id == 0 ? id_new() : *id;
    (void)form_languages(form, &languages);
    struct bytes answers = form_fill_write_xml(fill, true);
    TRY(assess_row_add(r->db,
                       &(struct assess_row_add_in){.org = r->org,
                                                   .case_id = r->case_id,
                                                   .id = made,
                                                   .version_id = version_id,
                                                   .language = languages[language].code,
                                                   .at = r->now,
                                                   .by = r->who->account,
                                                   .answers = case_seal_bytes(r, assess_part(form_id(form)),
                                                                              assess_answers_place(made), answers),
                                                   .editor = made}));
    *id = made;
    return OK;
}

static enum err begin_change(struct req *r)
{
    struct assess_version_one_row version;
    const struct form *form;
    int64_t version_id = 0;
    int64_t id = 0;
    (void)field_id(r, "instrument", &version_id);
    TRY(assess_version_one(r->db, r->arena, &(struct assess_version_one_in){.org = r->org, .id = version_id},
                           &version));
    if (!case_has(r, assess_part(version.form_id)))
        return ERR_NOT_FOUND;
    if (!text_same(version.status, "in_use"))
        return ERR_CONFLICT;
    TRY(assess_form(r->db, r->arena, r->org, version_id, &form));
    size_t language = form_language_find(form, language_code(r->language));
    struct form_fill *fill = form_fill_new(r->arena, form, r->now, language);
    TRY(form_fill_evaluate(fill));
    TRY(assess_draft_add(r, version_id, fill, language, &id));
    TRY(req_audit(r, "assess.begin", r->case_id, id));
    return req_redirect(r, W_none, "/cases/%s/assessments/%s", r->params[0], id_text(r->arena, id));
}

/* ---- one assessment ---- */

/* `act` is "finish", "save" (and leave) or anything else (save and stay). `page` and `version` are what the page was made from;
 * both come back with every save. */
static const struct field_rule FILL_FIELDS[] = {
    {.name = "act", .kind = FIELD_TEXT, .max = 20},
    {.name = "add", .kind = FIELD_TEXT, .max = 1000},
    {.name = "remove", .kind = FIELD_TEXT, .max = 1000},
    {.name = "give", .kind = FIELD_TEXT, .max = 1000}, /* the question that gets a file next ... */
    {.name = "drop", .kind = FIELD_TEXT, .max = 1000}, /* ... or loses its own */
    {.name = "language", .kind = FIELD_TEXT, .max = 60},
    {.name = "spoken", .kind = FIELD_TEXT, .max = 60},
    {.name = "version", .kind = FIELD_INT},
    {.name = "page", .kind = FIELD_ID},
    {.name = "tried", .kind = FIELD_YES},
    {.name = "q.", .kind = FIELD_REST},
    {0},
};

static enum err change_repeats(struct req *r, struct form_fill *fill)
{
    const char *add = field_text(r, "add");
    const char *remove = field_text(r, "remove");
    enum err result = OK;
    if (!text_empty(add))
        result = form_fill_add(fill, add);
    else if (!text_empty(remove))
        result = form_fill_remove(fill, remove);
    if (result == ERR_LIMIT || result == ERR_CONFLICT) {
        field_fail(r, "add", W_assess_repeat_full);
        return OK;
    }
    return result == ERR_NOT_FOUND ? ERR_INPUT : result;
}

/* Puts what was sent on top of what is stored. */
static enum err take_sent(struct req *r, const char *stored, struct form_fill *fill)
{
    form_fill_language(fill, fill_language(r, form_fill_form(fill), stored));
    TRY(fill_take(r, fill));
    return form_fill_evaluate(fill);
}

static bool same_word(const char *a, const char *b)
{
    return text_same(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* Where what somebody else saved meanwhile is not what is being sent. */
static void note_differences(struct fill_view *v, struct form_fill *theirs)
{
    enum { DIFFERENCES_MAX = 60 };
    struct fill_difference *list = ARENA_ARRAY(v->r->arena, struct fill_difference, DIFFERENCES_MAX);
    for (const struct form_item *at = form_fill_root(v->fill); at != NULL; at = form_item_after(at)) {
        const struct form_item *other = form_item_find(theirs, at->path);
        bool leaf = at->first == NULL && at->node->type > FORM_NOTE && at->node->type < FORM_CALCULATE &&
                    !at->read_only;
        if (!leaf || v->difference_count == DIFFERENCES_MAX)
            continue;
        if (same_word(fill_typed(at), other == NULL ? "" : fill_typed(other)))
            continue;
        list[v->difference_count++] = (struct fill_difference){
            .label = form_item_label(v->fill, at),
            .theirs = other == NULL          ? ""
                      : other->typed != NULL ? other->typed
                                             : form_item_words(theirs, other),
            .ours = at->typed != NULL ? at->typed : form_item_words(v->fill, at)};
    }
    v->differences = list;
}

static void page_marks(struct req *r, struct fill_view *v, const struct given *given)
{
    bool again = r->route->method == HTTP_POST && !r->stale;
    v->version = given->row.version;
    v->page = 0;
    if (again && field_int(r, "version", &v->version) && field_id(r, "page", &v->page))
        return;
    v->version = given->row.version;
    v->page = id_new();
}

static enum err one_show(struct req *r)
{
    struct given given = {0};
    struct form_fill *theirs = NULL;
    bool sent = r->route->method == HTTP_POST && fill_sent(r);
    TRY(given_load(r, &given));
    struct fill_view *v = given_view(r, &given, given.fill);
    TRY(given_saver(r, v, given.row.saved_by));
    if (sent) {
        TRY(take_sent(r, given.row.language, given.fill));
        TRY(given_stored(r, &given, &theirs));
        if (r->stale)
            note_differences(v, theirs);
        v->language = fill_language(r, given.form, given.row.language);
    }
    v->missing = sent && (text_same(field_text(r, "act"), "finish") || field_yes(r, "tried"));
    page_marks(r, v, &given);
    if (text_same(given.row.status, "draft") && assess_may_write(r)) {
        html_assess_fill(req_page(r), r, v);
        return OK;
    }
    if (sent)
        v->fill = theirs;
    TRY(given_earlier(r, v, &given));
    html_assess_read(req_page(r), r, v, &given.row);
    return OK;
}

static enum err one_check(struct req *r)
{
    struct given *given = ARENA_NEW(r->arena, struct given);
    TRY(case_must_be_open(r));
    TRY(given_load(r, given));
    if (text_same(given->row.status, "done"))
        return ERR_STALE;
    if (r->failed)
        return ERR_INPUT;
    TRY(take_sent(r, given->row.language, given->fill));
    TRY(change_repeats(r, given->fill));
    TRY(fill_drop_file(r, given->fill));
    TRY(form_fill_evaluate(given->fill));
    given->finish = text_same(field_text(r, "act"), "finish");
    if (given->finish && !form_fill_complete(given->fill))
        r->failed = true;
    r->data = given;
    return r->failed ? ERR_INPUT : OK;
}

static enum err save(struct req *r, const struct given *given)
{
    const struct form_language *languages;
    size_t changed = 0;
    int64_t version = 0;
    int64_t page = 0;
    size_t language = fill_language(r, given->form, given->row.language);
    struct bytes answers = form_fill_write_xml(given->fill, !given->finish);
    (void)form_languages(given->form, &languages);
    if (!field_int(r, "version", &version) || !field_id(r, "page", &page))
        return ERR_INPUT;
    TRY(assess_row_save(
        r->db,
        &(struct assess_row_save_in){.org = r->org,
                                     .case_id = r->case_id,
                                     .id = given->id,
                                     .version = version,
                                     .editor = page,
                                     .language = languages[language].code,
                                     .answers = case_seal_bytes(r, r->part, assess_answers_place(given->id), answers),
                                     .at = r->now,
                                     .by = r->who->account},
        &changed));
    return changed == 0 ? ERR_STALE : fill_keep_files(r, given->id, given->fill, !given->finish);
}

static bool raises_alert(const struct assess_end *end)
{
    for (size_t i = 0; i < end->fact_count; i++) {
        if (assess_alert_of(end->facts[i].fact, end->facts[i].value) != NULL)
            return true;
    }
    return false;
}

static enum err finish(struct req *r, const struct given *given)
{
    struct assess_end end = {.org = r->org,
                             .case_id = r->case_id,
                             .assessment = given->id,
                             .account = r->who->account,
                             .keys = &case_of(r)->keys,
                             .form_id = given->row.form_id,
                             .on = time_date(r->arena, r->now),
                             .now = r->now,
                             .review = case_of(r)->next_review};
    end.fact_count = form_fill_facts(given->fill, &end.facts);
    TRY(assess_end(r->db, r->arena, &end));
    TRY(req_audit(r, "assess.finish", r->case_id, given->id));
    return req_redirect(r, raises_alert(&end) ? W_assess_finished_alert : W_assess_finished, "/cases/%s/assessments/%s",
                        r->params[0], r->params[1]);
}

static enum err one_change(struct req *r)
{
    const struct given *given = r->data;
    const char *act = field_text(r, "act");
    TRY(save(r, given));
    if (given->finish)
        return finish(r, given);
    TRY(req_audit(r, "assess.save", r->case_id, given->id));
    if (!text_empty(field_text(r, "give")))
        return fill_give_redirect(r, field_text(r, "give"));
    if (!text_empty(field_text(r, "drop")))
        return req_redirect(r, W_assess_file_dropped, "/cases/%s/assessments/%s", r->params[0], r->params[1]);
    bool stay = !text_same(act, "save");
    const char *path = arena_format(r->arena, "/cases/%s/assessments", r->params[0]);
    if (stay)
        path = arena_format(r->arena, "%s/%s", path, r->params[1]);
    return req_redirect(r, text_same(act, "check") || !stay ? W_assess_saved : W_none, "%s", path);
}

/* ---- asked by the script: what is relevant now, and the draft kept without a word ---- */

static enum err live_check(struct req *r)
{
    struct given given = {0};
    TRY(given_load(r, &given));
    TRY(take_sent(r, given.row.language, given.fill));
    struct fill_view *v = given_view(r, &given, given.fill);
    v->missing = field_yes(r, "tried");
    return fill_state_send(v);
}

static enum err keep_change(struct req *r)
{
    TRY(save(r, r->data));
    TRY(req_audit(r, "assess.save", r->case_id, ((const struct given *)r->data)->id));
    return req_send(r, 204, "text/plain", (struct bytes){0}, NULL);
}

/* ---- a draft that is not wanted ---- */

static enum err discard_show(struct req *r)
{
    struct given given = {0};
    TRY(case_must_be_open(r));
    TRY(given_load(r, &given));
    if (!text_same(given.row.status, "draft"))
        return ERR_NOT_FOUND;
    html_assess_discard(req_page(r), r);
    return OK;
}

static enum err discard_check(struct req *r)
{
    return case_must_be_open(r);
}

static enum err discard_change(struct req *r)
{
    int64_t id = 0;
    size_t changed = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(file_keep_only(r, id, NULL, 0));
    TRY(assess_row_remove(r->db, &(struct assess_row_remove_in){.org = r->org, .case_id = r->case_id, .id = id},
                          &changed));
    if (changed == 0)
        return ERR_NOT_FOUND;
    TRY(req_audit(r, "assess.discard", r->case_id, id));
    return req_redirect(r, W_assess_discarded, "/cases/%s/assessments", r->params[0]);
}

const struct route assess_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = list_scope,
     .fields = BEGIN_FIELDS,
     .show = list_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = list_scope,
     .fields = BEGIN_FIELDS,
     .show = list_show,
     .check = begin_check,
     .change = begin_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = FILL_FIELDS,
     .show = one_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments/{assessment}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = FILL_FIELDS,
     .show = one_show,
     .check = one_check,
     .change = one_change,
     .body_max = ANSWERS_MAX},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments/{assessment}/live",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = FILL_FIELDS,
     .check = live_check,
     .body_max = ANSWERS_MAX},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments/{assessment}/draft",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = FILL_FIELDS,
     .check = one_check,
     .change = keep_change,
     .body_max = ANSWERS_MAX},
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}/discard",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .show = discard_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/assessments/{assessment}/discard",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = given_scope,
     .check = discard_check,
     .change = discard_change},
    {0},
};
