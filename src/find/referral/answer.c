/* Answering a referral, and opening an answered one again. */
#include "base/text.h"
#include "base/time.h"
#include "find/referral/queries.h"
#include "find/referral/referral.h"
#include "find/referral/rules.h"
#include "find/referral/templates.h"
#include "find/referral/views.h"
#include "platform/pack/pack.h"

enum { ADULT_YEARS = 18 };

/* No status, residence or document is among the reasons: none of them may be one (M1.7). */
static const struct code_list REASONS = CODES(decline_reason, "not_trafficking", "not_wanted", "has_support",
                                              "needs_other", "unreachable", "repeated", "adult");
static const struct code_list ACTS = CODES(referral_act, "consult", "redirect", "decline");

const struct field_rule REFERRAL_ANSWER_FIELDS[] = {
    {.name = "act", .kind = FIELD_CODE, .codes = &ACTS},
    {.name = "whom", .kind = FIELD_TEXT, .max = 300},
    {.name = "agreed", .kind = FIELD_CODE, .codes = &REFERRAL_AGREED},
    {.name = "reason", .kind = FIELD_CODE, .codes = &REASONS},
    {.name = "words", .kind = FIELD_LONG},
    {.name = "how", .kind = FIELD_CODE, .codes = &REFERRAL_HOWS},
    {.name = "on", .kind = FIELD_DATE, .required = true},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

const struct field_rule REFERRAL_REOPEN_FIELDS[] = {
    {.name = "why", .kind = FIELD_LONG, .required = true, .missing = W_referral_reopen_missing, .max = 5000},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

/* ---- answering ---- */

enum err referral_answer_show(struct req *r)
{
    struct referral_answer_view view = {.referral = referral_of(r)};
    field_start(r, "on", time_date(r->arena, r->now));
    field_start(r, "how", referral_how_offered(view.referral->told.way));
    TRY(referral_steps_of(r, &view.steps, &view.step_count));
    html_referral_answer(req_page(r), r, &view);
    return OK;
}

void referral_flaws_show(struct req *r, unsigned flaws)
{
    static const struct {
        enum referral_flaw flaw;
        const char *field;
        enum word message;
    } messages[] = {
        {REFERRAL_NO_ACT, "act", W_referral_flaw_act},
        {REFERRAL_NO_WHOM, "whom", W_referral_flaw_whom},
        {REFERRAL_NO_REASON, "reason", W_referral_flaw_reason},
        {REFERRAL_NOT_ADULT, "reason", W_referral_flaw_adult},
        {REFERRAL_NO_WORDS, "words", W_referral_flaw_words},
        {REFERRAL_NO_HOW, "how", W_referral_flaw_how},
        {REFERRAL_HOW_NOBODY, "how", W_referral_flaw_nobody},
        {REFERRAL_IN_FUTURE, "on", W_referral_flaw_future},
        {REFERRAL_NOT_SAID, "agreed", W_referral_agreed_missing},
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if ((flaws & messages[i].flaw) != 0)
            field_fail(r, messages[i].field, messages[i].message);
    }
}

enum err referral_answer_check(struct req *r)
{
    const struct referral_told *told = &referral_of(r)->told;
    struct referral_decision decision = {.act = field_text(r, "act"),
                                         .words = field_text(r, "words"),
                                         .whom = field_text(r, "whom"),
                                         .reason = field_text(r, "reason"),
                                         .how = field_text(r, "how"),
                                         .on = field_text(r, "on"),
                                         .agreed = field_text(r, "agreed")};
    struct referral_facts facts = {.answerable = referral_contact_needed(told->way),
                                   .disputed = told->disputed,
                                   .adult = told->age.has && !told->age_guess && told->age.value >= ADULT_YEARS,
                                   .today = time_date(r->arena, r->now)};
    referral_flaws_show(r, referral_flaws(&decision, &facts));
    return r->failed ? ERR_INPUT : OK;
}

enum err referral_answer_change(struct req *r)
{
    static const char *const audits[] = {[REFERRAL_CONSULT] = "referral.consult",
                                         [REFERRAL_REDIRECT] = "referral.redirect",
                                         [REFERRAL_DECLINE] = "referral.decline"};
    const struct referral *referral = referral_of(r);
    enum referral_act act;
    int64_t version = field_version(r);
    size_t changed = 0;
    if (!referral_act_of(field_text(r, "act"), &act) || act > REFERRAL_DECLINE)
        return ERR_INPUT;
    if (version != referral->version)
        return ERR_STALE;
    if (!referral_may(referral->status, act)) {
        field_fail(r, "act", W_referral_flaw_ended);
        return ERR_INPUT;
    }
    TRY(referral_decide(r->db,
                        &(struct referral_decide_in){.org = r->org,
                                                     .id = referral->id,
                                                     .version = version,
                                                     .status = referral_status_after(act),
                                                     .at = r->now,
                                                     .account = r->who->account},
                        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(referral_step_write(r, &(struct referral_step_new){
                                   .act = field_text(r, "act"),
                                   .reason = act == REFERRAL_DECLINE ? field_text(r, "reason") : NULL,
                                   .how = field_text(r, "how"),
                                   .answered_on = field_text(r, "on"),
                                   .words = field_text(r, "words"),
                                   .whom = act == REFERRAL_REDIRECT ? field_text(r, "whom") : NULL,
                                   .agreed = act == REFERRAL_REDIRECT ? field_text(r, "agreed") : NULL,
                               }));
    if (act != REFERRAL_CONSULT)
        TRY(referral_shares_end(r));
    TRY(req_audit(r, audits[act], 0, referral->id));
    return req_redirect(r, W_referral_answered, "/referrals/%s", r->params[0]);
}

/* ---- opening again ---- */

enum err referral_reopen_show(struct req *r)
{
    struct referral_answer_view view = {.referral = referral_of(r)};
    TRY(referral_steps_of(r, &view.steps, &view.step_count));
    html_referral_reopen(req_page(r), r, &view);
    return OK;
}

enum err referral_reopen_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

/* The time to answer starts anew; a case that was made stays, and is closed on its own page. */
enum err referral_reopen_change(struct req *r)
{
    const struct referral *referral = referral_of(r);
    int64_t version = field_version(r);
    size_t changed = 0;
    if (version != referral->version || !referral_may(referral->status, REFERRAL_REOPEN))
        return ERR_STALE;
    int64_t due = referral_due(r->now, pack_answer_hours(referral->told.urgency));
    TRY(referral_reopen(
        r->db, &(struct referral_reopen_in){.org = r->org, .id = referral->id, .version = version, .answer_due = due},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(referral_step_write(r, &(struct referral_step_new){.act = referral_act_code(REFERRAL_REOPEN),
                                                           .words = field_text(r, "why"),
                                                           .case_id = referral->case_id.value}));
    TRY(req_audit(r, "referral.reopen", referral->case_id.value, referral->id));
    return req_redirect(r, W_referral_reopened, "/referrals/%s", r->params[0]);
}
