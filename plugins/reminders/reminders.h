/* reminders.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_REMINDERS_H
#define WH_REMINDERS_H

#include "duties.h"
#include "saying.h"

#define KIND_DUTY "duty"
#define KIND_RECIPIENT "recipient"
#define YEAR_MAX 9999

/* The plugin while it is on: defined in state.h, for those that send. */
struct reminders;

/* met.c: measures a cell of `duty`. */
int measure_met(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* One thing that a unit owes. */
struct owed {
    char unit[32];  /* who owes it */
    char about[32]; /* the unit below that it is owed for; "": none */
    char duty[64];
    char zh[160]; /* the duty's title */
    char en[160];
    struct period period;
};

struct owed_list {
    struct owed *items; /* by unit, due day, duty, about; free with owed_free() */
    uint32_t count;
    uint32_t size;
};

/* Everything that `unit` (and where `below` is 1 every unit below it) owes in `year`, met or not.
 * None where there is no programme. WH_E_NOT_FOUND: no such unit. */
int owed_in(const struct wh_host *host, struct wh_span unit, int below, uint32_t year,
            struct owed_list *ret, struct wh_failure *fail);
/* The same of the year of `day`; of the years before it what is not done on that day, and could
 * still be met when that year began: what is open or late doesn't end with its year. */
int owed_on(const struct wh_host *host, struct wh_span unit, int below, int64_t day,
            struct owed_list *ret, struct wh_failure *fail);
/* 1 where owed_on() has it. */
int is_owed_of(const struct owed *owed, int64_t day);
/* How many years back they are looked for: a due date lies at most one year behind that of its
 * duty, and may be late for a month. */
#define YEARS_BEFORE 2

/* A new one at the end, zeroed; NULL: no memory. */
struct owed *owed_add(struct owed_list *list);
void owed_free(struct owed_list *list);

/* due.c */
int run_due(const struct talk *talk);
/* The argument `year`, else `fallback`: refuses one without a programme. */
int given_programme_year(const struct talk *talk, int64_t fallback, uint32_t *ret);
extern const struct wh_list due_columns;

/* declared.c: the tables, in the order of the commands. */
enum command {
    COMMAND_DUE,
    COMMAND_PREVIEW,
    COMMAND_SEND,
    COMMAND_OUTBOX,
    COMMAND_TEST,
    COMMAND_CALENDAR
};
enum job { JOB_LOOK, JOB_CARRY };

/* reminders.c: the callbacks. */
int reminders_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail);
void reminders_close(void *context);
int reminders_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail);
int reminders_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail);
int reminders_job(void *self, uint32_t index, struct wh_failure *fail);

/* show.c */
int run_preview(struct reminders *self, const struct talk *talk);
int run_send(struct reminders *self, const struct talk *talk);
int run_outbox(struct reminders *self, const struct talk *talk);
int run_test_message(struct reminders *self, const struct talk *talk);
extern const struct wh_list preview_columns, outbox_columns;

/* calendar.c */
int run_calendar(struct reminders *self, const struct talk *talk);

#endif
