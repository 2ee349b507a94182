/* What telling and drawing a document share. */
#ifndef AUSMA_PLATFORM_PDF_INTERNAL_H
#define AUSMA_PLATFORM_PDF_INTERNAL_H

#include "platform/pdf/pdf.h"

#define POINTS_PER_MM (72.0 / 25.4)

/* Everything written is a row of cells; a paragraph is a row of one. */
enum piece_kind { PIECE_ROW, PIECE_MATRIX, PIECE_SPACE, PIECE_BREAK };

enum face {
    FACE_TEXT,
    FACE_SMALL,
    FACE_CODE,
    FACE_WORDS,
    FACE_PAIR,
    FACE_TABLE,
    FACE_TABLE_HEADING,
    FACE_HEADING_1,
    FACE_HEADING_2,
    FACE_HEADING_3,
    FACE_COUNT
};

struct piece {
    struct piece *next;
    enum piece_kind kind;
    enum face face;
    size_t cell_count;
    const char **cells;
    double shares[PDF_COLUMNS_MAX];
    const struct piece *heading; /* of the row's table */
    bool hidden;                 /* a table's headings that are not shown */
    const uint8_t *modules;
    unsigned side;
    double size; /* of a matrix or a space, in points */
};

struct pdf {
    struct arena *arena;
    struct pdf_settings settings;
    struct piece *first;
    struct piece **last;
    const struct piece *table; /* the headings of the table that rows belong to */
};

#endif
