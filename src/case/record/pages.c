#include "case/record/record.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/templates.h"
#include "case/record/views.h"

#include <string.h>

/* ---- what every page of a case shows ---- */

static const struct case_menu_item MENU[] = {
    {"", W_record_menu_overview, .parts = PART_BIT(PART_BASICS)},
    {"/person", W_record_menu_person, .parts = PART_BIT(PART_PERSON)},
    {"/meetings", W_record_menu_meetings, .parts = PART_BIT(PART_CONSENT)},
    {"/assessments", W_record_menu_assess, .parts = PART_BIT(PART_SAFETY) | PART_BIT(PART_NEEDS)},
    {"/plan", W_record_menu_plan, .parts = PART_BIT(PART_PLAN)},
    {"/services", W_record_menu_services, .parts = PARTS_SERVICES},
    {"/conferences", W_record_menu_conferences, .parts = PART_BIT(PART_CONFERENCE)},
    {"/team", W_record_menu_team, .parts = PART_BIT(PART_BASICS)},
    {"/course", W_record_menu_course, .parts = PART_BIT(PART_BASICS)},
    {"/timeline", W_record_menu_timeline, .parts = PART_BIT(PART_BASICS)},
    {"/looked", W_record_menu_looked, .parts = PART_BIT(PART_BASICS), .whole = true},
};

const struct case_menu_item *case_menu(void)
{
    return MENU;
}

size_t case_menu_count(void)
{
    return sizeof MENU / sizeof *MENU;
}

/* ---- timeline ---- */

static enum case_part part_of_bit(int64_t bit)
{
    unsigned part = PART_BASICS;
    while (part < PART_ADDRESS && bit != PART_BIT(part))
        part++;
    return (enum case_part)part;
}

enum err record_timeline(struct req *r, const struct timeline_filter *filter, struct timeline_item **out, size_t *count)
{
    struct record_event_list_row *rows;
    struct colleague *people;
    size_t people_count;
    bool newest = text_empty(filter->before_day);
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(record_event_list(r->db, r->arena,
                          &(struct record_event_list_in){.org = r->org,
                                                         .case_id = r->case_id,
                                                         .kind = filter->kind,
                                                         .phase = filter->phase,
                                                         .strand = filter->strand,
                                                         .before_day = newest ? "9999-12-31" : filter->before_day,
                                                         .before_id = newest ? INT64_MAX : filter->before_id,
                                                         .limit = filter->limit,
                                                         .parts = r->parts},
                          &rows, count));
    struct timeline_item *items = ARENA_ARRAY(r->arena, struct timeline_item, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct record_event_list_row *row = &rows[i];
        items[i] = (struct timeline_item){
            .id = row->id,
            .happened_on = row->happened_on,
            .kind = row->kind,
            .phase = row->phase,
            .strand = row->strand,
            .who = colleague_name(people, people_count, row->account),
            .detail = row->detail,
            .subject = maybe_or_zero(row->subject),
        };
        TRY(case_open_text(r, part_of_bit(row->part), record_note_place(row->id), row->note, &items[i].note));
    }
    *out = items;
    return OK;
}

static const struct code_list EVENT_KINDS = CODES(
    event, "case_opened", "case_closed", "case_reopened", "referral", "person", "meeting", "consent", "safety", "needs",
    "assessment", "alert", "plan", "service", "conference", "course", "task", "hand_over", "team", "glass");

static const struct field_rule TIMELINE_FIELDS[] = {
    {.name = "kind", .kind = FIELD_CODE, .codes = &EVENT_KINDS},
    {.name = "phase", .kind = FIELD_CODE, .codes = &RECORD_PHASES},
    {.name = "strand", .kind = FIELD_CODE, .codes = &RECORD_STRANDS},
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static enum err timeline_show(struct req *r)
{
    enum { PAGE = 50 };
    struct timeline_view view = {0};
    struct timeline_filter filter = {
        .kind = r->failed ? "" : field_text(r, "kind"),
        .phase = r->failed ? "" : field_text(r, "phase"),
        .strand = r->failed ? "" : field_text(r, "strand"),
        .before_day = r->failed ? "" : field_text(r, "day"),
        .limit = PAGE + 1,
    };
    (void)field_id(r, "id", &filter.before_id);
    r->failed = false;
    view.filtered = !text_empty(filter.kind) || !text_empty(filter.phase) || !text_empty(filter.strand);
    TRY(record_timeline(r, &filter, &view.items, &view.count));
    if (view.count > PAGE) {
        const struct timeline_item *last = &view.items[PAGE - 1];
        view.count = PAGE;
        view.next = arena_format(r->arena, "/cases/%s/timeline?kind=%s&phase=%s&strand=%s&day=%s&id=%s", r->params[0],
                                 filter.kind, filter.phase, filter.strand, last->happened_on,
                                 id_text(r->arena, last->id));
    }
    html_timeline_page(req_page(r), r, &view);
    return OK;
}

/* ---- phases, strands and funding ---- */

enum err record_spans_of(struct req *r, struct span **out, size_t *count)
{
    struct record_span_list_row *rows;
    TRY(record_span_list(r->db, r->arena, &(struct record_span_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                         count));
    struct span *spans = ARENA_ARRAY(r->arena, struct span, *count);
    for (size_t i = 0; i < *count; i++)
        spans[i] = (struct span){rows[i].id, rows[i].kind, rows[i].code, rows[i].started_on, rows[i].ended_on};
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

static enum err begin_check(struct req *r)
{
    const char *kind;
    const char *code;
    TRY(case_must_be_open(r));
    if (!text_empty(field_text(r, "what")) && !beginning_of(field_text(r, "what"), &kind, &code))
        field_fail(r, "what", W_field_choose);
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
    for (size_t i = 0; i < count; i++) {
        if (text_same(spans[i].kind, kind) && text_same(spans[i].code, code) && spans[i].ended_on == NULL) {
            field_fail(r, "what", W_record_span_runs);
            return ERR_INPUT;
        }
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

static const struct field_rule END_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {0},
};

static enum err end_change(struct req *r)
{
    int64_t span = 0;
    size_t changed = 0;
    if (!id_parse(r->params[1], &span))
        return ERR_NOT_FOUND;
    TRY(record_span_end(
        r->db,
        &(struct record_span_end_in){.org = r->org, .case_id = r->case_id, .id = span, .ended_on = field_text(r, "on")},
        &changed));
    if (changed == 0)
        return ERR_CONFLICT;
    TRY(req_audit(r, "course.end", r->case_id, span));
    return req_redirect(r, W_record_span_ended, "/cases/%s/course", r->params[0]);
}

/* ---- reopening ---- */

static const struct field_rule REOPEN_FIELDS[] = {
    {.name = "why", .kind = FIELD_LONG, .required = true, .missing = W_record_reopen_why_missing},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

static enum err reopen_show(struct req *r)
{
    html_reopen_page(req_page(r), r);
    return OK;
}

static enum err reopen_change(struct req *r)
{
    enum { FIRST_REVIEW_DAYS = 30 };
    size_t changed = 0;
    const char *today = time_date(r->arena, r->now);
    TRY(record_case_reopen(r->db,
                           &(struct record_case_reopen_in){.org = r->org,
                                                           .id = r->case_id,
                                                           .next_review = date_add(r->arena, today, FIRST_REVIEW_DAYS),
                                                           .version = field_version(r)},
                           &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(case_event_add(
        r, &(struct record_event){
               .part = PART_BASICS, .happened_on = today, .kind = "case_reopened", .note = field_text(r, "why")}));
    TRY(req_audit(r, "case.reopen", r->case_id, 0));
    return req_redirect(r, W_record_reopened_done, "/cases/%s", r->params[0]);
}

const struct route record_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/timeline",
     .cap = CAP_CASE_READ,
     .part = PART_BASICS,
     .scope = case_scope,
     .fields = TIMELINE_FIELDS,
     .show = timeline_show},
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
    {.method = HTTP_POST,
     .path = "/cases/{case}/course/{span}/end",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = END_FIELDS,
     .check = case_open_check,
     .change = end_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/reopen",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = REOPEN_FIELDS,
     .show = reopen_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/reopen",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = REOPEN_FIELDS,
     .show = reopen_show,
     .change = reopen_change},
    {0},
};
