/* The bundle's paper: the record, and who did and saw what. */
#include "steer/proof/views.h"

#include "base/text.h"
#include "platform/pdf/pdf.h"

#include <sodium.h>

static const char *say(const struct req *r, enum word key)
{
    return word(r->language, key);
}

static void put_row(const struct req *r, struct pdf *pdf, const struct opened_row *row)
{
    for (size_t i = 0; i < row->field_count; i++)
        pdf_pair(pdf, say(r, row->fields[i].column->label), row->fields[i].shown);
    pdf_small(pdf, word_filled(r->arena, r->language, W_proof_written, "at",
                               moment_in_words(r->arena, r->language, row->at), NULL));
    pdf_space(pdf, 2);
}

static void put_record(const struct req *r, struct pdf *pdf, const struct bundle *bundle)
{
    for (size_t g = 0; g < bundle->opened.count; g++) {
        const struct opened_group *group = &bundle->opened.groups[g];
        pdf_heading(pdf, 2, say(r, group->table->title));
        for (size_t i = 0; i < group->count; i++)
            put_row(r, pdf, &group->rows[i]);
    }
}

static void put_chain(const struct req *r, struct pdf *pdf, const struct bundle *bundle)
{
    const struct pdf_column columns[] = {
        {say(r, W_proof_number), 1}, {say(r, W_proof_when), 3}, {say(r, W_proof_who), 4}, {say(r, W_proof_act), 6}};
    pdf_page_break(pdf);
    pdf_heading(pdf, 2, say(r, W_proof_looked));
    pdf_table(pdf, columns, 4);
    for (size_t i = 0; i < bundle->link_count; i++) {
        const struct link *link = &bundle->links[i];
        const char *who = link->account == 0 ? say(r, W_proof_nobody)
                                             : colleague_name(bundle->people, bundle->people_count, link->account);
        pdf_row(pdf, (const char *const[]){arena_format(r->arena, "%lld", (long long)link->case_number),
                                           moment_in_words(r->arena, r->language, link->at), who,
                                           word_code(r->language, "act", act_code(r->arena, link->act))});
    }
}

enum err bundle_paper(struct req *r, const struct bundle *bundle, const char *digest, struct bytes *out)
{
    struct pdf *pdf = pdf_new(r->arena, &(struct pdf_settings){.title = say(r, W_proof_paper),
                                                               .language = language_code(r->language),
                                                               .page = say(r, W_proof_page),
                                                               .footer = digest});
    pdf_heading(pdf, 1, say(r, W_proof_paper));
    pdf_pair(pdf, say(r, W_proof_reference), case_of(r)->reference);
    pdf_pair(pdf, say(r, W_proof_stood_at), moment_in_words(r->arena, r->language, bundle->checkpoint.at));
    pdf_text(pdf, say(r, W_proof_paper_text));
    pdf_heading(pdf, 3, say(r, W_proof_digest));
    pdf_code(pdf, digest);
    pdf_heading(pdf, 3, say(r, W_proof_checkpoints));
    pdf_code(pdf, audit_checkpoint_text(r->arena, &bundle->checkpoint));
    if (bundle->opened.unkept > 0)
        pdf_text(pdf, word_plural(r->arena, r->language, W_proof_unkept, bundle->opened.unkept, NULL));
    put_record(r, pdf, bundle);
    put_chain(r, pdf, bundle);
    return pdf_bytes(pdf, out);
}
