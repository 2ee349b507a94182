/* Laying out and drawing, with pango for the text and cairo for the paper. */
#include "platform/pdf/internal.h"

#include <cairo/cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

/* A4 in points, and the margins. */
#define WIDTH (210 * POINTS_PER_MM)
#define HEIGHT (297 * POINTS_PER_MM)
#define SIDE (20 * POINTS_PER_MM)
#define TOP (18 * POINTS_PER_MM)
#define BOTTOM (HEIGHT - 22 * POINTS_PER_MM)
#define FOOT (HEIGHT - 14 * POINTS_PER_MM)
#define GUTTER (3 * POINTS_PER_MM)
enum { PAGES_MAX = 5000, QUIET_ZONE = 4 };

/* Sizes in points; `keep` is the room that must be left below the first line, so that a heading never ends a page. */
static const struct style {
    const char *font;
    double before, after, keep, grey;
    const char *tag; /* of the document's structure, for those who listen to it */
} STYLES[FACE_COUNT] = {
    [FACE_TEXT] = {"DejaVu Sans 9.5", 0, 6, 0, 0.1, "P"},
    [FACE_SMALL] = {"DejaVu Sans 7.5", 0, 4, 0, 0.35, "P"},
    [FACE_CODE] = {"DejaVu Sans Mono 8", 0, 5, 0, 0.1, "P"},
    [FACE_WORDS] = {"DejaVu Sans Mono 14", 0, 9, 0, 0, "P"},
    [FACE_PAIR] = {"DejaVu Sans 9.5", 0, 3, 0, 0.1, "P"},
    [FACE_TABLE] = {"DejaVu Sans 8", 3, 3, 0, 0.1, "TR"},
    [FACE_TABLE_HEADING] = {"DejaVu Sans Bold 8", 3, 3, 30, 0.1, "TR"},
    [FACE_HEADING_1] = {"DejaVu Sans Bold 16", 4, 10, 60, 0.1, "H1"},
    [FACE_HEADING_2] = {"DejaVu Sans Bold 12", 12, 6, 50, 0.1, "H2"},
    [FACE_HEADING_3] = {"DejaVu Sans Bold 9.5", 8, 4, 40, 0.1, "H3"},
};

/* What the library lent us, given back when the document is done or its arena ends first. */
struct canvas {
    struct pdf *pdf;
    PangoFontMap *fonts;
    PangoContext *context;
    PangoFontDescription *faces[FACE_COUNT];
    PangoLayout *layouts[PDF_COLUMNS_MAX];
    cairo_surface_t *surface;
    cairo_t *cairo;
    FILE *file;
    char *written;
    size_t written_len;
    bool drawing; /* or only counting */
    int page;     /* from 1 */
    int pages;
    double y;
};

static void canvas_close(void *handle)
{
    struct canvas *canvas = handle;
    for (size_t i = 0; i < PDF_COLUMNS_MAX; i++) {
        if (canvas->layouts[i] != NULL)
            g_object_unref(canvas->layouts[i]);
        canvas->layouts[i] = NULL;
    }
    for (size_t i = 0; i < FACE_COUNT; i++) {
        if (canvas->faces[i] != NULL)
            pango_font_description_free(canvas->faces[i]);
        canvas->faces[i] = NULL;
    }
    if (canvas->context != NULL)
        g_object_unref(canvas->context);
    if (canvas->fonts != NULL)
        g_object_unref(canvas->fonts);
    if (canvas->cairo != NULL)
        cairo_destroy(canvas->cairo);
    if (canvas->surface != NULL)
        cairo_surface_destroy(canvas->surface);
    if (canvas->file != NULL)
        (void)fclose(canvas->file);
    if (canvas->written != NULL)
        explicit_bzero(canvas->written, canvas->written_len);
    free(canvas->written);
    canvas->context = NULL;
    canvas->fonts = NULL;
    canvas->cairo = NULL;
    canvas->surface = NULL;
    canvas->file = NULL;
    canvas->written = NULL;
}

static cairo_status_t keep(void *data, const unsigned char *ptr, unsigned len)
{
    return fwrite(ptr, 1, len, data) == len ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static enum err canvas_open(struct canvas *canvas)
{
    canvas->file = open_memstream(&canvas->written, &canvas->written_len);
    if (canvas->file == NULL)
        return err_note(ERR_LIMIT, "pdf: no memory");
    canvas->surface = cairo_pdf_surface_create_for_stream(keep, canvas->file, WIDTH, HEIGHT);
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_TITLE, canvas->pdf->settings.title);
    canvas->cairo = cairo_create(canvas->surface);
    /* A map of our own: the library's default one is kept for each thread for ever. */
    canvas->fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(canvas->fonts), 72);
    canvas->context = pango_font_map_create_context(canvas->fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(canvas->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_language(canvas->context, pango_language_from_string(canvas->pdf->settings.language));
    for (size_t i = 0; i < FACE_COUNT; i++)
        canvas->faces[i] = pango_font_description_from_string(STYLES[i].font);
    for (size_t i = 0; i < PDF_COLUMNS_MAX; i++) {
        canvas->layouts[i] = pango_layout_new(canvas->context);
        pango_layout_set_wrap(canvas->layouts[i], PANGO_WRAP_WORD_CHAR);
    }
    return OK;
}

/* ---- pages ---- */

static void grey(struct canvas *canvas, double lightness)
{
    cairo_set_source_rgb(canvas->cairo, lightness, lightness, lightness);
}

static void foot_text(struct canvas *canvas, const char *text, bool right)
{
    PangoLayout *layout = canvas->layouts[0];
    pango_layout_set_font_description(layout, canvas->faces[FACE_SMALL]);
    pango_layout_set_width(layout, -1);
    pango_layout_set_text(layout, text, -1);
    int width;
    pango_layout_get_size(layout, &width, NULL);
    cairo_move_to(canvas->cairo, right ? WIDTH - SIDE - pango_units_to_double(width) : SIDE, FOOT);
    pango_cairo_show_layout(canvas->cairo, layout);
}

/* Lines of a broken row are still to be drawn when a page ends, so the foot has been drawn when the page began. */
static void page_begin(struct canvas *canvas)
{
    canvas->page++;
    canvas->y = TOP;
    if (!canvas->drawing)
        return;
    char number[64];
    (void)snprintf(number, sizeof number, "%s %d / %d", canvas->pdf->settings.page, canvas->page, canvas->pages);
    grey(canvas, STYLES[FACE_SMALL].grey);
    foot_text(canvas, canvas->pdf->settings.footer, false);
    foot_text(canvas, number, true);
}

static void page_next(struct canvas *canvas)
{
    if (canvas->drawing)
        cairo_show_page(canvas->cairo);
    page_begin(canvas);
}

/* ---- rows ---- */

struct column {
    int next; /* line to draw */
    int count;
    double x;
};

struct row {
    const struct piece *piece;
    struct column columns[PDF_COLUMNS_MAX];
    double height;
};

/* A line's height, from the font's own measures so that all lines of a row stand level. */
static double line_height(PangoLayoutLine *line)
{
    PangoRectangle logical;
    pango_layout_line_get_extents(line, NULL, &logical);
    return pango_units_to_double(logical.height) * 1.12;
}

static void row_begin(struct canvas *canvas, const struct piece *piece, double from, double width, struct row *row)
{
    double sum = 0;
    double room = width - GUTTER * (double)(piece->cell_count - 1);
    *row = (struct row){.piece = piece};
    for (size_t i = 0; i < piece->cell_count; i++)
        sum += piece->shares[i];
    for (size_t i = 0; i < piece->cell_count; i++) {
        PangoLayout *layout = canvas->layouts[i];
        double own = room * piece->shares[i] / sum;
        bool label = piece->face == FACE_PAIR && i == 0;
        pango_layout_set_font_description(layout, canvas->faces[label ? FACE_HEADING_3 : piece->face]);
        pango_layout_set_width(layout, pango_units_from_double(own));
        pango_layout_set_text(layout, piece->cells[i], -1);
        row->columns[i] = (struct column){.count = pango_layout_get_line_count(layout), .x = from};
        from += own + GUTTER;
        double height = 0;
        for (int n = 0; n < row->columns[i].count; n++)
            height += line_height(pango_layout_get_line_readonly(layout, n));
        row->height = height > row->height ? height : row->height;
    }
}

static bool row_over(const struct row *row)
{
    for (size_t i = 0; i < row->piece->cell_count; i++) {
        if (row->columns[i].next < row->columns[i].count)
            return false;
    }
    return true;
}

/* Draws each cell's next lines as far as this page goes. */
static void row_draw(struct canvas *canvas, struct row *row)
{
    const struct style *style = &STYLES[row->piece->face];
    double lowest = canvas->y;
    for (size_t i = 0; i < row->piece->cell_count; i++) {
        struct column *column = &row->columns[i];
        double y = canvas->y;
        while (column->next < column->count) {
            PangoLayoutLine *line = pango_layout_get_line_readonly(canvas->layouts[i], column->next);
            double height = line_height(line);
            if (y + height > BOTTOM && y > TOP)
                break;
            PangoRectangle logical;
            pango_layout_line_get_extents(line, NULL, &logical);
            if (canvas->drawing) {
                grey(canvas, style->grey);
                cairo_move_to(canvas->cairo, column->x, y - pango_units_to_double(logical.y));
                pango_cairo_show_layout_line(canvas->cairo, line);
            }
            y += height;
            column->next++;
        }
        lowest = y > lowest ? y : lowest;
    }
    canvas->y = lowest;
}

static void rule(struct canvas *canvas, double lightness)
{
    if (!canvas->drawing)
        return;
    grey(canvas, lightness);
    cairo_set_line_width(canvas->cairo, 0.5);
    cairo_move_to(canvas->cairo, SIDE, canvas->y);
    cairo_line_to(canvas->cairo, WIDTH - SIDE, canvas->y);
    cairo_stroke(canvas->cairo);
}

static void tag(struct canvas *canvas, const struct piece *piece, bool begin)
{
    const char *name = STYLES[piece->face].tag;
    if (!canvas->drawing)
        return;
    if (begin)
        cairo_tag_begin(canvas->cairo, name, NULL);
    else
        cairo_tag_end(canvas->cairo, name);
}

static void row_on_page(struct canvas *canvas, struct row *row)
{
    tag(canvas, row->piece, true);
    row_draw(canvas, row);
    tag(canvas, row->piece, false);
}

static void put_row(struct canvas *canvas, const struct piece *piece);

/* A new page in the middle of a table begins with the table's headings. */
static void page_next_for(struct canvas *canvas, const struct piece *piece)
{
    page_next(canvas);
    if (piece->heading != NULL)
        put_row(canvas, piece->heading);
}

static void put_row(struct canvas *canvas, const struct piece *piece)
{
    const struct style *style = &STYLES[piece->face];
    struct row row;
    if (piece->hidden)
        return;
    row_begin(canvas, piece, SIDE, WIDTH - 2 * SIDE, &row);
    double left = BOTTOM - canvas->y - style->before;
    /* What is short stays in one piece; what is long begins here and goes on. */
    bool fits = row.height + style->keep <= left;
    bool whole = style->keep > 0 || row.height < (BOTTOM - TOP) / 3;
    if (canvas->y > TOP && !fits && (whole || left < 40)) {
        page_next_for(canvas, piece);
        row_begin(canvas, piece, SIDE, WIDTH - 2 * SIDE, &row);
    }
    canvas->y += canvas->y > TOP || piece->face == FACE_TABLE_HEADING ? style->before : 0;
    row_on_page(canvas, &row);
    while (!row_over(&row) && canvas->page < PAGES_MAX) {
        page_next_for(canvas, piece);
        struct row again; /* the headings used the layouts */
        row_begin(canvas, piece, SIDE, WIDTH - 2 * SIDE, &again);
        for (size_t i = 0; i < piece->cell_count; i++)
            again.columns[i].next = row.columns[i].next;
        row = again;
        row_on_page(canvas, &row);
    }
    canvas->y += style->after;
    if (piece->face == FACE_TABLE || piece->face == FACE_TABLE_HEADING)
        rule(canvas, piece->face == FACE_TABLE ? 0.8 : 0.3);
}

/* ---- matrices ---- */

static void put_matrix(struct canvas *canvas, const struct piece *piece)
{
    if (canvas->y > TOP && canvas->y + piece->size > BOTTOM)
        page_next(canvas);
    double module = piece->size / (piece->side + 2 * QUIET_ZONE);
    double top = canvas->y;
    if (canvas->drawing) {
        grey(canvas, 0);
        for (unsigned i = 0; i < piece->side * piece->side; i++) {
            if ((piece->modules[i] & 1) != 0)
                cairo_rectangle(canvas->cairo, SIDE + module * (i % piece->side + QUIET_ZONE),
                                top + module * (i / piece->side + QUIET_ZONE), module, module);
        }
        cairo_fill(canvas->cairo);
    }
    struct piece caption = {.face = FACE_CODE, .cell_count = 1, .cells = piece->cells, .shares = {1}};
    struct row row;
    row_begin(canvas, &caption, SIDE + piece->size + GUTTER, WIDTH - 2 * SIDE - piece->size - GUTTER, &row);
    canvas->y = top + module * QUIET_ZONE;
    row_on_page(canvas, &row);
    canvas->y = top + piece->size > canvas->y ? top + piece->size : canvas->y;
}

static void put(struct canvas *canvas, const struct piece *piece)
{
    switch (piece->kind) {
    case PIECE_ROW: put_row(canvas, piece); break;
    case PIECE_MATRIX: put_matrix(canvas, piece); break;
    case PIECE_SPACE: canvas->y += canvas->y > TOP ? piece->size : 0; break;
    case PIECE_BREAK: page_next(canvas); break;
    }
}

static void lay_out(struct canvas *canvas, bool drawing)
{
    canvas->drawing = drawing;
    canvas->page = 0;
    page_begin(canvas);
    for (const struct piece *piece = canvas->pdf->first; piece != NULL && canvas->page < PAGES_MAX; piece = piece->next)
        put(canvas, piece);
    canvas->pages = canvas->page;
}

enum err pdf_bytes(struct pdf *pdf, struct bytes *out)
{
    struct canvas *canvas = ARENA_NEW(pdf->arena, struct canvas);
    canvas->pdf = pdf;
    arena_defer(pdf->arena, canvas_close, canvas);
    TRY(canvas_open(canvas));
    lay_out(canvas, false);
    if (canvas->pages >= PAGES_MAX)
        return err_note(ERR_LIMIT, "pdf: too many pages");
    lay_out(canvas, true);
    cairo_surface_finish(canvas->surface);
    cairo_status_t status = cairo_surface_status(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_status(canvas->cairo);
    if (status != CAIRO_STATUS_SUCCESS || fflush(canvas->file) != 0)
        return err_note(ERR_IO, "pdf: %s", cairo_status_to_string(status));
    *out = arena_bytes(pdf->arena, canvas->written, canvas->written_len);
    canvas_close(canvas);
    return OK;
}

/* Built to look for leaks: what fontconfig keeps for ever is none. Told here, because a program that is shut in can read no list. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif
#endif
