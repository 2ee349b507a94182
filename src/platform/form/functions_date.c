#include "platform/form/functions.h"

#include "base/text.h"
#include "base/time.h"

#include <math.h>

static struct xpath_value fn_today(const struct xpath_call *call)
{
    return xpath_text(time_date(xpath_memory(call), call->run->world->now));
}

static struct xpath_value fn_now(const struct xpath_call *call)
{
    return xpath_text(xpath_print_now(xpath_memory(call), call->run->world->now));
}

/* An argument that is a date, a time or both in text, a number of days, or "". */
struct when {
    bool empty;
    bool valid;
    bool has_time;      /* and a date */
    bool written_local; /* without an offset */
    bool time_only;
    double days; /* local, with the part of the day */
    const char *text;
};

static double time_of_day(const struct xpath_call *call, const struct xpath_moment *moment)
{
    int64_t local = moment->milliseconds;
    if (moment->has_zone)
        local += (xpath_offset(call->run->world->now) - moment->zone) * MINUTE_MS;
    return (double)((local % DAY_MS + DAY_MS) % DAY_MS) / (double)DAY_MS;
}

static struct when when_arg(const struct xpath_call *call, size_t at)
{
    struct xpath_value value = xpath_arg(call, at);
    struct xpath_moment moment;
    if (value.kind == XPATH_TRUTH)
        return (struct when){.text = ""};
    struct when when = {.text = text_trim(xpath_memory(call), xpath_to_text(xpath_memory(call), &value))};
    when.empty = when.text[0] == '\0';
    if (xpath_parse_moment(when.text, &moment)) {
        when.time_only = !moment.has_date;
        when.has_time = moment.has_date && moment.has_time;
        when.written_local = !moment.has_zone;
        when.days = when.time_only ? time_of_day(call, &moment) : xpath_moment_days(&moment);
        when.valid = true;
    } else if (value.kind == XPATH_NUMBER) {
        when.days = value.number;
        when.valid = !isnan(value.number);
        when.has_time = value.number != floor(value.number);
    }
    return when;
}

/* "2026-3-1": months and days of one digit, as some people and older devices write them. */
static const char *loose_date(const struct xpath_call *call, const char *text)
{
    int year = 0, month = 0, day = 0, used = 0;
    if (strlen(text) > 10 || strspn(text, "0123456789-") != strlen(text) ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used] != '\0')
        return NULL;
    const char *date = arena_format(xpath_memory(call), "%04d-%02d-%02d", year, month, day);
    return date_full(date) ? date : NULL;
}

static struct xpath_value fn_date(const struct xpath_call *call)
{
    struct when when = when_arg(call, 0);
    if (when.empty)
        return xpath_text("");
    const char *date = when.valid && !when.time_only ? xpath_print_date(xpath_memory(call), when.days)
                                                     : loose_date(call, when.text);
    return date == NULL ? xpath_fail(call->run) : xpath_text(date);
}

/* The moment of a local time given in days. */
static int64_t local_moment(double days)
{
    int64_t local = (int64_t)round(days * (double)DAY_MS);
    int64_t guess = local - xpath_offset(local) * MINUTE_MS;
    return local - xpath_offset(guess) * MINUTE_MS;
}

/* With its time in local time; a date alone stays one. */
static struct xpath_value fn_date_time(const struct xpath_call *call)
{
    struct when when = when_arg(call, 0);
    if (when.empty)
        return xpath_text("");
    const char *date = when.valid && !when.time_only ? xpath_print_date(xpath_memory(call), when.days) : NULL;
    if (date == NULL)
        return xpath_fail(call->run);
    if (!when.has_time)
        return xpath_text(date);
    if (when.written_local)
        return xpath_text(when.text);
    return xpath_text(xpath_print_now(xpath_memory(call), local_moment(when.days)));
}

static struct xpath_value fn_decimal_date_time(const struct xpath_call *call)
{
    struct when when = when_arg(call, 0);
    if (when.empty)
        return xpath_number((double)NAN);
    return when.valid && !when.time_only ? xpath_number(when.days) : xpath_fail(call->run);
}

static struct xpath_value fn_decimal_time(const struct xpath_call *call)
{
    struct when when = when_arg(call, 0);
    return xpath_number(when.valid && !when.empty ? when.days - floor(when.days) : (double)NAN);
}

/* ---- formatting ---- */

struct clock {
    int year, month, day, hour, minute, second, millisecond, weekday;
};

static struct clock clock_of(double days)
{
    double whole = floor(days);
    struct civil date = time_civil((int64_t)whole * DAY_MS);
    int64_t rest = (int64_t)round((days - whole) * (double)DAY_MS);
    int64_t weekday = (((int64_t)whole + 4) % 7 + 7) % 7;
    return (struct clock){date.year,
                          date.month,
                          date.day,
                          (int)(rest / HOUR_MS),
                          (int)(rest / MINUTE_MS % 60),
                          (int)(rest / 1000 % 60),
                          (int)(rest % 1000),
                          (int)weekday};
}

static bool print_part(struct buf *buf, char code, const struct clock *at)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char two[] = "%02d";
    switch (code) {
    case 'Y': buf_format(buf, "%04d", at->year); return true;
    case 'y': buf_format(buf, two, at->year % 100); return true;
    case 'm': buf_format(buf, two, at->month); return true;
    case 'n': buf_format(buf, "%d", at->month); return true;
    case 'b': buf_text(buf, months[at->month - 1]); return true;
    case 'd': buf_format(buf, two, at->day); return true;
    case 'e': buf_format(buf, "%d", at->day); return true;
    case 'a': buf_text(buf, weekdays[at->weekday]); return true;
    case 'H': buf_format(buf, two, at->hour); return true;
    case 'h': buf_format(buf, "%d", at->hour); return true;
    case 'M': buf_format(buf, two, at->minute); return true;
    case 'S': buf_format(buf, two, at->second); return true;
    case '3': buf_format(buf, "%03d", at->millisecond); return true;
    case '%': buf_char(buf, '%'); return true;
    default: return false;
    }
}

static struct xpath_value fn_format_date(const struct xpath_call *call)
{
    struct when when = when_arg(call, 0);
    const char *format = xpath_arg_text(call, 1);
    if (!when.valid || xpath_print_date(xpath_memory(call), when.days) == NULL)
        return xpath_text("");
    struct clock at = clock_of(when.days);
    struct buf buf;
    buf_init(&buf, xpath_memory(call), strlen(format));
    for (; *format != '\0'; format++)
        if (*format != '%')
            buf_char(&buf, *format);
        else if (!print_part(&buf, *++format, &at))
            return xpath_fail(call->run);
    return xpath_text(buf.ptr);
}

const struct xpath_function xpath_date_functions[] = {{"today", 0, 0, fn_today},
                                                      {"now", 0, 0, fn_now},
                                                      {"date", 1, 1, fn_date},
                                                      {"date-time", 1, 1, fn_date_time},
                                                      {"decimal-date-time", 1, 1, fn_decimal_date_time},
                                                      {"decimal-time", 1, 1, fn_decimal_time},
                                                      {"format-date", 2, 2, fn_format_date},
                                                      {"format-date-time", 2, 2, fn_format_date},
                                                      {0}};
