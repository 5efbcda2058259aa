/* `training doubts`: attendances that `training attend` would have refused. `add` and `import`
 * can't look at other records, so they take them; here they are seen. */
#include <stdlib.h>

#include "training.h"

static const struct wh_choice reasons[] = {
    {"session", {"本节点无此培训", "No such session on this node"}},
    {"day", {"日期不在培训期内", "Not a day of the session"}},
    {"future", {"日期未到", "The day has not come"}},
    {"unit", {"单位不属该培训", "Neither the session's unit nor below it"}},
};

struct doubting {
    const struct talk *talk;
    struct pool pool;
    struct known_units units;
    struct sessions sessions;
    struct attendances attendances;
    int64_t today;
    uint32_t shown;
    uint32_t reserved;
};

/* NULL where there is none. */
static const char *reason_of(const struct doubting *doubting, const struct attendance *one)
{
    const struct session *session = session_of(&doubting->sessions, one->session);
    if (!session) return "session";
    if (!is_day_of(session, one->date)) return "day";
    if (one->date > doubting->today) return "future";
    if (strcmp(session->unit, one->unit) == 0) return NULL;
    return lies_above(wh_span_of(session->unit), one->unit) ? NULL : "unit";
}

static int show_doubt(struct doubting *doubting, const struct attendance *one, const char *reason)
{
    const struct talk *talk = doubting->talk;
    struct wh_value row[7];
    row[0] = wh_value_text(one->id);
    row[1] = wh_value_text(wh_span_of(one->unit));
    row[2] = wh_value_number(WH_DATE, one->date);
    row[3] = text_or_null(one->name);
    row[4] = birth_value(one->birth_year);
    row[5] = text_or_null(one->session);
    row[6] = wh_value_text(wh_span_of(reason));
    doubting->shown++;
    return talk->host->reply_row(talk->call, row, 7, talk->fail);
}

static int show_doubts(struct doubting *doubting)
{
    const struct attendances *all = &doubting->attendances;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < all->count; i++) {
        const char *reason = reason_of(doubting, &all->items[i]);
        if (reason) rc = show_doubt(doubting, &all->items[i], reason);
    }
    if (rc < 0) return rc;
    if (doubting->shown == 0)
        return remark(doubting->talk, "没有存疑的签到", "nothing is in doubt");
    return remark(doubting->talk,
                  "更正用 wuhao edit 编号 字段=值，误录用 wuhao withdraw 编号 --why 原因",
                  "mend one with `wuhao edit ID FIELD=VALUE`, or take it back with `wuhao withdraw "
                  "ID --why WHY`");
}

int run_doubts(const struct talk *talk)
{
    struct doubting doubting = {.talk = talk, .today = talk->host->today(talk->host->self)};
    const struct wh_list titles = WH_LIST(reasons);
    int64_t from = INT32_MIN, to = INT32_MAX;
    uint32_t year;
    int rc = given_year_checked(talk, &year);
    if (is_given(talk, "year")) {
        from = first_day_of(year);
        to = last_day_of(year);
    }
    if (rc == 0) rc = tell_words(talk, "why", titles);
    if (rc == 0) rc = given_scope(talk, &doubting.units);
    if (rc == 0) rc = read_sessions(talk, &doubting.pool, &doubting.sessions);
    doubting.attendances.pool = &doubting.pool;
    for (uint32_t i = 0; rc == 0 && i < doubting.units.count; i++) {
        rc = read_attendances(talk, doubting.units.items[i].code, from, to, &doubting.attendances);
    }
    if (rc == 0) rc = show_doubts(&doubting);
    free(doubting.units.items);
    free(doubting.sessions.items);
    free(doubting.attendances.items);
    pool_free(&doubting.pool);
    return rc;
}
