/* What somebody with the database in their hands can do behind the program's back, and what `ausma verify` says to it (M7.2). */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "platform/audit/verify.h"
#include "platform/gate/app.h"
#include "steer/trial/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

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
     {"INSERT INTO record_span (org, case_id, kind, code, started_on, id) "
      "SELECT org, id, 'phase', 'recovery', '2026-01-01', 5 FROM record_case"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m7_2_verify_names_the_first_fault),
        cmocka_unit_test(m7_2_a_change_without_an_audit_row_is_none),
    };
    return cmocka_run_group_tests(tests, trial_begin, trial_end);
}
