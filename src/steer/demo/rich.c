/* What the newest cases have besides: the work itself, as colleagues would have written it down. */
#include "steer/demo/making.h"

#include "base/text.h"
#include "base/time.h"
#include "platform/pack/pack.h"
#include "support/service/service.h"

enum { SERVICES_MOST = 28 };

/* ---- services ---- */

static const char *phase_on(const struct demo_course *course, int64_t day)
{
    return day < course->rescue_end ? "rescue" : day < course->reintegration ? "recovery" : "reintegration";
}

static bool has_phase(const struct pack_service *service, const char *phase)
{
    for (size_t i = 0; i < service->phase_count; i++) {
        if (text_same(service->phases[i], phase))
            return true;
    }
    return false;
}

/* One that the phase knows; NULL when chance does not meet any. */
static const struct pack_service *service_pick(struct chance *chance, const char *phase)
{
    const struct pack_service *list;
    size_t count = pack_services(&list);
    for (int tries = 0; count > 0 && tries < 100; tries++) {
        const struct pack_service *service = &list[chance_between(chance, 0, (int64_t)count - 1)];
        if (has_phase(service, phase))
            return service;
    }
    return NULL;
}

static enum err service_make(struct making *making, int64_t day)
{
    static const char *const modes[] = {"in_person", "in_person", "in_person", "phone", "remote"};
    struct chance *chance = &making->chance;
    char text[DAY_SIZE];
    int64_t id = 0;
    const char *phase = phase_on(&making->course, day);
    const struct pack_service *service = service_pick(chance, phase);
    if (service == NULL)
        return OK;
    struct service_given given = {
        .service = service->code,
        .on_date = demo_day(day, text),
        .minutes = service->minutes,
        .mode = modes[chance_between(chance, 0, 4)],
        .phase = phase,
        .strand = service->strand,
        .interpreter = !text_same(making->name.language, "lv") && chance_percent(chance, 25),
        .travel_cents = chance_percent(chance, 20) ? chance_between(chance, 2, 30) * 50 : 0,
        .meal_cents = chance_percent(chance, 8) ? chance_between(chance, 6, 16) * 50 : 0,
        .funding = chance_percent(chance, 80) ? "state_6_months" : NULL,
    };
    struct service_place place = {.org = making_org(making),
                                  .case_id = making->made.id,
                                  .account = making->team->manager,
                                  .now = day * DAY_MS + 12 * HOUR_MS};
    return service_add(making->db, making->arena, &making->made.keys, &place, &given, &id);
}

static enum err services_make(struct making *making)
{
    const struct demo_course *course = &making->course;
    int64_t last = course->open ? course->today : course->closed;
    int64_t day = course->opened;
    for (int i = 0; i < SERVICES_MOST && day <= last; i++) {
        TRY(service_make(making, day));
        day += chance_between(&making->chance, 1, i < 6 ? 6 : 25);
    }
    return OK;
}

enum err demo_rich_add(struct making *making)
{
    char review[DAY_SIZE];
    const struct demo_course *course = &making->course;
    TRY(services_make(making));
    TRY(demo_agreed_add(making));
    TRY(demo_plan_add(making));
    TRY(demo_assessments_add(making));
    TRY(demo_tasks_add(making));
    if (!course->open)
        return OK;
    return record_review(making->db, making_org(making), making->made.id, demo_day(course->review, review));
}
