/* A record as it lies on disk: what is accepted, packs and reads again, and then stays as it is. */
#include "base/assert.h"
#include "model/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct wh_choice choices[] = {
    {.id = "a", .title = {"甲", "A"}},
    {.id = "b", .title = {"乙", "B"}},
};
static const struct wh_field fields[] = {
    {.name = "text", .type = WH_TEXT},
    {.name = "long", .type = WH_LONG_TEXT},
    {.name = "integer", .type = WH_INTEGER},
    {.name = "decimal", .type = WH_DECIMAL},
    {.name = "day", .type = WH_DATE},
    {.name = "choice", .type = WH_CHOICE, .choices = WH_LIST(choices)},
    {.name = "choices", .type = WH_CHOICES, .choices = WH_LIST(choices)},
    {.name = "yesno", .type = WH_YESNO},
    {.name = "of_unit", .type = WH_UNIT},
    {.name = "person", .type = WH_PERSON, .flags = WH_PERSONAL},
    {.name = "born", .type = WH_DATE, .flags = WH_PERSONAL},
};
static const struct wh_kind kind = {.name = "every_type", .fields = WH_LIST(fields)};
static const struct wh_key key = {.bytes = {7}};

static struct wh_span pack_again(struct wh_record *record, struct wh_arena *arena)
{
    struct wh_span packed = wh_record_pack(record, &key, arena);
    WH_ASSERT(wh_record_unpack(packed, &kind, &key, arena, record) == 0);
    return wh_record_pack(record, &key, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_span bytes = wh_span(data, size), name, packed;
    struct wh_record record;
    struct wh_arena arena;
    wh_arena_init(&arena);
    if (wh_record_unpack(bytes, &kind, &key, &arena, &record) == 0) {
        WH_ASSERT(wh_record_kind_name(bytes, &arena, &name) == 0);
        packed = pack_again(&record, &arena); /* an empty personal text is left out only now */
        WH_ASSERT(wh_record_unpack(packed, &kind, &key, &arena, &record) == 0);
        WH_ASSERT(wh_span_equal(wh_record_pack(&record, &key, &arena), packed));
    }
    wh_arena_deinit(&arena);
    return 0;
}
