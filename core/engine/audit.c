#include "engine/audit.h"

#include "engine/engine_parts.h"
#include "model/key.h"
#include "model/protobuf.h"

static const struct wh_span tip_key = {"audit_tip", 9};

/* meta "audit_tip": number (8 bytes) and digest of the newest entry. */
int wh_audit_put(struct wh_engine *engine, struct wh_span author, struct wh_span command,
                 struct wh_span object, uint32_t changed, struct wh_error *err)
{
    Wh__AuditEntry entry = WH__AUDIT_ENTRY__INIT;
    uint8_t digest[WH_DIGEST_BYTES];
    uint64_t number = 0;
    struct wh_span tip, packed;
    struct wh_tuple key, next;
    int rc = wh_engine_get(engine, WH_FAMILY_META, tip_key, &engine->scratch, &tip, err);
    if (rc < 0) return rc;
    if (tip.data && wh_key_take_u64(&tip, &number) < 0) number = 0;
    entry.at_ms = (uint64_t)engine->now.clock_ms;
    entry.author = wh_arena_text(&engine->scratch, author);
    entry.command = wh_arena_text(&engine->scratch, command);
    entry.object = wh_arena_text(&engine->scratch, object);
    entry.changed = changed;
    entry.previous = (ProtobufCBinaryData){tip.len, (uint8_t *)(uintptr_t)tip.data};
    packed = wh_protobuf_pack(&entry.base, &engine->scratch);
    wh_digest(&packed, 1, digest, sizeof(digest));
    wh_tuple_clear(&key);
    wh_tuple_put_u64(&key, number + 1);
    wh_batch_put(&engine->batch, WH_FAMILY_AUDIT, wh_tuple_span(&key), packed);
    wh_tuple_clear(&next);
    wh_tuple_put_u64(&next, number + 1);
    wh_tuple_put_bytes(&next, wh_span(digest, sizeof(digest)));
    wh_batch_put(&engine->batch, WH_FAMILY_META, tip_key, wh_tuple_span(&next));
    return 0;
}
