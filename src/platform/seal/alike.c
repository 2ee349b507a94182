#include "platform/seal/internal.h"

#include <string.h>

/* Steps between two words: a letter more, less, other, or two neighbours swapped (optimal string alignment,
 * the restricted Damerau-Levenshtein distance). */
static size_t steps(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][SOUND_SIZE + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_len];
}

static size_t percent(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t longer = a_len > b_len ? a_len : b_len;
    return longer == 0 ? 0 : 100 - 100 * steps(a, a_len, b, b_len) / longer;
}

/* Letters count, sounds count twice: Shevchuk and Шевчук differ in letters only. */
static size_t words_alike(const struct name_word *a, const struct name_word *b)
{
    size_t letters = percent(a->text, a->len, b->text, b->len);
    if (letters == 100 || a->kind != WORD_NAME || b->kind != WORD_NAME)
        return letters;
    size_t sounds = 0;
    char x[SOUND_SIZE];
    char y[SOUND_SIZE];
    for (int hard = 0; hard < 2; hard++) {
        seal_sound_full(a->text, a->len, hard == 1, x);
        seal_sound_full(b->text, b->len, hard == 1, y);
        size_t alike = percent(x, strlen(x), y, strlen(y));
        sounds = alike > sounds ? alike : sounds;
    }
    seal_wipe(x, sizeof x);
    seal_wipe(y, sizeof y);
    size_t mixed = (letters + 2 * sounds) / 3;
    return mixed > letters ? mixed : letters;
}

struct pairing {
    struct name_word *few; /* the name with fewer words */
    size_t few_count;
    struct name_word *many;
    size_t many_count;
    size_t *alike; /* few x many */
    bool used[2][NAME_WORDS_MAX];
};

/* Takes the most alike pair that is left; false when none is. */
static bool take_best(struct pairing *p, size_t *few_at, size_t *many_at)
{
    bool found = false;
    for (size_t i = 0; i < p->few_count; i++)
        for (size_t j = 0; j < p->many_count; j++) {
            if (p->used[0][i] || p->used[1][j])
                continue;
            if (found && p->alike[i * p->many_count + j] <= p->alike[*few_at * p->many_count + *many_at])
                continue;
            *few_at = i;
            *many_at = j;
            found = true;
        }
    if (found)
        p->used[0][*few_at] = p->used[1][*many_at] = true;
    return found;
}

static size_t letters_of(const struct name_word *words, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += words[i].len;
    return sum;
}

/* Each word of the shorter name counts by its length; what the longer name has besides takes up to a fifth away. */
int seal_name_alike(struct arena *arena, const char *a, const char *b)
{
    struct pairing p = {.few = NULL};
    p.few_count = seal_normal_words(arena, a, &p.few);
    p.many_count = seal_normal_words(arena, b, &p.many);
    if (p.few_count > p.many_count) {
        struct pairing other = {.few = p.many, .few_count = p.many_count, .many = p.few, .many_count = p.few_count};
        p = other;
    }
    if (p.few_count == 0)
        return 0;
    p.alike = ARENA_ARRAY(arena, size_t, p.few_count * p.many_count);
    for (size_t i = 0; i < p.few_count; i++)
        for (size_t j = 0; j < p.many_count; j++)
            p.alike[i * p.many_count + j] = words_alike(&p.few[i], &p.many[j]);
    size_t sum = 0;
    size_t matched = 0;
    for (size_t i = 0, j = 0; take_best(&p, &i, &j);) {
        sum += p.alike[i * p.many_count + j] * p.few[i].len;
        matched += p.many[j].len;
    }
    size_t score = sum / letters_of(p.few, p.few_count);
    size_t besides = letters_of(p.many, p.many_count) - matched;
    return (int)(score - score * besides / (5 * (besides + matched)));
}
