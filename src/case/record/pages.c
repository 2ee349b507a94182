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
