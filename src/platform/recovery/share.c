/* Shares: splitting, putting together, and the words on paper. */
#include "platform/recovery/recovery.h"

#include "base/buf.h"

#include <ctype.h>
#include <libgfshare.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { VERSION = 1, ROW_BYTES = 8, ROW_DATA = 4, WORD = 5, WORDS = RECOVERY_ROWS * RECOVERY_ROW_WORDS };
enum { SHARE_BYTES = RECOVERY_ROWS * ROW_BYTES, HEAD = 3 + RECOVERY_MARK_SIZE };

_Static_assert(SHARE_BYTES == HEAD + SEAL_KEY_SIZE, "a share fills its rows");

bool recovery_plan_check(struct recovery_plan plan)
{
    return plan.needed >= RECOVERY_NEEDED_MIN && plan.needed <= plan.shares && plan.shares <= RECOVERY_SHARES_MAX;
}

void recovery_mark(const struct seal_key *public_half, uint8_t mark[RECOVERY_MARK_SIZE])
{
    uint8_t hash[SEAL_HASH_SIZE];
    seal_hash(NULL, public_half->b, sizeof public_half->b, hash);
    memcpy(mark, hash, RECOVERY_MARK_SIZE);
}

/* ---- splitting ---- */

static void fill_random(unsigned char *out, unsigned int len)
{
    randombytes_buf(out, len);
}

static void set_up_library(void)
{
    gfshare_fill_rand = fill_random;
}

static void library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_up_library);
}

enum err recovery_split(const struct seal_pair *pair, struct recovery_plan plan, struct recovery_share *shares)
{
    unsigned char numbers[RECOVERY_SHARES_MAX];
    struct seal_key secret = pair->secret_half;
    if (!recovery_plan_check(plan))
        return ERR_INPUT;
    library();
    for (unsigned i = 0; i < plan.shares; i++)
        numbers[i] = (unsigned char)(i + 1);
    gfshare_ctx *splitting = gfshare_ctx_init_enc(numbers, plan.shares, (unsigned char)plan.needed, SEAL_KEY_SIZE);
    if (splitting == NULL)
        return err_note(ERR_LIMIT, "recovery: no memory");
    gfshare_ctx_enc_setsecret(splitting, secret.b);
    for (unsigned i = 0; i < plan.shares; i++) {
        shares[i] = (struct recovery_share){.number = i + 1, .needed = plan.needed};
        recovery_mark(&pair->public_half, shares[i].mark);
        gfshare_ctx_enc_getshare(splitting, (unsigned char)i, shares[i].part);
    }
    gfshare_ctx_free(splitting);
    seal_wipe(&secret, sizeof secret);
    return OK;
}

enum err recovery_join(const struct recovery_share *shares, size_t count, struct seal_pair *out)
{
    unsigned char numbers[RECOVERY_SHARES_MAX];
    uint8_t mark[RECOVERY_MARK_SIZE];
    struct seal_pair pair;
    struct recovery_share copy;
    if (count == 0 || count > RECOVERY_SHARES_MAX)
        return ERR_BROKEN;
    library();
    for (size_t i = 0; i < count; i++)
        numbers[i] = (unsigned char)shares[i].number;
    gfshare_ctx *joining = gfshare_ctx_init_dec(numbers, (unsigned)count, SEAL_KEY_SIZE);
    if (joining == NULL)
        return err_note(ERR_LIMIT, "recovery: no memory");
    for (size_t i = 0; i < count; i++) {
        copy = shares[i];
        gfshare_ctx_dec_giveshare(joining, (unsigned char)i, copy.part);
    }
    gfshare_ctx_dec_extract(joining, pair.secret_half.b);
    gfshare_ctx_free(joining);
    bool right = crypto_scalarmult_base(pair.public_half.b, pair.secret_half.b) == 0;
    recovery_mark(&pair.public_half, mark);
    right = right && memcmp(mark, shares[0].mark, sizeof mark) == 0;
    if (right)
        *out = pair;
    seal_wipe(&pair, sizeof pair);
    seal_wipe(&copy, sizeof copy);
    return right ? OK : ERR_BROKEN;
}

enum err recovery_combine(const struct recovery_share *shares, size_t count, const struct seal_key *public_half,
                          struct seal_pair *out)
{
    struct seal_pair pair;
    TRY(recovery_join(shares, count, &pair));
    bool right = seal_same(pair.public_half.b, public_half->b, SEAL_KEY_SIZE);
    if (right)
        *out = pair;
    seal_wipe(&pair, sizeof pair);
    return right ? OK : ERR_BROKEN;
}

void recovery_share_hash(const struct recovery_share *share, uint8_t hash[SEAL_HASH_SIZE])
{
    uint8_t text[1 + SEAL_KEY_SIZE];
    text[0] = (uint8_t)share->number;
    memcpy(text + 1, share->part, SEAL_KEY_SIZE);
    seal_hash(NULL, text, sizeof text, hash);
    seal_wipe(text, sizeof text);
}

/* ---- words ---- */

static const char CONSONANTS[] = "bdfghjklmnprstvz";
static const char VOWELS[] = "aiou";

static void word_write(unsigned bits, char out[WORD])
{
    out[0] = CONSONANTS[bits >> 12 & 15];
    out[1] = VOWELS[bits >> 10 & 3];
    out[2] = CONSONANTS[bits >> 6 & 15];
    out[3] = VOWELS[bits >> 4 & 3];
    out[4] = CONSONANTS[bits & 15];
}

static bool word_read(const char *text, unsigned *out)
{
    unsigned bits = 0;
    for (int i = 0; i < WORD; i++) {
        const char *letters = i % 2 == 0 ? CONSONANTS : VOWELS;
        const char *found = text[i] == '\0' ? NULL : strchr(letters, text[i]);
        if (found == NULL)
            return false;
        bits = bits << (i % 2 == 0 ? 4 : 2) | (unsigned)(found - letters);
    }
    *out = bits;
    return true;
}

static void share_bytes(const struct recovery_share *share, uint8_t out[SHARE_BYTES])
{
    out[0] = VERSION;
    out[1] = (uint8_t)share->number;
    out[2] = (uint8_t)share->needed;
    memcpy(out + 3, share->mark, RECOVERY_MARK_SIZE);
    memcpy(out + HEAD, share->part, SEAL_KEY_SIZE);
}

static unsigned row_check(const uint8_t bytes[SHARE_BYTES], unsigned row)
{
    uint8_t text[1 + 2 * ROW_BYTES];
    uint8_t hash[SEAL_HASH_SIZE];
    text[0] = (uint8_t)row;
    memcpy(text + 1, bytes, ROW_BYTES);
    memcpy(text + 1 + ROW_BYTES, bytes + row * ROW_BYTES, ROW_BYTES);
    seal_hash(NULL, text, sizeof text, hash);
    seal_wipe(text, sizeof text);
    return (unsigned)hash[0] << 8 | hash[1];
}

const char *recovery_row(struct arena *arena, const struct recovery_share *share, unsigned row)
{
    uint8_t bytes[SHARE_BYTES];
    char *text = arena_alloc(arena, RECOVERY_ROW_WORDS * (WORD + 1));
    share_bytes(share, bytes);
    for (unsigned i = 0; i < RECOVERY_ROW_WORDS; i++) {
        const uint8_t *two = bytes + row * ROW_BYTES + 2 * i;
        word_write(i < ROW_DATA ? (unsigned)two[0] << 8 | two[1] : row_check(bytes, row), text + i * (WORD + 1));
        text[i * (WORD + 1) + WORD] = i + 1 < RECOVERY_ROW_WORDS ? ' ' : '\0';
    }
    seal_wipe(bytes, sizeof bytes);
    return text;
}

const char *recovery_line(struct arena *arena, const struct recovery_share *share)
{
    struct buf line;
    buf_init(&line, arena, WORDS * (WORD + 1));
    for (unsigned row = 0; row < RECOVERY_ROWS; row++) {
        buf_text(&line, row == 0 ? "" : " ");
        buf_text(&line, recovery_row(arena, share, row));
    }
    for (size_t i = 0; i < line.len; i++)
        line.ptr[i] = (char)toupper((unsigned char)line.ptr[i]);
    return line.ptr;
}

/* ---- reading ---- */

struct typed {
    char letters[WORDS * WORD + 1];
    unsigned words; /* runs of letters */
    unsigned odd;   /* the first run that has not five letters; 0: none */
    size_t count;   /* letters */
};

static void typed_end(struct typed *typed, size_t run)
{
    if (run == 0)
        return;
    typed->words++;
    if (run != WORD && typed->odd == 0)
        typed->odd = typed->words;
}

static void typed_take(const char *text, struct typed *out)
{
    size_t run = 0;
    *out = (struct typed){0};
    for (size_t i = 0; i < RECOVERY_TEXT_MAX && text[i] != '\0'; i++) {
        if (isascii((unsigned char)text[i]) && isalpha((unsigned char)text[i])) {
            if (out->count < sizeof out->letters - 1)
                out->letters[out->count] = (char)tolower((unsigned char)text[i]);
            out->count++;
            run++;
        } else {
            typed_end(out, run);
            run = 0;
        }
    }
    typed_end(out, run);
}

static enum share_fault words_to_bytes(const struct typed *typed, uint8_t bytes[SHARE_BYTES], unsigned checks[],
                                       unsigned *at)
{
    for (unsigned i = 0; i < WORDS; i++) {
        unsigned bits = 0;
        unsigned row = i / RECOVERY_ROW_WORDS;
        unsigned in_row = i % RECOVERY_ROW_WORDS;
        *at = i + 1;
        if (!word_read(typed->letters + (size_t)i * WORD, &bits))
            return SHARE_WORD;
        if (in_row < ROW_DATA) {
            bytes[row * ROW_BYTES + 2 * in_row] = (uint8_t)(bits >> 8);
            bytes[row * ROW_BYTES + 2 * in_row + 1] = (uint8_t)bits;
        } else {
            checks[row] = bits;
        }
    }
    for (unsigned row = 0; row < RECOVERY_ROWS; row++) {
        *at = row + 1;
        if (row_check(bytes, row) != checks[row])
            return SHARE_ROW;
    }
    return SHARE_FINE;
}

enum share_fault recovery_read(const char *text, struct recovery_share *out, unsigned *at)
{
    struct typed typed;
    uint8_t bytes[SHARE_BYTES];
    unsigned checks[RECOVERY_ROWS];
    typed_take(text, &typed);
    /* Without any signs between them the words are told apart by their length. */
    bool apart = typed.words > 1 || typed.count != (size_t)WORDS * WORD;
    enum share_fault fault = SHARE_FINE;
    if (apart && typed.words != WORDS) {
        *at = typed.words;
        fault = SHARE_WORDS;
    } else if (apart && typed.odd != 0) {
        *at = typed.odd;
        fault = SHARE_WORD;
    } else {
        fault = words_to_bytes(&typed, bytes, checks, at);
    }
    if (fault == SHARE_FINE && (bytes[0] != VERSION || bytes[1] == 0 || bytes[1] > RECOVERY_SHARES_MAX ||
                                bytes[2] < RECOVERY_NEEDED_MIN || bytes[2] > RECOVERY_SHARES_MAX))
        fault = SHARE_VERSION;
    if (fault == SHARE_FINE) {
        out->number = bytes[1];
        out->needed = bytes[2];
        memcpy(out->mark, bytes + 3, RECOVERY_MARK_SIZE);
        memcpy(out->part, bytes + HEAD, SEAL_KEY_SIZE);
    }
    seal_wipe(&typed, sizeof typed);
    seal_wipe(bytes, sizeof bytes);
    return fault;
}

/* ---- phrases ---- */

const char *recovery_phrase(struct arena *arena, unsigned words)
{
    char *text = arena_alloc(arena, words * (WORD + 1));
    for (unsigned i = 0; i < words; i++) {
        word_write(randombytes_uniform(1U << 16), text + i * (WORD + 1));
        text[i * (WORD + 1) + WORD] = i + 1 < words ? '-' : '\0';
    }
    return text;
}

bool recovery_phrase_key(const char *text, unsigned words, struct seal_key *out)
{
    struct typed typed;
    uint8_t hash[SEAL_HASH_SIZE];
    typed_take(text, &typed);
    bool fine = typed.count == (size_t)words * WORD && words <= WORDS;
    for (unsigned i = 0; i < words && fine; i++) {
        unsigned bits;
        fine = word_read(typed.letters + (size_t)i * WORD, &bits);
    }
    if (fine) {
        seal_hash(NULL, typed.letters, (size_t)words * WORD, hash);
        memcpy(out->b, hash, sizeof hash);
    }
    seal_wipe(&typed, sizeof typed);
    seal_wipe(hash, sizeof hash);
    return fine;
}
