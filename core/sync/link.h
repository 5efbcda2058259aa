/* link.h: the sync session with one neighbour as a pure state machine (design: README.md).
 *
 * wh_link_step() takes one event and fills `out` with what is to be done. Events are lent for the
 * call; what `out` holds, holds until the next step with it. The effects of one step may be carried
 * out in any order: an Ack is born only in the step that learns WH_EVENT_COMMITTED, never beside
 * the commit. No I/O, no clock, no chance of its own; the next deadline is asked.
 *
 * Thread: loop. Ownership: a link is a plain value in the caller's memory; it owns nothing. */
#ifndef WH_SYNC_LINK_H
#define WH_SYNC_LINK_H

#include "sync/link_event.h"

#define WH_PROTOCOL_MIN 1u
#define WH_PROTOCOL_MAX 1u

#define WH_CREDIT_MAX 8u          /* Pushes in flight in one direction */
#define WH_SEGMENT_BYTES_MIN 256u /* rows of one Push, before compression */
#define WH_SEGMENT_BYTES_MAX (256u << 10)
#define WH_WINDOW_BYTES_FIRST 4096u /* in flight on a line of which nothing is known */
#define WH_WINDOW_BYTES_MAX (WH_CREDIT_MAX * WH_SEGMENT_BYTES_MAX)
#define WH_WINDOW_SEGMENTS 4     /* a window is sent in so many Pushes */
#define WH_ACK_MS_GOOD 500       /* acknowledged within: more may be in flight */
#define WH_ACK_MS_LONG 4000      /* so much longer than the fastest: it stood in a queue */
#define WH_GREETING_MS_MAX 30000 /* from asking for a connection to Welcome */
#define WH_PING_AFTER_MS 20000   /* nothing received for so long */
#define WH_DEAD_AFTER_MS 70000   /* nothing received for so long: lost */
#define WH_RESEND_AFTER_MS 60000 /* a Push unacknowledged for so long is sent again, or for */
#define WH_RESEND_TIMES 10       /* so many times what the last one took */
#define WH_RETRY_MS_FIRST 250    /* back-off of a child, doubled up to */
#define WH_RETRY_MS_MAX 30000
#define WH_RETRY_MS_ABANDONED 600000 /* an operator has to decide first */

/* What a node can do beyond the protocol's number, told in its greeting. A frame that needs one is
 * sent only to a neighbour that told it; bits that are not known are passed over. */
#define WH_FEATURE_DIGESTS 1u /* answers Ask with Digest and Given */
#define WH_FEATURE_DOUBTS 2u  /* hears Doubts and answers Heard */
#define WH_FEATURES (WH_FEATURE_DIGESTS | WH_FEATURE_DOUBTS)

enum wh_link_role {
    WH_LINK_TO_PARENT,
    WH_LINK_TO_CHILD,
};

/* X(symbol, state of `sync status`, reason zh, reason en). */
#define WH_LINK_STATES(X)                                                                          \
    X(DOWN, "down", "等待下一次连接", "waiting to try again")                                      \
    X(CONNECTING, "down", "正在连接", "waiting for the connection")                                \
    X(GREETING, "down", "等待上级应答", "waiting for the parent's Welcome")                        \
    X(UP, "up", "已连接", "connected")                                                             \
    X(REFUSED, "refused", "被上级拒绝", "refused by the parent")                                   \
    X(DIVERGED, "diverged", "与对方记载的历史不一致，正在另开分支",                                \
      "the neighbour holds rows that this store did not write; a new branch is opened")

enum wh_link_state {
#define X(symbol, word, zh, en) WH_LINK_##symbol,
    WH_LINK_STATES(X)
#undef X
};

struct wh_in_flight {
    enum wh_lane lane;
    uint64_t last;
    uint32_t bytes;
    int64_t sent_ms;
};

struct wh_link {
    enum wh_link_role role;
    enum wh_link_state state;
    struct wh_note reason; /* the last note that explains the state */
    int64_t since_ms;      /* in this state, monotonic */
    int64_t retry_at_ms;
    uint32_t retries;
    int64_t received_ms; /* something, last */
    int64_t pinged_ms;
    int64_t acked_clock_ms;  /* wall time of the last Ack; 0: none */
    int64_t skew_ms;         /* the neighbour's clock minus ours */
    struct wh_position head; /* the neighbour's, as its greeting told it */
    struct wh_position told; /* the newest head of this store that the neighbour has seen */
    char program[32];        /* of the neighbour */
    uint64_t features;       /* of the neighbour: WH_FEATURE_*, and what later ones can */
    /* as a sender */
    uint64_t sent[WH_LANES];   /* cut so far */
    uint64_t pushed[WH_LANES]; /* the end of the last Push; what was passed over lies behind it */
    uint64_t acked[WH_LANES];
    uint64_t carried[WH_LANES]; /* held by the neighbour, as its last bundle said */
    struct wh_in_flight in_flight[WH_CREDIT_MAX];
    uint32_t in_flight_count;
    uint32_t credit;
    uint32_t window_bytes; /* that may be in flight on this line */
    int64_t fastest_ms;    /* the quickest Ack of this session; 0: none yet */
    int64_t took_ms;       /* the last one */
    bool wanting;
    bool acked_strange; /* the last Ack spoke of what this store did not write */
    uint64_t barrier;   /* the neighbour's nonce; 0: none */
    uint64_t barrier_heads[WH_LANES];
    /* as a receiver */
    struct wh_holding accepted; /* asked to be committed */
    struct wh_holding durable;
};

/* A link that is down; `durable` is what the store holds of the neighbour's feed. A link to the
 * parent asks for its connection in the first tick. */
void wh_link_init(struct wh_link *link, enum wh_link_role role, struct wh_holding durable,
                  int64_t now_ms);

/* One event; see the top of this page. */
void wh_link_step(struct wh_link *link, const struct wh_event *event, struct wh_out *out);

/* When the next TICK is due, monotonic; INT64_MAX: never. */
int64_t wh_link_deadline_ms(const struct wh_link *link);

/* How long a Push may stay unacknowledged on this line before it is sent again. */
int64_t wh_link_resend_after_ms(const struct wh_link *link);

/* True where the neighbour durably holds all of the feed up to `lane_heads`. */
bool wh_link_has_sent(const struct wh_link *link, const uint64_t lane_heads[WH_LANES]);

/* A Push of `cut`, which continues the entry `after` of its lane; what it needs lives in
 * out->arena. Where it is sent or written is the caller's affair. */
Wh__Push *wh_push_make(const struct wh_self *self, const struct wh_cut *cut, uint64_t after,
                       struct wh_out *out);
/* What this side holds and is, as a bundle says it. Fills `bundle`, borrowing from out->arena. */
void wh_bundle_greet(const struct wh_link *link, const struct wh_self *self, Wh__Bundle *bundle,
                     struct wh_out *out);

/* "up", "down", "refused" or "diverged". */
const char *wh_link_state_word(enum wh_link_state state);
struct wh_title wh_link_state_title(enum wh_link_state state);

#endif
