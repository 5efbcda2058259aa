/* assessment.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_ASSESSMENT_H
#define WH_ASSESSMENT_H

#include "saying.h"

#define KIND_JUDGEMENT "judgement"
#define KIND_SELF "self_assessment"
#define KIND_OBJECTION "objection"
#define KIND_CLASSIFICATION "classification"
#define KIND_TARGET "target"
#define KIND_MILESTONE "milestone"

/* Columns that two files fill. */
extern const struct wh_list show_columns, list_columns, objections_columns;
/* Titles (struct wh_choice) of outcomes of an objection, and of classes. */
extern const struct wh_list objection_words, class_titles;
extern const struct wh_list classes_columns, targets_columns, fallen_columns;

/* points.c */

/* One item of the rubric of a level in a year, copied. */
struct judged_item {
    char id[64];
    char zh[200];
    char en[200];
    int64_t points_h;
};

struct judged_items {
    struct judged_item *items; /* freed by the caller */
    uint32_t count;
    int32_t takes_lowest;
    uint32_t assessor; /* the level that judges, WH_LEVEL_* */
};

/* The judged items of the rubric for units of `level` in `year`, none where there is no programme.
 * WH_E_FAILED: out of memory. */
int read_judged_items(const struct wh_host *host, uint32_t level, uint32_t year,
                      struct judged_items *ret, struct wh_failure *fail);
/* The place of an item, or -1. */
int32_t judged_item_of(const struct judged_items *items, struct wh_span id);

/* What is known of one item of one unit and year, -1: nothing. */
struct item_points {
    int64_t self_h;
    int64_t judged_h;
    char by[32]; /* the unit whose points count: of those above, the nearest */
};

/* Reads them from the rows, one for each item, into `ret` (of items->count; NULL without items);
 * *ret_locked is 1 where the year was accepted or refused. */
int read_points(const struct wh_host *host, const struct known_unit *unit, uint32_t year,
                const struct judged_items *items, struct item_points *ret, int32_t *ret_locked,
                struct wh_failure *fail);

/* The same of item number `item` alone. */
int read_points_of(const struct wh_host *host, const struct known_unit *unit, uint32_t year,
                   const struct judged_items *items, int32_t item, struct item_points *ret,
                   struct wh_failure *fail);

/* Measures a cell of `judgement` or `self_assessment`. */
int measure_points(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* own_voice.c */

/* Refuses where another node, nearer to the unit than this one or its own, keeps the unit: what a
 * unit says of itself is not entered by those who judge it. */
int check_own_voice(const struct talk *talk, const struct known_unit *unit);
/* A remark where what was entered here about `unit` counts for nothing, since `by`, nearer to it,
 * has said something too. */
int tell_nearer(const struct talk *talk, const struct known_unit *unit, const char *by);

/* judgement.c */
int run_judge(const struct talk *talk);
int run_self(const struct talk *talk);
int run_undo(const struct talk *talk);
/* Refuses where the unit's year was accepted or refused: its points are locked. */
int check_unlocked(const struct talk *talk, const struct known_unit *unit, uint32_t year);

/* objections.c */
int run_object(const struct talk *talk);
int run_review(const struct talk *talk);
int run_objections(const struct talk *talk);
/* Writes answers that came from above into the records, so that those further up see
 * that there is one. Within a job. */
int follow_answers(const struct wh_host *host, struct wh_failure *fail);
/* Measures a cell of `objection`. */
int measure_objections(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail);

/* sheet.c */
int run_show(const struct talk *talk);
int run_list(const struct talk *talk);

/* classes.c */
int run_classify(const struct talk *talk);
int run_classes(const struct talk *talk);
int run_target(const struct talk *talk);
int run_targets(const struct talk *talk);
int run_fallen(const struct talk *talk);
/* milestones.c */
int run_close(const struct talk *talk);
/* gaps.c, doubts.c */
int run_gaps(const struct talk *talk);
int run_doubts(const struct talk *talk);
extern const struct wh_list gaps_columns, doubts_columns;

/* Measures a cell of `classification` or `target`. */
int measure_class(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

#endif
