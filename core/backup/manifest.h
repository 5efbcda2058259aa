/* manifest.h: the list of all that one backup consists of, as text whose last line is the digest of
 * what stands before it. A backup exists once its manifest does. Pure. Thread: any. Ownership:
 * texts and lists live in the arena that they were read into. */
#ifndef WH_BACKUP_MANIFEST_H
#define WH_BACKUP_MANIFEST_H

#include "backup/backup.h"
#include "base/seal.h"

enum wh_backup_part {
    WH_PART_STORE,  /* a file of the store's backup, by its name in `store/` */
    WH_PART_FILE,   /* a file of the home, by its name there; its bytes are in `files/DIGEST` */
    WH_PART_FOLDER, /* a folder of the home */
};

struct wh_backup_file {
    enum wh_backup_part part;
    uint32_t mode; /* permission bits */
    uint64_t bytes;
    uint8_t digest[WH_DIGEST_BYTES];
    struct wh_span name;
};

struct wh_manifest {
    struct wh_backup backup;
    struct wh_backup_file *files;
    uint32_t count;
    uint32_t size; /* of the list, while it is made */
};

/* Adds an entry, to be filled; lent until the next one. */
struct wh_backup_file *wh_manifest_add(struct wh_manifest *manifest, struct wh_arena *arena);

#define WH_DIGEST_TEXT_SIZE (2 * WH_DIGEST_BYTES + 1)
void wh_digest_format(const uint8_t digest[WH_DIGEST_BYTES], char ret[WH_DIGEST_TEXT_SIZE]);

/* Names hold no newline; the caller has seen to that. */
struct wh_span wh_manifest_write(const struct wh_manifest *manifest, struct wh_arena *arena);

/* WH_E_CORRUPT: not what wh_manifest_write() made. */
int wh_manifest_read(struct wh_span text, struct wh_arena *arena, struct wh_manifest *ret);

#endif
