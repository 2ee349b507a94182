/* Correcting an entry, and striking it out. What stood there before goes into the timeline; nothing is deleted. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "support/service/internal.h"
#include "support/service/queries.h"
#include "support/service/templates.h"

const struct field_rule SERVICE_ENTRY_FIELDS[] = {
    SERVICE_FORM_FIELDS,
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

const struct field_rule SERVICE_STRIKE_FIELDS[] = {
    {.name = "reason", .kind = FIELD_LONG, .required = true, .missing = W_service_strike_missing, .max = 500},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* The entry that the path names. ERR_NOT_FOUND when the case has no such entry or it is struck out. */
static enum err find(struct req *r, struct service_line *out)
{
    struct service_entry_get_row row;
    int64_t id;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(service_entry_get(r->db, r->arena,
                          &(struct service_entry_get_in){.org = r->org, .case_id = r->case_id, .id = id}, &row));
    *out = (struct service_line){
        .id = id,
        .struck = row.struck,
        .given = {.service = row.service,
                  .on_date = row.on_date,
                  .minutes = row.minutes,
                  .mode = row.mode,
                  .phase = row.phase,
                  .strand = row.strand,
                  .interpreter = row.interpreter,
                  .travel_cents = row.travel_cents,
                  .meal_cents = row.meal_cents,
                  .funding = row.funding},
    };
    TRY(case_open_text(r, r->part, service_place_of("provider", id), row.provider, &out->given.provider));
    TRY(case_open_text(r, r->part, service_place_of("note", id), row.note, &out->given.note));
    out->version = row.version;
    return out->struck ? ERR_NOT_FOUND : OK;
}

/* ---- correcting ---- */

static const char *money_to_type(struct arena *arena, int64_t cents)
{
    return cents == 0 ? "" : arena_format(arena, "%lld,%02d", (long long)(cents / 100), (int)(cents % 100));
}

static void start_fields(struct req *r, const struct service_given *given)
{
    if (r->route->method != HTTP_GET)
        return;
    field_start(r, "service", given->service);
    field_start(r, "on", given->on_date);
    field_start(r, "minutes", arena_format(r->arena, "%d", (int)given->minutes));
    field_start(r, "mode", given->mode);
    field_start(r, "phase", given->phase);
    field_start(r, "strand", given->strand);
    field_start(r, "provider", given->provider);
    field_start(r, "interpreter", given->interpreter ? "yes" : "");
    field_start(r, "travel", money_to_type(r->arena, given->travel_cents));
    field_start(r, "meal", money_to_type(r->arena, given->meal_cents));
    field_start(r, "funding", given->funding);
    field_start(r, "note", given->note);
}

enum err service_entry_show(struct req *r)
{
    struct service_entry_view view = {0};
    TRY(find(r, &view.line));
    start_fields(r, &view.line.given);
    service_form_gather(r, &view.form);
    view.form.folded = false;
    html_service_entry_page(req_page(r), r, &view);
    return OK;
}

enum err service_entry_check(struct req *r)
{
    struct service_line line;
    struct service_given *given = ARENA_NEW(r->arena, struct service_given);
    TRY(case_must_be_open(r));
    TRY(find(r, &line));
    r->data = given;
    return service_form_read(r, line.given.service, given);
}

/* What stood in an entry, in words, for the timeline. */
static const char *in_words(struct req *r, const struct service_given *given)
{
    struct buf out;
    enum language language = r->language;
    buf_init(&out, r->arena, 512);
    buf_format(&out, "%s\n%s, %s, %s, %s", word(language, W_service_was),
               word_code(language, PACK_SERVICE, given->service), date_in_words(r->arena, language, given->on_date),
               service_duration(r->arena, language, given->minutes), word_code(language, "service_mode", given->mode));
    buf_format(&out, "\n%s, %s", word_code(language, "phase", given->phase),
               word_code(language, "strand", given->strand));
    if (given->provider != NULL)
        buf_format(&out, "\n%s: %s", word(language, W_service_provider), given->provider);
    if (given->interpreter)
        buf_format(&out, "\n%s", word(language, W_service_interpreter));
    if (given->travel_cents > 0)
        buf_format(&out, "\n%s: %s", word(language, W_service_travel),
                   service_money(r->arena, language, given->travel_cents));
    if (given->meal_cents > 0)
        buf_format(&out, "\n%s: %s", word(language, W_service_meal),
                   service_money(r->arena, language, given->meal_cents));
    if (given->funding != NULL)
        buf_format(&out, "\n%s: %s", word(language, W_service_funding), word_code(language, "funding", given->funding));
    if (given->note != NULL)
        buf_format(&out, "\n%s", given->note);
    return out.ptr;
}

static struct bytes sealed(struct req *r, const char *strand, const char *column, int64_t id, const char *text)
{
    return case_seal_or_none(r, service_part(strand), service_place_of(column, id), text);
}

static enum err save(struct req *r, int64_t id, const struct service_given *given)
{
    size_t changed = 0;
    TRY(service_entry_save(
        r->db,
        &(struct service_entry_save_in){.org = r->org,
                                        .case_id = r->case_id,
                                        .id = id,
                                        .version = field_version(r),
                                        .service = given->service,
                                        .on_date = given->on_date,
                                        .minutes = given->minutes,
                                        .mode = given->mode,
                                        .provider = sealed(r, given->strand, "provider", id, given->provider),
                                        .phase = given->phase,
                                        .strand = given->strand,
                                        .interpreter = given->interpreter,
                                        .travel_cents = given->travel_cents,
                                        .meal_cents = given->meal_cents,
                                        .funding = given->funding,
                                        .note = sealed(r, given->strand, "note", id, given->note)},
        &changed));
    return changed == 0 ? ERR_STALE : OK;
}

static enum err tell(struct req *r, const struct service_line *line, const char *note)
{
    return case_event_add(r, &(struct record_event){.part = service_part(line->given.strand),
                                                    .happened_on = line->given.on_date,
                                                    .kind = "service",
                                                    .phase = line->given.phase,
                                                    .strand = line->given.strand,
                                                    .subject = line->id,
                                                    .detail = line->given.service,
                                                    .note = note});
}

enum err service_entry_change(struct req *r)
{
    struct service_line before;
    TRY(case_must_be_open(r));
    TRY(find(r, &before));
    TRY(save(r, before.id, r->data));
    TRY(tell(r, &before, in_words(r, &before.given)));
    TRY(req_audit(r, "service.correct", r->case_id, before.id));
    return req_redirect(r, W_service_corrected, "/cases/%s/services", r->params[0]);
}

/* ---- striking out ---- */

enum err service_strike_show(struct req *r)
{
    struct service_entry_view view = {0};
    TRY(find(r, &view.line));
    html_service_strike_page(req_page(r), r, &view);
    return OK;
}

enum err service_strike_check(struct req *r)
{
    struct service_line line;
    TRY(case_must_be_open(r));
    TRY(find(r, &line));
    return r->failed ? ERR_INPUT : OK;
}

enum err service_strike_change(struct req *r)
{
    struct service_line line;
    size_t changed = 0;
    const char *reason = field_text(r, "reason");
    TRY(case_must_be_open(r));
    TRY(find(r, &line));
    TRY(service_entry_strike(
        r->db,
        &(struct service_entry_strike_in){.org = r->org,
                                          .case_id = r->case_id,
                                          .id = line.id,
                                          .version = field_version(r),
                                          .reason = sealed(r, line.given.strand, "struck_reason", line.id, reason)},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(tell(r, &line, arena_format(r->arena, "%s\n%s", word(r->language, W_service_struck_because), reason)));
    TRY(req_audit(r, "service.strike", r->case_id, line.id));
    return req_redirect(r, W_service_struck_done, "/cases/%s/services", r->params[0]);
}
