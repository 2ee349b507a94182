/* Workbooks for tests, made from a few lines of text:
 *     "#survey\n" "type|name|label\n" "text|who|Who?\n" "#choices\n" ...
 * Empty lines are empty rows; a cell that starts with "=" is a number. */
#ifndef AUSMA_PLATFORM_FORM_TEST_BOOK_H
#define AUSMA_PLATFORM_FORM_TEST_BOOK_H

#include "base/buf.h"
#include "platform/form/form.h"

#include <zip.h>

#define BOOK_CHECK(what) \
    do {                 \
        if (!(what))     \
            BUG(#what);  \
    } while (0)

struct book {
    struct arena *arena;
    zip_t *zip;
    struct buf names, relations, sheet;
    unsigned sheets, row;
};

static inline void book_xml(struct buf *buf, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '&' || text[i] == '<' || text[i] == '"')
            buf_format(buf, "&#%d;", text[i]);
        else
            buf_char(buf, text[i]);
}

static inline void book_part(struct book *b, const char *name, const char *text, size_t len)
{
    zip_source_t *source = zip_source_buffer(b->zip, arena_bytes(b->arena, text, len).ptr, len, 0);
    BOOK_CHECK(source != NULL);
    BOOK_CHECK(zip_file_add(b->zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

static inline void book_sheet_end(struct book *b)
{
    if (b->sheets == 0)
        return;
    buf_text(&b->sheet, "</sheetData></worksheet>");
    book_part(b, arena_format(b->arena, "xl/worksheets/sheet%u.xml", b->sheets), b->sheet.ptr, b->sheet.len);
}

static inline void book_sheet(struct book *b, const char *name, size_t len)
{
    book_sheet_end(b);
    b->sheets++;
    b->row = 0;
    buf_format(&b->names, "<sheet name=\"%.*s\" sheetId=\"%u\" r:id=\"rId%u\"/>", (int)len, name, b->sheets, b->sheets);
    buf_format(&b->relations, "<Relationship Id=\"rId%u\" Target=\"worksheets/sheet%u.xml\"/>", b->sheets, b->sheets);
    buf_init(&b->sheet, b->arena, 1000);
    buf_text(&b->sheet, "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
}

static inline void book_row(struct book *b, const char *line, size_t len)
{
    const char *end = line + len;
    b->row++;
    buf_format(&b->sheet, "<row r=\"%u\">", b->row);
    for (char column = 'A'; line <= end; column++) {
        const char *bar = memchr(line, '|', (size_t)(end - line));
        size_t cell = (size_t)((bar == NULL ? end : bar) - line);
        if (cell > 0 && line[0] == '=') {
            buf_format(&b->sheet, "<c r=\"%c%u\"><v>%.*s</v></c>", column, b->row, (int)cell - 1, line + 1);
        } else if (cell > 0) {
            buf_format(&b->sheet, "<c r=\"%c%u\" t=\"inlineStr\"><is><t>", column, b->row);
            book_xml(&b->sheet, line, cell);
            buf_text(&b->sheet, "</t></is></c>");
        }
        line += cell + 1;
    }
    buf_text(&b->sheet, "</row>");
}

static inline struct bytes book_pack(struct arena *arena, zip_t *zip, zip_source_t *source)
{
    zip_stat_t stat;
    BOOK_CHECK(zip_close(zip) == 0);
    BOOK_CHECK(zip_source_open(source) == 0);
    BOOK_CHECK(zip_source_stat(source, &stat) == 0);
    uint8_t *bytes = arena_alloc(arena, stat.size);
    BOOK_CHECK(zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size);
    zip_source_close(source);
    zip_source_free(source);
    return (struct bytes){bytes, stat.size};
}

static inline struct bytes book_make(struct arena *arena, const char *text)
{
    struct book b = {.arena = arena};
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    b.zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    BOOK_CHECK(b.zip != NULL);
    buf_init(&b.names, arena, 100);
    buf_init(&b.relations, arena, 100);
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        if (text[0] == '#')
            book_sheet(&b, text + 1, len - 1);
        else
            book_row(&b, text, len);
        text += text[len] == '\n' ? len + 1 : len;
    }
    book_sheet_end(&b);
    const char *workbook = arena_format(arena, "<workbook xmlns:r=\"x\"><sheets>%s</sheets></workbook>", b.names.ptr);
    const char *relations = arena_format(arena, "<Relationships>%s</Relationships>", b.relations.ptr);
    book_part(&b, "xl/workbook.xml", workbook, strlen(workbook));
    book_part(&b, "xl/_rels/workbook.xml.rels", relations, strlen(relations));
    return book_pack(arena, b.zip, source);
}

static inline size_t book_bars(const char *line, size_t len)
{
    size_t bars = 0;
    for (size_t i = 0; i < len; i++)
        bars += line[i] == '|';
    return bars;
}

/* Every question needs a label; a survey that has no column for them gets one. */
static inline const char *book_labelled(struct arena *arena, const char *text)
{
    struct buf buf;
    size_t columns = 0;
    bool survey = false;
    buf_init(&buf, arena, strlen(text) * 2);
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        bool heading = survey && columns == 0, has = false;
        if (text[0] == '#') {
            survey = len >= 7 && strncmp(text, "#survey", 7) == 0;
            columns = 0;
        } else if (heading) {
            has = memmem(text, len, "label", 5) != NULL;
            columns = book_bars(text, len) + 1;
            survey = !has;
        }
        buf_add(&buf, text, len);
        if (survey && columns > 0 && len > 0) {
            for (size_t bars = book_bars(text, len) + 1; bars < columns; bars++)
                buf_char(&buf, '|');
            buf_text(&buf, heading ? "|label" : "|L");
        }
        buf_char(&buf, '\n');
        text += text[len] == '\n' ? len + 1 : len;
    }
    return buf.ptr;
}

/* A workbook that must open. */
static inline const struct form *book_form(struct arena *arena, const char *text)
{
    const struct form *form = NULL;
    const struct form_problem *problems = NULL;
    size_t count = 0;
    enum err result = form_read(arena, book_make(arena, book_labelled(arena, text)), NULL, &form, &problems, &count);
    while (result == ERR_INPUT && count > 1 && problems->warning) {
        problems++;
        count--;
    }
    if (result == ERR_INPUT)
        BUG(form_problem_text(arena, problems));
    BOOK_CHECK(result == OK);
    return form;
}

#endif
