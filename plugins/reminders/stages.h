/* stages.h: which stage of an owed thing a recipient hears of on a day, and when messages may go
 * out. Pure.
 *
 * Units: days since 1970-01-01, minutes of the day. Thread: any. Ownership: plain values. */
#ifndef WH_REMINDERS_STAGES_H
#define WH_REMINDERS_STAGES_H

#include "duties.h"

enum stage {
    STAGE_NONE,
    STAGE_SOON,
    STAGE_LATE,
    STAGE_MISSED,
};

const char *stage_word(enum stage stage);

/* How early and how late one is told. */
struct hearing {
    int64_t soon_days;
    int64_t escalate_days; /* for each level below */
};

/* The stage of which a recipient hears on `day`; of the own unit (`levels` 0), or of one so many
 * levels below. What was missed before `since` is not told. */
enum stage stage_heard(const struct period *period, int64_t day, uint32_t levels,
                       const struct hearing *hearing, int64_t since);

/* 1 where `minute` lies in [from, to), which may go over midnight; equal ends: never. */
int is_quiet(uint32_t minute, uint32_t from, uint32_t to);

/* 1 where it is quiet from `minute` to the end of the day. */
#define DAY_MINUTES 1440u
int is_quiet_to_midnight(uint32_t minute, uint32_t from, uint32_t to);

int64_t monday_of(int64_t day);

/* "08:30" as minutes of the day, -1: no such time. */
int32_t minute_of(struct wh_span text);

#endif
