/* config.h: wuhao.yaml as one table of settings: name, type, default, help. Reading, checking, the
 * overrides by WUHAO_<PATH> and the sample file all come from it. Thread: any. Ownership: a
 * config's texts live in the arena that it was read into. */
#ifndef WH_HOME_CONFIG_H
#define WH_HOME_CONFIG_H

#include "base/error.h"
#include "base/log.h"

#define WH_CONFIG_LIST_MAX 64

struct wh_config {
    struct wh_span unit;
    struct wh_span name;
    struct wh_span kind; /* the word; checked */
    struct wh_span listen;
    struct wh_span advertise;
    struct wh_span parent_endpoint;
    struct wh_span parent_key; /* Z85 */
    struct wh_span plugin_path[WH_CONFIG_LIST_MAX];
    uint32_t plugin_path_count;
    struct wh_span plugin_enable[WH_CONFIG_LIST_MAX];
    uint32_t plugin_enable_count;
    struct wh_span log;
};

/* The value of an environment variable, or NULL: where overrides come from. */
typedef const char *(*wh_config_environment)(const char *name);

/* Reads the text of wuhao.yaml, then the overrides (`environment` may be NULL). Every fault is
 * added with its line; an override's names its variable. False where there are faults. */
bool wh_config_read(struct wh_span text, wh_config_environment environment, struct wh_arena *arena,
                    struct wh_faults *faults, struct wh_config *ret);

/* The file that `init` writes: every setting with its help, those that are set without a #. */
struct wh_span wh_config_write(const struct wh_config *config, struct wh_arena *arena);

/* `text` with its `parent:` block set to this endpoint and key; all else stays as it was. */
struct wh_span wh_config_with_parent(struct wh_span text, struct wh_span endpoint,
                                     struct wh_span key, struct wh_arena *arena);

enum wh_severity wh_config_severity(const struct wh_config *config);

#endif
