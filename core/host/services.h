/* services.h: what the node does for plugins. The host checks who may ask before it passes a call
 * on; a test gives services of its own. Thread: loop. */
#ifndef WH_HOST_SERVICES_H
#define WH_HOST_SERVICES_H

#include "model/programme.h"
#include "model/record.h"

/* 0: go on, 1: stop, negative: stop with this code. */
typedef int (*wh_host_record_each)(void *context, const struct wh_record *record);

/* Each is as the function of the same name in `struct wh_host` (wuhao/plugin.h). */
struct wh_host_services {
    void *context;
    int64_t (*now_ms)(void *context);
    int32_t (*zone_minutes)(void *context);
    struct wh_span (*home)(void *context); /* lent */

    const struct wh_kind *(*kind)(void *context, struct wh_span name);
    int (*records)(void *context, struct wh_span kind, struct wh_span unit, int32_t from,
                   int32_t to, wh_host_record_each each, void *each_context, struct wh_error *err);
    /* In `arena`. */
    int (*record)(void *context, struct wh_span id, struct wh_arena *arena, struct wh_record *ret,
                  struct wh_error *err);
    int (*units)(void *context, struct wh_span under, wh_unit_visit visit, void *visit_context,
                 struct wh_error *err);
    int (*figures)(void *context, struct wh_span unit, uint32_t below, uint32_t year,
                   wh_figure_visit visit, void *visit_context, struct wh_error *err);
    /* The programme in force in `year` and the number of its issue, or NULL. */
    const Wh__Programme *(*programme)(void *context, uint32_t year, uint32_t *ret_number);
    int (*standings)(void *context, const struct wh_standing_query *query, wh_standing_visit visit,
                     void *visit_context, struct wh_error *err);
    int (*explain)(void *context, struct wh_span unit, const struct wh_standing_query *query,
                   enum wh_language language, wh_explained_visit visit, void *visit_context,
                   struct wh_error *err);

    int (*rates)(void *context, const struct wh_standing_query *query, wh_rate_visit visit,
                 void *visit_context, struct wh_error *err);
    /* All that was published under names that begin with `prefix`. */
    int (*published)(void *context, struct wh_span prefix, wh_published_visit visit,
                     void *visit_context, struct wh_error *err);
    void (*moment)(void *context, char ret[WH_MOMENT_TEXT_MAX]);

    /* These put into the open batch of the turn. `fields` are struct wh_named_text. */
    int (*record_add)(void *context, struct wh_span author, struct wh_span kind,
                      struct wh_span unit, int64_t date, const struct wh_list *fields,
                      struct wh_record_id *ret_id, struct wh_error *err);
    int (*record_edit)(void *context, struct wh_span author, struct wh_span id,
                       const struct wh_list *fields, struct wh_error *err);
    int (*record_withdraw)(void *context, struct wh_span author, struct wh_span id,
                           struct wh_span why, struct wh_error *err);

    /* In `arena`. */
    int (*file_keep)(void *context, struct wh_span name, struct wh_span content,
                     struct wh_arena *arena, struct wh_span *ret, struct wh_error *err);
    int (*publish)(void *context, struct wh_span unit, struct wh_span name, struct wh_span value,
                   struct wh_error *err);

    /* The plugins' family of the store; the host makes the keys. ret->data NULL: there is none.
     * `get` reads through the open batch, `scan` does not. */
    int (*get)(void *context, struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err);
    int (*scan)(void *context, struct wh_span prefix, wh_key_visit visit, void *visit_context,
                struct wh_error *err);
    void (*put)(void *context, struct wh_span key, struct wh_span value);
    void (*remove)(void *context, struct wh_span key);

    /* Every cell of the kind is to be measured again; an empty name: of every kind. */
    int (*measure_again)(void *context, struct wh_span kind, struct wh_error *err);
    /* Whether text is JSON, for columns of that type. */
    bool (*is_json)(void *context, struct wh_span text);
};

#endif
