#include "engine/verify.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/links.h"
#include "engine/rejects.h"
#include "engine/shared_rows.h"
#include "model/key.h"
#include "sync/digest.h"
#include "sync/wire.h"

#define ANSWER_MS_MAX 60000
#define RANGES_OPEN_MAX 4096u /* more differences than that are found by the next run */

struct range {
    struct wh_span from;
    struct wh_span to; /* empty: to the end */
};

struct wh_verify {
    enum wh_check check;
    struct wh_check_result results[WH_CHECKS];
    struct wh_tuple at;                 /* of the check of the feeds */
    struct wh_arena arena;              /* of the check under way */
    struct range open[RANGES_OPEN_MAX]; /* that differ, or were not looked at */
    uint32_t open_count;
    struct range asked;
    struct wh_span wanted[WH_RANGE_VERSIONS_MAX]; /* keys of rows to ask for */
    uint32_t wanted_count;
    uint64_t id; /* of the question that waits for its answer; 0: none */
    int64_t asked_ms;
    int64_t begun_ms; /* waiting until the parent has all */
    uint64_t ids;
};

void wh_verify_begin(struct wh_engine *engine)
{
    wh_verify_free(engine->verify);
    engine->verify = wh_memory_new(1, sizeof(*engine->verify));
    engine->verify->begun_ms = engine->now.mono_ms;
}

void wh_verify_free(struct wh_verify *verify)
{
    if (!verify) return;
    wh_arena_deinit(&verify->arena);
    wh_memory_free(verify);
}

const struct wh_check_result *wh_verify_results(const struct wh_engine *engine)
{
    return engine->verify->results;
}

/* ---- Asking ---- */

static struct wh_check_result *result_of(struct wh_verify *verify)
{
    return &verify->results[verify->check];
}

static struct wh_shared shared_of(const struct wh_verify *verify)
{
    return (struct wh_shared){.feed = verify->check == WH_CHECK_UP ? WH_FEED_UP : WH_FEED_DOWN};
}

static ProtobufCBinaryData bytes_of(struct wh_span span)
{
    return (ProtobufCBinaryData){span.len, (uint8_t *)(uintptr_t)span.data};
}

static void ask(struct wh_engine *engine)
{
    struct wh_verify *verify = engine->verify;
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Ask question = WH__ASK__INIT;
    ProtobufCBinaryData keys[WH_RANGE_VERSIONS_MAX];
    question.id = verify->id = ++verify->ids;
    question.feed = shared_of(verify).feed;
    if (verify->wanted_count > 0) {
        for (uint32_t i = 0; i < verify->wanted_count; i++) keys[i] = bytes_of(verify->wanted[i]);
        question.n_keys = verify->wanted_count;
        question.keys = keys;
    } else {
        verify->asked = verify->open[--verify->open_count];
        question.from = bytes_of(verify->asked.from);
        question.to = bytes_of(verify->asked.to);
    }
    verify->asked_ms = engine->now.mono_ms;
    frame.body_case = WH__FRAME__BODY_ASK;
    frame.ask = &question;
    (void)engine->net.ops->send(engine->net.self, WH_ROUTE_PARENT,
                                wh_frame_pack(&frame, &engine->scratch));
}

static void begin_check(struct wh_engine *engine, enum wh_check check)
{
    struct wh_verify *verify = engine->verify;
    result_of(verify)->done = true;
    wh_arena_clear(&verify->arena);
    verify->check = check;
    verify->open_count = 0;
    if (check == WH_CHECKS) return;
    verify->open[verify->open_count++] = (struct range){WH_SPAN_EMPTY, WH_SPAN_EMPTY};
}

static int fail_unanswered(struct wh_error *err)
{
    return wh_fail(err, WH_E_UNREACHABLE, WH_MSG_VERIFY_NO_ANSWER,
                   WH_ARGS(wh_arg_n(ANSWER_MS_MAX / 1000)));
}

/* A row under way is no difference: first the parent has to have all that was sent. */
static int step_with_parent(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_verify *verify = engine->verify;
    int64_t since = verify->id != 0 ? verify->asked_ms : verify->begun_ms;
    if (!engine->parent) {
        begin_check(engine, WH_CHECKS);
        return 0;
    }
    if (engine->parent->link.state == WH_LINK_REFUSED) {
        return wh_fail(err, WH_E_UNREACHABLE, WH_MSG_VERIFY_REFUSED, NULL);
    }
    if (engine->parent->link.state == WH_LINK_UP &&
        !(engine->parent->link.features & WH_FEATURE_DIGESTS)) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_VERIFY_OLDER,
                       WH_ARGS(wh_arg_c(engine->parent->link.program)));
    }
    if (engine->parent->link.state != WH_LINK_UP || verify->id != 0 ||
        (verify->ids == 0 && !wh_links_sent_all(engine))) {
        return engine->now.mono_ms >= since + ANSWER_MS_MAX ? fail_unanswered(err) : 1;
    }
    if (verify->wanted_count == 0 && verify->open_count == 0) {
        begin_check(engine, verify->check + 1);
        return verify->check == WH_CHECKS ? 0 : 1;
    }
    ask(engine);
    return 1;
}

int wh_verify_step(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_verify *verify = engine->verify;
    int rc;
    if (verify->check == WH_CHECKS) return 0;
    if (verify->check != WH_CHECK_FEEDS) return step_with_parent(engine, err);
    rc = wh_feed_check(engine, &verify->at, result_of(verify), err);
    engine->more_work = true; /* else it waits for an answer, not for the next turn */
    if (rc != 0) return rc;
    begin_check(engine, WH_CHECK_UP);
    return 1;
}

/* ---- Comparing ---- */

static void open_range(struct wh_verify *verify, struct wh_span from, struct wh_span to)
{
    if (verify->open_count == RANGES_OPEN_MAX) return;
    verify->open[verify->open_count++] =
        (struct range){wh_arena_copy(&verify->arena, from), wh_arena_copy(&verify->arena, to)};
}

static int add_row(void *context, struct wh_span key, const struct wh_row *row)
{
    struct wh_fingerprint *fingerprint = context;
    if (row->packed.data) wh_fingerprint_add(fingerprint, key, row->counter, row->term);
    return 0;
}

static int compare_ranges(struct wh_engine *engine, const Wh__Digest *digest, struct wh_error *err)
{
    struct wh_verify *verify = engine->verify;
    struct wh_shared shared = shared_of(verify);
    struct wh_span from = verify->asked.from;
    for (size_t i = 0; i < digest->n_ranges && i <= WH_RANGES_MAX; i++) {
        const Wh__Range *range = digest->ranges[i];
        struct wh_fingerprint theirs = {range->count, range->sum_high, range->sum_low};
        struct wh_fingerprint ours = {0, 0, 0};
        struct wh_span to = wh_span(range->to.data, range->to.len);
        int rc = wh_shared_scan(engine, &shared, from, to, add_row, &ours, err);
        if (rc < 0) return rc;
        if (wh_fingerprint_equal(ours, theirs)) {
            result_of(verify)->rows += ours.count;
        } else {
            open_range(verify, from, to);
        }
        from = to;
    }
    return 0;
}

struct comparing {
    struct wh_engine *engine;
    const Wh__Digest *digest;
    size_t next; /* of the versions that were told */
    struct wh_error *err;
};

static void want(struct wh_verify *verify, struct wh_span key)
{
    result_of(verify)->differ++;
    if (verify->wanted_count == WH_RANGE_VERSIONS_MAX) return; /* the next run finds it */
    verify->wanted[verify->wanted_count++] = wh_arena_copy(&verify->arena, key);
}

static struct wh_span told_key(const struct comparing *comparing)
{
    const Wh__Version *version = comparing->digest->versions[comparing->next];
    return wh_span(version->key.data, version->key.len);
}

/* This node holds what the parent does not hold, or holds older. What it refused before it would
 * refuse again. */
static int is_ahead(struct comparing *comparing, const struct wh_row *row)
{
    struct wh_engine *engine = comparing->engine;
    struct wh_check_result *result = result_of(engine->verify);
    bool refused = false;
    int rc = 0;
    result->differ++;
    if (engine->verify->check != WH_CHECK_UP) return 0; /* its own parent gives it what it lost */
    if (engine->parent)
        rc = wh_reject_is_out(engine, engine->parent, row, &refused, comparing->err);
    if (rc < 0) return rc;
    if (refused) {
        result->refused++;
        return 0;
    }
    result->repaired++;
    return wh_row_offer_again(engine, row->table, row->key, comparing->err);
}

static int compare_row(void *context, struct wh_span key, const struct wh_row *row)
{
    struct comparing *comparing = context;
    struct wh_verify *verify = comparing->engine->verify;
    const Wh__Digest *digest = comparing->digest;
    const Wh__Version *version;
    if (!row->packed.data) return 0; /* asked for, if the parent has it */
    result_of(verify)->rows++;
    while (comparing->next < digest->n_versions && wh_span_compare(told_key(comparing), key) < 0) {
        want(verify, told_key(comparing));
        comparing->next++;
    }
    if (comparing->next == digest->n_versions || wh_span_compare(told_key(comparing), key) > 0) {
        return is_ahead(comparing, row);
    }
    version = digest->versions[comparing->next++];
    if (version->counter == row->counter && version->term == row->term) return 0;
    if (version->counter <= row->counter) return is_ahead(comparing, row);
    want(verify, key);
    return 0;
}

static int compare_versions(struct wh_engine *engine, const Wh__Digest *digest,
                            struct wh_error *err)
{
    struct comparing comparing = {.engine = engine, .digest = digest, .err = err};
    struct wh_shared shared = shared_of(engine->verify);
    struct range asked = engine->verify->asked;
    int rc = wh_shared_scan(engine, &shared, asked.from, asked.to, compare_row, &comparing, err);
    while (rc == 0 && comparing.next < digest->n_versions) {
        want(engine->verify, told_key(&comparing));
        comparing.next++;
    }
    return rc;
}

void wh_verify_on_digest(struct wh_engine *engine, const Wh__Digest *digest)
{
    struct wh_error err;
    int rc;
    if (!engine->verify || engine->verify->id == 0 || digest->id != engine->verify->id) return;
    engine->verify->id = 0;
    rc = digest->n_ranges > 0 ? compare_ranges(engine, digest, &err)
                              : compare_versions(engine, digest, &err);
    if (rc < 0) wh_engine_abandon_turn(engine, &err);
}

/* ---- Taking ---- */

/* Own rows come back only where this store's history wrote them. */
static bool may_take(struct wh_engine *engine, const struct wh_row *row)
{
    struct wh_history history = {engine->marks, engine->safe_marks_count};
    struct wh_shared shared = shared_of(engine->verify);
    struct wh_position position = {row->term, row->counter};
    if (!wh_shared_holds(engine, &shared, row)) return false;
    if (engine->verify->check == WH_CHECK_DOWN) {
        return wh_authority_of_parent(row, engine->home) == WH_REJECT_NONE;
    }
    return !wh_span_equal(row->origin, engine->home) ||
           wh_history_holds(history, engine->safe_head, position);
}

/* What is refused here stays different, however often it is asked for. */
static int take_given(struct wh_engine *engine, struct wh_span packed, struct wh_error *err)
{
    struct wh_check_result *result = result_of(engine->verify);
    struct wh_row row;
    enum wh_reject reject = WH_REJECT_NONE;
    int rc;
    if (wh_row_read(packed, &engine->scratch, &row) < 0) return 0;
    if (!may_take(engine, &row)) {
        result->refused++;
        return 0;
    }
    rc = wh_row_take(engine, &row, &reject, err);
    if (rc < 0) return rc;
    if (reject != WH_REJECT_NONE) {
        result->refused++;
        return 0;
    }
    result->repaired++;
    return engine->parent ? wh_reject_taken(engine, engine->parent, &row, err) : 0;
}

void wh_verify_on_given(struct wh_engine *engine, const Wh__Given *given)
{
    struct wh_span *rows;
    struct wh_error err;
    uint32_t count;
    if (!engine->verify || engine->verify->id == 0 || given->id != engine->verify->id) return;
    engine->verify->id = 0;
    engine->verify->wanted_count = 0;
    if (wh_rows_inflate(wh_span(given->rows.data, given->rows.len), given->rows_size,
                        &engine->scratch, &rows, &count) < 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (take_given(engine, rows[i], &err) == 0) continue;
        wh_engine_abandon_turn(engine, &err);
        return;
    }
}
