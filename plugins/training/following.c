/* Attendances follow their sessions: where a session was withdrawn they are withdrawn with it,
 * where it was moved they move along. Their figures are measured from them alone, so nothing else
 * could tell. Sessions of other nodes are not known here, and change nothing. */
#include <stdlib.h>

#include "training.h"

/* Every edit has the node look for repeats among all attendances of the unit: so many are looked at
 * in one slice of the job. */
#define LOOKED_AT_MAX 100000u

struct following {
    const struct talk *talk;
    struct pool pool;
    struct sessions sessions;
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
        if (is_day_of(session, one->date)) return 0;
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

int follow_sessions(const struct wh_host *host, struct wh_failure *fail)
{
    struct talk talk = {host, NULL, fail};
    struct following following = {.talk = &talk};
    struct known_units units;
    int rc = read_units(host, host->home(host->self), &units, fail);
    following.attendances.pool = &following.pool;
    if (rc >= 0) rc = read_sessions(&talk, &following.pool, &following.sessions);
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        rc = follow_unit(&following, units.items[i].code);
    }
    free(units.items);
    free(following.sessions.items);
    free(following.attendances.items);
    pool_free(&following.pool);
    return rc;
}
