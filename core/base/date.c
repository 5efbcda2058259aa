#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

#define MS_PER_DAY 86400000
#define MS_PER_MINUTE 60000

/* `count` digits at `at`, or -1. */
static int32_t digits_at(struct wh_span text, size_t at, size_t count)
{
    int32_t value = 0;
    if (text.len < at + count) return -1;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

int wh_day_parse(struct wh_span text, int32_t *ret)
{
    struct wh_civil civil = {digits_at(text, 0, 4), digits_at(text, 5, 2), digits_at(text, 8, 2)};
    struct wh_civil back;
    int32_t day;
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-') return WH_E_INVALID;
    if (civil.year < WH_YEAR_MIN || civil.year > WH_YEAR_MAX) return WH_E_INVALID;
    if (civil.month < 1 || civil.month > 12 || civil.day < 1 || civil.day > 31) {
        return WH_E_INVALID;
    }
    day = wh_day_of(civil);
    back = wh_civil_of(day);
    if (back.month != civil.month || back.day != civil.day) return WH_E_INVALID; /* 30 February */
    *ret = day;
    return 0;
}

void wh_day_format(int32_t day, char ret[WH_DAY_TEXT_SIZE])
{
    struct wh_civil civil = wh_civil_of(day);
    (void)snprintf(ret, WH_DAY_TEXT_SIZE, "%04d-%02d-%02d", civil.year % 10000, civil.month % 100,
                   civil.day % 100); /* for a compiler that bounds them */
}

int32_t wh_weekday_of(int32_t day)
{
    int32_t from_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

int32_t wh_quarter_of(int32_t day)
{
    struct wh_civil civil = wh_civil_of(day);
    return civil.year * 4 + (civil.month - 1) / 3;
}

int32_t wh_quarter_first_day(int32_t quarter)
{
    return wh_day_of((struct wh_civil){quarter / 4, quarter % 4 * 3 + 1, 1});
}

int32_t wh_quarter_last_day(int32_t quarter)
{
    return wh_quarter_first_day(quarter + 1) - 1;
}

int wh_quarter_parse(struct wh_span text, int32_t *ret)
{
    int32_t year = digits_at(text, 0, 4);
    int32_t part = digits_at(text, 5, 1);
    if (text.len != 6 || text.data[4] != 'Q' || year < WH_YEAR_MIN || year > WH_YEAR_MAX ||
        part < 1 || part > 4) {
        return WH_E_INVALID;
    }
    *ret = year * 4 + part - 1;
    return 0;
}

void wh_quarter_format(int32_t quarter, char ret[WH_QUARTER_TEXT_SIZE])
{
    (void)snprintf(ret, WH_QUARTER_TEXT_SIZE, "%04dQ%d", quarter / 4 % 10000, quarter % 4 + 1);
}

int32_t wh_day_at(int64_t moment_ms, int32_t zone_minutes)
{
    int64_t local = moment_ms + (int64_t)zone_minutes * MS_PER_MINUTE;
    int64_t day = local / MS_PER_DAY - (local % MS_PER_DAY < 0);
    return (int32_t)day;
}

void wh_moment_format(int64_t moment_ms, int32_t zone_minutes, char ret[WH_MOMENT_TEXT_SIZE])
{
    int32_t day = wh_day_at(moment_ms, zone_minutes);
    int64_t local = moment_ms + (int64_t)zone_minutes * MS_PER_MINUTE;
    int32_t seconds = (int32_t)((local - (int64_t)day * MS_PER_DAY) / 1000);
    int32_t zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;
    char text[WH_DAY_TEXT_SIZE];
    wh_day_format(day, text);
    (void)snprintf(ret, WH_MOMENT_TEXT_SIZE, "%sT%02d:%02d:%02d%c%02d:%02d", text, seconds / 3600,
                   seconds / 60 % 60, seconds % 60, zone_minutes < 0 ? '-' : '+', zone / 60 % 100,
                   zone % 60);
}

/* The zone at the end of a moment; *len loses it. */
static int parse_zone(struct wh_span text, size_t *len, int32_t *zone_minutes)
{
    int32_t hours, minutes;
    if (*len > 0 && text.data[*len - 1] == 'Z') {
        *zone_minutes = 0;
        *len -= 1;
        return 0;
    }
    if (*len < 22 || (text.data[*len - 6] != '+' && text.data[*len - 6] != '-')) return 0;
    hours = digits_at(text, *len - 5, 2);
    minutes = digits_at(text, *len - 2, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || text.data[*len - 3] != ':') {
        return WH_E_INVALID;
    }
    *zone_minutes = (hours * 60 + minutes) * (text.data[*len - 6] == '-' ? -1 : 1);
    *len -= 6;
    return 0;
}

int wh_moment_parse(struct wh_span text, int32_t zone_minutes, int64_t *ret)
{
    int32_t day, hour, minute, second = 0;
    size_t len = text.len;
    if (wh_day_parse(wh_span(text.data, text.len < 10 ? text.len : 10), &day) < 0) {
        return WH_E_INVALID;
    }
    if (text.len == 10) {
        *ret = ((int64_t)day + 1) * MS_PER_DAY - (int64_t)zone_minutes * MS_PER_MINUTE - 1;
        return 0;
    }
    if (parse_zone(text, &len, &zone_minutes) < 0) return WH_E_INVALID;
    hour = digits_at(text, 11, 2);
    minute = digits_at(text, 14, 2);
    if (len != 16 && len != 19) return WH_E_INVALID;
    if (len == 19) second = digits_at(text, 17, 2);
    if ((text.data[10] != 'T' && text.data[10] != ' ') || text.data[13] != ':' || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return WH_E_INVALID;
    }
    *ret = (int64_t)day * MS_PER_DAY + ((int64_t)hour * 3600 + minute * 60 + second) * 1000 -
           (int64_t)zone_minutes * MS_PER_MINUTE;
    return 0;
}
