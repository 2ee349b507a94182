#include "steer/report/report.h"

#include "base/id.h"
#include "base/text.h"
#include "steer/report/templates.h"
#include "steer/report/views.h"

/* All counting queries have rows of the same shape; this turns any of them into a table. */
#define ADD_TABLE(view, r, title_word, family_name, rows, row_count)                                          \
    do {                                                                                                      \
        struct figure_table *table = &(view)->tables[(view)->table_count++];                                  \
        *table = (struct figure_table){.title = (title_word), .family = (family_name), .count = (row_count)}; \
        table->codes = ARENA_ARRAY((r)->arena, const char *, (row_count));                                    \
        table->counts = ARENA_ARRAY((r)->arena, const char *, (row_count));                                   \
        for (size_t i = 0; i < (row_count); i++) {                                                            \
            table->codes[i] = (rows)[i].code;                                                                 \
            table->counts[i] = report_protected((r)->arena, (rows)[i].count);                                 \
        }                                                                                                     \
    } while (0)

/* The same for counts that add up to a number shown elsewhere. */
#define ADD_SHARES(view, r, title, family, rows, row_count)                                       \
    do {                                                                                          \
        ADD_TABLE(view, r, title, family, rows, row_count);                                       \
        int64_t *numbers = ARENA_ARRAY((r)->arena, int64_t, (row_count));                         \
        for (size_t n = 0; n < (row_count); n++)                                                  \
            numbers[n] = (rows)[n].count;                                                         \
        report_hide_second(numbers, (row_count), (view)->tables[(view)->table_count - 1].counts); \
    } while (0)

static enum err add_states(struct req *r, struct figures_view *view)
{
    struct report_by_status_row *status;
    struct report_by_risk_row *risk;
    struct report_by_year_row *year;
    struct report_by_reason_row *reason;
    size_t count;
    TRY(report_by_status(r->db, r->arena, &(struct report_by_status_in){.org = r->org}, &status, &count));
    ADD_TABLE(view, r, W_report_by_status, "case_status", status, count);
    TRY(report_by_risk(r->db, r->arena, &(struct report_by_risk_in){.org = r->org}, &risk, &count));
    ADD_SHARES(view, r, W_report_by_risk, "risk", risk, count);
    TRY(report_by_year(r->db, r->arena, &(struct report_by_year_in){.org = r->org}, &year, &count));
    ADD_SHARES(view, r, W_report_by_year, "", year, count);
    TRY(report_by_reason(r->db, r->arena, &(struct report_by_reason_in){.org = r->org}, &reason, &count));
    ADD_SHARES(view, r, W_report_by_reason, "close_reason", reason, count);
    return OK;
}

static enum err add_course(struct req *r, struct figures_view *view)
{
    struct report_by_span_row *rows;
    size_t count;
    TRY(report_by_span(r->db, r->arena, &(struct report_by_span_in){.org = r->org, .kind = "phase"}, &rows, &count));
    ADD_TABLE(view, r, W_report_by_phase, "phase", rows, count);
    TRY(report_by_span(r->db, r->arena, &(struct report_by_span_in){.org = r->org, .kind = "strand"}, &rows, &count));
    ADD_TABLE(view, r, W_report_by_strand, "strand", rows, count);
    return OK;
}

/* These count acts, not cases: each one counts, so nothing is rounded away. */
#define ADD_EXACT(view, r, title, family, rows, count)                                                    \
    do {                                                                                                  \
        ADD_TABLE(view, r, title, family, rows, count);                                                   \
        for (size_t n = 0; n < (count); n++)                                                              \
            (view)->tables[(view)->table_count - 1].counts[n] = arena_format((r)->arena, "%lld",          \
                                                                             (long long)(rows)[n].count); \
    } while (0)

/* How often the glass was broken, and what the teams said to it; what was shared without consent, and on which ground. */
static enum err add_acts(struct req *r, struct figures_view *view)
{
    struct report_glasses_row *glasses;
    struct report_grounds_row *grounds;
    size_t count;
    TRY(report_glasses(r->db, r->arena, &(struct report_glasses_in){.org = r->org}, &glasses, &count));
    ADD_EXACT(view, r, W_report_glasses, "glass_verdict", glasses, count);
    TRY(report_grounds(r->db, r->arena, &(struct report_grounds_in){.org = r->org}, &grounds, &count));
    ADD_EXACT(view, r, W_consent_grounds, "sharing_ground", grounds, count);
    return OK;
}

static enum err figures_show(struct req *r)
{
    struct figures_view view = {0};
    TRY(add_states(r, &view));
    TRY(add_course(r, &view));
    struct report_keys_due_row due;
    TRY(add_acts(r, &view));
    TRY(report_keys_due(r->db, r->arena, &(struct report_keys_due_in){.org = r->org}, &due));
    view.keys_due = due.cases;
    html_figures(req_page(r), r, &view);
    return OK;
}

static const struct field_rule FACTS_FIELDS[] = {
    {.name = "after", .kind = FIELD_TEXT, .max = 30},
    {0},
};

static enum err facts_show(struct req *r)
{
    enum { PAGE = 100 };
    struct facts_view view = {0};
    TRY(report_cases(r->db, r->arena,
                     &(struct report_cases_in){.org = r->org, .after = field_text(r, "after"), .limit = PAGE + 1},
                     &view.rows, &view.count));
    if (view.count > PAGE) {
        view.count = PAGE;
        view.next = arena_format(r->arena, "/facts?after=%s", view.rows[PAGE - 1].reference);
    }
    html_facts(req_page(r), r, &view);
    return OK;
}

const struct route report_routes[] = {
    {.method = HTTP_GET, .path = "/figures", .cap = CAP_COUNTS, .show = figures_show},
    {.method = HTTP_GET, .path = "/facts", .cap = CAP_FACTS, .fields = FACTS_FIELDS, .show = facts_show},
    {0},
};
