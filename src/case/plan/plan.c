#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/plan/queries.h"
#include "case/plan/views.h"

const struct code_list PLAN_AREAS = CODES(need_area, "safety", "physical_health", "mental_health", "social_functioning",
                                          "material", "legal", "education", "family");

struct seal_place plan_words_place(int64_t id)
{
    return (struct seal_place){.table = "plan_plan", .column = "words", .row = id};
}

struct seal_place plan_agreed_by_place(int64_t id)
{
    return (struct seal_place){.table = "plan_plan", .column = "agreed_by", .row = id};
}

struct seal_place plan_title_place(int64_t id)
{
    return (struct seal_place){.table = "plan_goal", .column = "title", .row = id};
}

struct seal_place plan_goal_words_place(int64_t id)
{
    return (struct seal_place){.table = "plan_goal", .column = "words", .row = id};
}

struct seal_place plan_what_place(int64_t id)
{
    return (struct seal_place){.table = "plan_action", .column = "what", .row = id};
}

struct seal_place plan_other_place(int64_t id)
{
    return (struct seal_place){.table = "plan_action", .column = "other_name", .row = id};
}

struct bytes plan_seal(struct req *r, struct seal_place place, const char *text)
{
    return case_seal_or_none(r, PART_PLAN, place, text);
}

static enum err unseal(struct req *r, struct seal_place place, struct bytes sealed, const char **out)
{
    return case_open_text(r, PART_PLAN, place, sealed, out);
}

/* ---- reading ---- */

enum err plan_versions(struct req *r, struct plan **out, size_t *count)
{
    struct plan_row_list_row *rows;
    TRY(plan_row_list(r->db, r->arena,
                      &(struct plan_row_list_in){.org = r->org, .case_id = r->case_id, .limit = PLAN_VERSIONS_MAX},
                      &rows, count));
    struct plan *plans = ARENA_ARRAY(r->arena, struct plan, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct plan_row_list_row *row = &rows[i];
        plans[i] = (struct plan){
            .id = row->id,
            .number = row->number,
            .status = row->status,
            .made_on = row->made_on,
            .agreed_on = row->agreed_on,
            .agreement = row->agreement,
            .language = row->language,
            .version = row->version,
            .newest = i == 0,
        };
        TRY(unseal(r, plan_words_place(row->id), row->words, &plans[i].words));
        TRY(unseal(r, plan_agreed_by_place(row->id), row->agreed_by, &plans[i].agreed_by));
    }
    *out = plans;
    return OK;
}

static enum err open_goal(struct req *r, const struct plan_goal_list_row *row, struct plan_goal *out)
{
    *out = (struct plan_goal){
        .id = row->id,
        .area = row->area,
        .strand = row->strand,
        .due_on = row->due_on,
        .status = row->status,
        .position = row->position,
        .version = row->version,
    };
    TRY(unseal(r, plan_title_place(row->id), row->title, &out->title));
    return unseal(r, plan_goal_words_place(row->id), row->words, &out->words);
}

static enum err open_action(struct req *r, const struct plan_action_list_row *row, const struct colleague *people,
                            size_t people_count, struct plan_action *out)
{
    *out = (struct plan_action){
        .id = row->id,
        .goal = row->goal,
        .who = row->who,
        .account = maybe_or_zero(row->account),
        .due_on = row->due_on,
        .status = row->status,
        .service = row->service,
        .version = row->version,
    };
    TRY(unseal(r, plan_what_place(row->id), row->what, &out->what));
    TRY(unseal(r, plan_other_place(row->id), row->other_name, &out->other_name));
    out->name = out->account != 0 ? colleague_name(people, people_count, out->account) : out->other_name;
    if (out->name == NULL)
        out->name = "";
    return OK;
}

/* Steps come in order of their goal's id: each goal's lie together. */
static void hang_actions(struct req *r, struct plan_goal *goal, struct plan_action *actions, size_t count)
{
    size_t first = 0;
    while (first < count && actions[first].goal != goal->id)
        first++;
    size_t end = first;
    while (end < count && actions[end].goal == goal->id)
        end++;
    goal->actions = actions + first;
    goal->action_count = end - first;
    struct plan_step *steps = ARENA_ARRAY(r->arena, struct plan_step, goal->action_count);
    for (size_t i = 0; i < goal->action_count; i++)
        steps[i] = (struct plan_step){goal->actions[i].status, goal->actions[i].due_on};
    goal->progress = plan_progress_of(steps, goal->action_count);
    goal->state = plan_goal_state(goal->status, goal->due_on, steps, goal->action_count, time_date(r->arena, r->now));
}

enum err plan_open(struct req *r, struct plan *plan)
{
    struct plan_goal_list_row *goals;
    struct plan_action_list_row *rows;
    struct colleague *people;
    size_t goal_count;
    size_t count;
    size_t people_count;
    TRY(plan_goal_list(
        r->db, r->arena,
        &(struct plan_goal_list_in){.org = r->org, .case_id = r->case_id, .plan = plan->id, .limit = PLAN_GOALS_MAX},
        &goals, &goal_count));
    TRY(plan_action_list(
        r->db, r->arena,
        &(struct plan_action_list_in){
            .org = r->org, .case_id = r->case_id, .plan = plan->id, .limit = PLAN_GOALS_MAX * PLAN_ACTIONS_MAX},
        &rows, &count));
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    struct plan_action *actions = ARENA_ARRAY(r->arena, struct plan_action, count);
    for (size_t i = 0; i < count; i++)
        TRY(open_action(r, &rows[i], people, people_count, &actions[i]));
    plan->goals = ARENA_ARRAY(r->arena, struct plan_goal, goal_count);
    plan->goal_count = goal_count;
    for (size_t i = 0; i < goal_count; i++) {
        TRY(open_goal(r, &goals[i], &plan->goals[i]));
        hang_actions(r, &plan->goals[i], actions, count);
    }
    return OK;
}

enum err plan_newest(struct req *r, struct plan **out)
{
    struct plan *plans;
    size_t count;
    TRY(plan_versions(r, &plans, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    TRY(plan_open(r, &plans[0]));
    *out = &plans[0];
    return OK;
}

struct plan_goal *plan_find_goal(const struct plan *plan, const char *id)
{
    int64_t wanted;
    if (!id_parse(id, &wanted))
        return NULL;
    for (size_t i = 0; i < plan->goal_count; i++) {
        if (plan->goals[i].id == wanted)
            return &plan->goals[i];
    }
    return NULL;
}

struct plan_action *plan_find_action(const struct plan *plan, const char *id, struct plan_goal **goal)
{
    int64_t wanted;
    if (!id_parse(id, &wanted))
        return NULL;
    for (size_t i = 0; i < plan->goal_count; i++) {
        for (size_t k = 0; k < plan->goals[i].action_count; k++) {
            *goal = &plan->goals[i];
            if (plan->goals[i].actions[k].id == wanted)
                return &plan->goals[i].actions[k];
        }
    }
    return NULL;
}

enum err plan_goals(struct req *r, struct plan_goal_item **out, size_t *count)
{
    struct plan *plan;
    *out = NULL;
    *count = 0;
    enum err found = plan_newest(r, &plan);
    if (found != OK)
        return found == ERR_NOT_FOUND ? OK : found;
    struct plan_goal_item *items = ARENA_ARRAY(r->arena, struct plan_goal_item, plan->goal_count);
    for (size_t i = 0; i < plan->goal_count; i++) {
        const struct plan_goal *goal = &plan->goals[i];
        items[i] = (struct plan_goal_item){goal->id,    goal->title,         goal->area,          goal->due_on,
                                           goal->state, goal->progress.done, goal->progress.count};
    }
    *out = items;
    *count = plan->goal_count;
    return OK;
}

/* ---- changing ---- */

enum err plan_note(struct req *r, const char *detail, const char *strand, int64_t subject, const char *words)
{
    return case_event_add(r, &(struct record_event){.part = PART_PLAN,
                                                    .happened_on = time_date(r->arena, r->now),
                                                    .kind = "plan",
                                                    .strand = strand,
                                                    .subject = subject,
                                                    .detail = detail,
                                                    .note = words});
}

/* Copies are sealed anew: a sealed text belongs to its row. */
static enum err copy_action(struct req *r, int64_t goal, const struct plan_action *from)
{
    int64_t id = id_new();
    return plan_action_add(r->db, &(struct plan_action_add_in){
                                      .org = r->org,
                                      .case_id = r->case_id,
                                      .goal = goal,
                                      .id = id,
                                      .what = plan_seal(r, plan_what_place(id), from->what),
                                      .who = from->who,
                                      .account = maybe_unless_zero(from->account),
                                      .other_name = plan_seal(r, plan_other_place(id), from->other_name),
                                      .due_on = from->due_on,
                                      .status = from->status,
                                      .service = from->service,
                                  });
}

static enum err copy_goal(struct req *r, int64_t plan, const struct plan_goal *from, int64_t position)
{
    int64_t id = id_new();
    TRY(plan_goal_add(r->db, &(struct plan_goal_add_in){
                                 .org = r->org,
                                 .case_id = r->case_id,
                                 .plan = plan,
                                 .id = id,
                                 .area = from->area,
                                 .strand = from->strand,
                                 .title = plan_seal(r, plan_title_place(id), from->title),
                                 .words = plan_seal(r, plan_goal_words_place(id), from->words),
                                 .due_on = from->due_on,
                                 .position = position,
                             }));
    for (size_t i = 0; i < from->action_count; i++) {
        if (!text_same(from->actions[i].status, "dropped"))
            TRY(copy_action(r, id, &from->actions[i]));
    }
    return OK;
}

enum err plan_begin(struct req *r, const struct plan *before)
{
    int64_t id = id_new();
    int64_t position = 0;
    const char *words = before == NULL ? NULL : before->words;
    TRY(plan_row_add(r->db, &(struct plan_row_add_in){
                                .org = r->org,
                                .case_id = r->case_id,
                                .id = id,
                                .number = before == NULL ? 1 : before->number + 1,
                                .made_on = time_date(r->arena, r->now),
                                .words = plan_seal(r, plan_words_place(id), words),
                                .language = before == NULL ? language_code(LANGUAGE_lv) : before->language,
                            }));
    for (size_t i = 0; before != NULL && i < before->goal_count; i++) {
        if (text_same(before->goals[i].status, "open"))
            TRY(copy_goal(r, id, &before->goals[i], ++position));
    }
    return plan_note(r, before == NULL ? "begun" : "new_version", NULL, id, NULL);
}
