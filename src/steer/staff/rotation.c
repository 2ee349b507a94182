#include "platform/account/rotation.h"

#include "case/record/keys.h"
#include "find/fieldwork/fieldwork.h"
#include "find/referral/referral.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "steer/staff/staff.h"

#include "base/time.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* New keys for the cases of a team that somebody left, and wrapping anew what lies under the team's earlier keys. The keys are a member's: when one of them does anything while their team's
 * keys are due, the work starts (or goes on after a restart) as a chain of small jobs of the writer, so that everybody else's
 * changes go between. How far it is stands in the rows themselves. */

enum { STEP_ROWS = 100, STEP_CASES = 20, AT_ONCE = 16, STEP_MEMORY = 4 << 20 };

enum look { LOOK_ROOTS, LOOK_CASES, LOOK_REFERRALS, LOOK_FIELDWORK, LOOK_COUNT };

struct rotation {
    struct store_job job;
    struct app *app;
    struct arena *arena; /* of one step */
    int64_t account;     /* whose keys they are */
    struct team_keys keys;
    struct team_keys begun; /* after the step that began: taken over once it is durable */
    enum look look;
    struct rewrap step;
    size_t changed; /* in this look over everything */
    bool over;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t running[AT_ONCE];

/* Only one chain for a team in this process. Two processes may both work: each row is wrapped anew by whoever comes first. */
static bool claim(int64_t team)
{
    size_t room = AT_ONCE;
    bool mine = true;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < AT_ONCE; i++) {
        mine &= running[i] != team;
        if (running[i] == 0)
            room = i;
    }
    mine &= room < AT_ONCE;
    if (mine)
        running[room] = team;
    pthread_mutex_unlock(&lock);
    return mine;
}

static void release(struct rotation *rotation)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (running[i] == rotation->keys.team)
            running[i] = 0;
    }
    pthread_mutex_unlock(&lock);
    arena_free(rotation->arena);
    sodium_free(rotation);
}

static int64_t now_of(const struct rotation *rotation)
{
    return rotation->app->clock == NULL ? time_now() : rotation->app->clock();
}

static enum err note(struct db *db, const struct rotation *rotation, const char *act)
{
    return audit_add(db, &(struct audit){.org = rotation->app->org,
                                         .at = now_of(rotation),
                                         .account = rotation->account,
                                         .act = act,
                                         .subject = rotation->keys.team});
}

static enum err look_end(struct db *db, struct rotation *rotation)
{
    bool ended = false;
    rotation->step.after = 0;
    rotation->look++;
    if (rotation->look < LOOK_COUNT)
        return OK;
    rotation->look = LOOK_CASES;
    if (rotation->changed > 0) { /* one more look finds what came in between */
        rotation->changed = 0;
        return OK;
    }
    rotation->over = true;
    TRY(account_rotation_end(db, rotation->arena, rotation->app->org, rotation->keys.team, now_of(rotation), &ended));
    return ended ? note(db, rotation, "team.keys_changed") : OK;
}

static enum err count_rewrapped(struct db *db, const struct rotation *rotation)
{
    if (rotation->step.changed == 0)
        return OK;
    TRY(account_team_rewrapped(db, &(struct account_team_rewrapped_in){.org = rotation->app->org,
                                                                       .id = rotation->keys.team,
                                                                       .more = (int64_t)rotation->step.changed}));
    return note(db, rotation, "team.keys_step");
}

/* The cases first: what is written from now on is closed to whoever left. */
static enum err step_roots(struct db *db, struct rotation *rotation)
{
    int64_t org = rotation->app->org;
    int64_t before = 0;
    bool ready = false;
    bool ended = false;
    rotation->step.limit = STEP_CASES;
    rotation->step.seen = 0;
    if (rotation->keys.roots)
        TRY(account_roots_look(db, rotation->arena, org, &rotation->keys, &ready, &before));
    if (ready)
        TRY(record_rekey(db, rotation->arena, org, &rotation->keys, rotation->account, before, now_of(rotation),
                         &rotation->step));
    if (rotation->step.seen > 0) /* what is wrapped for the team's new keys is done, too */
        return rotation->keys.has_old ? count_rewrapped(db, rotation) : OK;
    if (ready)
        TRY(account_roots_done(db, org, rotation->keys.team, &ended));
    rotation->keys.roots = false;
    rotation->over = !rotation->keys.has_old;
    rotation->look = LOOK_CASES;
    rotation->step.after = 0;
    return ended ? note(db, rotation, "team.cases_rekeyed") : OK;
}

static enum err step(void *data, struct db *db)
{
    struct rotation *rotation = data;
    int64_t org = rotation->app->org;
    if (rotation->keys.rotate && !rotation->keys.has_old) {
        rotation->begun = rotation->keys;
        TRY(account_rotation_begin(db, rotation->arena, org, &rotation->begun, now_of(rotation)));
        rotation->over = !rotation->begun.has_old;
        return rotation->over ? OK : note(db, rotation, "team.keys_change");
    }
    rotation->step.changed = 0;
    if (rotation->look == LOOK_ROOTS)
        return step_roots(db, rotation);
    rotation->step.limit = STEP_ROWS;
    if (rotation->look == LOOK_CASES)
        TRY(record_rewrap(db, rotation->arena, org, &rotation->keys, &rotation->step));
    else if (rotation->look == LOOK_REFERRALS)
        TRY(referral_rewrap(db, rotation->arena, org, &rotation->keys, &rotation->step));
    else
        TRY(fieldwork_rewrap(db, rotation->arena, org, &rotation->keys, &rotation->step));
    rotation->changed += rotation->step.changed;
    TRY(count_rewrapped(db, rotation));
    return rotation->step.seen == 0 ? look_end(db, rotation) : OK;
}

struct stepping {
    struct rotation *rotation;
    struct db *db;
};

static enum err step_in_arena(void *data)
{
    const struct stepping *stepping = data;
    return step(stepping->rotation, stepping->db);
}

static enum err run(struct db *db, void *data)
{
    struct rotation *rotation = data;
    struct stepping stepping = {rotation, db};
    arena_reset(rotation->arena);
    return arena_try(rotation->arena, step_in_arena, &stepping);
}

/* On with the next step. What failed, or has no room in the queue, goes on with the next act of a member. */
static void done(void *data, enum err result)
{
    struct rotation *rotation = data;
    if (result == OK && !rotation->keys.has_old && rotation->begun.has_old)
        rotation->keys = rotation->begun;
    if (result != OK || rotation->over || store_submit(rotation->app->store, &rotation->job) != OK)
        release(rotation);
}

static void start(struct app *app, int64_t account, const struct team_keys *keys)
{
    if (!claim(keys->team))
        return;
    struct rotation *rotation = sodium_malloc(sizeof *rotation);
    if (rotation == NULL)
        BUG("out of memory for changing keys");
    memset(rotation, 0, sizeof *rotation);
    rotation->app = app;
    rotation->account = account;
    rotation->keys = *keys;
    rotation->arena = arena_new(STEP_MEMORY);
    rotation->job = (struct store_job){.run = run, .done = done, .data = rotation};
    if (store_submit(app->store, &rotation->job) != OK)
        release(rotation);
}

void staff_keys_due(struct app *app, const struct session *who)
{
    for (size_t i = 0; i < who->team_count; i++) {
        if (team_keys_due(&who->teams[i]))
            start(app, who->account, &who->teams[i]);
    }
    if (team_keys_due(&who->emergency))
        start(app, who->account, &who->emergency);
}
