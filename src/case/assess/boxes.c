/* Answers as people type them: in boxes, on lines, between two numbers. */
#include "base/buf.h"
#include "base/text.h"
#include "case/assess/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- dates in three boxes ---- */

/* What was typed into a box, filled up with zeros, and without the sign that parts the boxes. */
static const char *box(struct arena *arena, const char *typed, int width)
{
    size_t len = strlen(typed);
    char *text = len > 0 && len < (size_t)width && strspn(typed, "0123456789") == len
                     ? arena_format(arena, "%.*s%s", width - (int)len, "0000", typed)
                     : arena_text(arena, typed);
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '-')
            *at = '/';
    }
    return text;
}

const char *assess_date_join(struct arena *arena, const char *day, const char *month, const char *year)
{
    if (text_empty(day) && text_empty(month) && text_empty(year))
        return "";
    return arena_format(arena, "%s-%s-%s", box(arena, year, 4), box(arena, month, 2), box(arena, day, 2));
}

const char *assess_date_box(struct arena *arena, const char *date, char which)
{
    const char *at = date;
    for (int skip = which == 'y' ? 0 : which == 'm' ? 1 : 2; skip > 0; skip--) {
        at = strchr(at, '-');
        if (at == NULL)
            return "";
        at++;
    }
    size_t len = which == 'd' ? strlen(at) : strcspn(at, "-");
    while (which != 'y' && len > 1 && *at == '0') {
        at++;
        len--;
    }
    return arena_text_n(arena, at, len);
}

/* ---- a time of day ---- */

/* "9.30", "9:30" and "09:30" are the same; anything else stays as it is. */
static const char *time_typed(struct arena *arena, const char *typed)
{
    int hour = 0, minute = 0, used = 0;
    if (strlen(typed) > 5 || sscanf(typed, "%2d%*1[.:]%2d%n", &hour, &minute, &used) != 2 || typed[used] != '\0' ||
        hour < 0 || minute < 0 || typed[used - 3] < '.' || strchr(".:", typed[used - 3]) == NULL)
        return typed;
    return arena_format(arena, "%02d:%02d", hour, minute);
}

/* ---- places ---- */

static const char *number_typed(struct arena *arena, const char *typed)
{
    char *number = text_trim(arena, typed);
    for (char *at = number; *at != '\0'; at++) {
        if (*at == ',')
            *at = '.';
        else if (*at == ' ')
            *at = '_'; /* one box holds one number */
    }
    return number;
}

const char *assess_place_lines(struct arena *arena, const char *value)
{
    struct buf out;
    buf_init(&out, arena, strlen(value) + 1);
    for (const char *at = value; *at != '\0';) {
        at += strspn(at, " ;");
        size_t len = strcspn(at, ";");
        size_t first = strcspn(at, " ;");
        size_t gap = strspn(at + first, " ");
        size_t both = first + gap + strcspn(at + first + gap, " ;");
        if (len > 0) {
            buf_text(&out, out.len > 0 ? "\n" : "");
            buf_add(&out, at, both < len ? both : len);
        }
        at += len;
    }
    return out.len == 0 ? "" : out.ptr;
}

/* A comma between digits is one of decimals; any line end parts places. */
static const char *places_typed(struct arena *arena, const char *typed)
{
    char *places = arena_text(arena, typed);
    char *to = places;
    for (const char *at = typed; *at != '\0'; at++) {
        bool digit = at > typed && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' && at[1] <= '9';
        if (*at == '\r')
            continue;
        *to++ = *at == '\n' ? ';' : *at == ',' ? (digit ? '.' : ' ') : *at;
    }
    while (to > places && (to[-1] == ';' || to[-1] == ' '))
        to--;
    *to = '\0';
    return places;
}

const char *assess_answer_typed(struct arena *arena, enum form_type type, const char *typed)
{
    if (type == FORM_TIME)
        return time_typed(arena, typed);
    return type == FORM_GEOTRACE || type == FORM_GEOSHAPE ? places_typed(arena, typed) : typed;
}

/* ---- boxes ---- */

bool assess_box_set(struct answer_boxes *boxes, char which, const char *typed)
{
    switch (which) {
    case 'd': boxes->day = typed; return true;
    case 'm': boxes->month = typed; return true;
    case 'y': boxes->year = typed; return true;
    case 't': boxes->time = typed; return true;
    case 'a': boxes->latitude = typed; return true;
    case 'o': boxes->longitude = typed; return true;
    default: return false;
    }
}

static const char *given(const char *typed)
{
    return typed == NULL ? "" : typed;
}

const char *assess_box_join(struct arena *arena, enum form_type type, const struct answer_boxes *boxes)
{
    if (type == FORM_GEOPOINT) {
        const char *latitude = number_typed(arena, given(boxes->latitude));
        const char *longitude = number_typed(arena, given(boxes->longitude));
        bool none = text_empty(latitude) && text_empty(longitude);
        return none ? "" : arena_format(arena, "%s %s", text_empty(latitude) ? "?" : latitude, longitude);
    }
    const char *date = assess_date_join(arena, given(boxes->day), given(boxes->month), given(boxes->year));
    if (type != FORM_DATE_TIME)
        return date;
    const char *time = time_typed(arena, given(boxes->time));
    return text_empty(date) && text_empty(time) ? "" : arena_format(arena, "%sT%s", date, time);
}

static const char *place_box(struct arena *arena, const char *value, bool second)
{
    size_t first = strcspn(value, " ");
    const char *rest = value + first + strspn(value + first, " ");
    if (second)
        return arena_text_n(arena, rest, strcspn(rest, " "));
    return first == 1 && value[0] == '?' ? "" : arena_text_n(arena, value, first);
}

const char *assess_box(struct arena *arena, enum form_type type, const char *value, char which)
{
    if (which == 'a' || which == 'o')
        return place_box(arena, value, which == 'o');
    const char *time = type == FORM_DATE_TIME ? strchr(value, 'T') : NULL;
    if (which == 't' && time == NULL)
        return "";
    if (which == 't') /* seconds and the offset are nothing that people type */
        return strlen(time + 1) > 5 && time[3] == ':' ? arena_text_n(arena, time + 1, 5) : time + 1;
    return assess_date_box(arena, time == NULL ? value : arena_text_n(arena, value, (size_t)(time - value)), which);
}

/* ---- ranges ---- */

static const char *parameter(struct arena *arena, const char *parameters, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = parameters; *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(at, name, len) == 0 && at[len] == '=')
            return arena_text_n(arena, at + len + 1, strcspn(at + len + 1, " "));
    }
    return NULL;
}

bool assess_range(struct arena *arena, const char *parameters, struct answer_range *out)
{
    enum { CHOICES_MAX = 11 };
    *out = (struct answer_range){.start = parameter(arena, parameters, "start"),
                                 .end = parameter(arena, parameters, "end"),
                                 .step = parameter(arena, parameters, "step")};
    if (out->start == NULL || out->end == NULL)
        return false;
    if (out->step == NULL)
        out->step = "1";
    double start = strtod(out->start, NULL), end = strtod(out->end, NULL), step = fabs(strtod(out->step, NULL));
    double steps = step > 0 ? floor(fabs(end - start) / step + 1e-9) : CHOICES_MAX;
    if (!(steps < CHOICES_MAX))
        return true;
    out->values = ARENA_ARRAY(arena, const char *, CHOICES_MAX);
    for (double i = 0; i <= steps; i++)
        out->values[out->count++] = arena_format(arena, "%.10g", start + (end < start ? -step : step) * i);
    return true;
}
