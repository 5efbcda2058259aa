/* writing.h: the fields of a record on its way, what a command answers that wrote one, and who may
 * say something of a unit. Thread: the callback's. Ownership: texts are borrowed. */
#ifndef WH_PLUGINS_WRITING_H
#define WH_PLUGINS_WRITING_H

#include "saying.h"

#define FIELDS_MAX 16

struct fields {
    struct wh_named_text items[FIELDS_MAX];
    uint32_t count;
};

/* One more; what is over FIELDS_MAX is a mistake of the caller's and is left out. */
void put_field(struct fields *fields, const char *name, struct wh_span text);
struct wh_list list_of_fields(const struct fields *fields);

/* One row of one text: a record's id, or what became of it. */
int reply_word(const struct talk *talk, const char *word);

/* 1 where the code `above` lies above the code `below`. */
int lies_above(struct wh_span above, const char *below);

/* Refuses unless this node may speak for whoever judges units of `unit`'s level (domain.md D28):
 * `assessor` is that level, WH_LEVEL_*. It may where its home is the nearest unit of that level, or
 * of one above it (a tree may lack a level), that lies above `unit`, or where it lies above that
 * one and serves it. */
int check_assessor(const struct talk *talk, const struct known_unit *unit, uint32_t assessor);

#endif
