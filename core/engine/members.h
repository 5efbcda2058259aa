/* members.h: which units have a node of their own, and invitations to join (sync.md "Joining").
 * Thread: loop. */
#ifndef WH_ENGINE_MEMBERS_H
#define WH_ENGINE_MEMBERS_H

#include "engine/engine.h"

enum wh_admission {
    WH_ADMIT_NONE,
    WH_ADMIT_MEMBER,
    WH_ADMIT_INVITE, /* a one-time key: it may hand in a node's key and do nothing else */
};

/* Whose key is this? *ret_unit is lent until the next turn. Asked by the wire at each handshake. */
enum wh_admission wh_members_admit(struct wh_engine *engine, const uint8_t key[WH_NODE_KEY_BYTES],
                                   struct wh_span *ret_unit);

/* True where `unit` is a member that this node invited and did not revoke. */
bool wh_member_is_active(const struct wh_engine *engine, struct wh_span unit);

/* The node that invited `unit` other than this one, and did not revoke it: where the unit's node
 * has moved to. Empty where there is none. */
struct wh_span wh_member_elsewhere(const struct wh_engine *engine, struct wh_span unit);

/* True where some node of its own serves `unit`, be it a neighbour or further below. */
bool wh_member_serves(const struct wh_engine *engine, struct wh_span unit);

/* Registers a one-time public key for `unit` until `expires_ms`. WH_E_INVALID: the unit lies not
 * below this node's home. */
int wh_member_invite(struct wh_engine *engine, struct wh_span unit,
                     const uint8_t key[WH_NODE_KEY_BYTES], int64_t expires_ms,
                     struct wh_error *err);

/* Takes the membership back. WH_E_NOT_FOUND: this node has no such member. */
int wh_member_revoke(struct wh_engine *engine, struct wh_span unit, struct wh_error *err);

struct wh_member_view {
    struct wh_span unit;
    struct wh_span origin; /* who invited it */
    const uint8_t *key;
    bool revoked;
};

/* The i-th member by code, or false. */
bool wh_member_at(const struct wh_engine *engine, uint32_t i, struct wh_member_view *ret);

#endif
