/* Shared between the files of this folder only. */
#ifndef AUSMA_PLATFORM_SEAL_INTERNAL_H
#define AUSMA_PLATFORM_SEAL_INTERNAL_H

#include "platform/seal/seal.h"

/* ---- normal.c: from what was typed to words ---- */

enum {
    NAME_BYTES_MAX = 2000, /* of a longer text only the beginning is searched */
    NAME_WORDS_MAX = 24,
    NAME_WORD_MAX = 40 /* letters; of a longer word only the beginning */
};

enum word_kind {
    WORD_NAME,  /* letters a..z only */
    WORD_CODE,  /* letters and digits, or digits too few for a phone: "a20260117k" */
    WORD_NUMBER /* the digits of a phone or document, at least 4 */
};

struct name_word {
    enum word_kind kind;
    size_t len;
    const char *text; /* ends with NUL */
};

/* Makes what other scripts need; `seal_init` calls it. */
MUST_USE enum err seal_normal_init(void);
/* The words of a name in their normal form. Any bytes are accepted; what is not UTF-8 separates words. */
size_t seal_normal_words(struct arena *arena, const char *name, struct name_word **out);

/* ---- sound.c: how a word sounds ---- */

enum { SOUND_SIZE = 2 * NAME_WORD_MAX + 1 };

/* The sound of a word: consonants as classes (BCDFGJKLMNPRSTVZ), each run of vowels as A (with a, o or u) or E, without the
 * ending. With `hard`, a c that may be a k, and a ch that may be an h, are taken as such. */
void seal_sound_full(const char *word, size_t len, bool hard, char out[SOUND_SIZE]);
/* The same without vowels when enough consonants remain to tell names apart; otherwise `full` as it is. */
void seal_sound_short(const char *full, char out[SOUND_SIZE]);

#endif
