/* The HTCDS spreadsheet: each row is a person and their case, and comes in whole or not at all. */
#include "steer/exchange/internal.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "platform/account/account.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "platform/form/workbook.h"
#include "steer/exchange/queries.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 200 };

struct taking {
    struct office *office;
    struct arena *step; /* memory of one row */
    struct store *store;
    struct session *who;
    const struct team_keys *team;
    const char *today;
    struct sheet *sheet;
    size_t first; /* place of the first row with a person */
    const struct htcds_field *fields[COLUMNS_MAX];
    struct seal_key row_keys;
    bool write;
    int64_t taken, known, refused, closed;
    struct office_progress progress;
    /* the row in work */
    struct htcds_case now;
    uint8_t row_key[SEAL_HASH_SIZE];
};

/* ---- the headings ---- */

/* The keys stand in the first row, the labels in the second. */
static enum err read_headings(struct taking *taking)
{
    const struct sheet *sheet = taking->sheet;
    size_t found = 0;
    if (sheet->count < 2 || sheet->rows[0].number != 1 || sheet->rows[1].number != 2)
        return office_say(ERR_INPUT, "the first two rows of the sheet must hold the keys and names of the fields");
    for (unsigned column = 1; column < COLUMNS_MAX; column++) {
        const char *key = sheet_text(&sheet->rows[0], column);
        const char *label = sheet_text(&sheet->rows[1], column);
        if (key == NULL && label == NULL)
            continue;
        taking->fields[column] = htcds_field_of(key, label);
        found += taking->fields[column] != NULL;
    }
    taking->first = 2;
    return found > 0 ? OK : office_say(ERR_INPUT, "the sheet has none of the fields of HTCDS 2.0");
}

/* ---- one row ---- */

static void refuse(struct taking *taking, const struct sheet_row *row, const struct sheet_cell *cell, const char *cause)
{
    const struct htcds_field *field = cell->column < COLUMNS_MAX ? taking->fields[cell->column] : NULL;
    exchange_say_refused(taking->sheet->name, row->number, workbook_column(taking->step, cell->column),
                         field == NULL ? "no field" : field->key, cause);
}

/* False when a cell was refused. The first column numbers the rows. */
static bool read_row(struct taking *taking, const struct sheet_row *row)
{
    bool fine = true;
    taking->now = (struct htcds_case){0};
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->column == 0)
            continue;
        const struct htcds_field *field = cell->column < COLUMNS_MAX ? taking->fields[cell->column] : NULL;
        const char *cause = field == NULL ? "the column has no heading that is a field of HTCDS 2.0"
                                          : htcds_cell(taking->step, field, cell->text, taking->today, &taking->now);
        if (cause != NULL)
            refuse(taking, row, cell, cause);
        fine = fine && cause == NULL;
    }
    return fine;
}

/* What the row says, without the number it happens to have; keyed, so that nobody can guess persons from it. */
static void key_of_row(struct taking *taking, const struct sheet_row *row)
{
    struct buf text;
    buf_init(&text, taking->step, 512);
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->column != 0)
            buf_format(&text, "%u:%zu:%s\n", cell->column, strlen(cell->text), cell->text);
    }
    seal_hash(&taking->row_keys, text.ptr, text.len, taking->row_key);
}

/* ---- writing ---- */

static struct bytes row_key(const struct taking *taking)
{
    return (struct bytes){taking->row_key, sizeof taking->row_key};
}

static enum err write_facts(struct db *db, const struct taking *taking, int64_t case_id)
{
    for (size_t i = 0; i < taking->now.fact_count; i++)
        TRY(exchange_fact_add(db, &(struct exchange_fact_add_in){.org = taking->who->org,
                                                                 .case_id = case_id,
                                                                 .name = taking->now.facts[i].name,
                                                                 .value = taking->now.facts[i].value}));
    return OK;
}

/* A case that was handed on there is closed here too. One that was closed for another reason stays open and is due for its review
 * today: which reason of ours it had, somebody has to say. */
static enum err close_handed_on(struct db *db, struct taking *taking, const struct record_made *made)
{
    const char *on = taking->now.left_on == NULL ? taking->today : taking->now.left_on;
    size_t changed = 0;
    if (!text_same(taking->now.status, "ClosedReferred"))
        return OK;
    TRY(record_span_end_all(
        db, &(struct record_span_end_all_in){.org = taking->who->org, .case_id = made->id, .ended_on = on}, &changed));
    TRY(record_case_close(
        db,
        &(struct record_case_close_in){
            .org = taking->who->org, .id = made->id, .closed_on = on, .reason = "other_support", .version = 2},
        &changed));
    if (changed != 1)
        return ERR_STALE;
    return record_event_add(db, taking->step, &made->keys,
                            &(struct record_event){.org = taking->who->org,
                                                   .case_id = made->id,
                                                   .part = PART_BASICS,
                                                   .happened_on = on,
                                                   .kind = "case_closed",
                                                   .account = taking->who->account,
                                                   .detail = "other_support"});
}

/* Closed before it was opened: then the day of the closing is all that is known. */
static const char *opened_on(const struct taking *taking)
{
    const struct htcds_case *now = &taking->now;
    const char *opened = now->opened_on == NULL ? taking->today : now->opened_on;
    return now->left_on != NULL && strcmp(now->left_on, opened) < 0 ? now->left_on : opened;
}

static enum err write_case(struct db *db, struct taking *taking, struct record_made *made)
{
    const struct session *who = taking->who;
    TRY(record_new(db, taking->step,
                   &(struct record_new){.org = who->org,
                                        .team = taking->team,
                                        .emergency = &who->emergency,
                                        .manager = who->account,
                                        .pseudonym = record_pseudonym_suggest(),
                                        .opened_on = opened_on(taking),
                                        .next_review = taking->today},
                   made));
    TRY(person_add(db, taking->step, who->org, made->id, &made->keys, &who->search, &taking->now.person));
    TRY(write_facts(db, taking, made->id));
    return close_handed_on(db, taking, made);
}

static enum err write_row(struct db *db, void *data)
{
    struct taking *taking = data;
    const struct session *who = taking->who;
    struct record_made made;
    int64_t now = time_now();
    TRY(write_case(db, taking, &made));
    seal_wipe(&made.keys, sizeof made.keys);
    TRY(exchange_row_add(
        db, &(struct exchange_row_add_in){
                .org = who->org, .source = "htcds", .row_key = row_key(taking), .case_id = made.id, .taken_at = now}));
    return audit_add(
        db, &(struct audit){
                .org = who->org, .at = now, .account = who->account, .act = "import.htcds", .case_id = made.id});
}

/* ---- all rows ---- */

static enum err is_known(struct db *db, struct taking *taking, bool *out)
{
    struct exchange_row_get_row row;
    enum err found = exchange_row_get(
        db, taking->step,
        &(struct exchange_row_get_in){.org = taking->who->org, .source = "htcds", .row_key = row_key(taking)}, &row);
    *out = found == OK;
    return found == ERR_NOT_FOUND ? OK : found;
}

static enum err take_row(struct db *db, struct taking *taking, const struct sheet_row *row)
{
    bool known;
    bool fine = read_row(taking, row);
    if (taking->now.cells == 0 && fine)
        return OK;
    if (!fine) {
        taking->refused++;
        return OK;
    }
    key_of_row(taking, row);
    TRY(is_known(db, taking, &known));
    if (known) {
        taking->known++;
        return OK;
    }
    if (taking->write)
        TRY(store_change(taking->store, write_row, taking));
    taking->taken++;
    taking->closed += text_same(taking->now.status, "Closed");
    return OK;
}

static enum err take_rows(struct taking *taking)
{
    struct db *db;
    enum err result = OK;
    TRY(store_reader_open(taking->store, &db));
    office_progress_begin(&taking->progress, "rows", (int64_t)(taking->sheet->count - taking->first));
    for (size_t i = taking->first; i < taking->sheet->count && result == OK; i++) {
        result = take_row(db, taking, &taking->sheet->rows[i]);
        arena_reset(taking->step);
        office_progress(&taking->progress, (int64_t)(i + 1 - taking->first));
    }
    store_reader_close(db);
    return result;
}

static enum err report(const struct taking *taking)
{
    (void)printf("%lld rows %s, %lld were there already, %lld are refused.\n", (long long)taking->taken,
                 taking->write ? "came in" : "can come in", (long long)taking->known, (long long)taking->refused);
    if (taking->closed > 0)
        (void)printf("%lld of them were closed there: they are open here until somebody closes them with a reason.\n",
                     (long long)taking->closed);
    if (!taking->write)
        (void)printf("Nothing is changed; add --apply to take them in.\n");
    return taking->refused == 0 ? OK
                                : office_say(ERR_CONFLICT, "rows that are refused stay out; mend them in the file and "
                                                           "import it again: what is in already is known");
}

/* ---- the file and the team ---- */

static enum err read_book(struct taking *taking, const char *path)
{
    static const char *const wanted[] = {"sheet1", "htcds", NULL};
    struct bytes file;
    struct workbook book;
    struct form_problem problem = {0};
    TRY(exchange_read_file(taking->office, path, WORKBOOK_FILE_MAX, &file));
    if (workbook_read(taking->office->arena, file, wanted, &book, &problem) != OK)
        return office_say(ERR_INPUT, "the file is no spreadsheet (xlsx) that can be read, or it is too large");
    if (book.count == 0)
        return office_say(ERR_INPUT, "the spreadsheet has no sheet called Sheet1 or HTCDS");
    taking->sheet = &book.sheets[0];
    return read_headings(taking);
}

static enum err find_team(struct taking *taking)
{
    const char *wanted = office_option(taking->office, "--team", NULL);
    struct db *db;
    struct account_team_list_row *rows;
    size_t count = 0;
    TRY(store_reader_open(taking->store, &db));
    enum err result = account_team_list(db, taking->office->arena,
                                        &(struct account_team_list_in){.org = taking->who->org}, &rows, &count);
    store_reader_close(db);
    TRY(result);
    for (size_t i = 0; i < count && taking->team == NULL; i++) {
        if (wanted == NULL || text_same(wanted, rows[i].name))
            taking->team = session_team(taking->who, rows[i].id);
    }
    if (taking->team == NULL)
        return office_say(ERR_DENIED, "you are in no such team; cases belong to a team whose keys you have");
    return OK;
}

static enum err take(struct taking *taking)
{
    if (!role_may(taking->who->role, CAP_CASE_WRITE))
        return office_say(ERR_DENIED, "only somebody who works on cases can take persons in");
    TRY(find_team(taking));
    seal_derive(&taking->who->search, "import rows", &taking->row_keys);
    TRY(take_rows(taking));
    return report(taking);
}

static enum err take_signed_in(struct taking *taking)
{
    TRY(office_open(taking->office, false, &taking->store));
    enum err result = office_sign_in(taking->office, taking->store, &taking->who);
    if (result == OK) {
        result = take(taking);
        enum err out = office_sign_out(taking->store, taking->who);
        result = result == OK ? out : result;
    }
    store_close(taking->store);
    return result;
}

enum err exchange_htcds(struct office *office, const char *path)
{
    struct taking taking = {.office = office, .write = office_option(office, "--apply", NULL) != NULL};
    taking.today = time_date(office->arena, time_now());
    TRY(read_book(&taking, path));
    taking.step = arena_new((size_t)1 << 26);
    enum err result = take_signed_in(&taking);
    arena_free(taking.step);
    seal_wipe(&taking.row_keys, sizeof taking.row_keys);
    return result;
}
