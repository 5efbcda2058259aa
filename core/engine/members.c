#include "engine/members.h"

#include <string.h>

#include "engine/children.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

struct member_load {
    struct wh_arena *arena;
    struct wh_member *items;
    uint32_t count;
    uint32_t size;
};

static int load_member(void *context, const struct wh_row *row)
{
    struct member_load *load = context;
    const Wh__MemberValue *value = (const Wh__MemberValue *)wh_protobuf_unpack(
        &wh__member_value__descriptor, row->value, load->arena);
    struct wh_member *member;
    if (!value || value->key.len != WH_NODE_KEY_BYTES) return WH_E_CORRUPT;
    if (load->count == load->size) {
        struct wh_member *items;
        load->size = load->size > 0 ? load->size * 2 : 16;
        items = wh_arena_new(load->arena, load->size, sizeof(*items));
        if (load->items) memcpy(items, load->items, load->count * sizeof(*items));
        load->items = items;
    }
    member = &load->items[load->count++];
    member->unit = wh_arena_copy(load->arena, row->unit);
    member->origin = wh_arena_copy(load->arena, row->origin);
    memcpy(member->key, value->key.data, WH_NODE_KEY_BYTES);
    member->revoked = value->revoked;
    return 0;
}

static bool is_own(const struct wh_engine *engine, const struct wh_member *member)
{
    return wh_span_equal(member->origin, engine->home);
}

/* By key: those who may connect here. */
static void index_members(struct wh_engine *engine)
{
    wh_map_clear(&engine->members_by_key);
    for (uint32_t i = 0; i < engine->members_count; i++) {
        const struct wh_member *member = &engine->members[i];
        if (!is_own(engine, member) || member->revoked) continue;
        wh_map_put(&engine->members_by_key, wh_span(member->key, WH_NODE_KEY_BYTES), i);
    }
}

int wh_members_load(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct member_load load = {.arena = &arena};
    int rc =
        wh_rows_scan(engine, WH_TABLE_MEMBER, WH_SPAN_EMPTY, WH_PLACE_NOW, load_member, &load, err);
    if (rc < 0) {
        wh_arena_deinit(&arena);
        return rc;
    }
    wh_arena_deinit(&engine->members_arena);
    engine->members_arena = arena;
    engine->members = load.items;
    engine->members_count = load.count;
    index_members(engine);
    return 0;
}

static int read_invite(struct wh_engine *engine, const uint8_t *key, const Wh__Invite **ret,
                       struct wh_error *err)
{
    struct wh_tuple tuple;
    struct wh_span bytes;
    int rc;
    wh_key_peer(&tuple, WH_PEER_INVITE, WH_SPAN_EMPTY, wh_span(key, WH_NODE_KEY_BYTES));
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&tuple), &engine->scratch, &bytes,
                       err);
    *ret = NULL;
    if (rc < 0 || !bytes.data) return rc;
    *ret = (const Wh__Invite *)wh_protobuf_unpack(&wh__invite__descriptor, bytes, &engine->scratch);
    return *ret ? 0
                : wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_HOLDING_BROKEN,
                          WH_ARGS(wh_arg_c("invite")));
}

static bool invite_holds(const struct wh_engine *engine, const Wh__Invite *invite)
{
    return invite->used_by.len == 0 && engine->now.clock_ms < (int64_t)invite->expires_ms;
}

enum wh_admission wh_members_admit(struct wh_engine *engine, const uint8_t key[WH_NODE_KEY_BYTES],
                                   struct wh_span *ret_unit)
{
    const Wh__Invite *invite;
    struct wh_error err;
    const uint64_t *index = wh_map_get(&engine->members_by_key, wh_span(key, WH_NODE_KEY_BYTES));
    if (index) {
        *ret_unit = engine->members[*index].unit;
        return WH_ADMIT_MEMBER;
    }
    if (read_invite(engine, key, &invite, &err) < 0 || !invite || !invite_holds(engine, invite)) {
        return WH_ADMIT_NONE;
    }
    *ret_unit = wh_span_of(invite->unit);
    return WH_ADMIT_INVITE;
}

/* Rows come by unit: the first member that stands for this one. */
static uint32_t place_of(const struct wh_engine *engine, struct wh_span unit)
{
    uint32_t from = 0, to = engine->members_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (wh_span_compare(engine->members[middle].unit, unit) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static const struct wh_member *find_own(const struct wh_engine *engine, struct wh_span unit)
{
    for (uint32_t i = place_of(engine, unit); i < engine->members_count; i++) {
        const struct wh_member *member = &engine->members[i];
        if (!wh_span_equal(member->unit, unit)) break;
        if (is_own(engine, member)) return member;
    }
    return NULL;
}

bool wh_member_is_active(const struct wh_engine *engine, struct wh_span unit)
{
    const struct wh_member *member = find_own(engine, unit);
    return member && !member->revoked;
}

struct wh_span wh_member_elsewhere(const struct wh_engine *engine, struct wh_span unit)
{
    for (uint32_t i = 0; i < engine->members_count; i++) {
        const struct wh_member *member = &engine->members[i];
        if (member->revoked || is_own(engine, member)) continue;
        if (wh_span_equal(member->unit, unit)) return member->origin;
    }
    return WH_SPAN_EMPTY;
}

bool wh_member_serves(const struct wh_engine *engine, struct wh_span unit)
{
    for (uint32_t i = place_of(engine, unit); i < engine->members_count; i++) {
        const struct wh_member *member = &engine->members[i];
        if (!wh_span_equal(member->unit, unit)) break;
        if (!member->revoked) return true;
    }
    return false;
}

static void put_invite(struct wh_engine *engine, const uint8_t *key, const Wh__Invite *invite)
{
    struct wh_tuple tuple;
    wh_key_peer(&tuple, WH_PEER_INVITE, WH_SPAN_EMPTY, wh_span(key, WH_NODE_KEY_BYTES));
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&tuple),
                 wh_protobuf_pack(&invite->base, &engine->scratch));
}

int wh_member_invite(struct wh_engine *engine, struct wh_span unit,
                     const uint8_t key[WH_NODE_KEY_BYTES], int64_t expires_ms, struct wh_error *err)
{
    Wh__Invite invite = WH__INVITE__INIT;
    if (!wh_code_is_valid(unit) || !wh_code_in_range(unit, engine->home) ||
        wh_span_equal(unit, engine->home)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_INVITE_OUTSIDE,
                       WH_ARGS(wh_arg_s(unit), wh_arg_s(engine->home)));
    }
    invite.unit = wh_arena_text(&engine->scratch, unit);
    invite.expires_ms = (uint64_t)expires_ms;
    put_invite(engine, key, &invite);
    return 0;
}

static int put_member(struct wh_engine *engine, struct wh_span unit, const Wh__MemberValue *value,
                      struct wh_error *err)
{
    struct wh_tuple tuple;
    wh_row_key_unit(&tuple, unit, engine->home);
    return wh_row_put(engine, WH_TABLE_MEMBER, wh_tuple_span(&tuple),
                      wh_protobuf_pack(&value->base, &engine->scratch), err);
}

/* A key names one unit: taken for a second one, its node's rows would be refused as foreign. */
static bool is_taken(const struct wh_engine *engine, const uint8_t *key, struct wh_span unit)
{
    if (memcmp(key, engine->node_key, WH_NODE_KEY_BYTES) == 0) return true;
    for (uint32_t i = 0; i < engine->members_count; i++) {
        const struct wh_member *member = &engine->members[i];
        if (member->revoked || wh_span_equal(member->unit, unit)) continue;
        if (memcmp(key, member->key, WH_NODE_KEY_BYTES) == 0) return true;
    }
    return false;
}

int wh_members_enrol(struct wh_engine *engine, const struct wh_arrival *arrival,
                     const Wh__Enrol *enrol, struct wh_error *err)
{
    Wh__MemberValue value = WH__MEMBER_VALUE__INIT;
    Wh__Invite used;
    const Wh__Invite *invite;
    int rc = read_invite(engine, arrival->invite_key, &invite, err);
    if (rc < 0) return rc;
    if (!invite || !invite_holds(engine, invite) ||
        !wh_span_equal(wh_span_of(invite->unit), wh_span_of(enrol->unit))) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_TOKEN_USED, NULL);
    }
    if (is_taken(engine, enrol->key.data, wh_span_of(invite->unit))) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_MEMBER_KEY_TAKEN, NULL);
    }
    value.key = enrol->key;
    value.since_ms = (uint64_t)engine->now.clock_ms;
    rc = put_member(engine, wh_span_of(invite->unit), &value, err);
    if (rc < 0) return rc;
    used = *invite;
    used.used_by = enrol->key;
    put_invite(engine, arrival->invite_key, &used);
    return 0;
}

int wh_member_revoke(struct wh_engine *engine, struct wh_span unit, struct wh_error *err)
{
    Wh__MemberValue value = WH__MEMBER_VALUE__INIT;
    const struct wh_member *member = find_own(engine, unit);
    struct wh_neighbour *child = wh_children_find(engine, unit);
    if (!member || member->revoked) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_MEMBER_UNKNOWN, WH_ARGS(wh_arg_s(unit)));
    }
    value.key = (ProtobufCBinaryData){WH_NODE_KEY_BYTES, (uint8_t *)(uintptr_t)member->key};
    value.since_ms = (uint64_t)engine->now.clock_ms;
    value.revoked = true;
    if (child) wh_links_mark(engine, child); /* it is told after the commit */
    return put_member(engine, unit, &value, err);
}

bool wh_member_at(const struct wh_engine *engine, uint32_t i, struct wh_member_view *ret)
{
    const struct wh_member *member = &engine->members[i];
    if (i >= engine->members_count) return false;
    *ret = (struct wh_member_view){member->unit, member->origin, member->key, member->revoked};
    return true;
}
