/* Workbooks as text: comma-separated values and Markdown tables. */
#include "platform/form/workbook.h"

#include "base/buf.h"
#include "base/text.h"

#include <strings.h>

static enum err refuse(struct form_problem *problem, enum form_problem_code code, unsigned row, const char *detail)
{
    *problem = (struct form_problem){
        .code = code, .sheet = "", .row = row, .column = "", .heading = "", .detail = detail};
    return ERR_INPUT;
}

/* ---- collecting rows into sheets ---- */

struct cells {
    const char **texts; /* "" when empty */
    size_t count, room;
};

struct collecting {
    struct arena *arena;
    const char *const *wanted;
    struct workbook *book;
    struct sheet *sheet; /* the one that rows go to; NULL: an unwanted one */
    size_t rows, cells;
    unsigned row; /* of the sheet */
    struct form_problem *problem;
};

enum { SHEETS_MAX = 50 };

static void add_cell(struct arena *arena, struct cells *cells, const char *text)
{
    if (cells->count == cells->room) {
        cells->room = cells->room == 0 ? 16 : cells->room * 2;
        const char **wider = ARENA_ARRAY(arena, const char *, cells->room);
        if (cells->count > 0)
            memcpy(wider, cells->texts, cells->count * sizeof *wider);
        cells->texts = wider;
    }
    cells->texts[cells->count++] = text;
}

static void begin_sheet(struct collecting *c, const char *name)
{
    struct workbook *book = c->book;
    bool wanted = false;
    for (const char *const *at = c->wanted; *at != NULL; at++)
        wanted = wanted || strcasecmp(*at, name) == 0;
    c->row = 0;
    c->sheet = NULL;
    book->any_sheet = true;
    if (!wanted && book->other_count < SHEETS_MAX)
        book->others[book->other_count++] = name;
    if (!wanted || book->count == SHEETS_MAX)
        return;
    c->sheet = &book->sheets[book->count++];
    c->sheet->name = name;
}

static enum err add_row(struct collecting *c, const struct cells *cells)
{
    struct sheet *sheet = c->sheet;
    struct sheet_row row = {.number = c->row, .cells = ARENA_ARRAY(c->arena, struct sheet_cell, cells->count)};
    for (size_t i = 1; i < cells->count; i++)
        if (cells->texts[i][0] != '\0')
            row.cells[row.count++] = (struct sheet_cell){(unsigned)(i - 1), cells->texts[i]};
    c->rows++;
    c->cells += row.count;
    if (c->rows > WORKBOOK_ROWS_MAX || c->cells > WORKBOOK_CELLS_MAX)
        return refuse(c->problem, FORM_TOO_LARGE, 0, "rows or cells");
    if (sheet->count == 0 || (sheet->count >= 16 && (sheet->count & (sheet->count - 1)) == 0)) {
        struct sheet_row *wider = ARENA_ARRAY(c->arena, struct sheet_row, sheet->count == 0 ? 16 : sheet->count * 2);
        if (sheet->count > 0)
            memcpy(wider, sheet->rows, sheet->count * sizeof *wider);
        sheet->rows = wider;
    }
    sheet->rows[sheet->count++] = row;
    return OK;
}

/* A first cell names a sheet; other rows belong to the sheet named last. */
static enum err take_row(struct collecting *c, const struct cells *cells)
{
    bool any = false;
    for (size_t i = 1; i < cells->count; i++)
        any = any || cells->texts[i][0] != '\0';
    if (cells->count > 0 && cells->texts[0][0] != '\0') {
        begin_sheet(c, cells->texts[0]);
        return OK;
    }
    c->row++;
    return any && c->sheet != NULL ? add_row(c, cells) : OK;
}

static enum err prepare(struct collecting *c, struct bytes *file)
{
    if (file->len == 0)
        return refuse(c->problem, FORM_NOT_A_WORKBOOK, 0, "");
    if (file->len > WORKBOOK_FILE_MAX)
        return refuse(c->problem, FORM_TOO_LARGE, 0, "the file");
    if (file->len >= 3 && memcmp(file->ptr, "\xEF\xBB\xBF", 3) == 0)
        *file = (struct bytes){file->ptr + 3, file->len - 3};
    if (!text_check((const char *)file->ptr, file->len))
        return refuse(c->problem, FORM_TEXT_INVALID, 0, "");
    *c->book = (struct workbook){.sheets = ARENA_ARRAY(c->arena, struct sheet, SHEETS_MAX),
                                 .others = ARENA_ARRAY(c->arena, const char *, SHEETS_MAX)};
    return OK;
}

static enum err finish(struct collecting *c)
{
    return c->book->count > 0 ? OK : refuse(c->problem, FORM_NOT_A_WORKBOOK, 0, "");
}

static const char *trimmed(struct arena *arena, const char *text, size_t len)
{
    struct buf buf;
    buf_init(&buf, arena, len);
    for (size_t i = 0; i < len; i++) {
        bool hard = i + 1 < len && (unsigned char)text[i] == 0xC2 && (unsigned char)text[i + 1] == 0xA0;
        buf_char(&buf, hard ? ' ' : text[i]);
        i += hard;
    }
    return text_trim(arena, buf.ptr);
}

/* ---- comma-separated values ---- */

/* Reads a cell and stands behind it; quotes are doubled inside quotes. */
static const char *csv_cell(struct arena *arena, const char **at, const char *end, char comma)
{
    struct buf buf;
    buf_init(&buf, arena, 16);
    const char *start = *at;
    while (start < end && *start == ' ')
        start++;
    if (start < end && *start == '"') {
        for (*at = start + 1; *at < end; (*at)++) {
            if (**at == '"' && (*at + 1 == end || (*at)[1] != '"'))
                break;
            *at += **at == '"';
            buf_char(&buf, **at);
        }
        *at += *at < end;
    }
    while (*at < end && **at != comma && **at != '\n' && **at != '\r')
        buf_char(&buf, *(*at)++);
    return trimmed(arena, buf.ptr, buf.len);
}

/* Spreadsheet programs of this region part values by semicolons. */
static char csv_comma(const char *text, const char *end)
{
    size_t commas = 0, semicolons = 0;
    bool quoted = false;
    for (; text < end && (quoted || *text != '\n'); text++) {
        quoted = *text == '"' ? !quoted : quoted;
        commas += !quoted && *text == ',';
        semicolons += !quoted && *text == ';';
    }
    return semicolons > commas ? ';' : ',';
}

/* Reads a line's cells and stands behind the line. */
static struct cells csv_line(struct arena *arena, const char **at, const char *end, char comma)
{
    struct cells cells = {0};
    for (;;) {
        add_cell(arena, &cells, csv_cell(arena, at, end, comma));
        if (*at == end || **at != comma)
            break;
        (*at)++;
    }
    *at += *at < end && **at == '\r';
    *at += *at < end && **at == '\n';
    return cells;
}

const struct sheet_rows *form_csv_rows(struct arena *arena, struct bytes file)
{
    if (file.len >= 3 && memcmp(file.ptr, "\xEF\xBB\xBF", 3) == 0)
        file = (struct bytes){file.ptr + 3, file.len - 3};
    if (file.len == 0 || !text_check((const char *)file.ptr, file.len))
        return NULL;
    struct sheet_rows *all = ARENA_NEW(arena, struct sheet_rows);
    const char *at = (const char *)file.ptr, *end = at + file.len;
    char comma = csv_comma(at, end);
    size_t room = 0;
    while (at < end) {
        struct cells cells = csv_line(arena, &at, end, comma);
        if (cells.count == 1 && cells.texts[0][0] == '\0')
            continue;
        if (all->count == room) {
            room = room == 0 ? 64 : room * 2;
            struct sheet_texts *wider = ARENA_ARRAY(arena, struct sheet_texts, room);
            if (all->count > 0)
                memcpy(wider, all->rows, all->count * sizeof *wider);
            all->rows = wider;
        }
        all->rows[all->count++] = (struct sheet_texts){cells.texts, cells.count};
    }
    return all->count == 0 ? NULL : all;
}

static enum err workbook_read_csv(struct arena *arena, struct bytes file, const char *const *wanted,
                                  struct workbook *out, struct form_problem *problem)
{
    struct collecting c = {.arena = arena, .wanted = wanted, .book = out, .problem = problem};
    TRY(prepare(&c, &file));
    const char *at = (const char *)file.ptr, *end = at + file.len;
    char comma = csv_comma(at, end);
    while (at < end) {
        struct cells cells = csv_line(arena, &at, end, comma);
        TRY(take_row(&c, &cells));
    }
    return finish(&c);
}

/* ---- Markdown tables ---- */

static bool is_rule(const char *line, size_t len)
{
    bool dash = false;
    for (size_t i = 0; i < len; i++) {
        if (strchr("|-: \t", line[i]) == NULL)
            return false;
        dash = dash || line[i] == '-';
    }
    return dash;
}

/* The cells between the first and the last bar; "\|" is a bar inside a cell. */
static void markdown_row(struct arena *arena, const char *line, size_t len, struct cells *cells)
{
    struct buf buf;
    buf_init(&buf, arena, len);
    for (size_t i = 1; i < len; i++) {
        if (line[i] == '\\' && i + 1 < len && line[i + 1] == '|') {
            buf_char(&buf, line[++i]);
        } else if (line[i] == '|') {
            add_cell(arena, cells, trimmed(arena, buf.ptr, buf.len));
            buf_init(&buf, arena, len - i);
        } else {
            buf_char(&buf, line[i]);
        }
    }
}

/* The same as workbook_read for sheets as text: comma-separated values or Markdown tables, with the sheet's name in the first
 * column and its rows indented by it. */
static enum err workbook_read_markdown(struct arena *arena, struct bytes file, const char *const *wanted,
                                       struct workbook *out, struct form_problem *problem)
{
    struct collecting c = {.arena = arena, .wanted = wanted, .book = out, .problem = problem};
    TRY(prepare(&c, &file));
    const char *at = (const char *)file.ptr, *end = at + file.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        while (at < stop && (*at == ' ' || *at == '\t'))
            at++;
        size_t len = (size_t)(stop - at);
        if (len > 0 && *at == '|' && !is_rule(at, len)) {
            struct cells cells = {0};
            markdown_row(arena, at, len, &cells);
            TRY(take_row(&c, &cells));
        }
        at = stop < end ? stop + 1 : end;
    }
    return finish(&c);
}

/* ---- which of them ---- */

/* Does a line begin a table with the sheet of questions? What stands around tables is commentary. */
static bool has_survey_table(const char *at, const char *end)
{
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        if (*at == '|') {
            at++;
            while (at < stop && (*at == ' ' || *at == '\t'))
                at++;
            if (stop - at >= 6 && strncasecmp(at, "survey", 6) == 0)
                return true;
        }
        at = stop < end ? stop + 1 : end;
    }
    return false;
}

enum workbook_format workbook_format(struct bytes file)
{
    if (file.len == 0)
        return WORKBOOK_CSV;
    const uint8_t *at = file.ptr, *end = at + file.len;
    if (file.len >= 2 && at[0] == 'P' && at[1] == 'K')
        return WORKBOOK_XLSX;
    if (file.len >= 8 && memcmp(at, "\xD0\xCF\x11\xE0", 4) == 0)
        return WORKBOOK_XLS;
    if (file.len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    if (at < end && *at == '<')
        return WORKBOOK_XML;
    bool table = at < end && (*at == '|' || has_survey_table((const char *)at, (const char *)end));
    return table ? WORKBOOK_MARKDOWN : WORKBOOK_CSV;
}

enum err workbook_read_any(struct arena *arena, struct bytes file, const char *const *wanted, struct workbook *out,
                           struct form_problem *problem)
{
    switch (workbook_format(file)) {
    case WORKBOOK_XLSX: return workbook_read(arena, file, wanted, out, problem);
    case WORKBOOK_XLS: return refuse(problem, FORM_OLD_WORKBOOK, 0, "");
    case WORKBOOK_MARKDOWN: return workbook_read_markdown(arena, file, wanted, out, problem);
    case WORKBOOK_CSV: return workbook_read_csv(arena, file, wanted, out, problem);
    default: return refuse(problem, FORM_NOT_A_WORKBOOK, 0, "");
    }
}
