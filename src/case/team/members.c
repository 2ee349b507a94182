/* The page of the case team, and adding, changing and removing its members. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/place.h"
#include "case/record/queries.h"
#include "case/team/templates.h"
#include "case/team/views.h"
#include "case/trained/trained.h"
#include "platform/pack/pack.h"

enum { STEPS_SHOWN = 100, GLASSES_SHOWN = 50 };

/* ---- who is on the case ---- */

static void parts_named(struct req *r, struct team_line *line, unsigned parts)
{
    const struct code_list *all = record_parts();
    if (parts == PARTS_WHOLE)
        return;
    line->parts = ARENA_ARRAY(r->arena, const char *, all->count);
    for (size_t i = 0; i < all->count; i++) {
        if ((parts & PART_BIT(record_part(all->codes[i]))) != 0)
            line->parts[line->part_count++] = all->codes[i];
    }
}

static enum err read_lines(struct req *r, struct team_view *view)
{
    struct team_own_row *own;
    struct team_holders_row *held;
    size_t own_count;
    size_t held_count;
    TRY(team_own(r->db, r->arena, &(struct team_own_in){.org = r->org, .team = case_of(r)->team}, &own, &own_count));
    TRY(team_holders(r->db, r->arena, &(struct team_holders_in){.org = r->org, .case_id = r->case_id}, &held,
                     &held_count));
    view->lines = ARENA_ARRAY(r->arena, struct team_line, own_count + held_count);
    for (size_t i = 0; i < own_count; i++) {
        const char *name = colleague_name(view->people, view->people_count, own[i].account);
        if (name[0] != '\0')
            view->lines[view->count++] = (struct team_line){.account = own[i].account, .name = name};
    }
    for (size_t i = 0; i < held_count; i++) {
        struct team_line *line = &view->lines[view->count];
        *line = (struct team_line){.account = held[i].holder,
                                   .name = colleague_name(view->people, view->people_count, held[i].holder),
                                   .role = held[i].role,
                                   .since = held[i].since,
                                   .until = held[i].until,
                                   .over = held[i].until.has && held[i].until.value <= r->now,
                                   .lost = held[i].size == 1,
                                   .glass = text_same(held[i].via, "glass")};
        if (line->name[0] == '\0' || (line->glass && line->over))
            continue;
        parts_named(r, line, (unsigned)held[i].parts);
        view->count++;
    }
    return OK;
}

static enum err read_steps(struct req *r, struct team_view *view)
{
    struct team_step_list_row *rows;
    size_t count;
    bool whole = case_keys_whole(&case_of(r)->keys);
    TRY(team_step_list(r->db, r->arena,
                       &(struct team_step_list_in){.org = r->org, .case_id = r->case_id, .limit = STEPS_SHOWN}, &rows,
                       &count));
    view->steps = ARENA_ARRAY(r->arena, struct team_step, count);
    for (size_t i = 0; i < count; i++) {
        bool about_shut = text_same(rows[i].act, "shut") || text_same(rows[i].act, "lifted");
        if (about_shut && !whole)
            continue;
        view->steps[view->step_count++] = (struct team_step){
            .act = rows[i].act,
            .name = colleague_name(view->people, view->people_count, rows[i].account),
            .role = rows[i].role,
            .by = colleague_name(view->people, view->people_count, rows[i].by_account),
            .at = rows[i].at,
            .until = rows[i].until};
    }
    return OK;
}

static enum err read_shut(struct req *r, struct team_view *view)
{
    struct record_shut_list_row *rows;
    TRY(record_shut_list(r->db, r->arena, &(struct record_shut_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                         &view->shut_count));
    view->shut = ARENA_ARRAY(r->arena, struct team_shut_line, view->shut_count);
    for (size_t i = 0; i < view->shut_count; i++) {
        struct team_shut_line *line = &view->shut[i];
        struct seal_place reason = {"record_shut", "reason", rows[i].id};
        struct seal_place lift = {"record_shut", "lift_reason", rows[i].id};
        *line = (struct team_shut_line){.id = rows[i].id,
                                        .name = colleague_name(view->people, view->people_count, rows[i].account),
                                        .by = colleague_name(view->people, view->people_count, rows[i].set_by),
                                        .at = rows[i].set_at};
        TRY(case_open_text(r, PART_BASICS, reason, rows[i].reason, &line->reason));
        if (!rows[i].lifted_at.has)
            continue;
        line->lifted_by = colleague_name(view->people, view->people_count, rows[i].lifted_by.value);
        line->lifted_at = rows[i].lifted_at.value;
        TRY(case_open_text(r, PART_BASICS, lift, rows[i].lift_reason, &line->lift_reason));
    }
    return OK;
}

static enum err team_show(struct req *r)
{
    bool whole = case_keys_whole(&case_of(r)->keys);
    struct team_view view = {.may_change = case_has(r, PART_WHOLE) && session_may(r->who, CAP_CASE_DECIDE) &&
                                           text_same(case_of(r)->status, "open")};
    TRY(account_colleagues(r->db, r->arena, r->who, &view.people, &view.people_count));
    TRY(read_lines(r, &view));
    TRY(read_steps(r, &view));
    TRY(place_charge(r, &view.place_mine, &view.place_anybody));
    if (whole) {
        TRY(read_shut(r, &view));
        TRY(team_glass_list(r->db, r->arena,
                            &(struct team_glass_list_in){.org = r->org, .case_id = r->case_id, .limit = GLASSES_SHOWN},
                            &view.glasses, &view.glass_count));
    }
    html_team_page(req_page(r), r, &view);
    return OK;
}

/* ---- the form ---- */

#define MEMBER_FIELDS                                                                                      \
    {.name = "role", .kind = FIELD_CODE, .other = true, .required = true, .missing = W_team_role_missing}, \
    {                                                                                                      \
        .name = "until", .kind = FIELD_DATE                                                                \
    }

static const struct field_rule ADD_FIELDS[] = {
    {.name = "account", .kind = FIELD_ID, .required = true, .missing = W_team_account_missing},
    MEMBER_FIELDS,
    CONSENT_ASK_FIELDS,
    {0},
};
static const struct field_rule CHANGE_FIELDS[] = {
    MEMBER_FIELDS,
    CONSENT_ASK_FIELDS,
    {0},
};

static bool listed(const struct team_view *team, int64_t account)
{
    for (size_t i = 0; i < team->count; i++) {
        if (team->lines[i].account == account && !team->lines[i].glass)
            return true;
    }
    return false;
}

static const char *parts_in_words(struct req *r, unsigned parts)
{
    struct buf out;
    const struct code_list *all = record_parts();
    if (parts == PARTS_WHOLE)
        return word(r->language, W_team_whole);
    buf_init(&out, r->arena, 256);
    for (size_t i = 0; i < all->count; i++) {
        if ((parts & PART_BIT(record_part(all->codes[i]))) != 0)
            buf_format(&out, "%s%s", out.len > 0 ? "; " : "", word_code(r->language, "part", all->codes[i]));
    }
    return out.ptr;
}

static void offer_roles(struct req *r, struct team_form_view *view)
{
    const struct code_list *codes = pack_codes(PACK_TEAM_ROLE);
    view->roles = ARENA_ARRAY(r->arena, struct choice, codes->count);
    for (size_t i = 0; i < codes->count; i++) {
        const struct pack_role *role = pack_role(codes->codes[i]);
        bool ours = text_same(role->account, "team_member") || text_same(role->account, "case_manager");
        if (ours)
            view->roles[view->role_count++] = (struct choice){
                role->code, word_code(r->language, PACK_TEAM_ROLE, role->code), parts_in_words(r, role->parts)};
    }
}

/* Colleagues who can have a part and have none yet. */
static enum err offer_people(struct req *r, struct team_form_view *view)
{
    struct team_view team = {0};
    TRY(account_colleagues(r->db, r->arena, r->who, &team.people, &team.people_count));
    TRY(read_lines(r, &team));
    view->people = ARENA_ARRAY(r->arena, struct choice, team.people_count);
    for (size_t i = 0; i < team.people_count; i++) {
        if (role_may(team.people[i].role, CAP_CASE_READ) && !listed(&team, team.people[i].id))
            view->people[view->people_count++] = (struct choice){id_text(r->arena, team.people[i].id),
                                                                 team.people[i].name, NULL};
    }
    return OK;
}

static enum err add_show(struct req *r)
{
    struct team_form_view view = {0};
    TRY(case_must_be_open(r));
    TRY(offer_people(r, &view));
    offer_roles(r, &view);
    TRY(consent_ask(r, &view.asked));
    html_team_add(req_page(r), r, &view);
    return OK;
}

/* The last moment of the day that was typed. */
static struct maybe until_typed(struct req *r)
{
    int64_t next = 0;
    const char *until = field_text(r, "until");
    if (!date_full(until) || !time_of_date(date_add(r->arena, until, 1), &next))
        return (struct maybe){0};
    return (struct maybe){.has = true, .value = next - 1};
}

static enum err shut_for(struct req *r, int64_t account, bool *shut)
{
    struct record_shut_of_row *rows;
    size_t count;
    TRY(record_shut_of(r->db, r->arena, &(struct record_shut_of_in){.org = r->org, .account = account}, &rows, &count));
    *shut = false;
    for (size_t i = 0; i < count; i++)
        *shut |= rows[i].case_id == r->case_id;
    return OK;
}

static enum err check_role(struct req *r, const struct colleague *who)
{
    const struct pack_role *role = pack_role(field_text(r, "role"));
    const char *training;
    if (text_empty(field_text(r, "role")))
        return OK;
    switch (role == NULL ? TEAM_NO_ACCOUNT : team_fits(who->role, role->account, role->parts)) {
    case TEAM_FITS: break;
    case TEAM_NO_ACCOUNT: field_fail(r, "role", W_team_role_missing); break;
    case TEAM_ONLY_MANAGERS: field_fail(r, "role", W_team_role_manager); break;
    case TEAM_OUTSIDE_PART: field_fail(r, "role", W_team_role_outside); break;
    }
    if (role == NULL || r->failed)
        return OK;
    TRY(trained_lacks(r, who->id, role->code, &training));
    if (training != NULL)
        field_fail_text(r, "role", trained_refusal(r, training, who->id == r->who->account));
    return OK;
}

/* Of the role that was chosen, which is one of the pack. */
static const char *recipient_of(struct req *r)
{
    return pack_role(field_text(r, "role"))->recipient;
}

static void check_until(struct req *r, const struct colleague *who)
{
    struct maybe until = until_typed(r);
    if (until.has && until.value < r->now)
        field_fail(r, "until", W_team_until_past);
    else if (!until.has && who->role == ROLE_OUTSIDE_SPECIALIST && text_empty(field_text(r, "until")))
        field_fail(r, "until", W_team_until_outside);
}

static enum err add_check(struct req *r)
{
    struct team_form_view view = {0};
    struct colleague who;
    int64_t account = 0;
    bool shut = false;
    bool offered = false;
    TRY(case_must_be_open(r));
    if (!field_id(r, "account", &account))
        return ERR_INPUT;
    TRY(offer_people(r, &view));
    for (size_t i = 0; i < view.people_count; i++)
        offered |= text_same(view.people[i].value, field_text(r, "account"));
    if (!offered) {
        field_fail(r, "account", W_team_account_missing);
        return ERR_INPUT;
    }
    TRY(shut_for(r, account, &shut));
    if (shut)
        field_fail(r, "account", W_team_account_shut);
    TRY(team_colleague(r, account, &who));
    TRY(check_role(r, &who));
    check_until(r, &who);
    if (!r->failed)
        TRY(consent_ask_check(r, recipient_of(r)));
    return r->failed ? ERR_INPUT : OK;
}

static struct team_new member_of(struct req *r, int64_t account)
{
    return (struct team_new){.org = r->org,
                             .case_id = r->case_id,
                             .account = account,
                             .role = field_text(r, "role"),
                             .until = until_typed(r),
                             .by = r->who->account,
                             .at = r->now};
}

static enum err event_add(struct req *r, int64_t account, const char *detail)
{
    return case_event_add(r, &(struct record_event){.part = PART_BASICS,
                                                    .happened_on = time_date(r->arena, r->now),
                                                    .kind = "team",
                                                    .subject = account,
                                                    .detail = detail});
}

static enum err add_change(struct req *r)
{
    int64_t account = 0;
    size_t gone = 0;
    TRY(case_must_be_open(r));
    if (!field_id(r, "account", &account))
        return ERR_INPUT;
    struct team_new member = member_of(r, account);
    TRY(record_key_expire(r->db, &(struct record_key_expire_in){.org = r->org, .case_id = r->case_id, .now = r->now},
                          &gone));
    TRY(team_add(r->db, r->arena, &case_of(r)->keys, &member));
    TRY(consent_ask_write(r, recipient_of(r), "team"));
    TRY(team_step_write(r->db, &member, "added"));
    TRY(event_add(r, account, "added"));
    TRY(req_audit(r, "team.add", r->case_id, account));
    return req_redirect(r, W_team_added, "/cases/%s/team", r->params[0]);
}

/* ---- one member ---- */

static enum err member_line(struct req *r, struct team_line *out)
{
    struct team_view team = {0};
    int64_t account = 0;
    if (!id_parse(r->params[1], &account))
        return ERR_NOT_FOUND;
    TRY(account_colleagues(r->db, r->arena, r->who, &team.people, &team.people_count));
    TRY(read_lines(r, &team));
    for (size_t i = 0; i < team.count; i++) {
        if (team.lines[i].account == account && team.lines[i].role != NULL) {
            *out = team.lines[i];
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static enum err change_show(struct req *r)
{
    struct team_form_view view = {0};
    TRY(case_must_be_open(r));
    TRY(member_line(r, &view.line));
    view.name = view.line.name;
    offer_roles(r, &view);
    field_start(r, "role", view.line.role);
    if (view.line.until.has)
        field_start(r, "until", time_date(r->arena, view.line.until.value));
    TRY(consent_ask(r, &view.asked));
    html_team_change(req_page(r), r, &view);
    return OK;
}

static enum err change_check(struct req *r)
{
    struct team_line line;
    struct colleague who;
    TRY(case_must_be_open(r));
    TRY(member_line(r, &line));
    TRY(team_colleague(r, line.account, &who));
    TRY(check_role(r, &who));
    check_until(r, &who);
    if (!r->failed && !text_same(line.role, field_text(r, "role")))
        TRY(consent_ask_check(r, recipient_of(r)));
    return r->failed ? ERR_INPUT : OK;
}

/* Their keys are taken away; the case gets new ones, so that what is written from now on is closed to them for good. */
static enum err take_away(struct req *r, int64_t account)
{
    size_t changed = 0;
    TRY(record_key_remove(
        r->db, &(struct record_key_remove_in){.org = r->org, .case_id = r->case_id, .holder = account, .via = "member"},
        &changed));
    return changed == 0 ? ERR_STALE : record_rotate(r);
}

static enum err change_change(struct req *r)
{
    struct team_line line;
    TRY(case_must_be_open(r));
    TRY(member_line(r, &line));
    struct team_new member = member_of(r, line.account);
    TRY(take_away(r, line.account));
    TRY(team_add(r->db, r->arena, &case_of(r)->keys, &member));
    if (!text_same(line.role, member.role))
        TRY(consent_ask_write(r, recipient_of(r), "team"));
    TRY(team_step_write(r->db, &member, "changed"));
    TRY(event_add(r, line.account, "changed"));
    TRY(req_audit(r, "team.change", r->case_id, line.account));
    return req_redirect(r, W_team_changed, "/cases/%s/team", r->params[0]);
}

static enum err remove_show(struct req *r)
{
    struct team_form_view view = {0};
    TRY(member_line(r, &view.line));
    html_team_remove(req_page(r), r, &view);
    return OK;
}

static enum err remove_check(struct req *r)
{
    struct team_line line;
    TRY(member_line(r, &line));
    return r->failed ? ERR_INPUT : OK;
}

static enum err remove_change(struct req *r)
{
    struct team_line line;
    TRY(member_line(r, &line));
    struct team_new member = {.org = r->org,
                              .case_id = r->case_id,
                              .account = line.account,
                              .role = line.role,
                              .by = r->who->account,
                              .at = r->now};
    TRY(take_away(r, line.account));
    TRY(place_leave(r, line.account));
    TRY(team_step_write(r->db, &member, "removed"));
    TRY(event_add(r, line.account, "removed"));
    TRY(req_audit(r, "team.remove", r->case_id, line.account));
    return req_redirect(r, W_team_removed, "/cases/%s/team", r->params[0]);
}

#define MANAGING(how, where, rules) \
    .method = (how), .path = (where), .cap = CAP_CASE_DECIDE, .part = PART_WHOLE, .scope = case_scope, .fields = (rules)

const struct route team_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/team",
     .cap = CAP_CASE_READ,
     .part = PART_BASICS,
     .scope = case_scope,
     .show = team_show},
    {MANAGING(HTTP_GET, "/cases/{case}/team/add", ADD_FIELDS), .show = add_show},
    {MANAGING(HTTP_POST, "/cases/{case}/team/add", ADD_FIELDS), .fresh = true, .show = add_show, .check = add_check,
     .change = add_change},
    {MANAGING(HTTP_GET, "/cases/{case}/team/{member}", CHANGE_FIELDS), .show = change_show},
    {MANAGING(HTTP_POST, "/cases/{case}/team/{member}", CHANGE_FIELDS), .fresh = true, .show = change_show,
     .check = change_check, .change = change_change},
    {MANAGING(HTTP_GET, "/cases/{case}/team/{member}/remove", NULL), .show = remove_show},
    {MANAGING(HTTP_POST, "/cases/{case}/team/{member}/remove", NULL), .show = remove_show, .check = remove_check,
     .change = remove_change},
    {0},
};
