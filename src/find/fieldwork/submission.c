/* One submission: what it says, and what becomes of it. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/record.h"
#include "find/fieldwork/internal.h"
#include "find/fieldwork/queries.h"
#include "find/fieldwork/templates.h"
#include "find/fieldwork/views.h"
#include "find/referral/referral.h"
#include "platform/account/rotation.h"

#include <stdlib.h>
#include <string.h>

enum { CODE_DAYS = 30 };

/* ---- opening ---- */

static enum err read_answers(struct req *r, struct submission *submission)
{
    struct assess_instrument *instrument = ARENA_NEW(r->arena, struct assess_instrument);
    enum err found = submission->version_id == 0
                         ? ERR_NOT_FOUND
                         : assess_instrument_one(r->db, r->arena, r->org, submission->version_id, instrument);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    submission->instrument = instrument;
    size_t language = form_language_find(instrument->form, language_code(r->language));
    struct form_fill *fill = form_fill_new(r->arena, instrument->form, submission->received_at, language);
    enum err read = form_fill_read_xml(fill, submission->xml);
    if (read == OK)
        read = form_fill_evaluate(fill);
    if (read == OK)
        submission->fill = fill;
    return read == ERR_BROKEN || read == ERR_CONFLICT || read == ERR_LIMIT ? OK : read;
}

static enum err fieldwork_open(struct req *r, int64_t id, struct submission *out)
{
    struct fieldwork_submission_one_row row;
    TRY(fieldwork_submission_one(r->db, r->arena, &(struct fieldwork_submission_one_in){.org = r->org, .id = id},
                                 &row));
    struct submission submission = {
        .id = id,
        .team = row.team,
        .version_id = maybe_or_zero(row.version_id),
        .destination = row.destination,
        .status = row.status,
        .flags = fieldwork_flags_of(row.flags),
        .received_at = row.received_at,
        .decided_at = maybe_or_zero(row.decided_at),
        .decided_by = maybe_or_zero(row.decided_by),
        .replaces = maybe_or_zero(row.replaces),
        .case_id = maybe_or_zero(row.case_id),
        .referral = maybe_or_zero(row.referral),
    };
    TRY(session_open_key(r->arena, r->who, row.team, row.sealed_key, &submission.key));
    TRY(seal_open_bytes(r->arena, &submission.key, fieldwork_place("content", id), row.content, &submission.xml));
    TRY(seal_open_text(r->arena, &submission.key, fieldwork_place("reason", id), row.reason, &submission.reason));
    TRY(read_answers(r, &submission));
    *out = submission;
    return OK;
}

static enum err fieldwork_scope(struct req *r)
{
    struct submission *submission = ARENA_NEW(r->arena, struct submission);
    int64_t id;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(fieldwork_open(r, id, submission));
    r->scope = submission;
    return OK;
}

const struct submission *submission_of(const struct req *r)
{
    return r->scope;
}

/* ---- when a team's keys change ---- */

static enum err rewrap_files(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                             int64_t submission, struct rewrap *step)
{
    struct fieldwork_file_keys_row *rows;
    size_t count;
    TRY(fieldwork_file_keys(db, arena, &(struct fieldwork_file_keys_in){.org = org, .submission = submission}, &rows,
                            &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes box;
        TRY(team_reseal(arena, team, rows[i].sealed_key, &box));
        if (box.ptr == NULL)
            continue;
        TRY(fieldwork_file_rewrap(db, &(struct fieldwork_file_rewrap_in){
                                          .org = org, .submission = submission, .id = rows[i].id, .sealed_key = box}));
        step->changed++;
    }
    return OK;
}

enum err fieldwork_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                          struct rewrap *step)
{
    struct fieldwork_key_of_team_row *rows;
    TRY(fieldwork_key_of_team(
        db, arena,
        &(struct fieldwork_key_of_team_in){.org = org, .team = team->team, .after = step->after, .limit = step->limit},
        &rows, &step->seen));
    for (size_t i = 0; i < step->seen; i++) {
        struct bytes box;
        step->after = rows[i].id;
        TRY(rewrap_files(db, arena, org, team, rows[i].id, step));
        TRY(team_reseal(arena, team, rows[i].sealed_key, &box));
        if (box.ptr == NULL)
            continue;
        TRY(fieldwork_key_rewrap(db,
                                 &(struct fieldwork_key_rewrap_in){.org = org, .id = rows[i].id, .sealed_key = box}));
        step->changed++;
    }
    return OK;
}

/* ---- the page ---- */

static enum err list_files(struct req *r, struct submission_view *view)
{
    struct fieldwork_file_list_row *rows;
    TRY(fieldwork_file_list(r->db, r->arena,
                            &(struct fieldwork_file_list_in){.org = r->org, .submission = submission_of(r)->id}, &rows,
                            &view->file_count));
    struct file_line *lines = ARENA_ARRAY(r->arena, struct file_line, view->file_count);
    for (size_t i = 0; i < view->file_count; i++)
        lines[i] = (struct file_line){rows[i].id, rows[i].size};
    view->files = lines;
    return OK;
}

static enum err submission_show(struct req *r)
{
    const struct submission *submission = submission_of(r);
    struct submission_view view = {.submission = submission};
    struct colleague *people;
    size_t people_count;
    if (submission->fill != NULL)
        view.part_count = assess_answers(r->arena, r->language, submission->fill, ANSWERS_FAULTS, &view.parts);
    else if (text_check((const char *)submission->xml.ptr, submission->xml.len))
        view.as_sent = arena_text_n(r->arena, (const char *)submission->xml.ptr, submission->xml.len);
    TRY(list_files(r, &view));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    if (submission->decided_by != 0)
        view.decided_by = colleague_name(people, people_count, submission->decided_by);
    if (submission->case_id != 0 && session_may(r->who, CAP_CASE_READ))
        view.case_path = arena_format(r->arena, "/cases/%s", id_text(r->arena, submission->case_id));
    view.may_refer = submission->fill != NULL && session_may(r->who, CAP_REFERRAL_ANSWER) && referral_reader(r->who);
    html_fieldwork_submission(req_page(r), r, &view);
    return OK;
}

/* All of it, byte for byte. */
static enum err sent_show(struct req *r)
{
    return req_send(r, 200, "application/octet-stream", submission_of(r)->xml, "report.xml");
}

/* ---- what becomes of it ---- */

static enum err fieldwork_decide(struct req *r, const struct submission *submission, const char *status,
                                 const char *reason, int64_t referral)
{
    size_t changed = 0;
    struct bytes sealed = {0};
    if (!text_empty(reason))
        sealed = seal_text(r->arena, &submission->key, fieldwork_place("reason", submission->id), reason);
    TRY(fieldwork_submission_decide(r->db,
                                    &(struct fieldwork_submission_decide_in){.org = r->org,
                                                                             .id = submission->id,
                                                                             .status = status,
                                                                             .at = r->now,
                                                                             .by = r->who->account,
                                                                             .reason = sealed,
                                                                             .referral = maybe_unless_zero(referral)},
                                    &changed));
    return changed == 1 ? OK : ERR_STALE;
}

static enum err waits_check(struct req *r)
{
    if (!text_same(submission_of(r)->status, "waiting"))
        return ERR_STALE;
    return r->failed ? ERR_INPUT : OK;
}

/* All answers in words, one a line: nothing that was told is lost, whatever the form called it. */
static const char *all_told(struct req *r, const char *story)
{
    const struct submission *submission = submission_of(r);
    const struct answer_part *parts;
    size_t count = assess_answers(r->arena, r->language, submission->fill, ANSWERS_FAULTS, &parts);
    struct buf text;
    buf_init(&text, r->arena, 1024);
    buf_text(&text, story);
    buf_text(&text, story[0] == '\0' ? "" : "\n\n");
    buf_format(&text, "%s: %s, %s", word(r->language, W_fieldwork_one), submission->instrument->title,
               moment_in_words(r->arena, r->language, submission->received_at));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].count; j++)
            if (!text_same(parts[i].lines[j].words, story))
                buf_format(&text, "\n%s", words_labelled(r->arena, parts[i].lines[j].label, parts[i].lines[j].words));
    return text.ptr;
}

static const char *fact_of(struct form_fill *fill, const char *name)
{
    const struct form_fact *facts;
    size_t count = form_fill_facts(fill, &facts);
    for (size_t i = 0; i < count; i++)
        if (text_same(facts[i].fact, name))
            return facts[i].value;
    return "";
}

/* A code that referrals know, else `otherwise`. */
static const char *coded(struct form_fill *fill, const char *fact, const struct code_list *list, const char *otherwise)
{
    const char *code = fact_of(fill, fact);
    return code_in(list, code) ? code : otherwise;
}

static enum err refer_change(struct req *r)
{
    const struct submission *submission = submission_of(r);
    struct form_fill *fill = submission->fill;
    int64_t id = 0;
    int64_t age = 0;
    if (fill == NULL || !referral_reader(r->who))
        return ERR_DENIED;
    struct referral_told told = {
        .source = coded(fill, "referral.source", &REFERRAL_SOURCES, "outreach"),
        .urgency = coded(fill, "referral.urgency", &REFERRAL_URGENCIES, "day"),
        .way = coded(fill, "referral.way", &REFERRAL_WAYS, "none"),
        .age_guess = text_same(fact_of(fill, "referral.age_guess"), "yes"),
        .disputed = text_same(fact_of(fill, "referral.age_disputed"), "yes"),
        .referrer = fact_of(fill, "referral.referrer"),
        .organisation = fact_of(fill, "referral.organisation"),
        .about = fact_of(fill, "referral.about"),
        .story = all_told(r, fact_of(fill, "referral.story")),
        .contact = fact_of(fill, "referral.contact"),
        .hours = fact_of(fill, "referral.hours"),
        .cover = fact_of(fill, "referral.cover"),
    };
    told.age.has = text_to_int(fact_of(fill, "referral.age"), &age) && age >= 0 && age <= 120;
    told.age.value = age;
    TRY(referral_write(r->db, r->arena, r->org, r->who->account, r->now, &told, &id));
    TRY(fieldwork_decide(r, submission, "taken", NULL, id));
    TRY(req_audit(r, "field.refer", 0, submission->id));
    TRY(req_audit(r, "referral.add", 0, id));
    return req_redirect(r, W_fieldwork_referred, "/referrals/%s", id_text(r->arena, id));
}

static enum err note_change(struct req *r)
{
    TRY(fieldwork_decide(r, submission_of(r), "taken", NULL, 0));
    TRY(req_audit(r, "field.note", 0, submission_of(r)->id));
    return req_redirect(r, W_fieldwork_noted, "/field");
}

static const struct field_rule ASIDE_FIELDS[] = {
    {.name = "reason", .kind = FIELD_LONG, .required = true, .missing = W_fieldwork_reason_missing, .max = 1000},
    {0},
};

static enum err aside_show(struct req *r)
{
    html_fieldwork_aside(req_page(r), r);
    return OK;
}

static enum err aside_change(struct req *r)
{
    TRY(fieldwork_decide(r, submission_of(r), "aside", field_text(r, "reason"), 0));
    TRY(req_audit(r, "field.aside", 0, submission_of(r)->id));
    return req_redirect(r, W_fieldwork_aside_done, "/field");
}

static enum err back_change(struct req *r)
{
    size_t changed = 0;
    TRY(fieldwork_submission_back(
        r->db, &(struct fieldwork_submission_back_in){.org = r->org, .id = submission_of(r)->id}, &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(req_audit(r, "field.back", 0, submission_of(r)->id));
    return req_redirect(r, W_fieldwork_back_done, "/field/%s", r->params[0]);
}

/* ---- in a case ---- */

/* The submission that the path names beside the case; it is of this case, and its part is this person's. */
static enum err case_submission(struct req *r, struct submission *out)
{
    int64_t id;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(fieldwork_open(r, id, out));
    bool fits = out->case_id == r->case_id && out->fill != NULL && text_same(out->destination, "assessment");
    return fits ? OK : ERR_NOT_FOUND;
}

static enum err assess_scope(struct req *r)
{
    struct submission submission;
    TRY(case_scope(r));
    TRY(case_submission(r, &submission));
    return case_part_found(r, assess_part(submission.instrument->form_id));
}

static enum err assess_check(struct req *r)
{
    struct submission submission;
    TRY(case_must_be_open(r));
    TRY(case_submission(r, &submission));
    return text_same(submission.status, "waiting") ? OK : ERR_STALE;
}

static enum err assess_change(struct req *r)
{
    struct submission submission;
    int64_t id = id_new();
    TRY(case_must_be_open(r));
    TRY(case_submission(r, &submission));
    TRY(fieldwork_files_take(r, &submission, id));
    size_t language = form_language_find(submission.instrument->form, language_code(r->language));
    TRY(assess_draft_add(r, submission.version_id, submission.fill, language, &id));
    TRY(fieldwork_decide(r, &submission, "taken", NULL, 0));
    TRY(req_audit(r, "field.assess", r->case_id, submission.id));
    TRY(req_audit(r, "assess.begin", r->case_id, id));
    return req_redirect(r, W_fieldwork_assessed, "/cases/%s/assessments/%s", r->params[0], id_text(r->arena, id));
}

/* ---- the code of a case ---- */

static enum err code_show(struct req *r)
{
    html_fieldwork_code(req_page(r), r, &(struct code_view){.code = NULL});
    return OK;
}

/* Shown once; of the code only a hash is kept. */
static enum err code_change(struct req *r)
{
    struct code_view view = {.code = fieldwork_code_new(r->arena), .until = r->now + CODE_DAYS * DAY_MS};
    const char *plain = fieldwork_code_plain(r->arena, view.code);
    uint8_t hash[SEAL_HASH_SIZE];
    TRY(case_must_be_open(r));
    seal_hash(NULL, plain, strlen(plain), hash);
    TRY(fieldwork_code_add(r->db, &(struct fieldwork_code_add_in){.org = r->org,
                                                                  .hash = {hash, sizeof hash},
                                                                  .case_id = r->case_id,
                                                                  .team = case_of(r)->team,
                                                                  .created_at = r->now,
                                                                  .created_by = r->who->account,
                                                                  .valid_until = view.until}));
    TRY(req_audit(r, "field.code", r->case_id, 0));
    html_fieldwork_code(req_page(r), r, &view);
    return OK;
}

static enum err code_check(struct req *r)
{
    return case_must_be_open(r);
}

const struct route fieldwork_routes[] = {
    {.method = HTTP_GET,
     .path = "/field",
     .cap = CAP_FIELD,
     .fields = FIELDWORK_INBOX_FIELDS,
     .show = fieldwork_inbox_show},
    {.method = HTTP_GET,
     .path = "/field/{submission}",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .show = submission_show},
    {.method = HTTP_GET,
     .path = "/field/{submission}/files/{file}",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .show = fieldwork_file_show},
    {.method = HTTP_GET,
     .path = "/field/{submission}/files/{file}/sent",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .show = fieldwork_file_sent_show},
    {.method = HTTP_GET,
     .path = "/field/{submission}/sent",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .show = sent_show},
    {.method = HTTP_POST,
     .path = "/field/{submission}/refer",
     .cap = CAP_REFERRAL_ANSWER,
     .scope = fieldwork_scope,
     .check = waits_check,
     .change = refer_change},
    {.method = HTTP_POST,
     .path = "/field/{submission}/note",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .check = waits_check,
     .change = note_change},
    {.method = HTTP_GET,
     .path = "/field/{submission}/aside",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .fields = ASIDE_FIELDS,
     .show = aside_show},
    {.method = HTTP_POST,
     .path = "/field/{submission}/aside",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .fields = ASIDE_FIELDS,
     .show = aside_show,
     .check = waits_check,
     .change = aside_change},
    {.method = HTTP_POST,
     .path = "/field/{submission}/back",
     .cap = CAP_FIELD,
     .scope = fieldwork_scope,
     .change = back_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/field/{submission}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = assess_scope,
     .check = assess_check,
     .change = assess_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/field-code",
     .cap = CAP_CASE_WRITE,
     .part = PART_SAFETY,
     .scope = case_scope,
     .show = code_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/field-code",
     .cap = CAP_CASE_WRITE,
     .part = PART_SAFETY,
     .scope = case_scope,
     .check = code_check,
     .change = code_change},
    {0},
};
