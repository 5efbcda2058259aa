#include "home/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/z85.h"
#include "home/file.h"
#include "home/plugin_files.h"

static int make_dirs(struct wh_home *home, struct wh_error *err)
{
    static const char *const secret_dirs[] = {"keys", "run", "store", "files"};
    int rc = wh_dir_make(home->dir, 0750, err);
    for (size_t i = 0; rc == 0 && i < sizeof(secret_dirs) / sizeof(secret_dirs[0]); i++) {
        rc = wh_dir_make(wh_home_path(home, secret_dirs[i]), 0700, err);
    }
    if (rc == 0) rc = wh_dir_make(wh_home_path(home, "plugins.d"), 0750, err);
    return rc;
}

static int write_key(struct wh_home *home, const char *name, const uint8_t key[32],
                     struct wh_error *err)
{
    char text[WH_Z85_KEY_TEXT_SIZE + 1];
    int rc;
    wh_z85_format(key, 32, text);
    text[WH_Z85_KEY_TEXT_SIZE - 1] = '\n';
    text[WH_Z85_KEY_TEXT_SIZE] = '\0';
    rc = wh_file_write(wh_home_path(home, name), wh_span_of(text), 0600, err);
    wh_wipe(text, sizeof(text));
    return rc;
}

static void set_dir(struct wh_home *home, const char *dir)
{
    char *resolved = realpath(dir, NULL);
    home->dir = wh_arena_text(&home->arena, wh_span_of(resolved ? resolved : dir));
    free(resolved); /* foreign: realpath allocates */
}

int wh_home_create(const char *dir, const struct wh_config *config, struct wh_faults *faults,
                   struct wh_error *err)
{
    struct wh_home home = {.dir = NULL};
    struct wh_span text;
    struct wh_config checked;
    struct stat info;
    uint8_t secret[32], public[32];
    int rc = 0;
    if (!*dir) return wh_fail(err, WH_E_USAGE, WH_MSG_HOME_EMPTY, NULL);
    set_dir(&home, dir);
    text = wh_config_write(config, &home.arena);
    if (!wh_config_read(text, NULL, &home.arena, faults, &checked)) {
        for (uint32_t i = 0; i < wh_faults_kept(faults); i++) faults->items[i].line = 0;
        rc = wh_fail(err, WH_E_INVALID, WH_MSG_INIT_FAULTS, WH_ARGS(wh_arg_n(faults->count)));
        goto out;
    }
    if (stat(wh_home_path(&home, "wuhao.yaml"), &info) == 0) {
        rc = wh_fail(err, WH_E_INVALID, WH_MSG_HOME_EXISTS, WH_ARGS(wh_arg_c(home.dir)));
        goto out;
    }
    rc = make_dirs(&home, err);
    if (rc < 0) goto out;
    wh_node_keys_make(public, secret);
    rc = write_key(&home, "keys/node.key", secret, err);
    if (rc < 0) goto out;
    wh_random(secret, sizeof(secret));
    rc = write_key(&home, "keys/data.key", secret, err);
    if (rc < 0) goto out;
    rc =
        wh_file_write(wh_home_path(&home, "wuhao.yaml"), text, 0640, err); /* last: now it is one */
out:
    wh_wipe(secret, sizeof(secret));
    wh_arena_deinit(&home.arena);
    return rc;
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static int read_config(struct wh_home *home, struct wh_faults *faults, struct wh_config *ret,
                       struct wh_error *err)
{
    struct wh_arena *arena = &home->config_arenas[home->config_at ^ 1];
    struct wh_span text;
    char *path;
    int rc;
    if (!*home->dir) return wh_fail(err, WH_E_USAGE, WH_MSG_HOME_EMPTY, NULL);
    wh_arena_clear(arena);
    path = wh_path_join(arena, home->dir, "wuhao.yaml");
    rc = wh_file_read(path, arena, &text, err);
    if (rc == WH_E_NOT_FOUND) {
        return wh_fail(err, rc, WH_MSG_HOME_NONE, WH_ARGS(wh_arg_c(home->dir)));
    }
    if (rc < 0) return rc;
    if (wh_config_read(text, environment, arena, faults, ret)) {
        home->config_at ^= 1;
        return 0;
    }
    return wh_fail(err, WH_E_INVALID, WH_MSG_CONFIG_FAULTS,
                   WH_ARGS(wh_arg_c(path), wh_arg_n(faults->count)));
}

static int check_secret(const char *path, struct wh_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return wh_fail(err, WH_E_IO, WH_MSG_FILE_OPEN,
                       WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
    }
    if (info.st_mode & 077) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_KEYS_READABLE, WH_ARGS(wh_arg_c(path)));
    }
    return 0;
}

static int read_key(struct wh_home *home, const char *name, uint8_t ret[32], struct wh_error *err)
{
    char *path = wh_home_path(home, name);
    struct wh_span text;
    int rc = check_secret(path, err);
    if (rc == 0) rc = wh_file_read(path, &home->arena, &text, err);
    if (rc < 0) return rc;
    while (text.len > 0 && text.data[text.len - 1] == '\n') text.len--;
    if (wh_z85_parse(text, ret, 32) == 0) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_KEY_BROKEN, WH_ARGS(wh_arg_c(path)));
}

static int read_keys(struct wh_home *home, struct wh_error *err)
{
    struct stat info;
    int rc = check_secret(wh_home_path(home, "keys"), err);
    if (rc == 0) rc = read_key(home, "keys/node.key", home->node_secret, err);
    if (rc == 0) rc = read_key(home, "keys/data.key", home->data_key.bytes, err);
    if (rc < 0) return rc;
    wh_node_key_public(home->node_secret, home->node_public);
    home->joining = stat(wh_home_path(home, "keys/join.key"), &info) == 0;
    return home->joining ? read_key(home, "keys/join.key", home->token_secret, err) : 0;
}

int wh_home_open(const char *dir, struct wh_home *ret, struct wh_faults *faults,
                 struct wh_error *err)
{
    int rc;
    *ret = (struct wh_home){.dir = NULL};
    set_dir(ret, dir);
    rc = read_config(ret, faults, &ret->config, err);
    return rc < 0 ? rc : read_keys(ret, err);
}

void wh_home_close(struct wh_home *home)
{
    wh_wipe(home->node_secret, sizeof(home->node_secret));
    wh_wipe(home->token_secret, sizeof(home->token_secret));
    wh_wipe(&home->data_key, sizeof(home->data_key));
    wh_arena_deinit(&home->config_arenas[0]);
    wh_arena_deinit(&home->config_arenas[1]);
    wh_arena_deinit(&home->arena);
}

int wh_home_check_config(const char *dir, struct wh_faults *faults, struct wh_error *err)
{
    struct wh_home home = {.dir = NULL};
    int rc;
    struct wh_plugin_files plugins;
    set_dir(&home, dir);
    rc = read_config(&home, faults, &home.config, err);
    if (rc == 0) {
        wh_plugin_files_read(home.dir, faults->arena, faults, &plugins);
        if (faults->count > 0) {
            rc = wh_fail(
                err, WH_E_INVALID, WH_MSG_CONFIG_FAULTS,
                WH_ARGS(wh_arg_c(wh_home_path(&home, "plugins.d")), wh_arg_n(faults->count)));
        }
    }
    wh_home_close(&home);
    return rc;
}

int wh_home_reload(struct wh_home *home, struct wh_faults *faults, struct wh_error *err)
{
    struct wh_config config;
    int rc = read_config(home, faults, &config, err);
    if (rc == 0) home->config = config;
    return rc;
}

char *wh_home_path(struct wh_home *home, const char *name)
{
    return wh_path_join(&home->arena, home->dir, name);
}

/* The secret first: a config that names a parent without it would be a node that is no member. */
int wh_home_join(struct wh_home *home, struct wh_span endpoint, const uint8_t parent_key[32],
                 const uint8_t secret[32], struct wh_error *err)
{
    char *path = wh_home_path(home, "wuhao.yaml");
    char key[WH_Z85_KEY_TEXT_SIZE];
    struct wh_faults faults;
    struct wh_span text;
    int rc = wh_file_read(path, &home->arena, &text, err);
    if (rc < 0) return rc;
    wh_z85_format(parent_key, 32, key);
    rc = write_key(home, "keys/join.key", secret, err);
    if (rc == 0) {
        rc = wh_file_write(
            path, wh_config_with_parent(text, endpoint, wh_span_of(key), &home->arena), 0640, err);
    }
    if (rc < 0) return rc;
    wh_faults_init(&faults, &home->arena);
    memcpy(home->token_secret, secret, sizeof(home->token_secret));
    home->joining = true;
    return wh_home_reload(home, &faults, err);
}

int wh_home_joined(struct wh_home *home, struct wh_error *err)
{
    char *path = wh_home_path(home, "keys/join.key");
    home->joining = false;
    wh_wipe(home->token_secret, sizeof(home->token_secret));
    if (unlink(path) == 0 || errno == ENOENT) return 0;
    return wh_fail(err, WH_E_IO, WH_MSG_FILE_WRITE,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
}

int wh_home_config_text(struct wh_home *home, struct wh_arena *arena, struct wh_span *ret,
                        struct wh_error *err)
{
    return wh_file_read(wh_home_path(home, "wuhao.yaml"), arena, ret, err);
}

int wh_home_config_restore(struct wh_home *home, struct wh_span text, struct wh_error *err)
{
    struct wh_faults faults;
    int rc = wh_file_write(wh_home_path(home, "wuhao.yaml"), text, 0640, err);
    wh_faults_init(&faults, &home->arena);
    return rc < 0 ? rc : wh_home_reload(home, &faults, err);
}
