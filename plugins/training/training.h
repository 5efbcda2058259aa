/* training.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_TRAINING_H
#define WH_TRAINING_H

#include "people.h"
#include "saying.h"
#include "writing.h"

#define KIND_PLAN "training_plan"
#define KIND_ATTENDANCE "attendance"
#define KIND_SESSION "training" /* of the programme's ledgers, as are the next two */
#define KIND_ELDER "elder"
#define KIND_POST "post"

/* ---- training.c ---- */

/* The units that the arguments `unit` (that one) or `under` (it and those below) name, else the
 * home and all below it; in memory that the caller frees. Refuses units that are not there. */
int given_scope(const struct talk *talk, struct known_units *ret);
/* Titles (struct wh_choice) of roles, and of whom a session is for. */
extern const struct wh_list role_titles, audience_titles;
/* The argument `year`, else this one. Refuses one that no calendar has. */
int given_year_checked(const struct talk *talk, uint32_t *ret);

/* ---- sessions.c ---- */

/* A record that an argument names, on its way to be found; set `kind`, `id`, and `visit` with its
 * `context`, which is shown the record if it is current. */
struct place {
    const char *kind;
    struct wh_span id;
    wh_record_visit visit;
    void *context;
    char unit[32];
    int64_t date;
    int32_t is_found;
    int32_t reserved;
};

/* Looks for it: 0 with `is_found` 0 where there is no current record of that kind and id. */
int find_record(const struct talk *talk, struct place *place);

/* A session, copied; texts lie in the pool. */
struct session {
    struct wh_span id;
    struct wh_span topic;
    struct wh_span audience;
    char unit[32];
    int64_t date;
    int64_t trainees;
    int64_t hours_h; /* -1: not said */
    uint32_t attended;
    uint32_t without_hours;
    int32_t is_known; /* 0: only attendances name it */
    int32_t reserved;
};

struct sessions {
    struct session *items; /* by id; the caller frees */
    uint32_t count;
    uint32_t size;
    struct pool *pool; /* the caller's */
};

/* All sessions of the home and the units below it, with none of their attendances counted. */
int read_sessions(const struct talk *talk, struct pool *pool, struct sessions *ret);
/* The session of this id; NULL where there is none. */
struct session *session_of(const struct sessions *sessions, struct wh_span id);
/* The session that the argument `name` names, as the only one in `ret`; refuses what is none. */
int given_session(const struct talk *talk, const char *name, struct pool *pool,
                  struct sessions *ret);
/* 1 where somebody may have come to it on this day: a session may last several. */
int is_day_of(const struct session *session, int64_t day);
/* Hours of an attendance: its own, else the session's, else 0. */
int64_t hours_of(const struct sessions *sessions, const struct attendance *attendance);

int run_sessions(const struct talk *talk);

/* ---- entering.c ---- */

int run_attend(const struct talk *talk);
int run_hours(const struct talk *talk);

/* ---- following.c ---- */

/* Notes the day of a session where none is noted yet, so that `follow` can tell that it was moved.
 */
int note_session(const struct talk *talk, const struct session *session);

/* What the job `follow` does: 0, WH_AGAIN where some are left, or a code. */
int follow_sessions(const struct wh_host *host, struct wh_failure *fail);

/* ---- plans.c ---- */

int run_plan(const struct talk *talk);
int run_held(const struct talk *talk);

/* ---- figures.c ---- */

/* What rows say of one unit and year; -1: nothing. */
struct unit_figures {
    int64_t elders; /* on rosters */
    int64_t leaders;
    int64_t trained; /* any role */
    int64_t trained_as[ROLE_COUNT];
    int64_t hours_h;
    int32_t is_elsewhere; /* a node below the home has sent some of it */
    int32_t reserved;
};

/* Reads them for `units` (sorted by code, those at and below `under`) into ret[units->count]. */
int read_figures(const struct talk *talk, struct wh_span under, const struct known_units *units,
                 uint32_t year, struct unit_figures *ret);

/* ---- coverage.c, due.c, certificate.c, doubts.c ---- */

int run_coverage(const struct talk *talk);
int run_due(const struct talk *talk);
int run_young(const struct talk *talk);
int run_certificate(const struct talk *talk);
int run_doubts(const struct talk *talk);

#endif
