/* The log of a case: its entries, the sums by month, and the form for the next one. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "support/service/internal.h"
#include "support/service/queries.h"
#include "support/service/templates.h"

static const struct field_rule LIST_FIELDS[] = {
    SERVICE_FORM_FIELDS,
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

static enum err open_line(struct req *r, const struct service_entry_list_row *row, struct service_line *out)
{
    enum case_part part = service_part(row->strand);
    *out = (struct service_line){
        .id = row->id,
        .struck = row->struck,
        .given = {.service = row->service,
                  .on_date = row->on_date,
                  .minutes = row->minutes,
                  .mode = row->mode,
                  .phase = row->phase,
                  .strand = row->strand,
                  .interpreter = row->interpreter,
                  .travel_cents = row->travel_cents,
                  .meal_cents = row->meal_cents,
                  .funding = row->funding},
    };
    TRY(case_open_text(r, part, service_place_of("provider", row->id), row->provider, &out->given.provider));
    TRY(case_open_text(r, part, service_place_of("note", row->id), row->note, &out->given.note));
    return case_open_text(r, part, service_place_of("struck_reason", row->id), row->struck_reason, &out->struck_reason);
}

/* Where the page begins: behind an entry, or with the newest. */
static bool page_start(struct req *r, struct service_entry_list_in *in)
{
    const char *day = r->route->method == HTTP_GET ? field_text(r, "day") : "";
    bool behind = date_full(day) && field_id(r, "id", &in->before_id);
    in->before_day = behind ? day : "9999-12-31";
    if (!behind)
        in->before_id = INT64_MAX;
    return !behind;
}

static enum err read_lines(struct req *r, struct service_list_view *view)
{
    enum { PAGE = 30 };
    struct service_entry_list_row *rows;
    struct colleague *people;
    size_t people_count;
    struct service_entry_list_in in = {.org = r->org, .case_id = r->case_id, .limit = PAGE + 1};
    struct service_held held = service_held(r);
    in.legal = held.legal;
    in.psychosocial = held.psychosocial;
    in.health = held.health;
    in.others = held.others;
    view->first_page = page_start(r, &in);
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(service_entry_list(r->db, r->arena, &in, &rows, &view->count));
    if (view->count > PAGE) {
        view->count = PAGE;
        view->next = arena_format(r->arena, "/cases/%s/services?day=%s&id=%s", r->params[0], rows[PAGE - 1].on_date,
                                  id_text(r->arena, rows[PAGE - 1].id));
    }
    view->lines = ARENA_ARRAY(r->arena, struct service_line, view->count);
    for (size_t i = 0; i < view->count; i++) {
        TRY(open_line(r, &rows[i], &view->lines[i]));
        view->lines[i].who = colleague_name(people, people_count, rows[i].account);
    }
    return OK;
}

static enum err read_months(struct req *r, struct service_list_view *view)
{
    enum { MONTHS = 24 };
    struct service_months_row *rows;
    struct service_held held = service_held(r);
    TRY(service_months(r->db, r->arena,
                       &(struct service_months_in){.org = r->org,
                                                   .case_id = r->case_id,
                                                   .limit = MONTHS,
                                                   .legal = held.legal,
                                                   .psychosocial = held.psychosocial,
                                                   .health = held.health,
                                                   .others = held.others},
                       &rows, &view->month_count));
    view->months = ARENA_ARRAY(r->arena, struct service_month, view->month_count);
    for (size_t i = 0; i < view->month_count; i++)
        view->months[i] = (struct service_month){rows[i].month, rows[i].entries, rows[i].minutes,
                                                 rows[i].travel_cents + rows[i].meal_cents};
    return OK;
}

static enum err list_show(struct req *r)
{
    struct service_list_view view = {0};
    if (r->route->method == HTTP_GET)
        r->failed = false; /* a wrong address shows the newest */
    TRY(service_form_start(r, &view.form));
    TRY(read_lines(r, &view));
    if (view.first_page)
        TRY(read_months(r, &view));
    html_service_list_page(req_page(r), r, &view);
    return OK;
}

/* ---- adding ---- */

static enum err service_add_check(struct req *r)
{
    struct service_given *given = ARENA_NEW(r->arena, struct service_given);
    TRY(case_must_be_open(r));
    r->data = given;
    return service_form_read(r, NULL, given);
}

enum err service_add_now(struct req *r)
{
    int64_t id;
    struct service_place place = {.org = r->org, .case_id = r->case_id, .account = r->who->account, .now = r->now};
    TRY(case_must_be_open(r));
    TRY(service_add(r->db, r->arena, &case_of(r)->keys, &place, r->data, &id));
    return req_audit(r, "service.add", r->case_id, id);
}

static enum err list_change(struct req *r)
{
    TRY(service_add_now(r));
    return req_redirect(r, W_service_saved, "/cases/%s/services", r->params[0]);
}

const struct route service_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/services",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = service_scope,
     .fields = LIST_FIELDS,
     .show = list_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/services",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_scope,
     .fields = LIST_FIELDS,
     .show = list_show,
     .check = service_add_check,
     .change = list_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/services/{entry}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_entry_scope,
     .fields = SERVICE_ENTRY_FIELDS,
     .show = service_entry_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/services/{entry}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_entry_scope,
     .fields = SERVICE_ENTRY_FIELDS,
     .show = service_entry_show,
     .check = service_entry_check,
     .change = service_entry_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/services/{entry}/strike",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_entry_scope,
     .fields = SERVICE_STRIKE_FIELDS,
     .show = service_strike_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/services/{entry}/strike",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_entry_scope,
     .fields = SERVICE_STRIKE_FIELDS,
     .show = service_strike_show,
     .check = service_strike_check,
     .change = service_strike_change},
    {.method = HTTP_GET, .path = "/day", .cap = CAP_CASE_WRITE, .fields = SERVICE_DAY_FIELDS, .show = service_day_show},
    {.method = HTTP_GET,
     .path = "/day/{case}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_scope,
     .fields = SERVICE_DAY_FIELDS,
     .show = service_day_show},
    {.method = HTTP_POST,
     .path = "/day/{case}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = service_scope,
     .fields = SERVICE_DAY_FIELDS,
     .show = service_day_show,
     .check = service_add_check,
     .change = service_day_change},
    {0},
};
