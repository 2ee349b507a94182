/* The key in the database, and what is sealed to it. */
#include "platform/recovery/recovery.h"

#include "base/id.h"
#include "base/text.h"
#include "platform/recovery/queries.h"

#include <string.h>

static const char *const KINDS[] = {
    [RECOVERY_ACCOUNT] = "account",
    [RECOVERY_TEAM] = "team",
    [RECOVERY_ORGANISATION] = "organisation",
};

static enum err public_of(struct bytes bytes, struct seal_key *out)
{
    if (bytes.len != SEAL_KEY_SIZE)
        return err_note(ERR_BROKEN, "recovery: a public half of the wrong size");
    memcpy(out->b, bytes.ptr, SEAL_KEY_SIZE);
    return OK;
}

static struct seal_place share_place(int64_t key)
{
    return (struct seal_place){.table = "recovery_share", .column = "sealed", .row = key};
}

/* ---- making ---- */

/* With a `code`, the shares stay under it until they are taken. */
static enum err shares_add(struct db *db, struct arena *arena, int64_t org, int64_t now,
                           const struct recovery_made *made, const struct seal_key *code)
{
    for (unsigned i = 0; i < made->plan.shares; i++) {
        const struct recovery_share *share = &made->shares[i];
        uint8_t hash[SEAL_HASH_SIZE];
        struct bytes sealed = {0};
        recovery_share_hash(share, hash);
        if (code != NULL)
            sealed = seal_text(arena, code, share_place(made->key), recovery_line(arena, share));
        TRY(recovery_share_add(db, &(struct recovery_share_add_in){.org = org,
                                                                   .key = made->key,
                                                                   .number = share->number,
                                                                   .hash = {hash, sizeof hash},
                                                                   .sealed = sealed,
                                                                   .taken_at = {.has = code == NULL, .value = now}}));
    }
    return OK;
}

static enum err key_make(struct db *db, struct arena *arena, int64_t org, struct recovery_plan plan, int64_t now,
                         const char *state, const struct seal_key *code, struct recovery_made *out)
{
    struct seal_pair pair;
    struct recovery_made made = {.key = id_new(), .plan = plan};
    seal_pair_new(&pair);
    made.public_half = pair.public_half;
    enum err result = recovery_split(&pair, plan, made.shares);
    seal_wipe(&pair, sizeof pair);
    if (result == OK)
        result = recovery_key_add(db, &(struct recovery_key_add_in){.org = org,
                                                                    .id = made.key,
                                                                    .public = {made.public_half.b, SEAL_KEY_SIZE},
                                                                    .needed = plan.needed,
                                                                    .shares = plan.shares,
                                                                    .state = state,
                                                                    .at = now});
    if (result == OK)
        result = shares_add(db, arena, org, now, &made, code);
    if (result == OK)
        *out = made;
    seal_wipe(&made, sizeof made);
    return result;
}

enum err recovery_begin(struct db *db, struct arena *arena, int64_t org, struct recovery_plan plan, int64_t now,
                        struct recovery_made *out)
{
    struct recovery_status status;
    if (!recovery_plan_check(plan))
        return ERR_INPUT;
    TRY(recovery_status(db, arena, org, &status));
    if (status.key != 0)
        return ERR_CONFLICT;
    return key_make(db, arena, org, plan, now, "active", NULL, out);
}

/* ---- what is held ---- */

enum err recovery_hold(struct db *db, struct arena *arena, int64_t org, enum recovery_kind kind, int64_t subject,
                       const void *ptr, size_t len)
{
    struct recovery_key_current_row *keys;
    size_t count;
    TRY(recovery_key_current(db, arena, &(struct recovery_key_current_in){.org = org}, &keys, &count));
    for (size_t i = 0; i < count; i++) {
        struct seal_key to;
        TRY(public_of(keys[i].public, &to));
        TRY(recovery_held_put(db, &(struct recovery_held_put_in){.org = org,
                                                                 .key = keys[i].id,
                                                                 .kind = KINDS[kind],
                                                                 .subject = subject,
                                                                 .sealed = seal_to(arena, &to, ptr, len)}));
    }
    return OK;
}

enum err recovery_open(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                       enum recovery_kind kind, int64_t subject, struct bytes *out)
{
    struct recovery_status status;
    struct recovery_held_get_row held;
    TRY(recovery_status(db, arena, org, &status));
    TRY(recovery_held_get(
        db, arena,
        &(struct recovery_held_get_in){.org = org, .key = status.key, .kind = KINDS[kind], .subject = subject}, &held));
    return seal_open_to(arena, pair, held.sealed, out);
}

enum err recovery_status(struct db *db, struct arena *arena, int64_t org, struct recovery_status *out)
{
    struct recovery_key_current_row *keys;
    size_t count;
    struct recovery_status status = {0};
    TRY(recovery_key_current(db, arena, &(struct recovery_key_current_in){.org = org}, &keys, &count));
    for (size_t i = 0; i < count; i++) {
        struct recovery_plan plan = {.shares = (unsigned)keys[i].shares, .needed = (unsigned)keys[i].needed};
        if (text_same(keys[i].state, "active")) {
            status.key = keys[i].id;
            status.plan = plan;
            status.made_at = keys[i].made_at;
            TRY(public_of(keys[i].public, &status.public_half));
        } else {
            status.pending = keys[i].id;
            status.pending_plan = plan;
        }
    }
    *out = status;
    return OK;
}

enum err recovery_hashes(struct db *db, struct arena *arena, int64_t org,
                         uint8_t hashes[RECOVERY_SHARES_MAX][SEAL_HASH_SIZE], unsigned *count)
{
    struct recovery_status status;
    struct recovery_share_list_row *rows;
    size_t row_count;
    TRY(recovery_status(db, arena, org, &status));
    if (status.key == 0)
        return ERR_NOT_FOUND;
    TRY(recovery_share_list(db, arena, &(struct recovery_share_list_in){.org = org, .key = status.key}, &rows,
                            &row_count));
    for (size_t i = 0; i < row_count; i++) {
        if (i >= RECOVERY_SHARES_MAX || rows[i].number != (int64_t)i + 1 || rows[i].hash.len != SEAL_HASH_SIZE)
            return err_note(ERR_BROKEN, "recovery: shares that were never made");
        memcpy(hashes[i], rows[i].hash.ptr, SEAL_HASH_SIZE);
    }
    *count = (unsigned)row_count;
    return OK;
}

/* A key's successor is the next that came into force. */
enum err recovery_links(struct db *db, struct arena *arena, int64_t org, struct recovery_link **out, size_t *count)
{
    struct recovery_key_list_row *keys; /* the newest first */
    size_t key_count;
    size_t links = 0;
    struct seal_key successor = {0};
    TRY(recovery_key_list(db, arena, &(struct recovery_key_list_in){.org = org}, &keys, &key_count));
    struct recovery_link *list = ARENA_ARRAY(arena, struct recovery_link, key_count);
    for (size_t i = 0; i < key_count; i++) {
        if (text_same(keys[i].state, "pending"))
            continue;
        struct seal_key own;
        TRY(public_of(keys[i].public, &own));
        if (text_same(keys[i].state, "ended") && keys[i].secret.ptr != NULL)
            list[links++] = (struct recovery_link){
                .public_half = own, .successor = successor, .secret = keys[i].secret};
        successor = own;
    }
    *out = list;
    *count = links;
    return OK;
}

/* ---- whose share is it ---- */

static enum err match_number(struct db *db, struct arena *arena, int64_t org, int64_t key,
                             const struct recovery_share *share, enum share_match *out)
{
    struct recovery_share_list_row *rows;
    size_t count;
    uint8_t hash[SEAL_HASH_SIZE];
    recovery_share_hash(share, hash);
    TRY(recovery_share_list(db, arena, &(struct recovery_share_list_in){.org = org, .key = key}, &rows, &count));
    *out = MATCH_WRONG;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number == share->number && rows[i].hash.len == sizeof hash &&
            seal_same(rows[i].hash.ptr, hash, sizeof hash))
            *out = MATCH_FINE;
    }
    return OK;
}

enum err recovery_match(struct db *db, struct arena *arena, int64_t org, const struct recovery_share *share,
                        enum share_match *out)
{
    struct recovery_key_list_row *keys;
    size_t count;
    TRY(recovery_key_list(db, arena, &(struct recovery_key_list_in){.org = org}, &keys, &count));
    for (size_t i = 0; i < count; i++) {
        struct seal_key public_half;
        uint8_t mark[RECOVERY_MARK_SIZE];
        TRY(public_of(keys[i].public, &public_half));
        recovery_mark(&public_half, mark);
        if (memcmp(mark, share->mark, sizeof mark) != 0)
            continue;
        if (text_same(keys[i].state, "active"))
            return match_number(db, arena, org, keys[i].id, share, out);
        *out = MATCH_OLD;
        return OK;
    }
    *out = MATCH_OTHER;
    return OK;
}

/* ---- renewal ---- */

static enum err reseal(struct db *db, struct arena *arena, int64_t org, int64_t from, const struct seal_pair *old,
                       const struct recovery_made *to)
{
    struct recovery_held_list_row *held;
    size_t count;
    TRY(recovery_held_list(db, arena, &(struct recovery_held_list_in){.org = org, .key = from}, &held, &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes plain;
        TRY(seal_open_to(arena, old, held[i].sealed, &plain));
        TRY(recovery_held_put(
            db, &(struct recovery_held_put_in){.org = org,
                                               .key = to->key,
                                               .kind = held[i].kind,
                                               .subject = held[i].subject,
                                               .sealed = seal_to(arena, &to->public_half, plain.ptr, plain.len)}));
    }
    return recovery_key_secret(
        db, &(struct recovery_key_secret_in){
                .org = org,
                .id = from,
                .secret = seal_to(arena, &to->public_half, old->secret_half.b, sizeof old->secret_half.b)});
}

static enum err renew(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *old,
                      struct recovery_plan plan, const struct seal_key *code, int64_t now, struct recovery_made *out)
{
    struct recovery_status status;
    TRY(recovery_status(db, arena, org, &status));
    if (status.key == 0)
        return ERR_NOT_FOUND;
    if (status.pending != 0)
        TRY(recovery_renew_drop(db, org, status.pending));
    TRY(key_make(db, arena, org, plan, now, "pending", code, out));
    return reseal(db, arena, org, status.key, old, out);
}

/* The successor comes into force, and the old key opens nothing any more. */
static enum err renew_end(struct db *db, struct arena *arena, int64_t org, int64_t key, int64_t now)
{
    struct recovery_status status;
    size_t changed = 0;
    TRY(recovery_status(db, arena, org, &status));
    TRY(recovery_held_drop(db, &(struct recovery_held_drop_in){.org = org, .key = status.key}));
    TRY(recovery_key_state(db,
                           &(struct recovery_key_state_in){.org = org,
                                                           .id = status.key,
                                                           .before = "active",
                                                           .after = "ended",
                                                           .ended_at = {.has = true, .value = now}},
                           &changed));
    return recovery_key_state(
        db, &(struct recovery_key_state_in){.org = org, .id = key, .before = "pending", .after = "active"}, &changed);
}

enum err recovery_renew(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *old,
                        struct recovery_plan plan, const struct seal_key *code, int64_t now, int64_t *key)
{
    struct recovery_made made;
    TRY(renew(db, arena, org, old, plan, code, now, &made));
    *key = made.key;
    seal_wipe(&made, sizeof made);
    return OK;
}

enum err recovery_renew_now(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *old,
                            struct recovery_plan plan, int64_t now, struct recovery_made *out)
{
    TRY(renew(db, arena, org, old, plan, NULL, now, out));
    return renew_end(db, arena, org, out->key, now);
}

enum err recovery_handings(struct db *db, struct arena *arena, int64_t org, int64_t key, struct recovery_handing **out,
                           size_t *count)
{
    struct recovery_share_list_row *rows;
    size_t row_count;
    TRY(recovery_share_list(db, arena, &(struct recovery_share_list_in){.org = org, .key = key}, &rows, &row_count));
    struct recovery_handing *list = ARENA_ARRAY(arena, struct recovery_handing, row_count);
    for (size_t i = 0; i < row_count; i++)
        list[i] = (struct recovery_handing){
            .number = (unsigned)rows[i].number, .taken = rows[i].taken_at.has, .sealed = rows[i].sealed};
    *out = list;
    *count = row_count;
    return OK;
}

enum err recovery_handing_open(struct arena *arena, const struct recovery_handing *handing, int64_t key,
                               const struct seal_key *code, struct recovery_share *out)
{
    const char *line;
    unsigned at = 0;
    TRY(seal_open_text(arena, code, share_place(key), handing->sealed, &line));
    return line != NULL && recovery_read(line, out, &at) == SHARE_FINE ? OK : ERR_BROKEN;
}

enum err recovery_handing_taken(struct db *db, struct arena *arena, int64_t org, int64_t key, unsigned number,
                                int64_t now, bool *over)
{
    struct recovery_handing *list;
    size_t count;
    size_t changed = 0;
    bool all = true;
    TRY(recovery_share_take(db, &(struct recovery_share_take_in){.org = org, .key = key, .number = number, .at = now},
                            &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(recovery_handings(db, arena, org, key, &list, &count));
    for (size_t i = 0; i < count; i++)
        all = all && list[i].taken;
    if (all)
        TRY(renew_end(db, arena, org, key, now));
    *over = all;
    return OK;
}

enum err recovery_renew_drop(struct db *db, int64_t org, int64_t key)
{
    TRY(recovery_held_drop(db, &(struct recovery_held_drop_in){.org = org, .key = key}));
    TRY(recovery_share_drop(db, &(struct recovery_share_drop_in){.org = org, .key = key}));
    return recovery_key_drop(db, &(struct recovery_key_drop_in){.org = org, .id = key});
}
