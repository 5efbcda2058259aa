/* memory_net.h: the wires of a whole tree in memory: wh_net_ops for every node, over one seeded
 * network with a virtual clock. Every node has one wire, to its parent; it may lose, repeat, delay
 * and reorder frames, and may be cut in either direction.
 *
 * A connection ends as on TCP: by one side, or because a process died; the other side hears of it
 * later, or never (half open). A route is the number of a connection. Thread: the caller's. */
#ifndef WH_SIM_MEMORY_NET_H
#define WH_SIM_MEMORY_NET_H

#include "chance.h"
#include "engine/members.h"
#include "engine/net_ops.h"

#define WH_NOBODY UINT32_MAX

/* How bad the wires are. Shares are in 10,000. */
struct wh_weather {
    int64_t delay_ms_max;
    uint32_t loss;
    uint32_t repeat;
    uint32_t late;      /* a copy of a Push is kept, and brought again in a later session */
    uint32_t half_open; /* nobody tells that a connection has ended */
    uint32_t unordered; /* 1: a frame may overtake another */
};

/* A slow line: whole bytes one after the other, and time on the way. bits_per_s 0: none. */
struct wh_modem {
    uint32_t bits_per_s;
    int64_t delay_ms;
};

#define WH_MODEM_ROUND_TRIP_MS 2000
#define WH_MODEM_CUT_EVERY_MS 60000

enum wh_direction {
    WH_TO_PARENT = 1,
    WH_TO_CHILD = 2,
};

struct wh_memory_net;

/* What the net asks of the tree. */
struct wh_memory_net_host {
    void *context;
    /* the parent's wh_members_admit() */
    enum wh_admission (*admit)(void *context, uint32_t node, const uint8_t *key,
                               struct wh_span *ret_unit);
    /* Something waits at `node`. */
    void (*arrived)(void *context, uint32_t node);
    /* The frame as `node` really sends it: itself, or in `arena`. */
    struct wh_span (*rewrite)(void *context, uint32_t node, struct wh_span frame,
                              struct wh_arena *arena);
};

struct wh_memory_net *wh_memory_net_new(uint32_t nodes, uint64_t seed,
                                        struct wh_memory_net_host host);
void wh_memory_net_free(struct wh_memory_net *net);
void wh_memory_net_set_weather(struct wh_memory_net *net, struct wh_weather weather);

/* Sets who is above `node`, its keys, and what tells that it has no power any more. */
void wh_memory_net_place(struct wh_memory_net *net, uint32_t node, uint32_t parent,
                         const uint8_t key[WH_NODE_KEY_BYTES],
                         const uint8_t invite_key[WH_NODE_KEY_BYTES], const bool *is_dead);
/* It has other keys from now on, or another parent; its connection ends. */
void wh_memory_net_move(struct wh_memory_net *net, uint32_t node, uint32_t parent,
                        const uint8_t key[WH_NODE_KEY_BYTES],
                        const uint8_t invite_key[WH_NODE_KEY_BYTES]);
void wh_memory_net_set_modem(struct wh_memory_net *net, uint32_t node, struct wh_modem modem);
/* The table for the engine of `node`. */
struct wh_net wh_memory_net_table(struct wh_memory_net *net, uint32_t node);

/* The process of `node` has begun, or has ended with all of its connections. */
void wh_memory_net_begin(struct wh_memory_net *net, uint32_t node);
void wh_memory_net_end(struct wh_memory_net *net, uint32_t node);

/* Cuts the wire above `node` in `directions` (WH_TO_PARENT | WH_TO_CHILD; 0: mends it). */
void wh_memory_net_cut(struct wh_memory_net *net, uint32_t node, uint32_t directions);

/* The connection above `node` ends with all that is under way, and both sides may hear of it. */
void wh_memory_net_break(struct wh_memory_net *net, uint32_t node);

/* Everything of before `now_ms` arrives. */
void wh_memory_net_advance(struct wh_memory_net *net, int64_t now_ms);
/* When something arrives next; INT64_MAX: never. */
int64_t wh_memory_net_next_ms(const struct wh_memory_net *net);
/* True where something waits to be received by `node`. */
bool wh_memory_net_has_arrivals(const struct wh_memory_net *net, uint32_t node);
/* True where the connection above `node` stands between processes that both live. */
bool wh_memory_net_is_connected(const struct wh_memory_net *net, uint32_t node);

#endif
