/* kind.h: reading `struct wh_kind` of wuhao/plugin.h: its parts by name, and one field's text into
 * a value and back. From that one declaration come validation, CSV, JSON, help and metrics. Thread:
 * any. Ownership: everything is lent by the kind. */
#ifndef WH_MODEL_KIND_H
#define WH_MODEL_KIND_H

#include "base/error.h"

/* The i-th field, metric or choice. */
const struct wh_field *wh_kind_field(const struct wh_kind *kind, uint32_t i);
const struct wh_metric *wh_kind_metric(const struct wh_kind *kind, uint32_t i);

/* The place of the field with this name, or -1. */
int32_t wh_kind_field_index(const struct wh_kind *kind, struct wh_span name);
const struct wh_metric *wh_kind_metric_named(const struct wh_kind *kind, struct wh_span id);

/* True where the type is kept as a number (integer, decimal, date, yes/no). */
bool wh_type_is_number(uint32_t type);
/* The word for a type in help and JSON ("text", "decimal", ...). */
const char *wh_type_word(uint32_t type);

/* True where a metric of the kind looks back over earlier quarters, so that a change of one quarter
 * changes later ones. */
bool wh_kind_looks_back(const struct wh_kind *kind);

struct wh_field_value {
    bool present;
    int64_t number;
    struct wh_span text;
};

/* Reads what a person wrote for `field` (empty: left out). A fault is added at `line` for what is
 * wrong; the value's text lives in `arena` or is borrowed from `text`. */
void wh_field_read(const struct wh_field *field, struct wh_span text, uint32_t line,
                   struct wh_arena *arena, struct wh_faults *faults, struct wh_field_value *ret);

/* The text that wh_field_read() reads back as the same value. */
struct wh_span wh_field_text(const struct wh_field *field, const struct wh_field_value *value,
                             struct wh_arena *arena);

#endif
