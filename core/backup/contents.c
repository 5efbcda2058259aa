#include "backup/contents.h"

#include "backup/last_write.h"
#include "backup/tree.h"
#include "model/key.h"
#include "store/backup.h"

struct reading {
    enum wh_family family;
    uint8_t record_tag; /* the first byte of a record's key */
    struct wh_backup *ret;
};

/* A record's key is its place: kind, unit, date, id. */
static void take_record(struct reading *reading, struct wh_span key)
{
    struct wh_span kind, unit;
    int32_t date;
    uint8_t tag;
    if (wh_key_take_u8(&key, &tag) < 0 || tag != reading->record_tag) return;
    if (wh_key_take_text(&key, &kind) < 0 || wh_key_take_text(&key, &unit) < 0) return;
    if (wh_key_take_i32(&key, &date) < 0) return;
    reading->ret->records += 1;
    if (date > reading->ret->last_day) reading->ret->last_day = date;
}

static int take_key(void *context, struct wh_span key, struct wh_span value)
{
    struct reading *reading = context;
    (void)value; /* read, and so checked */
    if (reading->family == WH_FAMILY_RECORDS) take_record(reading, key);
    if (reading->family == WH_FAMILY_ROWS) reading->ret->rows += 1;
    return 0;
}

static int read_all(struct wh_store store, struct wh_backup *ret, struct wh_error *err)
{
    struct reading reading = {.ret = ret};
    struct wh_last_write last;
    struct wh_tuple prefix;
    int rc = 0;
    wh_key_records_of(&prefix, WH_SPAN_EMPTY, WH_SPAN_EMPTY);
    reading.record_tag = prefix.bytes[0];
    for (int family = 0; rc == 0 && family < WH_FAMILIES; family++) {
        reading.family = (enum wh_family)family;
        rc = store.ops->scan(store.self, NULL, reading.family, WH_SPAN_EMPTY, WH_SPAN_EMPTY,
                             WH_SCAN_UP, take_key, &reading, err);
    }
    if (rc == 0) rc = wh_last_write(store, &last, err);
    if (rc < 0) return rc;
    ret->head = last.head;
    ret->last_write_ms = last.at_ms;
    return 0;
}

int wh_contents_read(const struct wh_backup_folder *folder, uint32_t number, struct wh_backup *ret,
                     struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_rocks *rocks = NULL;
    char *aside;
    int rc = wh_tree_make_passing(&arena, &aside, err);
    if (rc < 0) goto out;
    ret->records = ret->rows = ret->head = 0;
    ret->last_day = WH_BACKUP_NO_DAY;
    ret->last_write_ms = 0;
    rc = wh_rocks_backup_open(folder->store, number, aside, &rocks, err);
    if (rc == 0) rc = read_all(wh_rocks_store(rocks), ret, err);
    wh_rocks_close(rocks);
    wh_tree_remove(aside);
    if (rc < 0 && err->message != WH_MSG_BACKUP_NOT_OPENED) {
        rc = wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_NOT_OPENED,
                     WH_ARGS(wh_arg_c(folder->dir), wh_arg_n(number), wh_arg_c(err->args[1])));
    }
out:
    wh_arena_deinit(&arena);
    return rc;
}
