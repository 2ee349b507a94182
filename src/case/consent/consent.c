#include "case/consent/consent.h"

#include "base/text.h"
#include "base/time.h"
#include "case/consent/queries.h"
#include "case/consent/views.h"

struct bytes consent_seal(struct req *r, const char *table, const char *column, int64_t id, const char *text)
{
    struct seal_place place = {.table = table, .column = column, .row = id};
    return case_seal_or_none(r, PART_CONSENT, place, text);
}

enum err consent_open(struct req *r, const char *table, const char *column, int64_t id, struct bytes value,
                      const char **out)
{
    struct seal_place place = {.table = table, .column = column, .row = id};
    return case_open_text(r, PART_CONSENT, place, value, out);
}

void consent_check_day(struct req *r, const char *name)
{
    const char *on = field_text(r, name);
    if (date_full(on) && strcmp(on, time_date(r->arena, r->now)) > 0)
        field_fail(r, name, W_consent_on_future);
}

enum err consent_lines(struct req *r, struct consent_line **out, size_t *count)
{
    enum { MOST = 400 };
    struct consent_list_row *rows;
    const char *today = time_date(r->arena, r->now);
    const char *soon = date_add(r->arena, today, CONSENT_SOON_DAYS);
    TRY(consent_list(r->db, r->arena, &(struct consent_list_in){.org = r->org, .case_id = r->case_id, .limit = MOST},
                     &rows, count));
    struct consent_line *lines = ARENA_ARRAY(r->arena, struct consent_line, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct consent_list_row *row = &rows[i];
        struct consent_facts facts = {row->kind, row->given_on, row->expires_on, row->withdrawn_on};
        lines[i] = (struct consent_line){.id = row->id,
                                         .purpose = row->purpose,
                                         .recipient = row->recipient,
                                         .kind = row->kind,
                                         .given_on = row->given_on,
                                         .expires_on = row->expires_on,
                                         .withdrawn_on = row->withdrawn_on,
                                         .state = consent_state_code(consent_state(&facts, today, soon)),
                                         .can_withdraw = row->withdrawn_on == NULL && !text_same(row->kind, "refused"),
                                         .version = row->version};
        TRY(consent_open(r, "consent_consent", "given_by", row->id, row->given_by, &lines[i].given_by));
        TRY(consent_open(r, "consent_consent", "withdrawn_words", row->id, row->withdrawn_words,
                         &lines[i].withdrawn_words));
    }
    *out = lines;
    return OK;
}
