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

#include "sync.pb-c.h"
#include "sync/history.h"

#define WH_PROTOCOL_MIN 1u
#define WH_PROTOCOL_MAX 1u

#define WH_CREDIT_MAX 8u              /* Pushes in flight in one direction */
#define WH_SEGMENT_BYTES_MIN 256u     /* rows of one Push, before compression */
#define WH_SEGMENT_BYTES_FIRST 16384u
#define WH_SEGMENT_BYTES_MAX (1u << 20)
#define WH_SEGMENT_MS_GOOD 500        /* acknowledged within: the next may be larger */
#define WH_SEGMENT_MS_LONG 4000       /* it took longer: the next is smaller */
#define WH_GREETING_MS_MAX 30000      /* from asking for a connection to Welcome */
#define WH_PING_AFTER_MS 20000        /* nothing received for so long */
#define WH_DEAD_AFTER_MS 70000        /* nothing received for so long: lost */
#define WH_RESEND_AFTER_MS 60000      /* a Push unacknowledged for so long is sent again */
#define WH_RETRY_MS_FIRST 250         /* back-off of a child, doubled up to */
#define WH_RETRY_MS_MAX 30000

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
    X(DIVERGED, "diverged", "与对方记载的历史不一致，暂停发送",                                     \
      "the neighbour holds rows that this store did not write; nothing is sent")

enum wh_link_state {
#define X(symbol, word, zh, en) WH_LINK_##symbol,
    WH_LINK_STATES(X)
#undef X
};

/* What a step says about why it took a branch: for traces, status and the log.
 * X(symbol, word). */
#define WH_NOTES(X)                                                                                \
    X(UP, "up")                                                                                    \
    X(LOST, "lost")                                                                                \
    X(SILENT, "silent")                                                                            \
    X(GREETING_LATE, "greeting.late")                                                              \
    X(REFUSED, "refused")                                                                          \
    X(DENIED, "denied")                                                                            \
    X(PROTOCOL, "protocol")                                                                        \
    X(STRANGER, "stranger")                                                                        \
    X(DIVERGED, "diverged")                                                                        \
    X(PUSH_BROKEN, "push.broken")                                                                  \
    X(PUSH_GAP, "push.gap")                                                                        \
    X(PUSH_STRANGE, "push.strange")                                                                \
    X(PUSH_KNOWN, "push.known")                                                                    \
    X(REWIND, "rewind")                                                                            \
    X(RESEND, "resend")                                                                            \
    X(STORE_FAILED, "store.failed")                                                                \
    X(SETTLED, "settled")                                                                          \
    X(NO_SESSION, "no.session")                                                                    \
    X(BYE, "bye")

enum wh_note_type {
#define X(symbol, word) WH_NOTE_##symbol,
    WH_NOTES(X)
#undef X
};

struct wh_note {
    enum wh_note_type type;
    uint64_t number;
};

enum wh_refuse {
    WH_REFUSE_PROTOCOL = 1, /* no common protocol */
    WH_REFUSE_STRANGER = 2, /* the Hello names another unit than the key belongs to */
    WH_REFUSE_STORE = 3,    /* the store can't take rows now */
};

/* What a node is, as far as a link has to know. */
struct wh_self {
    struct wh_span unit;
    struct wh_history history;
    uint64_t head;                  /* the last seq of this store */
    uint64_t lane_heads[WH_LANES];  /* the last seq of the feed that this link sends */
    const char *program;            /* version */
};

enum wh_event_type {
    WH_EVENT_CONNECTED,     /* the connection to the parent stands */
    WH_EVENT_LOST,          /* it is gone */
    WH_EVENT_DENIED,        /* the parent does not know the key of this node */
    WH_EVENT_FRAME,
    WH_EVENT_TICK,          /* time has passed, or feeds have moved */
    WH_EVENT_COMMITTED,     /* what out->commit asked is on disk */
    WH_EVENT_COMMIT_FAILED, /* it is not, and will not be */
    WH_EVENT_CUT,           /* the rows that out->want asked for */
    WH_EVENT_BARRIER,       /* somebody waits until this node has all that the parent has for it */
    WH_EVENT_RECONNECT,     /* an operator wants it now */
};

/* Part of a feed: every entry after `after` up to `last` that is meant for the neighbour. */
struct wh_cut {
    enum wh_lane lane;
    uint64_t after;
    uint64_t last;
    const struct wh_span *rows; /* packed */
    uint32_t count;
};

struct wh_event {
    enum wh_event_type type;
    int64_t now_ms;    /* monotonic */
    int64_t clock_ms;  /* wall time: only shown */
    uint64_t chance;   /* random bits for jitter */
    const struct wh_self *self;
    const Wh__Frame *frame;       /* FRAME */
    size_t frame_bytes;
    struct wh_holding committed;  /* COMMITTED: what was written */
    const Wh__Reject *rejects;    /* COMMITTED: rows that were refused meanwhile */
    uint32_t rejects_count;
    struct wh_cut cut;            /* CUT */
    uint64_t nonce;               /* BARRIER */
};

#define WH_OUT_FRAMES_MAX 4
#define WH_OUT_NOTES_MAX 8

struct wh_out {
    struct wh_arena arena; /* of the frames' bodies */
    Wh__Frame frames[WH_OUT_FRAMES_MAX];
    uint32_t frames_count;
    bool connect;
    bool disconnect;
    bool want; /* cut this lane's feed after want_after, up to want_bytes */
    enum wh_lane want_lane;
    uint64_t want_after;
    uint32_t want_bytes;
    bool commit; /* write these rows and this holding in one synced batch */
    const struct wh_span *rows; /* packed */
    uint32_t rows_count;
    struct wh_holding holding;
    const Wh__Ack *rejected; /* an Ack that names rows which the neighbour refused */
    uint64_t settled;        /* the nonce of a barrier that has been reached */
    struct wh_note notes[WH_OUT_NOTES_MAX];
    uint32_t notes_count;
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
    int64_t received_ms;   /* something, last */
    int64_t pinged_ms;
    int64_t acked_clock_ms; /* wall time of the last Ack; 0: none */
    int64_t skew_ms;       /* the neighbour's clock minus ours */
    char program[32];      /* of the neighbour */
    /* as a sender */
    uint64_t sent[WH_LANES];   /* cut so far */
    uint64_t pushed[WH_LANES]; /* the end of the last Push; what was passed over lies behind it */
    uint64_t acked[WH_LANES];
    struct wh_in_flight in_flight[WH_CREDIT_MAX];
    uint32_t in_flight_count;
    uint32_t credit;
    uint32_t segment_bytes;
    bool wanting;
    uint64_t barrier; /* the neighbour's nonce; 0: none */
    uint64_t barrier_heads[WH_LANES];
    /* as a receiver */
    struct wh_holding accepted; /* asked to be committed */
    struct wh_holding durable;
};

/* A link that is down; `durable` is what the store holds of the neighbour's feed. A link to the
 * parent asks for its connection in the first tick. */
void wh_link_init(struct wh_link *link, enum wh_link_role role, struct wh_holding durable,
                  int64_t now_ms);

void wh_out_init(struct wh_out *out);
void wh_out_deinit(struct wh_out *out);

/* One event; see the top of this page. */
void wh_link_step(struct wh_link *link, const struct wh_event *event, struct wh_out *out);

/* When the next TICK is due, monotonic; INT64_MAX: never. */
int64_t wh_link_deadline_ms(const struct wh_link *link);

/* True where the neighbour durably holds all of the feed up to `lane_heads`. */
bool wh_link_has_sent(const struct wh_link *link, const uint64_t lane_heads[WH_LANES]);

const char *wh_note_word(enum wh_note_type type);
/* "up", "down", "refused" or "diverged". */
const char *wh_link_state_word(enum wh_link_state state);
struct wh_title wh_link_state_title(enum wh_link_state state);

#endif
