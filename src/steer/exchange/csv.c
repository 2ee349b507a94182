#include "steer/exchange/internal.h"

#include "base/buf.h"

#include <string.h>

void csv_begin(struct csv *csv, struct bytes file)
{
    const char *begin = (const char *)file.ptr;
    size_t mark = file.len >= 3 && memcmp(begin, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *csv = (struct csv){.at = begin + mark, .end = begin + file.len, .next_line = 1};
}

static bool more(const struct csv *csv)
{
    return csv->at < csv->end;
}

static bool at_line_end(const struct csv *csv)
{
    return !more(csv) || *csv->at == '\n' || *csv->at == '\r';
}

static enum err take(struct buf *cell, char c)
{
    if (c == '\0')
        return ERR_INPUT;
    if (cell->len == CSV_CELL_MAX)
        return ERR_LIMIT;
    buf_char(cell, c);
    return OK;
}

static enum err quoted(struct csv *csv, struct buf *cell)
{
    for (csv->at++; more(csv); csv->at++) {
        if (*csv->at == '"') {
            csv->at++;
            if (!more(csv) || *csv->at != '"')
                return at_line_end(csv) || *csv->at == ',' ? OK : ERR_INPUT;
        }
        csv->next_line += *csv->at == '\n';
        TRY(take(cell, *csv->at));
    }
    return ERR_INPUT;
}

static enum err read_cell(struct csv *csv, struct arena *arena, const char **out)
{
    struct buf cell;
    buf_init(&cell, arena, 16);
    if (more(csv) && *csv->at == '"')
        TRY(quoted(csv, &cell));
    else
        for (; !at_line_end(csv) && *csv->at != ','; csv->at++)
            TRY(take(&cell, *csv->at));
    *out = cell.ptr;
    return OK;
}

static void skip_line_end(struct csv *csv)
{
    if (more(csv) && *csv->at == '\r')
        csv->at++;
    if (more(csv) && *csv->at == '\n')
        csv->at++;
    csv->next_line++;
}

enum err csv_next(struct csv *csv, struct arena *arena, struct csv_row *out)
{
    if (!more(csv))
        return ERR_NOT_FOUND;
    csv->line = csv->next_line;
    out->count = 0;
    for (;;) {
        if (out->count == CSV_CELLS_MAX)
            return ERR_LIMIT;
        TRY(read_cell(csv, arena, &out->cells[out->count++]));
        if (at_line_end(csv))
            break;
        csv->at++; /* the comma */
    }
    skip_line_end(csv);
    return OK;
}
