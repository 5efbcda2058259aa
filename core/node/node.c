#include "node/node.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backup/last_write.h"
#include "base/z85.h"
#include "engine/members.h"
#include "home/file.h"
#include "home/restored.h"

struct wh_now wh_node_now(void)
{
    struct timespec mono, wall;
    struct tm local;
    (void)clock_gettime(CLOCK_MONOTONIC, &mono);
    (void)clock_gettime(CLOCK_REALTIME, &wall);
    (void)localtime_r(&wall.tv_sec, &local);
    return (struct wh_now){
        .mono_ms = (int64_t)mono.tv_sec * 1000 + mono.tv_nsec / 1000000,
        .clock_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000,
        .zone_minutes = (int32_t)(local.tm_gmtoff / 60),
    };
}

/* ---- The wire ---- */

static enum wh_admitted admit(void *context, const uint8_t key[WH_NODE_KEY_BYTES],
                              struct wh_span *ret_unit)
{
    struct wh_node *node = context;
    switch (wh_members_admit(node->engine, key, ret_unit)) {
    case WH_ADMIT_MEMBER: return WH_ADMITTED_MEMBER;
    case WH_ADMIT_INVITE: return WH_ADMITTED_INVITE;
    case WH_ADMIT_NONE: break;
    }
    return WH_ADMITTED_NO;
}

static int read_parent_key(const struct wh_config *config, uint8_t ret[WH_NODE_KEY_BYTES],
                           struct wh_error *err)
{
    if (wh_z85_parse(config->parent_key, ret, WH_NODE_KEY_BYTES) == 0) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_CONFIG_KEY, WH_ARGS(wh_arg_c("parent.key")));
}

static int set_wire_parent(struct wh_node *node, struct wh_error *err)
{
    const struct wh_config *config = &node->home.config;
    struct wh_arena arena = {NULL, 0};
    struct wh_wire_parent parent;
    const char *endpoint;
    uint8_t key[WH_NODE_KEY_BYTES];
    int rc;
    if (config->parent_endpoint.len == 0) return wh_wire_set_parent(node->wire, NULL, err);
    rc = read_parent_key(config, key, err);
    if (rc < 0) return rc;
    endpoint = wh_arena_text(&arena, config->parent_endpoint);
    parent = (struct wh_wire_parent){&endpoint, 1, key,
                                     node->home.joining ? node->home.token_secret : NULL};
    rc = wh_wire_set_parent(node->wire, &parent, err);
    wh_arena_deinit(&arena);
    return rc;
}

static int open_wire(struct wh_node *node, struct wh_error *err)
{
    struct wh_wire_config config = {.admit = admit, .admit_context = node};
    int rc;
    memcpy(config.secret_key, node->home.node_secret, sizeof(config.secret_key));
    rc = wh_wire_open(&config, &node->wire, err);
    wh_wipe(config.secret_key, sizeof(config.secret_key));
    return rc < 0 ? rc : set_wire_parent(node, err);
}

static int listen_on_wire(struct wh_node *node, struct wh_error *err)
{
    struct wh_span listen = node->home.config.listen;
    struct wh_arena arena = {NULL, 0};
    int rc = wh_wire_listen(node->wire, listen.len > 0 ? wh_arena_text(&arena, listen) : NULL, err);
    wh_arena_deinit(&arena);
    return rc;
}

static enum wh_parent parent_of(const struct wh_home *home)
{
    if (home->config.parent_endpoint.len == 0) return WH_PARENT_NONE;
    return home->joining ? WH_PARENT_JOINING : WH_PARENT_JOINED;
}

/* The engine first: where it keeps the former parent, so must the wire. */
static int parent_changed(void *context, struct wh_error *err)
{
    struct wh_node *node = context;
    enum wh_parent parent = parent_of(&node->home);
    uint8_t key[WH_NODE_KEY_BYTES];
    int rc = 0;
    if (parent != WH_PARENT_NONE) rc = read_parent_key(&node->home.config, key, err);
    if (rc < 0) return rc;
    rc = wh_engine_set_parent(node->engine, parent, parent == WH_PARENT_NONE ? NULL : key, err);
    if (rc < 0) return wh_fail(err, rc, WH_MSG_PARENT_KEPT, WH_ARGS(wh_arg_c(err->args[1])));
    return set_wire_parent(node, err);
}

static void plugins_changed(void *context)
{
    ((struct wh_node *)context)->plugins_stale = true;
}

static int64_t disk_free(void *context)
{
    return (int64_t)wh_rocks_disk_free(((struct wh_node *)context)->rocks);
}

/* ---- A config read anew ---- */

int wh_node_apply_config(struct wh_node *node, const struct wh_config *before, struct wh_error *err)
{
    const struct wh_config *now = &node->home.config;
    int rc = 0;
    node->log.least = wh_config_severity(now);
    wh_node_apply_plugins(node);
    if (!wh_span_equal(before->listen, now->listen)) rc = listen_on_wire(node, err);
    if (rc == 0 && (!wh_span_equal(before->parent_endpoint, now->parent_endpoint) ||
                    !wh_span_equal(before->parent_key, now->parent_key))) {
        rc = parent_changed(node, err);
        if (rc < 0) { /* so that the next reading of the config finds it changed */
            node->home.config.parent_endpoint =
                wh_arena_copy(&node->home.arena, before->parent_endpoint);
            node->home.config.parent_key = wh_arena_copy(&node->home.arena, before->parent_key);
        }
    }
    return rc;
}

/* ---- Opening and closing ---- */

static int no_arrival(void *net, struct wh_arrival *ret)
{
    (void)net;
    (void)ret;
    return 0;
}

static bool send_nowhere(void *net, uint64_t route, struct wh_span bytes)
{
    (void)net;
    (void)route;
    (void)bytes;
    return false;
}

static void connect_nowhere(void *net, enum wh_identity identity)
{
    (void)net;
    (void)identity;
}

static void disconnect_nowhere(void *net)
{
    (void)net;
}

/* A node that runs one command while it is stopped has no wire. */
static const struct wh_net_ops no_wire = {no_arrival, send_nowhere, connect_nowhere,
                                          disconnect_nowhere};

/* When the home went back: put back from a backup, or, at this start, without the end of its log.
 */
static int64_t restored_ms(struct wh_node *node)
{
    struct wh_restored restored;
    if (wh_rocks_set_aside(node->rocks)) return wh_node_now().clock_ms;
    wh_restored_read(node->home.dir, &node->home.arena, &restored);
    return restored.number > 0 ? restored.restored_ms : 0;
}

static int open_engine(struct wh_node *node, struct wh_error *err)
{
    const struct wh_home *home = &node->home;
    struct wh_engine_config config;
    struct wh_net net = node->wire ? wh_wire_net(node->wire) : (struct wh_net){&no_wire, NULL};
    int rc = 0;
    node->desk.restored_ms = restored_ms(node);
    config = (struct wh_engine_config){
        .unit = home->config.unit,
        .name = home->config.name,
        .kind = wh_unit_kind_of(home->config.kind),
        .parent = parent_of(home),
        .program = WUHAO_VERSION,
        .data_key = home->data_key,
        .restored_ms = node->desk.restored_ms,
    };
    if (config.parent != WH_PARENT_NONE) {
        rc = read_parent_key(&home->config, config.parent_key, err);
    }
    if (rc < 0) return rc;
    memcpy(config.node_key, home->node_public, sizeof(config.node_key));
    wh_random(&config.seed, sizeof(config.seed));
    rc = wh_engine_new(&config, wh_rocks_store(node->rocks), net, wh_desk_hooks(&node->desk),
                       wh_node_now(), &node->engine, err);
    wh_wipe(&config.data_key, sizeof(config.data_key));
    node->desk.engine = node->engine;
    return rc;
}

int wh_node_open(struct wh_node *node, const char *dir, enum wh_node_form form,
                 struct wh_faults *faults, struct wh_error *err)
{
    const struct wh_rocks_config sizes = {0};
    struct wh_last_write last;
    int rc;
    *node =
        (struct wh_node){.log = {.least = WH_INFO, .journald = getenv("JOURNAL_STREAM") != NULL}};
    rc = wh_home_open(dir, &node->home, faults, err);
    if (rc < 0) return rc;
    node->log.least = wh_config_severity(&node->home.config);
    node->program_dir = wh_program_dir(&node->home.arena);
    node->desk = (struct wh_desk){
        .home = &node->home,
        .home_dir = node->home.dir,
        .log = &node->log,
        .version = WUHAO_VERSION,
        .started_ms = wh_node_now().mono_ms,
        .node = node,
        .disk_free = disk_free,
        .parent_changed = form == WH_NODE_SERVING ? parent_changed : NULL,
        .has_plugin_file = wh_node_has_plugin_file,
        .plugins_changed = form == WH_NODE_SERVING ? plugins_changed : NULL,
    };
    rc = wh_rocks_open(wh_home_path(&node->home, "store"), &sizes, &node->rocks, err);
    if (rc == 0 && wh_last_write(wh_rocks_store(node->rocks), &last, err) == 0) {
        node->last_write_ms = last.at_ms; /* a store that can't be read fails below */
    }
    node->desk.rocks = node->rocks;
    if (rc == 0 && form == WH_NODE_SERVING) rc = open_wire(node, err);
    if (rc == 0) rc = open_engine(node, err);
    if (rc == 0 && form == WH_NODE_SERVING) rc = wh_node_open_plugins(node, err);
    if (rc == 0 && form == WH_NODE_SERVING) rc = listen_on_wire(node, err);
    if (rc == 0 && form == WH_NODE_SERVING) {
        rc = wh_control_server_open(wh_home_path(&node->home, "run/control.sock"), &node->control,
                                    err);
        node->replies.control = node->control;
    }
    return rc;
}

void wh_node_close(struct wh_node *node)
{
    wh_desk_close(&node->desk);
    (void)wh_replies_flush(&node->replies); /* the last chance of slow clients */
    wh_replies_deinit(&node->replies);
    wh_plugins_free(node->plugins); /* which may still ask the engine when they close */
    node->desk.plugins = NULL;
    wh_engine_free(node->engine);
    wh_control_server_close(node->control);
    wh_wire_close(node->wire);
    wh_rocks_close(node->rocks);
    wh_home_close(&node->home);
}
