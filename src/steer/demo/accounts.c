#include "steer/demo/internal.h"

#include "base/time.h"
#include "case/trained/trained.h"

#include <stdio.h>

static const char PASSWORD[] = "parauga-parole-8420";

enum place { PLACE_NONE = 0, PLACE_FIRST = 1, PLACE_SECOND = 2, PLACE_INTAKE = 4 };

static const struct demo_account {
    const char *login, *name, *what;
    enum role role;
    unsigned places;
} ACCOUNTS[] = {
    {"ilze", "Ilze Kārkliņa", "lietas vadītāja / case manager", ROLE_CASE_MANAGER, PLACE_FIRST | PLACE_INTAKE},
    {"anna", "Anna Priede", "komandas dalībniece / team member", ROLE_TEAM_MEMBER, PLACE_FIRST},
    {"gunta", "Gunta Irbe", "juriste; redz tikai savu daļu / lawyer who sees only her part", ROLE_TEAM_MEMBER,
     PLACE_NONE},
    {"liga", "Līga Salna", "otra lietas vadītāja / second case manager", ROLE_CASE_MANAGER, PLACE_FIRST},
    {"marta", "Marta Ozola", "lietas vadītāja citā komandā / case manager of another team", ROLE_CASE_MANAGER,
     PLACE_SECOND},
    {"juris", "Juris Vītols", "uzņemšana / intake", ROLE_INTAKE, PLACE_INTAKE},
    {"daina", "Daina Liepa", "programmas vadītāja / programme manager", ROLE_PROGRAMME_MANAGER, PLACE_NONE},
    {"admins", "Andris Egle", "administrators / administrator", ROLE_ADMINISTRATOR, PLACE_NONE},
    {"auditore", "Aija Kļava", "auditore / auditor", ROLE_AUDITOR, PLACE_NONE},
};
enum { ACCOUNT_COUNT = sizeof ACCOUNTS / sizeof *ACCOUNTS };

static enum err join(struct db *db, struct arena *arena, const struct demo_people *people, int64_t account,
                     const struct seal_pair *pair, unsigned places)
{
    const struct {
        unsigned place;
        const struct team_keys *keys;
    } teams[] = {
        {PLACE_FIRST, &people->teams[0].keys}, {PLACE_SECOND, &people->teams[1].keys}, {PLACE_INTAKE, &people->intake}};
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i++) {
        if (places & teams[i].place)
            TRY(account_join(db, arena, people->founding.org, account, &pair->public_half, teams[i].keys));
    }
    return OK;
}

/* Those who work with cases were trained for it; the lawyer's trauma-informed care ends soon. */
static enum err train(struct db *db, struct arena *arena, const struct demo_people *people,
                      const struct demo_account *demo, int64_t account, int64_t now)
{
    static const char *const trainings[] = {"trauma_informed_care", "needs_assessment", "child_interviewing"};
    const char *today = time_date(arena, now);
    bool lawyer = demo->places == PLACE_NONE;
    for (size_t i = 0; i < (lawyer ? 1 : sizeof trainings / sizeof *trainings); i++)
        TRY(trained_add(db, arena, &people->founding.directory,
                        &(struct trained_new){.org = people->founding.org,
                                              .account = account,
                                              .training = trainings[i],
                                              .done_on = date_add(arena, today, -300),
                                              .valid_until = date_add(arena, today, lawyer ? 30 : 400),
                                              .evidence = "Apliecība Nr. 00-00 (paraugs)",
                                              .by = account,
                                              .at = now}));
    return OK;
}

static enum err account_make(struct db *db, struct arena *arena, int64_t now, const struct demo_account *demo,
                             struct demo_people *people)
{
    struct seal_pair pair;
    int64_t account = 0;
    struct account_new made = {
        .login = demo->login, .password = PASSWORD, .name = demo->name, .role = demo->role, .language = "lv"};
    TRY(account_add(db, arena, people->founding.org, &people->founding.directory, &made, now, &account, &pair));
    TRY(join(db, arena, people, account, &pair, demo->places));
    TRY(account_join_emergency(db, arena, people->founding.org, account, demo->role, &pair.public_half,
                               &people->emergency));
    seal_wipe(&pair, sizeof pair);
    if (role_may(demo->role, CAP_CASE_WRITE))
        TRY(train(db, arena, people, demo, account, now));
    int64_t *manager = &people->teams[demo->places & PLACE_FIRST ? 0 : 1].manager;
    if (demo->role == ROLE_CASE_MANAGER && *manager != 0)
        people->second_manager = account;
    else if (demo->role == ROLE_CASE_MANAGER)
        *manager = account;
    if (demo->role == ROLE_TEAM_MEMBER && demo->places == PLACE_NONE)
        people->lawyer = account;
    else if (demo->role == ROLE_TEAM_MEMBER)
        people->colleague = account;
    if (demo->role == ROLE_INTAKE)
        people->intake_worker = account;
    return OK;
}

enum err demo_people_add(struct db *db, struct arena *arena, int64_t now, struct demo_people *out)
{
    struct demo_people people = {0};
    TRY(account_found(db, "Parauga centrs", now, &people.founding));
    TRY(account_recovery_begin(db, arena, &people.founding, RECOVERY_PLAN_USUAL, now, &people.recovery));
    int64_t org = people.founding.org;
    const struct seal_key *search = &people.founding.search;
    TRY(account_team_new(db, arena, org, search, "Rīgas komanda", false, &people.teams[0].keys));
    TRY(account_team_new(db, arena, org, search, "Kurzemes komanda", false, &people.teams[1].keys));
    TRY(account_team_new(db, arena, org, search, "Uzņemšana", true, &people.intake));
    TRY(account_emergency_new(db, arena, &people.founding, &people.emergency));
    for (size_t i = 0; i < ACCOUNT_COUNT; i++)
        TRY(account_make(db, arena, now, &ACCOUNTS[i], &people));
    *out = people;
    return OK;
}

void demo_people_print(FILE *to)
{
    for (size_t i = 0; i < ACCOUNT_COUNT; i++)
        (void)fprintf(to, "%-9s %s  %s\n", ACCOUNTS[i].login, PASSWORD, ACCOUNTS[i].what);
}
