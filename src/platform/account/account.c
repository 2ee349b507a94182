#include "platform/account/account.h"

#include "base/id.h"
#include "base/text.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"

#include <stdlib.h>
#include <string.h>

static const char *const ROLE_CODES[ROLE_COUNT] = {
    [ROLE_CASE_MANAGER] = "case_manager",
    [ROLE_TEAM_MEMBER] = "team_member",
    [ROLE_INTAKE] = "intake",
    [ROLE_PROGRAMME_MANAGER] = "programme_manager",
    [ROLE_ADMINISTRATOR] = "administrator",
    [ROLE_AUDITOR] = "auditor",
    [ROLE_OUTSIDE_SPECIALIST] = "outside_specialist",
};

const char *role_code(enum role role)
{
    return ROLE_CODES[role];
}

bool role_of(const char *code, enum role *out)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        if (text_same(ROLE_CODES[i], code)) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

const struct team_keys *session_team(const struct session *who, int64_t team)
{
    for (size_t i = 0; i < who->team_count; i++) {
        if (who->teams[i].team == team)
            return &who->teams[i];
    }
    return NULL;
}

enum err session_open_key(struct arena *arena, const struct session *who, int64_t team, struct bytes sealed,
                          struct seal_key *out)
{
    const struct team_keys *keys = session_team(who, team);
    struct bytes plain;
    if (keys == NULL)
        return ERR_NOT_FOUND;
    TRY(team_open_to(arena, keys, sealed, &plain));
    if (plain.len != sizeof out->b)
        return ERR_BROKEN;
    memcpy(out->b, plain.ptr, sizeof out->b);
    return OK;
}

struct seal_place account_place(const char *column, int64_t account)
{
    return (struct seal_place){.table = "account_user", .column = column, .row = account};
}

enum err account_found(struct db *db, const char *name, int64_t now, struct founding *out)
{
    struct founding founding = {.org = id_new()};
    seal_key_new(&founding.directory);
    seal_key_new(&founding.search);
    TRY(account_org_add(db, &(struct account_org_add_in){.org = founding.org, .name = name, .at = now}));
    *out = founding;
    return OK;
}

enum err account_recovery_begin(struct db *db, struct arena *arena, const struct founding *founding,
                                struct recovery_plan plan, int64_t now, struct recovery_made *out)
{
    struct seal_key both[] = {founding->directory, founding->search};
    TRY(recovery_begin(db, arena, founding->org, plan, now, out));
    enum err result = recovery_hold(db, arena, founding->org, RECOVERY_ORGANISATION, founding->org, both, sizeof both);
    seal_wipe(both, sizeof both);
    return result;
}

bool account_login_check(const char *login)
{
    size_t len = strlen(login);
    return len >= 2 && len <= 60 && strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == len;
}

enum err account_add(struct db *db, struct arena *arena, int64_t org, const struct seal_key *directory,
                     const struct account_new *account, int64_t now, int64_t *id, struct seal_pair *pair)
{
    if (!account_login_check(account->login) || !account_password_check(account->password))
        return ERR_INPUT;
    int64_t new_id = id_new();
    struct seal_pair own;
    struct seal_key under;
    struct seal_password how;
    seal_pair_new(&own);
    if (account->under != NULL) {
        how = *account->how;
        under = *account->under;
    } else {
        seal_password_new(&how, account->quick);
        TRY(seal_password_key(&how, account->password, &under));
    }
    enum err result = account_user_add(
        db, &(struct account_user_add_in){
                .org = org,
                .id = new_id,
                .login = account->login,
                .name = seal_text(arena, directory, account_place("name", new_id), account->name),
                .role = role_code(account->role),
                .language = account->language,
                .password = {(const uint8_t *)&how, sizeof how},
                .secret = seal_wrap(arena, &under, account_place("secret", new_id), &own.secret_half),
                .public = {own.public_half.b, SEAL_KEY_SIZE},
                .directory = seal_to(arena, &own.public_half, directory->b, SEAL_KEY_SIZE),
                .at = now,
                .valid_until = account->valid_until,
            });
    if (result == OK)
        result = recovery_hold(db, arena, org, RECOVERY_ACCOUNT, new_id, own.secret_half.b, SEAL_KEY_SIZE);
    if (result == OK) {
        *id = new_id;
        if (pair != NULL)
            *pair = own;
    }
    seal_wipe(&own, sizeof own);
    seal_wipe(&under, sizeof under);
    return result;
}

struct seal_place account_search_place(int64_t team)
{
    return (struct seal_place){.table = "account_team", .column = "search", .row = team};
}

/* Both keys of a team as members and the recovery key hold them. */
static void team_both(const struct team_keys *keys, uint8_t both[2 * SEAL_KEY_SIZE])
{
    memcpy(both, keys->key.b, SEAL_KEY_SIZE);
    memcpy(both + SEAL_KEY_SIZE, keys->pair.secret_half.b, SEAL_KEY_SIZE);
}

enum err account_team_hold(struct db *db, struct arena *arena, int64_t org, const struct team_keys *keys)
{
    uint8_t both[2 * SEAL_KEY_SIZE];
    team_both(keys, both);
    enum err result = recovery_hold(db, arena, org, RECOVERY_TEAM, keys->team, both, sizeof both);
    seal_wipe(both, sizeof both);
    return result;
}

static enum err team_new(struct db *db, struct arena *arena, int64_t org, const struct seal_key *search,
                         const char *name, bool intake, bool emergency, struct team_keys *out)
{
    struct team_keys keys = {.team = id_new(), .intake = intake};
    seal_key_new(&keys.key);
    seal_pair_new(&keys.pair);
    TRY(account_team_add(db, &(struct account_team_add_in){
                                 .org = org,
                                 .id = keys.team,
                                 .name = name,
                                 .intake = intake,
                                 .emergency = emergency,
                                 .public = {keys.pair.public_half.b, SEAL_KEY_SIZE},
                                 .search = seal_wrap(arena, &keys.key, account_search_place(keys.team), search),
                             }));
    TRY(account_team_hold(db, arena, org, &keys));
    *out = keys;
    return OK;
}

enum err account_team_new(struct db *db, struct arena *arena, int64_t org, const struct seal_key *search,
                          const char *name, bool intake, struct team_keys *out)
{
    return team_new(db, arena, org, search, name, intake, false, out);
}

enum err account_emergency_new(struct db *db, struct arena *arena, const struct founding *founding,
                               struct team_keys *out)
{
    return team_new(db, arena, founding->org, &founding->search, "", false, true, out);
}

enum err account_join_emergency(struct db *db, struct arena *arena, int64_t org, int64_t account, enum role role,
                                const struct seal_key *account_public, const struct team_keys *emergency)
{
    if (role != ROLE_CASE_MANAGER || emergency->team == 0)
        return OK;
    return account_join(db, arena, org, account, account_public, emergency);
}

struct bytes account_team_box(struct arena *arena, const struct seal_key *public_half, const struct team_keys *keys)
{
    uint8_t both[2 * SEAL_KEY_SIZE];
    team_both(keys, both);
    struct bytes sealed = seal_to(arena, public_half, both, sizeof both);
    seal_wipe(both, sizeof both);
    return sealed;
}

enum err account_join(struct db *db, struct arena *arena, int64_t org, int64_t account,
                      const struct seal_key *account_public, const struct team_keys *keys)
{
    struct bytes sealed = account_team_box(arena, account_public, keys);
    TRY(account_member_add(
        db, &(struct account_member_add_in){.org = org, .account = account, .team = keys->team, .keys = sealed}));
    TRY(account_lost_drop(db, &(struct account_lost_drop_in){.org = org, .account = account, .team = keys->team}));
    return account_user_keys_changed(db, &(struct account_user_keys_changed_in){.org = org, .id = account});
}

/* Opens one membership; the search key comes with it. */
static enum err open_team(struct arena *arena, const struct seal_pair *own, const struct account_member_teams_row *row,
                          struct team_keys *out, struct seal_key *search)
{
    struct bytes both;
    TRY(seal_open_to(arena, own, row->keys, &both));
    if (both.len != 2 * SEAL_KEY_SIZE || row->public.len != SEAL_KEY_SIZE)
        return ERR_BROKEN;
    out->team = row->team;
    out->intake = row->intake;
    memcpy(out->key.b, both.ptr, SEAL_KEY_SIZE);
    memcpy(out->pair.secret_half.b, both.ptr + SEAL_KEY_SIZE, SEAL_KEY_SIZE);
    memcpy(out->pair.public_half.b, row->public.ptr, SEAL_KEY_SIZE);
    if (!seal_pair_fits(&out->pair))
        return err_note(ERR_BROKEN, "the public half of a team was exchanged in the data");
    out->rotate = row->rotate;
    out->roots = row->roots;
    TRY(account_open_old(arena, row->old, out));
    return seal_unwrap(&out->key, account_search_place(row->team), row->search, search);
}

enum err account_open_teams(struct db *db, struct arena *arena, struct session *who)
{
    struct account_member_teams_row *rows;
    size_t count;
    TRY(account_member_teams(db, arena, &(struct account_member_teams_in){.org = who->org, .account = who->account},
                             &rows, &count));
    who->teams = ARENA_ARRAY(arena, struct team_keys, count);
    who->team_count = 0;
    who->emergency = (struct team_keys){0};
    for (size_t i = 0; i < count; i++) {
        struct team_keys *keys = rows[i].emergency ? &who->emergency : &who->teams[who->team_count++];
        TRY(open_team(arena, &who->own, &rows[i], keys, &who->search));
    }
    return OK;
}

static int by_name(const void *a, const void *b)
{
    const struct colleague *left = a;
    const struct colleague *right = b;
    return strcmp(left->name, right->name);
}

enum err account_colleagues(struct db *db, struct arena *arena, const struct session *who, struct colleague **out,
                            size_t *count)
{
    struct account_user_list_row *rows;
    size_t row_count;
    TRY(account_user_list(db, arena, &(struct account_user_list_in){.org = who->org}, &rows, &row_count));
    struct colleague *list = ARENA_ARRAY(arena, struct colleague, row_count);
    size_t kept = 0;
    for (size_t i = 0; i < row_count; i++) {
        struct colleague *person = &list[kept];
        if (rows[i].left_at.has || !role_of(rows[i].role, &person->role))
            continue;
        person->id = rows[i].id;
        TRY(seal_open_text(arena, &who->directory, account_place("name", person->id), rows[i].name, &person->name));
        kept++;
    }
    if (kept > 0)
        qsort(list, kept, sizeof *list, by_name);
    *out = list;
    *count = kept;
    return OK;
}

const char *colleague_name(const struct colleague *list, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id)
            return list[i].name;
    }
    return "";
}
