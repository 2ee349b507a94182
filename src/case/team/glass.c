/* Breaking the glass: a case manager who is not on a case and needs it in an emergency says why, and gets it for two hours. The team is
 * told at once and answers. The keys come out of the emergency team's box (docs/ACCESS.md). */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/team/templates.h"
#include "case/team/views.h"

static const struct field_rule BREAK_FIELDS[] = {
    {.name = "reference", .kind = FIELD_TEXT, .required = true, .max = 30, .missing = W_team_reference_missing},
    {.name = "reason", .kind = FIELD_LONG, .required = true, .max = 1000, .missing = W_team_reason_missing},
    {0},
};

static const char *reference_typed(struct req *r)
{
    char *text = text_trim(r->arena, field_text(r, "reference"));
    for (char *at = text; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return text;
}

static enum err break_show(struct req *r)
{
    html_team_emergency(req_page(r), r);
    return OK;
}

/* Does this person see the whole case already? */
static enum err held_already(struct req *r, int64_t case_id, bool *held)
{
    struct team_case_holders_row *rows;
    size_t count;
    *held = false;
    TRY(team_case_holders(r->db, r->arena, &(struct team_case_holders_in){.org = r->org, .case_id = case_id}, &rows,
                          &count));
    for (size_t i = 0; i < count && !*held; i++) {
        struct case_keys keys;
        enum err opened = record_open_keys(r, rows[i].holder, case_id, rows[i].wrapped, &keys);
        *held = opened == OK && case_keys_whole(&keys);
        seal_wipe(&keys, sizeof keys);
        if (opened != OK && opened != ERR_NOT_FOUND)
            return opened;
    }
    return OK;
}

/* A case that is not there and one that is shut for this person look the same. */
static enum err find_case(struct req *r, struct team_glass_case_row *out)
{
    bool held = false;
    enum err found = team_glass_case(
        r->db, r->arena,
        &(struct team_glass_case_in){.org = r->org, .reference = reference_typed(r), .account = r->who->account}, out);
    if (found == ERR_NOT_FOUND || r->who->emergency.team == 0) {
        field_fail(r, "reference", r->who->emergency.team == 0 ? W_team_no_emergency_key : W_team_reference_unknown);
        return ERR_INPUT;
    }
    TRY(found);
    TRY(held_already(r, out->id, &held));
    if (held)
        field_fail(r, "reference", W_team_reference_yours);
    return r->failed ? ERR_INPUT : OK;
}

static enum err break_check(struct req *r)
{
    struct team_glass_case_row found;
    return r->failed ? ERR_INPUT : find_case(r, &found);
}

/* The keys for two hours, under a key of this person's own. */
static enum err give(struct req *r, const struct team_glass_case_row *found, const struct case_keys *keys,
                     int64_t until)
{
    struct seal_key own;
    size_t gone = 0;
    struct record_grant grant = {.org = r->org,
                                 .case_id = found->id,
                                 .holder = r->who->account,
                                 .via = "glass",
                                 .parts = PARTS_WHOLE,
                                 .since = r->now,
                                 .until = {.has = true, .value = until},
                                 .given_by = r->who->account};
    TRY(record_key_expire(r->db, &(struct record_key_expire_in){.org = r->org, .case_id = found->id, .now = r->now},
                          &gone));
    record_own_key(r->who, &own);
    enum err result = record_give_own(r->db, r->arena, &grant, keys, &own);
    seal_wipe(&own, sizeof own);
    return result;
}

static enum err write_down(struct req *r, int64_t case_id, const struct case_keys *keys, int64_t until)
{
    int64_t id = id_new();
    const char *reason = field_text(r, "reason");
    struct team_new step = {.org = r->org,
                            .case_id = case_id,
                            .account = r->who->account,
                            .until = {.has = true, .value = until},
                            .by = r->who->account,
                            .at = r->now};
    TRY(team_glass_add(r->db, &(struct team_glass_add_in){.org = r->org,
                                                          .case_id = case_id,
                                                          .id = id,
                                                          .account = r->who->account,
                                                          .reason = seal_text(r->arena, &keys->part[PART_BASICS],
                                                                              team_glass_place("reason", id), reason),
                                                          .at = r->now,
                                                          .until = until}));
    TRY(team_step_write(r->db, &step, "glass"));
    TRY(record_event_add(r->db, r->arena, keys,
                         &(struct record_event){.org = r->org,
                                                .case_id = case_id,
                                                .part = PART_BASICS,
                                                .happened_on = time_date(r->arena, r->now),
                                                .kind = "glass",
                                                .account = r->who->account,
                                                .subject = id}));
    return req_audit(r, "glass.break", case_id, id);
}

static enum err break_change(struct req *r)
{
    struct team_glass_case_row found;
    struct case_keys keys;
    int64_t until = r->now + TEAM_GLASS_HOURS * HOUR_MS;
    TRY(find_case(r, &found));
    TRY(record_open_emergency(r, found.id, found.wrapped, &keys));
    enum err result = give(r, &found, &keys, until);
    if (result == OK)
        result = write_down(r, found.id, &keys, until);
    seal_wipe(&keys, sizeof keys);
    TRY(result);
    return req_redirect(r, W_team_glass_broken, "/cases/%s", id_text(r->arena, found.id));
}

/* ---- what the team says to it ---- */

static const struct code_list VERDICTS = CODES(glass_verdict, "needed", "not_needed", "unclear");
static const struct field_rule ANSWER_FIELDS[] = {
    {.name = "verdict", .kind = FIELD_CODE, .codes = &VERDICTS, .required = true},
    {.name = "answer", .kind = FIELD_LONG, .required = true, .max = 2000, .missing = W_team_answer_missing},
    {0},
};

/* For those who see the whole case; also for whoever broke the glass, while it is open. */
static enum err glass_scope(struct req *r)
{
    TRY(case_scope(r));
    r->part = case_keys_whole(&case_of(r)->keys) ? PART_BASICS : PART_NONE;
    return OK;
}

static enum err find(struct req *r, struct team_glass_view *view)
{
    int64_t id = 0;
    if (!id_parse(r->params[1], &id))
        return ERR_NOT_FOUND;
    TRY(team_glass_one(r->db, r->arena, &(struct team_glass_one_in){.org = r->org, .case_id = r->case_id, .id = id},
                       &view->row));
    view->may_answer = !view->row.answered_at.has && view->row.account != r->who->account &&
                       !text_same(case_of(r)->via, "glass") && session_may(r->who, CAP_CASE_WRITE);
    view->may_end = view->row.until > r->now;
    return OK;
}

static enum err glass_show(struct req *r)
{
    struct team_glass_view view = {0};
    struct colleague *people;
    size_t count;
    int64_t id = 0;
    TRY(find(r, &view));
    (void)id_parse(r->params[1], &id);
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view.who = colleague_name(people, count, view.row.account);
    TRY(case_open_text(r, PART_BASICS, team_glass_place("reason", id), view.row.reason, &view.reason));
    TRY(case_open_text(r, PART_BASICS, team_glass_place("answer", id), view.row.answer, &view.answer));
    if (view.row.answered_by.has)
        view.answered_by = colleague_name(people, count, view.row.answered_by.value);
    html_team_glass_page(req_page(r), r, &view);
    return OK;
}

static enum err answer_check(struct req *r)
{
    struct team_glass_view view = {0};
    TRY(find(r, &view));
    if (!view.may_answer)
        return view.row.answered_at.has ? ERR_STALE : ERR_DENIED;
    return r->failed ? ERR_INPUT : OK;
}

static enum err answer_change(struct req *r)
{
    struct team_glass_view view = {0};
    int64_t id = 0;
    size_t changed = 0;
    TRY(find(r, &view));
    if (!view.may_answer)
        return ERR_STALE;
    (void)id_parse(r->params[1], &id);
    TRY(team_glass_answer(
        r->db,
        &(struct team_glass_answer_in){
            .org = r->org,
            .case_id = r->case_id,
            .id = id,
            .by = r->who->account,
            .at = r->now,
            .verdict = field_text(r, "verdict"),
            .answer = case_seal_text(r, PART_BASICS, team_glass_place("answer", id), field_text(r, "answer"))},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(req_audit(r, "glass.answer", r->case_id, id));
    return req_redirect(r, W_team_answered, "/cases/%s/glass/%s", r->params[0], r->params[1]);
}

/* ---- before the two hours are over ---- */

static enum err end_check(struct req *r)
{
    struct team_glass_view view = {0};
    return find(r, &view);
}

static enum err end_change(struct req *r)
{
    struct team_glass_view view = {0};
    size_t changed = 0;
    int64_t id = 0;
    bool own;
    TRY(find(r, &view));
    (void)id_parse(r->params[1], &id);
    own = view.row.account == r->who->account;
    TRY(record_key_remove(r->db,
                          &(struct record_key_remove_in){
                              .org = r->org, .case_id = r->case_id, .holder = view.row.account, .via = "glass"},
                          &changed));
    if (changed == 0)
        return ERR_STALE;
    struct team_new step = {
        .org = r->org, .case_id = r->case_id, .account = view.row.account, .by = r->who->account, .at = r->now};
    TRY(team_step_write(r->db, &step, "glass_ended"));
    TRY(req_audit(r, "glass.end", r->case_id, id));
    return own ? req_redirect(r, W_team_glass_ended, "/")
               : req_redirect(r, W_team_glass_ended, "/cases/%s/team", r->params[0]);
}

const struct route team_glass_routes[] = {
    {.method = HTTP_GET, .path = "/emergency", .cap = CAP_EMERGENCY, .fields = BREAK_FIELDS, .show = break_show},
    {.method = HTTP_POST,
     .path = "/emergency",
     .cap = CAP_EMERGENCY,
     .fresh = true,
     .fields = BREAK_FIELDS,
     .show = break_show,
     .check = break_check,
     .change = break_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/glass/{glass}",
     .cap = CAP_CASE_READ,
     .part = PART_RECORD,
     .scope = glass_scope,
     .fields = ANSWER_FIELDS,
     .show = glass_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/glass/{glass}",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = glass_scope,
     .fields = ANSWER_FIELDS,
     .show = glass_show,
     .check = answer_check,
     .change = answer_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/glass/{glass}/end",
     .cap = CAP_CASE_WRITE,
     .part = PART_RECORD,
     .scope = glass_scope,
     .check = end_check,
     .change = end_change},
    {0},
};
