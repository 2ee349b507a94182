/* Asking an outside specialist: one referral, one account, until a date (docs/ACCESS.md).
 *
 * A share has a key of its own, and a copy of what was told lies under it: the specialist gets neither the referral's key nor what the intake
 * team writes, and when the share ends the copy and the specialist's key are gone. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "find/referral/queries.h"
#include "find/referral/referral.h"
#include "find/referral/rules.h"
#include "find/referral/templates.h"
#include "find/referral/views.h"
#include "platform/account/queries.h"

#include <string.h>

enum { DAYS_OFFERED = 14, REPLIES_MAX = 100 };

const struct field_rule REFERRAL_SHARE_FIELDS[] = {
    {.name = "account", .kind = FIELD_ID, .required = true, .missing = W_referral_share_account_missing},
    {.name = "question",
     .kind = FIELD_LONG,
     .required = true,
     .missing = W_referral_share_question_missing,
     .max = 5000},
    {.name = "until", .kind = FIELD_DATE, .required = true},
    {.name = "teller", .kind = FIELD_YES},
    {.name = "agreed",
     .kind = FIELD_CODE,
     .codes = &REFERRAL_AGREED,
     .required = true,
     .missing = W_referral_agreed_missing},
    {0},
};

const struct field_rule REFERRAL_REPLY_FIELDS[] = {
    {.name = "words", .kind = FIELD_LONG, .required = true, .missing = W_referral_reply_missing},
    {0},
};

static struct seal_place share_place(const char *column, int64_t id)
{
    return (struct seal_place){.table = "referral_share", .column = column, .row = id};
}

static struct seal_place reply_place(int64_t id)
{
    return (struct seal_place){.table = "referral_reply", .column = "words", .row = id};
}

/* ---- what a share's box holds, and its copy ---- */

/* As it lies sealed to the specialist: a box is bound to nothing else, so it says for what and until when. */
struct share_plain {
    int64_t share;
    int64_t until;
    struct seal_key key;
};

static struct bytes box_for(struct arena *arena, const struct seal_key *public_half, const struct share_plain *plain)
{
    return seal_to(arena, public_half, plain, sizeof *plain);
}

/* ERR_NOT_FOUND: it was sealed to keys that this account has no more, is for another share, or over. */
static enum err box_open(struct req *r, struct bytes box, int64_t share, struct seal_key *out)
{
    struct bytes bytes;
    struct share_plain plain;
    if (box.ptr == NULL)
        return ERR_NOT_FOUND;
    enum err opened = seal_open_to(r->arena, &r->who->own, box, &bytes);
    if (opened != OK)
        return opened == ERR_BROKEN ? ERR_NOT_FOUND : opened;
    if (bytes.len != sizeof plain)
        return ERR_BROKEN;
    memcpy(&plain, bytes.ptr, sizeof plain);
    bool fits = plain.share == share && plain.until > r->now;
    if (fits)
        *out = plain.key;
    seal_wipe(&plain, sizeof plain);
    return fits ? OK : ERR_NOT_FOUND;
}

enum { COPY_TEXTS = 7 };

/* The texts of a copy, in the order they lie in: what was told, and who told it when that is shown too. */
static void copy_texts(struct referral_told *told, const char **texts[COPY_TEXTS])
{
    texts[0] = &told->about;
    texts[1] = &told->story;
    texts[2] = &told->referrer;
    texts[3] = &told->organisation;
    texts[4] = &told->contact;
    texts[5] = &told->hours;
    texts[6] = &told->cover;
}

static struct bytes copy_seal(struct req *r, const struct seal_key *key, int64_t share,
                              const struct referral_told *told, bool teller)
{
    struct referral_told copy = *told;
    const char **texts[COPY_TEXTS];
    struct buf plain;
    buf_init(&plain, r->arena, 1024);
    copy_texts(&copy, texts);
    for (size_t i = 0; i < COPY_TEXTS; i++) {
        const char *text = *texts[i] == NULL || (i > 1 && !teller) ? "" : *texts[i];
        buf_add(&plain, text, strlen(text) + 1);
    }
    return seal_bytes(r->arena, key, share_place("copy", share), (struct bytes){(uint8_t *)plain.ptr, plain.len});
}

static enum err copy_open(struct req *r, const struct seal_key *key, int64_t share, struct bytes sealed,
                          struct referral_told *out)
{
    const char **texts[COPY_TEXTS];
    struct bytes plain;
    TRY(seal_open_bytes(r->arena, key, share_place("copy", share), sealed, &plain));
    const char *at = (const char *)plain.ptr;
    const char *end = at + plain.len;
    copy_texts(out, texts);
    for (size_t i = 0; i < COPY_TEXTS; i++) {
        if (at >= end)
            return ERR_BROKEN;
        *texts[i] = at;
        at += strnlen(at, (size_t)(end - at)) + 1;
    }
    return OK;
}

static enum err replies_of(struct req *r, const struct seal_key *key, int64_t share, struct referral_reply **out,
                           size_t *count)
{
    struct referral_reply_list_row *rows;
    TRY(referral_reply_list(r->db, r->arena, &(struct referral_reply_list_in){.org = r->org, .share = share}, &rows,
                            count));
    struct referral_reply *replies = ARENA_ARRAY(r->arena, struct referral_reply, *count);
    for (size_t i = 0; i < *count; i++) {
        replies[i].at = rows[i].at;
        TRY(seal_open_text(r->arena, key, reply_place(rows[i].id), rows[i].words, &replies[i].words));
    }
    *out = replies;
    return OK;
}

/* ---- for the intake team ---- */

enum err referral_shares_of(struct req *r, struct referral_share **out, size_t *count)
{
    const struct referral *referral = referral_of(r);
    struct referral_share_list_row *rows;
    struct colleague *people;
    size_t people_count;
    TRY(referral_share_list(r->db, r->arena, &(struct referral_share_list_in){.org = r->org, .referral = referral->id},
                            &rows, count));
    *out = ARENA_ARRAY(r->arena, struct referral_share, *count);
    if (*count == 0)
        return OK;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    for (size_t i = 0; i < *count; i++) {
        struct referral_share *share = &(*out)[i];
        struct seal_key key;
        *share = (struct referral_share){.id = rows[i].id,
                                         .name = colleague_name(people, people_count, rows[i].account),
                                         .by = colleague_name(people, people_count, rows[i].shared_by),
                                         .at = rows[i].shared_at,
                                         .until = rows[i].until,
                                         .teller = rows[i].teller,
                                         .agreed = rows[i].agreed,
                                         .over = rows[i].ended_at.has || rows[i].until <= r->now,
                                         .ended_at = rows[i].ended_at.has ? rows[i].ended_at.value : rows[i].until};
        if (rows[i].ended_by.has)
            share->ended_by = colleague_name(people, people_count, rows[i].ended_by.value);
        TRY(seal_unwrap(&referral->key, share_place("for_team", share->id), rows[i].for_team, &key));
        TRY(seal_open_text(r->arena, &key, share_place("question", share->id), rows[i].question, &share->question));
        TRY(replies_of(r, &key, share->id, &share->replies, &share->reply_count));
        seal_wipe(&key, sizeof key);
    }
    return OK;
}

/* Outside specialists whose account is not over; who is asked already is not asked twice at once. */
static enum err offer_people(struct req *r, struct referral_share_view *view)
{
    struct colleague *people;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &count));
    view->people = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        if (people[i].role == ROLE_OUTSIDE_SPECIALIST)
            view->people[view->people_count++] = (struct choice){id_text(r->arena, people[i].id), people[i].name, NULL};
    }
    return OK;
}

/* What was decided is not discussed any more: the case, or whoever it was redirected to, goes on. */
bool referral_may_share(const struct referral *referral)
{
    return referral_may(referral->status, REFERRAL_CONSULT);
}

enum err referral_share_show(struct req *r)
{
    struct referral_share_view view = {.referral = referral_of(r), .may = referral_may_share(referral_of(r))};
    TRY(offer_people(r, &view));
    field_start(r, "until", date_add(r->arena, time_date(r->arena, r->now), DAYS_OFFERED));
    html_referral_share(req_page(r), r, &view);
    return OK;
}

/* The last moment of the day that was typed. */
static bool until_typed(struct req *r, int64_t *out)
{
    const char *until = field_text(r, "until");
    const char *next = date_full(until) ? date_add(r->arena, until, 1) : NULL;
    return next != NULL && time_of_date(next, out);
}

enum err referral_share_check(struct req *r)
{
    struct referral_share_view view = {0};
    int64_t until = 0;
    bool offered = false;
    TRY(offer_people(r, &view));
    for (size_t i = 0; i < view.people_count; i++)
        offered |= text_same(view.people[i].value, field_text(r, "account"));
    if (!offered && !text_empty(field_text(r, "account")))
        field_fail(r, "account", W_referral_share_account_missing);
    if (until_typed(r, &until) && !referral_share_until(until, r->now))
        field_fail(r, "until", W_referral_share_until_wrong);
    return r->failed ? ERR_INPUT : OK;
}

static enum err public_of(struct req *r, int64_t account, struct seal_key *out)
{
    struct referral_public_row row;
    TRY(referral_public(r->db, r->arena, &(struct referral_public_in){.org = r->org, .id = account, .now = r->now},
                        &row));
    if (row.public.len != sizeof out->b)
        return ERR_BROKEN;
    memcpy(out->b, row.public.ptr, sizeof out->b);
    return OK;
}

static enum err share_write(struct req *r, int64_t account, const struct seal_key *public_half)
{
    const struct referral *referral = referral_of(r);
    struct share_plain plain = {.share = id_new()};
    if (!until_typed(r, &plain.until))
        return ERR_INPUT;
    seal_key_new(&plain.key);
    enum err added = referral_share_add(
        r->db, &(struct referral_share_add_in){
                   .org = r->org,
                   .id = plain.share,
                   .referral = referral->id,
                   .account = account,
                   .until = plain.until,
                   .teller = field_yes(r, "teller"),
                   .agreed = field_text(r, "agreed"),
                   .question = seal_text(r->arena, &plain.key, share_place("question", plain.share),
                                         field_text(r, "question")),
                   .copy = copy_seal(r, &plain.key, plain.share, &referral->told, field_yes(r, "teller")),
                   .for_account = box_for(r->arena, public_half, &plain),
                   .for_team = seal_wrap(r->arena, &referral->key, share_place("for_team", plain.share), &plain.key),
                   .by = r->who->account,
                   .at = r->now});
    seal_wipe(&plain, sizeof plain);
    return added;
}

enum err referral_share_change(struct req *r)
{
    const struct referral *referral = referral_of(r);
    struct seal_key public_half;
    struct referral_share_active_row active;
    size_t over = 0;
    int64_t account = 0;
    if (!field_id(r, "account", &account))
        return ERR_INPUT;
    if (!referral_may_share(referral))
        return ERR_STALE;
    enum err found = public_of(r, account, &public_half);
    TRY(referral_share_over(r->db, &(struct referral_share_over_in){.org = r->org, .now = r->now}, &over));
    TRY(referral_share_active(
        r->db, r->arena,
        &(struct referral_share_active_in){.org = r->org, .referral = referral->id, .account = account}, &active));
    if (found == ERR_NOT_FOUND || active.found > 0) {
        field_fail(r, "account", found == OK ? W_referral_share_already : W_referral_share_account_missing);
        return ERR_INPUT;
    }
    TRY(found);
    TRY(share_write(r, account, &public_half));
    TRY(req_audit(r, "referral.share", 0, referral->id));
    return req_redirect(r, W_referral_share_done, "/referrals/%s", r->params[0]);
}

enum err referral_share_end_change(struct req *r)
{
    int64_t share = 0;
    size_t changed = 0;
    if (!id_parse(r->params[1], &share))
        return ERR_NOT_FOUND;
    TRY(referral_share_end(
        r->db,
        &(struct referral_share_end_in){
            .org = r->org, .id = share, .referral = referral_of(r)->id, .by = r->who->account, .at = r->now},
        &changed));
    if (changed == 0)
        return ERR_NOT_FOUND;
    TRY(req_audit(r, "referral.share_end", 0, referral_of(r)->id));
    return req_redirect(r, W_referral_share_ended, "/referrals/%s", r->params[0]);
}

enum err referral_shares_end(struct req *r)
{
    size_t changed = 0;
    return referral_share_end_all(
        r->db,
        &(struct referral_share_end_all_in){
            .org = r->org, .referral = referral_of(r)->id, .by = r->who->account, .at = r->now},
        &changed);
}

enum err referral_shares_drop(struct db *db, int64_t org, int64_t account, int64_t by, int64_t now)
{
    size_t changed = 0;
    return referral_share_end_account(
        db, &(struct referral_share_end_account_in){.org = org, .account = account, .by = by, .at = now}, &changed);
}

enum err referral_shares_due(struct db *db, int64_t org, int64_t now, size_t *over)
{
    return referral_share_over(db, &(struct referral_share_over_in){.org = org, .now = now}, over);
}

/* ---- for the specialist ---- */

/* Everything that tells against it looks alike: another's, over, ended, never there. */
enum err referral_shared_scope(struct req *r)
{
    struct referral_share_mine_row row;
    struct referral_get_row item;
    struct referral_shared *shared = ARENA_NEW(r->arena, struct referral_shared);
    if (!id_parse(r->params[0], &shared->id))
        return ERR_NOT_FOUND;
    TRY(referral_share_mine(
        r->db, r->arena,
        &(struct referral_share_mine_in){.org = r->org, .id = shared->id, .account = r->who->account, .now = r->now},
        &row));
    TRY(box_open(r, row.for_account, shared->id, &shared->key));
    TRY(referral_get(r->db, r->arena, &(struct referral_get_in){.org = r->org, .id = row.referral}, &item));
    shared->until = row.until;
    shared->teller = row.teller;
    shared->told = (struct referral_told){.source = item.source,
                                          .urgency = item.urgency,
                                          .way = item.way,
                                          .age = item.age,
                                          .age_guess = item.age_guess,
                                          .disputed = item.disputed};
    TRY(copy_open(r, &shared->key, shared->id, row.copy, &shared->told));
    TRY(seal_open_text(r->arena, &shared->key, share_place("question", shared->id), row.question, &shared->question));
    r->scope = shared;
    r->looked = "referral.shared_read";
    r->looked_at = row.referral;
    return OK;
}

enum err referral_shared_show(struct req *r)
{
    struct referral_shared *shared = r->scope;
    TRY(replies_of(r, &shared->key, shared->id, &shared->replies, &shared->reply_count));
    html_referral_shared(req_page(r), r, shared);
    return OK;
}

enum err referral_reply_check(struct req *r)
{
    return r->failed ? ERR_INPUT : OK;
}

enum err referral_reply_change(struct req *r)
{
    const struct referral_shared *shared = r->scope;
    struct referral_reply_list_row *rows;
    size_t count;
    int64_t id = id_new();
    TRY(referral_reply_list(r->db, r->arena, &(struct referral_reply_list_in){.org = r->org, .share = shared->id},
                            &rows, &count));
    if (count >= REPLIES_MAX) {
        field_fail(r, "words", W_referral_reply_many);
        return ERR_INPUT;
    }
    TRY(referral_reply_add(r->db,
                           &(struct referral_reply_add_in){
                               .org = r->org,
                               .share = shared->id,
                               .id = id,
                               .at = r->now,
                               .words = seal_text(r->arena, &shared->key, reply_place(id), field_text(r, "words"))}));
    TRY(req_audit(r, "referral.reply", 0, r->looked_at));
    return req_redirect(r, W_referral_reply_sent, "/shared/%s", r->params[0]);
}

enum err referral_shared_list(struct req *r, struct referral_shared_line **out, size_t *count)
{
    struct referral_share_of_account_row *rows;
    size_t found;
    TRY(referral_share_of_account(
        r->db, r->arena,
        &(struct referral_share_of_account_in){.org = r->org, .account = r->who->account, .now = r->now}, &rows,
        &found));
    struct referral_shared_line *lines = ARENA_ARRAY(r->arena, struct referral_shared_line, found);
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        struct seal_key key;
        const char *question;
        enum err opened = box_open(r, rows[i].for_account, rows[i].id, &key);
        if (opened == ERR_NOT_FOUND)
            continue;
        TRY(opened);
        TRY(seal_open_text(r->arena, &key, share_place("question", rows[i].id), rows[i].question, &question));
        seal_wipe(&key, sizeof key);
        lines[(*count)++] = (struct referral_shared_line){.id = rows[i].id,
                                                          .brief = referral_brief(r->arena, question, 80),
                                                          .until = rows[i].until,
                                                          .shared_at = rows[i].shared_at,
                                                          .answered = rows[i].replies > 0};
    }
    *out = lines;
    return OK;
}
