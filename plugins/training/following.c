/* Attendances follow their sessions: where a session was withdrawn they are withdrawn with it,
 * where it was moved they move along. Their figures are measured from them alone, so nothing else
 * could tell. Sessions of other nodes are not known here, and change nothing.
 *
 * The day on which a session was last seen is kept under a key: without it nobody could tell the
 * old first day of one that was moved back a little from a later day of a session that lasts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "training.h"

/* Every edit has the node look for repeats among all attendances of the unit: so many are looked at
 * in one slice of the job. */
#define LOOKED_AT_MAX 100000u

/* New days of sessions that one slice keeps; a callback may write WH_CALL_WRITES_MAX in all. */
#define KEPT_MAX 4000u
#define KEY_SIZE 64

struct following {
    const struct talk *talk;
    struct pool pool;
    struct sessions sessions;
    int64_t *former; /* beside them: the day on which each lay when it was last followed */
    struct attendances attendances; /* of one unit */
    struct wh_span gone;            /* the session last found withdrawn, or not of this node */
    int is_withdrawn;
    uint64_t looked_at;
};

static int take_kind(void *context, const struct wh_record_view *record)
{
    int *is_session = context;
    *is_session = wh_span_equal(record->kind, wh_span_of(KIND_SESSION));
    return 0;
}

/* It is none of those that stand: was it one of this node's? */
static int was_withdrawn(struct following *following, struct wh_span session)
{
    const struct wh_host *host = following->talk->host;
    struct wh_failure ignored;
    if (wh_span_equal(following->gone, session)) return following->is_withdrawn;
    following->gone = session;
    following->is_withdrawn = 0;
    (void)host->record(host->self, session, take_kind, &following->is_withdrawn, &ignored);
    return following->is_withdrawn;
}

static int move(struct following *following, const struct attendance *one, int64_t date)
{
    const struct wh_host *host = following->talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE];
    put_field(&fields, "date", day_text(date, day));
    following->looked_at += following->attendances.count;
    return host->record_edit(host->self, one->id, list_of_fields(&fields), following->talk->fail);
}

static int follow_one(struct following *following, const struct attendance *one)
{
    const struct wh_host *host = following->talk->host;
    const struct session *session = session_of(&following->sessions, one->session);
    if (session) {
        int64_t former = following->former[session - following->sessions.items];
        int is_left = former != session->date && one->date == former;
        if (!is_left && is_day_of(session, one->date)) return 0;
        return move(following, one, session->date);
    }
    if (!was_withdrawn(following, one->session)) return 0;
    following->looked_at++;
    return host->record_withdraw(host->self, one->id, wh_span_of("its session was withdrawn"),
                                 following->talk->fail);
}

static int follow_unit(struct following *following, const char *unit)
{
    struct attendances *all = &following->attendances;
    int rc;
    all->count = 0;
    rc = read_attendances(following->talk, unit, INT32_MIN, INT32_MAX, all);
    for (uint32_t i = 0; rc >= 0 && i < all->count; i++) {
        if (following->looked_at > LOOKED_AT_MAX) return WH_AGAIN;
        rc = follow_one(following, &all->items[i]);
    }
    return rc < 0 ? rc : 0;
}

/* ---- The day on which a session lay ---- */

static struct wh_span key_of(const struct session *session, char ret[KEY_SIZE])
{
    (void)snprintf(ret, KEY_SIZE, "day/%.*s", (int)session->id.len, session->id.data);
    return wh_span_of(ret);
}

/* One that was never seen lies where it always lay. */
static int read_former(struct following *following)
{
    const struct wh_host *host = following->talk->host;
    const struct sessions *sessions = &following->sessions;
    char key[KEY_SIZE], text[24];
    following->former = calloc(sessions->count + 1u, sizeof(*following->former));
    if (!following->former) return WH_E_FAILED;
    for (uint32_t i = 0; i < sessions->count; i++) {
        struct wh_span value = {NULL, 0};
        struct wh_failure ignored;
        int rc = host->key_get(host->self, key_of(&sessions->items[i], key), &value, &ignored);
        if (rc < 0 && rc != WH_E_NOT_FOUND) {
            *following->talk->fail = ignored;
            return rc;
        }
        copy_text(text, sizeof(text), value);
        following->former[i] = rc < 0 ? INT64_MIN : strtoll(text, NULL, 10);
    }
    return 0;
}

static int keep_day(const struct talk *talk, const struct session *session)
{
    const struct wh_host *host = talk->host;
    char key[KEY_SIZE], text[24];
    (void)snprintf(text, sizeof(text), "%" PRId64, session->date);
    return host->key_put(host->self, key_of(session, key), wh_span_of(text), talk->fail);
}

int note_session(const struct talk *talk, const struct session *session)
{
    const struct wh_host *host = talk->host;
    struct wh_span value;
    char key[KEY_SIZE];
    int rc = host->key_get(host->self, key_of(session, key), &value, talk->fail);
    return rc == WH_E_NOT_FOUND ? keep_day(talk, session) : rc;
}

static int keep_days(const struct following *following)
{
    uint32_t kept = 0;
    int rc = 0;
    for (uint32_t i = 0; rc >= 0 && i < following->sessions.count; i++) {
        const struct session *session = &following->sessions.items[i];
        if (following->former[i] == session->date) continue;
        if (kept++ == KEPT_MAX) return WH_AGAIN;
        rc = keep_day(following->talk, session);
    }
    return rc < 0 ? rc : 0;
}

int follow_sessions(const struct wh_host *host, struct wh_failure *fail)
{
    struct talk talk = {host, NULL, fail};
    struct following following = {.talk = &talk};
    struct known_units units;
    int rc = read_units(host, host->home(host->self), &units, fail);
    following.attendances.pool = &following.pool;
    if (rc >= 0) rc = read_sessions(&talk, &following.pool, &following.sessions);
    if (rc == 0) rc = read_former(&following);
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        rc = follow_unit(&following, units.items[i].code);
    }
    if (rc == 0) rc = keep_days(&following);
    free(units.items);
    free(following.former);
    free(following.sessions.items);
    free(following.attendances.items);
    pool_free(&following.pool);
    return rc;
}
