#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec spec;
    if (clock_gettime(id, &spec) != 0)
        BUG("a clock that cannot be read");
    return (int64_t)spec.tv_sec * 1000 + spec.tv_nsec / 1000000;
}

int64_t time_now(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t time_monotonic(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t time_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil from_tm(const struct tm *tm)
{
    return (struct civil){tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec};
}

static time_t seconds(int64_t moment)
{
    return (time_t)(moment >= 0 ? moment / 1000 : (moment - 999) / 1000);
}

struct civil time_civil(int64_t moment)
{
    time_t at = seconds(moment);
    struct tm tm;
    if (gmtime_r(&at, &tm) == NULL)
        return (struct civil){1970, 1, 1, 0, 0, 0};
    return from_tm(&tm);
}

bool time_zone(const char *name)
{
    char path[128];
    int len = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    bool plain = len > 0 && (size_t)len < sizeof path && strstr(name, "..") == NULL &&
                 strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == strlen(name);
    struct stat file;
    if (!plain || stat(path, &file) != 0 || !S_ISREG(file.st_mode))
        return false;
    (void)setenv("TZ", name, 1);
    tzset();
    return true;
}

struct civil time_local(int64_t moment)
{
    time_t at = seconds(moment);
    struct tm tm;
    if (localtime_r(&at, &tm) == NULL)
        return (struct civil){1970, 1, 1, 0, 0, 0};
    return from_tm(&tm);
}

char *time_date(struct arena *arena, int64_t moment)
{
    struct civil civil = time_local(moment);
    return arena_format(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads `count` digits; -1 when they are not digits. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Splits a valid date; parts that are missing are 0. */
static bool split(const char *date, struct civil *out)
{
    size_t len = date == NULL ? 0 : strlen(date);
    if (len != 4 && len != 7 && len != 10)
        return false;
    *out = (struct civil){.year = digits(date, 4)};
    if (out->year < 1)
        return false;
    if (len == 4)
        return true;
    out->month = date[4] == '-' ? digits(date + 5, 2) : -1;
    if (out->month < 1 || out->month > 12)
        return false;
    if (len == 7)
        return true;
    out->day = date[7] == '-' ? digits(date + 8, 2) : -1;
    return out->day >= 1 && out->day <= month_days(out->year, out->month);
}

bool date_check(const char *date)
{
    struct civil parts;
    return split(date, &parts);
}

bool date_full(const char *date)
{
    struct civil parts;
    return split(date, &parts) && parts.day != 0;
}

bool date_days(const char *date, int64_t *out)
{
    struct civil parts;
    if (!split(date, &parts) || parts.day == 0)
        return false;
    *out = time_days(parts.year, parts.month, parts.day);
    return true;
}

bool time_of_date(const char *date, int64_t *out)
{
    struct civil parts;
    if (!split(date, &parts) || parts.day == 0)
        return false;
    struct tm tm = {.tm_year = parts.year - 1900, .tm_mon = parts.month - 1, .tm_mday = parts.day, .tm_isdst = -1};
    *out = (int64_t)mktime(&tm) * 1000;
    return true;
}

char *date_add(struct arena *arena, const char *date, int days)
{
    struct civil parts;
    if (!split(date, &parts) || parts.day == 0)
        return NULL;
    parts = time_civil((time_days(parts.year, parts.month, parts.day) + days) * DAY_MS);
    return arena_format(arena, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
}

int date_age(const char *birth, const char *on)
{
    struct civil born, now;
    if (!split(birth, &born) || !split(on, &now) || now.day == 0)
        return -1;
    int month = born.month == 0 ? 12 : born.month;
    int day = born.day == 0 ? month_days(born.year, month) : born.day;
    int years = now.year - born.year;
    if (now.month < month || (now.month == month && now.day < day))
        years--;
    return years < 0 ? 0 : years;
}
