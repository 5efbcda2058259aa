/* programme.h: the rules that the root issues, as the protobuf message Wh__Programme: that message
 * is the programme in memory, on disk and on the wire. Thread: any. */
#ifndef WH_MODEL_PROGRAMME_H
#define WH_MODEL_PROGRAMME_H

#include "base/error.h"
#include "programme.pb-c.h"

/* Reads and checks the YAML form (config/programme.yaml is the reference). Every fault of the text
 * is added with its line: broken YAML, unknown keys with the nearest word, wrong types, points that
 * do not sum to their good or to the scale, unknown metrics, fields and choices, shares over 100,
 * duplicate ids, duties without a date. Where a fault was added *ret is untouched and the result
 * is WH_E_INVALID. The message lives in `arena`. */
int wh_programme_read(struct wh_span yaml, struct wh_arena *arena, struct wh_faults *faults,
                      const Wh__Programme **ret);

/* The packed message, in `arena`; the same programme always packs to the same bytes. */
struct wh_span wh_programme_pack(const Wh__Programme *programme, struct wh_arena *arena);

/* WH_E_CORRUPT if the bytes are no programme, WH_E_TOO_BIG above WH_PROGRAMME_BYTES_MAX. The
 * message lives in `arena`. */
int wh_programme_unpack(struct wh_span bytes, struct wh_arena *arena, const Wh__Programme **ret);

/* True where the programme is in force in `year`. */
bool wh_programme_covers(const Wh__Programme *programme, uint32_t year);

/* The kinds that its ledgers declare, as wuhao/plugin.h has them, in `arena`: an array of
 * programme->n_ledgers. Texts are borrowed from the programme. */
const struct wh_kind *wh_programme_kinds(const Wh__Programme *programme, struct wh_arena *arena);

#endif
