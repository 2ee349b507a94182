#include "platform/account/invite.h"

#include "base/id.h"
#include "base/text.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"
#include "platform/seal/text.h"

#include <string.h>

enum { GROUP = 4 };

static struct seal_place invite_place(const char *column, int64_t invite)
{
    return (struct seal_place){.table = "account_invite", .column = column, .row = invite};
}

/* ---- the code ---- */

const char *account_invite_code(struct arena *arena, const struct session *maker, int64_t id)
{
    struct seal_key key;
    uint8_t hash[SEAL_HASH_SIZE];
    char letters[INVITE_CODE_LETTERS + 1];
    char code[INVITE_CODE_LETTERS + INVITE_CODE_LETTERS / GROUP];
    size_t len = 0;
    seal_derive(&maker->own.secret_half, "invitation codes", &key);
    seal_hash(&key, &id, sizeof id, hash);
    seal_letters(hash, INVITE_CODE_LETTERS, letters);
    for (size_t i = 0; i < INVITE_CODE_LETTERS; i++) {
        if (i > 0 && i % GROUP == 0)
            code[len++] = '-';
        code[len++] = letters[i];
    }
    code[len] = '\0';
    seal_wipe(&key, sizeof key);
    seal_wipe(hash, sizeof hash);
    seal_wipe(letters, sizeof letters);
    return arena_text(arena, code);
}

/* The letters of a code without what stands between them, as a key; false when it is no code. */
static bool code_key(const char *typed, struct seal_key *out)
{
    char letters[INVITE_CODE_LETTERS + 1];
    if (!seal_letters_read(typed, INVITE_CODE_LETTERS, letters))
        return false;
    seal_hash(NULL, letters, INVITE_CODE_LETTERS, out->b);
    seal_wipe(letters, sizeof letters);
    return true;
}

struct code_keys {
    uint8_t hash[SEAL_HASH_SIZE];
    struct seal_key under;
};

static bool code_read(const char *typed, struct code_keys *out)
{
    struct seal_key code;
    struct seal_key hash;
    if (!code_key(typed, &code))
        return false;
    seal_derive(&code, "invitation hash", &hash);
    seal_derive(&code, "invitation keys", &out->under);
    memcpy(out->hash, hash.b, sizeof out->hash);
    seal_wipe(&code, sizeof code);
    return true;
}

/* ---- making ---- */

/* The directory key, then the teams. */
static struct bytes bundle(struct arena *arena, const struct session *who, const struct invite_new *invite)
{
    size_t size = sizeof who->directory + invite->team_count * sizeof(struct team_keys);
    uint8_t *plain = arena_alloc(arena, size);
    memcpy(plain, &who->directory, sizeof who->directory);
    for (size_t i = 0; i < invite->team_count; i++)
        memcpy(plain + sizeof who->directory + i * sizeof(struct team_keys), invite->teams[i],
               sizeof(struct team_keys));
    return (struct bytes){plain, size};
}

static enum err login_free(struct db *db, struct arena *arena, int64_t org, const char *login, int64_t now)
{
    struct account_login_taken_row taken;
    struct account_invite_pending_login_row pending;
    TRY(account_login_taken(db, arena, &(struct account_login_taken_in){.org = org, .login = login}, &taken));
    TRY(account_invite_pending_login(
        db, arena, &(struct account_invite_pending_login_in){.org = org, .login = login, .now = now}, &pending));
    return taken.found + pending.found == 0 ? OK : ERR_CONFLICT;
}

enum err account_invite_add(struct db *db, struct arena *arena, const struct session *who,
                            const struct invite_new *invite, int64_t now, int64_t *id)
{
    struct code_keys keys;
    int64_t made = id_new();
    TRY(login_free(db, arena, who->org, invite->login, now));
    if (!code_read(account_invite_code(arena, who, made), &keys))
        BUG("an invitation's code cannot be read");
    struct bytes plain = bundle(arena, who, invite);
    enum err result = account_invite_add_row(
        db, &(struct account_invite_add_row_in){
                .org = who->org,
                .id = made,
                .token_hash = {keys.hash, sizeof keys.hash},
                .login = invite->login,
                .name = seal_text(arena, &who->directory, invite_place("name", made), invite->name),
                .role = role_code(invite->role),
                .language = invite->language,
                .valid_until = invite->valid_until,
                .keys = seal_bytes(arena, &keys.under, invite_place("keys", made), plain),
                .teams = (int64_t)invite->team_count,
                .made_by = who->account,
                .at = now,
                .expires_at = invite->expires_at,
            });
    seal_wipe(&keys, sizeof keys);
    TRY(result);
    *id = made;
    return OK;
}

/* ---- opening and accepting ---- */

static enum err unbundle(struct arena *arena, struct bytes plain, struct invite *out)
{
    if (plain.len < sizeof out->directory || (plain.len - sizeof out->directory) % sizeof *out->teams != 0)
        return ERR_BROKEN;
    memcpy(&out->directory, plain.ptr, sizeof out->directory);
    out->team_count = (plain.len - sizeof out->directory) / sizeof *out->teams;
    out->teams = ARENA_ARRAY(arena, struct team_keys, out->team_count);
    if (out->team_count > 0)
        memcpy(out->teams, plain.ptr + sizeof out->directory, out->team_count * sizeof *out->teams);
    return OK;
}

enum err account_invite_open(struct db *db, struct arena *arena, int64_t org, const char *code, int64_t now,
                             struct invite **out)
{
    struct code_keys keys;
    struct account_invite_by_token_row row;
    struct bytes plain;
    if (!code_read(code, &keys))
        return ERR_NOT_FOUND;
    TRY(account_invite_by_token(
        db, arena, &(struct account_invite_by_token_in){.org = org, .token_hash = {keys.hash, sizeof keys.hash}},
        &row));
    if (row.ended_at.has || row.expires_at <= now)
        return ERR_STALE;
    struct invite *invite = ARENA_NEW(arena, struct invite);
    *invite = (struct invite){.id = row.id,
                              .login = row.login,
                              .language = row.language,
                              .valid_until = row.valid_until,
                              .made_by = row.made_by};
    if (!role_of(row.role, &invite->role))
        return ERR_BROKEN;
    enum err opened = seal_open_bytes(arena, &keys.under, invite_place("keys", row.id), row.keys, &plain);
    seal_wipe(&keys, sizeof keys);
    TRY(opened);
    TRY(unbundle(arena, plain, invite));
    TRY(seal_open_text(arena, &invite->directory, invite_place("name", row.id), row.name, &invite->name));
    *out = invite;
    return OK;
}

enum err account_invite_prepare(struct invite_accept *accept)
{
    seal_password_new(&accept->how, accept->quick);
    return seal_password_key(&accept->how, accept->password, &accept->under);
}

/* Keys that were changed since the invitation was made are of no use: a colleague lets the newcomer in. */
static enum err join(struct db *db, struct arena *arena, int64_t org, int64_t account, const struct seal_pair *pair,
                     const struct team_keys *keys)
{
    struct account_team_get_row team;
    enum err found = account_team_get(db, arena, &(struct account_team_get_in){.org = org, .id = keys->team}, &team);
    if (found == ERR_NOT_FOUND ||
        (found == OK && memcmp(team.public.ptr, keys->pair.public_half.b, SEAL_KEY_SIZE) != 0))
        return OK;
    TRY(found);
    return account_join(db, arena, org, account, &pair->public_half, keys);
}

static enum err sign_in_new(struct db *db, struct arena *arena, struct invite_accept *accept,
                            const struct invite *invite, const struct seal_pair *pair)
{
    struct account_org_get_row org;
    struct account_user_by_id_row user;
    TRY(account_org_get(db, arena, &(struct account_org_get_in){.org = accept->org}, &org));
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = accept->org, .id = accept->account},
                           &user));
    struct sign_in attempt = {.org = accept->org,
                              .login = invite->login,
                              .device = accept->device,
                              .now = accept->now,
                              .opened = true,
                              .account = accept->account,
                              .keys_version = user.keys_version,
                              .directory = user.directory,
                              .pair = *pair,
                              .factor_required = org.second_required};
    TRY(account_session_begin(db, arena, &attempt));
    memcpy(accept->token, attempt.token, sizeof accept->token);
    seal_wipe(&attempt.pair, sizeof attempt.pair);
    return OK;
}

enum err account_invite_accept(struct db *db, struct arena *arena, struct invite_accept *accept)
{
    struct invite *invite;
    struct seal_pair pair;
    size_t changed = 0;
    TRY(account_invite_open(db, arena, accept->org, accept->code, accept->now, &invite));
    TRY(account_add(db, arena, accept->org, &invite->directory,
                    &(struct account_new){.login = invite->login,
                                          .password = accept->password,
                                          .name = invite->name,
                                          .role = invite->role,
                                          .language = invite->language,
                                          .valid_until = invite->valid_until,
                                          .how = &accept->how,
                                          .under = &accept->under},
                    accept->now, &accept->account, &pair));
    seal_wipe(&accept->under, sizeof accept->under);
    for (size_t i = 0; i < invite->team_count; i++)
        TRY(join(db, arena, accept->org, accept->account, &pair, &invite->teams[i]));
    TRY(account_invite_end(db,
                           &(struct account_invite_end_in){.org = accept->org,
                                                           .id = invite->id,
                                                           .at = accept->now,
                                                           .how = "accepted",
                                                           .account = {.has = true, .value = accept->account}},
                           &changed));
    if (changed != 1)
        return ERR_STALE;
    enum err result = sign_in_new(db, arena, accept, invite, &pair);
    seal_wipe(&pair, sizeof pair);
    seal_wipe(invite->teams, invite->team_count * sizeof *invite->teams);
    return result;
}
