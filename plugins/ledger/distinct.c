#include "distinct.h"

#include <stdlib.h>

void distinct_deinit(struct distinct *distinct)
{
    uint64_t i;
    for (i = 0; i < distinct->size; i++) free(distinct->slots[i]);
    free(distinct->slots);
    distinct->slots = NULL;
    distinct->size = 0;
    distinct->count = 0;
}

static uint64_t length_of(const char *entry)
{
    uint64_t len;
    memcpy(&len, entry, sizeof(len));
    return len;
}

/* FNV-1a (public domain, draft-eastlake-fnv). */
static uint64_t hash_of(const char *data, uint64_t len)
{
    uint64_t hash = 0xcbf29ce484222325u, i;
    for (i = 0; i < len; i++) hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

static char **slot_of(char **slots, uint64_t size, const char *data, uint64_t len)
{
    uint64_t i = hash_of(data, len) & (size - 1);
    while (slots[i] && (length_of(slots[i]) != len || memcmp(slots[i] + 8, data, len) != 0)) {
        i = (i + 1) & (size - 1);
    }
    return &slots[i];
}

static int grow(struct distinct *distinct)
{
    uint64_t size = distinct->size ? distinct->size * 2 : 16, i;
    char **slots = calloc(size, sizeof(*slots));
    if (!slots) return WH_E_FAILED;
    for (i = 0; i < distinct->size; i++) {
        char *entry = distinct->slots[i];
        if (entry) *slot_of(slots, size, entry + 8, length_of(entry)) = entry;
    }
    free(distinct->slots);
    distinct->slots = slots;
    distinct->size = size;
    return 0;
}

int distinct_add(struct distinct *distinct, struct wh_span text)
{
    char **slot, *entry;
    if ((distinct->count + 1) * 4 > distinct->size * 3 && grow(distinct) < 0) return WH_E_FAILED;
    slot = slot_of(distinct->slots, distinct->size, text.data, text.len);
    if (*slot) return 0;
    entry = malloc(8 + text.len);
    if (!entry) return WH_E_FAILED;
    memcpy(entry, &text.len, 8);
    if (text.len > 0) memcpy(entry + 8, text.data, text.len);
    *slot = entry;
    distinct->count++;
    return 0;
}

int distinct_add_words(struct distinct *distinct, struct wh_span words)
{
    while (words.len > 0) {
        const char *end = memchr(words.data, ';', words.len);
        struct wh_span word = {words.data, end ? (uint64_t)(end - words.data) : words.len};
        uint64_t taken = end ? word.len + 1 : word.len;
        if (word.len > 0 && distinct_add(distinct, word) < 0) return WH_E_FAILED;
        words.data += taken;
        words.len -= taken;
    }
    return 0;
}
