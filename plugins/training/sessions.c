/* Sessions: what they say of their trainees beside who was entered; entering one. */
#include <stdio.h>
#include <stdlib.h>

#include "training.h"

/* So many days after its own somebody may have come to a session; so attendances of a session may
 * be dated a little outside its year. */
#define SESSION_DAYS_MAX 31

/* ---- Reading ---- */

static int compare_ids(const void *a, const void *b)
{
    struct wh_span left = *(const struct wh_span *)a;
    const struct session *right = b;
    uint64_t len = left.len < right->id.len ? left.len : right->id.len;
    int rc = len > 0 ? memcmp(left.data, right->id.data, len) : 0;
    if (rc != 0) return rc;
    return left.len == right->id.len ? 0 : (left.len < right->id.len ? -1 : 1);
}

static int compare_sessions(const void *a, const void *b)
{
    return compare_ids(&((const struct session *)a)->id, b);
}

static int add_session(struct sessions *sessions, const struct session *session)
{
    if (make_room(&sessions->items, sessions->count, &sessions->size, sizeof(*sessions->items)) <
        0) {
        return WH_E_FAILED;
    }
    sessions->items[sessions->count++] = *session;
    return 0;
}

static int take_session(void *context, const struct wh_record_view *record)
{
    struct sessions *sessions = context;
    struct session session = {.date = record->date,
                              .trainees = field_number(record, "trainees", 0),
                              .hours_h = field_number(record, "hours", -1),
                              .is_known = 1};
    copy_text(session.unit, sizeof(session.unit), record->unit);
    session.id = pool_trimmed(sessions->pool, record->id);
    session.topic = pool_trimmed(sessions->pool, field_text(record, "topic"));
    session.audience = pool_trimmed(sessions->pool, field_text(record, "audience"));
    if (!session.id.data || !session.topic.data || !session.audience.data) return WH_E_FAILED;
    return add_session(sessions, &session);
}

int read_sessions(const struct talk *talk, struct pool *pool, struct sessions *ret)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    int rc = read_units(host, host->home(host->self), &units, talk->fail);
    ret->pool = pool;
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_SESSION), wh_span_of(units.items[i].code),
                           INT32_MIN, INT32_MAX, take_session, ret, talk->fail);
    }
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_sessions);
    free(units.items);
    return rc < 0 ? rc : 0;
}

struct session *session_of(const struct sessions *sessions, struct wh_span id)
{
    if (sessions->count == 0) return NULL;
    return bsearch(&id, sessions->items, sessions->count, sizeof(*sessions->items), compare_ids);
}

static int keep_place(void *context, const struct wh_record_view *record)
{
    struct place *place = context;
    place->is_found = wh_span_equal(record->kind, wh_span_of(place->kind));
    place->date = record->date;
    copy_text(place->unit, sizeof(place->unit), record->unit);
    return 0;
}

/* `record` gives withdrawn ones too, `records` does not. */
static int is_current(void *context, const struct wh_record_view *record)
{
    struct place *place = context;
    if (!wh_span_equal(record->id, place->id)) return 0;
    place->is_found = 1;
    return place->visit ? place->visit(place->context, record) : 1;
}

int find_record(const struct talk *talk, struct place *place)
{
    const struct wh_host *host = talk->host;
    int rc = host->record(host->self, place->id, keep_place, place, talk->fail);
    if (rc == WH_E_NOT_FOUND || rc == WH_E_NOT_PERMITTED || rc == WH_E_INVALID) {
        place->is_found = 0;
        return 0;
    }
    if (rc < 0 || !place->is_found) return rc;
    place->is_found = 0;
    rc = host->records(host->self, wh_span_of(place->kind), wh_span_of(place->unit), place->date,
                       place->date, is_current, place, talk->fail);
    return rc < 0 ? rc : 0;
}

int given_session(const struct talk *talk, const char *name, struct pool *pool,
                  struct sessions *ret)
{
    struct place place = {.kind = KIND_SESSION,
                          .id = pool_trimmed(pool, given_text(talk, name)),
                          .visit = take_session,
                          .context = ret};
    int rc;
    ret->pool = pool;
    rc = find_record(talk, &place);
    if (rc < 0 || place.is_found) return rc;
    return refuse(talk, WH_E_NOT_FOUND, "培训 %.*s：没有这个培训（见 wuhao training sessions）",
                  "session %.*s: there is no such session (see `wuhao training sessions`)",
                  (int)place.id.len, place.id.data ? place.id.data : "");
}

int is_day_of(const struct session *session, int64_t day)
{
    return day >= session->date && day <= session->date + SESSION_DAYS_MAX;
}

int64_t hours_of(const struct sessions *sessions, const struct attendance *attendance)
{
    const struct session *session;
    if (attendance->hours_h >= 0) return attendance->hours_h;
    session = session_of(sessions, attendance->session);
    return session && session->hours_h > 0 ? session->hours_h : 0;
}

/* ---- training sessions ---- */

struct listing {
    const struct talk *talk;
    struct known_units units;
    struct sessions sessions;
    struct sessions unknown; /* named by attendances alone */
    struct attendances attendances;
    int64_t first;
    int64_t last;
};

/* Counts an attendance at its session, or keeps it as one of a session that is not there. */
static int count_attendance(struct listing *listing, const struct attendance *one)
{
    struct session *session = session_of(&listing->sessions, one->session);
    struct session stray = {.id = one->session,
                            .date = one->date,
                            .hours_h = -1,
                            .attended = 1,
                            .without_hours = one->hours_h < 0};
    if (session) {
        session->attended++;
        if (one->hours_h < 0) session->without_hours++;
        return 0;
    }
    if (one->date < listing->first || one->date > listing->last) return 0;
    memcpy(stray.unit, one->unit, sizeof(stray.unit));
    return add_session(&listing->unknown, &stray);
}

static void join_unknown(struct sessions *unknown)
{
    uint32_t kept = 0;
    if (unknown->count == 0) return;
    qsort(unknown->items, unknown->count, sizeof(*unknown->items), compare_sessions);
    for (uint32_t i = 1; i < unknown->count; i++) {
        struct session *into = &unknown->items[kept];
        const struct session *one = &unknown->items[i];
        if (wh_span_equal(into->id, one->id)) {
            into->attended += one->attended;
            into->without_hours += one->without_hours;
        } else {
            unknown->items[++kept] = *one;
        }
    }
    unknown->count = kept + 1;
}

static const char *state_of(const struct session *session)
{
    if (!session->is_known) return "unknown";
    if (session->attended == session->trainees) return "entered";
    return session->attended < session->trainees ? "open" : "over";
}

static int show_session(const struct talk *talk, const struct session *session)
{
    int64_t difference = (int64_t)session->attended - session->trainees;
    struct wh_value row[11];
    row[0] = wh_value_text(session->id);
    row[1] = wh_value_text(wh_span_of(session->unit));
    row[2] = wh_value_number(WH_DATE, session->date);
    row[3] = text_or_null(session->topic);
    row[4] = text_or_null(session->audience);
    row[5] = session->is_known ? wh_value_number(WH_INTEGER, session->trainees) : wh_value_null();
    row[6] = wh_value_number(WH_INTEGER, session->attended);
    row[7] = session->is_known ? wh_value_number(WH_INTEGER, difference) : wh_value_null();
    row[8] = number_or_null(WH_DECIMAL, session->hours_h);
    row[9] = wh_value_number(WH_INTEGER, session->without_hours);
    row[10] = wh_value_text(wh_span_of(state_of(session)));
    return talk->host->reply_row(talk->call, row, 11, talk->fail);
}

static const struct wh_choice states[] = {
    {"entered", {"已登记", "Entered"}},
    {"open", {"未登全", "Open"}},
    {"over", {"超出", "Over"}},
    {"unknown", {"无此培训", "Unknown"}},
};

/* By day, then id. */
static int compare_days(const void *a, const void *b)
{
    const struct session *left = a, *right = b;
    if (left->date != right->date) return left->date < right->date ? -1 : 1;
    return compare_sessions(a, b);
}

static int show_sessions(struct listing *listing)
{
    struct sessions *sessions = &listing->sessions;
    uint32_t shown = 0, without = 0;
    int rc = 0;
    if (sessions->count > 0) {
        qsort(sessions->items, sessions->count, sizeof(*sessions->items), compare_days);
    }
    for (uint32_t i = 0; rc == 0 && i < sessions->count; i++) {
        const struct session *session = &sessions->items[i];
        if (session->date < listing->first || session->date > listing->last) continue;
        if (!unit_of_code(&listing->units, session->unit)) continue;
        if (session->hours_h >= 0) without += session->without_hours;
        shown++;
        rc = show_session(listing->talk, session);
    }
    for (uint32_t i = 0; rc == 0 && i < listing->unknown.count; i++) {
        rc = show_session(listing->talk, &listing->unknown.items[i]);
    }
    if (rc == 0 && shown == 0) {
        const char *unit = listing->units.items[0].code;
        rc = remark(listing->talk,
                    "该年没有培训（登记：wuhao add training --unit %s date=日期 topic=主题 "
                    "audience=elders trainees=人数）",
                    "no session in that year (enter one: `wuhao add training --unit %s date=DAY "
                    "topic=TOPIC audience=elders trainees=N`)",
                    unit);
    }
    if (rc == 0 && without > 0) {
        rc = remark(listing->talk, "%u 条签到没有学时，上报数不含（wuhao training hours 编号）",
                    "%u attendances have no hours, which the figures lack (`wuhao training hours "
                    "SESSION`)",
                    without);
    }
    return rc;
}

/* Who came to a session is entered for units at and below the session's. */
static int read_listing(struct listing *listing, struct pool *pool)
{
    const struct talk *talk = listing->talk;
    struct known_units below;
    int rc = read_sessions(talk, pool, &listing->sessions);
    if (rc < 0) return rc;
    rc = read_units(talk->host, wh_span_of(listing->units.items[0].code), &below, talk->fail);
    listing->attendances.pool = pool;
    for (uint32_t i = 0; rc >= 0 && i < below.count; i++) {
        rc = read_attendances(talk, below.items[i].code, listing->first - SESSION_DAYS_MAX,
                              listing->last + SESSION_DAYS_MAX, &listing->attendances);
    }
    free(below.items);
    for (uint32_t i = 0; rc >= 0 && i < listing->attendances.count; i++) {
        rc = count_attendance(listing, &listing->attendances.items[i]);
    }
    join_unknown(&listing->unknown);
    return rc;
}

int run_sessions(const struct talk *talk)
{
    struct listing listing = {.talk = talk};
    struct pool pool = {NULL};
    uint32_t year;
    const struct wh_list titles = WH_LIST(states);
    int rc = given_year_checked(talk, &year);
    if (rc == 0) rc = tell_words(talk, "state", titles);
    if (rc == 0) rc = given_scope(talk, &listing.units);
    if (rc == 0) {
        listing.first = first_day_of(year);
        listing.last = last_day_of(year);
        rc = read_listing(&listing, &pool);
    }
    if (rc == 0) rc = show_sessions(&listing);
    free(listing.units.items);
    free(listing.sessions.items);
    free(listing.unknown.items);
    free(listing.attendances.items);
    pool_free(&pool);
    return rc;
}
