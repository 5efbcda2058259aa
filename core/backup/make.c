/* A backup being made, on a thread of its own. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "backup/contents.h"
#include "backup/home_files.h"
#include "backup/tree.h"
#include "base/memory.h"
#include "store/backup.h"

struct wh_backup_job {
    pthread_t thread;
    atomic_bool ended; /* what follows is then the loop's again */
    struct wh_rocks_held *held;
    struct wh_arena arena;
    char *home;
    char *dir;
    struct wh_span unit;
    struct wh_manifest manifest;
    int rc;
    struct wh_error err;
};

/* What the manifests so far say of a file of the store: it does not change any more. */
static const struct wh_backup_file *find_before(const struct wh_manifest *before,
                                                struct wh_span name)
{
    for (uint32_t i = 0; i < before->count; i++) {
        const struct wh_backup_file *file = &before->files[i];
        if (file->part == WH_PART_STORE && wh_span_equal(file->name, name)) return file;
    }
    return NULL;
}

static int add_store_files(struct wh_backup_job *job, const struct wh_backup_folder *folder,
                           const struct wh_manifest *before)
{
    struct wh_rocks_backup_files files;
    int rc = wh_rocks_backup_list(folder->store, job->manifest.backup.number, &job->arena, &files,
                                  &job->err);
    for (uint32_t i = 0; rc == 0 && i < files.count; i++) {
        const struct wh_backup_file *known = find_before(before, files.names[i]);
        struct wh_backup_file *file = wh_manifest_add(&job->manifest, &job->arena);
        if (known) {
            *file = *known;
            continue;
        }
        *file = (struct wh_backup_file){.part = WH_PART_STORE, .mode = 0600};
        file->name = files.names[i];
        rc = wh_tree_digest(wh_folder_path(folder, file, &job->arena), file->digest, &file->bytes,
                            &job->err);
        job->manifest.backup.new_bytes += file->bytes;
    }
    return rc;
}

/* The newest manifest that can be read; none is an empty one. */
static void read_before(const struct wh_backup_folder *folder, const uint32_t *numbers,
                        uint32_t count, struct wh_arena *arena, struct wh_manifest *ret)
{
    struct wh_error err;
    *ret = (struct wh_manifest){.count = 0};
    for (uint32_t i = count; i > 0; i--) {
        if (wh_folder_manifest(folder, numbers[i - 1], arena, ret, &err) == 0) return;
        *ret = (struct wh_manifest){.count = 0};
    }
}

/* The earlier backup, of those that share files with this one, whose files in the folder are not
 * what they were; 0: there is none. */
static uint32_t damaged_before(struct wh_backup_job *job, const struct wh_backup_folder *folder,
                               const struct wh_manifest *before, const uint32_t *numbers,
                               uint32_t count)
{
    if (before->count == 0) return count > 0 ? numbers[count - 1] : 0; /* no manifest is readable */
    for (uint32_t i = 0; i < job->manifest.count; i++) {
        const struct wh_backup_file *file = &job->manifest.files[i];
        uint8_t digest[sizeof(file->digest)];
        struct wh_error err;
        uint64_t bytes;
        if (file->part != WH_PART_STORE || !find_before(before, file->name)) continue;
        if (wh_tree_digest(wh_folder_path(folder, file, &job->arena), digest, &bytes, &err) < 0 ||
            memcmp(digest, file->digest, sizeof(digest)) != 0) {
            return before->backup.number;
        }
    }
    return 0;
}

/* Which of the two is damaged: files that the folder shares with an earlier backup, or the store?
 * What was copied just now is what the store is. */
static int fail_damaged(struct wh_backup_job *job, const struct wh_backup_folder *folder,
                        uint32_t damaged)
{
    if (damaged > 0) {
        return wh_fail(&job->err, WH_E_CORRUPT, WH_MSG_BACKUP_NOT_ADDED,
                       WH_ARGS(wh_arg_c(folder->dir), wh_arg_n(damaged)));
    }
    return wh_fail(&job->err, WH_E_CORRUPT, WH_MSG_BACKUP_SOURCE_DAMAGED,
                   WH_ARGS(wh_arg_c(job->home), wh_arg_c(job->err.args[2])));
}

/* The manifest comes last: a crash before it leaves files that nothing names. */
static int make_backup(struct wh_backup_job *job, struct wh_backup_folder *folder)
{
    struct wh_manifest before, *manifest = &job->manifest;
    uint32_t *numbers, count;
    int rc = wh_folder_open_to_add(job->dir, job->home, job->unit, &job->arena, folder, &job->err);
    if (rc == 0) rc = wh_folder_numbers(folder, &job->arena, &numbers, &count, &job->err);
    if (rc < 0) return rc;
    read_before(folder, numbers, count, &job->arena, &before);
    rc = wh_home_files_put(job->home, folder, &job->arena, manifest, &manifest->backup.new_bytes,
                           &job->err);
    if (rc == 0) {
        rc = wh_rocks_backup_make(job->held, folder->store, numbers, count,
                                  &manifest->backup.number, &job->err);
    }
    if (rc == 0) rc = add_store_files(job, folder, &before);
    if (rc == 0) {
        rc = wh_contents_read(folder, manifest->backup.number, &manifest->backup, &job->err);
        if (rc == WH_E_CORRUPT) {
            rc = fail_damaged(job, folder, damaged_before(job, folder, &before, numbers, count));
        }
    }
    for (uint32_t i = 0; i < manifest->count; i++) {
        manifest->backup.bytes += manifest->files[i].bytes;
    }
    return rc < 0 ? rc : wh_folder_put(folder, manifest, &job->arena, &job->err);
}

/* Errors of single files, in the words of the whole. */
static void say_full(struct wh_backup_job *job)
{
    if (job->rc == WH_E_NO_SPACE) {
        (void)wh_fail(&job->err, job->rc, WH_MSG_BACKUP_FULL, WH_ARGS(wh_arg_c(job->dir)));
    } else if (job->rc == WH_E_NOT_PERMITTED) {
        (void)wh_fail(&job->err, job->rc, WH_MSG_BACKUP_NOT_PERMITTED,
                      WH_ARGS(wh_arg_c(job->err.args[0]), wh_arg_c(job->err.args[1])));
    }
}

static void *run(void *context)
{
    struct wh_backup_job *job = context;
    struct wh_backup_folder folder = {.lock = -1};
    job->rc = make_backup(job, &folder);
    wh_folder_close(&folder);
    say_full(job);
    atomic_store(&job->ended, true);
    return NULL;
}

int wh_backup_begin(const struct wh_backup_source *source, const char *dir,
                    struct wh_backup_job **ret, struct wh_error *err)
{
    struct wh_backup_job *job = wh_memory_new(1, sizeof(*job));
    int rc = wh_rocks_hold(source->rocks, &job->held, err);
    if (rc < 0) goto out;
    job->home = wh_arena_text(&job->arena, wh_span_of(source->home));
    job->dir = wh_arena_text(&job->arena, wh_span_of(dir));
    job->unit = wh_arena_copy(&job->arena, source->unit);
    job->manifest.backup = (struct wh_backup){.unit = job->unit, .taken_ms = source->now_ms};
    rc = pthread_create(&job->thread, NULL, run, job);
    if (rc != 0)
        rc = wh_fail(err, WH_E_FAILED, WH_MSG_BACKUP_THREAD, WH_ARGS(wh_arg_c(strerror(rc))));
out:
    if (rc < 0) {
        wh_rocks_release(job->held);
        wh_arena_deinit(&job->arena);
        wh_memory_free(job);
        return rc;
    }
    *ret = job;
    return 0;
}

int wh_backup_poll(struct wh_backup_job *job, struct wh_backup *ret, struct wh_error *err)
{
    if (!atomic_load(&job->ended)) return 1;
    *ret = job->manifest.backup;
    if (job->rc < 0) *err = job->err;
    return job->rc;
}

void wh_backup_job_free(struct wh_backup_job *job)
{
    if (!job) return;
    (void)pthread_join(job->thread, NULL); /* it was started, and nobody else joins it */
    wh_rocks_release(job->held);
    wh_arena_deinit(&job->arena);
    wh_memory_free(job);
}
