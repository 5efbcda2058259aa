/* terms.h: the terms of this store (sync.md "Terms"): stretches of its writing, each opened under
 * an id from fresh randomness, with its mark in the same batch as the first thing that is written
 * in it. Thread: loop. */
#ifndef WH_ENGINE_TERMS_H
#define WH_ENGINE_TERMS_H

#include "engine/engine.h"

/* A term that is younger is not replaced when a session begins: a storm of connections does not
 * become a storm of terms. */
#define WH_TERM_MS_MIN 60000

/* Reads the terms that the store holds of its own. WH_E_IO, WH_E_CORRUPT. */
int wh_terms_load(struct wh_engine *engine, struct wh_error *err);

/* Why a term is opened, beyond a start or a session; zeroed: nothing of the kind. */
struct wh_term_reason {
    uint64_t abandons; /* a term of this home that another copy of it wrote; 0: none */
    bool settles;      /* an operator decided for this store */
};

/* Puts the mark of a new term into the open batch; what is written from here on belongs to it. */
int wh_term_open(struct wh_engine *engine, const struct wh_term_reason *reason,
                 struct wh_error *err);

/* Opens a term that gives up the branch of `term`, where none did yet: one mark gives it up for
 * everybody who holds it. */
int wh_term_give_up(struct wh_engine *engine, uint64_t term, struct wh_error *err);

/* A greeting or a bundle has told of the term: the next write opens a new one, so that a machine
 * that is resumed from a snapshot, which has no start, does not go on in the term of the other. */
void wh_term_tell(struct wh_engine *engine);
/* Opens the term that wh_term_tell() asked for. Before each write. */
int wh_term_ensure(struct wh_engine *engine, struct wh_error *err);

/* The open batch was given up, or is on disk. */
void wh_terms_undo(struct wh_engine *engine);
void wh_terms_committed(struct wh_engine *engine);

#endif
