#include "versions.h"

#include <inttypes.h>

#include "engine/doubts.h"
#include "model/protobuf.h"
#include "trace.h"

/* Who counted what anew has other digests; the figures are what a person reads. */
static bool has_figure(const Wh__SummaryValue *summary, const Wh__MetricValue *figure)
{
    for (size_t i = 0; i < summary->n_metrics; i++) {
        const Wh__MetricValue *other = summary->metrics[i];
        if (strcmp(other->id, figure->id) == 0) return other->value == figure->value;
    }
    return false;
}

static bool has_all_figures(const Wh__SummaryValue *summary, const Wh__SummaryValue *of)
{
    for (size_t i = 0; i < of->n_metrics; i++) {
        if (!has_figure(summary, of->metrics[i])) return false;
    }
    return true;
}

static bool say_the_same(const struct wh_row *a, const struct wh_row *b)
{
    const ProtobufCMessageDescriptor *type = &wh__summary_value__descriptor;
    struct wh_arena arena = {NULL, 0};
    const Wh__SummaryValue *x, *y;
    bool same = wh_span_equal(a->value, b->value);
    if (same || a->table != WH_TABLE_SUMMARY) return same;
    x = (const Wh__SummaryValue *)wh_protobuf_unpack(type, a->value, &arena);
    y = (const Wh__SummaryValue *)wh_protobuf_unpack(type, b->value, &arena);
    same = a->value.len > 0 && b->value.len > 0 && x && y && has_all_figures(x, y) &&
           has_all_figures(y, x);
    wh_arena_deinit(&arena);
    return same;
}

static bool is_same_version(const struct wh_row *a, const struct wh_row *b)
{
    return a->counter == b->counter && a->term == b->term;
}

/* What is wrong, or NULL. */
static const char *find_fault(const struct wh_engine *engine, const struct wh_row *before,
                              const struct wh_row *now)
{
    enum wh_stand stood = wh_row_stand(engine, before), stands = wh_row_stand(engine, now);
    if (is_same_version(before, now)) { /* offered again, or void */
        if (stands == WH_STAND_VOID && now->value.len == 0) return NULL;
        return wh_span_equal(before->packed, now->packed) ? NULL : "changes a version";
    }
    if (stands == WH_STAND_VOID) return "takes a void version";
    if (stood == WH_STAND_VOID) return NULL;
    if (stood == WH_STAND_DOUBT && stands == WH_STAND_SOUND) { /* till it is settled, and void */
        return say_the_same(before, now) ? NULL : "overwrites a row in doubt, by a sound one";
    }
    if (stood == WH_STAND_SOUND && stands == WH_STAND_DOUBT) {
        return "overwrites a sound row, by one in doubt";
    }
    return now->counter > before->counter ? NULL : "goes back, within one history,";
}

void wh_check_version(struct wh_sim_node *node, const struct wh_row *before,
                      const struct wh_row *now)
{
    const char *fault;
    if (!node->engine) return; /* it starts, and takes nothing yet */
    fault = find_fault(node->engine, before, now);
    if (!fault) return;
    wh_sim_fail(node->sim, node, "%s: %s of %.*s, from version %" PRIu64 " to %" PRIu64, fault,
                wh_table_word(now->table), (int)now->unit.len, now->unit.data, before->counter,
                now->counter);
}
