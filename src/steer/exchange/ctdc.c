/* The table of the Counter Trafficking Data Collaborative: everything or nothing of a file. */
#include "steer/exchange/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "platform/audit/audit.h"
#include "steer/exchange/queries.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 64 << 20, REFUSED_MAX = 50 };

struct taking {
    struct office *office;
    struct arena *step; /* memory of one row */
    struct bytes file;
    struct csv csv;
    size_t places[CTDC_COLUMNS]; /* where each column stands */
    int64_t org;
    int64_t id;
    int64_t rows, refused;
    bool write;
    struct office_progress progress;
};

/* ---- reading ---- */

static bool has_column(const struct csv_row *row, size_t column, size_t *place)
{
    for (size_t i = 0; i < row->count; i++) {
        if (text_same(row->cells[i], ctdc_heading(column))) {
            *place = i;
            return true;
        }
    }
    return false;
}

static enum err read_headings(struct taking *taking)
{
    struct csv_row row;
    csv_begin(&taking->csv, taking->file);
    if (csv_next(&taking->csv, taking->office->arena, &row) != OK)
        return office_say(ERR_INPUT, "the file is not a table with commas between its cells");
    for (size_t i = 0; i < CTDC_COLUMNS; i++) {
        if (!has_column(&row, i, &taking->places[i]))
            return office_say(ERR_INPUT, "the column %s is missing in the first line", ctdc_heading(i));
    }
    return OK;
}

static void refuse(struct taking *taking, const char *column, const char *cause)
{
    taking->refused++;
    if (taking->refused <= REFUSED_MAX)
        exchange_say_refused(NULL, taking->csv.line, column, NULL, cause);
}

static void read_row(struct taking *taking, const struct csv_row *row, struct ctdc_facts *facts)
{
    for (size_t i = 0; i < CTDC_COLUMNS; i++) {
        if (taking->places[i] >= row->count)
            refuse(taking, ctdc_heading(i), "the line is too short");
        else if (!ctdc_cell(taking->step, i, row->cells[taking->places[i]], facts))
            refuse(taking, ctdc_heading(i), "is none of the values that this column takes");
    }
}

static enum err write_row(struct db *db, struct taking *taking, const struct ctdc_facts *facts)
{
    const char *const *codes = facts->codes;
    return exchange_history_add(db, &(struct exchange_history_add_in){
                                        .org = taking->org,
                                        .id = id_new(),
                                        .file = taking->id,
                                        .year_from = facts->year_from,
                                        .year_to = facts->year_to,
                                        .sex = codes[1],
                                        .majority = codes[2],
                                        .forced_labour = codes[3],
                                        .sexual_exploitation = codes[4],
                                        .origin = codes[5],
                                        .exploited_in = codes[6],
                                        .exploiter = codes[7],
                                        .exploiter_sex = codes[8],
                                        .exploiter_age = codes[9],
                                        .exploiter_region = codes[10],
                                        .relation = codes[11],
                                        .paid = codes[12],
                                        .recruiter = codes[13],
                                        .transaction_part = codes[14],
                                        .abuse_kidnap = codes[15],
                                    });
}

/* All rows: written when there is a database, only checked otherwise. */
static enum err take_rows(struct db *db, struct taking *taking)
{
    struct csv_row row;
    enum err result;
    TRY(read_headings(taking));
    taking->rows = 0;
    while ((result = csv_next(&taking->csv, taking->step, &row)) == OK) {
        struct ctdc_facts facts = {0};
        read_row(taking, &row, &facts);
        taking->rows++;
        if (db != NULL)
            TRY(write_row(db, taking, &facts));
        arena_reset(taking->step);
        office_progress(&taking->progress, taking->csv.at - (const char *)taking->file.ptr);
    }
    if (result != ERR_NOT_FOUND)
        return office_say(
            ERR_INPUT,
            "line %u: the quotes of a cell do not match, it holds what is no text, or there is too much in it",
            taking->csv.line);
    return OK;
}

/* ---- writing ---- */

static enum err take(struct db *db, void *data)
{
    struct taking *taking = data;
    uint8_t hash[SEAL_HASH_SIZE];
    struct exchange_file_get_row known;
    int64_t now = time_now();
    seal_hash(NULL, taking->file.ptr, taking->file.len, hash);
    enum err found = exchange_file_get(
        db, taking->office->arena,
        &(struct exchange_file_get_in){.org = taking->org, .source = "ctdc", .hash = {hash, sizeof hash}}, &known);
    if (found != ERR_NOT_FOUND)
        return found == OK ? ERR_CONFLICT : found;
    taking->id = id_new();
    TRY(take_rows(db, taking));
    TRY(exchange_file_add(db, &(struct exchange_file_add_in){.org = taking->org,
                                                             .source = "ctdc",
                                                             .hash = {hash, sizeof hash},
                                                             .id = taking->id,
                                                             .row_count = taking->rows,
                                                             .taken_at = now}));
    return audit_add(db, &(struct audit){.org = taking->org, .at = now, .act = "import.ctdc", .subject = taking->id});
}

static enum err find_org(struct office *office, struct store *store, int64_t *out)
{
    struct db *db;
    struct account_org_first_row org;
    TRY(store_reader_open(store, &db));
    enum err found = account_org_first(db, office->arena, &org);
    store_reader_close(db);
    if (found == OK)
        *out = org.org;
    return found;
}

static enum err write_all(struct taking *taking)
{
    struct store *store;
    TRY(office_open(taking->office, false, &store));
    enum err result = find_org(taking->office, store, &taking->org);
    office_progress_begin(&taking->progress, "bytes", (int64_t)taking->file.len);
    if (result == OK)
        result = store_bulk(store, take, taking);
    store_close(store);
    if (result == ERR_CONFLICT) {
        (void)printf("This file was taken in before; nothing is changed.\n");
        return OK;
    }
    TRY(result);
    (void)printf("Taken in: %lld rows.\n", (long long)taking->rows);
    return OK;
}

static enum err check_and_write(struct taking *taking)
{
    office_progress_begin(&taking->progress, "bytes checked", (int64_t)taking->file.len);
    TRY(take_rows(NULL, taking));
    if (taking->refused > 0)
        return office_say(ERR_INPUT, "%lld cells cannot come in; nothing is changed", (long long)taking->refused);
    if (taking->write)
        return write_all(taking);
    (void)printf("All %lld rows can come in; nothing is changed.\n", (long long)taking->rows);
    return OK;
}

enum err exchange_ctdc(struct office *office, const char *path)
{
    struct taking taking = {.office = office, .write = office_option(office, "--dry-run", NULL) == NULL};
    TRY(exchange_read_file(office, path, FILE_MAX, &taking.file));
    taking.step = arena_new((size_t)1 << 27);
    enum err result = check_and_write(&taking);
    arena_free(taking.step);
    return result;
}
