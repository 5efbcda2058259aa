#include "kit/kit.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/date.h"
#include "home/file.h"
#include "kit/kit_parts.h"

#define JOB_SLICES_MAX 10000 /* one that never ends is a mistake of its author */

/* ---- Outcomes ---- */

static bool contains(struct wh_span whole, struct wh_span part)
{
    return memmem(whole.data, whole.len, part.data, part.len) != NULL;
}

/* A step that failed: as it should have where the scenario says so, and with the words it names. */
static void show_failure(struct wh_kit *kit, const struct wh_step *step, const struct wh_error *err)
{
    struct wh_span why = wh_error_text(err, kit->wanted->language, kit->arena);
    wh_kit_show_text(kit, step, why);
    if (step->refused.len == 0) {
        wh_fault_add(kit->faults, step->line, wh_span_of(wh_step_word(step->verb)), WH_MSG_VERBATIM,
                     WH_ARGS(wh_arg_s(why)));
    } else if (!contains(why, step->refused)) {
        wh_fault_add(kit->faults, step->line, WH_S("refused"), WH_MSG_KIT_DIFFERS,
                     WH_ARGS(wh_arg_s(step->refused), wh_arg_s(why)));
    }
}

/* False where the step failed, or should have: it is told then. */
static bool has_passed(struct wh_kit *kit, const struct wh_step *step, int rc,
                       const struct wh_error *err)
{
    if (rc < 0) {
        show_failure(kit, step, err);
        return false;
    }
    if (step->refused.len > 0) {
        wh_fault_add(kit->faults, step->line, WH_S("refused"), WH_MSG_KIT_NOT_REFUSED,
                     WH_ARGS(wh_arg_s(step->refused)));
    }
    return true;
}

/* ---- Steps ---- */

static int find_kind(struct wh_kit *kit, struct wh_span name, const struct wh_kind **ret,
                     struct wh_error *err)
{
    *ret = wh_plugins_kind(kit->plugins, name);
    if (*ret) return 0;
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIT_KIND, WH_ARGS(wh_arg_s(name)));
}

/* What the host has to write itself, and every job that is due, as a node would. */
static int run_turns(struct wh_kit *kit, struct wh_error *err)
{
    int64_t now_ms = wh_kit_now_ms(kit);
    int rc;
    wh_kit_turn_begin(kit);
    rc = wh_plugins_turn(kit->plugins, err);
    wh_kit_turn_end(kit, rc);
    for (uint32_t i = 0; rc >= 0 && wh_plugins_due_ms(kit->plugins) <= now_ms; i++) {
        if (i == JOB_SLICES_MAX) return wh_fail(err, WH_E_FAILED, WH_MSG_KIT_ENDLESS, NULL);
        wh_kit_turn_begin(kit);
        rc = wh_plugins_run_job(kit->plugins, err);
        wh_kit_turn_end(kit, rc);
    }
    return rc < 0 ? rc : 0;
}

static void run_today(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    int rc;
    kit->today = step->day;
    wh_kit_measure(kit, step->line);
    rc = run_turns(kit, &err);
    if (!has_passed(kit, step, rc, &err)) return;
    wh_kit_show_text(kit, step, wh_kit_number_text(kit, WH_DATE, kit->today));
}

static void run_add(struct wh_kit *kit, const struct wh_step *step)
{
    uint32_t count = step->entries_count;
    struct wh_entry *entries = wh_arena_new(kit->arena, (size_t)count + 1, sizeof(*entries));
    struct wh_error err = {.code = 0};
    const struct wh_kind *kind;
    int rc = find_kind(kit, step->subject, &kind, &err);
    if (count > 0) memcpy(entries, step->entries, count * sizeof(*entries));
    entries[count++] = (struct wh_entry){WH_S("unit"), step->unit};
    wh_kit_turn_begin(kit);
    if (rc == 0) rc = wh_kit_record_add(kit, kind, (struct wh_entries){entries, count}, &err);
    wh_kit_turn_end(kit, rc);
    if (!has_passed(kit, step, rc, &err)) return;
    wh_kit_show_text(kit, step, WH_SPAN_EMPTY);
}

static void run_metrics(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    struct wh_kit_table table;
    const struct wh_kind *kind;
    int32_t quarter = step->quarter ? step->quarter : wh_quarter_of(kit->today);
    int rc = find_kind(kit, step->subject, &kind, &err);
    if (!has_passed(kit, step, rc, &err)) return;
    wh_kit_measure(kit, step->line);
    wh_kit_cell_row(kit, kind, step->unit, quarter, &table);
    wh_kit_show(kit, step, &table);
}

static void run_command(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    struct wh_kit_table table = {.columns = 0};
    int rc;
    wh_kit_measure(kit, step->line);
    wh_kit_turn_begin(kit);
    rc = wh_kit_command(kit, step, &table, &err);
    wh_kit_turn_end(kit, rc);
    if (has_passed(kit, step, rc, &err)) wh_kit_show(kit, step, &table);
}

static void run_job(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    int rc;
    wh_kit_measure(kit, step->line);
    rc = wh_plugins_ask_job(kit->plugins, kit->plugin, step->subject, &err);
    if (rc == 0) rc = run_turns(kit, &err);
    if (!has_passed(kit, step, rc, &err)) return;
    wh_kit_show_text(kit, step, WH_SPAN_EMPTY);
}

static void run_records(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    const struct wh_kind *kind;
    int rc = find_kind(kit, step->subject, &kind, &err);
    if (!has_passed(kit, step, rc, &err)) return;
    wh_kit_show_records(kit, step, kind);
}

static void run_notices(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_error err = {.code = 0};
    int rc = wh_kit_show_notices(kit, step, &err);
    (void)has_passed(kit, step, rc, &err);
}

static void run_step(struct wh_kit *kit, const struct wh_step *step)
{
    switch (step->verb) {
    case WH_STEP_TODAY: run_today(kit, step); break;
    case WH_STEP_ADD: run_add(kit, step); break;
    case WH_STEP_METRICS: run_metrics(kit, step); break;
    case WH_STEP_RUN: run_command(kit, step); break;
    case WH_STEP_JOB: run_job(kit, step); break;
    case WH_STEP_NOTICES: run_notices(kit, step); break;
    case WH_STEP_RECORDS: run_records(kit, step); break;
    }
}

/* ---- The plugin ---- */

/* `/a/b/visits.so` is `visits`. */
static struct wh_span name_of(struct wh_span file)
{
    const char *slash = memrchr(file.data, '/', file.len);
    struct wh_span name = slash ? wh_span_from(file, (size_t)(slash + 1 - file.data)) : file;
    if (name.len > 3 && memcmp(name.data + name.len - 3, ".so", 3) == 0) name.len -= 3;
    return name;
}

/* The program that an isolated plugin runs in. */
static struct wh_span isolated_program(struct wh_arena *arena)
{
    const char *folder = wh_program_dir(arena);
    return folder ? wh_span_of(wh_path_join(arena, folder, WH_ISOLATED_PROGRAM)) : WH_S("");
}

static int load(struct wh_kit *kit, struct wh_span run_dir, const struct wh_log *log,
                struct wh_error *err)
{
    const struct wh_scenario *scenario = kit->scenario;
    struct wh_plugin_setting *settings =
        wh_arena_new(kit->arena, scenario->settings_count, sizeof(*settings));
    struct wh_plugin_config enabled = {
        .name = kit->plugin,
        .file = kit->wanted->file,
        .source = WH_S("scenario"),
        .isolate = kit->wanted->place == WH_KIT_ISOLATED ? WH_ISOLATE_YES : WH_ISOLATE_NO,
        .memory_mb = WH_PLUGIN_MEMORY_MB,
        .settings = settings,
        .settings_count = scenario->settings_count,
    };
    const struct wh_plugins_config config = {.beside =
                                                 WH_S(""), /* it lies where its author built it */
                                             .program = isolated_program(kit->arena),
                                             .run_dir = run_dir,
                                             .enable = &enabled,
                                             .enable_count = 1,
                                             .log = log};
    struct wh_plugin_view view = {.state = WH_PLUGIN_OFF};
    for (uint32_t i = 0; i < scenario->settings_count; i++) {
        const struct wh_setting_said *setting = &scenario->settings[i];
        settings[i] = (struct wh_plugin_setting){setting->name, setting->text, setting->line};
    }
    wh_plugins_apply(kit->plugins, &config);
    if (wh_plugin_named(kit->plugins, kit->plugin, &view) && view.state == WH_PLUGIN_ON) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_KIT_NOT_LOADED,
                   WH_ARGS(wh_arg_s(kit->wanted->file), wh_arg_s(view.reason)));
}

static int make_run_dir(char path[PATH_MAX], struct wh_error *err)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || !*temporary) temporary = "/tmp";
    (void)snprintf(path, PATH_MAX, "%s/wuhao-test-XXXXXX", temporary);
    if (mkdtemp(path)) return 0;
    return wh_fail(err, WH_E_IO, WH_MSG_TEMPLATE_FOLDER,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
}

/* The host has only put plain files there. */
static void remove_run_dir(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir) (void)closedir(dir);
    (void)rmdir(path);
}

int wh_kit_run(const struct wh_kit_wanted *wanted, struct wh_arena *arena, struct wh_faults *faults,
               struct wh_error *err)
{
    struct wh_log log = {.least = WH_ERROR}; /* why it can't be loaded is the error's to say */
    struct wh_kit kit = {
        .wanted = wanted,
        .scenario = wanted->scenario,
        .arena = arena,
        .faults = faults,
        .plugin = name_of(wanted->file),
        .today = wanted->scenario->today,
    };
    char run_dir[PATH_MAX];
    int rc = make_run_dir(run_dir, err);
    if (rc < 0) return rc;
    kit.plugins = wh_plugins_new(wh_kit_services(&kit));
    rc = load(&kit, wh_span_of(run_dir), &log, err);
    log.least = WH_WARN;
    if (rc == 0) rc = run_turns(&kit, err);
    for (uint32_t i = 0; rc == 0 && i < kit.scenario->steps_count; i++) {
        run_step(&kit, &kit.scenario->steps[i]);
    }
    wh_plugins_free(kit.plugins);
    remove_run_dir(run_dir);
    if (rc == 0 && faults->count > 0) {
        rc = wh_fail(err, WH_E_FAILED, WH_MSG_KIT_FAULTS,
                     WH_ARGS(wh_arg_s(kit.plugin), wh_arg_n(faults->count)));
    }
    return rc;
}
