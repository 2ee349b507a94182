#include "platform/store/journal.h"

#include "platform/store/image.h"

enum { KEEP_MAX = 1 << 20 }; /* room that is kept from one transaction to the next */

/* Rows point into `text` by offset until they are asked for, because it moves while it grows. */
struct journal {
    struct written_row *rows;
    size_t count, room;
    struct image_buf text;
};

enum err journal_open(struct journal **out)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return err_note(ERR_LIMIT, "journal: no memory");
    *out = journal;
    return OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    free(journal->rows);
    free(journal->text.ptr);
    free(journal);
}

void journal_clear(struct journal *journal)
{
    journal->count = 0;
    journal->text.len = 0;
    if (journal->text.room <= KEEP_MAX)
        return;
    free(journal->text.ptr);
    journal->text = (struct image_buf){0};
}

static enum err grow(struct journal *journal)
{
    if (journal->count < journal->room)
        return OK;
    size_t room = journal->room == 0 ? 64 : journal->room * 2;
    struct written_row *rows = realloc(journal->rows, room * sizeof *rows);
    if (rows == NULL)
        return err_note(ERR_LIMIT, "journal: no memory");
    journal->rows = rows;
    journal->room = room;
    return OK;
}

enum err journal_add(struct journal *journal, const struct proven *table, const struct value *columns, bool gone)
{
    TRY(grow(journal));
    struct written_row row = {.table = table->table, .gone = gone, .key_at = journal->text.len};
    if (table->case_at >= 0 && columns[table->case_at].kind == VALUE_INT)
        row.case_id = columns[table->case_at].i;
    image_key(&journal->text, table, columns);
    row.image_at = journal->text.len;
    if (!gone)
        image_row(&journal->text, table, columns);
    row.image.len = journal->text.len - row.image_at;
    if (journal->text.failed)
        return err_note(ERR_LIMIT, "journal: no memory");
    journal->rows[journal->count++] = row;
    return OK;
}

size_t journal_rows(struct journal *journal, const struct written_row **out)
{
    for (size_t i = 0; i < journal->count; i++) {
        struct written_row *row = &journal->rows[i];
        row->key = (const char *)journal->text.ptr + row->key_at;
        row->image.ptr = journal->text.ptr + row->image_at;
    }
    *out = journal->rows;
    return journal->count;
}
