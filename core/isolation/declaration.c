#include "isolation/declaration.h"

#include <stdio.h>

static bool is_whole(const struct wh_list *list, size_t item_size)
{
    return list->count == 0 || (list->items && list->stride >= item_size);
}

static bool kind_is_whole(const struct wh_kind *kind)
{
    if (!is_whole(&kind->fields, sizeof(struct wh_field)) ||
        !is_whole(&kind->metrics, sizeof(struct wh_metric)) ||
        !is_whole(&kind->unique, sizeof(char *))) {
        return false;
    }
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_list_at(&kind->fields, i);
        if (!is_whole(&field->choices, sizeof(struct wh_choice))) return false;
    }
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_list_at(&kind->metrics, i);
        if (!is_whole(&metric->fields, sizeof(char *)) ||
            !is_whole(&metric->any, sizeof(struct wh_condition))) {
            return false;
        }
    }
    return true;
}

static bool lists_are_whole(const struct wh_plugin *declared)
{
    bool has_more = declared->size >= offsetof(struct wh_plugin, settings) + sizeof(struct wh_list);
    bool whole = is_whole(&declared->kinds, sizeof(struct wh_kind)) &&
                 is_whole(&declared->commands, sizeof(struct wh_command)) &&
                 is_whole(&declared->needs, sizeof(char *)) &&
                 (!has_more || (is_whole(&declared->jobs, sizeof(struct wh_job)) &&
                                is_whole(&declared->settings, sizeof(struct wh_setting))));
    for (uint32_t i = 0; whole && i < declared->kinds.count; i++) {
        whole = kind_is_whole(wh_list_at(&declared->kinds, i));
    }
    for (uint32_t i = 0; whole && i < declared->commands.count; i++) {
        const struct wh_command *command = wh_list_at(&declared->commands, i);
        whole = is_whole(&command->params, sizeof(struct wh_param)) &&
                is_whole(&command->columns, sizeof(struct wh_column));
    }
    for (uint32_t i = 0; whole && has_more && i < declared->settings.count; i++) {
        const struct wh_setting *setting = wh_list_at(&declared->settings, i);
        whole = is_whole(&setting->choices, sizeof(struct wh_choice));
    }
    return whole;
}

/* What this node does not know of a longer struct must be zero: it would ask for something that the
 * node can't give. */
static bool tail_is_zero(const struct wh_plugin *declared)
{
    const char *bytes = (const char *)declared;
    for (size_t i = sizeof(*declared); i < declared->size; i++) {
        if (bytes[i] != 0) return false;
    }
    return true;
}

bool wh_declaration_is_readable(const struct wh_plugin *declared, uint64_t symbol_bytes,
                                char ret[WH_DECLARATION_FAULT_SIZE])
{
    const size_t size = WH_DECLARATION_FAULT_SIZE, least = offsetof(struct wh_plugin, jobs);
    if (symbol_bytes != 0 && symbol_bytes < least) {
        (void)snprintf(ret, size, "its struct wh_plugin has %llu bytes, at least %zu are needed",
                       (unsigned long long)symbol_bytes, least);
    } else if (declared->abi != WH_ABI) {
        (void)snprintf(ret, size, "built for ABI %u, this node has %u (build it again)",
                       declared->abi, WH_ABI);
    } else if (declared->size < least) {
        (void)snprintf(ret, size, "its struct wh_plugin says %u bytes, at least %zu are needed",
                       declared->size, least);
    } else if (symbol_bytes != 0 && symbol_bytes < declared->size) {
        (void)snprintf(ret, size, "its struct wh_plugin says %u bytes and has %llu", declared->size,
                       (unsigned long long)symbol_bytes);
    } else if (!tail_is_zero(declared)) {
        (void)snprintf(ret, size,
                       "built for a later ABI than %u.%u, and uses what this node lacks (update "
                       "the node)",
                       WH_ABI, WH_ABI_MINOR);
    } else if (!lists_are_whole(declared)) {
        (void)snprintf(ret, size,
                       "a list lacks its items, or its items are shorter than ABI %u has them",
                       WH_ABI);
    } else {
        return true;
    }
    return false;
}
