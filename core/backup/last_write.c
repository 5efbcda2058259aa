#include "backup/last_write.h"

#include "model/key.h"
#include "model/protobuf.h"
#include "row.pb-c.h"

static int take_moment(void *context, struct wh_span key, struct wh_span value)
{
    struct wh_last_write *ret = context;
    if (wh_key_moment_read(key, &ret->at_ms) < 0) return 0;
    (void)wh_key_take_u64(&value, &ret->head); /* else it stays 0 */
    return 1;
}

/* Records alone leave no moment, but each command that writes leaves an entry. */
static int take_entry(void *context, struct wh_span key, struct wh_span value)
{
    struct wh_last_write *ret = context;
    struct wh_arena arena = {NULL, 0};
    const Wh__AuditEntry *entry =
        (const Wh__AuditEntry *)wh_protobuf_unpack(&wh__audit_entry__descriptor, value, &arena);
    (void)key;
    if (entry && (int64_t)entry->at_ms > ret->at_ms) ret->at_ms = (int64_t)entry->at_ms;
    wh_arena_deinit(&arena);
    return 1;
}

int wh_last_write(struct wh_store store, struct wh_last_write *ret, struct wh_error *err)
{
    struct wh_tuple from, to;
    int rc;
    *ret = (struct wh_last_write){.at_ms = 0};
    wh_key_moment(&from, INT64_MIN);
    wh_key_moment(&to, INT64_MAX);
    rc = store.ops->scan(store.self, NULL, WH_FAMILY_META, wh_tuple_span(&from), wh_tuple_span(&to),
                         WH_SCAN_DOWN, take_moment, ret, err);
    if (rc < 0) return rc;
    return store.ops->scan(store.self, NULL, WH_FAMILY_AUDIT, WH_SPAN_EMPTY, WH_SPAN_EMPTY,
                           WH_SCAN_DOWN, take_entry, ret, err);
}
