#include "base/seal.h"

#include <sodium.h>

#include "base/assert.h"
#include "base/error.h"

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

static void digest_part(crypto_generichash_state *state, struct wh_span part)
{
    uint8_t len[8];
    for (int i = 0; i < 8; i++) len[i] = (uint8_t)(part.len >> (56 - 8 * i));
    (void)crypto_generichash_update(state, len, sizeof(len));
    (void)crypto_generichash_update(state, (const uint8_t *)part.data, part.len);
}

void wh_digest(const struct wh_span *parts, size_t count, uint8_t *ret, size_t ret_bytes)
{
    crypto_generichash_state state;
    WH_ASSERT(crypto_generichash_init(&state, NULL, 0, ret_bytes) == 0);
    for (size_t i = 0; i < count; i++) digest_part(&state, parts[i]);
    (void)crypto_generichash_final(&state, ret, ret_bytes);
}

static void nonce_of(const struct wh_key *key, struct wh_span place, struct wh_span plain,
                     uint8_t nonce[NONCE_BYTES])
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key->bytes, sizeof(key->bytes), NONCE_BYTES);
    digest_part(&state, place);
    digest_part(&state, plain);
    (void)crypto_generichash_final(&state, nonce, NONCE_BYTES);
}

struct wh_span wh_seal(const struct wh_key *key, struct wh_span place, struct wh_span plain,
                       struct wh_arena *arena)
{
    uint8_t *sealed = wh_arena_new(arena, NONCE_BYTES + plain.len + TAG_BYTES, 1);
    nonce_of(key, place, plain, sealed);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE_BYTES, NULL, (const uint8_t *)plain.data, plain.len,
        (const uint8_t *)place.data, place.len, NULL, sealed, key->bytes);
    return wh_span(sealed, NONCE_BYTES + plain.len + TAG_BYTES);
}

int wh_unseal(const struct wh_key *key, struct wh_span place, struct wh_span sealed,
              struct wh_arena *arena, struct wh_span *ret)
{
    const uint8_t *bytes = (const uint8_t *)sealed.data;
    size_t plain_len;
    uint8_t *plain;
    if (sealed.len < NONCE_BYTES + TAG_BYTES) return WH_E_CORRUPT;
    plain_len = sealed.len - NONCE_BYTES - TAG_BYTES;
    plain = wh_arena_new(arena, plain_len + 1, 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, NULL, NULL, bytes + NONCE_BYTES, sealed.len - NONCE_BYTES,
            (const uint8_t *)place.data, place.len, bytes, key->bytes) != 0) {
        return WH_E_CORRUPT;
    }
    *ret = wh_span(plain, plain_len);
    return 0;
}

struct wh_span wh_box(const uint8_t from_secret[WH_KEY_BYTES],
                      const uint8_t to_public[WH_KEY_BYTES], struct wh_span plain,
                      struct wh_arena *arena)
{
    uint8_t *box = wh_arena_new(arena, plain.len + WH_BOX_BYTES, 1);
    _Static_assert(WH_BOX_BYTES == crypto_box_NONCEBYTES + crypto_box_MACBYTES, "layout of a box");
    wh_random(box, crypto_box_NONCEBYTES);
    WH_ASSERT(crypto_box_easy(box + crypto_box_NONCEBYTES, (const uint8_t *)plain.data, plain.len,
                              box, to_public, from_secret) == 0);
    return wh_span(box, plain.len + WH_BOX_BYTES);
}

int wh_unbox(const uint8_t to_secret[WH_KEY_BYTES], const uint8_t from_public[WH_KEY_BYTES],
             struct wh_span box, struct wh_arena *arena, struct wh_span *ret)
{
    const uint8_t *nonce = (const uint8_t *)box.data;
    uint8_t *plain;
    if (box.len < WH_BOX_BYTES) return WH_E_CORRUPT;
    plain = wh_arena_new(arena, box.len - WH_BOX_BYTES + 1, 1);
    if (crypto_box_open_easy(plain, nonce + crypto_box_NONCEBYTES, box.len - crypto_box_NONCEBYTES,
                             nonce, from_public, to_secret) != 0) {
        return WH_E_CORRUPT;
    }
    *ret = wh_span(plain, box.len - WH_BOX_BYTES);
    return 0;
}

void wh_random(void *ret, size_t bytes)
{
    WH_ASSERT(sodium_init() >= 0);
    randombytes_buf(ret, bytes);
}

void wh_node_keys_make(uint8_t ret_public[WH_KEY_BYTES], uint8_t ret_secret[WH_KEY_BYTES])
{
    WH_ASSERT(sodium_init() >= 0);
    (void)crypto_box_keypair(ret_public, ret_secret);
}

void wh_node_key_public(const uint8_t secret[WH_KEY_BYTES], uint8_t ret[WH_KEY_BYTES])
{
    (void)crypto_scalarmult_base(ret, secret);
}

struct wh_span wh_base64(struct wh_span bytes, struct wh_arena *arena)
{
    const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t size = sodium_base64_encoded_len(bytes.len, variant);
    char *text = wh_arena_new(arena, size, 1);
    (void)sodium_bin2base64(text, size, (const uint8_t *)bytes.data, bytes.len, variant);
    return wh_span(text, size - 1);
}

int wh_base64_parse(struct wh_span text, struct wh_arena *arena, struct wh_span *ret)
{
    uint8_t *bytes = wh_arena_new(arena, text.len + 1, 1);
    const char *end;
    size_t len;
    if (text.len == 0) {
        *ret = wh_span(bytes, 0);
        return 0;
    }
    if (sodium_base642bin(bytes, text.len, text.data, text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data + text.len) {
        return WH_E_INVALID;
    }
    *ret = wh_span(bytes, len);
    return 0;
}

void wh_wipe(void *secret, size_t bytes)
{
    sodium_memzero(secret, bytes);
}
