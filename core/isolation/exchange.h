/* exchange.h: frames over the one socket between a node and the process of an isolated plugin. One
 * side speaks at a time: the node calls, the plugin asks and is answered, and returns.
 *
 * Thread: the owner's. */
#ifndef WH_ISOLATION_EXCHANGE_H
#define WH_ISOLATION_EXCHANGE_H

#include "base/buffer.h"
#include "base/error.h"

#define WH_EXCHANGE_BYTES_MAX (64u << 20) /* of one frame */

enum wh_frame {
    WH_FRAME_DECLARED = 1, /* plugin -> node, the first: its declaration, and its sandbox */
    WH_FRAME_CALL,         /* node -> plugin: a callback and its arguments */
    WH_FRAME_ASK,          /* plugin -> node, within a callback: a host function */
    WH_FRAME_TELL,         /* the same, and no answer is waited for */
    WH_FRAME_ANSWER,       /* node -> plugin: what it gave */
    WH_FRAME_RETURN,       /* plugin -> node: the callback's code and failure */
};

/* Which callback a CALL means. */
enum wh_callback {
    WH_CALLBACK_NONE,
    WH_CALLBACK_OPEN,
    WH_CALLBACK_CLOSE,
    WH_CALLBACK_MEASURE,
    WH_CALLBACK_COUNTS,
    WH_CALLBACK_COMMAND,
    WH_CALLBACK_JOB,
    WH_CALLBACK_ROWS_CHANGED,
    WH_CALLBACK_MEETS,
    WH_CALLBACKS,                    /* how many there are */
    WH_CALLBACK_LOAD = WH_CALLBACKS, /* no call: its file is being loaded, its constructors run */
};

/* X(symbol): the host function that an ASK means. */
#define WH_ASKS(X)                                                                                 \
    X(LOG)                                                                                         \
    X(RECORDS)                                                                                     \
    X(KIND)                                                                                        \
    X(METRIC_SET)                                                                                  \
    X(PARAM)                                                                                       \
    X(REPLY_COLUMNS)                                                                               \
    X(REPLY_ROW)                                                                                   \
    X(REPLY_PROGRESS)                                                                              \
    X(LANGUAGE)                                                                                    \
    X(YEAR_NOW)                                                                                    \
    X(STANDINGS)                                                                                   \
    X(EXPLAIN)                                                                                     \
    X(NOW_MS)                                                                                      \
    X(TODAY)                                                                                       \
    X(SETTING)                                                                                     \
    X(JOB_AT)                                                                                      \
    X(UNITS)                                                                                       \
    X(FIGURES)                                                                                     \
    X(PROGRAMME)                                                                                   \
    X(RECORD)                                                                                      \
    X(RECORD_ADD)                                                                                  \
    X(RECORD_EDIT)                                                                                 \
    X(RECORD_WITHDRAW)                                                                             \
    X(KEY_GET)                                                                                     \
    X(KEY_PUT)                                                                                     \
    X(KEY_DELETE)                                                                                  \
    X(KEYS)                                                                                        \
    X(NOTICE_POST)                                                                                 \
    X(NOTICE_SETTLE)                                                                               \
    X(REPLY_NOTE)                                                                                  \
    X(REPLY_FILE)                                                                                  \
    X(DEEDS)                                                                                       \
    X(WORKDAY_FROM)                                                                                \
    X(HOME)                                                                                        \
    X(PUBLISH)                                                                                     \
    X(PUBLISHED)                                                                                   \
    X(MOMENT)                                                                                      \
    X(RATES)                                                                                       \
    X(FILE_KEEP)                                                                                   \
    X(RESTORED_MS)                                                                                 \
    X(REPLY_WORDS)

enum wh_ask {
#define X(symbol) WH_ASK_##symbol,
    WH_ASKS(X)
#undef X
        WH_ASKS_COUNT
};

/* Exit codes by which the process says why it ended itself. */
#define WH_EXIT_NODE_GONE 3
#define WH_EXIT_OTHER_THREAD 4 /* a host function was called from another thread */

struct wh_exchange {
    int fd;
    struct wh_buffer queued; /* frames that go out with the next one */
    struct wh_buffer in;     /* what has come of the next frame */
    size_t frame_bytes;      /* of the frame that was lent last */
};

void wh_exchange_deinit(struct wh_exchange *exchange); /* closes the socket */

/* Monotonic milliseconds, the clock of deadlines. */
int64_t wh_exchange_now_ms(void);

/* Sends one frame; INT64_MAX: however long it takes. WH_E_UNREACHABLE: the other side is gone;
 * WH_E_BUSY: it did not take it in time; WH_E_TOO_BIG. */
int wh_exchange_send(struct wh_exchange *exchange, enum wh_frame what, struct wh_span payload,
                     int64_t deadline_ms);

/* Lets one frame go out with the next that is sent: for what needs no answer, since each wait costs
 * two wake-ups. WH_E_TOO_BIG. */
int wh_exchange_queue(struct wh_exchange *exchange, enum wh_frame what, struct wh_span payload);

/* Waits for one frame; *ret_payload is lent until the next receive. The same codes. */
int wh_exchange_receive(struct wh_exchange *exchange, enum wh_frame *ret_what,
                        struct wh_span *ret_payload, int64_t deadline_ms);

#endif
