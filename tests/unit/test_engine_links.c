#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine_bench.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_parent_is_on_disk_before_the_link_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
