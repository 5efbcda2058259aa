/* plugins.h: the plugins of a node: found, checked before any of their code runs, opened in the
 * order of their needs, called within budgets, quarantined, listed; changed while the node serves.
 *
 * Thread: loop. What plugins do is in calls.h and jobs.h. */
#ifndef WH_HOST_PLUGINS_H
#define WH_HOST_PLUGINS_H

#include "base/log.h"
#include "door/call.h"
#include "host/services.h"

struct wh_plugins;

/* One file plugins.d/NAME.yaml, or the word in `plugins.enable`. */
struct wh_plugin_config {
    struct wh_span name;
    struct wh_span file;   /* an absolute path; empty: NAME.so in one of the paths */
    struct wh_span source; /* the file that says so, for reasons; empty: wuhao.yaml */
    struct wh_span fault;  /* what is wrong with that file: the plugin fails by it */
    uint32_t isolate;      /* WH_ISOLATE_* */
    uint32_t memory_mb;    /* of its process, where it is isolated */
    const struct wh_plugin_setting *settings;
    uint32_t settings_count;
};

#define WH_ISOLATE_OUTSIDE 0u /* unless the file lies beside the program: the default */
#define WH_ISOLATE_YES 1u
#define WH_ISOLATE_NO 2u
#define WH_PLUGIN_MEMORY_MB 256u

struct wh_plugin_setting {
    struct wh_span name;
    struct wh_span text;
    uint32_t line; /* in `source` */
};

struct wh_plugins_config {
    const struct wh_span *paths; /* folders, the first that has the file counts */
    uint32_t paths_count;
    struct wh_span beside;  /* the folder of the plugins that ship with the program */
    struct wh_span program; /* the program that an isolated plugin runs in */
    struct wh_span run_dir; /* of the node, for private copies and the page of callbacks */
    const struct wh_plugin_config *enable;
    uint32_t enable_count;
    const struct wh_log *log; /* must outlive the plugins */
};

/* X(symbol, word): the states of contract.md "plugin list". */
#define WH_PLUGIN_STATES(X)                                                                        \
    X(OFF, "off")                                                                                  \
    X(ON, "on")                                                                                    \
    X(FAILED, "failed")                                                                            \
    X(QUARANTINED, "quarantined")

enum wh_plugin_state {
#define X(symbol, word) WH_PLUGIN_##symbol,
    WH_PLUGIN_STATES(X)
#undef X
};

/* No plugin is on yet. Free with wh_plugins_free(), which closes them. */
struct wh_plugins *wh_plugins_new(struct wh_host_services services);
void wh_plugins_free(struct wh_plugins *plugins);

/* Puts `config` into force: closes what it no longer enables (those that need others first), opens
 * what is new, and closes and opens anew what has another file, other bytes, settings or isolation.
 * The rest is not touched. One that fails is kept as `failed` with its reason: this never fails.
 * Outside a turn. */
void wh_plugins_apply(struct wh_plugins *plugins, const struct wh_plugins_config *config);

/* The next apply opens `name` anew, with a clean record: no deaths, no quarantine. */
void wh_plugins_renew(struct wh_plugins *plugins, struct wh_span name);

/* Grows whenever a plugin, and so kinds, came or went. An apply may also have replaced what was
 * lent of commands of plugins that are off. */
uint64_t wh_plugins_generation(const struct wh_plugins *plugins);

/* True where `name` may be a plugin's (wuhao/plugin.h WH_PLUGIN_NAME_MAX). */
bool wh_plugin_name_is_valid(struct wh_span name);
/* The name that a file NAME.so gives its plugin, lent; valid or not. */
struct wh_span wh_plugin_name_of(struct wh_span path);

/* Reads what plugins declare that are there and not on, each in a process of its own and without
 * running it, so that their commands can answer that they are off. Only what is not known yet. */
void wh_plugins_learn(struct wh_plugins *plugins);

struct wh_plugin_view {
    struct wh_span name;
    enum wh_plugin_state state;
    const struct wh_plugin *declared; /* NULL where nothing of it is known */
    struct wh_span reason;            /* it is not on, refused a change, or rests; else empty */
    struct wh_span file;
    bool isolated;
    int64_t pid;            /* of its process; 0: none */
    struct wh_span sandbox; /* what its process may not do, in words */
    struct wh_span end;     /* how its last process ended; empty: none did */
    uint32_t deaths;        /* within the last hour */
    uint64_t calls;
    uint64_t longest_us;
};

/* The i-th plugin: those that the config enables in its order, then those that are only there, by
 * name; false where there is none. */
bool wh_plugin_at(const struct wh_plugins *plugins, uint32_t i, struct wh_plugin_view *ret);
bool wh_plugin_named(const struct wh_plugins *plugins, struct wh_span name,
                     struct wh_plugin_view *ret);
const char *wh_plugin_state_word(enum wh_plugin_state state);
/* The value of a setting as text, in `arena`; data NULL where it has none. */
struct wh_span wh_plugin_setting_text(const struct wh_plugins *plugins, struct wh_span name,
                                      const struct wh_setting *setting, struct wh_arena *arena);

/* The kinds that plugins declare in C. */
const struct wh_kind *wh_plugins_kind(const struct wh_plugins *plugins, struct wh_span name);
const char *wh_plugins_kind_name(const struct wh_plugins *plugins, size_t i);
/* The plugin that is on and serves this kind; data NULL: none. */
struct wh_span wh_plugins_kind_of(const struct wh_plugins *plugins, const struct wh_kind *kind);
/* The plugin that declares a kind of this name and is not on; data NULL: none. */
struct wh_span wh_plugins_kind_off(const struct wh_plugins *plugins, struct wh_span name);
/* True where a plugin that is on serves the programme's ledgers. */
bool wh_plugins_serve_ledgers(const struct wh_plugins *plugins);

/* ---- Commands ---- */

/* The command of this name, or NULL; also one of a plugin that is off but was on before. */
const struct wh_command *wh_plugins_command(const struct wh_plugins *plugins, struct wh_span name);
/* The i-th of all their commands, or NULL. */
const struct wh_command *wh_plugins_command_at(const struct wh_plugins *plugins, uint32_t i);

/* ---- Turns ---- */

/* What the host itself has to write: notices, kinds that must be measured again. Each turn. */
int wh_plugins_turn(struct wh_plugins *plugins, struct wh_error *err);
/* The turn's writes are on disk: changed rows are told. Or they are not (`rc` < 0): what the host
 * wrote is written again in the next turn, and a job that ran runs again. Outside the turn. */
void wh_plugins_committed(struct wh_plugins *plugins, int rc);

#endif
