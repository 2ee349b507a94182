#include "platform/gate/internal.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 200, SECRET_MAX = 1000 };

static struct field_value *field_value(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->gate->field_count; i++) {
        if (text_same(r->gate->fields[i].rule->name, name))
            return &r->gate->fields[i];
    }
    return NULL;
}

/* A field that the route did not declare cannot be asked for: that is a fault of the program. */
static struct field_value *declared(const struct req *r, const char *name)
{
    struct field_value *value = field_value(r, name);
    if (value == NULL) {
        (void)err_note(ERR_INPUT, "no field %s in the route %s", name, r->route->path);
        BUG("a handler asks for a field that its route does not declare");
    }
    return value;
}

/* `general`: the message would fit any field. */
static void fail(struct req *r, const char *name, const char *message, bool general)
{
    struct field_value *value = declared(r, name);
    if (value->error == NULL) {
        value->error = message;
        value->general = general;
    }
    r->failed = true;
}

/* ---- taking in ---- */

static bool gate_field(const char *name)
{
    static const char *const own[] = {"csrf", "once", "l", "done"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (text_same(own[i], name))
            return true;
    }
    return text_starts(name, "kept.");
}

/* The part of a date field's name behind the rule's name: 0 day, 1 month, 2 year; -1 for none. */
static int date_part_of(const char *rule, const char *name)
{
    static const char *const parts[] = {"-day", "-month", "-year"};
    size_t len = strlen(rule);
    if (strncmp(rule, name, len) != 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        if (text_same(parts[i], name + len))
            return i;
    }
    return -1;
}

/* A copy that is valid text: what may not stand in text is dropped and noted. */
static char *clean(struct arena *arena, struct bytes raw, bool *bad)
{
    const char *text = (const char *)raw.ptr;
    if (raw.len == 0)
        return arena_text(arena, "");
    if (text_check(text, raw.len))
        return text_trim(arena, arena_text_n(arena, text, raw.len));
    *bad = true;
    char *kept = arena_alloc(arena, raw.len + 1);
    size_t out = 0;
    for (size_t i = 0; i < raw.len;) {
        size_t size = 1;
        while (size < 4 && i + size < raw.len && !text_check(text + i, size))
            size++;
        bool good = text_check(text + i, size);
        if (good) {
            memcpy(kept + out, text + i, size);
            out += size;
        }
        i += good ? size : 1;
    }
    return text_trim(arena, kept);
}

static void take(struct req *r, struct field_value *value, const struct http_field *given, int part)
{
    bool bad = false;
    char *text = given->file_name == NULL ? clean(r->arena, given->value, &bad) : arena_text(r->arena, "");
    if (part >= 0)
        value->parts[part] = text;
    else if (value->rule->kind == FIELD_FILE) {
        value->file = given->value;
        value->file_name = given->file_name;
    } else if (value->rule->kind == FIELD_CODES && value->given)
        value->text = arena_format(r->arena, "%s %s", value->text, text);
    else if (value->rule->kind == FIELD_SECRET)
        value->text = arena_text_n(r->arena, (const char *)given->value.ptr, given->value.len);
    else
        value->text = text;
    value->given = true;
    if (bad)
        field_fail(r, value->rule->name, W_field_characters);
}

static enum err place(struct req *r, const struct http_field *given)
{
    struct gate_state *gate = r->gate;
    for (size_t i = 0; i < gate->field_count; i++) {
        struct field_value *value = &gate->fields[i];
        const struct field_rule *rule = value->rule;
        if (rule->kind == FIELD_REST && text_starts(given->name, rule->name))
            return OK;
        int part = rule->kind == FIELD_DATE ? date_part_of(rule->name, given->name) : -1;
        if (part < 0 && !text_same(rule->name, given->name))
            continue;
        if (value->given && part < 0 && rule->kind != FIELD_CODES)
            return OK; /* the first of several counts */
        take(r, value, given, part);
        return OK;
    }
    return gate_field(given->name) ? OK : err_note(ERR_INPUT, "an undeclared field on %s", r->route->path);
}

/* ---- checking by rule ---- */

static bool is_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
    return text_to_int(text, out) && *out >= low && *out <= high;
}

/* Two digits could be 1926 as well as 2026. */
static bool is_year(const char *text, int64_t *out)
{
    return is_number(text, 1900, 2200, out);
}

/* Puts the three parts of a date together; "?" stands for a part that is no number. */
static void join_date(struct req *r, struct field_value *value)
{
    const char *day = value->parts[0] == NULL ? "" : value->parts[0];
    const char *month = value->parts[1] == NULL ? "" : value->parts[1];
    const char *year = value->parts[2] == NULL ? "" : value->parts[2];
    int64_t d = 0;
    int64_t m = 0;
    int64_t y = 0;
    if (value->parts[0] == NULL && value->parts[1] == NULL && value->parts[2] == NULL)
        return;
    bool fine = (text_empty(year) || is_year(year, &y)) && (text_empty(month) || is_number(month, 1, 12, &m)) &&
                (text_empty(day) || is_number(day, 1, 31, &d));
    if (fine && y == 0 && m == 0 && d == 0)
        value->text = "";
    else if (!fine || y == 0 || (m == 0 && d != 0))
        value->text = "?";
    else if (m == 0)
        value->text = arena_format(r->arena, "%04d", (int)y);
    else if (d == 0)
        value->text = arena_format(r->arena, "%04d-%02d", (int)y, (int)m);
    else
        value->text = arena_format(r->arena, "%04d-%02d-%02d", (int)y, (int)m, (int)d);
}

static void check_date(struct req *r, struct field_value *value)
{
    join_date(r, value);
    if (text_empty(value->text))
        return;
    int64_t year = 0;
    if (!text_empty(value->parts[2]) && !is_year(value->parts[2], &year))
        field_fail(r, value->rule->name, W_field_year);
    else if (value->rule->partial ? !date_check(value->text) : !date_full(value->text))
        field_fail(r, value->rule->name, value->rule->partial ? W_field_date_partial : W_field_date);
}

static void check_length(struct req *r, struct field_value *value, size_t most)
{
    if (text_length(value->text) > most)
        fail(r, value->rule->name, word_plural(r->arena, r->language, W_field_long, (int64_t)most, (const char *)NULL),
             true);
}

static void check_codes(struct req *r, struct field_value *value)
{
    const struct field_rule *rule = value->rule;
    if (rule->other || text_empty(value->text))
        return;
    char *rest = arena_text(r->arena, value->text);
    for (char *code; (code = strsep(&rest, " ")) != NULL;) {
        if (*code != '\0' && !code_in(rule->codes, code))
            field_fail(r, rule->name, W_field_choose);
    }
}

static void check_int(struct req *r, struct field_value *value)
{
    const struct field_rule *rule = value->rule;
    int64_t number = 0;
    int64_t high = rule->min == 0 && rule->max == 0 ? INT64_MAX : rule->max;
    if (text_empty(value->text) || is_number(value->text, rule->min, high, &number))
        return;
    if (high == INT64_MAX)
        field_fail(r, rule->name, W_field_number);
    else
        fail(r, rule->name,
             word_filled(r->arena, r->language, W_field_number_between, "low",
                         arena_format(r->arena, "%lld", (long long)rule->min), "high",
                         arena_format(r->arena, "%lld", (long long)high), (const char *)NULL),
             true);
}

static void check_file(struct req *r, struct field_value *value)
{
    size_t most = value->rule->max > 0 ? (size_t)value->rule->max : app_file_max(r->app);
    if (value->file.len > most)
        field_fail_text(r, value->rule->name,
                        word_filled(r->arena, r->language, W_field_file_large, "size",
                                    size_in_words(r->arena, r->language, (int64_t)most), (const char *)NULL));
}

static size_t most_of(const struct field_rule *rule, size_t usual)
{
    return rule->max > 0 ? (size_t)rule->max : usual;
}

static enum word missing_of(const struct field_rule *rule)
{
    if (rule->missing != W_none)
        return rule->missing;
    switch (rule->kind) {
    case FIELD_DATE: return rule->partial ? W_field_date_partial : W_field_date;
    case FIELD_CODE:
    case FIELD_ID: return W_field_choose_one;
    case FIELD_INT: return W_field_number;
    default: return W_field_missing;
    }
}

static void check(struct req *r, struct field_value *value)
{
    const struct field_rule *rule = value->rule;
    int64_t id = 0;
    switch (rule->kind) {
    case FIELD_TEXT:
        if (strpbrk(value->text, "\n\t") != NULL)
            field_fail(r, rule->name, W_field_characters);
        check_length(r, value, most_of(rule, TEXT_MAX));
        break;
    case FIELD_LONG: check_length(r, value, most_of(rule, FIELD_LONG_MAX)); break;
    case FIELD_SECRET: check_length(r, value, SECRET_MAX); break;
    case FIELD_CODE:
    case FIELD_CODES: check_codes(r, value); break;
    case FIELD_INT: check_int(r, value); break;
    case FIELD_DATE: check_date(r, value); break;
    case FIELD_FILE: check_file(r, value); break;
    case FIELD_YES:
        if (!text_empty(value->text) && !text_same(value->text, "yes"))
            field_fail(r, rule->name, W_field_choose);
        break;
    case FIELD_ID:
        if (!text_empty(value->text) && !id_parse(value->text, &id))
            field_fail(r, rule->name, W_field_choose);
        break;
    case FIELD_NONE:
    case FIELD_REST: return;
    }
    bool empty = rule->kind == FIELD_FILE ? value->file.len == 0 : text_empty(value->text);
    /* A page that is only looked at asks for nothing: its form is empty yet. */
    if (rule->required && empty && r->route->method != HTTP_GET)
        field_fail(r, rule->name, missing_of(rule));
}

void fields_unjudged(struct req *r)
{
    for (size_t i = 0; i < r->gate->field_count; i++)
        r->gate->fields[i].error = NULL;
    r->failed = false;
}

enum err fields_read(struct req *r)
{
    struct gate_state *gate = r->gate;
    size_t count = 0;
    for (const struct field_rule *rule = r->route->fields; rule != NULL && rule->name != NULL; rule++)
        count++;
    gate->fields = ARENA_ARRAY(r->arena, struct field_value, count);
    gate->field_count = count;
    for (size_t i = 0; i < count; i++) {
        gate->fields[i].rule = &r->route->fields[i];
        gate->fields[i].text = "";
    }
    for (size_t i = 0; i < gate->given_count; i++)
        TRY(place(r, &gate->given[i]));
    bool sent = r->route->method == HTTP_POST;
    for (size_t i = 0; i < count; i++) {
        if (sent || gate->fields[i].given)
            check(r, &gate->fields[i]);
    }
    return OK;
}

/* ---- giving out ---- */

const char *field_text(const struct req *r, const char *name)
{
    return declared(r, name)->text;
}

const char *field_or_null(const struct req *r, const char *name)
{
    const char *text = field_text(r, name);
    return text_empty(text) ? NULL : text;
}

bool field_int(const struct req *r, const char *name, int64_t *out)
{
    return text_to_int(field_text(r, name), out);
}

int64_t field_version(const struct req *r)
{
    int64_t version = 0;
    (void)field_int(r, "version", &version);
    return version;
}

int64_t shell_version(const struct req *r, int64_t current)
{
    int64_t version = current;
    if (r->route->method == HTTP_POST && !r->stale)
        (void)field_int(r, "version", &version);
    return version;
}

bool field_id(const struct req *r, const char *name, int64_t *out)
{
    return id_parse(field_text(r, name), out);
}

bool field_yes(const struct req *r, const char *name)
{
    return text_same(field_text(r, name), "yes");
}

bool field_has(const struct req *r, const char *name, const char *code)
{
    const char *at = field_text(r, name);
    size_t len = strlen(code);
    for (; *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(at, code, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

struct bytes field_file(const struct req *r, const char *name, const char **file_name)
{
    const struct field_value *value = declared(r, name);
    *file_name = value->file_name == NULL ? "" : value->file_name;
    return value->file;
}

size_t field_rest(const struct req *r, const char *prefix, const struct http_field **out)
{
    const struct gate_state *gate = r->gate;
    struct http_field *rest = ARENA_ARRAY(r->arena, struct http_field, gate->given_count);
    size_t count = 0;
    for (size_t i = 0; i < gate->given_count; i++) {
        if (!text_starts(gate->given[i].name, prefix))
            continue;
        bool bad = false;
        rest[count] = gate->given[i];
        rest[count].name += strlen(prefix);
        char *text = clean(r->arena, gate->given[i].value, &bad);
        rest[count].value = (struct bytes){(const uint8_t *)text, strlen(text)};
        count++;
    }
    *out = rest;
    return count;
}

void field_fail_text(struct req *r, const char *name, const char *message)
{
    fail(r, name, message, false);
}

void field_fail(struct req *r, const char *name, enum word message)
{
    fail(r, name, word(r->language, message), text_starts(word_keys[message], "field."));
}

void field_start(struct req *r, const char *name, const char *value)
{
    struct field_value *field_at = declared(r, name);
    if (!field_at->given && text_empty(field_at->text) && value != NULL)
        field_at->text = value;
}

struct field field_must(struct field f)
{
    struct field_rule *rule = ARENA_NEW(f.r->arena, struct field_rule);
    *rule = *f.rule;
    rule->required = true;
    f.rule = rule;
    return f;
}

struct field field(struct req *r, const char *name)
{
    const struct field_value *value = declared(r, name);
    bool hide = value->rule->kind == FIELD_SECRET || value->rule->kind == FIELD_FILE;
    return (struct field){.name = value->rule->name,
                          .value = hide ? "" : value->text,
                          .error = value->error,
                          .rule = value->rule,
                          .r = r};
}

static bool digits_of(const char *date, char which, char out[5])
{
    size_t len = strlen(date);
    if (which == 'y' && len >= 4)
        (void)snprintf(out, 5, "%.4s", date);
    else if (which == 'm' && len >= 7)
        (void)snprintf(out, 5, "%d", atoi(date + 5));
    else if (which == 'd' && len >= 10)
        (void)snprintf(out, 5, "%d", atoi(date + 8));
    else
        return false;
    return true;
}

const char *field_described(struct field f, enum word hint)
{
    if (hint == W_none)
        return f.error == NULL ? NULL : arena_format(f.r->arena, "%s-error", f.name);
    return arena_format(f.r->arena, f.error == NULL ? "%s-hint" : "%s-hint %s-error", f.name, f.name);
}

const char *date_part(struct field f, char which)
{
    const struct field_value *value = declared(f.r, f.name);
    const char *typed = value->parts[which == 'd' ? 0 : which == 'm' ? 1 : 2];
    char digits[5];
    if (typed != NULL)
        return typed;
    return date_check(value->text) && digits_of(value->text, which, digits) ? arena_text(f.r->arena, digits) : "";
}

bool shell_errors_here(struct req *r)
{
    r->gate->summary = r->gate->page.out.len;
    return r->failed;
}

const char *shell_error(struct field f, enum word label)
{
    struct field_value *value = declared(f.r, f.name);
    if (value->place == 0)
        value->place = ++f.r->gate->errors_shown;
    value->label = label;
    return f.error;
}

/* "When: enter day, month and year"; behind a label that asks, without the colon. The general messages begin with a Latin letter. */
static const char *with_label(struct req *r, const struct field_value *value)
{
    if (!value->general || value->label == W_none)
        return value->error;
    const char *label = word(r->language, value->label);
    bool asks = label[strlen(label) - 1] == '?';
    char *message = arena_text(r->arena, value->error);
    if (!asks && message[0] >= 'A' && message[0] <= 'Z')
        message[0] = (char)(message[0] - 'A' + 'a');
    return words_labelled(r->arena, label, message);
}

size_t req_errors(struct req *r, const struct field_error **out)
{
    struct gate_state *gate = r->gate;
    struct field_error *list = ARENA_ARRAY(r->arena, struct field_error, gate->field_count);
    size_t count = 0;
    for (size_t place = 1; place <= gate->errors_shown + 1; place++) { /* those that the page does not show come last */
        for (size_t i = 0; i < gate->field_count; i++) {
            const struct field_value *value = &gate->fields[i];
            if (value->error != NULL && (value->place == 0 ? gate->errors_shown + 1 : value->place) == place)
                list[count++] = (struct field_error){value->rule->name, with_label(r, value)};
        }
    }
    *out = list;
    return count;
}
