/* What came from outside and waits for a person. */
#include "base/id.h"
#include "base/text.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"
#include "find/fieldwork/templates.h"
#include "find/fieldwork/views.h"

enum { PAGE = 30 };

static const struct code_list LISTS = CODES(field_status, "waiting", "taken", "aside");

const struct field_rule FIELDWORK_INBOX_FIELDS[] = {
    {.name = "which", .kind = FIELD_CODE, .codes = &LISTS},
    {.name = "before", .kind = FIELD_ID},
    {0},
};

size_t fieldwork_flag_codes(struct arena *arena, unsigned flags, const char *const **out)
{
    const char **codes = ARENA_ARRAY(arena, const char *, FIELDWORK_FLAGS.count);
    size_t count = 0;
    for (size_t i = 0; i < FIELDWORK_FLAGS.count; i++)
        if ((flags >> i & 1) != 0)
            codes[count++] = FIELDWORK_FLAGS.codes[i];
    *out = codes;
    return count;
}

static int newest_first(const void *a, const void *b)
{
    const struct submission_line *left = a;
    const struct submission_line *right = b;
    return left->id < right->id ? 1 : left->id > right->id ? -1 : 0;
}

static enum err title_of(struct req *r, struct maybe version_id, const char **out)
{
    struct assess_instrument instrument;
    *out = NULL;
    if (!version_id.has)
        return OK;
    enum err found = assess_instrument_one(r->db, r->arena, r->org, version_id.value, &instrument);
    if (found == OK)
        *out = instrument.title;
    return found == ERR_NOT_FOUND ? OK : found;
}

/* The newest of all teams of this person, one page and one more. */
static enum err gather(struct req *r, const char *status, int64_t before, struct inbox_view *view)
{
    size_t room = r->who->team_count * (PAGE + 1);
    struct submission_line *lines = ARENA_ARRAY(r->arena, struct submission_line, room);
    size_t count = 0;
    for (size_t t = 0; t < r->who->team_count; t++) {
        struct fieldwork_submission_list_row *rows;
        size_t row_count;
        TRY(fieldwork_submission_list(
            r->db, r->arena,
            &(struct fieldwork_submission_list_in){
                .org = r->org, .team = r->who->teams[t].team, .status = status, .before_id = before, .limit = PAGE + 1},
            &rows, &row_count));
        for (size_t i = 0; i < row_count; i++) {
            struct submission_line *line = &lines[count++];
            *line = (struct submission_line){.id = rows[i].id,
                                             .destination = rows[i].destination,
                                             .received_at = rows[i].received_at,
                                             .flags = fieldwork_flags_of(rows[i].flags)};
            TRY(title_of(r, rows[i].version_id, &line->title));
        }
    }
    if (count > 0)
        qsort(lines, count, sizeof *lines, newest_first);
    view->lines = lines;
    view->count = count < PAGE ? count : PAGE;
    if (count > PAGE)
        view->next = arena_format(r->arena, "/field?which=%s&before=%s", status, id_text(r->arena, lines[PAGE - 1].id));
    return OK;
}

/* An odd address shows the first page of what waits. */
enum err fieldwork_inbox_show(struct req *r)
{
    int64_t before = INT64_MAX;
    struct inbox_view view = {.which = r->failed ? "" : field_text(r, "which"), .reader = r->who->team_count > 0};
    if (!r->failed)
        (void)field_id(r, "before", &before);
    r->failed = false;
    if (text_empty(view.which))
        view.which = "waiting";
    TRY(gather(r, view.which, before, &view));
    html_fieldwork_inbox(req_page(r), r, &view);
    return OK;
}

enum err fieldwork_waiting(struct req *r, int64_t *out)
{
    int64_t sum = 0;
    for (size_t i = 0; i < r->who->team_count; i++) {
        struct fieldwork_submission_count_row row;
        TRY(fieldwork_submission_count(
            r->db, r->arena, &(struct fieldwork_submission_count_in){.org = r->org, .team = r->who->teams[i].team},
            &row));
        sum += row.waiting;
    }
    *out = sum;
    return OK;
}
