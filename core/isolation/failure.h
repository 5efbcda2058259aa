/* failure.h: filling the `struct wh_failure` that a callback or a host function was given.
 * Thread: any. */
#ifndef WH_ISOLATION_FAILURE_H
#define WH_ISOLATION_FAILURE_H

#include "base/span.h"

/* Fills it with one sentence and returns `code`. */
int wh_failure_say(struct wh_failure *failure, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Its sentence, lent; whatever the other side left behind it is cut. */
struct wh_span wh_failure_text(const struct wh_failure *failure);

#endif
