/* What somebody with the database in their hands can do behind the program's back, and what `ausma verify` says to it (M7.2). */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "platform/audit/verify.h"
#include "platform/gate/app.h"
#include "platform/seal/seal.h"
#include "steer/trial/trial.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the above */
#include <cmocka.h>

enum { ACTS = 4 };

struct tamper {
    const char *name;
    const char *acts[ACTS];
    enum verify_what found;      /* without a checkpoint kept outside */
    enum verify_what with_paper; /* with one of before */
};

#define LAST "(SELECT MAX(number) FROM audit_entry)"
#define CHANGED "(SELECT MAX(number) FROM audit_entry WHERE act = 'service.add')"

static const struct tamper TAMPERS[] = {
    {"nothing", {NULL}, VERIFY_FINE, VERIFY_FINE},
    {"an act is called otherwise",
     {"UPDATE audit_entry SET act = 'case.read' WHERE number = " CHANGED},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"somebody else did it",
     {"UPDATE audit_entry SET account = account + 1 WHERE number = " CHANGED},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"it was done later",
     {"UPDATE audit_entry SET at = at + 1 WHERE number = " CHANGED},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"in another case",
     {"UPDATE audit_entry SET case_id = case_id + 1 WHERE number = " CHANGED},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"its changes were others",
     {"UPDATE audit_entry SET changes = '' WHERE number = " CHANGED},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"the hash of a case's chain",
     {"UPDATE audit_entry SET case_hash = hash WHERE number = " CHANGED},
     VERIFY_CASE_CHANGED,
     VERIFY_CASE_CHANGED},
    {"an entry is deleted",
     {"DELETE FROM audit_entry WHERE number = " CHANGED},
     VERIFY_ENTRY_MISSING,
     VERIFY_ENTRY_MISSING},
    {"an entry is deleted and the gap closed",
     {"DELETE FROM audit_entry WHERE number = 3", "UPDATE audit_entry SET number = -number WHERE number > 3",
      "UPDATE audit_entry SET number = -number - 1 WHERE number < 0"},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"an entry is put in",
     {"INSERT INTO audit_entry (org, number, at, act, changes, hash) "
      "SELECT org, number + 1, at, act, changes, hash FROM audit_entry WHERE number = " LAST},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"two entries change places",
     {"UPDATE audit_entry SET number = -2 WHERE number = 2", "UPDATE audit_entry SET number = 2 WHERE number = 3",
      "UPDATE audit_entry SET number = 3 WHERE number = -2"},
     VERIFY_ENTRY_CHANGED,
     VERIFY_ENTRY_CHANGED},
    {"the last entry is cut off", {"DELETE FROM audit_entry WHERE number = " LAST}, VERIFY_HEAD, VERIFY_HEAD},
    {"the last entry, a look, is cut off and the head set back",
     {"DELETE FROM audit_checkpoint", "DELETE FROM audit_entry WHERE number = " LAST,
      "UPDATE audit_head SET number = number - 1, hash = (SELECT hash FROM audit_entry WHERE number = " LAST ")"},
     VERIFY_FINE,
     VERIFY_TAIL},
    {"the same, and the checkpoint that the data keeps is forgotten there",
     {"DELETE FROM audit_entry WHERE number = " LAST,
      "UPDATE audit_head SET number = number - 1, hash = (SELECT hash FROM audit_entry WHERE number = " LAST ")"},
     VERIFY_CHECKPOINT,
     VERIFY_CHECKPOINT},
    {"a sealed value is changed",
     {"UPDATE record_case SET pseudonym = (SELECT hash FROM audit_head)"},
     VERIFY_ROW_CHANGED,
     VERIFY_ROW_CHANGED},
    {"a coded fact is changed", {"UPDATE record_case SET risk = 'low'"}, VERIFY_ROW_CHANGED, VERIFY_ROW_CHANGED},
    {"a time spent is changed", {"UPDATE service_entry SET minutes = 600"}, VERIFY_ROW_CHANGED, VERIFY_ROW_CHANGED},
    {"a row is deleted", {"DELETE FROM service_entry"}, VERIFY_ROW_MISSING, VERIFY_ROW_MISSING},
    {"a row is put in",
     {"INSERT INTO record_span (org, case_id, kind, code, started_on, version, id) "
      "SELECT org, id, 'phase', 'recovery', '2026-01-01', 1, 5 FROM record_case"},
     VERIFY_ROW_UNKNOWN,
     VERIFY_ROW_UNKNOWN},
    {"an account is let in", {"UPDATE account_user SET role = 'case_manager'"}, VERIFY_ROW_CHANGED, VERIFY_ROW_CHANGED},
    {"a kept image is changed",
     {"UPDATE audit_image SET image = (SELECT hash FROM audit_head)"},
     VERIFY_IMAGE,
     VERIFY_IMAGE},
    {"a checkpoint's time", {"UPDATE audit_checkpoint SET at = at - 1"}, VERIFY_SIGNATURE, VERIFY_SIGNATURE},
    {"a checkpoint's tree", {"UPDATE audit_checkpoint SET root = hash"}, VERIFY_SIGNATURE, VERIFY_SIGNATURE},
    {"a stranger's key", {"DELETE FROM audit_signer"}, VERIFY_SIGNER, VERIFY_SIGNER},
};

struct tampering {
    struct trial *trial;
    const struct tamper *what;
    const struct audit_checkpoint *outside;
    struct verify_report report;
};

/* In a transaction that is undone in the end. */
static enum err tamper_and_look(struct db *db, void *data)
{
    struct tampering *tampering = data;
    for (size_t i = 0; i < ACTS && tampering->what->acts[i] != NULL; i++) {
        const struct sql act = {.name = "tamper", .text = tampering->what->acts[i], .slot = SLOT_NONE};
        TRY(db_run(db, &act, NULL, NULL, NULL, NULL));
    }
    TRY(audit_verify(db, trial_arena(tampering->trial), &(struct verify){.outside = tampering->outside},
                     &tampering->report));
    return ERR_STALE;
}

struct signing {
    struct trial *trial;
    struct audit_checkpoint made;
};

static enum err sign(struct db *db, void *data)
{
    struct signing *signing = data;
    struct app *app = trial_app(signing->trial);
    return audit_checkpoint_make(db, trial_arena(signing->trial), app->org, time_now(), app->signer, &signing->made);
}

static enum err nothing(struct db *db, void *data)
{
    (void)db;
    (void)data;
    return OK;
}

static void m7_2_verify_names_the_first_fault(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *id = trial_case(trial, "Priede");
    struct answer added = trial_post(trial, "case_manager", arena_format(arena, "/cases/%s/services", id),
                                     arena_format(arena,
                                                  "service=psychologist&minutes=50&mode=in_person&phase=recovery&on=%s",
                                                  time_date(arena, time_now())));
    assert_int_equal(added.status, 303);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "/cases/%s", id)).status, 200);
    trial_change(trial, nothing, NULL); /* the look is written behind the answer */
    struct signing signing = {.trial = trial};
    trial_change(trial, sign, &signing); /* makes the signer known: an entry of its own */
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "/cases/%s", id)).status, 200);
    trial_change(trial, nothing, NULL);
    trial_change(trial, sign, &signing);
    for (size_t i = 0; i < sizeof TAMPERS / sizeof *TAMPERS; i++) {
        for (int paper = 0; paper < 2; paper++) {
            struct tampering tampering = {
                .trial = trial, .what = &TAMPERS[i], .outside = paper == 1 ? &signing.made : NULL};
            enum verify_what wanted = paper == 1 ? TAMPERS[i].with_paper : TAMPERS[i].found;
            enum err done = store_change(trial_app(trial)->store, tamper_and_look, &tampering);
            if (done != ERR_STALE || tampering.report.what != wanted)
                fail_msg("%s (%s a checkpoint outside): %s, fault %d at %lld %s, wanted %d", TAMPERS[i].name,
                         paper == 1 ? "with" : "without", err_name(done), (int)tampering.report.what,
                         (long long)tampering.report.number, tampering.report.row, (int)wanted);
        }
    }
}

/* The store itself does not let a change pass that nobody wrote down. */
static enum err unaudited(struct db *db, void *data)
{
    const struct written_row *rows;
    int64_t *given = data;
    TRY(record_review(db, given[0], given[1], "2030-01-01"));
    assert_int_equal(db_written(db, &rows), 1);
    assert_string_equal(rows[0].table, "record_case");
    return OK;
}

static void m7_2_a_change_without_an_audit_row_is_none(void **state)
{
    struct trial *trial = *state;
    int64_t given[2] = {trial_app(trial)->org, 0};
    const char *id = trial_case(trial, "Egle");
    assert_true(id_parse(id, &given[1]));
    assert_int_equal(store_change(trial_app(trial)->store, unaudited, given), ERR_BROKEN);
    struct answer page = trial_get(trial, "case_manager", arena_format(trial_arena(trial), "/cases/%s", id));
    assert_false(trial_shows(page, "2030"));
}

/* ---- pages ---- */

static const char *at(struct trial *trial, const char *id, const char *rest)
{
    return arena_format(trial_arena(trial), "/cases/%s%s", id, rest);
}

static void m7_2_who_looked(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Liepa");
    const char *looked = at(trial, id, "/looked");
    assert_int_equal(trial_get(trial, "second_manager", at(trial, id, "")).status, 200);
    assert_int_equal(trial_get(trial, "stranger", at(trial, id, "")).status, 404);
    trial_change(trial, nothing, NULL);
    struct answer page = trial_get(trial, "case_manager", looked);
    assert_int_equal(page.status, 200);
    assert_true(trial_shows(page, "second_manager"));
    assert_true(trial_shows(page, "Looked at the case"));
    assert_true(trial_shows(page, "stranger"));
    assert_true(trial_shows(page, "Asked for the case without access"));
    const char *second = id_text(trial_arena(trial), trial_account(trial, "second_manager"));
    struct answer one = trial_get(trial, "case_manager",
                                  arena_format(trial_arena(trial), "%s?who=%s&kind=looked", looked, second));
    assert_true(trial_shows(one, "Looked at the case"));
    assert_false(trial_shows(one, "Asked for the case without access</strong>"));
    struct answer none = trial_get(trial, "case_manager",
                                   arena_format(trial_arena(trial), "%s?who=%s&kind=changed", looked, second));
    assert_true(trial_shows(none, "There are no such lines."));
    /* Nonsense shows all; others' cases and other roles see nothing. */
    assert_int_equal(trial_get(trial, "case_manager", at(trial, id, "/looked?who=x&kind=y&before=z")).status, 200);
    assert_int_equal(trial_get(trial, "stranger", looked).status, 404);
    assert_int_equal(trial_get(trial, "auditor", looked).status, 403);
    assert_int_equal(trial_get(trial, "administrator", looked).status, 403);
}

/* More looks than a page holds go on by key, none twice and none lost. */
static void m7_2_looks_go_on_by_key(void **state)
{
    struct trial *trial = *state;
    const char *id = trial_case(trial, "Osis");
    for (int i = 0; i < 60; i++)
        assert_int_equal(trial_get(trial, "case_manager", at(trial, id, "")).status, 200);
    trial_change(trial, nothing, NULL);
    struct answer first = trial_get(trial, "case_manager", at(trial, id, "/looked?kind=looked"));
    const char *before = trial_between(trial, first, "kind=looked&amp;before=", "\"");
    assert_non_null(before);
    struct answer second = trial_get(
        trial, "case_manager",
        at(trial, id, arena_format(trial_arena(trial), "/looked?kind=looked&before=%s", before)));
    assert_int_equal(second.status, 200);
    assert_false(trial_shows(second, "kind=looked&amp;before="));
    assert_false(trial_shows(second, arena_format(trial_arena(trial), "Line\">%s</td>", before)));
}

struct backdating {
    struct trial *trial;
    int64_t case_id;
};

/* What was written moves ten days back: only tests can do so, and the proof tells of it. */
static enum err look_back(struct db *db, void *data)
{
    struct backdating *back = data;
    const struct value in[] = {{.kind = VALUE_INT, .i = back->case_id}};
    const struct sql act = {.name = "back",
                            .text = "UPDATE audit_entry SET at = at - 864000000 WHERE case_id = ?1",
                            .slot = SLOT_NONE,
                            .inputs = 1,
                            .kinds = "i"};
    return db_run(db, &act, in, NULL, NULL, NULL);
}

static enum err look_forth(struct db *db, void *data)
{
    struct backdating *back = data;
    const struct value in[] = {{.kind = VALUE_INT, .i = back->case_id}};
    const struct sql act = {.name = "forth",
                            .text = "UPDATE audit_entry SET at = at + 864000000 WHERE case_id = ?1 AND at < "
                                    "(SELECT MAX(at) FROM audit_entry) - 432000000",
                            .slot = SLOT_NONE,
                            .inputs = 1,
                            .kinds = "i"};
    return db_run(db, &act, in, NULL, NULL, NULL);
}

static const char *dated(struct trial *trial, const char *id, int days)
{
    const char *day = date_add(trial_arena(trial), time_date(trial_arena(trial), time_now()), days);
    return at(trial, id, arena_format(trial_arena(trial), "/past?on=%s", day));
}

static const char *service_of(struct trial *trial, const char *minutes, const char *more)
{
    return arena_format(trial_arena(trial), "service=psychologist&minutes=%s&mode=in_person&phase=recovery&on=%s%s",
                        minutes, time_date(trial_arena(trial), time_now()), more);
}

static void m7_2_as_it_stood_on_a_day(void **state)
{
    struct trial *trial = *state;
    struct backdating back = {.trial = trial};
    const char *id = trial_case(trial, "Kadiķis");
    assert_true(id_parse(id, &back.case_id));
    assert_int_equal(
        trial_post(trial, "case_manager", at(trial, id, "/services"), service_of(trial, "47", "&note=Runājām+mierīgi"))
            .status,
        303);
    trial_change(trial, look_back, &back);
    struct answer list = trial_get(trial, "case_manager", at(trial, id, "/services"));
    const char *entry = trial_between(trial, list, arena_format(trial_arena(trial), "/cases/%s/services/", id), "\"");
    const char *slash = strchr(entry, '/');
    entry = arena_text_n(trial_arena(trial), entry, slash == NULL ? strlen(entry) : (size_t)(slash - entry));
    const char *form = at(trial, id, arena_format(trial_arena(trial), "/services/%s", entry));
    assert_int_equal(trial_post(trial, "case_manager", form, service_of(trial, "93", "&note=Citādi&version=1")).status,
                     303);

    struct answer now = trial_get(trial, "case_manager", at(trial, id, "/past"));
    assert_int_equal(now.status, 200);
    assert_true(trial_shows(now, "93"));
    assert_true(trial_shows(now, "Citādi"));
    struct answer then = trial_get(trial, "case_manager", dated(trial, id, -5));
    assert_true(trial_shows(then, "Kadiķis"));
    assert_true(trial_shows(then, "47"));
    assert_true(trial_shows(then, "Runājām mierīgi"));
    assert_false(trial_shows(then, "Citādi"));
    struct answer before = trial_get(trial, "case_manager", dated(trial, id, -30));
    assert_true(trial_shows(before, "Nothing had been written down"));
    assert_false(trial_shows(before, "Runājām"));
    assert_int_equal(trial_get(trial, "case_manager", dated(trial, id, 3)).status, 422);
    assert_int_equal(trial_get(trial, "case_manager", at(trial, id, "/past?on=2026-13-77")).status, 422);
    assert_int_equal(trial_get(trial, "stranger", at(trial, id, "/past")).status, 404);
    trial_change(trial, look_forth, &back);
}

/* ---- the bundle, checked by the program that knows nothing of ours ---- */

static void put_file(const char *path, struct bytes bytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

static int checker(const char *zip, const char *checkpoint)
{
    const char *root = getenv("AUSMA_ROOT");
    char script[512];
    int status = -1;
    (void)snprintf(script, sizeof script, "%s/tools/verify_bundle.py", root == NULL ? "." : root);
    pid_t child = fork();
    if (child == 0) {
        (void)execlp("python3", "python3", script, zip, checkpoint == NULL ? NULL : "--checkpoint", checkpoint, NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static struct bytes body_of(struct answer answer)
{
    return (struct bytes){(const uint8_t *)answer.body, answer.body_len};
}

static void m7_2_a_bundle_for_a_court(void **state)
{
    struct trial *trial = *state;
    struct arena *arena = trial_arena(trial);
    const char *id = trial_case(trial, "Vītols");
    const char *page = at(trial, id, "/bundle");
    struct signing outside = {.trial = trial};
    assert_int_equal(
        trial_post(trial, "case_manager", at(trial, id, "/services"), service_of(trial, "61", "&note=Liecība+tiesai"))
            .status,
        303);
    trial_change(trial, sign, &outside);
    for (int i = 0; i < 9; i++) /* other cases go on */
        (void)trial_case(trial, "Bērzs");
    assert_int_equal(trial_get(trial, "case_manager", page).status, 200);
    assert_int_equal(trial_post(trial, "case_manager", page, "").status, 422);
    struct answer unknown = trial_post(trial, "case_manager", page, "sure=yes&outside=999999");
    assert_int_equal(unknown.status, 422);
    assert_true(trial_shows(unknown, "There is no such checkpoint"));
    struct answer made = trial_post(trial, "case_manager", page,
                                    arena_format(arena, "sure=yes&outside=%lld", (long long)outside.made.number));
    assert_int_equal(made.status, 303);
    struct answer ready = trial_get(trial, "case_manager", made.location);
    const char *link = trial_between(trial, ready, arena_format(arena, "%s/", page), "\"");
    assert_non_null(link);
    const char *file = arena_format(arena, "%s/%s", page, link);
    struct answer zip = trial_get(trial, "case_manager", file);
    assert_int_equal(zip.status, 200);
    assert_non_null(strstr(zip.head, "application/zip"));
    assert_non_null(strstr(zip.head, "record.zip"));
    assert_null(strstr(zip.head, "A-20")); /* a neutral name */

    const char *path = arena_format(arena, "%s/record.zip", trial_folder(trial));
    const char *kept = arena_format(arena, "%s/checkpoint.txt", trial_folder(trial));
    const char *text = audit_checkpoint_text(arena, &outside.made);
    put_file(path, body_of(zip));
    put_file(kept, (struct bytes){(const uint8_t *)text, strlen(text)});
    assert_int_equal(checker(path, NULL), 0);
    assert_int_equal(checker(path, kept), 0);

    /* In the file, and nowhere for others. */
    struct answer looked = trial_get(trial, "case_manager", at(trial, id, "/looked"));
    assert_true(trial_shows(looked, "Made the bundle for a court"));
    assert_int_equal(trial_get(trial, "stranger", file).status, 404);
    assert_int_equal(trial_get(trial, "team_member", file).status, 403);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s/7777777", page)).status, 404);
    assert_int_equal(trial_get(trial, "case_manager", arena_format(arena, "%s/x", page)).status, 404);
}

static void m7_2_checkpoints_to_give_away(void **state)
{
    struct trial *trial = *state;
    struct audit_checkpoint read;
    assert_int_equal(trial_get(trial, "case_manager", "/checkpoints").status, 403);
    assert_int_equal(trial_post(trial, "administrator", "/checkpoints", "").status, 303);
    struct answer page = trial_get(trial, "administrator", "/checkpoints");
    assert_int_equal(page.status, 200);
    const char *number = trial_between(trial, page, "href=\"/checkpoints/", "\"");
    assert_non_null(number);
    struct answer file = trial_get(trial, "administrator", arena_format(trial_arena(trial), "/checkpoints/%s", number));
    assert_int_equal(file.status, 200);
    assert_int_equal(audit_checkpoint_read(trial_arena(trial), file.body, &read), OK);
    assert_int_equal(trial_get(trial, "administrator", "/checkpoints/999999").status, 404);
}

/* ---- what takes long ---- */

struct holding {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool begun, over;
    unsigned left;
};

static void hold(void *data)
{
    struct holding *holding = data;
    pthread_mutex_lock(&holding->lock);
    holding->begun = true;
    pthread_cond_broadcast(&holding->changed);
    while (!holding->over)
        pthread_cond_wait(&holding->changed, &holding->lock);
    holding->left--;
    pthread_cond_broadcast(&holding->changed);
    pthread_mutex_unlock(&holding->lock);
}

/* Whoever asked for many bundles or papers held up the pages and saves of all: they are drawn on a pool with a short line, and who finds no
 * place is told to try again. Here the line is full. */
static void what_takes_long_to_draw_holds_up_nobody(void **state)
{
    struct trial *trial = *state;
    struct slow_pool *pool = trial_app(trial)->outside;
    const char *id = trial_case(trial, "Tirza");
    struct answer made = trial_post(trial, "case_manager", at(trial, id, "/bundle"), "sure=yes");
    assert_int_equal(made.status, 303);
    const char *number = strstr(made.location, "number=") + strlen("number=");
    const char *file = arena_format(trial_arena(trial), "%s/%.*s", at(trial, id, "/bundle"),
                                    (int)strspn(number, "0123456789"), number);
    const char *paper = at(trial, id, "/disclosure/paper");
    assert_int_equal(trial_get(trial, "case_manager", file).status, 200);

    struct holding holding = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .left = 1};
    struct slow_job job = {.lane = SLOW_KNOWN, .work = hold, .data = &holding, .who = 1};
    assert_int_equal(slow_pool_submit(pool, &job), OK);
    pthread_mutex_lock(&holding.lock);
    while (!holding.begun)
        pthread_cond_wait(&holding.changed, &holding.lock);
    pthread_mutex_unlock(&holding.lock);
    for (job.who = 2; slow_pool_submit(pool, &job) == OK; job.who++) {
        pthread_mutex_lock(&holding.lock);
        holding.left++;
        pthread_mutex_unlock(&holding.lock);
    }
    int of_file = trial_get(trial, "case_manager", file).status;
    int of_paper = trial_post(trial, "case_manager", paper, "to=self").status;
    int of_page = trial_get(trial, "case_manager", at(trial, id, "")).status;

    pthread_mutex_lock(&holding.lock);
    holding.over = true;
    pthread_cond_broadcast(&holding.changed);
    while (holding.left > 0)
        pthread_cond_wait(&holding.changed, &holding.lock);
    pthread_mutex_unlock(&holding.lock);
    assert_int_equal(of_file, 503);
    assert_int_equal(of_paper, 503);
    assert_int_equal(of_page, 200);
    assert_int_equal(trial_get(trial, "case_manager", file).status, 200);
    assert_int_equal(trial_post(trial, "case_manager", paper, "to=self").status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_2_verify_names_the_first_fault),
        cmocka_unit_test(m7_2_a_change_without_an_audit_row_is_none),
        cmocka_unit_test(m7_2_who_looked),
        cmocka_unit_test(m7_2_looks_go_on_by_key),
        cmocka_unit_test(m7_2_as_it_stood_on_a_day),
        cmocka_unit_test(m7_2_a_bundle_for_a_court),
        cmocka_unit_test(what_takes_long_to_draw_holds_up_nobody),
        cmocka_unit_test(m7_2_checkpoints_to_give_away),
    };
    return cmocka_run_group_tests(tests, trial_begin, trial_end);
}
