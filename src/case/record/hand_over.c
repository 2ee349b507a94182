#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/record/templates.h"
#include "case/record/views.h"

/* A case manager changes, the case goes on: who, why, and that the two went through it together (M3.2). */

static const struct field_rule FIELDS[] = {
    {.name = "to", .kind = FIELD_ID, .required = true, .missing = W_record_hand_over_to_missing},
    {.name = "why", .kind = FIELD_LONG, .required = true, .missing = W_record_hand_over_why_missing},
    {.name = "together", .kind = FIELD_YES, .required = true, .missing = W_record_hand_over_together_missing},
    {.name = "version", .kind = FIELD_INT, .required = true},
    {0},
};

static bool in_team(const struct record_team_members_row *members, size_t count, int64_t account)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i].account == account)
            return true;
    }
    return false;
}

static bool shut_for(const struct record_shut_list_row *rows, size_t count, int64_t account)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].account == account && !rows[i].lifted_at.has)
            return true;
    }
    return false;
}

/* Case managers of the case's team, but for the one who has it and those for whom it is shut. */
static enum err successors(struct req *r, struct choice **out, size_t *count)
{
    const struct record *record = case_of(r);
    struct colleague *people;
    struct record_team_members_row *members;
    size_t people_count;
    struct record_shut_list_row *shut;
    size_t member_count;
    size_t shut_count;
    size_t kept = 0;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(record_team_members(r->db, r->arena, &(struct record_team_members_in){.org = r->org, .team = record->team},
                            &members, &member_count));
    TRY(record_shut_list(r->db, r->arena, &(struct record_shut_list_in){.org = r->org, .case_id = r->case_id}, &shut,
                         &shut_count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, people_count);
    for (size_t i = 0; i < people_count; i++) {
        bool may = people[i].role == ROLE_CASE_MANAGER && people[i].id != record->manager;
        if (may && in_team(members, member_count, people[i].id) && !shut_for(shut, shut_count, people[i].id))
            choices[kept++] = (struct choice){id_text(r->arena, people[i].id), people[i].name, NULL};
    }
    *out = choices;
    *count = kept;
    return OK;
}

static enum err hand_over_show(struct req *r)
{
    struct hand_over_view view = {0};
    TRY(successors(r, &view.people, &view.count));
    html_hand_over_page(req_page(r), r, &view);
    return OK;
}

static enum err hand_over_check(struct req *r)
{
    struct choice *people;
    size_t count;
    TRY(case_must_be_open(r));
    TRY(successors(r, &people, &count));
    for (size_t i = 0; i < count; i++) {
        if (text_same(people[i].value, field_text(r, "to")))
            return r->failed ? ERR_INPUT : OK;
    }
    field_fail(r, "to", W_record_hand_over_to_missing);
    return ERR_INPUT;
}

static enum err hand_over_change(struct req *r)
{
    int64_t to = 0;
    size_t changed = 0;
    (void)field_id(r, "to", &to);
    TRY(record_case_manager(
        r->db,
        &(struct record_case_manager_in){.org = r->org, .id = r->case_id, .manager = to, .version = field_version(r)},
        &changed));
    if (changed == 0)
        return ERR_STALE;
    TRY(case_event_add(r, &(struct record_event){.part = PART_BASICS,
                                                 .happened_on = time_date(r->arena, r->now),
                                                 .kind = "hand_over",
                                                 .subject = to,
                                                 .note = field_text(r, "why")}));
    TRY(req_audit(r, "case.hand_over", r->case_id, to));
    return req_redirect(r, W_record_handed_over, "/cases/%s", r->params[0]);
}

const struct route record_hand_over_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/hand-over",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = FIELDS,
     .show = hand_over_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/hand-over",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = FIELDS,
     .show = hand_over_show,
     .check = hand_over_check,
     .change = hand_over_change},
    {0},
};
