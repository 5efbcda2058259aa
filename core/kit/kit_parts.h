/* kit_parts.h: what the files of the test kit share. Private to kit/.
 * Thread: the process's one. Ownership: everything lives in the kit's arena until the run ends. */
#ifndef WH_KIT_KIT_PARTS_H
#define WH_KIT_KIT_PARTS_H

#include "host/calls.h"
#include "host/jobs.h"
#include "host/notices.h"
#include "host/plugins.h"
#include "kit/kit.h"
#include "model/measurement.h"

#define WH_KIT_ZONE_MINUTES 480

struct wh_kit_key {
    struct wh_span key;
    struct wh_span value;
};

/* What a node would have on disk. */
struct wh_kit_state {
    struct wh_record *records; /* in the order of entry */
    uint32_t records_count;
    uint32_t records_size;
    struct wh_kit_key *keys; /* in the order of their bytes */
    uint32_t keys_count;
    uint32_t keys_size;
};

/* What has been, or is to be, measured. */
struct wh_kit_cell {
    const struct wh_kind *kind;
    struct wh_span unit;
    int32_t quarter;
    const struct wh_measured *metrics; /* NULL: the cell has no row */
    uint32_t metrics_count;
    struct wh_span used; /* the records that the row was made from */
};

struct wh_kit {
    const struct wh_kit_wanted *wanted;
    const struct wh_scenario *scenario;
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct wh_plugins *plugins;
    struct wh_span plugin; /* its name */
    int32_t today;
    uint64_t counter;          /* of record ids */
    struct wh_kit_state saved; /* what everybody sees */
    struct wh_kit_state open;  /* with what the turn has written so far */
    struct wh_kit_cell *cells; /* by unit, quarter, kind; each once */
    uint32_t cells_count;
};

/* Rows under names, as text. */
struct wh_kit_table {
    const struct wh_span *names;
    uint32_t columns;
    struct wh_span *cells; /* row by row */
    uint32_t rows;
    uint32_t size;
};

/* kit_services.c */
struct wh_host_services wh_kit_services(struct wh_kit *kit);
int64_t wh_kit_now_ms(const struct wh_kit *kit);

/* kit_store.c: fills in those that read and write records and keys. */
void wh_kit_store_services(struct wh_host_services *services);
/* A turn: what is written between is saved whole, or not at all where rc < 0. */
void wh_kit_turn_begin(struct wh_kit *kit);
void wh_kit_turn_end(struct wh_kit *kit, int rc);
/* Adds a record; WH_E_INVALID names what is wrong with it. */
int wh_kit_record_add(struct wh_kit *kit, const struct wh_kind *kind, struct wh_entries entries,
                      struct wh_error *err);

/* kit_cells.c: has every cell measured that some record bears on; a failure is a fault at `line`.
 */
void wh_kit_measure(struct wh_kit *kit, uint32_t line);
/* The figures of one cell as one row of `table`; all 0 where it has no row. */
void wh_kit_cell_row(struct wh_kit *kit, const struct wh_kind *kind, struct wh_span unit,
                     int32_t quarter, struct wh_kit_table *table);

/* kit_table.c */
/* Makes room for one row and lends its cells, which are empty. */
struct wh_span *wh_kit_row(struct wh_kit *kit, struct wh_kit_table *table);
struct wh_span wh_kit_number_text(struct wh_kit *kit, uint32_t type, int64_t number);
/* Tells of what came at `step`, and adds a fault for each difference from what it expects. */
void wh_kit_show(struct wh_kit *kit, const struct wh_step *step, const struct wh_kit_table *table);
void wh_kit_show_text(struct wh_kit *kit, const struct wh_step *step, struct wh_span text);

/* kit_replies.c */
/* Runs the command that the step names: WH_E_NOT_FOUND, WH_E_USAGE, or what the plugin says. */
int wh_kit_command(struct wh_kit *kit, const struct wh_step *step, struct wh_kit_table *ret,
                   struct wh_error *err);
/* The records of the step's unit, in the order of entry. */
void wh_kit_show_records(struct wh_kit *kit, const struct wh_step *step,
                         const struct wh_kind *kind);
/* The notices that stand, by key. */
int wh_kit_show_notices(struct wh_kit *kit, const struct wh_step *step, struct wh_error *err);

#endif
