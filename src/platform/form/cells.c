#include "platform/form/workbook.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/form/xml.h"
#include "platform/form/xpath.h"

#include <math.h>

/* ---- growing lists ---- */

static void *grown(struct arena *arena, void *list, size_t count, size_t size)
{
    if (count >= 16 && (count & (count - 1)) != 0)
        return list;
    if (count > 0 && count < 16)
        return list;
    void *wider = arena_array(arena, count == 0 ? 16 : count * 2, size);
    if (count > 0)
        memcpy(wider, list, count * size);
    return wider;
}

/* ---- shared strings ---- */

/* The text inside <si> or <is>: all <t> but those of pronunciations. Stands behind the element's end afterwards. */
static enum err rich_text(struct arena *arena, struct xml *xml, const char **out)
{
    struct buf buf;
    buf_init(&buf, arena, 32);
    bool in_text = false;
    for (int depth = 1; depth > 0;) {
        enum xml_event event = xml_next(xml);
        if (event == XML_EVENT_DONE || event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event == XML_EVENT_TEXT && in_text)
            buf_text(&buf, xml_text(xml));
        if (event == XML_EVENT_START && xml_is(xml, "rPh")) {
            if (!xml_skip(xml))
                return ERR_BROKEN;
            continue;
        }
        if (event == XML_EVENT_START)
            depth++;
        if (event == XML_EVENT_END)
            depth--;
        if (event != XML_EVENT_TEXT)
            in_text = event == XML_EVENT_START && xml_is(xml, "t");
    }
    *out = buf.ptr;
    return OK;
}

enum err workbook_read_strings(struct arena *arena, struct bytes part, struct workbook_strings *out)
{
    struct xml xml;
    struct workbook_strings strings = {0};
    TRY(xml_open(arena, part, &xml));
    for (;;) {
        enum xml_event event = xml_next(&xml);
        if (event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event == XML_EVENT_DONE)
            break;
        if (event != XML_EVENT_START || !xml_is(&xml, "si"))
            continue;
        strings.texts = grown(arena, strings.texts, strings.count, sizeof *strings.texts);
        TRY(rich_text(arena, &xml, &strings.texts[strings.count++]));
    }
    *out = strings;
    return OK;
}

/* ---- styles: which cells show dates ---- */

static bool is_date_format(const char *code)
{
    bool quoted = false;
    for (; *code != '\0'; code++) {
        if (*code == '"')
            quoted = !quoted;
        else if (*code == '[')
            code += strcspn(code, "]") - (strchr(code, ']') == NULL);
        else if (*code == '\\' && code[1] != '\0')
            code++;
        else if (!quoted && strchr("yYmMdDhHsS", *code) != NULL)
            return true;
    }
    return false;
}

struct date_formats {
    long ids[200];
    size_t count;
};

static void note_format(struct arena *arena, const struct xml *xml, struct date_formats *formats)
{
    const char *id = xml_attribute(xml, arena, "numFmtId");
    const char *code = xml_attribute(xml, arena, "formatCode");
    if (id != NULL && code != NULL && is_date_format(code) && formats->count < 200)
        formats->ids[formats->count++] = strtol(id, NULL, 10);
}

static bool shows_date(struct arena *arena, const struct xml *xml, const struct date_formats *formats)
{
    const char *text = xml_attribute(xml, arena, "numFmtId");
    long id = text == NULL ? 0 : strtol(text, NULL, 10);
    if ((id >= 14 && id <= 22) || (id >= 45 && id <= 47))
        return true;
    for (size_t i = 0; i < formats->count; i++)
        if (formats->ids[i] == id)
            return true;
    return false;
}

enum err workbook_read_styles(struct arena *arena, struct bytes part, struct workbook_styles *out)
{
    struct xml xml;
    struct workbook_styles styles = {0};
    struct date_formats *formats = ARENA_NEW(arena, struct date_formats);
    bool in_cells = false;
    TRY(xml_open(arena, part, &xml));
    for (;;) {
        enum xml_event event = xml_next(&xml);
        if (event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event == XML_EVENT_DONE)
            break;
        if (event != XML_EVENT_TEXT && xml_is(&xml, "cellXfs"))
            in_cells = event == XML_EVENT_START;
        if (event == XML_EVENT_START && xml_is(&xml, "numFmt"))
            note_format(arena, &xml, formats);
        if (event == XML_EVENT_START && in_cells && xml_is(&xml, "xf")) {
            styles.dates = grown(arena, styles.dates, styles.count, sizeof *styles.dates);
            styles.dates[styles.count++] = shows_date(arena, &xml, formats);
        }
    }
    *out = styles;
    return OK;
}

/* ---- sheets ---- */

struct sheet_reading {
    struct arena *arena;
    struct xml xml;
    const struct workbook_strings *strings;
    const struct workbook_styles *styles;
    struct workbook_budget *budget;
    struct sheet *sheet;
    struct form_problem *problem;
    struct sheet_row row;
    unsigned column; /* of the cell being read */
};

static enum err refuse_cell(struct sheet_reading *r, enum form_problem_code code, const char *detail)
{
    const char *column = workbook_column(r->arena, r->column);
    *r->problem = (struct form_problem){
        .code = code, .sheet = r->sheet->name, .row = r->row.number, .column = column, .heading = "", .detail = detail};
    return ERR_INPUT;
}

static const char *date_text(struct arena *arena, double serial, bool from_1904)
{
    double days = serial - (from_1904 ? 24107 : 25569);
    int64_t seconds = (int64_t)round((serial - floor(serial)) * 86400);
    const char *date = xpath_print_date(arena, days);
    const char *clock = arena_format(arena, "%02d:%02d:%02d", (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60),
                                     (int)(seconds % 60));
    if (serial >= 0 && serial < 1)
        return clock;
    return seconds == 0 || date == NULL ? date : arena_format(arena, "%sT%s", date, clock);
}

static const char *number_text(struct sheet_reading *r, const char *text, const char *style)
{
    char *end = NULL;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number))
        return text;
    long format = style == NULL ? 0 : strtol(style, NULL, 10);
    if (format >= 0 && (size_t)format < r->styles->count && r->styles->dates[format]) {
        const char *date = date_text(r->arena, number, r->styles->from_1904);
        if (date != NULL)
            return date;
    }
    return xpath_print_number(r->arena, number);
}

/* "AB12" -> 27. Without a reference the cell follows the one before. */
static unsigned column_of(const char *reference, unsigned otherwise)
{
    unsigned column = 0;
    if (reference == NULL || reference[0] < 'A' || reference[0] > 'Z')
        return otherwise;
    for (; *reference >= 'A' && *reference <= 'Z' && column < 20000; reference++)
        column = column * 26 + (unsigned)(*reference - 'A' + 1);
    return column - 1;
}

static enum err plain_text(struct sheet_reading *r, const char **out)
{
    struct buf buf;
    buf_init(&buf, r->arena, 16);
    for (;;) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_TEXT)
            buf_text(&buf, xml_text(&r->xml));
        else if (event != XML_EVENT_END)
            return ERR_BROKEN;
        else
            break;
    }
    *out = buf.ptr;
    return OK;
}

/* The value elements of a cell, up to its end. */
static enum err cell_content(struct sheet_reading *r, const char **out)
{
    *out = "";
    for (;;) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_END)
            return OK;
        if (event == XML_EVENT_TEXT)
            continue;
        if (event != XML_EVENT_START)
            return ERR_BROKEN;
        if (xml_is(&r->xml, "v"))
            TRY(plain_text(r, out));
        else if (xml_is(&r->xml, "is"))
            TRY(rich_text(r->arena, &r->xml, out));
        else if (!xml_skip(&r->xml))
            return ERR_BROKEN;
    }
}

static enum err decode(struct sheet_reading *r, const char *kind, const char *style, const char **text)
{
    int64_t at = 0;
    if (text_empty(*text))
        return OK;
    if (text_same(kind, "s")) {
        if (!text_to_int(*text, &at) || at < 0 || (size_t)at >= r->strings->count)
            return ERR_BROKEN;
        *text = r->strings->texts[at];
    } else if (text_same(kind, "b")) {
        *text = text_same(*text, "1") ? "TRUE" : "FALSE";
    } else if (kind == NULL || text_same(kind, "n")) {
        *text = number_text(r, *text, style);
    }
    return OK;
}

/* Blanks that cannot be told from spaces on the screen count as spaces. */
static const char *plain_blanks(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, text);
    char *to = copy;
    for (const char *at = copy; *at != '\0'; at++)
        if ((unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0) {
            *to++ = ' ';
            at++;
        } else {
            *to++ = *at;
        }
    *to = '\0';
    return text_trim(arena, copy);
}

static enum err read_cell(struct sheet_reading *r)
{
    const char *kind = xml_attribute(&r->xml, r->arena, "t");
    const char *style = xml_attribute(&r->xml, r->arena, "s");
    const char *text = NULL;
    r->column = column_of(xml_attribute(&r->xml, r->arena, "r"), r->column);
    TRY(cell_content(r, &text));
    TRY(decode(r, kind, style, &text));
    text = plain_blanks(r->arena, text);
    if (text[0] == '\0')
        return OK;
    if (r->budget->cells-- == 0) {
        r->budget->cells = 0;
        return refuse_cell(r, FORM_TOO_LARGE, "cells");
    }
    if (!text_check(text, strlen(text)))
        return refuse_cell(r, FORM_TEXT_INVALID, "");
    r->row.cells = grown(r->arena, r->row.cells, r->row.count, sizeof *r->row.cells);
    r->row.cells[r->row.count++] = (struct sheet_cell){r->column, text};
    return OK;
}

static enum err read_row(struct sheet_reading *r, unsigned before)
{
    int64_t number = 0;
    const char *text = xml_attribute(&r->xml, r->arena, "r");
    bool given = text != NULL && text_to_int(text, &number) && number > 0 && number < 2000000;
    r->row = (struct sheet_row){.number = given ? (unsigned)number : before + 1};
    r->column = 0;
    for (;; r->column++) {
        enum xml_event event = xml_next(&r->xml);
        if (event == XML_EVENT_END)
            break;
        if (event == XML_EVENT_TEXT)
            continue;
        if (event != XML_EVENT_START || !xml_is(&r->xml, "c"))
            return ERR_BROKEN;
        TRY(read_cell(r));
    }
    if (r->row.count == 0)
        return OK;
    if (r->budget->rows-- == 0) {
        r->budget->rows = 0;
        return refuse_cell(r, FORM_TOO_LARGE, "rows");
    }
    r->sheet->rows = grown(r->arena, r->sheet->rows, r->sheet->count, sizeof *r->sheet->rows);
    r->sheet->rows[r->sheet->count++] = r->row;
    return OK;
}

enum err workbook_read_sheet(struct arena *arena, struct bytes part, const struct workbook_strings *strings,
                             const struct workbook_styles *styles, struct workbook_budget *budget, struct sheet *sheet,
                             struct form_problem *problem)
{
    struct sheet_reading r = {
        .arena = arena, .strings = strings, .styles = styles, .budget = budget, .sheet = sheet, .problem = problem};
    TRY(xml_open(arena, part, &r.xml));
    for (;;) {
        enum xml_event event = xml_next(&r.xml);
        if (event == XML_EVENT_DONE)
            return OK;
        if (event == XML_EVENT_BROKEN)
            return ERR_BROKEN;
        if (event == XML_EVENT_START && xml_is(&r.xml, "row"))
            TRY(read_row(&r, r.row.number));
    }
}
