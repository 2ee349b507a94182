#include "platform/audit/audit.h"

#include "base/buf.h"
#include "base/text.h"
#include "platform/audit/queries.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MEMORY = 1 << 29 };

struct head {
    int64_t number;
    uint8_t hash[AUDIT_HASH_SIZE];
};

/* What one call of audit_add works on. */
struct adding {
    struct db *db;
    struct arena *arena;
    const struct audit *audit;
    struct head head;                /* of the installation's chain */
    const struct written_row **rows; /* by case, in each case as they were written */
    size_t count;
};

static enum err hash_take(struct bytes bytes, uint8_t out[AUDIT_HASH_SIZE])
{
    if (bytes.len != AUDIT_HASH_SIZE)
        return err_note(ERR_BROKEN, "audit: a hash of the wrong size");
    memcpy(out, bytes.ptr, AUDIT_HASH_SIZE);
    return OK;
}

static enum err head_read(struct adding *adding)
{
    struct audit_head_get_row row;
    enum err found = audit_head_get(adding->db, adding->arena, &(struct audit_head_get_in){.org = adding->audit->org},
                                    &row);
    if (found == ERR_NOT_FOUND)
        return OK; /* the chain begins: number 0, a hash of zeros */
    TRY(found);
    adding->head.number = row.number;
    return hash_take(row.hash, adding->head.hash);
}

static enum err case_head_read(struct adding *adding, int64_t case_id, struct head *out)
{
    struct audit_case_head_row row;
    *out = (struct head){0};
    if (case_id == 0)
        return OK;
    enum err found = audit_case_head(adding->db, adding->arena,
                                     &(struct audit_case_head_in){.org = adding->audit->org, .case_id = case_id}, &row);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    out->number = row.case_number;
    return hash_take(row.case_hash, out->hash);
}

/* ---- what was written ---- */

static int by_case(const void *a, const void *b)
{
    const struct written_row *left = *(const struct written_row *const *)a;
    const struct written_row *right = *(const struct written_row *const *)b;
    if (left->case_id != right->case_id)
        return left->case_id < right->case_id ? -1 : 1;
    return left < right ? -1 : left > right; /* the journal is one array */
}

static void rows_take(struct adding *adding)
{
    const struct written_row *rows;
    bool several = false;
    adding->count = db_written(adding->db, &rows);
    adding->rows = ARENA_ARRAY(adding->arena, const struct written_row *, adding->count);
    for (size_t i = 0; i < adding->count; i++) {
        adding->rows[i] = &rows[i];
        several = several || rows[i].case_id != rows[0].case_id;
    }
    if (several)
        qsort(adding->rows, adding->count, sizeof *adding->rows, by_case);
}

/* Is the same row written again further on? Then this image never came to be seen by anybody. */
static bool written_again(const struct written_row *const *rows, size_t at, size_t to)
{
    for (size_t i = at + 1; i < to; i++) {
        if (text_same(rows[i]->key, rows[at]->key) && text_same(rows[i]->table, rows[at]->table))
            return true;
    }
    return false;
}

/* One line for each row: its table, its key and the digest of its image, or "gone". Adds the images to `kept`. */
static const char *changes_text(struct adding *adding, size_t from, size_t to, const struct written_row **kept,
                                size_t *kept_count)
{
    struct buf text;
    char hex[2 * AUDIT_HASH_SIZE + 1];
    enum { COMPARED_MAX = 64 }; /* of many rows all are named */
    buf_init(&text, adding->arena, (to - from) * 128 + 1);
    *kept_count = 0;
    for (size_t i = from; i < to; i++) {
        const struct written_row *row = adding->rows[i];
        if (to - from <= COMPARED_MAX && written_again(adding->rows, i, to))
            continue;
        uint8_t digest[AUDIT_HASH_SIZE];
        audit_hash(row->image.ptr, row->image.len, digest);
        buf_text(&text, row->table);
        buf_char(&text, ' ');
        buf_text(&text, row->key);
        buf_char(&text, ' ');
        buf_text(&text, row->gone ? "gone" : sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
        buf_char(&text, '\n');
        kept[(*kept_count)++] = row;
    }
    return text.ptr;
}

static enum err images_add(struct adding *adding, int64_t case_id, const struct written_row *const *rows, size_t count)
{
    if (case_id == 0 || adding->audit->no_images)
        return OK;
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->case_id != case_id)
            continue;
        struct bytes image = rows[i]->gone ? (struct bytes){NULL, 0} : rows[i]->image;
        TRY(audit_image_add(adding->db, &(struct audit_image_add_in){.org = adding->audit->org,
                                                                     .case_id = case_id,
                                                                     .number = adding->head.number,
                                                                     .part = (int64_t)i,
                                                                     .name = rows[i]->table,
                                                                     .row_key = rows[i]->key,
                                                                     .image = image}));
    }
    return OK;
}

/* ---- one entry ---- */

static enum err entry_add(struct adding *adding, int64_t case_id, size_t from, size_t to)
{
    const struct audit *audit = adding->audit;
    struct head of_case;
    size_t kept_count;
    uint8_t digest[AUDIT_HASH_SIZE];
    const struct written_row **kept = ARENA_ARRAY(adding->arena, const struct written_row *, to - from);
    TRY(case_head_read(adding, case_id, &of_case));
    struct audit_link link = {.org = audit->org,
                              .number = ++adding->head.number,
                              .at = audit->at,
                              .account = maybe_unless_zero(audit->account),
                              .act = audit->act,
                              .case_id = maybe_unless_zero(case_id),
                              .case_number = {.has = case_id != 0, .value = of_case.number + 1},
                              .subject = maybe_unless_zero(audit->subject),
                              .changes = changes_text(adding, from, to, kept, &kept_count)};
    audit_digest(&link, digest);
    audit_chain(adding->head.hash, digest, adding->head.hash);
    audit_chain(of_case.hash, digest, of_case.hash);
    TRY(audit_entry_add(adding->db, &(struct audit_entry_add_in){.org = link.org,
                                                                 .number = link.number,
                                                                 .at = link.at,
                                                                 .account = link.account,
                                                                 .act = link.act,
                                                                 .case_id = link.case_id,
                                                                 .case_number = link.case_number,
                                                                 .subject = link.subject,
                                                                 .changes = link.changes,
                                                                 .hash = {adding->head.hash, AUDIT_HASH_SIZE},
                                                                 .case_hash = {case_id == 0 ? NULL : of_case.hash,
                                                                               case_id == 0 ? 0 : AUDIT_HASH_SIZE}}));
    return images_add(adding, case_id, kept, kept_count);
}

/* Where the rows of the case begin or end: what belongs to no case comes first, then case by case. */
static size_t group_end(const struct adding *adding, size_t from)
{
    size_t to = from;
    while (to < adding->count && adding->rows[to]->case_id == adding->rows[from]->case_id)
        to++;
    return to;
}

/* Rows of no case belong to the act itself, whichever case it is in; so they stand with the rows of that case. */
static void own_rows_first(struct adding *adding, size_t *own)
{
    const struct written_row **sorted = ARENA_ARRAY(adding->arena, const struct written_row *, adding->count);
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < adding->count; i++) {
            int64_t case_id = adding->rows[i]->case_id;
            bool mine = case_id == 0 || case_id == adding->audit->case_id;
            if (mine == (pass == 0))
                sorted[count++] = adding->rows[i];
        }
        if (pass == 0)
            *own = count;
    }
    adding->rows = sorted;
}

static enum err add_all(void *data)
{
    struct adding *adding = data;
    size_t own;
    TRY(head_read(adding));
    rows_take(adding);
    own_rows_first(adding, &own);
    TRY(entry_add(adding, adding->audit->case_id, 0, own));
    for (size_t from = own; from < adding->count;) {
        size_t to = group_end(adding, from);
        TRY(entry_add(adding, adding->rows[from]->case_id, from, to));
        from = to;
    }
    db_written_clear(adding->db);
    return audit_head_put(adding->db, &(struct audit_head_put_in){.org = adding->audit->org,
                                                                  .number = adding->head.number,
                                                                  .hash = {adding->head.hash, AUDIT_HASH_SIZE}});
}

enum err audit_add(struct db *db, const struct audit *audit)
{
    struct adding adding = {.db = db, .arena = arena_new(STEP_MEMORY), .audit = audit};
    enum err result = arena_try(adding.arena, add_all, &adding);
    arena_free(adding.arena);
    return result;
}
