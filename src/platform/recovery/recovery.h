/* The organisation's recovery key: the last way in when passwords are forgotten or people are gone (DESIGN 5).
 *
 * An X25519 pair. The public half lies in the database, and all account secrets and team keys are sealed to it. The secret half is
 * split into shares (Shamir's scheme, libgfshare), printed, and wiped: `needed` of `shares` people together have it again.
 *
 * A share on paper is 25 words of five letters in five rows of five. 16 bits are one word: consonant, vowel, consonant, vowel,
 * consonant out of bdfghjklmnprstvz (4 bits each) and aiou (2 bits each), the highest bits first. Four words of a row hold
 * 8 bytes, the fifth is a check: the first 16 bits of BLAKE2b-256 over row number (1 byte), the 8 bytes of the first row, the
 * 8 bytes of this row. The 40 bytes are: 1 version (1), 1 number, 1 how many are needed, 5 the key's mark (the first bytes of
 * BLAKE2b-256 of the public half), 32 the part. */
#ifndef AUSMA_PLATFORM_RECOVERY_RECOVERY_H
#define AUSMA_PLATFORM_RECOVERY_RECOVERY_H

#include "base/arena.h"
#include "platform/seal/seal.h"
#include "platform/store/store.h"

#include <stdbool.h>

enum {
    RECOVERY_SHARES_MAX = 15,
    RECOVERY_NEEDED_MIN = 2,
    RECOVERY_MARK_SIZE = 5,
    RECOVERY_ROWS = 5,
    RECOVERY_ROW_WORDS = 5,
    RECOVERY_TEXT_MAX = 2000, /* bytes of what somebody types as a share; longer is wrong */
};

/* Into how many shares, and how many of them open. */
struct recovery_plan {
    unsigned shares, needed;
};
#define RECOVERY_PLAN_USUAL ((struct recovery_plan){.shares = 5, .needed = 3})
/* 2 <= needed <= shares <= RECOVERY_SHARES_MAX */
bool recovery_plan_check(struct recovery_plan plan);

struct recovery_share {
    unsigned number; /* from 1 */
    unsigned needed;
    uint8_t mark[RECOVERY_MARK_SIZE];
    uint8_t part[SEAL_KEY_SIZE];
};

/* ---- shares and words (no database) ---- */

void recovery_mark(const struct seal_key *public_half, uint8_t mark[RECOVERY_MARK_SIZE]);
/* `shares` gets plan.shares items. */
MUST_USE enum err recovery_split(const struct seal_pair *pair, struct recovery_plan plan,
                                 struct recovery_share *shares);
/* Out of at least `needed` shares of one key with different numbers. ERR_BROKEN when they do not give the secret half of
 * `public_half`. */
MUST_USE enum err recovery_combine(const struct recovery_share *shares, size_t count,
                                   const struct seal_key *public_half, struct seal_pair *out);

/* The same where the public half is not at hand: only the mark on the shares says whether they are right. */
MUST_USE enum err recovery_join(const struct recovery_share *shares, size_t count, struct seal_pair *out);

/* What a share is known by: the hash of number and part. Tells nothing of the part, which is 32 random bytes. */
void recovery_share_hash(const struct recovery_share *share, uint8_t hash[SEAL_HASH_SIZE]);

/* One row of a share: "lusab babad ... " (five words). */
const char *recovery_row(struct arena *arena, const struct recovery_share *share, unsigned row);
/* All rows on one line, in capitals: what the QR code holds. */
const char *recovery_line(struct arena *arena, const struct recovery_share *share);

/* Pronounceable words by chance, of 16 bits each, with dashes: "lusab-babad-...". */
const char *recovery_phrase(struct arena *arena, unsigned words);
/* Reads one of just so many words into a key; false for anything else. */
bool recovery_phrase_key(const char *text, unsigned words, struct seal_key *out);

enum share_fault {
    SHARE_FINE,
    SHARE_WORDS,   /* not 25 words: `at` says how many */
    SHARE_WORD,    /* word number `at` is not one of ours */
    SHARE_ROW,     /* a slip in row number `at` */
    SHARE_VERSION, /* made by a newer program */
};
/* Reads what was typed or scanned: any case, any signs between the words. */
enum share_fault recovery_read(const char *text, struct recovery_share *out, unsigned *at);

/* ---- the key in the database ---- */

enum recovery_kind { RECOVERY_ACCOUNT, RECOVERY_TEAM, RECOVERY_ORGANISATION };

struct recovery_made {
    int64_t key;
    struct seal_key public_half;
    struct recovery_plan plan;
    struct recovery_share shares[RECOVERY_SHARES_MAX]; /* the only copy; wipe after printing */
};

/* Makes the first key, active at once. The secret half is gone when this returns. ERR_INPUT for a plan that cannot be. */
MUST_USE enum err recovery_begin(struct db *db, struct arena *arena, int64_t org, struct recovery_plan plan,
                                 int64_t now, struct recovery_made *out);

/* Seals something to the recovery key (to the one being handed out, too); nothing to do where there is none yet. Whoever makes or
 * changes a secret half of an account or a key of a team calls this in the same change. */
MUST_USE enum err recovery_hold(struct db *db, struct arena *arena, int64_t org, enum recovery_kind kind,
                                int64_t subject, const void *ptr, size_t len);
/* Opens what is held, with the key from a ceremony. ERR_NOT_FOUND when nothing is. */
MUST_USE enum err recovery_open(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *pair,
                                enum recovery_kind kind, int64_t subject, struct bytes *out);

struct recovery_status {
    int64_t key; /* 0: there is no recovery key */
    struct seal_key public_half;
    struct recovery_plan plan;
    int64_t made_at;
    int64_t pending; /* a renewed key whose shares are being handed out; 0: none */
    struct recovery_plan pending_plan;
};
MUST_USE enum err recovery_status(struct db *db, struct arena *arena, int64_t org, struct recovery_status *out);

/* The hashes of the active key's shares, share 1 first. ERR_NOT_FOUND without a key. */
MUST_USE enum err recovery_hashes(struct db *db, struct arena *arena, int64_t org,
                                  uint8_t hashes[RECOVERY_SHARES_MAX][SEAL_HASH_SIZE], unsigned *count);

/* An ended key's secret half, as it is sealed to its successor: with it, shares of today open what was sealed to that key. */
struct recovery_link {
    struct seal_key public_half, successor;
    struct bytes secret;
};
MUST_USE enum err recovery_links(struct db *db, struct arena *arena, int64_t org, struct recovery_link **out,
                                 size_t *count);

enum share_match { MATCH_FINE, MATCH_OLD, MATCH_OTHER, MATCH_WRONG };
/* Does this share belong to the active key? OLD: to a key that has ended; OTHER: of another organisation; WRONG: of this key, but
 * not as it was printed. */
MUST_USE enum err recovery_match(struct db *db, struct arena *arena, int64_t org, const struct recovery_share *share,
                                 enum share_match *out);

/* ---- renewal: new shares, the old ones void ---- */

/* Makes a successor, seals all that is held to it, and splits it; shares lie under `code` until their keepers have them on paper.
 * The old key stays in force until `recovery_renew_end`. An earlier successor that never came into force is dropped. */
MUST_USE enum err recovery_renew(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *old,
                                 struct recovery_plan plan, const struct seal_key *code, int64_t now, int64_t *key);
struct recovery_handing {
    unsigned number;
    bool taken;
    struct bytes sealed;
};
MUST_USE enum err recovery_handings(struct db *db, struct arena *arena, int64_t org, int64_t key,
                                    struct recovery_handing **out, size_t *count);
MUST_USE enum err recovery_handing_open(struct arena *arena, const struct recovery_handing *handing, int64_t key,
                                        const struct seal_key *code, struct recovery_share *out);
/* A keeper has it on paper. With the last one the new key comes into force (`over`). ERR_CONFLICT: taken already. */
MUST_USE enum err recovery_handing_taken(struct db *db, struct arena *arena, int64_t org, int64_t key, unsigned number,
                                         int64_t now, bool *over);
/* Gives up a successor that is not in force. */
MUST_USE enum err recovery_renew_drop(struct db *db, int64_t org, int64_t key);
/* The new key at once, all shares in `out`: for the terminal, where they are printed before the change ends. */
MUST_USE enum err recovery_renew_now(struct db *db, struct arena *arena, int64_t org, const struct seal_pair *old,
                                     struct recovery_plan plan, int64_t now, struct recovery_made *out);

/* ---- paper ---- */

/* Pages of shares as PDF, one each, in Latvian and English. */
MUST_USE enum err recovery_paper(struct arena *arena, const char *organisation, const struct recovery_share *shares,
                                 size_t count, unsigned of, int64_t now, struct bytes *out);

#endif
