/* Is a password one of those that are tried first? Lists of millions are for attackers; what is long enough and still on them is made
 * of few words and of runs over the keyboard, so those are struck out and what is left must be something. */
#include "platform/account/account.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { LEAST = 12, MOST = 200, LEFT_LEAST = 6, DIFFERENT_LEAST = 5, RUN_LEAST = 4, PERIOD_LEAST = 8 };

/* Words that many passwords are made of, and those that lie near here. Lower case. */
static const char *const WORDS[] = {
    "ausma",    "marta",         "centrs",   "parole",   "paroles",  "password", "passwort", "passw0rd", "letmein",
    "welcome",  "administrator", "admin",    "iloveyou", "monkey",   "dragon",   "football", "baseball", "sunshine",
    "princess", "secret",        "login",    "master",   "superman", "batman",   "shadow",   "michael",  "latvija",
    "latvia",   "lietuva",       "eesti",    "sveiki",   "labdien",  "atslega",  "atslēga",  "noslepum", "noslēpum",
    "changeme", "default",       "internet", "computer", "пароль",   "привет",   "любовь",   "админ",    "латвия",
};

/* Fingers running over keys, in either direction. */
static const char *const KEYS[] = {
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
};

struct looking {
    char text[4 * MOST + 1]; /* lower case */
    bool struck[4 * MOST + 1];
    size_t len;
};

static void strike(struct looking *looking, const char *word, size_t len)
{
    for (char *at = looking->text; (at = memmem(at, strlen(at), word, len)) != NULL; at++)
        memset(looking->struck + (at - looking->text), true, len);
}

/* Every piece of RUN_LEAST keys, forwards and backwards; longer runs are made of such pieces. */
static void strike_runs(struct looking *looking, const char *keys)
{
    enum { PIECE_MAX = 4 * RUN_LEAST };
    size_t size = (unsigned char)keys[0] < 0x80 ? 1 : 2; /* bytes a letter: Latin or Cyrillic */
    size_t piece = RUN_LEAST * size;
    for (size_t at = 0; at + piece <= strlen(keys); at += size) {
        char back[PIECE_MAX];
        for (size_t i = 0; i < RUN_LEAST; i++)
            memcpy(back + i * size, keys + at + (RUN_LEAST - 1 - i) * size, size);
        strike(looking, keys + at, piece);
        strike(looking, back, piece);
    }
}

/* Letters and digits that are neither part of a word, nor of a run, nor the third of a kind; a letter beyond ASCII counts once. */
static size_t left_of(const struct looking *looking)
{
    size_t left = 0;
    for (size_t i = 0; i < looking->len; i++) {
        unsigned char c = (unsigned char)looking->text[i];
        bool third = i >= 2 && looking->text[i - 1] == looking->text[i] && looking->text[i - 2] == looking->text[i];
        left += !looking->struck[i] && !third && (isalnum(c) != 0 || c >= 0xC0);
    }
    return left;
}

static size_t different(const struct looking *looking)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < looking->len; i++) {
        bool *one = &seen[(unsigned char)looking->text[i]];
        count += !*one;
        *one = true;
    }
    return count;
}

/* "sunnysunnysunny" is no longer than "sunny". */
static bool repeats(const struct looking *looking)
{
    for (size_t period = 1; period < PERIOD_LEAST; period++) {
        if (memcmp(looking->text, looking->text + period, looking->len - period) == 0)
            return true;
    }
    return false;
}

static bool weak(const char *password)
{
    struct looking looking = {.len = strlen(password)};
    for (size_t i = 0; i < looking.len; i++)
        looking.text[i] = (char)tolower((unsigned char)password[i]);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        strike(&looking, WORDS[i], strlen(WORDS[i]));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        strike_runs(&looking, KEYS[i]);
    bool found = left_of(&looking) < LEFT_LEAST || different(&looking) < DIFFERENT_LEAST || repeats(&looking);
    seal_wipe(&looking, sizeof looking);
    return found;
}

bool account_password_check(const char *password)
{
    size_t len = text_length(password);
    return len >= LEAST && len <= MOST && strlen(password) <= (size_t)4 * MOST && !weak(password);
}
