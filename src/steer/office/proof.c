/* ausma verify and ausma checkpoint: the proof of the record, looked at from outside the pages. */
#include "steer/office/office.h"

#include "base/text.h"
#include "base/time.h"
#include "case/file/file.h"
#include "platform/account/queries.h"
#include "platform/audit/queries.h"
#include "platform/audit/verify.h"

#include <stdio.h>

/* ---- verify ---- */

static const char *fault_words(enum verify_what what)
{
    switch (what) {
    case VERIFY_FINE: return "nothing";
    case VERIFY_ENTRY_MISSING: return "an entry is missing here, or stands in the wrong place";
    case VERIFY_ENTRY_CHANGED: return "the entry is not what was chained: it, or one before it, was changed";
    case VERIFY_CASE_ORDER: return "the case's chain has a gap or a wrong order here";
    case VERIFY_CASE_CHANGED: return "the case's chain does not fit this entry";
    case VERIFY_HEAD: return "the chain does not end at its head: entries behind this one were taken away or added";
    case VERIFY_CHECKPOINT: return "a signed checkpoint at this number does not fit the chain";
    case VERIFY_SIGNATURE: return "the checkpoint's signature is wrong";
    case VERIFY_SIGNER: return "the checkpoint is signed by a key that is not of this installation";
    case VERIFY_OUTSIDE: return "the chain is not the one of the checkpoint file";
    case VERIFY_TAIL: return "the chain ends here, before the checkpoint file: its tail was cut off";
    case VERIFY_ROW_CHANGED: return "the row is not as this entry wrote it";
    case VERIFY_ROW_UNKNOWN: return "no entry speaks of this row";
    case VERIFY_ROW_MISSING: return "the row that this entry wrote is gone";
    case VERIFY_IMAGE: return "the kept image is not what this entry wrote";
    }
    return "";
}

static void tell_fault(const struct verify_report *report)
{
    if (report->case_id != 0)
        (void)printf("BROKEN: chain of case %lld, ", (long long)report->case_id);
    else
        (void)printf("BROKEN: chain of installation %lld, ", (long long)report->org);
    if (report->number != 0)
        (void)printf("entry %lld, ", (long long)report->number);
    (void)printf("%s%s%s\n", report->row, report->row[0] == '\0' ? "" : ": ", fault_words(report->what));
}

static void show_progress(void *data, int64_t done)
{
    struct office_progress *progress = data;
    if (done < progress->total)
        office_progress(progress, done);
}

static char *slurp_text(struct office *office, const char *path)
{
    enum { SIZE_MAX_READ = 8192 };
    char *text = arena_alloc(office->arena, SIZE_MAX_READ);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    size_t len = fread(text, 1, SIZE_MAX_READ - 1, file);
    text[len] = '\0';
    bool read = ferror(file) == 0;
    (void)fclose(file);
    return read ? text : NULL;
}

static enum err read_outside(struct office *office, struct audit_checkpoint *out)
{
    const char *path = office_option(office, "--checkpoint", NULL);
    const char *text = slurp_text(office, path);
    if (text == NULL)
        return office_say(ERR_NOT_FOUND, "%s cannot be read", path);
    if (audit_checkpoint_read(office->arena, text, out) != OK)
        return office_say(ERR_INPUT, "%s is not a checkpoint, or its signature is wrong", path);
    return OK;
}

/* About how much there is to look at: entries, and some rows for each. */
static int64_t expected(struct office *office, struct db *db)
{
    struct audit_size_row size;
    return audit_size(db, office->arena, &size) == OK ? size.entries * 8 + 1 : 1;
}

static enum err verify(struct office *office, struct db *db, const struct audit_checkpoint *outside)
{
    struct office_progress progress;
    struct verify_report report;
    bool ahead = false;
    TRY(store_ahead(db, &ahead));
    if (ahead)
        return office_say(ERR_STALE,
                          "a newer version of this program has added to the data, which this one cannot judge: "
                          "verify with that version");
    office_progress_begin(&progress, "links and rows", expected(office, db));
    int64_t began = time_monotonic();
    TRY(audit_verify(db, office->arena,
                     &(struct verify){.outside = outside, .progress = show_progress, .data = &progress}, &report));
    int64_t took = time_monotonic() - began;
    int64_t looked = report.entries + report.rows + report.images;
    office_progress(&progress, progress.total);
    if (report.what != VERIFY_FINE) {
        tell_fault(&report);
        return ERR_BROKEN;
    }
    size_t files = 0;
    enum err result = file_verify(db, office->arena, &files);
    if (result != OK)
        return result == ERR_BROKEN ? office_say(result, "a file of a case is not what was stored") : result;
    (void)printf("Whole: %lld entries, %lld rows, %lld images, %zu files, %lld checkpoints; %lld rows/s\n",
                 (long long)report.entries, (long long)report.rows, (long long)report.images, files,
                 (long long)report.checkpoints, (long long)(looked * 1000 / (took < 1 ? 1 : took)));
    return OK;
}

enum err office_verify(struct office *office)
{
    struct store *store;
    struct db *db;
    struct audit_checkpoint outside;
    bool given = office_option(office, "--checkpoint", NULL) != NULL;
    if (given)
        TRY(read_outside(office, &outside));
    TRY(office_open(office, false, &store));
    enum err result = store_reader_open(store, &db);
    if (result == OK) {
        result = db_read_begin(db);
        if (result == OK) {
            result = verify(office, db, given ? &outside : NULL);
            db_read_end(db);
        }
        store_reader_close(db);
    }
    store_close(store);
    return result;
}

/* ---- checkpoint ---- */

struct signing {
    struct office *office;
    struct audit_signer signer;
    struct audit_checkpoint made;
};

static enum err sign(struct db *db, void *data)
{
    struct signing *signing = data;
    struct arena *arena = signing->office->arena;
    struct account_org_first_row org;
    TRY(account_org_first(db, arena, &org));
    TRY(audit_add(db, &(struct audit){.org = org.org, .at = time_now(), .act = "checkpoint.give"}));
    return audit_checkpoint_make(db, arena, org.org, time_now(), &signing->signer, &signing->made);
}

enum err office_checkpoint(struct office *office)
{
    struct store *store;
    struct signing signing = {.office = office};
    const char *path = office_option(office, "--out", NULL);
    TRY(office_signer(office, &signing.signer));
    TRY(office_open(office, false, &store));
    enum err result = store_change(store, sign, &signing);
    store_close(store);
    TRY(result);
    FILE *out = path == NULL ? stdout : fopen(path, "w");
    if (out == NULL)
        return office_say(ERR_IO, "%s cannot be written", path);
    (void)fputs(audit_checkpoint_text(office->arena, &signing.made), out);
    return (path == NULL ? fflush(out) : fclose(out)) == 0 ? OK : office_say(ERR_IO, "%s cannot be written", path);
}

enum err office_signer(struct office *office, struct audit_signer *out)
{
    const char *path = arena_format(office->arena, "%s/signing.key", office->data);
    if (audit_signer_open(path, out) == OK)
        return OK;
    return office_say(ERR_BROKEN, "the key for checkpoints, %s, cannot be read or made", path);
}
