#include "stages.h"

const char *stage_word(enum stage stage)
{
    static const char *const words[] = {"none", "soon", "late", "missed"};
    return words[stage];
}

enum stage stage_heard(const struct period *period, int64_t day, uint32_t levels,
                       const struct hearing *hearing, int64_t since)
{
    switch (duty_state_on(period, day)) {
    case DUTY_DONE: return STAGE_NONE;
    case DUTY_OPEN:
        if (levels > 0 || period->begins > day) return STAGE_NONE;
        return period->due - day <= hearing->soon_days ? STAGE_SOON : STAGE_NONE;
    case DUTY_LATE:
        return day - period->due >= hearing->escalate_days * levels ? STAGE_LATE : STAGE_NONE;
    case DUTY_MISSED: break;
    }
    if (day - period->due < hearing->escalate_days * levels) return STAGE_NONE;
    return period->due + LATE_DAYS < since ? STAGE_NONE : STAGE_MISSED;
}

int is_quiet(uint32_t minute, uint32_t from, uint32_t to)
{
    if (from <= to) return minute >= from && minute < to;
    return minute >= from || minute < to;
}

int is_quiet_to_midnight(uint32_t minute, uint32_t from, uint32_t to)
{
    return minute >= from && is_quiet(minute, from, to) && is_quiet(DAY_MINUTES - 1, from, to);
}

/* 1970-01-01 was a Thursday. */
int64_t monday_of(int64_t day)
{
    int64_t of_week = (day + 3) % 7;
    return day - (of_week < 0 ? of_week + 7 : of_week);
}

static int32_t two_digits(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return -1;
    return (text[0] - '0') * 10 + text[1] - '0';
}

int32_t minute_of(struct wh_span text)
{
    int32_t hour, minute;
    if (text.len != 5 || text.data[2] != ':') return -1;
    hour = two_digits(text.data);
    minute = two_digits(text.data + 3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1;
    return hour * 60 + minute;
}
