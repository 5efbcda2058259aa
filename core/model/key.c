#include "model/key.h"

#include "base/assert.h"

/* Numbers of the sub-spaces within one family. */
enum {
    RECORD_BY_PLACE = 1,
    RECORD_PLACE_OF_ID = 2,
    FEED_UP = 0,
    FEED_DOWN = 1,
    META_MOMENT = 0x10, /* other meta keys are words, which begin with a letter */
    META_DAMAGED = 0x11,
};

void wh_tuple_clear(struct wh_tuple *tuple)
{
    tuple->len = 0;
}

void wh_tuple_put_bytes(struct wh_tuple *tuple, struct wh_span bytes)
{
    WH_ASSERT(tuple->len + bytes.len <= WH_KEY_BYTES_MAX);
    if (bytes.len > 0) memcpy(tuple->bytes + tuple->len, bytes.data, bytes.len);
    tuple->len += bytes.len;
}

void wh_tuple_put_u8(struct wh_tuple *tuple, uint8_t value)
{
    wh_tuple_put_bytes(tuple, wh_span(&value, 1));
}

void wh_tuple_put_u64(struct wh_tuple *tuple, uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8) wh_tuple_put_u8(tuple, (uint8_t)(value >> shift));
}

void wh_tuple_put_i32(struct wh_tuple *tuple, int32_t value)
{
    uint32_t turned = (uint32_t)value ^ 0x80000000u;
    for (int shift = 24; shift >= 0; shift -= 8) wh_tuple_put_u8(tuple, (uint8_t)(turned >> shift));
}

void wh_tuple_put_text(struct wh_tuple *tuple, struct wh_span text)
{
    WH_ASSERT(text.len == 0 || !memchr(text.data, 0, text.len));
    wh_tuple_put_bytes(tuple, text);
    wh_tuple_put_u8(tuple, 0);
}

struct wh_span wh_tuple_span(const struct wh_tuple *tuple)
{
    return wh_span(tuple->bytes, tuple->len);
}

bool wh_tuple_above(struct wh_span prefix, struct wh_tuple *ret)
{
    wh_tuple_clear(ret);
    wh_tuple_put_bytes(ret, prefix);
    while (ret->len > 0 && ret->bytes[ret->len - 1] == 0xFF) ret->len--;
    if (ret->len == 0) return false;
    ret->bytes[ret->len - 1]++;
    return true;
}

int wh_key_take_u8(struct wh_span *key, uint8_t *ret)
{
    if (key->len < 1) return WH_E_CORRUPT;
    *ret = (uint8_t)key->data[0];
    *key = wh_span_from(*key, 1);
    return 0;
}

static uint64_t big_endian(struct wh_span key, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value = (value << 8) | (uint8_t)key.data[i];
    return value;
}

int wh_key_take_u64(struct wh_span *key, uint64_t *ret)
{
    if (key->len < 8) return WH_E_CORRUPT;
    *ret = big_endian(*key, 8);
    *key = wh_span_from(*key, 8);
    return 0;
}

int wh_key_take_i32(struct wh_span *key, int32_t *ret)
{
    if (key->len < 4) return WH_E_CORRUPT;
    *ret = (int32_t)((uint32_t)big_endian(*key, 4) ^ 0x80000000u);
    *key = wh_span_from(*key, 4);
    return 0;
}

int wh_key_take_text(struct wh_span *key, struct wh_span *ret)
{
    const char *end = key->len > 0 ? memchr(key->data, 0, key->len) : NULL;
    if (!end) return WH_E_CORRUPT;
    *ret = wh_span(key->data, (size_t)(end - key->data));
    *key = wh_span_from(*key, ret->len + 1);
    return 0;
}

int wh_key_take_id(struct wh_span *key, struct wh_id *ret)
{
    if (key->len < WH_ID_BYTES) return WH_E_CORRUPT;
    memcpy(ret->bytes, key->data, WH_ID_BYTES);
    *key = wh_span_from(*key, WH_ID_BYTES);
    return 0;
}

void wh_key_records_of(struct wh_tuple *ret, struct wh_span kind, struct wh_span unit)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, RECORD_BY_PLACE);
    wh_tuple_put_text(ret, kind);
    if (unit.len > 0) wh_tuple_put_text(ret, unit);
}

void wh_key_record(struct wh_tuple *ret, struct wh_span kind, struct wh_span unit, int32_t date,
                   struct wh_id id)
{
    wh_key_records_of(ret, kind, unit);
    wh_tuple_put_i32(ret, date);
    wh_tuple_put_bytes(ret, wh_span(id.bytes, WH_ID_BYTES));
}

void wh_key_record_place(struct wh_tuple *ret, struct wh_id id)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, RECORD_PLACE_OF_ID);
    wh_tuple_put_bytes(ret, wh_span(id.bytes, WH_ID_BYTES));
}

void wh_key_version(struct wh_tuple *ret, struct wh_id id, uint64_t version)
{
    wh_tuple_clear(ret);
    wh_tuple_put_bytes(ret, wh_span(id.bytes, WH_ID_BYTES));
    wh_tuple_put_u64(ret, version);
}

void wh_key_cell(struct wh_tuple *ret, struct wh_span unit, int32_t quarter, struct wh_span kind)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_text(ret, kind);
    wh_tuple_put_i32(ret, quarter);
}

int wh_key_cell_read(struct wh_span key, struct wh_span *unit, int32_t *quarter,
                     struct wh_span *kind)
{
    int rc = wh_key_take_text(&key, unit);
    if (rc == 0) rc = wh_key_take_text(&key, kind);
    if (rc == 0) rc = wh_key_take_i32(&key, quarter);
    return rc;
}

void wh_key_row(struct wh_tuple *ret, uint32_t table, struct wh_span key)
{
    wh_tuple_clear(ret);
    wh_tuple_put_i32(ret, (int32_t)table);
    wh_tuple_put_bytes(ret, key);
}

void wh_key_row_version(struct wh_tuple *ret, struct wh_span row, uint64_t seq)
{
    wh_tuple_clear(ret);
    wh_tuple_put_bytes(ret, row);
    wh_tuple_put_u64(ret, seq);
}

void wh_key_feed_up(struct wh_tuple *ret, uint8_t lane, uint64_t seq)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, FEED_UP);
    wh_tuple_put_u8(ret, lane);
    wh_tuple_put_u64(ret, seq);
}

void wh_key_feed_down(struct wh_tuple *ret, uint8_t lane, struct wh_span place, uint64_t seq)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, FEED_DOWN);
    wh_tuple_put_u8(ret, lane);
    wh_tuple_put_text(ret, place);
    wh_tuple_put_u64(ret, seq);
}

void wh_key_feed_down_range(struct wh_tuple *ret, uint8_t lane, struct wh_span code)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, FEED_DOWN);
    wh_tuple_put_u8(ret, lane);
    wh_tuple_put_bytes(ret, code);
}

int wh_key_feed_read(struct wh_span key, uint64_t *ret_seq)
{
    if (key.len < 2 + 8) return WH_E_CORRUPT;
    key = wh_span_from(key, key.len - 8);
    return wh_key_take_u64(&key, ret_seq);
}

void wh_key_peer(struct wh_tuple *ret, uint8_t what, struct wh_span unit, struct wh_span more)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, what);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_bytes(ret, more);
}

void wh_key_damaged(struct wh_tuple *ret, struct wh_span row)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, META_DAMAGED);
    wh_tuple_put_bytes(ret, row);
}

void wh_key_moment(struct wh_tuple *ret, int64_t moment_ms)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, META_MOMENT);
    wh_tuple_put_u64(ret, (uint64_t)moment_ms ^ (UINT64_C(1) << 63));
}

int wh_key_moment_read(struct wh_span key, int64_t *ret_ms)
{
    uint64_t turned;
    int rc;
    key = wh_span_from(key, 1);
    rc = wh_key_take_u64(&key, &turned);
    if (rc == 0) *ret_ms = (int64_t)(turned ^ (UINT64_C(1) << 63));
    return rc;
}

void wh_row_key_unit(struct wh_tuple *ret, struct wh_span unit, struct wh_span origin)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_text(ret, origin);
}

void wh_row_key_numbered(struct wh_tuple *ret, struct wh_span unit, uint64_t number,
                         struct wh_span origin)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_u64(ret, number);
    wh_tuple_put_text(ret, origin);
}

void wh_row_key_term(struct wh_tuple *ret, struct wh_span origin, uint64_t first, uint64_t id)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, origin);
    wh_tuple_put_u64(ret, first);
    wh_tuple_put_u64(ret, id);
    wh_tuple_put_text(ret, origin);
}

void wh_row_key_summary(struct wh_tuple *ret, struct wh_span unit, int32_t quarter,
                        struct wh_span facet, struct wh_span origin)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_i32(ret, quarter);
    wh_tuple_put_text(ret, facet);
    wh_tuple_put_text(ret, origin);
}

int wh_row_key_summary_read(struct wh_span key, struct wh_span *unit, int32_t *quarter,
                            struct wh_span *facet, struct wh_span *origin)
{
    int rc = wh_key_take_text(&key, unit);
    if (rc == 0) rc = wh_key_take_i32(&key, quarter);
    if (rc == 0) rc = wh_key_take_text(&key, facet);
    if (rc == 0) rc = wh_key_take_text(&key, origin);
    return rc == 0 && key.len > 0 ? WH_E_CORRUPT : rc;
}

void wh_row_key_published(struct wh_tuple *ret, struct wh_span unit, struct wh_span name,
                          struct wh_span origin)
{
    wh_tuple_clear(ret);
    wh_tuple_put_text(ret, unit);
    wh_tuple_put_text(ret, name);
    wh_tuple_put_text(ret, origin);
}

int wh_row_key_published_read(struct wh_span key, struct wh_span *unit, struct wh_span *name,
                              struct wh_span *origin)
{
    int rc = wh_key_take_text(&key, unit);
    if (rc == 0) rc = wh_key_take_text(&key, name);
    if (rc == 0) rc = wh_key_take_text(&key, origin);
    return rc == 0 && key.len > 0 ? WH_E_CORRUPT : rc;
}
