/* seal.h: digests, sealing of personal values, random bytes and base64, all by libsodium.
 * Thread: any. */
#ifndef WH_BASE_SEAL_H
#define WH_BASE_SEAL_H

#include "base/arena.h"
#include "base/span.h"

#define WH_KEY_BYTES 32
#define WH_DIGEST_BYTES 32
#define WH_SHORT_DIGEST_BYTES 16

struct wh_key {
    uint8_t bytes[WH_KEY_BYTES];
};

/* BLAKE2b (RFC 7693) of `parts` one after the other, each preceded by its length. */
void wh_digest(const struct wh_span *parts, size_t count, uint8_t *ret, size_t ret_bytes);

/* Seals `plain` with XChaCha20-Poly1305 under `key`. The nonce is a keyed digest of `place` and
 * `plain`, so no counter that a restored backup would repeat is needed: the same text at the same
 * place gives the same bytes and nothing else ever shares a nonce. Result in `arena`. */
struct wh_span wh_seal(const struct wh_key *key, struct wh_span place, struct wh_span plain,
                       struct wh_arena *arena);
/* WH_E_CORRUPT if the bytes are not what wh_seal made under this key at this place. */
int wh_unseal(const struct wh_key *key, struct wh_span place, struct wh_span sealed,
              struct wh_arena *arena, struct wh_span *ret);

/* What a box adds to its content: a nonce and a tag. */
#define WH_BOX_BYTES 40

/* Seals `plain` for the holder of `to_public`, who sees that it comes from that of `from_secret`
 * (X25519, XSalsa20-Poly1305: NaCl's crypto_box), under a nonce from the system's random source.
 * Not for pure rooms. Result in `arena`. */
struct wh_span wh_box(const uint8_t from_secret[WH_KEY_BYTES],
                      const uint8_t to_public[WH_KEY_BYTES], struct wh_span plain,
                      struct wh_arena *arena);
/* WH_E_CORRUPT: not what was boxed by the one for the other, or altered, or cut. */
int wh_unbox(const uint8_t to_secret[WH_KEY_BYTES], const uint8_t from_public[WH_KEY_BYTES],
             struct wh_span box, struct wh_arena *arena, struct wh_span *ret);

/* Bytes from the system's random source. Not for pure rooms. */
void wh_random(void *ret, size_t bytes);

/* A new Curve25519 pair, as CURVE uses it. */
void wh_node_keys_make(uint8_t ret_public[WH_KEY_BYTES], uint8_t ret_secret[WH_KEY_BYTES]);
/* The public half of a secret key. */
void wh_node_key_public(const uint8_t secret[WH_KEY_BYTES], uint8_t ret[WH_KEY_BYTES]);

/* URL-safe base64 without padding, in `arena`. */
struct wh_span wh_base64(struct wh_span bytes, struct wh_arena *arena);
/* WH_E_INVALID. */
int wh_base64_parse(struct wh_span text, struct wh_arena *arena, struct wh_span *ret);

/* Overwrites a secret before its memory is given back. */
void wh_wipe(void *secret, size_t bytes);

#endif
