#include "platform/form/model.h"

#include "base/text.h"
#include "base/time.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!digit(text[i]))
            return false;
    return len > 0;
}

/* A whole number without leading zeros. */
static bool whole_number(struct arena *arena, const char *typed, const char **value)
{
    int64_t number = 0;
    if (*typed == '+')
        typed++;
    if (!text_to_int(typed, &number))
        return false;
    *value = arena_format(arena, "%lld", (long long)number);
    return true;
}

/* Kept as typed but for the comma and zeros in front: no digit is lost to rounding. */
static bool decimal_number(struct arena *arena, const char *typed, const char **value)
{
    bool minus = *typed == '-';
    if (*typed == '-' || *typed == '+')
        typed++;
    size_t len = strlen(typed), whole = strcspn(typed, ".,");
    if (len > 40 || (whole > 0 && !all_digits(typed, whole)) || (whole == 0 && len < 2))
        return false;
    const char *part = typed[whole] == '\0' ? "" : typed + whole + 1;
    if (part[0] != '\0' && !all_digits(part, strlen(part)))
        return false;
    while (whole > 1 && *typed == '0') {
        typed++;
        whole--;
    }
    *value = arena_format(arena, "%s%.*s%s%s", minus ? "-" : "", whole == 0 ? 1 : (int)whole, whole == 0 ? "0" : typed,
                          part[0] == '\0' ? "" : ".", part);
    return true;
}

/* "2026-11-23", or as people write it here: "23.11.2026." */
static bool date_text(struct arena *arena, const char *typed, const char **value)
{
    int day = 0, month = 0, year = 0, used = 0;
    if (date_full(typed)) {
        *value = typed;
        return true;
    }
    if (strlen(typed) > 11 || sscanf(typed, "%2d.%2d.%4d%n", &day, &month, &year, &used) != 3 ||
        (typed[used] != '\0' && strcmp(typed + used, ".") != 0) || day < 0 || month < 0 || year < 1000)
        return false;
    *value = arena_format(arena, "%04d-%02d-%02d", year, month, day);
    return date_full(*value);
}

static bool time_text(const char *typed, const char **value)
{
    struct xpath_moment moment;
    *value = typed;
    return xpath_parse_moment(typed, &moment) && moment.has_time && !moment.has_date;
}

static bool date_time_text(struct arena *arena, const char *typed, const char **value)
{
    struct xpath_moment moment;
    char *text = arena_text(arena, typed);
    char *space = strchr(text, ' ');
    if (space != NULL)
        *space = 'T';
    *value = text;
    return xpath_parse_moment(text, &moment) && moment.has_time && moment.has_date;
}

/* ---- choices ---- */

/* Marks the options named in `typed`; false when one is not in the list. `places` gets the order they were named in. */
static bool mark_options(const struct form_list *list, const char *typed, const struct form_option **places,
                         size_t *count)
{
    *count = 0;
    for (;;) {
        typed += strspn(typed, " \t\n");
        size_t len = strcspn(typed, " \t\n");
        if (len == 0)
            return true;
        const struct form_option *option = form_option_find(list, typed, len);
        bool known = false;
        for (size_t i = 0; i < *count; i++)
            known = known || places[i] == option;
        if (option == NULL)
            return false;
        if (!known)
            places[(*count)++] = option;
        typed += len;
    }
}

static void sort_options(const struct form_option **places, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && places[j] < places[j - 1]; j--) {
            const struct form_option *moved = places[j];
            places[j] = places[j - 1];
            places[j - 1] = moved;
        }
}

/* Several choices stand in the list's order, so that equal answers are equal texts; a ranking keeps the person's. */
static bool several(struct arena *arena, const struct form_node *node, const char *typed, const char **value)
{
    const struct form_list *list = node->rules->list;
    const struct form_option **places = ARENA_ARRAY(arena, const struct form_option *, list->count + 1);
    size_t count = 0;
    if (!mark_options(list, typed, places, &count))
        return false;
    if (node->type != FORM_RANK)
        sort_options(places, count);
    struct buf buf;
    buf_init(&buf, arena, strlen(typed));
    for (size_t i = 0; i < count; i++) {
        buf_text(&buf, i > 0 ? " " : "");
        buf_text(&buf, places[i]->name);
    }
    *value = buf.ptr;
    return true;
}

/* "56.95 24.1", "56.95 24.1 0 0"; several parted by ";" where `many` says so. */
static bool places(const char *typed, bool many, const char **value)
{
    size_t count = 0;
    *value = typed;
    while (*typed != '\0') {
        size_t len = strcspn(typed, ";"), numbers = 0;
        const char *end = typed + len;
        for (const char *at = typed + strspn(typed, " "); at < end; at += strspn(at, " ")) {
            size_t word = strcspn(at, " ;");
            const char *rest = at + (*at == '-');
            if (rest == at + word || strspn(rest, "0123456789.") < (size_t)(at + word - rest))
                return false;
            numbers++;
            at += word;
        }
        bool blank = numbers == 0 && *end == '\0' && count > 0;
        if (!blank && (numbers < 2 || numbers > 4))
            return false;
        count++;
        typed = *end == ';' ? end + 1 : end;
    }
    return many || count == 1;
}

/* Codes that no list here knows: of a file, or answers of a repeat. */
static const char *unlisted(struct arena *arena, const struct form_node *node, const char *typed)
{
    struct buf buf;
    buf_init(&buf, arena, strlen(typed));
    for (const char *at = typed + strspn(typed, " \t\n"); *at != '\0'; at += strspn(at, " \t\n")) {
        size_t len = node->type == FORM_SELECT_ONE ? strlen(at) : strcspn(at, " \t\n");
        buf_text(&buf, buf.len > 0 ? " " : "");
        buf_add(&buf, at, len);
        at += len;
    }
    return buf.ptr;
}

static bool one_choice(const struct form_node *node, const char *typed, const char **value)
{
    const struct form_option *option = form_option_find(node->rules->list, typed, strlen(typed));
    *value = option == NULL ? "" : option->name;
    return option != NULL;
}

static bool acknowledged(const char *typed, const char **value)
{
    *value = "OK";
    return strcmp(typed, "OK") == 0 || strcmp(typed, "yes") == 0 || strcmp(typed, "on") == 0 ||
           strcmp(typed, "true") == 0;
}

enum form_error form_answer_check(struct arena *arena, const struct form_node *node, const char *typed,
                                  const char **value)
{
    *value = "";
    if (strlen(typed) > FORM_ANSWER_MAX || !text_check(typed, strlen(typed)))
        return FORM_TEXT_BAD;
    if (typed[0] == '\0')
        return FORM_FINE;
    bool choice = node->type == FORM_SELECT_ONE || node->type == FORM_SELECT_MULTIPLE || node->type == FORM_RANK;
    if (choice && (node->rules->list == NULL || node->rules->list->unknown)) {
        *value = unlisted(arena, node, typed);
        return FORM_FINE;
    }
    switch (node->type) {
    case FORM_GEOPOINT: return places(typed, false, value) ? FORM_FINE : FORM_NOT_PLACE;
    case FORM_GEOTRACE:
    case FORM_GEOSHAPE: return places(typed, true, value) ? FORM_FINE : FORM_NOT_PLACE;
    case FORM_INTEGER: return whole_number(arena, typed, value) ? FORM_FINE : FORM_NOT_INTEGER;
    case FORM_DECIMAL: return decimal_number(arena, typed, value) ? FORM_FINE : FORM_NOT_NUMBER;
    case FORM_DATE: return date_text(arena, typed, value) ? FORM_FINE : FORM_NOT_DATE;
    case FORM_TIME: return time_text(typed, value) ? FORM_FINE : FORM_NOT_TIME;
    case FORM_DATE_TIME: return date_time_text(arena, typed, value) ? FORM_FINE : FORM_NOT_TIME;
    case FORM_SELECT_ONE: return one_choice(node, typed, value) ? FORM_FINE : FORM_UNKNOWN_CHOICE;
    case FORM_SELECT_MULTIPLE:
    case FORM_RANK: return several(arena, node, typed, value) ? FORM_FINE : FORM_UNKNOWN_CHOICE;
    case FORM_ACKNOWLEDGE: return acknowledged(typed, value) ? FORM_FINE : FORM_UNKNOWN_CHOICE;
    default: *value = typed; return FORM_FINE;
    }
}
