/* Passkeys (WebAuthn level 2), the server's half: libfido2 reads authenticator data and verifies signatures; here stands what the
 * client's data must say. Attestation is not asked for: any device will do. The person must have been verified by the device
 * (finger, face or its PIN). */
#ifndef AUSMA_PLATFORM_ACCOUNT_PASSKEY_H
#define AUSMA_PLATFORM_ACCOUNT_PASSKEY_H

#include "base/arena.h"

#include <stdbool.h>

struct passkey {
    const char *site; /* the host it was made for (the relying party's id): "ausma.example.lv" */
    struct bytes credential;
    struct bytes public_half; /* as libfido2 has it */
    int64_t algorithm;        /* COSE: -7 ES256, -8 EdDSA, -257 RS256 */
    int64_t counter;          /* of signatures; 0: the device does not count */
};

/* What the browser answered, as the form brought it: base64url without padding. */
struct passkey_answer {
    const char *credential;    /* the credential's id */
    const char *client;        /* clientDataJSON */
    const char *authenticator; /* authenticator data */
    const char *signature;     /* "" when a key is made */
};

/* The host of a Host header ("ausma.example.lv:8443") in small letters; NULL when passkeys cannot be made for it (an address in
 * numbers, or nothing sensible). */
const char *passkey_site(struct arena *arena, const char *host);

/* A new passkey out of the answer to `challenge` (base64url). ERR_INPUT: anything wrong with it. */
MUST_USE enum err passkey_read(struct arena *arena, const struct passkey_answer *answer, const char *challenge,
                               const char *site, struct passkey *out);

/* Did this passkey answer `challenge`? ERR_INPUT: no. `counter` gets its new count; a device that counts and did not count on may be
 * a copy and is refused. */
MUST_USE enum err passkey_verify(struct arena *arena, const struct passkey *key, const struct passkey_answer *answer,
                                 const char *challenge, int64_t *counter);

/* Base64url without padding. ERR_INPUT when it is not, or is longer than `max` bytes. */
MUST_USE enum err passkey_bytes(struct arena *arena, const char *text, size_t max, struct bytes *out);
const char *passkey_text(struct arena *arena, struct bytes bytes);

#endif
