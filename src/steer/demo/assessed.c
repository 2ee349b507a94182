/* Assessments, plans and referrals of the newest cases; the words in here are what invented people said. */
#include "steer/demo/making.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/assess/assess.h"
#include "case/plan/queries.h"
#include "case/plan/views.h"
#include "case/task/queries.h"
#include "case/task/views.h"
#include "find/referral/referral.h"

enum { NEEDS_EVERY = 85, NEEDS_MOST = 4, GOALS_MOST = 3 };

/* ---- assessments ---- */

static enum err give(struct making *making, const char *form, int64_t day, const struct assess_answer *answers,
                     size_t count)
{
    int64_t id = 0;
    return assess_give(making->db, making->arena,
                       &(struct assess_given){.org = making_org(making),
                                              .case_id = making->made.id,
                                              .keys = &making->made.keys,
                                              .account = making->team->manager,
                                              .form_id = form,
                                              .language = "lv",
                                              .at = day * DAY_MS + 11 * HOUR_MS,
                                              .answers = answers,
                                              .count = count},
                       &id);
}

static enum err safety_make(struct making *making, int64_t day, bool danger, const char *stage)
{
    char text[DAY_SIZE];
    const char *level = danger ? "high" : text_same(making->course.risk, "unknown") ? "medium" : making->course.risk;
    struct assess_answer answers[12] = {
        {"/data/setting/assessed_on", demo_day(day, text)},
        {"/data/setting/stage", stage},
        {"/data/danger/immediate_danger", danger ? "yes" : "no"},
        {"/data/individual_emotional/ie_fear", danger ? "yes" : "partly"},
        {"/data/individual_emotional/ie_trusted", "yes"},
        {"/data/community_physical/cp_places", "partly"},
        {"/data/risk/risk_level", level},
    };
    size_t count = 7;
    if (danger)
        answers[count++] = (struct assess_answer){"/data/danger/danger_what", "threat"};
    if (!danger && !text_same(level, "medium"))
        answers[count++] = (struct assess_answer){"/data/risk/risk_reason",
                                                  "Pārrunāts komandā; ņemts vērā viss, ko zinām."};
    if (text_same(level, "high")) {
        answers[count++] = (struct assess_answer){"/data/plan/step_1",
                                                  "Šonakt nakšņo pie dežuranta, tālrunis ieslēgts."};
        answers[count++] = (struct assess_answer){"/data/plan/step_1_who", "Lietas vadītāja"};
    }
    return give(making, "safety", day, answers, count);
}

/* From one assessment to the next, most needs become smaller. */
static const char *score(struct making *making, int *last)
{
    static const char *const scores[] = {"0", "1", "2", "3", "4"};
    if (chance_percent(&making->chance, 6))
        return "not_asked";
    int now = *last - (int)chance_between(&making->chance, -1, 2);
    *last = now < 0 ? 0 : now > 4 ? 4 : now;
    return scores[*last];
}

static enum err needs_make(struct making *making, int64_t day, int *scores)
{
    char text[DAY_SIZE];
    struct assess_answer answers[MATRIX_AREAS + 3] = {
        {"/data/setting/language", making->name.language},
        {"/data/setting/assessed_on", demo_day(day, text)},
        {"/data/closing/wishes", "Gribu mācīties un dzīvot mierīgi."},
    };
    if (text_same(making->name.language, "ro"))
        answers[0].value = "other";
    for (size_t i = 0; i < MATRIX_AREAS; i++)
        answers[i + 3] = (struct assess_answer){
            arena_format(making->arena, "/data/%s/%s_score", PLAN_AREAS.codes[i], PLAN_AREAS.codes[i]),
            score(making, &scores[i])};
    return give(making, "needs", day, answers, sizeof answers / sizeof *answers);
}

static int64_t last_day(const struct demo_course *course)
{
    return course->open ? course->today : course->closed;
}

enum err demo_assessments_add(struct making *making)
{
    const struct demo_course *course = &making->course;
    int scores[MATRIX_AREAS];
    int64_t last = last_day(course);
    bool danger = course->open && text_same(course->risk, "high");
    for (size_t i = 0; i < MATRIX_AREAS; i++)
        scores[i] = (int)chance_between(&making->chance, 1, 4);
    TRY(safety_make(making, course->opened, false, "first"));
    for (int64_t n = 0, day = course->opened + 5; n < NEEDS_MOST && day <= last; n++, day += NEEDS_EVERY)
        TRY(needs_make(making, day, scores));
    if (course->opened + 60 <= last && !danger)
        TRY(safety_make(making, course->opened + 60, false, "review"));
    /* Somebody is in danger: an alert since yesterday, that waits for an answer. */
    return danger ? safety_make(making, course->today - 1, true, "change") : OK;
}

/* ---- the plan ---- */

struct goal {
    const char *area, *strand, *title, *words, *steps[2];
};
static const struct goal GOALS[] = {
    {"education",
     "education",
     "Atgriezties skolā un pabeigt klasi",
     "Gribu būt kopā ar klasi.",
     {"Sarunāt ar skolu par atbalsta plānu", "Atnest skolas lietas"}},
    {"mental_health",
     "psychosocial",
     "Gulēt naktī un mazāk baidīties",
     "Lai nav tie sapņi.",
     {"Pieteikt pie psihologa", "Norunāt, kam zvanīt naktī"}},
    {"legal",
     "legal",
     "Zināt savas tiesības un saņemt palīdzību lietā",
     "Gribu saprast, kas notiks.",
     {"Tikšanās ar juristu", "Sagatavoties pirmajai nopratināšanai"}},
    {"material",
     "housing",
     "Droša dzīvesvieta un viss ikdienai vajadzīgais",
     "Savu istabu.",
     {"Atrast vietu drošā izmitināšanā", "Drēbes un tālrunis"}},
    {"family",
     "psychosocial",
     "Droša saziņa ar māsu",
     "Man pietrūkst māsas.",
     {"Izvērtēt, vai saziņa ir droša", "Pirmā saruna kopā ar psihologu"}},
    {"physical_health",
     "health",
     "Veselības pārbaude un ārstēšana",
     "Sāp mugura.",
     {"Pierakstīt pie ģimenes ārsta", "Pavadīt uz vizīti"}},
};

static enum err step_add(struct making *making, int64_t goal, const char *what, const char *due, bool done)
{
    int64_t id = id_new();
    return plan_action_add(
        making->db, &(struct plan_action_add_in){
                        .org = making_org(making),
                        .case_id = making->made.id,
                        .goal = goal,
                        .id = id,
                        .what = seal_text(making->arena, &making->made.keys.part[PART_PLAN], plan_what_place(id), what),
                        .who = "colleague",
                        .account = {.has = true, .value = making->team->manager},
                        .due_on = due,
                        .status = done ? "done" : "open",
                    });
}

static enum err goal_add(struct making *making, int64_t plan, const struct goal *goal, int64_t position, int64_t day)
{
    char text[DAY_SIZE];
    int64_t id = id_new();
    const struct seal_key *key = &making->made.keys.part[PART_PLAN];
    const char *due = demo_day(day + 80 * (position + 1), text);
    TRY(plan_goal_add(making->db, &(struct plan_goal_add_in){
                                      .org = making_org(making),
                                      .case_id = making->made.id,
                                      .plan = plan,
                                      .id = id,
                                      .area = goal->area,
                                      .strand = goal->strand,
                                      .title = seal_text(making->arena, key, plan_title_place(id), goal->title),
                                      .words = seal_text(making->arena, key, plan_goal_words_place(id), goal->words),
                                      .due_on = due,
                                      .position = position,
                                  }));
    TRY(step_add(making, id, goal->steps[0], due, chance_percent(&making->chance, 70)));
    return step_add(making, id, goal->steps[1], due, chance_percent(&making->chance, 30));
}

static enum err plan_agree(struct making *making, int64_t plan, int64_t day)
{
    char text[DAY_SIZE];
    size_t changed = 0;
    const struct seal_key *key = &making->made.keys.part[PART_PLAN];
    struct plan_row_agree_in agreed = {
        .org = making_org(making),
        .case_id = making->made.id,
        .id = plan,
        .agreed_on = demo_day(day, text),
        .agreement = "agrees",
        .words = seal_text(making->arena, key, plan_words_place(plan), "Tā ir labi. Skolu es gribu visvairāk."),
        .agreed_by = seal_text(making->arena, key, plan_agreed_by_place(plan), "Aizbildne"),
        .version = 1,
    };
    TRY(plan_row_agree(making->db, &agreed, &changed));
    return demo_event(making, day, "plan", NULL, "agreed");
}

enum err demo_plan_add(struct making *making)
{
    char text[DAY_SIZE];
    int64_t id = id_new();
    int64_t day = making->course.opened + 9;
    if (day + 3 > last_day(&making->course))
        return OK;
    TRY(plan_row_add(making->db, &(struct plan_row_add_in){.org = making_org(making),
                                                           .case_id = making->made.id,
                                                           .id = id,
                                                           .number = 1,
                                                           .made_on = demo_day(day, text),
                                                           .language = "lv"}));
    TRY(demo_event(making, day, "plan", NULL, "begun"));
    size_t first = (size_t)chance_between(&making->chance, 0, 5);
    for (int64_t i = 0; i < GOALS_MOST; i++)
        TRY(goal_add(making, id, &GOALS[(first + (size_t)i) % (sizeof GOALS / sizeof *GOALS)], i + 1, day));
    return plan_agree(making, id, day + 3);
}

/* ---- tasks ---- */

enum err demo_tasks_add(struct making *making)
{
    static const char *const titles[] = {"Piezvanīt skolai par atgriešanos", "Pieteikt uz tikšanos ar juristu",
                                         "Sarunāt tulku nākamajai tikšanās reizei", "Nogādāt dokumentus pārvaldei",
                                         "Vienoties ar psihologu par laiku"};
    char text[DAY_SIZE];
    int64_t today = making->course.today;
    size_t first = (size_t)chance_between(&making->chance, 0, 4);
    for (size_t i = 0; i < 2 && making->course.open; i++) {
        int64_t id = id_new();
        const char *title = titles[(first + i) % (sizeof titles / sizeof *titles)];
        TRY(task_add_row(making->db, &(struct task_add_row_in){
                                         .org = making_org(making),
                                         .case_id = making->made.id,
                                         .id = id,
                                         .title = seal_text(making->arena, &making->made.keys.part[PART_PLAN],
                                                            task_place("title", id), title),
                                         .owner = making->team->manager,
                                         .due = demo_day(today + chance_between(&making->chance, -3, 20), text),
                                         .added_by = making->team->manager,
                                         .created_at = (today - 4) * DAY_MS,
                                     }));
    }
    return OK;
}

/* ---- referrals that wait for an answer ---- */

enum err demo_referrals_add(struct db *db, struct arena *arena, const struct demo_people *people, int64_t now)
{
    static const struct {
        int64_t hours_ago;
        struct referral_told told;
    } referrals[] = {
        {30,
         {.source = "school",
          .urgency = "day",
          .way = "phone",
          .age = {true, 14},
          .referrer = "Skolas sociālā pedagoģe",
          .organisation = "Paraugskola",
          .about = "Septītās klases skolniece, sauc par Līvu Nebijupi",
          .story = "Trīs nedēļas nav skolā. Draudzene stāsta, ka viņu sagaida svešs automobilis un ka viņai ir jauns "
                   "tālrunis.",
          .contact = "20000011",
          .hours = "Darbdienās līdz 16",
          .cover = "Zvana no skolas bibliotēkas"}},
        {5,
         {.source = "phone",
          .urgency = "week",
          .way = "through",
          .age = {true, 17},
          .age_guess = true,
          .disputed = true,
          .about = "Jaunietis no Ukrainas, strādā celtniecībā",
          .story = "Strādā par ēdienu un guļvietu, pase esot pie priekšnieka.",
          .contact = "Caur draugu, kurš zvanīja",
          .hours = "Vakaros"}},
        {2,
         {.source = "self",
          .urgency = "week",
          .way = "phone",
          .age = {true, 16},
          .about = "Sauc par Elīnu",
          .story = "Kāds draud izsūtīt manas bildes, ja nedarīšu, ko viņš saka.",
          .contact = "20000012",
          .hours = "Tikai īsziņa pirms zvana",
          .cover = "Zvana no zobārsta"}},
        {1,
         {.source = "police",
          .urgency = "month",
          .way = "email",
          .age = {true, 15},
          .referrer = "Inspektore",
          .organisation = "Paraugu iecirknis",
          .about = "Meitene, sauc par Alisi Miglezeru",
          .story = "Bēgusi no mājām otro reizi šogad; atrasta kopā ar pieaugušo.",
          .contact = "inspektore@example.org"}},
    };
    for (size_t i = 0; i < sizeof referrals / sizeof *referrals; i++) {
        int64_t id = 0;
        TRY(referral_write(db, arena, people->founding.org, people->intake_worker,
                           now - referrals[i].hours_ago * HOUR_MS, &referrals[i].told, &id));
    }
    return OK;
}
