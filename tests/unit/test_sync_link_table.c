/* The table state x event -> action of core/sync/README.md is what the code does: each cell is
 * tried, and the table that comes out is compared with the page. `--print` prints it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link_bench.h"

#define PAGE WH_SOURCE_DIR "/core/sync/README.md"

static const struct wh_holding held = {
    .cursors = {{TERM, 50}, {TERM, 50}},
    .seen = {TERM, 50},
};

/* ---- Events ---- */

static void plain_event(struct bench *bench, enum wh_event_type type)
{
    step(bench, (struct wh_event){.type = type, .committed = held, .nonce = 7});
}

static void connected(struct bench *bench)
{
    plain_event(bench, WH_EVENT_CONNECTED);
}
static void lost(struct bench *bench)
{
    plain_event(bench, WH_EVENT_LOST);
}
static void denied(struct bench *bench)
{
    plain_event(bench, WH_EVENT_DENIED);
}
static void committed(struct bench *bench)
{
    plain_event(bench, WH_EVENT_COMMITTED);
}
static void commit_failed(struct bench *bench)
{
    plain_event(bench, WH_EVENT_COMMIT_FAILED);
}
static void reconnect(struct bench *bench)
{
    plain_event(bench, WH_EVENT_RECONNECT);
}
static void branched(struct bench *bench)
{
    plain_event(bench, WH_EVENT_BRANCHED);
}
static void still_refused(struct bench *bench)
{
    plain_event(bench, WH_EVENT_STILL_REFUSED);
}
static void barrier_asked(struct bench *bench)
{
    plain_event(bench, WH_EVENT_BARRIER);
}
static void hello(struct bench *bench)
{
    receive_hello(bench, holding(bench, OWN_TERM, 3, 3));
}
static void hello_strange(struct bench *bench)
{
    receive_hello(bench, holding(bench, OWN_TERM, 3, 90));
}
static void hello_given_up(struct bench *bench)
{
    bench->abandoned = OWN_TERM;
    hello(bench);
}
static void welcome(struct bench *bench)
{
    receive_welcome(bench, holding(bench, OWN_TERM, 3, 3));
}
static void welcome_strange(struct bench *bench)
{
    receive_welcome(bench, holding(bench, OWN_TERM, 3, 90));
}
static void refuse(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_REFUSE);
}
static void push(struct bench *bench)
{
    receive_push(bench, TERM, 50, 60);
}
static void push_known(struct bench *bench)
{
    receive_push(bench, TERM, 20, 30);
}
static void push_gap(struct bench *bench)
{
    receive_push(bench, TERM, 55, 60);
}
static void push_strange(struct bench *bench)
{
    receive_push(bench, TERM + 1, 40, 60);
}
static void push_branch(struct bench *bench)
{
    bench->abandons = TERM;
    receive_push(bench, TERM + 1, 0, 40);
}
static void ack(struct bench *bench)
{
    receive_ack(bench, 5, 0);
}
static void ack_gap(struct bench *bench)
{
    receive_ack(bench, 2, 1);
}
static void ping(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_PING);
}
static void pong(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_PONG);
}
static void bye(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_BYE);
}
static void barrier(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_BARRIER);
}
static void settled(struct bench *bench)
{
    receive_plain(bench, WH__FRAME__BODY_SETTLED);
}

static void feed_moved(struct bench *bench)
{
    bench->self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(bench, 10, WH_EVENT_TICK);
}

static void deadline(struct bench *bench)
{
    int64_t at_ms = wh_link_deadline_ms(&bench->link);
    if (at_ms == INT64_MAX) at_ms = bench->now_ms + 1000000;
    after_ms(bench, at_ms - bench->now_ms, WH_EVENT_TICK);
}

static void silence(struct bench *bench)
{
    after_ms(bench, WH_DEAD_AFTER_MS, WH_EVENT_TICK);
}

static const struct {
    const char *name;
    void (*happens)(struct bench *bench);
} events[] = {
    {"connected", connected},
    {"lost", lost},
    {"denied", denied},
    {"Hello", hello},
    {"Hello: saw what we did not write", hello_strange},
    {"Hello: we were given up", hello_given_up},
    {"Welcome", welcome},
    {"Welcome: saw what we did not write", welcome_strange},
    {"Refuse", refuse},
    {"Push", push},
    {"Push that is held already", push_known},
    {"Push that leaves a gap", push_gap},
    {"Push of another history", push_strange},
    {"Push of a new branch", push_branch},
    {"Ack", ack},
    {"Ack: a gap", ack_gap},
    {"Ping", ping},
    {"Pong", pong},
    {"Bye", bye},
    {"Barrier", barrier},
    {"Settled", settled},
    {"the feed has moved", feed_moved},
    {"the deadline", deadline},
    {"nothing received for 70 s", silence},
    {"committed", committed},
    {"commit failed", commit_failed},
    {"the branch is on disk", branched},
    {"rows are still refused", still_refused},
    {"somebody waits for the parent", barrier_asked},
    {"an operator wants it now", reconnect},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

/* ---- Cells ---- */

static const char *const state_names[] = {
#define X(symbol, word, zh, en) [WH_LINK_##symbol] = #symbol,
    WH_LINK_STATES(X)
#undef X
};

static void put_lower(struct wh_buffer *page, const char *word)
{
    for (; *word; word++) {
        wh_buffer_put_byte(page, (uint8_t)(*word >= 'A' && *word <= 'Z' ? *word + 32 : *word));
    }
}

/* What a line of a trace is called in the table; the rest of it is figures. */
static const struct {
    const char *starts;
    const char *name;
} actions[] = {
    {"connect", "connect"}, {"disconnect", "disconnect"},
    {"hello", "hello"},     {"welcome", "welcome"},
    {"refuse", "refuse"},   {"push", "push"},
    {"ping", "ping"},       {"pong", "pong"},
    {"bye", "bye"},         {"barrier reached", "barrier reached"},
    {"barrier", "barrier"}, {"settled", "settled"},
    {"want", "cut"},        {"commit", "commit"},
    {"rejected", "reject"}, {"branch off", "branch off"},
};

static const char *action_of(struct wh_span line)
{
    if (wh_span_starts(line, WH_S("ack"))) {
        return line.len > 3 && memcmp(line.data + line.len - 3, "gap", 3) == 0 ? "ack: a gap"
                                                                               : "ack";
    }
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (wh_span_starts(line, wh_span_of(actions[i].starts))) return actions[i].name;
    }
    return "?";
}

static void put_actions(struct wh_buffer *page, struct wh_span trace)
{
    bool first = true;
    while (trace.len > 0) {
        const char *end = memchr(trace.data, '\n', trace.len);
        struct wh_span line = wh_span(trace.data, end ? (size_t)(end - trace.data) : trace.len);
        trace = wh_span_from(trace, line.len + (end ? 1 : 0));
        if (wh_span_starts(line, WH_S("note "))) continue; /* why, not what */
        wh_buffer_print(page, "%s%s", first ? "" : ", ", action_of(line));
        first = false;
    }
    if (first) wh_buffer_print(page, "-");
}

static void put_cell(struct wh_buffer *page, enum wh_link_role role, enum wh_link_state state,
                     size_t event)
{
    struct bench bench;
    bench_init(&bench, role, held);
    bench.link.state = state;
    bench.link.since_ms = bench.link.received_ms = bench.now_ms;
    bench.link.retry_at_ms = bench.now_ms + 5000;
    for (int lane = 0; lane < WH_LANES; lane++) {
        bench.link.sent[lane] = bench.link.pushed[lane] = bench.link.acked[lane] = 3;
    }
    events[event].happens(&bench);
    put_actions(page, wh_buffer_span(&bench.trace));
    if (bench.link.state != state) {
        wh_buffer_print(page, " -> ");
        put_lower(page, state_names[bench.link.state]);
    }
    bench_deinit(&bench);
}

static void put_table(struct wh_buffer *page, enum wh_link_role role, const char *title)
{
    static const enum wh_link_state of_child[] = {WH_LINK_DOWN,     WH_LINK_CONNECTING,
                                                  WH_LINK_GREETING, WH_LINK_UP,
                                                  WH_LINK_DIVERGED, WH_LINK_REFUSED};
    static const enum wh_link_state of_parent[] = {WH_LINK_DOWN, WH_LINK_UP, WH_LINK_DIVERGED,
                                                   WH_LINK_REFUSED};
    const enum wh_link_state *states = role == WH_LINK_TO_PARENT ? of_child : of_parent;
    size_t count = role == WH_LINK_TO_PARENT ? 6 : 4;
    wh_buffer_print(page, "| %s |", title);
    for (size_t i = 0; i < count; i++) {
        wh_buffer_print(page, " ");
        put_lower(page, state_names[states[i]]);
        wh_buffer_print(page, " |");
    }
    wh_buffer_print(page, "\n|");
    for (size_t i = 0; i <= count; i++) wh_buffer_print(page, " --- |");
    wh_buffer_print(page, "\n");
    for (size_t event = 0; event < EVENTS; event++) {
        wh_buffer_print(page, "| %s |", events[event].name);
        for (size_t i = 0; i < count; i++) {
            wh_buffer_print(page, " ");
            put_cell(page, role, states[i], event);
            wh_buffer_print(page, " |");
        }
        wh_buffer_print(page, "\n");
    }
}

static void put_tables(struct wh_buffer *page)
{
    put_table(page, WH_LINK_TO_PARENT, "child, towards its parent");
    wh_buffer_print(page, "\n");
    put_table(page, WH_LINK_TO_CHILD, "parent, towards a child");
    wh_buffer_put_byte(page, 0);
}

static void the_table_of_the_page_is_what_the_code_does(void **state)
{
    struct wh_buffer tables = {.data = NULL};
    FILE *file = fopen(PAGE, "rb");
    char *page = calloc(1, 1 << 18);
    (void)state;
    assert_non_null(file);
    assert_non_null(page);
    assert_true(fread(page, 1, (1 << 18) - 1, file) > 0);
    (void)fclose(file); /* only read */
    put_tables(&tables);
    if (!strstr(page, tables.data)) print_message("%s", (const char *)tables.data);
    assert_non_null(strstr(page, tables.data));
    wh_buffer_deinit(&tables);
    free(page);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_the_page_is_what_the_code_does),
    };
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        struct wh_buffer tables = {.data = NULL};
        put_tables(&tables);
        (void)fputs((const char *)tables.data, stdout);
        wh_buffer_deinit(&tables);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
