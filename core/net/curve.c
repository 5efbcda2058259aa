#include "net/curve.h"

#include <zmq.h>

#include "base/assert.h"
#include "base/seal.h"

void wh_curve_text(const uint8_t key[WH_NODE_KEY_BYTES], char ret[WH_CURVE_TEXT_SIZE])
{
    WH_ASSERT(zmq_z85_encode(ret, key, WH_NODE_KEY_BYTES) != NULL);
}

int wh_curve_parse(struct wh_span text, uint8_t ret[WH_NODE_KEY_BYTES])
{
    char whole[WH_CURVE_TEXT_SIZE], again[WH_CURVE_TEXT_SIZE];
    uint8_t key[WH_NODE_KEY_BYTES];
    if (text.len != WH_CURVE_TEXT_SIZE - 1 || memchr(text.data, 0, text.len)) return WH_E_INVALID;
    memcpy(whole, text.data, text.len);
    whole[text.len] = '\0';
    if (!zmq_z85_decode(key, whole)) return WH_E_INVALID;
    wh_curve_text(key, again); /* the library lets some characters pass that are none */
    if (strcmp(whole, again) != 0) return WH_E_INVALID;
    memcpy(ret, key, sizeof(key));
    return 0;
}

void wh_curve_keypair(struct wh_curve_pair *ret)
{
    char public_text[WH_CURVE_TEXT_SIZE], secret_text[WH_CURVE_TEXT_SIZE];
    WH_ASSERT(zmq_curve_keypair(public_text, secret_text) == 0); /* fails without CURVE only */
    WH_ASSERT(wh_curve_parse(wh_span_of(public_text), ret->public_key) == 0);
    WH_ASSERT(wh_curve_parse(wh_span_of(secret_text), ret->secret_key) == 0);
    wh_wipe(secret_text, sizeof(secret_text));
}

void wh_curve_public(const uint8_t secret_key[WH_NODE_KEY_BYTES], uint8_t ret[WH_NODE_KEY_BYTES])
{
    char public_text[WH_CURVE_TEXT_SIZE], secret_text[WH_CURVE_TEXT_SIZE];
    wh_curve_text(secret_key, secret_text);
    WH_ASSERT(zmq_curve_public(public_text, secret_text) == 0);
    WH_ASSERT(wh_curve_parse(wh_span_of(public_text), ret) == 0);
    wh_wipe(secret_text, sizeof(secret_text));
}
