#include "case/record/keys.h"

#include "case/record/queries.h"
#include "case/record/record.h"
#include "case/record/views.h"

#include <string.h>

/* How a holder's keys lie in record_key.wrapped, by its first byte. FORM_TEAM is the root under the team's key and nothing else, as
 * lists open many of them. FORM_LOST is a byte alone, which opens nothing. The others hold a `grant_plain`: FORM_OWN under a key of the holder's own, FORM_BOX to a public half. */
enum { FORM_LOST = 1, FORM_TEAM = 2, FORM_OWN = 3, FORM_BOX = 4 };

/* Until when, for which case (a box is bound to nothing else), which parts, then the root or the parts' keys in their order. */
struct grant_plain {
    int64_t until; /* 0: no end */
    int64_t case_id;
    uint64_t parts;
    struct seal_key keys[PART_COUNT];
};
enum { GRANT_HEAD = offsetof(struct grant_plain, keys) };

static struct seal_place key_place(int64_t case_id)
{
    return (struct seal_place){.table = "record_key", .column = "wrapped", .row = case_id};
}

static struct seal_place past_place(int64_t case_id)
{
    return (struct seal_place){.table = "record_past", .column = "wrapped", .row = case_id};
}

struct seal_place record_name_place(int64_t case_id)
{
    return (struct seal_place){.table = "record_case", .column = "pseudonym", .row = case_id};
}

/* ---- deriving ---- */

static void part_key(const struct seal_key *root, enum case_part part, struct seal_key *out)
{
    static const char *const purposes[PART_COUNT] = {
        [PART_BASICS] = "case part basics",   [PART_PERSON] = "case part person",
        [PART_CONSENT] = "case part consent", [PART_SAFETY] = "case part safety",
        [PART_NEEDS] = "case part needs",     [PART_PSYCHOSOCIAL] = "case part psychosocial",
        [PART_LEGAL] = "case part legal",     [PART_SERVICES] = "case part services",
        [PART_PLAN] = "case part plan",       [PART_CONFERENCE] = "case part conference",
    };
    seal_derive(root, purposes[part], out);
}

void case_keys_of_root(const struct seal_key *root, struct case_keys *out)
{
    out->past = NULL;
    out->parts = PARTS_WHOLE;
    out->root = *root;
    for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++)
        part_key(root, (enum case_part)part, &out->part[part]);
}

bool case_keys_whole(const struct case_keys *keys)
{
    return keys->parts == PARTS_WHOLE;
}

void record_own_key(const struct session *who, struct seal_key *out)
{
    seal_derive(&who->own.secret_half, "case keys", out);
}

/* ---- opening what a holder has ---- */

static enum err grant_read(int64_t now, int64_t case_id, struct bytes plain, struct case_keys *out)
{
    struct grant_plain grant = {0};
    if (plain.len < GRANT_HEAD || plain.len > sizeof grant)
        return ERR_BROKEN;
    memcpy(&grant, plain.ptr, plain.len);
    size_t count = (plain.len - GRANT_HEAD) / SEAL_KEY_SIZE;
    enum err result = OK;
    if (grant.case_id != case_id || count == 0)
        result = ERR_BROKEN;
    else if (grant.until != 0 && grant.until <= now)
        result = ERR_NOT_FOUND;
    else if (grant.parts == PARTS_WHOLE)
        case_keys_of_root(&grant.keys[0], out);
    else {
        size_t next = 0;
        out->past = NULL;
        out->parts = 0;
        for (unsigned part = PART_BASICS; part < PART_ADDRESS && next < count; part++) {
            if ((grant.parts & PART_BIT(part)) == 0)
                continue;
            out->part[part] = grant.keys[next++];
            out->parts |= PART_BIT(part);
        }
    }
    seal_wipe(&grant, sizeof grant);
    return result;
}

static enum err open_own(struct req *r, int64_t case_id, struct bytes wrapped, struct case_keys *out)
{
    struct bytes plain;
    struct bytes inner = {wrapped.ptr + 1, wrapped.len - 1};
    struct seal_key under;
    enum err opened;
    if (wrapped.ptr[0] == FORM_OWN) {
        record_own_key(r->who, &under);
        opened = seal_open_bytes(r->arena, &under, key_place(case_id), inner, &plain);
        seal_wipe(&under, sizeof under);
    } else {
        opened = seal_open_to(r->arena, &r->who->own, inner, &plain);
    }
    /* Given to the keys that the account had before it was reset: a colleague gives it again on the page of the case team. */
    if (opened == ERR_BROKEN)
        return ERR_NOT_FOUND;
    return opened == OK ? grant_read(r->now, case_id, plain, out) : opened;
}

/* A team's: the root, under the team's key or sealed to the team. */
enum err record_open_team(struct arena *arena, int64_t now, const struct team_keys *team, int64_t case_id,
                          struct bytes wrapped, struct seal_key *root)
{
    if (wrapped.len < 2)
        return ERR_BROKEN;
    if (wrapped.ptr[0] == FORM_TEAM)
        return team_unwrap(team, key_place(case_id), wrapped, root);
    struct bytes plain;
    struct case_keys keys = {0};
    TRY(team_open_to(arena, team, (struct bytes){wrapped.ptr + 1, wrapped.len - 1}, &plain));
    TRY(grant_read(now, case_id, plain, &keys));
    *root = keys.root;
    seal_wipe(&keys, sizeof keys);
    return OK;
}

/* Cases that this person must never see are few; they are read once for a request. */
static enum err must_not_see(struct req *r, int64_t case_id, bool *out)
{
    if (r->shut == NULL) {
        struct record_shut_of_row *rows;
        size_t count;
        TRY(record_shut_of(r->db, r->arena, &(struct record_shut_of_in){.org = r->org, .account = r->who->account},
                           &rows, &count));
        int64_t *shut = ARENA_ARRAY(r->arena, int64_t, count + 1);
        for (size_t i = 0; i < count; i++)
            shut[i] = rows[i].case_id;
        shut[count] = 0;
        r->shut = shut;
    }
    *out = false;
    for (const int64_t *at = r->shut; *at != 0; at++)
        *out |= *at == case_id;
    return OK;
}

enum err record_open_keys(struct req *r, int64_t holder, int64_t case_id, struct bytes wrapped, struct case_keys *out)
{
    const struct team_keys *team = session_team(r->who, holder);
    bool shut = false;
    if (team == NULL && holder != r->who->account)
        return ERR_NOT_FOUND;
    if (wrapped.len == LOST_SIZE && team == NULL) /* a colleague gives it again on the page of the case team */
        return ERR_NOT_FOUND;
    if (wrapped.len < 2)
        return ERR_BROKEN;
    TRY(must_not_see(r, case_id, &shut));
    if (shut)
        return ERR_NOT_FOUND;
    if (team == NULL)
        return open_own(r, case_id, wrapped, out);
    struct seal_key root;
    TRY(record_open_team(r->arena, r->now, team, case_id, wrapped, &root));
    case_keys_of_root(&root, out);
    seal_wipe(&root, sizeof root);
    return OK;
}

enum err record_open_emergency(struct req *r, int64_t case_id, struct bytes wrapped, struct case_keys *out)
{
    struct bytes plain;
    bool shut = false;
    if (r->who->emergency.team == 0)
        return ERR_NOT_FOUND;
    if (wrapped.len < 2 || (wrapped.ptr[0] != FORM_BOX && wrapped.ptr[0] != FORM_TEAM))
        return ERR_BROKEN;
    TRY(must_not_see(r, case_id, &shut));
    if (shut)
        return ERR_NOT_FOUND;
    if (wrapped.ptr[0] == FORM_TEAM) {
        struct seal_key root;
        TRY(team_unwrap(&r->who->emergency, key_place(case_id), wrapped, &root));
        case_keys_of_root(&root, out);
        seal_wipe(&root, sizeof root);
        return OK;
    }
    TRY(team_open_to(r->arena, &r->who->emergency, (struct bytes){wrapped.ptr + 1, wrapped.len - 1}, &plain));
    return grant_read(r->now, case_id, plain, out);
}

/* The name alone, out of a team's row: only one part's key is derived. */
static enum err open_team_name(struct req *r, const struct team_keys *team, const struct name_sealed *of,
                               const char **out)
{
    struct seal_key root;
    struct seal_key basics;
    TRY(record_open_team(r->arena, r->now, team, of->case_id, of->wrapped, &root));
    part_key(&root, PART_BASICS, &basics);
    seal_wipe(&root, sizeof root);
    enum err result = seal_open_text(r->arena, &basics, record_name_place(of->case_id), of->pseudonym, out);
    seal_wipe(&basics, sizeof basics);
    return result;
}

enum err record_open_name(struct req *r, int64_t holder, int64_t case_id, struct bytes wrapped, struct bytes pseudonym,
                          const char **out)
{
    const struct team_keys *team = session_team(r->who, holder);
    struct name_sealed of = {case_id, wrapped, pseudonym};
    if (team == NULL || wrapped.len < 2) {
        struct case_keys keys;
        TRY(record_open_keys(r, holder, case_id, wrapped, &keys));
        enum err result = seal_open_text(r->arena, &keys.part[PART_BASICS], record_name_place(case_id), pseudonym, out);
        seal_wipe(&keys, sizeof keys);
        return result;
    }
    bool shut = false;
    TRY(must_not_see(r, case_id, &shut));
    if (shut)
        return ERR_NOT_FOUND;
    if (wrapped.ptr[0] != FORM_TEAM)
        return open_team_name(r, team, &of, out);
    const char *known = names_known(r, &of);
    if (known != NULL) {
        *out = known;
        return OK;
    }
    TRY(open_team_name(r, team, &of, out));
    if (*out != NULL)
        names_keep(r, &of, *out);
    return OK;
}

/* ---- values ---- */

/* Back along the chain of earlier keys of this part: each lies wrapped under the one that came after it. */
static enum err past_read(struct db *db, struct arena *arena, const struct seal_key *newest,
                          const struct case_value *value, struct case_past *past)
{
    struct record_past_list_row *rows;
    size_t count;
    struct seal_key key = *newest;
    TRY(record_past_list(
        db, arena, &(struct record_past_list_in){.org = value->org, .case_id = value->case_id, .part = value->part},
        &rows, &count));
    past->keys[value->part] = ARENA_ARRAY(arena, struct seal_key, count);
    for (size_t i = 0; i < count && seal_unwrap(&key, past_place(value->case_id), rows[i].wrapped, &key) == OK; i++)
        past->keys[value->part][past->count[value->part]++] = key;
    past->read[value->part] = true;
    seal_wipe(&key, sizeof key);
    return OK;
}

static enum err open_by_past(struct db *db, struct arena *arena, const struct case_keys *keys,
                             const struct case_value *value, struct bytes sealed, struct bytes *out)
{
    struct case_past once = {0};
    struct case_past *past = keys->past == NULL ? &once : keys->past;
    enum err result = ERR_BROKEN;
    if (!past->read[value->part])
        TRY(past_read(db, arena, &keys->part[value->part], value, past));
    for (size_t i = 0; i < past->count[value->part] && result == ERR_BROKEN; i++)
        result = seal_open_bytes(arena, &past->keys[value->part][i], value->place, sealed, out);
    return result;
}

enum err record_open_bytes(struct db *db, struct arena *arena, const struct case_keys *keys,
                           const struct case_value *value, struct bytes sealed, struct bytes *out)
{
    if ((keys->parts & PART_BIT(value->part)) == 0)
        return ERR_NOT_FOUND;
    enum err result = seal_open_bytes(arena, &keys->part[value->part], value->place, sealed, out);
    return result == ERR_BROKEN ? open_by_past(db, arena, keys, value, sealed, out) : result;
}

enum err record_open_text(struct db *db, struct arena *arena, const struct case_keys *keys,
                          const struct case_value *value, struct bytes sealed, const char **out)
{
    struct bytes plain = {NULL, 0};
    if (sealed.len > 0)
        TRY(record_open_bytes(db, arena, keys, value, sealed, &plain));
    *out = (const char *)plain.ptr;
    return OK;
}

static struct case_value value_of(const struct req *r, enum case_part part, struct seal_place place)
{
    return (struct case_value){.org = r->org, .case_id = r->case_id, .part = part, .place = place};
}

enum err case_open_text(struct req *r, enum case_part part, struct seal_place place, struct bytes sealed,
                        const char **out)
{
    struct case_value value = value_of(r, part, place);
    return record_open_text(r->db, r->arena, &case_of(r)->keys, &value, sealed, out);
}

enum err case_open_bytes(struct req *r, enum case_part part, struct seal_place place, struct bytes sealed,
                         struct bytes *out)
{
    struct case_value value = value_of(r, part, place);
    return record_open_bytes(r->db, r->arena, &case_of(r)->keys, &value, sealed, out);
}

static const struct seal_key *key_for(const struct req *r, enum case_part part)
{
    const struct case_keys *keys = &case_of(r)->keys;
    if ((keys->parts & PART_BIT(part)) == 0)
        BUG("sealing a part of a case without its key");
    return &keys->part[part];
}

struct bytes case_seal_text(struct req *r, enum case_part part, struct seal_place place, const char *text)
{
    return seal_text(r->arena, key_for(r, part), place, text);
}

struct bytes case_seal_or_none(struct req *r, enum case_part part, struct seal_place place, const char *text)
{
    return text == NULL || text[0] == '\0' ? (struct bytes){0} : case_seal_text(r, part, place, text);
}

struct bytes case_seal_bytes(struct req *r, enum case_part part, struct seal_place place, struct bytes plain)
{
    return seal_bytes(r->arena, key_for(r, part), place, plain);
}

/* ---- giving ---- */

static size_t grant_write(const struct record_grant *grant, const struct case_keys *keys, struct grant_plain *out)
{
    size_t count = 0;
    *out = (struct grant_plain){.until = maybe_or_zero(grant->until), .case_id = grant->case_id, .parts = grant->parts};
    if (grant->parts == PARTS_WHOLE) {
        out->keys[count++] = keys->root;
    } else {
        for (unsigned part = PART_BASICS; part < PART_ADDRESS; part++)
            if ((grant->parts & PART_BIT(part)) != 0)
                out->keys[count++] = keys->part[part];
    }
    return GRANT_HEAD + count * SEAL_KEY_SIZE;
}

static enum err row_add(struct db *db, const struct record_grant *grant, struct bytes wrapped)
{
    return record_key_add(db, &(struct record_key_add_in){.org = grant->org,
                                                          .holder = grant->holder,
                                                          .case_id = grant->case_id,
                                                          .via = grant->via,
                                                          .role = grant->role,
                                                          .parts = grant->parts,
                                                          .since = grant->since,
                                                          .until = grant->until,
                                                          .given_by = grant->given_by,
                                                          .wrapped = wrapped});
}

static enum err key_row_add(struct db *db, struct arena *arena, const struct record_grant *grant, uint8_t form,
                            struct bytes inner)
{
    uint8_t *wrapped = arena_alloc(arena, inner.len + 1);
    wrapped[0] = form;
    memcpy(wrapped + 1, inner.ptr, inner.len);
    return row_add(db, grant, (struct bytes){wrapped, inner.len + 1});
}

enum err record_give_own(struct db *db, struct arena *arena, const struct record_grant *grant,
                         const struct case_keys *keys, const struct seal_key *under)
{
    struct grant_plain plain;
    size_t len = grant_write(grant, keys, &plain);
    struct bytes sealed = seal_bytes(arena, under, key_place(grant->case_id), (struct bytes){(uint8_t *)&plain, len});
    seal_wipe(&plain, sizeof plain);
    return key_row_add(db, arena, grant, FORM_OWN, sealed);
}

enum err record_give_box(struct db *db, struct arena *arena, const struct record_grant *grant,
                         const struct case_keys *keys, const struct seal_key *public_half)
{
    struct grant_plain plain;
    size_t len = grant_write(grant, keys, &plain);
    struct bytes sealed = seal_to(arena, public_half, &plain, len);
    seal_wipe(&plain, sizeof plain);
    return key_row_add(db, arena, grant, FORM_BOX, sealed);
}

struct bytes record_nothing(void)
{
    static const uint8_t lost[LOST_SIZE] = {FORM_LOST};
    return (struct bytes){lost, sizeof lost};
}

enum err record_give_nothing(struct db *db, const struct record_grant *grant)
{
    return row_add(db, grant, record_nothing());
}

/* A team's row: the root alone. */
enum err record_give_team(struct db *db, struct arena *arena, const struct record_grant *grant,
                          const struct case_keys *keys, const struct seal_key *team_key)
{
    struct bytes wrapped = seal_wrap(arena, team_key, key_place(grant->case_id), &keys->root);
    return record_key_add(db, &(struct record_key_add_in){.org = grant->org,
                                                          .holder = grant->holder,
                                                          .case_id = grant->case_id,
                                                          .via = grant->via,
                                                          .parts = PARTS_WHOLE,
                                                          .since = grant->since,
                                                          .given_by = grant->given_by,
                                                          .wrapped = wrapped});
}

struct seal_place record_past_place(int64_t case_id)
{
    return past_place(case_id);
}

/* ---- when a team's keys change ---- */

/* One row that still lies under the earlier keys; false when it lies under the new ones already. */
static enum err rewrap(struct arena *arena, const struct team_keys *team, int64_t case_id, struct bytes wrapped,
                       struct bytes *out, bool *changed)
{
    struct bytes inner = {wrapped.ptr + 1, wrapped.len - 1};
    struct bytes plain;
    struct seal_key root;
    if (wrapped.len < 2)
        return ERR_BROKEN;
    *changed = false;
    if (wrapped.ptr[0] == FORM_TEAM) {
        if (seal_unwrap(&team->key, key_place(case_id), wrapped, &root) == OK)
            return OK;
        TRY(seal_unwrap(&team->old_key, key_place(case_id), wrapped, &root));
        *out = seal_wrap(arena, &team->key, key_place(case_id), &root);
        seal_wipe(&root, sizeof root);
    } else {
        if (seal_open_to(arena, &team->pair, inner, &plain) == OK)
            return OK;
        TRY(seal_open_to(arena, &team->old_pair, inner, &plain));
        struct bytes box = seal_to(arena, &team->pair.public_half, plain.ptr, plain.len);
        uint8_t *bytes = arena_alloc(arena, box.len + 1);
        bytes[0] = wrapped.ptr[0];
        memcpy(bytes + 1, box.ptr, box.len);
        *out = (struct bytes){bytes, box.len + 1};
    }
    *changed = true;
    return OK;
}

enum err record_rewrap(struct db *db, struct arena *arena, int64_t org, const struct team_keys *team,
                       struct rewrap *step)
{
    struct record_key_of_holder_row *rows;
    size_t count;
    TRY(record_key_of_holder(
        db, arena,
        &(struct record_key_of_holder_in){.org = org, .holder = team->team, .after = step->after, .limit = step->limit},
        &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes wrapped;
        bool changed = false;
        TRY(rewrap(arena, team, rows[i].case_id, rows[i].wrapped, &wrapped, &changed));
        if (changed)
            TRY(record_key_rewrap(db, &(struct record_key_rewrap_in){.org = org,
                                                                     .case_id = rows[i].case_id,
                                                                     .holder = team->team,
                                                                     .via = rows[i].via,
                                                                     .wrapped = wrapped}));
        step->changed += changed;
        step->after = rows[i].case_id;
    }
    step->seen = count;
    return OK;
}
