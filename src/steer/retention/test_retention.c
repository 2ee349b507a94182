/* Keeping and erasing through real requests: holds, two people, what is gone, and that a restored backup does not bring it back. */
#include "steer/trial/trial.h"

#include "base/id.h"
#include "base/time.h"
#include "case/file/file.h"
#include "case/file/queries.h"
#include "case/record/queries.h"
#include "platform/audit/audit.h"
#include "platform/store/tables.h"
#include "steer/backup/backup.h"
#include "steer/ceremony/queries.h"
#include "steer/retention/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *under(struct trial *trial, const char *case_id, const char *path)
{
    return arena_format(trial_arena(trial), "/cases/%s%s", case_id, path);
}

static const char *closed_case(struct trial *trial, const char *pseudonym)
{
    const char *id = trial_case(trial, pseudonym);
    struct answer page = trial_get(trial, "case_manager", under(trial, id, "/close"));
    const char *version = trial_between(trial, page, "name=\"version\" value=\"", "\"");
    assert_non_null(version);
    struct answer closed = trial_post(trial, "case_manager", under(trial, id, "/close"),
                                      arena_format(trial_arena(trial),
                                                   "reason=needs_met&words=Paldies&on=%s&version=%s",
                                                   time_date(trial_arena(trial), time_now()), version));
    assert_int_equal(closed.status, 303);
    return id;
}

static struct answer act(struct trial *trial, const char *who, const char *id, const char *path, const char *fields)
{
    return trial_post(trial, who, under(trial, id, path), fields);
}

static void a_hold_stops_erasing(void **state)
{
    struct trial *trial = *state;
    const char *id = closed_case(trial, "Amata");
    assert_int_equal(act(trial, "case_manager", id, "/erasure/hold", "hold_reason=").status, 422);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/hold", "hold_reason=Tiesa").status, 303);
    struct answer page = trial_get(trial, "case_manager", under(trial, id, "/erasure"));
    assert_true(trial_shows(page, "On hold"));
    assert_true(trial_shows(page, "Tiesa"));
    assert_false(trial_holds(trial, "Tiesa"));
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=person&reason=x").status, 403);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/lift", "lift_reason=Beidzies").status, 303);
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=person&reason=x").status, 303);
    /* a hold that comes later stops it still */
    assert_int_equal(act(trial, "case_manager", id, "/erasure/hold", "hold_reason=Prokurors").status, 303);
    assert_int_equal(act(trial, "second_manager", id, "/erasure/confirm", "").status, 403);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/withdraw", "").status, 303);
}

static void only_closed_cases_are_erased(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Brasla");
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=person&reason=x").status, 403);
    assert_true(trial_shows(trial_get(trial, "case_manager", under(trial, id, "/erasure")), "Only a closed case"));
    assert_int_equal(trial_get(trial, "stranger", under(trial, id, "/erasure")).status, 404);
    assert_int_equal(trial_get(trial, "team_member", under(trial, id, "/erasure")).status, 403);
    assert_int_equal(act(trial, "stranger", id, "/erasure/confirm", "").status, 404);
}

struct long_ago {
    int64_t org, case_id;
    const char *closed_on;
};

static enum err close_then(struct db *db, void *data)
{
    const struct long_ago *ago = data;
    size_t changed = 0;
    TRY(record_case_close(
        db,
        &(struct record_case_close_in){
            .org = ago->org, .id = ago->case_id, .closed_on = ago->closed_on, .reason = "needs_met", .version = 1},
        &changed));
    assert_int_equal(changed, 1);
    return audit_add(db,
                     &(struct audit){.org = ago->org, .at = time_now(), .act = "case.close", .case_id = ago->case_id});
}

/* A case of the trial that was closed on this day, and its number. */
static const char *closed_then(struct trial *trial, const char *pseudonym, const char *day, const char **reference)
{
    const char *id = trial_case(trial, pseudonym);
    struct long_ago ago = {.org = trial_app(trial)->org, .closed_on = day};
    struct answer page = trial_get(trial, "case_manager", under(trial, id, "/erasure"));
    assert_true(id_parse(id, &ago.case_id));
    *reference = arena_text_n(trial_arena(trial), strstr(page.body, "A-20"), strlen("A-2026-0001-K"));
    trial_change(trial, close_then, &ago);
    return id;
}

/* The list of what has been kept for as long as the pack says: decided, held, asked about, it leaves or says so. */
static void what_was_kept_long_enough_is_to_be_decided(void **state)
{
    struct trial *trial = *state;
    const char *old;
    const char *young;
    const char *today = time_date(trial_arena(trial), time_now());
    int year = atoi(today);
    const char *id = closed_then(trial, "Svēte", arena_format(trial_arena(trial), "%d-01-01", year - 11), &old);
    (void)closed_then(trial, "Platone", arena_format(trial_arena(trial), "%d-12-31", year - 10), &young);
    struct answer list = trial_get(trial, "programme_manager", "/retention");
    assert_true(trial_shows(list, old));
    assert_false(trial_shows(list, young));
    assert_false(trial_shows(list, "Svēte"));
    assert_false(trial_shows(list, id)); /* no way into the case for who does not see it */
    assert_true(trial_shows(trial_get(trial, "case_manager", "/retention"), id));
    assert_int_equal(trial_get(trial, "team_member", "/retention").status, 403);
    assert_int_equal(trial_get(trial, "administrator", "/retention").status, 403);

    assert_int_equal(act(trial, "case_manager", id, "/erasure/hold", "hold_reason=Tiesa").status, 303);
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/retention"), "On hold"));
    assert_int_equal(act(trial, "case_manager", id, "/erasure/lift", "lift_reason=Beidzies").status, 303);
    assert_false(trial_shows(trial_get(trial, "programme_manager", "/retention"), "On hold"));

    assert_int_equal(act(trial, "case_manager", id, "/erasure/keep", "years=0&keep_reason=x").status, 422);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/keep", "years=51&keep_reason=x").status, 422);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/keep", "years=2&keep_reason=Lieta+tiesai").status, 303);
    assert_false(trial_shows(trial_get(trial, "programme_manager", "/retention"), old));
}

struct counting {
    int64_t org, case_id;
    size_t filled, rows;
    const struct store_table *table;
};

/* Does this row belong to the case, and is something sealed left in it? */
static enum err count_row(void *data, const struct value *columns)
{
    struct counting *counting = data;
    const struct store_table *table = counting->table;
    bool ours = false;
    for (unsigned i = 0; i < table->columns; i++)
        ours |= columns[i].kind == VALUE_INT && columns[i].i == counting->case_id;
    counting->rows += ours;
    for (unsigned i = 0; i < table->columns && ours; i++) {
        bool sealed = columns[i].kind == VALUE_BYTES && columns[i].bytes.len > 0;
        /* hashes of the chain and digests of rows tell nothing */
        counting->filled += sealed && strncmp(table->name, "audit_entry", 11) != 0 &&
                            strncmp(table->name, "audit_image", 11) != 0;
    }
    return OK;
}

static enum err count_all(struct db *db, void *data)
{
    struct counting *counting = data;
    for (size_t i = 0; i < store_table_count; i++) {
        counting->table = &store_tables[i];
        TRY(db_run(db, store_tables[i].all, NULL, count_row, counting, NULL));
    }
    return OK;
}

static struct counting count_of(struct trial *trial, struct store *store, const char *id)
{
    struct counting counting = {.org = trial_app(trial)->org};
    assert_true(id_parse(id, &counting.case_id));
    assert_int_equal(store_change(store, count_all, &counting), OK);
    return counting;
}

static struct seal_pair the_pair(struct trial *trial)
{
    struct seal_pair pair;
    const struct recovery_made *made = trial_recovery(trial);
    assert_int_equal(recovery_combine(made->shares, made->plan.needed, &made->public_half, &pair), OK);
    return pair;
}

static const char *back_up(struct trial *trial, const char *folder)
{
    struct db *db;
    const char *path;
    struct backup_sum sum;
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(
        backup_make(trial_arena(trial),
                    &(struct backup_order){.db = db, .org = trial_app(trial)->org, .folder = folder, .now = time_now()},
                    &path, &sum),
        OK);
    store_reader_close(db);
    return path;
}

static const char PIECE[] = "what a sealed piece of a photograph looks like";

/* A file of the case, as its rows lie there. */
static enum err put_file(struct db *db, void *data)
{
    const struct counting *file = data;
    struct bytes piece = {(const uint8_t *)PIECE, sizeof PIECE};
    uint8_t both[2 * SEAL_HASH_SIZE] = {0};
    uint8_t digest[SEAL_HASH_SIZE];
    int64_t id = id_new();
    seal_hash(NULL, piece.ptr, piece.len, both + SEAL_HASH_SIZE);
    seal_hash(NULL, both, sizeof both, digest);
    TRY(file_row_add(db, &(struct file_row_add_in){.org = file->org,
                                                   .case_id = file->case_id,
                                                   .id = id,
                                                   .owner = file->case_id,
                                                   .name = piece,
                                                   .about = piece,
                                                   .content_digest = piece,
                                                   .digest = {digest, sizeof digest},
                                                   .pieces = 1,
                                                   .at = time_now(),
                                                   .by = file->org}));
    TRY(file_piece_add(db, &(struct file_piece_add_in){
                               .org = file->org, .case_id = file->case_id, .file = id, .number = 0, .content = piece}));
    return audit_add(db,
                     &(struct audit){.org = file->org, .at = time_now(), .act = "file.add", .case_id = file->case_id});
}

static bool holds_piece(const char *path)
{
    bool found = false;
    size_t at = 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (int c = getc(file); c != EOF && !found; c = getc(file)) {
        at = c == PIECE[at] ? at + 1 : c == PIECE[0];
        found = at == sizeof PIECE - 1;
    }
    (void)fclose(file);
    return found;
}

static enum err files_whole(struct db *db, void *data)
{
    size_t count = 0;
    return file_verify(db, data, &count);
}

struct applying {
    struct arena *arena;
    const char *path;
    size_t count;
};

static enum err apply(struct db *db, void *data)
{
    struct applying *applying = data;
    return retention_list_apply(db, applying->arena, applying->path, &applying->count);
}

static enum err apply_list(struct store *store, const char *path, struct trial *trial, size_t *count)
{
    struct applying applying = {.arena = trial_arena(trial), .path = path};
    enum err result = store_change(store, apply, &applying);
    *count = applying.count;
    return result;
}

static void a_damaged_list_is_not_taken_for_an_empty_one(void **state)
{
    struct trial *trial = *state;
    static const char *const texts[] = {"erased 1 2\n", "# a list\nerased 1 2 3\ngarbage\n", "erased 1 2 3x\n",
                                        "erased 1 2 3\nera"};
    const char *path = arena_format(trial_arena(trial), "%s/damaged.txt", trial_folder(trial));
    size_t count = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(texts[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(apply_list(trial_app(trial)->store, path, trial, &count), ERR_BROKEN);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("# a list\r\n\nerased 1 2 3\r\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(apply_list(trial_app(trial)->store, path, trial, &count), OK);
    assert_int_equal(remove(path), 0);
    assert_int_equal(apply_list(trial_app(trial)->store, path, trial, &count), OK); /* nothing was erased */
}

static void two_people_erase_and_no_backup_brings_it_back(void **state)
{
    struct trial *trial = *state;
    const char *folder = arena_format(trial_arena(trial), "%s/safe", trial_folder(trial));
    const char *id = closed_case(trial, "Irbe");
    struct counting before = count_of(trial, trial_app(trial)->store, id);
    assert_true(before.filled > 2);
    assert_int_equal(store_change(trial_app(trial)->store, put_file, &before), OK);
    before = count_of(trial, trial_app(trial)->store, id);
    assert_int_equal(store_change(trial_app(trial)->store, files_whole, trial_arena(trial)), OK);
    const char *path = back_up(trial, folder);

    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=&reason=").status, 422);
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=person&reason=Pats+l%C5%ABdza").status, 303);
    assert_int_equal(act(trial, "case_manager", id, "/erasure/confirm", "").status, 403);
    /* whoever could be the second is told, and the first is not */
    static const char waits[] = "The erasure of 1 case waits for a second person";
    assert_true(trial_shows(trial_get(trial, "second_manager", "/"), waits));
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/"), waits));
    assert_false(trial_shows(trial_get(trial, "case_manager", "/"), waits));
    assert_false(trial_shows(trial_get(trial, "administrator", "/"), waits));
    struct answer list = trial_get(trial, "programme_manager", "/retention");
    assert_true(trial_shows(list, "Look and confirm"));
    assert_false(trial_shows(list, "<button class=\"govuk-button govuk-button--warning")); /* not with one touch */
    assert_false(trial_shows(list, "Irbe"));
    assert_int_equal(act(trial, "second_manager", id, "/erasure/confirm", "").status, 303);
    assert_false(trial_shows(trial_get(trial, "programme_manager", "/"), waits));

    assert_int_equal(trial_get(trial, "case_manager", under(trial, id, "")).status, 404);
    assert_false(trial_shows(trial_get(trial, "case_manager", "/cases"), "Irbe"));
    struct counting after = count_of(trial, trial_app(trial)->store, id);
    assert_int_equal(after.filled, 0);
    assert_true(after.rows > 0); /* the facts stay */
    assert_true(trial_shows(trial_get(trial, "programme_manager", "/retention"), "the person"));

    /* the earlier backup holds it; the list takes it away again */
    struct db *db;
    size_t count = 0;
    struct backup_sum sum;
    struct store *store;
    struct seal_pair pair = the_pair(trial);
    assert_int_equal(store_reader_open(trial_app(trial)->store, &db), OK);
    assert_int_equal(retention_list_write(db, trial_arena(trial), trial_app(trial)->org, folder), OK);
    assert_int_equal(retention_list_write(db, trial_arena(trial), trial_app(trial)->org, folder), OK);
    store_reader_close(db);
    const char *kept = arena_format(trial_arena(trial), "%s/kept.db", trial_folder(trial));
    assert_int_equal(store_open(kept, &(struct store_options){.create = true}, &store), OK);
    assert_int_equal(backup_restore(path, &pair, store, &(struct backup_return){.then = NULL}, &sum), OK);
    store_close(store);
    assert_true(holds_piece(kept));
    const char *url = arena_format(trial_arena(trial), "%s/back.db", trial_folder(trial));
    assert_int_equal(store_open(url, &(struct store_options){.create = true}, &store), OK);
    assert_int_equal(backup_restore(path, &pair, store, &(struct backup_return){.then = NULL}, &sum), OK);
    assert_int_equal(count_of(trial, store, id).filled, before.filled);
    assert_int_equal(store_change(store, files_whole, trial_arena(trial)), OK);
    const char *listed = arena_format(trial_arena(trial), "%s/%s", folder, RETENTION_LIST);
    assert_int_equal(apply_list(store, listed, trial, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(count_of(trial, store, id).filled, 0);
    assert_int_equal(apply_list(store, listed, trial, &count), OK);
    assert_int_equal(count, 0);                                                 /* once is enough */
    assert_int_equal(store_change(store, files_whole, trial_arena(trial)), OK); /* erased is not damaged */
    store_close(store);
    assert_false(holds_piece(url)); /* overwritten, not only unlinked */
}

static void the_programme_manager_confirms_without_seeing(void **state)
{
    struct trial *trial = *state;
    const char *id = closed_case(trial, "Dzenis");
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=court&reason=x").status, 303);
    struct answer list = trial_get(trial, "programme_manager", "/retention");
    const char *path = trial_between(trial, list, "href=\"/retention/", "\"");
    assert_non_null(path);
    const char *asks = arena_format(trial_arena(trial), "/retention/%s", path);
    struct answer page = trial_get(trial, "programme_manager", asks);
    assert_true(trial_shows(page, "Nothing can be brought back after that"));
    assert_false(trial_shows(page, "Dzenis"));
    assert_int_equal(trial_get(trial, "case_manager", asks).status, 403); /* asked for it */
    assert_int_equal(trial_get(trial, "administrator", asks).status, 403);
    assert_int_equal(trial_get(trial, "programme_manager", "/retention/0cnm000000000/confirm").status, 404);
    assert_int_equal(
        trial_post(trial, "administrator", arena_format(trial_arena(trial), "/retention/%s", path), "").status, 403);
    assert_int_equal(
        trial_post(trial, "case_manager", arena_format(trial_arena(trial), "/retention/%s", path), "").status, 403);
    assert_int_equal(
        trial_post(trial, "programme_manager", arena_format(trial_arena(trial), "/retention/%s", path), "").status,
        303);
    assert_int_equal(trial_get(trial, "case_manager", under(trial, id, "")).status, 404);
}

/* "case_manager" gave "second_manager" a password, so many days ago. */
struct help {
    struct trial *trial;
    int64_t days;
};

static enum err help_a_colleague(struct db *db, void *data)
{
    const struct help *help = data;
    int64_t at = time_now() - help->days * DAY_MS;
    return ceremony_add(
        db, &(struct ceremony_add_in){.org = trial_app(help->trial)->org,
                                      .id = id_new(),
                                      .purpose = "colleague",
                                      .subject = {true, trial_session(help->trial, "second_manager")->account},
                                      .state = "done",
                                      .begun_by = {true, trial_session(help->trial, "case_manager")->account},
                                      .at = at,
                                      .expires_at = at});
}

static void nobody_is_both_of_the_two_people(void **state)
{
    struct trial *trial = *state;
    const char *id = closed_case(trial, "Zīle");
    assert_int_equal(act(trial, "case_manager", id, "/erasure", "cause=person&reason=x").status, 303);
    trial_change(trial, help_a_colleague, &(struct help){trial, 40});
    trial_change(trial, help_a_colleague, &(struct help){trial, 3});
    assert_int_equal(act(trial, "second_manager", id, "/erasure/confirm", "").status, 403);
    struct answer list = trial_get(trial, "programme_manager", "/retention");
    const char *path = trial_between(trial, list, "href=\"/retention/", "\"");
    assert_non_null(path);
    assert_int_equal(
        trial_post(trial, "programme_manager", arena_format(trial_arena(trial), "/retention/%s", path), "").status,
        303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hold_stops_erasing),
        cmocka_unit_test(only_closed_cases_are_erased),
        cmocka_unit_test(what_was_kept_long_enough_is_to_be_decided),
        cmocka_unit_test(a_damaged_list_is_not_taken_for_an_empty_one),
        cmocka_unit_test(two_people_erase_and_no_backup_brings_it_back),
        cmocka_unit_test(the_programme_manager_confirms_without_seeing),
        cmocka_unit_test(nobody_is_both_of_the_two_people),
    };
    return cmocka_run_group_tests_name("retention", tests, trial_begin, trial_end);
}
