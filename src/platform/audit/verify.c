#include "platform/audit/verify.h"

#include "base/text.h"
#include "platform/audit/internal.h"
#include "platform/audit/rowmap.h"
#include "platform/store/image.h"

#include <sodium.h>
#include <string.h>

enum { BATCH = 4096, PROGRESS_EVERY = 4096 };

/* The end of a case's chain so far, by the case. */
struct case_end {
    int64_t case_id, number;
    uint8_t hash[AUDIT_HASH_SIZE];
};

struct checking {
    struct db *db;
    struct arena *arena; /* what stays until the end */
    struct arena *step;  /* what is forgotten after a batch */
    const struct verify *verify;
    struct verify_report report;
    int64_t done;

    struct audit_head_list_row *head; /* of the installation that is looked at */
    int64_t number;
    uint8_t hash[AUDIT_HASH_SIZE];
    struct merkle tree;
    size_t taken;
    struct audit_checkpoint next; /* the next checkpoint; number 0: none is left */

    struct rowmap rows;
    struct case_end *ends; /* open addressing by case */
    size_t end_room, end_count;
    struct image_buf image;
    const struct proven *table;
    int64_t image_case, image_number, image_part; /* the image taken last */
};

/* Notes the fault and stops the reading: ERR_CONFLICT is not an error of its own here. */
static enum err fault(struct checking *checking, enum verify_what what, int64_t number, int64_t case_id)
{
    checking->report.what = what;
    checking->report.number = number;
    checking->report.case_id = case_id;
    return ERR_CONFLICT;
}

static void tick(struct checking *checking)
{
    if (++checking->done % PROGRESS_EVERY == 0 && checking->verify->progress != NULL)
        checking->verify->progress(checking->verify->data, checking->done);
}

/* ---- ends of chains of cases ---- */

static struct case_end *end_place(struct case_end *ends, size_t room, int64_t case_id)
{
    size_t at = (size_t)((uint64_t)case_id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (room - 1);
    while (ends[at].number != 0 && ends[at].case_id != case_id)
        at = (at + 1) & (room - 1);
    return &ends[at];
}

static struct case_end *end_of(struct checking *checking, int64_t case_id)
{
    if (checking->end_count * 4 >= checking->end_room * 3) {
        size_t room = checking->end_room == 0 ? 1024 : checking->end_room * 2;
        struct case_end *ends = calloc(room, sizeof *ends);
        if (ends == NULL)
            return NULL;
        for (size_t i = 0; i < checking->end_room; i++) {
            if (checking->ends[i].number != 0)
                *end_place(ends, room, checking->ends[i].case_id) = checking->ends[i];
        }
        free(checking->ends);
        checking->ends = ends;
        checking->end_room = room;
    }
    return end_place(checking->ends, checking->end_room, case_id);
}

static bool same(struct bytes bytes, const uint8_t hash[AUDIT_HASH_SIZE])
{
    return bytes.len == AUDIT_HASH_SIZE && memcmp(bytes.ptr, hash, AUDIT_HASH_SIZE) == 0;
}

static enum err check_case_link(struct checking *checking, const struct audit_entry_after_row *row,
                                const uint8_t digest[AUDIT_HASH_SIZE])
{
    if (!row->case_id.has)
        return OK;
    int64_t case_id = row->case_id.value;
    struct case_end *end = end_of(checking, case_id);
    if (end == NULL)
        return err_note(ERR_LIMIT, "verify: no memory");
    if (!row->case_number.has || row->case_number.value != end->number + 1)
        return fault(checking, VERIFY_CASE_ORDER, row->number, case_id);
    checking->end_count += end->number == 0;
    end->case_id = case_id;
    end->number++;
    audit_chain(end->hash, digest, end->hash);
    return same(row->case_hash, end->hash) ? OK : fault(checking, VERIFY_CASE_CHANGED, row->number, case_id);
}

/* ---- entries ---- */

/* "table key digest" a line. */
static enum err take_changes(struct checking *checking, const struct audit_entry_after_row *row)
{
    for (const char *line = row->changes; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        const char *digest = memrchr(line, ' ', len);
        uint8_t key[ROWMAP_HALF];
        if (digest == NULL || line[len] != '\n')
            return fault(checking, VERIFY_ENTRY_CHANGED, row->number, 0);
        rowmap_key(checking->head->org, line, (size_t)(digest - line), key);
        struct rowmap_item *item = rowmap_put(&checking->rows, key);
        if (item == NULL)
            return err_note(ERR_LIMIT, "verify: no memory");
        size_t got = 0;
        item->number = row->number;
        item->gone = strncmp(digest, " gone\n", 6) == 0;
        (void)sodium_hex2bin(item->digest, sizeof item->digest, digest + 1, 2 * ROWMAP_HALF, NULL, &got, NULL);
        line += len + 1;
    }
    return OK;
}

static enum err next_checkpoint(struct checking *checking, int64_t after)
{
    struct audit_checkpoint_after_row *rows;
    size_t count;
    struct audit_checkpoint *next = &checking->next;
    TRY(audit_checkpoint_after(
        checking->db, checking->arena,
        &(struct audit_checkpoint_after_in){.org = checking->head->org, .after = after, .limit = 1}, &rows, &count));
    *next = (struct audit_checkpoint){.org = checking->head->org};
    if (count == 0)
        return OK;
    if (rows->hash.len != AUDIT_HASH_SIZE || rows->root.len != AUDIT_HASH_SIZE || rows->public.len != AUDIT_HASH_SIZE ||
        rows->signature.len != AUDIT_SIGNATURE_SIZE)
        return fault(checking, VERIFY_SIGNATURE, rows->number, 0);
    next->number = rows->number;
    next->at = rows->at;
    memcpy(next->hash, rows->hash.ptr, AUDIT_HASH_SIZE);
    memcpy(next->root, rows->root.ptr, AUDIT_HASH_SIZE);
    memcpy(next->public_half, rows->public.ptr, AUDIT_HASH_SIZE);
    memcpy(next->signature, rows->signature.ptr, AUDIT_SIGNATURE_SIZE);
    return OK;
}

static enum err check_checkpoint(struct checking *checking)
{
    const struct audit_checkpoint *next = &checking->next;
    struct audit_signer_get_row signer;
    uint8_t root[AUDIT_HASH_SIZE];
    merkle_root(&checking->tree, root);
    if (!audit_checkpoint_signed(next))
        return fault(checking, VERIFY_SIGNATURE, next->number, 0);
    enum err known = audit_signer_get(
        checking->db, checking->arena,
        &(struct audit_signer_get_in){.org = next->org, .public = {next->public_half, AUDIT_HASH_SIZE}}, &signer);
    if (known == ERR_NOT_FOUND)
        return fault(checking, VERIFY_SIGNER, next->number, 0);
    TRY(known);
    if (memcmp(next->hash, checking->hash, AUDIT_HASH_SIZE) != 0 || memcmp(next->root, root, AUDIT_HASH_SIZE) != 0)
        return fault(checking, VERIFY_CHECKPOINT, next->number, 0);
    checking->report.checkpoints++;
    return next_checkpoint(checking, next->number);
}

static enum err check_outside(struct checking *checking)
{
    const struct audit_checkpoint *outside = checking->verify->outside;
    uint8_t root[AUDIT_HASH_SIZE];
    if (outside == NULL || outside->org != checking->head->org || outside->number != checking->number)
        return OK;
    merkle_root(&checking->tree, root);
    bool right = memcmp(outside->hash, checking->hash, AUDIT_HASH_SIZE) == 0 &&
                 memcmp(outside->root, root, AUDIT_HASH_SIZE) == 0;
    return right ? OK : fault(checking, VERIFY_OUTSIDE, outside->number, 0);
}

static enum err check_entry(void *data, const struct audit_entry_after_row *row)
{
    struct checking *checking = data;
    uint8_t digest[AUDIT_HASH_SIZE];
    checking->taken++;
    tick(checking);
    if (row->number != checking->number + 1)
        return fault(checking, VERIFY_ENTRY_MISSING, checking->number + 1, 0);
    audit_entry_digest(checking->head->org, row, digest);
    audit_chain(checking->hash, digest, checking->hash);
    if (!same(row->hash, checking->hash))
        return fault(checking, VERIFY_ENTRY_CHANGED, row->number, 0);
    checking->number = row->number;
    TRY(check_case_link(checking, row, digest));
    TRY(take_changes(checking, row));
    merkle_add(&checking->tree, row->case_id.has ? end_of(checking, row->case_id.value)->hash : digest);
    checking->report.entries++;
    if (checking->next.number == row->number)
        TRY(check_checkpoint(checking));
    return check_outside(checking);
}

static enum err check_entries(struct checking *checking)
{
    const struct audit_checkpoint *outside = checking->verify->outside;
    checking->number = 0;
    checking->tree = (struct merkle){0};
    memset(checking->hash, 0, sizeof checking->hash);
    TRY(next_checkpoint(checking, 0));
    do {
        checking->taken = 0;
        TRY(audit_entry_after(
            checking->db, checking->step,
            &(struct audit_entry_after_in){.org = checking->head->org, .after = checking->number, .limit = BATCH},
            check_entry, checking));
        arena_reset(checking->step);
    } while (checking->taken > 0);
    if (checking->number != checking->head->number || !same(checking->head->hash, checking->hash))
        return fault(checking, VERIFY_HEAD, checking->number, 0);
    if (checking->next.number != 0)
        return fault(checking, VERIFY_CHECKPOINT, checking->next.number, 0);
    if (outside != NULL && outside->org == checking->head->org && outside->number > checking->number)
        return fault(checking, VERIFY_TAIL, checking->number, 0);
    return OK;
}

/* ---- rows ---- */

static void name_row(struct checking *checking, const char *table, const char *key)
{
    (void)snprintf(checking->report.row, sizeof checking->report.row, "%s %s", table, key);
}

static int64_t int_column(const struct proven *table, const struct value *columns, const char *name)
{
    for (unsigned i = 0; i < table->count; i++) {
        if (text_same(table->columns[i], name))
            return columns[i].kind == VALUE_INT ? columns[i].i : 0;
    }
    return 0;
}

static enum err check_row(void *data, const struct value *columns)
{
    struct checking *checking = data;
    const struct proven *table = checking->table;
    uint8_t key[ROWMAP_HALF];
    uint8_t digest[AUDIT_HASH_SIZE];
    char line[sizeof checking->report.row];
    tick(checking);
    checking->image.len = 0;
    image_key(&checking->image, table, columns);
    int len = snprintf(line, sizeof line, "%s %s", table->table, (const char *)checking->image.ptr);
    checking->image.len = 0;
    image_row(&checking->image, table, columns);
    if (checking->image.failed || len < 0 || len >= (int)sizeof line)
        return err_note(ERR_LIMIT, "verify: no memory");
    audit_hash(checking->image.ptr, checking->image.len, digest);
    rowmap_key(int_column(table, columns, "org"), line, (size_t)len, key);
    struct rowmap_item *item = rowmap_find(&checking->rows, key);
    int64_t case_id = table->case_at < 0 || columns[table->case_at].kind != VALUE_INT ? 0 : columns[table->case_at].i;
    memcpy(checking->report.row, line, (size_t)len + 1);
    if (item == NULL)
        return fault(checking, VERIFY_ROW_UNKNOWN, 0, case_id);
    if (item->gone || memcmp(item->digest, digest, ROWMAP_HALF) != 0)
        return fault(checking, VERIFY_ROW_CHANGED, item->number, case_id);
    checking->report.row[0] = '\0';
    item->seen = true;
    checking->report.rows++;
    return OK;
}

/* Which row it was stands in the entry that wrote it last. */
static enum err name_missing(void *data, const struct audit_entry_after_row *row)
{
    struct checking *checking = data;
    for (const char *line = row->changes; *line != '\0'; line += strcspn(line, "\n") + 1) {
        const char *digest = memrchr(line, ' ', strcspn(line, "\n"));
        uint8_t key[ROWMAP_HALF];
        if (digest == NULL)
            break;
        rowmap_key(checking->head->org, line, (size_t)(digest - line), key);
        const struct rowmap_item *item = rowmap_find(&checking->rows, key);
        if (item != NULL && !item->seen && !item->gone && item->number == row->number) {
            const char *table = arena_text_n(checking->arena, line, (size_t)(digest - line));
            (void)snprintf(checking->report.row, sizeof checking->report.row, "%s", table);
            return fault(checking, VERIFY_ROW_MISSING, row->number, row->case_id.has ? row->case_id.value : 0);
        }
    }
    return OK;
}

static enum err check_missing(struct checking *checking, const struct audit_head_list_row *heads, size_t count)
{
    int64_t number = 0;
    for (size_t i = 0; i < checking->rows.room && number == 0; i++) {
        const struct rowmap_item *item = &checking->rows.items[i];
        if (item->number != 0 && !item->gone && !item->seen)
            number = item->number;
    }
    for (size_t i = 0; number != 0 && i < count; i++) {
        struct audit_head_list_row head = heads[i];
        checking->head = &head;
        TRY(audit_entry_after(checking->db, checking->step,
                              &(struct audit_entry_after_in){.org = head.org, .after = number - 1, .limit = 1},
                              name_missing, checking));
    }
    return number == 0 ? OK : fault(checking, VERIFY_ROW_MISSING, number, 0);
}

static enum err check_rows(struct checking *checking)
{
    for (size_t i = 0; proven_all[i] != NULL; i++) {
        checking->table = proven_all[i];
        TRY(db_run(checking->db, checking->table->every, NULL, check_row, checking, NULL));
    }
    return OK;
}

/* ---- images ---- */

/* Does the entry say this of the row? */
static bool said(const char *changes, const char *line)
{
    size_t len = strlen(line);
    for (const char *at = strstr(changes, line); at != NULL; at = strstr(at + 1, line)) {
        if ((at == changes || at[-1] == '\n') && at[len] == '\n')
            return true;
    }
    return false;
}

static enum err check_image(void *data, const struct audit_image_after_row *row)
{
    struct checking *checking = data;
    uint8_t digest[AUDIT_HASH_SIZE];
    char hex[2 * AUDIT_HASH_SIZE + 1];
    tick(checking);
    checking->taken++;
    checking->image_case = row->case_id;
    checking->image_number = row->number;
    checking->image_part = row->part;
    checking->report.images++;
    if (row->image.ptr == NULL) /* deleted, or erased later: then the digest is all that is left */
        return OK;
    audit_hash(row->image.ptr, row->image.len, digest);
    const char *line = arena_format(checking->step, "%s %s %s", row->name, row->row_key,
                                    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
    if (said(row->changes, line))
        return OK;
    name_row(checking, row->name, row->row_key);
    return fault(checking, VERIFY_IMAGE, row->number, row->case_id);
}

static enum err check_images(struct checking *checking)
{
    checking->image_case = checking->image_number = checking->image_part = -1;
    do {
        checking->taken = 0;
        TRY(audit_image_after(checking->db, checking->step,
                              &(struct audit_image_after_in){.org = checking->head->org,
                                                             .case_id = checking->image_case,
                                                             .number = checking->image_number,
                                                             .part = checking->image_part,
                                                             .limit = BATCH},
                              check_image, checking));
        arena_reset(checking->step);
    } while (checking->taken > 0);
    return OK;
}

static enum err check_all(struct checking *checking)
{
    struct audit_head_list_row *heads;
    size_t count;
    TRY(audit_head_list(checking->db, checking->arena, &heads, &count));
    for (size_t i = 0; i < count; i++) {
        checking->head = &heads[i];
        checking->report.org = heads[i].org;
        TRY(check_entries(checking));
        TRY(check_images(checking));
    }
    TRY(check_rows(checking));
    return check_missing(checking, heads, count);
}

enum err audit_verify(struct db *db, struct arena *arena, const struct verify *verify, struct verify_report *out)
{
    struct checking checking = {
        .db = db, .arena = arena, .step = arena_new((size_t)1 << 30), .verify = verify, .report = {0}};
    enum err result = check_all(&checking);
    rowmap_done(&checking.rows);
    free(checking.ends);
    free(checking.image.ptr);
    arena_free(checking.step);
    bool found = result == ERR_CONFLICT && checking.report.what != VERIFY_FINE;
    if (result != OK && !found)
        return result;
    *out = checking.report;
    return OK;
}
