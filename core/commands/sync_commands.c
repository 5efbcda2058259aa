/* sync status|now|retry|doubts|resolve, and wait. */
#include <stdio.h>

#include "base/date.h"
#include "base/limits.h"
#include "commands/handlers.h"
#include "commands/link_words.h"
#include "engine/cells.h"
#include "engine/doubts.h"
#include "engine/verify.h"
#include "model/key.h"

int wh_run_sync_status(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_link_status link;
    (void)err;
    for (uint32_t i = 0; wh_link_status(desk->engine, i, &link); i++) {
        struct wh_value row[] = {
            wh_value_text(wh_link_peer(desk, &link)),
            wh_value_text(link.role == WH_LINK_TO_PARENT ? WH_S("parent") : WH_S("child")),
            wh_value_text(wh_span_of(wh_link_word(&link))),
            wh_value_text(wh_link_reason(desk, call, &link)),
            wh_value_number(WH_INTEGER, link.doubts.count),
            wh_value_number(WH_INTEGER, (int64_t)link.pending),
            wh_value_number(WH_INTEGER, (int64_t)link.cursor),
            link.last_ack_ms > 0 ? wh_value_number(WH_TIME, link.last_ack_ms) : wh_value_null(),
            wh_value_number(WH_INTEGER, (int64_t)link.rejected),
            wh_value_number(WH_INTEGER, link.skew_ms),
        };
        wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    }
    return 0;
}

int wh_run_sync_now(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_link_status link;
    bool has_parent = wh_link_status(desk->engine, 0, &link) && link.role == WH_LINK_TO_PARENT;
    enum wh_message message = WH_MSG_SYNC_NOW_TRIES;
    (void)err;
    if (!has_parent) {
        wh_reply_note(call, WH_MSG_SYNC_NO_PARENT, NULL);
        return 0;
    }
    if (link.state == WH_LINK_UP || link.state == WH_LINK_DIVERGED) message = WH_MSG_SYNC_NOW_UP;
    if (link.state == WH_LINK_REFUSED) message = WH_MSG_SYNC_NOW_REFUSED;
    wh_reply_note(
        call, message,
        WH_ARGS(wh_arg_s(wh_link_peer(desk, &link)), wh_arg_s(wh_link_reason(desk, call, &link))));
    wh_links_hurry(desk->engine);
    return 0;
}

int wh_run_sync_retry(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_value rows;
    uint32_t count;
    int rc = wh_links_retry_rejects(desk->engine, &count, err);
    if (rc < 0) return rc;
    rows = wh_value_number(WH_INTEGER, count);
    wh_reply_row(call, &rows, 1);
    return 0;
}

/* ---- wait ---- */

struct waiting {
    int64_t until_ms;
    uint64_t nonce;
};

static enum wh_message what_is_missing(struct wh_desk *desk, const struct waiting *waiting)
{
    if (!wh_cells_all_measured(desk->engine)) return WH_MSG_WAIT_MEASURE;
    if (wh_links_join_denied(desk->engine)) return WH_MSG_TOKEN_USED;
    if (wh_links_joining(desk->engine)) return WH_MSG_WAIT_JOIN;
    if (!wh_links_sent_all(desk->engine)) return WH_MSG_WAIT_SEND;
    if (!wh_links_settled(desk->engine, waiting->nonce)) return WH_MSG_WAIT_RECEIVE;
    return WH_MESSAGES_COUNT;
}

/* All that could be sent was: the contract's 0. What neither side took is said beside it. */
static void tell_unsettled(struct wh_desk *desk, struct wh_call *call)
{
    static const struct wh_column columns[] = {
        {"doubts", {"存疑", "In doubt"}, WH_INTEGER, 0},
        {"refused", {"被拒", "Refused"}, WH_INTEGER, 0},
    };
    const struct wh_list list = WH_LIST(columns);
    struct wh_known_doubt *known;
    struct wh_link_status link;
    int64_t doubts = wh_doubts_known(desk->engine, &call->arena, &known), refused = 0;
    for (uint32_t i = 0; wh_link_status(desk->engine, i, &link); i++) {
        refused += (int64_t)link.rejected;
    }
    if (doubts == 0 && refused == 0) return;
    struct wh_value row[] = {wh_value_number(WH_INTEGER, doubts),
                             wh_value_number(WH_INTEGER, refused)};
    wh_reply_columns(call, &list);
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    wh_reply_note(call, WH_MSG_WAIT_UNSETTLED, WH_ARGS(wh_arg_n(doubts), wh_arg_n(refused)));
}

int wh_run_wait(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct waiting *waiting = call->state;
    int64_t timeout_s = wh_call_number(call, "timeout", 60);
    enum wh_message missing;
    struct wh_link_status parent;
    if (!wh_call_has(call, "synced")) return 0;
    if (!waiting) {
        waiting = wh_arena_new(&call->arena, 1, sizeof(*waiting));
        if (timeout_s < 0 || timeout_s > 86400 * 7) timeout_s = 86400 * 7;
        waiting->until_ms = wh_engine_now(desk->engine).mono_ms + timeout_s * 1000;
        waiting->nonce = wh_links_ask_barrier(desk->engine);
        call->state = waiting;
        return WH_CALL_AGAIN;
    }
    missing = what_is_missing(desk, waiting);
    if (missing == WH_MESSAGES_COUNT) {
        tell_unsettled(desk, call);
        return 0;
    }
    if (wh_engine_now(desk->engine).mono_ms < waiting->until_ms) return WH_CALL_AGAIN;
    if (wh_link_status(desk->engine, 0, &parent) && parent.role == WH_LINK_TO_PARENT &&
        parent.state == WH_LINK_REFUSED && missing == WH_MSG_WAIT_SEND) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_WAIT_REFUSED,
                       WH_ARGS(wh_arg_n(timeout_s), wh_arg_s(wh_link_reason(desk, call, &parent))));
    }
    return wh_fail(err, WH_E_FAILED, missing, WH_ARGS(wh_arg_n(timeout_s)));
}

/* ---- verify ---- */

static void reply_check(struct wh_call *call, const char *name,
                        const struct wh_check_result *result)
{
    struct wh_value row[] = {
        wh_value_text(wh_span_of(name)),
        wh_value_number(WH_INTEGER, (int64_t)result->rows),
        wh_value_number(WH_INTEGER, (int64_t)result->differ),
        wh_value_number(WH_INTEGER, (int64_t)result->repaired),
        wh_value_number(WH_INTEGER, (int64_t)result->broken),
        wh_value_number(WH_INTEGER, (int64_t)result->refused),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

int wh_run_sync_verify(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    static const char *const names[WH_CHECKS] = {"index", "up", "down"};
    const struct wh_check_result *results;
    int64_t refused = 0;
    int rc;
    if (!call->state) {
        wh_verify_begin(desk->engine);
        call->state = call; /* it has begun */
    }
    rc = wh_verify_step(desk->engine, err);
    if (rc == 1) return WH_CALL_AGAIN;
    results = wh_verify_results(desk->engine);
    for (int i = 0; i < WH_CHECKS; i++) {
        if (results[i].done) reply_check(call, names[i], &results[i]);
        refused += (int64_t)results[i].refused;
    }
    if (refused > 0) {
        (void)wh_fail(&call->but, WH_E_SOME_REFUSED, WH_MSG_VERIFY_FOREIGN,
                      WH_ARGS(wh_arg_n(refused)));
    }
    return rc;
}

/* ---- Doubts ---- */

/* What a row of doubt is about: a summary's quarter and facet. */
static struct wh_span about(struct wh_call *call, const struct wh_doubt *doubt)
{
    char quarter_text[WH_QUARTER_TEXT_SIZE], text[WH_QUARTER_TEXT_SIZE + WH_NAME_BYTES_MAX + 2];
    struct wh_span unit, facet, origin;
    int32_t quarter;
    if (doubt->table != WH_TABLE_SUMMARY ||
        wh_row_key_summary_read(doubt->key, &unit, &quarter, &facet, &origin) < 0) {
        return WH_SPAN_EMPTY;
    }
    wh_quarter_format(quarter, quarter_text);
    (void)snprintf(text, sizeof(text), "%s %.*s", quarter_text, (int)facet.len, facet.data);
    return wh_arena_copy(&call->arena, wh_span_of(text));
}

/* Of a row that this node holds itself: nobody. */
static struct wh_span told_by(struct wh_desk *desk, struct wh_span teller)
{
    struct wh_link_status parent = {.peer = WH_SPAN_EMPTY};
    if (!teller.data || teller.len > 0) return teller;
    return wh_link_peer(desk, &parent);
}

int wh_run_sync_doubts(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_known_doubt *known;
    uint32_t count = wh_doubts_known(desk->engine, &call->arena, &known);
    (void)err;
    for (uint32_t i = 0; i < count; i++) {
        const struct wh_doubt *doubt = &known[i].doubt;
        struct wh_span key = doubt->key, unit, what = about(call, doubt);
        struct wh_value row[] = {
            wh_value_text(doubt->origin),
            wh_key_take_text(&key, &unit) == 0 ? wh_value_text(unit) : wh_value_null(),
            wh_value_text(wh_span_of(wh_table_word(doubt->table))),
            what.len > 0 ? wh_value_text(what) : wh_value_null(),
            wh_value_number(WH_INTEGER, (int64_t)doubt->counter),
            wh_value_text(told_by(desk, known[i].teller)),
        };
        wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    }
    return 0;
}

int wh_run_sync_resolve(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_value row;
    uint32_t count;
    int rc;
    if (!wh_call_has(call, "mine")) return wh_fail(err, WH_E_USAGE, WH_MSG_CHOOSE_MINE, NULL);
    rc = wh_doubts_settle(desk->engine, &count, err);
    if (rc < 0) return rc;
    wh_links_hurry(desk->engine);
    row = wh_value_number(WH_INTEGER, count);
    wh_reply_row(call, &row, 1);
    return 0;
}
