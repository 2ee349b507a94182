/* Choosing, looking once more, and the paper. */
#include "base/text.h"
#include "base/time.h"
#include "case/consent/consent.h"
#include "platform/pack/pack.h"
#include "platform/pdf/pdf.h"
#include "steer/disclosure/disclosure.h"
#include "steer/disclosure/templates.h"
#include "steer/disclosure/views.h"

#include <string.h>

/* Ticks are named by the entry that wrote a row and the column, so that one that was changed meanwhile is not ticked by chance. */
static const struct field_rule FIELDS[] = {
    {.name = "before", .kind = FIELD_INT, .min = 0, .max = INT64_MAX},
    {.name = "to", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_disclosure_to_missing},
    CONSENT_ASK_FIELDS,
    {.name = "out.", .kind = FIELD_REST},
    {0},
};

/* The child, who needs nobody's consent, and the recipients of the pack. */
static const char SELF[] = "self";

static bool to_somebody_else(struct req *r)
{
    return !text_same(field_text(r, "to"), SELF);
}

static bool ticked(const struct disclosure_view *view, const char *name)
{
    for (size_t i = 0; i < view->tick_count; i++) {
        if (text_same(view->ticks[i].name, name))
            return true;
    }
    return false;
}

static void row_of(struct req *r, const struct opened_row *row, bool group_out, struct disclosed_row *out,
                   struct disclosure_view *view)
{
    const char *name = arena_format(r->arena, "%s.%s", row->table->name, row->key);
    *out = (struct disclosed_row){.name = name,
                                  .out = group_out || ticked(view, name),
                                  .fields = ARENA_ARRAY(r->arena, struct disclosed_field, row->field_count)};
    for (size_t i = 0; i < row->field_count; i++) {
        const struct told_column *column = row->fields[i].column;
        if (column->kind == TOLD_DIGEST)
            continue;
        const char *field = arena_format(r->arena, "%s.%s", name, column->name);
        out->fields[out->count] = (struct disclosed_field){.name = field,
                                                           .label = word(r->language, column->label),
                                                           .value = row->fields[i].shown,
                                                           .out = out->out || ticked(view, field)};
        view->left_out += out->fields[out->count].out;
        out->count++;
    }
}

static enum err gather(struct req *r, struct disclosure_view *view)
{
    struct opened opened;
    int64_t before = 0;
    view->before = field_int(r, "before", &before) && before > 0 && before <= r->now + 1 ? before : r->now + 1;
    view->tick_count = field_rest(r, "out.", &view->ticks);
    TRY(proof_opened(r, view->before, INT64_MAX, &opened));
    view->unkept = opened.unkept;
    view->groups = ARENA_ARRAY(r->arena, struct disclosed_group, opened.count);
    for (size_t g = 0; g < opened.count; g++) {
        const struct opened_group *group = &opened.groups[g];
        struct disclosed_group *out = &view->groups[view->count++];
        *out = (struct disclosed_group){.name = group->table->name,
                                        .title = group->table->title,
                                        .out = ticked(view, group->table->name),
                                        .rows = ARENA_ARRAY(r->arena, struct disclosed_row, group->count),
                                        .count = group->count};
        for (size_t i = 0; i < group->count; i++)
            row_of(r, &group->rows[i], out->out, &out->rows[i], view);
    }
    return OK;
}

static void offer_recipients(struct req *r, struct disclosure_view *view)
{
    const struct code_list *codes = pack_codes(PACK_RECIPIENT);
    view->to = ARENA_ARRAY(r->arena, struct choice, codes->count + 1);
    view->to[view->to_count++] = (struct choice){.value = SELF, .label = word(r->language, W_disclosure_self)};
    for (size_t i = 0; i < codes->count; i++)
        view->to[view->to_count++] = (struct choice){.value = codes->codes[i],
                                                     .label = word_code(r->language, codes->family, codes->codes[i])};
}

static enum err choose_show(struct req *r)
{
    struct disclosure_view view = {0};
    if (r->route->method == HTTP_GET)
        r->failed = false;
    TRY(gather(r, &view));
    TRY(consent_ask(r, &view.asked));
    offer_recipients(r, &view);
    html_disclosure_choose(req_page(r), r, &view);
    return OK;
}

static enum err to_check(struct req *r)
{
    const char *to = field_text(r, "to");
    if (text_empty(to))
        return ERR_INPUT;
    if (to_somebody_else(r) && !code_in(pack_codes(PACK_RECIPIENT), to))
        field_fail(r, "to", W_disclosure_to_missing);
    else if (to_somebody_else(r))
        TRY(consent_ask_check(r, to));
    return r->failed ? ERR_INPUT : OK;
}

static enum err preview_change(struct req *r)
{
    struct disclosure_view view = {0};
    TRY(gather(r, &view));
    TRY(req_audit(r, "case.disclosure_preview", r->case_id, 0));
    html_disclosure_preview(req_page(r), r, &view);
    return OK;
}

/* ---- the paper ---- */

static void put_row(const struct req *r, struct pdf *pdf, const struct disclosed_row *row)
{
    if (row->out) {
        pdf_small(pdf, word(r->language, W_disclosure_row_out));
        return;
    }
    for (size_t i = 0; i < row->count; i++)
        pdf_pair(pdf, row->fields[i].label,
                 row->fields[i].out ? word(r->language, W_disclosure_out) : row->fields[i].value);
    pdf_space(pdf, 2);
}

static enum err paper(struct req *r, const struct disclosure_view *view, struct bytes *out)
{
    struct pdf *pdf = pdf_new(r->arena, &(struct pdf_settings){.title = word(r->language, W_disclosure_paper),
                                                               .language = language_code(r->language),
                                                               .page = word(r->language, W_disclosure_page)});
    pdf_heading(pdf, 1, word(r->language, W_disclosure_paper));
    pdf_pair(pdf, word(r->language, W_disclosure_reference), case_of(r)->reference);
    pdf_pair(pdf, word(r->language, W_disclosure_at), moment_in_words(r->arena, r->language, view->before));
    pdf_text(pdf, word(r->language, W_disclosure_paper_text));
    if (view->unkept > 0)
        pdf_text(pdf, word(r->language, W_disclosure_paper_unkept));
    for (size_t g = 0; g < view->count; g++) {
        pdf_heading(pdf, 2, word(r->language, view->groups[g].title));
        for (size_t i = 0; i < view->groups[g].count; i++)
            put_row(r, pdf, &view->groups[g].rows[i]);
    }
    return pdf_bytes(pdf, out);
}

struct made_paper {
    struct disclosure_view view;
    struct bytes pdf;
};

static enum err pdf_check(struct req *r)
{
    struct made_paper *made = ARENA_NEW(r->arena, struct made_paper);
    TRY(to_check(r));
    r->data = made;
    return gather(r, &made->view);
}

/* Not in the change, where everybody's saves would wait for it. */
static enum err pdf_make(struct req *r)
{
    struct made_paper *made = r->data;
    return paper(r, &made->view, &made->pdf);
}

static enum err pdf_change(struct req *r)
{
    const struct made_paper *made = r->data;
    if (to_somebody_else(r))
        TRY(consent_ask_write(r, field_text(r, "to"), "disclosure"));
    TRY(req_audit(r, "case.disclosure", r->case_id, (int64_t)made->view.left_out));
    return req_send(r, 200, "application/pdf", made->pdf, "record.pdf");
}

enum { BODY_MOST = 1 << 20 };
#define OF_CASE .cap = CAP_CASE_DECIDE, .part = PART_WHOLE, .scope = case_scope, .fields = FIELDS

const struct route disclosure_routes[] = {
    {.method = HTTP_GET, .path = "/cases/{case}/disclosure", OF_CASE, .show = choose_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/disclosure/preview",
     OF_CASE,
     .show = choose_show,
     .check = to_check,
     .change = preview_change,
     .body_max = BODY_MOST},
    {.method = HTTP_POST,
     .path = "/cases/{case}/disclosure/paper",
     OF_CASE,
     .show = choose_show,
     .check = pdf_check,
     .slow = pdf_make,
     .outside = true,
     .change = pdf_change,
     .body_max = BODY_MOST,
     .fresh = true},
    {0},
};
