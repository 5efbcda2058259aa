/* node.h: wuhaod: a home, its store, its wire, its plugins and its engine wired together, and the
 * loop that turns the engine. No logic of its own. Thread: loop. */
#ifndef WH_NODE_NODE_H
#define WH_NODE_NODE_H

#include "commands/desk.h"
#include "net/control_server.h"
#include "net/neighbours.h"
#include "node/replies.h"
#include "store/store.h"

struct wh_node {
    struct wh_home home;
    struct wh_log log;
    struct wh_rocks *rocks;
    struct wh_wire *wire; /* NULL while it only runs one command stopped */
    struct wh_control_server *control;
    struct wh_plugins *plugins;
    struct wh_engine *engine;
    struct wh_desk desk;
    struct wh_replies replies;
    int64_t last_write_ms;       /* before this start; 0: none */
    bool memory_is_held;         /* by the allocator */
    int64_t large_turn_ms;       /* the last one, monotonic */
    bool replies_wait;           /* some client is slow */
    char *program_dir;           /* where the program lies; NULL: not known */
    bool plugins_stale;          /* what the config says of plugins has changed */
    uint64_t plugins_generation; /* that the engine knows */
};

enum wh_node_form {
    WH_NODE_SERVING,
    WH_NODE_STOPPED, /* no wire, no control socket, no plugins: for one command */
};

/* Keeps SIGTERM, SIGINT and SIGHUP for the loop. Before wh_node_open(), which starts threads: they
 * inherit it, else one of them would be ended by the signal. */
void wh_node_block_signals(void);

/* Opens everything in order. On failure `node` is half-built and must still be closed. */
int wh_node_open(struct wh_node *node, const char *dir, enum wh_node_form form,
                 struct wh_faults *faults, struct wh_error *err);
void wh_node_close(struct wh_node *node);

/* Puts what has changed from `before` to the home's config into force: parent, plugins, where it
 * listens, how much it logs. Unit, name and kind need a restart. */
int wh_node_apply_config(struct wh_node *node, const struct wh_config *before,
                         struct wh_error *err);

/* plugins.c: opens the plugins that the config enables, once the engine is there. WH_E_IO. */
int wh_node_open_plugins(struct wh_node *node, struct wh_error *err);
/* Puts what wuhao.yaml and plugins.d/ say of plugins into force. Outside a turn. */
void wh_node_apply_plugins(struct wh_node *node);
/* True where a file NAME.so lies in one of the paths. */
bool wh_node_has_plugin_file(void *node, struct wh_span name);
/* Before each turn: applies what has changed, and lets the engine know of kinds that came or went.
 */
void wh_node_look_at_plugins(struct wh_node *node);

/* Serves until SIGTERM or SIGINT; SIGHUP reads the config anew. */
int wh_node_serve(struct wh_node *node, struct wh_error *err);

/* Now, by this machine's clocks. */
struct wh_now wh_node_now(void);

#endif
