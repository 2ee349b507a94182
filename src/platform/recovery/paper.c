/* Shares on paper: a page for each keeper, in Latvian and English, to be typed or scanned again. */
#include "platform/recovery/recovery.h"

#include "base/time.h"
#include "platform/i18n/i18n.h"
#include "platform/pdf/pdf.h"
#include "platform/qr/qr.h"

#include <stdio.h>

static const enum language LANGUAGES[] = {LANGUAGE_lv, LANGUAGE_en};
enum { LANGUAGES_COUNT = sizeof LANGUAGES / sizeof *LANGUAGES, QR_MILLIMETRES = 48 };

struct sheet {
    struct arena *arena;
    struct pdf *pdf;
    const char *organisation;
    const char *date;
    const char *of;
};

static void tell(const struct sheet *sheet, enum language language, const struct recovery_share *share)
{
    struct arena *arena = sheet->arena;
    const char *number = arena_format(arena, "%u", share->number);
    const char *needed = arena_format(arena, "%u", share->needed);
    pdf_heading(sheet->pdf, 2,
                word_filled(arena, language, W_recovery_paper_title, "number", number, "of", sheet->of, NULL));
    pdf_text(sheet->pdf,
             word_filled(arena, language, W_recovery_paper_what, "needed", needed, "of", sheet->of, "organisation",
                         sheet->organisation, "date", date_in_words(arena, language, sheet->date), NULL));
    pdf_text(sheet->pdf, word(language, W_recovery_paper_keep));
}

static enum err page(const struct sheet *sheet, const struct recovery_share *share)
{
    struct qr qr;
    const char *line = recovery_line(sheet->arena, share);
    TRY(qr_make(sheet->arena, line, &qr));
    for (size_t i = 0; i < LANGUAGES_COUNT; i++)
        tell(sheet, LANGUAGES[i], share);
    pdf_space(sheet->pdf, 4);
    for (unsigned row = 0; row < RECOVERY_ROWS; row++)
        pdf_words(sheet->pdf, arena_format(sheet->arena, "%u   %s", row + 1, recovery_row(sheet->arena, share, row)));
    pdf_space(sheet->pdf, 4);
    pdf_matrix(sheet->pdf, qr.modules, (unsigned)qr.size, QR_MILLIMETRES,
               arena_format(sheet->arena, "%s\n\n%s", word(LANGUAGE_lv, W_recovery_paper_type),
                            word(LANGUAGE_en, W_recovery_paper_type)));
    return OK;
}

enum err recovery_paper(struct arena *arena, const char *organisation, const struct recovery_share *shares,
                        size_t count, unsigned of, int64_t now, struct bytes *out)
{
    struct sheet sheet = {.arena = arena,
                          .organisation = organisation,
                          .date = time_date(arena, now),
                          .of = arena_format(arena, "%u", of)};
    sheet.pdf = pdf_new(arena, &(struct pdf_settings){.title = word(LANGUAGE_lv, W_recovery_paper_name),
                                                      .language = "lv",
                                                      .page = word(LANGUAGE_lv, W_recovery_paper_page)});
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            pdf_page_break(sheet.pdf);
        TRY(page(&sheet, &shares[i]));
    }
    return pdf_bytes(sheet.pdf, out);
}
