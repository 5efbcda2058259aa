/* plugin_files.h: plugins.d/NAME.yaml of a home, one file a plugin: whether it is on, where its
 * file is, whether it runs isolated, and its settings. What one file says wrong costs that plugin
 * alone.
 *
 *     enable: true        # beside `plugins.enable` of wuhao.yaml, and over it
 *     file: /opt/x/visits.so
 *     isolate: true       # false: in the node's own process
 *     memory_mb: 256      # of its process, where it is isolated
 *     settings: {...}     # what `wuhao plugin show NAME` lists
 *
 * Thread: loop. Ownership: texts live in the arena. */
#ifndef WH_HOME_PLUGIN_FILES_H
#define WH_HOME_PLUGIN_FILES_H

#include "base/yaml.h"
#include "home/home.h"

enum wh_said {
    WH_UNSAID,
    WH_SAID_YES,
    WH_SAID_NO,
};

struct wh_setting_said {
    struct wh_span name;
    struct wh_span text;
    uint32_t line;
};

struct wh_plugin_file {
    struct wh_span name;
    struct wh_span path;  /* "plugins.d/visits.yaml" */
    struct wh_span fault; /* the first thing that is wrong, with its line; empty: nothing */
    enum wh_said enable;
    enum wh_said isolate;
    struct wh_span file; /* empty: in one of the paths */
    uint32_t memory_mb;  /* 0: unsaid */
    struct wh_setting_said *settings;
    uint32_t settings_count;
};

struct wh_plugin_files {
    struct wh_plugin_file *items; /* by name */
    uint32_t count;
};

/* Reads the map `settings` of `root`, each with its line; none where it is left out or empty. */
void wh_settings_read(const struct wh_yaml *root, struct wh_arena *arena, struct wh_faults *faults,
                      struct wh_setting_said **ret, uint32_t *ret_count);

/* Reads all of them. Faults, with line and file, are added to `faults` (may be NULL) too. */
void wh_plugin_files_read(const char *home_dir, struct wh_arena *arena, struct wh_faults *faults,
                          struct wh_plugin_files *ret);

/* Says in plugins.d/NAME.yaml that the plugin is on or off, and where its file is (empty: leaves
 * that as it is); the rest of the file stays. WH_E_IO, WH_E_NO_SPACE. */
int wh_plugin_file_say(struct wh_home *home, struct wh_span name, enum wh_said enable,
                       struct wh_span file, struct wh_error *err);

/* The text of plugins.d/NAME.yaml, in `arena`, data NULL where there is none; and putting it back
 * as it was. WH_E_IO. */
int wh_plugin_file_text(struct wh_home *home, struct wh_span name, struct wh_arena *arena,
                        struct wh_span *ret, struct wh_error *err);
int wh_plugin_file_restore(struct wh_home *home, struct wh_span name, struct wh_span text,
                           struct wh_error *err);

#endif
