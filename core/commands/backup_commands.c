/* backup create|list|verify, restore. Only the first needs the node's store; it runs on a thread of
 * its own, and the call is asked again each turn until that has ended. */
#include "backup/backup.h"

#include "base/date.h"
#include "commands/handlers.h"

static struct wh_value time_or_null(int64_t moment_ms)
{
    return moment_ms > 0 ? wh_value_number(WH_TIME, moment_ms) : wh_value_null();
}

static struct wh_value day_or_null(const struct wh_backup *backup)
{
    if (backup->last_day == WH_BACKUP_NO_DAY) return wh_value_null();
    return wh_value_number(WH_DATE, backup->last_day);
}

static struct wh_value count(uint64_t number)
{
    return wh_value_number(WH_INTEGER, (int64_t)number);
}

static const char *path_of(struct wh_call *call, const char *param)
{
    return wh_arena_text(&call->arena, wh_call_text(call, param));
}

static int check_dir(struct wh_call *call, const char *param, struct wh_error *err)
{
    if (*path_of(call, param)) return 0;
    return wh_fail(err, WH_E_USAGE, WH_MSG_BACKUP_DIR_EMPTY, WH_ARGS(wh_arg_c(param)));
}

static int read_number(struct wh_call *call, uint32_t *ret, struct wh_error *err)
{
    int64_t number = wh_call_number(call, "number", 0);
    if (wh_call_has(call, "number") && (number < 1 || number > UINT32_MAX)) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_BACKUP_NUMBER, WH_ARGS(wh_arg_n(number)));
    }
    *ret = (uint32_t)number;
    return 0;
}

/* ---- create ---- */

static void release_job(void *job)
{
    wh_backup_job_free(job);
}

static void tell_made(struct wh_desk *desk, struct wh_call *call, const struct wh_backup *backup)
{
    struct wh_span dir = wh_call_text(call, "dir");
    struct wh_value row[] = {
        count(backup->number), time_or_null(backup->taken_ms), count(backup->records),
        count(backup->rows),   count(backup->bytes),           count(backup->new_bytes),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    wh_log(desk->log, WH_INFO, "backup.made", "number=%u dir=%.*s records=%llu rows=%llu by=%.*s",
           backup->number, (int)dir.len, dir.data, (unsigned long long)backup->records,
           (unsigned long long)backup->rows, (int)call->author.len, call->author.data);
}

int wh_run_backup_create(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_backup_job *job = call->state;
    struct wh_backup backup;
    int rc;
    if (!job) {
        const struct wh_backup_source source = {
            .rocks = desk->rocks,
            .home = desk->home->dir,
            .unit = desk->home->config.unit,
            .now_ms = wh_engine_now(desk->engine).clock_ms,
        };
        rc = check_dir(call, "dir", err);
        if (rc == 0) rc = wh_backup_begin(&source, path_of(call, "dir"), &job, err);
        if (rc < 0) return rc;
        call->state = job;
        call->release = release_job;
        return WH_CALL_AGAIN;
    }
    rc = wh_backup_poll(job, &backup, err);
    if (rc == 1) return WH_CALL_AGAIN;
    desk->was_large = true;
    if (rc == 0) tell_made(desk, call, &backup);
    if (rc < 0) {
        struct wh_span text = wh_error_text(err, WH_EN, &call->arena);
        wh_log(desk->log, WH_WARN, "backup.failed", "why=%.*s", (int)text.len, text.data);
    }
    return rc;
}

/* ---- list, verify ---- */

static struct wh_value state_of(const struct wh_backup *backup)
{
    return wh_value_text(backup->state == WH_BACKUP_WHOLE ? WH_S("whole") : WH_S("damaged"));
}

static void reply_backup(struct wh_call *call, const struct wh_backup *backup)
{
    struct wh_value row[] = {
        count(backup->number),
        time_or_null(backup->taken_ms),
        wh_value_text(backup->unit),
        state_of(backup),
        count(backup->records),
        count(backup->rows),
        count(backup->head),
        day_or_null(backup),
        time_or_null(backup->last_write_ms),
        count(backup->bytes),
    };
    bool known = backup->taken_ms > 0; /* else its manifest can't be read */
    for (size_t i = 1; !known && i < sizeof(row) / sizeof(row[0]); i++) {
        if (i != 3) row[i] = wh_value_null();
    }
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

static void reply_backups(struct wh_call *call, const struct wh_backups *backups)
{
    for (uint32_t i = 0; i < backups->count; i++) reply_backup(call, &backups->items[i]);
    if (backups->unfinished > 0) {
        wh_reply_note(call, WH_MSG_BACKUP_UNFINISHED, WH_ARGS(wh_arg_n(backups->unfinished)));
    }
    if (backups->count == 0) {
        wh_reply_note(call, WH_MSG_BACKUP_NONE_YET, WH_ARGS(wh_arg_s(wh_call_text(call, "dir"))));
    }
}

int wh_run_backup_list(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_backups backups;
    int rc = check_dir(call, "dir", err);
    (void)desk;
    if (rc == 0) rc = wh_backup_list(path_of(call, "dir"), &call->arena, &backups, err);
    if (rc == 0) reply_backups(call, &backups);
    return rc;
}

int wh_run_backup_verify(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_backups backups = {.count = 0};
    uint32_t number;
    int rc = check_dir(call, "dir", err);
    (void)desk;
    if (rc == 0) rc = read_number(call, &number, err);
    if (rc < 0) return rc;
    rc = wh_backup_verify(path_of(call, "dir"), number, &call->arena, &call->faults, &backups, err);
    if (rc == 0 || rc == WH_E_CORRUPT) reply_backups(call, &backups);
    return rc;
}

/* ---- restore ---- */

int wh_run_restore(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_backup_restore wanted = {
        .dir = path_of(call, "dir"), .into = path_of(call, "into"), .now_ms = desk->now.clock_ms};
    struct wh_backup backup;
    int rc = check_dir(call, "dir", err);
    if (rc == 0) rc = check_dir(call, "into", err);
    if (rc == 0) rc = read_number(call, &wanted.number, err);
    if (rc == 0) rc = wh_backup_restore(&wanted, &call->arena, &call->faults, &backup, err);
    if (rc < 0) return rc;
    reply_backup(call, &backup);
    wh_reply_note(call, WH_MSG_RESTORE_DONE, WH_ARGS(wh_arg_c(wanted.into)));
    return 0;
}
