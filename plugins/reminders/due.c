/* `due`: what is owed on a day, done and not. */
#include <stdlib.h>

#include "reminders.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),        COLUMN("duty", "职责", "Duty", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),      COLUMN("about", "对象", "About", WH_TEXT),
    COLUMN("period", "期间", "Period", WH_TEXT),    COLUMN("due", "期限", "Due", WH_DATE),
    COLUMN("state", "状态", "State", WH_TEXT),      COLUMN("late", "补做", "Done late", WH_YESNO),
    COLUMN("days", "剩余天数", "Days", WH_INTEGER), COLUMN("done", "完成日期", "Done", WH_DATE),
};

const struct wh_list due_columns = WH_LIST(columns);

static int show_owed(const struct talk *talk, const struct owed *owed, int64_t day)
{
    enum duty_state state = duty_state_on(&owed->period, day);
    const char *title = talk->host->language(talk->call) == 0 ? owed->zh : owed->en;
    struct wh_value row[10];
    row[0] = wh_value_text(wh_span_of(owed->unit));
    row[1] = wh_value_text(wh_span_of(owed->duty));
    row[2] = wh_value_text(wh_span_of(title));
    row[3] = text_or_null(wh_span_of(owed->about));
    row[4] = wh_value_text(wh_span_of(owed->period.name));
    row[5] = wh_value_number(WH_DATE, owed->period.due);
    row[6] = wh_value_text(wh_span_of(duty_state_word(state)));
    row[7] = wh_value_number(WH_YESNO, state == DUTY_DONE && is_met_late(&owed->period));
    row[8] = wh_value_number(WH_INTEGER, owed->period.due - day);
    row[9] = state == DUTY_DONE ? wh_value_number(WH_DATE, owed->period.met) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 10, talk->fail);
}

static int is_wanted(const struct talk *talk, const struct owed *owed, int64_t day)
{
    enum duty_state state = duty_state_on(&owed->period, day);
    if (is_given(talk, "open") && state == DUTY_DONE) return 0;
    if (is_given(talk, "missed") && state != DUTY_MISSED) return 0;
    return !is_given(talk, "late") || state == DUTY_LATE || state == DUTY_MISSED;
}

int given_programme_year(const struct talk *talk, int64_t fallback, uint32_t *ret)
{
    const struct wh_host *host = talk->host;
    int64_t year = given_number(talk, "year", fallback);
    *ret = (uint32_t)year;
    if (year >= 0 && year <= YEAR_MAX && host->programme(host->self, *ret)) return 0;
    return refuse(talk, WH_E_NOT_FOUND, "%lld 年没有方案（见 wuhao programme show）",
                  "there is no programme for %lld (see `wuhao programme show`)", (long long)year);
}

static int read_owed(const struct talk *talk, struct wh_span unit, int64_t day,
                     struct owed_list *ret)
{
    int below = is_given(talk, "under"), rc;
    uint32_t year;
    memset(ret, 0, sizeof(*ret));
    if (is_given(talk, "year")) {
        rc = given_programme_year(talk, 0, &year);
        return rc < 0 ? rc : owed_in(talk->host, unit, below, year, ret, talk->fail);
    }
    rc = owed_on(talk->host, unit, below, day, ret, talk->fail);
    /* after the last year of a programme what it leaves is still owed */
    return rc < 0 || ret->count > 0 ? rc : given_programme_year(talk, year_of(day), &year);
}

int run_due(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int64_t day = given_number(talk, "at", host->today(host->self));
    uint32_t shown = 0;
    struct wh_span unit =
        is_given(talk, "unit") ? given_text(talk, "unit") : host->home(host->self);
    struct known_unit known;
    struct owed_list list;
    int rc = is_given(talk, "unit") ? given_unit(talk, "unit", &known) : 0;
    if (rc < 0) return rc;
    rc = tell_words(talk, "state", duty_state_titles);
    if (rc < 0) return rc;
    rc = read_owed(talk, unit, day, &list);
    for (uint32_t i = 0; rc == 0 && i < list.count; i++) {
        if (!is_wanted(talk, &list.items[i], day)) continue;
        shown++;
        rc = show_owed(talk, &list.items[i], day);
    }
    if (rc == 0 && shown == 0) rc = remark(talk, "没有应办事项", "nothing is owed");
    owed_free(&list);
    return rc;
}
