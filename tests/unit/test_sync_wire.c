#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"
#include "chance.h"
#include "sync/wire.h"

static Wh__Frame ping_frame(Wh__Ping *ping)
{
    Wh__Frame frame = WH__FRAME__INIT;
    wh__ping__init(ping);
    ping->nonce = 7;
    frame.body_case = WH__FRAME__BODY_PING;
    frame.ping = ping;
    return frame;
}

static void a_frame_reads_back_as_it_was_packed(void **state)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Ping ping;
    Wh__Frame frame = ping_frame(&ping);
    const Wh__Frame *back = NULL;
    (void)state;
    assert_int_equal(wh_frame_read(wh_frame_pack(&frame, &arena), &arena, &back), 0);
    assert_int_equal(back->body_case, WH__FRAME__BODY_PING);
    assert_int_equal(back->ping->nonce, 7);
    wh_arena_deinit(&arena);
}

static void assert_refused(const Wh__Frame *frame)
{
    struct wh_arena arena = {NULL, 0};
    const Wh__Frame *back = NULL;
    assert_int_equal(wh_frame_read(wh_frame_pack(frame, &arena), &arena, &back), WH_E_CORRUPT);
    assert_null(back);
    wh_arena_deinit(&arena);
}

/* protobuf leaves parts out at will; the link would follow a null pointer. */
static void frames_that_lack_what_the_link_needs_are_refused(void **state)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Hello hello = WH__HELLO__INIT;
    Wh__Welcome welcome = WH__WELCOME__INIT;
    Wh__Push push = WH__PUSH__INIT;
    Wh__Ack ack = WH__ACK__INIT;
    Wh__Enrol enrol = WH__ENROL__INIT;
    Wh__Position position = WH__POSITION__INIT, *one[] = {&position};
    Wh__Holding holding = WH__HOLDING__INIT;
    (void)state;
    assert_refused(&frame); /* no body */
    hello.head = &position;
    frame.body_case = WH__FRAME__BODY_HELLO;
    frame.hello = &hello;
    assert_refused(&frame); /* no holding */
    hello.holding = &holding;
    assert_refused(&frame); /* no cursors */
    holding.n_cursors = 1;
    holding.cursors = one;
    holding.seen = &position;
    assert_refused(&frame); /* one cursor */
    frame.body_case = WH__FRAME__BODY_WELCOME;
    frame.welcome = &welcome;
    assert_refused(&frame);
    frame.body_case = WH__FRAME__BODY_PUSH;
    frame.push = &push;
    push.after = push.last = &position;
    assert_refused(&frame); /* no head */
    push.head = &position;
    push.lane = 2;
    assert_refused(&frame); /* no such lane */
    frame.body_case = WH__FRAME__BODY_ACK;
    frame.ack = &ack;
    assert_refused(&frame);
    frame.body_case = WH__FRAME__BODY_ENROL;
    frame.enrol = &enrol;
    assert_refused(&frame); /* no key */
}

static void bytes_from_nowhere_are_an_error(void **state)
{
    struct wh_chance chance = {1};
    struct wh_arena arena = {NULL, 0};
    const Wh__Frame *back = NULL;
    (void)state;
    assert_int_equal(wh_frame_read(WH_SPAN_EMPTY, &arena, &back), WH_E_CORRUPT);
    assert_int_equal(wh_frame_read(wh_span("x", WH_FRAME_BYTES_MAX + 1), &arena, &back),
                     WH_E_TOO_BIG); /* told by its length alone */
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        uint32_t len = wh_chance_below(&chance, sizeof(bytes));
        int rc;
        for (uint32_t i = 0; i < len; i++) bytes[i] = (char)wh_chance_next(&chance);
        rc = wh_frame_read(wh_span(bytes, len), &arena, &back);
        assert_true(rc == 0 || rc == WH_E_CORRUPT);
        wh_arena_clear(&arena);
    }
    wh_arena_deinit(&arena);
}

static void rows_read_back_as_they_were_compressed(void **state)
{
    struct wh_chance chance = {2};
    struct wh_arena arena = {NULL, 0};
    char bytes[4000] = {0};
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct wh_span rows[40], *back, packed;
        uint32_t count = wh_chance_below(&chance, 40), size, back_count;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t from = wh_chance_below(&chance, 2000);
            bytes[wh_chance_below(&chance, sizeof(bytes))] = (char)wh_chance_next(&chance);
            rows[i] = wh_span(bytes + from, wh_chance_below(&chance, 2000));
        }
        packed = wh_rows_compress(rows, count, &arena, &size);
        assert_int_equal(wh_rows_inflate(packed, size, &arena, &back, &back_count), 0);
        assert_int_equal(back_count, count);
        for (uint32_t i = 0; i < count; i++) assert_true(wh_span_equal(rows[i], back[i]));
        wh_arena_clear(&arena);
    }
    wh_arena_deinit(&arena);
}

static void a_bomb_is_refused_before_it_is_inflated(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span row = {wh_arena_new(&arena, 1000000, 1), 1000000}, packed, *back;
    uint32_t size, count;
    (void)state;
    packed = wh_rows_compress(&row, 1, &arena, &size);
    assert_true(packed.len < 1000);
    assert_int_equal(wh_rows_inflate(packed, WH_ROWS_BYTES_MAX + 1, &arena, &back, &count),
                     WH_E_TOO_BIG);
    assert_int_equal(wh_rows_inflate(packed, size - 1, &arena, &back, &count), WH_E_CORRUPT);
    assert_int_equal(wh_rows_inflate(packed, size + 1, &arena, &back, &count), WH_E_CORRUPT);
    assert_int_equal(wh_rows_inflate(packed, 10, &arena, &back, &count), WH_E_CORRUPT);
    wh_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_reads_back_as_it_was_packed),
        cmocka_unit_test(frames_that_lack_what_the_link_needs_are_refused),
        cmocka_unit_test(bytes_from_nowhere_are_an_error),
        cmocka_unit_test(rows_read_back_as_they_were_compressed),
        cmocka_unit_test(a_bomb_is_refused_before_it_is_inflated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
