#include "isolation/child.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "isolation/failure.h"

static int send_return(struct wh_host_self *self, int rc, const struct wh_failure *failure)
{
    struct wh_buffer payload = {NULL, 0, 0};
    struct wh_wire wire = wh_wire_put(&payload);
    struct wh_span text = wh_failure_text(failure);
    uint32_t code = (uint32_t)rc;
    int sent;
    wh_wire_u32(&wire, &code);
    wh_wire_span(&wire, &text);
    sent = wh_exchange_send(&self->exchange, WH_FRAME_RETURN, wh_buffer_span(&payload), INT64_MAX);
    wh_buffer_deinit(&payload);
    return sent;
}

void wh_child_refuse(struct wh_host_self *self, const char *why)
{
    struct wh_failure failure = {.code = WH_E_FAILED};
    (void)snprintf(failure.text, sizeof(failure.text), "%s", why);
    (void)send_return(self, WH_E_FAILED, &failure); /* nobody is left to be told otherwise */
}

/* ---- What it declares ---- */

/* A struct of an older ABI is shorter: what it lacks is zero. */
static struct wh_plugin whole(const struct wh_plugin *plugin)
{
    struct wh_plugin copy;
    size_t size = plugin->size < sizeof(copy) ? plugin->size : sizeof(copy);
    memset(&copy, 0, sizeof(copy));
    memcpy(&copy, plugin, size);
    return copy;
}

static uint32_t callbacks_of(const struct wh_plugin *plugin)
{
    return (plugin->measure ? WH_HAS_MEASURE : 0) | (plugin->counts ? WH_HAS_COUNTS : 0) |
           (plugin->command ? WH_HAS_COMMAND : 0) | (plugin->job ? WH_HAS_JOB : 0) |
           (plugin->rows_changed ? WH_HAS_ROWS_CHANGED : 0) | (plugin->meets ? WH_HAS_MEETS : 0);
}

static int declare(struct wh_host_self *self, const char *sandbox)
{
    struct wh_plugin plugin = whole(self->plugin);
    struct wh_buffer declared = {NULL, 0, 0}, payload = {NULL, 0, 0};
    struct wh_wire wire = wh_wire_put(&declared);
    uint32_t has = callbacks_of(&plugin);
    struct wh_span bytes;
    int rc;
    wh_wire_plugin(&wire, &plugin, &has);
    wire = wh_wire_put(&payload);
    wh_wire_text(&wire, &sandbox);
    bytes = wh_buffer_span(&declared);
    wh_wire_span(&wire, &bytes);
    rc = wh_exchange_send(&self->exchange, WH_FRAME_DECLARED, wh_buffer_span(&payload), INT64_MAX);
    wh_buffer_deinit(&declared);
    wh_buffer_deinit(&payload);
    return rc;
}

/* ---- Callbacks ---- */

static const struct wh_kind *own_kind(const struct wh_plugin *plugin, struct wh_span name)
{
    for (uint32_t i = 0; i < plugin->kinds.count; i++) {
        const struct wh_kind *kind = wh_list_at(&plugin->kinds, i);
        if (wh_span_equal(name, wh_span_of(kind->name))) return kind;
    }
    return NULL;
}

static int measure(struct wh_host_self *self, struct wh_wire *wire, struct wh_failure *failure)
{
    struct wh_cell cell;
    int rc;
    memset(&cell, 0, sizeof(cell));
    wh_wire_cell(wire, &cell);
    self->measuring = own_kind(self->plugin, cell.kind);
    rc = self->plugin->measure(self->plugin_self, &cell, failure);
    self->measuring = NULL;
    return rc;
}

static const struct wh_metric *metric_of(struct wh_host_self *self, struct wh_span kind_name,
                                         const char *id)
{
    const struct wh_kind *kind = self->table.kind(self, kind_name);
    for (uint32_t i = 0; kind && id && i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_list_at(&kind->metrics, i);
        if (strcmp(metric->id, id) == 0) return metric;
    }
    return NULL;
}

static int counts(struct wh_host_self *self, struct wh_wire *wire)
{
    const struct wh_metric *metric;
    struct wh_record_view record;
    struct wh_cell cell;
    const char *id;
    memset(&cell, 0, sizeof(cell));
    memset(&record, 0, sizeof(record));
    wh_wire_cell(wire, &cell);
    wh_wire_text(wire, &id);
    wh_wire_record(wire, &record);
    metric = metric_of(self, cell.kind, id);
    return metric ? self->plugin->counts(self->plugin_self, &cell, metric, &record) : 0;
}

static int meets(struct wh_host_self *self, struct wh_wire *wire)
{
    struct wh_record_view record;
    struct wh_duty duty;
    memset(&duty, 0, sizeof(duty));
    memset(&record, 0, sizeof(record));
    wh_wire_duty(wire, &duty);
    wh_wire_record(wire, &record);
    return self->plugin->meets(self->plugin_self, &duty, &record);
}

static int rows_changed(struct wh_host_self *self, struct wh_wire *wire, struct wh_failure *failure)
{
    struct wh_list changes;
    wh_wire_list(wire, &changes, sizeof(struct wh_row_change), wh_wire_change);
    return self->plugin->rows_changed(self->plugin_self, changes, failure);
}

static int carry_out(struct wh_host_self *self, struct wh_wire *wire, enum wh_callback callback,
                     uint32_t index, struct wh_failure *failure)
{
    const struct wh_plugin *plugin = self->plugin;
    struct wh_call call = {self};
    switch (callback) {
    case WH_CALLBACK_OPEN:
        return plugin->open ? plugin->open(&self->table, &self->plugin_self, failure) : 0;
    case WH_CALLBACK_MEASURE: return measure(self, wire, failure);
    case WH_CALLBACK_COUNTS: return counts(self, wire);
    case WH_CALLBACK_COMMAND: return plugin->command(self->plugin_self, index, &call, failure);
    case WH_CALLBACK_JOB: return plugin->job(self->plugin_self, index, failure);
    case WH_CALLBACK_ROWS_CHANGED: return rows_changed(self, wire, failure);
    case WH_CALLBACK_MEETS: return meets(self, wire);
    case WH_CALLBACK_CLOSE:
        if (plugin->close) plugin->close(self->plugin_self);
        return 0;
    case WH_CALLBACK_NONE:
    case WH_CALLBACK_LOAD: break;
    }
    return WH_E_FAILED;
}

int wh_child_serve(struct wh_host_self *self, const char *sandbox)
{
    enum wh_callback callback = WH_CALLBACK_NONE;
    int rc = declare(self, sandbox);
    self->thread = pthread_self();
    wh_child_table(self);
    while (rc == 0 && callback != WH_CALLBACK_CLOSE) {
        struct wh_failure failure = {.code = 0};
        uint32_t which, index;
        struct wh_wire wire;
        struct wh_span payload;
        enum wh_frame what;
        rc = wh_exchange_receive(&self->exchange, &what, &payload, INT64_MAX);
        if (rc < 0 || what != WH_FRAME_CALL) break;
        wh_arena_clear(&self->arena);
        self->today = INT64_MIN;
        wire = wh_wire_take(wh_arena_copy(&self->arena, payload), &self->arena);
        wh_wire_u32(&wire, &which);
        wh_wire_u32(&wire, &index);
        callback = (enum wh_callback)which;
        rc = send_return(self, carry_out(self, &wire, callback, index, &failure), &failure);
    }
    return rc < 0 ? 1 : 0;
}
