#include "model/measurement.h"

#include "base/limits.h"
#include "model/key.h"

void wh_measurement_init(struct wh_measurement *measurement, const struct wh_kind *kind,
                         struct wh_arena *arena)
{
    bool is_open = (kind->flags & WH_KIND_OPEN_METRICS) != 0;
    *measurement = (struct wh_measurement){.kind = kind, .arena = arena};
    measurement->size = is_open ? WH_METRICS_MAX : kind->metrics.count;
    measurement->metrics = wh_arena_new(arena, measurement->size, sizeof(*measurement->metrics));
    if (is_open) return;
    measurement->count = kind->metrics.count;
    for (uint32_t i = 0; i < measurement->count; i++) {
        measurement->metrics[i].id = wh_span_of(wh_kind_metric(kind, i)->id);
    }
}

void wh_measurement_deinit(struct wh_measurement *measurement)
{
    wh_buffer_deinit(&measurement->used);
}

/* A name and what tells it apart, as in `report_branch.2026Q1`. */
static bool is_open_id(struct wh_span id)
{
    if (id.len == 0 || id.len > WH_NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.';
        if (!good) return false;
    }
    return true;
}

/* The place of `id`, or where it belongs. */
static uint32_t place_of(const struct wh_measurement *measurement, struct wh_span id)
{
    uint32_t low = 0, high = measurement->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wh_span_compare(measurement->metrics[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int set_open(struct wh_measurement *measurement, struct wh_span id, int64_t value)
{
    uint32_t at = place_of(measurement, id);
    struct wh_measured *metric = &measurement->metrics[at];
    if (at < measurement->count && wh_span_equal(metric->id, id)) {
        metric->value = value;
        return 0;
    }
    if (!is_open_id(id) || measurement->count == measurement->size) return WH_E_INVALID;
    memmove(metric + 1, metric, (measurement->count - at) * sizeof(*metric));
    *metric = (struct wh_measured){wh_arena_copy(measurement->arena, id), value};
    measurement->count++;
    return 0;
}

int wh_measurement_set(struct wh_measurement *measurement, struct wh_span metric, int64_t value)
{
    if (measurement->kind->flags & WH_KIND_OPEN_METRICS) {
        return set_open(measurement, metric, value);
    }
    for (uint32_t i = 0; i < measurement->count; i++) {
        if (!wh_span_equal(metric, measurement->metrics[i].id)) continue;
        measurement->metrics[i].value = value;
        return 0;
    }
    return WH_E_INVALID;
}

void wh_measurement_use(struct wh_measurement *measurement, struct wh_id id, uint64_t version)
{
    struct wh_tuple entry;
    wh_key_version(&entry, id, version);
    wh_buffer_put(&measurement->used, wh_tuple_span(&entry));
    measurement->records++;
}
