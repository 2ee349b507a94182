/* The inbox, and a referral with all that was told and decided. */
#include "base/id.h"
#include "base/text.h"
#include "find/referral/queries.h"
#include "find/referral/referral.h"
#include "find/referral/rules.h"
#include "find/referral/templates.h"
#include "find/referral/views.h"

enum { PAGE_ROWS = 25, BRIEF_CHARACTERS = 80 };

/* ---- lists ---- */

/* The team of this person that referrals are sealed to; 0: none. */
static int64_t intake_team(const struct session *who)
{
    for (size_t i = 0; i < who->team_count; i++) {
        if (who->teams[i].intake)
            return who->teams[i].team;
    }
    return 0;
}

static enum err open_brief(struct req *r, int64_t id, struct bytes box, struct bytes about, struct bytes story,
                           const char **out)
{
    struct seal_key key;
    const char *who;
    const char *what;
    TRY(session_open_key(r->arena, r->who, intake_team(r->who), box, &key));
    TRY(seal_open_text(r->arena, &key, referral_place("about", id), about, &who));
    TRY(seal_open_text(r->arena, &key, referral_place("story", id), story, &what));
    seal_wipe(&key, sizeof key);
    *out = referral_brief(r->arena, text_empty(who) ? what : who, BRIEF_CHARACTERS);
    return OK;
}

/* Marks those that an outside specialist answered. */
static enum err mark_replied(struct req *r, struct referral_line *lines, size_t count)
{
    struct referral_replied_row *rows;
    size_t row_count;
    TRY(referral_replied(r->db, r->arena, &(struct referral_replied_in){.org = r->org, .team = intake_team(r->who)},
                         &rows, &row_count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < row_count; j++)
            lines[i].replied |= rows[j].id == lines[i].id;
    }
    return OK;
}

static enum err list_of_status(struct req *r, const char *status, int64_t after_due, int64_t after_id, int64_t limit,
                               struct referral_line **out, size_t *count)
{
    struct referral_list_row *rows;
    TRY(referral_list(r->db, r->arena,
                      &(struct referral_list_in){.org = r->org,
                                                 .team = intake_team(r->who),
                                                 .status = status,
                                                 .after_due = after_due,
                                                 .after_id = after_id,
                                                 .limit = limit},
                      &rows, count));
    struct referral_line *lines = ARENA_ARRAY(r->arena, struct referral_line, *count);
    for (size_t i = 0; i < *count; i++) {
        lines[i] = (struct referral_line){.id = rows[i].id,
                                          .source = rows[i].source,
                                          .urgency = rows[i].urgency,
                                          .status = rows[i].status,
                                          .received_at = rows[i].received_at,
                                          .answer_due = rows[i].answer_due,
                                          .late = referral_late(rows[i].status, rows[i].answer_due, r->now)};
        TRY(open_brief(r, rows[i].id, rows[i].sealed_key, rows[i].about, rows[i].story, &lines[i].brief));
    }
    *out = lines;
    return mark_replied(r, lines, *count);
}

/* `answer_due` of these lines is when they were decided: that is what they are sorted by. */
static enum err list_of_ended(struct req *r, int64_t before_at, int64_t before_id, struct referral_line **out,
                              size_t *count)
{
    struct referral_list_ended_row *rows;
    TRY(referral_list_ended(r->db, r->arena,
                            &(struct referral_list_ended_in){.org = r->org,
                                                             .team = intake_team(r->who),
                                                             .before_at = before_at,
                                                             .before_id = before_id,
                                                             .limit = PAGE_ROWS + 1},
                            &rows, count));
    struct referral_line *lines = ARENA_ARRAY(r->arena, struct referral_line, *count);
    for (size_t i = 0; i < *count; i++) {
        lines[i] = (struct referral_line){.id = rows[i].id,
                                          .source = rows[i].source,
                                          .urgency = rows[i].urgency,
                                          .status = rows[i].status,
                                          .received_at = rows[i].received_at,
                                          .answer_due = rows[i].decided_at};
        TRY(open_brief(r, rows[i].id, rows[i].sealed_key, rows[i].about, rows[i].story, &lines[i].brief));
    }
    *out = lines;
    return OK;
}

enum err referral_open_list(struct req *r, int64_t limit, struct referral_line **out, size_t *count)
{
    if (referral_reader(r->who))
        return list_of_status(r, "open", INT64_MIN, 0, limit, out, count);
    *out = NULL;
    *count = 0;
    return OK;
}

enum err referral_counts(struct req *r, struct referral_counts *out)
{
    struct referral_count_row row = {0};
    struct referral_replied_row *replied;
    size_t replied_count = 0;
    if (referral_reader(r->who)) {
        TRY(referral_replied(r->db, r->arena, &(struct referral_replied_in){.org = r->org, .team = intake_team(r->who)},
                             &replied, &replied_count));
        TRY(referral_count(r->db, r->arena,
                           &(struct referral_count_in){.org = r->org, .team = intake_team(r->who), .now = r->now},
                           &row));
    }
    *out = (struct referral_counts){
        .unanswered = row.unanswered, .overdue = row.overdue, .replied = (int64_t)replied_count};
    return OK;
}

/* ---- pages ---- */

static const struct code_list LISTS = CODES(referral_list, "open", "consulted", "ended");

const struct field_rule REFERRAL_INBOX_FIELDS[] = {
    {.name = "which", .kind = FIELD_CODE, .codes = &LISTS},
    {.name = "at", .kind = FIELD_INT},
    {.name = "id", .kind = FIELD_ID},
    {0},
};

/* An odd address shows the first page of the open ones. */
enum err referral_inbox_show(struct req *r)
{
    struct referral_inbox_view view = {.which = r->failed ? "" : field_text(r, "which"),
                                       .reader = referral_reader(r->who)};
    bool ended = text_same(view.which, "ended");
    if (text_empty(view.which))
        view.which = "open";
    int64_t at = ended ? INT64_MAX : INT64_MIN;
    int64_t id = ended ? INT64_MAX : 0;
    if (!r->failed) {
        (void)field_int(r, "at", &at);
        (void)field_id(r, "id", &id);
    }
    r->failed = false;
    TRY(referral_counts(r, &view.counts));
    if (ended)
        TRY(list_of_ended(r, at, id, &view.rows, &view.count));
    else
        TRY(list_of_status(r, view.which, at, id, PAGE_ROWS + 1, &view.rows, &view.count));
    if (view.count > PAGE_ROWS) {
        view.count = PAGE_ROWS;
        const struct referral_line *last = &view.rows[PAGE_ROWS - 1];
        view.next = arena_format(r->arena, "/referrals?which=%s&at=%lld&id=%s", view.which, (long long)last->answer_due,
                                 id_text(r->arena, last->id));
    }
    html_referral_inbox(req_page(r), r, &view);
    return OK;
}

static enum err name_of(struct req *r, struct maybe account, const char **out)
{
    struct colleague *people;
    size_t count;
    *out = NULL;
    if (!account.has)
        return OK;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    *out = colleague_name(people, count, account.value);
    return OK;
}

/* May this person open the case that came of it? */
static enum err case_readable(struct req *r, bool *out)
{
    const struct referral *referral = referral_of(r);
    struct referral_case_holders_row *rows;
    size_t count;
    *out = false;
    if (!referral->case_id.has || !session_may(r->who, CAP_CASE_READ))
        return OK;
    TRY(referral_case_holders(r->db, r->arena,
                              &(struct referral_case_holders_in){.org = r->org, .case_id = referral->case_id.value},
                              &rows, &count));
    for (size_t i = 0; i < count; i++)
        *out = *out || rows[i].holder == r->who->account || session_team(r->who, rows[i].holder) != NULL;
    return OK;
}

enum err referral_detail_show(struct req *r)
{
    const struct referral *referral = referral_of(r);
    struct referral_detail_view view = {.referral = referral,
                                        .late = referral_late(referral->status, referral->answer_due, r->now),
                                        .may_accept = referral_may(referral->status, REFERRAL_ACCEPT),
                                        .may_answer = referral_may(referral->status, REFERRAL_CONSULT),
                                        .may_reopen = referral_may(referral->status, REFERRAL_REOPEN),
                                        .may_share = referral_may_share(referral)};
    TRY(name_of(r, referral->entered_by, &view.entered_by));
    TRY(referral_steps_of(r, &view.steps, &view.step_count));
    TRY(case_readable(r, &view.case_readable));
    TRY(referral_shares_of(r, &view.shares, &view.share_count));
    html_referral_detail(req_page(r), r, &view);
    return OK;
}
