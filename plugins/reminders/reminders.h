/* reminders.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_REMINDERS_H
#define WH_REMINDERS_H

#include "duties.h"
#include "saying.h"

#define KIND_DUTY "duty"

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
void owed_free(struct owed_list *list);

/* due.c */
int run_due(const struct talk *talk);
extern const struct wh_list due_columns;

#endif
