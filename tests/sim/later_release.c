#include "later_release.h"

#include "base/assert.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "sync/wire.h"
#include "trace.h"

/* Fields that are not in proto/ and lie beyond what it reserves. */
#define STRANGE_FIELD 1000
#define STRANGE_TABLE 77
#define STRANGE_FEATURE (1ull << 40)

static void add_field(ProtobufCMessage *message, struct wh_arena *arena)
{
    static const uint8_t text[] = "later"; /* its length comes first on the wire */
    ProtobufCMessageUnknownField *field = wh_arena_new(arena, 1, sizeof(*field));
    uint8_t *data = wh_arena_new(arena, 1, sizeof(text));
    data[0] = sizeof(text) - 1;
    memcpy(data + 1, text, sizeof(text) - 1);
    *field = (ProtobufCMessageUnknownField){STRANGE_FIELD, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
                                            sizeof(text), data};
    message->n_unknown_fields = 1;
    message->unknown_fields = field;
}

static void rewrite_body(Wh__Frame *frame, struct wh_arena *arena)
{
    switch (frame->body_case) {
    case WH__FRAME__BODY_HELLO:
        frame->hello->protocol_max++;
        frame->hello->features |= STRANGE_FEATURE;
        add_field(&frame->hello->base, arena);
        add_field(&frame->hello->holding->base, arena);
        break;
    case WH__FRAME__BODY_WELCOME:
        frame->welcome->features |= STRANGE_FEATURE;
        add_field(&frame->welcome->base, arena);
        break;
    case WH__FRAME__BODY_PUSH:
        add_field(&frame->push->base, arena);
        add_field(&frame->push->last->base, arena);
        break;
    case WH__FRAME__BODY_ACK: add_field(&frame->ack->base, arena); break;
    case WH__FRAME__BODY_PING: add_field(&frame->ping->base, arena); break;
    case WH__FRAME__BODY_PONG: add_field(&frame->pong->base, arena); break;
    case WH__FRAME__BODY_BYE: add_field(&frame->bye->base, arena); break;
    case WH__FRAME__BODY_REFUSE: add_field(&frame->refuse->base, arena); break;
    default: break;
    }
}

struct wh_span wh_later_rewrite(struct wh_span bytes, struct wh_arena *arena)
{
    Wh__Frame *frame = (Wh__Frame *)wh_protobuf_unpack(&wh__frame__descriptor, bytes, arena);
    if (!frame) return bytes;
    rewrite_body(frame, arena);
    add_field(&frame->base, arena);
    return wh_protobuf_pack(&frame->base, arena);
}

struct wh_span wh_later_frame(void)
{
    return WH_S("\xEA\x01\x05later"); /* field 29, five bytes */
}

/* ---- Rows ---- */

void wh_later_draw(struct wh_sim_node *node, uint32_t which)
{
    struct wh_sim *sim = node->sim;
    uint32_t about = node->number;
    if (node->later[which].about != WH_NOBODY) return;
    while (wh_chance_is(&sim->work, 5000)) {
        uint32_t other = wh_chance_below(&sim->work, sim->count);
        if (sim->nodes[other].above == about) about = other;
    }
    node->later[which].about = about;
}

static void make_key(const struct wh_sim_node *node, uint32_t which, struct wh_tuple *ret)
{
    const char *unit = node->sim->nodes[node->later[which].about].unit;
    if (which % 2 == 0) {
        wh_row_key_summary(ret, wh_span_of(unit), 2026 * 4 + (int32_t)which, WH_S("later"),
                           wh_span_of(node->unit));
    } else {
        wh_row_key_numbered(ret, wh_span_of(unit), which, wh_span_of(node->unit));
    }
}

static uint32_t table_of(uint32_t which)
{
    return which % 2 == 0 ? WH_TABLE_SUMMARY : STRANGE_TABLE;
}

/* A summary whose parts have unknown fields too; of the strange table nobody knows what it is. */
static struct wh_span make_value(struct wh_engine *engine, uint32_t which)
{
    Wh__SummaryValue value = WH__SUMMARY_VALUE__INIT;
    Wh__MetricValue metric = WH__METRIC_VALUE__INIT, *metrics[1] = {&metric};
    metric.id = wh_arena_text(&engine->scratch, WH_S("of_a_later_release"));
    metric.value = (int64_t)engine->head;
    value.n_metrics = 1;
    value.metrics = metrics;
    add_field(&metric.base, &engine->scratch);
    add_field(&value.base, &engine->scratch);
    (void)which;
    return wh_protobuf_pack(&value.base, &engine->scratch);
}

int wh_later_put(struct wh_sim_node *node, struct wh_engine *engine, uint32_t which,
                 struct wh_error *err)
{
    struct wh_arena *arena = &engine->scratch;
    struct wh_sim_later_row *later = &node->later[which];
    Wh__Row row = WH__ROW__INIT;
    struct wh_row read;
    struct wh_tuple key;
    struct wh_span value, packed;
    enum wh_reject reject = WH_REJECT_NONE;
    int rc = wh_term_ensure(engine, err);
    if (rc < 0) return rc;
    make_key(node, which, &key);
    value = make_value(engine, which);
    row.table = table_of(which);
    row.key = (ProtobufCBinaryData){key.len, key.bytes};
    row.origin = wh_arena_text(arena, wh_span_of(node->unit));
    row.counter = engine->head + 1;
    row.term = engine->term;
    row.value = (ProtobufCBinaryData){value.len, (uint8_t *)(uintptr_t)value.data};
    add_field(&row.base, arena);
    packed = wh_protobuf_pack(&row.base, arena);
    WH_ASSERT(wh_row_read(packed, arena, &read) == 0);
    wh_buffer_clear(&later->put);
    wh_buffer_put(&later->put, packed);
    return wh_row_take(engine, &read, &reject, err);
}

void wh_later_saved(struct wh_sim_node *node, uint32_t which)
{
    struct wh_sim_later_row *later = &node->later[which];
    wh_buffer_clear(&later->packed);
    wh_buffer_put(&later->packed, wh_buffer_span(&later->put));
}

/* ---- At the end ---- */

static bool holds(const struct wh_sim_node *at, const struct wh_sim_node *writer, uint32_t which)
{
    struct wh_store disk = wh_memory_store_disk(at->store);
    struct wh_arena arena = {NULL, 0};
    struct wh_tuple own, key;
    struct wh_span value;
    bool same;
    make_key(writer, which, &own);
    wh_key_row(&key, table_of(which), wh_tuple_span(&own));
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_ROWS, wh_tuple_span(&key), &arena, &value, NULL);
    same = value.data &&
           wh_span_equal(wh_span_from(value, 8), wh_buffer_span(&writer->later[which].packed));
    wh_arena_deinit(&arena);
    return same;
}

static void check_row(struct wh_sim_node *writer, uint32_t which)
{
    struct wh_sim *sim = writer->sim;
    const uint32_t where[] = {writer->number, 0, writer->later[which].about};
    for (int i = 0; i < 3; i++) {
        if (holds(&sim->nodes[where[i]], writer, which)) continue;
        wh_sim_fail_as(sim, &sim->nodes[where[i]], WH_SIM_ENDING,
                       "does not hold row %u of the later release of %s as it was packed", which,
                       writer->unit);
    }
}

void wh_later_check(struct wh_sim *sim)
{
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        for (uint32_t which = 0; node->later && which < WH_SIM_LATER_ROWS; which++) {
            if (node->later[which].packed.len > 0) check_row(node, which);
        }
    }
}
