#include "platform/gate/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/audit/audit.h"

#include <time.h>

/* What is written down behind an answer. */

struct later {
    struct store_job job;
    struct arena *arena;
    struct audit audit; /* act NULL: none */
    struct session who;
    const char *token; /* NULL: the session was seen lately */
    int64_t now;
};

static enum err later_run(struct db *db, void *data)
{
    struct later *later = data;
    gate_foresee_later(db, &later->audit);
    if (later->audit.act != NULL)
        TRY(audit_add(db, &later->audit));
    return later->token == NULL ? OK : account_session_refresh(db, later->arena, &later->who, later->token, later->now);
}

static void later_done(void *data, enum err result)
{
    struct later *later = data;
    if (result != OK && later->audit.act != NULL)
        (void)err_note(result, "that a page was looked at could not be written down");
    arena_free(later->arena);
}

static const char *look_of(const struct req *r)
{
    if (r->looked != NULL)
        return r->looked;
    return r->part == PART_ADDRESS ? "address.read" : "case.read";
}

/* While so much waits for the writer, pages are read no faster than their looks are written. The thread sleeps meanwhile, and the pages of
 * others behind it: when one account reads a case over 60 connections, they take 31 ms instead of 1 ms on a usual disk (the processor's
 * share, nobody sleeps here), 80 ms on a disk of 50 ms a commit. Where the writer stands still (a mass import, a disk that hangs) each look would take the whole
 * wait, and a page behind sixty of them 10 s; so a thread that waited in vain does not wait again until one was handed over. */
static enum err hand_over(struct store *store, struct store_job *job, enum store_room room)
{
    static _Thread_local bool in_vain;
    static const struct timespec pause = {.tv_nsec = 2000000};
    enum { TRIES = 250 }; /* half a second: a group of the writer, far from its database */
    enum err handed = store_submit_in(store, job, room);
    for (int try = in_vain ? TRIES : 0; try < TRIES && handed == ERR_BUSY; try++) {
        (void)nanosleep(&pause, NULL);
        handed = store_submit_in(store, job, room);
    }
    in_vain = handed == ERR_BUSY;
    return handed;
}

enum err gate_write_look(const struct req *r)
{
    bool looked = (r->case_id != 0 || r->looked != NULL) && r->gate->shown && r->gate->location == NULL;
    bool refresh = r->who != NULL && r->gate->new_token == NULL &&
                   (r->who->keys_changed || r->now - r->who->seen_at > MINUTE_MS);
    if (!looked && !refresh && !r->gate->refused)
        return OK;
    struct arena *arena = arena_new(256 * 1024);
    struct later *later = ARENA_NEW(arena, struct later);
    later->arena = arena;
    later->now = r->now;
    later->who = *r->who;
    later->who.teams = NULL;
    later->who.team_count = 0;
    later->token = refresh ? arena_text(arena, r->gate->token) : NULL;
    later->audit = (struct audit){.org = r->org, .at = r->now, .account = r->who->account, .case_id = r->case_id};
    later->audit.act = looked ? look_of(r) : r->gate->refused ? "case.refused" : NULL;
    later->audit.subject = looked ? r->looked_at : 0;
    /* Who asks for a case in vain stands in that case's chain, for those who look who looked. */
    if (r->gate->refused && id_parse(r->params[0], &later->audit.subject) &&
        text_starts(r->route->path, "/cases/{case}"))
        later->audit.case_id = later->audit.subject;
    later->job = (struct store_job){.run = later_run, .done = later_done, .data = later};
    bool must = later->audit.act != NULL;
    enum store_room room = r->route->method == HTTP_POST ? STORE_ROOM_DOUBLE : STORE_ROOM_HALF;
    enum err handed = must ? hand_over(r->app->store, &later->job, room)
                           : store_submit_in(r->app->store, &later->job, room);
    if (handed != OK)
        arena_free(arena);
    return must ? handed : OK;
}
