/* One assessment of a case, opened: its answers as they are stored, and what pages show of it. */
#include "base/id.h"
#include "case/assess/views.h"
#include "case/record/record.h"

enum err given_scope(struct req *r)
{
    struct assess_row_form_row row;
    int64_t id = 0;
    TRY(case_scope(r));
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(assess_row_form(r->db, r->arena, &(struct assess_row_form_in){.org = r->org, .case_id = r->case_id, .id = id},
                        &row));
    return case_part_found(r, assess_part(row.form_id));
}

enum err given_stored(struct req *r, const struct given *given, struct form_fill **out)
{
    struct bytes answers;
    size_t language = form_language_find(given->form, given->row.language);
    /* What was finished stays worked out as on its day. */
    int64_t now = given->row.finished_on == NULL ? r->now : given->row.saved_at;
    TRY(case_open_bytes(r, r->part, assess_answers_place(given->id), given->row.answers, &answers));
    *out = form_fill_new(r->arena, given->form, now, language);
    TRY(form_fill_read_xml(*out, answers));
    return form_fill_evaluate(*out);
}

enum err given_load(struct req *r, struct given *given)
{
    if (!id_parse(r->params[1], &given->id))
        return ERR_NOT_FOUND;
    TRY(assess_row_one(r->db, r->arena,
                       &(struct assess_row_one_in){.org = r->org, .case_id = r->case_id, .id = given->id},
                       &given->row));
    TRY(assess_form(r->db, r->arena, r->org, given->row.version_id, &given->form));
    return given_stored(r, given, &given->fill);
}

enum err given_saver(struct req *r, struct fill_view *v, int64_t account)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    v->saved_by = colleague_name(people, count, account);
    return OK;
}

struct fill_view *given_view(struct req *r, const struct given *given, struct form_fill *fill)
{
    struct fill_view *v = ARENA_NEW(r->arena, struct fill_view);
    *v = (struct fill_view){
        .r = r,
        .fill = fill,
        .action = arena_format(r->arena, "/cases/%s/assessments/%s", r->params[0], r->params[1]),
        .back = arena_format(r->arena, "/cases/%s/assessments", r->params[0]),
        .print = arena_format(r->arena, "/cases/%s/assessments/%s/print", r->params[0], r->params[1]),
        .title = given->row.title,
        .form_version = given->row.form_version,
        .saved_at = given->row.saved_at,
        .language = form_language_find(given->form, given->row.language),
    };
    if (instrument_scope(r) == OK)
        v->blank = arena_format(r->arena, "/instruments/%s/print", id_text(r->arena, given->row.version_id));
    return v;
}

/* What the same instrument said the time before. */
enum err given_earlier(struct req *r, struct fill_view *v, const struct given *given)
{
    struct assess_row_before_row before;
    if (given->row.finished_on == NULL)
        return OK;
    enum err found = assess_row_before(r->db, r->arena,
                                       &(struct assess_row_before_in){.org = r->org,
                                                                      .case_id = r->case_id,
                                                                      .form_id = given->row.form_id,
                                                                      .id = given->id,
                                                                      .finished_on = given->row.finished_on},
                                       &before);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    v->earlier_on = before.finished_on;
    return assess_fact_list(
        r->db, r->arena, &(struct assess_fact_list_in){.org = r->org, .case_id = r->case_id, .assessment = before.id},
        &v->earlier, &v->earlier_count);
}
