#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sync/authority.h"

static struct wh_row row_of(uint32_t table, const char *unit, const char *origin)
{
    return (struct wh_row){.table = table, .unit = wh_span_of(unit), .origin = wh_span_of(origin)};
}

#define TABLE_OF_A_LATER_RELEASE 900u

static void a_child_speaks_for_its_own_range_alone(void **state)
{
    static const struct {
        uint32_t table;
        const char *unit, *origin;
        enum wh_reject expected;
    } cases[] = {
        /* from the child at 231182 */
        {WH_TABLE_SUMMARY, "231182", "231182", WH_REJECT_NONE},
        {WH_TABLE_SUMMARY, "231182108201", "231182108", WH_REJECT_NONE},
        {WH_TABLE_SUMMARY, "231182108", "231182", WH_REJECT_NONE},
        {WH_TABLE_SUMMARY, "231183", "231183", WH_REJECT_ORIGIN},
        {WH_TABLE_SUMMARY, "231182", "2311", WH_REJECT_ORIGIN},
        {WH_TABLE_SUMMARY, "231183", "231182", WH_REJECT_UNIT},
        {WH_TABLE_SUMMARY, "231182", "231182108", WH_REJECT_UNIT}, /* about its parent */
        {WH_TABLE_MEMBER, "231182108", "231182", WH_REJECT_NONE},
        {WH_TABLE_PROGRAMME, "231182", "231182", WH_REJECT_TABLE},
        {TABLE_OF_A_LATER_RELEASE, "231182108", "231182", WH_REJECT_NONE},
        {TABLE_OF_A_LATER_RELEASE, "231183", "231183", WH_REJECT_ORIGIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wh_row row = row_of(cases[i].table, cases[i].unit, cases[i].origin);
        assert_int_equal(wh_authority_of_child(&row, WH_S("231182")), cases[i].expected);
    }
}

static void a_parent_tells_about_the_childs_range_and_the_units_above(void **state)
{
    static const struct {
        uint32_t table;
        const char *unit, *origin;
        enum wh_reject expected;
    } cases[] = {
        /* at the node at 231182108 */
        {WH_TABLE_UNIT, "231182108201", "2311", WH_REJECT_NONE},
        {WH_TABLE_UNIT, "231182", "2311", WH_REJECT_NONE},
        {WH_TABLE_UNIT, "231183", "2311", WH_REJECT_UNIT},
        {WH_TABLE_UNIT, "231182109", "231182", WH_REJECT_UNIT},
        {WH_TABLE_SUMMARY, "231182108", "231182", WH_REJECT_NONE},
        {WH_TABLE_SUMMARY, "231182", "231182", WH_REJECT_UNIT},
        {WH_TABLE_SUMMARY, "231182108", "231182108", WH_REJECT_ORIGIN}, /* our own */
        {WH_TABLE_SUMMARY, "231182108", "231183", WH_REJECT_ORIGIN},
        {WH_TABLE_PROGRAMME, "2311", "2311", WH_REJECT_NONE},
        {WH_TABLE_TERM, "231182", "231182", WH_REJECT_NONE},
        {WH_TABLE_MEMBER, "231182108", "231182", WH_REJECT_TABLE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wh_row row = row_of(cases[i].table, cases[i].unit, cases[i].origin);
        assert_int_equal(wh_authority_of_parent(&row, WH_S("231182108")), cases[i].expected);
    }
}

static const char *const codes[] = {"2311",         "231182",       "231182108", "231182109",
                                    "231182108201", "231183",       "231183101", "23",
                                    "2312",         "231182109201", "231182E"};

#define CODES (sizeof(codes) / sizeof(codes[0]))

/* Whatever a node sends, its neighbour takes: for every table, unit, origin and pair of nodes. */
static void what_is_sent_is_accepted_at_the_other_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < CODES * CODES * CODES * 6; i++) {
        uint32_t table = (uint32_t)(i % 6) + 1;
        const char *unit = codes[i / 6 % CODES], *origin = codes[i / 6 / CODES % CODES];
        struct wh_span node = wh_span_of(codes[i / 6 / CODES / CODES]);
        struct wh_row row = row_of(table, unit, origin);
        if (!wh_span_starts(row.unit, row.origin)) continue; /* no node writes such a row */
        if (wh_row_goes_up(&row, node)) {
            assert_int_equal(wh_authority_of_child(&row, node), WH_REJECT_NONE);
        }
        for (size_t j = 0; j < CODES; j++) {
            struct wh_span child = wh_span_of(codes[j]);
            bool below = child.len > node.len && wh_span_starts(child, node);
            if (!below || !wh_row_goes_down(&row, node) || !wh_row_is_for(&row, child)) continue;
            assert_int_equal(wh_authority_of_parent(&row, child), WH_REJECT_NONE);
        }
    }
}

static void what_a_child_wrote_itself_is_not_sent_back_to_it(void **state)
{
    struct wh_row own = row_of(WH_TABLE_SUMMARY, "231182108", "231182108");
    struct wh_row below = row_of(WH_TABLE_TERM, "231182108", "231182108");
    (void)state;
    assert_false(wh_row_is_for(&own, WH_S("231182108")));
    assert_false(wh_row_is_for(&below, WH_S("231182")));
}

static void every_reason_has_a_word(void **state)
{
    (void)state;
    for (int reject = WH_REJECT_NONE; reject <= WH_REJECT_DIVERGED; reject++) {
        assert_string_not_equal(wh_reject_word((enum wh_reject)reject), "?");
    }
    assert_string_equal(wh_reject_word((enum wh_reject)99), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_speaks_for_its_own_range_alone),
        cmocka_unit_test(a_parent_tells_about_the_childs_range_and_the_units_above),
        cmocka_unit_test(what_is_sent_is_accepted_at_the_other_end),
        cmocka_unit_test(what_a_child_wrote_itself_is_not_sent_back_to_it),
        cmocka_unit_test(every_reason_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
