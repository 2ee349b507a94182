/* An assessment on paper, and as the XML that other programs read. */
#include "base/text.h"
#include "base/time.h"
#include "case/assess/templates.h"
#include "case/assess/views.h"
#include "case/record/record.h"
#include "platform/seal/seal.h"

size_t assess_print_language(const struct req *r, const struct form *form, const char *otherwise)
{
    const char *asked = field_text(r, "language");
    return form_language_find(form, text_empty(asked) ? otherwise : asked);
}

enum language assess_page_language(const struct req *r, const struct form *form, size_t spoken)
{
    const struct form_language *languages;
    enum language language;
    (void)form_languages(form, &languages);
    bool known = language_of(languages[spoken].code, &language);
    return known && (language == LANGUAGE_lv || language == LANGUAGE_en) ? language : r->language;
}

/* ---- scores ---- */

/* What a score is of: the area of need, else the question, else the part of the form that it was worked out for. */
static const char *score_label(const struct fill_view *v, enum language language, const struct form_fact *fact)
{
    enum { NEED = 5 };
    if (text_starts(fact->fact, "need."))
        return word_code(language, "need_area", fact->fact + NEED);
    const char *label = form_item_label(v->fill, fact->item);
    for (const struct form_item *at = fact->item->parent; at != NULL && text_empty(label); at = at->parent)
        label = form_item_label(v->fill, at);
    return text_empty(label) ? fact->item->node->name : label;
}

/* The form's own words for the band, else the number of four. */
static const char *score_words(const struct fill_view *v, enum language language, const struct form_fact *fact)
{
    const char *words = assess_words(v->r->arena, language, v->fill, fact->item);
    if (!text_same(words, fact->value))
        return words;
    return word_filled(v->r->arena, language, W_assess_score_of, "score", fact->value, NULL);
}

/* A level of ours, or a choice that is a number. */
static bool is_score(const struct form_fact *fact)
{
    int64_t number;
    bool own = text_starts(fact->fact, "need.") || text_starts(fact->fact, "safety.");
    bool chosen = fact->item->node->type == FORM_SELECT_ONE;
    return own ? assess_score(fact->value) >= 0 : chosen && text_to_int(fact->value, &number);
}

static size_t list_scores(const struct fill_view *v, enum language language, const struct print_score **out)
{
    const struct form_fact *facts;
    size_t fact_count = form_fill_facts(v->fill, &facts), count = 0;
    struct print_score *list = ARENA_ARRAY(v->r->arena, struct print_score, fact_count);
    for (size_t i = 0; i < fact_count; i++)
        if (is_score(&facts[i]))
            list[count++] = (struct print_score){score_label(v, language, &facts[i]),
                                                 score_words(v, language, &facts[i]), fill_earlier(v, facts[i].item)};
    *out = list;
    return count;
}

/* Photographs and signatures stand on the paper too. */
static void show_pictures(const struct fill_view *v, const struct answer_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].count; j++) {
            struct fill_file file;
            if (fill_file_of(v, parts[i].lines[j].item, &file) && file.picture)
                parts[i].lines[j].picture = file.address;
        }
}

/* ---- pages ---- */

static const struct field_rule PRINT_FIELDS[] = {
    {.name = "language", .kind = FIELD_TEXT, .max = 60},
    {0},
};

static enum err role_of_saver(struct req *r, enum language language, int64_t account, const char **out)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    *out = "";
    for (size_t i = 0; i < count; i++)
        if (people[i].id == account)
            *out = word_code(language, "role", role_code(people[i].role));
    return OK;
}

static enum err filled_show(struct req *r)
{
    struct given given = {0};
    struct print_view print = {0};
    TRY(given_load(r, &given));
    struct fill_view *v = given_view(r, &given, given.fill);
    v->language = assess_print_language(r, given.form, given.row.language);
    form_fill_language(given.fill, v->language);
    TRY(given_earlier(r, v, &given));
    struct html *page = req_page(r);
    page->language = assess_page_language(r, given.form, v->language);
    print.fill = v;
    print.row = &given.row;
    print.reference = case_of(r)->reference;
    print.saved_on = time_date(r->arena, given.row.saved_at);
    TRY(role_of_saver(r, page->language, given.row.saved_by, &print.role));
    print.score_count = list_scores(v, page->language, &print.scores);
    print.part_count = assess_answers(r->arena, page->language, given.fill, ANSWERS_NOTES, &print.parts);
    show_pictures(v, print.parts, print.part_count);
    html_assess_print(page, r, &print);
    return OK;
}

/* An id that other programs take, always the same for the same assessment; nothing of ours can be read from it. */
static const char *instance_id(struct req *r, int64_t assessment)
{
    uint8_t h[SEAL_HASH_SIZE];
    const char *name = arena_format(r->arena, "instance %lld %lld", (long long)r->org, (long long)assessment);
    seal_hash(NULL, name, strlen(name), h);
    return arena_format(r->arena, "uuid:%02x%02x%02x%02x-%02x%02x-8%x%02x-%x%x%02x-%02x%02x%02x%02x%02x%02x", h[0],
                        h[1], h[2], h[3], h[4], h[5], h[6] & 15, h[7], 8 | (h[8] & 3), h[9] & 15, h[10], h[11], h[12],
                        h[13], h[14], h[15], h[16]);
}

/* What a telephone would have sent with these answers. */
static enum err instance_show(struct req *r)
{
    struct given given = {0};
    TRY(given_load(r, &given));
    return req_send(r, 200, "application/xml", form_fill_instance(given.fill, instance_id(r, given.id)),
                    "assessment.xml");
}

const struct route assess_print_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}/print",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = given_scope,
     .fields = PRINT_FIELDS,
     .show = filled_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/assessments/{assessment}/instance",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = given_scope,
     .show = instance_show},
    {0},
};
