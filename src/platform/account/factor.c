#include "platform/account/factor.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/account/internal.h"
#include "platform/account/queries.h"
#include "platform/seal/text.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

enum { TOTP_DIGITS = 6, TOTP_STEP = 30, TOTP_WINDOW = 1, CODE_LETTERS = 16, CODE_GROUP = 4 };

static struct seal_place factor_place(const char *column, int64_t factor)
{
    return (struct seal_place){.table = "account_factor", .column = column, .row = factor};
}

static void factor_key(const struct session *who, struct seal_key *out)
{
    seal_derive(&who->own.secret_half, "second factors", out);
}

/* ---- looking ---- */

enum err account_factors(struct db *db, struct arena *arena, const struct session *who, struct factor_list *out)
{
    struct account_factor_list_row *rows;
    struct account_code_state_row codes;
    struct factor_list list = {0};
    struct seal_key key;
    TRY(account_factor_list(db, arena, &(struct account_factor_list_in){.org = who->org, .account = who->account},
                            &rows, &list.count));
    TRY(account_code_state(db, arena, &(struct account_code_state_in){.org = who->org, .account = who->account},
                           &codes));
    factor_key(who, &key);
    list.items = ARENA_ARRAY(arena, struct factor, list.count);
    for (size_t i = 0; i < list.count; i++) {
        struct factor *factor = &list.items[i];
        *factor = (struct factor){.id = rows[i].id,
                                  .kind = rows[i].kind,
                                  .credential = rows[i].credential,
                                  .site = rows[i].site,
                                  .created_at = rows[i].created_at,
                                  .used_at = rows[i].used_at};
        TRY(seal_open_text(arena, &key, factor_place("name", factor->id), rows[i].name, &factor->name));
    }
    seal_wipe(&key, sizeof key);
    list.codes_made = codes.made;
    list.codes_left = codes.unused;
    *out = list;
    return OK;
}

/* ---- codes that change with the clock ---- */

void account_totp_secret(const struct session *who, const char *seed, uint8_t out[FACTOR_SECRET_SIZE])
{
    struct seal_key key;
    uint8_t hash[SEAL_HASH_SIZE];
    seal_derive(&who->own.secret_half, "totp secrets", &key);
    seal_hash(&key, seed, strlen(seed), hash);
    memcpy(out, hash, FACTOR_SECRET_SIZE);
    seal_wipe(&key, sizeof key);
    seal_wipe(hash, sizeof hash);
}

/* In a library's own memory: copied, wiped, freed. */
const char *account_totp_text(struct arena *arena, const uint8_t secret[FACTOR_SECRET_SIZE])
{
    char *made = NULL;
    size_t len = 0;
    if (oath_base32_encode((const char *)secret, FACTOR_SECRET_SIZE, &made, &len) != OATH_OK)
        BUG("20 bytes have no letters");
    const char *text = arena_text_n(arena, made, len);
    seal_wipe(made, len);
    free(made);
    return text;
}

const char *account_totp_address(struct arena *arena, const uint8_t secret[FACTOR_SECRET_SIZE], const char *login)
{
    return arena_format(arena, "otpauth://totp/Ausma:%s?secret=%s&issuer=Ausma", login,
                        account_totp_text(arena, secret));
}

/* The step of a right code, larger than `after`; false for a wrong or used one. */
static bool totp_right(const uint8_t *secret, size_t len, const char *code, int64_t now, int64_t after, int64_t *step)
{
    uint64_t counter = 0;
    if (strlen(code) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS)
        return false;
    int found = oath_totp_validate3((const char *)secret, len, (time_t)(now / 1000), TOTP_STEP, 0, TOTP_WINDOW, NULL,
                                    &counter, code);
    if (found < 0 || (int64_t)counter <= after)
        return false;
    *step = (int64_t)counter;
    return true;
}

/* ---- printed codes ---- */

static void code_hash(const struct session *who, const char *letters, uint8_t out[SEAL_HASH_SIZE])
{
    struct seal_key key;
    seal_derive(&who->own.secret_half, "printed code hashes", &key);
    seal_hash(&key, letters, CODE_LETTERS, out);
    seal_wipe(&key, sizeof key);
}

/* The codes of a set follow from the account's secret half, so that they need not be kept to be shown. */
static void code_make(const struct session *who, int64_t set, int number, char out[CODE_LETTERS + 1])
{
    struct seal_key key;
    uint8_t hash[SEAL_HASH_SIZE];
    const int64_t what[2] = {set, number};
    seal_derive(&who->own.secret_half, "printed codes", &key);
    seal_hash(&key, what, sizeof what, hash);
    seal_letters(hash, CODE_LETTERS, out);
    seal_wipe(&key, sizeof key);
    seal_wipe(hash, sizeof hash);
}

/* After a factor came: how many there are now. With the first one the other sessions end, for the password alone opened them, and a stolen
 * one may have been that of a thief. */
static enum err factor_came(struct db *db, struct arena *arena, const struct session *who)
{
    struct account_user_by_id_row user;
    size_t ended = 0;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who->org, .id = who->account}, &user));
    TRY(account_user_count_factors(db, &(struct account_user_count_factors_in){.org = who->org, .id = who->account}));
    if (user.factors == 0)
        TRY(account_session_end_others(
            db, &(struct account_session_end_others_in){.org = who->org, .account = who->account, .id = who->id},
            &ended));
    return account_session_enrolled(db, &(struct account_session_enrolled_in){.org = who->org, .id = who->id});
}

enum err account_codes_new(struct db *db, struct arena *arena, const struct session *who, int64_t now, int64_t *set)
{
    size_t gone;
    int64_t id = id_new();
    TRY(account_code_delete_all(db, &(struct account_code_delete_all_in){.org = who->org, .account = who->account},
                                &gone));
    for (int i = 0; i < FACTOR_CODES; i++) {
        char letters[CODE_LETTERS + 1];
        uint8_t hash[SEAL_HASH_SIZE];
        code_make(who, id, i, letters);
        code_hash(who, letters, hash);
        TRY(account_code_add(
            db, &(struct account_code_add_in){
                    .org = who->org, .account = who->account, .hash = {hash, sizeof hash}, .made_as = id, .at = now}));
    }
    TRY(factor_came(db, arena, who));
    *set = id;
    return OK;
}

enum err account_codes_show(struct db *db, struct arena *arena, const struct session *who, int64_t set, int64_t now,
                            const char *out[FACTOR_CODES])
{
    struct account_code_state_row state;
    TRY(account_code_state(db, arena, &(struct account_code_state_in){.org = who->org, .account = who->account},
                           &state));
    if (state.made == 0 || state.made_as != set || state.made_at + FACTOR_CODES_MINUTES * MINUTE_MS < now)
        return ERR_NOT_FOUND;
    for (int i = 0; i < FACTOR_CODES; i++) {
        char letters[CODE_LETTERS + 1];
        code_make(who, set, i, letters);
        out[i] = arena_format(arena, "%.4s-%.4s-%.4s-%.4s", letters, letters + CODE_GROUP, letters + 2 * CODE_GROUP,
                              letters + 3 * CODE_GROUP);
        seal_wipe(letters, sizeof letters);
    }
    return OK;
}

/* ---- trying ---- */

static enum err totp_try(struct db *db, struct arena *arena, const struct session *who,
                         const struct account_factor_list_row *row, const char *code, int64_t now, bool *right)
{
    struct seal_key key;
    struct bytes secret;
    int64_t step = 0;
    size_t changed = 0;
    factor_key(who, &key);
    enum err opened = seal_open_bytes(arena, &key, factor_place("secret", row->id), row->secret, &secret);
    seal_wipe(&key, sizeof key);
    TRY(opened);
    if (!totp_right(secret.ptr, secret.len, code, now, row->counter, &step))
        return OK;
    TRY(account_factor_used(db,
                            &(struct account_factor_used_in){
                                .org = who->org, .account = who->account, .id = row->id, .counter = step, .at = now},
                            &changed));
    *right = changed == 1;
    return OK;
}

static enum err passkey_try(struct db *db, struct arena *arena, const struct session *who,
                            const struct account_factor_list_row *row, const struct factor_answer *answer, int64_t now,
                            bool *right)
{
    struct bytes credential;
    int64_t counter = 0;
    size_t changed = 0;
    if (passkey_bytes(arena, answer->passkey.credential, row->credential.len, &credential) != OK ||
        credential.len != row->credential.len || memcmp(credential.ptr, row->credential.ptr, credential.len) != 0)
        return OK;
    struct passkey key = {.site = row->site,
                          .credential = row->credential,
                          .public_half = row->public,
                          .algorithm = row->algorithm.value,
                          .counter = row->counter};
    enum err answered = passkey_verify(arena, &key, &answer->passkey, answer->challenge, &counter);
    if (answered != OK)
        return answered == ERR_INPUT ? OK : answered;
    TRY(account_factor_used(db,
                            &(struct account_factor_used_in){
                                .org = who->org, .account = who->account, .id = row->id, .counter = counter, .at = now},
                            &changed));
    *right = changed == 1;
    return OK;
}

static enum err any_right(struct db *db, struct arena *arena, const struct session *who,
                          const struct factor_answer *answer, int64_t now, bool *right)
{
    struct account_factor_list_row *rows;
    size_t count;
    char letters[CODE_LETTERS + 1];
    TRY(account_factor_list(db, arena, &(struct account_factor_list_in){.org = who->org, .account = who->account},
                            &rows, &count));
    const char *code = answer->code;
    for (size_t i = 0; i < count && !*right; i++) {
        if (code != NULL && text_same(rows[i].kind, "totp"))
            TRY(totp_try(db, arena, who, &rows[i], code, now, right));
        else if (code == NULL && text_same(rows[i].kind, "passkey"))
            TRY(passkey_try(db, arena, who, &rows[i], answer, now, right));
    }
    if (*right || code == NULL || !seal_letters_read(code, CODE_LETTERS, letters))
        return OK;
    uint8_t hash[SEAL_HASH_SIZE];
    size_t changed = 0;
    code_hash(who, letters, hash);
    TRY(account_code_use(
        db,
        &(struct account_code_use_in){.org = who->org, .account = who->account, .hash = {hash, sizeof hash}, .at = now},
        &changed));
    *right = changed == 1;
    return OK;
}

/* "123 456" as a phone shows it. */
static const char *without_blanks(struct arena *arena, const char *typed)
{
    char *out = arena_text(arena, typed);
    size_t len = 0;
    for (; *typed != '\0'; typed++) {
        if (*typed != ' ')
            out[len++] = *typed;
    }
    out[len] = '\0';
    return out;
}

enum err account_factor_try(struct db *db, struct arena *arena, const struct session *who,
                            const struct factor_answer *answer, int64_t now, bool *right)
{
    struct account_user_by_id_row user;
    struct factor_answer given = *answer;
    bool found = false;
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who->org, .id = who->account}, &user));
    if (user.factor_locked_until > now) {
        *right = false;
        return OK;
    }
    if (given.code != NULL)
        given.code = without_blanks(arena, given.code);
    TRY(any_right(db, arena, who, &given, now, &found));
    int64_t failed = found ? 0 : user.factor_failed + 1;
    TRY(account_user_factor_tried(
        db,
        &(struct account_user_factor_tried_in){
            .org = who->org, .id = who->account, .failed = failed, .locked_until = account_locked_until(failed, now)}));
    *right = found;
    return OK;
}

/* ---- setting up ---- */

static enum err add(struct db *db, struct arena *arena, const struct session *who, struct account_factor_add_in *row,
                    const char *name)
{
    struct seal_key key;
    factor_key(who, &key);
    row->org = who->org;
    row->account = who->account;
    row->name = seal_text(arena, &key, factor_place("name", row->id), name);
    seal_wipe(&key, sizeof key);
    TRY(account_factor_add(db, row));
    return factor_came(db, arena, who);
}

enum err account_totp_add(struct db *db, struct arena *arena, const struct session *who, const char *seed,
                          const char *code, const char *name, int64_t now)
{
    uint8_t secret[FACTOR_SECRET_SIZE];
    struct seal_key key;
    int64_t step = 0;
    account_totp_secret(who, seed, secret);
    if (!totp_right(secret, sizeof secret, without_blanks(arena, code), now, 0, &step)) {
        seal_wipe(secret, sizeof secret);
        return ERR_INPUT;
    }
    struct account_factor_add_in row = {.id = id_new(), .kind = "totp", .counter = step, .at = now};
    factor_key(who, &key);
    row.secret = seal_bytes(arena, &key, factor_place("secret", row.id), (struct bytes){secret, sizeof secret});
    seal_wipe(&key, sizeof key);
    seal_wipe(secret, sizeof secret);
    return add(db, arena, who, &row, name);
}

enum err account_passkey_add(struct db *db, struct arena *arena, const struct session *who, const struct passkey *key,
                             const char *name, int64_t now)
{
    return add(db, arena, who,
               &(struct account_factor_add_in){.id = id_new(),
                                               .kind = "passkey",
                                               .site = key->site,
                                               .credential = key->credential,
                                               .public = key->public_half,
                                               .algorithm = {.has = true, .value = key->algorithm},
                                               .counter = key->counter,
                                               .at = now},
               name);
}

enum err account_factor_remove(struct db *db, struct arena *arena, const struct session *who, int64_t id)
{
    struct account_org_get_row org;
    struct account_user_by_id_row user;
    size_t changed = 0;
    TRY(account_org_get(db, arena, &(struct account_org_get_in){.org = who->org}, &org));
    TRY(account_user_by_id(db, arena, &(struct account_user_by_id_in){.org = who->org, .id = who->account}, &user));
    TRY(account_factor_delete(
        db, &(struct account_factor_delete_in){.org = who->org, .account = who->account, .id = id}, &changed));
    if (changed == 0)
        return ERR_NOT_FOUND;
    if (org.second_required && user.factors <= 1)
        return ERR_DENIED;
    return account_user_count_factors(db, &(struct account_user_count_factors_in){.org = who->org, .id = who->account});
}

enum err account_factors_clear(struct db *db, int64_t org, int64_t account)
{
    size_t gone;
    TRY(account_factor_delete_all(db, &(struct account_factor_delete_all_in){.org = org, .account = account}, &gone));
    TRY(account_code_delete_all(db, &(struct account_code_delete_all_in){.org = org, .account = account}, &gone));
    return account_user_count_factors(db, &(struct account_user_count_factors_in){.org = org, .id = account});
}
