/* Erasing a case, and the list of those that were. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/person/queries.h"
#include "case/record/queries.h"
#include "find/fieldwork/fieldwork.h"
#include "platform/audit/audit.h"
#include "platform/audit/queries.h"
#include "platform/store/tables.h"
#include "steer/retention/queries.h"
#include "steer/retention/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LISTED_MOST = 100000 };

enum err retention_erase(struct db *db, struct arena *arena, int64_t org, int64_t case_id)
{
    static const uint8_t nothing[1] = {0};
    const struct value in[] = {
        {.kind = VALUE_INT, .i = org},
        {.kind = VALUE_INT, .i = case_id},
        {.kind = VALUE_BYTES, .bytes = {nothing, 0}},
    };
    size_t gone = 0;
    (void)arena;
    TRY(record_key_forget(db, &(struct record_key_forget_in){.org = org, .case_id = case_id}, &gone));
    TRY(record_past_forget(db, &(struct record_past_forget_in){.org = org, .case_id = case_id}, &gone));
    TRY(person_token_forget(db, &(struct person_token_forget_in){.org = org, .case_id = case_id}, &gone));
    TRY(fieldwork_erase(db, org, case_id));
    TRY(audit_image_forget(db, &(struct audit_image_forget_in){.org = org, .case_id = case_id}, &gone));
    for (size_t i = 0; i < store_table_count; i++) {
        if (store_tables[i].erase != NULL)
            TRY(db_run(db, store_tables[i].erase, in, NULL, NULL, NULL));
    }
    return OK;
}

/* ---- the list ---- */

static bool number_read(const char **at, int64_t *out)
{
    char digits[24];
    size_t len = strspn(*at, "0123456789");
    if (len == 0 || len >= sizeof digits)
        return false;
    memcpy(digits, *at, len);
    digits[len] = '\0';
    *at += len;
    return text_to_int(digits, out);
}

bool retention_line_read(const char *line, struct erased *out)
{
    struct erased erased;
    if (!text_starts(line, "erased "))
        return false;
    const char *at = line + strlen("erased ");
    if (!number_read(&at, &erased.org) || *at++ != ' ' || !number_read(&at, &erased.case_id) || *at++ != ' ' ||
        !number_read(&at, &erased.at) || *at != '\0')
        return false;
    *out = erased;
    return true;
}

/* A line that cannot be read may be a case that nobody wants back: then the list is not used at all. */
static enum err lines_load(FILE *file, struct erased *list, size_t *count)
{
    char line[200];
    for (unsigned at = 1; fgets(line, sizeof line, file) != NULL; at++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (*count == LISTED_MOST || !retention_line_read(line, &list[*count]))
            return err_note(ERR_BROKEN, "the list of erased cases: line %u is damaged", at);
        (*count)++;
    }
    return ferror(file) == 0 ? OK : err_note(ERR_IO, "the list of erased cases: reading (%d)", errno);
}

static enum err list_load(const char *path, struct erased *list, size_t *count)
{
    FILE *file = fopen(path, "re");
    *count = 0;
    if (file == NULL)
        return errno == ENOENT ? OK : err_note(ERR_IO, "the list of erased cases (%d)", errno);
    enum err result = lines_load(file, list, count);
    (void)fclose(file);
    return result;
}

static bool listed(const struct erased *list, size_t count, int64_t org, int64_t case_id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].org == org && list[i].case_id == case_id)
            return true;
    }
    return false;
}

static enum err put_file(struct arena *arena, const char *path, const struct buf *text)
{
    const char *part = arena_format(arena, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool fine = fd >= 0 && write(fd, text->ptr, text->len) == (ssize_t)text->len && fsync(fd) == 0;
    if (fd >= 0)
        fine = close(fd) == 0 && fine;
    if (fine && rename(part, path) == 0)
        return OK;
    return err_note(errno == ENOSPC ? ERR_FULL : ERR_IO, "the list of erased cases (%d)", errno);
}

enum err retention_list_write(struct db *db, struct arena *arena, int64_t org, const char *folder)
{
    struct retention_erased_list_row *rows;
    size_t row_count;
    size_t count;
    struct buf text;
    const char *path = arena_format(arena, "%s/%s", folder, RETENTION_LIST);
    TRY(retention_erased_list(db, arena, &(struct retention_erased_list_in){.org = org}, &rows, &row_count));
    if (row_count == 0)
        return OK;
    struct erased *list = ARENA_ARRAY(arena, struct erased, LISTED_MOST + row_count);
    TRY(list_load(path, list, &count));
    size_t before = count;
    for (size_t i = 0; i < row_count; i++) {
        if (!listed(list, count, org, rows[i].case_id))
            list[count++] = (struct erased){org, rows[i].case_id, rows[i].ended_at.value};
    }
    if (count == before)
        return OK;
    buf_init(&text, arena, 60 * count + 200);
    buf_text(
        &text,
        "# Cases of Ausma that were erased: a restored backup erases them again. Keep this file with the backups.\n");
    for (size_t i = 0; i < count; i++)
        buf_format(&text, "erased %lld %lld %lld\n", (long long)list[i].org, (long long)list[i].case_id,
                   (long long)list[i].at);
    return put_file(arena, path, &text);
}

/* ---- after a restore ---- */

static enum err apply_one(struct db *db, struct arena *arena, const struct erased *erased, size_t *done)
{
    struct retention_case_there_row *there;
    struct retention_erasure_of_case_row *known;
    size_t there_count;
    size_t known_count;
    bool over = false;
    TRY(retention_case_there(db, arena,
                             &(struct retention_case_there_in){.org = erased->org, .case_id = erased->case_id}, &there,
                             &there_count));
    TRY(retention_erasure_of_case(
        db, arena, &(struct retention_erasure_of_case_in){.org = erased->org, .case_id = erased->case_id}, &known,
        &known_count));
    for (size_t i = 0; i < known_count; i++)
        over |= text_same(known[i].state, "done");
    if (there_count == 0 || over)
        return OK;
    TRY(retention_erase(db, arena, erased->org, erased->case_id));
    TRY(retention_erasure_add(db, &(struct retention_erasure_add_in){.org = erased->org,
                                                                     .case_id = erased->case_id,
                                                                     .id = id_new(),
                                                                     .cause = "list",
                                                                     .state = "done",
                                                                     .at = erased->at,
                                                                     .ended_at = {.has = true, .value = erased->at}}));
    TRY(audit_add(
        db,
        &(struct audit){.org = erased->org, .at = time_now(), .act = "case.erase_again", .case_id = erased->case_id}));
    (*done)++;
    return OK;
}

enum err retention_list_apply(struct db *db, struct arena *arena, const char *path, size_t *count)
{
    struct erased *list = ARENA_ARRAY(arena, struct erased, LISTED_MOST);
    size_t listed_count;
    size_t done = 0;
    TRY(list_load(path, list, &listed_count));
    for (size_t i = 0; i < listed_count; i++)
        TRY(apply_one(db, arena, &list[i], &done));
    *count = done;
    return OK;
}
