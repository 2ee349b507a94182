/* Paper: a document is told piece by piece and becomes the bytes of a PDF (A4, portrait) with page numbers.
 *
 * The words are the caller's, already in the reader's language; nothing of the program's name stands on the paper. All
 * pieces are kept in the arena and laid out when the bytes are asked for: once to count the pages, once to draw them. */
#ifndef AUSMA_PLATFORM_PDF_PDF_H
#define AUSMA_PLATFORM_PDF_PDF_H

#include "base/arena.h"

#include <stdbool.h>

struct pdf;

struct pdf_settings {
    const char *title;    /* of the document, for readers of screens; neutral, because programs show it */
    const char *language; /* "lv" */
    const char *page;     /* the word before the number: "lapa" gives "lapa 2 / 7" */
    const char *footer;   /* at the left of each page's foot, such as a digest; NULL: nothing */
};

/* Everything given to a document must live as long as its arena. */
struct pdf *pdf_new(struct arena *arena, const struct pdf_settings *settings);

void pdf_heading(struct pdf *pdf, int level, const char *text); /* level 1..3; stays with what follows */
void pdf_text(struct pdf *pdf, const char *text);               /* a paragraph; its line ends are kept */
void pdf_small(struct pdf *pdf, const char *text);              /* the same in small, grey letters */
void pdf_code(struct pdf *pdf, const char *text);               /* digests: every character as wide */
void pdf_words(struct pdf *pdf, const char *text); /* what somebody will type off the paper: the same, large */
void pdf_pair(struct pdf *pdf, const char *label, const char *value); /* a label and what belongs to it, side by side */
void pdf_space(struct pdf *pdf, double millimetres);
void pdf_page_break(struct pdf *pdf);

enum { PDF_COLUMNS_MAX = 8 };

struct pdf_column {
    const char *heading; /* NULL in all columns: a table without headings */
    double share;        /* of the width, in parts of the sum */
};
/* Begins a table; its rows follow, and its headings stand on every page that it reaches. */
void pdf_table(struct pdf *pdf, const struct pdf_column *columns, size_t count);
/* As many cells as the table has columns; NULL is an empty one. */
void pdf_row(struct pdf *pdf, const char *const *cells);

/* A square of `side` x `side` modules, one byte each, whose lowest bit says dark (as libqrencode gives them), with
 * `caption` beside it (NULL: none). Needs a quiet zone of its own: four modules are added all around. */
void pdf_matrix(struct pdf *pdf, const uint8_t *modules, unsigned side, double millimetres, const char *caption);

/* Ends the document. The bytes live in the arena. ERR_IO when the library fails, ERR_LIMIT beyond 5,000 pages. */
MUST_USE enum err pdf_bytes(struct pdf *pdf, struct bytes *out);

#endif
