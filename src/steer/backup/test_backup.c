/* Backups of a whole installation: made while it serves, brought back the same, and refused when anything is wrong. */
#include "steer/trial/trial.h"

#include "base/id.h"
#include "base/time.h"
#include "platform/audit/audit.h"
#include "platform/store/scratch.h"
#include "steer/backup/backup.h"
#include "steer/backup/format.h"
#include "steer/backup/queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct seal_pair the_pair(struct trial *trial)
{
    struct seal_pair pair;
    const struct recovery_made *made = trial_recovery(trial);
    assert_int_equal(recovery_combine(made->shares + 2, made->plan.needed, &made->public_half, &pair), OK);
    return pair;
}

static const char *folder_of(struct trial *trial, const char *name)
{
    return arena_format(trial_arena(trial), "%s/%s", trial_folder(trial), name);
}

static enum err make_at(struct trial *trial, const char *folder, int64_t now, const char **path, struct backup_sum *sum)
{
    struct db *db;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    enum err result = backup_make(
        trial_arena(trial),
        &(struct backup_order){.db = db, .org = trial_app(trial)->org, .folder = folder, .now = now}, path, sum);
    store_reader_close(db);
    return result;
}

static enum err restore_to(struct trial *trial, const char *path, const char *name, struct backup_sum *sum)
{
    struct store *store;
    struct seal_pair pair = the_pair(trial);
    assert_int_equal(store_open(folder_of(trial, name), &(struct store_options){.create = true}, &store), OK);
    enum err result = backup_restore(path, &pair, store, &(struct backup_return){.then = NULL}, sum);
    store_close(store);
    return result;
}

/* On a server: back into a new database of it; else into another file. */
static void to_the_same_engine(struct trial *trial, const char *path, const struct backup_sum *made)
{
    char url[SCRATCH_URL_SIZE];
    struct store *store;
    struct backup_sum back;
    struct seal_pair pair = the_pair(trial);
    scratch_make(folder_of(trial, "engine.db"), url);
    assert_int_equal(store_open(url, &(struct store_options){.create = true}, &store), OK);
    assert_string_equal(store_engine(store), store_engine(trial_app(trial)->store));
    assert_int_equal(backup_restore(path, &pair, store, &(struct backup_return){.then = NULL}, &back), OK);
    assert_memory_equal(back.hash, made->hash, sizeof back.hash);
    store_close(store);
    scratch_drop(url);
}

static void what_was_saved_comes_back(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum made;
    struct backup_sum back;
    (void)trial_case(trial, "Gauja");
    (void)trial_case(trial, "Venta");
    assert_int_equal(make_at(trial, folder_of(trial, "safe"), time_now(), &path, &made), OK);
    assert_true(made.rows > 20);
    assert_int_equal(restore_to(trial, path, "back.db", &back), OK);
    assert_int_equal(back.rows, made.rows);
    assert_int_equal(back.bytes, made.bytes);
    assert_memory_equal(back.hash, made.hash, sizeof made.hash);
    to_the_same_engine(trial, path, &made);
    /* a second time over what is there now: refused, nothing touched */
    assert_int_equal(restore_to(trial, path, "back.db", &back), ERR_CONFLICT);
}

static struct bytes whole_file(struct trial *trial, const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &info) == 0);
    uint8_t *text = arena_alloc(trial_arena(trial), (size_t)info.st_size);
    assert_int_equal(read(fd, text, (size_t)info.st_size), info.st_size);
    (void)close(fd);
    return (struct bytes){text, (size_t)info.st_size};
}

static void put_file(const char *path, const uint8_t *ptr, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, ptr, len), len);
    (void)close(fd);
}

static void m7_1_a_backup_shows_nobody(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    (void)trial_case(trial, "Rauna");
    assert_int_equal(make_at(trial, folder_of(trial, "sealed"), time_now(), &path, &sum), OK);
    struct bytes file = whole_file(trial, path);
    assert_null(memmem(file.ptr, file.len, "Rauna", 5));
    assert_null(memmem(file.ptr, file.len, "case_manager", 12));
    assert_null(memmem(file.ptr, file.len, "record_case", 11));
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
}

static void a_cut_file_is_refused(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    struct seal_pair pair = the_pair(trial);
    const char *cut = folder_of(trial, "cut");
    assert_int_equal(make_at(trial, folder_of(trial, "whole"), time_now(), &path, &sum), OK);
    struct bytes file = whole_file(trial, path);
    assert_int_equal(backup_check(path, &pair, NULL, NULL, &sum), OK);
    static const size_t keep_less[] = {1, 16, 17, 18, 100, 4096};
    for (size_t i = 0; i < sizeof keep_less / sizeof *keep_less; i++) {
        put_file(cut, file.ptr, file.len - keep_less[i]);
        assert_int_equal(backup_check(cut, &pair, NULL, NULL, &sum), ERR_BROKEN);
    }
    for (size_t len = 0; len < 300; len += 7) {
        put_file(cut, file.ptr, len);
        assert_int_equal(backup_check(cut, &pair, NULL, NULL, &sum), ERR_BROKEN);
    }
    assert_int_equal(restore_to(trial, cut, "cut.db", &sum), ERR_BROKEN);
    /* something behind its end */
    uint8_t *longer = arena_alloc(trial_arena(trial), file.len + 1);
    memcpy(longer, file.ptr, file.len);
    put_file(cut, longer, file.len + 1);
    assert_int_equal(backup_check(cut, &pair, NULL, NULL, &sum), ERR_BROKEN);
    /* and the refused one left room for a good one */
    assert_int_equal(restore_to(trial, path, "cut.db", &sum), OK);
}

static void a_changed_file_is_refused(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    struct seal_pair pair = the_pair(trial);
    const char *changed = folder_of(trial, "changed");
    assert_int_equal(make_at(trial, folder_of(trial, "true"), time_now(), &path, &sum), OK);
    struct bytes file = whole_file(trial, path);
    uint8_t *copy = arena_alloc(trial_arena(trial), file.len);
    size_t step = file.len / 97;
    for (size_t at = 0; at < file.len; at += at < 256 ? 3 : step) {
        memcpy(copy, file.ptr, file.len);
        copy[at] ^= 0x10;
        put_file(changed, copy, file.len);
        assert_int_not_equal(backup_check(changed, &pair, NULL, NULL, &sum), OK);
    }
}

static void wrong_shares_are_named(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    struct backup_head *head;
    struct recovery_share shares[3];
    struct seal_pair pair;
    memcpy(shares, trial_recovery(trial)->shares, sizeof shares);
    assert_int_equal(make_at(trial, folder_of(trial, "shares"), time_now(), &path, &sum), OK);
    assert_int_equal(backup_head_of(trial_arena(trial), path, &head), OK);
    assert_int_equal(backup_wrong_share(head, shares, 3), -1);
    shares[1].part[5] ^= 1;
    assert_int_equal(backup_wrong_share(head, shares, 3), 1);
    assert_int_equal(recovery_join(shares, 3, &pair), ERR_BROKEN);
    /* shares of another organisation */
    struct recovery_share foreign[RECOVERY_SHARES_MAX];
    struct seal_pair other;
    seal_pair_new(&other);
    assert_int_equal(recovery_split(&other, RECOVERY_PLAN_USUAL, foreign), OK);
    assert_int_equal(recovery_join(foreign, 3, &pair), OK);
    assert_int_equal(backup_unlock(trial_arena(trial), path, head, &pair, &other), ERR_DENIED);
    assert_int_equal(backup_check(path, &pair, NULL, NULL, &sum), ERR_BROKEN);
}

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

static void a_full_disk_leaves_nothing(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    struct rlimit before;
    const char *folder = folder_of(trial, "small");
    void (*usual)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 2000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum err result = make_at(trial, folder, time_now(), &path, &sum);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, usual);
    assert_int_equal(result, ERR_FULL);
    assert_int_equal(files_in(folder), 0);
    assert_int_equal(make_at(trial, folder, time_now(), &path, &sum), OK);
    assert_int_equal(files_in(folder), 1);
    assert_int_equal(make_at(trial, "/proc/no/such/folder", time_now(), &path, &sum), ERR_IO);
}

/* ---- by the clock and on the page ---- */

static enum err by_clock(struct trial *trial, const struct backup_settings *settings, enum err listed, int64_t now)
{
    return backup_job(&(struct backup_turn){.store = trial_app(trial)->store,
                                            .org = trial_app(trial)->org,
                                            .settings = settings,
                                            .now = now,
                                            .listed = listed});
}

struct running_row {
    int64_t org, at;
};

static enum err begin_and_die(struct db *db, void *data)
{
    const struct running_row *row = data;
    TRY(backup_run_add(
        db, &(struct backup_run_add_in){.org = row->org, .id = id_new(), .state = "running", .at = row->at}));
    return audit_add(db, &(struct audit){.org = row->org, .at = row->at, .act = "backup.begin"});
}

static void the_page_asks_and_shows(void **state)
{
    struct trial *trial = *state;
    struct backup_settings settings = {.folder = NULL};
    trial_app(trial)->backup = &settings;
    struct answer home = trial_get(trial, "programme_manager", "/");
    assert_true(trial_shows(home, "There is no backup"));
    assert_true(trial_shows(home, "no folder is set"));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/"), "There is no backup"));
    assert_int_equal(trial_post(trial, "administrator", "/backups", "").status, 403);
    assert_int_equal(trial_get(trial, "case_manager", "/backups").status, 403);

    settings.folder = folder_of(trial, "by-clock");
    assert_int_equal(trial_post(trial, "administrator", "/backups", "").status, 303);
    assert_int_equal(trial_post(trial, "programme_manager", "/backups", "").status, 303); /* one is enough */
    assert_true(trial_shows(trial_get(trial, "administrator", "/backups"), "will be made shortly"));
    int64_t now = time_now();
    assert_int_equal(by_clock(trial, &settings, OK, now), OK);
    assert_int_equal(files_in(settings.folder), 1);
    struct answer page = trial_get(trial, "administrator", "/backups");
    assert_true(trial_shows(page, "good"));
    assert_true(trial_shows(page, "Last good backup"));
    assert_false(trial_shows(page, "will be made shortly"));
    assert_false(trial_shows(trial_get(trial, "administrator", "/"), "There is no backup"));

    /* not due; due a day later; and the earlier one of the same day goes */
    assert_int_equal(by_clock(trial, &settings, OK, now + HOUR_MS), OK);
    assert_int_equal(files_in(settings.folder), 1);
    settings.hours = 1;
    settings.daily = 1;
    assert_int_equal(by_clock(trial, &settings, OK, now + HOUR_MS), OK);
    assert_int_equal(files_in(settings.folder), 1);
}

/* The program was killed while it made one: nobody waits for hours for the next. */
static void a_run_that_died_is_made_up_for_at_once(void **state)
{
    struct trial *trial = *state;
    const struct backup_settings settings = {.folder = folder_of(trial, "killed")};
    trial_app(trial)->backup = &settings;
    int64_t now = time_now();
    now += 30 * HOUR_MS; /* the earlier ones are too old by then */
    struct running_row died = {.org = trial_app(trial)->org, .at = now - MINUTE_MS};
    assert_int_equal(store_change(trial_app(trial)->store, begin_and_die, &died), OK);
    assert_true(trial_shows(trial_get(trial, "administrator", "/backups"), "will be made shortly"));
    assert_int_equal(mkdir(settings.folder, 0700), 0);
    const char *old = arena_format(trial_arena(trial), "%s/%s.part", settings.folder,
                                   backup_name(trial_arena(trial), now - 2 * DAY_MS));
    const char *fresh = arena_format(trial_arena(trial), "%s/%s.part", settings.folder,
                                     backup_name(trial_arena(trial), now - HOUR_MS));
    put_file(old, (const uint8_t *)"x", 1);
    put_file(fresh, (const uint8_t *)"x", 1);
    assert_int_equal(by_clock(trial, &settings, OK, now), OK);
    struct answer page = trial_get(trial, "administrator", "/backups");
    assert_true(trial_shows(page, "the program was stopped"));
    assert_true(trial_shows(page, "Last good backup"));
    assert_false(trial_shows(page, "will be made shortly"));
    assert_int_not_equal(access(old, F_OK), 0); /* half a file of a dead process is of no use */
    assert_int_equal(access(fresh, F_OK), 0);   /* somebody may be at it by hand */
    trial_app(trial)->backup = NULL;
}

static const struct sql add_later = {
    .name = "add_later",
    .text = "INSERT INTO store_migration (number, name, at, additive) VALUES (9999, 'later', 0, 1)",
    .slot = SLOT_NONE,
};
static const struct sql take_later = {
    .name = "take_later", .text = "DELETE FROM store_migration WHERE number = 9999", .slot = SLOT_NONE};

static enum err run_sql(struct db *db, void *data)
{
    return db_run(db, *(const struct sql **)data, NULL, NULL, NULL, NULL);
}

/* During an upgrade two versions work side by side; the older one would leave out what it does not know. */
static void a_program_that_does_not_know_all_makes_none(void **state)
{
    struct trial *trial = *state;
    const char *path;
    struct backup_sum sum;
    const struct sql *statement = &add_later;
    const char *folder = folder_of(trial, "older");
    assert_int_equal(store_change(trial_app(trial)->store, run_sql, &statement), OK);
    assert_int_equal(make_at(trial, folder, time_now(), &path, &sum), ERR_STALE);
    assert_int_equal(files_in(folder), 0);
    statement = &take_later;
    assert_int_equal(store_change(trial_app(trial)->store, run_sql, &statement), OK);
    assert_int_equal(make_at(trial, folder, time_now(), &path, &sum), OK);
}

/* A backup without the list of erased cases beside it could bring them back. */
static void without_the_list_of_erased_cases_none_is_good(void **state)
{
    struct trial *trial = *state;
    const struct backup_settings settings = {.folder = folder_of(trial, "listless")};
    trial_app(trial)->backup = &settings;
    assert_int_equal(trial_post(trial, "administrator", "/backups", "").status, 303);
    assert_int_equal(by_clock(trial, &settings, ERR_BROKEN, time_now()), OK);
    assert_true(trial_shows(trial_get(trial, "administrator", "/backups"), "ausma-erased.txt"));
    assert_true(trial_shows(trial_get(trial, "administrator", "/"), "The last backup failed"));
    trial_app(trial)->backup = NULL;
}

static void a_failure_is_shouted(void **state)
{
    struct trial *trial = *state;
    const struct backup_settings settings = {.folder = "/proc/no/such/folder"};
    trial_app(trial)->backup = &settings;
    assert_int_equal(trial_post(trial, "administrator", "/backups", "").status, 303);
    int64_t now = time_now();
    assert_int_equal(by_clock(trial, &settings, OK, now), OK);
    assert_true(trial_shows(trial_get(trial, "administrator", "/"), "The last backup failed"));
    assert_true(trial_shows(trial_get(trial, "administrator", "/backups"), "the folder cannot be written to"));
    trial_app(trial)->backup = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_comes_back),
        cmocka_unit_test(m7_1_a_backup_shows_nobody),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(a_changed_file_is_refused),
        cmocka_unit_test(wrong_shares_are_named),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(the_page_asks_and_shows),
        cmocka_unit_test(a_failure_is_shouted),
        cmocka_unit_test(a_program_that_does_not_know_all_makes_none),
        cmocka_unit_test(a_run_that_died_is_made_up_for_at_once),
        cmocka_unit_test(without_the_list_of_erased_cases_none_is_good),
    };
    return cmocka_run_group_tests_name("backup", tests, trial_begin, trial_end);
}
