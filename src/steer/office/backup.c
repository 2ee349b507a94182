/* ausma backup and ausma restore. */
#include "steer/backup/backup.h"

#include "base/text.h"
#include "base/time.h"
#include "base/version.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "steer/office/office.h"
#include "steer/office/settings.h"
#include "steer/retention/retention.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- backup ---- */

struct backing_up {
    struct office *office;
    struct store *store;
    struct backup_order order;
    struct backup_sum sum;
    const char *path;
    struct office_progress progress;
};

static void say_bytes(void *data, int64_t bytes)
{
    struct office_progress *progress = data;
    /* How large a backup becomes is known at its end. */
    if (bytes >= progress->total)
        progress->total = bytes + 1;
    office_progress(progress, bytes);
}

static enum err note_made(struct db *db, void *data)
{
    const struct backing_up *up = data;
    return audit_add(db, &(struct audit){.org = up->order.org, .at = time_now(), .act = "backup.terminal"});
}

static void tell_sum(const char *what, const char *path, const struct backup_sum *sum)
{
    (void)printf("%s %s: %lld tables, %lld rows, %lld bytes, hash ", what, path, (long long)sum->tables,
                 (long long)sum->rows, (long long)sum->bytes);
    for (size_t i = 0; i < sizeof sum->hash; i++)
        (void)printf("%02x", sum->hash[i]);
    (void)printf("\n");
}

static enum err back_up(struct backing_up *up)
{
    struct account_org_first_row org;
    struct arena *arena = up->office->arena;
    TRY(store_reader_open(up->store, &up->order.db));
    enum err result = account_org_first(up->order.db, arena, &org);
    if (result == OK) {
        up->order.org = org.org;
        result = backup_make(arena, &up->order, &up->path, &up->sum);
        if (result == OK)
            result = retention_list_write(up->order.db, arena, up->order.org, up->order.folder);
    }
    store_reader_close(up->order.db);
    if (result == ERR_NOT_FOUND)
        return office_say(result, "there is no recovery key to seal a backup to");
    if (result == ERR_STALE)
        return office_say(result, "no backup was made: a newer version of this program has added to the data; make it "
                                  "with that version");
    if (result != OK)
        return office_say(result, "no backup was made: %s",
                          result == ERR_FULL ? "the disk is full" : "see the line above");
    return store_change(up->store, note_made, up);
}

enum err office_backup(struct office *office)
{
    struct settings settings;
    struct backing_up up = {.office = office, .order = {.now = time_now(), .progress = say_bytes}};
    TRY(office_settings(office, &settings));
    up.order.folder = office_option(office, "--to", settings.backup_dir == NULL ? "." : settings.backup_dir);
    office_progress_begin(&up.progress, "bytes", 0);
    up.order.progress_data = &up.progress;
    TRY(office_open(office, false, &up.store));
    enum err result = back_up(&up);
    store_close(up.store);
    if (result == OK)
        tell_sum("Made and read back", up.path, &up.sum);
    return result;
}

/* ---- restore ---- */

struct restoring {
    struct office *office;
    const char *path;
    struct backup_head *head;
    struct seal_pair pair;
    struct backup_sum sum;
    struct office_progress progress;
    struct store *store;
    const char *erased; /* the list of erased cases */
    size_t erased_again;
};

static enum err unlock(struct restoring *restoring)
{
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    struct seal_pair given;
    size_t count;
    struct office *office = restoring->office;
    TRY(office_ask_shares(office, shares, &count));
    int wrong = backup_wrong_share(restoring->head, shares, count);
    enum err joined = recovery_join(shares, count, &given);
    unsigned number = wrong >= 0 ? shares[wrong].number : 0;
    seal_wipe(shares, sizeof shares);
    if (wrong >= 0)
        return office_say(ERR_INPUT, "share %u is not as it was printed", number);
    if (joined != OK)
        return office_say(ERR_INPUT, "these shares do not give a recovery key: one of them is wrong");
    enum err result = backup_unlock(office->arena, restoring->path, restoring->head, &given, &restoring->pair);
    seal_wipe(&given, sizeof given);
    return result == OK ? OK
                        : office_say(result, "these shares belong to another recovery key than this backup; is "
                                             "ausma-keys.txt beside it?");
}

static enum err forget_sessions(struct db *db, struct arena *arena)
{
    struct account_org_first_row org;
    size_t gone = 0;
    TRY(account_org_first(db, arena, &org));
    TRY(account_session_expire(
        db, &(struct account_session_expire_in){.org = org.org, .created_before = INT64_MAX, .seen_before = INT64_MAX},
        &gone));
    return audit_add(db, &(struct audit){.org = org.org, .at = time_now(), .act = "backup.restored"});
}

/* In the transaction that brings everything back. Cases that were erased since the backup was made are erased again, by the list
 * beside it. */
static enum err make_usable(struct db *db, void *data)
{
    struct restoring *restoring = data;
    TRY(forget_sessions(db, restoring->office->arena));
    enum err result = retention_list_apply(db, restoring->office->arena, restoring->erased, &restoring->erased_again);
    return result == OK ? OK
                        : office_say(result, "the list of erased cases, %s, cannot be applied: see the line above",
                                     restoring->erased);
}

static enum err restore_into(struct restoring *restoring)
{
    struct stat info;
    const char *place = office_place(restoring->office);
    const struct backup_return order = {
        .progress = say_bytes, .progress_data = &restoring->progress, .then = make_usable, .then_data = restoring};
    office_progress_begin(&restoring->progress, "bytes", stat(restoring->path, &info) == 0 ? (int64_t)info.st_size : 0);
    enum err result = backup_restore(restoring->path, &restoring->pair, restoring->store, &order, &restoring->sum);
    if (result == ERR_CONFLICT)
        return office_say(result, "nothing was restored: there is data in %s already, and it was left as it is", place);
    if (result == ERR_STALE)
        return office_say(result, "nothing was restored: the backup was made by another version of this program than "
                                  "this one, " AUSMA_VERSION "; restore it with that version, then upgrade");
    if (result == ERR_BROKEN)
        return office_say(result, "nothing was restored: the backup or what lies beside it is damaged or cut off");
    if (result != OK)
        return office_say(result, "nothing was restored; %s is as empty as it was", place);
    return OK;
}

/* The list is beside the backup, or where --erased says; without one nothing is erased again, and whoever restores must know. */
static enum err find_erased(struct restoring *restoring)
{
    struct arena *arena = restoring->office->arena;
    const char *slash = strrchr(restoring->path, '/');
    const char *folder = slash == NULL ? "." : arena_text_n(arena, restoring->path, (size_t)(slash - restoring->path));
    const char *named = office_option(restoring->office, "--erased", NULL);
    restoring->erased = named != NULL ? named : arena_format(arena, "%s/%s", folder, RETENTION_LIST);
    if (access(restoring->erased, F_OK) == 0)
        return OK;
    if (named != NULL)
        return office_say(ERR_INPUT, "the list of erased cases, %s, is not there", named);
    (void)fprintf(stderr,
                  "There is no %s beside the backup: what was erased after it was made, if anything was, comes back.\n",
                  RETENTION_LIST);
    return OK;
}

static enum err restore_new(struct restoring *restoring)
{
    struct office *office = restoring->office;
    const char *database;
    TRY(find_erased(restoring));
    TRY(office_database(office, &database));
    bool file_made = !store_is_server(database) && access(database, F_OK) != 0;
    bool folder_made = access(office->data, F_OK) != 0;
    TRY(office_open(office, true, &restoring->store));
    enum err result = restore_into(restoring);
    store_close(restoring->store);
    if (result != OK && file_made)
        (void)unlink(database);
    if (result != OK && folder_made)
        (void)rmdir(office->data);
    if (result == OK && restoring->erased_again > 0)
        (void)printf("Cases erased again, by the list beside the backup: %zu\n", restoring->erased_again);
    if (result == OK)
        tell_sum("Restored, and proved to hold the same as", restoring->path, &restoring->sum);
    return result;
}

/* --check: is it whole? Needs the shares, and writes nothing. */
static enum err check_only(struct restoring *restoring)
{
    enum err result = backup_check(restoring->path, &restoring->pair, NULL, NULL, &restoring->sum);
    if (result == OK)
        tell_sum("Whole:", restoring->path, &restoring->sum);
    return result == OK ? OK : office_say(result, "the backup is damaged or cut off");
}

enum err office_restore(struct office *office)
{
    struct restoring restoring = {.office = office, .path = office->count == 1 ? office->words[0] : NULL};
    if (restoring.path == NULL)
        return office_say(ERR_INPUT, "say which backup: ausma restore FILE --data NEW");
    enum err head = backup_head_of(office->arena, restoring.path, &restoring.head);
    if (head != OK)
        return office_say(head, "%s %s", restoring.path, head == ERR_NOT_FOUND ? "is not there" : "is not a backup");
    TRY(unlock(&restoring));
    bool checks = office_option(office, "--check", NULL) != NULL;
    enum err result = checks ? check_only(&restoring) : restore_new(&restoring);
    seal_wipe(&restoring.pair, sizeof restoring.pair);
    return result;
}
