#include "checker.h"

#include <inttypes.h>

#include "engine/doubts.h"
#include "engine/rows.h"
#include "expectations.h"
#include "later_release.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "sums.h"
#include "trace.h"
#include "tree.h"
#include "versions.h"

/* ---- Reading a disk ---- */

struct held {
    bool found;
    uint64_t seq; /* at which this node wrote it */
    struct wh_row row;
};

static bool read_held(struct wh_span value, struct wh_arena *arena, struct held *ret)
{
    ret->found =
        wh_key_take_u64(&value, &ret->seq) == 0 && wh_row_read(value, arena, &ret->row) == 0;
    return ret->found;
}

static struct held find_row(const struct wh_sim_node *node, struct wh_span row_key,
                            struct wh_arena *arena)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    struct held held = {.found = false};
    struct wh_span value;
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_ROWS, row_key, arena, &value, NULL);
    if (value.data) (void)read_held(value, arena, &held);
    return held;
}

static uint64_t disk_head(const struct wh_sim_node *node, struct wh_arena *arena)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    struct wh_span value;
    uint64_t head = 0;
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_META, WH_S("head"), arena, &value, NULL);
    if (value.data) (void)wh_key_take_u64(&value, &head);
    return head;
}

/* What `node` holds of the feed of the neighbour called `peer`. */
static struct wh_position disk_cursor(const struct wh_sim_node *node, const char *peer, int lane,
                                      struct wh_arena *arena)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    struct wh_tuple key;
    struct wh_span value;
    struct wh_position cursor = {0, 0};
    wh_key_peer(&key, WH_PEER_HOLDING, wh_span_of(peer), WH_SPAN_EMPTY);
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_PEERS, wh_tuple_span(&key), arena, &value, NULL);
    if (!value.data) return cursor;
    value = wh_span_from(value, (size_t)lane * 16); /* (term, seq) a lane */
    (void)wh_key_take_u64(&value, &cursor.term);
    (void)wh_key_take_u64(&value, &cursor.seq);
    return cursor;
}

static void scan_disk(const struct wh_sim_node *node, enum wh_family family, struct wh_span from,
                      struct wh_span to, wh_scan_visit visit, void *context)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    (void)disk.ops->scan(disk.self, NULL, family, from, to, WH_SCAN_UP, visit, context, NULL);
}

/* ---- Who may hold what: said once more, in other words than the engine's ---- */

static bool is_from_below(const struct wh_sim_node *node, const struct wh_row *row)
{
    return row->table != WH_TABLE_PROGRAMME && wh_tree_is_below(row->origin, node->unit);
}

static bool is_for_below(const struct wh_sim_node *node, const struct wh_row *row)
{
    if (row->table == WH_TABLE_MEMBER || !wh_tree_is_above(row->origin, node->unit)) return false;
    if (row->table == WH_TABLE_PROGRAMME || row->table == WH_TABLE_TERM) return true;
    if (wh_tree_is_below(row->unit, node->unit)) return true;
    return row->table == WH_TABLE_UNIT && wh_tree_is_above(row->unit, node->unit);
}

static bool may_hold(const struct wh_sim_node *node, const struct wh_row *row)
{
    bool own_programme = row->table == WH_TABLE_PROGRAMME && node->parent == WH_NOBODY;
    return is_from_below(node, row) || is_for_below(node, row) || own_programme;
}

/* The neighbour of `node` who brings rows of `origin`, or NULL. */
static const struct wh_sim_node *who_brings(const struct wh_sim_node *node, struct wh_span origin)
{
    const struct wh_sim_node *child = wh_sim_find(node->sim, origin);
    while (child && child->parent != WH_NOBODY && child->parent != node->number) {
        child = &node->sim->nodes[child->parent];
    }
    return child && child->parent == node->number ? child : NULL;
}

/* The disk says, before this batch, that the child who would have brought the row is no member. */
static bool is_from_revoked(const struct wh_sim_node *node, const struct wh_row *row,
                            struct wh_arena *arena)
{
    const struct wh_sim_node *child = who_brings(node, row->origin);
    const Wh__MemberValue *member;
    struct wh_tuple own, key;
    struct held held;
    if (!child || node->sim->faults.of[WH_SIM_REVOKES].often == 0) return false;
    wh_row_key_unit(&own, wh_span_of(child->unit), wh_span_of(node->unit));
    wh_key_row(&key, WH_TABLE_MEMBER, wh_tuple_span(&own));
    held = find_row(node, wh_tuple_span(&key), arena);
    if (!held.found) return false;
    member = (const Wh__MemberValue *)wh_protobuf_unpack(&wh__member_value__descriptor,
                                                         held.row.value, arena);
    return member && member->revoked;
}

/* Offered again, or void: nobody brought it. */
static bool is_same_version(const struct held *before, const struct held *held)
{
    return before->found && before->row.counter == held->row.counter &&
           before->row.term == held->row.term;
}

void wh_check_batch(void *context, const struct wh_batch *batch)
{
    struct wh_sim_node *node = context;
    struct wh_arena arena = {NULL, 0};
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct wh_write *write = &batch->writes[i];
        struct held held, before;
        if (write->family != WH_FAMILY_ROWS) continue;
        if (write->is_delete || !read_held(write->value, &arena, &held)) {
            wh_sim_fail(node->sim, node, "writes what is no row");
            break;
        }
        before = find_row(node, write->key, &arena);
        if (!may_hold(node, &held.row)) {
            wh_sim_fail(node->sim, node, "holds a foreign row: %s of %.*s",
                        wh_table_word(held.row.table), (int)held.row.unit.len, held.row.unit.data);
        }
        if (!is_same_version(&before, &held) && is_from_revoked(node, &held.row, &arena)) {
            wh_sim_fail(node->sim, node, "takes %s of %.*s, who is revoked",
                        wh_table_word(held.row.table), (int)held.row.origin.len,
                        held.row.origin.data);
        }
        if (before.found && before.row.counter >= held.row.counter &&
            wh_expects_no_loss(node->sim)) {
            wh_sim_fail(node->sim, node, "writes version %" PRIu64 " of %.*s over %" PRIu64,
                        held.row.counter, (int)held.row.unit.len, held.row.unit.data,
                        before.row.counter);
        }
        if (before.found) wh_check_version(node, &before.row, &held.row);
    }
    wh_arena_deinit(&arena);
}

/* ---- At every step ---- */

struct acked_check {
    const struct wh_sim_node *sender;
    struct wh_sim_node *receiver;
    bool down;      /* the sender is the parent */
    uint64_t after; /* seqs from here up to `last` have been acknowledged since */
    uint64_t last;
    struct wh_arena arena;
};

static int check_entry(void *context, struct wh_span key, struct wh_span value)
{
    struct acked_check *check = context;
    struct held sent, held;
    uint64_t seq = 0;
    (void)wh_key_feed_read(key, &seq);
    if (seq <= check->after || seq > check->last) return 0;
    sent = find_row(check->sender, value, &check->arena);
    held = find_row(check->receiver, value, &check->arena);
    if (check->down && !is_for_below(check->receiver, &sent.row)) return 0;
    if (sent.found && held.found && held.row.counter >= sent.row.counter) return 0;
    wh_sim_fail(check->receiver->sim, check->receiver,
                "lacks %s of %.*s, seq %" PRIu64 " of %s, which it acknowledged",
                wh_table_word(sent.row.table), (int)sent.row.unit.len, sent.row.unit.data, seq,
                check->sender->unit);
    return 1;
}

/* Everything that `link` believes acknowledged lies on the receiver's disk. */
static void check_acked(const struct wh_link *link, struct acked_check *check,
                        uint64_t checked[WH_LANES])
{
    for (uint8_t lane = 0; lane < WH_LANES; lane++) {
        struct wh_tuple from, to;
        if (link->acked[lane] <= checked[lane]) continue;
        check->after = checked[lane];
        check->last = link->acked[lane];
        if (check->down) { /* by place: all of the lane is looked at */
            wh_key_feed_down_range(&from, lane, WH_SPAN_EMPTY);
            (void)wh_tuple_above(wh_tuple_span(&from), &to);
        } else {
            wh_key_feed_up(&from, lane, check->after + 1);
            wh_key_feed_up(&to, lane, check->last + 1);
        }
        scan_disk(check->sender, WH_FAMILY_FEED, wh_tuple_span(&from), wh_tuple_span(&to),
                  check_entry, check);
        checked[lane] = link->acked[lane];
    }
}

/* A node that has moved may hold a cursor into the feed of the parent before, until it has told the
 * new one that it holds nothing of it. */
static bool is_of_parent(const struct wh_sim_node *node, uint64_t term)
{
    const struct wh_engine *parent = node->sim->nodes[node->parent].engine;
    if (node->sim->inserted == 0 || node->above != node->sim->inserted || !parent) return true;
    for (uint32_t i = 0; i < parent->marks_count; i++) {
        if (parent->marks[i].id == term) return true;
    }
    return false;
}

/* An Ack speaks of a cursor that is on disk, and no cursor lies beyond what its sender wrote. */
static void check_cursors(const struct wh_link *link, struct acked_check *check, const char *peer)
{
    uint64_t head = disk_head(check->sender, &check->arena);
    bool forgotten = !check->down && check->sender->forgotten;
    for (int lane = 0; lane < WH_LANES; lane++) {
        struct wh_position held = disk_cursor(check->receiver, peer, lane, &check->arena);
        uint64_t cursor = held.seq;
        if (check->down && !is_of_parent(check->receiver, held.term)) continue;
        if (cursor > head) {
            wh_sim_fail(check->receiver->sim, check->receiver,
                        "its cursor %" PRIu64 " lies beyond the head %" PRIu64 " of %s", cursor,
                        head, check->sender->unit);
        }
        if (link->state == WH_LINK_UP && link->acked[lane] > cursor && !forgotten) {
            wh_sim_fail(check->receiver->sim, check->receiver,
                        "acknowledged %" PRIu64 " to %s, its cursor is %" PRIu64, link->acked[lane],
                        check->sender->unit, cursor);
        }
    }
}

static void check_neighbour(struct wh_sim_node *node, const struct wh_neighbour *neighbour)
{
    if (!wh_expects_agreement(node->sim)) return;
    if (neighbour->rejected > 0) wh_sim_fail(node->sim, node, "a row was refused");
    if (neighbour->link.state == WH_LINK_DIVERGED) wh_sim_fail(node->sim, node, "diverged");
}

/* In a session all stays as it was looked at until something more is acknowledged. */
static void check_link(struct wh_sim_node *node, const struct wh_neighbour *neighbour,
                       struct acked_check *check, uint64_t checked[WH_LANES])
{
    const struct wh_link *link = &neighbour->link;
    bool has_news = link->state != WH_LINK_UP;
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (link->acked[lane] > checked[lane]) has_news = true;
    }
    check_neighbour(node, neighbour);
    if (!has_news) return;
    check_acked(link, check, checked);
    check_cursors(link, check, check->down ? "" : node->unit);
}

void wh_check_turn(struct wh_sim_node *node)
{
    struct wh_engine *engine = node->engine;
    struct acked_check check = {.sender = node};
    if (!wh_expects_no_loss(node->sim)) return;
    if (engine->safe_head < node->head) {
        wh_sim_fail(node->sim, node, "its head went back from %" PRIu64 " to %" PRIu64, node->head,
                    engine->safe_head);
    }
    node->head = engine->safe_head;
    if (engine->parent) {
        const struct wh_link *link = &engine->parent->link;
        /* what comes next is a connection to the process that forgot */
        if (link->state == WH_LINK_DOWN || link->state == WH_LINK_REFUSED) node->forgotten = false;
        check.receiver = &node->sim->nodes[node->parent];
        check_link(node, engine->parent, &check, node->checked_up);
    }
    check.down = true;
    for (uint32_t i = 0; i < engine->children_count; i++) {
        const struct wh_neighbour *child = engine->children[i];
        check.receiver = wh_sim_find(node->sim, wh_span_of(child->unit));
        if (check.receiver->parent != node->number) continue; /* it has another one now */
        check_link(node, child, &check, check.receiver->checked_down);
    }
    wh_arena_deinit(&check.arena);
}

/* ---- At the end ---- */

struct edge {
    const struct wh_sim_node *from; /* whose rows are walked */
    struct wh_sim_node *to;         /* that must have them too */
    const struct wh_sim_node *child;
    struct wh_arena arena;
};

/* A term that a store wrote and gave up is not told again by it: who lost it too, lacks it. */
static bool is_lost_term(const struct wh_sim_node *node, const struct wh_row *row)
{
    return node->sim->has_lost && row->table == WH_TABLE_TERM;
}

static int check_row(void *context, struct wh_span key, struct wh_span value)
{
    struct edge *edge = context;
    struct held held, other;
    if (!read_held(value, &edge->arena, &held)) return 1;
    if (!is_from_below(edge->child, &held.row) && !is_for_below(edge->child, &held.row)) return 0;
    if (wh_row_stand(edge->from->engine, &held.row) == WH_STAND_VOID) return 0;
    if (is_lost_term(edge->to, &held.row)) return 0;
    other = find_row(edge->to, key, &edge->arena);
    if (other.found && wh_span_equal(held.row.packed, other.row.packed)) return 0;
    wh_sim_fail_as(edge->to->sim, edge->to, WH_SIM_ENDING,
                   "%s %s of %.*s as %s has it: version %" PRIu64 ", not %" PRIu64,
                   other.found ? "does not have" : "lacks", wh_table_word(held.row.table),
                   (int)held.row.unit.len, held.row.unit.data, edge->from->unit, held.row.counter,
                   other.found ? other.row.counter : 0);
    return 1;
}

static void check_edge(struct wh_sim_node *child, struct wh_sim_node *parent)
{
    struct edge edge = {.from = child, .to = parent, .child = child};
    scan_disk(child, WH_FAMILY_ROWS, WH_SPAN_EMPTY, WH_SPAN_EMPTY, check_row, &edge);
    edge.from = parent;
    edge.to = child;
    scan_disk(parent, WH_FAMILY_ROWS, WH_SPAN_EMPTY, WH_SPAN_EMPTY, check_row, &edge);
    wh_arena_deinit(&edge.arena);
}

struct feed_check {
    struct wh_sim_node *node;
    uint64_t entries;
    uint64_t expected;
    struct wh_arena arena;
};

static int check_feed_entry(void *context, struct wh_span key, struct wh_span value)
{
    struct feed_check *check = context;
    struct held held = find_row(check->node, value, &check->arena);
    uint64_t seq;
    check->entries++;
    if (held.found && wh_key_feed_read(key, &seq) == 0 && seq == held.seq) return 0;
    wh_sim_fail_as(check->node->sim, check->node, WH_SIM_ENDING,
                   "a feed entry of a version that is no more");
    return 1;
}

static int count_entries(void *context, struct wh_span key, struct wh_span value)
{
    struct feed_check *check = context;
    const struct wh_sim_node *node = check->node;
    struct held held;
    (void)key;
    if (!read_held(value, &check->arena, &held)) return 1;
    if (wh_row_stand(node->engine, &held.row) == WH_STAND_VOID) return 0; /* offered to nobody */
    if (is_from_below(node, &held.row)) check->expected++;
    if (held.row.table != WH_TABLE_MEMBER &&
        (wh_tree_is_above(held.row.origin, node->unit) ||
         wh_span_equal(held.row.origin, wh_span_of(node->unit)))) {
        check->expected++;
    }
    return 0;
}

/* L5 of the lessons: index and rows tell the same. */
static void check_feed(struct wh_sim_node *node)
{
    struct feed_check check = {.node = node};
    scan_disk(node, WH_FAMILY_FEED, WH_SPAN_EMPTY, WH_SPAN_EMPTY, check_feed_entry, &check);
    scan_disk(node, WH_FAMILY_ROWS, WH_SPAN_EMPTY, WH_SPAN_EMPTY, count_entries, &check);
    if (check.entries != check.expected) {
        wh_sim_fail_as(node->sim, node, WH_SIM_ENDING,
                       "%" PRIu64 " feed entries for %" PRIu64 " rows and ways", check.entries,
                       check.expected);
    }
    wh_arena_deinit(&check.arena);
}

/* As the root described it, or as it described itself. */
static bool is_named(const struct wh_sim *sim, const struct wh_unit *unit)
{
    const struct wh_sim_node *home = wh_sim_find(sim, unit->code);
    if (home && home->number == 0) return wh_span_equal(unit->name, WH_S("city"));
    if (home && !wh_tree_is_described(home)) return wh_span_equal(unit->name, unit->code);
    return wh_span_equal(wh_span_from(unit->name, 1), unit->code);
}

/* Units of its range and above it, and no others. */
static void check_units(struct wh_sim_node *node)
{
    const struct wh_units *units = wh_engine_units(node->engine);
    const struct wh_sim *sim = node->sim;
    uint32_t expected = node->units_below;
    for (uint32_t i = node->above; i != WH_NOBODY; i = sim->nodes[i].above) expected++;
    if (units->count != expected) {
        wh_sim_fail_as(node->sim, node, WH_SIM_ENDING, "knows %u units, not %u", units->count,
                       expected);
    }
    for (uint32_t i = 0; i < units->count; i++) {
        const struct wh_unit *unit = &units->items[i];
        if (is_named(sim, unit)) continue;
        wh_sim_fail_as(node->sim, node, WH_SIM_ENDING, "calls %.*s %.*s", (int)unit->code.len,
                       unit->code.data, (int)unit->name.len, unit->name.data);
    }
    if (wh_engine_programmes(node->engine)->count != 1) {
        wh_sim_fail_as(node->sim, node, WH_SIM_ENDING, "holds %u programmes, not 1",
                       wh_engine_programmes(node->engine)->count);
    }
}

void wh_check_end(struct wh_sim *sim)
{
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        check_feed(node);
        if (wh_expects_sums(sim)) check_units(node);
        if (node->parent != WH_NOBODY) check_edge(node, &sim->nodes[node->parent]);
    }
    if (!wh_expects_sums(sim)) return;
    wh_later_check(sim);
    wh_check_sums(sim);
}
