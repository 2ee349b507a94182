#include "platform/form/xlsform.h"

#include "base/text.h"

#include <ctype.h>

/* ---- finding ---- */

struct question *xl_find(struct converter *c, const char *name, size_t len, enum form_problem_code *why)
{
    struct question *found = NULL;
    *why = FORM_REFERENCE_UNKNOWN;
    for (size_t i = 0; i < c->count; i++) {
        struct question *question = c->all[i];
        if (strlen(question->name) != len || strncmp(question->name, name, len) != 0 || question->act == ACT_EXTERNAL ||
            (i == 0 && c->count > 1))
            continue;
        if (found != NULL) {
            *why = FORM_REFERENCE_UNCLEAR;
            return NULL;
        }
        found = question;
    }
    return found;
}

bool xl_has_reference(const char *text)
{
    const char *open = strstr(text, "${");
    return open != NULL && strchr(open, '}') != NULL;
}

const char *xl_bare_reference(struct arena *arena, const char *text)
{
    const char *trimmed = text_trim(arena, text), *close = strchr(trimmed, '}');
    if (strncmp(trimmed, "${", 2) != 0 || close == NULL || close[1] != '\0')
        return NULL;
    return text_trim(arena, arena_text_n(arena, trimmed + 2, (size_t)(close - trimmed - 2)));
}

struct question *xl_repeat_of(const struct question *question)
{
    struct question *at = question->parent;
    while (at != NULL && at->act != ACT_REPEAT)
        at = at->parent;
    return at;
}

/* ---- paths ---- */

static unsigned depth_of(const struct question *question)
{
    unsigned depth = 0;
    for (; question->parent != NULL; question = question->parent)
        depth++;
    return depth;
}

static bool is_within(const struct question *question, const struct question *container)
{
    for (question = question->parent; question != NULL; question = question->parent)
        if (question == container)
            return true;
    return false;
}

/* The innermost container of both; NULL when no repeat holds both, so that absolute paths mean the same. */
static const struct question *common_container(const struct question *a, const struct question *b)
{
    const struct question *common = a->parent;
    while (common != NULL && !is_within(b, common))
        common = common->parent;
    for (const struct question *at = common; at != NULL; at = at->parent)
        if (at->act == ACT_REPEAT)
            return common;
    return NULL;
}

static const char *relative_path(struct converter *c, const struct question *context, const struct question *target,
                                 const struct question *common, bool from_current)
{
    struct buf buf;
    buf_init(&buf, c->arena, 64);
    buf_text(&buf, from_current ? " current()" : " ");
    unsigned steps = depth_of(context) - depth_of(common) + (context->meta ? 1 : 0);
    for (unsigned i = 0; i < steps; i++)
        buf_text(&buf, i == 0 && !from_current ? ".." : "/..");
    buf_format(&buf, "%s ", target->path + strlen(common->path));
    return buf.ptr;
}

static const char *path_to(struct converter *c, const struct question *context, const struct question *target,
                           enum reference_mode mode, bool absolute)
{
    const struct question *common = NULL;
    if (!absolute && context != NULL && context->parent != NULL)
        common = common_container(context, target);
    if (mode == REFERENCE_PARENT && common != NULL && xl_repeat_of(target) == xl_repeat_of(context) &&
        xl_repeat_of(target) == common)
        common = common->parent; /* all instances of the repeat, not only this one */
    if (common == NULL)
        return arena_format(c->arena, " %s ", target->path);
    return relative_path(c, context, target, common, mode == REFERENCE_FILTER);
}

/* ---- where in an expression a reference stands ---- */

/* Steps back over a balanced bracket that closes at `at`; NULL when it does not open. */
static const char *step_back(const char *text, const char *at, char open, char close)
{
    int depth = 0;
    for (; at >= text; at--) {
        depth += *at == close ? 1 : *at == open ? -1 : 0;
        if (depth == 0)
            return at;
    }
    return NULL;
}

/* Does the path whose predicate opens at `bracket` start with instance()? */
static bool of_instance(const char *text, const char *bracket)
{
    const char *at = bracket - 1;
    while (at >= text) {
        if (*at == ']' || *at == ')') {
            const char *open = step_back(text, at, *at == ']' ? '[' : '(', *at);
            if (open == NULL)
                return false;
            at = open - 1;
        } else if (isalnum((unsigned char)*at) || strchr("_-./:@*", *at) != NULL || (unsigned char)*at >= 0x80) {
            at--;
        } else {
            break;
        }
    }
    return strncmp(at + 1, "instance(", 9) == 0;
}

static bool in_instance_predicate(const char *text, const char *at)
{
    int depth = 0;
    for (const char *back = at - 1; back >= text; back--) {
        if (*back == ']')
            depth++;
        if (*back == '[' && depth-- == 0) {
            if (of_instance(text, back))
                return true;
            depth = 0;
        }
    }
    return false;
}

/* indexed-repeat(what, repeat, number, ...): `what` and `repeat` are meant as a whole, numbers as usual. */
static bool in_indexed_repeat(const char *text, const char *at)
{
    static const char name[] = "indexed-repeat";
    int depth = 0, commas = 0;
    for (const char *back = at - 1; back >= text; back--) {
        if (*back == ')')
            depth++;
        else if (*back == ',' && depth == 0)
            commas++;
        else if (*back == '(' && depth-- == 0) {
            const char *end = back;
            while (end > text && end[-1] == ' ')
                end--;
            bool named = (size_t)(end - text) >= sizeof name - 1 &&
                         strncmp(end - (sizeof name - 1), name, sizeof name - 1) == 0;
            return named && (commas == 0 || commas % 2 == 1);
        }
    }
    return false;
}

/* ---- replacing ---- */

static const char *last_saved(struct converter *c, const struct question *target)
{
    xl_note_instance(c, "__last-saved", "jr://instance/last-saved", "instance", NULL);
    return arena_format(c->arena, " instance('__last-saved')%s ", target->path);
}

const char *xl_paths(struct converter *c, const char *text, const struct question *context, enum reference_mode mode,
                     enum table_kind kind, const struct sheet_row *row, enum column column)
{
    static const char saved[] = "last-saved#";
    struct buf buf;
    const char *at = text;
    buf_init(&buf, c->arena, strlen(text));
    for (;;) {
        const char *open = strstr(at, "${"), *close = open == NULL ? NULL : strchr(open, '}');
        if (close == NULL)
            break;
        buf_add(&buf, at, (size_t)(open - at));
        const char *name = text_trim(c->arena, arena_text_n(c->arena, open + 2, (size_t)(close - open - 2)));
        bool is_saved = text_starts(name, saved);
        if (is_saved)
            name += strlen(saved);
        enum form_problem_code why = FORM_PROBLEM_NONE;
        const struct question *target = xl_find(c, name, strlen(name), &why);
        enum reference_mode own = mode == REFERENCE_PLAIN && in_instance_predicate(text, open) ? REFERENCE_FILTER
                                                                                               : mode;
        if (target == NULL)
            xl_problem(c, why, kind, row, column, name);
        else
            buf_text(&buf, is_saved ? last_saved(c, target)
                                    : path_to(c, context, target, own, in_indexed_repeat(text, open)));
        at = close + 1;
    }
    buf_text(&buf, at);
    return buf.ptr;
}

/* ---- defaults ---- */

static bool name_char(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '.' || letter == '-' ||
           (unsigned char)letter >= 0x80;
}

static bool may_hold_hyphens(const char *type)
{
    static const char *const types[] = {"date", "dateTime", "time", "geopoint", "geotrace", "geoshape"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

static bool is_operator_word(const char *text, const char *at, size_t len)
{
    bool word = len == 3 && (strncmp(at, "div", 3) == 0 || strncmp(at, "mod", 3) == 0);
    return word && at > text && at[-1] == ' ' && at[3] == ' ';
}

/* A default is worked out, not copied, when it holds an operator, a call, a reference or a predicate. */
bool xl_default_is_dynamic(const char *text, const char *type)
{
    if (text[0] == '\0')
        return false;
    if (xl_has_reference(text))
        return true;
    bool schemed = strstr(text, "://") != NULL;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\'') {
            const char *close = strchr(at + 1, *at);
            at = close == NULL ? at : close;
            continue;
        }
        if (isalpha((unsigned char)*at) || *at == '_') {
            size_t len = 0;
            while (name_char(at[len]))
                len++;
            if (at[len] == '(' || is_operator_word(text, at, len))
                return true;
            at += len - 1;
            continue;
        }
        if (strchr("+*|[", *at) != NULL && !schemed)
            return true;
        bool number = at == text || strchr(" ,(", at[-1]) != NULL;
        if (*at == '-' && !may_hold_hyphens(type) && !schemed &&
            !(number && isdigit((unsigned char)at[1]) && at == text))
            return true;
    }
    return false;
}
