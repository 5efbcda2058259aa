/* link_words.h: a link as a person reads it. Thread: loop. Texts live in the call's arena or are
 * lent until the next turn. */
#ifndef WH_COMMANDS_LINK_WORDS_H
#define WH_COMMANDS_LINK_WORDS_H

#include "commands/desk.h"
#include "engine/links.h"

/* The unit at the other end; "parent" while it is not known. */
struct wh_span wh_link_peer(struct wh_desk *desk, const struct wh_link_status *link);

/* The state of the contract: "diverged" also while rows are in doubt, though the link goes on. */
const char *wh_link_word(const struct wh_link_status *link);

/* What it waits for and since when, in the reader's language. */
struct wh_span wh_link_reason(struct wh_desk *desk, struct wh_call *call,
                              const struct wh_link_status *link);

#endif
