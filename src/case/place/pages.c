#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/place/queries.h"
#include "case/place/templates.h"
#include "case/place/views.h"

#include <string.h>

/* The case, and the place when the person is in charge of it. */
static enum err place_scope(struct req *r)
{
    struct seal_key key;
    TRY(case_scope(r));
    enum err held = place_open(r, &key);
    seal_wipe(&key, sizeof key);
    if (held == ERR_NOT_FOUND)
        return OK; /* the gate refuses: the part is not held */
    TRY(held);
    r->parts |= PART_BIT(PART_ADDRESS);
    return OK;
}

/* ---- where the child stays ---- */

static const struct field_rule FIELDS[] = {
    {.name = "address", .kind = FIELD_LONG, .required = true, .max = 500, .missing = W_place_address_missing},
    {.name = "since", .kind = FIELD_DATE, .required = true, .missing = W_place_since_missing},
    {.name = "note", .kind = FIELD_LONG, .max = 1000},
    {0},
};

static enum err address_show(struct req *r)
{
    struct place_view view = {0};
    struct place_stay_list_row *rows;
    struct colleague *people;
    struct seal_key key;
    size_t people_count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(place_stay_list(r->db, r->arena, &(struct place_stay_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                        &view.count));
    TRY(place_open(r, &key));
    view.stays = ARENA_ARRAY(r->arena, struct place_stay, view.count);
    enum err result = OK;
    for (size_t i = 0; i < view.count && result == OK; i++) {
        struct place_stay *stay = &view.stays[i];
        *stay = (struct place_stay){
            .id = rows[i].id, .since = rows[i].since, .who = colleague_name(people, people_count, rows[i].added_by)};
        result = seal_open_text(r->arena, &key, place_place("address", rows[i].id), rows[i].address, &stay->address);
        if (result == OK)
            result = seal_open_text(r->arena, &key, place_place("note", rows[i].id), rows[i].note, &stay->note);
        if (result == ERR_BROKEN) /* whoever was in charge then lost the key, or left */
            result = OK;
    }
    seal_wipe(&key, sizeof key);
    TRY(result);
    field_start(r, "since", time_date(r->arena, r->now));
    html_place_page(req_page(r), r, &view);
    return OK;
}

static enum err address_change(struct req *r)
{
    struct seal_key key;
    int64_t id = id_new();
    TRY(case_must_be_open(r));
    TRY(place_open(r, &key));
    enum err added = place_stay_add(
        r->db, &(struct place_stay_add_in){
                   .org = r->org,
                   .case_id = r->case_id,
                   .id = id,
                   .address = seal_text(r->arena, &key, place_place("address", id), field_text(r, "address")),
                   .note = seal_text(r->arena, &key, place_place("note", id), field_or_null(r, "note")),
                   .since = field_text(r, "since"),
                   .by = r->who->account,
                   .at = r->now});
    seal_wipe(&key, sizeof key);
    TRY(added);
    TRY(req_audit(r, "address.add", r->case_id, id));
    return req_redirect(r, W_place_saved, "/cases/%s/address", r->params[0]);
}

/* ---- who is in charge ---- */

static const struct field_rule CHARGE_FIELDS[] = {
    {.name = "account", .kind = FIELD_ID},
    {0},
};

static enum err read_holders(struct req *r, struct place_charge_view *view, struct colleague *people, size_t count)
{
    struct place_key_list_row *rows;
    TRY(place_key_list(r->db, r->arena, &(struct place_key_list_in){.org = r->org, .case_id = r->case_id}, &rows,
                       &view->count));
    view->holders = ARENA_ARRAY(r->arena, struct place_holder, view->count);
    for (size_t i = 0; i < view->count; i++) {
        view->holders[i] = (struct place_holder){rows[i].account, colleague_name(people, count, rows[i].account),
                                                 colleague_name(people, count, rows[i].given_by), rows[i].since};
        view->mine |= rows[i].account == r->who->account;
    }
    return OK;
}

static bool in_charge(const struct place_charge_view *view, int64_t account)
{
    for (size_t i = 0; i < view->count; i++) {
        if (view->holders[i].account == account)
            return true;
    }
    return false;
}

/* Only who is on the case can be put in charge. */
static enum err charge_read(struct req *r, struct place_charge_view *view)
{
    struct colleague *people;
    struct place_on_case_row *rows;
    size_t people_count;
    size_t count;
    TRY(account_colleagues(r->db, r->arena, r->who, &people, &people_count));
    TRY(read_holders(r, view, people, people_count));
    TRY(place_on_case(
        r->db, r->arena,
        &(struct place_on_case_in){.org = r->org, .case_id = r->case_id, .team = case_of(r)->team, .now = r->now},
        &rows, &count));
    view->people = ARENA_ARRAY(r->arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = colleague_name(people, people_count, rows[i].account);
        if (name[0] != '\0' && !in_charge(view, rows[i].account) && rows[i].account != r->who->account)
            view->people[view->people_count++] = (struct choice){id_text(r->arena, rows[i].account), name, NULL};
    }
    return OK;
}

static enum err charge_show(struct req *r)
{
    struct place_charge_view view = {0};
    TRY(charge_read(r, &view));
    html_place_charge(req_page(r), r, &view);
    return OK;
}

/* The first one takes charge; after that, only who is in charge puts others in charge. */
static enum err charge_check(struct req *r)
{
    struct place_charge_view view = {0};
    bool offered = false;
    TRY(case_must_be_open(r));
    TRY(charge_read(r, &view));
    if (view.count == 0)
        return r->failed ? ERR_INPUT : OK;
    if (!view.mine)
        return ERR_DENIED;
    for (size_t i = 0; i < view.people_count; i++)
        offered |= text_same(view.people[i].value, field_text(r, "account"));
    if (!offered)
        field_fail(r, "account", W_place_account_missing);
    return r->failed ? ERR_INPUT : OK;
}

static enum err charge_change(struct req *r)
{
    struct seal_key key;
    bool mine = false;
    bool anybody = false;
    int64_t account = 0;
    TRY(case_must_be_open(r));
    TRY(place_charge(r, &mine, &anybody));
    if (!anybody) {
        seal_key_new(&key);
        account = r->who->account;
    } else {
        TRY(place_open(r, &key));
        if (!field_id(r, "account", &account))
            return ERR_INPUT;
    }
    enum err given = place_give(r, account, &key);
    seal_wipe(&key, sizeof key);
    TRY(given);
    TRY(req_audit(r, "address.charge", r->case_id, account));
    return req_redirect(r, W_place_charged, "/cases/%s/address/charge", r->params[0]);
}

static enum err leave_check(struct req *r)
{
    struct place_charge_view view = {0};
    int64_t account = 0;
    if (!id_parse(r->params[1], &account))
        return ERR_NOT_FOUND;
    TRY(charge_read(r, &view));
    /* Somebody stays in charge: without a key nobody would ever read the places again. */
    return !in_charge(&view, account) ? ERR_NOT_FOUND : view.count < 2 ? ERR_CONFLICT : OK;
}

static enum err leave_change(struct req *r)
{
    int64_t account = 0;
    TRY(leave_check(r));
    (void)id_parse(r->params[1], &account);
    TRY(place_leave(r, account));
    TRY(req_audit(r, "address.leave", r->case_id, account));
    return req_redirect(r, W_place_left, "/cases/%s/team", r->params[0]);
}

const struct route place_routes[] = {
    {.method = HTTP_GET,
     .path = "/cases/{case}/address",
     .cap = CAP_CASE_READ,
     .part = PART_ADDRESS,
     .scope = place_scope,
     .fields = FIELDS,
     .show = address_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/address",
     .cap = CAP_CASE_WRITE,
     .part = PART_ADDRESS,
     .scope = place_scope,
     .fields = FIELDS,
     .show = address_show,
     .check = case_open_check,
     .change = address_change},
    {.method = HTTP_GET,
     .path = "/cases/{case}/address/charge",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = CHARGE_FIELDS,
     .show = charge_show},
    {.method = HTTP_POST,
     .path = "/cases/{case}/address/charge",
     .cap = CAP_CASE_DECIDE,
     .part = PART_WHOLE,
     .scope = case_scope,
     .fields = CHARGE_FIELDS,
     .fresh = true,
     .show = charge_show,
     .check = charge_check,
     .change = charge_change},
    {.method = HTTP_POST,
     .path = "/cases/{case}/address/charge/{account}/leave",
     .cap = CAP_CASE_WRITE,
     .part = PART_ADDRESS,
     .scope = place_scope,
     .check = leave_check,
     .change = leave_change},
    {0},
};
