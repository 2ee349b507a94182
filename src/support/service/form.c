/* The form of an entry: what it offers, and what it brought. */
#include "base/text.h"
#include "base/time.h"
#include "support/service/internal.h"
#include "support/service/queries.h"

enum { RECENT_MAX = 6 };

/* ---- offering ---- */

static enum err read_recent(struct req *r, struct service_form *out)
{
    struct service_recent_row *rows;
    struct service_held held = service_held(r);
    TRY(service_recent(r->db, r->arena,
                       &(struct service_recent_in){.org = r->org,
                                                   .case_id = r->case_id,
                                                   .limit = RECENT_MAX,
                                                   .legal = held.legal,
                                                   .psychosocial = held.psychosocial,
                                                   .health = held.health,
                                                   .others = held.others},
                       &rows, &out->recent_count));
    out->recent = ARENA_ARRAY(r->arena, struct service_use, out->recent_count);
    for (size_t i = 0; i < out->recent_count; i++)
        out->recent[i] = (struct service_use){rows[i].service, rows[i].minutes, rows[i].mode, rows[i].phase,
                                              rows[i].strand};
    return OK;
}

static enum err running_phases(struct req *r, const char ***out, size_t *count)
{
    struct span *spans;
    size_t span_count;
    TRY(record_spans_of(r, &spans, &span_count));
    const char **phases = ARENA_ARRAY(r->arena, const char *, span_count);
    *count = 0;
    for (size_t i = 0; i < span_count; i++) {
        if (text_same(spans[i].kind, "phase") && spans[i].ended_on == NULL)
            phases[(*count)++] = spans[i].code;
    }
    *out = phases;
    return OK;
}

static bool in_phase(const struct pack_service *service, const char *phase)
{
    for (size_t i = 0; i < service->phase_count; i++) {
        if (text_same(service->phases[i], phase))
            return true;
    }
    return false;
}

static void add_group(struct req *r, struct service_form *form, const char *phase)
{
    const struct pack_service *services;
    size_t count = pack_services(&services);
    struct service_group *group = &form->groups[form->group_count];
    const char *chosen = field_text(r, "service");
    *group = (struct service_group){.phase = phase, .codes = ARENA_ARRAY(r->arena, const char *, count)};
    for (size_t i = 0; i < count; i++) {
        if (!in_phase(&services[i], phase))
            continue;
        group->codes[group->count++] = services[i].code;
        if (text_same(services[i].code, chosen) && form->chosen_group > form->group_count)
            form->chosen_group = form->group_count;
    }
    form->group_count++;
}

static bool all_empty(struct req *r)
{
    static const char *const behind_fold[] = {"strand", "provider", "interpreter", "travel", "meal", "funding", "note"};
    for (size_t i = 0; i < sizeof behind_fold / sizeof *behind_fold; i++) {
        if (!text_empty(field_text(r, behind_fold[i])) || field(r, behind_fold[i]).error != NULL)
            return false;
    }
    return true;
}

void service_form_gather(struct req *r, struct service_form *out)
{
    const char *phase = field_text(r, "phase");
    out->group_count = 0;
    out->chosen_group = SIZE_MAX;
    if (code_in(&RECORD_PHASES, phase))
        add_group(r, out, phase);
    for (size_t i = 0; i < RECORD_PHASES.count && out->group_count < 3; i++) {
        if (!text_same(RECORD_PHASES.codes[i], phase))
            add_group(r, out, RECORD_PHASES.codes[i]);
    }
    if (out->chosen_group > out->group_count)
        out->chosen_group = out->group_count;
    out->folded = all_empty(r);
}

enum err service_form_start(struct req *r, struct service_form *out)
{
    const char **phases;
    size_t phase_count;
    TRY(read_recent(r, out));
    TRY(running_phases(r, &phases, &phase_count));
    struct service_offer offer = service_offer_make(out->recent, out->recent_count, field_or_null(r, "service"), phases,
                                                    phase_count);
    if (r->route->method == HTTP_GET) {
        field_start(r, "service", offer.service);
        field_start(r, "on", time_date(r->arena, r->now));
        field_start(r, "minutes", offer.minutes == 0 ? "" : arena_format(r->arena, "%d", (int)offer.minutes));
        field_start(r, "mode", offer.mode);
        field_start(r, "phase", offer.phase);
        field_start(r, "strand", offer.strand);
    }
    service_form_gather(r, out);
    return OK;
}

/* ---- reading ---- */

static int64_t money(struct req *r, const char *name)
{
    int64_t cents = 0;
    if (!service_money_read(field_text(r, name), &cents))
        field_fail(r, name, W_service_money_wrong);
    return cents;
}

static void check_day(struct req *r, const char *on)
{
    switch (service_day_judge(r->arena, on, time_date(r->arena, r->now), case_of(r)->opened_on)) {
    case SERVICE_DAY_FUTURE: field_fail(r, "on", W_service_on_future); break;
    case SERVICE_DAY_EARLY: field_fail(r, "on", W_service_on_early); break;
    case SERVICE_DAY_FINE: break;
    }
}

enum err service_form_read(struct req *r, const char *kept, struct service_given *out)
{
    struct service_given given = {
        .service = field_text(r, "service"),
        .on_date = field_text(r, "on"),
        .mode = field_text(r, "mode"),
        .provider = field_or_null(r, "provider"),
        .phase = field_text(r, "phase"),
        .strand = field_text(r, "strand"),
        .interpreter = field_yes(r, "interpreter"),
        .travel_cents = money(r, "travel"),
        .meal_cents = money(r, "meal"),
        .funding = field_or_null(r, "funding"),
        .note = field_or_null(r, "note"),
    };
    const struct pack_service *usual = pack_service(given.service);
    if (!text_empty(given.service) && usual == NULL && !text_same(given.service, kept))
        field_fail(r, "service", W_service_missing);
    if (date_full(given.on_date))
        check_day(r, given.on_date);
    bool chosen = !text_empty(given.service); /* before it is, nobody need choose what usually comes with it */
    if (!field_int(r, "minutes", &given.minutes) && usual != NULL)
        given.minutes = usual->minutes;
    else if (given.minutes == 0 && usual == NULL && chosen)
        field_fail(r, "minutes", W_service_minutes_missing);
    if (text_empty(given.strand) && usual != NULL)
        given.strand = usual->strand;
    else if (text_empty(given.strand) && chosen)
        field_fail(r, "strand", W_field_choose);
    if (!text_empty(given.strand) && !case_has(r, service_part(given.strand)))
        field_fail(r, "strand", W_service_not_your_part);
    if (r->failed)
        return ERR_INPUT;
    *out = given;
    return OK;
}
