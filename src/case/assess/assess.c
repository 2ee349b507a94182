#include "case/assess/assess.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/rules.h"
#include "case/assess/views.h"
#include "case/record/record.h"
#include "platform/pack/pack.h"

struct seal_place assess_answers_place(int64_t assessment)
{
    return (struct seal_place){.table = "assess_assessment", .column = "answers", .row = assessment};
}

struct seal_place assess_answer_place(int64_t alert)
{
    return (struct seal_place){.table = "assess_alert", .column = "answer", .row = alert};
}

/* ---- finishing ---- */

/* Safety has a part of its own; all other instruments tell of needs and health. */
enum case_part assess_part(const char *form_id)
{
    return text_same(form_id, "safety") ? PART_SAFETY : PART_NEEDS;
}

static const char *event_kind(const char *form_id)
{
    return text_same(form_id, "safety") || text_same(form_id, "needs") ? form_id : "assessment";
}

static enum err raise_alert(struct db *db, struct arena *arena, const struct assess_end *end, const char *kind)
{
    int64_t id = id_new();
    TRY(assess_alert_add(db, &(struct assess_alert_add_in){.org = end->org,
                                                           .case_id = end->case_id,
                                                           .id = id,
                                                           .kind = kind,
                                                           .assessment = end->assessment,
                                                           .at = end->now,
                                                           .by = end->account}));
    return record_event_add(db, arena, end->keys,
                            &(struct record_event){.org = end->org,
                                                   .case_id = end->case_id,
                                                   .part = assess_part(end->form_id),
                                                   .happened_on = end->on,
                                                   .kind = "alert",
                                                   .account = end->account,
                                                   .subject = id});
}

static enum err keep_fact(struct db *db, struct arena *arena, const struct assess_end *end, size_t number,
                          const char **risk)
{
    const struct form_fact *fact = &end->facts[number];
    const char *kind = assess_alert_of(fact->fact, fact->value);
    TRY(assess_fact_add(db, &(struct assess_fact_add_in){.org = end->org,
                                                         .case_id = end->case_id,
                                                         .assessment = end->assessment,
                                                         .number = (int64_t)number,
                                                         .fact = fact->fact,
                                                         .value = fact->value,
                                                         .on_date = end->on}));
    if (text_same(fact->fact, "risk.level") && assess_is_risk(fact->value)) {
        *risk = fact->value;
        TRY(record_risk(db, end->org, end->case_id, fact->value));
    }
    return kind == NULL ? OK : raise_alert(db, arena, end, kind);
}

/* When this instrument is due again by the pack; `dues` gets it. */
static enum err due_of(struct db *db, struct arena *arena, const struct assess_end *end, const char *form_id,
                       struct assess_due *due)
{
    struct assess_row_last_row last;
    TRY(assess_row_last(
        db, arena, &(struct assess_row_last_in){.org = end->org, .case_id = end->case_id, .form_id = form_id}, &last));
    *due = (struct assess_due){.on = last.last_on, .days = pack_review_days(form_id, last.times <= 1)};
    return OK;
}

/* A finished assessment of safety or needs sets when the case is looked at again. */
static enum err set_review(struct db *db, struct arena *arena, const struct assess_end *end, const char *risk)
{
    struct assess_due dues[3] = {0};
    if (text_same(event_kind(end->form_id), "assessment"))
        return OK;
    TRY(due_of(db, arena, end, "safety", &dues[0]));
    TRY(due_of(db, arena, end, "needs", &dues[1]));
    if (risk != NULL)
        dues[2] = (struct assess_due){.on = end->on, .days = pack_risk_days(risk)};
    const char *next = assess_next_review(arena, end->review, end->on, dues, 3);
    return text_same(next, end->review) ? OK : record_review(db, end->org, end->case_id, next);
}

enum err assess_end(struct db *db, struct arena *arena, const struct assess_end *end)
{
    const char *risk = NULL;
    size_t changed = 0;
    TRY(assess_row_finish(db,
                          &(struct assess_row_finish_in){
                              .org = end->org, .case_id = end->case_id, .id = end->assessment, .finished_on = end->on},
                          &changed));
    if (changed == 0)
        return ERR_CONFLICT;
    for (size_t i = 0; i < end->fact_count; i++)
        TRY(keep_fact(db, arena, end, i, &risk));
    TRY(set_review(db, arena, end, risk));
    return record_event_add(db, arena, end->keys,
                            &(struct record_event){.org = end->org,
                                                   .case_id = end->case_id,
                                                   .part = assess_part(end->form_id),
                                                   .happened_on = end->on,
                                                   .kind = event_kind(end->form_id),
                                                   .account = end->account,
                                                   .subject = end->assessment,
                                                   .detail = risk});
}

/* ---- assessments that the program makes itself ---- */

static enum err give_fill(struct db *db, struct arena *arena, const struct assess_given *given, int64_t version_id,
                          struct form_fill **out)
{
    const struct form *form;
    TRY(assess_form(db, arena, given->org, version_id, &form));
    struct form_fill *fill = form_fill_new(arena, form, given->at, form_language_find(form, given->language));
    for (size_t i = 0; i < given->count; i++) {
        if (form_fill_set(fill, given->answers[i].path, given->answers[i].value) != OK)
            return err_note(ERR_INPUT, "%s has no question %s", given->form_id, given->answers[i].path);
    }
    TRY(form_fill_evaluate(fill));
    for (const struct form_item *at = form_fill_root(fill); at != NULL; at = form_item_after(at)) {
        if (at->error != FORM_FINE)
            return err_note(ERR_INPUT, "%s: the answer to %s is missing or wrong", given->form_id, at->path);
    }
    *out = fill;
    return OK;
}

enum err assess_give(struct db *db, struct arena *arena, const struct assess_given *given, int64_t *id)
{
    struct assess_version_in_use_find_row version;
    struct assess_case_review_row review;
    struct form_fill *fill;
    int64_t row = id_new();
    TRY(assess_version_in_use_find(
        db, arena, &(struct assess_version_in_use_find_in){.org = given->org, .form_id = given->form_id}, &version));
    TRY(give_fill(db, arena, given, version.id, &fill));
    TRY(assess_case_review(db, arena, &(struct assess_case_review_in){.org = given->org, .id = given->case_id},
                           &review));
    TRY(assess_row_add(db, &(struct assess_row_add_in){
                               .org = given->org,
                               .case_id = given->case_id,
                               .id = row,
                               .version_id = version.id,
                               .language = given->language,
                               .at = given->at,
                               .by = given->account,
                               .answers = seal_bytes(arena, &given->keys->part[assess_part(given->form_id)],
                                                     assess_answers_place(row), form_fill_write_xml(fill, true)),
                               .editor = row}));
    struct assess_end end = {.org = given->org,
                             .case_id = given->case_id,
                             .assessment = row,
                             .account = given->account,
                             .keys = given->keys,
                             .form_id = given->form_id,
                             .on = time_date(arena, given->at),
                             .now = given->at,
                             .review = review.next_review};
    end.fact_count = form_fill_facts(fill, &end.facts);
    TRY(assess_end(db, arena, &end));
    *id = row;
    return OK;
}

/* ---- what other pages show ---- */

enum err assess_matrix(struct req *r, struct matrix *out)
{
    enum { ROWS = MATRIX_AREAS * MATRIX_COLUMNS };
    struct assess_needs_row *rows;
    size_t count;
    TRY(assess_needs(r->db, r->arena, &(struct assess_needs_in){.org = r->org, .case_id = r->case_id, .limit = ROWS},
                     &rows, &count));
    struct assess_scored *scored = ARENA_ARRAY(r->arena, struct assess_scored, count);
    for (size_t i = 0; i < count; i++)
        scored[i] = (struct assess_scored){rows[i].assessment, rows[i].on_date, rows[i].fact, rows[i].value};
    assess_matrix_build(scored, count, out);
    return OK;
}

enum err assess_case_alerts(struct req *r, struct alert **out, size_t *count)
{
    struct assess_alert_of_case_row *rows;
    struct colleague *people;
    size_t people_count;
    TRY(assess_alert_of_case(r->db, r->arena, &(struct assess_alert_of_case_in){.org = r->org, .case_id = r->case_id},
                             &rows, count));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    *out = ARENA_ARRAY(r->arena, struct alert, *count);
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = (struct alert){.id = rows[i].id,
                                   .case_id = r->case_id,
                                   .kind = rows[i].kind,
                                   .pseudonym = case_of(r)->pseudonym,
                                   .reference = case_of(r)->reference,
                                   .raised_at = rows[i].raised_at,
                                   .raised_by = colleague_name(people, people_count, rows[i].raised_by)};
    return OK;
}

/* ---- alerts of all cases ---- */

struct alert_gathering {
    struct req *r;
    struct alert *list;
    size_t count;
    struct colleague *people;
    size_t people_count;
};

static bool gathered(const struct alert_gathering *all, int64_t id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].id == id)
            return true;
    }
    return false;
}

enum { ALERTS_MAX = 100 };

/* ERR_NOT_FOUND: not for this person (any more), or they do not hold the safety of this case. */
static enum err open_alert(struct req *r, int64_t holder, const struct assess_alert_held_row *row, struct alert *alert)
{
    struct case_keys keys;
    TRY(record_open_keys(r, holder, row->case_id, row->wrapped, &keys));
    bool held = (keys.parts & PART_BIT(PART_SAFETY)) != 0;
    seal_wipe(&keys, sizeof keys);
    if (!held)
        return ERR_NOT_FOUND;
    return record_open_name(r, holder, row->case_id, row->wrapped, row->pseudonym, &alert->pseudonym);
}

static enum err gather(struct alert_gathering *all, int64_t holder)
{
    struct req *r = all->r;
    struct assess_alert_held_row *rows;
    size_t count;
    TRY(assess_alert_held(r->db, r->arena, &(struct assess_alert_held_in){.org = r->org, .holder = holder}, &rows,
                          &count));
    for (size_t i = 0; i < count && all->count < ALERTS_MAX; i++) {
        struct alert alert = {.id = rows[i].id,
                              .case_id = rows[i].case_id,
                              .kind = rows[i].kind,
                              .reference = rows[i].reference,
                              .raised_at = rows[i].raised_at,
                              .raised_by = colleague_name(all->people, all->people_count, rows[i].raised_by)};
        if (gathered(all, alert.id))
            continue;
        enum err opened = open_alert(r, holder, &rows[i], &alert);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        all->list[all->count++] = alert;
    }
    return OK;
}

static int by_age(const void *a, const void *b)
{
    const struct alert *first = a;
    const struct alert *second = b;
    return (first->raised_at > second->raised_at) - (first->raised_at < second->raised_at);
}

enum err assess_alerts(struct req *r, struct alert **out, size_t *count)
{
    struct alert_gathering all = {.r = r, .list = ARENA_ARRAY(r->arena, struct alert, ALERTS_MAX)};
    TRY(account_colleagues(r->db, r->arena, r->who, &all.people, &all.people_count));
    for (size_t i = 0; i < r->who->team_count; i++)
        TRY(gather(&all, r->who->teams[i].team));
    TRY(gather(&all, r->who->account));
    qsort(all.list, all.count, sizeof *all.list, by_age);
    *out = all.list;
    *count = all.count;
    return OK;
}
