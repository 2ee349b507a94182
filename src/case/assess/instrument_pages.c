/* The organisation's instruments: bring a workbook, see what is wrong with it, try it out, publish it. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"

enum { WORKBOOK_MAX = 12 << 20, TRY_MAX = 2 << 20 };

enum err instrument_scope(struct req *r)
{
    return session_may(r->who, CAP_INSTRUMENT) || session_may(r->who, CAP_CASE_WRITE) ? OK : ERR_DENIED;
}

/* In the order of enum form_problem_code. */
static const struct code_list PROBLEMS = CODES(
    form_problem, "other", "not_a_workbook", "too_large", "sheet_missing", "column_missing", "column_twice",
    "cell_missing", "text_invalid", "type_unknown", "not_supported", "name_invalid", "name_twice", "list_unknown",
    "choice_twice", "group_not_closed", "group_not_open", "expression_invalid", "reference_unknown",
    "reference_unclear", "circle", "value_invalid", "empty", "element_missing", "label_missing", "calculation_missing",
    "parameter_invalid", "trigger_invalid", "name_reserved", "name_similar", "entity_invalid", "source_twice",
    "file_unknown", "language_unclear", "sheet_similar", "outdated", "max_pixels", "old_workbook");

const char *assess_problem(struct req *r, const struct form_problem *problem)
{
    if (PROBLEMS.count != FORM_PROBLEM_COUNT)
        BUG("every problem of a workbook needs its words");
    return word_code(r->language, PROBLEMS.family, PROBLEMS.codes[problem->code]);
}

/* ---- list and upload ---- */

struct upload {
    const struct form *form;
    const struct form_problem *problems;
    size_t problem_count;
    const char *form_id;
    const char *title;
    int64_t id;
};

static const struct field_rule UPLOAD_FIELDS[] = {
    {.name = "workbook",
     .kind = FIELD_FILE,
     .required = true,
     .max = WORKBOOK_MAX,
     .missing = W_assess_workbook_missing},
    {.name = "title", .kind = FIELD_TEXT, .max = 100},
    {0},
};

static enum err instruments_show(struct req *r)
{
    struct instruments_view v = {.may_change = session_may(r->who, CAP_INSTRUMENT)};
    const struct upload *upload = r->data;
    if (upload != NULL) {
        v.problems = upload->problems;
        v.problem_count = upload->problem_count;
    }
    TRY(assess_version_list(r->db, r->arena, &(struct assess_version_list_in){.org = r->org}, &v.rows, &v.count));
    html_instruments(req_page(r), r, &v);
    return OK;
}

static enum err upload_check(struct req *r)
{
    r->data = r->failed ? NULL : ARENA_NEW(r->arena, struct upload);
    return r->failed ? ERR_INPUT : OK;
}

/* Reading a large workbook takes a second: not on a thread that serves. */
static enum err upload_slow(struct req *r)
{
    struct upload *upload = r->data;
    const char *file_name;
    const char *given = field_text(r, "title");
    struct bytes workbook = field_file(r, "workbook", &file_name);
    enum err read = assess_form_read(r->arena, workbook, &upload->form, &upload->problems, &upload->problem_count);
    if (read == ERR_INPUT)
        field_fail(r, "workbook", W_assess_workbook_refused);
    TRY(read);
    bool nameless = text_same(form_id(upload->form), "form");
    upload->title = !text_empty(given) ? given : form_title(upload->form);
    if (text_empty(upload->title))
        upload->title = form_id(upload->form);
    upload->form_id = nameless ? upload->title : form_id(upload->form);
    return OK;
}

/* A version that nobody has published yet may be brought again; a published one stays as it was answered. */
static enum err make_room(struct req *r, const struct upload *upload)
{
    struct assess_version_find_row found;
    size_t removed = 0;
    enum err there = assess_version_find(r->db, r->arena,
                                         &(struct assess_version_find_in){.org = r->org,
                                                                          .form_id = upload->form_id,
                                                                          .version = form_version(upload->form)},
                                         &found);
    if (there == ERR_NOT_FOUND)
        return OK;
    TRY(there);
    if (!text_same(found.status, "draft")) {
        field_fail(r, "workbook", W_assess_version_there);
        return ERR_INPUT;
    }
    return assess_version_remove_draft(r->db, &(struct assess_version_remove_draft_in){.org = r->org, .id = found.id},
                                       &removed);
}

static enum err upload_change(struct req *r)
{
    struct upload *upload = r->data;
    const char *file_name;
    int64_t id = id_new();
    TRY(make_room(r, upload));
    TRY(assess_version_add(r->db, &(struct assess_version_add_in){.org = r->org,
                                                                  .id = id,
                                                                  .form_id = upload->form_id,
                                                                  .version = form_version(upload->form),
                                                                  .title = upload->title,
                                                                  .workbook = field_file(r, "workbook", &file_name),
                                                                  .status = "draft",
                                                                  .uploaded_at = r->now,
                                                                  .uploaded_by = r->who->account}));
    TRY(req_audit(r, "instrument.add", 0, id));
    return req_redirect(r, W_assess_uploaded, "/instruments/%s", id_text(r->arena, id));
}

/* ---- one version: as it will be asked, tried out without keeping anything ---- */

static const struct field_rule TRY_FIELDS[] = {
    {.name = "language", .kind = FIELD_TEXT, .max = 60},
    {.name = "spoken", .kind = FIELD_TEXT, .max = 60},
    {.name = "add", .kind = FIELD_TEXT, .max = 1000},
    {.name = "remove", .kind = FIELD_TEXT, .max = 1000},
    {.name = "act", .kind = FIELD_TEXT, .max = 20},
    {.name = "version", .kind = FIELD_TEXT, .max = 40},
    {.name = "page", .kind = FIELD_TEXT, .max = 40},
    {.name = "tried", .kind = FIELD_YES},
    {.name = "q.", .kind = FIELD_REST},
    {0},
};

static enum err version_find(struct req *r, int64_t *id, struct assess_version_one_row *row)
{
    if (!id_parse(r->params[0], id))
        return ERR_NOT_FOUND;
    return assess_version_one(r->db, r->arena, &(struct assess_version_one_in){.org = r->org, .id = *id}, row);
}

static enum err try_repeats(struct req *r, struct form_fill *fill)
{
    const char *add = field_text(r, "add");
    const char *remove = field_text(r, "remove");
    enum err result = text_empty(add) ? OK : form_fill_add(fill, add);
    if (result == OK && !text_empty(remove))
        result = form_fill_remove(fill, remove);
    return result == ERR_NOT_FOUND ? ERR_INPUT : result;
}

static enum err try_view(struct req *r, struct assess_version_one_row *row, struct fill_view **out)
{
    const struct form *form;
    int64_t id = 0;
    TRY(version_find(r, &id, row));
    TRY(assess_form(r->db, r->arena, r->org, id, &form));
    size_t language = fill_language(r, form, language_code(r->language));
    struct form_fill *fill = form_fill_new(r->arena, form, r->now, language);
    TRY(form_fill_evaluate(fill));
    if (r->route->method == HTTP_POST) {
        TRY(fill_take(r, fill));
        TRY(try_repeats(r, fill));
        TRY(form_fill_evaluate(fill));
    }
    *out = ARENA_NEW(r->arena, struct fill_view);
    **out = (struct fill_view){.r = r,
                               .fill = fill,
                               .action = arena_format(r->arena, "/instruments/%s", r->params[0]),
                               .back = "/instruments",
                               .blank = arena_format(r->arena, "/instruments/%s/print", r->params[0]),
                               .title = row->title,
                               .form_version = row->version,
                               .page = id,
                               .language = language,
                               .missing = text_same(field_text(r, "act"), "finish") || field_yes(r, "tried"),
                               .trying = true};
    return OK;
}

/* The facts that the form makes, and what the try would make of them. */
static void list_facts(struct req *r, const struct form *form, struct instrument_view *view)
{
    struct form_node *const *nodes;
    const struct form_fact *made = NULL;
    size_t node_count = form_nodes(form, &nodes);
    size_t made_count = view->fill->missing ? form_fill_facts(view->fill->fill, &made) : 0;
    view->facts = ARENA_ARRAY(r->arena, struct instrument_fact, node_count);
    for (size_t i = 0; i < node_count; i++) {
        const char *fact = nodes[i]->fact;
        if (text_empty(fact))
            continue;
        const char *label = form_label(form, nodes[i], view->fill->language);
        const char *tried = "";
        for (size_t j = 0; j < made_count; j++)
            if (made[j].item->node == nodes[i])
                tried = text_empty(tried) ? made[j].value : arena_format(r->arena, "%s; %s", tried, made[j].value);
        struct instrument_fact *one = &view->facts[view->fact_count++];
        *one = (struct instrument_fact){
            .fact = fact, .label = text_empty(label) ? nodes[i]->name : label, .tried = tried};
        one->use_count = assess_fact_uses(fact, form_destination(form), one->uses);
    }
}

static enum err compare_versions(struct req *r, const struct form *form, struct instrument_view *view)
{
    struct assess_version_in_use_find_row in_use;
    struct assess_version_one_row before_row;
    struct assess_version_drafts_row drafts;
    const struct form *before;
    enum err found = assess_version_in_use_find(
        r->db, r->arena, &(struct assess_version_in_use_find_in){.org = r->org, .form_id = view->row.form_id}, &in_use);
    if (found == ERR_NOT_FOUND || text_same(view->row.status, "in_use"))
        return OK;
    TRY(found);
    TRY(assess_version_one(r->db, r->arena, &(struct assess_version_one_in){.org = r->org, .id = in_use.id},
                           &before_row));
    TRY(assess_version_drafts(r->db, r->arena,
                              &(struct assess_version_drafts_in){.org = r->org, .version_id = in_use.id}, &drafts));
    TRY(assess_version_done(
        r->db, r->arena, &(struct assess_version_done_in){.org = r->org, .form_id = view->row.form_id}, &view->done));
    TRY(assess_form(r->db, r->arena, r->org, in_use.id, &before));
    view->compared = true;
    view->before = before_row.version;
    view->drafts = drafts.drafts;
    view->lost_count = assess_scores_lost(r->arena, before, form, language_code(r->language), &view->lost);
    view->change_count = assess_compare(r->arena, before, form, language_code(r->language), &view->changes);
    return OK;
}

static enum err version_show(struct req *r)
{
    struct instrument_view view = {0};
    struct assess_reading read;
    struct fill_view *fill;
    TRY(try_view(r, &view.row, &fill));
    TRY(assess_version_read(r->db, r->arena, r->org, fill->page, &read));
    view.fill = fill;
    view.warnings = read.problems;
    view.warning_count = read.problem_count;
    view.destination = form_destination(read.form);
    view.may_publish = session_may(r->who, CAP_INSTRUMENT) && !text_same(view.row.status, "in_use");
    TRY(compare_versions(r, read.form, &view));
    list_facts(r, read.form, &view);
    html_instrument(req_page(r), r, &view);
    return OK;
}

static enum err live_check(struct req *r)
{
    struct assess_version_one_row row;
    struct fill_view *v;
    TRY(try_view(r, &row, &v));
    return fill_state_send(v);
}

/* ---- publishing ---- */

static enum err publish_change(struct req *r)
{
    struct assess_version_one_row row;
    size_t changed = 0;
    int64_t id = 0;
    TRY(version_find(r, &id, &row));
    if (text_same(row.status, "in_use"))
        return ERR_CONFLICT;
    TRY(assess_version_retire(r->db, &(struct assess_version_retire_in){.org = r->org, .form_id = row.form_id}));
    TRY(assess_version_publish(r->db, &(struct assess_version_publish_in){.org = r->org, .id = id}, &changed));
    TRY(req_audit(r, "instrument.publish", 0, id));
    return req_redirect(r, W_assess_published, "/instruments");
}

const struct route assess_instrument_routes[] = {
    {.method = HTTP_GET,
     .path = "/instruments",
     .cap = CAP_SIGNED_IN,
     .scope = instrument_scope,
     .fields = UPLOAD_FIELDS,
     .show = instruments_show},
    {.method = HTTP_POST,
     .path = "/instruments",
     .cap = CAP_INSTRUMENT,
     .fields = UPLOAD_FIELDS,
     .show = instruments_show,
     .check = upload_check,
     .slow = upload_slow,
     .change = upload_change,
     .body_max = WORKBOOK_MAX + (64 << 10)},
    {.method = HTTP_GET,
     .path = "/instruments/{version}",
     .cap = CAP_SIGNED_IN,
     .scope = instrument_scope,
     .fields = TRY_FIELDS,
     .show = version_show},
    {.method = HTTP_POST,
     .path = "/instruments/{version}",
     .cap = CAP_SIGNED_IN,
     .scope = instrument_scope,
     .fields = TRY_FIELDS,
     .show = version_show,
     .check = version_show,
     .body_max = TRY_MAX},
    {.method = HTTP_POST,
     .path = "/instruments/{version}/live",
     .cap = CAP_SIGNED_IN,
     .scope = instrument_scope,
     .fields = TRY_FIELDS,
     .check = live_check,
     .body_max = TRY_MAX},
    {.method = HTTP_POST, .path = "/instruments/{version}/publish", .cap = CAP_INSTRUMENT, .change = publish_change},
    {0},
};
