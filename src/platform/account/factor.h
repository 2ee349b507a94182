/* Second factors: what somebody has besides the password. The password opens the account's keys; a second factor guards the
 * server's willingness to make a session of them (docs/ACCOUNTS.md says what that is worth).
 *
 *   totp     a code of 6 digits that changes every 30 seconds (RFC 6238, HMAC-SHA-1, 160 bits; liboath). The secret is sealed
 *            under a key out of the account's secret half: neither a stolen disk nor an administrator has it.
 *   passkey  a key pair in a phone, computer or security key (WebAuthn; libfido2). Only the public half is kept.
 *   codes    ten printed codes of 80 bits, each good for once. Only keyed hashes are kept. */
#ifndef AUSMA_PLATFORM_ACCOUNT_FACTOR_H
#define AUSMA_PLATFORM_ACCOUNT_FACTOR_H

#include "platform/account/account.h"
#include "platform/account/passkey.h"

enum {
    FACTOR_CODES = 10,
    FACTOR_SECRET_SIZE = 20,  /* bytes of a TOTP secret */
    FACTOR_CODES_MINUTES = 10 /* how long newly made codes can be looked at */
};

struct factor {
    int64_t id;
    const char *kind;        /* "totp", "passkey" */
    const char *name;        /* the person's own word for it */
    struct bytes credential; /* of a passkey */
    const char *site;        /* of a passkey: the host it was made for; NULL otherwise */
    int64_t created_at;
    struct maybe used_at;
};
struct factor_list {
    struct factor *items;
    size_t count;
    int64_t codes_made; /* 0: none were ever made */
    int64_t codes_left;
};
MUST_USE enum err account_factors(struct db *db, struct arena *arena, const struct session *who,
                                  struct factor_list *out);

/* ---- trying one ---- */

struct factor_answer {
    const char *code; /* as typed: a TOTP code or a printed one; NULL: a passkey answers */
    struct passkey_answer passkey;
    const char *challenge; /* that the passkey had to answer */
};
/* In a change: is this one of the account's second factors? A code that was used is refused (a TOTP code also when a later one was
 * used), clocks may differ by one step of 30 seconds; wrong answers are counted and lock like wrong passwords do. */
MUST_USE enum err account_factor_try(struct db *db, struct arena *arena, const struct session *who,
                                     const struct factor_answer *answer, int64_t now, bool *right);

/* After the second factor was right: a full session in place of the half one. `token` gets the new cookie's value; `device` as in
 * struct sign_in. */
MUST_USE enum err account_second_finish(struct db *db, struct arena *arena, const struct session *half,
                                        const char *device, int64_t now, char token[SESSION_TOKEN_TEXT]);

/* ---- setting up ---- */

/* The TOTP secret that belongs to `seed` (any text of the form that is being filled in) for this account, so that nothing has to be
 * kept until the first code was right. */
void account_totp_secret(const struct session *who, const char *seed, uint8_t out[FACTOR_SECRET_SIZE]);
/* In letters for typing, and as the address for the QR code. */
const char *account_totp_text(struct arena *arena, const uint8_t secret[FACTOR_SECRET_SIZE]);
const char *account_totp_address(struct arena *arena, const uint8_t secret[FACTOR_SECRET_SIZE], const char *login);

/* In a change. ERR_INPUT: the code is not the secret's. */
MUST_USE enum err account_totp_add(struct db *db, struct arena *arena, const struct session *who, const char *seed,
                                   const char *code, const char *name, int64_t now);
/* ERR_CONFLICT: this passkey is there already. */
MUST_USE enum err account_passkey_add(struct db *db, struct arena *arena, const struct session *who,
                                      const struct passkey *key, const char *name, int64_t now);
/* ERR_NOT_FOUND: not there. ERR_DENIED: the organisation wants a second factor and this is the last one. */
MUST_USE enum err account_factor_remove(struct db *db, struct arena *arena, const struct session *who, int64_t id);

/* Ten new codes in place of all earlier ones. */
MUST_USE enum err account_codes_new(struct db *db, struct arena *arena, const struct session *who, int64_t now,
                                    int64_t *set);
/* The codes of a set made in the last FACTOR_CODES_MINUTES. ERR_NOT_FOUND: not the present set, or too old. */
MUST_USE enum err account_codes_show(struct db *db, struct arena *arena, const struct session *who, int64_t set,
                                     int64_t now, const char *out[FACTOR_CODES]);

/* Takes all second factors from an account, for one that has lost them; by an administrator. */
MUST_USE enum err account_factors_clear(struct db *db, int64_t org, int64_t account);

#endif
