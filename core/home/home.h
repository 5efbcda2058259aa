/* home.h: a node's directory (contract.md "Programs"): config, keys, token. What holds secrets is
 * 0700 and 0600 and is refused otherwise. Files are written beside, synced, and renamed.
 *
 * Thread: loop. Ownership: texts live in the home's arena. */
#ifndef WH_HOME_HOME_H
#define WH_HOME_HOME_H

#include "base/seal.h"
#include "home/config.h"

struct wh_home {
    struct wh_arena arena;
    struct wh_arena config_arenas[2]; /* of the config, and of the one before it */
    uint32_t config_at;
    char *dir; /* absolute */
    struct wh_config config;
    uint8_t node_public[32];
    uint8_t node_secret[32];
    struct wh_key data_key;
    bool joining; /* a token waits */
    uint8_t token_secret[32];
};

/* Makes the home of a node: directories, keys, config. WH_E_INVALID where `dir` already holds one
 * or a setting is wrong (each a fault), WH_E_IO. */
int wh_home_create(const char *dir, const struct wh_config *config, struct wh_faults *faults,
                   struct wh_error *err);

/* Opens a home: reads config and keys and checks who may read them. WH_E_NOT_FOUND, WH_E_INVALID
 * (faults of the config), WH_E_NOT_PERMITTED (keys that others can read), WH_E_IO. Free with
 * wh_home_close(), also after a failure. */
int wh_home_open(const char *dir, struct wh_home *ret, struct wh_faults *faults,
                 struct wh_error *err);
void wh_home_close(struct wh_home *home);

/* Reads and checks the config of a home and nothing else. */
int wh_home_check_config(const char *dir, struct wh_faults *faults, struct wh_error *err);

/* Reads the config anew (SIGHUP): WH_E_INVALID where it has faults; the old one then stays. The one
 * before lives until the next time. */
int wh_home_reload(struct wh_home *home, struct wh_faults *faults, struct wh_error *err);

/* `DIR/NAME` in the home's arena. */
char *wh_home_path(struct wh_home *home, const char *name);

/* Keeps a token: parent's endpoint and key go into the config, its secret beside the keys. */
int wh_home_join(struct wh_home *home, struct wh_span endpoint, const uint8_t parent_key[32],
                 const uint8_t secret[32], struct wh_error *err);
/* The token was handed in: its secret is removed. */
int wh_home_joined(struct wh_home *home, struct wh_error *err);

/* The text of wuhao.yaml, and putting a former one back. WH_E_IO. */
int wh_home_config_text(struct wh_home *home, struct wh_arena *arena, struct wh_span *ret,
                        struct wh_error *err);
int wh_home_config_restore(struct wh_home *home, struct wh_span text, struct wh_error *err);

/* ---- Tokens ---- */

struct wh_token {
    struct wh_span endpoint;
    uint8_t parent_key[32];
    struct wh_span unit;
    int64_t expires_ms;
    uint8_t secret[32];
    struct wh_span parent; /* the parent's unit */
};

/* The text form: "WH1-", base64 of the message and of a short digest, so that a cut one is known.
 */
struct wh_span wh_token_write(const struct wh_token *token, struct wh_arena *arena);
/* WH_E_INVALID: cut or altered. */
int wh_token_read(struct wh_span text, struct wh_arena *arena, struct wh_token *ret,
                  struct wh_error *err);

#endif
