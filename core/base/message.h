/* message.h: every sentence that a person reads, in Chinese and English, by id. The catalogue is
 * base/messages.def; a missing half does not compile. Thread: any. */
#ifndef WH_BASE_MESSAGE_H
#define WH_BASE_MESSAGE_H

#include "base/arena.h"
#include "base/span.h"

enum wh_language {
    WH_ZH = 0,
    WH_EN = 1,
};

enum wh_message {
#define M(id, zh, en) WH_MSG_##id,
#include "base/messages.def"
#undef M
    WH_MESSAGES_COUNT
};

/* The sentence with {0}, {1}, ... replaced by `args`, and {0?row:rows} by the word for one or for
 * many; text from outside is made printable
 * (wh_text_printable). Result in `arena`. */
struct wh_span wh_message_text(enum wh_message message, enum wh_language language,
                               const struct wh_span *args, size_t count, struct wh_arena *arena);

/* One of a title's two texts; the other where one is missing. */
struct wh_span wh_title_text(struct wh_title title, enum wh_language language);

#endif
