/* What the children of the newest cases were told and agreed to, and what their teams decided; invented, as everybody in here is. */
#include "steer/demo/making.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/conference/queries.h"
#include "case/consent/queries.h"

static struct bytes sealed(struct making *making, enum case_part part, struct seal_place place, const char *text)
{
    return text == NULL ? (struct bytes){0} : seal_text(making->arena, &making->made.keys.part[part], place, text);
}

static enum err line_add(struct making *making, enum case_part part, const char *kind, const char *on, int64_t subject,
                         const char *detail, const char *note)
{
    return record_event_add(making->db, making->arena, &making->made.keys,
                            &(struct record_event){.org = making_org(making),
                                                   .case_id = making->made.id,
                                                   .part = part,
                                                   .happened_on = on,
                                                   .kind = kind,
                                                   .account = making->team->manager,
                                                   .subject = subject,
                                                   .detail = detail,
                                                   .note = note});
}

/* ---- the first meeting ---- */

static const char *language_words(const char *code)
{
    static const char *const words[][2] = {
        {"lv", "latviešu"}, {"ru", "krievu"}, {"uk", "ukraiņu"}, {"vi", "vjetnamiešu"}, {"ro", "rumāņu"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_same(words[i][0], code))
            return words[i][1];
    return "angļu";
}

static enum err meeting_add(struct making *making, int64_t day)
{
    static const char *const told[] = {"place",   "free_and_own_choice", "no_conditions", "rights",
                                       "records", "must_tell",           "complaint",     "danger"};
    static const char *const says[] = {"Gribu, lai ir mierīgi. Ar policiju vēl negribu runāt.",
                                       "Labi, ka varu pārtraukt, kad gribu.",
                                       "Vai mamma to redzēs? Negribu, lai redz."};
    char text[DAY_SIZE];
    int64_t id = id_new();
    const char *on = demo_day(day, text);
    bool foreign = !text_same(making->name.language, "lv");
    const char *child = says[chance_between(&making->chance, 0, 2)];
    struct seal_place place = {.table = "consent_meeting", .row = id};
    struct consent_meeting_add_in meeting = {
        .org = making_org(making),
        .case_id = making->made.id,
        .id = id,
        .on_date = on,
        .interpreter = !foreign                              ? "none"
                       : chance_percent(&making->chance, 60) ? "present"
                                                             : "phone",
        .understood = chance_percent(&making->chance, 75) ? "yes" : "partly",
        .account = making->team->manager,
        .created_at = day * DAY_MS + 14 * HOUR_MS,
    };
    place.column = "language";
    meeting.language = sealed(making, PART_CONSENT, place, language_words(making->name.language));
    place.column = "interpreter_name";
    meeting.interpreter_name = sealed(making, PART_CONSENT, place, foreign ? "Tulce Paraudziņa" : NULL);
    place.column = "present";
    meeting.present = sealed(making, PART_CONSENT, place, "Aizbildne");
    place.column = "child_words";
    meeting.child_words = sealed(making, PART_CONSENT, place, child);
    TRY(consent_meeting_add(making->db, &meeting));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        TRY(consent_explained_add(making->db,
                                  &(struct consent_explained_add_in){
                                      .org = meeting.org, .case_id = meeting.case_id, .meeting = id, .code = told[i]}));
    return line_add(making, PART_CONSENT, "meeting", on, id, NULL, child);
}

/* ---- consents ---- */

struct agreed {
    const char *purpose, *recipient, *kind, *by;
    int days; /* until it expires; 0: never */
};

static enum err agreed_add(struct making *making, const struct agreed *agreed, int64_t day)
{
    char given[DAY_SIZE];
    char expires[DAY_SIZE];
    int64_t id = id_new();
    struct consent_add_in row = {
        .org = making_org(making),
        .case_id = making->made.id,
        .id = id,
        .purpose = agreed->purpose,
        .recipient = agreed->recipient,
        .kind = agreed->kind,
        .given_by = sealed(making, PART_CONSENT,
                           (struct seal_place){.table = "consent_consent", .column = "given_by", .row = id},
                           agreed->by),
        .given_on = demo_day(day, given),
        .expires_on = agreed->days == 0 ? NULL : demo_day(day + agreed->days, expires),
        .account = making->team->manager,
        .created_at = day * DAY_MS + 14 * HOUR_MS,
    };
    TRY(consent_add(making->db, &row));
    return line_add(making, PART_CONSENT, "consent", row.given_on, id, agreed->kind, NULL);
}

static enum err consents_add(struct making *making, int64_t day)
{
    static const struct agreed all[] = {
        {"support", "case_team", "assent", "Pats bērns", 365},
        {"support", "case_team", "consent", "Aizbildne", 365},
        {"psychological_help", "psychologist", "assent", "Pats bērns", 365},
        {"education", "school", "consent", "Aizbildne", 365},
        {"missing_photo", "police", "consent", "Aizbildne", 180},
        {"legal_help", "lawyer", "assent", "Pats bērns", 365},
        {"family_contact", "parent", "refused", "Pats bērns", 0},
        {"proceedings", "prosecutor", "refused", "Pats bērns", 0},
    };
    size_t count = (size_t)chance_between(&making->chance, 3, sizeof all / sizeof *all);
    for (size_t i = 0; i < count; i++)
        TRY(agreed_add(making, &all[i], day));
    return OK;
}

/* ---- conferences ---- */

static enum err present_add(struct making *making, int64_t conference, int64_t account)
{
    return conference_present_add(making->db, &(struct conference_present_add_in){.org = making_org(making),
                                                                                  .case_id = making->made.id,
                                                                                  .conference = conference,
                                                                                  .account = account});
}

static enum err conference_make(struct making *making, int64_t day, int64_t next)
{
    static const char *const decided[] = {
        "Turpina skolu; psihologs reizi nedēļā. Juriste pārbauda, līdz kad ir uzturēšanās atļauja.",
        "Mēneša laikā atrast pulciņu. Par dzīvesvietu runājam nākamreiz, kad zināms, ko grib pats bērns.",
        "Drošības plāns paliek. Ārste pieteikta; līdzi iet aizbildne."};
    char held[DAY_SIZE];
    char again[DAY_SIZE];
    int64_t id = id_new();
    const char *decisions = decided[chance_between(&making->chance, 0, 2)];
    struct seal_place place = {.table = "conference_conference", .row = id};
    struct conference_add_in row = {
        .org = making_org(making),
        .case_id = making->made.id,
        .id = id,
        .on_date = demo_day(day, held),
        .plan_reviewed = true,
        .next_review = demo_day(next, again),
        .account = making->team->manager,
        .created_at = day * DAY_MS + 15 * HOUR_MS,
    };
    place.column = "others";
    row.others = sealed(making, PART_CONFERENCE, place, "Skolas sociālā pedagoģe, aizbildne");
    place.column = "agenda";
    row.agenda = sealed(making, PART_CONFERENCE, place, "Skola, veselība, dokumenti, ko saka bērns");
    place.column = "decisions";
    row.decisions = sealed(making, PART_CONFERENCE, place, decisions);
    TRY(conference_add(making->db, &row));
    TRY(present_add(making, id, making->team->manager));
    if (making->team == &making->cases->people->teams[0])
        TRY(present_add(making, id, making->cases->people->second_manager));
    return line_add(making, PART_CONFERENCE, "conference", row.on_date, id, NULL, decisions);
}

static enum err conferences_add(struct making *making)
{
    enum { FIRST_AFTER = 30, EVERY = 80, MOST = 3 };
    const struct demo_course *course = &making->course;
    int64_t last = course->open ? course->today : course->closed;
    int64_t day = course->opened + FIRST_AFTER;
    for (int i = 0; i < MOST && day < last; i++, day += EVERY) {
        bool newest = i == MOST - 1 || day + EVERY >= last;
        TRY(conference_make(making, day,
                            newest && course->open && course->review > day ? course->review : day + EVERY));
    }
    return OK;
}

enum err demo_agreed_add(struct making *making)
{
    const struct demo_course *course = &making->course;
    int64_t day = course->opened + (course->opened < course->today ? 1 : 0);
    TRY(meeting_add(making, day));
    TRY(consents_add(making, day));
    return conferences_add(making);
}
