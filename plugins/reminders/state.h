/* state.h: the plugin while it is on: its settings, a look at what is owed, messages on their way.
 *
 * Units: days since 1970-01-01, milliseconds since 1970. Thread: loop. */
#ifndef WH_REMINDERS_STATE_H
#define WH_REMINDERS_STATE_H

#include "carrier.h"
#include "digest.h"
#include "kept.h"

#define PATH_SIZE 500

struct settings {
    char smtp_url[PATH_SIZE]; /* "": no mail */
    char smtp_user[PATH_SIZE];
    char smtp_password_file[PATH_SIZE];
    char mail_from[PATH_SIZE];
    char webhook_secret_file[PATH_SIZE];
    char ca_file[PATH_SIZE];
    char calendar_dir[PATH_SIZE]; /* "": no feeds */
    struct hearing hearing;
    int32_t send_at; /* minute of the day */
    int32_t is_zh;   /* of feeds */
};

#define KEY_SEND_AT "send_at" /* the one that was taken last */
/* 1 where by the programme (NULL: there is none) no day has a minute to send in from then on. */
int is_never_sent(const struct wh_programme_view *programme, int32_t send_at);

/* ---- A look: everything that anybody could be told on a day (look.c) ---- */

struct look {
    int64_t day;
    struct known_units units; /* the home unit and all below, by code */
    struct recipients recipients;
    struct owed_list owed; /* open, and due by the time that is told of */
    struct owed_list feed; /* all of the home unit and those directly below, for feeds */
    uint32_t step;         /* what comes next */
    uint32_t fed;          /* units whose feeds are up to date */
    int32_t feed_errno;    /* of the first that failed; 0: none */
    int32_t is_asked;      /* send now, whatever the hour */
};

void look_free(struct look *look);
/* Everything at once, for a command; of `day`. */
int look_whole(const struct reminders *self, int64_t day, struct look *ret,
               struct wh_failure *fail);
/* The job: one slice. */
int look_slice(struct reminders *self, struct wh_failure *fail);

/* ---- A message on its way (plan.c, carry.c) ---- */

/* A record that a message is for. */
struct member {
    char id[40];
    struct marks told; /* what it says that was not told before */
    int32_t is_cut;    /* there is more */
    int32_t is_weekly;
};

enum step {
    STEP_GIVEN,   /* a thread has it, or waits for a place */
    STEP_SAVING,  /* that its last byte may go out has to be on disk */
    STEP_ALLOWED, /* the last byte may be out */
    STEP_ENDING,  /* how it ended has to be on disk */
};

struct message {
    struct message *next;
    uint64_t number; /* the carrier's */
    uint64_t stamp;  /* of what was saved last */
    enum step step;
    enum carried outcome;
    char why[CARRIED_WHY_SIZE];
    char id[40];
    enum channel channel;
    int64_t day;
    struct member *members;
    uint32_t members_count;
    uint32_t lines;
    int32_t is_test; /* nothing of it is kept */
};

#define ENDED_TESTS_KEPT 8

struct ended_test {
    char id[40];
    enum channel channel;
    int64_t at_ms;
    char why[CARRIED_WHY_SIZE];
};

struct reminders {
    const struct wh_host *host;
    struct settings settings;
    struct carrier *carrier;
    struct look look;
    struct message *messages;
    uint64_t last_stamp;
    int32_t is_asked;     /* `reminders send` */
    int32_t is_told;      /* of who could not be reached: the notice is up to date */
    uint32_t untold_said; /* addresses that are none, as the log knows */
    struct ended_test tests[ENDED_TESTS_KEPT];
    uint32_t tests_count;
};

/* plan.c: what a group would be told on the look's day; zeroed where nothing is new. */
struct plan {
    struct digest digest;
    struct member *members;
    uint32_t members_count;
    struct message *message; /* NULL but while it is being made */
    int64_t next_ms;         /* when a failed one is tried again; 0: none waits */
    int32_t is_settled;      /* nothing is to be told, and it was looked at */
};

enum plan_when {
    PLAN_BY_RULE, /* once a day, weekly ones once a week, failed ones after their pause */
    PLAN_NOW,     /* once a day */
    PLAN_SHOWN    /* as on that day, whatever was sent on it */
};

int plan_group(const struct reminders *self, const struct look *look, const struct recipient *group,
               uint32_t count, enum plan_when when, struct plan *ret, struct wh_failure *fail);
void plan_free(struct plan *plan);
/* Hands the message of a plan to the carrier and puts it into the list; the plan is empty then. */
int plan_give(struct reminders *self, const struct recipient *first, struct plan *plan,
              struct wh_failure *fail);
/* A test message. */
int test_give(struct reminders *self, const struct recipient *to, struct wh_failure *fail);
/* How many levels `code` lies below `above`; -1: not below it. */
int32_t levels_below(const struct known_units *units, const char *above, const char *code);

/* carry.c: the job, and whether a message of that record is on its way. */
int carry(struct reminders *self, struct wh_failure *fail);
int is_on_its_way(const struct reminders *self, const char *id, enum channel channel);
void message_free(struct message *message);
int ask_carry(const struct reminders *self, int64_t pause_ms, struct wh_failure *fail);

/* faults.c: notices of what somebody has to mend: settings, and addresses of recipients. */
int faults_show(const struct reminders *self, const struct look *look, struct wh_failure *fail);

/* notices.c */
int notices_show(const struct reminders *self, const struct look *look, struct wh_failure *fail);
int unreached_show(struct reminders *self, struct wh_failure *fail);

/* calendar.c: brings the feed of the look's next unit up to date; 1 while there are more. */
int feed_next(const struct reminders *self, struct look *look, struct wh_failure *fail);

#endif
