#include "steer/demo/making.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/team/team.h"
#include "platform/audit/audit.h"

enum { PROGRESS_EVERY = 512, AUDIT_EVERY = 128, STEP_AUDITS = 64, RICH = 200 };

enum err demo_event(struct making *making, int64_t day, const char *kind, const char *phase, const char *detail)
{
    char text[DAY_SIZE];
    struct record_event line = {.org = making_org(making),
                                .case_id = making->made.id,
                                .part = text_same(kind, "plan") ? PART_PLAN : PART_BASICS,
                                .happened_on = demo_day(day, text),
                                .kind = kind,
                                .phase = phase,
                                .account = making->team->manager,
                                .detail = detail};
    return record_event_add(making->db, making->arena, &making->made.keys, &line);
}

/* ---- phases and strands ---- */

/* What has begun by today, and its end when that is past too. */
static enum err span(struct making *making, const char *kind, const char *code, int64_t from, int64_t to)
{
    char begun[DAY_SIZE];
    char ended[DAY_SIZE];
    if (from > making->course.today)
        return OK;
    return record_span_add(
        making->db, &(struct record_span_add_in){.org = making_org(making),
                                                 .case_id = making->made.id,
                                                 .id = id_new(),
                                                 .kind = kind,
                                                 .code = code,
                                                 .started_on = demo_day(from, begun),
                                                 .ended_on = to > making->course.today ? NULL : demo_day(to, ended)});
}

static enum err course_add(struct making *making)
{
    static const char *const strands[] = {"legal", "administrative", "psychosocial", "housing", "education", "health"};
    const struct demo_course *course = &making->course;
    size_t first = (size_t)chance_between(&making->chance, 0, 5);
    TRY(span(making, "phase", "recovery", course->recovery, course->recovery_end));
    TRY(span(making, "phase", "reintegration", course->reintegration, course->closed));
    TRY(span(making, "strand", strands[first], course->recovery + 3, course->recovery_end));
    TRY(span(making, "strand", strands[(first + 2) % 6], course->recovery + 20, course->closed));
    TRY(span(making, "funding", "state_6_months", course->opened, course->opened + 180));
    if (course->reintegration > course->today)
        return OK;
    return demo_event(making, course->reintegration, "course", "reintegration", "begun");
}

/* ---- the case ---- */

static enum err record_make(struct making *making)
{
    static const char *const reasons[] = {"needs_met", "needs_met",     "wish_of_child", "moved",
                                          "returned",  "other_support", "lost_contact"};
    char opened[DAY_SIZE];
    char review[DAY_SIZE];
    char rescued[DAY_SIZE];
    char closed[DAY_SIZE];
    const struct demo_course *course = &making->course;
    if (!course->open)
        making->close_reason = reasons[chance_between(&making->chance, 0, 6)];
    making->birth_year = time_civil(course->opened * DAY_MS).year - chance_between(&making->chance, 9, 17);
    return record_new(
        making->db, making->arena,
        &(struct record_new){
            .org = making_org(making),
            .team = &making->team->keys,
            .emergency = &making->cases->people->emergency,
            .manager = making->team->manager,
            .pseudonym = record_pseudonym_at((size_t)making->index * 37), /* neighbours in a list differ */
            .birth_year = {.has = true, .value = making->birth_year},
            .risk = course->risk,
            .opened_on = demo_day(course->opened, opened),
            .next_review = course->open ? demo_day(course->review, review) : RECORD_NO_REVIEW,
            .rescue_ended_on = course->rescue_end > course->today ? NULL : demo_day(course->rescue_end, rescued),
            .closed_on = course->open ? NULL : demo_day(course->closed, closed),
            .close_reason = making->close_reason,
        },
        &making->made);
}

static enum err person_make(struct making *making)
{
    static const char *const documents[] = {"passport",       "id_card",      "copy",
                                            "held_by_others", "no_documents", "not_asked"};
    struct chance *chance = &making->chance;
    struct person person = {
        .given = making->name.given,
        .family = making->name.family,
        .birth = arena_format(making->arena, "%d", (int)making->birth_year),
        .birth_exact = "year",
        .age_disputed = chance_percent(chance, 4),
        .sex = making->name.sex,
        .nationality = making->name.nationality,
        .language = making->name.language,
        .unaccompanied = chance_percent(chance, 30) ? "yes" : "no",
        .guardian_needed = chance_percent(chance, 40)   ? "yes"
                           : chance_percent(chance, 20) ? "not_asked"
                                                        : "no",
        .documents = documents[chance_between(chance, 0, 5)],
    };
    return person_bulk_add(making->persons, making->db, making->arena, making->made.id, &making->made.keys, &person);
}

/* In some of the first team's open cases the lawyer has a part; a few are shut for a colleague. The chance is looked at, not taken, so
 * that the rest of the caseload stays as it is. */
static enum err team_make(struct making *making)
{
    const struct demo_people *people = making->cases->people;
    struct chance chance = making->chance;
    struct team_new whom = {.org = making_org(making),
                            .case_id = making->made.id,
                            .account = people->lawyer,
                            .role = "lawyer",
                            .by = making->team->manager,
                            .at = making->cases->now};
    if (!making->course.open || making->team != &people->teams[0])
        return OK;
    if (chance_percent(&chance, 25))
        TRY(team_add(making->db, making->arena, &making->made.keys, &whom));
    whom.account = people->colleague;
    whom.role = NULL;
    if (!chance_percent(&chance, 6))
        return OK;
    return team_shut(making->db, making->arena, &making->made.keys, &whom, "Bērna ģimenes paziņa.");
}

static enum err case_make(struct making *making, bool rich)
{
    demo_name_pick(making->arena, &making->chance, &making->name);
    TRY(record_make(making));
    TRY(person_make(making));
    TRY(course_add(making));
    enum err result = OK;
    if (!making->course.open)
        result = demo_event(making, making->course.closed, "case_closed", NULL, making->close_reason);
    if (result == OK && rich)
        result = demo_rich_add(making);
    if (result == OK && rich)
        result = team_make(making);
    seal_wipe(&making->made.keys, sizeof making->made.keys);
    return result;
}

/* The audit splits what was written by cases. Of the rich ones it is kept how they looked, too. */
static enum err made_audit(const struct making *making, bool rich)
{
    return audit_add(making->db, &(struct audit){.org = making_org(making),
                                                 .at = making->cases->now,
                                                 .act = "org.demo",
                                                 .case_id = rich ? making->made.id : 0,
                                                 .no_images = !rich});
}

/* Two of three cases belong to the first team. */
static const struct demo_team *team_of(const struct demo_people *people, int64_t index)
{
    return &people->teams[index % 3 == 2 ? 1 : 0];
}

static enum err cases_make(struct db *db, struct arena *arena, const struct demo_cases *cases,
                           struct person_bulk *persons)
{
    int64_t today = cases->now / DAY_MS;
    for (int64_t i = 0; i < cases->count; i++) {
        struct making making = {.db = db,
                                .arena = arena,
                                .cases = cases,
                                .persons = persons,
                                .team = team_of(cases->people, i),
                                .index = i,
                                .chance = {cases->seed + (uint64_t)i * 7919}};
        demo_course_pick(&making.chance, today, i, cases->count, &making.course);
        bool rich = i >= cases->count - RICH;
        TRY(case_make(&making, rich));
        if (rich || i % AUDIT_EVERY == AUDIT_EVERY - 1)
            TRY(made_audit(&making, rich));
        if (i % (AUDIT_EVERY * STEP_AUDITS) == AUDIT_EVERY * STEP_AUDITS - 1)
            TRY(db_bulk_step(db));
        arena_reset(arena);
        if (i % PROGRESS_EVERY == 0)
            office_progress(cases->progress, i);
    }
    TRY(person_bulk_finish(persons, db));
    office_progress(cases->progress, cases->count);
    return OK;
}

enum err demo_cases_add(struct db *db, struct arena *arena, const struct demo_cases *cases)
{
    struct person_bulk *persons;
    const struct founding *founding = &cases->people->founding;
    TRY(person_bulk_open(founding->org, &founding->search, &persons));
    enum err result = cases_make(db, arena, cases, persons);
    person_bulk_close(persons);
    return result;
}
