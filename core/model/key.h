/* key.h: order-preserving tuples: the one file that encodes and decodes every key of the store.
 *
 * A text ends in a zero byte (no text of ours holds one); numbers are big-endian, signed ones with
 * the sign bit turned, so that the byte order of two keys is the order of their tuples. A key that
 * is cut behind a text without its zero is the prefix of a whole subtree of unit codes.
 *
 * Thread: any. Ownership: a key is a plain value in the caller's memory. */
#ifndef WH_MODEL_KEY_H
#define WH_MODEL_KEY_H

#include "base/error.h"
#include "base/id.h"

#define WH_KEY_BYTES_MAX 320
#define WH_ROW_KEY_BYTES_MAX 240 /* of a row from outside */

struct wh_tuple {
    size_t len;
    uint8_t bytes[WH_KEY_BYTES_MAX];
};

/* These append one part. The caller has checked that texts are short and hold no zero. */
void wh_tuple_clear(struct wh_tuple *tuple);
void wh_tuple_put_u8(struct wh_tuple *tuple, uint8_t value);
void wh_tuple_put_u64(struct wh_tuple *tuple, uint64_t value);
void wh_tuple_put_i32(struct wh_tuple *tuple, int32_t value);
void wh_tuple_put_text(struct wh_tuple *tuple, struct wh_span text);
/* Bytes as they are: an id, a finished key, or a text as the prefix of longer ones. */
void wh_tuple_put_bytes(struct wh_tuple *tuple, struct wh_span bytes);
struct wh_span wh_tuple_span(const struct wh_tuple *tuple);

/* The least key above every key that begins with `prefix`; false where there is none. */
bool wh_tuple_above(struct wh_span prefix, struct wh_tuple *ret);

/* These take one part from the front of *key: WH_E_CORRUPT where it is too short; *key is then
 * untouched. Texts are lent from the key's bytes. */
int wh_key_take_u8(struct wh_span *key, uint8_t *ret);
int wh_key_take_u64(struct wh_span *key, uint64_t *ret);
int wh_key_take_i32(struct wh_span *key, int32_t *ret);
int wh_key_take_text(struct wh_span *key, struct wh_span *ret);
int wh_key_take_id(struct wh_span *key, struct wh_id *ret);

/* ---- The keys of each family ---- */

/* records: a record by its place (kind, unit, date, id), and the place of an id. */
void wh_key_record(struct wh_tuple *ret, struct wh_span kind, struct wh_span unit, int32_t date,
                   struct wh_id id);
/* Prefix of all records of a kind, or of those of one unit where `unit` is not empty. */
void wh_key_records_of(struct wh_tuple *ret, struct wh_span kind, struct wh_span unit);
void wh_key_record_place(struct wh_tuple *ret, struct wh_id id);
/* history: a superseded version of a record. */
void wh_key_version(struct wh_tuple *ret, struct wh_id id, uint64_t version);
/* cells: a dirty cell. */
void wh_key_cell(struct wh_tuple *ret, struct wh_span unit, int32_t quarter, struct wh_span kind);
int wh_key_cell_read(struct wh_span key, struct wh_span *unit, int32_t *quarter,
                     struct wh_span *kind);
/* rows: a table and a row's own key. */
void wh_key_row(struct wh_tuple *ret, uint32_t table, struct wh_span key);
/* row_history: the version of a row that this node wrote at `seq`. */
void wh_key_row_version(struct wh_tuple *ret, struct wh_span row, uint64_t seq);
/* feed: entries for the parent in the order of their seq; entries for the children by the place of
 * their row (wh_row_place()), the empty place first, and in each place by seq. */
void wh_key_feed_up(struct wh_tuple *ret, uint8_t lane, uint64_t seq);
void wh_key_feed_down(struct wh_tuple *ret, uint8_t lane, struct wh_span place, uint64_t seq);
/* What the keys of all places that begin with `code` begin with. */
void wh_key_feed_down_range(struct wh_tuple *ret, uint8_t lane, struct wh_span code);
int wh_key_feed_read(struct wh_span key, uint64_t *ret_seq);
/* peers: one fact about a neighbour. */
void wh_key_peer(struct wh_tuple *ret, uint8_t what, struct wh_span unit, struct wh_span more);
/* meta: bytes of a row that could not be read, set aside. */
void wh_key_damaged(struct wh_tuple *ret, struct wh_span row);
/* meta: the seq reached at a moment; see engine/moment.h. */
void wh_key_moment(struct wh_tuple *ret, int64_t moment_ms);
int wh_key_moment_read(struct wh_span key, int64_t *ret_ms);

/* ---- The own keys of rows: unit first, origin last (proto/row.proto) ---- */

void wh_row_key_unit(struct wh_tuple *ret, struct wh_span unit, struct wh_span origin);
void wh_row_key_numbered(struct wh_tuple *ret, struct wh_span unit, uint64_t number,
                         struct wh_span origin);
/* A term: two branches of one store may begin at the same counter. */
void wh_row_key_term(struct wh_tuple *ret, struct wh_span origin, uint64_t first, uint64_t id);
void wh_row_key_summary(struct wh_tuple *ret, struct wh_span unit, int32_t quarter,
                        struct wh_span facet, struct wh_span origin);
/* What a unit publishes: `ranking` rows, about itself and for all below it, and `notice` rows,
 * about one unit below it and for those who serve that. */
void wh_row_key_published(struct wh_tuple *ret, struct wh_span unit, struct wh_span name,
                          struct wh_span origin);
int wh_row_key_published_read(struct wh_span key, struct wh_span *unit, struct wh_span *name,
                              struct wh_span *origin);
int wh_row_key_summary_read(struct wh_span key, struct wh_span *unit, int32_t *quarter,
                            struct wh_span *facet, struct wh_span *origin);

#endif
