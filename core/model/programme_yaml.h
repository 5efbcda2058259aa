/* programme_yaml.h: how the YAML form of a programme is read; private to the files
 * core/model/programme_*.c. A map is read by a table of slots, one a key: from it come the check
 * for unknown keys, the type, the bounds, and where the value goes in the protobuf message. What a
 * table cannot say (sums, names of other things) is checked by the code beside the table.
 *
 * Units: points, rates and decimals in hundredths. Thread: any. Ownership: messages and texts live
 * in the reader's arena. A wrong value adds its fault and leaves the slot at its default, which the
 * checks that follow take for "not given": one mistake is reported once. */
#ifndef WH_MODEL_PROGRAMME_YAML_H
#define WH_MODEL_PROGRAMME_YAML_H

#include "base/map.h"
#include "base/yaml.h"
#include "model/programme.h"

#define WH_PROGRAMME_POINTS_MAX_H 1000000 /* 10,000 points */
#define WH_PROGRAMME_LIST_MAX 500         /* entries of any one list */

struct wh_programme_reader {
    struct wh_arena *arena;
    struct wh_faults *faults;
    Wh__Programme *programme;
    const struct wh_yaml *root;
    bool goods_known;   /* every good has an id of its own: items that name none are at fault */
    uint32_t work_left; /* entries that may still be read: an alias costs nothing to write */
    struct wh_map metrics;
    struct wh_span *metric_ids; /* the same, data NULL behind the last; NULL: they are not known */
};

struct wh_word {
    const char *word; /* NULL: the end */
    int32_t value;
};

enum wh_presence {
    WH_OPTIONAL,
    WH_NEEDED,
    WH_FILLED, /* a list that is needed and not empty */
};

/* Where a value goes: the C type of the member at `offset` stands behind each. */
enum wh_slot_type {
    WH_SLOT_OTHER,      /* read by the code beside the table */
    WH_SLOT_NAME,       /* char *, [a-z][a-z0-9_]{0,47} */
    WH_SLOT_TITLE,      /* Wh__Title * */
    WH_SLOT_NUMBER,     /* uint32_t, min..max */
    WH_SLOT_HUNDREDTHS, /* uint32_t, min..max */
    WH_SLOT_POINTS,     /* uint32_t, hundredths, over 0 */
    WH_SLOT_YESNO,      /* protobuf_c_boolean */
    WH_SLOT_WORD,       /* 32 bits: the value of one of `words` */
};

struct wh_slot {
    const char *key; /* NULL: the end */
    enum wh_slot_type type;
    enum wh_presence presence;
    size_t offset;
    int64_t min;
    int64_t max;
    const struct wh_word *words;
};

extern const struct wh_word wh_level_words[];
extern const struct wh_word wh_metric_type_words[];
extern const struct wh_word wh_field_type_words[];

/* The map at `key` of `map`, or NULL where it is left out or wrong. */
const struct wh_yaml *wh_slots_map(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                   const char *key, enum wh_presence presence);

/* Reads the map `node`, the value (or an entry of the list) at `key`, into `message`; false where
 * it is no map. */
bool wh_slots_read(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   const struct wh_slot *slots, void *message);

/* The list at `key` of `map`, or NULL where it is left out, wrong or (WH_FILLED) empty. */
const struct wh_yaml *wh_slots_list(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                    const char *key, enum wh_presence presence);

/* Reads `node` as one of `words`; false where a fault was added. */
bool wh_slots_word(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   const struct wh_word *words, int32_t *ret);
/* A level or a list of levels, as bits; 0 where a fault was added. */
uint32_t wh_slots_levels(struct wh_programme_reader *reader, const struct wh_yaml *node,
                         const char *key);
/* The same for the value at `key` of `map`, which must be there. */
uint32_t wh_slots_levels_needed(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                const char *key);
/* Reads the list at `key` as names into `*ret`; returns how many are good. */
size_t wh_slots_names(struct wh_programme_reader *reader, const struct wh_yaml *map,
                      const char *key, enum wh_presence presence, char ***ret);
/* Reads `node` as a name; false where a fault was added. */
bool wh_slots_name(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   char **ret);

/* Adds a fault at the value of `key` in `map`, at the map itself where the key is left out. */
void wh_programme_fault(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *key, enum wh_message message, const struct wh_arg *args);
/* Adds `near_message` with the nearest of `words` behind `args`, or `message` where none is near.
 * `args` has at most three. */
void wh_programme_fault_near(struct wh_programme_reader *reader, uint32_t line, const char *key,
                             const enum wh_message messages[2], const struct wh_arg *args,
                             struct wh_span wrong, const struct wh_span *words);
/* Adds a fault where `name` was seen before; an empty name is passed over. */
void wh_programme_once(struct wh_programme_reader *reader, struct wh_map *seen, const char *name,
                       const char *key, uint32_t line);
/* Adds a fault where no metric has this id; an empty id is passed over. */
void wh_programme_metric_known(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const char *key, const char *id);

/* The word of `words` for `value`, "?" where there is none. */
const char *wh_word_of(const struct wh_word *words, uint32_t value);

/* Hundredths as an argument of a message. */
struct wh_arg wh_points_arg(struct wh_programme_reader *reader, int64_t points_h);
/* The field `name` of `ledger`; NULL, and a fault at `key`, where there is none. */
const Wh__Field *wh_programme_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                    const char *key, const Wh__Ledger *ledger, struct wh_span name);

/* The sections. Ledgers and plugin_metrics come first: the others name their metrics. */
void wh_programme_read_ledgers(struct wh_programme_reader *reader);
/* Id, years, phases, baselines and, from its own file, the calendar; `map` is the section
 * `programme`. */
void wh_programme_read_round(struct wh_programme_reader *reader, const struct wh_yaml *map);
void wh_programme_read_calendar(struct wh_programme_reader *reader, const struct wh_yaml *map);
void wh_programme_read_ranking(struct wh_programme_reader *reader);
void wh_programme_read_commendation(struct wh_programme_reader *reader);
void wh_programme_read_metrics(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               Wh__Ledger *ledger);
void wh_programme_read_rubric(struct wh_programme_reader *reader);
void wh_programme_read_duties(struct wh_programme_reader *reader);

#endif
