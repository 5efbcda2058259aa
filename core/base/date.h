/* date.h: civil dates, quarters and moments. Pure: today and now are arguments.
 *
 * A day is an int32 count from 1970-01-01 in the proleptic Gregorian calendar; a quarter is
 * year x 4 + (0..3), so that quarters count on over the years; a moment is milliseconds since
 * 1970-01-01T00:00Z. Thread: any. */
#ifndef WH_BASE_DATE_H
#define WH_BASE_DATE_H

#include "base/error.h"

/* The days that are written with four digits of a year: 0001-01-01 and 9999-12-31. */
#define WH_DAY_MIN (-719162)
#define WH_DAY_MAX 2932896

/* Reads YYYY-MM-DD of a day that exists and whose year lies within base/limits.h: WH_E_INVALID. */
int wh_day_parse(struct wh_span text, int32_t *ret);

#define WH_DAY_TEXT_SIZE 16
void wh_day_format(int32_t day, char ret[WH_DAY_TEXT_SIZE]);

/* 1 Monday .. 7 Sunday (ISO 8601). */
int32_t wh_weekday_of(int32_t day);

int32_t wh_quarter_of(int32_t day);
int32_t wh_quarter_first_day(int32_t quarter);
int32_t wh_quarter_last_day(int32_t quarter);
/* Reads "2026Q1": WH_E_INVALID. */
int wh_quarter_parse(struct wh_span text, int32_t *ret);
#define WH_QUARTER_TEXT_SIZE 16
void wh_quarter_format(int32_t quarter, char ret[WH_QUARTER_TEXT_SIZE]);

/* The day on which `moment_ms` falls where the clock is `zone_minutes` ahead of UTC. */
int32_t wh_day_at(int64_t moment_ms, int32_t zone_minutes);

#define WH_MOMENT_TEXT_SIZE 48
/* ISO 8601 with milliseconds left out and the zone: 2026-03-02T09:30:00+08:00. */
void wh_moment_format(int64_t moment_ms, int32_t zone_minutes, char ret[WH_MOMENT_TEXT_SIZE]);

/* Reads YYYY-MM-DD (its last millisecond), YYYY-MM-DDTHH:MM[:SS] in the zone given, or with Z or
 * +HH:MM behind it: WH_E_INVALID. */
int wh_moment_parse(struct wh_span text, int32_t zone_minutes, int64_t *ret);

#endif
