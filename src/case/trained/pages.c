/* Trainings of colleagues: who has which until when, and the page where a new one is written down. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/trained/queries.h"
#include "case/trained/templates.h"
#include "case/trained/views.h"

#include <string.h>

/* ---- everybody ---- */

static enum err list_show(struct req *r)
{
    struct trained_list_view view = {0};
    struct trained_valid_all_row *rows;
    struct colleague *people;
    size_t row_count;
    const char *today = time_date(r->arena, r->now);
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &view.count));
    TRY(trained_valid_all(r->db, r->arena, &(struct trained_valid_all_in){.org = r->org}, &rows, &row_count));
    view.people = ARENA_ARRAY(r->arena, struct trained_person, view.count);
    for (size_t i = 0; i < view.count; i++) {
        struct trained_person *person = &view.people[i];
        *person = (struct trained_person){
            .id = people[i].id, .name = people[i].name, .role = role_code(people[i].role)};
        person->trainings = ARENA_ARRAY(r->arena, struct trained_record, row_count);
        for (size_t n = 0; n < row_count; n++) {
            if (rows[n].account == person->id)
                person->trainings[person->count++] = (struct trained_record){
                    rows[n].training, rows[n].valid_until, trained_state(r->arena, rows[n].valid_until, today)};
        }
    }
    html_trained_list(req_page(r), r, &view);
    return OK;
}

/* ---- one colleague ---- */

static const struct field_rule FIELDS[] = {
    {.name = "training", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_trained_training_missing},
    {.name = "done_on", .kind = FIELD_DATE, .required = true, .missing = W_trained_done_missing},
    {.name = "until", .kind = FIELD_DATE},
    {.name = "evidence", .kind = FIELD_LONG, .max = 1000},
    {0},
};

static enum err person_of(struct req *r, int64_t *account, const char **name, struct colleague **people, size_t *count)
{
    if (!id_parse(r->params[0], account))
        return ERR_NOT_FOUND;
    TRY(account_colleagues(r->db, r->arena, r->who, people, count));
    *name = colleague_name(*people, *count, *account);
    return (*name)[0] == '\0' ? ERR_NOT_FOUND : OK;
}

static void offer_trainings(struct req *r, struct trained_person_view *view)
{
    const struct code_list *codes = pack_codes(PACK_TRAINING);
    view->trainings = ARENA_ARRAY(r->arena, struct choice, codes->count);
    for (size_t i = 0; i < codes->count; i++)
        view->trainings[view->training_count++] = (struct choice){
            codes->codes[i], word_code(r->language, PACK_TRAINING, codes->codes[i]), NULL};
}

static enum err person_show(struct req *r)
{
    struct trained_person_view view = {0};
    struct trained_record_list_row *rows;
    struct colleague *people;
    size_t people_count;
    int64_t account;
    const char *today = time_date(r->arena, r->now);
    TRY(person_of(r, &account, &view.name, &people, &people_count));
    TRY(trained_record_list(r->db, r->arena, &(struct trained_record_list_in){.org = r->org, .account = account}, &rows,
                            &view.count));
    view.lines = ARENA_ARRAY(r->arena, struct trained_line, view.count);
    for (size_t i = 0; i < view.count; i++) {
        view.lines[i] = (struct trained_line){
            .id = rows[i].id,
            .training = {rows[i].training, rows[i].valid_until, trained_state(r->arena, rows[i].valid_until, today)},
            .done_on = rows[i].done_on,
            .added_by = colleague_name(people, people_count, rows[i].added_by),
            .withdrawn = rows[i].withdrawn_at.has,
        };
        TRY(seal_open_text(r->arena, &r->who->directory, trained_evidence_place(rows[i].id), rows[i].evidence,
                           &view.lines[i].evidence));
    }
    offer_trainings(r, &view);
    html_trained_person(req_page(r), r, &view);
    return OK;
}

/* The last day on which it counts, by the pack's months, when no other is said. */
static const char *valid_until(struct req *r)
{
    if (!text_empty(field_text(r, "until")))
        return field_text(r, "until");
    enum { DAYS_OF_12_MONTHS = 365 };
    int months = pack_training_months(field_text(r, "training"));
    return date_add(r->arena, field_text(r, "done_on"), months * DAYS_OF_12_MONTHS / 12);
}

static enum err add_check(struct req *r)
{
    struct colleague *people;
    size_t count;
    int64_t account;
    const char *name;
    const char *done = field_text(r, "done_on");
    const char *until = field_text(r, "until");
    TRY(person_of(r, &account, &name, &people, &count));
    if (!text_empty(field_text(r, "training")) && !code_in(pack_codes(PACK_TRAINING), field_text(r, "training")))
        field_fail(r, "training", W_trained_training_missing);
    if (date_full(done) && strcmp(done, time_date(r->arena, r->now)) > 0)
        field_fail(r, "done_on", W_trained_done_future);
    if (date_full(done) && date_full(until) && strcmp(until, done) < 0)
        field_fail(r, "until", W_trained_until_early);
    return r->failed ? ERR_INPUT : OK;
}

static enum err add_change(struct req *r)
{
    int64_t account;
    if (!id_parse(r->params[0], &account))
        return ERR_NOT_FOUND;
    TRY(trained_add(r->db, r->arena, &r->who->directory,
                    &(struct trained_new){.org = r->org,
                                          .account = account,
                                          .training = field_text(r, "training"),
                                          .done_on = field_text(r, "done_on"),
                                          .valid_until = valid_until(r),
                                          .evidence = field_or_null(r, "evidence"),
                                          .by = r->who->account,
                                          .at = r->now}));
    TRY(req_audit(r, "trained.training", 0, account));
    return req_redirect(r, W_trained_saved, "/trainings/%s", r->params[0]);
}

static enum err withdraw_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

static enum err withdraw_change(struct req *r)
{
    int64_t account;
    int64_t id;
    size_t changed = 0;
    if (!id_parse(r->params[0], &account) || !id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(trained_record_withdraw(r->db,
                                &(struct trained_record_withdraw_in){
                                    .org = r->org, .account = account, .id = id, .by = r->who->account, .at = r->now},
                                &changed));
    if (changed == 0)
        return ERR_NOT_FOUND;
    TRY(req_audit(r, "trained.withdraw", 0, account));
    return req_redirect(r, W_trained_withdrawn_done, "/trainings/%s", r->params[0]);
}

const struct route trained_routes[] = {
    {.method = HTTP_GET, .path = "/trainings", .cap = CAP_STAFF, .show = list_show},
    {.method = HTTP_GET, .path = "/trainings/{account}", .cap = CAP_STAFF, .fields = FIELDS, .show = person_show},
    {.method = HTTP_POST,
     .path = "/trainings/{account}",
     .cap = CAP_STAFF,
     .fields = FIELDS,
     .show = person_show,
     .check = add_check,
     .change = add_change},
    {.method = HTTP_POST,
     .path = "/trainings/{account}/{training}/withdraw",
     .cap = CAP_STAFF,
     .check = withdraw_check,
     .change = withdraw_change},
    {0},
};
