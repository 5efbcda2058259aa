/* duty.h: which duty and period, which units: what every command about visits begins with. Private
 * to the folder. */
#ifndef WH_INSPECTION_DUTY_H
#define WH_INSPECTION_DUTY_H

#include "duties.h"
#include "saying.h"

/* A duty of this plugin, copied, with the period that is asked. */
struct inspection_duty {
    char id[64];
    char shown[128]; /* as messages name it: its title in Chinese, else its id */
    uint32_t per;    /* WH_PER_* */
    uint32_t every;  /* WH_EVERY_*; 0: on its dates */
    uint32_t year;
    struct period period;
    struct period before; /* the period before it; name "" where there is none */
};

/* The duty of `unit` that is called `id` (empty: the one for all units below it) and its period
 * `asked` (empty: the one that is open today). Refuses what the programme does not have. */
int find_duty(const struct talk *talk, const struct known_unit *unit, struct wh_span id,
              struct wh_span asked, struct inspection_duty *ret);

/* The period of the duty that a visit of `unit` on `day` counts for, by the rule of the due days
 * and beside the visits that are done: the earliest that nobody met. Empty: for none. */
int find_period_met(const struct talk *talk, const struct known_unit *unit, const char *duty,
                    int64_t day, char ret[16]);

/* Gives the visits of the unit and duty that are done the periods that they count for now that one
 * more is done on `day` (0: none), and the one of the id `gone` (NULL: none) is not. */
int rename_periods(const struct talk *talk, const struct known_unit *unit, const char *duty,
                   int64_t day, const char *gone);

/* The period in which the day lies, met or not; empty: in none. */
void name_period_of(const struct talk *talk, const char *duty, int64_t day, char ret[16]);

/* The units that `unit` has to see for the duty: those below it that exist, or those that applied.
 * The caller frees. */
int units_to_see(const struct talk *talk, const struct known_unit *unit,
                 const struct inspection_duty *duty, struct known_units *ret);

/* Leaves out of `units` those whose result of the year is entered: nobody has to go there. */
int drop_decided(const struct talk *talk, const struct known_unit *unit,
                 const struct inspection_duty *duty, struct known_units *units);

/* Titles for the cells of a column: of duties, and `more` (struct wh_choice). */
int tell_duties(const struct talk *talk, const char *column, struct wh_list more);

#endif
