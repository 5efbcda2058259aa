/* findings.h: one finding, copied, and what becomes of it. Private to the folder. */
#ifndef WH_INSPECTION_FINDINGS_H
#define WH_INSPECTION_FINDINGS_H

#include "inspection.h"

struct finding {
    char id[ID_SIZE];
    char unit[32];
    char visit[ID_SIZE];       /* "" in a letter */
    char raised_by[NAME_SIZE]; /* "" in a letter: it names nobody */
    char origin[32];           /* whose letter it is; "" for a record of this node */
    char progress[16];         /* open, fixed, verified; WITHDRAWN */
    char item[64];
    char text[4000];
    char fix[1000];
    char photo[WH_FILE_REF_MAX]; /* the first one; "": none */
    char photo_fixed[WH_FILE_REF_MAX];
    int64_t day; /* raised on */
    int64_t until;
    int64_t fixed;    /* the day that is stated; 0: not */
    int64_t entered;  /* the day on which that was entered, which says whether it was in time */
    int64_t refused;  /* the version of the unit's answer that was not good enough; 0: none */
    int64_t answered; /* the version of the answer that is verified or refused just now */
    int32_t found;
    int32_t excused; /* its mark was taken back */
};

#define WITHDRAWN "withdrawn"

struct findings {
    struct finding *items; /* the caller frees */
    uint32_t count;
    uint32_t size;
};

int findings_add(struct findings *findings, const struct finding *finding);

/* findings.c: the one that the argument `finding` names, which stands. */
int given_finding(const struct talk *talk, struct finding *ret);
/* Those of this node's records about `under` and the units below it. */
int read_findings(const struct wh_host *host, struct wh_span under, struct findings *ret,
                  struct wh_failure *fail);

/* photos.c: lists those of a finding as facts; takes back with it those that are records. */
int show_photos(const struct talk *talk, const struct finding *finding);
int forget_photos(const struct talk *talk, const struct finding *finding);

/* overdue.c */

/* Gives the finding the mark of its deadline, or takes one away that says what is not so. */
int settle_mark(const struct wh_host *host, const struct finding *finding, int64_t today,
                struct wh_failure *fail);
/* What goes with a finding that is taken back: its mark, its photographs, and its letter. */
int forget_finding(const struct talk *talk, const char *id);
/* Notes that the mark of this finding was taken back, so that it does not come again. */
int excuse_finding(const struct talk *talk, const char *id);

/* letters.c */

/* Tells the unit's node of the finding as it stands. */
int send_letter(const struct talk *talk, const struct finding *finding);
/* What other nodes have told this one: all, or the one of this id. */
int read_letters(const struct talk *talk, struct wh_span only, struct findings *ret);
/* Tells the units' nodes of findings that were taken back, where they still have the text: `stand`
 * are those that were not. */
int recall_letters(const struct talk *talk, const struct findings *stand);
/* Enters here that a finding of a letter was fixed. */
int answer_letter(const struct talk *talk, const struct finding *finding);
/* What the unit's own node says of it. */
struct claim {
    int64_t day;     /* fixed on; 0: it has not said so, or not again */
    int64_t entered; /* the day on which its node entered that */
    int64_t version; /* of the record: an answer that was not good enough is known by it */
};
int read_claim(const struct wh_host *host, const struct finding *finding, struct claim *ret,
               struct wh_failure *fail);

#endif
