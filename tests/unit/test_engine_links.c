#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/children.h"
#include "engine/links.h"
#include "engine/rejects.h"
#include "engine/restored.h"
#include "engine_bench.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "sync/wire.h"

/* What the disk says of whose feed the node holds. */
static bool is_parent(struct engine_bench *bench, const uint8_t key[WH_NODE_KEY_BYTES])
{
    struct wh_store disk = wh_memory_store_disk(bench->store);
    struct wh_span value;
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_META, WH_S("parent_key"), &bench->arena, &value,
                        NULL);
    return wh_span_equal(value, wh_span(key, WH_NODE_KEY_BYTES));
}

/* Found by the simulator: a turn that failed took it back, and the next parent was given a cursor
 * of this one's feed. */
static void a_new_parent_is_on_disk_before_the_link_begins(void **state)
{
    uint8_t key[WH_NODE_KEY_BYTES] = {7};
    struct engine_bench bench;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    bench_settle(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(wh_engine_set_parent(bench.engine, WH_PARENT_JOINED, key, &err), WH_E_IO);
    assert_false(is_parent(&bench, key));
    assert_int_equal(wh_engine_set_parent(bench.engine, WH_PARENT_JOINED, key, &err), 0);
    assert_true(is_parent(&bench, key));
    bench_close(&bench);
}

/* Found in use: the node had no parent until its config was read again. */
static void a_parent_that_can_not_be_saved_leaves_the_former(void **state)
{
    uint8_t first[WH_NODE_KEY_BYTES] = {7}, second[WH_NODE_KEY_BYTES] = {8};
    const struct wh_neighbour *former;
    struct engine_bench bench;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    assert_int_equal(wh_engine_set_parent(bench.engine, WH_PARENT_JOINED, first, &err), 0);
    former = bench.engine->parent;
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(wh_engine_set_parent(bench.engine, WH_PARENT_JOINING, second, &err), WH_E_IO);
    assert_ptr_equal(bench.engine->parent, former);
    assert_memory_equal(bench.engine->parent_key, first, sizeof(first));
    assert_false(bench.engine->joining);
    assert_true(is_parent(&bench, first));
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_int_equal(wh_engine_set_parent(bench.engine, WH_PARENT_JOINING, second, &err), 0);
    assert_true(is_parent(&bench, second));
    bench_close(&bench);
}

/* ---- Rows that were refused ---- */

static void join(struct engine_bench *bench)
{
    uint8_t key[WH_NODE_KEY_BYTES] = {7};
    struct wh_error err;
    assert_int_equal(wh_engine_set_parent(bench->engine, WH_PARENT_JOINED, key, &err), 0);
}

/* A row of this node's own. */
static struct wh_tuple summary_key(void)
{
    struct wh_tuple key;
    wh_row_key_summary(&key, WH_S("231182108"), 8105, WH_S("facet"), WH_S("231182108"));
    return key;
}

static int put_summary(struct engine_bench *bench, void *value)
{
    struct wh_tuple key = summary_key();
    struct wh_error err;
    return wh_row_put(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), wh_span_of(value),
                      &err);
}

/* The parent refuses the row as it is now. */
static int be_refused(struct engine_bench *bench, void *unused)
{
    struct wh_neighbour *parent = bench->engine->parent;
    struct wh_tuple key = summary_key();
    Wh__Reject reject = WH__REJECT__INIT;
    struct wh_error err;
    struct wh_row row;
    (void)unused;
    assert_int_equal(wh_row_get(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), WH_PLACE_NOW,
                                &bench->arena, &row, &err),
                     0);
    reject.table = WH_TABLE_SUMMARY;
    reject.key = (ProtobufCBinaryData){key.len, key.bytes};
    reject.counter = row.counter;
    reject.reason = WH_REJECT_UNIT;
    wh_reject_put(bench->engine, parent, WH_PEER_REJECT_OUT, &reject);
    return 0;
}

/* It refuses one of ours. */
static int refuse(struct engine_bench *bench, void *row)
{
    struct wh_neighbour *parent = bench->engine->parent;
    Wh__Reject room[1];
    parent->rejects = room;
    wh_reject_add(bench->engine, parent, row, WH_REJECT_DIVERGED, 0);
    parent->rejects = NULL;
    parent->rejects_count = 0;
    return 0;
}

static int take(struct engine_bench *bench, void *row)
{
    struct wh_error err;
    return wh_reject_taken(bench->engine, bench->engine->parent, row, &err);
}

static int retry(struct engine_bench *bench, void *ret_count)
{
    struct wh_error err;
    return wh_links_retry_rejects(bench->engine, ret_count, &err);
}

/* The parent has all that this node has: as after its Ack. */
static void acknowledge_all(struct engine_bench *bench)
{
    struct wh_link *link = &bench->engine->parent->link;
    link->state = WH_LINK_UP;
    link->received_ms = bench->now.mono_ms;
    link->in_flight_count = 0;
    link->wanting = false;
    wh_links_mark(bench->engine, bench->engine->parent);
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->acked[lane] = bench->engine->parent->safe_heads[lane];
        link->sent[lane] = link->acked[lane];
    }
}

static uint64_t rejected(struct engine_bench *bench)
{
    struct wh_link_status status;
    assert_true(wh_link_status(bench->engine, 0, &status));
    return status.rejected;
}

/* Found in use: `rejected` counted each refusal of one row, and never came back to zero. */
static void a_refused_row_that_is_taken_later_is_refused_no_more(void **state)
{
    struct engine_bench bench;
    uint32_t peers;
    (void)state;
    bench_township(&bench);
    join(&bench);
    peers = bench_count(&bench, WH_FAMILY_PEERS);
    assert_int_equal(bench_turn(&bench, put_summary, "one"), 0);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), 0);
    assert_int_equal(bench_turn(&bench, put_summary, "two"), 0);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), 0);
    assert_int_equal(rejected(&bench), 1);
    acknowledge_all(&bench); /* with what was refused in it */
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_int_equal(rejected(&bench), 1);
    assert_int_equal(bench_turn(&bench, put_summary, "three"), 0);
    assert_int_equal(rejected(&bench), 1); /* not acknowledged yet */
    acknowledge_all(&bench);
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_int_equal(rejected(&bench), 0);
    assert_int_equal(bench_count(&bench, WH_FAMILY_PEERS), peers);
    bench_close(&bench);
}

static void a_row_is_counted_once_however_often_it_is_refused(void **state)
{
    struct wh_tuple key = summary_key();
    struct engine_bench bench;
    uint32_t count;
    struct wh_row row = {.table = WH_TABLE_SUMMARY, .key = wh_tuple_span(&key), .counter = 5};
    (void)state;
    bench_township(&bench);
    join(&bench);
    assert_int_equal(bench_turn(&bench, refuse, &row), 0);
    row.counter = 6;
    assert_int_equal(bench_turn(&bench, refuse, &row), 0);
    assert_int_equal(rejected(&bench), 1);
    assert_int_equal(bench_turn(&bench, take, &row), 0);
    assert_int_equal(rejected(&bench), 0);
    assert_int_equal(bench_turn(&bench, put_summary, "one"), 0);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), 0);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), 0);
    assert_int_equal(bench_turn(&bench, retry, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(rejected(&bench), 0);
    bench_close(&bench);
}

static void a_refusal_in_a_turn_that_fails_is_not_counted(void **state)
{
    struct wh_tuple key = summary_key();
    struct engine_bench bench;
    struct wh_row row = {.table = WH_TABLE_SUMMARY, .key = wh_tuple_span(&key), .counter = 5};
    (void)state;
    bench_township(&bench);
    join(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, refuse, &row), WH_E_IO);
    assert_int_equal(rejected(&bench), 0);
    assert_int_equal(bench_turn(&bench, refuse, &row), 0);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, take, &row), WH_E_IO);
    assert_int_equal(rejected(&bench), 1);
    bench_close(&bench);
}

static int hear_again(struct engine_bench *bench, void *unused)
{
    struct wh_tuple key = summary_key();
    Wh__Reject reject = WH__REJECT__INIT;
    (void)unused;
    reject.table = WH_TABLE_SUMMARY;
    reject.key = (ProtobufCBinaryData){key.len, key.bytes};
    reject.reason = WH_REJECT_DIVERGED;
    wh_reject_hear_again(bench->engine, bench->engine->parent, &reject);
    return 0;
}

/* Found by the simulator: the Ack that told the refusal was lost, or the turn that kept it failed,
 * and once a decision had arrived nobody offered the row again. */
static void a_refusal_that_was_not_kept_is_heard_again(void **state)
{
    const struct wh_neighbour *parent;
    struct engine_bench bench;
    uint64_t head;
    (void)state;
    bench_township(&bench);
    join(&bench);
    parent = bench.engine->parent;
    assert_int_equal(bench_turn(&bench, put_summary, "one"), 0);
    acknowledge_all(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), WH_E_IO);
    assert_int_equal(rejected(&bench), 0);
    assert_int_equal(parent->link.state, WH_LINK_DOWN); /* it is said again in the next session */
    head = parent->safe_heads[WH_LANE_BULK];
    assert_int_equal(bench_turn(&bench, hear_again, NULL), 0);
    assert_true(parent->safe_heads[WH_LANE_BULK] > head);
    assert_int_equal(bench_turn(&bench, be_refused, NULL), 0);
    head = parent->safe_heads[WH_LANE_BULK];
    assert_int_equal(bench_turn(&bench, hear_again, NULL), 0); /* it is known */
    assert_int_equal(parent->safe_heads[WH_LANE_BULK], head);
    bench_close(&bench);
}

/* A wire on which only Acks are looked at that tell refusals again. */
static bool look_at_ack(void *count, uint64_t route, struct wh_span bytes)
{
    struct wh_arena arena = {NULL, 0};
    const Wh__Frame *frame;
    (void)route;
    if (wh_frame_read(bytes, &arena, &frame) == 0 && frame->body_case == WH__FRAME__BODY_ACK &&
        frame->ack->again) {
        *(size_t *)count += frame->ack->n_rejects;
    }
    wh_arena_deinit(&arena);
    return true;
}

static int learn_decision(struct engine_bench *bench, void *unused)
{
    (void)unused;
    bench->engine->parent->doubts_changed = true;
    bench->engine->retries_due = true;
    return 0;
}

static void what_is_refused_is_told_again_when_a_decision_arrives(void **state)
{
    struct wh_tuple key = summary_key();
    struct wh_row row = {.table = WH_TABLE_SUMMARY, .key = wh_tuple_span(&key), .counter = 5};
    struct engine_bench bench;
    struct wh_net_ops ops;
    size_t told = 0;
    (void)state;
    bench_township(&bench);
    join(&bench);
    ops = *bench.engine->net.ops;
    ops.send = look_at_ack;
    bench.engine->net = (struct wh_net){&ops, &told};
    assert_int_equal(bench_turn(&bench, refuse, &row), 0);
    acknowledge_all(&bench);
    assert_int_equal(bench_turn(&bench, learn_decision, NULL), 0);
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_int_equal(told, 1);
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_int_equal(told, 1);
    bench_close(&bench);
}

/* ---- Members that are not waited for ---- */

struct membership {
    const char *by; /* "2311" is this node */
    uint64_t counter;
    bool revoked;
};

static int put_member(struct engine_bench *bench, void *argument)
{
    const struct membership *membership = argument;
    Wh__MemberValue value = WH__MEMBER_VALUE__INIT;
    uint8_t key[WH_NODE_KEY_BYTES] = {9};
    struct wh_tuple row_key;
    struct wh_span packed;
    enum wh_reject reject;
    struct wh_error err;
    struct wh_row row;
    value.key = (ProtobufCBinaryData){sizeof(key), key};
    value.revoked = membership->revoked;
    wh_row_key_unit(&row_key, WH_S("231182108"), wh_span_of(membership->by));
    packed = wh_protobuf_pack(&value.base, &bench->arena);
    if (strcmp(membership->by, bench->unit) == 0) {
        return wh_row_put(bench->engine, WH_TABLE_MEMBER, wh_tuple_span(&row_key), packed, &err);
    }
    wh_row_make(WH_TABLE_MEMBER, wh_tuple_span(&row_key), wh_span_of(membership->by),
                membership->counter, 99, packed, &bench->arena, &row);
    return wh_row_take(bench->engine, &row, &reject, &err);
}

static void a_child_that_was_revoked_or_moved_is_not_waited_for(void **state)
{
    struct membership own = {"2311", 0, false}, county = {"231182", 1, false};
    struct wh_link_status status;
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    assert_int_equal(bench_turn(&bench, put_member, &own), 0);
    assert_non_null(wh_children_meet(bench.engine, WH_S("231182108")));
    assert_true(wh_link_status(bench.engine, 0, &status));
    assert_true(!status.is_revoked && status.moved_to.len == 0 && status.pending > 0);
    assert_int_equal(bench_turn(&bench, put_member, &county), 0);
    assert_true(wh_link_status(bench.engine, 0, &status));
    assert_true(wh_span_equal(status.moved_to, WH_S("231182")));
    assert_true(!status.is_revoked && status.pending == 0);
    county = (struct membership){"231182", 2, true};
    own.revoked = true;
    assert_int_equal(bench_turn(&bench, put_member, &county), 0);
    assert_int_equal(bench_turn(&bench, put_member, &own), 0);
    assert_true(wh_link_status(bench.engine, 0, &status));
    assert_true(status.is_revoked && status.moved_to.len == 0 && status.pending == 0);
    bench_close(&bench);
}

static int meet(struct engine_bench *bench, void *argument)
{
    (void)argument;
    wh_restored_on_note(bench->engine, wh_children_meet(bench->engine, WH_S("231182")), WH_NOTE_UP);
    return 0;
}

/* A later moment, as of a damaged log, does not make the earlier restore a new one. */
static void a_restore_is_met_once(void **state)
{
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    for (int64_t moment = 100; moment <= 200; moment += 100) {
        bench.restored_ms = moment;
        assert_int_equal(bench_restart(&bench), 0);
        assert_true(bench.engine->restored_ms == moment);
        assert_int_equal(bench_restart(&bench), 0); /* nobody has met it yet */
        assert_true(bench.engine->restored_ms == moment);
        (void)bench_turn(&bench, meet, NULL);
        for (bench.restored_ms = moment; bench.restored_ms > 0; bench.restored_ms -= 100) {
            assert_int_equal(bench_restart(&bench), 0);
            assert_true(bench.engine->restored_ms == 0);
        }
    }
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_parent_is_on_disk_before_the_link_begins),
        cmocka_unit_test(a_parent_that_can_not_be_saved_leaves_the_former),
        cmocka_unit_test(a_refused_row_that_is_taken_later_is_refused_no_more),
        cmocka_unit_test(a_row_is_counted_once_however_often_it_is_refused),
        cmocka_unit_test(a_child_that_was_revoked_or_moved_is_not_waited_for),
        cmocka_unit_test(a_refusal_in_a_turn_that_fails_is_not_counted),
        cmocka_unit_test(a_refusal_that_was_not_kept_is_heard_again),
        cmocka_unit_test(what_is_refused_is_told_again_when_a_decision_arrives),
        cmocka_unit_test(a_restore_is_met_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
