#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/record/templates.h"
#include "case/record/views.h"

#include <string.h>

/* ---- phases, strands and funding ---- */

enum err record_spans_of(struct req *r, struct span **out, size_t *count)
{
    struct record_span_list_row *rows;
    TRY(record_span_list(r->db, r->arena, &(struct record_span_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                         count));
    struct span *spans = ARENA_ARRAY(r->arena, struct span, *count);
    for (size_t i = 0; i < *count; i++)
        spans[i] = (struct span){rows[i].id,         rows[i].kind,     rows[i].code,
                                 rows[i].started_on, rows[i].ended_on, rows[i].version};
    *out = spans;
    return OK;
}

/* What can begin, with the word for its kind. */
static const struct {
    const char *kind;
    const struct code_list *codes;
} BEGINNINGS[] = {{"phase", &RECORD_PHASES}, {"strand", &RECORD_STRANDS}, {"funding", &RECORD_FUNDINGS}};
enum { BEGINNING_COUNT = sizeof BEGINNINGS / sizeof *BEGINNINGS };

static const struct field_rule BEGIN_FIELDS[] = {
    {.name = "what", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_field_choose},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {0},
};

static void choices_make(struct req *r, struct course_view *view)
{
    size_t most = 0;
    for (size_t i = 0; i < BEGINNING_COUNT; i++)
        most += BEGINNINGS[i].codes->count;
    view->choices = ARENA_ARRAY(r->arena, struct choice, most);
    for (size_t i = 0; i < BEGINNING_COUNT; i++) {
        const struct code_list *list = BEGINNINGS[i].codes;
        const char *kind = word_code(r->language, "span_kind", BEGINNINGS[i].kind);
        for (size_t c = 0; c < list->count; c++) {
            struct choice *choice = &view->choices[view->choice_count++];
            choice->value = arena_format(r->arena, "%s:%s", BEGINNINGS[i].kind, list->codes[c]);
            choice->label = arena_format(r->arena, "%s: %s", kind,
                                         word_code(r->language, list->family, list->codes[c]));
        }
    }
}

/* Splits "phase:rescue" into its parts; false for anything that cannot begin. */
static bool beginning_of(const char *what, const char **kind, const char **code)
{
    const char *colon = strchr(what, ':');
    for (size_t i = 0; colon != NULL && i < BEGINNING_COUNT; i++) {
        size_t len = strlen(BEGINNINGS[i].kind);
        if ((size_t)(colon - what) == len && strncmp(what, BEGINNINGS[i].kind, len) == 0 &&
            code_in(BEGINNINGS[i].codes, colon + 1)) {
            *kind = BEGINNINGS[i].kind;
            *code = colon + 1;
            return true;
        }
    }
    return false;
}

static enum err course_show(struct req *r)
{
    struct course_view view = {.today = time_date(r->arena, r->now)};
    TRY(record_spans_of(r, &view.spans, &view.count));
    field_start(r, "on", view.today);
    choices_make(r, &view);
    html_course_page(req_page(r), r, &view);
    return OK;
}

static void say_day(struct req *r, enum course_day day)
{
    switch (day) {
    case COURSE_DAY_FUTURE: field_fail(r, "on", W_record_span_future); break;
    case COURSE_DAY_FAR: field_fail(r, "on", W_record_span_far); break;
    case COURSE_DAY_BEFORE_BEGIN: field_fail(r, "on", W_record_span_before); break;
    case COURSE_DAY_FINE: break;
    }
}

static enum err begin_check(struct req *r)
{
    const char *kind;
    const char *code;
    TRY(case_must_be_open(r));
    bool known = beginning_of(field_text(r, "what"), &kind, &code);
    if (!text_empty(field_text(r, "what")) && !known)
        field_fail(r, "what", W_field_choose);
    if (known && date_full(field_text(r, "on")))
        say_day(r, course_begin_judge(kind, field_text(r, "on"), time_date(r->arena, r->now)));
    return r->failed ? ERR_INPUT : OK;
}

static enum err begin_change(struct req *r)
{
    const char *kind = NULL;
    const char *code = NULL;
    const char *on = field_text(r, "on");
    if (!beginning_of(field_text(r, "what"), &kind, &code))
        return ERR_INPUT;
    struct span *spans;
    size_t count;
    TRY(record_spans_of(r, &spans, &count));
    if (course_runs(spans, count, kind, code)) {
        field_fail(r, "what", W_record_span_runs);
        return ERR_INPUT;
    }
    TRY(record_span_begin(r->db, r->org, r->case_id, kind, code, on));
    TRY(case_event_add(r, &(struct record_event){.part = PART_BASICS,
                                                 .happened_on = on,
                                                 .kind = "course",
                                                 .phase = text_same(kind, "phase") ? code : NULL,
                                                 .strand = text_same(kind, "strand") ? code : NULL,
                                                 .detail = "begun"}));
    TRY(req_audit(r, "course.begin", r->case_id, 0));
    return req_redirect(r, W_record_span_begun, "/cases/%s/course", r->params[0]);
}

/* ---- when one ends ---- */

static const struct field_rule END_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE},
    {.name = "version", .kind = FIELD_INT},
    {0},
};

/* The span that the path names, among all of the case. */
static enum err span_here(struct req *r, struct span **all, size_t *count, struct span *out)
{
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(record_spans_of(r, all, count));
    for (size_t i = 0; i < *count; i++) {
        if ((*all)[i].id == id) {
            *out = (*all)[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static enum err end_show(struct req *r)
{
    struct span span;
    struct span *spans;
    size_t count;
    TRY(span_here(r, &spans, &count, &span));
    field_start(r, "on", span.ended_on == NULL ? time_date(r->arena, r->now) : span.ended_on);
    html_course_end_page(req_page(r), r, &span);
    return OK;
}

static enum err end_check(struct req *r)
{
    struct span span;
    struct span *spans;
    size_t count;
    const char *on = field_text(r, "on");
    TRY(case_must_be_open(r));
    TRY(span_here(r, &spans, &count, &span));
    if (text_empty(on) && span.ended_on == NULL)
        field_fail(r, "on", W_record_span_end_missing);
    else if (date_full(on))
        say_day(r, course_end_judge(span.kind, span.started_on, on, time_date(r->arena, r->now)));
    return r->failed ? ERR_INPUT : OK;
}

/* What the timeline says of it. */
static const char *told(const struct span *span, const char *on)
{
    return span->ended_on == NULL ? "ended" : on == NULL ? "goes_on" : "end_changed";
}

static enum err end_change(struct req *r)
{
    struct span span;
    struct span *spans;
    size_t count;
    size_t changed = 0;
    const char *on = field_or_null(r, "on");
    TRY(span_here(r, &spans, &count, &span));
    if (on == NULL && course_runs(spans, count, span.kind, span.code)) {
        field_fail(r, "on", W_record_span_runs);
        return ERR_INPUT;
    }
    TRY(record_span_end(
        r->db,
        &(struct record_span_end_in){
            .org = r->org, .case_id = r->case_id, .id = span.id, .ended_on = on, .version = field_version(r)},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    const char *today = time_date(r->arena, r->now);
    TRY(case_event_add(r, &(struct record_event){.part = PART_BASICS,
                                                 .happened_on = on == NULL || strcmp(on, today) > 0 ? today : on,
                                                 .kind = "course",
                                                 .phase = text_same(span.kind, "phase") ? span.code : NULL,
                                                 .strand = text_same(span.kind, "strand") ? span.code : NULL,
                                                 .detail = told(&span, on)}));
    TRY(req_audit(r, "course.end", r->case_id, span.id));
    return req_redirect(r, on == NULL ? W_record_span_goes_on_again : W_record_span_ended, "/cases/%s/course",
                        r->params[0]);
}

const struct route record_course_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/course",
     .cap = CAP_CASE_READ,
     .part = PART_BASICS,
     .scope = case_scope,
     .fields = BEGIN_FIELDS,
     .show = course_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/course",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = BEGIN_FIELDS,
     .show = course_show,
     .check = begin_check,
     .change = begin_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/course/{span}/end",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = END_FIELDS,
     .show = end_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/course/{span}/end",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = END_FIELDS,
     .show = end_show,
     .check = end_check,
     .change = end_change},
    {0},
};
