/* Cases to decide about, erasures that wait for a second person, and those that were done. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/pack/pack.h"
#include "steer/retention/internal.h"
#include "steer/retention/queries.h"
#include "steer/retention/templates.h"
#include "steer/retention/views.h"

enum { PAGE = 50, DONE_SHOWN = 20 };

const struct field_rule RETENTION_LIST_FIELDS[] = {
    {.name = "day", .kind = FIELD_TEXT, .max = 10},
    {.name = "after", .kind = FIELD_ID},
    {0},
};

static enum err due_of(struct req *r, struct retention_view *view)
{
    struct retention_due_row *rows;
    size_t count;
    int64_t after = 0;
    const char *today = time_date(r->arena, r->now);
    (void)field_id(r, "after", &after);
    TRY(retention_due(r->db, r->arena,
                      &(struct retention_due_in){.org = r->org,
                                                 .closed_before = retention_before(r->arena, today, view->years),
                                                 .today = today,
                                                 .after_day = field_text(r, "day"),
                                                 .after_id = after,
                                                 .limit = PAGE + 1,
                                                 .account = r->who->account},
                      &rows, &count));
    view->due_count = count > PAGE ? PAGE : count;
    view->due = ARENA_ARRAY(r->arena, struct due_line, view->due_count);
    for (size_t i = 0; i < view->due_count; i++)
        view->due[i] = (struct due_line){.reference = rows[i].reference,
                                         .closed_on = rows[i].closed_on,
                                         .reason = rows[i].close_reason,
                                         .id = rows[i].id,
                                         .held = rows[i].held > 0,
                                         .mine = session_may(r->who, CAP_CASE_DECIDE)};
    if (count > PAGE)
        view->next = arena_format(r->arena, "/retention?day=%s&after=%s", rows[PAGE - 1].closed_on,
                                  id_text(r->arena, rows[PAGE - 1].id));
    return OK;
}

static enum err erasures_of(struct req *r, const char *state, size_t most, struct asked_line **out, size_t *out_count)
{
    struct retention_erasure_list_row *rows;
    struct colleague *people;
    size_t count;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(retention_erasure_list(
        r->db, r->arena,
        &(struct retention_erasure_list_in){
            .org = r->org, .state = state, .before = INT64_MAX, .limit = (int64_t)most, .account = r->who->account},
        &rows, &count));
    struct asked_line *lines = ARENA_ARRAY(r->arena, struct asked_line, count);
    for (size_t i = 0; i < count; i++) {
        bool over = rows[i].ended_at.has;
        lines[i] = (struct asked_line){
            .id = rows[i].id,
            .reference = rows[i].reference,
            .cause = rows[i].cause,
            .who = colleague_name(people, people_count, over ? rows[i].ended_by.value : rows[i].asked_by.value),
            .at = over ? rows[i].ended_at.value : rows[i].asked_at,
            .held = rows[i].held > 0,
            .own = rows[i].asked_by.has && rows[i].asked_by.value == r->who->account};
    }
    *out = lines;
    *out_count = count;
    return OK;
}

enum err retention_waiting(struct req *r, int64_t *out)
{
    struct retention_waiting_count_row row;
    TRY(retention_waiting_count(r->db, r->arena,
                                &(struct retention_waiting_count_in){.org = r->org, .account = r->who->account}, &row));
    *out = row.waiting;
    return OK;
}

enum err retention_show(struct req *r)
{
    struct retention_view view = {.years = pack_retention_years()};
    TRY(due_of(r, &view));
    TRY(erasures_of(r, "asked", PAGE, &view.asked, &view.asked_count));
    TRY(erasures_of(r, "done", DONE_SHOWN, &view.done, &view.done_count));
    html_retention_page(req_page(r), r, &view);
    return OK;
}
