/* Functions of places: "latitude longitude [altitude [accuracy]]", several parted by semicolons. */
#include "platform/form/functions.h"

#include "base/text.h"

#include <math.h>

/* The radius that ODK's clients reckon with, in metres. */
#define EARTH_RADIUS 6378100.0

struct point {
    double latitude, longitude; /* degrees */
};

struct points {
    struct point *list;
    size_t count, room;
    bool broken; /* something was no place */
};

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

static void add_point(struct arena *arena, struct points *points, struct point point)
{
    if (points->count == points->room) {
        points->room = points->room == 0 ? 16 : points->room * 2;
        struct point *wider = ARENA_ARRAY(arena, struct point, points->room);
        if (points->count > 0)
            memcpy(wider, points->list, points->count * sizeof *wider);
        points->list = wider;
    }
    points->list[points->count++] = point;
}

/* "56.95 24.1 0 0"; false when it is no place on earth. */
static bool read_point(const char *text, size_t len, struct point *out)
{
    double numbers[4] = {0, 0, 0, 0};
    size_t count = 0;
    const char *at = text, *end = text + len;
    for (;;) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
            at++;
        if (at == end)
            break;
        size_t word = strcspn(at, " \t\r\n;");
        char number[40] = "";
        if (count == 4 || word >= sizeof number || at + word > end)
            return false;
        memcpy(number, at, word);
        numbers[count] = xpath_parse_number(number);
        if (isnan(numbers[count++]))
            return false;
        at += word;
    }
    *out = (struct point){numbers[0], numbers[1]};
    return count >= 2 && fabs(numbers[0]) <= 90 && fabs(numbers[1]) <= 180;
}

static void read_points(struct arena *arena, struct points *points, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, ";");
        struct point point;
        bool blank = strspn(text, " \t\r\n") >= len;
        if (!blank && read_point(text, len, &point))
            add_point(arena, points, point);
        else if (!blank)
            points->broken = true;
        text += text[len] == ';' ? len + 1 : len;
    }
}

/* All places of all arguments from one on: of a trace or shape, of several nodes, or one each. */
static struct points all_points(const struct xpath_call *call, size_t from)
{
    struct points points = {0};
    const char *const *texts = NULL;
    size_t count = xpath_arg_texts(call, from, &texts);
    for (size_t i = 0; i < count && xpath_spend(call->run, 1 + strlen(texts[i]) / 16); i++)
        read_points(xpath_memory(call), &points, texts[i]);
    return points;
}

/* ---- length and area on a sphere ---- */

static double metres(struct point a, struct point b)
{
    double north = sin(radians(b.latitude - a.latitude) / 2), east = sin(radians(b.longitude - a.longitude) / 2);
    double part = north * north + cos(radians(a.latitude)) * cos(radians(b.latitude)) * east * east;
    return EARTH_RADIUS * 2 * atan2(sqrt(part), sqrt(1 - part));
}

static struct xpath_value fn_distance(const struct xpath_call *call)
{
    struct points points = all_points(call, 0);
    double sum = 0;
    if (points.broken)
        return xpath_number((double)NAN);
    for (size_t i = 1; i < points.count; i++)
        sum += metres(points.list[i - 1], points.list[i]);
    return xpath_number(sum);
}

/* Square metres inside the closed line, as trapezoids between each side and the pole. */
static struct xpath_value fn_area(const struct xpath_call *call)
{
    struct points points = all_points(call, 0);
    double sum = 0;
    if (points.broken)
        return xpath_number((double)NAN);
    for (size_t i = 0; points.count >= 3 && i < points.count; i++) {
        struct point a = points.list[i], b = points.list[(i + 1) % points.count];
        sum += radians(b.longitude - a.longitude) * (2 + sin(radians(a.latitude)) + sin(radians(b.latitude)));
    }
    return xpath_number(fabs(sum * EARTH_RADIUS * EARTH_RADIUS / 2));
}

/* ---- inside and across ---- */

static bool is_inside(struct point point, const struct points *shape)
{
    bool inside = false;
    for (size_t i = 0, j = shape->count - 1; i < shape->count; j = i++) {
        struct point a = shape->list[i], b = shape->list[j];
        bool between = (a.longitude > point.longitude) != (b.longitude > point.longitude);
        if (between &&
            point.latitude <
                (b.latitude - a.latitude) * (point.longitude - a.longitude) / (b.longitude - a.longitude) + a.latitude)
            inside = !inside;
    }
    return inside;
}

/* geofence(point, shape): does the point lie inside? */
static struct xpath_value fn_geofence(const struct xpath_call *call)
{
    struct points point = {0}, shape = {0};
    read_points(xpath_memory(call), &point, xpath_arg_text(call, 0));
    read_points(xpath_memory(call), &shape, xpath_arg_text(call, 1));
    if (point.broken || shape.broken || shape.count < 3 || point.count > 1)
        return xpath_fail(call->run);
    return xpath_truth(point.count == 1 && is_inside(point.list[0], &shape));
}

static double turn(struct point a, struct point b, struct point c)
{
    return (b.longitude - a.longitude) * (c.latitude - a.latitude) -
           (b.latitude - a.latitude) * (c.longitude - a.longitude);
}

static bool cross(struct point a, struct point b, struct point c, struct point d)
{
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/* Does a trace or shape cross itself? */
static struct xpath_value fn_intersects(const struct xpath_call *call)
{
    struct points points = all_points(call, 0);
    for (size_t i = 1; i < points.count; i++)
        for (size_t j = i + 2; j < points.count && xpath_spend(call->run, 1); j++)
            if (cross(points.list[i - 1], points.list[i], points.list[j - 1], points.list[j]))
                return xpath_truth(true);
    return xpath_truth(false);
}

const struct xpath_function xpath_place_functions[] = {{"area", 1, XPATH_ANY_NUMBER, fn_area},
                                                       {"enclosed-area", 1, XPATH_ANY_NUMBER, fn_area},
                                                       {"distance", 1, XPATH_ANY_NUMBER, fn_distance},
                                                       {"geofence", 2, 2, fn_geofence},
                                                       {"intersects", 1, 1, fn_intersects},
                                                       {0}};
