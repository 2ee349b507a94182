#include "platform/i18n/i18n.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

bool code_in(const struct code_list *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_same(list->codes[i], code))
            return true;
    }
    return false;
}

bool language_of(const char *code, enum language *out)
{
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (text_same(language_codes[i], code)) {
            *out = (enum language)i;
            return true;
        }
    }
    return false;
}

const char *language_code(enum language language)
{
    return language_codes[language];
}

/* The entry in this language, or in English where it is missing. */
static const struct word_entry *entry(enum language language, enum word key)
{
    const struct word_entry *found = &word_table[language][key];
    if (found->text == NULL && found->forms[0] == NULL)
        found = &word_table[LANGUAGE_en][key];
    return found;
}

const char *word(enum language language, enum word key)
{
    const char *text = key == W_none ? "" : entry(language, key)->text;
    return text == NULL ? "" : text;
}

static int by_key(const void *wanted, const void *entry_at)
{
    return strcmp(wanted, *(const char *const *)entry_at);
}

static const char *(*pack_lookup)(enum language language, const char *family, const char *code);

void word_code_from(const char *(*lookup)(enum language language, const char *family, const char *code))
{
    pack_lookup = lookup;
}

const char *word_code(enum language language, const char *family, const char *code)
{
    if (text_empty(code))
        return "";
    const char *from_pack = pack_lookup == NULL ? NULL : pack_lookup(language, family, code);
    if (from_pack != NULL)
        return from_pack;
    char key[128];
    int len = snprintf(key, sizeof key, "%s.%s", family, code);
    if (len < 0 || (size_t)len >= sizeof key)
        return code;
    const char *const *found = bsearch(key, word_keys + 1, WORD_COUNT - 1, sizeof *word_keys, by_key);
    return found == NULL ? code : word(language, (enum word)(found - word_keys));
}

/* The text for the hole {name} (len characters), or NULL. */
static const char *hole_value(const char *name, size_t len, va_list args)
{
    const char *found = NULL;
    va_list pairs;
    va_copy(pairs, args);
    for (const char *key; found == NULL && (key = va_arg(pairs, const char *)) != NULL;) {
        const char *value = va_arg(pairs, const char *);
        if (strlen(key) == len && memcmp(key, name, len) == 0)
            found = value == NULL ? "" : value;
    }
    va_end(pairs);
    return found;
}

static char *fill(struct arena *arena, const char *pattern, const char *count, va_list args)
{
    struct buf out;
    buf_init(&out, arena, strlen(pattern) + 64);
    while (*pattern != '\0') {
        const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;
        const char *value = NULL;
        if (end != NULL) {
            size_t len = (size_t)(end - pattern - 1);
            bool counted = count != NULL && len == 5 && memcmp(pattern + 1, "count", 5) == 0;
            value = counted ? count : hole_value(pattern + 1, len, args);
        }
        if (value == NULL) {
            buf_char(&out, *pattern++);
            continue;
        }
        buf_text(&out, value);
        pattern = end + 1;
    }
    return out.ptr;
}

char *word_filled_v(struct arena *arena, enum language language, enum word key, va_list args)
{
    return fill(arena, word(language, key), NULL, args);
}

char *word_filled(struct arena *arena, enum language language, enum word key, ...)
{
    va_list args;
    va_start(args, key);
    char *text = word_filled_v(arena, language, key, args);
    va_end(args);
    return text;
}

char *word_plural_v(struct arena *arena, enum language language, enum word key, int64_t count, va_list args)
{
    const struct word_entry *found = entry(language, key);
    enum language spoken = found == &word_table[language][key] ? language : LANGUAGE_en;
    unsigned long size = (unsigned long)(count < 0 ? -count : count);
    const char *form = found->forms[word_plural_form(spoken, size)];
    return fill(arena, form == NULL ? "" : form, arena_format(arena, "%lld", (long long)count), args);
}

char *word_plural(struct arena *arena, enum language language, enum word key, int64_t count, ...)
{
    va_list args;
    va_start(args, count);
    char *text = word_plural_v(arena, language, key, count, args);
    va_end(args);
    return text;
}

char *words_labelled(struct arena *arena, const char *label, const char *words)
{
    size_t len = strlen(label);
    bool asks = len > 0 && (label[len - 1] == '?' || label[len - 1] == ':');
    return arena_format(arena, "%s%s %s", label, asks ? "" : ":", words);
}

static const char *month_word(enum language language, int month)
{
    static const char *const numbers[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
    return word_code(language, "month_short", numbers[month - 1]);
}

/* "24.11.2026." out of "2026-11-24", "11.2026." out of "2026-11", and a year as it is: lists have many of these, so no format is parsed. */
static char *date_in_numbers(struct arena *arena, enum language language, const char *date)
{
    size_t len = strlen(date);
    char *out = arena_alloc(arena, 12);
    size_t at = 0;
    for (size_t from = len; from > 4; from -= 3) {
        memcpy(out + at, date + from - 2, 2);
        out[at + 2] = '.';
        at += 3;
    }
    memcpy(out + at, date, 4);
    if (language == LANGUAGE_lv && len > 4)
        out[at + 4] = '.';
    return out;
}

char *date_in_words(struct arena *arena, enum language language, const char *date)
{
    if (!date_check(date))
        return arena_text(arena, date == NULL ? "" : date);
    size_t len = strlen(date);
    if (language != LANGUAGE_en || len == 4)
        return date_in_numbers(arena, language, date);
    const char *month = month_word(language, atoi(date + 5));
    return len == 7 ? arena_format(arena, "%s %.4s", month, date)
                    : arena_format(arena, "%d %s %.4s", atoi(date + 8), month, date);
}

char *date_long(struct arena *arena, enum language language, const char *date)
{
    int64_t day;
    if (!date_days(date, &day))
        return date_in_words(arena, language, date);
    static const char *const names[] = {"thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"};
    const char *weekday = word_code(language, "weekday", names[((day % 7) + 7) % 7]);
    return arena_format(arena, "%s, %s", weekday, date_in_words(arena, language, date));
}

char *moment_in_words(struct arena *arena, enum language language, int64_t moment)
{
    struct civil at = time_local(moment);
    char *date = date_in_words(arena, language, time_date(arena, moment));
    return arena_format(arena, "%s %02d:%02d", date, at.hour, at.minute);
}

char *until_in_words(struct arena *arena, enum language language, int64_t moment)
{
    int64_t midnight = 0;
    if (time_of_date(time_date(arena, moment + 1), &midnight) && midnight <= moment + 1 && midnight >= moment)
        return date_in_words(arena, language, time_date(arena, midnight - 1));
    return moment_in_words(arena, language, moment);
}

const char *decimal_in_words(struct arena *arena, enum language language, const char *number)
{
    if (language == LANGUAGE_en || text_empty(number))
        return number;
    size_t sign = *number == '-', whole = sign + strspn(number + sign, "0123456789");
    if (whole == sign || number[whole] != '.' || number[whole + 1] == '\0' ||
        number[whole + 1 + strspn(number + whole + 1, "0123456789")] != '\0')
        return number;
    char *words = arena_text(arena, number);
    words[whole] = ',';
    return words;
}

char *size_in_words(struct arena *arena, enum language language, int64_t bytes)
{
    enum { KIB = 1024, TENTHS = 10 };
    if (bytes <= (int64_t)KIB * (KIB - 1))
        return arena_format(arena, "%lld KB", (long long)(bytes + KIB - 1) / KIB);
    int64_t tenths = (bytes * TENTHS + (int64_t)KIB * KIB - 1) / ((int64_t)KIB * KIB);
    if (tenths % TENTHS == 0)
        return arena_format(arena, "%lld MB", (long long)tenths / TENTHS);
    const char *point = language == LANGUAGE_en ? "." : ",";
    return arena_format(arena, "%lld%s%lld MB", (long long)tenths / TENTHS, point, (long long)tenths % TENTHS);
}
