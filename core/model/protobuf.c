#include "model/protobuf.h"

static void *give(void *arena, size_t size)
{
    return wh_arena_raw(arena, size);
}

static void forget(void *arena, void *memory)
{
    (void)arena;
    (void)memory; /* released with the arena */
}

ProtobufCAllocator wh_protobuf_allocator(struct wh_arena *arena)
{
    return (ProtobufCAllocator){.alloc = give, .free = forget, .allocator_data = arena};
}

struct wh_span wh_protobuf_pack(const ProtobufCMessage *message, struct wh_arena *arena)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = wh_arena_raw(arena, size + 1);
    return wh_span(bytes, protobuf_c_message_pack(message, bytes));
}

ProtobufCMessage *wh_protobuf_unpack(const ProtobufCMessageDescriptor *descriptor,
                                     struct wh_span bytes, struct wh_arena *arena)
{
    ProtobufCAllocator allocator = wh_protobuf_allocator(arena);
    return protobuf_c_message_unpack(descriptor, &allocator, bytes.len,
                                     (const uint8_t *)bytes.data);
}
