/* Telling of a child: the public page and the same form for colleagues. */
#include "base/id.h"
#include "base/text.h"
#include "find/referral/referral.h"
#include "find/referral/rules.h"
#include "find/referral/templates.h"
#include "find/referral/views.h"
#include "platform/gate/allowance.h"
#include "platform/pack/pack.h"

/* One sentence is enough: what is known is the only thing that everybody has to write. */
const struct field_rule REFERRAL_TOLD_FIELDS[] = {
    {.name = "story", .kind = FIELD_LONG, .required = true, .missing = W_referral_story_missing},
    {.name = "urgency", .kind = FIELD_CODE, .codes = &REFERRAL_URGENCIES},
    {.name = "about", .kind = FIELD_LONG, .max = 1000},
    {.name = "age", .kind = FIELD_INT, .min = 0, .max = 120},
    {.name = "age_guess", .kind = FIELD_YES},
    {.name = "disputed", .kind = FIELD_YES},
    {.name = "source", .kind = FIELD_CODE, .codes = &REFERRAL_SOURCES},
    {.name = "referrer", .kind = FIELD_TEXT, .max = 200},
    {.name = "organisation", .kind = FIELD_TEXT, .max = 200},
    {.name = "way", .kind = FIELD_CODE, .codes = &REFERRAL_WAYS},
    {.name = "contact", .kind = FIELD_TEXT, .max = 300},
    {.name = "hours", .kind = FIELD_TEXT, .max = 300},
    {.name = "cover", .kind = FIELD_TEXT, .max = 300},
    {0},
};

size_t referral_urgency_choices(struct req *r, const struct choice **out)
{
    static const enum word hints[] = {W_referral_now_hint, W_referral_day_hint, W_referral_week_hint,
                                      W_referral_month_hint};
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, REFERRAL_URGENCIES.count);
    for (size_t i = 0; i < REFERRAL_URGENCIES.count; i++) {
        const char *code = REFERRAL_URGENCIES.codes[i];
        choices[i] = (struct choice){code, word_code(r->language, "urgency", code), word(r->language, hints[i])};
    }
    *out = choices;
    return REFERRAL_URGENCIES.count;
}

enum err referral_told_check(struct req *r)
{
    const char *way = field_text(r, "way");
    if (text_empty(way) && referral_way_needed(field_text(r, "source")))
        field_fail(r, "way", W_referral_way_missing);
    if (referral_contact_needed(way) && text_empty(field_text(r, "contact")))
        field_fail(r, "contact", W_referral_contact_missing);
    return r->failed ? ERR_INPUT : OK;
}

/* Nobody who is unsure is made to wait: without an answer it counts as a matter of a day. */
static const char *or_code(const char *given, const char *otherwise)
{
    return text_empty(given) ? otherwise : given;
}

static void referral_told_of(struct req *r, struct referral_told *out)
{
    struct referral_told told = {
        .source = or_code(field_text(r, "source"), "other"),
        .urgency = or_code(field_text(r, "urgency"), "day"),
        .way = or_code(field_text(r, "way"), "none"),
        .age_guess = field_yes(r, "age_guess"),
        .disputed = field_yes(r, "disputed"),
        .referrer = field_text(r, "referrer"),
        .organisation = field_text(r, "organisation"),
        .about = field_text(r, "about"),
        .story = field_text(r, "story"),
        .contact = field_text(r, "contact"),
        .hours = field_text(r, "hours"),
        .cover = field_text(r, "cover"),
    };
    told.age.has = field_int(r, "age", &told.age.value);
    *out = told;
}

/* ---- the public page ---- */

/* Generous for everybody behind one shelter's or school's address: 30 at once and three a minute; far from enough to bury the inbox. What
 * was typed stays in the form. */
static struct allowance public_sending = ALLOWANCE(30, 20000);

enum err referral_refer_check(struct req *r)
{
    TRY(referral_told_check(r));
    if (r->who == NULL && !allowance_take(&public_sending, r->http->peer, 1, r->now)) {
        field_fail(r, "story", W_referral_too_many);
        return ERR_INPUT;
    }
    return OK;
}

enum err referral_refer_show(struct req *r)
{
    html_referral_public(req_page(r), r);
    return OK;
}

enum err referral_refer_change(struct req *r)
{
    struct referral_told told;
    int64_t id = 0;
    referral_told_of(r, &told);
    TRY(referral_write(r->db, r->arena, r->org, r->who == NULL ? 0 : r->who->account, r->now, &told, &id));
    TRY(req_audit(r, "referral.receive", 0, id));
    return req_redirect(r, W_none, "/refer/thanks/%s/%s?l=%s", told.urgency, told.way, language_code(r->language));
}

/* Tells the promise, and nothing of what was sent: the address stays in the browser's history. */
enum err referral_thanks_show(struct req *r)
{
    const char *urgency = code_in(&REFERRAL_URGENCIES, r->params[0]) ? r->params[0] : "day";
    html_referral_thanks(req_page(r), r, pack_answer_hours(urgency), text_same(urgency, "now"),
                         !text_same(r->params[1], "none"));
    return OK;
}

/* ---- the same for colleagues ---- */

enum err referral_new_show(struct req *r)
{
    html_referral_staff(req_page(r), r);
    return OK;
}

enum err referral_new_change(struct req *r)
{
    struct referral_told told;
    int64_t id = 0;
    referral_told_of(r, &told);
    TRY(referral_write(r->db, r->arena, r->org, r->who->account, r->now, &told, &id));
    TRY(req_audit(r, "referral.add", 0, id));
    if (session_may(r->who, CAP_REFERRAL_ANSWER) && referral_reader(r->who))
        return req_redirect(r, W_referral_added, "/referrals/%s", id_text(r->arena, id));
    return req_redirect(r, W_referral_added, "/referrals/new");
}
