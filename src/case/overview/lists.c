/* Lists and counts of cases: one's own, and those of one's teams put together. */
#include "base/time.h"
#include "case/overview/views.h"
#include "case/record/queries.h"

#include <stdlib.h>
#include <string.h>

enum { SOON_DAYS = 7, COUNTED_MOST = 1000, LATE_LOOKED_AT = 200 };

static int age_of(struct maybe birth_year, int this_year)
{
    return birth_year.has ? this_year - (int)birth_year.value : -1;
}

enum err overview_rows_mine(struct req *r, const char *status, struct case_place after, int64_t limit,
                            struct case_row **out, size_t *count)
{
    struct record_list_by_manager_row *rows;
    TRY(record_list_by_manager(r->db, r->arena,
                               &(struct record_list_by_manager_in){.org = r->org,
                                                                   .manager = r->who->account,
                                                                   .status = status,
                                                                   .after_review = after.day,
                                                                   .after_id = after.id,
                                                                   .limit = limit},
                               &rows, count));
    int this_year = time_local(r->now).year;
    struct case_row *list = ARENA_ARRAY(r->arena, struct case_row, *count);
    for (size_t i = 0; i < *count; i++) {
        list[i] = (struct case_row){
            rows[i].id,         rows[i].reference, "", "", rows[i].risk, age_of(rows[i].birth_year, this_year),
            rows[i].next_review};
        TRY(record_open_name(r, rows[i].team, rows[i].id, rows[i].wrapped, rows[i].pseudonym, &list[i].pseudonym));
    }
    *out = list;
    return OK;
}

/* The first `room` of the rows that each of the person's teams gives, in the order of all. */
struct team_rows {
    struct case_row *rows;
    size_t count, room;
    struct colleague *people;
    size_t people_count;
    int this_year;
};

static enum err team_rows_begin(struct req *r, int64_t limit, struct team_rows *out)
{
    *out = (struct team_rows){.room = (size_t)limit, .this_year = time_local(r->now).year};
    return account_colleagues(r->db, r->arena, r->who, &out->people, &out->people_count);
}

static enum err team_row(struct req *r, const struct team_rows *list, int64_t team,
                         const struct record_list_by_team_row *row, struct case_row *out)
{
    *out = (struct case_row){row->id,
                             row->reference,
                             "",
                             colleague_name(list->people, list->people_count, row->manager),
                             row->risk,
                             age_of(row->birth_year, list->this_year),
                             row->next_review};
    return record_open_name(r, team, row->id, row->wrapped, row->pseudonym, &out->pseudonym);
}

static int by_review(const void *a, const void *b)
{
    const struct case_row *one = a;
    const struct case_row *other = b;
    int order = strcmp(one->next_review, other->next_review);
    return order != 0 ? order : one->id < other->id ? -1 : one->id > other->id;
}

static enum err rows_add(struct req *r, int64_t team, const struct record_list_by_team_row *rows, size_t count,
                         struct team_rows *into)
{
    struct case_row *all = ARENA_ARRAY(r->arena, struct case_row, into->count + count);
    if (into->count > 0)
        memcpy(all, into->rows, into->count * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        enum err opened = team_row(r, into, team, &rows[i], &all[into->count]);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        into->count++;
    }
    qsort(all, into->count, sizeof *all, by_review);
    if (into->count > into->room)
        into->count = into->room;
    into->rows = all;
    return OK;
}

enum err overview_rows_teams(struct req *r, const char *status, struct case_place after, int64_t limit,
                             struct case_row **out, size_t *count)
{
    struct team_rows found;
    TRY(team_rows_begin(r, limit, &found));
    for (size_t i = 0; i < r->who->team_count; i++) {
        int64_t team = r->who->teams[i].team;
        struct record_list_by_team_row *rows;
        size_t row_count;
        TRY(record_list_by_team(r->db, r->arena,
                                &(struct record_list_by_team_in){.org = r->org,
                                                                 .team = team,
                                                                 .status = status,
                                                                 .after_review = after.day,
                                                                 .after_id = after.id,
                                                                 .limit = limit,
                                                                 .account = r->who->account},
                                &rows, &row_count));
        TRY(rows_add(r, team, rows, row_count, &found));
    }
    *out = found.rows;
    *count = found.count;
    return OK;
}

static enum err held_rows(struct req *r, const char *status, struct case_place after, int64_t limit,
                          struct record_list_by_holder_row **out, size_t *count)
{
    return record_list_by_holder(r->db, r->arena,
                                 &(struct record_list_by_holder_in){.org = r->org,
                                                                    .holder = r->who->account,
                                                                    .now = r->now,
                                                                    .status = status,
                                                                    .after_review = after.day,
                                                                    .after_id = after.id,
                                                                    .limit = limit},
                                 out, count);
}

enum err overview_closed_parts(struct req *r, int64_t limit, const char ***out, size_t *count)
{
    struct record_list_by_holder_row *rows;
    size_t row_count;
    TRY(held_rows(r, "open", (struct case_place){"", 0}, limit, &rows, &row_count));
    *out = ARENA_ARRAY(r->arena, const char *, row_count);
    *count = 0;
    for (size_t i = 0; i < row_count; i++) {
        struct case_keys keys;
        enum err opened = record_open_keys(r, r->who->account, rows[i].id, rows[i].wrapped, &keys);
        seal_wipe(&keys, sizeof keys);
        if (opened == ERR_NOT_FOUND)
            (*out)[(*count)++] = rows[i].reference;
        else
            TRY(opened);
    }
    return OK;
}

/* Cases in which the person has a part of their own. */
enum err overview_rows_shared(struct req *r, const char *status, struct case_place after, int64_t limit,
                              struct case_row **out, size_t *count)
{
    struct record_list_by_holder_row *shared;
    struct team_rows found;
    TRY(team_rows_begin(r, limit, &found));
    TRY(held_rows(r, status, after, limit, &shared, count));
    struct record_list_by_team_row *rows = ARENA_ARRAY(r->arena, struct record_list_by_team_row, *count);
    for (size_t i = 0; i < *count; i++)
        rows[i] = (struct record_list_by_team_row){shared[i].id,          shared[i].reference, shared[i].pseudonym,
                                                   shared[i].manager,     shared[i].risk,      shared[i].birth_year,
                                                   shared[i].next_review, shared[i].wrapped};
    TRY(rows_add(r, r->who->account, rows, *count, &found));
    *out = found.rows;
    *count = found.count;
    return OK;
}

enum err overview_my_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count)
{
    return overview_rows_mine(r, "open", (struct case_place){"", 0}, limit, out, count);
}

enum err overview_team_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count)
{
    return overview_rows_teams(r, "open", (struct case_place){"", 0}, limit, out, count);
}

enum err overview_shared_cases(struct req *r, int64_t limit, struct case_row **out, size_t *count)
{
    return overview_rows_shared(r, "open", (struct case_place){"", 0}, limit, out, count);
}

enum err overview_late_of_others(struct req *r, int64_t limit, struct case_row **out, size_t *count)
{
    struct team_rows found;
    TRY(team_rows_begin(r, limit, &found));
    for (size_t i = 0; i < r->who->team_count; i++) {
        int64_t team = r->who->teams[i].team;
        struct record_overdue_of_others_row *late;
        size_t late_count;
        TRY(record_overdue_of_others(r->db, r->arena,
                                     &(struct record_overdue_of_others_in){.org = r->org,
                                                                           .team = team,
                                                                           .manager = r->who->account,
                                                                           .today = time_date(r->arena, r->now),
                                                                           .most = LATE_LOOKED_AT,
                                                                           .limit = limit},
                                     &late, &late_count));
        struct record_list_by_team_row *rows = ARENA_ARRAY(r->arena, struct record_list_by_team_row, late_count);
        for (size_t k = 0; k < late_count; k++)
            rows[k] = (struct record_list_by_team_row){late[k].id,          late[k].reference, late[k].pseudonym,
                                                       late[k].manager,     late[k].risk,      late[k].birth_year,
                                                       late[k].next_review, late[k].wrapped};
        TRY(rows_add(r, team, rows, late_count, &found));
    }
    *out = found.rows;
    *count = found.count;
    return OK;
}

enum err overview_count_mine(struct req *r, struct case_counts *out)
{
    struct record_count_by_manager_row counts;
    const char *today = time_date(r->arena, r->now);
    TRY(record_count_by_manager(r->db, r->arena,
                                &(struct record_count_by_manager_in){.org = r->org,
                                                                     .manager = r->who->account,
                                                                     .today = today,
                                                                     .week = date_add(r->arena, today, SOON_DAYS),
                                                                     .most = COUNTED_MOST},
                                &counts));
    *out = (struct case_counts){counts.open, counts.overdue, counts.soon};
    return OK;
}

enum err overview_count_teams(struct req *r, struct case_counts *out)
{
    struct case_counts sums = {0};
    const char *today = time_date(r->arena, r->now);
    for (size_t i = 0; i < r->who->team_count; i++) {
        struct record_count_by_team_row counts;
        TRY(record_count_by_team(r->db, r->arena,
                                 &(struct record_count_by_team_in){.org = r->org,
                                                                   .team = r->who->teams[i].team,
                                                                   .today = today,
                                                                   .week = date_add(r->arena, today, SOON_DAYS),
                                                                   .most = COUNTED_MOST,
                                                                   .account = r->who->account},
                                 &counts));
        sums.open += counts.open;
        sums.overdue += counts.overdue;
        sums.soon += counts.soon;
    }
    *out = sums;
    return OK;
}
