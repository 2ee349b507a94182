#include "base/text.h"
#include "base/time.h"
#include "case/person/internal.h"
#include "case/person/templates.h"
#include "case/person/views.h"

#include <string.h>

/* ---- the person of a case ---- */

static enum err person_show(struct req *r)
{
    struct person_page view = {0};
    TRY(person_get(r, &view.person));
    view.child = view.person.version > 0 && person_counts_as_child(&view.person, time_date(r->arena, r->now));
    view.may_change = session_may(r->who, CAP_CASE_WRITE) && case_must_be_open(r) == OK;
    html_person_page(req_page(r), r, &view);
    return OK;
}

/* ---- changing ---- */

static const struct field_rule EDIT_FIELDS[] = {
    {.name = "given", .kind = FIELD_TEXT, .max = 120},
    {.name = "family", .kind = FIELD_TEXT, .max = 120},
    {.name = "aliases", .kind = FIELD_LONG, .max = 600},
    {.name = "phones", .kind = FIELD_LONG, .max = 300},
    {.name = "safe_contact", .kind = FIELD_LONG, .max = 2000},
    {.name = "note", .kind = FIELD_LONG, .max = 4000},
    {.name = "birth", .kind = FIELD_DATE, .partial = true},
    {.name = "birth_exact", .kind = FIELD_CODE, .codes = &PERSON_BIRTHS},
    {.name = "age_disputed", .kind = FIELD_YES},
    {.name = "sex", .kind = FIELD_CODE, .codes = &PERSON_SEXES},
    {.name = "nationality", .kind = FIELD_CODE, .codes = &PERSON_NATIONALITIES},
    {.name = "language", .kind = FIELD_CODE, .codes = &PERSON_LANGUAGES},
    {.name = "unaccompanied", .kind = FIELD_CODE, .codes = &PERSON_ANSWERS},
    {.name = "guardian_needed", .kind = FIELD_CODE, .codes = &PERSON_ANSWERS},
    {.name = "documents", .kind = FIELD_CODE, .codes = &PERSON_DOCUMENTS},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

static const char *code_typed(const struct req *r, const char *name)
{
    const char *code = field_text(r, name);
    return text_empty(code) ? "not_asked" : code;
}

/* How certain a date is, when nobody said: as certain as it is whole. */
static const char *birth_exact_typed(const struct req *r)
{
    const char *birth = field_text(r, "birth");
    const char *exact = field_text(r, "birth_exact");
    if (text_empty(birth))
        return "unknown";
    if (text_empty(exact))
        return date_full(birth) ? "exact" : "year";
    return exact;
}

static struct person typed(const struct req *r)
{
    struct person person = {
        .given = field_text(r, "given"),
        .family = field_text(r, "family"),
        .aliases = field_text(r, "aliases"),
        .phones = field_text(r, "phones"),
        .safe_contact = field_text(r, "safe_contact"),
        .note = field_text(r, "note"),
        .birth = field_text(r, "birth"),
        .birth_exact = birth_exact_typed(r),
        .age_disputed = field_yes(r, "age_disputed"),
        .sex = code_typed(r, "sex"),
        .nationality = code_typed(r, "nationality"),
        .language = code_typed(r, "language"),
        .unaccompanied = code_typed(r, "unaccompanied"),
        .guardian_needed = code_typed(r, "guardian_needed"),
        .documents = code_typed(r, "documents"),
    };
    person.version = field_version(r);
    return person;
}

/* ---- what differs between two states of a person ---- */

enum { DETAILS = 15 };

struct detail {
    enum word label;
    const char *family; /* of a code; NULL: text */
    bool told;          /* short enough to tell the old and the new in the timeline */
    const char *value;
};

static void details_of(const struct person *p, struct detail out[DETAILS])
{
    const struct detail all[DETAILS] = {
        {W_person_given, NULL, true, p->given},
        {W_person_family, NULL, true, p->family},
        {W_person_aliases, NULL, false, p->aliases},
        {W_person_safe_contact, NULL, false, p->safe_contact},
        {W_person_phones, NULL, false, p->phones},
        {W_person_note, NULL, false, p->note},
        {W_person_birth, NULL, true, p->birth},
        {W_person_birth_exact, "birth_exact", true, p->birth_exact},
        {W_person_age_disputed, "person_answer", true, p->age_disputed ? "yes" : "no"},
        {W_person_sex, "sex", true, p->sex},
        {W_person_nationality, "nationality", true, p->nationality},
        {W_person_language, "speaks", true, p->language},
        {W_person_unaccompanied, "person_answer", true, p->unaccompanied},
        {W_person_guardian_needed, "person_answer", true, p->guardian_needed},
        {W_person_documents, "documents", true, p->documents},
    };
    memcpy(out, all, sizeof all);
}

static const char *detail_words(const struct req *r, const struct detail *detail)
{
    if (text_empty(detail->value))
        return word(r->language, W_person_nothing);
    if (detail->family != NULL)
        return word_code(r->language, detail->family, detail->value);
    return detail->label == W_person_birth ? date_in_words(r->arena, r->language, detail->value) : detail->value;
}

/* Which details differ, in words. */
static size_t differences(const struct req *r, const struct person *now, const struct person *yours,
                          struct person_difference out[DETAILS], bool told[DETAILS])
{
    struct detail a[DETAILS];
    struct detail b[DETAILS];
    size_t count = 0;
    details_of(now, a);
    details_of(yours, b);
    for (size_t i = 0; i < DETAILS; i++) {
        if (text_same(a[i].value, b[i].value))
            continue;
        told[count] = a[i].told;
        out[count++] = (struct person_difference){a[i].label, detail_words(r, &a[i]), detail_words(r, &b[i])};
    }
    return count;
}

/* What the timeline keeps: the old and the new where they are short, else that it was changed. */
static const char *change_note(const struct req *r, const struct person *before, const struct person *after)
{
    struct person_difference list[DETAILS];
    bool told[DETAILS];
    struct buf note;
    size_t count = differences(r, before, after, list, told);
    buf_init(&note, r->arena, 500);
    for (size_t i = 0; i < count; i++) {
        const char *label = word(r->language, list[i].label);
        if (note.len > 0)
            buf_char(&note, '\n');
        buf_text(&note, told[i] ? word_filled(r->arena, r->language, W_person_change, "label", label, "before",
                                              list[i].now, "after", list[i].yours, NULL)
                                : label);
    }
    return note.ptr;
}

/* ---- the form ---- */

static void start_fields(struct req *r, const struct person *person)
{
    field_start(r, "given", person->given);
    field_start(r, "family", person->family);
    field_start(r, "aliases", person->aliases);
    field_start(r, "phones", person->phones);
    field_start(r, "safe_contact", person->safe_contact);
    field_start(r, "note", person->note);
    field_start(r, "birth", person->birth);
    field_start(r, "birth_exact", person->birth_exact);
    field_start(r, "age_disputed", person->age_disputed ? "yes" : "");
    field_start(r, "sex", person->sex);
    field_start(r, "nationality", person->nationality);
    field_start(r, "language", person->language);
    field_start(r, "unaccompanied", person->unaccompanied);
    field_start(r, "guardian_needed", person->guardian_needed);
    field_start(r, "documents", person->documents);
}

/* After ERR_STALE the form carries the newest version: whoever has seen both may save. */
static enum err edit_show(struct req *r)
{
    struct person person;
    bool told[DETAILS];
    struct person_form view = {.differences = ARENA_ARRAY(r->arena, struct person_difference, DETAILS)};
    TRY(case_must_be_open(r));
    TRY(person_get(r, &person));
    if (r->stale) {
        struct person yours = typed(r);
        view.difference_count = differences(r, &person, &yours, view.differences, told);
    }
    if (r->route->method == HTTP_GET)
        start_fields(r, &person);
    view.version = person.version;
    view.nationalities = person_choices(&PERSON_NATIONALITIES, r->language, &view.nationality_count);
    view.languages = person_choices(&PERSON_LANGUAGES, r->language, &view.language_count);
    html_person_edit(req_page(r), r, &view);
    return OK;
}

static void check_birth(struct req *r)
{
    const char *birth = field_text(r, "birth");
    const char *exact = birth_exact_typed(r);
    if (!date_check(birth))
        return; /* none, or none that could be read: that has been said */
    if (strcmp(birth, time_date(r->arena, r->now)) > 0)
        field_fail(r, "birth", W_person_birth_future);
    else if (strcmp(birth, "1900") < 0)
        field_fail(r, "birth", W_person_birth_old);
    else if (!person_birth_fits(birth, exact))
        field_fail(r, "birth_exact", text_same(exact, "exact") ? W_person_birth_whole : W_person_birth_unknown);
}

static enum err edit_check(struct req *r)
{
    TRY(case_must_be_open(r));
    check_birth(r);
    if (!person_phones_right(field_text(r, "phones")))
        field_fail(r, "phones", W_person_phone_wrong);
    return r->failed ? ERR_INPUT : OK;
}

static enum err edit_change(struct req *r)
{
    struct person before;
    struct person after = typed(r);
    TRY(case_must_be_open(r));
    TRY(person_get(r, &before));
    if (before.version != after.version)
        return ERR_STALE;
    const char *note = change_note(r, &before, &after);
    TRY(req_audit(r, "person.save", r->case_id, 0));
    if (note[0] == '\0' && before.version > 0)
        return req_redirect(r, W_person_unchanged, "/cases/%s/person", r->params[0]);
    TRY(person_save(r->db, r->arena, r->org, r->case_id, &case_of(r)->keys, &r->who->search, &after));
    TRY(case_event_add(
        r, &(struct record_event){
               .part = PART_PERSON, .happened_on = time_date(r->arena, r->now), .kind = "person", .note = note}));
    return req_redirect(r, W_person_saved, "/cases/%s/person", r->params[0]);
}

/* ---- finding ---- */

static const struct field_rule FIND_FIELDS[] = {
    {.name = "q", .kind = FIELD_TEXT, .max = 200},
    {0},
};

static enum err find_show(struct req *r)
{
    struct find_view view = {.query = r->failed ? "" : field_text(r, "q")};
    if (!text_empty(view.query))
        TRY(person_search(r, view.query, &view.hits, &view.count, &view.more));
    html_find_page(req_page(r), r, &view);
    return OK;
}

/* What is looked for is sent and never part of an address, which browsers and proxies write down. */
static enum err find_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

const struct route person_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/person",
     .cap = CAP_CASE_READ,
     .part = PART_PERSON,
     .scope = case_scope,
     .show = person_show},
    {.method = HTTP_GET,
     .path = "/cases/{case}/person/edit",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = EDIT_FIELDS,
     .show = edit_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/person/edit",
     .cap = CAP_CASE_WRITE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = EDIT_FIELDS,
     .show = edit_show,
     .check = edit_check,
     .change = edit_change},
    {.method = HTTP_GET, .path = "/find", .cap = CAP_CASE_FIND, .fields = FIND_FIELDS, .show = find_show},
    {.method = HTTP_POST,
     .path = "/find",
     .cap = CAP_CASE_FIND,
     .fields = FIND_FIELDS,
     .show = find_show,
     .check = find_check},
    {0},
};
