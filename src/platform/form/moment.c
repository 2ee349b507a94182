#include "platform/form/xpath.h"

#include "base/time.h"

#include <math.h>

/* Reads exactly `count` digits and steps over them. */
static bool take_digits(const char **at, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return true;
}

static bool take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool take_date(const char **at, struct xpath_moment *out)
{
    const char *start = *at;
    char date[11] = "";
    if (!take_digits(at, 4, &out->year) || !take_char(at, '-') || !take_digits(at, 2, &out->month) ||
        !take_char(at, '-') || !take_digits(at, 2, &out->day))
        return false;
    memcpy(date, start, 10);
    out->has_date = true;
    return date_full(date);
}

/* The part of a second: three digits count, more are read over. */
static int take_fraction(const char **at)
{
    int value = 0, scale = 100;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        value += (**at - '0') * scale;
        scale /= 10;
    }
    return value;
}

static bool take_zone(const char **at, struct xpath_moment *out)
{
    if (**at == '\0')
        return true;
    out->has_zone = true;
    if (take_char(at, 'Z'))
        return true;
    int sign = **at == '-' ? -1 : 1, hours = 0, minutes = 0;
    if (!take_char(at, '-') && !take_char(at, '+'))
        return false;
    if (!take_digits(at, 2, &hours))
        return false;
    if (**at != '\0' && ((void)take_char(at, ':'), !take_digits(at, 2, &minutes)))
        return false;
    out->zone = sign * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

static bool take_time(const char **at, struct xpath_moment *out)
{
    int hour = 0, minute = 0, second = 0, fraction = 0;
    if (!take_digits(at, 2, &hour) || !take_char(at, ':') || !take_digits(at, 2, &minute))
        return false;
    if (take_char(at, ':')) {
        if (!take_digits(at, 2, &second))
            return false;
        if (take_char(at, '.'))
            fraction = take_fraction(at);
    }
    out->has_time = true;
    out->milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
    return hour < 24 && minute < 60 && second < 60 && take_zone(at, out);
}

bool xpath_parse_moment(const char *text, struct xpath_moment *out)
{
    struct xpath_moment moment = {0};
    const char *at = text;
    if (strlen(text) < 5)
        return false;
    if (text[2] == ':') {
        if (!take_time(&at, &moment) || *at != '\0')
            return false;
    } else {
        if (!take_date(&at, &moment))
            return false;
        if (take_char(&at, 'T') && !take_time(&at, &moment))
            return false;
        if (*at != '\0')
            return false;
    }
    *out = moment;
    return true;
}

int xpath_offset(int64_t moment)
{
    struct civil local = time_local(moment), utc = time_civil(moment);
    int64_t days = time_days(local.year, local.month, local.day) - time_days(utc.year, utc.month, utc.day);
    return (int)days * 1440 + (local.hour - utc.hour) * 60 + local.minute - utc.minute;
}

double xpath_moment_days(const struct xpath_moment *moment)
{
    if (!moment->has_date)
        return (double)NAN;
    int64_t at = time_days(moment->year, moment->month, moment->day) * DAY_MS + moment->milliseconds;
    if (moment->has_zone) {
        at -= moment->zone * MINUTE_MS;
        at += xpath_offset(at) * MINUTE_MS;
    }
    return (double)at / (double)DAY_MS;
}

const char *xpath_print_date(struct arena *arena, double days)
{
    double whole = floor(days);
    if (!(whole >= -719162 && whole <= 2932896))
        return NULL;
    struct civil civil = time_civil((int64_t)whole * DAY_MS);
    return arena_format(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

const char *xpath_print_now(struct arena *arena, int64_t moment)
{
    struct civil at = time_local(moment);
    int offset = xpath_offset(moment);
    int64_t part = ((moment % 1000) + 1000) % 1000;
    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", at.year, at.month, at.day, at.hour,
                        at.minute, at.second, (int)part, offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
}
