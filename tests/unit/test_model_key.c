#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "model/key.h"

#define ROUNDS 50000

/* A tuple of random shape; two of them with the same shape are compared part by part. */
enum part_type { U8, U64, I32, TEXT, PART_TYPES };

struct part {
    enum part_type type;
    uint64_t number;
    int32_t signed_number;
    char text[8];
};

struct shape {
    enum part_type types[4];
    int count;
};

static struct shape any_shape(struct wh_chance *chance)
{
    struct shape shape = {.count = 1 + (int)wh_chance_below(chance, 4)};
    for (int i = 0; i < shape.count; i++) {
        shape.types[i] = (enum part_type)wh_chance_below(chance, PART_TYPES);
    }
    return shape;
}

/* Often small or extreme, so that equal parts and borders occur. */
static uint64_t any_number(struct wh_chance *chance)
{
    static const uint64_t borders[] = {0, 1, 2, 127, 128, 255, 256, UINT64_MAX - 1, UINT64_MAX};
    if (wh_chance_is(chance, 7000)) return borders[wh_chance_below(chance, 9)];
    return wh_chance_next(chance);
}

static struct part any_part(struct wh_chance *chance, enum part_type type)
{
    struct part part = {.type = type, .number = any_number(chance)};
    uint32_t len = wh_chance_below(chance, 4);
    part.signed_number = (int32_t)(uint32_t)any_number(chance);
    if (wh_chance_is(chance, 2000)) part.signed_number = INT32_MIN;
    for (uint32_t i = 0; i < len; i++) part.text[i] = (char)(1 + wh_chance_below(chance, 3) * 127);
    return part;
}

static void put_part(struct wh_tuple *tuple, const struct part *part)
{
    switch (part->type) {
    case U8: wh_tuple_put_u8(tuple, (uint8_t)part->number); break;
    case U64: wh_tuple_put_u64(tuple, part->number); break;
    case I32: wh_tuple_put_i32(tuple, part->signed_number); break;
    default: wh_tuple_put_text(tuple, wh_span_of(part->text)); break;
    }
}

static int compare_parts(const struct part *a, const struct part *b)
{
    uint8_t a8 = (uint8_t)a->number, b8 = (uint8_t)b->number;
    switch (a->type) {
    case U8: return (a8 > b8) - (a8 < b8);
    case U64: return (a->number > b->number) - (a->number < b->number);
    case I32: return (a->signed_number > b->signed_number) - (a->signed_number < b->signed_number);
    default: return wh_span_compare(wh_span_of(a->text), wh_span_of(b->text));
    }
}

static void order_of_tuples_is_order_of_bytes(void **state)
{
    struct wh_chance chance = {1};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shape shape = any_shape(&chance);
        struct wh_tuple a, b;
        int order = 0;
        wh_tuple_clear(&a);
        wh_tuple_clear(&b);
        for (int i = 0; i < shape.count; i++) {
            struct part pa = any_part(&chance, shape.types[i]);
            struct part pb = wh_chance_is(&chance, 5000) ? pa : any_part(&chance, shape.types[i]);
            put_part(&a, &pa);
            put_part(&b, &pb);
            if (order == 0) order = compare_parts(&pa, &pb);
        }
        assert_int_equal(wh_span_compare(wh_tuple_span(&a), wh_tuple_span(&b)), order);
    }
}

static void take_and_compare(struct wh_span *key, const struct part *part)
{
    struct wh_span text;
    uint64_t number;
    int32_t signed_number;
    uint8_t byte;
    switch (part->type) {
    case U8:
        assert_int_equal(wh_key_take_u8(key, &byte), 0);
        assert_int_equal(byte, (uint8_t)part->number);
        break;
    case U64:
        assert_int_equal(wh_key_take_u64(key, &number), 0);
        assert_true(number == part->number);
        break;
    case I32:
        assert_int_equal(wh_key_take_i32(key, &signed_number), 0);
        assert_int_equal(signed_number, part->signed_number);
        break;
    default:
        assert_int_equal(wh_key_take_text(key, &text), 0);
        assert_true(wh_span_equal(text, wh_span_of(part->text)));
        break;
    }
}

static void take_reads_back_what_put_wrote(void **state)
{
    struct wh_chance chance = {2};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shape shape = any_shape(&chance);
        struct part parts[4];
        struct wh_tuple tuple;
        struct wh_span rest;
        wh_tuple_clear(&tuple);
        for (int i = 0; i < shape.count; i++) {
            parts[i] = any_part(&chance, shape.types[i]);
            put_part(&tuple, &parts[i]);
        }
        rest = wh_tuple_span(&tuple);
        for (int i = 0; i < shape.count; i++) take_and_compare(&rest, &parts[i]);
        assert_int_equal(rest.len, 0);
    }
}

static void a_part_that_is_cut_short_changes_nothing(void **state)
{
    struct wh_span key = WH_S("\x01\x02\x03"), kept = key, text;
    struct wh_id id;
    uint64_t number;
    int32_t signed_number;
    uint8_t byte;
    (void)state;
    assert_int_equal(wh_key_take_u64(&key, &number), WH_E_CORRUPT);
    assert_int_equal(wh_key_take_i32(&key, &signed_number), WH_E_CORRUPT);
    assert_int_equal(wh_key_take_text(&key, &text), WH_E_CORRUPT);
    assert_int_equal(wh_key_take_id(&key, &id), WH_E_CORRUPT);
    assert_true(key.data == kept.data && key.len == kept.len);
    key.len = 0;
    assert_int_equal(wh_key_take_u8(&key, &byte), WH_E_CORRUPT);
    assert_int_equal(wh_key_take_text(&key, &text), WH_E_CORRUPT);
}

static void the_key_above_a_prefix_parts_those_that_begin_with_it(void **state)
{
    struct wh_chance chance = {3};
    struct wh_tuple above;
    (void)state;
    assert_false(wh_tuple_above(WH_SPAN_EMPTY, &above));
    assert_false(wh_tuple_above(WH_S("\xFF\xFF"), &above));
    for (int round = 0; round < ROUNDS; round++) {
        char prefix[3], longer[6];
        for (int i = 0; i < 6; i++) longer[i] = (char)(wh_chance_below(&chance, 3) * 127 + 1);
        memcpy(prefix, longer, sizeof(prefix));
        if (!wh_tuple_above(wh_span(prefix, 3), &above)) continue;
        assert_true(wh_span_compare(wh_span(longer, 6), wh_tuple_span(&above)) < 0);
        assert_false(wh_span_starts(wh_tuple_span(&above), wh_span(prefix, 3)));
    }
}

/* A child's code begins with its parent's: cut before its zero, a text is the prefix of a subtree.
 */
static void a_subtree_of_units_is_one_range_of_keys(void **state)
{
    static const char *const inside[] = {"231182", "231182108", "231182108201", "231182E"};
    static const char *const outside[] = {"2311", "231181", "231183", "2312", "23118"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct wh_tuple key;
        wh_row_key_unit(&key, wh_span_of(inside[i]), WH_S("2311"));
        assert_true(wh_span_starts(wh_tuple_span(&key), WH_S("231182")));
    }
    for (size_t i = 0; i < 5; i++) {
        struct wh_tuple key;
        wh_row_key_unit(&key, wh_span_of(outside[i]), WH_S("2311"));
        assert_false(wh_span_starts(wh_tuple_span(&key), WH_S("231182")));
    }
}

static void the_keys_of_each_family_read_back(void **state)
{
    struct wh_tuple key;
    struct wh_span unit, kind, facet, origin;
    uint64_t seq;
    int64_t ms;
    int32_t quarter;
    (void)state;
    wh_key_cell(&key, WH_S("231182108"), 8105, WH_S("meeting"));
    assert_int_equal(wh_key_cell_read(wh_tuple_span(&key), &unit, &quarter, &kind), 0);
    assert_true(wh_span_equal(unit, WH_S("231182108")) && wh_span_equal(kind, WH_S("meeting")));
    assert_int_equal(quarter, 8105);
    wh_key_feed_up(&key, 0, UINT64_MAX);
    assert_int_equal(wh_key_feed_read(wh_tuple_span(&key), &seq), 0);
    assert_true(seq == UINT64_MAX);
    wh_key_feed_down(&key, 1, WH_S("231182108"), 7);
    assert_int_equal(wh_key_feed_read(wh_tuple_span(&key), &seq), 0);
    assert_true(seq == 7);
    assert_true(wh_key_feed_read(wh_span("\1\1", 2), &seq) < 0);
    for (int64_t moment = -3; moment <= 3; moment++) {
        wh_key_moment(&key, moment);
        assert_int_equal(wh_key_moment_read(wh_tuple_span(&key), &ms), 0);
        assert_int_equal(ms, moment);
    }
    wh_row_key_summary(&key, WH_S("231182108201"), 8105, WH_S("elder"), WH_S("231182108"));
    assert_int_equal(wh_row_key_summary_read(wh_tuple_span(&key), &unit, &quarter, &facet, &origin),
                     0);
    assert_true(wh_span_equal(facet, WH_S("elder")) && wh_span_equal(origin, WH_S("231182108")));
    wh_tuple_put_u8(&key, 0);
    assert_int_equal(wh_row_key_summary_read(wh_tuple_span(&key), &unit, &quarter, &facet, &origin),
                     WH_E_CORRUPT);
}

static void moments_of_before_1970_come_first(void **state)
{
    struct wh_tuple before, after;
    (void)state;
    wh_key_moment(&before, -1);
    wh_key_moment(&after, 0);
    assert_true(wh_span_compare(wh_tuple_span(&before), wh_tuple_span(&after)) < 0);
    wh_key_moment(&before, INT64_MIN);
    assert_true(wh_span_compare(wh_tuple_span(&before), wh_tuple_span(&after)) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_tuples_is_order_of_bytes),
        cmocka_unit_test(take_reads_back_what_put_wrote),
        cmocka_unit_test(a_part_that_is_cut_short_changes_nothing),
        cmocka_unit_test(the_key_above_a_prefix_parts_those_that_begin_with_it),
        cmocka_unit_test(a_subtree_of_units_is_one_range_of_keys),
        cmocka_unit_test(the_keys_of_each_family_read_back),
        cmocka_unit_test(moments_of_before_1970_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
