#include "platform/seal/seal.h"

#include <sodium.h>
#include <string.h>

/* 64 MiB twice took 107 ms on the machine of DESIGN 9; 19 MiB twice is the least that OWASP recommends. */
enum { PASSES = 2, MEBIBYTES = 64, PASSES_QUICK = 1, MEBIBYTES_QUICK = 8 };

/* A record with more than this was not made here; obeying it would let a changed database stop the server. */
enum { PASSES_MAX = 16, MEBIBYTES_MAX = 1024 };

_Static_assert(SEAL_SALT_SIZE == crypto_pwhash_argon2id_SALTBYTES, "a salt of Argon2id");

void seal_password_new(struct seal_password *out, bool quick)
{
    seal_random(out->salt, sizeof out->salt);
    out->passes = quick ? PASSES_QUICK : PASSES;
    out->mebibytes = quick ? MEBIBYTES_QUICK : MEBIBYTES;
}

enum err seal_password_key(const struct seal_password *how, const char *password, struct seal_key *out)
{
    if (how->passes < 1 || how->passes > PASSES_MAX || how->mebibytes < 1 || how->mebibytes > MEBIBYTES_MAX)
        return err_note(ERR_BROKEN, "a password's record asks for %u passes of %u MiB", how->passes, how->mebibytes);
    struct seal_key key;
    if (crypto_pwhash_argon2id(key.b, sizeof key.b, password, strlen(password), how->salt, how->passes,
                               (size_t)how->mebibytes << 20, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return err_note(ERR_BUSY, "no memory for Argon2id (%u MiB)", how->mebibytes);
    *out = key;
    seal_wipe(&key, sizeof key);
    return OK;
}
