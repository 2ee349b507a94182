#include "case/task/task.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/task/queries.h"
#include "case/task/views.h"

struct seal_place task_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "task_task", .column = column, .row = id};
}

struct bytes task_seal(struct req *r, const char *column, int64_t id, const char *text)
{
    return case_seal_or_none(r, PART_PLAN, task_place(column, id), text);
}

static enum err open_text(struct req *r, const char *column, int64_t id, struct bytes sealed, const char **out)
{
    return case_open_text(r, PART_PLAN, task_place(column, id), sealed, out);
}

enum err task_add(struct req *r, const struct task_new *task, int64_t *id)
{
    int64_t made = id_new();
    TRY(task_add_row(r->db, &(struct task_add_row_in){
                                .org = r->org,
                                .case_id = r->case_id,
                                .id = made,
                                .title = task_seal(r, "title", made, task->title),
                                .owner = task->owner,
                                .due = task->due,
                                .note = task_seal(r, "note", made, task->note),
                                .conference = maybe_unless_zero(task->conference),
                                .added_by = r->who->account,
                                .created_at = r->now,
                            }));
    TRY(case_event_add(r, &(struct record_event){.part = PART_PLAN,
                                                 .happened_on = time_date(r->arena, r->now),
                                                 .kind = "task",
                                                 .detail = "open",
                                                 .subject = made,
                                                 .note = task->title}));
    *id = made;
    return OK;
}

/* ---- reading ---- */

/* The three lists of a case have rows of the same columns. */
static enum err open_row(struct req *r, const struct task_open_list_row *row, struct task_item *out)
{
    *out = (struct task_item){.id = row->id,
                              .case_id = r->case_id,
                              .owner = row->owner,
                              .due = row->due,
                              .status = row->status,
                              .done_on = row->done_on,
                              .version = row->version};
    TRY(open_text(r, "title", row->id, row->title, &out->title));
    return open_text(r, "note", row->id, row->note, &out->note);
}

static enum err name_owners(struct req *r, struct task_item *items, size_t count)
{
    struct colleague *people;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    for (size_t i = 0; i < count; i++)
        items[i].owner_name = colleague_name(people, people_count, items[i].owner);
    return OK;
}

#define OPEN_ROWS(rows)                                                                                              \
    do {                                                                                                             \
        *out = ARENA_ARRAY(r->arena, struct task_item, *count);                                                      \
        for (size_t i = 0; i < *count; i++)                                                                          \
            TRY(open_row(r,                                                                                          \
                         &(struct task_open_list_row){(rows)[i].id, (rows)[i].title, (rows)[i].owner, (rows)[i].due, \
                                                      (rows)[i].status, (rows)[i].done_on, (rows)[i].note,           \
                                                      (rows)[i].conference, (rows)[i].version},                      \
                         &(*out)[i]));                                                                               \
    } while (0)

enum err task_list_open(struct req *r, const char *after_due, int64_t after_id, int64_t limit, struct task_item **out,
                        size_t *count)
{
    struct task_open_list_row *rows;
    TRY(task_open_list(
        r->db, r->arena,
        &(struct task_open_list_in){
            .org = r->org, .case_id = r->case_id, .after_due = after_due, .after_id = after_id, .limit = limit},
        &rows, count));
    OPEN_ROWS(rows);
    return name_owners(r, *out, *count);
}

enum err task_list_case(struct req *r, bool done, struct task_item **out, size_t *count)
{
    struct task_done_list_row *rows;
    if (!done)
        return task_list_open(r, "", 0, TASK_PAGE, out, count);
    TRY(task_done_list(r->db, r->arena,
                       &(struct task_done_list_in){.org = r->org, .case_id = r->case_id, .limit = TASK_PAGE}, &rows,
                       count));
    OPEN_ROWS(rows);
    return name_owners(r, *out, *count);
}

enum err task_list_conference(struct req *r, int64_t conference, struct task_item **out, size_t *count)
{
    struct task_by_conference_row *rows;
    TRY(task_by_conference(
        r->db, r->arena,
        &(struct task_by_conference_in){.org = r->org, .case_id = r->case_id, .conference = conference}, &rows, count));
    OPEN_ROWS(rows);
    return name_owners(r, *out, *count);
}

enum err task_find(struct req *r, int64_t id, struct task_item *out)
{
    struct task_get_row row;
    TRY(task_get(r->db, r->arena, &(struct task_get_in){.org = r->org, .case_id = r->case_id, .id = id}, &row));
    TRY(open_row(r,
                 &(struct task_open_list_row){id, row.title, row.owner, row.due, row.status, row.done_on, row.note,
                                              row.conference, row.version},
                 out));
    return name_owners(r, out, 1);
}

/* ---- one's own, over all cases ---- */

/* Opens a row through one of its holders; ERR_NOT_FOUND when the person is not that holder, or does not hold the plan. */
static enum err open_mine(struct req *r, const struct task_mine_row *row, struct task_item *out)
{
    struct case_keys keys;
    struct case_value value = {r->org, row->case_id, PART_PLAN, task_place("title", row->id)};
    const char *title = NULL, *name = NULL;
    TRY(record_open_keys(r, row->holder, row->case_id, row->wrapped, &keys));
    enum err result = record_open_text(r->db, r->arena, &keys, &value, row->title, &title);
    seal_wipe(&keys, sizeof keys);
    TRY(result);
    TRY(record_open_name(r, row->holder, row->case_id, row->wrapped, row->pseudonym, &name));
    *out = (struct task_item){.id = row->id,
                              .case_id = row->case_id,
                              .title = title,
                              .owner = r->who->account,
                              .owner_name = "",
                              .due = row->due,
                              .status = "open",
                              .reference = row->reference,
                              .pseudonym = name};
    return OK;
}

enum err task_list_mine(struct req *r, size_t limit, struct task_item **out, size_t *count)
{
    enum { HOLDERS = 4 }; /* a case seldom has more */
    struct task_mine_row *rows;
    size_t row_count, found = 0;
    TRY(task_mine(r->db, r->arena,
                  &(struct task_mine_in){.org = r->org, .owner = r->who->account, .limit = (int64_t)(limit * HOLDERS)},
                  &rows, &row_count));
    struct task_item *items = ARENA_ARRAY(r->arena, struct task_item, limit);
    for (size_t i = 0; i < row_count && found < limit; i++) {
        if (found > 0 && items[found - 1].id == rows[i].id)
            continue;
        enum err opened = open_mine(r, &rows[i], &items[found]);
        if (opened == OK)
            found++;
        else if (opened != ERR_NOT_FOUND)
            return opened;
    }
    *out = items;
    *count = found;
    return OK;
}

enum err task_count_mine(struct req *r, struct task_counts *out)
{
    struct task_mine_count_row row;
    TRY(task_mine_count(
        r->db, r->arena,
        &(struct task_mine_count_in){.org = r->org, .owner = r->who->account, .today = time_date(r->arena, r->now)},
        &row));
    *out = (struct task_counts){row.open, row.late};
    return OK;
}

/* ---- who may have one ---- */

/* Colleagues who see one of these parts of the request's case and may write in it. */
static enum err on_case(struct req *r, unsigned parts, struct colleague **out, size_t *count)
{
    struct task_people_row *on;
    struct colleague *people;
    size_t on_count, people_count, kept = 0;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(task_people(r->db, r->arena,
                    &(struct task_people_in){.org = r->org, .case_id = r->case_id, .parts = parts, .now = r->now}, &on,
                    &on_count));
    for (size_t i = 0; i < people_count; i++) {
        bool sees = false;
        for (size_t k = 0; k < on_count; k++)
            sees |= on[k].account == people[i].id;
        if (sees && role_may(people[i].role, CAP_CASE_WRITE))
            people[kept++] = people[i];
    }
    *out = people;
    *count = kept;
    return OK;
}

static enum err choices_of(struct req *r, unsigned parts, struct choice **out, size_t *count)
{
    struct colleague *people;
    TRY(on_case(r, parts, &people, count));
    struct choice *choices = ARENA_ARRAY(r->arena, struct choice, *count);
    for (size_t i = 0; i < *count; i++)
        choices[i] = (struct choice){.value = id_text(r->arena, people[i].id), .label = people[i].name};
    *out = choices;
    return OK;
}

enum err task_owner_choices(struct req *r, struct choice **out, size_t *count)
{
    return choices_of(r, PART_BIT(PART_PLAN), out, count);
}

enum err task_people_choices(struct req *r, struct choice **out, size_t *count)
{
    return choices_of(r, PARTS_WHOLE, out, count);
}

enum err task_owner_ok(struct req *r, int64_t account, bool *ok)
{
    struct colleague *people;
    size_t count;
    TRY(on_case(r, PART_BIT(PART_PLAN), &people, &count));
    *ok = false;
    for (size_t i = 0; i < count; i++)
        *ok |= people[i].id == account;
    return OK;
}

/* ---- when somebody leaves ---- */

enum err task_owned_by(struct db *db, struct arena *arena, int64_t org, int64_t account, struct task_owned_sums **out,
                       size_t *count)
{
    struct task_owned_row *rows;
    TRY(task_owned(db, arena, &(struct task_owned_in){.org = org, .owner = account}, &rows, count));
    struct task_owned_sums *sums = ARENA_ARRAY(arena, struct task_owned_sums, *count);
    for (size_t i = 0; i < *count; i++)
        sums[i] = (struct task_owned_sums){rows[i].team, rows[i].open};
    *out = sums;
    return OK;
}

enum err task_take_over_all(struct db *db, int64_t org, int64_t from, int64_t team, int64_t to, size_t *count)
{
    return task_take_over(db, &(struct task_take_over_in){.org = org, .owner = from, .team = team, .to = to}, count);
}
