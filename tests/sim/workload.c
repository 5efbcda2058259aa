#include "workload.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/memory.h"
#include "base/num.h"
#include "engine/members.h"
#include "engine/records.h"
#include "later_release.h"
#include "membership.h"
#include "operators.h"
#include "plain_ledgers.h"
#include "trace.h"
#include "tree.h"

#define OPS_MAX 6 /* that wait at one node */
#define OPS_PER_TURN_MAX 4
#define FOREVER_MS 4102444800000

/* ---- What waits ---- */

static void add_op(struct wh_sim_node *node, struct wh_sim_op op)
{
    node->ops = wh_memory_resize(node->ops, node->ops_count + 1, sizeof(*node->ops));
    node->ops[node->ops_count++] = op;
    node->deadline_ms = node->sim->now_ms;
    wh_sim_plan(node);
}

static void remove_op(struct wh_sim_node *node, uint32_t i)
{
    node->ops_count--;
    memmove(&node->ops[i], &node->ops[i + 1], (node->ops_count - i) * sizeof(*node->ops));
}

void wh_work_begin(struct wh_sim *sim)
{
    struct wh_civil day = {2026, 6, 10};
    bool at_the_turn = wh_chance_is(&sim->work, 2500); /* of a quarter, while all work */
    if (at_the_turn) day = (struct wh_civil){2026, 6, 30};
    sim->clock_base_ms = (int64_t)wh_day_of(day) * 86400000 +
                         (at_the_turn ? (23 * 60 + 55) * 60000 - 480 * 60000 : 0);
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        node->work_at_ms = wh_chance_between(&sim->work, 1, sim->options->shape->work_ms_max);
        if (i == 0) add_op(node, (struct wh_sim_op){.type = WH_SIM_IMPORT});
        if (i == 0) add_op(node, (struct wh_sim_op){.type = WH_SIM_ISSUE});
        if (i == 0) continue;
        add_op(&sim->nodes[node->parent], (struct wh_sim_op){.type = WH_SIM_INVITE, .child = i});
    }
}

void wh_work_rename(struct wh_sim_node *node)
{
    node->letter++;
    add_op(&node->sim->nodes[0], (struct wh_sim_op){.type = WH_SIM_IMPORT});
}

void wh_work_invite(struct wh_sim_node *node)
{
    add_op(&node->sim->nodes[node->parent],
           (struct wh_sim_op){.type = WH_SIM_INVITE, .child = node->number});
}

void wh_work_revoke(struct wh_sim_node *node, int64_t away_ms)
{
    node->away_ms = away_ms;
    add_op(&node->sim->nodes[node->parent],
           (struct wh_sim_op){.type = WH_SIM_REVOKE, .child = node->number});
}

void wh_work_drop_ops(struct wh_sim_node *node)
{
    node->ops_count = 0;
}

void wh_work_lose(struct wh_sim_node *node)
{
    uint32_t i = 0;
    node->records_count = 0;
    while (i < node->ops_count) {
        if (node->ops[i].type >= WH_SIM_ADD) {
            remove_op(node, i);
        } else {
            i++;
        }
    }
}

void wh_work_found(struct wh_sim_node *root, uint32_t programmes)
{
    add_op(root, (struct wh_sim_op){.type = WH_SIM_IMPORT});
    if (programmes == 0) add_op(root, (struct wh_sim_op){.type = WH_SIM_ISSUE});
}

int64_t wh_work_next_ms(const struct wh_sim_node *node)
{
    if (!node->sim->chaos || node->units_count == 0) return INT64_MAX;
    return node->work_at_ms;
}

static struct wh_sim_record draw_record(struct wh_sim_node *node)
{
    struct wh_chance *chance = &node->sim->work;
    struct wh_sim_record record = {
        .is_elder = wh_chance_is(chance, 5000),
        .unit = wh_chance_below(chance, node->units_count),
        .date = wh_day_of((struct wh_civil){2025, 10, 1}) + (int32_t)wh_chance_below(chance, 456),
        .amount = wh_chance_between(chance, 0, 99999),
    };
    if (record.is_elder && wh_chance_is(chance, 5000)) {
        record.until = record.date + (int32_t)wh_chance_below(chance, 300);
    }
    return record;
}

/* A record that nothing waits for, or none. */
static bool pick_record(struct wh_sim_node *node, uint32_t *ret)
{
    uint32_t picked;
    if (node->records_count == 0) return false;
    picked = wh_chance_below(&node->sim->work, node->records_count);
    if (node->records[picked].withdrawn) return false;
    for (uint32_t i = 0; i < node->ops_count; i++) {
        if (node->ops[i].type >= WH_SIM_CHANGE && node->ops[i].record == picked) return false;
    }
    *ret = picked;
    return true;
}

static void draw_later(struct wh_sim_node *node)
{
    struct wh_sim_op op = {.type = WH_SIM_LATER};
    op.record = wh_chance_below(&node->sim->work, WH_SIM_LATER_ROWS);
    wh_later_draw(node, op.record);
    add_op(node, op);
}

void wh_work_draw(struct wh_sim_node *node)
{
    struct wh_chance *chance = &node->sim->work;
    struct wh_sim_op op = {.type = WH_SIM_ADD};
    uint32_t what;
    if (wh_work_next_ms(node) > node->sim->now_ms) return;
    node->work_at_ms =
        node->sim->now_ms + wh_chance_between(chance, 1, node->sim->options->shape->work_ms_max);
    if (node->ops_count >= OPS_MAX) return;
    if (node->later && wh_chance_is(chance, 3000)) {
        draw_later(node);
        return;
    }
    what = wh_chance_below(chance, 10);
    op.after = draw_record(node);
    if (what >= 5 && pick_record(node, &op.record)) {
        op.type = what == 9 ? WH_SIM_WITHDRAW : WH_SIM_CHANGE;
        op.after.is_elder = node->records[op.record].is_elder;
        if (!op.after.is_elder) op.after.until = 0;
        if (op.type == WH_SIM_WITHDRAW) op.after = node->records[op.record];
    }
    add_op(node, op);
}

bool wh_work_is_done(const struct wh_sim_node *node)
{
    return node->ops_count == 0;
}

/* ---- Doing it ---- */

/* The disk failed: what the command has put so far is not saved, and it is tried again. Any other
 * error is the engine's. */
static int tolerate(struct wh_sim_node *node, struct wh_engine *engine, int rc,
                    const struct wh_error *err, const char *what)
{
    if (rc == WH_E_IO) wh_engine_abandon_turn(engine, err);
    if (rc < 0 && rc != WH_E_IO) wh_sim_fail(node->sim, node, "%s, code %d", what, rc);
    return rc;
}

static int import_units(struct wh_sim_node *node, struct wh_engine *engine)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    struct wh_error err;
    uint32_t total, changed;
    int rc;
    wh_faults_init(&faults, &arena);
    rc = wh_units_import(engine, wh_tree_csv(node->sim, &arena), &faults, &arena, &total, &changed,
                         &err);
    rc = tolerate(node, engine, rc, &err, "the tree of units was refused");
    wh_arena_deinit(&arena);
    return rc;
}

static int issue(struct wh_sim_node *node, struct wh_engine *engine)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    struct wh_error err;
    uint32_t number;
    int rc = 0;
    wh_faults_init(&faults, &arena);
    if (wh_programme_read(wh_span_of(wh_plain_programme), &arena, &faults, &programme) < 0) {
        struct wh_span why = wh_fault_text(&faults.items[0], WH_EN, &arena);
        wh_sim_fail(node->sim, node, "the programme was refused, line %u: %.*s",
                    faults.items[0].line, (int)why.len, why.data);
    } else {
        rc = wh_programme_issue(engine, programme, &number, &err);
        rc = tolerate(node, engine, rc, &err, "the programme was not issued");
    }
    wh_arena_deinit(&arena);
    return rc;
}

static int invite(struct wh_sim_node *node, struct wh_engine *engine, uint32_t child)
{
    const struct wh_sim_node *invited = &node->sim->nodes[child];
    struct wh_error err;
    int rc =
        wh_member_invite(engine, wh_span_of(invited->unit), invited->invite_key, FOREVER_MS, &err);
    return tolerate(node, engine, rc, &err, "a node could not be invited");
}

/* A power cut may have come after it was saved. */
static int revoke(struct wh_sim_node *node, struct wh_engine *engine, uint32_t child)
{
    struct wh_error err;
    int rc = wh_member_revoke(engine, wh_span_of(node->sim->nodes[child].unit), &err);
    return rc == WH_E_NOT_FOUND ? 0 : tolerate(node, engine, rc, &err, "a member was not revoked");
}

/* What the clerk types, checked as the door checks it. */
static bool read_record(struct wh_sim_node *node, struct wh_engine *engine,
                        const struct wh_sim_record *wanted, struct wh_arena *arena,
                        struct wh_record *ret)
{
    const char *kind_name = wanted->is_elder ? "elder" : "meeting";
    struct wh_record_scope scope = wh_records_scope(engine);
    struct wh_entry entries[5] = {{WH_S("unit"), wh_span_of(node->units[wanted->unit])}};
    char date[WH_DAY_TEXT_SIZE], until[WH_DAY_TEXT_SIZE] = "", amount[WH_HUNDREDTHS_TEXT_SIZE];
    const struct wh_kind *kind =
        wh_kind_find(engine, wh_span_of(kind_name), (uint32_t)wh_civil_of(wanted->date).year);
    struct wh_faults faults;
    wh_faults_init(&faults, arena);
    wh_day_format(wanted->date, date);
    if (wanted->until != 0) wh_day_format(wanted->until, until);
    (void)snprintf(amount, sizeof(amount), "%" PRId64, wanted->amount);
    if (wanted->is_elder) wh_hundredths_format(wanted->amount, amount);
    entries[1] = (struct wh_entry){WH_S("date"), wh_span_of(date)};
    entries[2] =
        (struct wh_entry){wanted->is_elder ? WH_S("pay") : WH_S("attended"), wh_span_of(amount)};
    entries[3] = (struct wh_entry){WH_S("person"), WH_S("王五")};
    entries[4] = (struct wh_entry){WH_S("until"), wh_span_of(until)};
    return wh_record_read(kind, &scope, entries, wanted->is_elder ? 5 : 3, 1, arena, &faults, ret);
}

/* Programme and units come from above: until they are here, the clerk waits. */
static bool can_enter(const struct wh_sim_node *node, struct wh_engine *engine,
                      const struct wh_sim_record *wanted)
{
    return wh_engine_programmes(engine)->count > 0 &&
           wh_units_find(wh_engine_units(engine), wh_span_of(node->units[wanted->unit]));
}

static int put_record(struct wh_sim_node *node, struct wh_engine *engine, struct wh_sim_op *op,
                      struct wh_record *record, struct wh_arena *arena, struct wh_error *err)
{
    struct wh_span author = WH_S("clerk");
    const struct wh_sim_record *known;
    struct wh_record old;
    int rc;
    if (op->type == WH_SIM_ADD) return wh_record_add(engine, record, author, err);
    known = &node->records[op->record];
    rc = wh_record_find(engine, known->id, arena, &old, err);
    if (rc == WH_E_IO) return rc;
    if (rc < 0 || old.version != known->version || old.date != known->date) {
        wh_sim_fail(node->sim, node, "a record that was saved is not there as it was saved");
        return WH_E_CORRUPT;
    }
    if (op->type == WH_SIM_CHANGE) return wh_record_change(engine, &old, record, author, err);
    *record = old;
    record->version = wh_engine_head(engine) + 1;
    return wh_record_withdraw(engine, &old, WH_S("mistaken"), author, err);
}

static void enter(struct wh_sim_node *node, struct wh_engine *engine, struct wh_sim_op *op)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_record record;
    struct wh_error err = {.code = 0};
    if (!can_enter(node, engine, &op->after)) return;
    if (!read_record(node, engine, &op->after, &arena, &record)) {
        /* the clock is far behind: the date lies too far ahead of it */
        if (node->clock_ms == 0) wh_sim_fail(node->sim, node, "a good record was refused");
    } else if (tolerate(node, engine, put_record(node, engine, op, &record, &arena, &err), &err,
                        "a good record was not saved") == 0) {
        op->after.id = record.id;
        op->after.version = record.version;
        op->after.withdrawn = op->type == WH_SIM_WITHDRAW;
        op->state = WH_SIM_IN_BATCH;
    }
    wh_arena_deinit(&arena);
}

static void run_op(struct wh_sim_node *node, struct wh_engine *engine, struct wh_sim_op *op)
{
    struct wh_error err;
    int rc = 0;
    switch (op->type) {
    case WH_SIM_IMPORT: rc = import_units(node, engine); break;
    case WH_SIM_ISSUE: rc = issue(node, engine); break;
    case WH_SIM_INVITE: rc = invite(node, engine, op->child); break;
    case WH_SIM_REVOKE: rc = revoke(node, engine, op->child); break;
    case WH_SIM_LATER:
        rc = wh_later_put(node, engine, op->record, &err);
        rc = tolerate(node, engine, rc, &err, "a later release could not write");
        break;
    case WH_SIM_ADD:
    case WH_SIM_CHANGE:
    case WH_SIM_WITHDRAW: enter(node, engine, op); return;
    }
    if (rc == 0) op->state = WH_SIM_IN_BATCH;
}

void wh_work_requests(void *context, struct wh_engine *engine)
{
    struct wh_sim_node *node = context;
    wh_operators_act(node);
    for (uint32_t i = 0; i < node->ops_count && i < OPS_PER_TURN_MAX; i++) {
        if (node->ops[i].state == WH_SIM_WAITS) run_op(node, engine, &node->ops[i]);
    }
}

/* "Saved." */
static void apply(struct wh_sim_node *node, const struct wh_sim_op *op)
{
    if (op->type == WH_SIM_REVOKE) wh_member_revoked(&node->sim->nodes[op->child]);
    if (op->type == WH_SIM_LATER) wh_later_saved(node, op->record);
    if (op->type < WH_SIM_ADD) return;
    if (op->type != WH_SIM_ADD) {
        node->records[op->record] = op->after;
        return;
    }
    node->records =
        wh_memory_resize(node->records, node->records_count + 1, sizeof(*node->records));
    node->records[node->records_count++] = op->after;
}

static const char *const op_words[] = {"import", "issue", "invite", "revoke",
                                       "later",  "add",   "change", "withdraw"};

void wh_work_committed(void *context, int rc, const struct wh_error *err)
{
    struct wh_sim_node *node = context;
    bool dead = *wh_memory_store_is_dead(node->store);
    uint32_t i = 0;
    (void)err;
    while (i < node->ops_count) {
        struct wh_sim_op *op = &node->ops[i];
        if (op->state != WH_SIM_IN_BATCH) {
            i++;
        } else if (dead || rc < 0) {
            op->state = dead ? WH_SIM_UNCERTAIN : WH_SIM_WAITS;
            i++;
        } else {
            wh_sim_note(node->sim, node, "saved: %s version %" PRIu64, op_words[op->type],
                        op->after.version);
            apply(node, op);
            remove_op(node, i);
        }
    }
    if (rc < 0) wh_sim_note(node->sim, node, "commit failed");
}

/* ---- After a power cut ---- */

void wh_work_power_cut(struct wh_sim_node *node)
{
    for (uint32_t i = 0; i < node->ops_count; i++) {
        if (node->ops[i].state == WH_SIM_IN_BATCH) node->ops[i].state = WH_SIM_UNCERTAIN;
    }
}

static bool was_saved(struct wh_sim_node *node, const struct wh_sim_op *op)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_record found;
    struct wh_error err;
    bool saved = wh_record_find(node->engine, op->after.id, &arena, &found, &err) == 0 &&
                 found.version == op->after.version;
    wh_arena_deinit(&arena);
    return saved;
}

void wh_work_look_again(struct wh_sim_node *node)
{
    struct wh_memory_breakage sound = {0, 0, 0}, former;
    uint32_t i = 0;
    former = wh_memory_store_break(node->store, sound); /* no fault may hide what was saved */
    while (i < node->ops_count) {
        struct wh_sim_op *op = &node->ops[i];
        if (op->state == WH_SIM_UNCERTAIN && op->type >= WH_SIM_ADD && was_saved(node, op)) {
            apply(node, op);
            remove_op(node, i);
            continue;
        }
        op->state = WH_SIM_WAITS;
        i++;
    }
    (void)wh_memory_store_break(node->store, former);
}

int wh_work_measure(void *context, const struct wh_cell *cell, const struct wh_kind *kind,
                    struct wh_measurement *ret, struct wh_error *err)
{
    struct wh_sim_node *node = context;
    return wh_plain_measure(node->engine, cell, kind, ret, err);
}

void wh_work_free(struct wh_sim_node *node)
{
    wh_memory_free(node->ops);
    wh_memory_free(node->records);
}
