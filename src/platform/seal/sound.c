#include "platform/seal/internal.h"

#include <string.h>

/* One sound form for the spellings of Latvian, Russian and Ukrainian (as transliterated in normal.c), English, German and
 * Polish, made for names as these languages carry them over borders. It works on letters without accents, because people
 * type without them: š is an s here, so sh, sch and sz must be one too.
 *
 *   Ševčuka Ševčuks Шевчук Shevchuk Schewtschuk Szewczuk -> SEVCAK     Щербаков Shcherbakov Ščerbakovs -> SERBAKAV
 *   Екатерина Jekaterina Ekaterina -> EKATEREN                          Олег Oļegs Oleh -> ALEG
 *
 * Names of other languages pass through the same rules and stay the same as themselves, however they sound. */

/* What one letter is; vowels are small: a (back), e, i (front, also y and j). */
static const char single[] = "aBCDeFGGiiKLMNaPKRSTaVVKiZ";

/* Several letters that are one sound, the longer before the shorter; `take` letters are used up, the rest looked at. */
static const struct rule {
    char from[8];
    uint8_t take;
    char soft[3];
    char hard[3]; /* the other way to read it; empty: the same */
} rules[] = {
    {"schtsch", 7, "S", ""}, {"shch", 4, "S", ""}, {"szcz", 4, "S", ""}, {"sch", 3, "S", ""}, {"sh", 2, "S", ""},
    {"sz", 2, "S", ""},      {"tsch", 4, "C", ""}, {"tch", 3, "C", ""},  {"tsh", 3, "C", ""}, {"ts", 2, "C", ""},
    {"tz", 2, "C", ""},      {"th", 2, "T", ""},   {"chr", 2, "K", ""},  {"chl", 2, "K", ""}, {"ch", 2, "C", "G"},
    {"ck", 2, "K", ""},      {"cz", 2, "C", ""},   {"ce", 1, "C", ""},   {"ci", 1, "C", ""},  {"cy", 1, "C", ""},
    {"c", 1, "C", "K"},      {"dzh", 3, "J", ""},  {"dz", 2, "J", ""},   {"dt", 2, "T", ""},  {"dh", 2, "D", ""},
    {"zh", 2, "Z", ""},      {"kh", 2, "G", ""},   {"gh", 2, "G", ""},   {"ph", 2, "F", ""},  {"bh", 2, "B", ""},
    {"wh", 2, "V", ""},      {"qu", 2, "KV", ""},  {"x", 1, "KS", ""},
};

/* Letters some rule begins with. */
static bool begins_rule(char c)
{
    return strchr("bcdgkpqstwxz", c) != NULL;
}

static const struct rule *rule_at(const char *at, size_t left)
{
    if (!begins_rule(*at))
        return NULL;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        size_t len = 1;
        if (rules[i].from[0] != *at)
            continue;
        while (len < left && rules[i].from[len] != '\0' && rules[i].from[len] == at[len])
            len++;
        if (rules[i].from[len] == '\0')
            return &rules[i];
    }
    return NULL;
}

/* The length of a word without its ending: Latvian and Lithuanian put -s, -is, -us, -as, -a, -e behind every name
 * (Tomass, Felikss), so all s and one vowel go, and with them those of foreign names. */
static size_t stem(const char *word, size_t len)
{
    enum { SHORTEST = 3 };
    size_t end = len;
    while (end > SHORTEST && word[end - 1] == 's')
        end--;
    bool had_s = end < len;
    if (!had_s && end > SHORTEST && word[end - 1] == 'h' && word[end - 2] == 'a')
        end--;
    if (end <= SHORTEST)
        return end;
    char last = word[end - 1];
    if (last == 'a' || last == 'e' || (had_s && (last == 'i' || last == 'u' || last == 'y')))
        end--;
    return end;
}

static bool is_vowel(char code)
{
    return code >= 'a';
}

/* A run of vowel codes becomes A or E; at the beginning ja, ju, jo (also ya, ia) keep their J. */
static size_t run_of_vowels(const char *codes, size_t len, bool first, char *out)
{
    bool back = memchr(codes, 'a', len) != NULL;
    size_t made = 0;
    if (first && len > 1 && codes[0] == 'i' && codes[1] == 'a')
        out[made++] = 'J';
    out[made++] = back ? 'A' : 'E';
    return made;
}

/* Joins vowels, drops doubled consonants and a C behind an S (šč, щ). */
static void join(const char *codes, size_t len, char out[SOUND_SIZE])
{
    size_t made = 0;
    for (size_t at = 0; at < len;) {
        size_t run = 0;
        while (at + run < len && is_vowel(codes[at + run]))
            run++;
        if (run > 0) {
            made += run_of_vowels(codes + at, run, at == 0, out + made);
            at += run;
            continue;
        }
        char before = made > 0 ? out[made - 1] : '\0';
        if (codes[at] != before && !(codes[at] == 'C' && before == 'S'))
            out[made++] = codes[at];
        at++;
    }
    out[made] = '\0';
}

void seal_sound_full(const char *word, size_t len, bool hard, char out[SOUND_SIZE])
{
    char codes[SOUND_SIZE];
    size_t count = 0;
    size_t end = stem(word, len);
    bool x = end > 0 && end == len && word[end - 1] == 'x'; /* Max is Makss, without its ending */
    for (size_t at = 0; at < end;) {
        const struct rule *rule = rule_at(word + at, end - at);
        if (x && at == end - 1)
            rule = NULL;
        if (rule == NULL) {
            codes[count++] = single[word[at++] - 'a'];
            continue;
        }
        const char *to = hard && rule->hard[0] != '\0' ? rule->hard : rule->soft;
        while (*to != '\0')
            codes[count++] = *to++;
        at += rule->take;
    }
    join(codes, count, out);
    seal_wipe(codes, sizeof codes);
}

void seal_sound_short(const char *full, char out[SOUND_SIZE])
{
    enum { ENOUGH = 4 };
    size_t made = 0;
    for (size_t i = 0; full[i] != '\0'; i++)
        if (full[i] != 'A' && full[i] != 'E')
            out[made++] = full[i];
        else if (i == 0)
            out[made++] = 'A';
    if (made < ENOUGH) {
        memcpy(out, full, strlen(full) + 1);
        return;
    }
    out[made] = '\0';
}
