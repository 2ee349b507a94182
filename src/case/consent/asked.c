/* Before something of a case goes to somebody else: what was agreed to, and on what ground it may go without that (M2.1, M3.6). */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/consent/queries.h"
#include "case/consent/views.h"
#include "platform/pack/pack.h"

/* What was said about one recipient, purpose by purpose; `facts` has room for one more. */
static enum err said_about(struct req *r, const char *recipient, struct consent_by_recipient_row **rows,
                           struct consent_facts **facts, size_t *count)
{
    TRY(consent_by_recipient(
        r->db, r->arena,
        &(struct consent_by_recipient_in){.org = r->org, .case_id = r->case_id, .recipient = recipient}, rows, count));
    *facts = ARENA_ARRAY(r->arena, struct consent_facts, *count + 1);
    for (size_t i = 0; i < *count; i++)
        (*facts)[i] = (struct consent_facts){(*rows)[i].kind, (*rows)[i].given_on, (*rows)[i].expires_on,
                                             (*rows)[i].withdrawn_on};
    return OK;
}

/* Do the consents of one recipient, of whatever purpose, stand today? `any`: somebody has said something about them. */
static enum err recipient_stands(struct req *r, const char *recipient, bool *any, bool *stands)
{
    struct consent_by_recipient_row *rows;
    struct consent_facts *facts;
    size_t count;
    const char *today = time_date(r->arena, r->now);
    TRY(said_about(r, recipient, &rows, &facts, &count));
    *any = count > 0;
    *stands = false;
    for (size_t from = 0, next; from < count; from = next) { /* those of one purpose stand together */
        for (next = from; next < count && text_same(rows[next].purpose, rows[from].purpose); next++)
            continue;
        *stands |= consent_stands(facts + from, next - from, today);
    }
    return OK;
}

/* What was said about the recipient decides; when nothing was, what was said about the case team, of which they become one. */
static enum err covers(struct req *r, const char *recipient, bool *out)
{
    bool any = false;
    TRY(recipient_stands(r, recipient, &any, out));
    return any ? OK : recipient_stands(r, "case_team", &any, out);
}

enum err consent_ask(struct req *r, struct consent_ask_view *out)
{
    *out = (struct consent_ask_view){.ground_open = !text_empty(field_text(r, "ground")) ||
                                                    !text_empty(field_text(r, "ground_words")) ||
                                                    field(r, "ground").error != NULL};
    out->purpose_count = consent_choices_of(r, pack_codes(PACK_CONSENT_PURPOSE), &out->purposes);
    out->ground_count = consent_choices_of(r, pack_codes(PACK_SHARING_GROUND), &out->grounds);
    return consent_lines(r, &out->lines, &out->count);
}

/* Would it stand if the child agreed today? Not against a refusal or withdrawal of the same day, for whatever purpose: that is looked at on its
 * own page. */
static enum err would_stand(struct req *r, const char *recipient, bool *out)
{
    struct consent_by_recipient_row *rows;
    struct consent_facts *facts;
    size_t count;
    const char *today = time_date(r->arena, r->now);
    TRY(said_about(r, recipient, &rows, &facts, &count));
    facts[count] = (struct consent_facts){.kind = "assent", .given_on = today};
    *out = consent_stands(facts, count + 1, today);
    return OK;
}

static enum err check_child(struct req *r, const char *recipient)
{
    bool stands = false;
    const char *purpose = field_text(r, "child_purpose");
    if (text_empty(purpose) || !code_in(pack_codes(PACK_CONSENT_PURPOSE), purpose)) {
        field_fail(r, "child_purpose", W_consent_purpose_missing);
        return OK;
    }
    TRY(would_stand(r, recipient, &stands));
    if (!stands)
        field_fail(r, "child_agrees", W_consent_refused_today);
    return OK;
}

enum err consent_ask_check(struct req *r, const char *recipient)
{
    bool agreed = false;
    const char *ground = field_text(r, "ground");
    if (!text_empty(ground) && !code_in(pack_codes(PACK_SHARING_GROUND), ground))
        field_fail(r, "ground", W_consent_ground_missing);
    TRY(covers(r, recipient, &agreed));
    if (!agreed && field_yes(r, "child_agrees"))
        return check_child(r, recipient);
    if (!agreed && text_empty(ground))
        field_fail(r, "ground", W_consent_ground_missing);
    if (!agreed && text_empty(field_text(r, "ground_words")))
        field_fail(r, "ground_words", W_consent_ground_words_missing);
    return OK;
}

/* What the child just said becomes a consent like any other: it can be withdrawn and it ends. ERR_STALE: refused meanwhile. */
static enum err child_agreed(struct req *r, const char *recipient)
{
    bool stands = false;
    int64_t id = 0;
    const char *purpose = field_text(r, "child_purpose"), *today = time_date(r->arena, r->now);
    if (!code_in(pack_codes(PACK_CONSENT_PURPOSE), purpose)) /* nobody looked at it while a consent stood */
        return ERR_STALE;
    TRY(would_stand(r, recipient, &stands));
    if (!stands)
        return ERR_STALE;
    return consent_write(r,
                         &(struct consent_new){.purpose = purpose,
                                               .recipient = recipient,
                                               .kind = "assent",
                                               .given_by = word(r->language, W_consent_by_child),
                                               .on = today,
                                               .expires = date_add(r->arena, today, pack_consent_days(purpose))},
                         &id);
}

enum err consent_ask_write(struct req *r, const char *recipient, const char *act)
{
    bool agreed = false;
    int64_t id = id_new();
    const char *ground = field_text(r, "ground");
    TRY(covers(r, recipient, &agreed));
    if (agreed)
        return OK;
    if (field_yes(r, "child_agrees"))
        return child_agreed(r, recipient);
    if (text_empty(ground) || text_empty(field_text(r, "ground_words"))) /* withdrawn since it was looked at */
        return ERR_STALE;
    TRY(consent_ground_add(r->db,
                           &(struct consent_ground_add_in){
                               .org = r->org,
                               .case_id = r->case_id,
                               .id = id,
                               .act = act,
                               .recipient = recipient,
                               .ground = ground,
                               .words = consent_seal(r, "consent_ground", "words", id, field_text(r, "ground_words")),
                               .on_date = time_date(r->arena, r->now),
                               .account = r->who->account,
                               .created_at = r->now,
                           }));
    return case_event_add(
        r, &(struct record_event){.part = PART_CONSENT,
                                  .happened_on = time_date(r->arena, r->now),
                                  .kind = "consent",
                                  .subject = id,
                                  .detail = "ground",
                                  .note = arena_format(r->arena, "%s: %s\n%s", word(r->language, W_consent_without),
                                                       word_code(r->language, PACK_SHARING_GROUND, ground),
                                                       field_text(r, "ground_words"))});
}

/* ---- a consent that was withdrawn ---- */

/* Whoever has a part of the case in a role that this recipient stands for. */
enum err consent_still_sees(struct req *r, const char *recipient, bool *out)
{
    struct consent_members_row *rows;
    size_t count;
    *out = false;
    TRY(consent_members(r->db, r->arena,
                        &(struct consent_members_in){.org = r->org, .case_id = r->case_id, .now = r->now}, &rows,
                        &count));
    for (size_t i = 0; i < count; i++) {
        const struct pack_role *role = pack_role(rows[i].role);
        *out |= role != NULL && (text_same(recipient, "case_team") || text_same(role->recipient, recipient));
    }
    return OK;
}
