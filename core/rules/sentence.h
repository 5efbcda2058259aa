/* sentence.h: an item's rule and result as one sentence for a reader, as `explain` prints it.
 * Thread: any. Ownership: the text lives in the arena given. */
#ifndef WH_RULES_SENTENCE_H
#define WH_RULES_SENTENCE_H

#include "base/message.h"
#include "rules/score.h"

/* "has 3 of 4 needed, each missing takes 1.00 off: 3.00 of 4.00". */
struct wh_span wh_item_sentence(const struct wh_item_score *score, enum wh_language language,
                                struct wh_arena *arena);

#endif
