/* Meetings with the child: the list, a new one, and each to read. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/consent/queries.h"
#include "case/consent/templates.h"
#include "case/consent/views.h"

#define MEETING "consent_meeting"

static const struct code_list INTERPRETERS = CODES(consent_interpreter, "none", "present", "phone");
static const struct code_list UNDERSTOOD = CODES(consent_understood, "yes", "partly", "no");

const struct field_rule CONSENT_LIST_FIELDS[] = {
    {.name = "day", .kind = FIELD_DATE},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

const struct field_rule CONSENT_MEETING_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "language", .kind = FIELD_TEXT, .required = true, .missing = W_consent_language_missing, .max = 100},
    {.name = "interpreter", .kind = FIELD_CODE, .codes = &INTERPRETERS, .required = true},
    {.name = "interpreter_name", .kind = FIELD_TEXT},
    {.name = "present", .kind = FIELD_LONG, .max = 2000},
    {.name = "explained", .kind = FIELD_CODES, .other = true},
    {.name = "understood", .kind = FIELD_CODE, .codes = &UNDERSTOOD, .required = true},
    {.name = "understood_words", .kind = FIELD_LONG},
    {.name = "child_words", .kind = FIELD_LONG},
    {0},
};

/* ---- list ---- */

static enum err read_meetings(struct req *r, struct meetings_view *view)
{
    enum { PAGE = 30 };
    struct consent_meeting_list_row *rows;
    struct colleague *people;
    size_t people_count;
    struct consent_meeting_list_in in = {.org = r->org, .case_id = r->case_id, .limit = PAGE + 1};
    bool behind = date_full(field_text(r, "day")) && field_id(r, "id", &in.before_id);
    in.before_day = behind ? field_text(r, "day") : "9999-12-31";
    if (!behind)
        in.before_id = INT64_MAX;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(consent_meeting_list(r->db, r->arena, &in, &rows, &view->meeting_count));
    if (view->meeting_count > PAGE) {
        view->meeting_count = PAGE;
        view->next = arena_format(r->arena, "/cases/%s/meetings?day=%s&id=%s", r->params[0], rows[PAGE - 1].on_date,
                                  id_text(r->arena, rows[PAGE - 1].id));
    }
    view->meetings = ARENA_ARRAY(r->arena, struct meeting_line, view->meeting_count);
    for (size_t i = 0; i < view->meeting_count; i++)
        view->meetings[i] = (struct meeting_line){rows[i].id, rows[i].on_date, rows[i].interpreter, rows[i].understood,
                                                  colleague_name(people, people_count, rows[i].account)};
    return OK;
}

enum err consent_list_show(struct req *r)
{
    struct meetings_view view = {0};
    r->failed = false; /* a wrong address shows the newest */
    TRY(read_meetings(r, &view));
    TRY(consent_lines(r, &view.consents, &view.consent_count));
    html_meetings_page(req_page(r), r, &view);
    return OK;
}

/* ---- a new one ---- */

enum err consent_meeting_new_show(struct req *r)
{
    if (r->route->method == HTTP_GET) {
        r->failed = false;
        field_start(r, "on", time_date(r->arena, r->now));
    }
    html_meeting_form_page(req_page(r), r);
    return OK;
}

/* Every code that was ticked is one of the programme. */
static bool explained_ok(struct req *r)
{
    char *rest = arena_text(r->arena, field_text(r, "explained"));
    for (char *code; (code = strsep(&rest, " ")) != NULL;) {
        if (*code != '\0' && !code_in(pack_codes(PACK_EXPLAINED), code))
            return false;
    }
    return true;
}

enum err consent_meeting_new_check(struct req *r)
{
    TRY(case_must_be_open(r));
    consent_check_day(r, "on");
    if (!explained_ok(r))
        field_fail(r, "explained", W_consent_explained_wrong);
    return r->failed ? ERR_INPUT : OK;
}

static struct bytes sealed(struct req *r, const char *column, int64_t id)
{
    const char *field_name = column;
    return consent_seal(r, MEETING, column, id, field_text(r, field_name));
}

static enum err add_explained(struct req *r, int64_t id)
{
    const struct code_list *codes = pack_codes(PACK_EXPLAINED);
    for (size_t i = 0; i < codes->count; i++) {
        if (!field_has(r, "explained", codes->codes[i]))
            continue;
        TRY(consent_explained_add(r->db,
                                  &(struct consent_explained_add_in){
                                      .org = r->org, .case_id = r->case_id, .meeting = id, .code = codes->codes[i]}));
    }
    return OK;
}

enum err consent_meeting_new_change(struct req *r)
{
    int64_t id = id_new();
    TRY(case_must_be_open(r));
    TRY(consent_meeting_add(r->db, &(struct consent_meeting_add_in){
                                       .org = r->org,
                                       .case_id = r->case_id,
                                       .id = id,
                                       .on_date = field_text(r, "on"),
                                       .language = sealed(r, "language", id),
                                       .interpreter = field_text(r, "interpreter"),
                                       .interpreter_name = sealed(r, "interpreter_name", id),
                                       .present = sealed(r, "present", id),
                                       .understood = field_text(r, "understood"),
                                       .understood_words = sealed(r, "understood_words", id),
                                       .child_words = sealed(r, "child_words", id),
                                       .account = r->who->account,
                                       .created_at = r->now,
                                   }));
    TRY(add_explained(r, id));
    TRY(case_event_add(r, &(struct record_event){.part = PART_CONSENT,
                                                 .happened_on = field_text(r, "on"),
                                                 .kind = "meeting",
                                                 .subject = id,
                                                 .note = field_text(r, "child_words")}));
    TRY(req_audit(r, "meeting.add", r->case_id, id));
    return req_redirect(r, W_consent_meeting_saved, "/cases/%s/meetings", r->params[0]);
}

/* ---- one to read ---- */

static enum err open_meeting(struct req *r, int64_t id, const struct consent_meeting_get_row *row,
                             struct meeting_view *view)
{
    TRY(consent_open(r, MEETING, "language", id, row->language, &view->language));
    TRY(consent_open(r, MEETING, "interpreter_name", id, row->interpreter_name, &view->interpreter_name));
    TRY(consent_open(r, MEETING, "present", id, row->present, &view->present));
    TRY(consent_open(r, MEETING, "understood_words", id, row->understood_words, &view->understood_words));
    return consent_open(r, MEETING, "child_words", id, row->child_words, &view->child_words);
}

static enum err read_explained(struct req *r, int64_t id, struct meeting_view *view)
{
    struct consent_explained_list_row *rows;
    TRY(consent_explained_list(r->db, r->arena,
                               &(struct consent_explained_list_in){.org = r->org, .case_id = r->case_id, .meeting = id},
                               &rows, &view->explained_count));
    view->explained = ARENA_ARRAY(r->arena, const char *, view->explained_count);
    for (size_t i = 0; i < view->explained_count; i++)
        view->explained[i] = rows[i].code;
    return OK;
}

enum err consent_meeting_show(struct req *r)
{
    struct meeting_view view = {0};
    struct consent_meeting_get_row row;
    struct colleague *people;
    size_t people_count;
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(consent_meeting_get(r->db, r->arena,
                            &(struct consent_meeting_get_in){.org = r->org, .case_id = r->case_id, .id = id}, &row));
    view.on_date = row.on_date;
    view.interpreter = row.interpreter;
    view.understood = row.understood;
    TRY(open_meeting(r, id, &row, &view));
    TRY(read_explained(r, id, &view));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    view.who = colleague_name(people, people_count, row.account);
    html_meeting_page(req_page(r), r, &view);
    return OK;
}
