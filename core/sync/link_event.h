/* link_event.h: what goes into a step of a link and what comes out of it (link.h).
 * Thread: loop. Ownership: an event is lent for the step; `out` owns an arena and is the caller's.
 */
#ifndef WH_SYNC_LINK_EVENT_H
#define WH_SYNC_LINK_EVENT_H

#include "sync.pb-c.h"
#include "sync/history.h"
#include "sync/lineage.h"

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
    X(ABANDONED, "abandoned")                                                                      \
    X(BRANCH, "branch")                                                                            \
    X(PUSH_BROKEN, "push.broken")                                                                  \
    X(PUSH_GAP, "push.gap")                                                                        \
    X(PUSH_BRANCH, "push.branch")                                                                  \
    X(PUSH_STRANGE, "push.strange")                                                                \
    X(PUSH_KNOWN, "push.known")                                                                    \
    X(ACK_STRANGE, "ack.strange")                                                                  \
    X(REWIND, "rewind")                                                                            \
    X(RESEND, "resend")                                                                            \
    X(STORE_FAILED, "store.failed")                                                                \
    X(SETTLED, "settled")                                                                          \
    X(NO_SESSION, "no.session")                                                                    \
    X(BYE, "bye")                                                                                  \
    X(COPIES, "copies")

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
    WH_REFUSE_PROTOCOL = 1,  /* no common protocol */
    WH_REFUSE_STRANGER = 2,  /* the Hello names another unit than the key belongs to */
    WH_REFUSE_STORE = 3,     /* the store can't take rows now */
    WH_REFUSE_REVOKED = 4,   /* the membership was taken back */
    WH_REFUSE_ABANDONED = 5, /* its history was given up for another copy of the same home */
};

/* What a node is, as far as a link has to know. */
struct wh_self {
    struct wh_span unit;
    struct wh_span peer; /* the unit whose key a child proved; empty: not asked */
    struct wh_history history;
    uint64_t head;                        /* the last seq of this store */
    uint64_t lane_heads[WH_LANES];        /* the last seq of the feed that this link sends */
    const char *program;                  /* version */
    const struct wh_abandoned *abandoned; /* terms of the neighbour that its history gave up */
    uint32_t abandoned_count;
};

enum wh_event_type {
    WH_EVENT_CONNECTED, /* the connection to the parent stands */
    WH_EVENT_LOST,      /* it is gone */
    WH_EVENT_DENIED,    /* the parent does not know the key of this node */
    WH_EVENT_FRAME,
    WH_EVENT_TICK,          /* time has passed, or feeds have moved */
    WH_EVENT_COMMITTED,     /* what out->commit asked is on disk */
    WH_EVENT_COMMIT_FAILED, /* it is not, and will not be */
    WH_EVENT_CUT,           /* the rows that out->want asked for */
    WH_EVENT_BARRIER,       /* somebody waits until this node has all that the parent has for it */
    WH_EVENT_RECONNECT,     /* an operator wants it now */
    WH_EVENT_CARRIED,       /* a Push out of a bundle: `frame`, `is_known` */
    WH_EVENT_CARRIED_GREETING, /* what a bundle says beside its Pushes: `bundle` */
    WH_EVENT_BRANCHED,         /* the term that out->branch asked for is on disk */
    WH_EVENT_STILL_REFUSED,    /* `rejects` of earlier Pushes are to be told again */
};

#define WH_CUT_FAILED UINT64_MAX /* as `after`: the feed could not be read */

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
    int64_t now_ms;   /* monotonic */
    int64_t clock_ms; /* wall time: only shown */
    uint64_t chance;  /* random bits for jitter */
    const struct wh_self *self;
    const Wh__Frame *frame; /* FRAME */
    size_t frame_bytes;
    struct wh_holding committed; /* COMMITTED: what was written */
    const Wh__Reject *rejects;   /* COMMITTED: rows that were refused meanwhile; STILL_REFUSED */
    uint32_t rejects_count;
    struct wh_cut cut;        /* CUT */
    uint64_t nonce;           /* BARRIER */
    bool is_known;            /* CARRIED: this node holds the head's term, and it stands */
    const Wh__Bundle *bundle; /* CARRIED_GREETING */
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
    bool commit;                /* write these rows and this holding in one synced batch */
    const struct wh_span *rows; /* packed */
    uint32_t rows_count;
    struct wh_holding holding;
    const Wh__Ack *rejected;   /* an Ack that names rows which the neighbour refused */
    uint64_t settled;          /* the nonce of a barrier that has been reached */
    struct wh_position branch; /* open a term that gives up this branch of ours; term 0: none */
    struct wh_note notes[WH_OUT_NOTES_MAX];
    uint32_t notes_count;
};

void wh_out_init(struct wh_out *out);
void wh_out_deinit(struct wh_out *out);

const char *wh_note_word(enum wh_note_type type);

#endif
