#include "platform/form/xlsform.h"

#include "base/text.h"

#include <strings.h>

static void problem(struct converter *c, enum form_problem_code code, const struct question *question,
                    enum column column, const char *detail)
{
    xl_problem(c, code, question->row == NULL ? IN_CHOICES : IN_SURVEY, question->row, column, detail);
}

/* ---- names ---- */

struct named {
    const char *name;
    const struct question *question;
};

static int by_name(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    int order = strcasecmp(left->name, right->name);
    if (order != 0)
        return order;
    return left->question < right->question ? -1 : left->question > right->question;
}

static void check_siblings(struct converter *c, const struct question *parent)
{
    size_t count = 0;
    for (const struct question *child = parent->first; child != NULL; child = child->next)
        count++;
    struct named *names = ARENA_ARRAY(c->scratch, struct named, count + 1);
    count = 0;
    for (const struct question *child = parent->first; child != NULL; child = child->next)
        names[count++] = (struct named){child->name, child};
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++) {
        const struct question *later = names[i].question;
        if (strcasecmp(names[i].name, names[i - 1].name) != 0 || strcmp(names[i].name, "_") == 0)
            continue;
        if (strcmp(names[i].name, names[i - 1].name) == 0)
            problem(c, FORM_NAME_TWICE, later, COLUMN_NAME, later->name);
        else
            xl_warning(c, FORM_NAME_SIMILAR, IN_SURVEY, later->row, COLUMN_NAME, later->name);
    }
}

static void check_repeat_names(struct converter *c)
{
    struct named *names = ARENA_ARRAY(c->scratch, struct named, c->count);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->all[i]->act == ACT_REPEAT)
            names[count++] = (struct named){c->all[i]->name, c->all[i]};
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i].name, names[i - 1].name) == 0 && names[i].question->parent != names[i - 1].question->parent)
            problem(c, FORM_NAME_TWICE, names[i].question, COLUMN_NAME, names[i].name);
}

/* ---- what a question needs ---- */

static bool has_words(const struct question *question, enum column column)
{
    return question->words[column - WORDS_FIRST].in != NULL;
}

static bool has_label(const struct question *question)
{
    return has_words(question, COLUMN_LABEL) || has_words(question, COLUMN_HINT) || has_words(question, COLUMN_IMAGE) ||
           has_words(question, COLUMN_BIG_IMAGE) || has_words(question, COLUMN_AUDIO) ||
           has_words(question, COLUMN_VIDEO);
}

bool xl_visible(const struct question *question)
{
    if (question->act != ACT_QUESTION || question->type->control == NULL)
        return false;
    bool silent = question->cells[COLUMN_CALCULATION][0] != '\0' || question->cells[COLUMN_TRIGGER][0] != '\0' ||
                  question->dynamic_default;
    return has_label(question) || !silent;
}

static void check_words(struct converter *c, const struct question *question)
{
    if (xl_visible(question) && !has_label(question))
        problem(c, FORM_LABEL_MISSING, question, COLUMN_LABEL, question->name);
}

static void check_calculation(struct converter *c, const struct question *question)
{
    if (strcmp(question->type->name, "calculate") != 0 || question->cells[COLUMN_CALCULATION][0] != '\0' ||
        question->cells[COLUMN_TRIGGER][0] != '\0' || question->dynamic_default)
        return;
    problem(c, FORM_CALCULATION_MISSING, question, COLUMN_CALCULATION, question->name);
}

/* "${a}" or "${a}, ${b}": questions that people see. */
static void check_trigger(struct converter *c, struct question *question)
{
    const char *at = question->cells[COLUMN_TRIGGER];
    bool background = strcmp(question->type->name, "background-geopoint") == 0;
    if (at[0] == '\0' && background)
        problem(c, FORM_TRIGGER_INVALID, question, COLUMN_TRIGGER, "this type needs a trigger");
    if (background && question->cells[COLUMN_CALCULATION][0] != '\0')
        problem(c, FORM_VALUE_INVALID, question, COLUMN_CALCULATION, "this type takes no calculation");
    while (*at != '\0') {
        at += strspn(at, " ");
        const char *close = strchr(at, '}');
        if (strncmp(at, "${", 2) != 0 || close == NULL) {
            problem(c, FORM_TRIGGER_INVALID, question, COLUMN_TRIGGER, question->cells[COLUMN_TRIGGER]);
            return;
        }
        const char *name = text_trim(c->scratch, arena_text_n(c->scratch, at + 2, (size_t)(close - at - 2)));
        enum form_problem_code why = FORM_PROBLEM_NONE;
        const struct question *trigger = xl_find(c, name, strlen(name), &why);
        if (trigger == NULL)
            problem(c, why, question, COLUMN_TRIGGER, name);
        else if (!xl_visible(trigger) && trigger->act == ACT_QUESTION)
            problem(c, FORM_TRIGGER_INVALID, question, COLUMN_TRIGGER, name);
        at = close + 1 + strspn(close + 1, " ");
        if (*at == ',' && at[1] != '\0') {
            at++;
        } else if (*at != '\0') {
            problem(c, FORM_TRIGGER_INVALID, question, COLUMN_TRIGGER, question->cells[COLUMN_TRIGGER]);
            return;
        }
    }
    question->is_trigger_target = question->cells[COLUMN_TRIGGER][0] != '\0';
}

static void check_fact(struct converter *c, const struct question *question)
{
    const char *fact = question->cells[COLUMN_FACT];
    if (fact[0] == '\0')
        return;
    c->uses_facts = true;
    if (strspn(fact, "abcdefghijklmnopqrstuvwxyz0123456789_.") != strlen(fact) || strlen(fact) > 100)
        problem(c, FORM_VALUE_INVALID, question, COLUMN_FACT, fact);
}

static void check_list_reference(struct converter *c, const struct question *question)
{
    if (question->list_name == NULL || strncmp(question->list_name, "${", 2) != 0)
        return;
    const char *name = xl_bare_reference(c->scratch, question->list_name);
    enum form_problem_code why = FORM_LIST_UNKNOWN;
    const struct question *target = name == NULL ? NULL : xl_find(c, name, strlen(name), &why);
    if (target == NULL)
        problem(c, why, question, COLUMN_TYPE, question->list_name);
    else if (target->act == ACT_QUESTION && xl_repeat_of(target) == NULL)
        problem(c, FORM_LIST_UNKNOWN, question, COLUMN_TYPE, question->list_name);
}

/* ---- languages ---- */

static bool has_code(const char *language)
{
    const char *open = strrchr(language, '('), *close = open == NULL ? NULL : strchr(open, ')');
    size_t len = close == NULL ? 0 : (size_t)(close - open - 1);
    if (len < 2 || strspn(open + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") < len)
        return false;
    size_t first = strcspn(open + 1, "-)");
    return first == 2 || first == 3;
}

static void check_languages(struct converter *c)
{
    struct buf names;
    buf_init(&names, c->arena, 0);
    for (size_t i = 0; i < c->language_count; i++) {
        const char *language = c->languages[i];
        size_t len = strlen(language);
        if ((i == c->default_language && (strcmp(language, "default") == 0 || c->language_count == 1)) ||
            has_code(language) || len == 2)
            continue;
        buf_text(&names, names.len > 0 ? ", " : "");
        buf_text(&names, language);
    }
    if (names.len > 0)
        xl_warning(c, FORM_LANGUAGE_UNCLEAR, IN_SURVEY, NULL, COLUMN_OTHER, names.ptr);
}

static void check_question(struct converter *c, struct question *question)
{
    const char *type = question->type->name;
    question->dynamic_default = xl_default_is_dynamic(question->cells[COLUMN_DEFAULT], type);
    if (question->parameters == NULL)
        xl_parameters(c, question);
    check_fact(c, question);
    check_list_reference(c, question);
    if (question->cells[COLUMN_TRIGGER][0] != '\0' || strcmp(type, "background-geopoint") == 0)
        check_trigger(c, question);
    check_words(c, question);
    check_calculation(c, question);
}

void xl_check(struct converter *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct question *question = c->all[i];
        if (question->first != NULL)
            check_siblings(c, question);
        question->dynamic_default = xl_default_is_dynamic(question->cells[COLUMN_DEFAULT], question->type->name);
    }
    check_repeat_names(c);
    for (size_t i = 1; i < c->count; i++)
        if (c->all[i]->act == ACT_QUESTION)
            check_question(c, c->all[i]);
    check_languages(c);
}
