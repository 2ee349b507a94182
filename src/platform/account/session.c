#include "platform/account/factor.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"

#include <sodium.h>
#include <string.h>

enum {
    TOKEN_BYTES = SEAL_KEY_SIZE,
    ATTEMPTS_FREE = 5, /* wrong passwords before waiting begins */
    LOCK_FIRST_SECONDS = 30,
    LOCK_LONGEST_SECONDS = 15 * 60,
    SESSION_HOURS = 12,
    SECOND_STEP_MINUTES = 10, /* between the password and the second factor */
    FRESH_MINUTES = 10,
};

static const char *const STAGES[] = {[SESSION_FULL] = "full", [SESSION_SECOND] = "second", [SESSION_ENROL] = "enrol"};

static bool stage_of(const char *code, enum session_stage *out)
{
    for (unsigned i = 0; i < sizeof STAGES / sizeof *STAGES; i++) {
        if (text_same(STAGES[i], code)) {
            *out = (enum session_stage)i;
            return true;
        }
    }
    return false;
}

/* ---- the keys a session carries, in one piece ---- */

struct bundle_head {
    struct seal_pair own;
    struct seal_key directory;
    struct seal_key search;
    struct team_keys emergency;
    uint64_t team_count;
};

static struct seal_place session_place(int64_t session)
{
    return (struct seal_place){.table = "account_session", .column = "keys", .row = session};
}

static struct bytes bundle_seal(struct arena *arena, const struct seal_key *under, int64_t session,
                                const struct session *who)
{
    size_t teams = who->team_count * sizeof *who->teams;
    uint8_t *plain = arena_alloc(arena, sizeof(struct bundle_head) + teams);
    struct bundle_head head = {.own = who->own,
                               .directory = who->directory,
                               .search = who->search,
                               .emergency = who->emergency,
                               .team_count = who->team_count};
    memcpy(plain, &head, sizeof head);
    if (teams > 0)
        memcpy(plain + sizeof head, who->teams, teams);
    seal_wipe(&head, sizeof head);
    return seal_bytes(arena, under, session_place(session), (struct bytes){plain, sizeof head + teams});
}

static enum err bundle_open(struct arena *arena, const struct seal_key *under, struct bytes sealed, struct session *who)
{
    struct bytes plain;
    TRY(seal_open_bytes(arena, under, session_place(who->id), sealed, &plain));
    struct bundle_head head;
    if (plain.len < sizeof head)
        return ERR_BROKEN;
    memcpy(&head, plain.ptr, sizeof head);
    if (head.team_count > 10000 || plain.len != sizeof head + head.team_count * sizeof *who->teams)
        return ERR_BROKEN;
    who->own = head.own;
    who->directory = head.directory;
    who->search = head.search;
    who->emergency = head.emergency;
    who->team_count = head.team_count;
    who->teams = ARENA_ARRAY(arena, struct team_keys, who->team_count);
    if (who->team_count > 0)
        memcpy(who->teams, plain.ptr + sizeof head, who->team_count * sizeof *who->teams);
    seal_wipe(&head, sizeof head);
    return OK;
}

/* ---- tokens ---- */

static bool token_read(const char *token, struct seal_key *out)
{
    size_t len = 0;
    return token != NULL && strlen(token) == SESSION_TOKEN_TEXT - 1 &&
           sodium_base642bin(out->b, TOKEN_BYTES, token, SESSION_TOKEN_TEXT - 1, NULL, &len, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           len == TOKEN_BYTES;
}

bool account_token_like(const char *token)
{
    struct seal_key key;
    bool like = token_read(token, &key);
    seal_wipe(&key, sizeof key);
    return like;
}

static void token_hash(const struct seal_key *token, uint8_t hash[SEAL_HASH_SIZE])
{
    struct seal_key keyed;
    seal_derive(token, "session token hash", &keyed);
    memcpy(hash, keyed.b, SEAL_HASH_SIZE);
}

static void token_key(const struct seal_key *token, struct seal_key *out)
{
    seal_derive(token, "session keys", out);
}

bool account_token_hash(const char *token, uint8_t hash[SEAL_HASH_SIZE])
{
    struct seal_key key;
    if (!token_read(token, &key))
        return false;
    token_hash(&key, hash);
    seal_wipe(&key, sizeof key);
    return true;
}

/* ---- browsers that are known ---- */

static bool device_hash(const char *token, uint8_t hash[SEAL_HASH_SIZE])
{
    struct seal_key key;
    struct seal_key keyed;
    if (!token_read(token, &key))
        return false;
    seal_derive(&key, "device token hash", &keyed);
    memcpy(hash, keyed.b, SEAL_HASH_SIZE);
    return true;
}

/* A browser that this account was signed in with before counts by itself. */
static enum err device_look(struct db *db, struct arena *arena, struct sign_in *attempt, int64_t account,
                            int64_t *locked_until)
{
    struct account_device_get_row device;
    if (!device_hash(attempt->device_token, attempt->device_hash))
        return OK;
    enum err found = account_device_get(
        db, arena,
        &(struct account_device_get_in){
            .org = attempt->org, .account = account, .token_hash = {attempt->device_hash, sizeof attempt->device_hash}},
        &device);
    if (found == ERR_NOT_FOUND)
        return OK;
    TRY(found);
    attempt->device_known = true;
    *locked_until = device.locked_until;
    return OK;
}

static enum err device_tried(struct db *db, struct arena *arena, const struct sign_in *attempt, bool *still)
{
    struct account_device_get_row device;
    struct bytes hash = {attempt->device_hash, sizeof attempt->device_hash};
    TRY(account_device_get(
        db, arena,
        &(struct account_device_get_in){.org = attempt->org, .account = attempt->account, .token_hash = hash},
        &device));
    *still = *still && device.locked_until <= attempt->now;
    if (!*still)
        return OK;
    int64_t failed = attempt->opened ? 0 : device.failed + 1;
    return account_device_tried(
        db, &(struct account_device_tried_in){.org = attempt->org,
                                              .account = attempt->account,
                                              .token_hash = hash,
                                              .failed = failed,
                                              .locked_until = account_locked_until(failed, attempt->now)});
}

enum err account_device_known(struct db *db, struct arena *arena, int64_t org, int64_t account, const char *had,
                              int64_t now, char token[SESSION_TOKEN_TEXT], bool *first)
{
    struct seal_key key;
    struct account_device_get_row device;
    uint8_t hash[SEAL_HASH_SIZE];
    if (!token_read(had, &key))
        seal_key_new(&key);
    sodium_bin2base64(token, SESSION_TOKEN_TEXT, key.b, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    (void)device_hash(token, hash);
    enum err found = account_device_get(
        db, arena, &(struct account_device_get_in){.org = org, .account = account, .token_hash = {hash, sizeof hash}},
        &device);
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    *first = found == ERR_NOT_FOUND;
    return account_device_seen(db, &(struct account_device_seen_in){
                                       .org = org, .account = account, .token_hash = {hash, sizeof hash}, .at = now});
}

enum err account_devices_forget(struct db *db, int64_t org, int64_t account, const char *kept)
{
    uint8_t hash[SEAL_HASH_SIZE];
    size_t gone = 0;
    if (!device_hash(kept, hash))
        return account_device_forget_all(db, &(struct account_device_forget_all_in){.org = org, .account = account},
                                         &gone);
    return account_device_forget_others(
        db,
        &(struct account_device_forget_others_in){.org = org, .account = account, .token_hash = {hash, sizeof hash}},
        &gone);
}

/* ---- signing in ---- */

enum err account_sign_in_look(struct db *db, struct arena *arena, struct sign_in *attempt)
{
    struct account_user_by_login_row user = {0};
    enum err found = account_user_by_login(
        db, arena,
        &(struct account_user_by_login_in){.org = attempt->org, .login = attempt->login, .now = attempt->now}, &user);
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    int64_t locked = user.locked_until;
    if (found == OK)
        TRY(device_look(db, arena, attempt, user.id, &locked));
    attempt->known = found == OK && locked <= attempt->now && user.password.len == sizeof attempt->how;
    seal_password_new(&attempt->how, false);
    if (!attempt->known)
        return OK;
    attempt->account = user.id;
    attempt->keys_version = user.keys_version;
    attempt->secret = user.secret;
    attempt->directory = user.directory;
    attempt->language = user.language;
    attempt->factors = user.factors > 0;
    attempt->factor_required = user.second_required;
    attempt->previous_at = user.last_sign_in_at;
    memcpy(&attempt->how, user.password.ptr, sizeof attempt->how);
    memcpy(attempt->pair.public_half.b, user.public.ptr, SEAL_KEY_SIZE);
    return OK;
}

enum err account_sign_in_open(struct sign_in *attempt)
{
    struct seal_key under;
    TRY(seal_password_key(&attempt->how, attempt->password, &under));
    attempt->opened = attempt->known && seal_unwrap(&under, account_place("secret", attempt->account), attempt->secret,
                                                    &attempt->pair.secret_half) == OK;
    seal_wipe(&under, sizeof under);
    if (attempt->opened && !seal_pair_fits(&attempt->pair))
        return err_note(ERR_BROKEN, "the public half of an account was exchanged in the data");
    return OK;
}

/* After the free attempts each further one doubles the wait. */
int64_t account_locked_until(int64_t failed, int64_t now)
{
    if (failed < ATTEMPTS_FREE)
        return 0;
    int64_t seconds = LOCK_FIRST_SECONDS;
    for (int64_t i = ATTEMPTS_FREE; i < failed && seconds < LOCK_LONGEST_SECONDS; i++)
        seconds *= 2;
    return now + (seconds < LOCK_LONGEST_SECONDS ? seconds : LOCK_LONGEST_SECONDS) * 1000;
}

static bool same_bytes(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

enum err account_tried(struct db *db, struct arena *arena, const struct sign_in *attempt, bool *opened)
{
    struct account_user_by_id_row user;
    if (!attempt->known) {
        *opened = false;
        return OK;
    }
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = attempt->org, .id = attempt->account},
                           &user));
    bool still = same_bytes(user.secret, attempt->secret);
    if (attempt->device_known) {
        TRY(device_tried(db, arena, attempt, &still));
        *opened = still && attempt->opened;
        return OK;
    }
    still = still && user.locked_until <= attempt->now;
    int64_t failed = attempt->opened ? 0 : user.failed + 1;
    if (still)
        TRY(account_user_tried(
            db, &(struct account_user_tried_in){.org = attempt->org,
                                                .id = attempt->account,
                                                .failed = failed,
                                                .locked_until = account_locked_until(failed, attempt->now)}));
    *opened = still && attempt->opened;
    return OK;
}

static struct seal_place device_place(int64_t session)
{
    return (struct seal_place){.table = "account_session", .column = "device", .row = session};
}

/* Makes a session with the keys of `who`; the token is for the cookie. */
static enum err session_new(struct db *db, struct arena *arena, struct session *who, int64_t keys_version,
                            struct bytes device, int64_t now, char text[SESSION_TOKEN_TEXT])
{
    struct seal_key token;
    struct seal_key under;
    uint8_t hash[SEAL_HASH_SIZE];
    seal_key_new(&token);
    token_hash(&token, hash);
    token_key(&token, &under);
    sodium_bin2base64(text, SESSION_TOKEN_TEXT, token.b, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    enum err result = account_session_add(db, &(struct account_session_add_in){
                                                  .org = who->org,
                                                  .id = who->id,
                                                  .account = who->account,
                                                  .token_hash = {hash, sizeof hash},
                                                  .keys = bundle_seal(arena, &under, who->id, who),
                                                  .keys_version = keys_version,
                                                  .at = now,
                                                  .stage = STAGES[who->stage],
                                                  .device = device,
                                                  .previous_at = who->previous_at,
                                              });
    seal_wipe(&token, sizeof token);
    seal_wipe(&under, sizeof under);
    return result;
}

/* What an account's sessions page says about where each one is: only the account itself can read it. */
static struct bytes device_seal(struct arena *arena, const struct seal_key *own, int64_t session, const char *words)
{
    struct seal_key under;
    seal_derive(own, "session devices", &under);
    struct bytes sealed = seal_text(arena, &under, device_place(session), words == NULL ? "" : words);
    seal_wipe(&under, sizeof under);
    return sealed;
}

static enum err session_of_attempt(struct db *db, struct arena *arena, struct sign_in *attempt)
{
    struct session who = {.id = id_new(),
                          .org = attempt->org,
                          .account = attempt->account,
                          .own = attempt->pair,
                          .stage = attempt->stage,
                          .previous_at = attempt->previous_at};
    struct bytes directory;
    TRY(seal_open_to(arena, &who.own, attempt->directory, &directory));
    if (directory.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    memcpy(who.directory.b, directory.ptr, SEAL_KEY_SIZE);
    TRY(account_open_teams(db, arena, &who));
    struct bytes device = device_seal(arena, &who.own.secret_half, who.id, attempt->device);
    enum err result = session_new(db, arena, &who, attempt->keys_version, device, attempt->now, attempt->token);
    seal_wipe(&who, sizeof who);
    return result;
}

enum err account_second_finish(struct db *db, struct arena *arena, const struct session *half, const char *device,
                               int64_t now, char token[SESSION_TOKEN_TEXT])
{
    struct account_user_by_id_row user;
    struct session who = *half;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who.org, .id = who.account}, &user));
    TRY(account_session_end(db, &(struct account_session_end_in){.org = who.org, .id = half->id}));
    who.id = id_new();
    who.stage = SESSION_FULL;
    TRY(account_open_teams(db, arena, &who));
    struct bytes sealed = device_seal(arena, &who.own.secret_half, who.id, device);
    enum err result = session_new(db, arena, &who, user.keys_version, sealed, now, token);
    seal_wipe(&who, sizeof who);
    TRY(result);
    return account_user_signed_in(
        db, &(struct account_user_signed_in_in){.org = half->org, .id = half->account, .at = now});
}

enum err account_sign_in_finish(struct db *db, struct arena *arena, struct sign_in *attempt)
{
    TRY(account_tried(db, arena, attempt, &attempt->opened));
    return attempt->opened ? account_session_begin(db, arena, attempt) : OK;
}

enum err account_session_begin(struct db *db, struct arena *arena, struct sign_in *attempt)
{
    attempt->stage = attempt->factors ? SESSION_SECOND : attempt->factor_required ? SESSION_ENROL : SESSION_FULL;
    TRY(session_of_attempt(db, arena, attempt));
    if (attempt->stage == SESSION_SECOND)
        return OK;
    return account_user_signed_in(
        db, &(struct account_user_signed_in_in){.org = attempt->org, .id = attempt->account, .at = attempt->now});
}

/* ---- sessions ---- */

enum err account_session_open(struct db *db, struct arena *arena, int64_t org, const char *token, int64_t now,
                              int idle_minutes, struct session **out)
{
    struct seal_key key;
    struct seal_key under;
    uint8_t hash[SEAL_HASH_SIZE];
    if (!token_read(token, &key))
        return ERR_SIGNED_OUT;
    token_hash(&key, hash);
    token_key(&key, &under);
    seal_wipe(&key, sizeof key);
    struct account_session_by_token_row row;
    enum err found = account_session_by_token(
        db, arena, &(struct account_session_by_token_in){.org = org, .token_hash = {hash, sizeof hash}, .now = now},
        &row);
    if (found != OK)
        return found == ERR_NOT_FOUND ? ERR_SIGNED_OUT : found;
    if (row.created_at + SESSION_HOURS * HOUR_MS < now || row.seen_at + idle_minutes * MINUTE_MS < now)
        return ERR_SIGNED_OUT;
    struct session *who = ARENA_NEW(arena, struct session);
    if (!stage_of(row.stage, &who->stage))
        return ERR_BROKEN;
    if (who->stage == SESSION_SECOND && row.created_at + SECOND_STEP_MINUTES * MINUTE_MS < now)
        return ERR_SIGNED_OUT;
    who->id = row.id;
    who->org = org;
    who->account = row.account;
    who->language = row.language;
    who->factors = row.factors > 0;
    who->given = row.password_until.has;
    who->previous_at = row.previous_at;
    who->created_at = row.created_at;
    who->proved_at = row.proved_at;
    who->seen_at = row.seen_at;
    if (!role_of(row.role, &who->role))
        return ERR_BROKEN;
    TRY(bundle_open(arena, &under, row.keys, who));
    seal_wipe(&under, sizeof under);
    TRY(seal_open_text(arena, &who->directory, account_place("name", who->account), row.name, &who->name));
    who->keys_changed = row.keys_version != row.user_version;
    if (who->keys_changed)
        TRY(account_open_teams(db, arena, who));
    *out = who;
    return OK;
}

enum err account_session_still(struct db *db, struct arena *arena, const struct session *who, int64_t now)
{
    struct account_session_alive_row row;
    enum err found = account_session_alive(
        db, arena, &(struct account_session_alive_in){.org = who->org, .id = who->id, .now = now}, &row);
    return found == ERR_NOT_FOUND ? ERR_SIGNED_OUT : found;
}

bool session_fresh(const struct session *who, int64_t now)
{
    return now - who->proved_at <= FRESH_MINUTES * MINUTE_MS;
}

enum err account_session_refresh(struct db *db, struct arena *arena, const struct session *who, const char *token,
                                 int64_t now)
{
    TRY(account_session_seen(db, &(struct account_session_seen_in){.org = who->org, .id = who->id, .at = now}));
    struct seal_key key;
    if (!who->keys_changed || !token_read(token, &key))
        return OK;
    struct account_user_by_id_row user;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who->org, .id = who->account}, &user));
    struct session newest = *who;
    TRY(account_open_teams(db, arena, &newest));
    struct seal_key under;
    token_key(&key, &under);
    seal_wipe(&key, sizeof key);
    struct bytes sealed = bundle_seal(arena, &under, who->id, &newest);
    seal_wipe(&under, sizeof under);
    seal_wipe(&newest, sizeof newest);
    return account_session_keys(db,
                                &(struct account_session_keys_in){
                                    .org = who->org, .id = who->id, .keys = sealed, .keys_version = user.keys_version});
}

enum err account_sessions(struct db *db, struct arena *arena, const struct session *who, int64_t now, int idle_minutes,
                          struct session_seen **out, size_t *count)
{
    struct account_session_list_row *rows;
    struct seal_key under;
    TRY(account_session_list(db, arena,
                             &(struct account_session_list_in){.org = who->org,
                                                               .account = who->account,
                                                               .created_after = now - SESSION_HOURS * HOUR_MS,
                                                               .seen_after = now - idle_minutes * MINUTE_MS},
                             &rows, count));
    struct session_seen *list = ARENA_ARRAY(arena, struct session_seen, *count);
    seal_derive(&who->own.secret_half, "session devices", &under);
    for (size_t i = 0; i < *count; i++) {
        list[i] = (struct session_seen){.id = rows[i].id,
                                        .created_at = rows[i].created_at,
                                        .seen_at = rows[i].seen_at,
                                        .this_one = rows[i].id == who->id};
        TRY(seal_open_text(arena, &under, device_place(rows[i].id), rows[i].device, &list[i].device));
    }
    seal_wipe(&under, sizeof under);
    *out = list;
    return OK;
}

/* ---- another password ---- */

enum err account_unlock_look(struct db *db, struct arena *arena, const struct session *who, struct sign_in *attempt)
{
    struct account_user_by_id_row user;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who->org, .id = who->account}, &user));
    attempt->org = who->org;
    attempt->login = user.login;
    return account_sign_in_look(db, arena, attempt);
}

enum err account_password_look(struct db *db, struct arena *arena, struct password_change *change)
{
    seal_password_new(&change->new_how, false);
    return account_unlock_look(db, arena, change->who, &change->attempt);
}

enum err account_password_open(struct password_change *change)
{
    TRY(account_sign_in_open(&change->attempt));
    seal_wipe(&change->attempt.pair, sizeof change->attempt.pair);
    return change->attempt.opened ? seal_password_key(&change->new_how, change->new_password, &change->new_key) : OK;
}

enum err account_password_finish(struct db *db, struct arena *arena, struct password_change *change)
{
    const struct session *who = change->who;
    size_t changed = 0;
    size_t ended = 0;
    TRY(account_tried(db, arena, &change->attempt, &change->opened));
    if (!change->opened)
        return OK;
    struct bytes secret = seal_wrap(arena, &change->new_key, account_place("secret", who->account),
                                    &who->own.secret_half);
    seal_wipe(&change->new_key, sizeof change->new_key);
    TRY(account_user_password(db,
                              &(struct account_user_password_in){
                                  .org = who->org,
                                  .id = who->account,
                                  .password = {(const uint8_t *)&change->new_how, sizeof change->new_how},
                                  .secret = secret,
                              },
                              &changed));
    if (changed != 1)
        return ERR_NOT_FOUND;
    return account_session_end_others(
        db, &(struct account_session_end_others_in){.org = who->org, .account = who->account, .id = who->id}, &ended);
}
