/* Consents of a case: a new one, and its withdrawal; and the routes of this folder. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/consent/queries.h"
#include "case/consent/templates.h"
#include "case/consent/views.h"
#include "case/task/task.h"

#define CONSENT "consent_consent"

static const struct code_list KINDS = CODES(consent_kind, "assent", "consent", "refused");

static const struct field_rule NEW_FIELDS[] = {
    {.name = "purpose", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_consent_purpose_missing},
    {.name = "recipient", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_consent_recipient_missing},
    {.name = "kind", .kind = FIELD_CODE, .codes = &KINDS, .required = true, .missing = W_consent_kind_missing},
    {.name = "given_by", .kind = FIELD_TEXT, .required = true, .missing = W_consent_given_by_missing},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "expires", .kind = FIELD_DATE},
    {0},
};

static const struct field_rule WITHDRAW_FIELDS[] = {
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "words", .kind = FIELD_LONG},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* ---- a new one ---- */

size_t consent_choices_of(struct req *r, const struct code_list *codes, struct choice **out)
{
    *out = ARENA_ARRAY(r->arena, struct choice, codes->count);
    for (size_t i = 0; i < codes->count; i++)
        (*out)[i] = (struct choice){.value = codes->codes[i],
                                    .label = word_code(r->language, codes->family, codes->codes[i])};
    return codes->count;
}

static enum err new_show(struct req *r)
{
    struct consent_form_view view = {0};
    view.purpose_count = consent_choices_of(r, pack_codes(PACK_CONSENT_PURPOSE), &view.purposes);
    view.recipient_count = consent_choices_of(r, pack_codes(PACK_RECIPIENT), &view.recipients);
    if (r->route->method == HTTP_GET) {
        r->failed = false;
        field_start(r, "on", time_date(r->arena, r->now));
    }
    html_consent_form_page(req_page(r), r, &view);
    return OK;
}

static enum err new_check(struct req *r)
{
    const char *on = field_text(r, "on"), *expires = field_text(r, "expires");
    const char *purpose = field_text(r, "purpose"), *recipient = field_text(r, "recipient");
    TRY(case_must_be_open(r));
    consent_check_day(r, "on");
    if (!text_empty(purpose) && !code_in(pack_codes(PACK_CONSENT_PURPOSE), purpose))
        field_fail(r, "purpose", W_consent_purpose_missing);
    if (!text_empty(recipient) && !code_in(pack_codes(PACK_RECIPIENT), recipient))
        field_fail(r, "recipient", W_consent_recipient_missing);
    if (date_full(on) && date_full(expires) && strcmp(expires, on) <= 0)
        field_fail(r, "expires", W_consent_expires_early);
    return r->failed ? ERR_INPUT : OK;
}

/* A refusal does not expire; a consent without a day does when its purpose says. */
static const char *expiry(struct req *r)
{
    if (text_same(field_text(r, "kind"), "refused"))
        return NULL;
    if (!text_empty(field_text(r, "expires")))
        return field_text(r, "expires");
    return date_add(r->arena, field_text(r, "on"), pack_consent_days(field_text(r, "purpose")));
}

/* What happened, for the timeline: "purpose, recipient: what". */
static const char *in_words(struct req *r, const char *purpose, const char *recipient, const char *what)
{
    return arena_format(r->arena, "%s, %s: %s", word_code(r->language, PACK_CONSENT_PURPOSE, purpose),
                        word_code(r->language, PACK_RECIPIENT, recipient), what);
}

/* `act`: what the timeline says at a glance; who agreed to what stays in the sealed note. */
static enum err tell(struct req *r, int64_t id, const char *on, const char *act, const char *note)
{
    return case_event_add(
        r, &(struct record_event){
               .part = PART_CONSENT, .happened_on = on, .kind = "consent", .subject = id, .detail = act, .note = note});
}

enum err consent_write(struct req *r, const struct consent_new *consent, int64_t *id)
{
    *id = id_new();
    TRY(consent_add(r->db, &(struct consent_add_in){
                               .org = r->org,
                               .case_id = r->case_id,
                               .id = *id,
                               .purpose = consent->purpose,
                               .recipient = consent->recipient,
                               .kind = consent->kind,
                               .given_by = consent_seal(r, CONSENT, "given_by", *id, consent->given_by),
                               .given_on = consent->on,
                               .expires_on = consent->expires,
                               .account = r->who->account,
                               .created_at = r->now,
                           }));
    TRY(tell(r, *id, consent->on, consent->kind,
             in_words(r, consent->purpose, consent->recipient, word_code(r->language, "consent_kind", consent->kind))));
    return req_audit(r, "consent.add", r->case_id, *id);
}

static enum err new_change(struct req *r)
{
    int64_t id = 0;
    TRY(case_must_be_open(r));
    TRY(consent_write(r,
                      &(struct consent_new){.purpose = field_text(r, "purpose"),
                                            .recipient = field_text(r, "recipient"),
                                            .kind = field_text(r, "kind"),
                                            .given_by = field_text(r, "given_by"),
                                            .on = field_text(r, "on"),
                                            .expires = expiry(r)},
                      &id));
    return req_redirect(r, W_consent_saved, "/cases/%s/meetings", r->params[0]);
}

/* ---- withdrawing ---- */

static enum err find(struct req *r, struct consent_line *out)
{
    struct consent_get_row row;
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(consent_get(r->db, r->arena, &(struct consent_get_in){.org = r->org, .case_id = r->case_id, .id = id}, &row));
    *out = (struct consent_line){.id = id,
                                 .purpose = row.purpose,
                                 .recipient = row.recipient,
                                 .kind = row.kind,
                                 .given_on = row.given_on,
                                 .expires_on = row.expires_on,
                                 .withdrawn_on = row.withdrawn_on,
                                 .can_withdraw = row.withdrawn_on == NULL && !text_same(row.kind, "refused"),
                                 .version = row.version};
    TRY(consent_open(r, CONSENT, "given_by", id, row.given_by, &out->given_by));
    return consent_open(r, CONSENT, "withdrawn_words", id, row.withdrawn_words, &out->withdrawn_words);
}

static enum err withdraw_show(struct req *r)
{
    struct withdraw_view view = {0};
    TRY(find(r, &view.line));
    if (r->route->method == HTTP_GET) {
        r->failed = false;
        field_start(r, "on", time_date(r->arena, r->now));
    }
    html_consent_withdraw_page(req_page(r), r, &view);
    return OK;
}

static enum err withdraw_check(struct req *r)
{
    struct consent_line line;
    const char *on = field_text(r, "on");
    TRY(case_must_be_open(r));
    TRY(find(r, &line));
    consent_check_day(r, "on");
    if (date_full(on) && strcmp(on, line.given_on) < 0)
        field_fail(r, "on", W_consent_withdrawn_early);
    return r->failed ? ERR_INPUT : OK;
}

/* Who sees the case because of this consent goes on seeing it until somebody decides: today, by the case manager. */
static enum err look_again(struct req *r, const struct consent_line *line)
{
    bool sees = false;
    int64_t id = 0;
    TRY(consent_still_sees(r, line->recipient, &sees));
    if (!sees)
        return OK;
    struct task_new task = {.title = arena_format(r->arena, "%s: %s", word(r->language, W_consent_look_again),
                                                  word_code(r->language, PACK_RECIPIENT, line->recipient)),
                            .owner = case_of(r)->manager,
                            .due = time_date(r->arena, r->now)};
    return task_add(r, &task, &id);
}

static enum err withdraw_change(struct req *r)
{
    struct consent_line line;
    size_t changed = 0;
    const char *words = field_text(r, "words");
    TRY(case_must_be_open(r));
    TRY(find(r, &line));
    TRY(consent_withdraw(
        r->db,
        &(struct consent_withdraw_in){.org = r->org,
                                      .case_id = r->case_id,
                                      .id = line.id,
                                      .withdrawn_on = field_text(r, "on"),
                                      .words = consent_seal(r, CONSENT, "withdrawn_words", line.id, words),
                                      .version = field_version(r)},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(tell(r, line.id, field_text(r, "on"), "withdrawn",
             in_words(r, line.purpose, line.recipient, word_code(r->language, "consent_state", "withdrawn"))));
    TRY(req_audit(r, "consent.withdraw", r->case_id, line.id));
    TRY(look_again(r, &line));
    return req_redirect(r, W_consent_withdrawn_done, "/cases/%s/meetings", r->params[0]);
}

/* clang-format off */
const struct route consent_routes[] = {
    {.method = HTTP_GET, .path = "/cases/{case}/meetings", .cap = CAP_CASE_READ, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = CONSENT_LIST_FIELDS, .show = consent_list_show},
    {.method = HTTP_GET, .path = "/cases/{case}/meeting", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = CONSENT_MEETING_FIELDS, .show = consent_meeting_new_show},
    {.method = HTTP_POST, .path = "/cases/{case}/meeting", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = CONSENT_MEETING_FIELDS, .show = consent_meeting_new_show, .check = consent_meeting_new_check,
     .change = consent_meeting_new_change, .body_max = 256 << 10},
    {.method = HTTP_GET, .path = "/cases/{case}/meetings/{meeting}", .cap = CAP_CASE_READ, .part = PART_CONSENT,
     .scope = case_scope,
     .show = consent_meeting_show},
    {.method = HTTP_GET, .path = "/cases/{case}/consent", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = NEW_FIELDS, .show = new_show},
    {.method = HTTP_POST, .path = "/cases/{case}/consent", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = NEW_FIELDS, .show = new_show, .check = new_check, .change = new_change},
    {.method = HTTP_GET, .path = "/cases/{case}/consents/{consent}", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = WITHDRAW_FIELDS, .show = withdraw_show},
    {.method = HTTP_POST, .path = "/cases/{case}/consents/{consent}", .cap = CAP_CASE_WRITE, .part = PART_CONSENT,
     .scope = case_scope,
     .fields = WITHDRAW_FIELDS, .show = withdraw_show, .check = withdraw_check, .change = withdraw_change},
    {0},
};
/* clang-format on */
