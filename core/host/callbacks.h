/* callbacks.h: the words for a plugin's callbacks, in logs and reasons. Thread: any. */
#ifndef WH_HOST_CALLBACKS_H
#define WH_HOST_CALLBACKS_H

#include "isolation/exchange.h"

static inline const char *wh_callback_word(uint32_t callback)
{
    switch ((enum wh_callback)callback) {
    case WH_CALLBACK_NONE: break;
    case WH_CALLBACK_OPEN: return "open";
    case WH_CALLBACK_CLOSE: return "close";
    case WH_CALLBACK_MEASURE: return "measure";
    case WH_CALLBACK_COUNTS: return "counts";
    case WH_CALLBACK_COMMAND: return "command";
    case WH_CALLBACK_JOB: return "job";
    case WH_CALLBACK_ROWS_CHANGED: return "rows_changed";
    case WH_CALLBACK_MEETS: return "meets";
    case WH_CALLBACK_LOAD: return "loading its file";
    }
    return "none";
}

#endif
