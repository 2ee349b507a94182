/* Words: every text that a person reads, by key, from the .po files (made into tables by poc).
 * Keys look like `referral.inbox.title`; in C they are W_referral_inbox_title. */
#ifndef AUSMA_PLATFORM_I18N_I18N_H
#define AUSMA_PLATFORM_I18N_I18N_H

#include "base/arena.h"
#include "words.h" /* generated: enum word, enum language, WORD_COUNT */

#include <stdbool.h>

/* A list of codes whose words are the keys `family.code`: CODES(urgency, "now", "day", "week"). */
struct code_list {
    const char *family;
    const char *const *codes;
    size_t count;
};
#define CODES(name, ...)                                                                                              \
    {                                                                                                                 \
#name, (const char *const[]){__VA_ARGS__ }, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *) \
    }
bool code_in(const struct code_list *list, const char *code);

/* "lv" -> LANGUAGE_lv. False for a language the program does not speak. */
bool language_of(const char *code, enum language *out);
const char *language_code(enum language language);

/* The word in a language; English where that language lacks it. Never NULL; W_none is "". */
const char *word(enum language language, enum word key);
/* The word for a code of a family; the code itself when there is none. */
const char *word_code(enum language language, const char *family, const char *code);
/* Words that programme packs bring for their own families: asked first by word_code; NULL when it has none. Set once, at start. */
#define PACK_FAMILY(family) #family
void word_code_from(const char *(*lookup)(enum language language, const char *family, const char *code));
/* With {name} holes filled: pairs of name and text, then NULL. */
char *word_filled(struct arena *arena, enum language language, enum word key, ...);
/* The right plural form for `count`; fills {count} and the pairs. */
char *word_plural(struct arena *arena, enum language language, enum word key, int64_t count, ...);

/* The same for callers with a va_list. */
char *word_filled_v(struct arena *arena, enum language language, enum word key, va_list args);
char *word_plural_v(struct arena *arena, enum language language, enum word key, int64_t count, va_list args);

/* What is said under a label, in one line: "Age: 16"; behind a label that asks, without the colon: "How old? 16". */
char *words_labelled(struct arena *arena, const char *label, const char *words);

/* Dates as people write them: lv "24.11.2026.", en "24 Nov 2026"; partial dates stay partial; with weekday for `long_form`. */
char *date_in_words(struct arena *arena, enum language language, const char *date);
char *date_long(struct arena *arena, enum language language, const char *date);
char *moment_in_words(struct arena *arena, enum language language, int64_t moment); /* date and time, local */
/* Until when: what ends at midnight, or the last millisecond before it, lasts until that day ("24.11.2026."); anything else a moment. */
char *until_in_words(struct arena *arena, enum language language, int64_t moment);
/* A decimal number as people write it: lv "1,5", en "1.5"; what is none stays as it is. */
const char *decimal_in_words(struct arena *arena, enum language language, const char *number);
/* Of a file, rounded up: "120 KB" (of 1,024 bytes), "2.3 MB", "2,3 MB". */
char *size_in_words(struct arena *arena, enum language language, int64_t bytes);

#endif
