/* How the chain is reckoned. Everything is BLAKE2b-256 over text that somebody can write down with an editor. */
#include "platform/audit/internal.h"

#include <sodium.h>
#include <string.h>

void audit_hash(const void *ptr, size_t len, uint8_t out[AUDIT_HASH_SIZE])
{
    (void)crypto_generichash(out, AUDIT_HASH_SIZE, ptr, len, NULL, 0);
}

void audit_chain(const uint8_t before[AUDIT_HASH_SIZE], const uint8_t digest[AUDIT_HASH_SIZE],
                 uint8_t out[AUDIT_HASH_SIZE])
{
    uint8_t both[2 * AUDIT_HASH_SIZE];
    memcpy(both, before, AUDIT_HASH_SIZE);
    memcpy(both + AUDIT_HASH_SIZE, digest, AUDIT_HASH_SIZE);
    audit_hash(both, sizeof both, out);
}

static void line(crypto_generichash_state *state, const char *text)
{
    (void)crypto_generichash_update(state, (const uint8_t *)text, strlen(text));
    (void)crypto_generichash_update(state, (const uint8_t *)"\n", 1);
}

static void line_int(crypto_generichash_state *state, bool has, int64_t value)
{
    char digits[24] = "";
    if (has)
        (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    line(state, digits);
}

void audit_digest(const struct audit_link *link, uint8_t out[AUDIT_HASH_SIZE])
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, AUDIT_HASH_SIZE);
    line(&state, "audit 1");
    line_int(&state, true, link->org);
    line_int(&state, true, link->number);
    line_int(&state, true, link->at);
    line_int(&state, link->account.has, link->account.value);
    line(&state, link->act);
    line_int(&state, link->case_id.has, link->case_id.value);
    line_int(&state, link->case_number.has, link->case_number.value);
    line_int(&state, link->subject.has, link->subject.value);
    (void)crypto_generichash_update(&state, (const uint8_t *)link->changes, strlen(link->changes));
    (void)crypto_generichash_final(&state, out, AUDIT_HASH_SIZE);
}

void audit_entry_digest(int64_t org, const struct audit_entry_after_row *row, uint8_t out[AUDIT_HASH_SIZE])
{
    audit_digest(&(struct audit_link){.org = org,
                                      .number = row->number,
                                      .at = row->at,
                                      .account = row->account,
                                      .case_id = row->case_id,
                                      .case_number = row->case_number,
                                      .subject = row->subject,
                                      .act = row->act,
                                      .changes = row->changes},
                 out);
}
