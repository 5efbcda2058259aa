/* `training attend` and `training hours`: attendances, entered one by one and made complete. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "training.h"

/* ---- attend ---- */

/* The unit on whose roster the person is: the argument, else the session's. */
static int given_roster(const struct talk *talk, const struct session *session,
                        struct known_unit *ret)
{
    int rc;
    if (!is_given(talk, "unit")) {
        return find_unit(talk->host, wh_span_of(session->unit), ret, talk->fail);
    }
    rc = given_unit(talk, "unit", ret);
    if (rc < 0) return rc;
    if (strcmp(ret->code, session->unit) == 0) return 0;
    if (lies_above(wh_span_of(session->unit), ret->code)) return 0;
    return refuse(talk, WH_E_INVALID, "培训 %.*s：属于单位 %s，不是 %s 或其上级的培训",
                  "session %.*s: it is of unit %s, neither of %s nor of a unit above it",
                  (int)session->id.len, session->id.data, session->unit, ret->code);
}

static int check_day(const struct talk *talk, const struct session *session)
{
    int64_t day = given_number(talk, "date", session->date);
    char text[DAY_TEXT_SIZE];
    (void)day_text(session->date, text);
    if (day > talk->host->today(talk->host->self)) {
        return refuse(talk, WH_E_INVALID, "日期：还没有到，不能登记签到",
                      "date: it has not come yet, nobody can have attended");
    }
    if (is_day_of(session, day)) return 0;
    return refuse(talk, WH_E_INVALID, "日期：培训于 %s 开始，签到应在该日起 31 天内",
                  "date: the session began on %s (give a day of it, up to 31 days later)", text);
}

static int check_role(const struct talk *talk)
{
    struct wh_span role = given_text(talk, "role");
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        if (wh_span_equal(role, wh_span_of(role_names[i]))) return 0;
    }
    return refuse(talk, WH_E_INVALID, "身份 %.*s：不是可选的身份（elder、ten_role 或 leader）",
                  "role %.*s: it is none (use elder, ten_role or leader)", (int)role.len,
                  role.data);
}

/* A stranger may come, but the clerk should know that a name was not found. */
static int remark_stranger(const struct talk *talk, const char *unit, int64_t day,
                           struct wh_span name, struct pool *pool)
{
    int64_t birth_year = given_number(talk, "birth-year", 0);
    struct people people = {NULL, 0, 0};
    int rc = read_people(talk, unit, day, pool, &people), is_there = 0;
    for (uint32_t i = 0; i < people.count && !is_there; i++) {
        is_there = is_same_name(people.items[i].name, name) &&
                   may_be_same(people.items[i].birth_year, birth_year);
    }
    free(people.items);
    if (rc < 0 || is_there) return rc;
    return remark(talk, "单位 %s 的名册上没有此人", "the person is on no roster of unit %s", unit);
}

static int enter(const struct talk *talk, const struct session *session,
                 const struct known_unit *unit, struct pool *pool)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    struct wh_span name = pool_trimmed(pool, given_text(talk, "person"));
    int64_t hours_h = given_number(talk, "hours", session->hours_h);
    int64_t day = given_number(talk, "date", session->date);
    char hours[POINTS_TEXT_SIZE], born[24];
    int rc;
    put_field(&fields, "session", session->id);
    put_field(&fields, "person", name);
    put_field(&fields, "role", given_text(talk, "role"));
    /* What is given is written as it is: the kind refuses what no session can last. */
    if (is_given(talk, "hours") || hours_h >= 0)
        put_field(&fields, "hours", points_text(hours_h, hours));
    if (is_given(talk, "birth-year")) {
        (void)snprintf(born, sizeof(born), "%" PRId64, given_number(talk, "birth-year", 0));
        put_field(&fields, "birth_year", wh_span_of(born));
    }
    rc = remark_stranger(talk, unit->code, day, name, pool);
    if (rc < 0) return rc;
    rc = note_session(talk, session);
    if (rc < 0) return rc;
    rc = host->record_add(host->self, wh_span_of(KIND_ATTENDANCE), wh_span_of(unit->code), day,
                          list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

int run_attend(const struct talk *talk)
{
    struct pool pool = {NULL};
    struct sessions sessions = {NULL, 0, 0, NULL};
    struct known_unit unit;
    int rc = check_role(talk);
    if (rc == 0) rc = given_session(talk, "session", &pool, &sessions);
    if (rc == 0) rc = check_day(talk, &sessions.items[0]);
    if (rc == 0) rc = given_roster(talk, &sessions.items[0], &unit);
    if (rc == 0) rc = enter(talk, &sessions.items[0], &unit, &pool);
    free(sessions.items);
    pool_free(&pool);
    return rc;
}

/* ---- hours ---- */

/* Every edit has the node look for repeats among all attendances of the unit, so in a large one few
 * fit into a callback: so many are looked at in one. */
#define LOOKED_AT_MAX 200000u

struct completing {
    const struct talk *talk;
    const struct session *session;
    struct attendances attendances; /* of one unit */
    uint64_t looked_at;
    uint32_t written;
    uint32_t left;
    int32_t all; /* also where other hours are written */
};

static int write_hours(struct completing *completing)
{
    const struct wh_host *host = completing->talk->host;
    const struct attendances *all = &completing->attendances;
    char hours[POINTS_TEXT_SIZE];
    struct fields fields = {.count = 0};
    int rc = 0;
    put_field(&fields, "hours", points_text(completing->session->hours_h, hours));
    for (uint32_t i = 0; rc >= 0 && i < all->count; i++) {
        const struct attendance *one = &all->items[i];
        if (one->hours_h == completing->session->hours_h) continue;
        if (one->hours_h >= 0 && !completing->all) continue;
        if (!wh_span_equal(one->session, completing->session->id)) continue;
        if (completing->looked_at > LOOKED_AT_MAX || completing->written == WH_CALL_WRITES_MAX) {
            completing->left++;
            continue;
        }
        rc =
            host->record_edit(host->self, one->id, list_of_fields(&fields), completing->talk->fail);
        completing->looked_at += all->count;
        completing->written++;
    }
    return rc < 0 ? rc : 0;
}

static int complete(struct completing *completing)
{
    const struct talk *talk = completing->talk;
    struct known_units below;
    int rc = read_units(talk->host, wh_span_of(completing->session->unit), &below, talk->fail);
    for (uint32_t i = 0; rc >= 0 && i < below.count; i++) {
        completing->attendances.count = 0;
        rc = read_attendances(talk, below.items[i].code, INT32_MIN, INT32_MAX,
                              &completing->attendances);
        if (rc >= 0) rc = write_hours(completing);
    }
    free(below.items);
    free(completing->attendances.items);
    return rc < 0 ? rc : 0;
}

static int reply_written(const struct completing *completing)
{
    const struct talk *talk = completing->talk;
    struct wh_value row = wh_value_number(WH_INTEGER, completing->written);
    int rc = talk->host->reply_row(talk->call, &row, 1, talk->fail);
    if (rc < 0 || completing->left == 0) return rc;
    return remark(talk, "还有 %u 条，请再次执行", "%u are left: give the command again",
                  completing->left);
}

int run_hours(const struct talk *talk)
{
    struct pool pool = {NULL};
    struct sessions sessions = {NULL, 0, 0, NULL};
    struct completing completing = {
        .talk = talk, .attendances = {.pool = &pool}, .all = is_given(talk, "all")};
    int rc = given_session(talk, "session", &pool, &sessions);
    if (rc == 0 && sessions.items[0].hours_h < 0) {
        rc = refuse(talk, WH_E_INVALID, "培训 %.*s：没有登记学时（wuhao edit %.*s hours=学时）",
                    "session %.*s: it says no hours (`wuhao edit %.*s hours=N`)",
                    (int)sessions.items[0].id.len, sessions.items[0].id.data,
                    (int)sessions.items[0].id.len, sessions.items[0].id.data);
    }
    if (rc == 0) {
        completing.session = &sessions.items[0];
        rc = complete(&completing);
    }
    if (rc == 0) rc = reply_written(&completing);
    free(sessions.items);
    pool_free(&pool);
    return rc;
}
