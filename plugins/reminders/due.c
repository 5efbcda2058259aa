/* `due`: what is owed on a day, done and not. */
#include <stdlib.h>

#include "reminders.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),        COLUMN("duty", "职责", "Duty", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),      COLUMN("about", "对象", "About", WH_TEXT),
    COLUMN("period", "期间", "Period", WH_TEXT),    COLUMN("due", "期限", "Due", WH_DATE),
    COLUMN("state", "状态", "State", WH_TEXT),      COLUMN("late", "逾期完成", "Late", WH_YESNO),
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
    return !is_given(talk, "late") || state == DUTY_LATE || state == DUTY_MISSED;
}

int run_due(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int64_t day = given_number(talk, "at", host->today(host->self));
    uint32_t year = (uint32_t)year_of(day), shown = 0;
    struct wh_span unit =
        is_given(talk, "unit") ? given_text(talk, "unit") : host->home(host->self);
    struct known_unit known;
    struct owed_list list;
    int rc = is_given(talk, "unit") ? given_unit(talk, "unit", &known) : 0;
    if (rc == 0 && !host->programme(host->self, year)) {
        return refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u", year);
    }
    if (rc < 0) return rc;
    rc = tell_words(talk, "state", duty_state_titles);
    if (rc < 0) return rc;
    rc = owed_in(host, unit, is_given(talk, "under"), year, &list, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < list.count; i++) {
        if (!is_wanted(talk, &list.items[i], day)) continue;
        shown++;
        rc = show_owed(talk, &list.items[i], day);
    }
    if (rc == 0 && shown == 0) rc = remark(talk, "没有应办事项", "nothing is owed");
    owed_free(&list);
    return rc;
}
