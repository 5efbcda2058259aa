/* digest.h: fingerprints of ranges of rows, so that two stores find where they differ at a cost
 * that grows with the difference (sync.md, promise 5; range-based set reconciliation: A. Meyer,
 * 2023).
 *
 * The fingerprint of a set is the sum of the digests of its members modulo 2^128: it does not
 * depend on their order. It finds damage, not malice. Pure. Thread: any. */
#ifndef WH_SYNC_DIGEST_H
#define WH_SYNC_DIGEST_H

#include "base/span.h"

#define WH_RANGES_MAX 16u         /* of one Digest */
#define WH_RANGE_VERSIONS_MAX 64u /* a range of so many is told row by row */

struct wh_fingerprint {
    uint64_t count;
    uint64_t high;
    uint64_t low;
};

/* Adds a row's version; `key` is its key in the store, table first. */
void wh_fingerprint_add(struct wh_fingerprint *fingerprint, struct wh_span key, uint64_t counter,
                        uint64_t term);
bool wh_fingerprint_equal(struct wh_fingerprint a, struct wh_fingerprint b);

#endif
