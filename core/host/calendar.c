#include "host/calendar.h"

#include "base/date.h"
#include "base/num.h"

#define MINUTE_MS 60000
#define HOUR_MS 3600000
#define DAY_MS 86400000ll
#define EVERY_MS_MAX (366 * DAY_MS)

/* ---- Reading ---- */

static struct wh_span take_word(struct wh_span *text)
{
    const char *blank = text->len > 0 ? memchr(text->data, ' ', text->len) : NULL;
    size_t len = blank ? (size_t)(blank - text->data) : text->len;
    struct wh_span word = wh_span(text->data, len);
    *text = wh_span_from(*text, len + 1);
    return word;
}

static bool read_number(struct wh_span text, int64_t min, int64_t max, int32_t *ret)
{
    int64_t number;
    if (text.len == 0 || wh_number_parse(text, &number) < 0 || number < min || number > max) {
        return false;
    }
    *ret = (int32_t)number;
    return true;
}

/* "02:00" */
static bool read_time(struct wh_span text, int32_t *ret)
{
    int32_t hour, minute;
    if (text.len != 5 || text.data[2] != ':' || !read_number(wh_span(text.data, 2), 0, 23, &hour) ||
        !read_number(wh_span(text.data + 3, 2), 0, 59, &minute)) {
        return false;
    }
    *ret = hour * 60 + minute;
    return true;
}

static bool read_every(struct wh_span text, int64_t *ret_ms)
{
    int32_t number;
    char unit;
    if (text.len < 2 || !read_number(wh_span(text.data, text.len - 1), 1, 100000, &number)) {
        return false;
    }
    unit = text.data[text.len - 1];
    if (unit != 'm' && unit != 'h') return false;
    *ret_ms = number * (unit == 'm' ? (int64_t)MINUTE_MS : (int64_t)HOUR_MS);
    return *ret_ms <= EVERY_MS_MAX;
}

static bool read_weekday(struct wh_span text, int32_t *ret)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int32_t i = 0; i < 7; i++) {
        if (!wh_span_equal(text, wh_span_of(days[i]))) continue;
        *ret = i + 1;
        return true;
    }
    return false;
}

static int32_t last_day_of_month(int32_t year, int32_t month)
{
    struct wh_civil next = {month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1};
    return wh_civil_of(wh_day_of(next) - 1).day;
}

#define LEAP_YEAR 2028

/* "01-10"; a day that no year has is none. */
static bool read_month_day(struct wh_span text, struct wh_calendar *ret)
{
    return text.len == 5 && text.data[2] == '-' &&
           read_number(wh_span(text.data, 2), 1, 12, &ret->month) &&
           read_number(wh_span(text.data + 3, 2), 1, 31, &ret->day) &&
           ret->day <= last_day_of_month(LEAP_YEAR, ret->month);
}

bool wh_calendar_read(struct wh_span rule, struct wh_calendar *ret)
{
    struct wh_span word;
    bool good = false;
    *ret = (struct wh_calendar){.form = WH_CALENDAR_NEVER};
    if (rule.len == 0) return true;
    if (rule.data[rule.len - 1] == ' ') return false;
    word = take_word(&rule);
    if (wh_span_equal(word, WH_S("every"))) {
        ret->form = WH_CALENDAR_EVERY;
        return read_every(take_word(&rule), &ret->every_ms) && rule.len == 0;
    }
    if (wh_span_equal(word, WH_S("hourly"))) {
        ret->form = WH_CALENDAR_HOURLY;
        word = take_word(&rule);
        return word.len == 3 && word.data[0] == ':' && rule.len == 0 &&
               read_number(wh_span_from(word, 1), 0, 59, &ret->minute_of_day);
    }
    if (wh_span_equal(word, WH_S("daily"))) {
        ret->form = WH_CALENDAR_DAILY;
        good = true;
    } else if (wh_span_equal(word, WH_S("weekly"))) {
        ret->form = WH_CALENDAR_WEEKLY;
        good = read_weekday(take_word(&rule), &ret->weekday);
    } else if (wh_span_equal(word, WH_S("monthly"))) {
        ret->form = WH_CALENDAR_MONTHLY;
        good = read_number(take_word(&rule), 1, 31, &ret->day);
    } else if (wh_span_equal(word, WH_S("quarterly"))) {
        ret->form = WH_CALENDAR_QUARTERLY;
        good = read_number(take_word(&rule), 1, 31, &ret->day);
    } else if (wh_span_equal(word, WH_S("yearly"))) {
        ret->form = WH_CALENDAR_YEARLY;
        good = read_month_day(take_word(&rule), ret);
    }
    return good && read_time(take_word(&rule), &ret->minute_of_day) && rule.len == 0;
}

/* ---- The next moment ---- */

static bool month_fits(const struct wh_calendar *calendar, int32_t month)
{
    switch (calendar->form) {
    case WH_CALENDAR_QUARTERLY: return month % 3 == 1;
    case WH_CALENDAR_YEARLY: return month == calendar->month;
    default: return true;
    }
}

/* True where the rule names `day`. */
static bool day_fits(const struct wh_calendar *calendar, int32_t day)
{
    struct wh_civil civil;
    int32_t last, wanted;
    if (calendar->form == WH_CALENDAR_DAILY) return true;
    if (calendar->form == WH_CALENDAR_WEEKLY) return wh_weekday_of(day) == calendar->weekday;
    civil = wh_civil_of(day);
    if (!month_fits(calendar, civil.month)) return false;
    last = last_day_of_month(civil.year, civil.month);
    wanted = calendar->day < last ? calendar->day : last;
    return civil.day == wanted;
}

int64_t wh_calendar_next(const struct wh_calendar *calendar, int64_t after_ms, int32_t zone_minutes)
{
    int64_t zone_ms = (int64_t)zone_minutes * MINUTE_MS;
    int64_t moment_ms;
    int32_t day;
    switch (calendar->form) {
    case WH_CALENDAR_NEVER: return INT64_MAX;
    case WH_CALENDAR_EVERY: return after_ms + calendar->every_ms;
    case WH_CALENDAR_HOURLY:
        moment_ms = (after_ms + zone_ms) / HOUR_MS * HOUR_MS - zone_ms +
                    (int64_t)calendar->minute_of_day * MINUTE_MS;
        return moment_ms > after_ms ? moment_ms : moment_ms + HOUR_MS;
    default: break;
    }
    day = wh_day_at(after_ms, zone_minutes);
    for (int32_t i = 0; i <= 366; i++, day++) {
        if (!day_fits(calendar, day)) continue;
        moment_ms = day * DAY_MS + (int64_t)calendar->minute_of_day * MINUTE_MS - zone_ms;
        if (moment_ms > after_ms) return moment_ms;
    }
    return INT64_MAX;
}
