/* migrations.h: the store's version, and the numbered steps from one to the next.
 * Thread: loop. */
#ifndef WH_STORE_MIGRATIONS_H
#define WH_STORE_MIGRATIONS_H

#include "engine/store_ops.h"

#define WH_STORE_VERSION 2u
#define WH_STORE_VERSION_KEY "store_version" /* in meta; four bytes, big-endian */

/* The version written in the store; 0: none. WH_E_CORRUPT where it is not four bytes. */
int wh_store_version(struct wh_store store, uint32_t *ret, struct wh_error *err) WH_CHECKED;

/* Brings `store` to WH_STORE_VERSION. Each step is one synced batch that holds the new version too,
 * so a crash leaves the store before a step or behind it. WH_E_FAILED: the store is newer. */
int wh_store_migrate(struct wh_store store, struct wh_error *err) WH_CHECKED;

/* WH_E_FAILED where `version` is newer than this program. */
int wh_store_version_check(uint32_t version, struct wh_error *err) WH_CHECKED;

#endif
