/* kept.h: what is known of each recipient beyond its record: on which days something was sent, what
 * was told, what is in doubt. Kept in the plugin's keys, by record and channel; no personal data.
 *
 * Units: days since 1970-01-01. Thread: the callback's. */
#ifndef WH_REMINDERS_KEPT_H
#define WH_REMINDERS_KEPT_H

#include "recipients.h"

#define DAYS_KEPT 100

enum phase {
    PHASE_NONE,
    PHASE_LAST = 2 /* the last byte of a message of `phase_day` may have gone out */
};

struct kept {
    int64_t doubt; /* stages reached by this day may have been told; 0: no doubt */
    int64_t week;  /* the Monday of the week whose weekly digest is settled */
    int64_t phase; /* enum phase */
    int64_t phase_day;
    int64_t tries; /* that failed, in a row */
    int64_t next_ms;
    int64_t at_ms;  /* of the last end */
    uint64_t stamp; /* of the message that wrote it last */
    char why[32];   /* how that ended */
    uint32_t days_count;
    int64_t days[DAYS_KEPT]; /* on which something was sent, the latest last */
};

/* Zeroed where nothing is kept yet. */
int kept_read(const struct wh_host *host, const char *id, enum channel channel, struct kept *ret,
              struct wh_failure *fail);
int kept_write(const struct wh_host *host, const char *id, enum channel channel,
               const struct kept *kept, struct wh_failure *fail);
int kept_has_day(const struct kept *kept, int64_t day);
int kept_has_week(const struct kept *kept, int64_t monday); /* a day of that week */
void kept_add_day(struct kept *kept, int64_t day);
/* It is not known what was sent on `day`: as if something had been, and to be told again. */
void kept_doubt(struct kept *kept, int64_t day);

/* ---- What was told ---- */

struct mark {
    uint64_t digest; /* of the thing and its stage */
    uint32_t year;   /* of the duty's period */
    uint32_t reserved;
};

struct marks {
    struct mark *items;
    uint32_t count;
    uint32_t size;
};

/* Adds them to those that `ret` has, all sorted by digest; the caller frees `items`, also after a
 * failure. */
int marks_read(const struct wh_host *host, const char *id, enum channel channel, struct marks *ret,
               struct wh_failure *fail);
int marks_have(const struct marks *marks, uint64_t digest);
int marks_add(struct marks *marks, struct mark mark); /* unsorted; WH_E_FAILED: no memory */
/* Keeps them beside those that are there already. */
int marks_write(const struct wh_host *host, const char *id, enum channel channel,
                const struct marks *added, struct wh_failure *fail);

/* ---- One value of the whole plugin ---- */

int number_read(const struct wh_host *host, const char *key, int64_t *ret, struct wh_failure *fail);
int number_write(const struct wh_host *host, const char *key, int64_t number,
                 struct wh_failure *fail);

#endif
