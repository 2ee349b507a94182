/* A keeper types in a share: without an account, on any device, with the ceremony's code. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "steer/ceremony/internal.h"
#include "steer/ceremony/queries.h"
#include "steer/ceremony/templates.h"
#include "steer/ceremony/views.h"

#include <stdlib.h>
#include <string.h>

const struct field_rule CEREMONY_ENTER_FIELDS[] = {
    {.name = "code", .kind = FIELD_TEXT, .max = 100, .required = true, .missing = W_ceremony_code_missing},
    {.name = "share", .kind = FIELD_LONG, .max = RECOVERY_TEXT_MAX},
    {.name = "step", .kind = FIELD_TEXT, .max = 10},
    {0},
};

/* What one request brings and finds. */
struct entering {
    int64_t ceremony;
    struct seal_key key; /* out of the code */
    struct recovery_share share;
    struct ceremony_get_row row;
    struct recovery_status recovery;
    enum share_match match;
    size_t have; /* with this one */
    struct account_reset reset;
    bool gives_access; /* this share is the last that is needed, and a password is to be given */
};

/* ---- before the change ---- */

static void share_fault(struct req *r, enum share_fault fault, unsigned at)
{
    const char *number = arena_format(r->arena, "%u", at);
    static const enum word WORDS[] = {
        [SHARE_FINE] = W_none,
        [SHARE_WORDS] = W_ceremony_fault_words,
        [SHARE_WORD] = W_ceremony_fault_word,
        [SHARE_ROW] = W_ceremony_fault_row,
        [SHARE_VERSION] = W_ceremony_fault_version,
    };
    if (fault != SHARE_FINE)
        field_fail_text(r, "share", word_filled(r->arena, r->language, WORDS[fault], "at", number, NULL));
}

static enum err find_by_code(struct req *r, const char *wanted_state, int64_t *id, struct seal_key *key)
{
    struct seal_key hash;
    struct ceremony_by_code_row *rows;
    size_t count = 0;
    if (!code_read(field_text(r, "code"), &hash, key))
        return ERR_NOT_FOUND;
    TRY(ceremony_by_code(
        r->db, r->arena,
        &(struct ceremony_by_code_in){.org = r->org, .code_hash = {hash.b, sizeof hash.b}, .now = r->now}, &rows,
        &count));
    if (count == 0 || !text_same(rows[0].state, wanted_state))
        return ERR_NOT_FOUND;
    *id = rows[0].id;
    return OK;
}

static enum err login_of(struct req *r, int64_t account, struct account_user_by_id_row *out)
{
    enum err found = account_user_by_id(r->db, r->arena, &(struct account_user_by_id_in){.org = r->org, .id = account},
                                        out);
    if (found == ERR_NOT_FOUND)
        *out = (struct account_user_by_id_row){.login = "", .role = ""}; /* left meanwhile */
    return found == ERR_NOT_FOUND ? OK : found;
}

/* Nobody gives a share without knowing what for: the code shows it first. */
static enum err what_for(struct req *r, struct enter_view *view)
{
    struct seal_key key;
    struct ceremony_get_row row;
    struct account_user_by_id_row user;
    int64_t id = 0;
    enum err found = find_by_code(r, "open", &id, &key);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    seal_wipe(&key, sizeof key);
    TRY(ceremony_get(r->db, r->arena, &(struct ceremony_get_in){.org = r->org, .id = id}, &row));
    if (row.begun_by.has) {
        TRY(login_of(r, row.begun_by.value, &user));
        view->by = user.login;
    }
    if (text_same(row.purpose, "renew")) {
        view->what = word(r->language, W_ceremony_what_renew);
        return OK;
    }
    struct ceremony_names names = {0};
    TRY(account_team_list(r->db, r->arena, &(struct account_team_list_in){.org = r->org}, &names.teams,
                          &names.team_count));
    TRY(login_of(r, row.receiver.has ? row.receiver.value : row.subject.value, &user));
    struct colleague person = {.id = row.receiver.has ? row.receiver.value : row.subject.value, .name = user.login};
    names.people = &person;
    names.people_count = 1;
    view->what = ceremony_words(r, &names, row.purpose, row.subject, row.receiver);
    view->role = user.role;
    return OK;
}

enum err enter_show(struct req *r)
{
    struct enter_view view = {0};
    TRY(what_for(r, &view));
    html_ceremony_enter(req_page(r), r, &view);
    return OK;
}

/* Shares that are there, without the one that is being entered. */
static enum err count_others(struct req *r, const struct entering *entering, size_t *out)
{
    struct ceremony_share_list_row *rows;
    size_t count;
    TRY(ceremony_share_list(r->db, r->arena,
                            &(struct ceremony_share_list_in){.org = r->org, .ceremony = entering->ceremony}, &rows,
                            &count));
    *out = 0;
    for (size_t i = 0; i < count; i++)
        *out += rows[i].number != (int64_t)entering->share.number;
    return OK;
}

enum err enter_check(struct req *r)
{
    struct entering *entering = ARENA_NEW(r->arena, struct entering);
    unsigned at = 0;
    size_t others = 0;
    r->data = entering;
    if (r->failed)
        return ERR_INPUT;
    enum err found = find_by_code(r, "open", &entering->ceremony, &entering->key);
    if (found == ERR_NOT_FOUND)
        field_fail(r, "code", W_ceremony_code_wrong);
    else
        TRY(found);
    if (!r->failed && *field_text(r, "share") == '\0') {
        if (!text_same(field_text(r, "step"), "share"))
            return enter_show(r);
        field_fail(r, "share", W_ceremony_share_missing);
        return ERR_INPUT;
    }
    share_fault(r, recovery_read(field_text(r, "share"), &entering->share, &at), at);
    if (r->failed)
        return ERR_INPUT;
    TRY(ceremony_get(r->db, r->arena, &(struct ceremony_get_in){.org = r->org, .id = entering->ceremony},
                     &entering->row));
    TRY(recovery_status(r->db, r->arena, r->org, &entering->recovery));
    TRY(recovery_match(r->db, r->arena, r->org, &entering->share, &entering->match));
    TRY(count_others(r, entering, &others));
    entering->have = others + 1;
    bool last = entering->match == MATCH_FINE && entering->have >= entering->recovery.plan.needed;
    entering->gives_access = last && text_same(entering->row.purpose, "access");
    if (entering->gives_access) {
        entering->reset.account = entering->row.subject.value;
        entering->reset.factors = entering->row.factors;
        account_reset_begin(r->arena, &entering->reset);
    }
    return OK;
}

enum err enter_slow(struct req *r)
{
    struct entering *entering = r->data;
    return entering->gives_access ? account_reset_slow(&entering->reset) : OK;
}

/* ---- the change ---- */

/* Named by its number; after many the ceremony ends. */
static enum err refuse_share(struct req *r, const struct entering *entering)
{
    const char *number = arena_format(r->arena, "%u", entering->share.number);
    size_t changed = 0;
    static const enum word WORDS[] = {
        [MATCH_OLD] = W_ceremony_share_old,
        [MATCH_OTHER] = W_ceremony_share_other,
        [MATCH_WRONG] = W_ceremony_share_wrong,
    };
    TRY(ceremony_wrong(r->db, &(struct ceremony_wrong_in){.org = r->org, .id = entering->ceremony}));
    if (entering->row.wrong + 1 >= CEREMONY_WRONG_MOST) {
        TRY(ceremony_share_drop(r->db,
                                &(struct ceremony_share_drop_in){.org = r->org, .ceremony = entering->ceremony}));
        TRY(ceremony_end(
            r->db, &(struct ceremony_end_in){.org = r->org, .id = entering->ceremony, .state = "failed", .at = r->now},
            &changed));
    }
    TRY(req_audit(r, "recovery.wrong_share", 0, entering->ceremony));
    field_fail_text(r, "share", word_filled(r->arena, r->language, WORDS[entering->match], "number", number, NULL));
    return OK;
}

static enum err join_shares(struct req *r, const struct entering *entering, struct seal_pair *out, size_t *have)
{
    struct ceremony_share_list_row *rows;
    struct recovery_share shares[RECOVERY_SHARES_MAX];
    size_t count;
    TRY(ceremony_share_list(r->db, r->arena,
                            &(struct ceremony_share_list_in){.org = r->org, .ceremony = entering->ceremony}, &rows,
                            &count));
    *have = count;
    if (count < entering->recovery.plan.needed || count > RECOVERY_SHARES_MAX)
        return OK;
    for (size_t i = 0; i < count; i++) {
        const char *line;
        unsigned at = 0;
        TRY(seal_open_text(r->arena, &entering->key, code_place(entering->ceremony), rows[i].sealed, &line));
        if (line == NULL || recovery_read(line, &shares[i], &at) != SHARE_FINE)
            return ERR_BROKEN;
    }
    enum err result = recovery_combine(shares, count, &entering->recovery.public_half, out);
    seal_wipe(shares, sizeof shares);
    return result;
}

/* The given password goes to whoever began the ceremony and stands beside the person. */
static enum err seal_outcome(struct req *r, const struct entering *entering, struct bytes *out)
{
    struct account_user_by_id_row user;
    struct seal_key to;
    if (!entering->gives_access || !entering->row.begun_by.has)
        return OK;
    TRY(account_user_by_id(r->db, r->arena,
                           &(struct account_user_by_id_in){.org = r->org, .id = entering->row.begun_by.value}, &user));
    memcpy(to.b, user.public.ptr, SEAL_KEY_SIZE);
    *out = seal_to(r->arena, &to, entering->reset.password, strlen(entering->reset.password));
    return OK;
}

static enum err fulfil(struct req *r, struct entering *entering, const struct seal_pair *pair)
{
    const struct ceremony_get_row *row = &entering->row;
    struct bytes outcome = {0};
    size_t changed = 0;
    int64_t key = 0;
    if (text_same(row->purpose, "renew")) {
        struct recovery_plan plan = {.shares = (unsigned)row->shares.value, .needed = (unsigned)row->needed.value};
        TRY(recovery_renew(r->db, r->arena, r->org, pair, plan, &entering->key, r->now, &key));
        return ceremony_hand_out(
            r->db,
            &(struct ceremony_hand_out_in){.org = r->org,
                                           .id = entering->ceremony,
                                           .key = key,
                                           .expires_at = r->now + CEREMONY_HANDING_HOURS * HOUR_MS},
            &changed);
    }
    bool team = text_same(row->purpose, "team");
    const struct ceremony_aim aim = {.purpose = row->purpose,
                                     .account = team ? row->receiver.value : row->subject.value,
                                     .team = team ? row->subject.value : 0,
                                     .factors = row->factors};
    TRY(ceremony_give(r->db, r->arena, r->org, pair, &aim, &entering->reset, r->now));
    TRY(seal_outcome(r, entering, &outcome));
    return ceremony_end(r->db,
                        &(struct ceremony_end_in){
                            .org = r->org, .id = entering->ceremony, .state = "done", .at = r->now, .outcome = outcome},
                        &changed);
}

enum err enter_change(struct req *r)
{
    struct entering *entering = r->data;
    struct seal_pair pair;
    size_t have = 0;
    int64_t again = 0;
    if (find_by_code(r, "open", &again, &entering->key) != OK || again != entering->ceremony)
        return ERR_STALE; /* ended or fulfilled meanwhile */
    if (entering->match != MATCH_FINE)
        return refuse_share(r, entering);
    TRY(ceremony_share_put(r->db, &(struct ceremony_share_put_in){
                                      .org = r->org,
                                      .ceremony = entering->ceremony,
                                      .number = entering->share.number,
                                      .sealed = seal_text(r->arena, &entering->key, code_place(entering->ceremony),
                                                          recovery_line(r->arena, &entering->share))}));
    TRY(join_shares(r, entering, &pair, &have));
    bool enough = have >= entering->recovery.plan.needed;
    bool access = text_same(entering->row.purpose, "access");
    if (enough && access && !entering->gives_access)
        return ERR_STALE; /* two came at once: the second sends theirs again, with Argon2 before */
    if (enough) {
        enum err result = fulfil(r, entering, &pair);
        seal_wipe(&pair, sizeof pair);
        TRY(result);
        TRY(ceremony_share_drop(r->db,
                                &(struct ceremony_share_drop_in){.org = r->org, .ceremony = entering->ceremony}));
    }
    unsigned number = entering->share.number;
    seal_wipe(&entering->share, sizeof entering->share);
    TRY(req_audit(r, enough ? "recovery.fulfilled" : "recovery.share", 0, entering->ceremony));
    return req_redirect(r, W_none, "/recovery/entered/%u/%zu/%u", number, have, entering->recovery.plan.needed);
}

/* Tells how far it is; nothing in the address but numbers. */
enum err entered_show(struct req *r)
{
    struct entered_view view = {0};
    int64_t number = 0;
    if (!text_to_int(r->params[0], &number) || !text_to_int(r->params[1], &view.have) ||
        !text_to_int(r->params[2], &view.needed) || number < 0 || number > RECOVERY_SHARES_MAX || view.have < 1 ||
        view.have > RECOVERY_SHARES_MAX || view.needed < 1 || view.needed > RECOVERY_SHARES_MAX)
        return ERR_NOT_FOUND;
    view.number = arena_format(r->arena, "%lld", (long long)number);
    html_ceremony_entered(req_page(r), r, &view);
    return OK;
}

/* ---- new shares ---- */

const struct field_rule CEREMONY_COLLECT_FIELDS[] = {
    {.name = "code", .kind = FIELD_TEXT, .max = 100, .required = true, .missing = W_ceremony_code_missing},
    {.name = "number",
     .kind = FIELD_INT,
     .min = 1,
     .max = RECOVERY_SHARES_MAX,
     .required = true,
     .missing = W_ceremony_number_missing},
    {.name = "kept", .kind = FIELD_YES},
    {0},
};

struct collecting {
    int64_t ceremony, key;
    struct recovery_share share;
    unsigned of;
};

enum err collect_show(struct req *r)
{
    html_ceremony_collect(req_page(r), r);
    return OK;
}

static enum err find_handing(struct req *r, struct collecting *collecting)
{
    struct ceremony_get_row row;
    struct recovery_handing *list;
    struct seal_key key;
    size_t count;
    int64_t number = 0;
    TRY(find_by_code(r, "handing", &collecting->ceremony, &key));
    TRY(ceremony_get(r->db, r->arena, &(struct ceremony_get_in){.org = r->org, .id = collecting->ceremony}, &row));
    collecting->key = row.key.value;
    TRY(recovery_handings(r->db, r->arena, r->org, collecting->key, &list, &count));
    collecting->of = (unsigned)count;
    if (!field_int(r, "number", &number) || number > (int64_t)count || list[number - 1].taken)
        return ERR_CONFLICT;
    return recovery_handing_open(r->arena, &list[number - 1], collecting->key, &key, &collecting->share);
}

enum err collect_check(struct req *r)
{
    struct collecting *collecting = ARENA_NEW(r->arena, struct collecting);
    r->data = collecting;
    if (r->failed)
        return ERR_INPUT;
    enum err found = find_handing(r, collecting);
    if (found == ERR_NOT_FOUND)
        field_fail(r, "code", W_ceremony_code_wrong);
    else if (found == ERR_CONFLICT)
        field_fail(r, "number", W_ceremony_number_taken);
    else
        TRY(found);
    return r->failed ? ERR_INPUT : OK;
}

static enum err send_paper(struct req *r, const struct collecting *collecting)
{
    struct account_org_first_row org;
    struct bytes pdf;
    TRY(account_org_first(r->db, r->arena, &org));
    TRY(recovery_paper(r->arena, org.name, &collecting->share, 1, collecting->of, r->now, &pdf));
    TRY(req_audit(r, "recovery.share_shown", 0, collecting->ceremony));
    return req_send(r, 200, "application/pdf", pdf, "share.pdf");
}

/* Without the tick the page of paper; with it, the share is gone from the data. */
enum err collect_change(struct req *r)
{
    struct collecting *collecting = r->data;
    bool over = false;
    size_t changed = 0;
    if (!field_yes(r, "kept"))
        return send_paper(r, collecting);
    TRY(recovery_handing_taken(r->db, r->arena, r->org, collecting->key, collecting->share.number, r->now, &over));
    if (over)
        TRY(ceremony_end(
            r->db, &(struct ceremony_end_in){.org = r->org, .id = collecting->ceremony, .state = "done", .at = r->now},
            &changed));
    TRY(req_audit(r, over ? "recovery.renewed" : "recovery.share_taken", 0, collecting->ceremony));
    return req_redirect(r, W_none, over ? "/recovery/collected/all" : "/recovery/collected/one");
}
