/* protobuf.h: lets protobuf-c unpack into an arena, so that a message is released with its turn and
 * a hostile one cannot leak. Thread: the arena's. */
#ifndef WH_MODEL_PROTOBUF_H
#define WH_MODEL_PROTOBUF_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"

/* An allocator over `arena`; freeing does nothing. Holds as long as the arena. */
ProtobufCAllocator wh_protobuf_allocator(struct wh_arena *arena);

/* Packs any message into `arena`. */
struct wh_span wh_protobuf_pack(const ProtobufCMessage *message, struct wh_arena *arena);

/* Unpacks into `arena`; NULL if `bytes` are no such message. The caller has compared their length
 * with a cap. */
ProtobufCMessage *wh_protobuf_unpack(const ProtobufCMessageDescriptor *descriptor,
                                     struct wh_span bytes, struct wh_arena *arena);

#endif
