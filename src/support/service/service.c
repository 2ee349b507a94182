#include "support/service/service.h"

#include "base/id.h"
#include "base/text.h"
#include "support/service/internal.h"
#include "support/service/queries.h"

const struct code_list SERVICE_MODES = CODES(service_mode, "in_person", "remote", "phone", "anonymous");

struct seal_place service_place_of(const char *column, int64_t id)
{
    return (struct seal_place){.table = "service_entry", .column = column, .row = id};
}

enum case_part service_part(const char *strand)
{
    if (text_same(strand, "legal"))
        return PART_LEGAL;
    if (text_same(strand, "psychosocial"))
        return PART_PSYCHOSOCIAL;
    return text_same(strand, "health") ? PART_NEEDS : PART_SERVICES;
}

struct service_held service_held(const struct req *r)
{
    return (struct service_held){case_has(r, PART_LEGAL), case_has(r, PART_PSYCHOSOCIAL), case_has(r, PART_NEEDS),
                                 case_has(r, PART_SERVICES)};
}

enum err service_scope(struct req *r)
{
    TRY(case_scope(r));
    r->part = PART_NONE;
    for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++) {
        if ((PARTS_SERVICES & PART_BIT(part)) != 0 && case_has(r, (enum case_part)part))
            r->part = (enum case_part)part;
    }
    return OK;
}

enum err service_entry_scope(struct req *r)
{
    struct service_entry_strand_row row;
    int64_t id;
    TRY(case_scope(r));
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(service_entry_strand(r->db, r->arena,
                             &(struct service_entry_strand_in){.org = r->org, .case_id = r->case_id, .id = id}, &row));
    return case_part_found(r, service_part(row.strand));
}

static struct bytes sealed_or_none(struct arena *arena, const struct seal_key *key, const char *column, int64_t id,
                                   const char *text)
{
    return text_empty(text) ? (struct bytes){0} : seal_text(arena, key, service_place_of(column, id), text);
}

enum err service_add(struct db *db, struct arena *arena, const struct case_keys *keys,
                     const struct service_place *place, const struct service_given *given, int64_t *id)
{
    int64_t entry = id_new();
    enum case_part part = service_part(given->strand);
    if ((keys->parts & PART_BIT(part)) == 0)
        return ERR_DENIED;
    const struct seal_key *key = &keys->part[part];
    TRY(service_entry_add(db, &(struct service_entry_add_in){
                                  .org = place->org,
                                  .case_id = place->case_id,
                                  .id = entry,
                                  .service = given->service,
                                  .on_date = given->on_date,
                                  .minutes = given->minutes,
                                  .mode = given->mode,
                                  .account = place->account,
                                  .provider = sealed_or_none(arena, key, "provider", entry, given->provider),
                                  .phase = given->phase,
                                  .strand = given->strand,
                                  .interpreter = given->interpreter,
                                  .travel_cents = given->travel_cents,
                                  .meal_cents = given->meal_cents,
                                  .funding = given->funding,
                                  .note = sealed_or_none(arena, key, "note", entry, given->note),
                                  .created_at = place->now,
                              }));
    TRY(record_event_add(db, arena, keys,
                         &(struct record_event){.org = place->org,
                                                .case_id = place->case_id,
                                                .part = part,
                                                .happened_on = given->on_date,
                                                .kind = "service",
                                                .phase = given->phase,
                                                .strand = given->strand,
                                                .account = place->account,
                                                .subject = entry,
                                                .detail = given->service}));
    *id = entry;
    return OK;
}

const char *service_duration(struct arena *arena, enum language language, int64_t minutes)
{
    const char *rest = arena_format(arena, "%d", (int)(minutes % 60));
    const char *hours = arena_format(arena, "%lld", (long long)(minutes / 60));
    if (minutes < 60)
        return word_filled(arena, language, W_service_minutes_only, "minutes", rest, (const char *)NULL);
    if (minutes % 60 == 0)
        return word_filled(arena, language, W_service_hours_only, "hours", hours, (const char *)NULL);
    return word_filled(arena, language, W_service_hours_minutes, "hours", hours, "minutes", rest, (const char *)NULL);
}

const char *service_money(struct arena *arena, enum language language, int64_t cents)
{
    const char *euros = arena_format(arena, "%lld", (long long)(cents / 100));
    const char *part = arena_format(arena, "%02d", (int)(cents % 100));
    return word_filled(arena, language, W_service_euros, "euros", euros, "cents", part, (const char *)NULL);
}
