#include "isolation/declaration.h"

#include <stdio.h>

/* ---- Lists ---- */

/* What this node does not know of a longer struct must be zero: it would ask for something that the
 * node can't give. */
static bool is_zero(const void *bytes, size_t from, size_t to)
{
    const char *at = bytes;
    for (size_t i = from; i < to; i++) {
        if (at[i] != 0) return false;
    }
    return true;
}

/* It has its items, they are as long as ours at least, and what is longer is zero. */
static bool is_whole(const struct wh_list *list, size_t item_size)
{
    if (list->count == 0) return true;
    if (!list->items || list->stride < item_size) return false;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!is_zero(wh_list_at(list, i), item_size, list->stride)) return false;
    }
    return true;
}

typedef bool (*item_is_whole)(const void *item);

static bool each_is_whole(const struct wh_list *list, size_t item_size, item_is_whole item)
{
    if (!is_whole(list, item_size)) return false;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!item(wh_list_at(list, i))) return false;
    }
    return true;
}

static bool field_is_whole(const void *item)
{
    const struct wh_field *field = item;
    return is_whole(&field->choices, sizeof(struct wh_choice));
}

static bool test_is_whole(const void *item)
{
    const struct wh_test *test = item;
    return is_whole(&test->values, sizeof(char *));
}

static bool condition_is_whole(const void *item)
{
    const struct wh_condition *condition = item;
    return each_is_whole(&condition->tests, sizeof(struct wh_test), test_is_whole);
}

static bool metric_is_whole(const void *item)
{
    const struct wh_metric *metric = item;
    return is_whole(&metric->fields, sizeof(char *)) &&
           each_is_whole(&metric->any, sizeof(struct wh_condition), condition_is_whole);
}

static bool kind_is_whole(const void *item)
{
    const struct wh_kind *kind = item;
    return each_is_whole(&kind->fields, sizeof(struct wh_field), field_is_whole) &&
           each_is_whole(&kind->metrics, sizeof(struct wh_metric), metric_is_whole) &&
           is_whole(&kind->unique, sizeof(char *));
}

static bool command_is_whole(const void *item)
{
    const struct wh_command *command = item;
    return is_whole(&command->params, sizeof(struct wh_param)) &&
           is_whole(&command->columns, sizeof(struct wh_column));
}

static bool setting_is_whole(const void *item)
{
    const struct wh_setting *setting = item;
    return is_whole(&setting->choices, sizeof(struct wh_choice));
}

/* The sizes that `struct wh_plugin` had. */
#define SIZE_1_0 offsetof(struct wh_plugin, jobs)
#define SIZE_1_1 offsetof(struct wh_plugin, meets)

static bool lists_are_whole(const struct wh_plugin *declared)
{
    if (!is_whole(&declared->needs, sizeof(char *)) ||
        !each_is_whole(&declared->kinds, sizeof(struct wh_kind), kind_is_whole) ||
        !each_is_whole(&declared->commands, sizeof(struct wh_command), command_is_whole)) {
        return false;
    }
    if (declared->size <= SIZE_1_0) return true;
    return is_whole(&declared->jobs, sizeof(struct wh_job)) &&
           each_is_whole(&declared->settings, sizeof(struct wh_setting), setting_is_whole);
}

/* ---- The struct ---- */

bool wh_declaration_is_readable(const struct wh_plugin *declared, uint64_t symbol_bytes,
                                char ret[WH_DECLARATION_FAULT_SIZE])
{
    const size_t size = WH_DECLARATION_FAULT_SIZE;
    if (symbol_bytes != 0 && symbol_bytes < SIZE_1_0) {
        (void)snprintf(ret, size, "its struct wh_plugin has %llu bytes, at least %zu are needed",
                       (unsigned long long)symbol_bytes, SIZE_1_0);
    } else if (declared->abi != WH_ABI) {
        (void)snprintf(ret, size, "built for ABI %u, this node has %u (build it again)",
                       declared->abi, WH_ABI);
    } else if (declared->size != SIZE_1_0 && declared->size != SIZE_1_1 &&
               declared->size < sizeof(*declared)) {
        (void)snprintf(ret, size, "its struct wh_plugin says %u bytes: that is no size of ABI %u",
                       declared->size, WH_ABI);
    } else if (symbol_bytes != 0 && symbol_bytes < declared->size) {
        (void)snprintf(ret, size, "its struct wh_plugin says %u bytes and has %llu", declared->size,
                       (unsigned long long)symbol_bytes);
    } else if (!is_zero(declared, sizeof(*declared), declared->size)) {
        (void)snprintf(ret, size,
                       "built for a later ABI than %u.%u, and uses what this node lacks (update "
                       "the node)",
                       WH_ABI, WH_ABI_MINOR);
    } else if (!lists_are_whole(declared)) {
        (void)snprintf(
            ret, size,
            "a list lacks its items, or they are shorter than ABI %u has them, or longer "
            "and use what this node lacks",
            WH_ABI);
    } else {
        return true;
    }
    return false;
}
