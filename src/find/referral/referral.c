#include "find/referral/referral.h"

#include "base/id.h"
#include "base/text.h"
#include "find/referral/queries.h"
#include "find/referral/rules.h"
#include "find/referral/views.h"
#include "platform/account/queries.h"
#include "platform/account/rotation.h"
#include "platform/pack/pack.h"

#include <string.h>

const struct code_list REFERRAL_SOURCES = CODES(referral_source, "self", "phone", "former_client", "family", "school",
                                                "health", "social_service", "orphans_court", "child_rights", "police",
                                                "border_guard", "prosecutor", "labour_inspectorate", "migrant_shelter",
                                                "ngo", "iom", "outreach", "other", "anonymous");
const struct code_list REFERRAL_URGENCIES = CODES(urgency, "now", "day", "week", "month");
const struct code_list REFERRAL_WAYS = CODES(answer_way, "phone", "email", "through", "none");
const struct code_list REFERRAL_AGREED = CODES(referral_agreed, "child", "guardian", "nameless", "danger",
                                               "referrer_asks");
const struct code_list REFERRAL_HOWS = CODES(answer_how, "phone", "email", "in_person", "through", "letter", "nobody");

struct seal_place referral_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "referral_item", .column = column, .row = id};
}

static struct seal_place step_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "referral_step", .column = column, .row = id};
}

/* ---- writing ---- */

/* Seals the texts of one referral, each in its own place. */
struct sealer {
    struct arena *arena;
    struct seal_key key;
    int64_t id;
};

static struct bytes sealed(const struct sealer *sealer, const char *column, const char *text)
{
    return seal_text(sealer->arena, &sealer->key, referral_place(column, sealer->id), text == NULL ? "" : text);
}

enum err referral_write(struct db *db, struct arena *arena, int64_t org, int64_t account, int64_t now,
                        const struct referral_told *told, int64_t *id)
{
    struct account_team_intake_row team;
    struct sealer sealer = {.arena = arena, .id = id_new()};
    struct seal_key intake;
    TRY(account_team_intake(db, arena, &(struct account_team_intake_in){.org = org}, &team));
    if (team.public.len != sizeof intake.b)
        return err_note(ERR_BROKEN, "the intake team's public half has %zu bytes", team.public.len);
    memcpy(intake.b, team.public.ptr, sizeof intake.b);
    seal_key_new(&sealer.key);
    enum err added = referral_add(db, &(struct referral_add_in){
                                          .org = org,
                                          .id = sealer.id,
                                          .team = team.id,
                                          .sealed_key = seal_to(arena, &intake, sealer.key.b, sizeof sealer.key.b),
                                          .source = told->source,
                                          .urgency = told->urgency,
                                          .anonymous = text_same(told->source, "anonymous"),
                                          .entered_by = maybe_unless_zero(account),
                                          .age = told->age,
                                          .age_guess = told->age_guess,
                                          .disputed = told->disputed,
                                          .way = told->way,
                                          .referrer = sealed(&sealer, "referrer", told->referrer),
                                          .organisation = sealed(&sealer, "organisation", told->organisation),
                                          .about = sealed(&sealer, "about", told->about),
                                          .story = sealed(&sealer, "story", told->story),
                                          .contact = sealed(&sealer, "contact", told->contact),
                                          .hours = sealed(&sealer, "hours", told->hours),
                                          .cover = sealed(&sealer, "cover", told->cover),
                                          .received_at = now,
                                          .answer_due = referral_due(now, pack_answer_hours(told->urgency)),
                                      });
    seal_wipe(&sealer.key, sizeof sealer.key);
    if (added == OK)
        *id = sealer.id;
    return added;
}

/* ---- opening ---- */

bool referral_reader(const struct session *who)
{
    for (size_t i = 0; who != NULL && i < who->team_count; i++) {
        if (who->teams[i].intake)
            return true;
    }
    return false;
}

static enum err open_texts(struct arena *arena, struct referral *out, const struct referral_get_row *row)
{
    struct referral_told *told = &out->told;
    const struct {
        const char *column;
        struct bytes sealed;
        const char **text;
    } texts[] = {
        {"referrer", row->referrer, &told->referrer}, {"organisation", row->organisation, &told->organisation},
        {"about", row->about, &told->about},          {"story", row->story, &told->story},
        {"contact", row->contact, &told->contact},    {"hours", row->hours, &told->hours},
        {"cover", row->cover, &told->cover},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        TRY(seal_open_text(arena, &out->key, referral_place(texts[i].column, out->id), texts[i].sealed, texts[i].text));
    return OK;
}

enum err referral_scope(struct req *r)
{
    int64_t id = 0;
    struct referral_get_row row;
    if (!id_parse(r->params[0], &id))
        return ERR_NOT_FOUND;
    TRY(referral_get(r->db, r->arena, &(struct referral_get_in){.org = r->org, .id = id}, &row));
    struct referral *found = ARENA_NEW(r->arena, struct referral);
    *found = (struct referral){.id = id,
                               .told = {.source = row.source,
                                        .urgency = row.urgency,
                                        .way = row.way,
                                        .age = row.age,
                                        .age_guess = row.age_guess,
                                        .disputed = row.disputed},
                               .anonymous = row.anonymous,
                               .entered_by = row.entered_by,
                               .received_at = row.received_at,
                               .answer_due = row.answer_due,
                               .status = row.status,
                               .case_id = row.case_id,
                               .version = row.version};
    TRY(session_open_key(r->arena, r->who, row.team, row.sealed_key, &found->key));
    TRY(open_texts(r->arena, found, &row));
    r->scope = found;
    return OK;
}

const struct referral *referral_of(const struct req *r)
{
    return r->scope;
}

/* ---- steps ---- */

enum err referral_step_write(struct req *r, const struct referral_step_new *step)
{
    const struct referral *referral = referral_of(r);
    int64_t id = id_new();
    const char *words = step->words == NULL ? "" : step->words;
    const char *whom = step->whom == NULL ? "" : step->whom;
    return referral_step_add(r->db, &(struct referral_step_add_in){
                                        .org = r->org,
                                        .referral = referral->id,
                                        .id = id,
                                        .act = step->act,
                                        .at = r->now,
                                        .account = r->who->account,
                                        .reason = text_empty(step->reason) ? NULL : step->reason,
                                        .how = text_empty(step->how) ? NULL : step->how,
                                        .answered_on = text_empty(step->answered_on) ? NULL : step->answered_on,
                                        .case_id = maybe_unless_zero(step->case_id),
                                        .agreed = text_empty(step->agreed) ? NULL : step->agreed,
                                        .words = seal_text(r->arena, &referral->key, step_place("words", id), words),
                                        .whom = seal_text(r->arena, &referral->key, step_place("whom", id), whom),
                                    });
}

enum err referral_steps_of(struct req *r, struct referral_step **out, size_t *count)
{
    const struct referral *referral = referral_of(r);
    struct referral_step_list_row *rows;
    struct colleague *people;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(referral_step_list(r->db, r->arena, &(struct referral_step_list_in){.org = r->org, .referral = referral->id},
                           &rows, count));
    struct referral_step *steps = ARENA_ARRAY(r->arena, struct referral_step, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct referral_step_list_row *row = &rows[i];
        steps[i] = (struct referral_step){.id = row->id,
                                          .act = row->act,
                                          .at = row->at,
                                          .who = colleague_name(people, people_count, row->account),
                                          .reason = row->reason,
                                          .how = row->how,
                                          .agreed = row->agreed,
                                          .answered_on = row->answered_on};
        TRY(seal_open_text(r->arena, &referral->key, step_place("words", row->id), row->words, &steps[i].words));
        TRY(seal_open_text(r->arena, &referral->key, step_place("whom", row->id), row->whom, &steps[i].whom));
    }
    *out = steps;
    return OK;
}

/* ---- when the intake team's keys change ---- */

enum err referral_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                         struct rewrap *step)
{
    struct referral_key_of_team_row *rows;
    TRY(referral_key_of_team(
        db, arena,
        &(struct referral_key_of_team_in){.org = org, .team = team->team, .after = step->after, .limit = step->limit},
        &rows, &step->seen));
    for (size_t i = 0; i < step->seen; i++) {
        struct bytes box;
        step->after = rows[i].id;
        TRY(team_reseal(arena, team, rows[i].sealed_key, &box));
        if (box.ptr == NULL)
            continue;
        TRY(referral_key_rewrap(db, &(struct referral_key_rewrap_in){.org = org, .id = rows[i].id, .sealed_key = box}));
        step->changed++;
    }
    return OK;
}
