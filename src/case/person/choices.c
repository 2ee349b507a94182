/* Long lists of codes in an order in which people find them: made once for each language. */
#include "base/text.h"
#include "case/person/views.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

enum { CHOICES_MAX = 260, LABEL_MAX = 80 };

static const char *const FREQUENT[] = {"lv", "uk", "ua", "ru", "by", "en"};
static const char *const LAST[] = {"stateless", "non_citizen", "sign",     "other",
                                   "unknown",   "not_asked",   "declined", "not_applicable"};

struct sorted {
    struct choice items[CHOICES_MAX];
    size_t count;
};
static struct sorted nationalities[LANGUAGE_COUNT];
static struct sorted languages[LANGUAGE_COUNT];
static pthread_once_t made = PTHREAD_ONCE_INIT;

struct keyed {
    struct choice choice;
    size_t group; /* frequent ones by their place, then all others, then the last by theirs */
    UChar text[LABEL_MAX];
    const UCollator *order;
};

static size_t place(const char *const *codes, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(codes[i], code))
            return i;
    return count;
}

static size_t group_of(const char *code)
{
    enum { FREQUENT_COUNT = sizeof FREQUENT / sizeof *FREQUENT, LAST_COUNT = sizeof LAST / sizeof *LAST };
    size_t first = place(FREQUENT, FREQUENT_COUNT, code);
    size_t last = place(LAST, LAST_COUNT, code);
    return first < FREQUENT_COUNT ? first : last < LAST_COUNT ? FREQUENT_COUNT + 1 + last : FREQUENT_COUNT;
}

static int by_label(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    if (x->group != y->group || x->order == NULL)
        return (x->group > y->group) - (x->group < y->group);
    return (int)ucol_strcoll(x->order, x->text, -1, y->text, -1);
}

static void sort_into(struct sorted *out, const struct code_list *list, enum language language, const UCollator *order)
{
    static struct keyed items[CHOICES_MAX]; /* only inside pthread_once */
    for (size_t i = 0; i < list->count && i < CHOICES_MAX; i++) {
        UErrorCode status = U_ZERO_ERROR;
        const char *label = word_code(language, list->family, list->codes[i]);
        items[i] = (struct keyed){
            .choice = {list->codes[i], label, NULL}, .group = group_of(list->codes[i]), .order = order};
        (void)u_strFromUTF8(items[i].text, LABEL_MAX - 1, NULL, label, -1, &status);
        out->count++;
    }
    qsort(items, out->count, sizeof *items, by_label);
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = items[i].choice;
}

static void make(void)
{
    for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
        UErrorCode status = U_ZERO_ERROR;
        UCollator *order = ucol_open(language_code(language), &status);
        if (U_FAILURE(status))
            order = NULL;
        sort_into(&nationalities[language], &PERSON_NATIONALITIES, language, order);
        sort_into(&languages[language], &PERSON_LANGUAGES, language, order);
        if (order != NULL)
            ucol_close(order);
    }
}

const struct choice *person_choices(const struct code_list *list, enum language language, size_t *count)
{
    (void)pthread_once(&made, make);
    const struct sorted *sorted = list == &PERSON_NATIONALITIES ? &nationalities[language] : &languages[language];
    *count = sorted->count;
    return sorted->items;
}
