/* distinct.h: how many different texts there were. A zeroed struct has none. Thread: loop.
 * Ownership: texts are copied in. */
#ifndef LEDGER_DISTINCT_H
#define LEDGER_DISTINCT_H

#include <wuhao/plugin.h>

struct distinct {
    char **slots; /* length (8 bytes) and text; NULL: free */
    uint64_t size;
    uint64_t count;
};

void distinct_deinit(struct distinct *distinct);
/* Returns 0, or WH_E_FAILED where memory ran out. */
int distinct_add(struct distinct *distinct, struct wh_span text);
/* Each of the ';'-separated words. */
int distinct_add_words(struct distinct *distinct, struct wh_span words);

#endif
