/* saying.h: what the plugins that ship share: the arguments of a running command, refusals in both
 * languages, fields of a record, days as text. It sees wuhao/plugin.h alone.
 *
 * Thread: the callback's. Ownership: nothing is kept; spans are lent as the host lends them. */
#ifndef WH_PLUGINS_SAYING_H
#define WH_PLUGINS_SAYING_H

#include <wuhao/plugin.h>

/* One column of a reply, in a table of them. */
#define COLUMN(name, zh, en, type)                                                                 \
    {                                                                                              \
        name, {zh, en}, type, 0                                                                    \
    }

/* Room for one more item behind `count` of `item_size` bytes. `items` is where the pointer to them
 * is kept: they may move; *size is how many there is room for. WH_E_FAILED without memory, and
 * nothing has changed. */
int make_room(void *items, uint32_t count, uint32_t *size, size_t item_size);

/* A command that runs. */
struct talk {
    const struct wh_host *host;
    struct wh_call *call;
    struct wh_failure *fail;
};

/* Fills the failure with `zh` or `en`, as whoever gave the command reads; both are printf formats
 * for the same arguments in the same order. Returns `code`. */
int refuse(const struct talk *talk, int code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* One sentence beside the rows; formats as above. */
int remark(const struct talk *talk, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Titles (struct wh_choice) of the words in a column, for tables: before any row. */
int tell_words(const struct talk *talk, const char *column, struct wh_list words);

/* The argument `name`: its text (empty: left out), its number or `fallback`, whether it was given.
 */
struct wh_span given_text(const struct talk *talk, const char *name);
int64_t given_number(const struct talk *talk, const char *name, int64_t fallback);
int is_given(const struct talk *talk, const char *name);

/* The argument `year`, else the year of given_day(). */
uint32_t given_year(const struct talk *talk);
/* The argument `date`, else today. */
int64_t given_day(const struct talk *talk);

/* A unit, copied: visitors are lent theirs for the visit alone. Longer texts are cut. */
struct known_unit {
    char code[32];
    char name[128];
    char kind[32];
    char parent[32];
    uint32_t level; /* WH_LEVEL_* */
    uint32_t reserved;
    int64_t opened; /* days; 0: always, never */
    int64_t closed;
};

/* What does not fit is left out, from a whole character on. */
void copy_text(char *at, size_t size, struct wh_span text);
struct known_unit copy_unit(const struct wh_unit_view *unit);
/* 1 where it existed on some day of [first, last]. */
int unit_existed(const struct known_unit *unit, int64_t first, int64_t last);

/* The day whose units a year counts: its last one, or today while it is not over. */
int64_t day_of_count(const struct wh_host *host, int64_t year);

/* The unit of this code: WH_E_NOT_FOUND. */
int find_unit(const struct wh_host *host, struct wh_span code, struct known_unit *ret,
              struct wh_failure *fail);
/* The unit that the argument `name` names; refuses one that is not there. */
int given_unit(const struct talk *talk, const char *name, struct known_unit *ret);

/* All units at and below `under` (empty: all), by code, in memory that the caller frees. */
struct known_units {
    struct known_unit *items;
    uint32_t count;
    uint32_t size;
};

int read_units(const struct wh_host *host, struct wh_span under, struct known_units *ret,
               struct wh_failure *fail);
const struct known_unit *unit_of_code(const struct known_units *units, const char *code);

/* A field of a record: NULL, empty or `fallback` where it has no value. */
const struct wh_value *field_of(const struct wh_record_view *record, const char *name);
struct wh_span field_text(const struct wh_record_view *record, const char *name);
int64_t field_number(const struct wh_record_view *record, const char *name, int64_t fallback);

/* A value of a row; null where there is none. */
struct wh_value text_or_null(struct wh_span span);
struct wh_value number_or_null(uint32_t type, int64_t number); /* below 0: null */

#define DAY_TEXT_SIZE 16
/* "2026-03-31". */
struct wh_span day_text(int64_t day, char ret[DAY_TEXT_SIZE]);
#define POINTS_TEXT_SIZE 32
/* Hundredths with two decimals: "12.50". */
struct wh_span points_text(int64_t points_h, char ret[POINTS_TEXT_SIZE]);

int32_t year_of(int64_t day);
int64_t first_day_of(int64_t year);
int64_t last_day_of(int64_t year);

#endif
