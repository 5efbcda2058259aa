/* plugins_parts.h: what the files of this room share. Private to host/. Thread: loop. */
#ifndef WH_HOST_PLUGINS_PARTS_H
#define WH_HOST_PLUGINS_PARTS_H

#include "host/plugin_state.h"

/* load.c: finds and copies the file of `one`, loads it and keeps its declaration, checked. False:
 * it failed, with the reason. */
bool wh_plugin_load(struct wh_host_self *one, const struct wh_plugins_config *config);
/* True where the file that the config names has not changed since `one` was loaded. */
bool wh_plugin_file_is_same(const struct wh_host_self *one, const struct wh_plugins_config *config);
void wh_plugin_unload(struct wh_host_self *one);
/* Calls `each` for every NAME.so in the paths, with its path. */
void wh_plugin_files(const struct wh_plugins_config *config, struct wh_arena *arena,
                     void (*each)(void *context, struct wh_span name, struct wh_span path),
                     void *context);
/* Reads what the file declares in a process of its own that ends at once. */
bool wh_plugin_read_declaration(struct wh_host_self *one);

/* check.c: true where the declaration is whole, its names are right, its own, and nobody else's. */
bool wh_plugin_check(struct wh_host_self *one);

/* settings.c: reads the config's settings against the declaration into one->settings. */
bool wh_plugin_settings_read(struct wh_host_self *one);
/* The line in the config of the setting that `why` ("setting NAME: ...") is about; 0: of none. */
uint32_t wh_plugin_setting_line(const struct wh_host_self *one, const char *why);

/* plugins.c */
struct wh_host_self *wh_plugin_new(struct wh_plugins *plugins, struct wh_span name);
void wh_plugin_free(struct wh_host_self *one);
/* A file, or a setting, that can't take the place of what runs leaves it running: frees `next`, and
 * the reason of `former`, which it returns, says so. */
struct wh_host_self *wh_plugin_keep_former(struct wh_host_self *former, struct wh_host_self *next);
/* Closes it where it is on. */
void wh_plugin_turn_off(struct wh_host_self *one);
/* The one that was opened last among those that are `wanted`, or NULL. */
typedef bool (*wh_plugin_wanted)(const struct wh_host_self *one);
struct wh_host_self *wh_plugin_last_opened(const struct wh_plugins *plugins,
                                           wh_plugin_wanted wanted);
void wh_plugins_open_all(struct wh_plugins *plugins);
void wh_plugins_review(struct wh_plugins *plugins);
void wh_plugin_fail(struct wh_host_self *one, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void wh_plugin_quarantine(struct wh_host_self *one, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct wh_host_self *wh_plugin_find(const struct wh_plugins *plugins, struct wh_span name);
bool wh_plugin_needs(const struct wh_host_self *one, struct wh_span plugin);
/* True where `kind` is one that `one` declares (by address). */
bool wh_plugin_owns(const struct wh_host_self *one, const struct wh_kind *kind);
/* The plugin that is on and serves `kind`, or NULL. */
struct wh_host_self *wh_plugin_server(const struct wh_plugins *plugins, const struct wh_kind *kind);

/* call.c */
int wh_plugin_open(struct wh_host_self *one, struct wh_failure *failure);
void wh_plugin_close(struct wh_host_self *one);
/* True where `record`, of one of its kinds, meets `duty`. */
bool wh_plugin_meets(struct wh_host_self *one, const struct wh_duty *duty,
                     const struct wh_record *record);
void wh_plugin_tell_changes(struct wh_host_self *one, struct wh_list changes);
int wh_plugin_job(struct wh_host_self *one, uint32_t index, struct wh_failure *failure);
struct wh_strikes *wh_strikes_of(struct wh_host_self *one, enum wh_callback callback,
                                 uint32_t index);
uint32_t wh_strikes_count(const struct wh_plugin *declared);
/* Logs `text` unless the same was logged within the hour. */
void wh_plugin_complain(struct wh_host_self *one, const char *event, struct wh_span text);
int wh_plugin_error(struct wh_host_self *one, int rc, const struct wh_failure *failure,
                    struct wh_error *err);

/* jobs.c */
void wh_jobs_open(struct wh_host_self *one);
int wh_jobs_ask(struct wh_host_self *one, struct wh_span job, int64_t at_ms);
void wh_jobs_turn(struct wh_host_self *one);
/* It ended in a turn whose writes were given up: it is due again. */
void wh_job_undo(struct wh_job_state *job);

/* notices.c: `plugin` "wuhao" is the host itself. */
int wh_notice_put(struct wh_plugins *plugins, struct wh_span plugin, const struct wh_notice *notice,
                  struct wh_error *err);
void wh_notice_remove(struct wh_plugins *plugins, struct wh_span plugin, struct wh_span key);
int wh_quarantine_notices(struct wh_plugins *plugins, struct wh_error *err);

/* table.c, table_standings.c, table_writes.c: the functions that a plugin is handed. */
struct wh_host wh_plugin_table(struct wh_host_self *one);
void wh_plugin_table_standings(struct wh_host *table);
void wh_plugin_table_writes(struct wh_host *table);
int wh_table_fail_with(struct wh_failure *failure, const struct wh_error *err,
                       enum wh_language language);
/* programme_view.c: the programme as a plugin sees it, in `arena`; texts are lent by it. */
const struct wh_programme_view *wh_programme_view_of(const Wh__Programme *programme,
                                                     uint32_t number, struct wh_arena *arena);
/* deeds.c: `deeds` of the host table. */
int wh_host_deeds(struct wh_host_self *self, const struct wh_duty *duty, struct wh_span unit,
                  int64_t from, int64_t to, wh_deed_visit visit, void *context,
                  struct wh_failure *failure);
/* "ranking:NAME", in the memory that is lent. */
struct wh_span wh_plugin_published_name(struct wh_host_self *self, struct wh_span name);
/* Says how many lines were left out, once the minute is over. */
void wh_plugin_log_count(struct wh_host_self *one);
bool wh_plugin_may_read(const struct wh_host_self *self, struct wh_span kind);
/* The view of a record that a plugin gets, in `arena`. */
struct wh_record_view wh_plugin_record_view(const struct wh_record *record, struct wh_arena *arena);

/* Keys of the plugins' family: a space, the plugin, what follows. */
enum wh_key_space {
    WH_SPACE_KEYS = 1,
    WH_SPACE_NOTICES,
    WH_SPACE_JOBS,
    WH_SPACE_MEASURED, /* the digest of the code that measured last */
};
struct wh_tuple;
void wh_plugin_key(struct wh_tuple *ret, enum wh_key_space space, struct wh_span plugin,
                   struct wh_span key);

#endif
