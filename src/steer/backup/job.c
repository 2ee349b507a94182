/* Backups by the clock, or because somebody asked for one. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/audit/audit.h"
#include "steer/backup/internal.h"
#include "steer/backup/queries.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MOST = 2000 };

struct running {
    const struct backup_turn *turn;
    struct store *store;
    struct arena *arena;
    int64_t org, now;
    const struct backup_settings *settings;
    int64_t run; /* 0: nothing to do */
    bool wanted;
    enum err result;
    const char *path;
    struct backup_sum sum;
    size_t removed;
};

/* ---- is there something to do? ---- */

/* `lost`: one was just found to have died with its process, and is made up for at once. */
static enum err due_by_clock(struct db *db, struct running *running, bool lost, bool *due)
{
    struct backup_run_last_row *good;
    struct backup_run_last_row *failed;
    size_t good_count;
    size_t failed_count;
    unsigned hours = running->settings->hours;
    int64_t every = (hours == 0 ? BACKUP_HOURS_USUAL : hours) * HOUR_MS;
    TRY(backup_run_last(db, running->arena, &(struct backup_run_last_in){.org = running->org, .state = "good"}, &good,
                        &good_count));
    TRY(backup_run_last(db, running->arena, &(struct backup_run_last_in){.org = running->org, .state = "failed"},
                        &failed, &failed_count));
    bool old = good_count == 0 || good[0].began_at + every <= running->now;
    /* What went wrong is tried again every hour, or as often as backups are made. */
    int64_t again = every < HOUR_MS ? every : HOUR_MS;
    *due = old && (lost || failed_count == 0 || failed[0].began_at + again <= running->now);
    return OK;
}

static enum err choose(struct db *db, void *data)
{
    struct running *running = data;
    struct backup_run_wanted_row *wanted;
    size_t count;
    size_t changed = 0;
    bool due = false;
    size_t lost = 0;
    TRY(backup_run_lost(db, &(struct backup_run_lost_in){.org = running->org, .before = running->now}, &lost));
    TRY(backup_run_wanted(db, running->arena, &(struct backup_run_wanted_in){.org = running->org}, &wanted, &count));
    if (count > 0) {
        TRY(backup_run_begin(
            db, &(struct backup_run_begin_in){.org = running->org, .id = wanted[0].id, .at = running->now}, &changed));
        running->run = wanted[0].id;
        running->wanted = true;
    } else {
        TRY(due_by_clock(db, running, lost > 0, &due));
        if (!due)
            return lost == 0
                       ? OK
                       : audit_add(db, &(struct audit){.org = running->org, .at = running->now, .act = "backup.lost"});
        running->run = id_new();
        TRY(backup_run_add(db, &(struct backup_run_add_in){
                                   .org = running->org, .id = running->run, .state = "running", .at = running->now}));
    }
    return audit_add(
        db, &(struct audit){.org = running->org, .at = running->now, .act = "backup.begin", .subject = running->run});
}

/* ---- what is not kept any longer ---- */

static int newest_first(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return left < right ? 1 : left > right ? -1 : 0;
}

static size_t list_files(const char *folder, int64_t *moments)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return 0;
    for (const struct dirent *entry; count < FILES_MOST && (entry = readdir(dir)) != NULL;)
        count += backup_name_read(entry->d_name, &moments[count]);
    (void)closedir(dir);
    qsort(moments, count, sizeof *moments, newest_first);
    return count;
}

static void throw_away(struct running *running)
{
    const struct backup_settings *settings = running->settings;
    int64_t *moments = ARENA_ARRAY(running->arena, int64_t, FILES_MOST);
    bool *keep = ARENA_ARRAY(running->arena, bool, FILES_MOST);
    size_t count = list_files(settings->folder, moments);
    struct backup_settings kept = *settings;
    if (kept.daily == 0 && kept.weekly == 0 && kept.monthly == 0) {
        kept.daily = BACKUP_DAILY_USUAL;
        kept.weekly = BACKUP_WEEKLY_USUAL;
        kept.monthly = BACKUP_MONTHLY_USUAL;
    }
    backup_keep(moments, count, &kept, keep);
    for (size_t i = 0; i < count; i++) {
        if (!keep[i] && unlink(arena_format(running->arena, "%s/%s", settings->folder,
                                            backup_name(running->arena, moments[i]))) == 0)
            running->removed++;
    }
}

/* What a process that died was writing; a day, since somebody may make one by hand in the same folder. */
static void sweep(struct running *running)
{
    static const char ending[] = ".part";
    DIR *dir = opendir(running->settings->folder);
    for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        int64_t moment;
        size_t len = strlen(entry->d_name);
        if (len < sizeof ending || !text_same(entry->d_name + len - (sizeof ending - 1), ending))
            continue;
        const char *name = arena_text_n(running->arena, entry->d_name, len - (sizeof ending - 1));
        if (backup_name_read(name, &moment) && moment + DAY_MS < running->now)
            (void)unlink(arena_format(running->arena, "%s/%s", running->settings->folder, entry->d_name));
    }
    if (dir != NULL)
        (void)closedir(dir);
}

/* ---- one run ---- */

static enum err write_down(struct db *db, void *data)
{
    const struct running *running = data;
    bool good = running->result == OK;
    const char *slash = good ? strrchr(running->path, '/') : NULL;
    TRY(backup_run_end(db, &(struct backup_run_end_in){
                               .org = running->org,
                               .id = running->run,
                               .state = good ? "good" : "failed",
                               .at = time_now(),
                               .file = slash == NULL ? NULL : slash + 1,
                               .bytes = {.has = good, .value = running->sum.bytes},
                               .row_count = {.has = good, .value = running->sum.rows},
                               .hash = good ? (struct bytes){running->sum.hash, SEAL_HASH_SIZE} : (struct bytes){0},
                               .fault = good                          ? NULL
                                        : running->turn->listed != OK ? "list"
                                                                      : err_name(running->result),
                           }));
    return audit_add(db, &(struct audit){.org = running->org,
                                         .at = time_now(),
                                         .act = good ? "backup.good" : "backup.failed",
                                         .subject = running->run});
}

static enum err make(struct running *running)
{
    struct db *db;
    TRY(running->turn->listed);
    TRY(store_reader_open(running->store, &db));
    enum err result = backup_make(running->arena,
                                  &(struct backup_order){.db = db,
                                                         .org = running->org,
                                                         .folder = running->settings->folder,
                                                         .now = running->now,
                                                         .progress = running->turn->progress,
                                                         .progress_data = running->turn->progress_data},
                                  &running->path, &running->sum);
    store_reader_close(db);
    return result;
}

static enum err run(void *data)
{
    struct running *running = data;
    TRY(store_change(running->store, choose, running));
    if (running->run == 0)
        return OK;
    sweep(running);
    running->result = make(running);
    if (running->result == OK)
        throw_away(running);
    return store_change(running->store, write_down, running);
}

enum err backup_job(const struct backup_turn *turn)
{
    struct running running = {.turn = turn,
                              .store = turn->store,
                              .arena = arena_new((size_t)64 << 20),
                              .org = turn->org,
                              .now = turn->now,
                              .settings = turn->settings};
    enum err result = turn->settings->folder == NULL ? OK : arena_try(running.arena, run, &running);
    arena_free(running.arena);
    return result;
}
