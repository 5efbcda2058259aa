/* checks.h: what is asked before something is entered; each refuses in words. Private to the
 * folder.
 */
#ifndef WH_INSPECTION_CHECKS_H
#define WH_INSPECTION_CHECKS_H

#include "saying.h"

/* The text of this argument is not blank. */
int check_said(const struct talk *talk, const char *name);
/* The day is not after today. */
int check_past(const struct talk *talk, int64_t day);
/* The unit exists on the day. */
int check_there(const struct talk *talk, const struct known_unit *unit, int64_t day);
/* This node may enter what `checker`, the unit above `unit`, saw there. */
int check_checker(const struct talk *talk, const struct known_unit *unit,
                  const struct known_unit *checker);
/* The name is one of the checker's inspectors on that day, and may check the unit. */
int check_inspector(const struct talk *talk, const struct known_unit *checker, struct wh_span name,
                    const char *unit, int64_t day);

/* The next code of a list as clerks type it, with any of ; , and their wide forms, a wide
 * enumeration comma or blanks between; empty at its end. Moves *list behind it. */
struct wh_span next_code(const char **list);
/* 1 where the unit, or one that it lies below, is among the codes of the list. */
int is_among(const char *list, const char *unit);
/* Refuses where an inspector's list (NULL: nothing) has a word that is no unit. */
int check_codes(const struct talk *talk, const char *inspector, const char *list);
/* Refuses an inspector who must not check the unit. */
int refuse_barred(const struct talk *talk, struct wh_span inspector, const char *unit);
/* 1 where the record of this id and day is in force, 0 where it was taken back. */
int record_stands(const struct wh_host *host, const char *kind, const char *unit, struct wh_span id,
                  int64_t day, struct wh_failure *fail);

#endif
