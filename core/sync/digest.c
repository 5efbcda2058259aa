#include "sync/digest.h"

#include "base/seal.h"

static uint64_t read_u64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
    return value;
}

static void write_u64(uint8_t *bytes, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8) bytes[i] = (uint8_t)value;
}

void wh_fingerprint_add(struct wh_fingerprint *fingerprint, struct wh_span key, uint64_t counter,
                        uint64_t term)
{
    uint8_t version[16] = {0}, digest[WH_SHORT_DIGEST_BYTES];
    struct wh_span parts[] = {key, wh_span(version, sizeof(version))};
    uint64_t low;
    write_u64(version, counter);
    write_u64(version + 8, term);
    wh_digest(parts, 2, digest, sizeof(digest));
    low = fingerprint->low + read_u64(digest + 8);
    fingerprint->high += read_u64(digest) + (low < fingerprint->low ? 1 : 0);
    fingerprint->low = low;
    fingerprint->count++;
}

bool wh_fingerprint_equal(struct wh_fingerprint a, struct wh_fingerprint b)
{
    return a.count == b.count && a.high == b.high && a.low == b.low;
}
