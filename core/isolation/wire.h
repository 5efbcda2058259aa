/* wire.h: values as bytes between a node and the process of an isolated plugin, both of the same
 * build. One function a shape both puts and takes it, so that the two sides can't differ. What
 * comes from the other side is trusted in nothing: a length beyond the bytes breaks the wire, and a
 * broken wire gives zeroes.
 *
 * Thread: the owner's. Ownership: what is taken lives in the wire's arena, or in the bytes that it
 * was taken from. */
#ifndef WH_ISOLATION_WIRE_H
#define WH_ISOLATION_WIRE_H

#include "base/arena.h"
#include "base/buffer.h"

struct wh_wire {
    struct wh_buffer *out; /* where it puts; NULL: it takes */
    struct wh_span in;     /* what is left to take */
    struct wh_arena *arena;
    bool broken;
};

struct wh_wire wh_wire_put(struct wh_buffer *out);
struct wh_wire wh_wire_take(struct wh_span in, struct wh_arena *arena);

void wh_wire_u32(struct wh_wire *wire, uint32_t *value);
void wh_wire_u64(struct wh_wire *wire, uint64_t *value);
void wh_wire_i64(struct wh_wire *wire, int64_t *value);
/* NULL and empty spans stay apart; a taken text ends in a zero. */
void wh_wire_span(struct wh_wire *wire, struct wh_span *span);
void wh_wire_text(struct wh_wire *wire, const char **text);
/* `item` puts or takes one item of `size` bytes; those of another stride are read by their own. */
typedef void (*wh_wire_item)(struct wh_wire *wire, void *item);
void wh_wire_list(struct wh_wire *wire, struct wh_list *list, size_t size, wh_wire_item item);

/* ---- The shapes of wuhao/plugin.h ---- */

void wh_wire_title(struct wh_wire *wire, struct wh_title *of);
void wh_wire_text_item(struct wh_wire *wire, void *item); /* const char * */
void wh_wire_value(struct wh_wire *wire, struct wh_value *value);
void wh_wire_named_text(struct wh_wire *wire, void *named);
void wh_wire_column(struct wh_wire *wire, void *column);
void wh_wire_choice(struct wh_wire *wire, void *choice);
void wh_wire_record(struct wh_wire *wire, struct wh_record_view *record);
void wh_wire_cell(struct wh_wire *wire, struct wh_cell *cell);
void wh_wire_kind(struct wh_wire *wire, void *kind);
void wh_wire_query(struct wh_wire *wire, struct wh_standing_query *query);
void wh_wire_standing(struct wh_wire *wire, struct wh_standing *standing);
void wh_wire_explained(struct wh_wire *wire, struct wh_explained *line);
void wh_wire_unit(struct wh_wire *wire, struct wh_unit_view *unit);
void wh_wire_figure(struct wh_wire *wire, struct wh_figure *figure);
/* programme_shapes.c */
void wh_wire_duty(struct wh_wire *wire, void *duty);
void wh_wire_programme(struct wh_wire *wire, struct wh_programme_view *programme);
void wh_wire_notice(struct wh_wire *wire, struct wh_notice *notice);
void wh_wire_published(struct wh_wire *wire, struct wh_published *published);
void wh_wire_rate(struct wh_wire *wire, struct wh_rate_view *rate);
void wh_wire_change(struct wh_wire *wire, void *change);

/* Which callbacks a plugin has; the pointers themselves mean nothing on the other side. */
#define WH_HAS_MEASURE 1u
#define WH_HAS_COUNTS 2u
#define WH_HAS_COMMAND 4u
#define WH_HAS_JOB 8u
#define WH_HAS_ROWS_CHANGED 16u
#define WH_HAS_MEETS 32u

/* All that a plugin declares; what its struct is too short for is zero. */
void wh_wire_plugin(struct wh_wire *wire, struct wh_plugin *plugin, uint32_t *has);

#endif
