/* inspection.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_INSPECTION_H
#define WH_INSPECTION_H

#include "checks.h"
#include "duties.h"
#include "duty.h"
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
#define KIND_PHOTOGRAPH "photograph"

#define ID_SIZE 40
#define NAME_SIZE 120

/* One visit, copied. */
struct visit {
    char id[ID_SIZE];
    char unit[32];
    char duty[64];
    char period[16];
    char inspector[NAME_SIZE];
    char
        planned_for[16]; /* period, inspector and day that it was planned with before it was done */
    char planned_by[NAME_SIZE];
    int64_t planned_on; /* 0: it was not planned, or is not done */
    int64_t day;
    int32_t done;
    int32_t pinned;
    int32_t withdrawn; /* as given_visit() finds it */
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
/* The visit that the argument `name` names, taken back or not; refuses what is none. */
int given_visit(const struct talk *talk, const char *name, struct visit *ret);
int check_visit_stands(const struct talk *talk, const struct visit *visit);

/* lots.c: sets 1 for each of the units that was drawn for the duty and period; `marks` are beside
 * units->items. */
int mark_drawn(const struct talk *talk, const struct known_units *units, const char *duty,
               const char *period, uint8_t *marks);

/* schedule.c */
int run_plan(const struct talk *talk);
int run_move(const struct talk *talk);
extern const struct wh_list plan_columns;

/* visits.c */
int show_fact(const struct talk *talk, const char *what, struct wh_span text);
int run_list(const struct talk *talk);
int run_show(const struct talk *talk);
int run_done(const struct talk *talk);
int run_record(const struct talk *talk);
int run_checklist(const struct talk *talk);
extern const struct wh_list list_columns, show_columns, checklist_columns;

/* lots.c */
int run_draw(const struct talk *talk);
extern const struct wh_list draw_columns;

/* undo.c */
int run_undo(const struct talk *talk);

/* findings.c */
int run_finding(const struct talk *talk);
int run_fix(const struct talk *talk);
int run_verify(const struct talk *talk);
int run_findings(const struct talk *talk);
int show_given_finding(const struct talk *talk, struct wh_span id);
extern const struct wh_list findings_columns;

/* photos.c */
int run_photo(const struct talk *talk);

/* overdue.c: the daily job; marks findings whose deadline is over, drops marks of those that were
 * taken back. */
int mark_overdue(const struct wh_host *host, struct wh_failure *fail);

/* letters.c: 1 where another node has told this one of a finding of this id. */
int is_letter(const struct talk *talk, struct wh_span id);
/* Measures a cell of `fix`. */
int measure_fix(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* acceptance.c */

/* How far a unit has got with its acceptance in a year, by this node's records and by rows. */
struct asking {
    int64_t applied_on; /* by a record of this node; 0: none */
    int32_t applied;
    int32_t decided;         /* there is a result */
    char result_id[ID_SIZE]; /* of this node; "": none */
    char result[16];
};
int read_asking(const struct talk *talk, const char *unit, uint32_t year, struct asking *ret);
int run_apply(const struct talk *talk);
int run_applications(const struct talk *talk);
int run_accept(const struct talk *talk);
int measure_acceptance(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail);
extern const struct wh_list applications_columns;

#endif
