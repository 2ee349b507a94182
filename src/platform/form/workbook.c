#include "platform/form/workbook.h"

#include "base/buf.h"
#include "base/text.h"
#include "platform/form/xml.h"

#include <strings.h>
#include <zip.h>

struct reading {
    struct arena *arena;
    zip_t *zip;
    struct form_problem *problem;
};

static enum err refuse(struct form_problem *problem, enum form_problem_code code, const char *detail)
{
    *problem = (struct form_problem){.code = code, .sheet = "", .column = "", .heading = "", .detail = detail};
    return ERR_INPUT;
}

const char *workbook_column(struct arena *arena, unsigned column)
{
    char letters[8];
    size_t at = sizeof letters - 1;
    letters[at] = '\0';
    for (unsigned rest = column + 1; rest > 0 && at > 0; rest = (rest - 1) / 26)
        letters[--at] = (char)('A' + (rest - 1) % 26);
    return arena_text(arena, letters + at);
}

const char *sheet_text(const struct sheet_row *row, unsigned column)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].column == column)
            return row->cells[i].text;
    return NULL;
}

/* ---- the archive ---- */

static void close_archive(void *handle)
{
    zip_discard(handle);
}

static enum err open_archive(struct reading *r, struct bytes file)
{
    if (file.len > WORKBOOK_FILE_MAX)
        return refuse(r->problem, FORM_TOO_LARGE, "the file");
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file.ptr, file.len, 0, &error);
    r->zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (r->zip == NULL) {
        zip_source_free(source);
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    }
    arena_defer(r->arena, close_archive, r->zip);
    if (zip_get_num_entries(r->zip, 0) > WORKBOOK_ENTRIES_MAX)
        return refuse(r->problem, FORM_TOO_LARGE, "files in the archive");
    return OK;
}

/* Unpacks at most WORKBOOK_PART_MAX bytes, whatever size the archive claims. */
static enum err unpack(struct reading *r, zip_file_t *part, struct bytes *out)
{
    enum { CHUNK = 64 * 1024 };
    struct buf buf;
    buf_init(&buf, r->arena, CHUNK);
    char *chunk = arena_alloc(r->arena, CHUNK);
    for (;;) {
        zip_int64_t got = zip_fread(part, chunk, CHUNK);
        if (got < 0)
            return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
        if (got == 0)
            break;
        if (buf.len + (size_t)got > WORKBOOK_PART_MAX)
            return refuse(r->problem, FORM_TOO_LARGE, "the unpacked file");
        buf_add(&buf, chunk, (size_t)got);
    }
    *out = (struct bytes){(const uint8_t *)buf.ptr, buf.len};
    return OK;
}

static void close_part(void *handle)
{
    (void)zip_fclose(handle);
}

/* A part by name; empty bytes when there is none. */
static enum err read_part(struct reading *r, const char *name, struct bytes *out)
{
    *out = (struct bytes){NULL, 0};
    zip_int64_t at = zip_name_locate(r->zip, name, ZIP_FL_NOCASE);
    if (at < 0)
        return OK;
    zip_file_t *part = zip_fopen_index(r->zip, (zip_uint64_t)at, 0);
    if (part == NULL)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    arena_defer(r->arena, close_part, part);
    return unpack(r, part, out);
}

/* ---- which sheet is which part ---- */

enum { OTHERS_MAX = 50 };

struct sheet_place {
    const char *name;
    const char *relation;
    struct sheet_place *next;
};

struct contents {
    struct sheet_place *places; /* those wanted, last first */
    size_t count;
    const char **others;
    size_t other_count;
    size_t sheet_count;
    struct sheet_place *only; /* the first sheet, under the first of the wanted names */
    bool from_1904;
};

static bool is_wanted(const char *name, const char *const *wanted)
{
    for (; *wanted != NULL; wanted++)
        if (strcasecmp(name, *wanted) == 0)
            return true;
    return false;
}

static void note_sheet(struct reading *r, struct xml *xml, const char *const *wanted, struct contents *out)
{
    const char *name = xml_attribute(xml, r->arena, "name");
    const char *relation = xml_attribute(xml, r->arena, "id");
    name = text_trim(r->arena, name == NULL ? "" : name);
    out->sheet_count++;
    if (out->sheet_count == 1 && relation != NULL) {
        out->only = ARENA_NEW(r->arena, struct sheet_place);
        *out->only = (struct sheet_place){wanted[0], relation, NULL};
    }
    if (relation != NULL && !is_wanted(name, wanted) && out->other_count < OTHERS_MAX) {
        if (out->others == NULL)
            out->others = ARENA_ARRAY(r->arena, const char *, OTHERS_MAX);
        out->others[out->other_count++] = name;
    }
    if (relation == NULL || !is_wanted(name, wanted))
        return;
    struct sheet_place *place = ARENA_NEW(r->arena, struct sheet_place);
    *place = (struct sheet_place){name, relation, out->places};
    out->places = place;
    out->count++;
}

static enum err read_contents(struct reading *r, const char *const *wanted, struct contents *out)
{
    struct bytes part;
    struct xml xml;
    TRY(read_part(r, "xl/workbook.xml", &part));
    if (xml_open(r->arena, part, &xml) != OK)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    *out = (struct contents){0};
    for (;;) {
        enum xml_event event = xml_next(&xml);
        if (event == XML_EVENT_DONE && out->sheet_count == 1 && out->count == 0 && out->only != NULL) {
            /* A workbook of one sheet needs no name for it. */
            out->places = out->only;
            out->count = 1;
        }
        if (event == XML_EVENT_DONE)
            return OK;
        if (event == XML_EVENT_BROKEN)
            return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
        if (event == XML_EVENT_START && xml_is(&xml, "sheet"))
            note_sheet(r, &xml, wanted, out);
        if (event == XML_EVENT_START && xml_is(&xml, "workbookPr")) {
            const char *flag = xml_attribute(&xml, r->arena, "date1904");
            out->from_1904 = text_same(flag, "1") || text_same(flag, "true");
        }
    }
}

/* The name of the part that a relation of the workbook leads to; NULL when there is none. */
static enum err find_target(struct reading *r, struct bytes relations, const char *id, const char **out)
{
    struct xml xml;
    if (xml_open(r->arena, relations, &xml) != OK)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    for (;;) {
        enum xml_event event = xml_next(&xml);
        if (event == XML_EVENT_DONE || event == XML_EVENT_BROKEN)
            return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
        if (event != XML_EVENT_START || !text_same(xml_attribute(&xml, r->arena, "Id"), id))
            continue;
        const char *target = xml_attribute(&xml, r->arena, "Target");
        if (target == NULL)
            return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
        *out = target[0] == '/' ? target + 1 : arena_format(r->arena, "xl/%s", target);
        return OK;
    }
}

/* ---- all together ---- */

struct tables {
    struct bytes relations;
    struct workbook_strings strings;
    struct workbook_styles styles;
    struct workbook_budget budget;
};

static enum err read_tables(struct reading *r, struct tables *out)
{
    struct bytes strings, styles;
    *out = (struct tables){.budget = {WORKBOOK_ROWS_MAX, WORKBOOK_CELLS_MAX}};
    TRY(read_part(r, "xl/_rels/workbook.xml.rels", &out->relations));
    TRY(read_part(r, "xl/sharedStrings.xml", &strings));
    TRY(read_part(r, "xl/styles.xml", &styles));
    if (strings.len > 0 && workbook_read_strings(r->arena, strings, &out->strings) != OK)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    if (styles.len > 0 && workbook_read_styles(r->arena, styles, &out->styles) != OK)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    return OK;
}

static enum err read_place(struct reading *r, struct tables *tables, const struct sheet_place *place,
                           struct sheet *sheet)
{
    const char *target = NULL;
    struct bytes part;
    TRY(find_target(r, tables->relations, place->relation, &target));
    TRY(read_part(r, target, &part));
    if (part.len == 0)
        return refuse(r->problem, FORM_NOT_A_WORKBOOK, "");
    sheet->name = place->name;
    enum err result = workbook_read_sheet(r->arena, part, &tables->strings, &tables->styles, &tables->budget, sheet,
                                          r->problem);
    return result == ERR_BROKEN ? refuse(r->problem, FORM_NOT_A_WORKBOOK, place->name) : result;
}

enum err workbook_read(struct arena *arena, struct bytes file, const char *const *wanted, struct workbook *out,
                       struct form_problem *problem)
{
    struct reading r = {arena, NULL, problem};
    struct contents contents;
    struct tables tables;
    TRY(open_archive(&r, file));
    TRY(read_contents(&r, wanted, &contents));
    TRY(read_tables(&r, &tables));
    tables.styles.from_1904 = contents.from_1904;
    struct sheet *sheets = ARENA_ARRAY(arena, struct sheet, contents.count);
    size_t at = contents.count;
    for (const struct sheet_place *place = contents.places; place != NULL; place = place->next)
        TRY(read_place(&r, &tables, place, &sheets[--at]));
    *out = (struct workbook){sheets, contents.count, contents.sheet_count > 0, contents.others, contents.other_count};
    return OK;
}
