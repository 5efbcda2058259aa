/* findings.h: one finding, copied, and what becomes of it. Private to the folder. */
#ifndef WH_INSPECTION_FINDINGS_H
#define WH_INSPECTION_FINDINGS_H

#include "inspection.h"

struct finding {
    char id[ID_SIZE];
    char unit[32];
    char raised_by[NAME_SIZE]; /* "" in a letter: it names nobody */
    char origin[32];           /* whose letter it is; "" for a record of this node */
    char progress[16];         /* open, fixed, verified */
    char item[64];
    char text[4000];
    char fix[1000];
    int64_t day; /* raised on */
    int64_t until;
    int64_t fixed; /* 0: not */
    int32_t found;
};

struct findings {
    struct finding *items; /* the caller frees */
    uint32_t count;
    uint32_t size;
};

int findings_add(struct findings *findings, const struct finding *finding);

/* letters.c */

/* Tells the unit's node of the finding as it stands. */
int send_letter(const struct talk *talk, const struct finding *finding);
/* What other nodes have told this one: all, or the one of this id. */
int read_letters(const struct talk *talk, struct wh_span only, struct findings *ret);
/* Enters here that a finding of a letter was fixed. */
int answer_letter(const struct talk *talk, const struct finding *finding, int64_t day);
/* The day on which the unit's node says that it was fixed; 0: it has not. */
int read_claim(const struct wh_host *host, const struct finding *finding, int64_t *ret_day,
               struct wh_failure *fail);

#endif
