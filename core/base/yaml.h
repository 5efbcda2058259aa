/* yaml.h: a YAML document as a tree of lent nodes, each with its line, and the checks that every
 * reader of one needs: is it a map, has it unknown keys, is the value a number. Reading is by
 * libyaml; a duplicate key, a tab or a broken document is a fault with its line.
 *
 * Thread: any. Ownership: the document and all its texts live in the arena given. */
#ifndef WH_BASE_YAML_H
#define WH_BASE_YAML_H

#include "base/buffer.h"
#include "base/error.h"

enum wh_yaml_type {
    WH_YAML_SCALAR,
    WH_YAML_LIST,
    WH_YAML_MAP,
};

struct wh_yaml {
    enum wh_yaml_type type;
    uint32_t line;       /* from 1 */
    bool quoted;         /* a scalar in quotes */
    struct wh_span text; /* of a scalar */
    uint32_t count;      /* of a list's items or a map's pairs */
    const struct wh_yaml *const *items;
    const struct wh_yaml *const *keys; /* of a map, beside items */
};

/* Reads the one document of `text`. Faults are added where it is broken; *ret is then NULL. */
void wh_yaml_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                  const struct wh_yaml **ret);

/* The value of `key` in `map`, or NULL where it is left out (or `map` is no map, or NULL). */
const struct wh_yaml *wh_yaml_get(const struct wh_yaml *map, const char *key);

/* Adds a fault for each key of `map` that is not among `keys` (ends in NULL), with the nearest. */
void wh_yaml_check_keys(const struct wh_yaml *map, const char *const *keys,
                        struct wh_faults *faults);

/* These read one value and add a fault that names `key` where it has the wrong form; false then. A
 * NULL node is a fault too: "KEY is missing". */
bool wh_yaml_text(const struct wh_yaml *node, const char *key, uint32_t line,
                  struct wh_faults *faults, struct wh_span *ret);
bool wh_yaml_number(const struct wh_yaml *node, const char *key, uint32_t line, int64_t min,
                    int64_t max, struct wh_faults *faults, int64_t *ret);
/* A decimal with at most two places, in hundredths, as min and max are. */
bool wh_yaml_hundredths(const struct wh_yaml *node, const char *key, uint32_t line, int64_t min_h,
                        int64_t max_h, struct wh_faults *faults, int64_t *ret);
bool wh_yaml_list(const struct wh_yaml *node, const char *key, uint32_t line,
                  struct wh_faults *faults);
bool wh_yaml_map(const struct wh_yaml *node, const char *key, uint32_t line,
                 struct wh_faults *faults);
/* Appends a text in double quotes, as it is read back. */
void wh_yaml_put_quoted(struct wh_buffer *buffer, struct wh_span text);

/* true or false. */
bool wh_yaml_yesno(const struct wh_yaml *node, const char *key, uint32_t line,
                   struct wh_faults *faults, bool *ret);

#endif
