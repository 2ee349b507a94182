#include "platform/form/xlsform.h"

#include "base/text.h"
#include "platform/form/xpath.h"

#include <math.h>
#include <strings.h>

static void wrong(struct converter *c, const struct question *question, const char *why)
{
    xl_problem(c, FORM_PARAMETER_INVALID, IN_SURVEY, question->row, COLUMN_PARAMETERS, why);
}

/* "key=value" parted by blanks, commas or semicolons; blanks may stand around the sign. */
static bool split(struct converter *c, const char *text, struct pair **out)
{
    const char *at = text + strspn(text, " ,;");
    while (*at != '\0') {
        size_t len = strcspn(at, " =,;\t");
        const char *equals = at + len + strspn(at + len, " \t");
        if (len == 0 || *equals != '=')
            return false;
        const char *value = equals + 1 + strspn(equals + 1, " \t");
        size_t value_len = strncmp(value, "${", 2) == 0 ? strcspn(value, "}") + 1 : strcspn(value, " ,;\t=");
        if (value_len > strlen(value) || value[value_len] == '=')
            return false;
        char *key = arena_text_n(c->arena, at, len);
        for (char *letter = key; *letter != '\0'; letter++)
            if (*letter >= 'A' && *letter <= 'Z')
                *letter = (char)(*letter - 'A' + 'a');
        xl_pair_add(c, out, key, arena_text_n(c->arena, value, value_len));
        at = value + value_len + strspn(value + value_len, " ,;\t");
    }
    return true;
}

static bool is_one_of(const char *word, const char *words)
{
    size_t len = strlen(word);
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t own = strcspn(at, " ");
        if (own == len && strncmp(at, word, len) == 0)
            return true;
        at += own;
    }
    return false;
}

static const char *value_of(const struct question *question, const char *name)
{
    return xl_pair(question->parameters, name);
}

static bool is_number(const char *text)
{
    return text[0] != '\0' && !isnan(xpath_parse_number(text));
}

static bool is_multiple(double value, double of)
{
    double count = value / of;
    return fabs(count - round(count)) < 1e-9 * fmax(1, fabs(count));
}

/* ---- ranges ---- */

struct range {
    struct converter *c;
    struct question *question;
    double start, end, step, tick; /* tick: NaN when none */
    bool no_ticks;
};

static bool is_inside(const struct range *r, double value)
{
    double low = fmin(r->start, r->end), high = fmax(r->start, r->end);
    return value >= low && value <= high;
}

static const char *tick_choice(const struct range *r, const struct option *option)
{
    double value = xpath_parse_number(option->name), unit = isnan(r->tick) ? r->step : r->tick;
    if (isnan(value))
        return "the choices of tick_labelset are no numbers";
    if (!is_inside(r, value))
        return "a choice of tick_labelset lies outside the range";
    if (r->no_ticks && value != r->start && value != r->end)
        return "with no-ticks, tick_labelset names only start and end";
    if (!is_multiple(value - r->start, unit))
        return "a choice of tick_labelset lies between two steps";
    return NULL;
}

static const char *check_ticks(const struct range *r, const char *list_name)
{
    struct option_list *list = xl_list(r->c->lists, list_name, strlen(list_name));
    if (list == NULL)
        return "tick_labelset names no list of choices";
    size_t different = 0;
    for (size_t i = 0; i < list->count; i++)
        different += i == 0 || strcmp(list->options[i].name, list->options[i - 1].name) != 0;
    if (r->no_ticks && different > 2)
        return "with no-ticks, tick_labelset has two choices";
    for (size_t i = 0; i < list->count; i++) {
        const char *why = tick_choice(r, &list->options[i]);
        if (why != NULL)
            return why;
    }
    r->question->list = list;
    r->question->list_name = list->name;
    list->used_itemset = true;
    return NULL;
}

static const char *check_range(struct range *r)
{
    const struct question *question = r->question;
    static const char *const names[] = {"start", "end", "step", "tick_interval", "placeholder"};
    static const double usual[] = {1, 10, 1};
    double values[5] = {1, 10, 1, (double)NAN, (double)NAN};
    for (size_t i = 0; i < 5; i++) {
        const char *text = value_of(question, names[i]);
        if (text != NULL && !is_number(text))
            return arena_format(r->c->arena, "%s is no number", names[i]);
        values[i] = text != NULL ? xpath_parse_number(text) : i < 3 ? usual[i] : (double)NAN;
    }
    r->start = values[0], r->end = values[1], r->step = values[2], r->tick = values[3];
    double width = fabs(r->end - r->start);
    if (r->step == 0 || r->tick == 0)
        return "a step of 0 leads nowhere";
    if (fabs(r->step) > width || fabs(r->tick) > width)
        return "a step is larger than the range";
    if (!isnan(r->tick) && !is_multiple(r->tick, r->step))
        return "tick_interval is no multiple of step";
    if (!isnan(values[4]) && !is_multiple(values[4] - r->start, r->step))
        return "placeholder lies between two steps";
    if (!isnan(values[4]) && !is_inside(r, values[4]))
        return "placeholder lies outside the range";
    return NULL;
}

static bool appearance_has(const struct question *question, const char *word)
{
    return is_one_of(word, question->cells[COLUMN_APPEARANCE]);
}

static void range(struct converter *c, struct question *question)
{
    struct range r = {.c = c, .question = question, .no_ticks = appearance_has(question, "no-ticks")};
    bool extra = value_of(question, "tick_interval") != NULL || value_of(question, "placeholder") != NULL ||
                 value_of(question, "tick_labelset") != NULL;
    bool plain = question->cells[COLUMN_APPEARANCE][0] == '\0' || appearance_has(question, "vertical") || r.no_ticks;
    const char *why = check_range(&r);
    if (why == NULL && extra && !plain)
        why = "ticks and placeholders go with the appearances vertical and no-ticks only";
    if (why == NULL && value_of(question, "tick_labelset") != NULL)
        why = check_ticks(&r, value_of(question, "tick_labelset"));
    if (why != NULL)
        wrong(c, question, why);
}

/* ---- other types ---- */

static void seed_and_randomize(struct converter *c, struct question *question)
{
    const char *randomize = value_of(question, "randomize"), *seed = value_of(question, "seed");
    if (randomize != NULL && strcasecmp(randomize, "true") != 0 && strcasecmp(randomize, "false") != 0)
        wrong(c, question, "randomize is true or false");
    if (seed != NULL && (randomize == NULL || strcasecmp(randomize, "true") != 0))
        wrong(c, question, "a seed needs randomize=true");
    if (seed != NULL && !is_number(seed) && xl_bare_reference(c->arena, seed) == NULL)
        wrong(c, question, "the seed is a number or ${question}");
}

static void file_columns(struct converter *c, struct question *question)
{
    static const char *const names[] = {"value", "label"};
    for (size_t i = 0; i < 2; i++) {
        const char *name = value_of(question, names[i]);
        if (name != NULL && !xl_name_valid(name))
            xl_problem(c, FORM_NAME_INVALID, IN_SURVEY, question->row, COLUMN_PARAMETERS, name);
    }
}

static void check_truth(struct converter *c, const struct question *question, const char *name)
{
    const char *value = value_of(question, name);
    if (value != NULL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        wrong(c, question, arena_format(c->arena, "%s is true or false", name));
}

static void check_word(struct converter *c, const struct question *question, const char *name, const char *words)
{
    const char *value = value_of(question, name);
    if (value != NULL && !is_one_of(value, words))
        wrong(c, question, arena_format(c->arena, "%s is one of: %s", name, words));
}

static void check_number(struct converter *c, const struct question *question, const char *name)
{
    const char *value = value_of(question, name);
    if (value != NULL && !is_number(value))
        wrong(c, question, arena_format(c->arena, "%s is a number", name));
}

static void place(struct converter *c, struct question *question)
{
    check_truth(c, question, "allow-mock-accuracy");
    check_truth(c, question, "incremental");
    check_number(c, question, "capture-accuracy");
    check_number(c, question, "warning-accuracy");
    const char *geometry = value_of(question, "reference-geometry");
    if (geometry == NULL)
        return;
    question->list = xl_list(c->lists, geometry, strlen(geometry));
    question->list_name = geometry;
    if (question->list != NULL)
        question->list->used_itemset = true;
    bool known = question->list != NULL || xl_bare_reference(c->arena, geometry) != NULL;
    for (size_t i = 0; i < c->count && !known; i++) {
        const struct question *other = c->all[i];
        size_t len = other->file == NULL ? 0 : strcspn(other->file, ".");
        known = (len == strlen(geometry) && strncmp(other->file, geometry, len) == 0) ||
                (other->act == ACT_EXTERNAL && strcmp(other->name, geometry) == 0);
    }
    if (!known)
        wrong(c, question, "reference-geometry names no list of choices");
}

static void audit(struct converter *c, struct question *question)
{
    const char *priority = value_of(question, "location-priority"),
               *interval = value_of(question, "location-min-interval"), *age = value_of(question, "location-max-age");
    int count = (priority != NULL) + (interval != NULL) + (age != NULL);
    if (count != 0 && count != 3)
        wrong(c, question, "locations need location-priority, location-min-interval and location-max-age");
    check_word(c, question, "location-priority", "no-power low-power balanced high-accuracy");
    if (interval != NULL && (!is_number(interval) || interval[0] == '-'))
        wrong(c, question, "location-min-interval is a number from 0 up");
    if (age != NULL && (!is_number(age) || age[0] == '-'))
        wrong(c, question, "location-max-age is a number from 0 up");
    check_truth(c, question, "track-changes");
    check_truth(c, question, "identify-user");
    check_word(c, question, "track-changes-reasons", "on-form-edit");
}

static bool android_package(const char *name)
{
    bool dot = false, fresh = true;
    for (const char *at = name; *at != '\0'; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (*at == '.' ? fresh : fresh ? !letter : !(letter || *at == '_' || (*at >= '0' && *at <= '9')))
            return false;
        dot = dot || *at == '.';
        fresh = *at == '.';
    }
    return dot && !fresh;
}

static void image(struct converter *c, struct question *question)
{
    const char *app = value_of(question, "app"), *pixels = value_of(question, "max-pixels");
    bool camera = question->cells[COLUMN_APPEARANCE][0] == '\0' || appearance_has(question, "annotate");
    if (app != NULL && camera && !android_package(app))
        wrong(c, question, "app is the name of an Android package");
    if (pixels == NULL)
        xl_warning(c, FORM_MAX_PIXELS, IN_SURVEY, question->row, COLUMN_PARAMETERS, "");
    else if (strspn(pixels, "0123456789") != strlen(pixels))
        wrong(c, question, "max-pixels is a whole number");
}

static void check_keys(struct converter *c, struct question *question)
{
    const char *allowed = question->type->parameters;
    if (question->file != NULL)
        allowed = "label value randomize seed";
    if (question->cells[COLUMN_QUERY][0] != '\0')
        allowed = "randomize seed";
    for (const struct pair *pair = question->parameters; allowed != NULL && pair != NULL; pair = pair->next)
        if (!is_one_of(pair->name, allowed))
            wrong(c, question, arena_format(c->arena, "\"%s\" (this type takes: %s)", pair->name, allowed));
}

void xl_parameters(struct converter *c, struct question *question)
{
    const char *type = question->type->name;
    if (!split(c, question->cells[COLUMN_PARAMETERS], &question->parameters)) {
        wrong(c, question, "parameters are written key=value");
        return;
    }
    check_keys(c, question);
    if (strcmp(type, "range") == 0)
        range(c, question);
    if (strncmp(type, "select", 6) == 0 || strcmp(type, "rank") == 0)
        seed_and_randomize(c, question);
    if (question->file != NULL)
        file_columns(c, question);
    if (strncmp(type, "geo", 3) == 0)
        place(c, question);
    if (strcmp(type, "audit") == 0)
        audit(c, question);
    if (strcmp(type, "image") == 0)
        image(c, question);
    if (strcmp(type, "audio") == 0)
        check_word(c, question, "quality", "voice-only low normal external");
    if (strcmp(type, "background-audio") == 0)
        check_word(c, question, "quality", "voice-only low normal");
    if (strcmp(type, "text") == 0 && question->cells[COLUMN_QUERY][0] == '\0' && value_of(question, "rows") != NULL &&
        strspn(value_of(question, "rows"), "0123456789") != strlen(value_of(question, "rows")))
        wrong(c, question, "rows is a whole number");
}
