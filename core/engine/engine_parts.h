/* engine_parts.h: the engine as its own files see it. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_ENGINE_PARTS_H
#define WH_ENGINE_ENGINE_PARTS_H

#include "engine/batch.h"
#include "engine/cells.h"
#include "engine/engine.h"
#include "engine/neighbour.h"
#include "engine/origins.h"
#include "engine/programmes.h"
#include "engine/units.h"
#include "engine/verify.h"

/* Caches that a committed batch has made stale. */
#define WH_STALE_UNITS 1u
#define WH_STALE_PROGRAMMES 2u
#define WH_STALE_MEMBERS 4u
#define WH_STALE_LINEAGES 8u

struct wh_member {
    struct wh_span unit;
    uint8_t key[WH_NODE_KEY_BYTES];
    struct wh_span origin;
    bool revoked;
};

/* A node that handed in its key under an invite in this turn. */
struct wh_enrolment {
    uint64_t route;
    struct wh_span unit;
    struct wh_enrolment *next;
};

struct wh_engine {
    struct wh_store store;
    struct wh_net net;
    struct wh_engine_hooks hooks;
    struct wh_arena own;     /* lives as long as the engine */
    struct wh_arena scratch; /* of the turn */
    struct wh_span home;
    struct wh_span home_name;
    uint32_t home_kind;
    const char *program;
    struct wh_key data_key;
    uint8_t node_key[WH_NODE_KEY_BYTES];
    struct wh_now now;
    uint64_t place; /* reached when the turn began: what reads see */
    uint64_t chance;
    /* what has been written */
    uint64_t head;
    uint64_t term;
    bool term_is_told;      /* the next write opens another one (terms.h) */
    int64_t term_opened_ms; /* monotonic */
    struct wh_term_mark *marks;
    uint32_t marks_count; /* with the open batch */
    uint32_t marks_size;
    uint32_t safe_marks_count;        /* on disk */
    uint64_t fed[WH_FEEDS][WH_LANES]; /* the last entries of the open batch; 0: none */
    uint64_t safe_head;               /* on disk: what links may speak of */
    int64_t last_moment_ms;
    int64_t restored_ms; /* until a neighbour has met the home as it was put back (restored.c) */
    struct wh_batch batch;
    uint32_t stale;     /* once the open batch is committed */
    uint32_t unread;    /* stale already: they could not be read after the commit */
    bool rows_written;  /* into the open batch */
    bool cells_pending; /* some cell waits to be measured */
    bool cells_marked;  /* in the open batch */
    struct wh_cells_round cells_round;
    int32_t presence_quarter; /* for which presence was written; 0: none yet */
    uint32_t presence_units;  /* how many units it knew then */
    /* caches */
    struct wh_arena units_arena;
    struct wh_units units;
    struct wh_arena programmes_arena;
    struct wh_programmes programmes;
    uint64_t generation; /* of the programmes */
    struct wh_arena members_arena;
    struct wh_member *members; /* by unit */
    uint32_t members_count;
    struct wh_map members_by_key; /* to the index of one who may connect here */
    struct wh_arena lineages_arena;
    struct wh_origin_lineage *lineages; /* of origins whose history has branches */
    uint32_t lineages_count;
    struct wh_origins origins;  /* whose rows it holds */
    bool doubts_stale;          /* the rows have to be walked over */
    struct wh_doubts doubts;    /* that this node holds */
    uint64_t doubts_generation; /* grows when doubts, or what neighbours tell, changed */
    uint64_t rows_set_aside;    /* since the start (damage.h) */
    bool damage_seen;           /* by a read: the next turn sets it aside */
    struct wh_verify *verify;   /* NULL: none was asked for */
    /* neighbours */
    struct wh_neighbour *parent; /* NULL: a root */
    uint8_t parent_key[WH_NODE_KEY_BYTES];
    bool joining;                    /* a token waits to be handed in */
    bool join_denied;                /* the parent did not know its key */
    enum wh_identity identity;       /* of the connection being tried */
    struct wh_enrolment *enrolments; /* of this turn, in its arena; answered after the commit */
    bool more_work;                  /* something was left for the next turn */
    struct wh_error failure;         /* of this turn; code 0: none */
    struct wh_neighbour **children;  /* by unit (children.h) */
    uint32_t children_count;
    struct wh_out out;            /* of the step that is being carried out */
    struct wh_neighbour *stepped; /* children, since the last commit: by next_stepped */
    int64_t children_due_ms;      /* monotonic: no child's deadline is earlier */
    bool feeds_moved;             /* a commit raised heads */
    bool retries_due;             /* some neighbour has greeted, or its doubts changed */
    uint64_t barrier_asked;       /* nonce of the newest barrier; 0: none */
    uint64_t barrier_settled;
    bool barrier_sent;
};

/* Reads through the open batch; ret->data NULL: there is none. */
int wh_engine_get(struct wh_engine *engine, enum wh_family family, struct wh_span key,
                  struct wh_arena *arena, struct wh_span *ret, struct wh_error *err);
/* Visits every key that begins with `prefix`; the open batch is not seen. */
int wh_engine_scan(struct wh_engine *engine, enum wh_family family, struct wh_span prefix,
                   wh_scan_visit visit, void *context, struct wh_error *err);

/* Commits the open batch, empties it and reloads the caches that it made stale. */
int wh_engine_commit(struct wh_engine *engine, struct wh_error *err);
/* Reloads those that could not be read then. WH_E_IO. */
int wh_engine_refresh(struct wh_engine *engine, struct wh_error *err);
/* Forgets the open batch, as if the turn had not been. */
void wh_engine_undo(struct wh_engine *engine);

/* presence.c */
int wh_presence_write(struct wh_engine *engine, struct wh_error *err);

/* members.c */
int wh_members_load(struct wh_engine *engine, struct wh_error *err);
/* A node hands in its key under a one-time key: puts its member row and marks the invite. */
int wh_members_enrol(struct wh_engine *engine, const struct wh_arrival *arrival,
                     const Wh__Enrol *enrol, struct wh_error *err);

#endif
