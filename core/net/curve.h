/* curve.h: the key pairs by which nodes know each other (CURVE, RFC 26), and their text form Z85
 * (RFC 32). Thread: any. Ownership: plain values; wh_wipe() a secret when done with it. */
#ifndef WH_NET_CURVE_H
#define WH_NET_CURVE_H

#include "engine/net_ops.h"

#define WH_CURVE_TEXT_SIZE 41 /* 40 characters and a zero */

struct wh_curve_pair {
    uint8_t public_key[WH_NODE_KEY_BYTES];
    uint8_t secret_key[WH_NODE_KEY_BYTES];
};

/* A new pair, from fresh randomness. */
void wh_curve_keypair(struct wh_curve_pair *ret);

/* The public half of a secret. */
void wh_curve_public(const uint8_t secret_key[WH_NODE_KEY_BYTES], uint8_t ret[WH_NODE_KEY_BYTES]);

void wh_curve_text(const uint8_t key[WH_NODE_KEY_BYTES], char ret[WH_CURVE_TEXT_SIZE]);
/* WH_E_INVALID; ret is then untouched. */
int wh_curve_parse(struct wh_span text, uint8_t ret[WH_NODE_KEY_BYTES]) WH_CHECKED;

#endif
