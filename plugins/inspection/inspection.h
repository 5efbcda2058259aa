/* inspection.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_INSPECTION_H
#define WH_INSPECTION_H

#include "duties.h"
#include "saying.h"
#include "writing.h"

#define KIND_INSPECTOR "inspector"
#define KIND_ABSENCE "absence"
#define KIND_AREA "area"
#define KIND_VISIT "inspection_visit"
#define KIND_FINDING "finding"
#define KIND_FIX "fix"
#define KIND_OVERDUE "overdue_finding"
#define KIND_APPLICATION "application"
#define KIND_ACCEPTANCE "acceptance"
#define KIND_SAMPLE "sample"

#define ID_SIZE 40
#define NAME_SIZE 120

/* One visit, copied. */
struct visit {
    char id[ID_SIZE];
    char unit[32];
    char duty[64];
    char period[16];
    char inspector[NAME_SIZE];
    int64_t day;
    int32_t done;
    int32_t pinned;
};

struct visits {
    struct visit *items; /* by unit, then day; the caller frees */
    uint32_t count;
    uint32_t size;
};

struct visit copy_visit(const struct wh_record_view *record);
/* The visits of all `units` dated within [from, to]; of one duty where it is not NULL. */
int read_visits(const struct wh_host *host, const struct known_units *units, const char *duty,
                int64_t from, int64_t to, struct visits *ret, struct wh_failure *fail);
/* The visit that the argument `name` names; refuses what is none. */
int given_visit(const struct talk *talk, const char *name, struct visit *ret);

/* A duty of this plugin, copied, with the period that is asked. */
struct inspection_duty {
    char id[64];
    uint32_t per; /* WH_PER_* */
    uint32_t year;
    struct period period;
    struct period before; /* the period before it; name "" where there is none */
};

/* The duty of `unit` that is called `id` (empty: the one for all units below it) and its period
 * `asked` (empty: the one that is open today). Refuses what the programme does not have. */
int find_duty(const struct talk *talk, const struct known_unit *unit, struct wh_span id,
              struct wh_span asked, struct inspection_duty *ret);

/* The units that `unit` has to see for the duty: those below it that exist, those that applied, or
 * those that were drawn. The caller frees. */
int units_to_see(const struct talk *talk, const struct known_unit *unit,
                 const struct inspection_duty *duty, struct known_units *ret);

/* schedule.c */
int run_plan(const struct talk *talk);
int run_move(const struct talk *talk);
extern const struct wh_list plan_columns;

/* visits.c */
int run_list(const struct talk *talk);
int run_show(const struct talk *talk);
int run_done(const struct talk *talk);
int run_record(const struct talk *talk);
int run_checklist(const struct talk *talk);
int run_draw(const struct talk *talk);
int run_undo(const struct talk *talk);
extern const struct wh_list list_columns, show_columns, checklist_columns, draw_columns;

/* findings.c */
int run_finding(const struct talk *talk);
int run_fix(const struct talk *talk);
int run_verify(const struct talk *talk);
int run_findings(const struct talk *talk);
int run_photo(const struct talk *talk);
/* The daily job: marks findings whose deadline is over. */
int mark_overdue(const struct wh_host *host, struct wh_failure *fail);
extern const struct wh_list findings_columns;

/* letters.c: measures a cell of `fix`. */
int measure_fix(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* acceptance.c */
int run_apply(const struct talk *talk);
int run_applications(const struct talk *talk);
int run_accept(const struct talk *talk);
int measure_acceptance(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail);
extern const struct wh_list applications_columns;

#endif
