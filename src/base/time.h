/* Moments are milliseconds since 1970-01-01 UTC. Calendar dates are ISO text and may be partial: "2011", "2011-05",
 * "2011-05-30". Days are counted from 1970-01-01 (proleptic Gregorian). */
#ifndef AUSMA_BASE_TIME_H
#define AUSMA_BASE_TIME_H

#include "base/arena.h"

#include <stdbool.h>

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)

struct civil {
    int year, month, day, hour, minute, second;
};

int64_t time_now(void);       /* the wall clock */
int64_t time_monotonic(void); /* milliseconds of a clock that never jumps, for deadlines */

/* Between days and calendar: H. Hinnant's days_from_civil. */
int64_t time_days(int year, int month, int day);
struct civil time_civil(int64_t moment); /* in UTC */

/* From now on the process is in this zone ("Europe/Riga"), whatever the machine's is. False: there is no such zone on this machine. Before
 * there are other threads. */
MUST_USE bool time_zone(const char *name);
/* The moment in the installation's time zone, as civil time. */
struct civil time_local(int64_t moment);
/* The date of a moment in the installation's time zone, "2026-11-23". */
char *time_date(struct arena *arena, int64_t moment);
/* Local midnight at the start of a full date. False unless `date_full`. */
bool time_of_date(const char *date, int64_t *out);

bool date_check(const char *date); /* valid, whole or partial */
bool date_full(const char *date);  /* valid with year, month and day */
/* The day of a full date, as `time_days` counts. False unless `date_full`. */
bool date_days(const char *date, int64_t *out);
/* `date` plus days, both full. NULL when it is not a full date. */
char *date_add(struct arena *arena, const char *date, int days);
/* Full years between a possibly partial birth date and a full date: the youngest the person can be. -1 when unknown. */
int date_age(const char *birth, const char *on);

#endif
