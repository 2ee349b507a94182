/* The page of the recovery key, and beginning a ceremony. */
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/queries.h"
#include "steer/ceremony/internal.h"
#include "steer/ceremony/templates.h"
#include "steer/ceremony/views.h"

#include <string.h>

enum { LINES_MOST = 20 };

/* The page has three forms; each route needs the fields of its own. */
#define FIELDS(access, team, renew)                                                                             \
    {                                                                                                           \
        {.name = "person", .kind = FIELD_ID, .required = (access), .missing = W_ceremony_person_missing},       \
            {.name = "factors", .kind = FIELD_YES},                                                             \
            {.name = "team", .kind = FIELD_ID, .required = (team), .missing = W_ceremony_team_missing},         \
            {.name = "receiver", .kind = FIELD_ID, .required = (team), .missing = W_ceremony_receiver_missing}, \
            {.name = "shares",                                                                                  \
             .kind = FIELD_INT,                                                                                 \
             .min = RECOVERY_NEEDED_MIN,                                                                        \
             .max = RECOVERY_SHARES_MAX,                                                                        \
             .required = (renew)},                                                                              \
            {.name = "needed",                                                                                  \
             .kind = FIELD_INT,                                                                                 \
             .min = RECOVERY_NEEDED_MIN,                                                                        \
             .max = RECOVERY_SHARES_MAX,                                                                        \
             .required = (renew)},                                                                              \
            {0},                                                                                                \
    }

const struct field_rule CEREMONY_BEGIN_FIELDS[] = FIELDS(true, true, true);
const struct field_rule CEREMONY_ACCESS_FIELDS[] = FIELDS(true, false, false);
const struct field_rule CEREMONY_TEAM_FIELDS[] = FIELDS(false, true, false);
const struct field_rule CEREMONY_RENEW_FIELDS[] = FIELDS(false, false, true);

/* ---- the page ---- */

static void choices_of(struct req *r, const struct ceremony_names *names, struct recovery_view *view)
{
    view->people = ARENA_ARRAY(r->arena, struct choice, names->people_count);
    view->receivers = ARENA_ARRAY(r->arena, struct choice, names->people_count);
    for (size_t i = 0; i < names->people_count; i++) {
        struct choice one = {id_text(r->arena, names->people[i].id), names->people[i].name, NULL};
        view->people[view->people_count++] = one;
        if (ceremony_may_receive(names->people[i].role))
            view->receivers[view->receiver_count++] = one;
    }
    view->teams = ARENA_ARRAY(r->arena, struct choice, names->team_count);
    for (size_t i = 0; i < names->team_count; i++)
        view->teams[view->team_count++] = (struct choice){id_text(r->arena, names->teams[i].id), names->teams[i].name,
                                                          NULL};
}

static enum err lines_of(struct req *r, const struct ceremony_names *names, struct recovery_view *view)
{
    struct ceremony_list_row *rows;
    TRY(ceremony_list(r->db, r->arena, &(struct ceremony_list_in){.org = r->org, .limit = LINES_MOST}, &rows,
                      &view->count));
    view->lines = ARENA_ARRAY(r->arena, struct ceremony_line, view->count);
    for (size_t i = 0; i < view->count; i++) {
        bool going = text_same(rows[i].state, "open") || text_same(rows[i].state, "handing");
        bool over = going && rows[i].expires_at <= r->now;
        view->lines[i] = (struct ceremony_line){
            .id = rows[i].id,
            .begun_at = rows[i].begun_at,
            .what = ceremony_words(r, names, rows[i].purpose, rows[i].subject, rows[i].receiver),
            .state = over ? "stopped" : rows[i].state,
            .who = rows[i].begun_by.has ? colleague_name(names->people, names->people_count, rows[i].begun_by.value)
                                        : word(r->language, W_ceremony_terminal)};
    }
    return OK;
}

static enum err going_on(struct req *r, int64_t *out)
{
    struct ceremony_going_on_row *rows;
    size_t count;
    TRY(ceremony_going_on(r->db, r->arena, &(struct ceremony_going_on_in){.org = r->org, .now = r->now}, &rows,
                          &count));
    *out = count == 0 ? 0 : rows[0].id;
    return OK;
}

enum err recovery_show(struct req *r)
{
    struct recovery_view view = {0};
    struct ceremony_names names;
    TRY(ceremony_names(r, &names));
    TRY(recovery_status(r->db, r->arena, r->org, &view.key));
    TRY(going_on(r, &view.going_on));
    field_start(r, "shares", arena_format(r->arena, "%u", view.key.plan.shares));
    field_start(r, "needed", arena_format(r->arena, "%u", view.key.plan.needed));
    choices_of(r, &names, &view);
    TRY(lines_of(r, &names, &view));
    html_recovery_page(req_page(r), r, &view);
    return OK;
}

/* ---- beginning ---- */

static bool known_person(const struct ceremony_names *names, int64_t id)
{
    for (size_t i = 0; i < names->people_count; i++) {
        if (names->people[i].id == id)
            return true;
    }
    return false;
}

/* What all ceremonies need: a key, none that goes on, and not too many a day. */
static enum err common_check(struct req *r, struct ceremony_aim *aim)
{
    struct recovery_status key;
    struct ceremony_begun_since_row today;
    int64_t other = 0;
    if (r->failed)
        return ERR_INPUT;
    TRY(recovery_status(r->db, r->arena, r->org, &key));
    TRY(going_on(r, &other));
    TRY(ceremony_begun_since(r->db, r->arena,
                             &(struct ceremony_begun_since_in){.org = r->org, .since = r->now - DAY_MS}, &today));
    if (key.key == 0 || other != 0)
        return ERR_CONFLICT;
    if (today.begun >= CEREMONY_A_DAY)
        return ERR_BUSY;
    r->data = aim;
    return OK;
}

enum err access_check(struct req *r)
{
    struct ceremony_names names;
    struct ceremony_aim *aim = ARENA_NEW(r->arena, struct ceremony_aim);
    aim->purpose = "access";
    aim->factors = field_yes(r, "factors");
    TRY(ceremony_names(r, &names));
    if (!field_id(r, "person", &aim->account) || !known_person(&names, aim->account))
        field_fail(r, "person", W_ceremony_person_missing);
    else if (aim->account == r->who->account)
        field_fail(r, "person", W_ceremony_person_self);
    return common_check(r, aim);
}

enum err team_check(struct req *r)
{
    struct ceremony_names names;
    struct ceremony_aim *aim = ARENA_NEW(r->arena, struct ceremony_aim);
    aim->purpose = "team";
    TRY(ceremony_names(r, &names));
    if (!field_id(r, "team", &aim->team) || team_name(&names, aim->team)[0] == '\0')
        field_fail(r, "team", W_ceremony_team_missing);
    if (!field_id(r, "receiver", &aim->account) || !known_person(&names, aim->account))
        field_fail(r, "receiver", W_ceremony_receiver_missing);
    for (size_t i = 0; i < names.people_count && !r->failed; i++) {
        const struct colleague *person = &names.people[i];
        if (person->id == aim->account && !ceremony_may_receive(person->role))
            field_fail(r, "receiver", W_ceremony_receiver_role);
    }
    return common_check(r, aim);
}

enum err renew_check(struct req *r)
{
    struct ceremony_aim *aim = ARENA_NEW(r->arena, struct ceremony_aim);
    int64_t shares = 0;
    int64_t needed = 0;
    aim->purpose = "renew";
    bool both = field_int(r, "shares", &shares) && field_int(r, "needed", &needed);
    aim->plan = (struct recovery_plan){.shares = (unsigned)shares, .needed = (unsigned)needed};
    if (!both || !recovery_plan_check(aim->plan))
        field_fail(r, "needed", W_ceremony_plan_wrong);
    return common_check(r, aim);
}

static enum err add_ceremony(struct req *r, const struct ceremony_aim *aim, int64_t id, const char *code)
{
    struct seal_key hash;
    struct seal_key key;
    if (!code_read(code, &hash, &key))
        return ERR_BROKEN;
    seal_wipe(&key, sizeof key);
    struct ceremony_add_in row = ceremony_row(r->org, id, aim);
    row.state = "open";
    row.begun_by = (struct maybe){.has = true, .value = r->who->account};
    row.at = r->now;
    row.expires_at = r->now + CEREMONY_MINUTES * MINUTE_MS;
    row.code_hash = arena_bytes(r->arena, hash.b, sizeof hash.b);
    row.code = seal_to(r->arena, &r->who->own.public_half, code, strlen(code));
    return ceremony_add(r->db, &row);
}

enum err begin_change(struct req *r)
{
    int64_t other = 0;
    int64_t id = id_new();
    TRY(going_on(r, &other));
    if (other != 0)
        return ERR_STALE;
    TRY(ceremony_tidy(r->db, r->arena, r->org, r->now));
    TRY(add_ceremony(r, r->data, id, recovery_phrase(r->arena, CEREMONY_CODE_WORDS)));
    TRY(req_audit(r, "recovery.begin", 0, id));
    return req_redirect(r, W_ceremony_begun, "/recovery/%s", id_text(r->arena, id));
}
