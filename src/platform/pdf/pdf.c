#include "platform/pdf/internal.h"

#include "base/text.h"

static struct piece *add(struct pdf *pdf, enum piece_kind kind)
{
    struct piece *piece = ARENA_NEW(pdf->arena, struct piece);
    piece->kind = kind;
    *pdf->last = piece;
    pdf->last = &piece->next;
    return piece;
}

/* What is not valid text would stop the library with a message of its own. */
static const char *checked(const char *text)
{
    if (text == NULL)
        return "";
    return text_check(text, strlen(text)) ? text : "?";
}

static struct piece *add_row(struct pdf *pdf, enum face face, const char *text)
{
    struct piece *piece = add(pdf, PIECE_ROW);
    piece->face = face;
    piece->cell_count = 1;
    piece->cells = ARENA_NEW(pdf->arena, const char *);
    piece->cells[0] = checked(text);
    piece->shares[0] = 1;
    return piece;
}

struct pdf *pdf_new(struct arena *arena, const struct pdf_settings *settings)
{
    struct pdf *pdf = ARENA_NEW(arena, struct pdf);
    pdf->arena = arena;
    pdf->settings = *settings;
    pdf->settings.title = checked(settings->title);
    pdf->settings.page = checked(settings->page);
    pdf->settings.footer = checked(settings->footer);
    pdf->last = &pdf->first;
    return pdf;
}

void pdf_heading(struct pdf *pdf, int level, const char *text)
{
    static const enum face FACES[] = {FACE_HEADING_1, FACE_HEADING_2, FACE_HEADING_3};
    if (level < 1 || level > 3)
        BUG("a heading of no level");
    add_row(pdf, FACES[level - 1], text);
}

void pdf_text(struct pdf *pdf, const char *text)
{
    add_row(pdf, FACE_TEXT, text);
}

void pdf_small(struct pdf *pdf, const char *text)
{
    add_row(pdf, FACE_SMALL, text);
}

void pdf_code(struct pdf *pdf, const char *text)
{
    add_row(pdf, FACE_CODE, text);
}

void pdf_words(struct pdf *pdf, const char *text)
{
    add_row(pdf, FACE_WORDS, text);
}

void pdf_pair(struct pdf *pdf, const char *label, const char *value)
{
    struct piece *piece = add(pdf, PIECE_ROW);
    piece->face = FACE_PAIR;
    piece->cell_count = 2;
    piece->cells = ARENA_ARRAY(pdf->arena, const char *, 2);
    piece->cells[0] = checked(label);
    piece->cells[1] = checked(value);
    piece->shares[0] = 3;
    piece->shares[1] = 7;
}

void pdf_space(struct pdf *pdf, double millimetres)
{
    add(pdf, PIECE_SPACE)->size = millimetres * POINTS_PER_MM;
}

void pdf_page_break(struct pdf *pdf)
{
    add(pdf, PIECE_BREAK);
}

void pdf_table(struct pdf *pdf, const struct pdf_column *columns, size_t count)
{
    if (count == 0 || count > PDF_COLUMNS_MAX)
        BUG("a table with too many columns or none");
    struct piece *piece = add(pdf, PIECE_ROW);
    piece->face = FACE_TABLE_HEADING;
    piece->cell_count = count;
    piece->cells = ARENA_ARRAY(pdf->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        piece->cells[i] = checked(columns[i].heading);
        piece->shares[i] = columns[i].share;
        piece->hidden = columns[i].heading == NULL;
    }
    pdf->table = piece;
}

void pdf_row(struct pdf *pdf, const char *const *cells)
{
    if (pdf->table == NULL)
        BUG("a row without a table");
    struct piece *piece = add(pdf, PIECE_ROW);
    piece->face = FACE_TABLE;
    piece->heading = pdf->table;
    piece->cell_count = pdf->table->cell_count;
    piece->cells = ARENA_ARRAY(pdf->arena, const char *, piece->cell_count);
    for (size_t i = 0; i < piece->cell_count; i++) {
        piece->cells[i] = checked(cells[i]);
        piece->shares[i] = pdf->table->shares[i];
    }
}

void pdf_matrix(struct pdf *pdf, const uint8_t *modules, unsigned side, double millimetres, const char *caption)
{
    struct piece *piece = add(pdf, PIECE_MATRIX);
    piece->modules = modules;
    piece->side = side;
    piece->size = millimetres * POINTS_PER_MM;
    piece->cell_count = 1;
    piece->cells = ARENA_NEW(pdf->arena, const char *);
    piece->cells[0] = checked(caption);
}
