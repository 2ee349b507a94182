/* Names of backups, and which of them are kept. No disk, no clock. */
#include "base/time.h"
#include "steer/backup/backup.h"

#include <stdio.h>
#include <string.h>

const char *backup_name(struct arena *arena, int64_t moment)
{
    struct civil c = time_civil(moment);
    return arena_format(arena, "ausma-%04d-%02d-%02dT%02d-%02d-%02dZ.backup", c.year, c.month, c.day, c.hour, c.minute,
                        c.second);
}

/* Digits at `at`; -1 when something else stands there. */
static int number_at(const char *text, size_t at, size_t len)
{
    int number = 0;
    for (size_t i = at; i < at + len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool backup_name_read(const char *name, int64_t *moment)
{
    static const char PATTERN[] = "ausma-dddd-dd-ddTdd-dd-ddZ.backup";
    if (strlen(name) != sizeof PATTERN - 1)
        return false;
    for (size_t i = 0; PATTERN[i] != '\0'; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (PATTERN[i] == 'd' && i > 5 && i < 26 ? !digit : name[i] != PATTERN[i])
            return false;
    }
    int month = number_at(name, 11, 2);
    int day = number_at(name, 14, 2);
    int hour = number_at(name, 17, 2);
    int minute = number_at(name, 20, 2);
    int second = number_at(name, 23, 2);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t seconds = (hour * INT64_C(60) + minute) * 60 + second;
    *moment = time_days(number_at(name, 6, 4), month, day) * DAY_MS + seconds * 1000;
    return true;
}

enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };

/* A number for each period, the same for all moments in it. Weeks begin on Monday: 1970-01-01 was a Thursday. */
static int64_t period_of(int64_t moment, enum period period)
{
    int64_t day = moment / DAY_MS;
    if (period == PERIOD_DAY)
        return day;
    if (period == PERIOD_WEEK)
        return (day + 3) / 7;
    struct civil c = time_civil(moment);
    return c.year * INT64_C(12) + c.month;
}

/* The newest of each of the last `most` periods that have one. */
static void keep_periods(const int64_t *moments, size_t count, enum period period, unsigned most, bool *keep)
{
    int64_t last = INT64_MAX;
    unsigned kept = 0;
    for (size_t i = 0; i < count && kept < most; i++) {
        int64_t number = period_of(moments[i], period);
        if (number == last)
            continue;
        keep[i] = true;
        last = number;
        kept++;
    }
}

void backup_keep(const int64_t *moments, size_t count, const struct backup_settings *settings, bool *keep)
{
    for (size_t i = 0; i < count; i++)
        keep[i] = i == 0;
    keep_periods(moments, count, PERIOD_DAY, settings->daily, keep);
    keep_periods(moments, count, PERIOD_WEEK, settings->weekly, keep);
    keep_periods(moments, count, PERIOD_MONTH, settings->monthly, keep);
}
